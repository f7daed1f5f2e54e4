#include "zt/document/document.h"
#include "zt/feel/feel.h"

#include <algorithm>

namespace zt::document {

using wire::Fact;

namespace {

//! What conditions may ask (zt/rules/process.h). It is in the matter's facts already, so the engine keeps no data of its own.
class Known final : public process::Rules {
public:
    const wire::Document* document = nullptr;
    wire::Choice choice = wire::CHOICE_NONE;
    bool returned = false;

    feel::Value evaluate(const process::Expr& expr, const feel::Scope&, Millis now, process::Ask ask) const override
    {
        using feel::Value;
        static constexpr std::string_view kUrgency[]{"none", "pressing", "urgent"};
        const auto word = [](const auto& words, int at) { return at >= 0 && size_t(at) < std::size(words) ? Value::string(words[at]) : Value(); };
        return process::Rules::evaluate(expr,
                                        feel::ContextScope(Value::context({{"choice", choice ? Value::string(std::string(rules::choiceWord(choice))) : Value()},
                                                                           {"returned", Value::boolean(returned)},
                                                                           {"kind", Value::string(document ? document->kind() : std::string())},
                                                                           {"urgency", word(kUrgency, document ? document->urgency() : 0)},
                                                                           {"code", Value::string(document ? document->code() : std::string())},
                                                                           {"recipients", Value::number(int64_t(document ? document->recipients_size() : 0))}})),
                                        now, ask);
    }
};

//! The open item of a kind of step; 0 if there is none.
process::Id openItem(const process::State& run, const rules::Process& process, wire::StepKind kind)
{
    for (const process::Item& i : run.items) {
        const auto step = process.steps.find(i.node);
        if (i.phase == process::Phase::Open && step != process.steps.end() && step->second.kind == kind) return i.id;
    }
    return 0;
}

//! True if every unit that the document went to has signed for it or never can.
bool allReceived(const Matter& m, std::span<const Fact> facts)
{
    std::set<std::string> open;
    for (const Delivery& d : m.deliveries)
        if (!d.signedFor && !d.undeliverable) open.insert(d.unit);
    for (const Fact& f : facts) {
        if (f.has_dispatched()) open.insert(f.dispatched().units().begin(), f.dispatched().units().end());
        if (!f.has_receipt_recorded()) continue;
        const auto kind = f.receipt_recorded().kind();
        if (kind == wire::RECEIPT_SIGNED || kind == wire::RECEIPT_UNDELIVERABLE) open.erase(f.receipt_recorded().unit());
    }
    return open.empty();
}

} // namespace

Result<std::vector<process::Event>> advance(const Matter& m, const rules::Process& process, process::State& run, std::span<const Fact> facts, size_t from,
                                            const Times& times)
{
    Known known;
    known.document = m.current() ? &m.current()->document : nullptr;
    known.returned = m.flow.returned;
    std::vector<process::Event> out;
    const auto act = [&](process::Command c) -> Result<void> {
        ZT_LET(events, process::advance(process.definition, run, c, {times.now, times.calendar, &known}));
        std::move(events.begin(), events.end(), std::back_inserter(out));
        return {};
    };
    const auto complete = [&](process::Id item) {
        process::Command c;
        c.kind = process::Command::Kind::Complete;
        c.item = item;
        return act(c);
    };
    for (size_t i = 0; i < facts.size(); ++i) {
        const Fact& f = facts[i];
        if (f.has_document_submitted()) {
            known.document = &f.document_submitted().document();
            known.returned = false;
        }
        if (f.has_slot_done()) known.choice = f.slot_done().choice();
        if (f.has_task_closed()) known.returned = known.returned || f.task_closed().how() == wire::TaskClosed::RETURNED;
        if (i < from) continue;
        switch (f.kind_case()) {
        case Fact::kMatterStarted: ZT_TRY(act({})); break;
        case Fact::kDocumentSubmitted: ZT_TRY(complete(openItem(run, process, wire::STEP_DRAFT))); break;
        case Fact::kTaskClosed:
            // One that a clock or an end of the process closed is the engine's doing.
            if (f.task_closed().how() == wire::TaskClosed::CANCELLED || f.task_closed().how() == wire::TaskClosed::LAPSED) break;
            if (const auto* task = m.flow.task(f.task_closed().task()); task && !task->draft()) ZT_TRY(complete(task->item));
            break;
        case Fact::kTimerFired: {
            process::Command c;
            c.kind = process::Command::Kind::Fire;
            c.item = f.timer_fired().item();
            c.node = f.timer_fired().node();
            ZT_TRY(act(c));
            break;
        }
        case Fact::kClocksMoved: {
            process::Command c;
            c.kind = process::Command::Kind::Retime;
            ZT_TRY(act(c));
            break;
        }
        case Fact::kMatterEnded:
            if (f.matter_ended().how() == wire::MatterEnded::WITHDRAWN) {
                process::Command c;
                c.kind = process::Command::Kind::Cancel;
                ZT_TRY(act(c));
            }
            break;
        case Fact::kNumberAssigned: ZT_TRY(complete(openItem(run, process, wire::STEP_NUMBER))); break;
        case Fact::kDispatched: ZT_TRY(complete(openItem(run, process, wire::STEP_DISPATCH))); break;
        default: break;
        }
    }
    if (const auto receipts = openItem(run, process, wire::STEP_RECEIPT); receipts && allReceived(m, facts)) ZT_TRY(complete(receipts));
    return out;
}

namespace {

//! Whether a task is one the definition asks for where the engine stands.
bool asksFor(const rules::Process& process, const process::State& run, const wire::TaskOpened& t)
{
    const auto* item = run.item(t.item());
    const auto step = item ? process.steps.find(item->node) : process.steps.end();
    if (step == process.steps.end() || item->phase != process::Phase::Open) return false;
    const rules::Step& s = step->second;
    return s.key == t.step() && s.title == t.title() && s.scope == t.scope() && s.all == t.all() && s.strict == t.strict() && s.dueHours == t.due_hours()
        && std::equal(s.choices.begin(), s.choices.end(), t.choices().begin(), t.choices().end());
}

bool isAt(const rules::Process& process, const process::State& run, const wire::StepReached& reached)
{
    const rules::Step* s = process.step(reached.step());
    const uint32_t node = process.definition.find(reached.step());
    return s && s->kind == reached.kind() && std::any_of(run.items.begin(), run.items.end(), [&](const auto& i) { return i.node == node; });
}

} // namespace

bool followsDefinition(const Matter& before, const rules::Process& process, const std::vector<Fact>& facts, Millis time,
                       const std::function<const process::Calendar*(const Bytes&)>& calendar)
{
    process::State run = before.flow.run;
    size_t from = 0;
    for (size_t i = 0; i < facts.size(); ++i) {
        const Fact& f = facts[i];
        if (f.has_advanced()) {
            const auto* setBy = calendar(f.advanced().calendar());
            const auto events = advance(before, process, run, std::span(facts).first(i), from, {time, setBy});
            if (!setBy || !events || process::save(*events) != f.advanced().events()) return false;
            from = i + 1;
        }
        if (f.has_task_opened() && !asksFor(process, run, f.task_opened())) return false;
        if (f.has_step_reached() && !isAt(process, run, f.step_reached())) return false;
    }
    const auto rest = advance(before, process, run, facts, from, {time, nullptr});
    if (!rest || !rest->empty()) return false;
    // A task is open as long as the engine's item is.
    return std::all_of(before.flow.tasks.begin(), before.flow.tasks.end(), [&](const approval::Task& t) {
        const bool closed = std::any_of(facts.begin(), facts.end(), [&](const Fact& f) { return f.has_matter_ended() || (f.has_task_closed() && f.task_closed().task() == t.id); });
        return !t.open() || closed != (run.item(t.item) != nullptr);
    });
}

std::vector<Wait> waits(const Matter& m, const rules::Process& process)
{
    std::vector<Wait> out;
    for (const process::Timer& t : m.flow.run.timers) {
        const auto* item = m.flow.run.item(t.item);
        if (item && item->node == t.node) out.push_back({process.definition.nodes[t.node].name, t.due});
    }
    return out;
}

} // namespace zt::document
