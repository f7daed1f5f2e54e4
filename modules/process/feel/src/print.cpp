#include "text.h"
#include "temporal.h"

#include "zt/feel/feel.h"

namespace zt::feel {

namespace {

void quote(std::string& out, std::string_view s)
{
    out += '"';
    for (const char c : s) {
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default: out += c;
        }
    }
    out += '"';
}
bool plainName(std::string_view s)
{
    std::size_t i = 0;
    if (s.empty() || !nameStart(codePoint(s, i))) return false;
    while (i < s.size())
        if (!namePart(codePoint(s, i))) return false;
    return s != "function" && s != "?";
}

void print(std::string& out, const Value& v)
{
    switch (v.kind()) {
    case Kind::Null: out += "null"; break;
    case Kind::Boolean: out += v.isTrue() ? "true" : "false"; break;
    case Kind::Number: out += v.asNumber().toString(); break;
    case Kind::String: quote(out, v.asString()); break;
    case Kind::Date: case Kind::Time: case Kind::DateTime: case Kind::DaysDuration: case Kind::MonthsDuration:
        out += '@';
        quote(out, toText(v));
        break;
    case Kind::List: {
        out += '[';
        const char* gap = "";
        for (const Value& i : v.asList()) {
            out += gap;
            print(out, i);
            gap = ", ";
        }
        out += ']';
        break;
    }
    case Kind::Context: {
        out += '{';
        const char* gap = "";
        for (const Entry& e : v.asContext()) {
            out += gap;
            if (plainName(e.first)) out += e.first;
            else quote(out, e.first);
            out += ": ";
            print(out, e.second);
            gap = ", ";
        }
        out += '}';
        break;
    }
    case Kind::Range: {
        const RangeParts& r = v.asRange();
        using Form = RangeParts::Form;
        if (r.form == Form::Interval) {
            out += r.lowClosed ? '[' : '(';
            print(out, r.low);
            out += "..";
            print(out, r.high);
            out += r.highClosed ? ']' : ')';
            break;
        }
        static constexpr const char* kOperators[] = {"", "<", "<=", ">", ">=", "=", "!="};
        out += '(';
        out += kOperators[int(r.form)];
        print(out, r.low.isNull() ? r.high : r.low);
        out += ')';
        break;
    }
    case Kind::Function: {
        const FunctionParts& f = v.asFunction();
        out += f.name.empty() ? "function(" : f.name + "(";
        const char* gap = "";
        for (const Param& p : f.params) {
            out += gap + p.name;
            gap = ", ";
        }
        out += ')';
        break;
    }
    }
}

} // namespace

std::string toString(const Value& v)
{
    std::string out;
    print(out, v);
    return out;
}
std::string toText(const Value& v)
{
    switch (v.kind()) {
    case Kind::String: return std::string(v.asString());
    case Kind::Date: return format(v.asDate());
    case Kind::Time: return format(v.asTime());
    case Kind::DateTime: return format(v.asDateTime());
    case Kind::DaysDuration: return format(v.asDays());
    case Kind::MonthsDuration: return format(v.asMonths());
    default: return toString(v);
    }
}

} // namespace zt::feel
