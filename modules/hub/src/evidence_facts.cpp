#include "evidence_chain.h"

#include "zt/wire/sealing.h"

namespace zt::hub {

namespace {

using wire::Command;
using wire::Fact;

bool same(const google::protobuf::Message& a, const google::protobuf::Message& b)
{
    return a.GetTypeName() == b.GetTypeName() && a.SerializeAsString() == b.SerializeAsString();
}

//! The message of a oneof that is set; null if none is.
const google::protobuf::Message* chosen(const google::protobuf::Message& in, const char* oneof)
{
    const auto* field = in.GetReflection()->GetOneofFieldDescriptor(in, in.GetDescriptor()->FindOneofByName(oneof));
    return field ? &in.GetReflection()->GetMessage(in, field) : nullptr;
}

bool isBy(const wire::Actor& actor, const Command& c)
{
    return actor.person() == c.person() && actor.mandate() == (c.has_act() ? c.act().mandate() : std::string());
}

bool saysSubmitted(const Command& c, const wire::DocumentSubmitted& f)
{
    return c.has_submit() && isBy(f.by(), c) && same(f.document(), c.submit().document()) && f.hash() == wire::documentHash(f.document())
        && f.note() == c.submit().note();
}

bool saysOpinion(const Command& c, const wire::OpinionGiven& f)
{
    if (!isBy(f.by(), c)) return false;
    if (c.has_act()) return f.task() == c.act().task() && f.choice() == c.act().choice() && f.text() == c.act().opinion();
    return c.has_add_opinion() && f.text() == c.add_opinion().text() && f.about() == c.add_opinion().about() && f.choice() == wire::CHOICE_NONE;
}

bool saysSlot(const Command& c, const wire::SlotDone& f)
{
    if (!isBy(f.by(), c)) return false;
    if (c.has_submit()) return f.person() == c.person() && f.choice() == wire::CHOICE_AGREE;
    if (!c.has_act()) return false;
    const std::string& whose = f.by().principal().empty() ? c.person() : f.by().principal();
    return f.person() == whose && f.task() == c.act().task() && f.choice() == c.act().choice() && f.subject() == c.subject();
}

bool saysEnded(const Command& c, const wire::MatterEnded& f)
{
    if (!isBy(f.by(), c)) return false;
    if (c.has_withdraw()) return f.how() == wire::MatterEnded::WITHDRAWN && f.reason() == c.withdraw().reason();
    const bool rejects = c.has_act() && c.act().choice() == wire::CHOICE_REJECT;
    return (c.has_act() || c.has_submit()) && f.how() == (rejects ? wire::MatterEnded::REJECTED : wire::MatterEnded::COMPLETED);
}

//! Whether a fact is one this person's signature carries.
bool signedFor(const Command& c, const Fact& f)
{
    switch (f.kind_case()) {
    case Fact::kMatterStarted:
        return c.has_submit() && isBy(f.matter_started().initiator(), c) && f.matter_started().definition_hash() == c.submit().definition_hash();
    case Fact::kDocumentSubmitted: return saysSubmitted(c, f.document_submitted());
    case Fact::kSlotDone: return saysSlot(c, f.slot_done());
    case Fact::kOpinionGiven: return saysOpinion(c, f.opinion_given());
    case Fact::kSigned:
        return c.has_act() && c.act().choice() == wire::CHOICE_SIGN && isBy(f.signed_().by(), c) && f.signed_().document_hash() == c.subject();
    case Fact::kMatterEnded: return saysEnded(c, f.matter_ended());
    case Fact::kOpened: return (c.has_open() || c.has_sign_for()) && isBy(f.opened().by(), c);
    case Fact::kSignedFor: return c.has_sign_for() && isBy(f.signed_for().by(), c) && f.signed_for().note() == c.sign_for().note();
    // What follows at once from a person's act.
    case Fact::kAdvanced: return c.has_submit() || c.has_act() || c.has_withdraw();
    case Fact::kStepReached:
    case Fact::kTaskOpened:
    case Fact::kTaskClosed:
    case Fact::kNumberRequested:
    case Fact::kReaderAdded:
    case Fact::kReaderRemoved: return c.has_submit() || c.has_act();
    default: return false;
    }
}

//! The fact a person's command must have led to.
bool carries(const Command& c, const wire::Body& body)
{
    auto any = [&](Fact::KindCase kind) {
        for (const Fact& f : body.facts())
            if (f.kind_case() == kind) return true;
        return false;
    };
    switch (c.body_case()) {
    case Command::kSubmit: return any(Fact::kDocumentSubmitted);
    case Command::kAct:
    case Command::kAddOpinion: return any(Fact::kOpinionGiven);
    case Command::kWithdraw: return any(Fact::kMatterEnded);
    case Command::kOpen: return any(Fact::kOpened);
    case Command::kSignFor: return any(Fact::kSignedFor);
    default: return false;
    }
}

//! Whether a fact says that a person did something; what a clock opens, closes and ends is nobody's act.
bool isPersonal(const Command& c, const Fact& f)
{
    switch (f.kind_case()) {
    case Fact::kTaskOpened: return !c.has_fire_timer();
    case Fact::kTaskClosed: return !c.has_fire_timer() || f.task_closed().how() != wire::TaskClosed::LAPSED;
    case Fact::kMatterEnded: return !c.has_fire_timer() || f.matter_ended().how() != wire::MatterEnded::LAPSED || f.matter_ended().has_by();
    case Fact::kMatterStarted:
    case Fact::kDocumentSubmitted:
    case Fact::kSlotDone:
    case Fact::kOpinionGiven:
    case Fact::kSigned:
    case Fact::kOpened:
    case Fact::kSignedFor:
    case Fact::kMandateGiven: return true;
    default: return false;
    }
}

//! What the hub may say on its own word for a follow-up.
bool followsFrom(const Command& c, const Fact& f)
{
    switch (f.kind_case()) {
    case Fact::kNumberAssigned: {
        const auto& n = f.number_assigned();
        const auto& a = c.assign_number();
        return c.has_assign_number() && n.number() == a.number() && n.ordinal() == a.ordinal() && n.code() == a.code() && n.year() == a.year();
    }
    case Fact::kTimerFired: return c.has_fire_timer() && same(f.timer_fired(), c.fire_timer());
    case Fact::kClocksMoved: return c.has_move_clocks();
    case Fact::kTaskOpened:
    case Fact::kTaskClosed:
    case Fact::kMatterEnded:
    case Fact::kNumberRequested: return c.has_fire_timer();
    case Fact::kAdvanced: return c.has_assign_number() || c.has_record_receipt() || c.has_fire_timer() || c.has_move_clocks();
    case Fact::kStepReached:
    case Fact::kDispatched: return c.has_assign_number() || c.has_fire_timer();
    case Fact::kReceiptRecorded: {
        if (c.has_assign_number() || c.has_fire_timer()) return f.receipt_recorded().kind() == wire::RECEIPT_UNDELIVERABLE;
        const auto& a = f.receipt_recorded();
        const auto& b = c.record_receipt();
        return c.has_record_receipt() && a.unit() == b.unit() && a.kind() == b.kind() && a.note() == b.note() && a.at_ms() == b.at_ms()
            && a.stream() == b.stream() && same(a.by(), b.by());
    }
    case Fact::kDelivered: return c.has_deliver() && same(f.delivered().package(), c.deliver().package()) && f.delivered().unit() == c.deliver().unit();
    case Fact::kReaderAdded: return c.has_deliver() || c.has_admit_deputy() || c.has_fire_timer();
    case Fact::kReaderRemoved: return c.has_admit_deputy();
    case Fact::kNumberAllocated: {
        const auto& a = c.allocate_number();
        return c.has_allocate_number() && f.number_allocated().matter() == a.matter() && f.number_allocated().code() == a.code()
            && f.number_allocated().year() == a.year();
    }
    default: return false;
    }
}

} // namespace

Flaw checkFacts(const Command& c, const wire::Body& body)
{
    const bool byHub = c.person().empty();
    if (body.facts().empty()) return Flaw::Facts;
    if (c.stream() == "dir") {
        const auto* said = chosen(c, "body");
        const auto* kept = chosen(body.facts(0), "kind");
        if (byHub && isPersonal(c, body.facts(0))) return Flaw::NoPersonsKey;
        return body.facts_size() == 1 && said && kept && same(*said, *kept) ? Flaw::None : Flaw::Facts;
    }
    for (const Fact& f : body.facts()) {
        if (byHub && isPersonal(c, f)) return Flaw::NoPersonsKey;
        if (byHub ? !followsFrom(c, f) : !signedFor(c, f)) return Flaw::Facts;
    }
    return byHub || carries(c, body) ? Flaw::None : Flaw::Facts;
}

} // namespace zt::hub
