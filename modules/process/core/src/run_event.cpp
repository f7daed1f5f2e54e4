#include "run.h"

#include <algorithm>

namespace zt::process {

using feel::Value;

//! When a timer that was armed at `from` is due, by its text.
Result<Millis> Run::dueBy(uint32_t n, const std::string& text, Millis from, bool working, uint32_t& left) const
{
    left = 1;
    switch (m_d.moreOf(node(n)).timer.form) {
    case TimerForm::Date: {
        const auto t = parseInstant(text, m_c.calendar ? -m_c.calendar->startOf(0) : 8 * 3600'000);
        if (!t) return invalid(n, "its time is no date");
        return *t;
    }
    case TimerForm::Duration: {
        const auto d = parseDuration(text);
        if (!d) return invalid(n, "its duration is none (like PT8H or P3D)");
        return after(from, *d, m_c.calendar, working);
    }
    default: {
        const auto c = parseCycle(text);
        if (!c) return invalid(n, "its cycle is none (like R3/PT10H)");
        left = c->count;
        if (c->start && *c->start > from) return *c->start;
        return after(from, c->every, m_c.calendar, working);
    }
    }
}

Result<Event> Run::armed(Id item, uint32_t n, Millis since)
{
    Event e;
    e.kind = EventKind::Armed;
    e.item = item;
    e.node = n;
    e.since = since;
    const TimerSpec& spec = m_d.moreOf(node(n)).timer;
    e.index = spec.working && m_c.calendar;
    ZT_LET(v, evaluate(spec.when, item, n, Ask::Time));
    e.text = feel::toText(v);
    ZT_LET(due, dueBy(n, e.text, since, spec.working, e.n));
    e.due = due;
    return e;
}

Result<void> Run::arm(Id item, uint32_t n)
{
    ZT_LET(e, armed(item, n, m_c.now));
    if (e.n) emit(std::move(e));
    return {};
}

Result<void> Run::subscribe(Id item, uint32_t n)
{
    const NodeMore& m = m_d.moreOf(node(n));
    Event e;
    e.kind = EventKind::Subscribed;
    e.item = item;
    e.node = n;
    e.name = m.code;
    e.key = state.key;
    if (!m.correlation.empty()) {
        ZT_LET(v, evaluate(m.correlation, item, n, Ask::Key));
        if (v.isNull()) return invalid(n, "the key its message is found by is not there: set it before the token comes here");
        e.key = feel::toText(v);
    }
    emit(std::move(e));
    return {};
}

Result<void> Run::armAll(Id item, const std::vector<uint32_t>& list)
{
    for (uint32_t n : list) {
        const Node& x = node(n);
        if (!x.executed) {
            if (x.kind == NodeKind::BoundaryEvent || x.kind == NodeKind::StartEvent) continue; // what it waits for never comes
            return Result<void>(Err::Unsupported, named(n) + " is not executed: " + x.why.en);
        }
        if (x.trigger == Trigger::Timer) ZT_TRY(arm(item, n));
        else if (x.trigger == Trigger::Message || x.kind == NodeKind::ReceiveTask) ZT_TRY(subscribe(item, n));
    }
    return {};
}

Result<void> Run::fire(Id item, uint32_t n)
{
    const auto t = std::find_if(state.timers.begin(), state.timers.end(), [&](const Timer& x) { return x.item == item && x.node == n; });
    if (t == state.timers.end()) return Result<void>(Err::NotFound, "no such timer, or it has fired");
    if (m_c.now < t->due) return Result<void>(Err::Conflict, "the timer is not due yet");
    const Timer timer = *t;
    Event e;
    if (timer.left > 1 && !node(n).interrupting) {
        ZT_LET(again, armed(item, n, timer.due));
        again.n = timer.left == kNone ? kNone : timer.left - 1;
        e = std::move(again);
    } else {
        e.kind = EventKind::Disarmed;
        e.item = item;
        e.node = n;
    }
    emit(std::move(e));
    return triggered(item, n);
}

//! What item waited for at `n` has come.
Result<void> Run::triggered(Id item, uint32_t n)
{
    const Item it = at(item);
    const Node& x = node(n);
    if (x.kind == NodeKind::StartEvent) return startEventSub(item, n);
    if (it.node == n) return complete(item, {});
    Event passed;
    passed.kind = EventKind::Passed;
    passed.node = n;
    passed.parent = it.parent;
    if (x.kind == NodeKind::BoundaryEvent) {
        if (x.interrupting) cancel(item);
        emit(std::move(passed));
        return leave(n, it.parent);
    }
    // Behind an event-based gateway: this event decides, the others are withdrawn.
    Event e;
    e.kind = EventKind::Closed;
    e.item = item;
    e.node = it.node;
    e.parent = it.parent;
    emit(std::move(e));
    emit(std::move(passed));
    touch(it.parent);
    return leave(n, it.parent);
}

Result<void> Run::startEventSub(Id scope, uint32_t start)
{
    const uint32_t sub = m_d.scopes[node(start).scope].node;
    if (node(start).interrupting) {
        clearScope(scope);
        // Nothing else may begin in a scope that was taken over.
        for (uint32_t s : m_d.scopes[node(sub).scope].eventSubs) {
            if (s == start && node(s).trigger == Trigger::None) continue;
            Event e;
            e.item = scope;
            e.node = s;
            if (std::any_of(state.timers.begin(), state.timers.end(), [&](const Timer& t) { return t.item == scope && t.node == s; })) {
                e.kind = EventKind::Disarmed;
                emit(e);
            }
            if (std::any_of(state.subscriptions.begin(), state.subscriptions.end(), [&](const Subscription& t) { return t.item == scope && t.node == s; })) {
                e.kind = EventKind::Unsubscribed;
                emit(e);
            }
        }
    }
    Event e;
    e.kind = EventKind::Opened;
    e.item = state.next;
    e.node = sub;
    e.parent = scope;
    const Id id = e.item;
    emit(std::move(e));
    ZT_TRY(armAll(id, m_d.scopes[node(sub).inner].eventSubs));
    return enter(start, id, kNone);
}

//! Who catches an error or escalation thrown in the scope `from` (or by the activity `from` itself): the nearest, from inside out.
Run::Catcher Run::catcher(Id from, Trigger trigger, const std::string& code, bool itself) const
{
    const auto matches = [&](uint32_t n) {
        const Node& x = node(n);
        const std::string& wanted = m_d.moreOf(x).code;
        return x.executed && x.trigger == trigger && (wanted.empty() || wanted == code);
    };
    bool fromHandler = false; // what an event sub-process throws is not caught by its neighbours
    for (Id id = from; id != 0;) {
        const Item* i = state.item(id);
        if (!i) return {};
        const bool scope = !(itself && id == from) && i->form != Form::Set && (id == kRoot || node(i->node).inner != kNone);
        if (scope && !fromHandler)
            for (uint32_t s : m_d.scopes[scopeOf(*i)].eventSubs)
                if (matches(s)) return {id, s};
        fromHandler = id != kRoot && node(i->node).kind == NodeKind::EventSubProcess;
        if (i->node != kNone && !isMember(i->form)) {
            // A catcher for this code comes before one for any.
            for (const bool exact : {true, false})
                for (uint32_t b : node(i->node).boundary)
                    if (matches(b) && (i->back == kNone || !node(b).interrupting) && (!exact || m_d.moreOf(node(b)).code == code)) return {id, b};
        }
        id = i->parent;
    }
    return {};
}

Result<void> Run::throwError(Id from, uint32_t n, const std::string& code, bool itself)
{
    const Catcher by = catcher(from, Trigger::Error, code, itself);
    Event e;
    e.kind = EventKind::Raised;
    e.node = n;
    e.item = from;
    e.name = code;
    e.n = by.host != 0;
    emit(std::move(e));
    if (!by.host) {
        end(Life::Failed, code);
        return {};
    }
    return triggered(by.host, by.node);
}

//! True if whoever threw it was interrupted.
Result<bool> Run::escalate(Id from, uint32_t n, const std::string& code, bool itself)
{
    const Catcher by = catcher(from, Trigger::Escalation, code, itself);
    Event e;
    e.kind = EventKind::Raised;
    e.node = n;
    e.item = from;
    e.name = code;
    e.n = by.host != 0;
    emit(std::move(e));
    if (!by.host) return false;
    ZT_TRY(triggered(by.host, by.node));
    return node(by.node).interrupting;
}

Result<void> Run::send(uint32_t n, Id item)
{
    const NodeMore& m = m_d.moreOf(node(n));
    Event e;
    e.kind = EventKind::Sent;
    e.node = n;
    e.item = item;
    e.name = m.code;
    e.key = state.key;
    if (!m.correlation.empty()) {
        ZT_LET(v, evaluate(m.correlation, item, n, Ask::Key));
        if (!v.isNull()) e.key = feel::toText(v);
    }
    std::vector<feel::Entry> all;
    for (const Datum& d : state.data)
        if (d.scope == kRoot) all.emplace_back(d.name, d.value);
    e.value = Value::context(std::move(all));
    emit(std::move(e));
    return {};
}

void Run::end(Life how, const std::string& code)
{
    const auto inside = children(kRoot);
    for (auto c = inside.rbegin(); c != inside.rend(); ++c) cancel(*c);
    Event e;
    e.kind = EventKind::Ended;
    e.n = uint32_t(how);
    e.name = code;
    emit(std::move(e));
    m_queue.clear();
    m_head = 0;
    m_touched.clear();
}

Result<void> Run::deliver(const Command& c)
{
    const auto s = std::find_if(state.subscriptions.begin(), state.subscriptions.end(), [&](const Subscription& x) {
        return x.name == c.name && (c.item ? x.item == c.item : x.key == c.key);
    });
    if (s == state.subscriptions.end()) return Result<void>(Err::NotFound, "nobody waits for such a message here");
    const Subscription found = *s;
    const Node& x = node(found.node);
    const bool stays = (x.kind == NodeKind::BoundaryEvent || x.kind == NodeKind::StartEvent) && !x.interrupting;
    ZT_TRY(write(found.item, c.data));
    if (!stays) {
        Event e;
        e.kind = EventKind::Unsubscribed;
        e.item = found.item;
        e.node = found.node;
        emit(std::move(e));
    }
    return triggered(found.item, found.node);
}

//! The calendar is another one, an outage declared afterwards among its lines.
Result<void> Run::retime()
{
    const auto timers = state.timers;
    for (const Timer& t : timers) {
        if (m_d.moreOf(node(t.node)).timer.form == TimerForm::Date) continue;
        Event e;
        e.kind = EventKind::Armed;
        e.item = t.item;
        e.node = t.node;
        e.since = t.since;
        e.text = t.text;
        e.index = t.working;
        uint32_t all = 0;
        ZT_LET(due, dueBy(t.node, t.text, t.since, t.working, all));
        if (due == t.due) continue;
        e.due = due;
        e.n = t.left;
        emit(std::move(e));
    }
    return {};
}

} // namespace zt::process
