#include "bpmn_read.h"

#include <algorithm>
#include <functional>

namespace zt::process {

bool isModel(std::string_view ns)
{
    return ns == kModel || ns == "http://www.omg.org/spec/BPMN/20100524/MODEL/" || ns == "http://schema.omg.org/spec/BPMN/2.0" || ns == "https://www.omg.org/spec/BPMN/20100524/MODEL";
}

namespace {

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

void Reader::refuse(Node& n, Xml e, Words why)
{
    if (!n.executed) return;
    n.executed = false;
    n.why = std::move(why);
    m_out.used.erase(e.hash_value());
    m_out.why[e.hash_value()] = n.why;
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

void Reader::node(Xml e, NodeKind kind, uint32_t scopeIndex, uint32_t depth)
{
    const auto index = uint32_t(m_d.nodes.size());
    Node n;
    n.kind = kind;
    n.scope = scopeIndex;
    n.id = attr(e, "id");
    n.name = attr(e, "name");
    if (n.id.empty()) n.id = "_node" + std::to_string(index);
    ownId(n);
    use(e);
    for (const char* side : {"incoming", "outgoing"})
        for (const Xml& x : children(e, side)) use(x);
    if (!attr(e, "default").empty()) m_defaults.emplace_back(index, attr(e, "default"));
    if (kind == NodeKind::SubProcess && yes(e, "triggeredByEvent", false)) n.kind = NodeKind::EventSubProcess;
    if (isActivity(kind)) activity(e, n);
    else if (!isGateway(kind)) events(e, n);
    if (kind == NodeKind::Complex) refuse(n, e, {"不支持执行复杂网关，请改用包容网关或并行网关", "complex gateways are not executed: use inclusive or parallel ones"});
    if (kind == NodeKind::EventBased && (yes(e, "instantiate", false) || attr(e, "eventGatewayType") == "Parallel"))
        refuse(n, e, {"不支持执行用来启动流程或等待全部事件的事件网关", "event-based gateways that start a process or wait for all events are not executed"});
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
    if (!f.id.empty()) ownId(f);
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
    if (type == "callChoreography" || type == "choreographyTask" || type == "subChoreography") m_out.why[e.hash_value()] = {"不支持执行编排", "choreographies are not executed"};
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
            const std::string& gone = a == kNone ? from : to;
            const Words way = a == kNone ? Words{"来自", "comes from"} : Words{"通向", "leads to"};
            defect(f, way + Words{"不存在的元素（" + gone + "）", " an element that is not there (" + gone + ")"}, {"请重新连接，或将其删除", "connect it or delete it"});
        } else if (m_d.nodes[a].scope != m_d.nodes[b].scope) {
            defect(f, {"穿越了子流程的边界", "crosses the border of a sub-process"}, {"请让它在子流程内结束，再从子流程引出新的顺序流", "end it inside, and begin a new one at the sub-process"});
        } else if (m_d.nodes[b].kind == NodeKind::StartEvent || m_d.nodes[b].kind == NodeKind::BoundaryEvent) {
            defect(f, {"通向开始事件或边界事件", "leads into a start or boundary event"}, {"请改为通向活动、网关或中间事件", "let it end at an activity, gateway or intermediate event"});
        } else if (m_d.nodes[a].kind == NodeKind::EndEvent) {
            defect(f, {"从结束事件流出", "comes out of an end event"}, {"请将该结束事件改为中间事件", "use an intermediate event"});
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
        else defect(m_d.nodes[n], {"缺省流不在它流出的顺序流之中", "its default flow is none of its outgoing flows"}, {"请从流出的顺序流中选定缺省流", "choose the default among them"});
    }
}

void Reader::attach()
{
    for (const auto& [n, e] : m_boundaries) {
        const auto at = m_d.nodeOf.find(std::string(local(attr(e, "attachedToRef"))));
        Node& b = m_d.nodes[n];
        if (at == m_d.nodeOf.end() || !isActivity(m_d.nodes[at->second].kind) || m_d.nodes[at->second].scope != b.scope) {
            const Words what{"没有依附于任何活动", "it is attached to nothing"};
            defect(b, what, {"请让它依附于同一流程或同一子流程的某个活动", "attach it to an activity of the same process or sub-process"});
            refuse(b, e, what);
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
