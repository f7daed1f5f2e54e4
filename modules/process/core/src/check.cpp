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

Finding finding(Finding::Severity severity, const char* code, const Definition& d, const Node* n, const Words& what, Words todo)
{
    return {severity, code, n ? n->id : d.id, n ? n->name : d.name, (n ? words(*n) : words(d)) + Words{"：", ": "} + what, std::move(todo)};
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
    //! About the process if `n` is null.
    void add(Severity s, const char* code, const Node* n, const Words& what, Words todo) { m_out.push_back(finding(s, code, m_d, n, what, std::move(todo))); }
    void add(Severity s, const char* code, const Node& n, const Words& what, Words todo) { add(s, code, &n, what, std::move(todo)); }
    //! False, and told, if it cannot be read.
    bool readable(const Node& n, const Expr& e, const Words& what);
    void expression(const Node& n, const Expr& e, const Words& what, std::initializer_list<Kind> kinds);
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

bool Checker::readable(const Node& n, const Expr& e, const Words& what)
{
    if (e.empty() || e.literal || e.program) return true;
    const bool foreign = !e.language.empty() && e.language.find("FEEL") == std::string::npos && e.language.find("feel") == std::string::npos;
    add(Severity::Error, "bad-expression", n, what + Words{"无法解析：" + e.problem, " cannot be read: " + e.problem},
        foreign ? Words{"请改用 FEEL 书写，不支持执行 " + e.language, "write it in FEEL; " + e.language + " is not executed"} : Words{"请改正该 FEEL 表达式", "correct the FEEL expression"});
    return false;
}

void Checker::expression(const Node& n, const Expr& e, const Words& what, std::initializer_list<Kind> kinds)
{
    if (e.empty() || e.literal || !readable(n, e, what)) return;
    const auto kind = e.program.constant() ? std::optional(e.program.constant()->kind()) : e.program.resultKind();
    if (kind && std::find(kinds.begin(), kinds.end(), *kind) == kinds.end()) {
        const std::string is(feel::name(*kind)), should(feel::name(*kinds.begin()));
        add(Severity::Error, "wrong-type", n, what + Words{"的结果类型是 " + is + "，应为 " + should, " gives a " + is + ", not a " + should},
            {"请改写为该类型的表达式", "write an expression of that type"});
    }
    if (m_data.empty()) return;
    for (const auto& used : e.program.names())
        if (!m_data.count(used))
            add(Severity::Note, "unknown-data", n, what + Words{"用到“" + used + "”，但没有数据对象声明它", " uses " + used + ", which no data object declares"},
                {"请声明它，或确保在此之前已经赋值", "declare it, or make sure that it is set before"});
}

void Checker::flow(uint32_t index)
{
    const Flow& f = m_d.flows[index];
    if (f.condition == kNone || f.from == kNone) return;
    const size_t before = m_out.size();
    expression(m_d.nodes[f.from], m_d.conditions[f.condition], Words{"", "the condition of "} + words(f) + Words{"的条件", ""}, {Kind::Boolean});
    // The finding belongs to the flow.
    for (size_t i = before; i < m_out.size(); ++i) {
        m_out[i].element = f.id;
        m_out[i].name = f.name;
    }
    if (m_d.nodes[f.from].fallback == index) {
        add(Severity::Warning, "no-condition", m_d.nodes[f.from], {"缺省流 " + f.id + " 带有条件，该条件从不判断", "its default flow " + f.id + " has a condition, which is never asked"},
            {"请删除该条件，或另选缺省流", "remove the condition, or choose another default"});
    }
}

void Checker::timer(const Node& n)
{
    const TimerSpec& t = m_d.moreOf(n).timer;
    if (t.form == TimerForm::None)
        return add(Severity::Error, "bad-timer", n, {"没有写明时间", "says no time"}, {"请写明日期、时长（如 P3D）或循环周期", "give it a date, a duration (like P3D) or a cycle"});
    if (!t.when.literal) return expression(n, t.when, {"时间表达式", "its time"}, {Kind::String, Kind::DaysDuration, Kind::MonthsDuration, Kind::DateTime, Kind::Date});
    const bool ok = t.form == TimerForm::Date ? bool(parseInstant(t.when.text)) : t.form == TimerForm::Duration ? bool(parseDuration(t.when.text)) : bool(parseCycle(t.when.text));
    if (!ok)
        add(Severity::Error, "bad-timer", n, {"时间无法解析", "its time cannot be read"},
            {"请写成日期（如 2026-10-01T09:00:00+08:00）、时长（如 P3D、PT8H）或循环周期（如 R3/PT10H）",
             "write a date like 2026-10-01T09:00:00+08:00, a duration like P3D or PT8H, or a cycle like R3/PT10H"});
}

void Checker::task(const Node& n)
{
    const NodeMore& m = m_d.moreOf(n);
    if (n.kind == NodeKind::Task)
        add(Severity::Warning, "abstract-task", n, {"没有任务类型，流程到此直接通过", "has no type and passes at once"},
            {"需要有人办理的，请改为用户任务", "make it a user task if somebody is to act"});
    const bool people = n.kind == NodeKind::UserTask || n.kind == NodeKind::ManualTask;
    const bool each = m.multi && !m.set.collection.empty();
    if (people && m.assignee.empty() && m.candidates.empty() && !each)
        add(n.kind == NodeKind::UserTask ? Severity::Error : Severity::Warning, "no-assignee", n, {"没有指定由谁办理", "nobody is asked to do it"},
            {"请指定办理人、候选人或人员集合", "name an assignee or candidates, or a collection of persons"});
    expression(n, m.assignee, {"办理人表达式", "its assignee"}, {Kind::String});
    expression(n, m.candidates, {"候选人表达式", "its candidates"}, {Kind::String, Kind::List});
    if (n.kind == NodeKind::CallActivity && n.inner == kNone)
        add(Severity::Error, "unknown-process", n,
            m.called.empty() ? Words{"没有写明调用哪个流程", "calls no process"} : Words{"调用的流程 " + m.called + " 在这里不存在", "calls process " + m.called + ", which is not known here"},
            {"请将被调用的流程与本流程一并部署，或改正调用", "deploy that process together with this one, or correct the call"});
    if (n.kind == NodeKind::BusinessRuleTask) {
        if (m.called.empty())
            add(Severity::Warning, "unknown-decision", n, {"没有写明使用哪个决策，将等待外部给出结果", "names no decision and waits for an answer from outside"},
                {"请写明所用的 DMN 决策", "name the DMN decision it asks"});
        else if (m_o.knowsDecision && !m_o.knowsDecision(m.called))
            add(Severity::Error, "unknown-decision", n, {"使用的决策 " + m.called + " 在这里不存在", "asks decision " + m.called + ", which is not known here"},
                {"请部署该决策，或改正名称", "deploy that decision, or correct the name"});
    }
    if (m.multi) {
        expression(n, m.set.cardinality, {"实例个数表达式", "its number of instances"}, {Kind::Number});
        expression(n, m.set.collection, {"集合表达式", "its collection"}, {Kind::List});
        expression(n, m.set.condition, {"完成条件", "its completion condition"}, {Kind::Boolean});
    }
    for (const auto* list : {&m.in, &m.out})
        for (const Mapping& p : *list) readable(n, p.source, {"到“" + p.target + "”的数据映射", "the mapping to " + p.target});
}

void Checker::event(const Node& n)
{
    if (n.trigger == Trigger::Timer && n.executed) timer(n);
    if (n.trigger == Trigger::Link && n.kind == NodeKind::ThrowEvent && linkTargets(m_d, uint32_t(&n - m_d.nodes.data())).empty())
        add(Severity::Error, "defect", n, {"没有同名的链接捕获事件可以接续", "there is no link event of its name to go on at"},
            {"请增加同名的链接捕获事件，或改用顺序流", "add a catching link event with the same name, or use a flow"});
    readable(n, m_d.moreOf(n).correlation, {"消息的关联键", "the key of its message"});
}

void Checker::gateway(const Node& n)
{
    if (n.out.empty() && (n.kind != NodeKind::Parallel && n.kind != NodeKind::Inclusive))
        add(Severity::Warning, "no-exit", n, {"没有流出的顺序流", "no flow leaves it"}, {"请连接后续元素，或改用结束事件", "connect it, or use an end event"});
    if (n.kind == NodeKind::EventBased) {
        for (uint32_t f : n.out) {
            const Node& to = m_d.nodes[m_d.flows[f].to];
            const bool waits = to.kind == NodeKind::ReceiveTask || (to.kind == NodeKind::CatchEvent && (to.trigger == Trigger::Message || to.trigger == Trigger::Timer));
            if (!waits)
                add(Severity::Error, "bad-event-gateway", n, Words{"通向", "leads to "} + words(to) + Words{"，而它既不等待消息也不等待时间", ", which waits for no message and no time"},
                    {"请在那里使用消息或定时捕获事件", "put a catching message or timer event there"});
        }
        if (n.out.size() < 2)
            add(Severity::Warning, "bad-event-gateway", n, {"等待的事件不足两个", "waits for fewer than two events"}, {"请去掉网关，只用该事件", "use the event alone"});
        return;
    }
    if ((n.kind != NodeKind::Exclusive && n.kind != NodeKind::Inclusive) || n.out.size() < 2) return;
    size_t without = 0;
    for (uint32_t f : n.out) without += f != n.fallback && m_d.flows[f].condition == kNone;
    if (without)
        add(Severity::Warning, "no-condition", n,
            Words{"有 " + std::to_string(without) + " 条流出的顺序流没有条件", std::to_string(without) + " of its outgoing flows have no condition"}
                + (n.kind == NodeKind::Exclusive ? Words{"，总是走其中第一条", ": the first of them is always taken"} : Words{"，总是会走", " and are always taken"}),
            {"请为每条写明条件，或将其中一条设为缺省流", "give each a condition, or make one the default"});
    else if (n.fallback == kNone)
        add(Severity::Warning, "no-default", n, {"所有条件都不成立时，流程无法从这里继续", "if no condition holds, nobody can go on here"}, {"请指定缺省流", "choose a default flow"});
}

void Checker::node(uint32_t index)
{
    const Node& n = m_d.nodes[index];
    if (!n.executed) {
        const bool aside = n.kind == NodeKind::BoundaryEvent || (n.kind == NodeKind::StartEvent && m_d.scopes[n.scope].starts.size());
        add(aside ? Severity::Warning : Severity::Error, "not-executed", n, n.why,
            aside ? Words{"它永远不会发生；必须发生的，请换成支持执行的元素", "it will never happen; replace it if it must"} : Words{"请换成支持执行的元素", "replace it by something that is executed"});
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
        if (reached[n] && !out[n] && ++told <= 20)
            add(Severity::Error, "no-exit", m_d.nodes[n], {"从这里到不了任何结束：循环没有出口", "from here no end can be reached: the loop has no exit"},
                {"请从循环中引出通向结束事件的顺序流", "add a flow out of the loop to an end event"});
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
        add(Severity::Warning, "busy-loop", m_d.nodes[*left.begin()], {"处在一个无人办理、也不等待时间的循环中", "lies on a loop in which nobody acts and no time passes"},
            {"请在循环中加入用户任务或定时事件", "put a user task or a timer into the loop"});
}

void Checker::scope(uint32_t index)
{
    const Scope& s = m_d.scopes[index];
    if (s.nodes.empty()) return;
    const Node* owner = s.node == kNone ? nullptr : &m_d.nodes[s.node];
    uint32_t depth = 0;
    for (uint32_t p = index; p != kNone; p = m_d.scopes[p].parent) ++depth;
    if (depth > kMaxScopeDepth && owner)
        add(Severity::Error, "too-large", owner, {"子流程嵌套超过 " + std::to_string(kMaxScopeDepth) + " 层", "sub-processes are nested deeper than " + std::to_string(kMaxScopeDepth)},
            {"请拆分为多个流程", "divide it into processes"});
    const bool handler = owner && owner->kind == NodeKind::EventSubProcess;
    const bool anyStart = std::any_of(s.nodes.begin(), s.nodes.end(), [&](uint32_t n) { return m_d.nodes[n].kind == NodeKind::StartEvent; });
    size_t triggered = 0, plain = 0;
    for (uint32_t n : s.nodes)
        if (m_d.nodes[n].kind == NodeKind::StartEvent) ++(m_d.nodes[n].trigger == Trigger::None ? plain : triggered);
    const bool cannot = handler ? triggered != 1 : owner ? (anyStart ? plain != 1 || triggered : s.starts.empty()) : !anyStart && s.starts.empty();
    if (cannot)
        add(Severity::Error, "no-start", owner,
            handler ? Words{"事件子流程应当有且只有一个开始事件，并带有触发器", "an event sub-process needs exactly one start event, and it must have a trigger"}
            : owner ? Words{"子流程应当有且只有一个不带触发器的开始事件", "a sub-process needs exactly one start event without trigger"}
                    : Words{"没有开始事件", "has no start event"},
            {"请增加或删除开始事件", "add or remove start events"});
    const auto reached = reach(m_d, s);
    for (uint32_t n : s.nodes) {
        const Node& x = m_d.nodes[n];
        if (!reached[n] && x.kind != NodeKind::EventSubProcess && x.executed)
            add(Severity::Error, "unreachable", x, {"流程永远走不到这里", "no token ever gets here"}, {"请将它与其他元素连接，或将其删除", "connect it with the rest, or delete it"});
    }
    if (cannot) return;
    exits(index, reached);
    circles(index, reached);
    explore(m_d, index, m_o, m_out);
}

std::vector<Finding> Checker::run()
{
    for (const auto& x : m_d.defects) m_out.push_back({Severity::Error, "defect", x.element, x.name, x.what, x.todo});
    if (m_d.nodes.size() > kMaxNodes || m_d.flows.size() > 4 * kMaxNodes) {
        const auto counts = [](size_t nodes, size_t flows) {
            const std::string n = std::to_string(nodes), f = std::to_string(flows);
            return Words{n + " 个元素、" + f + " 条顺序流", n + " elements and " + f + " flows"};
        };
        add(Severity::Error, "too-large", nullptr,
            Words{"有 ", "has "} + counts(m_d.nodes.size(), m_d.flows.size()) + Words{"，最多支持 ", "; at most "} + counts(kMaxNodes, 4 * kMaxNodes) + Words{"", " are executed"},
            {"请拆分为相互调用的多个流程", "divide it into processes that call each other"});
        return std::move(m_out);
    }
    if (m_d.nodes.empty()) {
        add(Severity::Error, "no-start", nullptr, {"没有任何内容", "is empty"}, {"请绘制流程，或将其删除", "draw something, or delete it"});
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
