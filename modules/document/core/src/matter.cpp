#include "zt/base/bytes.h"
#include "zt/base/text.h"
#include "zt/crypto/hash.h"
#include "zt/document/document.h"
#include "zt/wire/sealing.h"

#include <algorithm>

namespace zt::document {

using rules::Decision;
using wire::Command;
using wire::Fact;

namespace {

Fact readerAdded(const std::string& person)
{
    Fact f;
    f.mutable_reader_added()->set_person(person);
    return f;
}

//! The issuing organ must be the drafter's unit or one above it.
bool mayIssue(const rules::Context& context, std::string unit, const std::string& issuer)
{
    for (int depth = 0; !unit.empty() && depth < 16; ++depth) {
        if (unit == issuer) return true;
        const auto u = context.unit(unit);
        unit = u ? u->parent : std::string();
    }
    return false;
}

//! Also one who could read at some point of the act, and whose right ended with a mandate.
bool isReader(const Matter& m, const std::string& person, const rules::Interval& act)
{
    const auto former = m.formerReaders.find(person);
    return m.readers.count(person) || (former != m.formerReaders.end() && act.from < former->second);
}

class MatterKind final : public rules::Kind {
public:
    std::unique_ptr<rules::State> empty(const std::string& stream) const override
    {
        auto s = std::make_unique<Matter>();
        s->stream = stream;
        return s;
    }
    Decision decide(const rules::State& state, const Command& c, const rules::Context& context, const rules::Moment& moment) const override
    {
        const auto& m = static_cast<const Matter&>(state);
        // The hub's own commands carry no person.
        if (c.person().empty()) return decideFollowUp(m, c, context, moment);
        if (m.version == 0) return c.has_submit() ? start(m, c, context, moment) : Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NOT_READER);
        if (!isReader(m, c.person(), moment.act)) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NOT_READER);
        switch (c.body_case()) {
        case Command::kSubmit: return resubmit(m, c, context, moment);
        case Command::kAct: return act(m, c, context, moment);
        case Command::kAddOpinion: return addOpinion(m, c, context, moment);
        case Command::kWithdraw: return withdraw(m, c, context, moment);
        default: return Decision::refuse(wire::NOT_UNDERSTOOD, wire::REASON_FORM);
        }
    }
    void evolve(rules::State& state, const Fact& f, const rules::Header& h) const override;
    std::vector<rules::FollowUp> react(const rules::State& state, const std::vector<Fact>& facts, const rules::Header& h) const override;
    bool eachReader(const rules::State& state, const std::function<void(const std::string&)>& each) const override
    {
        const auto& m = static_cast<const Matter&>(state);
        for (const auto& person : m.readers) each(person);
        for (const auto& [person, until] : m.formerReaders) each(person);
        return true;
    }
    std::optional<rules::Finished> finished(const rules::State& state) const override
    {
        const auto& m = static_cast<const Matter&>(state);
        // One that was sent ends without a word of its own, when its process has nothing more to wait for.
        if (!m.ended && (m.deliveries.empty() || m.flow.run.life == process::Life::Running)) return std::nullopt;
        return rules::Finished{m.ended ? m.ended : m.changed, m.current() ? m.current()->document.kind() : std::string()};
    }
    bool follows(const rules::State& before, const std::vector<Fact>& facts, Millis time, const rules::Archive& archive) const override
    {
        const auto& m = static_cast<const Matter&>(before);
        const auto started = std::find_if(facts.begin(), facts.end(), [](const Fact& f) { return f.has_matter_started(); });
        const auto* process = archive.process(started == facts.end() ? m.flow.run.version : started->matter_started().definition_hash());
        return process && followsDefinition(m, *process, facts, time, archive.calendar);
    }

private:
    static Decision start(const Matter&, const Command&, const rules::Context&, const rules::Moment&);
    static Decision resubmit(const Matter&, const Command&, const rules::Context&, const rules::Moment&);
    static Decision act(const Matter&, const Command&, const rules::Context&, const rules::Moment&);
    static Decision addOpinion(const Matter&, const Command&, const rules::Context&, const rules::Moment&);
    static Decision withdraw(const Matter&, const Command&, const rules::Context&, const rules::Moment&);
    static Decision fireTimer(const Matter&, const Command&, const rules::Context&, const rules::Moment&);
    static Decision decideFollowUp(const Matter&, const Command&, const rules::Context&, const rules::Moment&);
};

approval::Surroundings around(const Matter& m, const rules::Context& context, const rules::Moment& moment)
{
    approval::Surroundings s;
    s.initiator = m.initiator.person();
    s.initiatorUnit = m.initiator.unit();
    s.issuer = m.issuer;
    s.now = moment.act.to;
    s.process = context.processOf(m.flow.run.version);
    if (const Version* v = m.current()) {
        s.subject = v->hash;
        s.documentVersion = v->number;
    }
    return s;
}

std::vector<Fact> dispatched(const wire::Document& document, const rules::Context& context)
{
    Fact sent;
    auto& d = *sent.mutable_dispatched();
    std::vector<Fact> facts, lost;
    auto add = [&](const std::string& id, bool copy) {
        const auto unit = context.unit(id);
        d.add_units(id);
        d.add_unit_names(unit ? unit->name : id);
        if (copy) d.add_copies(id);
        if (canReceive(context, id)) return;
        Fact f;
        f.mutable_receipt_recorded()->set_unit(id);
        f.mutable_receipt_recorded()->set_kind(wire::RECEIPT_UNDELIVERABLE);
        lost.push_back(std::move(f));
    };
    std::set<std::string> seen;
    for (const auto& r : document.recipients())
        if (seen.insert(r).second) add(r, false);
    for (const auto& r : document.copies())
        if (seen.insert(r).second) add(r, true);
    facts.push_back(std::move(sent));
    facts.insert(facts.end(), lost.begin(), lost.end());
    return facts;
}

//! The facts of one command: what somebody did, what the engine does on it, and what that asks for in turn.
class Course {
public:
    Course(const Matter& m, approval::Surroundings around, const rules::Context& context, const rules::Moment& moment, std::vector<Fact> facts)
        : m_m(m), m_around(std::move(around)), m_context(context), m_now(moment.act.to), m_run(m.flow.run), m_facts(std::move(facts))
    {
    }
    Decision follow();

private:
    [[nodiscard]] const wire::Document* document() const;
    Decision reach(const rules::Step& step, process::Id item);
    void advanced(const std::vector<process::Event>& events);
    void closed(process::Id item);
    [[nodiscard]] bool byClock() const { return m_facts.front().has_timer_fired(); }
    void end();

    const Matter& m_m;
    approval::Surroundings m_around;
    const rules::Context& m_context;
    const Millis m_now;
    process::State m_run;
    std::vector<Fact> m_facts;
};

const wire::Document* Course::document() const
{
    for (const Fact& f : m_facts)
        if (f.has_document_submitted()) return &f.document_submitted().document();
    return m_m.current() ? &m_m.current()->document : nullptr;
}

//! The engine has opened an item: what this step asks for.
Decision Course::reach(const rules::Step& step, process::Id item)
{
    Fact reached;
    reached.mutable_step_reached()->set_step(step.key);
    reached.mutable_step_reached()->set_kind(step.kind);
    m_facts.push_back(std::move(reached));
    switch (step.kind) {
    case wire::STEP_NUMBER: {
        const bool isSigned = m_m.signedTime || std::any_of(m_facts.begin(), m_facts.end(), [](const Fact& f) { return f.has_signed_(); });
        if (!isSigned || !document()) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NO_DEFINITION);
        m_facts.emplace_back().mutable_number_requested()->set_code(document()->code());
        return Decision::apply({});
    }
    case wire::STEP_DISPATCH: return document() ? Decision::apply(dispatched(*document(), m_context)) : Decision::refuse(wire::NOT_PERMITTED, wire::REASON_FORM);
    case wire::STEP_RECEIPT: return Decision::apply({});
    default: return approval::openTask(m_m.flow, step, item, m_around, m_context);
    }
}

//! The engine has closed an item: a task that nobody has acted on closes with it.
void Course::closed(process::Id item)
{
    for (const auto& t : m_m.flow.tasks) {
        const bool known = std::any_of(m_facts.begin(), m_facts.end(), [&](const Fact& f) { return f.has_matter_ended() || (f.has_task_closed() && f.task_closed().task() == t.id); });
        if (!t.open() || t.item != item || known) continue;
        auto& c = *m_facts.emplace_back().mutable_task_closed();
        c.set_task(t.id);
        c.set_how(byClock() ? wire::TaskClosed::LAPSED : wire::TaskClosed::CANCELLED);
    }
}

void Course::advanced(const std::vector<process::Event>& events)
{
    auto& a = *m_facts.emplace_back().mutable_advanced();
    a.set_events(process::save(events));
    if (std::any_of(events.begin(), events.end(), [](const auto& e) { return e.kind == process::EventKind::Armed; })) a.set_calendar(m_context.calendarHash());
}

//! A person's act that brings the process to its end ends the matter, and so does a clock before the document went out.
void Course::end()
{
    if (m_run.life == process::Life::Running) return;
    if (byClock() && m_m.deliveries.empty() && std::none_of(m_facts.begin(), m_facts.end(), [](const Fact& f) { return f.has_dispatched(); }))
        m_facts.emplace_back().mutable_matter_ended()->set_how(wire::MatterEnded::LAPSED);
    const auto done = std::find_if(m_facts.begin(), m_facts.end(), [](const Fact& f) { return f.has_slot_done(); });
    if (done == m_facts.end()) return;
    Fact f;
    f.mutable_matter_ended()->set_how(done->slot_done().choice() == wire::CHOICE_REJECT ? wire::MatterEnded::REJECTED : wire::MatterEnded::COMPLETED);
    *f.mutable_matter_ended()->mutable_by() = done->slot_done().by();
    m_facts.push_back(std::move(f));
}

Decision Course::follow()
{
    if (!m_around.process) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NO_DEFINITION);
    for (size_t from = 0; from < m_facts.size();) {
        const auto events = advance(m_m, *m_around.process, m_run, m_facts, from, {m_now, &m_context.calendar()});
        if (!events && events.error().kind == Err::TooNew) return Decision::refuse(wire::NOT_UNDERSTOOD, wire::REASON_LEVEL);
        if (!events) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NO_DEFINITION);
        if (events->empty()) break;
        advanced(*events);
        from = m_facts.size();
        for (const auto& e : *events) {
            if (e.kind == process::EventKind::Closed) closed(e.item);
            const auto step = m_around.process->steps.find(e.node);
            if (e.kind != process::EventKind::Opened || step == m_around.process->steps.end() || !m_run.item(e.item)) continue;
            Decision more = reach(step->second, e.item);
            if (!more.applies()) return more;
            m_facts.insert(m_facts.end(), std::make_move_iterator(more.facts.begin()), std::make_move_iterator(more.facts.end()));
        }
    }
    end();
    return Decision::apply(std::move(m_facts));
}

wire::Reason reasonOf(Finding finding)
{
    switch (finding) {
    case Finding::NoRecipient: return wire::REASON_NO_RECIPIENT;
    case Finding::UnknownRecipient: return wire::REASON_UNIT_GONE;
    default: return wire::REASON_FORM;
    }
}

Fact submitted(const wire::Document& document, uint32_t number, const wire::Actor& by, const std::string& note, const rules::Context& context)
{
    Fact f;
    auto& s = *f.mutable_document_submitted();
    *s.mutable_document() = document;
    s.set_version(number);
    s.set_hash(wire::documentHash(document));
    *s.mutable_by() = by;
    s.set_note(note);
    auto name = [&](const std::string& id) { const auto u = context.unit(id); return u ? u->name : std::string(); };
    for (const auto& r : document.recipients()) s.add_recipient_names(name(r));
    for (const auto& r : document.copies()) s.add_copy_names(name(r));
    return f;
}

Decision MatterKind::start(const Matter& m, const Command& c, const rules::Context& context, const rules::Moment& moment)
{
    const auto who = rules::actorFor(context, moment.act, c.person(), {}, "draft");
    if (!who.actor) return Decision::refuse(wire::NOT_PERMITTED, who.refused);
    if (who.actor->unit().empty()) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NO_ACTOR);
    const rules::Process* process = context.process(c.submit().definition());
    if (!process) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NO_DEFINITION);
    if (process->hash != c.submit().definition_hash()) return Decision::refuse(wire::NEEDS_CHOICE, wire::REASON_DEFINITION_CHANGED);
    const wire::Document& document = c.submit().document();
    if (const auto findings = check(document, context); !findings.empty()) return Decision::refuse(wire::NOT_PERMITTED, reasonOf(findings.front()));
    if (!mayIssue(context, who.actor->unit(), document.issuer())) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_ROLE);

    const auto issuer = context.unit(document.issuer());
    Fact started;
    auto& s = *started.mutable_matter_started();
    s.set_definition(process->id);
    s.set_definition_hash(c.submit().definition_hash());
    *s.mutable_initiator() = *who.actor;
    s.set_issuer(document.issuer());
    s.set_issuer_name(issuer ? issuer->name : std::string());
    approval::Surroundings surroundings = around(m, context, moment);
    surroundings.initiator = c.person();
    surroundings.initiatorUnit = who.actor->unit();
    surroundings.issuer = document.issuer();
    surroundings.process = process;
    return Course(m, surroundings, context, moment, {started, readerAdded(c.person()), submitted(document, 1, *who.actor, c.submit().note(), context)}).follow();
}

Decision ended(const Matter& m)
{
    Decision d = Decision::refuse(wire::SUPERSEDED, wire::REASON_MATTER_ENDED);
    d.byName = m.endedBy.name();
    d.byPost = m.endedBy.post();
    d.byTime = m.ended;
    return d;
}

Decision MatterKind::resubmit(const Matter& m, const Command& c, const rules::Context& context, const rules::Moment& moment)
{
    const auto who = rules::actorFor(context, moment.act, c.person(), {}, "draft");
    if (!who.actor) return Decision::refuse(wire::NOT_PERMITTED, who.refused);
    if (c.person() != m.initiator.person()) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NOT_DRAFTER);
    if (m.ended) return ended(m);
    const Bytes hash = wire::documentHash(c.submit().document());
    const auto open = std::find_if(m.flow.tasks.begin(), m.flow.tasks.end(), [](const auto& t) { return t.open() && t.draft(); });
    if (open == m.flow.tasks.end()) {
        if (m.current() && m.current()->hash == hash) return Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE);
        return Decision::refuse(wire::NEEDS_CHOICE, wire::REASON_TASK_CLOSED);
    }
    if (const auto findings = check(c.submit().document(), context); !findings.empty())
        return Decision::refuse(wire::NOT_PERMITTED, reasonOf(findings.front()));
    if (c.submit().document().issuer() != m.issuer) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_FORM);

    std::vector<Fact> facts;
    Fact done;
    auto& s = *done.mutable_slot_done();
    s.set_task(open->id);
    s.set_person(c.person());
    s.set_choice(wire::CHOICE_AGREE);
    *s.mutable_by() = *who.actor;
    s.set_subject(hash);
    facts.push_back(std::move(done));
    Fact closed;
    closed.mutable_task_closed()->set_task(open->id);
    closed.mutable_task_closed()->set_how(wire::TaskClosed::DONE);
    facts.push_back(std::move(closed));
    facts.push_back(submitted(c.submit().document(), m.current()->number + 1, *who.actor, c.submit().note(), context));
    return Course(m, around(m, context, moment), context, moment, std::move(facts)).follow();
}

Decision MatterKind::act(const Matter& m, const Command& c, const rules::Context& context, const rules::Moment& moment)
{
    if (m.ended && !m.flow.task(c.act().task())) return ended(m);
    const auto surroundings = around(m, context, moment);
    Decision d = approval::act(m.flow, c, surroundings, context, moment);
    if (d.outcome == wire::SUPERSEDED && d.byName.empty() && m.ended) return ended(m);
    return d.outcome == wire::APPLIED ? Course(m, surroundings, context, moment, std::move(d.facts)).follow() : d;
}

Decision MatterKind::addOpinion(const Matter& m, const Command& c, const rules::Context& context, const rules::Moment& moment)
{
    const auto who = rules::actorFor(context, moment.act, c.person(), {}, "read");
    if (!who.actor) return Decision::refuse(wire::NOT_PERMITTED, who.refused);
    Fact f;
    auto& o = *f.mutable_opinion_given();
    *o.mutable_by() = *who.actor;
    o.set_text(c.add_opinion().text());
    o.set_about(c.add_opinion().about());
    o.set_late(!c.add_opinion().about().empty());
    o.set_document_version(m.current() ? m.current()->number : 0);
    return Decision::apply({f});
}

Decision MatterKind::withdraw(const Matter& m, const Command& c, const rules::Context& context, const rules::Moment& moment)
{
    const auto who = rules::actorFor(context, moment.act, c.person(), {}, "draft");
    if (!who.actor) return Decision::refuse(wire::NOT_PERMITTED, who.refused);
    if (c.person() != m.initiator.person()) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NOT_DRAFTER);
    if (m.ended) return m.stage == Stage::Withdrawn ? Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE) : ended(m);
    if (m.signedTime) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_TOO_LATE_TO_WITHDRAW);
    Fact f;
    auto& e = *f.mutable_matter_ended();
    e.set_how(wire::MatterEnded::WITHDRAWN);
    *e.mutable_by() = *who.actor;
    e.set_reason(c.withdraw().reason());
    return Course(m, around(m, context, moment), context, moment, {f}).follow();
}

Fact numberAssigned(const wire::AssignNumber& given)
{
    Fact f;
    auto& n = *f.mutable_number_assigned();
    n.set_number(given.number());
    n.set_ordinal(given.ordinal());
    n.set_code(given.code());
    n.set_year(given.year());
    return f;
}

Decision MatterKind::fireTimer(const Matter& m, const Command& c, const rules::Context& context, const rules::Moment& moment)
{
    const auto& timers = m.flow.run.timers;
    const auto timer = std::find_if(timers.begin(), timers.end(), [&](const auto& t) { return t.item == c.fire_timer().item() && t.node == c.fire_timer().node(); });
    // It was stopped, or set to a later time of which the hub knows as well.
    if (timer == timers.end() || timer->due > moment.act.to) return Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE);
    Fact f;
    *f.mutable_timer_fired() = c.fire_timer();
    return Course(m, around(m, context, moment), context, moment, {f}).follow();
}

Decision MatterKind::decideFollowUp(const Matter& m, const Command& c, const rules::Context& context, const rules::Moment& moment)
{
    switch (c.body_case()) {
    case Command::kAssignNumber:
        if (!m.number.empty()) return Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE);
        if (!m.signedTime) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_FORM);
        return Course(m, around(m, context, moment), context, moment, {numberAssigned(c.assign_number())}).follow();
    case Command::kRecordReceipt: {
        const auto& r = c.record_receipt();
        if (std::none_of(m.deliveries.begin(), m.deliveries.end(), [&](const Delivery& d) { return d.unit == r.unit(); }))
            return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_UNIT_GONE);
        Fact f;
        auto& out = *f.mutable_receipt_recorded();
        out.set_unit(r.unit());
        out.set_kind(r.kind());
        *out.mutable_by() = r.by();
        out.set_note(r.note());
        out.set_at_ms(r.at_ms());
        out.set_stream(r.stream());
        return Course(m, around(m, context, moment), context, moment, {f}).follow();
    }
    case Command::kFireTimer: return fireTimer(m, c, context, moment);
    case Command::kMoveClocks: {
        Fact f;
        f.mutable_clocks_moved();
        Decision d = Course(m, around(m, context, moment), context, moment, {f}).follow();
        return d.facts.size() > 1 ? d : Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE);
    }
    case Command::kAdmitDeputy: return approval::admitDeputy(m.flow, c.admit_deputy().mandate(), m.initiator.person(), m.readers, context, moment);
    default: return Decision::refuse(wire::NOT_UNDERSTOOD, wire::REASON_FORM);
    }
}

void recordReceipt(Matter& m, const wire::ReceiptRecorded& r, Millis time)
{
    const Millis at = r.at_ms() ? r.at_ms() : time;
    for (Delivery& d : m.deliveries) {
        if (d.unit != r.unit()) continue;
        if (!r.stream().empty()) d.stream = r.stream();
        switch (r.kind()) {
        case wire::RECEIPT_RECEIVED: d.received = at; break;
        case wire::RECEIPT_OPENED:
            d.opened = at;
            d.openedBy = r.by();
            break;
        case wire::RECEIPT_SIGNED:
            d.signedFor = at;
            d.signedBy = r.by();
            d.note = r.note();
            break;
        case wire::RECEIPT_UNDELIVERABLE: d.undeliverable = at; break;
        default: break;
        }
    }
}

void MatterKind::evolve(rules::State& state, const Fact& f, const rules::Header& h) const
{
    auto& m = static_cast<Matter&>(state);
    m.changed = h.time;
    approval::evolve(m.flow, f, h);
    switch (f.kind_case()) {
    case Fact::kMatterStarted:
        m.initiator = f.matter_started().initiator();
        m.issuer = f.matter_started().issuer();
        m.issuerName = f.matter_started().issuer_name();
        m.started = h.time;
        break;
    case Fact::kDocumentSubmitted: {
        const auto& s = f.document_submitted();
        m.stage = Stage::InReview; // until a step says otherwise
        m.versions.push_back({s.document(), s.version(), s.hash(), s.by(), s.note(), {s.recipient_names().begin(), s.recipient_names().end()},
                              {s.copy_names().begin(), s.copy_names().end()}, h.time});
        m.signer.Clear(); // who signed, signed what stood there before
        m.signedTime = 0;
        break;
    }
    case Fact::kStepReached:
        switch (f.step_reached().kind()) {
        case wire::STEP_DRAFT: m.stage = Stage::Drafting; break;
        case wire::STEP_NUMBER: m.stage = Stage::Numbering; break;
        case wire::STEP_DISPATCH:
        case wire::STEP_RECEIPT: m.stage = Stage::Dispatched; break;
        default: m.stage = Stage::InReview;
        }
        break;
    case Fact::kSigned:
        m.signer = f.signed_().by();
        m.signedTime = h.time;
        break;
    case Fact::kNumberAssigned: m.number = f.number_assigned().number(); break;
    case Fact::kDispatched: {
        const auto& d = f.dispatched();
        const std::set<std::string> copies(d.copies().begin(), d.copies().end());
        for (int i = 0; i < d.units_size(); ++i) {
            Delivery delivery;
            delivery.unit = d.units(i);
            delivery.unitName = i < d.unit_names_size() ? d.unit_names(i) : d.units(i); // the hub's word: it may be short of names
            delivery.copy = copies.count(d.units(i)) > 0;
            delivery.sent = h.time;
            m.deliveries.push_back(std::move(delivery));
        }
        m.stage = Stage::Dispatched;
        break;
    }
    case Fact::kReceiptRecorded: recordReceipt(m, f.receipt_recorded(), h.time); break;
    case Fact::kReaderAdded:
        m.readers.insert(f.reader_added().person());
        m.formerReaders.erase(f.reader_added().person());
        break;
    case Fact::kReaderRemoved:
        m.readers.erase(f.reader_removed().person());
        m.formerReaders[f.reader_removed().person()] = h.time;
        break;
    case Fact::kMatterEnded:
        m.ended = h.time;
        m.endReason = f.matter_ended().reason();
        m.endedBy = f.matter_ended().by();
        m.stage = f.matter_ended().how() == wire::MatterEnded::WITHDRAWN ? Stage::Withdrawn
            : f.matter_ended().how() == wire::MatterEnded::REJECTED ? Stage::Rejected
            : f.matter_ended().how() == wire::MatterEnded::LAPSED ? Stage::Lapsed : m.stage;
        break;
    default: break;
    }
}

//! The stream is named by matter and unit, so that after a restore, when the act is decided again, what a unit did finds its stream.
rules::FollowUp deliver(const Matter& m, const Delivery& d)
{
    const Version& v = *m.current();
    rules::FollowUp out;
    out.stream = "in/" + hex(wire::followUpId(crypto::hash("zt-incoming-1", {m.stream, d.unit}), 0));
    auto& body = *out.body.mutable_deliver();
    body.set_unit(d.unit);
    auto& p = *body.mutable_package();
    *p.mutable_document() = v.document;
    p.set_number(m.number);
    p.set_issuer_name(m.issuerName);
    p.set_signer_name(m.signer.name());
    p.set_signed_ms(m.signedTime);
    p.set_sender_stream(m.stream);
    p.set_document_hash(v.hash);
    for (const auto& n : v.recipientNames) p.add_recipient_names(n);
    for (const auto& n : v.copyNames) p.add_copy_names(n);
    return out;
}

//! Clocks that these events set and that still run after the whole event.
void remind(const Matter& m, const wire::Advanced& advanced, std::vector<rules::FollowUp>& out)
{
    if (m.flow.run.timers.empty()) return;
    const auto events = process::loadEvents(advanced.events());
    if (!events) return; // the state is frozen then
    for (const auto& e : *events) {
        const auto runs = [&](const auto& t) { return t.item == e.item && t.node == e.node && t.due == e.due; };
        if (e.kind != process::EventKind::Armed || std::none_of(m.flow.run.timers.begin(), m.flow.run.timers.end(), runs)) continue;
        rules::FollowUp next;
        next.stream = m.stream;
        next.notBefore = e.due;
        next.body.mutable_fire_timer()->set_item(e.item);
        next.body.mutable_fire_timer()->set_node(e.node);
        out.push_back(std::move(next));
    }
}

std::vector<rules::FollowUp> MatterKind::react(const rules::State& state, const std::vector<Fact>& facts, const rules::Header& h) const
{
    const auto& m = static_cast<const Matter&>(state);
    std::vector<rules::FollowUp> out;
    for (const Fact& f : facts) {
        rules::FollowUp next;
        switch (f.kind_case()) {
        case Fact::kNumberRequested: {
            const std::string& code = f.number_requested().code();
            next.stream = registerStream(code, chinaYear(h.time));
            auto& a = *next.body.mutable_allocate_number();
            a.set_matter(m.stream);
            a.set_code(code);
            a.set_year(chinaYear(h.time));
            break;
        }
        case Fact::kReaderAdded:
            next.stream = "acc/" + f.reader_added().person();
            next.body.mutable_grant()->set_stream(m.stream);
            next.body.mutable_grant()->set_kind("matter");
            break;
        case Fact::kAdvanced: remind(m, f.advanced(), out); continue;
        case Fact::kReaderRemoved:
            next.stream = "acc/" + f.reader_removed().person();
            next.body.mutable_revoke()->set_stream(m.stream);
            next.body.mutable_revoke()->set_reason(f.reader_removed().reason());
            break;
        case Fact::kDispatched:
            for (uint32_t i = 0; m.current() && i < m.deliveries.size(); ++i)
                if (!m.deliveries[i].undeliverable) out.push_back(deliver(m, m.deliveries[i]));
            continue;
        default: continue;
        }
        out.push_back(std::move(next));
    }
    return out;
}

} // namespace

std::string nextTitle(const Matter& m, const rules::Process& process)
{
    const auto titleOf = [&](uint32_t node) {
        const auto step = process.steps.find(node);
        return step == process.steps.end() ? std::string() : step->second.title;
    };
    for (const process::Item& i : m.flow.run.items) {
        const auto step = process.steps.find(i.node);
        if (step == process.steps.end() || i.phase != process::Phase::Open) continue;
        if (step->second.kind == wire::STEP_RECEIPT) return step->second.title; // all that is waited for
        std::vector<Fact> facts(2);
        facts[0].mutable_slot_done()->set_choice(step->second.choices.empty() ? wire::CHOICE_NONE : step->second.choices.front());
        switch (step->second.kind) {
        case wire::STEP_DRAFT:
            if (!m.current()) return {};
            *facts[1].mutable_document_submitted()->mutable_document() = m.current()->document;
            break;
        case wire::STEP_NUMBER: facts[1].mutable_number_assigned(); break;
        default:
            for (const auto& t : m.flow.tasks)
                if (t.item == i.id && t.open()) facts[1].mutable_task_closed()->set_task(t.id);
        }
        process::State after = m.flow.run;
        const auto events = advance(m, process, after, facts, 0, {});
        if (!events) return {};
        for (const auto& e : *events)
            if (e.kind == process::EventKind::Opened && !titleOf(e.node).empty()) return titleOf(e.node);
        return {};
    }
    return {};
}

const rules::Kind& matterKind()
{
    static const MatterKind kind;
    return kind;
}

} // namespace zt::document
