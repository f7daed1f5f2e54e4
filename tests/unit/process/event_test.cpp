// Events: timers, messages, errors, escalations; sub-processes, calls.
#include "play.h"

#include "zt/process/decisions.h"

using namespace zt;
using namespace zt::test;

namespace {

std::string sub(const std::string& id, const std::string& inside, const std::string& attributes = "") { return element("subProcess", id, attributes, inside); }
std::string boundary(const std::string& id, const std::string& host, const std::string& definition, bool interrupting = true)
{
    return element("boundaryEvent", id, "attachedToRef=\"" + host + "\" cancelActivity=\"" + (interrupting ? "true" : "false") + "\"", definition);
}
std::string timer(const std::string& what, const std::string& text, const std::string& attributes = "")
{
    return "<timerEventDefinition " + attributes + "><" + what + ">" + text + "</" + what + "></timerEventDefinition>";
}
const std::string kCodes = "<error id=\"err\" name=\"E\" errorCode=\"E1\"/><error id=\"err2\" name=\"E\" errorCode=\"E2\"/>"
                           "<escalation id=\"esc\" name=\"X\" escalationCode=\"X1\"/><message id=\"msg\" name=\"hello\"/>";

} // namespace

CASE("intermediate timer event: the token waits until the time is there; firing early is refused")
{
    Play p(define(file(kStart + users("a") + "<intermediateCatchEvent id=\"t\">" + timer("timeDuration", "PT2H") + "</intermediateCatchEvent>" + flows("s>t t>a"))));
    EXPECT(p.start());
    const Millis due = p.now + 2 * 3600'000;
    EXPECT(p.s.nextDue() == due);
    Command c;
    c.kind = Command::Kind::Fire;
    c.item = p.s.timers[0].item;
    c.node = p.s.timers[0].node;
    EXPECT(!p.act(c));
    EXPECT(p.fire());
    EXPECT_EQ(p.now, due);
    EXPECT_EQ(p.open(), "a");
    EXPECT(!p.act(c));
}

CASE("timers by date, by FEEL, by data; a cycle on a non-interrupting boundary event fires as often as it says")
{
    Play date(define(file(kStart + users("a") + "<intermediateCatchEvent id=\"t\">" + timer("timeDate", "2030-01-02T03:04:05+08:00") + "</intermediateCatchEvent>" + flows("s>t t>a"))));
    EXPECT(date.start());
    EXPECT_EQ(instantText(*date.s.nextDue()), "2030-01-01T19:04:05Z");
    Play feel(define(file(kStart + users("a") + "<intermediateCatchEvent id=\"t\">" + timer("timeDuration", "duration(&quot;PT1H&quot;) * hours") + "</intermediateCatchEvent>" + flows("s>t t>a"))));
    EXPECT(feel.start({{"hours", number(3)}}));
    EXPECT_EQ(*feel.s.nextDue() - feel.now, 3 * 3600'000);
    EXPECT(!Play(feel.d).start());
    Play cycle(define(file(kStart + users("a n") + boundary("b", "a", timer("timeCycle", "R3/PT10M"), false) + kEnd + flows("s>a a>e b>n"))));
    EXPECT(cycle.start());
    for (int i = 1; i <= 3; ++i) EXPECT(cycle.fire());
    EXPECT(!cycle.fire());
    EXPECT_EQ(cycle.open(), "a n n n");
}

CASE("boundary timer: interrupting, the activity ends and the token goes by the event; not interrupting, it goes on and a second token leaves")
{
    for (const bool interrupting : {true, false}) {
        Play p(define(file(kStart + users("a late z") + boundary("b", "a", timer("timeDuration", "P1D"), interrupting) + kEnd + flows("s>a a>z b>late z>e late>e"))));
        EXPECT(codes(check(p.d)).empty());
        EXPECT(p.start() && p.fire());
        EXPECT_EQ(p.open(), interrupting ? "late" : "a late");
        EXPECT(p.s.timers.empty());
        if (!interrupting) EXPECT(p.done("a") && p.done("z"));
        EXPECT(p.done("late"));
        EXPECT(p.over());
        Play q(p.d);
        EXPECT(q.start() && q.done("a"));
        EXPECT(q.s.timers.empty());
    }
}

CASE("boundary message: caught while the activity is open, by name and key")
{
    Play p(define(file(kStart + users("a n") + boundary("b", "a", "<messageEventDefinition messageRef=\"msg\"/>", false) + flows("s>a b>n"), kCodes)));
    EXPECT(p.start({}, "7"));
    EXPECT(p.message("hello", "7", {{"x", number(5)}}));
    EXPECT(p.message("hello", "7"));
    EXPECT_EQ(p.open(), "a n n");
    EXPECT(feel::same(p.value("x"), number(5)));
    EXPECT(p.done("a"));
    EXPECT(!p.message("hello", "7"));
}

CASE("message correlation between matters: what one sends finds the one that waits for its key, and only that one")
{
    const auto definitions = kCodes + "<message id=\"ask\" name=\"ask\"><extensionElements><z:subscription correlationKey=\"= number of letter\"/></extensionElements></message>";
    const std::string data = "<dataObject id=\"D\" name=\"number of letter\"/>";
    Play receiver(define(file(data + kStart + users("a") + "<intermediateCatchEvent id=\"m\"><messageEventDefinition messageRef=\"ask\"/></intermediateCatchEvent>" + flows("s>m m>a"), definitions)));
    Play sender(define(file(data + kStart + users("b") + "<intermediateThrowEvent id=\"t\"><messageEventDefinition messageRef=\"ask\"/></intermediateThrowEvent>" + flows("s>t t>b"), definitions)));
    EXPECT(receiver.start({{"number of letter", text("〔2026〕7号")}}));
    EXPECT(sender.start({{"number of letter", text("〔2026〕7号")}, {"amount", number(9)}}));
    const auto sent = std::find_if(sender.history.begin(), sender.history.end(), [](const Event& e) { return e.kind == EventKind::Sent; });
    REQUIRE(sent != sender.history.end());
    EXPECT_EQ(sender.open(), "b");
    EXPECT(!receiver.message(sent->name, "〔2026〕8号"));
    EXPECT(receiver.message(sent->name, sent->key, {{"amount", *sent->value.entry("amount")}}));
    EXPECT_EQ(receiver.open(), "a");
    EXPECT(feel::same(receiver.value("amount"), number(9)));
    EXPECT(!Play(receiver.d).start()); // the key is not there
}

CASE("send and receive tasks: one sends and is done at once, the other waits for its message; message end sends as the process ends")
{
    Play p(define(file(kStart + "<sendTask id=\"x\" messageRef=\"msg\"/><receiveTask id=\"r\" messageRef=\"msg\"/><endEvent id=\"e\"><messageEventDefinition messageRef=\"msg\"/></endEvent>" + flows("s>x x>r r>e"), kCodes)));
    EXPECT(p.start({}, "k"));
    EXPECT_EQ(p.count(EventKind::Sent), 1u);
    EXPECT_EQ(p.open(), "r");
    EXPECT(!p.done("r"));
    EXPECT(p.message("hello", "k"));
    EXPECT_EQ(p.count(EventKind::Sent), 2u);
    EXPECT(p.over());
}

CASE("error end in a sub-process: caught by the boundary event with its code, else by one for any; the sub-process ends, its other tokens with it")
{
    const std::string inside = "<startEvent id=\"s2\"/>" + users("a b") + "<parallelGateway id=\"g\"/><endEvent id=\"x\"><errorEventDefinition errorRef=\"err\"/></endEvent>" + flows("s2>g g>a g>b a>x");
    Play p(define(file(kStart + users("one other z") + sub("sub", inside) + boundary("b1", "sub", "<errorEventDefinition errorRef=\"err\"/>")
                           + boundary("b2", "sub", "<errorEventDefinition/>") + flows("s>sub sub>z b1>one b2>other"),
                       kCodes)));
    EXPECT(codes(check(p.d)).empty());
    EXPECT(p.start() && p.done("a"));
    EXPECT_EQ(p.open(), "one");
    Play q(define(file(kStart + users("other z") + sub("sub", inside) + boundary("b2", "sub", "<errorEventDefinition/>") + flows("s>sub sub>z b2>other"), kCodes)));
    EXPECT(q.start() && q.done("a"));
    EXPECT_EQ(q.open(), "other");
    Play wrong(define(file(kStart + users("other z") + sub("sub", inside) + boundary("b2", "sub", "<errorEventDefinition errorRef=\"err2\"/>") + flows("s>sub sub>z b2>other"), kCodes)));
    EXPECT(wrong.start() && wrong.done("a"));
    EXPECT(wrong.over(Life::Failed));
}

CASE("error of a service task: caught at its own boundary, else further out, else the process fails")
{
    Play p(define(file(kStart + "<serviceTask id=\"w\"/>" + users("z x") + boundary("b", "w", "<errorEventDefinition errorRef=\"err\"/>") + flows("s>w w>z b>x"), kCodes)));
    EXPECT(p.start());
    EXPECT_EQ(actionable(p.d, p.s).size(), 1u);
    EXPECT(p.command(Command::Kind::Fail, p.at("w"), "E1", {{"reason", text("no paper")}}));
    EXPECT_EQ(p.open(), "x");
    Play q(p.d);
    EXPECT(q.start() && q.command(Command::Kind::Fail, q.at("w"), "other"));
    EXPECT(q.over(Life::Failed));
    Play r(p.d);
    EXPECT(r.start() && r.done("w"));
    EXPECT_EQ(r.open(), "z");
}

CASE("nested sub-processes: an error passes the inner one when only the outer one catches it")
{
    const std::string inner = sub("in", "<startEvent id=\"s3\"/>" + users("a") + "<endEvent id=\"x\"><errorEventDefinition errorRef=\"err\"/></endEvent>" + flows("s3>a a>x"));
    Play p(define(file(kStart + users("z caught") + sub("out", "<startEvent id=\"s2\"/>" + inner + flows("s2>in")) + boundary("b", "out", "<errorEventDefinition errorRef=\"err\"/>") + flows("s>out out>z b>caught"), kCodes)));
    EXPECT(p.start());
    EXPECT_EQ(p.s.items.size(), 4u);
    EXPECT(p.done("a"));
    EXPECT_EQ(p.open(), "caught");
}

CASE("sub-process: ends when nothing is left in it, then the token goes on; data declared in it stay in it")
{
    Play p(define(file("<dataObject id=\"total\"/>" + kStart + users("z")
                       + sub("sub", "<dataObject id=\"local\"/><startEvent id=\"s2\"/>" + users("a b") + flows("s2>a a>b")) + flows("s>sub sub>z"))));
    EXPECT(p.start());
    EXPECT(p.done("a", {{"local", number(1)}, {"total", number(2)}}));
    EXPECT_EQ(p.open(), "b");
    EXPECT(p.value("local").isNull() && feel::same(p.value("total"), number(2)));
    EXPECT_EQ(p.s.data.size(), 2u);
    EXPECT(p.done("b"));
    EXPECT_EQ(p.open(), "z");
    EXPECT_EQ(p.s.data.size(), 1u);
}

CASE("escalation: thrown inside, caught at the boundary, interrupting or not; nobody catches it: the work goes on")
{
    const std::string inside = "<startEvent id=\"s2\"/>" + users("a") + "<intermediateThrowEvent id=\"t\"><escalationEventDefinition escalationRef=\"esc\"/></intermediateThrowEvent>" + users("b") + flows("s2>t t>a a>b");
    for (const bool interrupting : {true, false}) {
        Play p(define(file(kStart + users("boss z") + sub("sub", inside) + boundary("x", "sub", "<escalationEventDefinition escalationRef=\"esc\"/>", interrupting) + flows("s>sub sub>z x>boss"), kCodes)));
        EXPECT(codes(check(p.d)).empty());
        EXPECT(p.start());
        EXPECT_EQ(p.open(), interrupting ? "boss" : "a boss");
    }
    Play none(define(file(kStart + sub("sub", inside) + flows("s>sub"), kCodes)));
    EXPECT(none.start());
    EXPECT_EQ(none.open(), "a");
    // A person escalates his own task.
    Play own(define(file(kStart + users("a boss") + boundary("x", "a", "<escalationEventDefinition/>", false) + flows("s>a x>boss"), kCodes)));
    EXPECT(own.start() && own.command(Command::Kind::Escalate, own.at("a"), "any"));
    EXPECT_EQ(own.open(), "a boss");
}

CASE("escalation end: a token's end that somebody around hears of")
{
    Play p(define(file(kStart + users("boss z") + sub("sub", "<startEvent id=\"s2\"/>" + users("a") + "<endEvent id=\"x\"><escalationEventDefinition escalationRef=\"esc\"/></endEvent>" + flows("s2>a a>x"))
                           + boundary("b", "sub", "<escalationEventDefinition escalationRef=\"esc\"/>", false) + flows("s>sub sub>z b>boss"),
                       kCodes)));
    EXPECT(p.start() && p.done("a"));
    EXPECT_EQ(p.open(), "boss z");
}

CASE("event sub-process: by message, time, error or escalation; interrupting, it takes the place of everything else in its scope")
{
    const auto handler = [](const std::string& definition, bool interrupting) {
        return sub("h", element("startEvent", "hs", std::string("isInterrupting=\"") + (interrupting ? "true" : "false") + "\"", definition) + users("fix") + flows("hs>fix"), "triggeredByEvent=\"true\"");
    };
    const std::string message = "<messageEventDefinition messageRef=\"msg\"/>";
    Play p(define(file(kStart + users("a b") + handler(message, true) + flows("s>a a>b"), kCodes)));
    EXPECT(codes(check(p.d)).empty());
    EXPECT(p.start({}, "k"));
    EXPECT(p.message("hello", "k"));
    EXPECT_EQ(p.open(), "fix");
    EXPECT(!p.message("hello", "k"));
    EXPECT(p.done("fix"));
    EXPECT(p.over());
    Play beside(define(file(kStart + users("a b") + handler(message, false) + flows("s>a a>b"), kCodes)));
    EXPECT(beside.start({}, "k") && beside.message("hello", "k") && beside.message("hello", "k"));
    EXPECT_EQ(beside.open(), "a fix fix");
    EXPECT(beside.done("a") && beside.done("b"));
    EXPECT(beside.s.running());
    EXPECT(beside.done("fix") && beside.done("fix"));
    EXPECT(beside.over());
    Play time(define(file(kStart + users("a") + handler(timer("timeCycle", "R2/PT1H"), false) + flows("s>a"), kCodes)));
    EXPECT(time.start() && time.fire() && time.fire() && !time.fire());
    EXPECT_EQ(time.open(), "a fix fix");
    Play error(define(file(kStart + users("z") + sub("sub", "<startEvent id=\"s2\"/><serviceTask id=\"w\"/>" + users("other") + "<parallelGateway id=\"g\"/>" + handler("<errorEventDefinition errorRef=\"err\"/>", true) + flows("s2>g g>w g>other"))
                               + flows("s>sub sub>z"),
                           kCodes)));
    EXPECT(error.start() && error.command(Command::Kind::Fail, error.at("w"), "E1"));
    EXPECT_EQ(error.open(), "fix");
    EXPECT(error.done("fix"));
    EXPECT_EQ(error.open(), "z");
    Play escalation(define(file(kStart + users("a") + "<intermediateThrowEvent id=\"t\"><escalationEventDefinition escalationRef=\"esc\"/></intermediateThrowEvent>" + handler("<escalationEventDefinition/>", false) + flows("s>t t>a"), kCodes)));
    EXPECT(escalation.start());
    EXPECT_EQ(escalation.open(), "a fix");
}

CASE("an error thrown inside an event sub-process is not caught by itself or its neighbours but further out")
{
    Play p(define(file(kStart + users("caught") + sub("sub", "<startEvent id=\"s2\"/><serviceTask id=\"w\"/>" + sub("h", "<startEvent id=\"hs\"><errorEventDefinition/></startEvent><endEvent id=\"x\"><errorEventDefinition errorRef=\"err2\"/></endEvent>" + flows("hs>x"), "triggeredByEvent=\"true\"")
                                                       + flows("s2>w"))
                           + boundary("b", "sub", "<errorEventDefinition errorRef=\"err2\"/>") + flows("s>sub b>caught"),
                       kCodes)));
    EXPECT(p.start() && p.command(Command::Kind::Fail, p.at("w"), "E1"));
    EXPECT_EQ(p.open(), "caught");
}

CASE("call activity: the called process runs on data of its own; mappings carry them in and out; boundary events hold for the call")
{
    const std::string called = "<process id=\"q\">" "<startEvent id=\"qs\"/>" + users("work") + "<exclusiveGateway id=\"g\" default=\"g-e1\"/><endEvent id=\"e1\"/><endEvent id=\"e2\"><errorEventDefinition errorRef=\"err\"/></endEvent>"
        + flows("qs>work work>g g>e1 g>e2[amount > 100]") + "</process>";
    const std::string call = element("callActivity", "c", "calledElement=\"q\"",
                                     "<extensionElements><z:in source=\"total\" target=\"amount\"/><z:in sourceExpression=\"total + 1\" target=\"more\"/><z:out source=\"result\" target=\"answer\"/></extensionElements>");
    const auto d = define(file(kStart + users("z x") + call + boundary("b", "c", "<errorEventDefinition errorRef=\"err\"/>") + flows("s>c c>z b>x"), kCodes + called), "p");
    EXPECT(codes(check(d)).empty());
    EXPECT(d.find("c/work") != kNone);
    Play p(d);
    EXPECT(p.start({{"total", number(5)}, {"secret", number(1)}}));
    EXPECT_EQ(p.open(), "c/work");
    EXPECT(p.done("c/work", {{"result", text("ok")}}));
    EXPECT_EQ(p.open(), "z");
    EXPECT(feel::same(p.value("answer"), text("ok")));
    EXPECT(p.value("result").isNull() && p.value("amount").isNull());
    Play q(d);
    EXPECT(q.start({{"total", number(500)}}) && q.done("c/work"));
    EXPECT_EQ(q.open(), "x");
}

CASE("call activity: an unknown process is answered from outside; processes that call each other in a circle are refused by name")
{
    Play p(define(file(kStart + users("z") + element("callActivity", "c", "calledElement=\"elsewhere\"") + flows("s>c c>z"))));
    EXPECT(codes(check(p.d)).count("unknown-process c"));
    EXPECT(p.start() && p.done("c", {{"answer", number(1)}}));
    EXPECT_EQ(p.open(), "z");
    const auto call = [](const std::string& id, const std::string& what) { return element("callActivity", id, "name=\"call " + what + "\" calledElement=\"" + what + "\""); };
    const auto doc = Document::read(file(kStart + call("c", "q") + flows("s>c"), "<process id=\"q\"><startEvent id=\"s\"/>" + call("back", "p") + flows("s>back") + "</process>"));
    REQUIRE(doc);
    const auto linked = doc->process("p");
    EXPECT(!linked && linked.error().detail.find("back (call p)") != std::string::npos);
    EXPECT(!Document::read(file(kStart + call("c", "p") + flows("s>c")))->process("p"));
}

CASE("a deadline in working time leaves out nights, weekends and holidays, and outages extend it")
{
    const auto calendar = Calendar::parse("hours 09:00-12:00 13:00-18:00\nholiday 2026-10-01..2026-10-07 国庆节\nworkday 2026-10-10 调休\n");
    REQUIRE(calendar);
    Play p(define(file(kStart + users("a") + boundary("b", "a", timer("timeDuration", "PT10H", "z:workingTime=\"true\"")) + flows("s>a"))));
    p.calendar = *calendar;
    p.now = *parseInstant("2026-09-30T15:00:00+08:00"); // Wednesday: 3 hours left
    EXPECT(p.start());
    EXPECT(p.s.nextDue() == parseInstant("2026-10-08T17:00:00+08:00"));
    // An outage of the whole 8th: five hours were worked of it until 17:00 … nothing of that day counts.
    Command c;
    c.kind = Command::Kind::Retime;
    EXPECT(p.act(c) && p.s.nextDue() == parseInstant("2026-10-08T17:00:00+08:00"));
    p.calendar.addOutage(*parseInstant("2026-10-08T00:00:00+08:00"), *parseInstant("2026-10-09T00:00:00+08:00"));
    EXPECT(p.act(c));
    EXPECT(p.s.nextDue() == parseInstant("2026-10-09T17:00:00+08:00"));
    // A day that must be worked after all brings it forward.
    p.calendar.addWorkday(*parseDay("2026-10-01"));
    EXPECT(p.act(c));
    EXPECT(p.s.nextDue() == parseInstant("2026-10-01T17:00:00+08:00"));
    // Plain time: the clock stands still as long as the outage lasts.
    Play q(define(file(kStart + users("a") + boundary("b", "a", timer("timeDuration", "PT10H")) + flows("s>a"))));
    EXPECT(q.start());
    const Millis due = *q.s.nextDue();
    q.calendar.addOutage(q.now - 3600'000, q.now + 3600'000); // one hour of it ran before
    q.calendar.addOutage(due + 1800'000, due + 3600'000);     // begins while the clock still runs, since it was moved
    EXPECT(q.act(c));
    EXPECT_EQ(*q.s.nextDue(), due + 3600'000 + 1800'000);
    // A date stays that date.
    Play r(define(file(kStart + users("a") + boundary("b", "a", timer("timeDate", "2026-12-01T09:00:00+08:00")) + flows("s>a"))));
    EXPECT(r.start());
    const Millis date = *r.s.nextDue();
    r.calendar.addOutage(r.now, date + 1);
    EXPECT(r.act(c) && *r.s.nextDue() == date);
}

CASE("business rule task: asks the decision on the data in scope and keeps its result; a decision that is not there is a refusal by name")
{
    struct Decisions : Rules {
        Result<feel::Value> decide(const std::string& decision, const feel::Scope& scope, Millis) const override
        {
            if (decision != "signer") return Result<feel::Value>(Err::NotFound, "no decision " + decision);
            const Value* amount = scope.find("amount");
            return feel::Value::string(amount && feel::compare(*amount, number(1000)) == 1 ? "governor" : "head");
        }
    } rules;
    const auto d = define(file(kStart + element("businessRuleTask", "rule", "z:decisionRef=\"signer\" z:resultVariable=\"who\"") + "<exclusiveGateway id=\"g\" default=\"g-b\"/>" + users("a b") + flows("s>rule rule>g g>a[who = \"governor\"] g>b")));
    Play p(d);
    p.rules = &rules;
    EXPECT(p.start({{"amount", number(2000)}}));
    EXPECT_EQ(p.open(), "a");
    EXPECT_EQ(p.count(EventKind::Decided), 1u);
    Play none(d);
    EXPECT(!none.start());
    EXPECT(none.refusal.find("rule") != std::string::npos);
    CheckOptions options;
    options.knowsDecision = [](const std::string& x) { return x == "other"; };
    EXPECT(codes(check(d, options)).count("unknown-decision rule"));
}

CASE("a DMN table decides who signs above which amount, by its name or its id; a decision that gives nothing stops nobody silently")
{
    const std::string table = R"(<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="n"><inputData id="i" name="amount"><variable name="amount" typeRef="number"/></inputData>
<decision id="d1" name="signer"><variable name="signer"/><informationRequirement><requiredInput href="#i"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE"><input><inputExpression typeRef="number"><text>amount</text></inputExpression></input><output/>
<rule><inputEntry><text>&lt;= 1000</text></inputEntry><outputEntry><text>"处长"</text></outputEntry></rule>
<rule><inputEntry><text>&gt; 1000</text></inputEntry><outputEntry><text>"厅长"</text></outputEntry></rule></decisionTable></decision></definitions>)";
    auto model = dmn::Model::read(table);
    REQUIRE(model);
    Decisions rules;
    rules.add(std::move(*model));
    EXPECT(rules.knows("signer") && rules.knows("d1") && !rules.knows("other"));
    for (const char* ref : {"signer", "d1"}) {
        Play p(define(file(kStart + element("businessRuleTask", "rule", std::string("z:decisionRef=\"") + ref + "\" z:resultVariable=\"who\"") + element("userTask", "a", "z:assignee=\"${who}\"") + flows("s>rule rule>a"))));
        p.rules = &rules;
        EXPECT(p.start({{"amount", number(5000)}}));
        EXPECT_EQ(p.who(), "厅长");
        Play q(p.d);
        q.rules = &rules;
        EXPECT(!q.start());
        EXPECT(q.refusal.find("rule") != std::string::npos);
    }
}

CASE("manual tasks wait for a person, abstract tasks pass at once")
{
    Play p(define(file(kStart + "<manualTask id=\"m\"/><task id=\"t\"/>" + users("a") + flows("s>m m>t t>a"))));
    EXPECT(p.start());
    EXPECT_EQ(p.open(), "m");
    EXPECT(p.done("m"));
    EXPECT_EQ(p.open(), "a");
}

CASE("the assignee is a literal, a FEEL expression or a simple JUEL one")
{
    for (const auto& [attribute, who] : {std::pair("z:assignee=\"demo\"", "demo"), std::pair("z:assignee=\"${boss}\"", "li"), std::pair("z:assignee=\"= boss\"", "li"), std::pair("z:candidateGroups=\"clerks\"", "clerks")}) {
        Play p(define(file(kStart + element("userTask", "a", attribute) + flows("s>a"))));
        EXPECT(codes(check(p.d)).empty());
        EXPECT(p.start({{"boss", text("li")}}));
        EXPECT_EQ(p.who(), who);
    }
    Play owner(define(file(kStart + element("userTask", "a", "", "<potentialOwner><resourceRef>R</resourceRef></potentialOwner>") + flows("s>a"), "<resource id=\"R\" name=\"处长\"/>")));
    EXPECT(owner.start());
    EXPECT_EQ(owner.who(), "处长");
    EXPECT(codes(check(define(file(kStart + "<userTask id=\"a\"/>" + flows("s>a"))))).count("no-assignee a"));
}
