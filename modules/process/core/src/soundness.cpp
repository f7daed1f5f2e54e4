#include "soundness.h"

#include "upstream.h"

#include <algorithm>
#include <set>
#include <unordered_set>

namespace zt::process {

namespace {

//! Tokens by place: first the scope's flows, then its nodes that hold a token while they work (of boundary events: whether it was taken).
using Marking = std::string;

struct Join {
    uint32_t node;
    std::vector<uint32_t> in;        //!< places
    std::vector<std::vector<bool>> up; //!< for each: places from which a token can come to it
};

class Net {
public:
    Net(const Definition& d, uint32_t scope);
    //! False when the bound was reached.
    bool run(size_t limit, bool oneOrder);
    [[nodiscard]] bool canReduce() const { return m_acyclic && m_joins.empty() && !m_terminates; }

    std::set<uint32_t> twice;                         //!< nodes that more than one token gets to at once
    std::set<std::pair<uint32_t, uint32_t>> waiting; //!< joins, and flows whose token never comes

private:
    [[nodiscard]] uint32_t nodePlace(uint32_t n) const { return m_nodePlace[n]; }
    [[nodiscard]] bool holds(const Node& n) const;
    void add(Marking m) { if (m_seen.insert(m).second) m_todo.push_back(std::move(m)); }
    void expand(const Marking& m);
    void enter(Marking m, uint32_t flow);
    void enterNode(Marking m, uint32_t n);
    void leave(Marking m, uint32_t n);
    void leaveAll(Marking m, const std::vector<uint32_t>& flows);
    void choose(const Marking& m, uint32_t n, const std::vector<uint32_t>& always, const std::vector<uint32_t>& free, uint32_t fallback, bool needOne);
    void work(const Marking& m, uint32_t n);
    [[nodiscard]] bool ready(const Marking& m, const Join& j);
    void order();

    const Definition& m_d;
    const Scope& m_s;
    std::vector<uint32_t> m_flowPlace, m_nodePlace; //!< by definition number
    std::vector<uint32_t> m_flows, m_nodes;         //!< by place
    std::vector<Join> m_joins;
    std::vector<uint32_t> m_rank; //!< nodes by place order, upstream first
    bool m_acyclic = true, m_terminates = false, m_oneOrder = false;
    //! Places looked at so far: what bounds the time of large scopes, as the number of markings bounds that of tangled ones.
    uint64_t m_looked = 0;
    static constexpr uint64_t kMaxLooked = 400'000'000, kMaxBytes = 64u << 20;
    std::unordered_set<Marking> m_seen;
    std::vector<Marking> m_todo;
};

//! Whether a token rests there until somebody or something outside acts. An activity right behind another, and behind it alone, adds nothing.
bool Net::holds(const Node& n) const
{
    if (n.kind == NodeKind::EventBased) return true;
    if (n.kind == NodeKind::CatchEvent) return n.trigger != Trigger::Link && n.trigger != Trigger::None;
    if (!isActivity(n.kind)) return false;
    const bool instant = n.kind == NodeKind::Task || n.kind == NodeKind::SendTask || n.kind == NodeKind::BusinessRuleTask;
    if (n.boundary.empty() && instant && !m_d.moreOf(n).multi) return false;
    if (n.boundary.empty() && n.in.size() == 1) {
        const Node& before = m_d.nodes[m_d.flows[n.in[0]].from];
        if (isActivity(before.kind) && before.out.size() == 1 && before.attached == kNone) return false;
    }
    return true;
}

Net::Net(const Definition& d, uint32_t scope) : m_d(d), m_s(d.scopes[scope]), m_flowPlace(d.flows.size(), kNone), m_nodePlace(d.nodes.size(), kNone)
{
    for (uint32_t f : m_s.flows) {
        m_flowPlace[f] = uint32_t(m_flows.size());
        m_flows.push_back(f);
    }
    for (uint32_t n : m_s.nodes) {
        m_nodePlace[n] = uint32_t(m_flows.size() + m_nodes.size());
        m_nodes.push_back(n);
        const Node& x = d.nodes[n];
        m_terminates = m_terminates || (x.kind == NodeKind::EndEvent && (x.trigger == Trigger::Terminate || x.trigger == Trigger::Error));
    }
    for (uint32_t n : m_s.orJoins) {
        Join j{n, {}, {}};
        for (uint32_t f : d.nodes[n].in) {
            m_looked += 8 * (d.flows.size() + d.nodes.size());
            if (m_looked > kMaxLooked) return;
            const Upstream up(d, n, {f});
            std::vector<bool> places(m_flows.size() + m_nodes.size());
            for (uint32_t x : m_flows) places[m_flowPlace[x]] = up.flows[x];
            for (uint32_t x : m_nodes) places[m_nodePlace[x]] = up.nodes[x];
            j.in.push_back(m_flowPlace[f]);
            j.up.push_back(std::move(places));
        }
        m_joins.push_back(std::move(j));
    }
    order();
}

//! Topological order of the nodes; m_acyclic is false if there is none.
void Net::order()
{
    std::vector<uint32_t> before(m_d.nodes.size());
    const auto each = [&](uint32_t n, auto visit) {
        for (uint32_t f : m_d.nodes[n].out) visit(m_d.flows[f].to);
        for (uint32_t b : m_d.nodes[n].boundary) visit(b);
        if (m_d.nodes[n].kind == NodeKind::ThrowEvent && m_d.nodes[n].trigger == Trigger::Link)
            for (uint32_t o : linkTargets(m_d, n)) visit(o);
    };
    for (uint32_t n : m_nodes) each(n, [&](uint32_t to) { ++before[to]; });
    std::vector<uint32_t> ready;
    for (uint32_t n : m_nodes)
        if (!before[n]) ready.push_back(n);
    for (size_t i = 0; i < ready.size(); ++i) each(ready[i], [&](uint32_t to) { if (--before[to] == 0) ready.push_back(to); });
    m_acyclic = ready.size() == m_nodes.size();
    m_rank = m_acyclic ? ready : m_nodes;
}

bool Net::run(size_t limit, bool oneOrder)
{
    if (oneOrder) m_looked = 0;
    if (m_looked > kMaxLooked) return false;
    m_oneOrder = oneOrder;
    limit = std::min<size_t>(limit, kMaxBytes / (m_flows.size() + m_nodes.size() + 64));
    m_seen.clear();
    m_todo.clear();
    const Marking empty(m_flows.size() + m_nodes.size(), '\0');
    bool plain = false;
    Marking all = empty;
    for (uint32_t n : m_s.nodes) {
        const Node& x = m_d.nodes[n];
        // Each start event begins a run of its own.
        if (x.kind == NodeKind::StartEvent) {
            plain = true;
            enterNode(empty, n);
        }
    }
    if (!plain && !m_s.starts.empty()) {
        // No start event: everything that nothing leads to begins at once. Nodes that do not hold a token begin by leaving it behind.
        for (uint32_t n : m_s.starts)
            if (holds(m_d.nodes[n])) ++all[nodePlace(n)];
        std::vector<Marking> begun{all};
        for (uint32_t n : m_s.starts) {
            if (holds(m_d.nodes[n])) continue;
            std::vector<Marking> next;
            for (const Marking& m : begun) {
                m_todo.clear();
                m_seen.clear();
                enterNode(m, n);
                next.insert(next.end(), m_todo.begin(), m_todo.end());
            }
            begun = std::move(next);
            if (begun.size() > limit) return false;
        }
        m_todo.clear();
        m_seen.clear();
        for (Marking& m : begun) add(std::move(m));
    }
    while (!m_todo.empty()) {
        if (m_seen.size() > limit || m_looked > kMaxLooked) return false;
        const Marking m = std::move(m_todo.back());
        m_todo.pop_back();
        expand(m);
    }
    return true;
}

//! What the engine does next in this marking, or, when everything rests, what somebody may do.
void Net::expand(const Marking& m)
{
    m_looked += m.size();
    for (size_t p = 0; p < m_flows.size(); ++p) {
        if (!m[p]) continue;
        const Node& to = m_d.nodes[m_d.flows[m_flows[p]].to];
        const bool join = to.in.size() > 1;
        if (join && to.kind == NodeKind::Inclusive) continue;
        if (join && to.kind == NodeKind::Parallel && std::any_of(to.in.begin(), to.in.end(), [&](uint32_t f) { return !m[m_flowPlace[f]]; })) continue;
        return enter(m, m_flows[p]);
    }
    for (const Join& j : m_joins) {
        m_looked += j.in.size();
        if (ready(m, j)) {
            Marking next = m;
            for (uint32_t p : j.in)
                if (next[p]) --next[p];
            return enterNode(std::move(next), j.node);
        }
    }
    bool busy = false;
    for (uint32_t n : m_rank) {
        if (!holds(m_d.nodes[n]) || !m[nodePlace(n)]) continue;
        busy = true;
        work(m, n);
        if (m_oneOrder) break;
    }
    if (busy) return;
    for (size_t p = 0; p < m_flows.size(); ++p) {
        if (!m[p]) continue;
        const uint32_t n = m_d.flows[m_flows[p]].to;
        for (uint32_t f : m_d.nodes[n].in)
            if (!m[m_flowPlace[f]]) waiting.emplace(n, f);
    }
}

bool Net::ready(const Marking& m, const Join& j)
{
    bool any = false;
    for (uint32_t p : j.in) any = any || m[p];
    if (!any) return false;
    m_looked += m.size() * j.in.size();
    for (size_t p = 0; p < m.size(); ++p) {
        if (!m[p]) continue;
        if (p >= m_flows.size() && m_d.nodes[m_nodes[p - m_flows.size()]].attached != kNone) continue; // a mark, no token
        bool toEmpty = false, toFull = false;
        for (size_t i = 0; i < j.in.size(); ++i)
            if (j.up[i][p]) (m[j.in[i]] ? toFull : toEmpty) = true;
        if (toEmpty && !toFull) return false;
    }
    return true;
}

void Net::enter(Marking m, uint32_t flow)
{
    const Node& to = m_d.nodes[m_d.flows[flow].to];
    if (to.kind == NodeKind::Parallel && to.in.size() > 1)
        for (uint32_t f : to.in) --m[m_flowPlace[f]];
    else --m[m_flowPlace[flow]];
    enterNode(std::move(m), m_d.flows[flow].to);
}

void Net::enterNode(Marking m, uint32_t n)
{
    const Node& x = m_d.nodes[n];
    if (holds(x)) {
        if (m[nodePlace(n)]) {
            twice.insert(n);
            return;
        }
        ++m[nodePlace(n)];
        return add(std::move(m));
    }
    if (x.kind == NodeKind::EndEvent) {
        if (x.trigger == Trigger::Terminate || x.trigger == Trigger::Error) std::fill(m.begin(), m.end(), '\0');
        return add(std::move(m));
    }
    if (x.kind == NodeKind::ThrowEvent && x.trigger == Trigger::Link) {
        const auto to = linkTargets(m_d, n);
        return to.empty() ? add(std::move(m)) : leave(std::move(m), to.front());
    }
    leave(std::move(m), n);
}

void Net::leaveAll(Marking m, const std::vector<uint32_t>& flows)
{
    for (uint32_t f : flows) {
        auto& place = m[m_flowPlace[f]];
        if (place) {
            twice.insert(m_d.flows[f].to);
            return;
        }
        ++place;
    }
    add(std::move(m));
}

//! Every set of the free flows (of many flows: single ones, pairs and all), with those that are always taken.
void Net::choose(const Marking& m, uint32_t, const std::vector<uint32_t>& always, const std::vector<uint32_t>& free, uint32_t fallback, bool needOne)
{
    const auto with = [&](const std::vector<uint32_t>& some) {
        auto flows = always;
        flows.insert(flows.end(), some.begin(), some.end());
        leaveAll(m, flows);
    };
    if (fallback != kNone) with({fallback});
    else if (!needOne || free.empty()) with({});
    if (free.size() <= 6) {
        for (uint32_t mask = 1; mask < 1u << free.size(); ++mask) {
            std::vector<uint32_t> some;
            for (size_t i = 0; i < free.size(); ++i)
                if (mask >> i & 1) some.push_back(free[i]);
            with(some);
        }
        return;
    }
    with(free);
    for (size_t i = 0; i < free.size(); ++i) {
        with({free[i]});
        for (size_t k = i + 1; k < free.size(); ++k) with({free[i], free[k]});
    }
}

void Net::leave(Marking m, uint32_t n)
{
    const Node& x = m_d.nodes[n];
    if (x.kind == NodeKind::Exclusive) {
        for (uint32_t f : x.out) leaveAll(m, {f});
        if (x.out.empty()) add(std::move(m));
        return;
    }
    if (x.kind == NodeKind::Parallel) return leaveAll(std::move(m), x.out);
    std::vector<uint32_t> always, free;
    for (uint32_t f : x.out) {
        if (f == x.fallback) continue;
        const bool conditional = x.kind == NodeKind::Inclusive ? x.out.size() > 1 : m_d.flows[f].condition != kNone;
        (conditional ? free : always).push_back(f);
    }
    choose(m, n, always, free, x.fallback, always.empty());
}

//! What may end the rest of `n`.
void Net::work(const Marking& m, uint32_t n)
{
    const Node& x = m_d.nodes[n];
    Marking done = m;
    --done[nodePlace(n)];
    for (uint32_t b : x.boundary) done[nodePlace(b)] = '\0';
    if (x.kind == NodeKind::EventBased) {
        for (uint32_t f : x.out) leave(done, m_d.flows[f].to);
        return;
    }
    leave(done, n);
    for (uint32_t b : x.boundary) {
        if (!m_d.nodes[b].executed) continue;
        if (m_d.nodes[b].interrupting) leave(done, b);
        else if (!m[nodePlace(b)]) {
            Marking beside = m;
            ++beside[nodePlace(b)];
            leave(std::move(beside), b);
        }
    }
}

Words way(const Definition& d, const Flow& f)
{
    if (!f.id.empty()) return words(f);
    const std::string& from = d.nodes[f.from].id;
    return {"来自 " + from, "from " + from};
}

} // namespace

void explore(const Definition& d, uint32_t scope, const CheckOptions& options, std::vector<Finding>& out)
{
    if (d.scopes[scope].nodes.empty()) return;
    Net net(d, scope);
    bool all = net.run(options.maxStates, false);
    if (!all && net.canReduce()) all = net.run(options.maxStates, true);
    for (uint32_t n : net.twice)
        out.push_back(finding(Finding::Severity::Error, "unsynchronised", d, &d.nodes[n],
                              {"可能同时有不止一个令牌到达：并行的分支没有汇合就在这里相遇", "more than one token can get here at once: branches that run side by side meet without being joined"},
                              {"请在它之前用并行网关或包容网关汇合这些分支", "join the branches before it with a parallel or inclusive gateway"}));
    std::set<uint32_t> joins;
    for (const auto& [n, f] : net.waiting) joins.insert(n);
    for (uint32_t n : joins) {
        Words missing;
        size_t count = 0;
        for (const auto& [j, f] : net.waiting)
            if (j == n && ++count <= 5) missing = missing + (count > 1 ? Words{"、", ", "} : Words{}) + way(d, d.flows[f]);
        out.push_back(finding(Finding::Severity::Error, "deadlock", d, &d.nodes[n],
                              Words{"可能死锁，一直等待下去：以下来路可能永远没有令牌到来：", "can wait for ever: a token may never come by "} + missing,
                              {"请改用排他网关或包容网关，或保证通向这里的每个分支总会走到",
                               "use an exclusive or inclusive gateway there, or let every branch that leads here always be taken"}));
    }
    if (!all) {
        const Node* owner = d.scopes[scope].node == kNone ? nullptr : &d.nodes[d.scopes[scope].node];
        const std::string states = std::to_string(options.maxStates);
        out.push_back(finding(Finding::Severity::Note, "unproved", d, owner,
                              {"可能的走向太多，未能全部检查（" + states + " 个状态）", "too many possible courses to look at all of them (" + states + " states)"},
                              {"请拆分为若干子流程", "divide it into sub-processes"}));
    }
}

} // namespace zt::process
