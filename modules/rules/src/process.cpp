#include "zt/rules/process.h"

#include "zt/process/bpmn.h"
#include "zt/wire/sealing.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

namespace zt::rules {

using process::Finding;
using process::Node;
using process::NodeKind;
using process::Words;

namespace {

constexpr std::array<std::string_view, 5> kChoices{"", "agree", "return", "sign", "reject"}; // by wire::Choice
constexpr std::array<std::pair<std::string_view, wire::StepKind>, 3> kServices{
    {{"number", wire::STEP_NUMBER}, {"dispatch", wire::STEP_DISPATCH}, {"receipt", wire::STEP_RECEIPT}}};

uint32_t number(std::string_view text)
{
    uint32_t n = 0;
    for (char c : text)
        if (c >= '0' && c <= '9' && n < 100'000) n = n * 10 + uint32_t(c - '0');
    return n;
}

//! Words parted by blanks; unknown ones are CHOICE_NONE.
std::vector<wire::Choice> choicesIn(std::string_view text)
{
    std::vector<wire::Choice> out;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (word.empty()) continue;
        const auto at = std::find(kChoices.begin(), kChoices.end(), word);
        out.push_back(at == kChoices.end() ? wire::CHOICE_NONE : wire::Choice(at - kChoices.begin()));
    }
    return out;
}

Step stepOf(const Node& n, const process::NodeMore& more)
{
    Step s;
    s.key = n.id;
    s.title = n.name;
    if (n.kind == NodeKind::ServiceTask) {
        const auto at = std::find_if(kServices.begin(), kServices.end(), [&](const auto& k) { return k.first == more.ownValue("does"); });
        if (at != kServices.end()) s.kind = at->second;
        return s;
    }
    s.who = more.assignee.text;
    s.scope = more.ownValue("scope");
    s.kind = s.who == "initiator" ? wire::STEP_DRAFT : wire::STEP_TASK;
    s.all = more.ownValue("all") == "true";
    s.strict = more.ownValue("strict") == "true";
    s.dueHours = number(more.ownValue("dueHours"));
    s.choices = choicesIn(more.ownValue("choices"));
    return s;
}

class Fitness {
public:
    explicit Fitness(const Process& p) : m_p(p), m_d(p.definition) {}
    std::vector<Finding> run();

private:
    //! About the process if `n` is null.
    void add(const char* code, const Node* n, const Words& what, const Words& todo) { m_out.push_back(process::finding(Finding::Severity::Error, code, m_d, n, what, todo)); }
    void node(uint32_t n);
    void task(const Node& n, const Step& s);
    void order();
    //! Nodes a token can come to from `from` without going beyond those that `stop`.
    [[nodiscard]] std::set<uint32_t> reach(const std::vector<uint32_t>& from, const std::function<bool(const Step&)>& stop) const;
    [[nodiscard]] std::vector<uint32_t> nodesOf(wire::StepKind kind) const;
    [[nodiscard]] std::vector<uint32_t> after(uint32_t n) const;

    const Process& m_p;
    const process::Definition& m_d;
    std::vector<Finding> m_out;
};

void Fitness::task(const Node& n, const Step& s)
{
    if (s.title.empty()) add("no-title", &n, {"没有名称", "has no name"}, {"请填写名称：办理人看到的就是它", "name it: people see the name"});
    if (n.kind == NodeKind::ServiceTask) {
        if (s.kind == wire::STEP_TASK)
            add("unknown-service", &n, {"没有写明做什么", "does not say what it does"},
                {"请将 does 设为 number（编号）、dispatch（分发）或 receipt（签收）", "let it do number, dispatch or receipt"});
        return;
    }
    const auto names = [&](std::string_view prefix) { return s.who.size() > prefix.size() && s.who.rfind(prefix, 0) == 0; };
    if (s.who != "heads" && s.who != "initiator" && !names("post:") && !names("person:"))
        add("unknown-who", &n, {"不清楚由谁办理", "it is not known who acts"},
            {"请将 assignee 设为 heads（负责人）、initiator（拟稿人）、post:<职务> 或 person:<工号>", "let the assignee be heads, initiator, post:<title> or person:<id>"});
    const Words choose{"请从 agree（同意）、return（退回）、sign（签发）、reject（不同意）中选择", "choose among agree, return, sign, reject"};
    if (std::count(s.choices.begin(), s.choices.end(), wire::CHOICE_NONE)) add("no-choices", &n, {"办理选项中有无效的选项", "offers a choice that is none"}, choose);
    else if (s.kind == wire::STEP_TASK && s.choices.empty()) add("no-choices", &n, {"没有办理选项", "offers no choices"}, choose);
    else if (s.kind == wire::STEP_DRAFT && !s.choices.empty())
        add("no-choices", &n, {"拟稿人以送审完成任务，不设办理选项", "the drafter hands in a version and has no choices"}, {"请将选项删除", "remove them"});
}

bool waits(const Step& s) { return s.kind == wire::STEP_TASK || s.kind == wire::STEP_DRAFT || s.kind == wire::STEP_RECEIPT; }

void Fitness::node(uint32_t index)
{
    const Node& n = m_d.nodes[index];
    switch (n.kind) {
    case NodeKind::UserTask:
    case NodeKind::ServiceTask:
        task(n, m_p.steps.at(index));
        if (m_d.moreOf(n).multi)
            add("not-ours", &n, {"这里不使用多实例", "several instances are not used here"}, {"请只用一个任务，以 all 让全体办理人会签", "let `all` ask for every voice of one task"});
        return;
    case NodeKind::StartEvent:
    case NodeKind::EndEvent:
        if (n.trigger != process::Trigger::None && n.trigger != process::Trigger::Terminate)
            add("not-ours", &n, {"事项中没有这样的事件", "a matter knows no event like this"}, {"请改用不带触发器的事件", "use a plain one"});
        return;
    case NodeKind::Exclusive:
    case NodeKind::Inclusive:
    case NodeKind::Parallel: return;
    case NodeKind::CatchEvent:
        if (n.trigger == process::Trigger::Timer) return;
        break;
    case NodeKind::BoundaryEvent:
        // What the hub does at once is over before a clock could run.
        if (const auto host = m_p.steps.find(n.attached); n.trigger == process::Trigger::Timer && host != m_p.steps.end() && waits(host->second)) return;
        break;
    default: break;
    }
    add("not-ours", &n, {"事项不支持执行这种元素", "a matter does not run this"},
        {"请使用用户任务、服务任务、网关、定时器、开始事件和结束事件；边界上的定时器只用于用户任务和签收",
         "use user tasks, service tasks, gateways, timers, a start and ends; timers at a border belong to user tasks and the receipts"});
}

std::vector<uint32_t> Fitness::nodesOf(wire::StepKind kind) const
{
    std::vector<uint32_t> out;
    for (const auto& [n, s] : m_p.steps)
        if (s.kind == kind) out.push_back(n);
    return out;
}

std::vector<uint32_t> Fitness::after(uint32_t n) const
{
    std::vector<uint32_t> out;
    for (uint32_t f : m_d.nodes[n].out) out.push_back(m_d.flows[f].to);
    return out;
}

std::set<uint32_t> Fitness::reach(const std::vector<uint32_t>& from, const std::function<bool(const Step&)>& stop) const
{
    std::set<uint32_t> seen;
    std::vector<uint32_t> todo = from;
    while (!todo.empty()) {
        const uint32_t n = todo.back();
        todo.pop_back();
        if (n == process::kNone || !seen.insert(n).second) continue;
        todo.insert(todo.end(), m_d.nodes[n].boundary.begin(), m_d.nodes[n].boundary.end()); // a clock leads on whatever the task asks for
        if (const auto s = m_p.steps.find(n); s != m_p.steps.end() && stop(s->second)) continue;
        for (uint32_t to : after(n)) todo.push_back(to);
    }
    return seen;
}

//! Draft, acts, number, dispatch, receipt: the last three in this order, and a number only behind a signature.
void Fitness::order()
{
    const auto& starts = m_d.scopes[0].starts;
    const auto first = starts.size() == 1 ? after(starts.front()) : std::vector<uint32_t>();
    const auto draft = first.size() == 1 ? m_p.steps.find(first.front()) : m_p.steps.end();
    if (draft == m_p.steps.end() || draft->second.kind != wire::STEP_DRAFT) {
        return add("no-draft", nullptr, {"开始事件没有通向拟稿人的任务", "the start does not lead to the initiator's task"},
                   {"请让唯一的开始事件直接通向 assignee 为 initiator 的用户任务", "let one start lead straight to a user task with the assignee initiator"});
    }
    const auto isSign = [](const Step& s) { return std::count(s.choices.begin(), s.choices.end(), wire::CHOICE_SIGN) > 0; };
    const auto is = [](wire::StepKind kind) { return [kind](const Step& s) { return s.kind == kind; }; };
    const auto leadsTo = [&](const std::vector<uint32_t>& from, const auto& stop, wire::StepKind kind, const char* code, const Words& what, const Words& todo) {
        const auto seen = reach(from, stop);
        for (uint32_t n : nodesOf(kind))
            if (seen.count(n)) add(code, &m_d.nodes[n], what, todo);
    };
    leadsTo(first, isSign, wire::STEP_NUMBER, "unsigned-number", {"公文可能未经签发就到这里", "a document can come here without a signature"},
            {"请在通向这里的每条路上都设可选 sign（签发）的任务", "put a task that offers sign on every way to it"});
    leadsTo(first, is(wire::STEP_NUMBER), wire::STEP_DISPATCH, "order", {"公文可能未经编号就到这里", "a document can come here without a number"},
        {"请将编号放在它之前", "put the number before it"});
    leadsTo(first, is(wire::STEP_DISPATCH), wire::STEP_RECEIPT, "order", {"公文可能未经分发就到这里", "a document can come here before it is dispatched"},
            {"请将分发放在它之前", "put the dispatch before it"});
    const auto never = [](const Step&) { return false; };
    for (uint32_t n : nodesOf(wire::STEP_NUMBER))
        for (auto kind : {wire::STEP_TASK, wire::STEP_DRAFT})
            leadsTo(after(n), never, kind, "order", {"位于编号之后，而此时公文不得再改", "comes after the number, when nothing may change"},
                {"请将它放在编号之前", "put it before the number"});
    for (auto kind : {wire::STEP_NUMBER, wire::STEP_DISPATCH, wire::STEP_RECEIPT})
        if (const auto all = nodesOf(kind); all.size() > 1)
            add("order", &m_d.nodes[all[1]], {"重复设置了同一项服务", "is there twice"}, {"请只由一个任务来做，让每条路都通向它", "let one task do it, and lead every way to that"});
}

std::vector<Finding> Fitness::run()
{
    m_out = process::check(m_d);
    if (!process::sound(m_out)) return std::move(m_out);
    for (uint32_t n = 0; n < m_d.nodes.size(); ++n) node(n);
    if (process::sound(m_out)) order();
    return std::move(m_out);
}

} // namespace

std::string_view choiceWord(wire::Choice choice) { return choice >= 0 && size_t(choice) < kChoices.size() ? kChoices[size_t(choice)] : std::string_view(); }

const Step* Process::step(std::string_view key) const
{
    const uint32_t n = definition.find(key);
    const auto at = steps.find(n);
    return at == steps.end() ? nullptr : &at->second;
}

Result<std::shared_ptr<const Process>> readProcess(const wire::Definition& definition)
{
    ZT_LET(file, process::Document::read(definition.bpmn()));
    ZT_LET(main, file.process(definition.id()));
    if (main.id.empty()) return fail(Err::Invalid, "the process has no id");
    if (!definition.id().empty() && main.id != definition.id()) return fail(Err::Invalid, "the process is not " + definition.id());
    auto p = std::make_shared<Process>();
    p->id = main.id;
    p->title = main.name.empty() ? main.id : main.name;
    p->hash = wire::definitionHash(definition);
    p->definition = std::move(main);
    p->definition.version = p->hash;
    for (uint32_t n = 0; n < p->definition.nodes.size(); ++n) {
        const Node& node = p->definition.nodes[n];
        if (node.kind == NodeKind::UserTask || node.kind == NodeKind::ServiceTask) p->steps.emplace(n, stepOf(node, p->definition.moreOf(node)));
    }
    return std::shared_ptr<const Process>(std::move(p));
}

Published::Published(wire::Definition definition) : m_definition(std::move(definition)), m_hash(wire::definitionHash(m_definition)) {}

const Process* Published::process() const
{
    if (const auto known = std::atomic_load(&m_process)) return known.get();
    const auto read = readProcess(m_definition);
    std::shared_ptr<const Process> first;
    if (!read || std::atomic_compare_exchange_strong(&m_process, &first, *read)) return read ? read->get() : nullptr;
    return first.get(); // another thread was quicker
}

std::vector<Finding> findings(const Process& process) { return Fitness(process).run(); }

} // namespace zt::rules
