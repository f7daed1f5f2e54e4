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

namespace {

constexpr std::array<std::pair<std::string_view, wire::Choice>, 4> kChoices{
    {{"agree", wire::CHOICE_AGREE}, {"return", wire::CHOICE_RETURN}, {"sign", wire::CHOICE_SIGN}, {"reject", wire::CHOICE_REJECT}}};
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
        const auto at = std::find_if(kChoices.begin(), kChoices.end(), [&](const auto& c) { return c.first == word; });
        out.push_back(at == kChoices.end() ? wire::CHOICE_NONE : at->second);
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
    void add(const char* code, const Node& n, std::string what, std::string todo)
    {
        m_out.push_back({Finding::Severity::Error, code, n.id, n.name, std::string(process::name(n.kind)) + " " + n.id + (n.name.empty() ? "" : " (" + n.name + ")") + ": " + std::move(what), std::move(todo)});
    }
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
    if (s.title.empty()) add("no-title", n, "has no name", "name it: people see the name");
    if (n.kind == NodeKind::ServiceTask) {
        if (s.kind == wire::STEP_TASK) add("unknown-service", n, "does not say what it does", "let it do number, dispatch or receipt");
        return;
    }
    const auto names = [&](std::string_view prefix) { return s.who.size() > prefix.size() && s.who.rfind(prefix, 0) == 0; };
    if (s.who != "heads" && s.who != "initiator" && !names("post:") && !names("person:")) add("unknown-who", n, "it is not known who acts", "let the assignee be heads, initiator, post:<title> or person:<id>");
    if (std::count(s.choices.begin(), s.choices.end(), wire::CHOICE_NONE)) add("no-choices", n, "offers a choice that is none", "choose among agree, return, sign, reject");
    else if (s.kind == wire::STEP_TASK && s.choices.empty()) add("no-choices", n, "offers no choices", "choose among agree, return, sign, reject");
    else if (s.kind == wire::STEP_DRAFT && !s.choices.empty()) add("no-choices", n, "the drafter hands in a version and has no choices", "remove them");
}

void Fitness::node(uint32_t index)
{
    const Node& n = m_d.nodes[index];
    switch (n.kind) {
    case NodeKind::UserTask:
    case NodeKind::ServiceTask:
        task(n, m_p.steps.at(index));
        if (m_d.moreOf(n).multi) add("not-ours", n, "several instances are not used here", "let `all` ask for every voice of one task");
        return;
    case NodeKind::StartEvent:
    case NodeKind::EndEvent:
        if (n.trigger != process::Trigger::None && n.trigger != process::Trigger::Terminate) add("not-ours", n, "a matter knows no event like this", "use a plain one");
        return;
    case NodeKind::Exclusive:
    case NodeKind::Inclusive:
    case NodeKind::Parallel: return;
    default: add("not-ours", n, "a matter does not run this", "use user tasks, service tasks, gateways, a start and ends");
    }
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
        m_out.push_back({Finding::Severity::Error, "no-draft", m_d.id, m_d.name, "process " + m_d.id + ": the start does not lead to the initiator's task", "let one start lead straight to a user task with the assignee initiator"});
        return;
    }
    const auto isSign = [](const Step& s) { return std::count(s.choices.begin(), s.choices.end(), wire::CHOICE_SIGN) > 0; };
    const auto is = [](wire::StepKind kind) { return [kind](const Step& s) { return s.kind == kind; }; };
    const auto leadsTo = [&](const std::vector<uint32_t>& from, const auto& stop, wire::StepKind kind, const char* code, const char* what, const char* todo) {
        const auto seen = reach(from, stop);
        for (uint32_t n : nodesOf(kind))
            if (seen.count(n)) add(code, m_d.nodes[n], what, todo);
    };
    leadsTo(first, isSign, wire::STEP_NUMBER, "unsigned-number", "a document can come here without a signature", "put a task that offers sign on every way to it");
    leadsTo(first, is(wire::STEP_NUMBER), wire::STEP_DISPATCH, "order", "a document can come here without a number", "put the number before it");
    leadsTo(first, is(wire::STEP_DISPATCH), wire::STEP_RECEIPT, "order", "a document can come here before it is dispatched", "put the dispatch before it");
    const auto never = [](const Step&) { return false; };
    for (uint32_t n : nodesOf(wire::STEP_NUMBER)) {
        leadsTo(after(n), never, wire::STEP_TASK, "order", "comes after the number, when nothing may change", "put it before the number");
        leadsTo(after(n), never, wire::STEP_DRAFT, "order", "comes after the number, when nothing may change", "put it before the number");
    }
    for (auto kind : {wire::STEP_NUMBER, wire::STEP_DISPATCH, wire::STEP_RECEIPT})
        if (const auto all = nodesOf(kind); all.size() > 1) add("order", m_d.nodes[all[1]], "is there twice", "let one task do it, and lead every way to that");
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
    std::call_once(m_once, [this] {
        if (auto read = readProcess(m_definition)) m_process = std::move(*read);
    });
    return m_process.get();
}

std::vector<Finding> findings(const Process& process) { return Fitness(process).run(); }

} // namespace zt::rules
