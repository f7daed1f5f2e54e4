#include "builtins.h"

#include <algorithm>

namespace zt::feel {

namespace {

Value notOf(const CallAt& at, Args a) { return a[0].is(Kind::Boolean) ? Value::boolean(!a[0].isTrue()) : at.null("not: no boolean"); }

Value getValue(const CallAt& at, Args a)
{
    const Value* v = &a[0];
    if (a[1].is(Kind::List)) {
        for (const Value& k : a[1].asList()) {
            v = k.is(Kind::String) ? v->entry(k.asString()) : nullptr;
            if (!v) return at.null("get value: no such entry");
        }
        return *v;
    }
    v = a[1].is(Kind::String) ? v->entry(a[1].asString()) : nullptr;
    return v ? *v : at.null("get value: no such entry");
}
Value made(std::vector<Entry> entries, const CallAt& at)
{
    if (!at.run.make(entries.size() * sizeof(Entry) + 16)) return {};
    Value c = Value::context(std::move(entries));
    return c.isNull() ? at.null("a context is too large or nested too deep") : c;
}
Value getEntries(const CallAt& at, Args a)
{
    std::vector<Value> out;
    for (const Entry& e : a[0].asContext()) out.push_back(Value::context({{"key", Value::string(e.first)}, {"value", e.second}}));
    return items(std::move(out), at);
}
Value context(const CallAt& at, Args a)
{
    std::vector<Entry> out;
    for (const Value& v : a[0].asList()) {
        const Value *k = v.entry("key"), *value = v.entry("value");
        if (!k || !value || !k->is(Kind::String)) return at.null("context: an entry has no key or value");
        const auto key = k->asString();
        if (std::any_of(out.begin(), out.end(), [&](const Entry& e) { return e.first == key; })) return at.null("context: a key stands twice");
        if (!at.run.step(out.size() + 1)) return {};
        out.emplace_back(std::string(key), *value);
    }
    return made(std::move(out), at);
}
Value put(const CallAt& at, const Value& into, std::span<const Value> keys, const Value& v)
{
    if (!into.is(Kind::Context) || keys.empty() || !keys[0].is(Kind::String) || keys.size() > Value::kMaxDepth) return at.null("context put: no such place");
    const std::string_view key = keys[0].asString();
    Value inner = v;
    if (keys.size() > 1) {
        const Value* next = into.entry(key);
        inner = put(at, next ? *next : Value(), keys.subspan(1), v);
        if (inner.isNull()) return {};
    }
    std::vector<Entry> out = into.asContext();
    const auto e = std::find_if(out.begin(), out.end(), [&](const Entry& o) { return o.first == key; });
    if (e == out.end()) out.emplace_back(std::string(key), inner);
    else e->second = inner;
    return made(std::move(out), at);
}
Value contextPut(const CallAt& at, Args a)
{
    if (a[1].is(Kind::List)) return put(at, a[0], a[1].asList(), a[2]);
    return put(at, a[0], a.subspan(1, 1), a[2]);
}
Value contextMerge(const CallAt& at, Args a)
{
    std::vector<Entry> out;
    for (const Value& c : a[0].asList()) {
        if (!c.is(Kind::Context)) return at.null("context merge: not all are contexts");
        out.insert(out.end(), c.asContext().begin(), c.asContext().end());
    }
    return made(std::move(out), at);
}

constexpr BuiltinRow kRows[] = {
    {"not(negand:a)", notOf},
    {"get value(m:c, key:a)", getValue},
    {"get entries(m:c)", getEntries},
    {"context(entries:l)", context},
    {"context put(context:c, key:s, value:A)|context put(context:c, keys:l, value:A)", contextPut},
    {"context merge(contexts:l)", contextMerge},
};

} // namespace

std::span<const BuiltinRow> contextRows() { return kRows; }

} // namespace zt::feel
