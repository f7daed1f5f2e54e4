#include "zt/crypto/selftest.h"
#include "zt/test/test.h"
#include "zt/test/world.h"

#include <algorithm>

using namespace zt;
using test::kDay;
using test::kHour;
using test::kMonday;
using test::World;
using wire::CHOICE_AGREE;
using wire::CHOICE_REJECT;
using wire::CHOICE_RETURN;
using wire::CHOICE_SIGN;

namespace {

//! A matter of lin's, submitted: in review by shan or zeng, or in countersign by zhou and wu.
World submitted(const std::string& definition = "standard")
{
    World w;
    if (!w.submit(w.submission("lin", test::Province::notice(), definition)).applies()) test::failed(__FILE__, __LINE__, "submission refused");
    return w;
}

bool is(const rules::Decision& d, wire::Outcome outcome, wire::Reason reason = wire::REASON_NONE)
{
    if (d.outcome == outcome && d.reason == reason && d.applies() == !d.facts.empty()) return true;
    std::cout << "  outcome " << d.outcome << " reason " << d.reason << '\n';
    return false;
}

std::vector<std::string> people(const approval::Task* t)
{
    std::vector<std::string> out;
    if (t)
        for (const auto& s : t->slots) out.push_back(s.person);
    return out;
}

using Names = std::vector<std::string>;

} // namespace

CASE("review: open to the heads of the drafter's unit, in rank order")
{
    auto w = submitted();
    EXPECT(people(w.matter().flow.openTask()) == (Names{"shan", "zeng"}));
    EXPECT(w.matter().readers == (std::set<std::string>{"lin", "shan", "zeng"}));
}

CASE("applied: the act, its opinion, the next step")
{
    auto w = submitted();
    EXPECT(is(w.submit(w.act("shan", CHOICE_AGREE, "拟同意。")), wire::APPLIED));
    const auto& flow = w.matter().flow;
    EXPECT(flow.step == "sign" && people(flow.openTask()) == Names{"zhao"});
    EXPECT(flow.opinions.size() == 1 && flow.opinions[0].text == "拟同意。" && flow.opinions[0].by.name() == "单晓宇" && !flow.opinions[0].late);
    const auto& slots = flow.tasks[0].slots;
    EXPECT(slots[0].state == approval::SlotState::Done && slots[1].state == approval::SlotState::Cancelled);
}

CASE("或签, superseded: the second of two heads learns by whom and when")
{
    auto w = submitted();
    const auto second = w.act("zeng", CHOICE_RETURN, "再改。"); // made before he knew
    const Millis when = w.now;
    EXPECT(w.submit(w.act("shan", CHOICE_AGREE)).applies());
    w.tick(kHour);
    const auto d = w.submit(second);
    EXPECT(is(d, wire::SUPERSEDED, wire::REASON_TASK_CLOSED));
    EXPECT(d.byName == "单晓宇" && d.byPost == "处长" && d.byTime == when);
    EXPECT_EQ(w.matter().flow.opinions.size(), size_t(1));
}

CASE("words of a superseded act can be added as an opinion that says what it is about")
{
    auto w = submitted();
    const auto second = w.act("zeng", CHOICE_RETURN, "再改。");
    (void)w.submit(w.act("shan", CHOICE_AGREE));
    (void)w.submit(second);
    auto c = w.opinion("zeng", "再改。");
    c.mutable_add_opinion()->set_about(second.id());
    EXPECT(is(w.submit(c), wire::APPLIED));
    EXPECT(w.matter().flow.opinions.back().late && w.matter().flow.opinions.back().on().about == second.id());
}

CASE("会签: every voice is needed; the last one goes on")
{
    auto w = submitted("joint");
    EXPECT(people(w.matter().flow.openTask()) == (Names{"zhou", "wu"}));
    EXPECT(is(w.submit(w.act("zhou", CHOICE_AGREE, "同意")), wire::APPLIED));
    EXPECT_EQ(w.matter().flow.step, "countersign");
    EXPECT(is(w.submit(w.act("wu", CHOICE_AGREE, "同意")), wire::APPLIED));
    EXPECT_EQ(w.matter().flow.step, "sign");
}

CASE("applied late: in a countersign that was returned, the other voice is kept as an opinion, once")
{
    auto w = submitted("joint");
    const auto late = w.act("wu", CHOICE_AGREE, "同意，注意时限。");
    const auto silent = w.act("wu", CHOICE_AGREE);
    (void)w.submit(w.act("zhou", CHOICE_RETURN, "请补充。"));
    EXPECT(is(w.judge(silent), wire::SUPERSEDED, wire::REASON_TASK_CLOSED));
    const auto d = w.submit(late);
    EXPECT(is(d, wire::APPLIED_LATE, wire::REASON_TASK_CLOSED));
    EXPECT(d.byName == "周若水" && d.facts.size() == 1 && d.facts[0].opinion_given().late());
    const auto& slots = w.matter().flow.tasks[0].slots;
    EXPECT(slots[1].state == approval::SlotState::Cancelled);
    auto again = late;
    again.set_id(Bytes(16, 'z'));
    EXPECT(is(w.submit(again), wire::DUPLICATE, wire::REASON_ALREADY_DONE));
}

CASE("duplicate: the same act under another id; another choice of the same person is superseded by himself")
{
    for (const char* definition : {"standard", "joint"}) {
        auto w = submitted(definition);
        const std::string who = w.matter().flow.openTask()->slots[0].person;
        const auto once = w.act(who, CHOICE_AGREE, "同意");
        auto again = once;
        again.set_id(Bytes(16, 'z'));
        auto other = again;
        other.mutable_act()->set_choice(CHOICE_RETURN);
        EXPECT(w.submit(once).applies());
        EXPECT(is(w.submit(again), wire::DUPLICATE, wire::REASON_ALREADY_DONE));
        EXPECT(is(w.submit(other), wire::SUPERSEDED, wire::REASON_TASK_CLOSED));
    }
}

CASE("needs choice: what was on screen is no longer in force")
{
    auto w = submitted();
    auto c = w.act("shan", CHOICE_AGREE);
    c.set_subject(Bytes(32, 'x'));
    EXPECT(is(w.submit(c), wire::NEEDS_CHOICE, wire::REASON_DOCUMENT_CHANGED));
    c.clear_subject();
    EXPECT(is(w.submit(c), wire::NEEDS_CHOICE, wire::REASON_DOCUMENT_CHANGED));
}

CASE("needs choice: the author's earlier command was not applied")
{
    auto w = submitted();
    auto first = w.act("shan", CHOICE_AGREE);
    first.set_subject(Bytes(32, 'x'));
    (void)w.submit(first);
    auto c = w.opinion("shan", "补充");
    c.set_after(first.id());
    EXPECT(is(w.submit(c), wire::NEEDS_CHOICE, wire::REASON_EARLIER_NOT_APPLIED));
    c.set_after(Bytes(16, 'n')); // never came
    EXPECT(is(w.submit(c), wire::NEEDS_CHOICE, wire::REASON_EARLIER_NOT_APPLIED));
    c.clear_after();
    EXPECT(is(w.submit(c), wire::APPLIED));
}

CASE("expired: a strict term, missed by the act and not only by its arrival")
{
    auto w = submitted("joint");
    w.province.calendar("hours 00:00-24:00\nweek 1-7\n");
    const Millis opened = w.matter().flow.openTask()->opened;
    w.tick(30 * kHour);
    EXPECT(is(w.judge(w.act("zhou", CHOICE_AGREE), opened + 24 * kHour + 1), wire::EXPIRED, wire::REASON_DUE_PASSED));
    EXPECT(is(w.judge(w.act("zhou", CHOICE_AGREE), opened + 24 * kHour), wire::APPLIED));
    auto soft = submitted();
    soft.tick(300 * kDay);
    EXPECT(is(soft.judge(soft.act("shan", CHOICE_AGREE)), wire::APPLIED));
}

CASE("a term counts working time, and what is declared afterwards counts too")
{
    auto w = submitted("joint");
    const approval::Task task = *w.matter().flow.openTask();
    const auto due = [&] { return task.due(w.province.directory.calendar()); };
    w.province.calendar("hours 00:00-24:00\nweek 1-7\n");
    EXPECT_EQ(due(), task.opened + 24 * kHour);
    const Millis from = task.opened + kHour;
    w.province.calendar("hours 00:00-24:00\nweek 1-7\noutage " + process::instantText(from) + ".." + process::instantText(from + 10 * kHour) + "\n");
    const Millis late = due();
    EXPECT_EQ(late, task.opened + 34 * kHour);
    w.tick(40 * kHour);
    EXPECT(is(w.judge(w.act("zhou", CHOICE_AGREE), late + 1), wire::EXPIRED, wire::REASON_DUE_PASSED));
    EXPECT(is(w.judge(w.act("zhou", CHOICE_AGREE), late), wire::APPLIED));
    // Monday to Friday, seven hours a day: three days and three hours.
    w.province.calendar("");
    EXPECT(due() > task.opened + 72 * kHour);
}

CASE("not permitted: no slot, no such task, a choice that is not offered, not a reader")
{
    auto w = submitted();
    EXPECT(is(w.submit(w.act("qiu", CHOICE_AGREE)), wire::NOT_PERMITTED, wire::REASON_NOT_READER));
    EXPECT(is(w.submit(w.act("shan", CHOICE_AGREE, "", "", "m/1", "review#9")), wire::NOT_PERMITTED, wire::REASON_NOT_YOUR_TASK));
    EXPECT(is(w.submit(w.act("shan", CHOICE_AGREE, "", "", "m/1", "draft#1")), wire::NOT_PERMITTED, wire::REASON_NOT_YOUR_TASK));
    EXPECT(is(w.submit(w.act("shan", CHOICE_SIGN)), wire::NOT_PERMITTED, wire::REASON_FORM));
    EXPECT(is(w.submit(w.act("shan", wire::Choice(77))), wire::NOT_PERMITTED, wire::REASON_FORM));
    (void)w.submit(w.act("shan", CHOICE_AGREE));
    EXPECT(is(w.submit(w.act("shan", CHOICE_SIGN)), wire::NOT_PERMITTED, wire::REASON_NOT_YOUR_TASK));
}

CASE("not permitted: suspended")
{
    auto w = submitted();
    w.province.suspend("shan");
    EXPECT(is(w.submit(w.act("shan", CHOICE_AGREE)), wire::NOT_PERMITTED, wire::REASON_SUSPENDED));
    EXPECT(is(w.submit(w.opinion("shan", "x")), wire::NOT_PERMITTED, wire::REASON_SUSPENDED));
}

CASE("not permitted: the post ended before the act; inside its interval the time is unproven")
{
    auto w = submitted();
    w.tick(kHour);
    w.province.endPost("shan", "doc", "处长");
    const Millis ended = w.now;
    w.tick(kHour);
    EXPECT(is(w.judge(w.act("shan", CHOICE_AGREE), ended), wire::NOT_PERMITTED, wire::REASON_ROLE));
    const auto d = w.judge(w.act("shan", CHOICE_AGREE), ended - 1);
    REQUIRE(is(d, wire::APPLIED));
    EXPECT(d.facts[0].slot_done().time_unproven() && d.facts[1].opinion_given().time_unproven());
    w.province.post("shan", "doc", "处长", true);
    EXPECT(is(w.judge(w.act("shan", CHOICE_AGREE)), wire::APPLIED));
}

CASE("甲(乙代): a deputy acts in the principal's slot, and the history shows both")
{
    auto w = submitted();
    w.mandate("m1", "shan", "he", kMonday, kMonday + 7 * kDay, {"review"});
    EXPECT(w.matter().readers.count("he"));
    EXPECT(is(w.submit(w.act("he", CHOICE_AGREE, "同意", "m1")), wire::APPLIED));
    const auto& slot = w.matter().flow.tasks[0].slots[0];
    EXPECT(slot.person == "shan" && slot.by.person() == "he" && slot.by.principal_name() == "单晓宇" && slot.by.mandate() == "m1");
    EXPECT(w.matter().flow.opinions[0].by.principal() == "shan");
    const auto d = w.submit(w.act("shan", CHOICE_AGREE, "同意", "", "m/1", "review#1"));
    EXPECT(is(d, wire::SUPERSEDED, wire::REASON_TASK_CLOSED));
    EXPECT_EQ(d.byName, "何川");
}

CASE("deputies are admitted when the task opens, if their mandate covers it and has not passed")
{
    World w;
    w.mandate("now", "shan", "he", kMonday, kMonday + 7 * kDay, {"review"});
    w.mandate("past", "shan", "qiu", kMonday - 9 * kDay, kMonday - 2 * kDay);
    w.mandate("sign", "shan", "wu", kMonday, kMonday + 7 * kDay, {"sign"});
    w.mandate("ended", "shan", "zhou", kMonday, kMonday + 7 * kDay);
    w.province.endMandate("ended");
    (void)w.submit(w.submission("lin"));
    EXPECT(w.matter().readers == (std::set<std::string>{"lin", "shan", "zeng", "he"}));
    w.mandate("later", "zeng", "qiu", kMonday - 9 * kDay, kMonday - 2 * kDay);
    EXPECT(!w.matter().readers.count("qiu"));
    w.mandate("other", "zhao", "qiu", kMonday, kMonday + kDay); // no open slot
    EXPECT(!w.matter().readers.count("qiu"));
}

CASE("mandates: ended, out of scope, somebody else's, none: not permitted")
{
    auto w = submitted();
    w.mandate("m1", "shan", "he", kMonday, kMonday + kDay);
    EXPECT(is(w.submit(w.act("he", CHOICE_AGREE)), wire::NOT_PERMITTED, wire::REASON_NOT_YOUR_TASK));
    EXPECT(is(w.submit(w.act("zeng", CHOICE_AGREE, "", "m1")), wire::NOT_PERMITTED, wire::REASON_MANDATE_ENDED));
    w.tick(2 * kDay);
    EXPECT(is(w.submit(w.act("he", CHOICE_AGREE, "", "m1")), wire::NOT_PERMITTED, wire::REASON_MANDATE_ENDED));
    w.mandate("m2", "shan", "he", w.now, w.now + kDay, {"sign"});
    EXPECT(is(w.submit(w.act("he", CHOICE_AGREE, "", "m2")), wire::NOT_PERMITTED, wire::REASON_MANDATE_SCOPE));
}

CASE("own item: refused under a mandate too")
{
    auto w = submitted();
    w.mandate("m1", "shan", "lin", kMonday, kMonday + kDay);
    EXPECT(is(w.submit(w.act("lin", CHOICE_AGREE, "", "m1")), wire::NOT_PERMITTED, wire::REASON_OWN_ITEM));
    EXPECT(is(w.submit(w.act("lin", CHOICE_AGREE)), wire::NOT_PERMITTED, wire::REASON_NOT_YOUR_TASK));
}

CASE("heads are looked for upwards, and nobody heads his own item")
{
    World w;
    w.province.endPost("shan", "doc", "处长");
    w.province.endPost("zeng", "doc", "副处长");
    (void)w.submit(w.submission("lin"));
    EXPECT(people(w.matter().flow.openTask()) == Names{"zhao"});
    World own;
    (void)own.submit(own.submission("shan"));
    EXPECT(people(own.matter().flow.openTask()) == Names{"zeng"});
    World suspended;
    suspended.province.suspend("shan");
    (void)suspended.submit(suspended.submission("lin"));
    EXPECT(people(suspended.matter().flow.openTask()) == Names{"zeng"});
}

CASE("a step nobody can do is refused, and the act that leads to it too")
{
    World w;
    w.province.endPost("zhao", "office", "主任");
    (void)w.submit(w.submission("lin"));
    const auto before = w.matter().version;
    EXPECT(is(w.submit(w.act("shan", CHOICE_AGREE)), wire::NOT_PERMITTED, wire::REASON_NO_ACTOR));
    EXPECT_EQ(w.matter().version, before);
    World none;
    for (const char* p : {"shan", "zeng", "zhao"}) none.province.suspend(p);
    EXPECT(is(none.submit(none.submission("lin")), wire::NOT_PERMITTED, wire::REASON_NO_ACTOR));
}

CASE("return and resubmit: back to the drafter, opinions kept, a second round with a new task")
{
    auto w = submitted();
    EXPECT(is(w.submit(w.act("shan", CHOICE_RETURN, "标题不妥。")), wire::APPLIED));
    EXPECT(w.matter().stage == document::Stage::Drafting && people(w.matter().flow.openTask()) == Names{"lin"});
    EXPECT(w.matter().flow.tasks[0].slots[0].state == approval::SlotState::Returned);
    EXPECT(is(w.submit(w.act("lin", CHOICE_AGREE)), wire::NOT_PERMITTED, wire::REASON_NOT_YOUR_TASK)); // a draft is resubmitted, not agreed to
    EXPECT(is(w.submit(w.submission("lin", test::Province::notice("关于切实做好防汛工作的通知"))), wire::APPLIED));
    EXPECT_EQ(w.matter().flow.openTask()->id, "review#2");
    EXPECT_EQ(w.matter().flow.opinions.size(), size_t(1));
    EXPECT_EQ(w.matter().flow.opinions[0].on().documentVersion, 1u);
}

CASE("return works for a drafter who has left his post")
{
    auto w = submitted();
    w.province.endPost("lin", "doc", "科员");
    EXPECT(is(w.submit(w.act("shan", CHOICE_RETURN)), wire::APPLIED));
    EXPECT(people(w.matter().flow.openTask()) == Names{"lin"});
}

CASE("reject ends the matter; who comes later learns who ended it")
{
    auto w = submitted();
    (void)w.submit(w.act("shan", CHOICE_AGREE));
    const auto early = w.act("zhao", CHOICE_SIGN);
    EXPECT(is(w.submit(w.act("zhao", CHOICE_REJECT, "不发。")), wire::APPLIED));
    EXPECT(w.matter().stage == document::Stage::Rejected && !w.matter().flow.openTask());
    EXPECT(is(w.submit(early), wire::SUPERSEDED, wire::REASON_TASK_CLOSED));
    const auto d = w.submit(w.submission("lin"));
    EXPECT(is(d, wire::SUPERSEDED, wire::REASON_MATTER_ENDED));
    EXPECT_EQ(d.byName, "赵长庚");
}

CASE("withdrawn in the middle of a countersign: the drafter is named, not who had agreed")
{
    auto w = submitted("joint");
    (void)w.submit(w.act("zhou", CHOICE_AGREE, "同意"));
    const auto late = w.act("wu", CHOICE_AGREE, "同意");
    (void)w.submit(w.withdrawal("lin"));
    const auto d = w.submit(late);
    EXPECT(is(d, wire::SUPERSEDED, wire::REASON_MATTER_ENDED));
    EXPECT_EQ(d.byName, "林小满");
}

CASE("two acts in the same millisecond: the one that closed is named")
{
    World v;
    v.province.post("qiu", "office", "副主任", false, false, 9);
    (void)v.submit(v.submission("lin", test::Province::notice(), "joint"));
    const auto late = v.act("qiu", CHOICE_AGREE, "同意");
    (void)v.submit(v.act("wu", CHOICE_AGREE));
    v.tick(-1000);
    (void)v.submit(v.act("zhou", CHOICE_RETURN));
    const auto d = v.submit(late);
    EXPECT(is(d, wire::APPLIED_LATE, wire::REASON_TASK_CLOSED));
    EXPECT_EQ(d.byName, "周若水");
}

CASE("a step that names a person asks for no post")
{
    World w;
    auto steps = test::Province::standardSteps();
    steps[1].who = "person:qiu";
    w.province.publish(test::chain("named", "发文", steps));
    (void)w.submit(w.submission("lin", test::Province::notice(), "named"));
    EXPECT(people(w.matter().flow.openTask()) == Names{"qiu"});
    w.province.endPost("qiu", "gen", "处长");
    w.province.post("qiu", "office", "调研员");
    w.tick(kHour);
    EXPECT(is(w.submit(w.act("qiu", CHOICE_AGREE)), wire::APPLIED));
}

CASE("not understood: a body that is no matter's, a later level")
{
    auto w = submitted();
    auto c = w.from("shan");
    c.mutable_put_unit()->set_id("x");
    EXPECT(is(w.submit(c), wire::NOT_UNDERSTOOD, wire::REASON_FORM));
    c = w.act("shan", CHOICE_AGREE);
    c.set_level(2);
    EXPECT(is(w.submit(c), wire::NOT_UNDERSTOOD, wire::REASON_LEVEL));
}

int main(int argc, char** argv)
{
    if (!crypto::start()) return 1;
    return test::main(argc, argv);
}
