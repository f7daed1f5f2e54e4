#include "zt/process/check.h"

#include "soundness.h"
#include "upstream.h"
#include "zt/process/calendar.h"

#include <algorithm>
#include <set>

namespace zt::process {

std::string_view name(Finding::Severity s)
{
    return s == Finding::Severity::Error ? "error" : s == Finding::Severity::Warning ? "warning" : "note";
}

bool sound(const std::vector<Finding>& findings)
{
    return std::none_of(findings.begin(), findings.end(), [](const Finding& f) { return f.severity == Finding::Severity::Error || f.code == "unproved"; });
}

namespace {

using Severity = Finding::Severity;
using feel::Kind;

class Checker {
public:
    Checker(const Definition& d, const CheckOptions& o) : m_d(d), m_o(o) {}
    std::vector<Finding> run();

private:
    void add(Severity s, const char* code, const Node& n, std::string what, std::string todo)
    {
        m_out.push_back({s, code, n.id, n.name, std::string(name(n.kind)) + " " + n.id + (n.name.empty() ? "" : " (" + n.name + ")") + ": " + std::move(what), std::move(todo)});
    }
    void expression(const Node& n, const Expr& e, const char* what, std::initializer_list<Kind> kinds);
    void flow(uint32_t f);
    void node(uint32_t n);
    void task(const Node& n);
    void event(const Node& n);
    void gateway(const Node& n);
    void timer(const Node& n);
    void scope(uint32_t s);
    void exits(uint32_t s, const std::vector<bool>& reached);
    void circles(uint32_t s, const std::vector<bool>& reached);
    void collectData();

    const Definition& m_d;
    const CheckOptions& m_o;
    std::set<std::string> m_data;
    std::vector<Finding> m_out;
};

void Checker::collectData()
{
    for (const Scope& s : m_d.scopes) m_data.insert(s.data.begin(), s.data.end());
    if (m_data.empty()) return; // nothing is declared: nothing can be missing
    for (const NodeMore& m : m_d.more) {
        for (const auto* n : {&m.result, &m.called, &m.set.item, &m.set.output, &m.set.outputSet})
            if (!n->empty()) m_data.insert(*n);
        for (const auto* list : {&m.in, &m.out})
            for (const Mapping& p : *list) m_data.insert(p.target);
    }
    for (const char* n : {"loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances", "nrOfTerminatedInstances", "choices"}) m_data.insert(n);
}

void Checker::expression(const Node& n, const Expr& e, const char* what, std::initializer_list<Kind> kinds)
{
    if (e.empty() || e.literal) return;
    if (!e.program) {
        const bool foreign = !e.language.empty() && e.language.find("FEEL") == std::string::npos && e.language.find("feel") == std::string::npos;
        add(Severity::Error, "bad-expression", n, std::string(what) + " cannot be read: " + e.problem,
            foreign ? "write it in FEEL; " + e.language + " is not executed" : "correct the FEEL expression");
        return;
    }
    const auto kind = e.program.constant() ? std::optional(e.program.constant()->kind()) : e.program.resultKind();
    if (kind && std::find(kinds.begin(), kinds.end(), *kind) == kinds.end())
        add(Severity::Error, "wrong-type", n, std::string(what) + " gives a " + std::string(feel::name(*kind)) + ", not a " + std::string(feel::name(*kinds.begin())), "write an expression of that type");
    if (m_data.empty()) return;
    for (const auto& used : e.program.names())
        if (!m_data.count(used)) add(Severity::Note, "unknown-data", n, std::string(what) + " uses " + used + ", which no data object declares", "declare it, or make sure that it is set before");
}

void Checker::flow(uint32_t index)
{
    const Flow& f = m_d.flows[index];
    if (f.condition == kNone || f.from == kNone) return;
    const size_t before = m_out.size();
    expression(m_d.nodes[f.from], m_d.conditions[f.condition], ("the condition of flow " + f.id).c_str(), {Kind::Boolean});
    // The finding belongs to the flow.
    for (size_t i = before; i < m_out.size(); ++i) {
        m_out[i].element = f.id;
        m_out[i].name = f.name;
    }
    if (m_d.nodes[f.from].fallback == index) {
        const Node& n = m_d.nodes[f.from];
        add(Severity::Warning, "no-condition", n, "its default flow " + f.id + " has a condition, which is never asked", "remove the condition, or choose another default");
    }
}

void Checker::timer(const Node& n)
{
    const TimerSpec& t = m_d.moreOf(n).timer;
    if (t.form == TimerForm::None) return add(Severity::Error, "bad-timer", n, "says no time", "give it a date, a duration (like P3D) or a cycle");
    if (!t.when.literal) return expression(n, t.when, "its time", {Kind::String, Kind::DaysDuration, Kind::MonthsDuration, Kind::DateTime, Kind::Date});
    const bool ok = t.form == TimerForm::Date ? bool(parseInstant(t.when.text)) : t.form == TimerForm::Duration ? bool(parseDuration(t.when.text)) : bool(parseCycle(t.when.text));
    if (!ok) add(Severity::Error, "bad-timer", n, "its time cannot be read", "write a date like 2026-10-01T09:00:00+08:00, a duration like P3D or PT8H, or a cycle like R3/PT10H");
}

void Checker::task(const Node& n)
{
    const NodeMore& m = m_d.moreOf(n);
    if (n.kind == NodeKind::Task) add(Severity::Warning, "abstract-task", n, "has no type and passes at once", "make it a user task if somebody is to act");
    const bool people = n.kind == NodeKind::UserTask || n.kind == NodeKind::ManualTask;
    const bool each = m.multi && !m.set.collection.empty();
    if (people && m.assignee.empty() && m.candidates.empty() && !each)
        add(n.kind == NodeKind::UserTask ? Severity::Error : Severity::Warning, "no-assignee", n, "nobody is asked to do it", "name an assignee or candidates, or a collection of persons");
    expression(n, m.assignee, "its assignee", {Kind::String});
    expression(n, m.candidates, "its candidates", {Kind::String, Kind::List});
    if (n.kind == NodeKind::CallActivity && n.inner == kNone)
        add(Severity::Error, "unknown-process", n, m.called.empty() ? "calls no process" : "calls process " + m.called + ", which is not known here", "deploy that process together with this one, or correct the call");
    if (n.kind == NodeKind::BusinessRuleTask) {
        if (m.called.empty()) add(Severity::Warning, "unknown-decision", n, "names no decision and waits for an answer from outside", "name the DMN decision it asks");
        else if (m_o.knowsDecision && !m_o.knowsDecision(m.called)) add(Severity::Error, "unknown-decision", n, "asks decision " + m.called + ", which is not known here", "deploy that decision, or correct the name");
    }
    if (m.multi) {
        expression(n, m.set.cardinality, "its number of instances", {Kind::Number});
        expression(n, m.set.collection, "its collection", {Kind::List});
        expression(n, m.set.condition, "its completion condition", {Kind::Boolean});
    }
    for (const auto* list : {&m.in, &m.out})
        for (const Mapping& p : *list)
            if (!p.source.empty() && !p.source.program && !p.source.literal) add(Severity::Error, "bad-expression", n, "the mapping to " + p.target + " cannot be read: " + p.source.problem, "correct the FEEL expression");
}

void Checker::event(const Node& n)
{
    if (n.trigger == Trigger::Timer && n.executed) timer(n);
    if (n.trigger == Trigger::Link && n.kind == NodeKind::ThrowEvent && linkTargets(m_d, uint32_t(&n - m_d.nodes.data())).empty())
        add(Severity::Error, "defect", n, "there is no link event of its name to go on at", "add a catching link event with the same name, or use a flow");
    const Expr& key = m_d.moreOf(n).correlation;
    if (!key.empty() && !key.program) add(Severity::Error, "bad-expression", n, "the key of its message cannot be read: " + key.problem, "correct the FEEL expression");
}

void Checker::gateway(const Node& n)
{
    if (n.out.empty() && (n.kind != NodeKind::Parallel && n.kind != NodeKind::Inclusive)) add(Severity::Warning, "no-exit", n, "no flow leaves it", "connect it, or use an end event");
    if (n.kind == NodeKind::EventBased) {
        for (uint32_t f : n.out) {
            const Node& to = m_d.nodes[m_d.flows[f].to];
            const bool waits = to.kind == NodeKind::ReceiveTask || (to.kind == NodeKind::CatchEvent && (to.trigger == Trigger::Message || to.trigger == Trigger::Timer));
            if (!waits) add(Severity::Error, "bad-event-gateway", n, "leads to " + to.id + ", which waits for no message and no time", "put a catching message or timer event there");
        }
        if (n.out.size() < 2) add(Severity::Warning, "bad-event-gateway", n, "waits for fewer than two events", "use the event alone");
        return;
    }
    if ((n.kind != NodeKind::Exclusive && n.kind != NodeKind::Inclusive) || n.out.size() < 2) return;
    size_t without = 0;
    for (uint32_t f : n.out) without += f != n.fallback && m_d.flows[f].condition == kNone;
    if (without)
        add(Severity::Warning, "no-condition", n, std::to_string(without) + " of its outgoing flows have no condition" + (n.kind == NodeKind::Exclusive ? ": the first of them is always taken" : " and are always taken"),
            "give each a condition, or make one the default");
    else if (n.fallback == kNone)
        add(Severity::Warning, "no-default", n, "if no condition holds, nobody can go on here", "choose a default flow");
}

void Checker::node(uint32_t index)
{
    const Node& n = m_d.nodes[index];
    if (!n.executed) {
        const bool aside = n.kind == NodeKind::BoundaryEvent || (n.kind == NodeKind::StartEvent && m_d.scopes[n.scope].starts.size());
        add(aside ? Severity::Warning : Severity::Error, "not-executed", n, n.why, aside ? "it will never happen; remove it if it must" : "replace it by something that is executed");
        return;
    }
    if (isActivity(n.kind)) task(n);
    else if (isGateway(n.kind)) gateway(n);
    else event(n);
}

//! Whatever a token can get to must be able to get to an end.
void Checker::exits(uint32_t s, const std::vector<bool>& reached)
{
    std::vector<bool> out(m_d.nodes.size());
    std::vector<uint32_t> todo;
    const auto go = [&](uint32_t n) {
        if (!out[n]) {
            out[n] = true;
            todo.push_back(n);
        }
    };
    for (uint32_t n : m_d.scopes[s].nodes) {
        const Node& x = m_d.nodes[n];
        if (x.out.empty() && !(x.kind == NodeKind::ThrowEvent && x.trigger == Trigger::Link)) go(n);
    }
    while (!todo.empty()) {
        const uint32_t n = todo.back();
        todo.pop_back();
        const Node& x = m_d.nodes[n];
        for (uint32_t f : x.in) go(m_d.flows[f].from);
        if (x.attached != kNone && x.interrupting) go(x.attached);
        if (x.kind == NodeKind::CatchEvent && x.trigger == Trigger::Link)
            for (uint32_t o : m_d.scopes[s].nodes)
                if (m_d.nodes[o].kind == NodeKind::ThrowEvent && m_d.nodes[o].trigger == Trigger::Link && m_d.moreOf(m_d.nodes[o]).code == m_d.moreOf(x).code) go(o);
    }
    size_t told = 0;
    for (uint32_t n : m_d.scopes[s].nodes)
        if (reached[n] && !out[n] && ++told <= 20) add(Severity::Error, "no-exit", m_d.nodes[n], "from here no end can be reached: the loop has no exit", "add a flow out of the loop to an end event");
}

//! Circles in which nobody acts and no time passes.
void Checker::circles(uint32_t s, const std::vector<bool>& reached)
{
    const auto instant = [&](uint32_t n) {
        const Node& x = m_d.nodes[n];
        return reached[n] && ((isGateway(x.kind) && x.kind != NodeKind::EventBased) || x.kind == NodeKind::Task || x.kind == NodeKind::ThrowEvent || x.kind == NodeKind::SendTask || x.kind == NodeKind::BusinessRuleTask);
    };
    // Take away whatever nothing instant leads to until nothing changes: what is left lies in or behind a circle.
    std::vector<uint32_t> before(m_d.nodes.size()), todo;
    std::set<uint32_t> left;
    for (uint32_t n : m_d.scopes[s].nodes)
        if (instant(n)) left.insert(n);
    for (uint32_t n : left)
        for (uint32_t f : m_d.nodes[n].in) before[n] += instant(m_d.flows[f].from);
    for (uint32_t n : left)
        if (!before[n]) todo.push_back(n);
    while (!todo.empty()) {
        const uint32_t n = todo.back();
        todo.pop_back();
        left.erase(n);
        for (uint32_t f : m_d.nodes[n].out)
            if (const uint32_t to = m_d.flows[f].to; instant(to) && --before[to] == 0) todo.push_back(to);
    }
    if (!left.empty())
        add(Severity::Warning, "busy-loop", m_d.nodes[*left.begin()], "lies on a loop in which nobody acts and no time passes", "put a user task or a timer into the loop");
}

void Checker::scope(uint32_t index)
{
    const Scope& s = m_d.scopes[index];
    if (s.nodes.empty()) return;
    const Node* owner = s.node == kNone ? nullptr : &m_d.nodes[s.node];
    uint32_t depth = 0;
    for (uint32_t p = index; p != kNone; p = m_d.scopes[p].parent) ++depth;
    if (depth > kMaxScopeDepth && owner) add(Severity::Error, "too-large", *owner, "sub-processes are nested deeper than " + std::to_string(kMaxScopeDepth), "divide it into processes");
    const bool handler = owner && owner->kind == NodeKind::EventSubProcess;
    const bool anyStart = std::any_of(s.nodes.begin(), s.nodes.end(), [&](uint32_t n) { return m_d.nodes[n].kind == NodeKind::StartEvent; });
    size_t triggered = 0, plain = 0;
    for (uint32_t n : s.nodes)
        if (m_d.nodes[n].kind == NodeKind::StartEvent) ++(m_d.nodes[n].trigger == Trigger::None ? plain : triggered);
    const bool cannot = handler ? triggered != 1 : owner ? (anyStart ? plain != 1 || triggered : s.starts.empty()) : !anyStart && s.starts.empty();
    if (cannot)
        m_out.push_back({Severity::Error, "no-start", owner ? owner->id : m_d.id, owner ? owner->name : m_d.name,
                         handler ? "an event sub-process needs exactly one start event, and it must have a trigger" : owner ? "a sub-process needs exactly one start event without trigger" : "the process has no start event",
                         "add or remove start events"});
    const auto reached = reach(m_d, s);
    for (uint32_t n : s.nodes) {
        const Node& x = m_d.nodes[n];
        if (!reached[n] && x.kind != NodeKind::EventSubProcess && x.executed) add(Severity::Error, "unreachable", x, "no token ever gets here", "connect it with the rest, or delete it");
    }
    if (cannot) return;
    exits(index, reached);
    circles(index, reached);
    explore(m_d, index, m_o, m_out);
}

std::vector<Finding> Checker::run()
{
    for (const auto& x : m_d.defects) m_out.push_back({Severity::Error, "defect", x.element, x.name, x.element + ": " + x.what, x.todo});
    if (m_d.nodes.size() > kMaxNodes || m_d.flows.size() > 4 * kMaxNodes) {
        m_out.push_back({Severity::Error, "too-large", m_d.id, m_d.name,
                         "process " + m_d.id + " has " + std::to_string(m_d.nodes.size()) + " elements and " + std::to_string(m_d.flows.size()) + " flows; at most " + std::to_string(kMaxNodes) + " and "
                             + std::to_string(4 * kMaxNodes) + " are executed",
                         "divide it into processes that call each other"});
        return std::move(m_out);
    }
    if (m_d.nodes.empty()) {
        m_out.push_back({Severity::Error, "no-start", m_d.id, m_d.name, "process " + m_d.id + " is empty", "draw something, or delete it"});
        return std::move(m_out);
    }
    collectData();
    for (uint32_t n = 0; n < m_d.nodes.size(); ++n) node(n);
    for (uint32_t f = 0; f < m_d.flows.size(); ++f) flow(f);
    for (uint32_t s = 0; s < m_d.scopes.size(); ++s) scope(s);
    return std::move(m_out);
}

} // namespace

std::vector<Finding> check(const Definition& definition, const CheckOptions& options) { return Checker(definition, options).run(); }

} // namespace zt::process
