#include "bpmn_read.h"
#include "zt/process/calendar.h"

#include <algorithm>
#include <functional>

namespace zt::process {

bool isModel(std::string_view ns)
{
    return ns == kModel || ns == "http://www.omg.org/spec/BPMN/20100524/MODEL/" || ns == "http://schema.omg.org/spec/BPMN/2.0" || ns == "https://www.omg.org/spec/BPMN/20100524/MODEL";
}

namespace {

using Xml = pugi::xml_node;

std::string attr(Xml e, const char* name) { return e.attribute(name).value(); }
std::string any(Xml e, std::string_view name) { return attribute(e, name).value(); }
bool yes(Xml e, const char* name, bool otherwise)
{
    const std::string_view v = e.attribute(name).value();
    return v.empty() ? otherwise : v == "true" || v == "1";
}

std::string trimmed(std::string s)
{
    constexpr const char* blank = " \t\r\n";
    const size_t a = s.find_first_not_of(blank);
    return a == std::string::npos ? std::string() : s.substr(a, s.find_last_not_of(blank) - a + 1);
}

//! Children of BPMN's own namespace with that name.
std::vector<Xml> children(Xml e, std::string_view name)
{
    std::vector<Xml> out;
    for (const auto& c : e.children())
        if (c.type() == pugi::node_element && local(c.name()) == name && isModel(namespaceOf(c))) out.push_back(c);
    return out;
}

Xml child(Xml e, std::string_view name)
{
    const auto all = children(e, name);
    return all.empty() ? Xml() : all.front();
}

//! Extension elements of any vendor with that local name.
std::vector<Xml> extensions(Xml e, std::string_view name)
{
    std::vector<Xml> out;
    for (const auto& box : children(e, "extensionElements"))
        for (const auto& c : box.children())
            if (c.type() == pugi::node_element && local(c.name()) == name) out.push_back(c);
    return out;
}

const std::map<std::string_view, NodeKind>& kinds()
{
    static const std::map<std::string_view, NodeKind> all{
        {"task", NodeKind::Task}, {"userTask", NodeKind::UserTask}, {"manualTask", NodeKind::ManualTask}, {"serviceTask", NodeKind::ServiceTask},
        {"sendTask", NodeKind::SendTask}, {"receiveTask", NodeKind::ReceiveTask}, {"scriptTask", NodeKind::ScriptTask},
        {"businessRuleTask", NodeKind::BusinessRuleTask}, {"callActivity", NodeKind::CallActivity}, {"subProcess", NodeKind::SubProcess},
        {"transaction", NodeKind::Transaction}, {"adHocSubProcess", NodeKind::AdHoc}, {"startEvent", NodeKind::StartEvent},
        {"endEvent", NodeKind::EndEvent}, {"intermediateCatchEvent", NodeKind::CatchEvent}, {"intermediateThrowEvent", NodeKind::ThrowEvent},
        {"boundaryEvent", NodeKind::BoundaryEvent}, {"exclusiveGateway", NodeKind::Exclusive}, {"inclusiveGateway", NodeKind::Inclusive},
        {"parallelGateway", NodeKind::Parallel}, {"eventBasedGateway", NodeKind::EventBased}, {"complexGateway", NodeKind::Complex}};
    return all;
}

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

NodeMore& Reader::more(Node& n)
{
    if (!n.more) {
        n.more = uint32_t(m_d.more.size());
        m_d.more.emplace_back();
    }
    return m_d.more[n.more];
}

Expr Reader::expr(Xml e, bool literal)
{
    if (!e) return {};
    use(e);
    return expression(textOf(e), any(e, "language"), m_names, literal);
}

void Reader::refuse(Node& n, Xml e, std::string why)
{
    if (!n.executed) return;
    n.executed = false;
    n.why = std::move(why);
    m_out.used.erase(e.hash_value());
    m_out.why[e.hash_value()] = n.why;
}

void Reader::defect(std::string id, std::string name, std::string what, std::string todo)
{
    m_d.defects.push_back({std::move(id), std::move(name), std::move(what), std::move(todo)});
}

Xml Reader::global(std::string_view ref) const
{
    const auto at = m_globals.find(std::string(local(ref)));
    if (at != m_globals.end()) return at->second;
    const auto whole = m_globals.find(std::string(ref));
    return whole == m_globals.end() ? Xml() : whole->second;
}

std::string Reader::dataName(std::string_view ref) const
{
    const auto at = m_data.find(std::string(local(ref)));
    return at == m_data.end() ? std::string(local(ref)) : at->second;
}

void Reader::globals(Xml e)
{
    for (const auto& c : e.children()) {
        if (c.type() != pugi::node_element) continue;
        const std::string id = attr(c, "id");
        if (!id.empty()) m_globals.emplace(id, c);
    }
}

//! Names that expressions may use, wherever in the file they are given.
void Reader::names(Xml root)
{
    std::unordered_map<std::string, std::string> references; // reference id -> object id
    std::set<std::string> special;
    const auto note = [&](std::string name) {
        name = trimmed(std::move(name));
        if (!name.empty() && name.size() < 200 && name.find_first_of(" -+*/.'\n") != std::string::npos) special.insert(name);
    };
    struct Walker : pugi::xml_tree_walker {
        std::function<void(Xml)> each;
        bool for_each(Xml& n) override
        {
            if (n.type() == pugi::node_element) each(n);
            return true;
        }
    } walker;
    walker.each = [&](Xml n) {
        const auto type = local(n.name());
        const std::string id = attr(n, "id"), name = trimmed(attr(n, "name"));
        if (type == "dataObject" || type == "property" || type == "dataInput" || type == "dataOutput" || type == "dataStoreReference" || type == "inputDataItem" || type == "outputDataItem") {
            if (!id.empty()) m_data[id] = name.empty() ? id : name;
            note(name);
        } else if (type == "dataObjectReference") {
            if (!id.empty()) m_data[id] = name.empty() ? id : name;
            if (name.empty()) references[id] = std::string(local(attr(n, "dataObjectRef")));
            note(name);
        } else if (type == "output" || type == "input") {
            note(attr(n, "target"));
        } else if (type == "itemComponent") {
            note(name);
        }
    };
    root.traverse(walker);
    for (const auto& [id, object] : references)
        if (const auto at = m_data.find(object); at != m_data.end()) m_data[id] = at->second;
    m_names.assign(special.begin(), special.end());
    if (m_names.size() > 2'000) m_names.resize(2'000);
}

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
        if (!ref.empty()) defect(n.id, n.name, "names a message that the file does not have", "define the message " + std::string(ref) + " or choose another");
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
    if (n.kind == NodeKind::CatchEvent && n.trigger == Trigger::None) refuse(n, e, "it waits for nothing: give it a message or a time");
    if (n.trigger == Trigger::Multiple) refuse(n, e, "several triggers on one event");
    else if (!runs(n.kind, n.trigger)) refuse(n, e, std::string(name(n.trigger)) + " events are not executed");
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
    if (s.collection.empty() && s.cardinality.empty()) defect(n.id, n.name, "has several instances but does not say how many or for whom", "give it a collection or a number of instances");
    more(n).set = std::move(s);
}

void Reader::loops(Xml e, Node& n)
{
    if (const Xml m = child(e, "multiInstanceLoopCharacteristics")) set(m, n);
    if (child(e, "standardLoopCharacteristics")) {
        more(n).standardLoop = true;
        refuse(n, e, "a standard loop is not executed: use a flow back, or several instances");
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
    loops(e, n);
    if (yes(e, "isForCompensation", false)) refuse(n, e, "compensation is not executed");
    if (n.kind == NodeKind::UserTask || n.kind == NodeKind::ManualTask) people(e, n);
    if (n.kind == NodeKind::CallActivity) calls(e, n);
    if (n.kind == NodeKind::BusinessRuleTask) decision(e, n);
    if (n.kind == NodeKind::SendTask || n.kind == NodeKind::ReceiveTask) {
        const std::string ref = attr(e, "messageRef");
        if (ref.empty()) more(n).code = n.name.empty() ? n.id : n.name;
        else message(ref, n);
        if (n.kind == NodeKind::ReceiveTask && yes(e, "instantiate", false)) refuse(n, e, "a receive task that starts the process is not executed: use a message start event");
    }
    if (n.kind == NodeKind::ScriptTask) refuse(n, e, "scripts are not executed: use a business rule, or a service task");
    if (n.kind == NodeKind::Transaction) refuse(n, e, "transactions are not executed: use a sub-process");
    if (n.kind == NodeKind::AdHoc) refuse(n, e, "ad-hoc sub-processes are not executed: use a sub-process, or several instances");
}

void Reader::node(Xml e, NodeKind kind, uint32_t scopeIndex, uint32_t depth)
{
    const auto index = uint32_t(m_d.nodes.size());
    Node n;
    n.kind = kind;
    n.scope = scopeIndex;
    n.id = attr(e, "id");
    n.name = attr(e, "name");
    if (n.id.empty()) n.id = "_node" + std::to_string(index);
    if (!m_ids.insert(n.id).second) defect(n.id, n.name, "its id is used twice", "give every element an id of its own");
    use(e);
    for (const char* side : {"incoming", "outgoing"})
        for (const Xml& x : children(e, side)) use(x);
    if (!attr(e, "default").empty()) m_defaults.emplace_back(index, attr(e, "default"));
    if (kind == NodeKind::SubProcess && yes(e, "triggeredByEvent", false)) n.kind = NodeKind::EventSubProcess;
    if (isActivity(kind)) activity(e, n);
    else if (!isGateway(kind)) events(e, n);
    if (kind == NodeKind::Complex) refuse(n, e, "complex gateways are not executed: use inclusive or parallel ones");
    if (kind == NodeKind::EventBased && (yes(e, "instantiate", false) || attr(e, "eventGatewayType") == "Parallel"))
        refuse(n, e, "event-based gateways that start a process or wait for all events are not executed");
    if (kind == NodeKind::BoundaryEvent) m_boundaries.emplace_back(index, e);
    const bool nested = kind == NodeKind::SubProcess || kind == NodeKind::Transaction || kind == NodeKind::AdHoc;
    if (nested) {
        n.inner = uint32_t(m_d.scopes.size());
        Scope s;
        s.node = index;
        s.parent = scopeIndex;
        m_d.scopes.push_back(std::move(s));
    }
    const uint32_t inner = n.inner;
    m_d.nodes.push_back(std::move(n));
    if (nested) scope(e, inner, depth + 1);
}

void Reader::edge(Xml e, uint32_t scopeIndex)
{
    Flow f;
    f.id = attr(e, "id");
    f.name = attr(e, "name");
    f.scope = scopeIndex;
    if (!f.id.empty() && !m_ids.insert(f.id).second) defect(f.id, f.name, "its id is used twice", "give every element an id of its own");
    use(e);
    if (const Xml c = child(e, "conditionExpression")) {
        Expr x = expr(c);
        if (!x.empty()) {
            f.condition = uint32_t(m_d.conditions.size());
            m_d.conditions.push_back(std::move(x));
        }
    }
    m_edges.push_back({e, uint32_t(m_d.flows.size())});
    m_d.flows.push_back(std::move(f));
}

void Reader::dataObject(Xml e, uint32_t scopeIndex)
{
    const std::string name = dataName(attr(e, "id"));
    if (name.empty()) return;
    use(e);
    if (m_declared.emplace(scopeIndex, name).second) m_d.scopes[scopeIndex].data.push_back(name);
}

void Reader::element(Xml e, std::string_view type, uint32_t scopeIndex, uint32_t depth)
{
    if (const auto k = kinds().find(type); k != kinds().end()) return node(e, k->second, scopeIndex, depth);
    if (type == "sequenceFlow") return edge(e, scopeIndex);
    if (type == "dataObject" || type == "dataObjectReference" || type == "property") return dataObject(e, scopeIndex);
    if (type == "callChoreography" || type == "choreographyTask" || type == "subChoreography") m_out.why[e.hash_value()] = "choreographies are not executed";
}

void Reader::scope(Xml e, uint32_t index, uint32_t depth)
{
    if (depth > kMaxXmlDepth) return;
    for (const auto& c : e.children())
        if (c.type() == pugi::node_element && isModel(namespaceOf(c))) element(c, local(c.name()), index, depth);
}

void Reader::ends()
{
    for (const Edge& edge : m_edges) {
        Flow& f = m_d.flows[edge.flow];
        const std::string from(local(attr(edge.xml, "sourceRef"))), to(local(attr(edge.xml, "targetRef")));
        const auto find = [&](const std::string& id) {
            const auto at = m_d.nodeOf.find(id);
            return at == m_d.nodeOf.end() ? kNone : at->second;
        };
        const uint32_t a = find(from), b = find(to);
        if (a == kNone || b == kNone) {
            defect(f.id, f.name, std::string("the flow ") + (a == kNone ? "comes from" : "leads to") + " an element that is not there (" + (a == kNone ? from : to) + ")", "connect it or delete it");
        } else if (m_d.nodes[a].scope != m_d.nodes[b].scope) {
            defect(f.id, f.name, "the flow crosses the border of a sub-process", "end it inside, and begin a new one at the sub-process");
        } else if (m_d.nodes[b].kind == NodeKind::StartEvent || m_d.nodes[b].kind == NodeKind::BoundaryEvent) {
            defect(f.id, f.name, "the flow leads into a start or boundary event", "let it end at an activity, gateway or intermediate event");
        } else if (m_d.nodes[a].kind == NodeKind::EndEvent) {
            defect(f.id, f.name, "the flow comes out of an end event", "use an intermediate event");
        } else {
            f.from = a;
            f.to = b;
        }
    }
    std::unordered_map<std::string_view, uint32_t> byId;
    for (uint32_t f = 0; f < m_d.flows.size(); ++f) byId.emplace(m_d.flows[f].id, f);
    for (const auto& [n, id] : m_defaults) {
        const auto at = byId.find(local(id));
        if (at != byId.end() && m_d.flows[at->second].from == n) m_d.nodes[n].fallback = at->second;
        else defect(m_d.nodes[n].id, m_d.nodes[n].name, "its default flow is none of its outgoing flows", "choose the default among them");
    }
}

void Reader::attach()
{
    for (const auto& [n, e] : m_boundaries) {
        const auto at = m_d.nodeOf.find(std::string(local(attr(e, "attachedToRef"))));
        Node& b = m_d.nodes[n];
        if (at == m_d.nodeOf.end() || !isActivity(m_d.nodes[at->second].kind) || m_d.nodes[at->second].scope != b.scope) {
            defect(b.id, b.name, "the boundary event is attached to nothing", "attach it to an activity of the same process or sub-process");
            refuse(b, e, "it is attached to nothing");
        } else {
            b.attached = at->second;
        }
    }
}

Result<Read> Reader::read()
{
    globals(m_root);
    names(m_root);
    use(m_root);
    for (const auto& p : m_root.children()) {
        if (p.type() != pugi::node_element || local(p.name()) != "process" || !isModel(namespaceOf(p))) continue;
        m_d = Definition{};
        m_edges.clear();
        m_boundaries.clear();
        m_defaults.clear();
        m_ids.clear();
        m_declared.clear();
        m_d.id = attr(p, "id");
        m_d.name = attr(p, "name");
        m_d.executable = yes(p, "isExecutable", false);
        m_d.scopes.emplace_back();
        m_d.more.emplace_back();
        use(p);
        scope(p, 0, 0);
        for (uint32_t i = 0; i < m_d.nodes.size(); ++i) m_d.nodeOf.emplace(m_d.nodes[i].id, i);
        ends();
        attach();
        finish(m_d);
        m_out.processes.push_back(std::move(m_d));
    }
    return std::move(m_out);
}

} // namespace zt::process
