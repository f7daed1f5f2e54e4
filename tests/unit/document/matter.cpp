#include "zt/test/test.h"
#include "zt/test/world.h"

#include <algorithm>

using namespace zt;
using document::Stage;
using test::kDay;
using test::kMonday;
using test::Province;
using test::World;
using wire::CHOICE_AGREE;
using wire::CHOICE_RETURN;
using wire::CHOICE_SIGN;

namespace {

bool is(const rules::Decision& d, wire::Outcome outcome, wire::Reason reason = wire::REASON_NONE)
{
    if (d.outcome == outcome && d.reason == reason) return true;
    std::cout << "  outcome " << d.outcome << " reason " << d.reason << '\n';
    return false;
}

void sign(World& w, const std::string& stream = "m/1", const wire::Document& doc = Province::notice())
{
    (void)w.submit(w.submission("lin", doc, "standard", stream));
    (void)w.submit(w.act("shan", CHOICE_AGREE, "拟同意", {}, stream));
    (void)w.submit(w.act("zhao", CHOICE_SIGN, "发", {}, stream));
}

const document::Delivery* to(const document::Matter& m, const std::string& unit)
{
    for (const auto& d : m.deliveries)
        if (d.unit == unit) return &d;
    return nullptr;
}

wire::Document issuedBy(const std::string& unit)
{
    auto d = Province::notice();
    d.set_issuer(unit);
    return d;
}

} // namespace

CASE("start: the whole chain is written into the matter, names included")
{
    World w;
    EXPECT(is(w.submit(w.submission("lin")), wire::APPLIED));
    const auto& m = w.matter();
    EXPECT(m.stage == Stage::InReview && m.issuerName == "示例省人民政府办公厅" && m.initiator.name() == "林小满");
    REQUIRE(m.current());
    EXPECT(m.current()->recipientNames == (std::vector<std::string>{"云州市人民政府", "柳溪县人民政府"}));
    EXPECT(m.current()->copyNames == std::vector<std::string>{"示例省水务厅"});
    EXPECT_EQ(m.current()->hash, wire::documentHash(Province::notice()));
    EXPECT(m.flow.run.version == w.province.directory.process("standard")->hash && m.flow.run.running());
    EXPECT(w.states.count("acc/lin") && w.states.count("acc/shan") && w.states.count("acc/zeng"));
}

CASE("start refused: no post, no such definition, another definition than on screen, an issuer that is not above")
{
    World w;
    EXPECT(is(w.submit(w.submission("nobody")), wire::NOT_PERMITTED, wire::REASON_NO_ACTOR));
    EXPECT(is(w.submit(w.submission("lin", Province::notice(), "ghost")), wire::NOT_PERMITTED, wire::REASON_NO_DEFINITION));
    auto c = w.submission("lin");
    c.mutable_submit()->set_definition_hash(Bytes(32, 'x'));
    EXPECT(is(w.submit(c), wire::NEEDS_CHOICE, wire::REASON_DEFINITION_CHANGED));
    EXPECT(is(w.submit(w.submission("lin", issuedBy("city"))), wire::NOT_PERMITTED, wire::REASON_ROLE));
    EXPECT(is(w.submit(w.submission("lin", issuedBy("gen"))), wire::NOT_PERMITTED, wire::REASON_ROLE));
    EXPECT(is(w.submit(w.act("lin", CHOICE_AGREE)), wire::NOT_PERMITTED, wire::REASON_NOT_READER));
    EXPECT_EQ(w.matter().version, uint64_t(0));
}

CASE("start refused: each finding with its reason")
{
    World w;
    auto with = [&](auto change) {
        auto d = Province::notice();
        change(d);
        return w.submit(w.submission("lin", d));
    };
    EXPECT(is(with([](auto& d) { d.clear_recipients(); }), wire::NOT_PERMITTED, wire::REASON_NO_RECIPIENT));
    EXPECT(is(with([](auto& d) { d.add_recipients("ghost"); }), wire::NOT_PERMITTED, wire::REASON_UNIT_GONE));
    EXPECT(is(with([](auto& d) { d.clear_body(); }), wire::NOT_PERMITTED, wire::REASON_FORM));
    w.province.retire("county");
    EXPECT(is(w.submit(w.submission("lin")), wire::NOT_PERMITTED, wire::REASON_UNIT_GONE));
}

CASE("a definition published anew does not touch a matter on its way")
{
    World w;
    (void)w.submit(w.submission("lin"));
    auto steps = Province::standardSteps();
    steps[2].who = "person:qiu";
    w.province.publish(test::chain("standard", "发文", steps));
    (void)w.submit(w.act("shan", CHOICE_AGREE));
    EXPECT_EQ(w.matter().flow.openTask()->slots.at(0).person, "zhao");
}

CASE("resubmit: a new version, with the drafter's note; what was judged before needs a choice")
{
    World w;
    (void)w.submit(w.submission("lin"));
    const auto stale = w.act("zeng", CHOICE_AGREE);
    (void)w.submit(w.act("shan", CHOICE_RETURN, "改"));
    auto c = w.submission("lin", Province::notice("关于切实做好防汛工作的通知"));
    c.mutable_submit()->set_note("已改标题");
    const auto d = w.submit(c);
    REQUIRE(is(d, wire::APPLIED));
    EXPECT(d.facts[0].slot_done().subject() == w.matter().current()->hash);
    EXPECT(w.matter().versions.size() == 2 && w.matter().current()->number == 2 && w.matter().current()->note == "已改标题");
    auto moved = stale;
    moved.mutable_act()->set_task("review#2");
    EXPECT(is(w.submit(moved), wire::NEEDS_CHOICE, wire::REASON_DOCUMENT_CHANGED));
    EXPECT(is(w.submit(stale), wire::SUPERSEDED, wire::REASON_TASK_CLOSED));
}

CASE("resubmit refused: by another, twice the same, while in review, with another issuer, with findings")
{
    World w;
    (void)w.submit(w.submission("lin"));
    EXPECT(is(w.submit(w.submission("lin")), wire::DUPLICATE, wire::REASON_ALREADY_DONE));
    EXPECT(is(w.submit(w.submission("lin", Province::notice("另一份"))), wire::NEEDS_CHOICE, wire::REASON_TASK_CLOSED));
    EXPECT(is(w.submit(w.submission("shan")), wire::NOT_PERMITTED, wire::REASON_NOT_DRAFTER));
    (void)w.submit(w.act("shan", CHOICE_RETURN));
    EXPECT(is(w.submit(w.submission("lin", issuedBy("doc"))), wire::NOT_PERMITTED, wire::REASON_FORM));
    auto empty = Province::notice();
    empty.clear_recipients();
    EXPECT(is(w.submit(w.submission("lin", empty)), wire::NOT_PERMITTED, wire::REASON_NO_RECIPIENT));
    EXPECT(is(w.submit(w.submission("lin")), wire::APPLIED)); // unchanged, if he insists
}

CASE("withdraw: the drafter, before the signature, once")
{
    World w;
    (void)w.submit(w.submission("lin"));
    EXPECT(is(w.submit(w.withdrawal("shan")), wire::NOT_PERMITTED, wire::REASON_NOT_DRAFTER));
    EXPECT(is(w.submit(w.withdrawal("lin")), wire::APPLIED));
    EXPECT(w.matter().stage == Stage::Withdrawn && w.matter().endReason == "重新研究" && !w.matter().flow.openTask());
    EXPECT(is(w.submit(w.withdrawal("lin")), wire::DUPLICATE, wire::REASON_ALREADY_DONE));
    World s;
    sign(s);
    EXPECT(is(s.submit(s.withdrawal("lin")), wire::NOT_PERMITTED, wire::REASON_TOO_LATE_TO_WITHDRAW));
}

CASE("sign, number, dispatch: number from the register, packages to every unit that can receive")
{
    World w;
    sign(w);
    const auto& m = w.matter();
    EXPECT(m.stage == Stage::Dispatched && m.number == "示政办发〔2026〕1号" && m.signer.name() == "赵长庚" && m.signedTime);
    EXPECT(m.deliveries.size() == 3 && m.flow.step == "receipt");
    EXPECT_EQ(w.streams("in/").size(), size_t(3));
    for (const auto& d : m.deliveries) {
        EXPECT(d.sent && d.received && !d.opened && !d.signedFor && !d.undeliverable && !d.stream.empty());
        EXPECT_EQ(d.copy, d.unit == "water");
        const auto& in = w.incoming(d.stream);
        EXPECT(in.unit == d.unit && in.package.number() == m.number && in.package.signer_name() == "赵长庚" && in.package.sender_stream() == "m/1");
        EXPECT(in.package.document_hash() == m.current()->hash && wire::documentHash(in.package.document()) == m.current()->hash);
    }
    EXPECT(is(w.submit(w.act("zhao", CHOICE_SIGN, "发", {}, "m/1", "sign#1")), wire::DUPLICATE, wire::REASON_ALREADY_DONE));
}

CASE("dispatch: retired unit, no clerk, only a suspended clerk are undeliverable, and the rest goes out")
{
    for (int how = 0; how < 3; ++how) {
        World w;
        (void)w.submit(w.submission("lin"));
        (void)w.submit(w.act("shan", CHOICE_AGREE));
        if (how == 0) w.province.retire("city");
        if (how == 1) w.province.endPost("clerk.city", "city", "收文员");
        if (how == 2) w.province.suspend("clerk.city");
        (void)w.submit(w.act("zhao", CHOICE_SIGN));
        const auto* city = to(w.matter(), "city");
        REQUIRE(city);
        EXPECT(city->undeliverable && !city->received && city->unitName == "云州市人民政府");
        EXPECT(to(w.matter(), "county")->received && to(w.matter(), "water")->received);
        EXPECT_EQ(w.streams("in/").size(), size_t(2));
    }
}

CASE("a unit that closes between dispatch and delivery: the sender is told all the same")
{
    World w;
    (void)w.submit(w.submission("lin"));
    (void)w.submit(w.act("shan", CHOICE_AGREE));
    w.watch = [&](const wire::Command&, const rules::State&, const rules::Decision& d) {
        for (const auto& f : d.facts)
            if (f.has_dispatched()) w.province.retire("county");
    };
    (void)w.submit(w.act("zhao", CHOICE_SIGN));
    const auto* county = to(w.matter(), "county");
    REQUIRE(county);
    EXPECT(county->undeliverable && !county->received);
}

CASE("a false hub that names fewer units than it sends to: nothing is read past the names")
{
    const auto& kind = *catalogue::all().kind("m/1");
    const auto state = kind.empty("m/1");
    wire::Fact f;
    for (const char* unit : {"city", "county"}) f.mutable_dispatched()->add_units(unit);
    f.mutable_dispatched()->add_unit_names("云州市人民政府");
    kind.evolve(*state, f, {});
    const auto& deliveries = static_cast<const document::Matter&>(*state).deliveries;
    REQUIRE(deliveries.size() == 2);
    EXPECT(deliveries[0].unitName == "云州市人民政府" && deliveries[1].unitName == "county");
}

CASE("a unit named twice gets one package")
{
    World w;
    auto d = Province::notice();
    d.add_recipients("city");
    d.add_copies("county");
    sign(w, "m/1", d);
    EXPECT_EQ(w.matter().deliveries.size(), size_t(3));
    EXPECT(!to(w.matter(), "county")->copy);
}

CASE("the dispatch step goes by its kind, whatever it is called")
{
    World w;
    auto steps = Province::standardSteps();
    steps[4].key = "fa-wen";
    steps.pop_back();
    w.province.publish(test::chain("standard", "发文", steps));
    sign(w);
    EXPECT_EQ(w.matter().flow.step, "fa-wen");
    EXPECT(w.matter().flow.run.life == process::Life::Completed);
    EXPECT_EQ(w.matter().number, "示政办发〔2026〕1号");
}

namespace {

const auto kEnds = [] {
    std::string out = "<startEvent id=\"s\"/><endEvent id=\"e\"/>" + test::flow("s", "draft");
    for (const auto& step : Province::standardSteps()) out += test::element(step);
    return out + test::flow("sign", "number") + test::flow("number", "dispatch") + test::flow("dispatch", "receipt") + test::flow("receipt", "e");
}();

std::set<std::string> openTasks(const document::Matter& m)
{
    std::set<std::string> out;
    for (const auto& t : m.flow.tasks)
        if (t.open()) out.insert(t.id);
    return out;
}

} // namespace

CASE("a definition with a gateway: what is not urgent goes without the second review")
{
    World w;
    w.province.publish(test::bpmn("two", "两审", kEnds + test::element({"second", "复核", "post:副主任", "review", "agree return"})
                                                     + "<exclusiveGateway id=\"how\" default=\"how_sign\"/><exclusiveGateway id=\"back\" default=\"back_sign\"/>" + test::flow("draft", "review")
                                                     + test::flow("review", "how") + test::flow("how", "draft", "choice = \"return\"") + test::flow("how", "second", "urgency = \"urgent\" and recipients &gt; 1")
                                                     + test::flow("how", "sign") + test::flow("second", "back") + test::flow("back", "draft", "choice = \"return\"") + test::flow("back", "sign")));
    for (const bool urgent : {false, true}) {
        const std::string stream = urgent ? "m/2" : "m/1";
        auto document = Province::notice();
        if (urgent) document.set_urgency(wire::URGENCY_URGENT);
        REQUIRE(is(w.submit(w.submission("lin", document, "two", stream)), wire::APPLIED));
        EXPECT_EQ(document::nextTitle(w.matter(stream), *w.province.directory.process("two")), urgent ? "复核" : "签发");
        REQUIRE(is(w.submit(w.act("shan", CHOICE_AGREE, {}, {}, stream)), wire::APPLIED));
        EXPECT_EQ(w.matter(stream).flow.openTask()->id, urgent ? "second#1" : "sign#1");
        if (urgent) {
            // Back through the same definition, and by the other way once it is no longer urgent.
            REQUIRE(is(w.submit(w.act("zhou", CHOICE_RETURN, "改", {}, stream)), wire::APPLIED));
            EXPECT(w.matter(stream).stage == Stage::Drafting);
            REQUIRE(is(w.submit(w.submission("lin", Province::notice(), "two", stream)), wire::APPLIED));
            REQUIRE(is(w.submit(w.act("zeng", CHOICE_AGREE, {}, {}, stream)), wire::APPLIED));
        }
        REQUIRE(is(w.submit(w.act("zhao", CHOICE_SIGN, {}, {}, stream)), wire::APPLIED));
        EXPECT_EQ(w.matter(stream).number, urgent ? "示政办发〔2026〕2号" : "示政办发〔2026〕1号");
        EXPECT(w.matter(stream).flow.step == "receipt" && w.matter(stream).deliveries.size() == 3);
    }
}

CASE("a definition with parallel tasks: both are asked, in any order; one return counts when both have spoken")
{
    World w;
    w.province.publish(test::bpmn("both", "并行会签", kEnds + test::element({"second", "会签", "post:副主任", "review", "agree return"})
                                                          + "<parallelGateway id=\"fork\"/><parallelGateway id=\"join\"/><exclusiveGateway id=\"how\" default=\"how_sign\"/>" + test::flow("draft", "fork")
                                                          + test::flow("fork", "review") + test::flow("fork", "second") + test::flow("review", "join") + test::flow("second", "join")
                                                          + test::flow("join", "how") + test::flow("how", "draft", "returned") + test::flow("how", "sign")));
    using Ids = std::set<std::string>;
    REQUIRE(is(w.submit(w.submission("lin", Province::notice(), "both")), wire::APPLIED));
    EXPECT(openTasks(w.matter()) == (Ids{"review#1", "second#1"}));
    EXPECT(is(w.submit(w.act("wu", CHOICE_RETURN, "改", {}, "m/1", "second#1")), wire::APPLIED));
    EXPECT(openTasks(w.matter()) == Ids{"review#1"} && w.matter().stage == Stage::InReview);
    EXPECT(is(w.submit(w.act("shan", CHOICE_AGREE, "同意", {}, "m/1", "review#1")), wire::APPLIED));
    EXPECT(openTasks(w.matter()) == Ids{"draft#1"} && w.matter().stage == Stage::Drafting);
    EXPECT(is(w.submit(w.submission("lin")), wire::APPLIED));
    EXPECT(openTasks(w.matter()) == (Ids{"review#2", "second#2"}));
    EXPECT(is(w.submit(w.act("shan", CHOICE_AGREE, "同意", {}, "m/1", "review#2")), wire::APPLIED));
    EXPECT(is(w.submit(w.act("wu", CHOICE_AGREE, "同意", {}, "m/1", "second#2")), wire::APPLIED));
    EXPECT(openTasks(w.matter()) == Ids{"sign#1"});
    EXPECT(is(w.submit(w.withdrawal("lin")), wire::APPLIED));
    EXPECT(openTasks(w.matter()).empty() && w.matter().flow.run.life == process::Life::Cancelled);
}

CASE("a definition without a number ends with the last act")
{
    World w;
    auto steps = Province::standardSteps();
    steps.resize(2);
    w.province.publish(test::chain("inner", "内部", steps));
    (void)w.submit(w.submission("lin", Province::notice(), "inner"));
    const auto d = w.submit(w.act("shan", CHOICE_AGREE));
    REQUIRE(is(d, wire::APPLIED));
    EXPECT(w.matter().ended && d.facts.back().matter_ended().how() == wire::MatterEnded::COMPLETED && w.matter().endedBy.person() == "shan");
}

CASE("receipts: the process ends with the last unit's")
{
    World w;
    sign(w);
    EXPECT(w.matter().flow.run.running());
    const auto deliveries = w.matter().deliveries;
    for (const auto& d : deliveries) {
        EXPECT(w.matter().flow.run.running());
        auto c = w.from("clerk." + d.unit, d.stream);
        c.mutable_sign_for();
        EXPECT(is(w.submit(c), wire::APPLIED));
    }
    EXPECT(w.matter().flow.run.life == process::Life::Completed && !w.matter().ended);
}

CASE("follow-ups a second time are duplicates; persons cannot send them")
{
    World w;
    sign(w);
    wire::Command again;
    again.set_stream("m/1");
    again.mutable_assign_number()->set_number("示政办发〔2026〕9号");
    EXPECT(is(w.submit(again), wire::DUPLICATE, wire::REASON_ALREADY_DONE));
    again.set_person("lin");
    EXPECT(is(w.submit(again), wire::NOT_UNDERSTOOD, wire::REASON_FORM));
    wire::Command receipt;
    receipt.set_stream("m/1");
    receipt.mutable_record_receipt()->set_unit("gen");
    EXPECT(is(w.submit(receipt), wire::NOT_PERMITTED, wire::REASON_UNIT_GONE));
    World unsigned_;
    (void)unsigned_.submit(unsigned_.submission("lin"));
    again.clear_person();
    EXPECT(is(unsigned_.submit(again), wire::NOT_PERMITTED, wire::REASON_FORM));
}

CASE("opinions: any reader, at any time, nobody else")
{
    World w;
    sign(w);
    EXPECT(is(w.submit(w.opinion("zeng", "已阅")), wire::APPLIED));
    EXPECT(is(w.submit(w.opinion("qiu", "已阅")), wire::NOT_PERMITTED, wire::REASON_NOT_READER));
}
