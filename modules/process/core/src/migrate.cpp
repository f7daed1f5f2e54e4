#include "zt/process/migrate.h"

#include "run.h"

#include <algorithm>
#include <set>

namespace zt::process {

bool MigrationPreview::possible() const
{
    return std::all_of(lines.begin(), lines.end(), [](const MigrationLine& l) { return l.problem.empty(); });
}

namespace {

//! Where every node and flow of one version lies in another.
struct Map {
    const Definition &from, &to;
    std::vector<uint32_t> nodes, flows;
    Map(const Definition& a, const Definition& b, const Instead& instead) : from(a), to(b), nodes(a.nodes.size(), kNone), flows(a.flows.size(), kNone)
    {
        for (size_t i = 0; i < a.nodes.size(); ++i) {
            const auto at = instead.find(a.nodes[i].id);
            nodes[i] = b.find(at == instead.end() ? a.nodes[i].id : at->second);
        }
        for (size_t i = 0; i < a.flows.size(); ++i) {
            const Flow& f = a.flows[i];
            const auto at = instead.find(f.id);
            if (const auto by = b.flowOf.find(at == instead.end() ? f.id : at->second); by != b.flowOf.end()) {
                flows[i] = by->second;
                continue;
            }
            // A flow drawn anew between the same elements is the same to a token.
            for (size_t k = 0; k < b.flows.size() && flows[i] == kNone; ++k)
                if (f.from != kNone && b.flows[k].from != kNone && b.flows[k].from == nodes[f.from] && b.flows[k].to == nodes[f.to]) flows[i] = uint32_t(k);
        }
    }
};

std::string fits(const Node& a, const Node& b)
{
    if (!b.executed) return "is not executed in the next version";
    if (isActivity(a.kind) != isActivity(b.kind)) return "is something else in the next version";
    if (!isActivity(a.kind) && (a.kind != b.kind || a.trigger != b.trigger)) return "waits for something else in the next version";
    if ((a.inner == kNone) != (b.inner == kNone)) return "has its inside changed to or from a sub-process";
    return {};
}

//! The scope an item's inside is in the next version.
uint32_t nextScope(const Map& map, const State& s, Id parent)
{
    const Item* p = s.item(parent);
    while (p && p->form == Form::Set) p = s.item(p->parent);
    if (!p || p->node == kNone) return 0;
    const uint32_t n = map.nodes[p->node];
    return n == kNone ? kNone : map.to.nodes[n].inner;
}

} // namespace

MigrationPreview preview(const Definition& now, const State& state, const Definition& next, const Instead& instead)
{
    const Map map(now, next, instead);
    MigrationPreview out;
    for (const Item& i : state.items) {
        if (i.node == kNone) continue;
        const Node& a = now.nodes[i.node];
        MigrationLine l{i.id, a.id, {}, a.name, {}};
        const uint32_t n = map.nodes[i.node];
        if (n == kNone) {
            l.problem = "is not in the next version: say where it goes instead";
        } else {
            l.to = next.nodes[n].id;
            l.problem = fits(a, next.nodes[n]);
            const uint32_t scope = nextScope(map, state, i.parent);
            if (l.problem.empty() && !isMember(i.form) && scope != next.nodes[n].scope) l.problem = "lies in another sub-process in the next version";
        }
        out.lines.push_back(std::move(l));
    }
    for (const Token& t : state.tokens) {
        const Flow& f = now.flows[t.flow];
        MigrationLine l{0, f.id, {}, f.name, {}};
        const uint32_t to = map.flows[t.flow];
        if (to == kNone) l.problem = "a token waits on this flow, which is not in the next version: say where it goes instead";
        else if (next.flows[to].scope != nextScope(map, state, t.parent)) l.problem = "a token waits on this flow, which lies in another sub-process in the next version";
        else l.to = next.flows[to].id;
        out.lines.push_back(std::move(l));
    }
    const auto lost = [&](uint32_t n) {
        if (map.nodes[n] == kNone || next.nodes[map.nodes[n]].trigger != now.nodes[n].trigger) out.dropped.push_back(now.nodes[n].id);
    };
    for (const Timer& t : state.timers) lost(t.node);
    for (const Subscription& s : state.subscriptions) lost(s.node);
    std::set<uint32_t> known(map.nodes.begin(), map.nodes.end());
    for (const Item& i : state.items) {
        if (i.phase != Phase::Open || isMember(i.form)) continue;
        const uint32_t n = i.node == kNone ? kNone : map.nodes[i.node];
        if (i.node != kNone && n == kNone) continue;
        std::vector<uint32_t> events;
        if (n != kNone) events = next.nodes[n].boundary;
        const uint32_t inside = i.node == kNone ? 0 : next.nodes[n].inner;
        if (inside != kNone && i.form != Form::Set) events.insert(events.end(), next.scopes[inside].eventSubs.begin(), next.scopes[inside].eventSubs.end());
        for (uint32_t e : events)
            if (!known.count(e)) out.added.push_back(next.nodes[e].id);
    }
    return out;
}

Result<void> Run::adopt(const std::vector<std::pair<Id, uint32_t>>& events)
{
    for (const auto& [item, n] : events) ZT_TRY(armAll(item, {n}));
    return settle();
}

Result<std::vector<Event>> migrate(const Definition& now, const State& state, const Definition& next, const Context& context, const Instead& instead)
{
    if (!state.running()) return Result<std::vector<Event>>(Err::Conflict, "only a running matter moves to another version");
    const auto plan = preview(now, state, next, instead);
    for (const auto& l : plan.lines)
        if (!l.problem.empty()) return Result<std::vector<Event>>(Err::Conflict, l.from + (l.name.empty() ? "" : " (" + l.name + ")") + ": " + l.problem);
    const Map map(now, next, instead);
    std::vector<Event> out;
    State s = state;
    const auto emit = [&](Event e) {
        evolve(s, e);
        out.push_back(std::move(e));
    };
    const auto dropped = [&](uint32_t n) { return std::find(plan.dropped.begin(), plan.dropped.end(), now.nodes[n].id) != plan.dropped.end(); };
    for (const Timer& t : state.timers)
        if (dropped(t.node)) emit(Event{.kind = EventKind::Disarmed, .node = t.node, .item = t.item});
    for (const Subscription& x : state.subscriptions)
        if (dropped(x.node)) emit(Event{.kind = EventKind::Unsubscribed, .node = x.node, .item = x.item});
    Event m{.kind = EventKind::Migrated, .name = next.id, .text = next.version};
    for (uint32_t i = 0; i < map.nodes.size(); ++i)
        if (map.nodes[i] != kNone) m.list.insert(m.list.end(), {i, map.nodes[i]});
    m.list.push_back(kNone);
    for (uint32_t i = 0; i < map.flows.size(); ++i)
        if (map.flows[i] != kNone) m.list.insert(m.list.end(), {i, map.flows[i]});
    emit(std::move(m));
    std::vector<std::pair<Id, uint32_t>> fresh;
    for (const Item& i : s.items) {
        if (i.phase != Phase::Open || isMember(i.form)) continue;
        std::vector<uint32_t> events;
        if (i.node != kNone) events = next.nodes[i.node].boundary;
        const uint32_t inside = i.node == kNone ? 0 : next.nodes[i.node].inner;
        if (inside != kNone && i.form != Form::Set) events.insert(events.end(), next.scopes[inside].eventSubs.begin(), next.scopes[inside].eventSubs.end());
        for (uint32_t e : events)
            if (std::find(plan.added.begin(), plan.added.end(), next.nodes[e].id) != plan.added.end()) fresh.emplace_back(i.id, e);
    }
    // Joins may be complete now that a flow is gone: the next version's rules settle it.
    Run run(next, std::move(s), context);
    ZT_TRY(run.adopt(fresh));
    out.insert(out.end(), std::make_move_iterator(run.events.begin()), std::make_move_iterator(run.events.end()));
    return out;
}

} // namespace zt::process
