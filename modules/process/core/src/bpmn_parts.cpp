#include "bpmn_read.h"

#include "zt/process/calendar.h"

//! What single elements say: events, people, sets, calls.
namespace zt::process {

namespace {

const std::map<std::string_view, Trigger>& triggers()
{
    static const std::map<std::string_view, Trigger> all{
        {"messageEventDefinition", Trigger::Message}, {"timerEventDefinition", Trigger::Timer}, {"errorEventDefinition", Trigger::Error},
        {"escalationEventDefinition", Trigger::Escalation}, {"terminateEventDefinition", Trigger::Terminate}, {"linkEventDefinition", Trigger::Link},
        {"signalEventDefinition", Trigger::Signal}, {"conditionalEventDefinition", Trigger::Conditional},
        {"compensateEventDefinition", Trigger::Compensate}, {"cancelEventDefinition", Trigger::Cancel}};
    return all;
}

//! Which triggers run at which events; the rest is named as not executed.
bool runs(NodeKind k, Trigger t)
{
    switch (k) {
    case NodeKind::StartEvent: return t == Trigger::None || t == Trigger::Message || t == Trigger::Timer || t == Trigger::Error || t == Trigger::Escalation;
    case NodeKind::EndEvent: return t == Trigger::None || t == Trigger::Message || t == Trigger::Error || t == Trigger::Escalation || t == Trigger::Terminate;
    case NodeKind::CatchEvent: return t == Trigger::Message || t == Trigger::Timer || t == Trigger::Link;
    case NodeKind::ThrowEvent: return t == Trigger::None || t == Trigger::Message || t == Trigger::Escalation || t == Trigger::Link;
    case NodeKind::BoundaryEvent: return t == Trigger::Message || t == Trigger::Timer || t == Trigger::Error || t == Trigger::Escalation;
    default: return true;
    }
}

} // namespace

void Reader::timer(Xml d, Node& n)
{
    TimerSpec spec;
    for (const auto& [name, form] : {std::pair("timeDate", TimerForm::Date), std::pair("timeDuration", TimerForm::Duration), std::pair("timeCycle", TimerForm::Cycle)}) {
        const Xml e = child(d, name);
        if (!e || trimmed(textOf(e)).empty()) continue;
        spec.form = form;
        spec.when = expr(e, true);
        const std::string& t = spec.when.text;
        const bool plain = form == TimerForm::Date ? bool(parseInstant(t)) : form == TimerForm::Duration ? bool(parseDuration(t)) : bool(parseCycle(t));
        // What is neither a time nor marked as an expression may be one all the same: duration("PT2H").
        if (spec.when.literal && !plain) spec.when = expression(t, spec.when.language, m_names, false);
    }
    spec.working = any(d, "workingTime") == "true";
    more(n).timer = std::move(spec);
}

void Reader::message(std::string_view ref, Node& n)
{
    const Xml m = global(ref);
    if (m) {
        use(m);
        more(n).code = attr(m, "name").empty() ? attr(m, "id") : attr(m, "name");
        for (const Xml& s : extensions(m, "subscription")) {
            use(s);
            more(n).correlation = expression(any(s, "correlationKey"), {}, m_names);
        }
    } else {
        more(n).code = std::string(local(ref));
        if (!ref.empty())
            defect(n, {"引用了文件中没有的消息", "names a message that the file does not have"},
                {"请定义消息 " + std::string(ref) + "，或另选消息", "define the message " + std::string(ref) + " or choose another"});
    }
}

void Reader::eventDefinition(Xml d, Node& n, size_t& count)
{
    const auto at = triggers().find(local(d.name()));
    if (at == triggers().end()) return;
    if (++count > 1) {
        n.trigger = Trigger::Multiple;
        return;
    }
    n.trigger = at->second;
    if (runs(n.kind, n.trigger)) use(d);
    const auto code = [&](const char* ref, const char* field) {
        const std::string r = attr(d, ref);
        if (r.empty()) return;
        const Xml g = global(r);
        if (g) use(g);
        more(n).code = g && !attr(g, field).empty() ? attr(g, field) : g && !attr(g, "name").empty() ? attr(g, "name") : std::string(local(r));
    };
    switch (n.trigger) {
    case Trigger::Message: message(attr(d, "messageRef"), n); break;
    case Trigger::Timer: timer(d, n); break;
    case Trigger::Error: code("errorRef", "errorCode"); break;
    case Trigger::Escalation: code("escalationRef", "escalationCode"); break;
    case Trigger::Link: more(n).code = attr(d, "name"); break;
    default: break;
    }
}

void Reader::events(Xml e, Node& n)
{
    size_t count = 0;
    for (const auto& c : e.children())
        if (c.type() == pugi::node_element && isModel(namespaceOf(c))) eventDefinition(c, n, count);
    for (const Xml& ref : children(e, "eventDefinitionRef")) {
        const Xml d = global(trimmed(textOf(ref)));
        if (!d) continue;
        use(ref);
        eventDefinition(d, n, count);
    }
    if (n.kind == NodeKind::CatchEvent && n.trigger == Trigger::None) refuse(n, e, {"它没有等待任何事情，请指定消息或时间", "it waits for nothing: give it a message or a time"});
    if (n.trigger == Trigger::Multiple) refuse(n, e, {"不支持执行带有多个触发器的事件", "several triggers on one event"});
    else if (!runs(n.kind, n.trigger)) refuse(n, e, Words{"这里不支持执行", ""} + words(n.trigger) + Words{"事件", " events are not executed"});
    if (n.kind == NodeKind::BoundaryEvent) n.interrupting = yes(e, "cancelActivity", true);
    if (n.kind == NodeKind::StartEvent) n.interrupting = yes(e, "isInterrupting", true);
    if (n.kind == NodeKind::BoundaryEvent && n.trigger == Trigger::Error) n.interrupting = true; // the standard knows no other
}

void Reader::people(Xml e, Node& n)
{
    const auto expression = [&](const std::string& text) { return process::expression(text, {}, m_names, true); };
    std::string assignee = any(e, "assignee"), candidates;
    const auto addTo = [](std::string& list, const std::string& more) {
        if (!more.empty()) list += (list.empty() ? "" : ",") + more;
    };
    addTo(candidates, any(e, "candidateUsers"));
    addTo(candidates, any(e, "candidateGroups"));
    for (const Xml& x : extensions(e, "assignmentDefinition")) {
        use(x);
        if (assignee.empty()) assignee = any(x, "assignee");
        addTo(candidates, any(x, "candidateUsers"));
        addTo(candidates, any(x, "candidateGroups"));
    }
    for (const char* role : {"humanPerformer", "performer", "potentialOwner", "resourceRole"})
        for (const Xml& x : children(e, role)) {
            std::string who;
            if (const Xml r = child(x, "resourceAssignmentExpression")) {
                use(r);
                const Xml f = child(r, "formalExpression") ? child(r, "formalExpression") : child(r, "expression");
                if (f) use(f);
                who = trimmed(textOf(f ? f : r));
            } else if (const Xml ref = child(x, "resourceRef")) {
                use(ref);
                const Xml resource = global(trimmed(textOf(ref)));
                if (resource) use(resource);
                who = resource ? attr(resource, "name") : std::string(local(trimmed(textOf(ref))));
                if (who.empty()) who = trimmed(textOf(ref));
            }
            if (who.empty()) continue;
            use(x);
            if (std::string_view(role) == "potentialOwner" || std::string_view(role) == "resourceRole") addTo(candidates, who);
            else if (assignee.empty()) assignee = who;
        }
    if (!assignee.empty()) more(n).assignee = expression(assignee);
    if (!candidates.empty()) more(n).candidates = expression(candidates);
}

void Reader::set(Xml e, Node& n)
{
    use(e);
    SetSpec s;
    s.sequential = yes(e, "isSequential", false);
    s.cardinality = expr(child(e, "loopCardinality"));
    s.condition = expr(child(e, "completionCondition"));
    const auto ref = [&](const char* name) {
        const Xml x = child(e, name);
        if (x) use(x);
        return x ? dataName(trimmed(textOf(x))) : std::string();
    };
    const auto item = [&](const char* name) {
        const Xml x = child(e, name);
        if (x) use(x);
        return !x ? std::string() : attr(x, "name").empty() ? attr(x, "id") : attr(x, "name");
    };
    std::string collection = ref("loopDataInputRef");
    s.item = item("inputDataItem");
    s.outputSet = ref("loopDataOutputRef");
    s.output = item("outputDataItem");
    if (collection.empty()) collection = any(e, "collection"); // Camunda, Flowable
    if (s.item.empty()) s.item = any(e, "elementVariable");
    for (const Xml& z : extensions(e, "loopCharacteristics")) {
        use(z);
        if (collection.empty()) collection = any(z, "inputCollection");
        if (s.item.empty()) s.item = any(z, "inputElement");
        if (s.outputSet.empty()) s.outputSet = any(z, "outputCollection");
        if (s.output.empty()) {
            const std::string out = any(z, "outputElement");
            s.output = trimmed(out.substr(!out.empty() && out[0] == '=' ? 1 : 0));
        }
    }
    s.collection = expression(collection, {}, m_names);
    more(n).multi = true;
    if (s.collection.empty() && s.cardinality.empty())
        defect(n, {"设为多实例，但没有写明实例个数或人员集合", "has several instances but does not say how many or for whom"},
            {"请指定集合或实例个数", "give it a collection or a number of instances"});
    more(n).set = std::move(s);
}

void Reader::loops(Xml e, Node& n)
{
    if (const Xml m = child(e, "multiInstanceLoopCharacteristics")) set(m, n);
    if (child(e, "standardLoopCharacteristics")) {
        more(n).standardLoop = true;
        refuse(n, e, {"不支持执行标准循环，请改用往回的顺序流或多实例", "a standard loop is not executed: use a flow back, or several instances"});
    }
}

void Reader::calls(Xml e, Node& n)
{
    NodeMore& m = more(n);
    m.called = std::string(local(attr(e, "calledElement")));
    for (const Xml& z : extensions(e, "calledElement")) {
        use(z);
        if (!any(z, "processId").empty()) m.called = any(z, "processId");
        m.allIn = any(z, "propagateAllParentVariables") != "false";
        m.allOut = any(z, "propagateAllChildVariables") != "false";
    }
    const auto mapping = [&](const char* name, std::vector<Mapping>& to, bool& all) {
        for (const Xml& x : extensions(e, name)) {
            use(x);
            if (any(x, "variables") == "all") all = true;
            const std::string source = any(x, "source"), formula = any(x, "sourceExpression"), target = any(x, "target");
            if (target.empty() || (source.empty() && formula.empty())) continue;
            to.push_back({expression(source.empty() ? formula : source, {}, m_names), target});
        }
    };
    mapping("in", m.in, m.allIn);
    mapping("out", m.out, m.allOut);
}

void Reader::decision(Xml e, Node& n)
{
    std::string ref = any(e, "decisionRef"), result = any(e, "resultVariable");
    for (const Xml& z : extensions(e, "calledDecision")) {
        use(z);
        if (ref.empty()) ref = any(z, "decisionId");
        if (result.empty()) result = any(z, "resultVariable");
    }
    for (const Xml& z : extensions(e, "field")) // Flowable
        if (any(z, "name") == "decisionTableReferenceKey") {
            use(z);
            for (const auto& c : z.children())
                if (ref.empty() && c.type() == pugi::node_element) ref = trimmed(textOf(c));
            if (ref.empty()) ref = any(z, "stringValue");
        }
    more(n).called = ref;
    more(n).result = result;
}

void Reader::activity(Xml e, Node& n)
{
    for (const auto& a : e.attributes())
        if (const auto prefix = prefixOf(a.name()); !prefix.empty() && namespaceOf(e, prefix) == kOwn) more(n).own.emplace_back(local(a.name()), a.value());
    loops(e, n);
    if (yes(e, "isForCompensation", false)) refuse(n, e, {"不支持执行补偿", "compensation is not executed"});
    if (n.kind == NodeKind::UserTask || n.kind == NodeKind::ManualTask) people(e, n);
    if (n.kind == NodeKind::CallActivity) calls(e, n);
    if (n.kind == NodeKind::BusinessRuleTask) decision(e, n);
    if (n.kind == NodeKind::SendTask || n.kind == NodeKind::ReceiveTask) {
        const std::string ref = attr(e, "messageRef");
        if (ref.empty()) more(n).code = n.name.empty() ? n.id : n.name;
        else message(ref, n);
        if (n.kind == NodeKind::ReceiveTask && yes(e, "instantiate", false))
            refuse(n, e, {"不支持执行用来启动流程的接收任务，请改用消息开始事件", "a receive task that starts the process is not executed: use a message start event"});
    }
    if (n.kind == NodeKind::ScriptTask) refuse(n, e, {"不支持执行脚本，请改用业务规则任务或服务任务", "scripts are not executed: use a business rule, or a service task"});
    if (n.kind == NodeKind::Transaction) refuse(n, e, {"不支持执行事务，请改用子流程", "transactions are not executed: use a sub-process"});
    if (n.kind == NodeKind::AdHoc) refuse(n, e, {"不支持执行即席子流程，请改用子流程或多实例", "ad-hoc sub-processes are not executed: use a sub-process, or several instances"});
}

} // namespace zt::process
