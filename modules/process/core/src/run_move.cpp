#include "run.h"
#include "upstream.h"

#include <algorithm>

namespace zt::process {

//! Nodes that tokens from the scope's starts get to without the edge `without`.
std::vector<bool> reach(const Definition& d, const Scope& s, uint32_t without)
{
    std::vector<bool> seen(d.nodes.size());
    std::vector<uint32_t> todo;
    const auto go = [&](uint32_t n) {
        if (!seen[n]) {
            seen[n] = true;
            todo.push_back(n);
        }
    };
    for (uint32_t n : s.starts) go(n);
    for (uint32_t n : s.nodes)
        if (d.nodes[n].kind == NodeKind::StartEvent) go(n);
    while (!todo.empty()) {
        const uint32_t n = todo.back();
        todo.pop_back();
        for (uint32_t f : d.nodes[n].out)
            if (f != without) go(d.flows[f].to);
        for (uint32_t b : d.nodes[n].boundary)
            if (d.flows.size() + b != without) go(b);
        if (d.nodes[n].kind == NodeKind::ThrowEvent && d.nodes[n].trigger == Trigger::Link)
            for (uint32_t o : linkTargets(d, n)) go(o);
    }
    return seen;
}

namespace {

bool splits(const Node& n) { return n.out.size() > 1 && n.kind != NodeKind::Exclusive && n.kind != NodeKind::EventBased; }

uint32_t splitOf(const Definition& d, uint32_t edge) { return edge < d.flows.size() ? d.flows[edge].from : d.nodes[edge - d.flows.size()].attached; }

bool has(const std::vector<uint32_t>& v, uint32_t x) { return std::find(v.begin(), v.end(), x) != v.end(); }

} // namespace

std::vector<std::vector<uint32_t>> branchesOf(const Definition& d, uint32_t scope)
{
    const Scope& s = d.scopes[scope];
    std::vector<std::vector<uint32_t>> out(d.nodes.size());
    const auto all = reach(d, s, kNone);
    const auto note = [&](uint32_t edge) {
        const auto rest = reach(d, s, edge);
        for (uint32_t n : s.nodes)
            if (all[n] && !rest[n]) out[n].push_back(edge);
    };
    for (uint32_t n : s.nodes) {
        if (splits(d.nodes[n]))
            for (uint32_t f : d.nodes[n].out) note(f);
        for (uint32_t b : d.nodes[n].boundary)
            if (!d.nodes[b].interrupting) note(uint32_t(d.flows.size()) + b);
    }
    return out;
}

Result<void> Run::sidePath(uint32_t edge) const
{
    return Result<void>(Err::Conflict, named(uint32_t(edge - m_d.flows.size())) + ": its side path runs beside the main one; no token goes from one to the other");
}

//! Takes away the mover, and with it whatever belongs to parallel branches that the move leaves; where it enters a branch, the branches
//! beside it count as done, so that their join does not wait for ever.
Result<void> Run::withdraw(Id mover, Id parent, uint32_t from, uint32_t to)
{
    const uint32_t scope = scopeOf(at(parent));
    const auto branches = branchesOf(m_d, scope);
    std::vector<uint32_t> left, entered;
    for (uint32_t e : branches[from])
        if (!has(branches[to], e)) left.push_back(e);
    for (uint32_t e : branches[to])
        if (!has(branches[from], e)) entered.push_back(e);
    for (const auto* edges : {&left, &entered})
        for (uint32_t e : *edges)
            if (e >= m_d.flows.size()) return sidePath(e);
    std::vector<uint32_t> gone; // splits whose branches are all withdrawn
    for (uint32_t e : left) gone.push_back(splitOf(m_d, e));
    const auto under = [&](uint32_t n) {
        return std::any_of(branches[n].begin(), branches[n].end(), [&](uint32_t e) { return has(gone, splitOf(m_d, e)); });
    };
    cancel(mover, Close::Returned);
    for (Id c : children(parent))
        if (state.item(c) && at(c).node != kNone && under(home(at(c)))) cancel(c);
    const auto tokens = state.tokens;
    for (const Token& t : tokens) {
        if (t.parent != parent) continue;
        const bool inside = under(m_d.flows[t.flow].from) || has(gone, m_d.flows[t.flow].from);
        for (uint32_t i = 0; inside && i < t.count; ++i) {
            Event e;
            e.kind = EventKind::Taken;
            e.flow = t.flow;
            e.parent = parent;
            emit(std::move(e));
        }
    }
    countBesideAsDone(parent, branches, entered);
    return {};
}

void Run::countBesideAsDone(Id parent, const std::vector<std::vector<uint32_t>>& branches, const std::vector<uint32_t>& entered)
{
    const auto inBranch = [&](uint32_t flow, uint32_t edge) { return flow == edge || has(branches[m_d.flows[flow].from], edge); };
    for (uint32_t e : entered) {
        const uint32_t split = splitOf(m_d, e);
        for (uint32_t n : m_d.scopes[scopeOf(at(parent))].nodes) {
            const Node& join = node(n);
            if (join.kind != NodeKind::Parallel || join.in.size() < 2 || has(branches[n], e)) continue;
            if (std::none_of(join.in.begin(), join.in.end(), [&](uint32_t f) { return inBranch(f, e); })) continue;
            for (uint32_t f : join.in) {
                const bool beside = std::any_of(node(split).out.begin(), node(split).out.end(), [&](uint32_t o) { return o != e && inBranch(f, o); });
                if (beside && !inBranch(f, e) && !hasToken(f, parent)) put(f, parent);
            }
        }
    }
}

namespace {

//! The node in `scope` that is `n` or holds it; kNone if n lies elsewhere.
uint32_t seenFrom(const Definition& d, uint32_t scope, uint32_t n)
{
    while (n != kNone && d.nodes[n].scope != scope) n = d.scopes[d.nodes[n].scope].node;
    return n;
}

bool canBeEntered(const Node& n)
{
    return n.executed && n.kind != NodeKind::StartEvent && n.kind != NodeKind::BoundaryEvent && n.kind != NodeKind::EventSubProcess;
}

} // namespace

//! Opens the sub-processes on the way to `to`, without their own starts.
Result<void> Run::descend(Id parent, uint32_t to, const Keys& keys)
{
    const uint32_t next = seenFrom(m_d, scopeOf(at(parent)), to);
    if (next == to) return enter(to, parent, kNone, keys);
    if (m_d.moreOf(node(next)).multi) return Result<void>(Err::Conflict, named(next) + " has several instances; nobody can be sent into one of them from outside");
    Event e;
    e.kind = EventKind::Opened;
    e.item = state.next;
    e.node = next;
    e.parent = parent;
    const Id id = e.item;
    emit(std::move(e));
    ZT_TRY(armAll(id, node(next).boundary));
    if (node(next).kind == NodeKind::CallActivity) ZT_TRY(callIn(id));
    ZT_TRY(armAll(id, m_d.scopes[node(next).inner].eventSubs));
    // In there too it may come into a branch of a split that nobody passed.
    const auto branches = branchesOf(m_d, node(next).inner);
    const auto& entered = branches[seenFrom(m_d, node(next).inner, to)];
    if (const auto side = std::find_if(entered.begin(), entered.end(), [&](uint32_t e) { return e >= m_d.flows.size(); }); side != entered.end()) return sidePath(*side);
    countBesideAsDone(id, branches, entered);
    return descend(id, to, keys);
}

Result<void> Run::jump(const Command& c)
{
    ZT_LET(item, live(c.item));
    if (c.node >= m_d.nodes.size() || !canBeEntered(node(c.node))) return Result<void>(Err::NotFound, "no node a token could be sent to");
    if (item->node == kNone || (isMember(item->form) && item->phase > Phase::Waiting)) return Result<void>(Err::Conflict, "no token is there");
    if (!c.force && !state.hasVisited(c.node)) return Result<void>(Err::Conflict, named(c.node) + " has not been reached before");
    // From inside out until the goal is in the same scope or below it; the whole set moves, not one of its members.
    Id mover = c.item;
    while (true) {
        if (isMember(at(mover).form)) mover = at(mover).parent;
        const Item& parent = at(at(mover).parent);
        if (seenFrom(m_d, scopeOf(parent), c.node) != kNone) break;
        mover = parent.id;
        if (mover == kRoot) return Result<void>(Err::NotFound, "no node a token could be sent to");
    }
    const Id parent = at(mover).parent;
    const uint32_t from = home(at(mover)), to = seenFrom(m_d, scopeOf(at(parent)), c.node);
    if (node(from).kind == NodeKind::EventSubProcess || node(to).kind == NodeKind::EventSubProcess)
        return Result<void>(Err::Conflict, "no token goes into or out of an event sub-process");
    if (c.back && (to != c.node || !isActivity(node(to).kind) || node(to).inner != kNone || mover != (isMember(item->form) ? item->parent : item->id)))
        return Result<void>(Err::Conflict, "only a task in the same sub-process can hand straight back");
    if (c.back && at(mover).back != kNone) return Result<void>(Err::Conflict, "it was itself sent here to return straight: answer it, or send it back without return");
    Event moved;
    moved.kind = EventKind::Moved;
    moved.item = c.item;
    moved.node = c.node;
    moved.name = c.name;
    emit(std::move(moved));
    if (!c.back) {
        ZT_TRY(withdraw(mover, parent, from, to));
        return descend(parent, c.node, c.keys);
    }
    cancel(mover, Close::Returned);
    m_back = from;
    return enter(c.node, parent, kNone, c.keys);
}

std::vector<uint32_t> jumpTargets(const Definition& d, const State& s, Id id)
{
    std::vector<uint32_t> out;
    const Item* i = s.item(id);
    if (!i || i->node == kNone) return out;
    for (uint32_t n : s.visited) {
        const Node& x = d.nodes[n];
        if (!isActivity(x.kind) || !canBeEntered(x) || x.inner != kNone || (n == i->node)) continue;
        const DataScope unused(d, s, id);
        Command c;
        c.kind = Command::Kind::Jump;
        c.item = id;
        c.node = n;
        Context context;
        // Deciding is the only complete answer; a refusal for lack of data still is a place one may go to.
        if (const auto r = decide(d, s, c, context); r || r.error().kind == Err::Invalid) out.push_back(n);
    }
    return out;
}

Result<void> Run::recreate(const Command& c)
{
    ZT_LET(found, live(c.item));
    const Id id = isMember(found->form) ? found->parent : found->id;
    const Item set = at(id);
    if (set.node == kNone || !isActivity(node(set.node).kind) || node(set.node).kind == NodeKind::EventSubProcess) return Result<void>(Err::Conflict, "no activity is there");
    Keys keys = c.keys;
    if (keys.empty()) {
        if (set.form == Form::Set) {
            for (const Item& i : state.items)
                if (i.parent == id && i.form == Form::Member) keys.push_back(i.key);
        } else if (!set.key.empty()) {
            keys.push_back(set.key);
        }
    }
    cancel(id);
    m_back = set.back;
    ZT_LET(opened, open(set.node, set.parent, kNone, keys));
    (void)opened;
    return {};
}

Result<void> Run::add(const Command& c)
{
    ZT_LET(found, live(c.item));
    const Item item = *found;
    if (item.node == kNone || item.form == Form::Set || !isActivity(node(item.node).kind) || (node(item.node).inner != kNone && !isMember(item.form)))
        return Result<void>(Err::Conflict, "nobody is asked to act there now");
    if (item.phase > Phase::Waiting) return Result<void>(Err::Conflict, "this person has acted already");
    if (c.keys.empty()) return Result<void>(Err::Invalid, "nobody was named");
    Id set = item.parent;
    if (!isMember(item.form)) {
        Event e;
        e.kind = EventKind::Gathered;
        e.item = item.id;
        e.node = item.node;
        e.parent = state.next;
        set = e.parent;
        emit(std::move(e));
    }
    for (const std::string& key : c.keys) {
        const bool there = std::any_of(state.items.begin(), state.items.end(), [&](const Item& i) {
            return i.parent == set && i.key == key && (i.phase == Phase::Open || i.phase == Phase::Waiting);
        });
        if (there) return Result<void>(Err::Exists, "somebody named is asked already");
        ZT_TRY(addOne(item.id, c.place, key));
    }
    return {};
}

Result<void> Run::addOne(Id item, Place place, const std::string& key)
{
    const Item it = at(item);
    if (state.items.size() > 2 * kMaxInstances) return Result<void>(Err::TooLarge, "too many instances");
    Event e;
    e.kind = EventKind::Opened;
    e.form = place == Place::Before ? Form::Before : place == Place::After ? Form::After : Form::Member;
    e.item = state.next;
    e.node = it.node;
    e.parent = it.parent;
    e.key = key;
    for (const Item& i : state.items)
        if (i.parent == it.parent) e.index = std::max(e.index, i.index);
    ++e.index;
    e.n = uint32_t(place == Place::After ? Phase::Waiting : it.phase);
    const Id id = e.item;
    emit(std::move(e));
    std::vector<Id> own; // whom `item` itself waits for
    for (const Order& o : state.orders)
        if (o.item == item) own.push_back(o.after);
    const auto behind = waitingFor(item);
    if (place == Place::Before) {
        // Several added before one do not wait for each other, only for what he waited for before them.
        for (Id w : own)
            if (at(w).form != Form::Before) order(id, w, true);
        const bool inherits = std::any_of(state.orders.begin(), state.orders.end(), [&](const Order& o) { return o.item == id; });
        order(item, id, true);
        for (const auto& [who, phase] : {std::pair(item, Phase::Waiting), std::pair(id, inherits ? Phase::Waiting : Phase::Open)}) {
            if (at(who).phase == phase) continue;
            Event t;
            t.kind = EventKind::Turned;
            t.item = who;
            t.n = uint32_t(phase);
            emit(std::move(t));
        }
    } else if (place == Place::After) {
        for (Id w : behind)
            if (at(w).form != Form::After) order(w, id, true);
        order(id, item, true);
    } else {
        for (Id w : own) order(id, w, true);
        for (Id w : behind)
            if (at(w).form == Form::Member) order(w, id, true);
    }
    return at(id).phase == Phase::Open ? begin(id) : Result<void>();
}

Result<void> Run::remove(Id id)
{
    ZT_LET(found, live(id));
    const Item it = *found;
    if (!isMember(it.form)) return Result<void>(Err::Conflict, "the only one asked cannot be taken out");
    if (it.phase > Phase::Waiting) return Result<void>(Err::Conflict, "this person has acted already");
    const Tally t = tally(state, it.parent);
    if (it.form == Form::Member && t.all - t.cancelled <= 1) return Result<void>(Err::Conflict, "the last one asked cannot be taken out");
    const auto behind = waitingFor(id);
    std::vector<Id> own;
    for (const Order& o : state.orders)
        if (o.item == id) own.push_back(o.after);
    for (Id w : behind)
        for (Id o : own) order(w, o, true);
    // Those who were to prepare for the one who leaves have nothing to prepare.
    for (Id o : own)
        if (state.item(o) && at(o).form == Form::Before && waitingFor(o) == std::vector<Id>{id}) cancel(o);
    cancel(id);
    return memberDone(it.parent, behind);
}

Result<void> Run::reopen(Id id)
{
    ZT_LET(found, live(id));
    if (!isMember(found->form) || found->phase != Phase::Done || node(found->node).inner != kNone) return Result<void>(Err::Conflict, "this person has not acted, or his part is closed");
    Event e;
    e.kind = EventKind::Turned;
    e.item = id;
    e.n = uint32_t(Phase::Open);
    emit(std::move(e));
    return {};
}

} // namespace zt::process
