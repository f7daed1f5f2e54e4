#include "zt/approval/flow.h"

#include <algorithm>
#include <set>

namespace zt::approval {

using rules::ActorAnswer;
using rules::Decision;
using wire::Fact;

Millis Task::due(const process::Calendar& calendar) const
{
    return dueHours ? calendar.addWork(opened, Millis(dueHours) * 3600'000).value_or(0) : 0;
}

const Occasion& Opinion::on() const
{
    static const Occasion none;
    return occasion ? *occasion : none;
}

const Slot* Task::slotOf(const std::string& person) const
{
    const auto it = std::find_if(slots.begin(), slots.end(), [&](const Slot& s) { return s.person == person; });
    return it == slots.end() ? nullptr : &*it;
}

const Task* Flow::task(const std::string& id) const
{
    const auto it = std::find_if(tasks.begin(), tasks.end(), [&](const Task& t) { return t.id == id; });
    return it == tasks.end() ? nullptr : &*it;
}

const Task* Flow::openTask() const
{
    const auto it = std::find_if(tasks.rbegin(), tasks.rend(), [](const Task& t) { return t.open(); });
    return it == tasks.rend() ? nullptr : &*it;
}

Millis Flow::due(const Task& task, const process::Calendar& calendar) const
{
    Millis out = task.due(calendar);
    if (!task.dueHours && task.item)
        for (const process::Timer& t : run.timers)
            if (t.item == task.item && (!out || t.due < out)) out = t.due;
    return out;
}

namespace {

std::vector<rules::Post> holders(const rules::Step& step, const Surroundings& around, const rules::Context& context)
{
    const std::string& who = step.who;
    auto usable = [&](const rules::Post& p) {
        const auto person = context.person(p.person);
        return person && !person->suspended && p.person != around.initiator;
    };
    std::vector<rules::Post> out;
    auto take = [&](const std::vector<rules::Post>& from, auto test) {
        for (const auto& p : from)
            if (test(p) && usable(p) && std::none_of(out.begin(), out.end(), [&](const auto& o) { return o.person == p.person; })) out.push_back(p);
    };
    if (who == "heads") {
        // Upwards until somebody is found; at most as many levels as units can nest.
        std::string unit = around.initiatorUnit;
        for (int depth = 0; out.empty() && !unit.empty() && depth < 16; ++depth) {
            take(context.postsIn(unit), [](const auto& p) { return p.head; });
            const auto u = context.unit(unit);
            unit = u ? u->parent : std::string();
        }
    } else if (who.rfind("post:", 0) == 0) {
        take(context.postsTitled(who.substr(5), around.issuer), [](const auto&) { return true; });
    } else if (who.rfind("person:", 0) == 0) {
        const auto posts = context.postsOf(who.substr(7));
        if (!posts.empty()) take({posts.front()}, [](const auto&) { return true; });
    } else if (who == "initiator") {
        const auto posts = context.postsOf(around.initiator);
        // What he began comes back to him, whatever post he holds now.
        out.push_back(posts.empty() ? rules::Post{around.initiator, around.initiatorUnit, {}, false, false, 0} : posts.front());
    }
    return out;
}

std::string nextTaskId(const Flow& flow, const std::string& step)
{
    const auto visits = std::count_if(flow.tasks.begin(), flow.tasks.end(), [&](const Task& t) { return t.step == step; });
    return step + "#" + std::to_string(visits + 1);
}

Fact readerAdded(const std::string& person)
{
    Fact f;
    f.mutable_reader_added()->set_person(person);
    return f;
}

bool covers(const rules::Mandate& m, const std::string& scope)
{
    return m.scopes.empty() || std::find(m.scopes.begin(), m.scopes.end(), scope) != m.scopes.end();
}

} // namespace

Decision openTask(const Flow& flow, const rules::Step& step, process::Id item, const Surroundings& around, const rules::Context& context)
{
    const auto posts = holders(step, around, context);
    if (posts.empty()) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NO_ACTOR);
    Fact opened;
    auto& t = *opened.mutable_task_opened();
    t.set_task(nextTaskId(flow, step.key));
    t.set_step(step.key);
    t.set_title(step.title);
    t.set_all(step.all);
    for (auto choice : step.choices) t.add_choices(choice);
    t.set_due_hours(step.dueHours);
    t.set_strict(step.strict);
    t.set_scope(step.scope);
    t.set_item(item);
    std::vector<Fact> facts;
    std::set<std::string> readers;
    for (const auto& p : posts) {
        const auto person = context.person(p.person);
        const auto unit = context.unit(p.unit);
        auto& s = *t.add_slots();
        s.set_person(p.person);
        s.set_name(person ? person->name : std::string());
        s.set_unit(p.unit);
        s.set_unit_name(unit ? unit->name : std::string());
        s.set_post(p.title);
        readers.insert(p.person);
        for (const auto& m : context.mandatesFor(p.person))
            if (m.to >= around.now && covers(m, step.scope)) readers.insert(m.deputy);
    }
    facts.push_back(std::move(opened));
    for (const auto& r : readers) facts.push_back(readerAdded(r));
    return Decision::apply(std::move(facts));
}

namespace {

Decision superseded(const Slot& by, wire::Reason reason)
{
    Decision d = Decision::refuse(wire::SUPERSEDED, reason);
    d.byName = by.by.name();
    d.byPost = by.by.post();
    d.byTime = by.time;
    return d;
}

//! Whose act closed the task; nobody's if the matter ended around it.
const Slot* closer(const Task& task)
{
    const bool byAct = task.how == wire::TaskClosed::DONE || task.how == wire::TaskClosed::RETURNED;
    return task.open() || !byAct ? nullptr : task.slotOf(task.lastDone);
}

//! The same act once more, perhaps from another device.
bool sameAct(const Flow& flow, const Task& task, const ActorAnswer& who, const wire::Command& c)
{
    return std::any_of(flow.opinions.begin(), flow.opinions.end(), [&](const Opinion& o) {
        return o.on().task == task.id && o.by.person() == c.person() && o.by.principal() == who.actor->principal() && o.choice == c.act().choice()
            && o.text == c.act().opinion();
    });
}

//! Whether the slot's post is still its person's, or was at some point of the act. A step that names a person asks for no post.
bool holdsPost(const rules::Step* step, const Slot& slot, const rules::Context& context, const rules::Interval& act, bool& unproven)
{
    if (step && step->who.rfind("person:", 0) == 0) return true;
    const auto posts = context.postsTitled(slot.post, slot.unit);
    if (std::any_of(posts.begin(), posts.end(), [&](const auto& p) { return p.person == slot.person; })) return true;
    const auto ended = context.postEnded(slot.person, slot.unit, slot.post);
    if (!ended || act.from >= *ended) return false;
    unproven = true;
    return true;
}

Fact opinionFact(const Task& task, const wire::Command& c, const rules::ActorAnswer& who, uint32_t documentVersion, bool late)
{
    Fact f;
    auto& o = *f.mutable_opinion_given();
    o.set_task(task.id);
    o.set_step_title(task.title);
    *o.mutable_by() = *who.actor;
    o.set_choice(c.act().choice());
    o.set_text(c.act().opinion());
    o.set_late(late);
    o.set_time_unproven(who.unproven);
    o.set_document_version(documentVersion);
    return f;
}

Decision actOnClosed(const Flow& flow, const Task& task, const Slot& slot, const wire::Command& c, const rules::ActorAnswer& who,
                     uint32_t documentVersion, const rules::Interval& act)
{
    if (sameAct(flow, task, who, c)) return Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE);
    if (slot.state == SlotState::Done || slot.state == SlotState::Returned) return superseded(slot, wire::REASON_TASK_CLOSED);
    if (task.how == wire::TaskClosed::LAPSED) {
        Decision d = Decision::refuse(wire::SUPERSEDED, wire::REASON_LAPSED);
        d.byTime = task.closed;
        // Written in time, as far as anybody can tell, and late only by the way it took: the matter has gone on, the words are kept.
        if (act.from > task.closed || c.act().opinion().empty()) return d;
        d.outcome = wire::APPLIED_LATE;
        d.facts.push_back(opinionFact(task, c, who, documentVersion, true));
        return d;
    }
    const Slot* by = closer(task);
    // In a countersign every voice was asked for: one that comes after the close is kept as an opinion.
    if (task.all && !c.act().opinion().empty() && by) {
        Decision d = superseded(*by, wire::REASON_TASK_CLOSED);
        d.outcome = wire::APPLIED_LATE;
        d.facts.push_back(opinionFact(task, c, who, documentVersion, true));
        return d;
    }
    return by ? superseded(*by, wire::REASON_TASK_CLOSED) : Decision::refuse(wire::SUPERSEDED, wire::REASON_MATTER_ENDED);
}

Fact taskClosed(const Task& task, wire::TaskClosed::How how)
{
    Fact f;
    f.mutable_task_closed()->set_task(task.id);
    f.mutable_task_closed()->set_how(how);
    return f;
}

//! What an accepted choice does to its task. A return or a rejection closes it for all.
void follow(Decision& d, const Task& task, const Slot& slot, const wire::Command& c, const rules::ActorAnswer& who, const Surroundings& around)
{
    const auto choice = c.act().choice();
    const bool ends = choice == wire::CHOICE_RETURN || choice == wire::CHOICE_REJECT;
    const bool last = !task.all || std::none_of(task.slots.begin(), task.slots.end(), [&](const Slot& s) { return &s != &slot && s.state == SlotState::Open; });
    if (!ends && !last) return;
    d.facts.push_back(taskClosed(task, choice == wire::CHOICE_RETURN ? wire::TaskClosed::RETURNED : wire::TaskClosed::DONE));
    if (choice != wire::CHOICE_SIGN) return;
    Fact f;
    *f.mutable_signed_()->mutable_by() = *who.actor;
    f.mutable_signed_()->set_document_hash(around.subject);
    d.facts.push_back(std::move(f));
}

} // namespace

Decision act(const Flow& flow, const wire::Command& c, const Surroundings& around, const rules::Context& context, const rules::Moment& moment)
{
    const Task* task = flow.task(c.act().task());
    if (!task || task->draft())
        return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NOT_YOUR_TASK);
    auto who = rules::actorFor(context, moment.act, c.person(), c.act().mandate(), task->scope);
    if (!who.actor) return Decision::refuse(wire::NOT_PERMITTED, who.refused);
    const Slot* slot = task->slotOf(who.rightsOf);
    if (!slot) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NOT_YOUR_TASK);
    if (c.person() == around.initiator) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_OWN_ITEM);
    if (std::find(task->choices.begin(), task->choices.end(), c.act().choice()) == task->choices.end())
        return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_FORM);
    if (!task->open() || slot->state != SlotState::Open) return actOnClosed(flow, *task, *slot, c, who, around.documentVersion, moment.act);
    if (!around.process) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NO_DEFINITION);
    if (!holdsPost(around.process->step(task->step), *slot, context, moment.act, who.unproven)) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_ROLE);
    if (const Millis due = task->strict ? task->due(context.calendar()) : 0; due && moment.act.from > due) return Decision::refuse(wire::EXPIRED, wire::REASON_DUE_PASSED);
    if (c.subject() != around.subject) return Decision::refuse(wire::NEEDS_CHOICE, wire::REASON_DOCUMENT_CHANGED);

    Decision d = Decision::apply({});
    Fact done;
    auto& s = *done.mutable_slot_done();
    s.set_task(task->id);
    s.set_person(slot->person);
    s.set_choice(c.act().choice());
    *s.mutable_by() = *who.actor;
    s.set_subject(c.subject());
    s.set_time_unproven(who.unproven);
    d.facts.push_back(std::move(done));
    d.facts.push_back(opinionFact(*task, c, who, around.documentVersion, false));
    follow(d, *task, *slot, c, who, around);
    return d;
}

namespace {

//! Whether a person reads the matter for a reason of his own: he has or had a task in it, acted or spoke.
bool hasPart(const Flow& flow, const std::string& person)
{
    for (const Task& t : flow.tasks)
        for (const Slot& s : t.slots)
            if (s.person == person || s.by.person() == person) return true;
    return std::any_of(flow.opinions.begin(), flow.opinions.end(), [&](const Opinion& o) { return o.by.person() == person; });
}

//! Whether some mandate that runs lets the deputy read: that of anybody who has or had a task in its scope.
bool isAdmitted(const Flow& flow, const std::string& deputy, const rules::Context& context, Millis from)
{
    for (const Task& t : flow.tasks)
        for (const Slot& s : t.slots)
            for (const auto& m : context.mandatesFor(s.person))
                if (m.deputy == deputy && m.to >= from && covers(m, t.scope)) return true;
    return false;
}

} // namespace

Decision admitDeputy(const Flow& flow, const std::string& mandate, const std::string& initiator, const std::set<std::string>& readers,
                     const rules::Context& context, const rules::Moment& moment)
{
    const auto refused = Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE);
    const auto m = context.mandate(mandate);
    if (!m) return refused;
    const bool reads = readers.count(m->deputy) > 0;
    if (!m->ended && m->to >= moment.act.from) {
        const bool waits = std::any_of(flow.tasks.begin(), flow.tasks.end(), [&](const Task& t) {
            const Slot* slot = t.slotOf(m->principal);
            return t.open() && covers(*m, t.scope) && slot && slot->state == SlotState::Open;
        });
        return waits && !reads ? Decision::apply({readerAdded(m->deputy)}) : refused;
    }
    if (!reads || m->deputy == initiator || hasPart(flow, m->deputy) || isAdmitted(flow, m->deputy, context, moment.act.from)) return refused;
    Fact f;
    f.mutable_reader_removed()->set_person(m->deputy);
    f.mutable_reader_removed()->set_reason("mandate");
    return Decision::apply({f});
}

namespace {

void closeTask(Task& t, wire::TaskClosed::How how, Millis time)
{
    t.closed = time;
    t.how = how;
    for (Slot& s : t.slots)
        if (s.state == SlotState::Open) s.state = SlotState::Cancelled;
}

bool same(const wire::Actor& a, const wire::Actor& b)
{
    return a.person() == b.person() && a.name() == b.name() && a.unit() == b.unit() && a.unit_name() == b.unit_name() && a.post() == b.post() && a.principal() == b.principal()
           && a.principal_name() == b.principal_name() && a.mandate() == b.mandate();
}

//! As the flow has him already, where it does.
Who whoIn(const Flow& flow, const wire::Actor& actor)
{
    for (auto o = flow.opinions.rbegin(); o != flow.opinions.rend(); ++o)
        if (same(o->by, actor)) return o->by;
    for (auto t = flow.tasks.rbegin(); t != flow.tasks.rend(); ++t)
        for (const Slot& s : t->slots)
            if (same(s.by, actor)) return s.by;
    return actor;
}

void evolveSlot(Flow& flow, const wire::SlotDone& f, Millis time)
{
    const Who by = whoIn(flow, f.by());
    for (Task& t : flow.tasks) {
        if (t.id != f.task()) continue;
        t.lastDone = f.person();
        for (Slot& s : t.slots) {
            if (s.person != f.person()) continue;
            s.state = f.choice() == wire::CHOICE_RETURN ? SlotState::Returned : SlotState::Done;
            s.choice = f.choice();
            s.by = by;
            s.time = time;
            s.unproven = f.time_unproven();
        }
    }
}

} // namespace

bool evolve(Flow& flow, const Fact& fact, const rules::Header& h)
{
    switch (fact.kind_case()) {
    case Fact::kStepReached: flow.step = fact.step_reached().step(); return true;
    case Fact::kTaskOpened: {
        const auto& f = fact.task_opened();
        Task t;
        t.id = f.task();
        t.step = f.step();
        t.title = f.title();
        t.scope = f.scope();
        t.item = f.item();
        t.all = f.all();
        for (int c : f.choices()) t.choices.push_back(wire::Choice(c));
        t.dueHours = f.due_hours();
        t.strict = f.strict();
        t.opened = h.time;
        for (const auto& s : f.slots()) t.slots.push_back({s.person(), s.name(), s.unit(), s.unit_name(), s.post(), SlotState::Open, wire::CHOICE_NONE, {}, 0, false});
        flow.tasks.push_back(std::move(t));
        return true;
    }
    case Fact::kSlotDone: evolveSlot(flow, fact.slot_done(), h.time); return true;
    case Fact::kAdvanced:
        process::evolve(flow.run, BytesView(fact.advanced().events()));
        return true;
    case Fact::kDocumentSubmitted: flow.returned = false; return false;
    case Fact::kTaskClosed:
        flow.returned = flow.returned || fact.task_closed().how() == wire::TaskClosed::RETURNED;
        for (Task& t : flow.tasks)
            if (t.id == fact.task_closed().task()) closeTask(t, fact.task_closed().how(), h.time);
        return true;
    case Fact::kOpinionGiven: {
        const auto& f = fact.opinion_given();
        auto& all = flow.opinions;
        if (all.size() == all.capacity()) all.reserve(all.size() + all.size() / 4 + 1); // doubled, a third of it would be empty
        Occasion on{f.task(), f.step_title(), f.about(), f.document_version()};
        const auto known = std::find_if(all.rbegin(), all.rend(), [&](const Opinion& o) { return o.on() == on; });
        auto shared = known == all.rend() ? std::make_shared<const Occasion>(std::move(on)) : known->occasion;
        all.push_back({std::move(shared), f.text(), whoIn(flow, f.by()), f.choice(), f.late(), f.time_unproven(), h.time});
        return true;
    }
    case Fact::kMatterEnded:
        for (Task& t : flow.tasks)
            if (t.open()) closeTask(t, wire::TaskClosed::CANCELLED, h.time);
        return false;
    default: return false;
    }
}

} // namespace zt::approval
