// The table of built-in functions: reading it, matching arguments to parameters.
#include "builtins.h"
#include "objects.h"

#include <algorithm>
#include <array>
#include <map>

namespace zt::feel {

namespace {

std::string_view trim(std::string_view s)
{
    while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
    while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
    return s;
}
std::vector<std::string_view> split(std::string_view s, char by)
{
    std::vector<std::string_view> out;
    for (;;) {
        const std::size_t at = s.find(by);
        out.push_back(trim(s.substr(0, at)));
        if (at == std::string_view::npos) return out;
        s.remove_prefix(at + 1);
    }
}
Builtin readRow(const BuiltinRow& row)
{
    Builtin b;
    b.body = row.body;
    b.pure = row.pure;
    for (const std::string_view one : split(row.text, '|')) {
        const std::size_t open = one.find('(');
        if (b.name.empty()) b.name = one.substr(0, open);
        Signature s;
        std::string_view inside = one.substr(open + 1, one.size() - open - 2);
        if (!trim(inside).empty())
            for (std::string_view p : split(inside, ',')) {
                BuiltinParam q;
                if (p.size() > 3 && p.substr(p.size() - 3) == "...") s.variadic = true, p.remove_suffix(3);
                if (p.back() == '?') q.optional = true, p.remove_suffix(1);
                const std::size_t colon = p.find(':');
                q.name = p.substr(0, colon);
                q.kind = p[colon + 1];
                s.params.push_back(q);
            }
        b.signatures.push_back(std::move(s));
    }
    return b;
}

bool fitsKind(char kind, const Value& v)
{
    switch (kind) {
    case 's': return v.is(Kind::String);
    case 'n': return v.is(Kind::Number);
    case 'b': return v.is(Kind::Boolean);
    case 'l': return v.is(Kind::List);
    case 'c': return v.is(Kind::Context);
    case 'f': return v.is(Kind::Function);
    case 'r': return v.is(Kind::Range);
    case 't': return v.is(Kind::Date) || v.is(Kind::DateTime);
    default: return true;
    }
}
// Makes the argument fit as the standard's implicit conversions do: a list of one ↔ its item.
bool fit(char kind, Value& v)
{
    const bool nullable = kind >= 'A' && kind <= 'Z';
    const char k = nullable ? char(kind + 32) : kind;
    if (v.isNull()) return nullable;
    if (fitsKind(k, v)) return true;
    if (k == 'l') {
        v = Value::list({v});
        return !v.isNull();
    }
    if (v.is(Kind::List) && v.asList().size() == 1 && fitsKind(k, v.asList()[0])) {
        Value inner = v.asList()[0];
        v = std::move(inner);
        return true;
    }
    return false;
}

std::size_t required(const Signature& s)
{
    return std::size_t(std::count_if(s.params.begin(), s.params.end(), [](const BuiltinParam& p) { return !p.optional; }));
}

bool takes(const Signature& s, std::vector<Value> args)
{
    for (std::size_t i = 0; i < args.size(); ++i) {
        const BuiltinParam& p = s.params[std::min(i, s.params.size() - 1)];
        if (!(p.optional && args[i].isNull()) && !fit(p.kind, args[i])) return false;
    }
    return true;
}

Value run(const Builtin& b, const Signature& s, std::vector<Value>& args, const CallAt& at)
{
    for (std::size_t i = 0; i < args.size(); ++i) {
        const BuiltinParam& p = s.params[std::min(i, s.params.size() - 1)];
        if (p.optional && args[i].isNull()) continue;
        // Most walk through their arguments; none does so much more often than this says.
        if (args[i].kind() >= Kind::String && !at.run.step(args[i].weight() / 4)) return {};
        if (!fit(p.kind, args[i]))
            return at.null(std::string(b.name) + ": `" + std::string(p.name) + "` is " + std::string(name(args[i].kind())));
    }
    return b.body(at, args);
}

} // namespace

const std::vector<Builtin>& builtins()
{
    static const std::vector<Builtin> all = [] {
        std::vector<Builtin> out;
        for (const auto rows : {numberRows(), stringRows(), listRows(), temporalRows(), rangeRows(), contextRows()})
            for (const BuiltinRow& r : rows) out.push_back(readRow(r));
        return out;
    }();
    return all;
}

int findBuiltin(std::string_view name)
{
    static const std::map<std::string_view, int> index = [] {
        std::map<std::string_view, int> m;
        for (std::size_t i = 0; i < builtins().size(); ++i) m.emplace(builtins()[i].name, int(i));
        return m;
    }();
    const auto at = index.find(name);
    return at == index.end() ? -1 : at->second;
}

Value builtinValue(int index)
{
    static const std::vector<Value> values = [] {
        std::vector<Value> out;
        for (std::size_t i = 0; i < builtins().size(); ++i) {
            const Builtin& b = builtins()[i];
            FunctionParts parts;
            parts.name = std::string(b.name);
            for (const BuiltinParam& p : b.signatures.front().params) parts.params.push_back({std::string(p.name), {}});
            parts.variadic = true;
            out.push_back(makeFunction(std::move(parts), 0));
        }
        return out;
    }();
    return values[std::size_t(index)];
}

Value callBuiltin(int index, std::vector<Value>& args, const CallAt& at)
{
    const Builtin& b = builtins()[std::size_t(index)];
    if (b.signatures.size() == 1) {
        const Signature& s = b.signatures.front();
        if (args.size() >= required(s) && (args.size() <= s.params.size() || s.variadic)) return run(b, s, args, at);
    }
    const Signature* best = nullptr; // the first that takes the arguments, else the first of that many
    for (const Signature& s : b.signatures) {
        if (args.size() < required(s) || (args.size() > s.params.size() && !s.variadic)) continue;
        if (takes(s, args)) return run(b, s, args, at);
        if (!best) best = &s;
    }
    if (best) return run(b, *best, args, at);
    return at.null(std::string(b.name) + " does not take " + std::to_string(args.size()) + " arguments");
}

Value callBuiltinNamed(int index, std::span<const std::string_view> names, std::vector<Value>& args, const CallAt& at)
{
    const Builtin& b = builtins()[std::size_t(index)];
    for (const Signature& s : b.signatures) {
        std::vector<Value> placed(s.params.size());
        std::vector<bool> given(s.params.size());
        bool fits = true;
        for (std::size_t i = 0; i < names.size() && fits; ++i) {
            const auto p = std::find_if(s.params.begin(), s.params.end(), [&](const BuiltinParam& q) { return q.name == names[i]; });
            fits = p != s.params.end() && !given[std::size_t(p - s.params.begin())];
            if (!fits) break;
            placed[std::size_t(p - s.params.begin())] = args[i];
            given[std::size_t(p - s.params.begin())] = true;
        }
        std::size_t last = 0;
        for (std::size_t i = 0; i < s.params.size(); ++i) {
            if (given[i]) last = i + 1;
            else fits = fits && s.params[i].optional;
        }
        if (!fits) continue;
        placed.resize(last);
        return run(b, s, placed, at);
    }
    return at.null(std::string(b.name) + ": no such parameters");
}

} // namespace zt::feel
