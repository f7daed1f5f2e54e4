#include "zt/crypto/selftest.h"
#include "zt/test/province.h"
#include "zt/test/test.h"

#include <random>
#include <sstream>

using namespace zt;
using test::Province;
using wire::Command;

namespace {

using Fill = void (*)(Command&);

struct Row {
    const char* what;
    Fill fill;
    bool system, security; //!< which role may
};

Command with(const std::string& person, Fill fill)
{
    Command c = Province::by(person);
    fill(c);
    return c;
}

void device(Command& c)
{
    auto& e = *c.mutable_enrol_device();
    e.set_device(Bytes(16, 'd'));
    e.set_person("lin");
    e.set_sign_key(Bytes(32, 's'));
    e.set_box_key(Bytes(32, 'b'));
}

const Row kRows[] = {
    {"PutUnit", [](Command& c) { c.mutable_put_unit()->set_id("x"); c.mutable_put_unit()->set_name("新处"); }, true, false},
    {"RetireUnit", [](Command& c) { c.mutable_retire_unit()->set_id("gen"); }, true, false},
    {"PutPerson", [](Command& c) { c.mutable_put_person()->set_id("x"); c.mutable_put_person()->set_name("新人"); }, true, false},
    {"PutPost", [](Command& c) { auto& p = *c.mutable_put_post(); p.set_person("nobody"); p.set_unit("gen"); p.set_title("科员"); }, true, false},
    {"EndPost", [](Command& c) { auto& p = *c.mutable_end_post(); p.set_person("lin"); p.set_unit("doc"); p.set_title("科员"); }, true, false},
    {"PublishDefinition", [](Command& c) { *c.mutable_publish_definition()->mutable_definition() = Province::standard("other"); }, true, false},
    {"PutCalendar", [](Command& c) { c.mutable_put_calendar()->set_text("week 1-6\n"); }, true, false},
    {"PutPolicy", [](Command& c) { c.mutable_put_policy()->set_number(1); c.mutable_put_policy()->set_by(c.person()); }, false, true},
    {"RenewDevice", [](Command& c) { c.mutable_renew_device()->set_device(Bytes(16, 'd')); }, false, false},
    {"SuspendPerson", [](Command& c) { c.mutable_suspend_person()->set_id("lin"); c.mutable_suspend_person()->set_suspended(true); }, false, true},
    {"EnrolDevice", device, false, true},
    {"PutRole", [](Command& c) { *c.mutable_put_role() = Province::roleOf("new", wire::ROLE_SYSTEM); }, false, true},
    {"RecordRecovery", [](Command& c) { auto& r = *c.mutable_record_recovery(); r.set_person("lin"); r.add_admins("sec"); r.add_admins("sec2"); }, false, true},
};

} // namespace

CASE("every directory command: the role it needs, and no other, no person, no stranger")
{
    for (const Row& row : kRows)
        for (const char* who : {"sys", "sec", "aud", "lin", "zhao", "stranger"}) {
            Province p;
            const auto d = p.tryPut(with(who, row.fill));
            const bool may = (row.system && !std::strcmp(who, "sys")) || (row.security && !std::strcmp(who, "sec"));
            if (d.applies() != may || (!may && (d.outcome != wire::NOT_PERMITTED || d.reason != wire::REASON_ROLE)))
                test::failed(__FILE__, __LINE__, std::string(row.what) + " by " + who);
        }
}

CASE("the desks' policy: its number only rises; what no desk could follow is refused")
{
    Province p;
    const auto put = [&](uint64_t number, const std::function<void(wire::PutPolicy&)>& fill = {}) {
        Command c = Province::by("sec");
        c.mutable_put_policy()->set_number(number);
        c.mutable_put_policy()->set_by("sec");
        if (fill) fill(*c.mutable_put_policy());
        return p.tryPut(c);
    };
    EXPECT_EQ(put(0).reason, wire::REASON_EXISTS);
    EXPECT(put(5, [](auto& x) { x.set_lease_days(30); }).applies());
    EXPECT_EQ(p.directory.policy.lease_days(), 30u);
    EXPECT_EQ(put(5, [](auto& x) { x.set_lease_days(30); }).outcome, wire::DUPLICATE);
    EXPECT_EQ(put(5).reason, wire::REASON_EXISTS);
    EXPECT_EQ(put(4).reason, wire::REASON_EXISTS);
    EXPECT_EQ(put(6, [](auto& x) { x.set_lease_days(directory::kMostLeaseDays + 1); }).reason, wire::REASON_FORM);
    EXPECT_EQ(put(6, [](auto& x) { x.set_minimum_version("soon"); }).reason, wire::REASON_FORM);
    EXPECT_EQ(put(6, [](auto& x) { x.add_roots("no certificate"); }).reason, wire::REASON_FORM);
    EXPECT_EQ(put(6, [](auto& x) { x.set_settings(std::string(directory::kMostPolicyBytes, ' ')); }).reason, wire::REASON_FORM);
    EXPECT_EQ(put(6, [](auto& x) { x.set_by("sec2"); }).reason, wire::REASON_FORM);
    EXPECT_EQ(p.directory.policy.number(), 5u);
    EXPECT(put(6).applies());
    EXPECT_EQ(p.directory.policy.lease_days(), 0u); // a policy is whole
}

CASE("a further device: approved by the person's own device in force, or by two administrators; refused by either; by nobody else")
{
    const Bytes own(16, 'o'), fresh(16, 'n'), third(16, 't');
    Province p;
    const auto enrol = [&](const Bytes& id, const char* person, bool waiting) {
        Command c = Province::by("");
        device(c);
        c.mutable_enrol_device()->set_device(id);
        c.mutable_enrol_device()->set_person(person);
        c.mutable_enrol_device()->set_waiting(waiting);
        p.must(c);
    };
    const auto answer = [&](const char* who, const Bytes& from, const Bytes& about, bool refused = false, const char* by = nullptr) {
        Command c = Province::by(who);
        c.set_device(from);
        c.mutable_approve_device()->set_device(about);
        c.mutable_approve_device()->set_refused(refused);
        c.mutable_approve_device()->set_by(by ? by : who);
        return p.tryPut(c);
    };
    const auto& devices = p.directory.devices;
    EXPECT(!p.directory.hasDevice("lin"));
    enrol(own, "lin", false);
    EXPECT(p.directory.hasDevice("lin"));
    enrol(fresh, "lin", true);
    enrol(third, "zhao", false);
    EXPECT(devices.at(fresh).waiting && !devices.at(fresh).inForce());

    EXPECT_EQ(answer("zhao", third, fresh).reason, wire::REASON_ROLE);           // another person
    EXPECT_EQ(answer("lin", fresh, fresh).reason, wire::REASON_ROLE);            // itself
    EXPECT_EQ(answer("lin", third, fresh).reason, wire::REASON_ROLE);            // another's device under his name
    EXPECT_EQ(answer("aud", {}, fresh).reason, wire::REASON_ROLE);
    EXPECT_EQ(answer("", {}, fresh).reason, wire::REASON_ROLE);                  // the hub
    EXPECT_EQ(answer("lin", own, fresh, false, "sec").reason, wire::REASON_FORM); // in another's name
    EXPECT_EQ(answer("lin", own, third).reason, wire::REASON_ROLE);
    EXPECT(answer("lin", own, fresh).applies());
    EXPECT(devices.at(fresh).inForce());
    EXPECT_EQ(answer("lin", own, fresh).outcome, wire::DUPLICATE);
    EXPECT_EQ(answer("lin", own, fresh, true).reason, wire::REASON_DEVICE_REVOKED); // it waits no more: revoking is another act

    const Bytes fourth(16, '4'), fifth(16, '5');
    enrol(fourth, "lin", true);
    EXPECT(answer("sec", {}, fourth).applies());
    EXPECT(devices.at(fourth).waiting);
    EXPECT_EQ(answer("sec", {}, fourth).outcome, wire::DUPLICATE); // the same one twice is not two
    EXPECT(devices.at(fourth).waiting);
    EXPECT(answer("sys", {}, fourth).applies());
    EXPECT(devices.at(fourth).inForce());

    enrol(fifth, "lin", true);
    EXPECT(answer("sec2", {}, fifth, true).applies());
    EXPECT(!devices.at(fifth).waiting && devices.at(fifth).revoked);
    EXPECT(!answer("lin", own, fifth).applies());
}

CASE("a version is three numbers, ordered by them")
{
    using directory::Version;
    EXPECT(Version::parse("1.10.0") > Version::parse("1.9.9") && Version::parse("0.0.0") && Version::parse("999999.0.1"));
    for (const char* bad : {"", "1", "1.2", "1.2.3.4", "1.2.3 ", "v1.2.3", "1..3", "-1.2.3", "1.2.1000000", "1.2.x", "١.٢.٣"}) EXPECT(!Version::parse(bad));
}

CASE("the hub itself: enrolments and recoveries that rest on a code, nothing else once the province is made")
{
    for (const Row& row : kRows) {
        Province p;
        const auto d = p.tryPut(with("", row.fill));
        const bool may = row.fill == device || !std::strcmp(row.what, "RecordRecovery");
        if (d.applies() != may) test::failed(__FILE__, __LINE__, row.what);
    }
}

CASE("the first roles are put by the hub; the door closes with the first person")
{
    Province p;
    p.directory = {};
    auto c = with("", [](Command& x) { *x.mutable_put_role() = Province::roleOf("sys", wire::ROLE_SYSTEM); });
    EXPECT(p.tryPut(c).applies());
    c = with("", [](Command& x) { *x.mutable_put_role() = Province::roleOf("sec", wire::ROLE_SECURITY); });
    EXPECT(p.tryPut(c).applies());
    p.person("lin", "林");
    c = with("", [](Command& x) { *x.mutable_put_role() = Province::roleOf("late", wire::ROLE_SECURITY); });
    EXPECT_EQ(p.tryPut(c).reason, wire::REASON_ROLE);
}

CASE("nobody gives himself a role, nor ends the last way in")
{
    Province p;
    EXPECT_EQ(p.tryPut(with("sec", [](Command& c) { *c.mutable_put_role() = Province::roleOf("sec", wire::ROLE_SYSTEM); })).reason, wire::REASON_ROLE);
    const auto end = [](Command& c) { c.mutable_put_role()->set_admin("sec2"); c.mutable_put_role()->set_ended(true); };
    EXPECT(p.tryPut(with("sec", end)).applies());
    EXPECT_EQ(p.directory.role("sec2"), wire::ROLE_NONE);
    EXPECT_EQ(p.tryPut(with("sec", end)).outcome, wire::DUPLICATE);
    EXPECT_EQ(p.tryPut(with("sec", [](Command& c) { c.mutable_put_role()->set_admin("sec"); c.mutable_put_role()->set_ended(true); })).reason, wire::REASON_ROLE);
    EXPECT_EQ(p.tryPut(with("sec2", device)).reason, wire::REASON_ROLE);
}

CASE("a role is one of three, with a key")
{
    Province p;
    EXPECT_EQ(p.tryPut(with("sec", [](Command& c) { *c.mutable_put_role() = Province::roleOf("n", wire::ROLE_NONE); })).reason, wire::REASON_FORM);
    EXPECT_EQ(p.tryPut(with("sec", [](Command& c) { *c.mutable_put_role() = Province::roleOf("n", wire::Role(9)); })).reason, wire::REASON_FORM);
    EXPECT_EQ(p.tryPut(with("sec", [](Command& c) { *c.mutable_put_role() = Province::roleOf("n", wire::ROLE_AUDIT); c.mutable_put_role()->set_sign_key("x"); })).reason,
              wire::REASON_FORM);
}

CASE("mandates: a person gives his own, to another person who is there, for a time that passes")
{
    const auto give = [](const std::string& by, const std::string& principal, const std::string& deputy, Millis from, Millis to, const char* id = "m1") {
        Command c = Province::by(by);
        auto& m = *c.mutable_give_mandate();
        m.set_id(id);
        m.set_principal(principal);
        m.set_deputy(deputy);
        m.set_from_ms(from);
        m.set_to_ms(to);
        return c;
    };
    Province p;
    EXPECT_EQ(p.tryPut(give("he", "shan", "he", 1, 2)).reason, wire::REASON_NOT_YOUR_TASK);
    EXPECT_EQ(p.tryPut(give("sec", "shan", "he", 1, 2)).reason, wire::REASON_NOT_YOUR_TASK);
    EXPECT_EQ(p.tryPut(give("", "", "he", 1, 2)).reason, wire::REASON_NOT_YOUR_TASK);
    EXPECT_EQ(p.tryPut(give("shan", "shan", "shan", 1, 2)).reason, wire::REASON_FORM);
    EXPECT_EQ(p.tryPut(give("shan", "shan", "he", 2, 2)).reason, wire::REASON_FORM);
    EXPECT_EQ(p.tryPut(give("shan", "shan", "ghost", 1, 2)).reason, wire::REASON_UNKNOWN_PERSON);
    EXPECT_EQ(p.tryPut(give("ghost", "ghost", "he", 1, 2)).reason, wire::REASON_UNKNOWN_PERSON);
    EXPECT_EQ(p.tryPut(give("shan", "shan", "he", 1, 2, "")).reason, wire::REASON_FORM);
    EXPECT(p.tryPut(give("shan", "shan", "he", 1, 2)).applies());
    EXPECT_EQ(p.tryPut(give("shan", "shan", "zeng", 1, 2)).reason, wire::REASON_EXISTS);
    p.suspend("zeng");
    EXPECT_EQ(p.tryPut(give("zeng", "zeng", "he", 1, 2, "m2")).reason, wire::REASON_SUSPENDED);
}

CASE("mandates: ended by the principal or security, once; a later cause keeps the first time")
{
    Province p;
    p.mandate("m1", "shan", "he", 1, test::kMonday * 2);
    const auto end = [](const std::string& by, bool cause) {
        Command c = Province::by(by);
        c.mutable_end_mandate()->set_id("m1");
        c.mutable_end_mandate()->set_for_cause(cause);
        return c;
    };
    for (const char* who : {"he", "sys", "aud", "zhao", ""}) EXPECT_EQ(p.tryPut(end(who, false)).reason, wire::REASON_NOT_YOUR_TASK);
    EXPECT(p.tryPut(end("shan", false)).applies());
    const Millis first = p.directory.mandates.at("m1").ended;
    EXPECT_EQ(first, p.now);
    EXPECT_EQ(p.tryPut(end("shan", false)).outcome, wire::DUPLICATE);
    p.now += 5000;
    EXPECT(p.tryPut(end("sec", true)).applies());
    EXPECT(p.directory.mandates.at("m1").forCause && p.directory.mandates.at("m1").ended == first);
    EXPECT(p.directory.mandatesFor("shan").empty());
}

CASE("a device revoked twice keeps its first moment; a loss found later counts")
{
    Province p;
    p.must(with("", device));
    const auto revoke = [](bool lost) {
        Command c = Province::by("sec");
        c.mutable_revoke_device()->set_device(Bytes(16, 'd'));
        c.mutable_revoke_device()->set_lost(lost);
        return c;
    };
    EXPECT(p.tryPut(revoke(false)).applies());
    const Millis first = p.directory.devices.at(Bytes(16, 'd')).revoked;
    p.now += 60'000;
    EXPECT_EQ(p.tryPut(revoke(false)).outcome, wire::DUPLICATE);
    EXPECT(p.tryPut(revoke(true)).applies());
    EXPECT_EQ(p.directory.devices.at(Bytes(16, 'd')).revoked, first);
    EXPECT(p.directory.devices.at(Bytes(16, 'd')).lost);
    EXPECT_EQ(p.tryPut(revoke(true)).outcome, wire::DUPLICATE);
}

CASE("a device: known person, whole keys, an id of its own; the same once more is a duplicate")
{
    Province p;
    auto c = with("", device);
    c.mutable_enrol_device()->set_person("ghost");
    EXPECT_EQ(p.tryPut(c).reason, wire::REASON_UNKNOWN_PERSON);
    for (int i = 0; i < 3; ++i) {
        c = with("", device);
        if (i == 0) c.mutable_enrol_device()->set_device("d");
        if (i == 1) c.mutable_enrol_device()->set_sign_key("s");
        if (i == 2) c.mutable_enrol_device()->set_box_key("b");
        EXPECT_EQ(p.tryPut(c).reason, wire::REASON_FORM);
    }
    p.must(with("", device));
    EXPECT_EQ(p.tryPut(with("", device)).outcome, wire::DUPLICATE);
    c = with("", device);
    c.mutable_enrol_device()->set_person("zhao");
    EXPECT_EQ(p.tryPut(c).reason, wire::REASON_EXISTS);
}

CASE("units: a parent that is there, no circles; posts only in units that stand")
{
    Province p;
    const auto unit = [](const char* id, const char* parent) {
        Command c = Province::by("sys");
        c.mutable_put_unit()->set_id(id);
        c.mutable_put_unit()->set_name("名");
        c.mutable_put_unit()->set_parent(parent);
        return c;
    };
    EXPECT_EQ(p.tryPut(unit("x", "ghost")).reason, wire::REASON_UNIT_GONE);
    EXPECT_EQ(p.tryPut(unit("", "")).reason, wire::REASON_FORM);
    EXPECT_EQ(p.tryPut(unit("office", "office")).reason, wire::REASON_FORM);
    EXPECT_EQ(p.tryPut(unit("office", "doc")).reason, wire::REASON_FORM);
    EXPECT(p.tryPut(unit("doc", "gen")).applies());
    p.retire("gen");
    Command again = Province::by("sys");
    again.mutable_retire_unit()->set_id("gen");
    EXPECT_EQ(p.tryPut(again).outcome, wire::DUPLICATE);
    Command post = with("sys", kRows[3].fill);
    EXPECT_EQ(p.tryPut(post).reason, wire::REASON_UNIT_GONE);
    post.mutable_put_post()->set_unit("office");
    post.mutable_put_post()->clear_title();
    EXPECT_EQ(p.tryPut(post).reason, wire::REASON_FORM);
}

CASE("posts: in rank order, replaced by title, and an end that is remembered")
{
    Province p;
    const auto heads = p.directory.postsIn("doc");
    EXPECT_EQ(heads.size(), size_t(4));
    EXPECT_EQ(heads.front().person, "shan");
    EXPECT_EQ(p.directory.postsTitled("主任", "office").front().person, "zhao");
    p.post("lin", "doc", "科员", false, true, 0);
    EXPECT_EQ(p.directory.postsOf("lin").size(), size_t(1));
    EXPECT(p.directory.postsOf("lin").front().clerk);
    EXPECT(!p.directory.postEnded("lin", "doc", "科员"));
    p.endPost("lin", "doc", "科员");
    EXPECT(p.directory.postEnded("lin", "doc", "科员") == p.now);
    EXPECT_EQ(p.tryPut(with("sys", kRows[4].fill)).outcome, wire::DUPLICATE);
    p.post("lin", "doc", "科员");
    EXPECT(!p.directory.postEnded("lin", "doc", "科员"));
}

CASE("the calendar: one that can be read, the newest counts, the same again changes nothing")
{
    Province p;
    const auto put = [&](const char* text) {
        Command c = Province::by("sys");
        c.mutable_put_calendar()->set_text(text);
        return p.tryPut(c);
    };
    EXPECT(!p.directory.calendar().isWorkday(process::dayOf(2026, 10, 10))); // a Saturday
    EXPECT_EQ(put("workday 2026-02-30\n").reason, wire::REASON_FORM);
    EXPECT(put("workday 2026-10-10 国庆节调休\n").applies());
    EXPECT(p.directory.calendar().isWorkday(process::dayOf(2026, 10, 10)));
    EXPECT_EQ(put("workday 2026-10-10 国庆节调休\n").outcome, wire::DUPLICATE);
    EXPECT(put("week 1-5\n").applies());
    EXPECT(!p.directory.calendar().isWorkday(process::dayOf(2026, 10, 10)));
}

CASE("definitions: only ones a matter can go through")
{
    const auto publish = [](const wire::Definition& d) {
        Province p;
        Command c = Province::by("sys");
        *c.mutable_publish_definition()->mutable_definition() = d;
        return p.tryPut(c).reason;
    };
    const auto reason = [&](auto change) {
        auto steps = Province::standardSteps();
        change(steps);
        return publish(test::chain("other", "发文", steps));
    };
    EXPECT_EQ(reason([](auto&) {}), wire::REASON_NONE);
    EXPECT_EQ(reason([](auto& s) { s.resize(2); }), wire::REASON_NONE); // ends with the review
    EXPECT_EQ(reason([](auto& s) { s.clear(); }), wire::REASON_FORM);
    EXPECT_EQ(reason([](auto& s) { s[0].who = "heads"; }), wire::REASON_FORM);
    EXPECT_EQ(reason([](auto& s) { s[0].choices = "agree"; }), wire::REASON_FORM);
    EXPECT_EQ(reason([](auto& s) { s[1].who = "everybody"; }), wire::REASON_FORM);
    EXPECT_EQ(reason([](auto& s) { s[1].who = "post:"; }), wire::REASON_FORM);
    EXPECT_EQ(reason([](auto& s) { s[1].choices.clear(); }), wire::REASON_FORM);
    EXPECT_EQ(reason([](auto& s) { s[1].choices = "agree perhaps"; }), wire::REASON_FORM);
    EXPECT_EQ(reason([](auto& s) { s[2].key = "review"; }), wire::REASON_FORM);
    EXPECT_EQ(reason([](auto& s) { s[2].title.clear(); }), wire::REASON_FORM);
    EXPECT_EQ(reason([](auto& s) { std::swap(s[2], s[3]); }), wire::REASON_FORM); // a number before the signature
    EXPECT_EQ(reason([](auto& s) { std::swap(s[4], s[5]); }), wire::REASON_FORM);
    EXPECT_EQ(reason([](auto& s) { s[5].does = "nothing"; }), wire::REASON_FORM);
    EXPECT_EQ(reason([](auto& s) { s.push_back({"again", "编号", {}, {}, {}, "number"}); }), wire::REASON_FORM);
    EXPECT_EQ(reason([](auto& s) { s.push_back({"late", "复核", "heads", "review", "agree"}); }), wire::REASON_FORM);

    auto d = Province::standard("other");
    d.clear_id();
    EXPECT_EQ(publish(d), wire::REASON_FORM);
    d.set_id("another");
    EXPECT_EQ(publish(d), wire::REASON_FORM);
    d.set_id("other");
    d.set_bpmn("<definitions/>");
    EXPECT_EQ(publish(d), wire::REASON_FORM);
    d.clear_bpmn();
    EXPECT_EQ(publish(d), wire::REASON_FORM);
    const std::string draft = test::element({"draft", "拟稿", "initiator", "draft"}), review = test::element({"review", "审核", "heads", "review", "agree"});
    EXPECT_EQ(publish(test::bpmn("p", "短", "<startEvent id=\"s\"/>" + draft + "<endEvent id=\"e\"/>" + test::flow("s", "draft") + test::flow("draft", "e"))), wire::REASON_NONE);
    // Two tokens, of which one waits for ever; and what the engine runs, but no matter does.
    EXPECT_EQ(publish(test::bpmn("p", "乱", "<startEvent id=\"s\"/>" + draft + review + "<exclusiveGateway id=\"x\"/><parallelGateway id=\"j\"/><endEvent id=\"e\"/>" + test::flow("s", "draft")
                                          + test::flow("draft", "x") + test::flow("x", "review", "urgency = \"none\"") + test::flow("x", "j", "urgency != \"none\"") + test::flow("review", "j") + test::flow("j", "e"))),
              wire::REASON_FORM);
    EXPECT_EQ(publish(test::bpmn("p", "等", "<startEvent id=\"s\"/>" + draft + "<receiveTask id=\"t\" messageRef=\"answer\"/><endEvent id=\"e\"/>"
                                          + test::flow("s", "draft") + test::flow("draft", "t") + test::flow("t", "e"))),
              wire::REASON_FORM);
}

CASE("levels rise, one this build knows at most")
{
    Province p;
    const auto set = [&](uint32_t level) {
        Command c = Province::by("sys");
        c.mutable_set_level()->set_level(level);
        return p.tryPut(c);
    };
    EXPECT_EQ(set(1).outcome, wire::DUPLICATE);
    EXPECT_EQ(set(0).reason, wire::REASON_LEVEL);
    EXPECT_EQ(set(wire::kLevel + 1).reason, wire::REASON_LEVEL);
}

CASE("a recovery names two administrators")
{
    Province p;
    auto c = with("", std::end(kRows)[-1].fill);
    c.mutable_record_recovery()->set_admins(1, "sec");
    EXPECT_EQ(p.tryPut(c).reason, wire::REASON_FORM);
    c.mutable_record_recovery()->set_admins(1, "sec2");
    EXPECT(p.tryPut(c).applies());
    c.mutable_record_recovery()->set_person("ghost");
    EXPECT_EQ(p.tryPut(c).reason, wire::REASON_UNKNOWN_PERSON);
}

CASE("a command of another kind of stream is not understood")
{
    Province p;
    EXPECT_EQ(p.tryPut(with("sys", [](Command& c) { c.mutable_withdraw(); })).outcome, wire::NOT_UNDERSTOOD);
    EXPECT_EQ(p.tryPut(with("sys", [](Command&) {})).outcome, wire::NOT_UNDERSTOOD);
}

CASE("a mandate given asks every matter of its principal to admit the deputy, its end to let him go")
{
    Province p;
    wire::Fact f;
    f.mutable_mandate_given()->set_id("m1");
    f.mutable_mandate_given()->set_principal("shan");
    f.mutable_mandate_given()->set_deputy("lin");
    f.mutable_mandate_given()->set_to_ms(5000);
    const auto next = directory::directoryKind().react(p.directory, {f}, {});
    REQUIRE(next.size() == 2);
    for (const auto& n : next) EXPECT_EQ(n.body.admit_deputy().mandate(), "m1");
    EXPECT(next[0].everyMatterOf == "shan" && next[0].notBefore == 0);
    EXPECT(next[1].everyMatterOf == "lin" && next[1].notBefore == 5001);
    directory::directoryKind().evolve(p.directory, f, {});
    wire::Fact end;
    end.mutable_mandate_ended()->set_id("m1");
    const auto then = directory::directoryKind().react(p.directory, {end}, {});
    REQUIRE(then.size() == 1);
    EXPECT(then[0].everyMatterOf == "lin" && then[0].notBefore == 0 && then[0].body.admit_deputy().mandate() == "m1");
    end.mutable_mandate_ended()->set_id("other");
    EXPECT(directory::directoryKind().react(p.directory, {end}, {}).empty());
}

namespace {

//! Some fact of the directory about one of few things, so that they meet.
wire::Fact someFact(std::mt19937& random)
{
    auto below = [&](unsigned n) { return random() % n; };
    auto id = [&](const char* what) { return what + std::to_string(below(3)); };
    wire::Fact f;
    switch (below(14)) {
    case 0: {
        auto& u = *f.mutable_unit_put();
        u.set_id(id("u")), u.set_name(id("name")), u.set_short_name(id("short")), u.set_parent(id("u")), u.set_code(id("code")), u.set_order(below(5));
        break;
    }
    case 1: f.mutable_unit_retired()->set_id(id("u")); break;
    case 2: f.mutable_person_put()->set_id(id("p")), f.mutable_person_put()->set_name(id("name")); break;
    case 3: f.mutable_person_suspended()->set_id(id("p")), f.mutable_person_suspended()->set_suspended(below(2)); break;
    case 4: {
        auto& p = *f.mutable_post_put();
        p.set_person(id("p")), p.set_unit(id("u")), p.set_title(id("t")), p.set_head(below(2)), p.set_clerk(below(2)), p.set_order(below(3));
        break;
    }
    case 5: f.mutable_post_ended()->set_person(id("p")), f.mutable_post_ended()->set_unit(id("u")), f.mutable_post_ended()->set_title(id("t")); break;
    case 6: {
        auto& m = *f.mutable_mandate_given();
        m.set_id(id("m")), m.set_principal(id("p")), m.set_deputy(id("p")), m.add_scopes(id("s")), m.set_from_ms(below(9)), m.set_to_ms(10 + below(9));
        break;
    }
    case 7: f.mutable_mandate_ended()->set_id(id("m")), f.mutable_mandate_ended()->set_for_cause(below(2)); break;
    case 8: *f.mutable_definition_published()->mutable_definition() = Province::standard(id("d")); break;
    case 9: f.mutable_calendar_put()->set_text(below(2) ? "week 1-6\n" : "week 1-5\n"); break;
    case 10: {
        if (below(2)) {
            auto& e = *f.mutable_device_enrolled();
            e.set_device(id("d")), e.set_person(id("p")), e.set_sign_key(id("key")), e.set_box_key(id("box")), e.set_certificate(id("c")), e.set_name(id("n")), e.set_waiting(below(2));
        } else {
            f.mutable_device_revoked()->set_device(id("d")), f.mutable_device_revoked()->set_lost(below(2)), f.mutable_device_revoked()->set_reason(id("r"));
        }
        break;
    }
    case 11: {
        f.mutable_erased()->set_rule(id("rule"));
        for (unsigned n = 0; n <= below(3); ++n) {
            auto& part = *f.mutable_erased()->add_parts();
            part.set_stream(id("m/")), part.set_version(below(3));
        }
        break;
    }
    case 12:
        if (below(4) == 0) f.mutable_device_approved()->set_device(id("d")), f.mutable_device_approved()->set_by(id("a")), f.mutable_device_approved()->set_refused(below(4) == 0);
        else if (below(2)) f.mutable_device_renewed()->set_device(id("d")), f.mutable_device_renewed()->set_certificate(id("c"));
        else f.mutable_policy_put()->set_number(1 + below(9)), f.mutable_policy_put()->set_lease_days(below(3)), f.mutable_policy_put()->set_by(id("a"));
        break;
    default:
        if (below(4)) *f.mutable_role_put() = Province::roleOf(id("a"), wire::Role(1 + below(3))), f.mutable_role_put()->set_ended(below(3) == 0);
        else f.mutable_level_set()->set_level(1 + below(3));
    }
    return f;
}

//! All a directory holds, in words.
std::string all(const directory::Directory& d)
{
    std::ostringstream out;
    auto post = [&](const rules::Post& p) { out << p.person << p.unit << p.title << p.head << p.clerk << p.order << ' '; };
    for (const auto& [id, u] : d.units) out << id << u.id << u.name << u.shortName << u.parent << u.code << u.retired << u.order << ' ';
    for (const auto& [id, p] : d.people) out << id << p.id << p.name << p.suspended << ' ';
    for (const auto& p : d.posts) post(p);
    for (const auto& [key, time] : d.endedPosts) out << std::get<0>(key) << std::get<1>(key) << std::get<2>(key) << time << ' ';
    for (const auto& [id, m] : d.mandates)
        out << id << m.id << m.principal << m.deputy << (m.scopes.empty() ? "" : m.scopes[0]) << m.scopes.size() << m.from << '-' << m.to << '-' << m.ended << m.forCause << ' ';
    for (const auto& [id, p] : d.processes) out << id << p->hash() << ' ';
    for (const auto& [hash, p] : d.everyProcess) out << hash << p->hash() << ' ';
    out << d.policy.number() << d.policy.lease_days() << d.policy.by() << ' ';
    out << d.calendarText << d.workingTime->addWork(0, 60 * 3600'000).value_or(0) << ' ';
    for (const auto& [id, v] : d.devices)
        out << id << v.id << v.signKey << v.boxKey << v.person << v.name << v.certificate << v.enrolled << '-' << v.revoked << v.lost << v.reason << ' ';
    for (const auto& [id, a] : d.admins) out << id << a.id << a.name << a.role << a.signKey << a.boxKey << ' ';
    for (const auto& [stream, e] : d.erasures) {
        out << stream << e.rule << ' ';
        for (const auto& [version, rule] : e.events) out << version << rule << ' ';
    }
    out << d.raisedLevel << ' ' << d.authorityVersion << ' ' << d.version << d.head;
    return out.str();
}

} // namespace

CASE("the facts that are kept give the same directory, whatever was put, ended and put again")
{
    for (unsigned seed = 1; seed <= 300; ++seed) {
        std::mt19937 random(seed);
        directory::Directory d;
        for (uint64_t version = 1; version <= 60; ++version) {
            directory::directoryKind().evolve(d, someFact(random), {Millis(1000 * version), version, "h" + std::to_string(version)});
            d.version = version;
            d.head = "h" + std::to_string(version);
        }
        const auto kept = directory::keptFacts(d);
        directory::Directory again;
        wire::KeptFacts pages[2];
        for (size_t i = 0; i < kept.size(); ++i) *pages[i >= kept.size() / 2].add_facts() = kept[i];
        for (const auto& page : pages) directory::foldKept(again, page, d.version, d.head);
        if (all(again) != all(d)) return test::failed(__FILE__, __LINE__, "seed " + std::to_string(seed));
        EXPECT(kept.size() < 60);
    }
}

CASE("access: granted and revoked once each, by the hub alone")
{
    Province p;
    const auto& kind = directory::accessKind();
    const auto state = kind.empty(directory::accessStream("lin"));
    const auto decide = [&](Command c) { return rules::decide(kind, *state, c, p.directory, {}, {}); };
    Command grant;
    grant.mutable_grant()->set_stream("m/1");
    Command revoke;
    revoke.mutable_revoke()->set_stream("m/1");
    EXPECT_EQ(decide(revoke).outcome, wire::DUPLICATE);
    auto d = decide(grant);
    REQUIRE(d.applies());
    rules::foldPredicted(kind, *state, d.facts, 1);
    EXPECT_EQ(decide(grant).outcome, wire::DUPLICATE);
    d = decide(revoke);
    REQUIRE(d.applies());
    rules::foldPredicted(kind, *state, d.facts, 2);
    EXPECT(decide(grant).applies());
    for (const char* who : {"lin", "sec", "sys"}) {
        grant.set_person(who);
        EXPECT_EQ(decide(grant).outcome, wire::NOT_PERMITTED);
    }
}

CASE("grants: names of the usual form and all others, each itself")
{
    const std::string id = "0123456789abcdef0123456789abcdef", upper = "0123456789ABCDEF0123456789abcdef", high(32, 'f');
    const std::vector<std::string> names = {"in/" + id, "m/" + id, "m/" + high, "/" + id, "a/b/" + id, "m/" + upper, "m/" + id + "0", "m/" + id.substr(1), "m/1", "m/", "", id, "m/" + id.substr(2) + "g0"};
    for (size_t only = 0; only < names.size(); ++only) {
        directory::Grants g;
        g.put(names[only], true);
        for (size_t i = 0; i < names.size(); ++i) EXPECT_EQ(g.holds(names[i]), i == only);
        EXPECT(g.all() == (std::vector<std::pair<std::string, bool>>{{names[only], true}}));
        g.put(names[only], false);
        EXPECT(!g.holds(names[only]) && g.all().size() == 1 && !g.all()[0].second);
    }
    directory::Grants g;
    for (const auto& name : names) g.put(name, true);
    for (const auto& name : names) EXPECT(g.holds(name));
    auto all = g.all();
    EXPECT_EQ(all.size(), names.size());
    EXPECT(std::set(all.begin(), all.end()).size() == names.size());
}

int main(int argc, char** argv)
{
    if (!crypto::start()) return 1;
    return test::main(argc, argv);
}
