#include "zt/process/engine.h"

#include <algorithm>

namespace zt::process {

const Item* State::item(Id id) const
{
    const auto at = std::lower_bound(items.begin(), items.end(), id, [](const Item& i, Id v) { return i.id < v; });
    return at != items.end() && at->id == id ? &*at : nullptr;
}

bool State::hasVisited(uint32_t node) const { return std::binary_search(visited.begin(), visited.end(), node); }

std::optional<Millis> State::nextDue() const
{
    std::optional<Millis> best;
    for (const Timer& t : timers)
        if (!best || t.due < *best) best = t.due;
    return best;
}

namespace {

Item* find(State& s, Id id) { return const_cast<Item*>(s.item(id)); }

void visit(State& s, uint32_t node)
{
    const auto at = std::lower_bound(s.visited.begin(), s.visited.end(), node);
    if (at == s.visited.end() || *at != node) s.visited.insert(at, node);
}

void put(State& s, uint32_t flow, Id parent)
{
    for (Token& t : s.tokens)
        if (t.flow == flow && t.parent == parent) {
            ++t.count;
            return;
        }
    // Sorted, so that the bytes do not depend on the order of arrival.
    const auto at = std::lower_bound(s.tokens.begin(), s.tokens.end(), std::pair(parent, flow),
                                     [](const Token& t, const auto& v) { return std::pair(t.parent, t.flow) < v; });
    s.tokens.insert(at, {flow, parent, 1});
}

void take(State& s, uint32_t flow, Id parent)
{
    if (flow == kNone) return;
    for (auto t = s.tokens.begin(); t != s.tokens.end(); ++t)
        if (t->flow == flow && t->parent == parent) {
            if (--t->count == 0) s.tokens.erase(t);
            return;
        }
}

//! What hangs on an item that is over: its clocks, subscriptions, tokens inside, and others that waited for it.
void detach(State& s, Id id)
{
    std::erase_if(s.timers, [&](const Timer& t) { return t.item == id; });
    std::erase_if(s.subscriptions, [&](const Subscription& x) { return x.item == id; });
    std::erase_if(s.tokens, [&](const Token& t) { return t.parent == id; });
    std::erase_if(s.orders, [&](const Order& o) { return o.item == id || o.after == id; });
}

void forget(State& s, Id id)
{
    detach(s, id);
    std::erase_if(s.data, [&](const Datum& d) { return d.scope == id; });
    std::erase_if(s.items, [&](const Item& i) { return i.id == id; });
}

void opened(State& s, const Event& e)
{
    if (e.item < s.next) return;
    take(s, e.flow, e.parent);
    Item i;
    i.id = e.item;
    i.parent = e.parent;
    i.node = e.node;
    i.form = e.form;
    i.phase = Phase(e.n);
    i.index = e.index;
    i.key = e.key;
    s.items.push_back(std::move(i));
    s.next = e.item + 1;
    if (!isMember(e.form)) visit(s, e.node);
}

void closed(State& s, const Event& e)
{
    Item* i = find(s, e.item);
    if (!i) return;
    if (isMember(i->form)) {
        i->phase = e.n == uint32_t(Close::Completed) ? Phase::Done : Phase::Cancelled;
        i->choice = e.name;
        detach(s, e.item);
        return;
    }
    if (i->form == Form::Set) {
        std::vector<Id> members;
        for (const Item& m : s.items)
            if (m.parent == e.item) members.push_back(m.id);
        for (Id m : members) forget(s, m);
    }
    forget(s, e.item);
}

void armed(State& s, const Event& e)
{
    std::erase_if(s.timers, [&](const Timer& t) { return t.item == e.item && t.node == e.node; });
    Timer t{e.item, e.node, e.since, e.due, e.n, e.index == 1, e.text};
    const auto at = std::lower_bound(s.timers.begin(), s.timers.end(), std::pair(e.item, e.node),
                                     [](const Timer& x, const auto& v) { return std::pair(x.item, x.node) < v; });
    s.timers.insert(at, t);
}

void subscribed(State& s, const Event& e)
{
    std::erase_if(s.subscriptions, [&](const Subscription& x) { return x.item == e.item && x.node == e.node; });
    const auto at = std::lower_bound(s.subscriptions.begin(), s.subscriptions.end(), std::pair(e.item, e.node),
                                     [](const Subscription& x, const auto& v) { return std::pair(x.item, x.node) < v; });
    s.subscriptions.insert(at, {e.item, e.node, e.name, e.key});
}

void data(State& s, const Event& e)
{
    const auto at = std::lower_bound(s.data.begin(), s.data.end(), std::pair(e.item, std::string_view(e.name)),
                                     [](const Datum& d, const auto& v) { return std::pair(d.scope, std::string_view(d.name)) < v; });
    if (at != s.data.end() && at->scope == e.item && at->name == e.name) at->value = e.value;
    else s.data.insert(at, {e.item, e.name, e.value});
}

//! A new set in the place of `item`, which becomes its first member. Clocks and subscriptions of the activity go to the set.
void gathered(State& s, const Event& e)
{
    Item* i = find(s, e.item);
    if (!i || e.parent < s.next) return;
    Item set;
    set.id = e.parent;
    set.parent = i->parent;
    set.node = i->node;
    set.form = Form::Set;
    set.back = i->back;
    i->parent = e.parent;
    i->form = Form::Member;
    i->index = 1;
    i->back = kNone;
    for (Timer& t : s.timers)
        if (t.item == e.item && t.node != set.node) t.item = e.parent;
    for (Subscription& x : s.subscriptions)
        if (x.item == e.item && x.node != set.node) x.item = e.parent;
    std::sort(s.timers.begin(), s.timers.end(), [](const Timer& a, const Timer& b) { return std::pair(a.item, a.node) < std::pair(b.item, b.node); });
    std::sort(s.subscriptions.begin(), s.subscriptions.end(),
              [](const Subscription& a, const Subscription& b) { return std::pair(a.item, a.node) < std::pair(b.item, b.node); });
    s.items.push_back(std::move(set));
    s.next = e.parent + 1;
}

void ordered(State& s, const Event& e)
{
    std::erase_if(s.orders, [&](const Order& o) { return o.item == e.item && o.after == e.parent; });
    if (!e.n) return;
    const auto at = std::lower_bound(s.orders.begin(), s.orders.end(), std::pair(e.item, e.parent),
                                     [](const Order& o, const auto& v) { return std::pair(o.item, o.after) < v; });
    s.orders.insert(at, {e.item, e.parent});
}

void migrated(State& s, const Event& e)
{
    std::vector<std::pair<uint32_t, uint32_t>> nodes, flows;
    bool first = true;
    for (size_t i = 0; i + 1 < e.list.size();) {
        if (first && e.list[i] == kNone) {
            first = false;
            ++i;
            continue;
        }
        (first ? nodes : flows).emplace_back(e.list[i], e.list[i + 1]);
        i += 2;
    }
    const auto to = [](const auto& map, uint32_t v) {
        for (const auto& [a, b] : map)
            if (a == v) return b;
        return kNone;
    };
    s.version = e.text;
    if (!e.name.empty()) s.definition = e.name;
    for (Item& i : s.items) {
        if (i.node != kNone) i.node = to(nodes, i.node);
        if (i.back != kNone) i.back = to(nodes, i.back);
    }
    for (Token& t : s.tokens) t.flow = to(flows, t.flow);
    for (Timer& t : s.timers) t.node = to(nodes, t.node);
    for (Subscription& x : s.subscriptions) x.node = to(nodes, x.node);
    std::vector<uint32_t> visited;
    for (uint32_t v : s.visited)
        if (const uint32_t n = to(nodes, v); n != kNone) visited.push_back(n);
    std::sort(visited.begin(), visited.end());
    visited.erase(std::unique(visited.begin(), visited.end()), visited.end());
    s.visited = std::move(visited);
    std::sort(s.tokens.begin(), s.tokens.end(), [](const Token& a, const Token& b) { return std::pair(a.parent, a.flow) < std::pair(b.parent, b.flow); });
    std::sort(s.timers.begin(), s.timers.end(), [](const Timer& a, const Timer& b) { return std::pair(a.item, a.node) < std::pair(b.item, b.node); });
    std::sort(s.subscriptions.begin(), s.subscriptions.end(),
              [](const Subscription& a, const Subscription& b) { return std::pair(a.item, a.node) < std::pair(b.item, b.node); });
}

void started(State& s, const Event& e)
{
    if (s.life != Life::New) return;
    s.life = Life::Running;
    s.definition = e.name;
    s.version = e.text;
    s.key = e.key;
    Item root;
    root.id = kRoot;
    s.items.push_back(root);
    s.next = kRoot + 1;
}

void ended(State& s, const Event& e)
{
    s.life = Life(e.n);
    s.items.clear();
    s.tokens.clear();
    s.orders.clear();
    s.timers.clear();
    s.subscriptions.clear();
}

void turned(State& s, const Event& e)
{
    if (Item* i = find(s, e.item)) {
        i->phase = Phase(e.n);
        if (i->phase == Phase::Open) i->choice.clear();
    }
}

} // namespace

void evolve(State& s, const Event& e)
{
    if (s.frozen) return;
    switch (e.kind) {
    case EventKind::Started: return started(s, e);
    case EventKind::Ended: return ended(s, e);
    case EventKind::Put: return put(s, e.flow, e.parent);
    case EventKind::Taken: return take(s, e.flow, e.parent);
    case EventKind::Passed: take(s, e.flow, e.parent); return visit(s, e.node);
    case EventKind::Opened: return opened(s, e);
    case EventKind::Closed: return closed(s, e);
    case EventKind::Turned: return turned(s, e);
    case EventKind::Ordered: return ordered(s, e);
    case EventKind::Armed: return armed(s, e);
    case EventKind::Disarmed: std::erase_if(s.timers, [&](const Timer& t) { return t.item == e.item && t.node == e.node; }); return;
    case EventKind::Subscribed: return subscribed(s, e);
    case EventKind::Unsubscribed:
        std::erase_if(s.subscriptions, [&](const Subscription& x) { return x.item == e.item && x.node == e.node; });
        return;
    case EventKind::Data: return data(s, e);
    case EventKind::Assigned: if (Item* i = find(s, e.item)) i->key = e.key; return;
    case EventKind::Gathered: return gathered(s, e);
    case EventKind::Marked: if (Item* i = find(s, e.item)) i->back = e.node; return;
    case EventKind::Migrated: return migrated(s, e);
    case EventKind::Sent:
    case EventKind::Raised:
    case EventKind::Moved:
    case EventKind::Decided: return;
    }
    s.frozen = true;
}

} // namespace zt::process
