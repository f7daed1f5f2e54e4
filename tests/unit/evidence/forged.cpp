#include "export.h"

//! What a hub that holds its own key, or somebody who stole it, cannot do: speak for a person.

using namespace zt;
using namespace zt::test;

namespace {

void expectFlaw(Evidence& e, const std::string& stream, uint64_t version, hub::Flaw flaw)
{
    e.rechain(e.x, stream);
    const auto v = e.examine(e.x);
    named(v, stream, version, "forged");
    if (v.first) EXPECT_EQ(hub::words(v.first->flaw, hub::Language::English), hub::words(flaw, hub::Language::English));
}

wire::Body bodyOf(const wire::Event& event) { return *wire::openBody(event); }

wire::Command commandOf(const wire::Body& body) { return *wire::parseCommand(body.cause().command().bytes()); }

} // namespace

CASE("an act put in as a follow-up rests on no person's key")
{
    Evidence e;
    auto& event = e.at(e.x, "m/1", 2);
    auto body = bodyOf(event);
    wire::Command c;
    c.set_hub("hub-1");
    c.set_stream("m/1");
    c.mutable_assign_number()->set_number("x");
    const Bytes cause = wire::eventHash(e.at(e.x, "m/1", 1));
    c.set_id(wire::followUpId(cause, 0));
    body.mutable_cause()->mutable_follow_up()->set_event_hash(cause);
    body.mutable_cause()->mutable_follow_up()->set_command(c.SerializeAsString());
    e.setBody(event, body);
    expectFlaw(e, "m/1", 2, hub::Flaw::NoPersonsKey);
}

CASE("an act signed with another key")
{
    Evidence e;
    auto& event = e.at(e.x, "m/1", 2);
    auto body = bodyOf(event);
    *body.mutable_cause()->mutable_command() = wire::signCommand(commandOf(body), crypto::SigningKey::generate(e.random));
    e.setBody(event, body);
    expectFlaw(e, "m/1", 2, hub::Flaw::Signature);
}

CASE("an act without a signature or cause")
{
    for (const bool cause : {true, false}) {
        Evidence e;
        auto& event = e.at(e.x, "m/1", 2);
        auto body = bodyOf(event);
        if (cause) body.mutable_cause()->mutable_command()->clear_signature();
        else body.clear_cause();
        e.setBody(event, body);
        expectFlaw(e, "m/1", 2, cause ? hub::Flaw::Signature : hub::Flaw::NoCause);
    }
}

CASE("other words under a true signature")
{
    for (int which = 0; which < 3; ++which) {
        Evidence e;
        const uint64_t version = which == 2 ? 1 : 2;
        auto& event = e.at(e.x, "m/1", version);
        auto body = bodyOf(event);
        for (auto& f : *body.mutable_facts()) {
            if (which == 0 && f.has_opinion_given()) f.mutable_opinion_given()->set_text("不同意");
            if (which == 1 && f.has_slot_done()) f.mutable_slot_done()->mutable_by()->set_person("head2");
            if (which == 2 && f.has_document_submitted()) f.mutable_document_submitted()->mutable_document()->set_title("另一份文件");
        }
        e.setBody(event, body);
        expectFlaw(e, "m/1", version, hub::Flaw::Facts);
    }
}

CASE("an act that was signed, left without effect")
{
    Evidence e;
    auto& event = e.at(e.x, "m/1", 2);
    auto body = bodyOf(event);
    body.clear_facts();
    body.add_facts()->mutable_step_reached()->set_step("sign");
    e.setBody(event, body);
    expectFlaw(e, "m/1", 2, hub::Flaw::Facts);
}

CASE("another course than the definition's, with and without a person's signature")
{
    for (int which = 0; which < 6; ++which) {
        Evidence e;
        uint64_t version = 2;
        const auto numbered = [&](uint64_t v) {
            const auto body = bodyOf(e.at(e.x, "m/1", v));
            return std::any_of(body.facts().begin(), body.facts().end(), [](const auto& f) { return f.has_number_assigned(); });
        };
        while (which > 3 && !numbered(version)) ++version; // the hub's
        auto& event = e.at(e.x, "m/1", version);
        auto body = bodyOf(event);
        auto other = bodyOf(e.at(e.x, "m/1", 1));
        auto* facts = body.mutable_facts();
        for (int i = 0; i < facts->size(); ++i) {
            auto& f = *facts->Mutable(i);
            if (which == 0 && f.has_advanced()) f.mutable_advanced()->mutable_events()->pop_back();
            if (which == 1 && f.has_advanced())
                for (const auto& o : other.facts())
                    if (o.has_advanced()) *f.mutable_advanced() = o.advanced();
            if (which == 2 && f.has_task_opened()) f.mutable_task_opened()->set_item(1);
            if (which == 3 && f.has_step_reached()) f.mutable_step_reached()->set_step("dispatch");
            if (which == 5 && f.has_advanced()) *f.mutable_advanced()->mutable_events() += "x";
        }
        if (which == 4)
            for (int i = facts->size() - 1; i >= 0; --i)
                if (facts->Get(i).has_advanced()) facts->DeleteSubrange(i, 1);
        e.setBody(event, body);
        expectFlaw(e, "m/1", version, hub::Flaw::Facts);
    }
}

CASE("a clock that ran out rests on the hub's word, and only when its time had come, by the calendar that was published")
{
    struct Timed : Evidence {
        Timed()
        {
            auto d = definition();
            d.mutable_bpmn()->insert(d.bpmn().find("</process>"), clockAt("late", "review", "PT2H") + flow("late", "sign"));
            wire::Command publish, calendar;
            *publish.mutable_publish_definition()->mutable_definition() = d;
            EXPECT_EQ(rules("sys", publish), wire::APPLIED);
            auto c = draft("m/2");
            c.mutable_submit()->set_definition_hash(wire::definitionHash(d));
            EXPECT_EQ(does("drafter", pinned(c)), wire::APPLIED);
            settle();
            calendar.mutable_put_calendar()->set_text("outage 2026-10-26T00:00Z..2026-10-27T00:00Z\n");
            EXPECT_EQ(rules("sys", calendar), wire::APPLIED);
            settle();
            clock.t = log->timesUpTo(INT64_MAX, 10)->back().due;
            settle();
            EXPECT_EQ(does("director", pinned(act("m/2", "sign#1", wire::CHOICE_SIGN))), wire::APPLIED);
            settle();
            x = take("m/2");
        }
    };
    const auto versionOf = [](Timed& e, auto has) {
        for (const auto& event : e.x.events())
            if (event.stream() == "m/2" && has(bodyOf(event))) return event.version();
        return uint64_t(0);
    };
    const auto fired = [](const wire::Body& b) { return b.facts(0).has_timer_fired(); };
    const auto moved = [](const wire::Body& b) { return b.facts(0).has_clocks_moved(); };
    {
        Timed e;
        const auto v = e.examine(e.x);
        EXPECT(v.good && versionOf(e, moved) == 2 && versionOf(e, fired) == 3);
        if (v.first) std::cout << hub::words(v.first->flaw, hub::Language::English) << ' ' << v.first->stream << ' ' << v.first->version << '\n';
    }
    {
        Timed e; // too early
        auto& event = e.at(e.x, "m/2", versionOf(e, fired));
        event.set_time_ms(event.time_ms() - 1);
        expectFlaw(e, "m/2", event.version(), hub::Flaw::Facts);
    }
    {
        Timed e; // a person's task closed by a clock that closes nothing
        auto& event = e.at(e.x, "m/2", versionOf(e, moved));
        auto body = bodyOf(event);
        auto& closed = *body.add_facts()->mutable_task_closed();
        closed.set_task("review#1");
        closed.set_how(wire::TaskClosed::LAPSED);
        e.setBody(event, body);
        expectFlaw(e, "m/2", event.version(), hub::Flaw::NoPersonsKey);
    }
    {
        Timed e; // left open although its time is over
        auto& event = e.at(e.x, "m/2", versionOf(e, fired));
        auto body = bodyOf(event);
        wire::Body other;
        *other.mutable_cause() = body.cause();
        for (const auto& f : body.facts())
            if (!f.has_task_closed()) *other.add_facts() = f;
        e.setBody(event, other);
        expectFlaw(e, "m/2", event.version(), hub::Flaw::Facts);
    }
}

CASE("a matter whose definition is not in the evidence")
{
    Evidence e;
    for (auto& event : *e.x.mutable_directory())
        if (const auto body = wire::openBody(event); body && body->facts(0).has_definition_published()) {
            event.clear_body();
            event.clear_salt();
            event.set_erased_rule(hub::kWithheld);
        }
    expectFlaw(e, "m/1", 1, hub::Flaw::Facts);
}

CASE("the same signed act twice")
{
    Evidence e;
    wire::Event again = e.at(e.x, "m/1", 2);
    auto& last = e.at(e.x, "m/1", 3);
    last.set_body(again.body());
    last.set_salt(again.salt());
    expectFlaw(e, "m/1", 3, hub::Flaw::Replayed);
}

CASE("an act signed for another matter")
{
    Evidence e;
    const auto other = e.log->read("m/0", 2, 1);
    auto& event = e.at(e.x, "m/1", 2);
    event.set_body(other->front().body());
    event.set_salt(other->front().salt());
    expectFlaw(e, "m/1", 2, hub::Flaw::OtherCommand);
}

CASE("history rewritten before an act that pins it")
{
    Evidence e;
    // The drafter's own signature stays; the time of her event moves, and with it the hash the head signed on.
    e.at(e.x, "m/1", 1).set_time_ms(e.at(e.x, "m/1", 1).time_ms() + 1);
    expectFlaw(e, "m/1", 2, hub::Flaw::History);
}

CASE("a follow-up that does not follow")
{
    for (const bool id : {true, false}) {
        Evidence e;
        const std::string stream = e.x.streams(e.x.streams(1).rfind("in/", 0) == 0 ? 1 : 2);
        auto& event = e.at(e.x, stream, 1);
        auto body = bodyOf(event);
        auto& cause = *body.mutable_cause()->mutable_follow_up();
        auto command = *wire::parseCommand(cause.command());
        if (id) command.set_id(Bytes(16, 'z'));
        else command.mutable_deliver()->mutable_package()->mutable_document()->set_title("换了标题");
        for (auto& f : *body.mutable_facts())
            if (f.has_delivered()) *f.mutable_delivered()->mutable_package() = command.deliver().package();
        cause.set_command(command.SerializeAsString());
        e.setBody(event, body);
        expectFlaw(e, stream, 1, id ? hub::Flaw::FollowUpId : hub::Flaw::FollowUpOther);
    }
}

CASE("a device that was never enrolled, or revoked before")
{
    Evidence e;
    auto& event = e.at(e.x, "m/1", 2);
    auto body = bodyOf(event);
    auto command = commandOf(body);
    command.set_device(Bytes(16, 'n'));
    *body.mutable_cause()->mutable_command() = wire::signCommand(command, e.desks.at("head").key);
    e.setBody(event, body);
    expectFlaw(e, "m/1", 2, hub::Flaw::UnknownKey);

    Evidence r;
    const auto& stolen = r.desks.at("head");
    wire::Command revoke;
    revoke.mutable_revoke_device()->set_device(stolen.device);
    revoke.mutable_revoke_device()->set_lost(true);
    EXPECT_EQ(r.rules("sec", revoke), wire::APPLIED);
    r.clock.t += 5000;
    EXPECT_EQ(r.does("drafter", r.draft("m/2")), wire::APPLIED);
    r.settle();
    r.clock.t += 5000;
    // The hub takes the lost device's act all the same.
    r.x = r.take("m/2");
    auto forged = r.at(r.x, "m/2", 1);
    forged.set_version(2);
    forged.set_time_ms(r.clock.t);
    auto act = r.sign("head", r.act("m/2", "review#1", wire::CHOICE_AGREE));
    wire::Body said = bodyOf(r.take("m/1").events(1));
    *said.mutable_cause()->mutable_command() = act;
    r.setBody(forged, said);
    // Its enrolment belongs to the evidence once it acts there.
    const auto directory = r.take("m/1").directory();
    *r.x.mutable_directory() = directory;
    std::vector<wire::Event> events(r.x.events().begin(), r.x.events().end());
    r.x.clear_events();
    for (const auto& event : events) {
        *r.x.add_events() = event;
        if (event.stream() == "m/2" && event.version() == 1) *r.x.add_events() = forged;
    }
    expectFlaw(r, "m/2", 2, hub::Flaw::Revoked);
}

CASE("a revocation later on leaves what was signed before")
{
    Evidence e;
    e.clock.t += 5000;
    wire::Command revoke;
    revoke.mutable_revoke_device()->set_device(e.desks.at("head").device);
    revoke.mutable_revoke_device()->set_lost(true);
    EXPECT_EQ(e.rules("sec", revoke), wire::APPLIED);
    const auto v = e.examine(e.take());
    EXPECT(v.good);
    EXPECT(std::any_of(v.directory.begin(), v.directory.end(), [](const auto& d) { return d.act == "revoke_device"; }));
}

CASE("a record of the directory under the wrong administrator's signature")
{
    Evidence e;
    for (auto& event : *e.x.mutable_directory()) {
        if (event.erased_rule().size()) continue;
        auto body = bodyOf(event);
        if (!body.cause().has_command()) continue;
        *body.mutable_cause()->mutable_command() = wire::signCommand(commandOf(body), e.admins.at("sec"));
        e.setBody(event, body);
        const uint64_t version = event.version();
        const wire::Event* before = nullptr;
        for (auto& d : *e.x.mutable_directory()) {
            if (d.erased_rule().empty()) d.set_body_hash(wire::bodyHash(d.salt(), d.body()));
            d.set_prev(before ? wire::eventHash(*before) : Bytes());
            before = &d;
        }
        hub::sealExport(e.x, e.hubKey);
        const auto v = e.examine(e.x);
        named(v, "dir", version, "wrong administrator");
        return;
    }
    EXPECT(false);
}
