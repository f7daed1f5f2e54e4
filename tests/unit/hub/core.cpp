#include "log_contract.h"
#include "province.h"
#include "timed.h"

#include "zt/crypto/hash.h"

using namespace zt;
using namespace zt::test;

namespace {

wire::Refused::Why refusal(const hub::Core::Answer& a)
{
    EXPECT(a.refused && !a.receipt);
    return a.refused.value_or(wire::Refused::Why(99));
}

} // namespace

CASE("memory log keeps the contract")
{
    hub::MemoryLog log(Bytes(16, 'i'));
    logContract(log);
}

CASE("door: another's command is not taken, nor is its receipt told")
{
    Province p;
    auto door = p.door("drafter", p.draft("m/1"));
    const auto device = door.caller.device;
    door.caller = {"head", p.desks.at("head").device};
    EXPECT_EQ(refusal(p.submit(door)), wire::Refused::NOT_YOURS);
    door.caller = {"drafter", device};
    EXPECT(p.submit(door).receipt);
    door.caller = {"head", p.desks.at("head").device};
    EXPECT_EQ(refusal(p.submit(door)), wire::Refused::NOT_YOURS);
}

CASE("door: wrong signature, wrong hub, wrong suite, malformed, too large")
{
    Province p;
    auto door = p.door("drafter", p.draft("m/1"));
    auto bad = door;
    (*bad.command.mutable_signature())[3] ^= 1;
    EXPECT_EQ(refusal(p.submit(bad)), wire::Refused::SIGNATURE);
    bad = door;
    bad.command.set_suite(2);
    EXPECT_EQ(refusal(p.submit(bad)), wire::Refused::SIGNATURE);
    auto other = p.draft("m/1");
    other.set_hub("hub-2");
    EXPECT_EQ(refusal(p.submit(p.door("drafter", other))), wire::Refused::WRONG_HUB);
    bad = door;
    bad.command.set_bytes("\xff\xff\xff");
    EXPECT_EQ(refusal(p.submit(bad)), wire::Refused::MALFORMED);
    bad.command.set_bytes(Bytes(wire::kMaxCommandBytes + 1, 'x'));
    EXPECT_EQ(refusal(p.submit(bad)), wire::Refused::TOO_LARGE);
    auto form = p.draft("m/1");
    form.mutable_submit()->mutable_document()->set_title("a\nb");
    EXPECT_EQ(refusal(p.submit(p.door("drafter", form))), wire::Refused::MALFORMED);
    auto time = p.draft("m/1");
    time.set_hub_time_ms(p.clock.t + 1);
    time.set_hub_time_sig(Bytes(64, 'x'));
    EXPECT_EQ(refusal(p.submit(p.door("drafter", time))), wire::Refused::MALFORMED);
    EXPECT_EQ(p.log->head("m/1")->version, 0u);
}

CASE("door: the same bytes get the same receipt, other bytes under the id are refused")
{
    Province p;
    auto command = p.draft("m/1");
    command.set_id(Bytes(16, '7'));
    const auto door = p.door("drafter", command);
    const auto first = p.submit(door);
    REQUIRE(first.receipt);
    EXPECT_EQ(first.receipt->outcome(), wire::APPLIED);
    p.clock.t += 5000;
    const auto again = p.submit(door);
    REQUIRE(again.receipt);
    EXPECT(again.receipt->SerializeAsString() == first.receipt->SerializeAsString());
    p.restart();
    EXPECT(p.submit(door).receipt->SerializeAsString() == first.receipt->SerializeAsString());
    command.mutable_submit()->set_note("other");
    EXPECT_EQ(refusal(p.submit(p.door("drafter", command))), wire::Refused::OTHER_BYTES);
    EXPECT_EQ(p.log->head("m/1")->version, 1u);
    // twice in one group
    const auto twice = p.door("drafter", p.draft("m/2"));
    const auto answers = p.core->submit({twice, twice});
    REQUIRE(answers && answers->size() == 2);
    EXPECT((*answers)[0].receipt->SerializeAsString() == (*answers)[1].receipt->SerializeAsString());
    EXPECT_EQ(p.log->head("m/2")->version, 1u);
}

CASE("events are chained, carry the exact bytes, and time never goes back")
{
    Province p;
    const auto door = p.door("drafter", p.draft("m/1"));
    EXPECT(p.submit(door).receipt);
    const Millis before = p.clock.t;
    p.clock.t -= 60'000;
    EXPECT_EQ(p.does("head", p.act("m/1", "review#1", wire::CHOICE_AGREE)), wire::APPLIED);
    const auto events = *p.log->read("m/1", 1, 10);
    REQUIRE(events.size() == 2);
    EXPECT(wire::follows(events[0], nullptr) && wire::follows(events[1], &events[0]));
    EXPECT_EQ(events[1].time_ms(), before);
    const auto body = wire::openBody(events[0]);
    REQUIRE(body);
    EXPECT(body->cause().command().bytes() == door.command.bytes());
    EXPECT(body->cause().command().signature() == door.command.signature());
    EXPECT(events[0].salt() != events[1].salt());
}

CASE("the whole chain: review, sign, number, dispatch, deliver, receipts")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    p.settle();
    EXPECT((p.granted("head") == std::vector<std::string>{"m/1"}));
    EXPECT(p.granted("director").empty());
    EXPECT_EQ(p.does("head", p.act("m/1", "review#1", wire::CHOICE_AGREE)), wire::APPLIED);
    p.settle();
    p.restart(); // folds come back from the log
    EXPECT_EQ(p.does("director", p.act("m/1", "sign#1", wire::CHOICE_SIGN)), wire::APPLIED);
    p.settle();
    const auto in = p.granted("clerk");
    REQUIRE(in.size() == 1 && in[0].rfind("in/", 0) == 0);
    wire::Command sign;
    sign.set_stream(in[0]);
    sign.mutable_sign_for()->set_note("已收");
    EXPECT_EQ(p.does("clerk", sign), wire::APPLIED);
    p.settle();
    std::string number;
    std::string step;
    std::set<int> kinds;
    const auto events = *p.log->read("m/1", 1, 100);
    for (const auto& e : events) {
        const auto body = wire::openBody(e);
        REQUIRE(body);
        for (const auto& f : body->facts()) {
            if (f.has_number_assigned()) number = f.number_assigned().number();
            if (f.has_step_reached()) step = f.step_reached().step();
            if (f.has_receipt_recorded()) kinds.insert(f.receipt_recorded().kind());
        }
        if (body->cause().has_follow_up()) EXPECT_EQ(body->cause().follow_up().event_hash().size(), 32u);
    }
    EXPECT_EQ(number, std::string("示政办发〔2026〕1号"));
    EXPECT_EQ(step, std::string("receipt")); // the only unit has signed for it
    EXPECT((kinds == std::set<int>{wire::RECEIPT_RECEIVED, wire::RECEIPT_OPENED, wire::RECEIPT_SIGNED}));
}

CASE("follow-ups: done once, whether remembered or folded again after a crash")
{
    for (const bool crash : {false, true}) {
        Province p;
        for (int i = 0; i < 5; ++i) {
            const auto m = "m/" + std::to_string(i);
            EXPECT_EQ(p.does("drafter", p.draft(m)), wire::APPLIED);
            EXPECT_EQ(p.does("head", p.act(m, "review#1", wire::CHOICE_AGREE)), wire::APPLIED);
            EXPECT_EQ(p.does("director", p.act(m, "sign#1", wire::CHOICE_SIGN)), wire::APPLIED);
        }
        for (int i = 0; i < 1000; ++i) {
            if (crash) p.restart();
            const auto more = p.core->followUp(3);
            REQUIRE(more);
            if (!*more) break;
        }
        EXPECT_EQ(p.log->head("reg/示政办发/2026")->version, 5u);
        EXPECT_EQ(p.granted("clerk").size(), 5u);
        const auto last = *p.log->lastPosition();
        p.restart();
        p.settle();
        EXPECT_EQ(*p.log->lastPosition(), last);
    }
}

namespace {

wire::Command calendar(const std::string& text)
{
    wire::Command c;
    c.mutable_put_calendar()->set_text(text);
    return c;
}

} // namespace

CASE("the timetable: a clock fires once, at its time, also after a crash and a second hub; one that was stopped does nothing")
{
    constexpr Millis kHours = 3600'000;
    Province p;
    wire::Command publish;
    *publish.mutable_publish_definition()->mutable_definition() = timed();
    EXPECT_EQ(p.rules("sys", publish), wire::APPLIED);
    EXPECT(!p.core->nextTime());
    for (const std::string m : {"m/1", "m/2"}) EXPECT_EQ(p.does("drafter", timedDraft(p, m)), wire::APPLIED);
    p.settle();
    EXPECT_EQ(p.does("head", p.act("m/2", "review#1", wire::CHOICE_AGREE)), wire::APPLIED);
    p.settle();
    REQUIRE(p.core->nextTime());
    EXPECT_EQ(*p.core->nextTime(), p.clock.t + 2 * kHours);
    hub::Core second({"hub-1"}, *p.log, p.hubKey, p.clock, p.random, catalogue::all());
    EXPECT(second.load());
    p.restart();
    EXPECT(p.core->nextTime() == second.nextTime());
    p.clock.t += 2 * kHours - 1;
    p.settle();
    EXPECT((openTasks(p, "m/1") == std::set<std::string>{"review#1"}));
    p.clock.t += 1;
    p.settle();
    EXPECT((openTasks(p, "m/1") == std::set<std::string>{"sign#1"}) && (openTasks(p, "m/2") == std::set<std::string>{"sign#1"}));
    EXPECT(!p.core->nextTime());
    const auto last = *p.log->lastPosition();
    for (auto more = second.followUp(64); more && *more;) more = second.followUp(64); // it still believes that something is due
    EXPECT(second.catchUp());
    p.restart();
    p.settle();
    EXPECT_EQ(*p.log->lastPosition(), last);
    EXPECT((openTasks(p, "m/1") == std::set<std::string>{"sign#1"}) && p.log->timesUpTo(INT64_MAX, 10)->empty());
}

CASE("the timetable: nobody to take over: tried again until somebody holds the post, then done once")
{
    Province p;
    wire::Command publish;
    *publish.mutable_publish_definition()->mutable_definition() = timed();
    EXPECT_EQ(p.rules("sys", publish), wire::APPLIED);
    EXPECT_EQ(p.does("drafter", timedDraft(p, "m/1")), wire::APPLIED);
    p.settle();
    wire::Command end;
    end.mutable_end_post()->set_person("director");
    end.mutable_end_post()->set_unit("office");
    end.mutable_end_post()->set_title("主任");
    EXPECT_EQ(p.rules("sys", end), wire::APPLIED);
    p.clock.t += 7200'000;
    p.settle();
    EXPECT((openTasks(p, "m/1") == std::set<std::string>{"review#1"}));
    REQUIRE(p.core->nextTime() && *p.core->nextTime() > p.clock.t);
    p.clock.t = *p.core->nextTime();
    p.settle();
    EXPECT((openTasks(p, "m/1") == std::set<std::string>{"review#1"}));
    wire::Command post;
    post.mutable_put_post()->set_person("head2");
    post.mutable_put_post()->set_unit("office");
    post.mutable_put_post()->set_title("主任");
    EXPECT_EQ(p.rules("sys", post), wire::APPLIED);
    p.clock.t = *p.core->nextTime();
    p.settle();
    EXPECT((openTasks(p, "m/1") == std::set<std::string>{"sign#1"}) && !p.core->nextTime());
}

CASE("the timetable: an outage declared later moves every clock that runs, in one step, and verifies")
{
    constexpr Millis kHours = 3600'000;
    Province p;
    wire::Command publish;
    *publish.mutable_publish_definition()->mutable_definition() = timed();
    EXPECT_EQ(p.rules("sys", publish), wire::APPLIED);
    for (const std::string m : {"m/1", "m/2"}) EXPECT_EQ(p.does("drafter", timedDraft(p, m)), wire::APPLIED);
    p.settle();
    const Millis due = *p.core->nextTime();
    p.clock.t += kHours;
    const std::string outage = "outage " + process::instantText(p.clock.t - p.clock.t % 60'000) + ".." + process::instantText(p.clock.t - p.clock.t % 60'000 + 10 * kHours) + "\n";
    EXPECT_EQ(p.rules("sys", calendar(outage)), wire::APPLIED);
    p.settle();
    EXPECT_EQ(p.log->timesUpTo(INT64_MAX, 10)->size(), 4u);
    EXPECT(p.log->timesUpTo(INT64_MAX, 10)->back().due == due + 10 * kHours);
    p.clock.t = due;
    p.settle();
    EXPECT((openTasks(p, "m/1") == std::set<std::string>{"review#1"}) && *p.core->nextTime() == due + 10 * kHours);
    p.clock.t = due + 10 * kHours;
    p.settle();
    EXPECT((openTasks(p, "m/1") == std::set<std::string>{"sign#1"}) && (openTasks(p, "m/2") == std::set<std::string>{"sign#1"}));
}

namespace {

void mandate(Province& p, const std::string& id, const std::string& principal, Millis lasts)
{
    wire::Command c;
    c.set_stream("dir");
    auto& m = *c.mutable_give_mandate();
    m.set_id(id);
    m.set_principal(principal);
    m.set_deputy("clerk");
    m.set_from_ms(p.clock.t);
    m.set_to_ms(p.clock.t + lasts);
    EXPECT_EQ(p.does(principal, c), wire::APPLIED);
    p.settle();
}

wire::Command actUnder(Province& p, const std::string& id, const std::string& stream)
{
    auto act = p.act(stream, "review#1", wire::CHOICE_AGREE);
    act.mutable_act()->set_mandate(id);
    return act;
}

} // namespace

CASE("a mandate admits the deputy to every matter of the principal")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    EXPECT_EQ(p.does("drafter", p.draft("m/2")), wire::APPLIED);
    p.settle();
    mandate(p, "w1", "head", 1000'000);
    EXPECT_EQ(p.granted("clerk").size(), 2u);
    EXPECT_EQ(p.does("clerk", actUnder(p, "w1", "m/1")), wire::APPLIED);
}

CASE("a mandate's time is over: the deputy reads no more, but for what he had a part in and what another mandate still admits him to")
{
    Province p;
    for (const char* m : {"m/1", "m/2"}) EXPECT_EQ(p.does("drafter", p.draft(m)), wire::APPLIED);
    p.settle();
    mandate(p, "w1", "head", 1000'000);
    EXPECT_EQ(p.granted("clerk").size(), 2u);
    EXPECT_EQ(p.does("clerk", actUnder(p, "w1", "m/1")), wire::APPLIED);
    p.settle();
    mandate(p, "w2", "head2", 2000'000);
    p.restart(); // the timetable is in the log
    p.clock.t += 1000'001;
    p.settle();
    EXPECT_EQ(p.granted("clerk").size(), 2u);
    p.clock.t += 1000'000;
    p.settle();
    EXPECT(p.granted("clerk") == std::vector<std::string>{"m/1"});
    EXPECT(!*p.core->mayRead("clerk", "m/2") && *p.core->mayRead("clerk", "m/1"));
}

CASE("a mandate ended early: the same at once; what the deputy did while it ran is heard, what he did after is not")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    p.settle();
    mandate(p, "w1", "head", 9000'000);
    EXPECT(*p.core->mayRead("clerk", "m/1"));
    auto inTime = p.door("clerk", actUnder(p, "w1", "m/1")); // signed on a desk that is offline
    p.clock.t += 1000;
    wire::Command c;
    c.set_stream("dir");
    c.mutable_end_mandate()->set_id("w1");
    EXPECT_EQ(p.does("head", c), wire::APPLIED);
    p.settle();
    EXPECT(!*p.core->mayRead("clerk", "m/1") && p.granted("clerk").empty());
    p.clock.t += 1000;
    wire::Reason why{};
    EXPECT_EQ(p.does("clerk", actUnder(p, "w1", "m/1"), &why), wire::NOT_PERMITTED);
    EXPECT_EQ(why, wire::REASON_NOT_READER);
    const auto answer = p.submit(std::move(inTime));
    REQUIRE(answer.receipt);
    EXPECT_EQ(answer.receipt->outcome(), wire::APPLIED);
}

CASE("outcomes reach a receipt: superseded with name and time")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    EXPECT_EQ(p.does("head", p.act("m/1", "review#1", wire::CHOICE_AGREE)), wire::APPLIED);
    const auto a = p.submit(p.door("head2", p.act("m/1", "review#1", wire::CHOICE_RETURN)));
    REQUIRE(a.receipt);
    EXPECT(a.receipt->outcome() == wire::SUPERSEDED || a.receipt->outcome() == wire::APPLIED_LATE);
    EXPECT_EQ(a.receipt->by_name(), std::string("姓名head"));
    EXPECT(a.receipt->by_ms() > 0);
    EXPECT(a.receipt->incarnation() == p.log->incarnation());
}

CASE("outcomes reach a receipt: duplicate, not permitted, needs choice, not understood")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    EXPECT_EQ(p.does("head", p.act("m/1", "review#1", wire::CHOICE_AGREE)), wire::APPLIED);
    EXPECT_EQ(p.does("head", p.act("m/1", "review#1", wire::CHOICE_AGREE)), wire::DUPLICATE);
    wire::Reason why{};
    EXPECT_EQ(p.does("clerk", p.act("m/1", "sign#1", wire::CHOICE_SIGN), &why), wire::NOT_PERMITTED);
    EXPECT_EQ(why, wire::REASON_NOT_READER);
    auto old = p.act("m/1", "sign#1", wire::CHOICE_SIGN);
    old.set_subject(Bytes(32, 'o'));
    EXPECT_EQ(p.does("director", old), wire::NEEDS_CHOICE);
    auto level = p.draft("m/9");
    level.set_level(7);
    EXPECT_EQ(p.does("drafter", level, &why), wire::NOT_UNDERSTOOD);
    EXPECT_EQ(why, wire::REASON_LEVEL);
    EXPECT_EQ(p.does("drafter", p.draft("zz/1")), wire::NOT_UNDERSTOOD);
    wire::Command grant;
    grant.set_stream("acc/drafter");
    grant.mutable_grant()->set_stream("m/2");
    EXPECT_EQ(p.does("drafter", grant, &why), wire::NOT_PERMITTED);
    EXPECT(!*p.core->mayRead("drafter", "m/2"));
    // a refused command leaves no words behind
    EXPECT_EQ(p.log->head("m/9")->version, 0u);
}

CASE("after: an act is not applied when the one before it was not, nor when that one never came")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    auto first = p.act("m/1", "review#1", wire::CHOICE_AGREE);
    first.set_id(Bytes(16, 'a'));
    first.set_subject(Bytes(32, 'o'));
    auto second = p.act("m/1", "review#1", wire::CHOICE_AGREE);
    second.set_after(first.id());
    wire::Reason why{};
    EXPECT_EQ(p.does("head", second, &why), wire::NEEDS_CHOICE); // never came
    EXPECT_EQ(why, wire::REASON_EARLIER_NOT_APPLIED);
    const auto answers = p.core->submit({p.door("head", first), p.door("head", second)}); // in one group
    REQUIRE(answers && answers->size() == 2);
    EXPECT_EQ((*answers)[0].receipt->outcome(), wire::NEEDS_CHOICE);
    EXPECT_EQ((*answers)[1].receipt->outcome(), wire::NEEDS_CHOICE);
    EXPECT_EQ((*answers)[1].receipt->reason(), wire::REASON_EARLIER_NOT_APPLIED);
    auto good = p.act("m/1", "review#1", wire::CHOICE_AGREE);
    good.set_id(Bytes(16, 'g'));
    wire::Command opinion;
    opinion.set_stream("m/1");
    opinion.mutable_add_opinion()->set_text("补充");
    opinion.set_after(good.id());
    const auto both = p.core->submit({p.door("head", good), p.door("head", opinion)});
    REQUIRE(both && both->size() == 2);
    EXPECT_EQ((*both)[1].receipt->outcome(), wire::APPLIED);
}

CASE("revoked devices: lost counts from the interval's start, otherwise acts begun before still count")
{
    for (const bool lost : {false, true}) {
        Province p;
        EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
        const auto early = p.sign("head", p.act("m/1", "review#1", wire::CHOICE_AGREE));
        p.clock.t += 1000;
        wire::Command revoke;
        revoke.mutable_revoke_device()->set_device(p.desks.at("head").device);
        revoke.mutable_revoke_device()->set_lost(lost);
        EXPECT_EQ(p.rules("sec", revoke), wire::APPLIED);
        EXPECT_EQ(int(*p.core->refused({"head", p.desks.at("head").device})), int(wire::Closed::REVOKED));
        p.clock.t += 1000;
        wire::Reason why{};
        EXPECT_EQ(p.does("head", p.act("m/1", "review#1", wire::CHOICE_RETURN), &why), wire::NOT_PERMITTED);
        EXPECT_EQ(why, wire::REASON_DEVICE_REVOKED);
        // brought back by another desk
        const auto a = p.submit({{"drafter", p.desks.at("drafter").device}, early, true});
        REQUIRE(a.receipt);
        EXPECT_EQ(a.receipt->outcome(), lost ? wire::NOT_PERMITTED : wire::APPLIED);
    }
}

CASE("an administrator acts on the directory only, within his role; a person who bears his id does not")
{
    Province p;
    wire::Command unit;
    unit.mutable_put_unit()->set_id("x");
    unit.mutable_put_unit()->set_name("x");
    EXPECT_EQ(p.rules("sec", unit), wire::NOT_PERMITTED);
    const auto a = p.submit({{"sys", {}}, p.sign(p.draft("m/1"), "sys", {}, p.admins.at("sys")), false});
    REQUIRE(a.receipt);
    EXPECT_EQ(a.receipt->outcome(), wire::NOT_PERMITTED);
    p.putPerson("sys2", "office", "科员", false, false);
    wire::Command role;
    role.mutable_put_role()->set_admin("sys2");
    role.mutable_put_role()->set_role(wire::ROLE_SYSTEM);
    role.mutable_put_role()->set_sign_key(crypto::SigningKey::generate(p.random).publicKey());
    EXPECT_EQ(p.rules("sec", role), wire::APPLIED);
    unit.set_stream("dir");
    EXPECT_EQ(p.does("sys2", unit), wire::NOT_PERMITTED);
}

CASE("reading: the directory and the own access stream, else what was granted; nothing when suspended or unknown")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    p.settle();
    EXPECT(*p.core->mayRead("drafter", "m/1"));
    EXPECT(*p.core->mayRead("head2", "m/1"));
    EXPECT(!*p.core->mayRead("clerk", "m/1"));
    EXPECT(*p.core->mayRead("clerk", "dir"));
    EXPECT(*p.core->mayRead("clerk", "acc/clerk"));
    EXPECT(!*p.core->mayRead("clerk", "acc/drafter"));
    EXPECT(!*p.core->mayRead("clerk", "reg/示政办发/2026"));
    EXPECT(!*p.core->mayRead("nobody", "dir"));
    wire::Command c;
    c.mutable_suspend_person()->set_id("drafter");
    c.mutable_suspend_person()->set_suspended(true);
    EXPECT_EQ(p.rules("sec", c), wire::APPLIED);
    EXPECT(!*p.core->mayRead("drafter", "m/1"));
    EXPECT(!*p.core->mayRead("drafter", "dir"));
    EXPECT_EQ(int(*p.core->refused({"drafter", p.desks.at("drafter").device})), int(wire::Closed::SUSPENDED));
}

CASE("another process appends: conflicts are decided again, and its events are taken in")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    hub::Core other(hub::Core::Config{"hub-1"}, *p.log, p.hubKey, p.clock, p.random, catalogue::all());
    EXPECT(other.load());
    EXPECT_EQ(p.does("head", p.act("m/1", "review#1", wire::CHOICE_AGREE)), wire::APPLIED);
    // `other` has not seen it: it decides on what is true all the same
    const auto late = other.submit({p.door("head2", p.act("m/1", "review#1", wire::CHOICE_AGREE))});
    REQUIRE(late && (*late)[0].receipt);
    EXPECT((*late)[0].receipt->outcome() != wire::APPLIED);
    // a right that ended over there ends here
    wire::Command end;
    end.set_stream("dir");
    end.mutable_end_post()->set_person("director");
    end.mutable_end_post()->set_unit("office");
    end.mutable_end_post()->set_title("主任");
    const auto ended = other.submit({{{"sys", {}}, p.sign(end, "sys", {}, p.admins.at("sys")), false}});
    REQUIRE(ended && (*ended)[0].receipt);
    EXPECT_EQ((*ended)[0].receipt->outcome(), wire::APPLIED);
    EXPECT_EQ(p.does("drafter", p.draft("m/2")), wire::APPLIED);
    EXPECT(p.core->directory().postsTitled("主任", "office").empty());
    EXPECT_EQ(p.core->position(), *p.log->lastPosition());
    p.settle();
    EXPECT(other.catchUp());
    EXPECT_EQ(other.position(), *p.log->lastPosition());
    const auto rows = p.core->tail(0, 1000);
    REQUIRE(rows);
    for (size_t i = 0; i < rows->size(); ++i) EXPECT_EQ((*rows)[i]->position, i + 1);
}
