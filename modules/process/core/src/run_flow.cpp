#include "run.h"
#include "upstream.h"

#include <algorithm>

namespace zt::process {

void Run::put(uint32_t flow, Id parent)
{
    Event e;
    e.kind = EventKind::Put;
    e.flow = flow;
    e.parent = parent;
    emit(std::move(e));
    m_queue.emplace_back(flow, parent);
}

void Run::touch(Id parent)
{
    if (std::find(m_touched.begin(), m_touched.end(), parent) == m_touched.end()) m_touched.push_back(parent);
}

bool Run::hasToken(uint32_t flow, Id parent) const
{
    return std::any_of(state.tokens.begin(), state.tokens.end(), [&](const Token& t) { return t.flow == flow && t.parent == parent; });
}

//! Until nothing moves by itself any more: tokens first, then inclusive joins (whether they may go on depends on everything else having
//! come to rest), then scopes that are empty.
Result<void> Run::settle()
{
    while (!over()) {
        if (m_head < m_queue.size()) {
            const auto [flow, parent] = m_queue[m_head++];
            if (!hasToken(flow, parent)) continue; // a join or an interruption took it
            if (events.size() > kMaxEvents) return invalid(m_d.flows[flow].to, "runs in a circle without ever waiting for anybody");
            ZT_TRY(arrive(flow, parent));
            continue;
        }
        m_queue.clear();
        m_head = 0;
        if (m_orJoins) {
            ZT_LET(joined, joinInclusive());
            if (joined) continue;
        }
        if (m_touched.empty()) return {};
        const Id parent = m_touched.back();
        m_touched.pop_back();
        ZT_TRY(checkScope(parent));
    }
    return {};
}

Result<void> Run::checkScope(Id parent)
{
    const Item* i = state.item(parent);
    if (!i || i->form == Form::Set || i->phase != Phase::Open) return {};
    const bool busy = std::any_of(state.items.begin(), state.items.end(), [&](const Item& o) { return o.parent == parent; })
        || std::any_of(state.tokens.begin(), state.tokens.end(), [&](const Token& t) { return t.parent == parent; });
    if (busy) return {};
    if (parent == kRoot) {
        end(Life::Completed, {});
        return {};
    }
    return complete(parent, {});
}

Result<void> Run::arrive(uint32_t flow, Id parent)
{
    const uint32_t n = m_d.flows[flow].to;
    const Node& x = node(n);
    if (x.in.size() > 1 && x.executed) {
        if (x.kind == NodeKind::Parallel) return joinParallel(n, flow, parent);
        if (x.kind == NodeKind::Inclusive) return {}; // joinInclusive looks at it when everything rests
    }
    return enter(n, parent, flow);
}

Result<void> Run::joinParallel(uint32_t n, uint32_t flow, Id parent)
{
    const Node& x = node(n);
    for (uint32_t f : x.in)
        if (!hasToken(f, parent)) return {};
    Event e;
    for (uint32_t f : x.in) {
        if (f == flow) continue;
        e.kind = EventKind::Taken;
        e.flow = f;
        e.parent = parent;
        emit(e);
    }
    return enter(n, parent, flow);
}

Result<void> Run::enter(uint32_t n, Id parent, uint32_t flow, const Keys& keys)
{
    const Node& x = node(n);
    if (!x.executed) return Result<void>(Err::Unsupported, named(n) + " is not executed: " + x.why.en);
    if (isActivity(x.kind)) {
        ZT_LET(id, open(n, parent, flow, keys));
        (void)id;
        return {};
    }
    if (x.kind == NodeKind::EndEvent) return passEnd(n, parent, flow);
    if (x.kind == NodeKind::ThrowEvent) return passThrow(n, parent, flow);
    const bool waits = x.kind == NodeKind::EventBased || (x.kind == NodeKind::CatchEvent && (x.trigger == Trigger::Timer || x.trigger == Trigger::Message));
    Event e;
    e.node = n;
    e.parent = parent;
    e.flow = flow;
    if (!waits) {
        e.kind = EventKind::Passed;
        emit(std::move(e));
        return isGateway(x.kind) ? route(n, parent) : leave(n, parent);
    }
    e.kind = EventKind::Opened;
    e.item = state.next;
    const Id item = e.item;
    emit(std::move(e));
    if (x.kind == NodeKind::CatchEvent) return armAll(item, {n});
    std::vector<uint32_t> next;
    for (uint32_t f : x.out) next.push_back(m_d.flows[f].to);
    return armAll(item, next);
}

Result<bool> Run::holds(uint32_t flow, Id parent)
{
    const Flow& f = m_d.flows[flow];
    if (f.condition == kNone) return true;
    ZT_LET(v, evaluate(m_d.conditions[f.condition], parent, f.from, Ask::Condition));
    return v.isTrue();
}

//! Gateways' outgoing flows.
Result<void> Run::route(uint32_t n, Id parent)
{
    const Node& x = node(n);
    if (x.kind == NodeKind::Parallel) {
        for (uint32_t f : x.out) put(f, parent);
        if (x.out.empty()) touch(parent);
        return {};
    }
    const bool one = x.kind == NodeKind::Exclusive;
    bool any = false;
    for (uint32_t f : x.out) {
        if (f == x.fallback) continue;
        // A gateway that only merges has nothing to decide.
        ZT_LET(yes, x.out.size() == 1 ? Result<bool>(true) : holds(f, parent));
        if (!yes) continue;
        put(f, parent);
        any = true;
        if (one) break;
    }
    if (!any && x.fallback != kNone) {
        put(x.fallback, parent);
        any = true;
    }
    if (!any && !x.out.empty()) return invalid(n, "no condition of its outgoing flows holds and it has no default flow");
    if (!any) touch(parent);
    return {};
}

//! Outgoing flows of activities and events: all without a condition, those whose condition holds, the default if none of these did.
Result<void> Run::leave(uint32_t n, Id parent)
{
    const Node& x = node(n);
    bool conditional = false, any = false;
    for (uint32_t f : x.out) {
        if (f == x.fallback) continue;
        conditional = conditional || m_d.flows[f].condition != kNone;
        ZT_LET(yes, holds(f, parent));
        if (!yes) continue;
        put(f, parent);
        any = any || m_d.flows[f].condition != kNone;
    }
    const bool plain = std::any_of(x.out.begin(), x.out.end(), [&](uint32_t f) { return f != x.fallback && m_d.flows[f].condition == kNone; });
    if (!any && x.fallback != kNone) {
        put(x.fallback, parent);
        any = true;
    }
    if (conditional && !any && !plain) return invalid(n, "no condition of its outgoing flows holds and it has no default flow");
    if (x.out.empty()) touch(parent);
    return {};
}

//! The standard's rule: it goes on with at least one token, unless some token elsewhere could still come to an incoming flow that has none
//! and could not come to one that has.
bool Run::inclusiveReady(uint32_t gateway, Id parent) const
{
    std::vector<uint32_t> empty, full;
    for (uint32_t f : node(gateway).in) (hasToken(f, parent) ? full : empty).push_back(f);
    if (full.empty()) return false;
    if (empty.empty()) return true;
    const Upstream green(m_d, gateway, empty), red(m_d, gateway, full);
    for (const Token& t : state.tokens)
        if (t.parent == parent && green.flows[t.flow] && !red.flows[t.flow]) return false;
    for (const Item& i : state.items)
        if (i.parent == parent && i.node != kNone && green.nodes[home(i)] && !red.nodes[home(i)]) return false;
    return true;
}

Result<bool> Run::joinInclusive()
{
    std::vector<std::pair<uint32_t, Id>> candidates;
    for (const Token& t : state.tokens) {
        const uint32_t n = m_d.flows[t.flow].to;
        if (node(n).kind == NodeKind::Inclusive && node(n).in.size() > 1) candidates.emplace_back(n, t.parent);
    }
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    for (const auto& [n, parent] : candidates) {
        if (!inclusiveReady(n, parent)) continue;
        uint32_t first = kNone;
        for (uint32_t f : node(n).in) {
            if (!hasToken(f, parent)) continue;
            if (first == kNone) {
                first = f;
                continue;
            }
            Event e;
            e.kind = EventKind::Taken;
            e.flow = f;
            e.parent = parent;
            emit(std::move(e));
        }
        ZT_TRY(enter(n, parent, first));
        return true;
    }
    return false;
}

Result<void> Run::passEnd(uint32_t n, Id parent, uint32_t flow)
{
    const Node& x = node(n);
    Event e;
    e.kind = EventKind::Passed;
    e.node = n;
    e.parent = parent;
    e.flow = flow;
    emit(std::move(e));
    touch(parent);
    switch (x.trigger) {
    case Trigger::Terminate:
        if (parent == kRoot) {
            end(Life::Terminated, {});
            return {};
        }
        clearScope(parent);
        return {};
    case Trigger::Error: return throwError(parent, n, m_d.moreOf(x).code, false);
    case Trigger::Escalation: {
        ZT_LET(interrupted, escalate(parent, n, m_d.moreOf(x).code, false));
        (void)interrupted;
        return {};
    }
    case Trigger::Message: return send(n, parent);
    default: return {};
    }
}

Result<void> Run::passThrow(uint32_t n, Id parent, uint32_t flow)
{
    const Node& x = node(n);
    Event e;
    e.kind = EventKind::Passed;
    e.node = n;
    e.parent = parent;
    e.flow = flow;
    emit(std::move(e));
    if (x.trigger == Trigger::Link) {
        if (const auto to = linkTargets(m_d, n); !to.empty()) return enter(to.front(), parent, kNone);
        return invalid(n, "there is no link event of that name to go on at");
    }
    if (x.trigger == Trigger::Message) ZT_TRY(send(n, parent));
    if (x.trigger == Trigger::Escalation) {
        ZT_LET(interrupted, escalate(parent, n, m_d.moreOf(x).code, false));
        if (interrupted) return {};
    }
    return leave(n, parent);
}

} // namespace zt::process
