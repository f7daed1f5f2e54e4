#include "zt/process/engine.h"

#include <algorithm>

namespace zt::process {

namespace {

constexpr uint8_t kStateVersion = 1, kEventVersion = 1;

//! Numbers as LEB128, texts as length and bytes, values as FEEL literals: few bytes, one form for one content.
struct ByteWriter {
    Bytes out;
    void u(uint64_t v)
    {
        for (; v >= 0x80; v >>= 7) out += char(v | 0x80);
        out += char(v);
    }
    //! kNone is common and gets the shortest form.
    void index(uint32_t v) { u(v == kNone ? 0 : uint64_t(v) + 1); }
    void i(int64_t v) { u((uint64_t(v) << 1) ^ uint64_t(v >> 63)); }
    void s(std::string_view v)
    {
        u(v.size());
        out += v;
    }
    void value(const feel::Value& v) { s(v.isNull() ? std::string() : feel::toString(v)); }
};

struct ByteReader {
    BytesView in;
    bool ok = true;
    uint64_t u()
    {
        uint64_t v = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (in.empty()) break;
            const auto b = uint8_t(in.front());
            in.remove_prefix(1);
            v |= uint64_t(b & 0x7f) << shift;
            if (b < 0x80) {
                ok = ok && (b || !shift) && (shift < 63 || b < 2); // one form only
                return v;
            }
        }
        ok = false;
        return 0;
    }
    uint32_t u32()
    {
        const auto v = u();
        ok = ok && v <= 0xffffffff;
        return uint32_t(v);
    }
    uint32_t index()
    {
        const auto v = u();
        ok = ok && v <= 0xffffffff;
        return v ? uint32_t(v - 1) : kNone;
    }
    int64_t i()
    {
        const auto v = u();
        return int64_t(v >> 1) ^ -int64_t(v & 1);
    }
    std::string s()
    {
        const auto n = u();
        if (!ok || n > in.size()) {
            ok = false;
            return {};
        }
        std::string v(in.substr(0, n));
        in.remove_prefix(n);
        return v;
    }
    //! How many follow; each takes at least `least` bytes, so that a wrong number cannot ask for memory.
    size_t count(size_t least)
    {
        const auto n = u();
        if (n > in.size() / least) ok = false;
        return ok ? size_t(n) : 0;
    }
    template <class E>
    E kind(E last)
    {
        const auto v = u();
        ok = ok && v <= uint64_t(last);
        return ok ? E(v) : E(0);
    }
    feel::Value value()
    {
        const std::string text = s();
        if (!ok || text.empty()) return {};
        const auto e = feel::parse(text);
        if (!e || !e->names().empty()) {
            ok = false;
            return {};
        }
        feel::Run run({.steps = 1'000'000, .memory = 64u << 20});
        const feel::ContextScope none{feel::Value::context({})};
        return feel::evaluate(*e, none, run);
    }
};

} // namespace

Bytes save(const State& s)
{
    ByteWriter w;
    w.out.reserve(256);
    w.u(kStateVersion);
    w.u(uint64_t(s.life) * 2 + s.frozen);
    w.s(s.definition);
    w.s(s.version);
    w.s(s.key);
    w.u(s.next);
    w.u(s.items.size());
    for (const Item& i : s.items) {
        w.u(i.id);
        w.u(i.parent);
        w.index(i.node);
        w.u(uint64_t(i.form) * 8 + uint64_t(i.phase));
        w.u(i.index);
        w.index(i.back);
        w.s(i.key);
        w.s(i.choice);
    }
    w.u(s.tokens.size());
    for (const Token& t : s.tokens) w.index(t.flow), w.u(t.parent), w.u(t.count);
    w.u(s.orders.size());
    for (const Order& o : s.orders) w.u(o.item), w.u(o.after);
    w.u(s.timers.size());
    for (const Timer& t : s.timers) {
        w.u(t.item);
        w.index(t.node);
        w.i(t.since);
        w.i(t.due);
        w.index(t.left);
        w.u(t.working);
        w.s(t.text);
    }
    w.u(s.subscriptions.size());
    for (const Subscription& x : s.subscriptions) {
        w.u(x.item);
        w.index(x.node);
        w.s(x.name);
        w.s(x.key);
    }
    w.u(s.data.size());
    for (const Datum& d : s.data) {
        w.u(d.scope);
        w.s(d.name);
        w.value(d.value);
    }
    w.u(s.visited.size());
    uint32_t last = 0;
    for (uint32_t v : s.visited) {
        w.u(v - last);
        last = v;
    }
    return std::move(w.out);
}

Result<State> loadState(BytesView bytes)
{
    ByteReader r{bytes};
    State s;
    const auto version = r.u();
    if (r.ok && version > kStateVersion) return Result<State>(Err::TooNew, "a state of a later version");
    const auto life = r.u();
    r.ok = r.ok && version == kStateVersion && life / 2 <= uint64_t(Life::Cancelled);
    s.life = r.ok ? Life(life / 2) : Life::New;
    s.frozen = life & 1;
    s.definition = r.s();
    s.version = r.s();
    s.key = r.s();
    s.next = r.u32();
    s.items.resize(r.count(8));
    for (Item& i : s.items) {
        i.id = r.u32();
        i.parent = r.u32();
        i.node = r.index();
        const auto form = r.u();
        r.ok = r.ok && form / 8 <= uint64_t(Form::After) && form % 8 <= uint64_t(Phase::Cancelled);
        i.form = r.ok ? Form(form / 8) : Form::Single;
        i.phase = r.ok ? Phase(form % 8) : Phase::Open;
        i.index = r.u32();
        i.back = r.index();
        i.key = r.s();
        i.choice = r.s();
    }
    s.tokens.resize(r.count(3));
    for (Token& t : s.tokens) t.flow = r.index(), t.parent = r.u32(), t.count = r.u32();
    s.orders.resize(r.count(2));
    for (Order& o : s.orders) o.item = r.u32(), o.after = r.u32();
    s.timers.resize(r.count(7));
    for (Timer& t : s.timers) {
        t.item = r.u32();
        t.node = r.index();
        t.since = r.i();
        t.due = r.i();
        t.left = r.index();
        t.working = r.u() != 0;
        t.text = r.s();
    }
    s.subscriptions.resize(r.count(4));
    for (Subscription& x : s.subscriptions) {
        x.item = r.u32();
        x.node = r.index();
        x.name = r.s();
        x.key = r.s();
    }
    s.data.resize(r.count(3));
    for (Datum& d : s.data) {
        d.scope = r.u32();
        d.name = r.s();
        d.value = r.value();
    }
    const size_t visited = r.count(1);
    uint64_t last = 0;
    for (size_t i = 0; i < visited && r.ok; ++i) {
        last += r.u();
        r.ok = r.ok && last < kNone;
        s.visited.push_back(uint32_t(last));
    }
    const bool sorted = std::is_sorted(s.items.begin(), s.items.end(), [](const Item& a, const Item& b) { return a.id < b.id; });
    if (!r.ok || !r.in.empty() || !sorted) return Result<State>(Err::Corrupt, "no state of a process");
    return s;
}

Bytes save(const Event& e)
{
    ByteWriter w;
    w.u(kEventVersion);
    w.u(uint64_t(e.kind));
    // Only what is there: a mask says which.
    const bool has[] = {e.form != Form::Single, e.node != kNone, e.flow != kNone, e.item != 0, e.parent != 0, e.n != 0, e.index != 0,
                        e.since != 0, e.due != 0, !e.name.empty(), !e.key.empty(), !e.text.empty(), !e.value.isNull(), !e.list.empty()};
    uint64_t mask = 0;
    for (size_t i = 0; i < std::size(has); ++i) mask |= uint64_t(has[i]) << i;
    w.u(mask);
    if (has[0]) w.u(uint64_t(e.form));
    if (has[1]) w.index(e.node);
    if (has[2]) w.index(e.flow);
    for (size_t i = 0; const uint32_t v : {e.item, e.parent, e.n, e.index})
        if (has[3 + i++]) w.u(v);
    if (has[7]) w.i(e.since);
    if (has[8]) w.i(e.due);
    for (size_t i = 0; const auto* t : {&e.name, &e.key, &e.text})
        if (has[9 + i++]) w.s(*t);
    if (has[12]) w.value(e.value);
    if (has[13]) {
        w.u(e.list.size());
        for (uint32_t v : e.list) w.index(v);
    }
    return std::move(w.out);
}

Bytes save(const std::vector<Event>& events)
{
    Bytes out;
    for (const Event& e : events) out += save(e);
    return out;
}

namespace {

Result<void> read(ByteReader& r, Event& e)
{
    const auto version = r.u(), kind = r.u();
    if (r.ok && (version > kEventVersion || kind > uint64_t(EventKind::Decided))) return Result<void>(Err::TooNew, "an event of a later version");
    r.ok = r.ok && version == kEventVersion && kind >= 1;
    e.kind = EventKind(r.ok ? kind : 1);
    const auto mask = r.u();
    r.ok = r.ok && mask < 1u << 14;
    const auto has = [&](unsigned bit) { return r.ok && (mask >> bit & 1); };
    e.form = has(0) ? r.kind(Form::After) : Form::Single;
    e.node = has(1) ? r.index() : kNone;
    e.flow = has(2) ? r.index() : kNone;
    e.item = has(3) ? r.u32() : 0;
    e.parent = has(4) ? r.u32() : 0;
    e.n = has(5) ? r.u32() : 0;
    e.index = has(6) ? r.u32() : 0;
    e.since = has(7) ? r.i() : 0;
    e.due = has(8) ? r.i() : 0;
    e.name = has(9) ? r.s() : std::string();
    e.key = has(10) ? r.s() : std::string();
    e.text = has(11) ? r.s() : std::string();
    e.value = has(12) ? r.value() : feel::Value();
    e.list.resize(has(13) ? r.count(1) : 0);
    for (uint32_t& v : e.list) v = r.index();
    return r.ok ? Result<void>() : Result<void>(Err::Corrupt, "no event of a process");
}

} // namespace

Result<Event> loadEvent(BytesView bytes)
{
    ByteReader r{bytes};
    Event e;
    ZT_TRY(read(r, e));
    if (!r.in.empty()) return Result<Event>(Err::Corrupt, "no event of a process");
    return e;
}

Result<std::vector<Event>> loadEvents(BytesView bytes)
{
    ByteReader r{bytes};
    std::vector<Event> out;
    while (!r.in.empty()) ZT_TRY(read(r, out.emplace_back()));
    return out;
}

void evolve(State& state, BytesView events)
{
    ByteReader r{events};
    for (Event e; !r.in.empty() && !state.frozen;) {
        if (!read(r, e)) state.frozen = true;
        else evolve(state, e);
    }
}

} // namespace zt::process
