#include "builtins.h"
#include "temporal.h"

#include <algorithm>

namespace zt::feel {

TypeRef typeOf(std::string_view name)
{
    using Row = std::pair<std::string_view, TypeRef>;
    static const std::vector<Row> all = [] {
        std::vector<Row> rows;
        const auto add = [&](std::string_view n, Type::Of of, Kind kind = Kind::Null) {
            auto t = std::make_shared<Type>();
            t->of = of;
            t->kind = kind;
            t->name = std::string(n);
            rows.emplace_back(n, std::move(t));
        };
        for (const auto& [n, k] : {std::pair<std::string_view, Kind>{"number", Kind::Number}, {"string", Kind::String}, {"boolean", Kind::Boolean}, {"date", Kind::Date},
                 {"time", Kind::Time}, {"date and time", Kind::DateTime}, {"dateTime", Kind::DateTime}, {"days and time duration", Kind::DaysDuration},
                 {"dayTimeDuration", Kind::DaysDuration}, {"years and months duration", Kind::MonthsDuration}, {"yearMonthDuration", Kind::MonthsDuration}})
            add(n, Type::Of::Kind, k);
        add("Any", Type::Of::Any);
        add("Null", Type::Of::Null);
        add("list", Type::Of::List);
        add("context", Type::Of::Context);
        add("range", Type::Of::Range);
        add("function", Type::Of::Function);
        return rows;
    }();
    const auto at = std::find_if(all.begin(), all.end(), [&](const Row& r) { return r.first == name; });
    return at == all.end() ? TypeRef() : at->second;
}

namespace {
bool conformsInside(const Value& v, const TypeRef& t) { return v.isNull() || !t || conforms(v, *t); }

//! Whether what is an `a` is a `b`; both may be empty (anything).
bool narrower(const TypeRef& a, const TypeRef& b)
{
    if (!b || b->of == Type::Of::Any) return true;
    if (!a || a->of != b->of) return a && a->of == Type::Of::Null;
    if (a->of == Type::Of::Kind) return a->kind == b->kind;
    if (a->of == Type::Of::List || a->of == Type::Of::Range) return narrower(a->element, b->element);
    return true;
}
bool isFunction(const Value& v, const Type& t)
{
    if (!v.is(Kind::Function)) return false;
    const FunctionParts& f = v.asFunction();
    if (!t.result && t.params.empty() && !t.name.empty()) return true; // the bare `function`
    if (f.params.size() != t.params.size()) return false;
    for (std::size_t i = 0; i < t.params.size(); ++i)
        if (f.params[i].type && !narrower(t.params[i], f.params[i].type)) return false;
    return narrower(f.result, t.result);
}
bool conformsShape(const Value& v, const Type& t)
{
    switch (t.of) {
    case Type::Of::Any: return !v.isNull();
    case Type::Of::Null: return v.isNull();
    case Type::Of::Kind: return v.is(t.kind);
    case Type::Of::List:
        return v.is(Kind::List) && std::all_of(v.asList().begin(), v.asList().end(), [&](const Value& i) { return conformsInside(i, t.element); });
    case Type::Of::Context:
        if (!v.is(Kind::Context)) return false;
        return std::all_of(t.fields.begin(), t.fields.end(), [&](const auto& f) {
            const Value* e = v.entry(f.first);
            return e && conformsInside(*e, f.second);
        });
    case Type::Of::Range: return v.is(Kind::Range) && conformsInside(v.asRange().low, t.element) && conformsInside(v.asRange().high, t.element);
    case Type::Of::Function: return isFunction(v, t);
    }
    return false;
}
} // namespace

bool conforms(const Value& v, const Type& type) { return conformsShape(v, type); }

// As conforms, and within the allowed values, its own and its parts'.
static bool admits(const Value& v, const Type& t)
{
    if (!conformsShape(v, t) || (t.allowed && !t.allowed(v))) return false;
    const auto inside = [](const Value& i, const TypeRef& type) { return i.isNull() || !type || admits(i, *type); };
    if (t.of == Type::Of::List) return std::all_of(v.asList().begin(), v.asList().end(), [&](const Value& i) { return inside(i, t.element); });
    if (t.of != Type::Of::Context) return true;
    return std::all_of(t.fields.begin(), t.fields.end(), [&](const auto& f) { return inside(*v.entry(f.first), f.second); });
}

Value coerce(const Value& v, const Type& type)
{
    if (v.isNull() || admits(v, type)) return v;
    if (type.of == Type::Of::List) {
        const Value one = v.is(Kind::List) || !type.element ? Value() : coerce(v, *type.element);
        if (one.isNull()) return {};
        Value list = Value::list({one});
        return admits(list, type) ? list : Value();
    }
    if (v.is(Kind::List)) return v.asList().size() == 1 ? coerce(v.asList()[0], type) : Value();
    if (v.is(Kind::Date) && type.of == Type::Of::Kind && type.kind == Kind::DateTime) {
        Time utc;
        utc.offset = 0;
        Value t = Value::dateTime({v.asDate(), utc});
        return admits(t, type) ? t : Value();
    }
    return {};
}

Value callFunction(const Value& f, Args args, const CallAt& at)
{
    if (!f.is(Kind::Function)) return at.null("what is called is no function");
    const FunctionParts& parts = f.asFunction();
    if (const int b = parts.name.empty() ? -1 : findBuiltin(parts.name); b >= 0) {
        std::vector<Value> copy(args.begin(), args.end());
        return callBuiltin(b, copy, at);
    }
    if (!parts.variadic && args.size() != parts.params.size())
        return at.null("the function takes " + std::to_string(parts.params.size()) + " arguments, not " + std::to_string(args.size()));
    std::vector<Value> copy(args.begin(), args.end());
    for (std::size_t i = 0; i < parts.params.size() && i < copy.size(); ++i) {
        if (!parts.params[i].type || copy[i].isNull()) continue;
        copy[i] = coerce(copy[i], *parts.params[i].type);
        if (copy[i].isNull()) return at.null("the argument `" + parts.params[i].name + "` is of another type");
    }
    if (!at.run.enter()) return {};
    Value r = parts.body(copy, at.run);
    at.run.leave();
    if (!parts.result || r.isNull()) return r;
    Value fit = coerce(r, *parts.result);
    return fit.isNull() ? at.null("the function's result is of another type") : fit;
}

Value call(const Value& function, std::span<const Value> args, Run& run) { return callFunction(function, args, {run, 0}); }

} // namespace zt::feel
