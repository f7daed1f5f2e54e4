#include "run.h"

#include <algorithm>

namespace zt::process {

using feel::Kind;
using feel::Value;

//! For whom a task is: the text of its assignee or candidates, evaluated.
Result<std::string> Run::keyOf(uint32_t n, Id item)
{
    const NodeMore& m = m_d.moreOf(node(n));
    const Expr& e = !m.assignee.empty() ? m.assignee : m.candidates;
    if (e.empty()) return std::string();
    if (e.literal) return e.text;
    ZT_LET(v, evaluate(e, item, n, Ask::Person));
    return v.isNull() ? std::string() : feel::toText(v);
}

//! A token that returns straight leaves by no other way: events that would interrupt it are not armed.
std::vector<uint32_t> Run::boundaryOf(Id item) const
{
    std::vector<uint32_t> out = node(at(item).node).boundary;
    if (at(item).back != kNone) std::erase_if(out, [&](uint32_t b) { return node(b).interrupting; });
    return out;
}

void Run::mark(Id item)
{
    if (m_back == kNone) return;
    Event e;
    e.kind = EventKind::Marked;
    e.item = item;
    e.node = m_back;
    m_back = kNone;
    emit(std::move(e));
}

Result<Id> Run::open(uint32_t n, Id parent, uint32_t flow, const Keys& keys)
{
    const Node& x = node(n);
    const bool set = x.more && m_d.moreOf(x).multi;
    if (set || keys.size() > 1) return openSet(n, parent, flow, keys);
    Event e;
    e.kind = EventKind::Opened;
    e.item = state.next;
    e.node = n;
    e.parent = parent;
    e.flow = flow;
    if (!keys.empty()) {
        e.key = keys.front();
    } else if (x.more) {
        ZT_LET(key, keyOf(n, parent));
        e.key = std::move(key);
    }
    const Id id = e.item;
    emit(std::move(e));
    mark(id);
    if (!x.boundary.empty()) ZT_TRY(armAll(id, boundaryOf(id)));
    ZT_TRY(begin(id));
    return id;
}

Result<Id> Run::openSet(uint32_t n, Id parent, uint32_t flow, const Keys& keys)
{
    const Node& x = node(n);
    const SetSpec& spec = m_d.moreOf(x).set;
    std::vector<Value> elements;
    if (!keys.empty()) {
        for (const auto& k : keys) elements.push_back(Value::string(k));
    } else if (!spec.collection.empty()) {
        ZT_LET(v, evaluate(spec.collection, parent, n, Ask::Collection));
        if (v.is(Kind::List)) elements = v.asList();
        else if (!v.isNull()) elements.push_back(v);
        else return invalid(n, "the collection of its instances is not there: set it before the token comes here");
    } else {
        ZT_LET(v, evaluate(spec.cardinality, parent, n, Ask::Cardinality));
        if (v.is(Kind::String))
            if (const auto d = feel::Decimal::parse(v.asString())) v = Value::number(*d);
        const auto count = v.is(Kind::Number) ? v.asNumber().integer() : std::nullopt;
        if (!count || *count < 0 || *count > int64_t(kMaxInstances)) return invalid(n, "the number of instances is none between 0 and " + std::to_string(kMaxInstances));
        elements.resize(size_t(*count));
    }
    if (elements.size() > kMaxInstances) return invalid(n, "more than " + std::to_string(kMaxInstances) + " instances");
    Event e;
    e.kind = EventKind::Opened;
    e.form = Form::Set;
    e.item = state.next;
    e.node = n;
    e.parent = parent;
    e.flow = flow;
    const Id set = e.item;
    emit(e);
    mark(set);
    ZT_TRY(armAll(set, boundaryOf(set)));
    std::vector<Id> members;
    for (size_t i = 0; i < elements.size(); ++i) {
        Event m;
        m.kind = EventKind::Opened;
        m.form = Form::Member;
        m.item = state.next;
        m.node = n;
        m.parent = set;
        m.index = uint32_t(i + 1);
        m.n = uint32_t(spec.sequential && i ? Phase::Waiting : Phase::Open);
        const Value& v = elements[i];
        m.key = v.is(Kind::String) ? std::string(v.asString()) : v.isNull() ? std::string() : feel::toText(v);
        const Id id = m.item;
        members.push_back(id);
        emit(std::move(m));
        if (!spec.item.empty() && !v.is(Kind::String) && !v.isNull()) writeOne(id, spec.item, v);
        if (spec.sequential && i) order(id, members[i - 1], true);
    }
    for (Id m : members) {
        // A set's own assignee may say for each instance who it is.
        if (keys.empty() && !m_d.moreOf(x).assignee.empty()) {
            ZT_LET(key, keyOf(n, m));
            if (!key.empty() && key != at(m).key) {
                Event a;
                a.kind = EventKind::Assigned;
                a.item = m;
                a.key = key;
                emit(std::move(a));
            }
        }
    }
    for (Id m : members) {
        const Item* i = state.item(m);
        if (over() || !state.item(set)) break; // an instance that ends at once may have closed the set
        if (i && i->phase == Phase::Open) ZT_TRY(begin(m));
    }
    if (members.empty()) ZT_TRY(closeSet(set));
    return set;
}

//! What an activity does when it opens.
Result<void> Run::begin(Id id)
{
    const uint32_t n = at(id).node;
    const Node& x = node(n);
    switch (x.kind) {
    case NodeKind::UserTask:
    case NodeKind::ManualTask:
    case NodeKind::ServiceTask: return {};
    case NodeKind::ReceiveTask: return armAll(id, {n});
    case NodeKind::SendTask: ZT_TRY(send(n, id)); return complete(id, {});
    case NodeKind::Task: return complete(id, {});
    case NodeKind::BusinessRuleTask: return m_d.moreOf(x).called.empty() ? Result<void>() : decideRule(id);
    case NodeKind::CallActivity:
        if (x.inner == kNone) return {}; // not linked: the answer comes from outside
        ZT_TRY(callIn(id));
        return beginScope(id);
    case NodeKind::SubProcess:
    case NodeKind::EventSubProcess: return beginScope(id);
    default: return Result<void>(Err::Unsupported, named(n) + " is not executed");
    }
}

Result<void> Run::beginScope(Id id)
{
    const Scope& s = m_d.scopes[node(at(id).node).inner];
    ZT_TRY(armAll(id, s.eventSubs));
    for (uint32_t n : s.starts) {
        ZT_TRY(enter(n, id, kNone));
        if (over() || !state.item(id)) return {};
        if (node(n).kind == NodeKind::StartEvent) break;
    }
    touch(id);
    return {};
}

Result<void> Run::decideRule(Id id)
{
    const uint32_t n = at(id).node;
    const NodeMore& m = m_d.moreOf(node(n));
    const DataScope scope(m_d, state, id);
    auto v = m_rules.decide(m.called, scope, m_c.now);
    if (!v) return Result<void>(v.error().kind, named(n) + ": " + v.error().detail);
    Event e;
    e.kind = EventKind::Decided;
    e.node = n;
    e.item = id;
    e.name = m.called;
    e.value = *v;
    emit(std::move(e));
    ZT_TRY(write(id, {{m.result.empty() ? m.called : m.result, *v}}));
    return complete(id, {});
}

Result<void> Run::callIn(Id id)
{
    const uint32_t n = at(id).node;
    const NodeMore& m = m_d.moreOf(node(n));
    const Id caller = at(id).parent;
    if (m.allIn) {
        const auto all = state.data; // a copy: writing moves it
        for (const Datum& d : all)
            if (d.scope == caller || d.scope == kRoot) writeOne(id, d.name, d.value);
    }
    for (const Mapping& p : m.in) {
        // Evaluated outside: what is called is closed to its caller's data.
        ZT_LET(v, evaluate(p.source, caller, n, Ask::Mapping));
        writeOne(id, p.target, v);
    }
    return {};
}

Result<void> Run::callOut(const Item& call)
{
    const NodeMore& m = m_d.moreOf(node(call.node));
    std::vector<std::pair<std::string, Value>> data;
    if (m.allOut)
        for (const Datum& d : state.data)
            if (d.scope == call.id) data.emplace_back(d.name, d.value);
    for (const Mapping& p : m.out) {
        ZT_LET(v, evaluate(p.source, call.id, call.node, Ask::Mapping));
        data.emplace_back(p.target, v);
    }
    return write(call.parent, data);
}

std::vector<Id> Run::waitingFor(Id item) const
{
    std::vector<Id> out;
    for (const Order& o : state.orders)
        if (o.after == item) out.push_back(o.item);
    return out;
}

Result<void> Run::complete(Id id, const std::string& choice, Close how)
{
    const Item it = at(id);
    if (node(it.node).kind == NodeKind::CallActivity && node(it.node).inner != kNone) ZT_TRY(callOut(it));
    const auto waiting = waitingFor(id);
    Event e;
    e.kind = EventKind::Closed;
    e.item = id;
    e.node = it.node;
    e.parent = it.parent;
    e.n = uint32_t(how);
    e.name = choice;
    emit(std::move(e));
    if (isMember(it.form)) return memberDone(it.parent, waiting);
    return goOn(it);
}

//! Where the token goes when an activity is done.
Result<void> Run::goOn(const Item& done)
{
    touch(done.parent);
    if (done.back != kNone) return enter(done.back, done.parent, kNone);
    if (node(done.node).kind == NodeKind::EventSubProcess) return {};
    return leave(done.node, done.parent);
}

//! Opens those whose turn has come.
Result<void> Run::release(const std::vector<Id>& waiting)
{
    for (Id w : waiting) {
        const Item* i = state.item(w);
        if (!i || i->phase != Phase::Waiting) continue;
        if (std::any_of(state.orders.begin(), state.orders.end(), [&](const Order& o) { return o.item == w; })) continue;
        Event e;
        e.kind = EventKind::Turned;
        e.item = w;
        e.n = uint32_t(Phase::Open);
        emit(std::move(e));
        // Who waited for a helper goes on with what he had begun; everybody else begins.
        ZT_TRY(begin(w));
    }
    return {};
}

Result<bool> Run::finished(Id set)
{
    const Tally t = tally(state, set);
    if (t.pending == 0) return true;
    const uint32_t n = at(set).node;
    const SetSpec& spec = m_d.moreOf(node(n)).set;
    if (spec.condition.empty() || t.done == 0) return false;
    ZT_LET(v, evaluate(spec.condition, set, n, Ask::Completion));
    return v.isTrue();
}

Result<void> Run::memberDone(Id set, std::vector<Id> waiting)
{
    if (!state.item(set)) return {};
    ZT_LET(done, finished(set));
    if (done) {
        // Those added behind somebody who has acted are still heard; nobody else is.
        std::erase_if(waiting, [&](Id w) { return !state.item(w) || at(w).form != Form::After; });
        ZT_TRY(release(waiting));
        if (!state.item(set)) return {};
        return tally(state, set).afterOpen ? Result<void>() : closeSet(set);
    }
    return release(waiting);
}

Result<void> Run::closeSet(Id id)
{
    const Item set = at(id);
    const SetSpec& spec = m_d.moreOf(node(set.node)).set;
    if (!spec.output.empty() && !spec.outputSet.empty()) {
        std::vector<Value> list;
        for (const Item& i : state.items) {
            if (i.parent != id || i.form != Form::Member || i.phase != Phase::Done) continue;
            const auto at = std::find_if(state.data.begin(), state.data.end(), [&](const Datum& d) { return d.scope == i.id && d.name == spec.output; });
            list.push_back(at == state.data.end() ? Value() : at->value);
        }
        ZT_TRY(write(set.parent, {{spec.outputSet, Value::list(std::move(list))}}));
    }
    for (Id m : children(id))
        if (at(m).phase == Phase::Open || at(m).phase == Phase::Waiting) cancel(m);
    Event e;
    e.kind = EventKind::Closed;
    e.item = id;
    e.node = set.node;
    e.parent = set.parent;
    emit(std::move(e));
    return goOn(set);
}

//! Takes an item out with everything in it.
void Run::cancel(Id id, Close how)
{
    const Item it = at(id);
    if (isMember(it.form) && (it.phase == Phase::Done || it.phase == Phase::Cancelled)) return;
    const auto inside = children(id);
    for (auto c = inside.rbegin(); c != inside.rend(); ++c) cancel(*c, how);
    Event e;
    e.kind = EventKind::Closed;
    e.item = id;
    e.node = it.node;
    e.parent = it.parent;
    e.n = uint32_t(how);
    emit(std::move(e));
    touch(it.parent);
}

//! Takes everything out of a scope; the scope itself stays.
void Run::clearScope(Id parent, Id except)
{
    const auto inside = children(parent);
    for (auto c = inside.rbegin(); c != inside.rend(); ++c)
        if (*c != except) cancel(*c);
    const auto tokens = state.tokens;
    for (const Token& t : tokens) {
        if (t.parent != parent) continue;
        for (uint32_t i = 0; i < t.count; ++i) {
            Event e;
            e.kind = EventKind::Taken;
            e.flow = t.flow;
            e.parent = parent;
            emit(std::move(e));
        }
    }
}

} // namespace zt::process
