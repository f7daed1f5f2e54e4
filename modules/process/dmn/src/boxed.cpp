#include "boxed.h"

#include <algorithm>

namespace zt::dmn {

void Frame::set(std::string_view name, Value v)
{
    for (auto& [n, old] : m_values)
        if (n == name) {
            old = std::move(v);
            return;
        }
    m_values.emplace_back(std::string(name), std::move(v));
}
const Value* Frame::find(std::string_view name) const
{
    for (const auto& [n, v] : m_values)
        if (n == name) return &v;
    return m_outer ? m_outer->find(name) : nullptr;
}
void Frame::collect(const Scope* scope, std::vector<std::pair<std::string, Value>>& into)
{
    while (const auto* f = dynamic_cast<const Frame*>(scope)) {
        for (const auto& e : f->m_values)
            if (std::none_of(into.begin(), into.end(), [&](const auto& o) { return o.first == e.first; })) into.push_back(e);
        scope = f->m_outer;
    }
}

Value fitted(Value v, const TypeRef& type, const std::string& what, Run& run)
{
    if (!type || v.isNull() || type->of == feel::Type::Of::Any) return v;
    Value fit = feel::coerce(v, *type);
    return fit.isNull() ? run.null(0, "`" + what + "` is not of its type" + (type->name.empty() ? "" : " " + type->name)) : fit;
}

Value makeCallable(std::vector<feel::Param> params, feel::Native body, TypeRef result)
{
    return Value::function(std::move(params), std::move(body), std::move(result));
}

Value TypedBox::evaluate(const Scope& scope, Run& run) const { return fitted(inner->evaluate(scope, run), type, what, run); }

Value ContextBox::evaluate(const Scope& scope, Run& run) const
{
    Frame frame(&scope);
    std::vector<feel::Entry> entries;
    for (const Item& i : items) {
        if (!run.step()) return {};
        Value v = fitted(i.value->evaluate(frame, run), i.type, i.name, run);
        if (i.name.empty()) return v;
        frame.set(i.name, v);
        entries.emplace_back(i.name, std::move(v));
    }
    return Value::context(std::move(entries));
}

Value InvocationBox::evaluate(const Scope& scope, Run& run) const
{
    const Value f = callee->evaluate(scope, run);
    if (!f.is(Kind::Function)) return run.null(0, "what is invoked is no function");
    const auto& params = f.asFunction().params;
    std::vector<Value> args(params.size());
    for (const auto& [name, box] : bindings) {
        const auto p = std::find_if(params.begin(), params.end(), [&, n = &name](const feel::Param& q) { return q.name == *n; });
        if (p == params.end()) return run.null(0, "what is invoked has no parameter `" + name + "`");
        args[std::size_t(p - params.begin())] = box->evaluate(scope, run);
    }
    return feel::call(f, args, run);
}

Value ListBox::evaluate(const Scope& scope, Run& run) const
{
    std::vector<Value> out;
    for (const BoxRef& b : items) {
        if (!run.step()) return {};
        out.push_back(b->evaluate(scope, run));
    }
    return Value::list(std::move(out));
}

Value RelationBox::evaluate(const Scope& scope, Run& run) const
{
    std::vector<Value> out;
    for (const auto& row : rows) {
        std::vector<feel::Entry> entries;
        for (std::size_t i = 0; i < row.size() && i < columns.size(); ++i) {
            if (!run.step()) return {};
            entries.emplace_back(columns[i], row[i]->evaluate(scope, run));
        }
        out.push_back(Value::context(std::move(entries)));
    }
    return Value::list(std::move(out));
}

// The value keeps what was visible where it was made; the box lives as long as the value.
Value FunctionBox::evaluate(const Scope& scope, Run& run) const
{
    std::vector<std::pair<std::string, Value>> kept;
    Frame::collect(&scope, kept);
    if (!run.step(kept.size())) return {};
    auto outer = std::make_shared<Frame>();
    for (auto& [name, v] : kept) outer->set(name, v);
    return makeCallable(params, [body = body, params = params, outer](std::span<const Value> args, Run& r) {
        Frame frame(outer.get());
        for (std::size_t i = 0; i < params.size(); ++i) frame.set(params[i].name, args[i]);
        return body->evaluate(frame, r);
    });
}

Value ConditionalBox::evaluate(const Scope& scope, Run& run) const
{
    const Value c = condition->evaluate(scope, run);
    if (!c.is(Kind::Boolean) && !c.isNull()) return run.null(0, "a condition is " + std::string(feel::name(c.kind())) + ", not boolean");
    return (c.isTrue() ? then : otherwise)->evaluate(scope, run);
}

namespace {
std::vector<Value> itemsOf(const Value& v)
{
    if (v.isNull()) return {};
    return v.is(Kind::List) ? v.asList() : std::vector<Value>{v};
}
} // namespace

Value FilterBox::evaluate(const Scope& scope, Run& run) const
{
    const Value of = in->evaluate(scope, run);
    if (of.isNull()) return run.null(0, "a filter of null");
    const std::vector<Value> all = itemsOf(of);
    std::vector<Value> out;
    for (const Value& v : all) {
        if (!run.step()) return {};
        Frame frame(&scope);
        frame.set("item", v);
        if (v.is(Kind::Context))
            for (const feel::Entry& e : v.asContext()) frame.set(e.first, e.second);
        const Value r = match->evaluate(frame, run);
        if (r.is(Kind::Number)) {
            const auto i = r.asNumber().integer();
            const std::int64_t size = std::int64_t(all.size());
            if (!i || *i == 0 || *i > size || *i < -size) return run.null(0, "the list has no such position");
            return all[std::size_t(*i > 0 ? *i - 1 : size + *i)];
        }
        if (!r.is(Kind::Boolean)) return run.null(0, "the match of a filter is no condition");
        if (r.isTrue()) out.push_back(v);
    }
    return Value::list(std::move(out));
}

Value IteratorBox::evaluate(const Scope& scope, Run& run) const
{
    const Value over = in->evaluate(scope, run);
    std::vector<Value> all;
    if (over.is(Kind::Range)) {
        // As in FEEL: whole numbers or dates.
        static const auto walk = feel::parse("for i in r return i");
        Frame range;
        range.set("r", over);
        const Value list = feel::evaluate(*walk, range, run);
        if (list.isNull()) return {};
        all = list.asList();
    } else if (over.isNull()) {
        return run.null(0, "an iteration over null");
    } else {
        all = itemsOf(over);
    }
    std::vector<Value> out;
    bool unknown = false;
    for (const Value& v : all) {
        if (!run.step()) return {};
        Frame frame(&scope);
        frame.set(variable, v);
        if (of == Of::For) {
            if (!run.step(out.size() / 8)) return {};
            frame.set("partial", Value::list(out));
        }
        const Value r = body->evaluate(frame, run);
        if (of == Of::For) {
            out.push_back(r);
        } else if (!r.is(Kind::Boolean)) {
            unknown = true;
        } else if (r.isTrue() == (of == Of::Some)) {
            return r;
        }
    }
    if (of == Of::For) return Value::list(std::move(out));
    return unknown ? run.null(0, "a condition of `some` or `every` is no boolean") : Value::boolean(of == Of::Every);
}

} // namespace zt::dmn
