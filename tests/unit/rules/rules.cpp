#include "zt/crypto/selftest.h"
#include "zt/rules/process.h"
#include "zt/test/findings.h"
#include "zt/test/province.h"
#include "zt/test/test.h"

using namespace zt;
using test::kDay;
using test::kMonday;
using test::Province;

namespace {

rules::Decision decide(const Province& p, wire::Command c, std::optional<bool> after = {})
{
    return rules::decide(directory::directoryKind(), p.directory, c, p.directory, {{kMonday, kMonday}, false}, after);
}

wire::Command good()
{
    wire::Command c = Province::by("sys");
    c.set_level(1);
    c.mutable_put_person()->set_id("x");
    c.mutable_put_person()->set_name("新");
    return c;
}

wire::Event event(const wire::Fact& f, uint32_t level = 1)
{
    wire::Event e;
    e.set_version(1);
    e.set_level(level);
    wire::Body b;
    *b.add_facts() = f;
    e.set_body(b.SerializeAsString());
    return e;
}

rules::ActorAnswer deputy(const Province& p, Millis from, Millis to, const std::string& scope = "review")
{
    return rules::actorFor(p.directory, {from, to}, "he", "m1", scope);
}

} // namespace

CASE("findings: each thing that keeps matters from running on a definition is said in Chinese and in English, with its element")
{
    const std::string good = R"(<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:z="urn:zhengtong:process"><process id="p" name="发文" isExecutable="true">
<startEvent id="s"/><userTask id="draft" name="拟稿" z:assignee="initiator"/><userTask id="sign" name="签发" z:assignee="heads" z:choices="sign"/>
<serviceTask id="number" name="编号" z:does="number"/><serviceTask id="dispatch" name="分发" z:does="dispatch"/><serviceTask id="receipt" name="签收" z:does="receipt"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="draft"/><sequenceFlow id="f2" sourceRef="draft" targetRef="sign"/><sequenceFlow id="f3" sourceRef="sign" targetRef="number"/>
<sequenceFlow id="f4" sourceRef="number" targetRef="dispatch"/><sequenceFlow id="f5" sourceRef="dispatch" targetRef="receipt"/><sequenceFlow id="f6" sourceRef="receipt" targetRef="e"/></process></definitions>)";
    const auto found = [](const std::string& bpmn) {
        wire::Definition d;
        d.set_bpmn(bpmn);
        const auto process = rules::readProcess(d);
        std::string out;
        if (!process) return process.error().detail;
        for (const auto& f : rules::findings(**process)) {
            test::saysAll(f);
            out += (out.empty() ? "" : ", ") + f.code + " " + f.element;
        }
        return out;
    };
    EXPECT_EQ(found(good), std::string());
    const std::string act = "z:assignee=\"heads\" z:choices=\"agree\"";
    for (const auto& [from, to, codes] : std::initializer_list<std::tuple<std::string, std::string, std::string>>{
             {"name=\"签发\"", "", "no-title sign"},
             {"heads", "everybody", "unknown-who sign"},
             {"\"sign\"/", "\"nod\"/", "no-choices sign"},
             {" z:choices=\"sign\"", "", "no-choices sign"},
             {"\"initiator\"", "\"initiator\" z:choices=\"agree\"", "no-choices draft"},
             {"z:does=\"number\"", "", "unknown-service number"},
             {"\"sign\"/>", "\"sign\"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>", "not-ours sign"},
             {"<endEvent id=\"e\"/>", "<endEvent id=\"e\"><messageEventDefinition/></endEvent>", "not-ours e"},
             {"serviceTask id=\"receipt\"", "sendTask id=\"receipt\"", "not-ours receipt"},
             {"z:assignee=\"initiator\"", act, "no-draft p"},
             {"z:choices=\"sign\"", "z:choices=\"agree\"", "unsigned-number number"},
             {"z:does=\"number\"", "z:does=\"receipt\"", "order dispatch, order number, order receipt"},
             {"serviceTask id=\"receipt\" name=\"签收\" z:does=\"receipt\"", "userTask id=\"receipt\" name=\"归档\" " + act, "order receipt"}}) {
        std::string bad = good;
        REQUIRE(bad.find(from) != std::string::npos);
        bad.replace(bad.find(from), from.size(), to);
        EXPECT_EQ(found(bad), codes);
    }
}

CASE("decide: an unsettled or refused `after` needs a choice, never applied")
{
    Province p;
    EXPECT(decide(p, good()).applies());
    EXPECT(decide(p, good(), true).applies());
    const auto d = decide(p, good(), false);
    EXPECT(d.outcome == wire::NEEDS_CHOICE && d.reason == wire::REASON_EARLIER_NOT_APPLIED && d.facts.empty());
}

CASE("decide: above the level in force, without a body, or on a frozen state: not understood")
{
    Province p;
    auto c = good();
    c.set_level(wire::kLevel + 1);
    EXPECT_EQ(decide(p, c).outcome, wire::NOT_UNDERSTOOD);
    c = good();
    c.clear_body();
    EXPECT_EQ(decide(p, c).outcome, wire::NOT_UNDERSTOOD);
    p.directory.frozen = true;
    EXPECT_EQ(decide(p, good()).outcome, wire::NOT_UNDERSTOOD);
}

CASE("fold: a later level or an unknown fact freezes the state as it was, for ever")
{
    const auto& kind = directory::directoryKind();
    wire::Fact person;
    person.mutable_person_put()->set_id("x");
    for (const auto& bad : {event(person, wire::kLevel + 1), event(wire::Fact())}) {
        directory::Directory d;
        EXPECT(rules::fold(kind, d, bad));
        EXPECT(d.frozen && d.version == 0 && d.people.empty());
        EXPECT(rules::fold(kind, d, event(person)));
        EXPECT(d.people.empty() && d.version == 0);
    }
}

CASE("fold: an erased event moves the version, a damaged one is an error and changes nothing")
{
    const auto& kind = directory::directoryKind();
    wire::Fact person;
    person.mutable_person_put()->set_id("x");
    directory::Directory d;
    auto e = event(person);
    e.clear_body();
    e.set_erased_rule("7");
    EXPECT(rules::fold(kind, d, e));
    EXPECT(d.version == 1 && d.people.empty() && d.head == wire::eventHash(e) && !d.frozen);
    e = event(person);
    e.set_version(2);
    e.set_body("\x0A\x7F");
    EXPECT(!rules::fold(kind, d, e));
    EXPECT_EQ(d.version, uint64_t(1));
}

CASE("actor: name, first post and unit are written down")
{
    Province p;
    const auto a = rules::actorFor(p.directory, {kMonday, kMonday}, "shan", {}, "review");
    REQUIRE(a.actor);
    EXPECT_EQ(a.actor->name(), "单晓宇");
    EXPECT_EQ(a.actor->post(), "处长");
    EXPECT_EQ(a.actor->unit_name(), "文电处");
    EXPECT(a.rightsOf == "shan" && !a.unproven && a.actor->principal().empty());
}

CASE("actor: unknown and suspended persons")
{
    Province p;
    EXPECT_EQ(rules::actorFor(p.directory, {1, 1}, "ghost", {}, "").refused, wire::REASON_NO_ACTOR);
    p.suspend("shan");
    EXPECT_EQ(rules::actorFor(p.directory, {1, 1}, "shan", {}, "").refused, wire::REASON_SUSPENDED);
    p.suspend("shan", false);
    EXPECT(rules::actorFor(p.directory, {1, 1}, "shan", {}, "").actor);
}

CASE("mandate: acts for the principal inside its time and scope")
{
    Province p;
    p.mandate("m1", "shan", "he", kMonday, kMonday + 5 * kDay, {"review"});
    const auto a = deputy(p, kMonday, kMonday + kDay);
    REQUIRE(a.actor);
    EXPECT(a.rightsOf == "shan" && !a.unproven);
    EXPECT(a.actor->principal_name() == "单晓宇" && a.actor->name() == "何川" && a.actor->mandate() == "m1");
    EXPECT_EQ(deputy(p, kMonday, kMonday, "sign").refused, wire::REASON_MANDATE_SCOPE);
    EXPECT_EQ(rules::actorFor(p.directory, {kMonday, kMonday}, "zeng", "m1", "review").refused, wire::REASON_MANDATE_ENDED);
    EXPECT_EQ(rules::actorFor(p.directory, {kMonday, kMonday}, "he", "ghost", "review").refused, wire::REASON_MANDATE_ENDED);
}

CASE("mandate: a right counts if it held at some point of the interval; past the end the time is unproven")
{
    Province p;
    p.mandate("m1", "shan", "he", kMonday, kMonday + kDay);
    EXPECT_EQ(deputy(p, kMonday - kDay, kMonday - 1).refused, wire::REASON_MANDATE_ENDED);
    EXPECT(deputy(p, kMonday - kDay, kMonday).unproven);
    EXPECT(deputy(p, kMonday, kMonday + kDay).actor && !deputy(p, kMonday, kMonday + kDay).unproven);
    EXPECT(deputy(p, kMonday, kMonday + kDay + 1).unproven);
    EXPECT_EQ(deputy(p, kMonday + kDay + 1, kMonday + 2 * kDay).refused, wire::REASON_MANDATE_ENDED);
}

CASE("mandate: ended early counts before its end; withdrawn for cause it ends at the interval's start")
{
    for (const bool cause : {false, true}) {
        Province p;
        p.mandate("m1", "shan", "he", kMonday, kMonday + 5 * kDay);
        p.now = kMonday + kDay;
        p.endMandate("m1", cause);
        const auto inside = deputy(p, kMonday, kMonday + 2 * kDay);
        EXPECT_EQ(bool(inside.actor), !cause);
        EXPECT(cause || inside.unproven);
        EXPECT(deputy(p, kMonday, kMonday + kDay - 1).actor); // arrived before the end: it held
        EXPECT(!deputy(p, kMonday + kDay + 1, kMonday + 2 * kDay).actor);
    }
}

CASE("mandate: falls with its principal")
{
    Province p;
    p.mandate("m1", "shan", "he", kMonday, kMonday + kDay);
    p.suspend("shan");
    EXPECT_EQ(deputy(p, kMonday, kMonday).refused, wire::REASON_MANDATE_ENDED);
}

int main(int argc, char** argv)
{
    if (!crypto::start()) return 1;
    return test::main(argc, argv);
}
