// Equality, order and ranges (DMN 1.3, tables 42 to 54).
#include "builtins.h"
#include "objects.h"
#include "temporal.h"

#include <algorithm>

namespace zt::feel {

namespace {

// The standard compares times by their components, and `second` is a whole number there.
std::int64_t wholeSeconds(Wide nanos)
{
    const Wide s = nanos / kNano;
    return std::int64_t(nanos % kNano < 0 ? s - 1 : s);
}
std::optional<Wide> timePoint(const Value& v)
{
    if (v.is(Kind::Date)) return Wide(dayNumber(v.asDate())) * kDay;
    if (v.is(Kind::DateTime)) return wholeSeconds(instant(v.asDateTime()));
    return {};
}
template <class T>
int sign(const T& a, const T& b) { return a < b ? -1 : b < a ? 1 : 0; }

std::optional<bool> equalLists(const std::vector<Value>& a, const std::vector<Value>& b)
{
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!equal(a[i], b[i]).value_or(false)) return false;
    return true;
}
std::optional<bool> equalContexts(const Value& a, const Value& b)
{
    if (a.asContext().size() != b.asContext().size()) return false;
    for (const Entry& e : a.asContext()) {
        const Value* o = b.entry(e.first);
        if (!o || !equal(e.second, *o).value_or(false)) return false;
    }
    return true;
}
bool isDateOrTime(const Value& v) { return v.is(Kind::Date) || v.is(Kind::DateTime); }

} // namespace

std::optional<bool> equal(const Value& a, const Value& b)
{
    if (a.isNull() || b.isNull()) return a.isNull() && b.isNull();
    if (a.kind() != b.kind()) {
        if (isDateOrTime(a) && isDateOrTime(b)) return *timePoint(a) == *timePoint(b);
        return {};
    }
    switch (a.kind()) {
    case Kind::Boolean: return a.isTrue() == b.isTrue();
    case Kind::Number: return a.asNumber() == b.asNumber();
    case Kind::String: return a.asString() == b.asString();
    case Kind::Date: return a.asDate() == b.asDate();
    case Kind::Time: return zoned(a.asTime()) == zoned(b.asTime()) && wholeSeconds(instant(a.asTime())) == wholeSeconds(instant(b.asTime()));
    case Kind::DateTime: return zoned(a.asDateTime().time) == zoned(b.asDateTime().time) && *timePoint(a) == *timePoint(b);
    case Kind::DaysDuration: return a.asDays() == b.asDays();
    case Kind::MonthsDuration: return a.asMonths() == b.asMonths();
    case Kind::List: return equalLists(a.asList(), b.asList());
    case Kind::Context: return equalContexts(a, b);
    case Kind::Range: {
        const RangeParts &x = a.asRange(), &y = b.asRange();
        return x.form == y.form && x.lowClosed == y.lowClosed && x.highClosed == y.highClosed && equal(x.low, y.low).value_or(false)
            && equal(x.high, y.high).value_or(false);
    }
    case Kind::Function:
        if (identical(a, b)) return true;
        return {};
    default: return {};
    }
}

std::optional<int> compare(const Value& a, const Value& b)
{
    if (a.kind() != b.kind()) {
        if (isDateOrTime(a) && isDateOrTime(b)) return sign(*timePoint(a), *timePoint(b));
        return {};
    }
    switch (a.kind()) {
    case Kind::Number: return a.asNumber() < b.asNumber() ? -1 : a.asNumber() == b.asNumber() ? 0 : 1;
    case Kind::String: return sign(a.asString(), b.asString()); // bytes of UTF-8 order as code points do
    case Kind::Date: return sign(*timePoint(a), *timePoint(b));
    case Kind::Time: return sign(wholeSeconds(instant(a.asTime())), wholeSeconds(instant(b.asTime())));
    case Kind::DateTime: return sign(*timePoint(a), *timePoint(b));
    case Kind::DaysDuration: return sign(nanos(a.asDays()), nanos(b.asDays()));
    case Kind::MonthsDuration: return sign(a.asMonths().months, b.asMonths().months);
    default: return {};
    }
}

namespace {
bool exactTime(const Time& a, const Time& b)
{
    const std::string za = a.zone ? a.zone->id() : "", zb = b.zone ? b.zone->id() : "";
    return a.second == b.second && a.nano == b.nano && a.offset == b.offset && za == zb;
}
} // namespace

bool exactly(const Value& a, const Value& b)
{
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
    case Kind::Null: return true;
    case Kind::Time: return exactTime(a.asTime(), b.asTime());
    case Kind::DateTime: return a.asDateTime().date == b.asDateTime().date && exactTime(a.asDateTime().time, b.asDateTime().time);
    case Kind::List: {
        const auto &x = a.asList(), &y = b.asList();
        if (x.size() != y.size()) return false;
        for (std::size_t i = 0; i < x.size(); ++i)
            if (!exactly(x[i], y[i])) return false;
        return true;
    }
    case Kind::Context: {
        if (a.asContext().size() != b.asContext().size()) return false;
        for (const Entry& e : a.asContext()) {
            const Value* o = b.entry(e.first);
            if (!o || !exactly(e.second, *o)) return false;
        }
        return true;
    }
    case Kind::Range: {
        const RangeParts &x = a.asRange(), &y = b.asRange();
        return x.form == y.form && x.lowClosed == y.lowClosed && x.highClosed == y.highClosed && exactly(x.low, y.low) && exactly(x.high, y.high);
    }
    case Kind::Function: return identical(a, b);
    default: return equal(a, b).value_or(false);
    }
}
bool same(const Value& a, const Value& b) { return exactly(a, b); }

// Three values: null where an end does not compare with the value.
static Value inRange(const RangeParts& r, const Value& v, const CallAt& at)
{
    using Form = RangeParts::Form;
    if (r.form == Form::Equal || r.form == Form::NotEqual) {
        const auto e = equal(r.low, v);
        if (!e) return at.null("the value and the end of the range do not compare");
        return Value::boolean(*e == (r.form == Form::Equal));
    }
    bool unknown = r.low.isNull() && r.high.isNull();
    if (!r.low.isNull()) {
        const auto c = compare(r.low, v);
        if (c && (*c > 0 || (*c == 0 && !r.lowClosed))) return Value::boolean(false);
        unknown = unknown || !c;
    }
    if (!r.high.isNull()) {
        const auto c = compare(v, r.high);
        if (c && (*c > 0 || (*c == 0 && !r.highClosed))) return Value::boolean(false);
        unknown = unknown || !c;
    }
    return unknown ? at.null("the value and the ends of the range do not compare") : Value::boolean(true);
}

Value includes(const Value& test, const Value& value, const CallAt& at)
{
    if (test.is(Kind::Range)) {
        if (value.is(Kind::Range)) return Value::boolean(equal(test, value).value_or(false));
        return inRange(test.asRange(), value, at);
    }
    if (test.is(Kind::List)) {
        if (value.is(Kind::List) && equal(test, value).value_or(false)) return Value::boolean(true);
        for (const Value& t : test.asList()) {
            if (!at.run.step(1 + std::min(t.weight(), value.weight()) / 8)) return {};
            if (t.is(Kind::Range) && !value.is(Kind::Range) ? includes(t, value, at).isTrue() : equal(t, value).value_or(false)) return Value::boolean(true);
        }
        return Value::boolean(false);
    }
    const auto e = equal(test, value);
    return e ? Value::boolean(*e) : at.null("the value and the test do not compare");
}

Value makeRange(RangeParts parts, const CallAt& at)
{
    if (parts.low.isNull() || parts.high.isNull()) return at.null("a range has no null ends");
    if (parts.low.kind() != parts.high.kind() || !compare(parts.low, parts.high)) return at.null("the ends of a range are of one kind that has an order");
    return Value::range(std::move(parts));
}

} // namespace zt::feel
