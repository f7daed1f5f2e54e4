#include "zt/process/definition.h"

#include <algorithm>
#include <iterator>

namespace zt::process {

namespace {

struct Name {
    std::string_view zh, en;
};

//! In the order of NodeKind.
constexpr Name kKinds[] = {{"任务", "task"}, {"用户任务", "userTask"}, {"手工任务", "manualTask"}, {"服务任务", "serviceTask"}, {"发送任务", "sendTask"},
    {"接收任务", "receiveTask"}, {"脚本任务", "scriptTask"}, {"业务规则任务", "businessRuleTask"}, {"调用活动", "callActivity"}, {"子流程", "subProcess"},
    {"事件子流程", "subProcess"}, {"事务子流程", "transaction"}, {"即席子流程", "adHocSubProcess"}, {"开始事件", "startEvent"}, {"结束事件", "endEvent"},
    {"中间捕获事件", "intermediateCatchEvent"}, {"中间抛出事件", "intermediateThrowEvent"}, {"边界事件", "boundaryEvent"}, {"排他网关", "exclusiveGateway"},
    {"包容网关", "inclusiveGateway"}, {"并行网关", "parallelGateway"}, {"事件网关", "eventBasedGateway"}, {"复杂网关", "complexGateway"}};
static_assert(std::size(kKinds) == size_t(NodeKind::Complex) + 1);

//! In the order of Trigger.
constexpr Name kTriggers[] = {{"无触发器", "none"}, {"消息", "message"}, {"定时", "timer"}, {"错误", "error"}, {"升级", "escalation"}, {"终止", "terminate"},
    {"链接", "link"}, {"信号", "signal"}, {"条件", "conditional"}, {"补偿", "compensate"}, {"取消", "cancel"}, {"多重", "multiple"}};
static_assert(std::size(kTriggers) == size_t(Trigger::Multiple) + 1);

Words words(const Name& kind, const std::string& id, const std::string& name)
{
    return {std::string(kind.zh) + (name.empty() ? "“" + id + "”" : "“" + name + "”（" + id + "）"), std::string(kind.en) + " " + id + (name.empty() ? "" : " (" + name + ")")};
}

} // namespace

std::string_view name(NodeKind kind) { return kKinds[size_t(kind)].en; }
std::string_view name(Trigger trigger) { return kTriggers[size_t(trigger)].en; }

Words operator+(Words a, const Words& b)
{
    a.zh += b.zh;
    a.en += b.en;
    return a;
}

Words words(const Node& n) { return words(kKinds[size_t(n.kind)], n.id, n.name); }
Words words(const Flow& f) { return words({"顺序流", "sequenceFlow"}, f.id, f.name); }
Words words(const Definition& d) { return words({"流程", "process"}, d.id, d.name); }
Words words(Trigger t) { return {std::string(kTriggers[size_t(t)].zh), std::string(kTriggers[size_t(t)].en)}; }

std::string_view NodeMore::ownValue(std::string_view name) const
{
    for (const auto& [n, value] : own)
        if (n == name) return value;
    return {};
}

uint32_t Definition::find(std::string_view id) const
{
    const auto at = nodeOf.find(std::string(id));
    return at == nodeOf.end() ? kNone : at->second;
}

namespace {

void collect(Definition& d)
{
    for (auto& n : d.nodes) {
        n.in.clear();
        n.out.clear();
        n.boundary.clear();
    }
    for (auto& s : d.scopes) {
        s.nodes.clear();
        s.flows.clear();
        s.starts.clear();
        s.eventSubs.clear();
        s.orJoins.clear();
    }
    for (uint32_t f = 0; f < d.flows.size(); ++f) {
        auto& flow = d.flows[f];
        if (!flow.id.empty()) d.flowOf.emplace(flow.id, f);
        if (flow.from == kNone || flow.to == kNone) continue;
        flow.scope = d.nodes[flow.from].scope;
        d.nodes[flow.from].out.push_back(f);
        d.nodes[flow.to].in.push_back(f);
        d.scopes[flow.scope].flows.push_back(f);
    }
    for (uint32_t i = 0; i < d.nodes.size(); ++i) {
        d.scopes[d.nodes[i].scope].nodes.push_back(i);
        if (!d.nodes[i].id.empty()) d.nodeOf.emplace(d.nodes[i].id, i);
        if (d.nodes[i].attached != kNone) d.nodes[d.nodes[i].attached].boundary.push_back(i);
    }
}

bool beginsByItself(const Node& n)
{
    return n.in.empty() && n.attached == kNone && n.kind != NodeKind::EventSubProcess && n.kind != NodeKind::StartEvent
        && !(n.kind == NodeKind::CatchEvent && n.trigger == Trigger::Link) && n.executed;
}

} // namespace

void finish(Definition& d)
{
    if (d.scopes.empty()) d.scopes.emplace_back();
    if (d.more.empty()) d.more.emplace_back();
    d.nodeOf.clear();
    d.flowOf.clear();
    collect(d);
    for (auto& s : d.scopes) {
        bool anyStart = false;
        for (uint32_t i : s.nodes) {
            const Node& n = d.nodes[i];
            if (n.kind == NodeKind::StartEvent) {
                anyStart = true;
                if (n.trigger == Trigger::None) s.starts.push_back(i);
            }
            if (n.kind == NodeKind::Inclusive && n.in.size() > 1) s.orJoins.push_back(i);
            if (n.kind == NodeKind::EventSubProcess && n.inner != kNone)
                for (uint32_t j : d.scopes[n.inner].nodes)
                    if (d.nodes[j].kind == NodeKind::StartEvent && d.nodes[j].trigger != Trigger::None) s.eventSubs.push_back(j);
        }
        if (anyStart) continue;
        for (uint32_t i : s.nodes)
            if (beginsByItself(d.nodes[i])) s.starts.push_back(i);
    }
}

namespace {

struct Linker {
    Definition d;
    const std::vector<const Definition*>& library;

    //! Which processes a scope is inside of: the chain of called ones, outermost first.
    std::vector<const Definition*> chain(uint32_t scope, const std::vector<std::pair<uint32_t, const Definition*>>& placed) const
    {
        std::vector<const Definition*> out;
        for (uint32_t s = scope; s != kNone; s = d.scopes[s].parent)
            for (const auto& [root, what] : placed)
                if (root == s) out.push_back(what);
        return out;
    }

    uint32_t depth(uint32_t scope) const
    {
        uint32_t n = 0;
        for (uint32_t s = scope; s != kNone; s = d.scopes[s].parent) ++n;
        return n;
    }

    void place(uint32_t call, const Definition& what)
    {
        const auto nodes = uint32_t(d.nodes.size()), flows = uint32_t(d.flows.size()), scopes = uint32_t(d.scopes.size()),
                   more = uint32_t(d.more.size()), conditions = uint32_t(d.conditions.size());
        const auto shift = [](uint32_t v, uint32_t by) { return v == kNone ? kNone : v + by; };
        const std::string prefix = d.nodes[call].id + "/";
        for (Scope s : what.scopes) {
            s.node = s.node == kNone ? call : s.node + nodes;
            s.isolated = s.parent == kNone || s.isolated;
            s.parent = s.parent == kNone ? d.nodes[call].scope : s.parent + scopes;
            d.scopes.push_back(std::move(s));
        }
        for (Node n : what.nodes) {
            n.id = prefix + n.id;
            n.scope += scopes;
            n.inner = shift(n.inner, scopes);
            n.attached = shift(n.attached, nodes);
            n.fallback = shift(n.fallback, flows);
            n.more = n.more ? n.more + more : 0;
            d.nodes.push_back(std::move(n));
        }
        for (Flow f : what.flows) {
            if (!f.id.empty()) f.id = prefix + f.id;
            f.from = shift(f.from, nodes);
            f.to = shift(f.to, nodes);
            f.scope += scopes;
            f.condition = shift(f.condition, conditions);
            d.flows.push_back(std::move(f));
        }
        d.more.insert(d.more.end(), what.more.begin(), what.more.end());
        d.conditions.insert(d.conditions.end(), what.conditions.begin(), what.conditions.end());
        d.nodes[call].inner = scopes;
    }
};

std::string named(const Node& n) { return n.name.empty() ? n.id : n.id + " (" + n.name + ")"; }

} // namespace

Result<Definition> link(const Definition& main, const std::vector<const Definition*>& library)
{
    Linker l{main, library};
    std::vector<std::pair<uint32_t, const Definition*>> placed{{0, &main}};
    // New calls are appended, so that one pass over the growing list meets them all.
    for (uint32_t i = 0; i < l.d.nodes.size(); ++i) {
        const Node& n = l.d.nodes[i];
        if (n.kind != NodeKind::CallActivity || n.inner != kNone) continue;
        const std::string called = l.d.moreOf(n).called;
        const Definition* what = main.id == called && !called.empty() ? &main : nullptr;
        for (const Definition* c : library)
            if (!what && c->id == called && !called.empty()) what = c;
        if (!what) continue;
        const auto around = l.chain(n.scope, placed);
        const bool circle = std::any_of(around.begin(), around.end(), [&](const Definition* p) { return p == what || p->id == what->id; });
        if (circle) return Result<Definition>(Err::Invalid, "callActivity " + named(n) + " calls process " + called + ", which it is itself a part of");
        if (l.depth(n.scope) >= kMaxScopeDepth) return Result<Definition>(Err::TooLarge, "callActivity " + named(n) + ": calls are nested too deep");
        if (l.d.nodes.size() + what->nodes.size() > 4 * kMaxNodes)
            return Result<Definition>(Err::TooLarge, "callActivity " + named(n) + ": too many elements in all called processes together");
        placed.emplace_back(uint32_t(l.d.scopes.size()), what);
        l.place(i, *what);
    }
    finish(l.d);
    return std::move(l.d);
}

namespace {

std::string_view trim(std::string_view s)
{
    constexpr std::string_view blank = " \t\r\n";
    const size_t a = s.find_first_not_of(blank);
    return a == std::string_view::npos ? std::string_view() : s.substr(a, s.find_last_not_of(blank) - a + 1);
}

//! JUEL's operators as FEEL's; what has no counterpart stays and fails to parse later.
std::string fromJuel(std::string_view s)
{
    std::string out, pending; // pending: ")" to be put behind the operand of '!'
    const auto operandEnds = [&](size_t i) {
        int depth = 0;
        for (; i < s.size(); ++i) {
            const char c = s[i];
            if (c == '(') ++depth;
            else if (c == ')') {
                if (depth == 0) return i;
                if (--depth == 0) return i + 1;
            } else if (depth == 0 && (c == ' ' || c == '&' || c == '|' || c == '=' || c == '!' || c == '?' || c == ':')) return i;
        }
        return i;
    };
    for (size_t i = 0; i < s.size();) {
        const auto two = s.substr(i, 2);
        const char c = s[i];
        if (c == '\'' || c == '"') {
            out += '"';
            for (++i; i < s.size() && s[i] != c; ++i) {
                if (s[i] == '"') out += '\\';
                out += s[i];
            }
            out += '"';
            if (i < s.size()) ++i;
        } else if (two == "==" || two == "&&" || two == "||" || two == "!=") {
            out += two == "==" ? "=" : two == "&&" ? " and " : two == "||" ? " or " : "!=";
            i += 2;
        } else if (c == '!') {
            const size_t end = operandEnds(i + 1);
            if (end <= i + 1) return std::string(s);
            out += "not(" + fromJuel(s.substr(i + 1, end - i - 1)) + ")";
            i = end;
        } else {
            out += c;
            ++i;
        }
    }
    return out;
}

} // namespace

Expr expression(std::string_view text, std::string_view language, const std::vector<std::string>& names, bool literal)
{
    Expr e;
    e.text = std::string(trim(text));
    e.language = std::string(language);
    if (e.text.empty()) return e;
    std::string source = e.text;
    if (source.front() == '=') {
        source.erase(0, 1);
    } else if (source.size() > 3 && (source.rfind("${", 0) == 0 || source.rfind("#{", 0) == 0) && source.back() == '}' && source.find("}") == source.size() - 1) {
        if (source.size() > 10'000) {
            e.problem = "longer than 10,000 characters";
            return e;
        }
        source = fromJuel(std::string_view(source).substr(2, source.size() - 3));
    } else if (literal) {
        e.literal = true;
        return e;
    }
    feel::ParseOptions options;
    options.names = names;
    auto program = feel::parse(source, options);
    if (program) e.program = std::move(*program);
    else e.problem = program.error().detail;
    return e;
}

} // namespace zt::process
