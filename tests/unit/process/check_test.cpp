// The checker, the calendar, migration.
#include "play.h"

#include "zt/process/migrate.h"
#include "zt/test/findings.h"

using namespace zt;
using namespace zt::test;

namespace {
std::set<std::string> found(const std::string& inside, Finding::Severity least = Finding::Severity::Error) { return codes(check(define(file(inside))), least); }
const std::string kG = "<parallelGateway id=\"g\"/>", kJ = "<parallelGateway id=\"j\"/>";
} // namespace

CASE("deadlock: a parallel join behind an exclusive split; the finding names the join")
{
    EXPECT(found(kStart + users("a b") + "<exclusiveGateway id=\"x\"/>" + kJ + kEnd + flows("s>x x>a[c] x>b a>j b>j j>e")) == std::set<std::string>{"deadlock j"});
    // A branch that may leave the block.
    EXPECT(found(kStart + users("a b") + kG + "<exclusiveGateway id=\"x\"/>" + kJ + kEnd + "<endEvent id=\"e2\"/>" + flows("s>g g>a g>b a>x x>j[c] x>e2 b>j j>e")) == std::set<std::string>{"deadlock j"});
    // A join that the start alone leads to, twice round.
    EXPECT(found(kStart + users("a") + kJ + "<exclusiveGateway id=\"x\"/>" + kEnd + flows("s>j j>a a>x x>j[c] x>e")).count("deadlock j"));
}

CASE("lack of synchronisation: an exclusive merge or an activity behind a parallel split gets two tokens")
{
    EXPECT(found(kStart + users("a b c") + kG + "<exclusiveGateway id=\"m\"/>" + kEnd + flows("s>g g>a g>b a>m b>m m>c c>e")) == std::set<std::string>{"unsynchronised c"});
    EXPECT(found(kStart + users("a b c") + kG + kEnd + flows("s>g g>a g>b a>c b>c c>e")) == std::set<std::string>{"unsynchronised c"});
    // A loop back out of one branch starts the other again.
    EXPECT(found(kStart + users("a b") + kG + kJ + "<exclusiveGateway id=\"m\"/><exclusiveGateway id=\"x\"/>" + kEnd + flows("s>m m>g g>a g>b a>x x>m[c] x>j b>j j>e")).count("unsynchronised b"));
}

CASE("sound ones are called sound: loops, inclusive gateways, boundary events, event sub-processes, nesting")
{
    EXPECT(found(kStart + users("a b c") + "<inclusiveGateway id=\"g\"/><inclusiveGateway id=\"j\"/>" + kEnd + flows("s>g g>a[x] g>b[y] g>c[z] a>j b>j c>j j>e")).empty());
    EXPECT(found(kStart + users("a b n") + kG + kJ + "<boundaryEvent id=\"t\" attachedToRef=\"a\"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent><exclusiveGateway id=\"m\"/>" + kEnd
                 + flows("s>g g>a g>b a>m t>n n>m m>j b>j j>e"))
               .empty());
    // Many branches of several steps each: linear runs count as one.
    std::string inside = kStart + kG + kJ + kEnd, lines = "s>g j>e ";
    for (int i = 0; i < 10; ++i) {
        const std::string n = std::to_string(i);
        inside += users("a" + n + " b" + n + " c" + n);
        lines += "g>a" + n + " a" + n + ">b" + n + " b" + n + ">c" + n + " c" + n + ">j ";
    }
    EXPECT(sound(check(define(file(inside + flows(lines))))));
    // Thirty: one order is enough, for nothing in them depends on order.
    inside = kStart + kG + kJ + kEnd;
    lines = "s>g j>e ";
    for (int i = 0; i < 30; ++i) {
        inside += users("a" + std::to_string(i));
        lines += "g>a" + std::to_string(i) + " a" + std::to_string(i) + ">j ";
    }
    EXPECT(sound(check(define(file(inside + flows(lines))))));
    CheckOptions few;
    few.maxStates = 10;
    EXPECT(codes(check(define(file(inside + flows(lines))), few), Finding::Severity::Note).count("unproved p"));
}

CASE("unreachable elements, loops without exit, loops in which nobody acts")
{
    EXPECT(found(kStart + users("a b") + kEnd + flows("s>a a>e b>e")) == std::set<std::string>{"unreachable b"});
    EXPECT(found(kStart + users("a b c") + kEnd + flows("s>a a>b b>a c>e")) == (std::set<std::string>{"unreachable c", "unreachable e", "no-exit s", "no-exit a", "no-exit b"}));
    EXPECT(found(kStart + "<exclusiveGateway id=\"m\"/><exclusiveGateway id=\"x\" default=\"x-e\"/>" + kEnd + flows("s>m m>x x>m[c] x>e"), Finding::Severity::Warning) == std::set<std::string>{"busy-loop m"});
}

CASE("expressions: those that cannot be read and those of the wrong type are named, with what to do")
{
    const auto d = define(file(kStart + users("a b c d") + "<exclusiveGateway id=\"x\"/>" + flows("s>x x>a[n &gt;] x>b[\"yes\"] x>c[40 + 2] x>d[n = 1]")));
    const auto findings = check(d);
    EXPECT(codes(findings) == (std::set<std::string>{"bad-expression x-a", "wrong-type x-b", "wrong-type x-c"}));
    for (const auto& f : findings) EXPECT(!f.todo.en.empty() && f.what.en.find("exclusiveGateway x") != std::string::npos);
    EXPECT(found(kStart + users("a") + "<exclusiveGateway id=\"x\"/><dataObject id=\"amount\"/>" + flows("s>x x>a[amuont = 1]"), Finding::Severity::Note).count("unknown-data x-a"));
    EXPECT(found(kStart + "<intermediateCatchEvent id=\"t\"><timerEventDefinition><timeDuration>2 days</timeDuration></timerEventDefinition></intermediateCatchEvent>" + flows("s>t")).size() == 1);
    EXPECT(found(kStart + "<intermediateCatchEvent id=\"t\"><timerEventDefinition/></intermediateCatchEvent>" + flows("s>t")) == std::set<std::string>{"bad-timer t"});
    EXPECT(found(kStart + "<eventBasedGateway id=\"g\"/>" + users("a b") + flows("s>g g>a g>b")).count("bad-event-gateway g"));
}

CASE("every finding there can be says in Chinese and in English what is wrong, with which element, and what to do")
{
    std::set<std::string> codes;
    const auto look = [&](const std::string& inside, size_t states = 1'000) {
        CheckOptions options;
        options.maxStates = states;
        options.knowsDecision = [](const std::string&) { return false; };
        for (const Finding& f : check(define(file(inside)), options)) {
            saysAll(f);
            codes.insert(f.code);
        }
    };
    const std::string multi = "<multiInstanceLoopCharacteristics/>", timer = "<timerEventDefinition/>", message = "<messageEventDefinition messageRef=\"gone\"/>";
    // What does not fit: ids, flows, defaults, references.
    look(kStart + users("a a") + user("m", multi) + kEnd + element("subProcess", "x", "", users("b")) + "<exclusiveGateway id=\"g\" default=\"s-g\"/>" + element("intermediateCatchEvent", "c", "", message)
         + "<boundaryEvent id=\"o\" attachedToRef=\"none\"/>" + flows("s>a a>gone gone>a a>b e>a a>s s>g s>a"));
    // What is not executed.
    look(kStart + kNotExecuted + element("endEvent", "y1", "", "<conditionalEventDefinition/>") + element("intermediateCatchEvent", "y2") + element("receiveTask", "y3", "instantiate=\"true\"")
         + element("boundaryEvent", "y4", "attachedToRef=\"x8\"", "<compensateEventDefinition/>"));
    // What single elements lack.
    look(kStart + "<task id=\"a\" name=\"审核\"/><userTask id=\"b\"/><callActivity id=\"c\"/><callActivity id=\"d\" calledElement=\"q\"/><businessRuleTask id=\"f\"/>"
         + element("businessRuleTask", "h", "z:decisionRef=\"q\"") + element("intermediateCatchEvent", "t1", "", timer)
         + element("intermediateCatchEvent", "t2", "", "<timerEventDefinition><timeDuration>2 days</timeDuration></timerEventDefinition>")
         + element("intermediateThrowEvent", "l", "", "<linkEventDefinition name=\"k\"/>") + "<eventBasedGateway id=\"g\"/><exclusiveGateway id=\"i\"/>" + flows("s>a a>g g>b b>i"));
    // Expressions.
    look(kStart + users("a b c d") + "<dataObject id=\"amount\" name=\"金额\"/><exclusiveGateway id=\"x\" default=\"x-d\"/><exclusiveGateway id=\"y\"/><inclusiveGateway id=\"z\"/>"
         + element("callActivity", "f", "calledElement=\"q\"", "<extensionElements><z:in sourceExpression=\"1 +\" target=\"n\"/></extensionElements>")
         + "<sequenceFlow id=\"w\" name=\"走\" sourceRef=\"y\" targetRef=\"a\"><conditionExpression language=\"javascript\">a b (</conditionExpression></sequenceFlow>"
         + flows("s>x x>a[n &gt;] x>b[\"yes\"] x>c[amuont = 1] x>d[1 = 1] a>y y>b[amount = 1] b>z z>c z>d c>f"));
    // Courses: deadlock, two tokens, no way out, nobody on the way, nothing leads there.
    look(kStart + users("a b") + "<exclusiveGateway id=\"x\" name=\"选择\"/>" + kJ + kEnd + flows("s>x x>a[c] x>b a>j b>j j>e"));
    look(kStart + users("a b c d") + kG + kEnd + flows("s>g g>a g>b a>c b>c c>c d>e"));
    look(kStart + "<exclusiveGateway id=\"m\"/><exclusiveGateway id=\"x\" default=\"x-e\"/>" + kEnd + flows("s>m m>x x>m[c] x>e"));
    look(kStart + users("a b c") + kG + kJ + kEnd + flows("s>g g>a g>b g>c a>j b>j c>j j>e e>e"), 2);
    // Starts, and what is too large.
    look("");
    look(element("userTask", "a") + element("endEvent", "e") + flows("a>e e>a"));
    look(kStart + element("subProcess", "x", "triggeredByEvent=\"true\"", users("b")) + element("subProcess", "y", "", "<startEvent id=\"y1\"/><startEvent id=\"y2\"/>") + flows("s>y"));
    std::string deep = kStart + user("a"), many = kStart;
    for (int i = 0; i < 25; ++i) deep = element("subProcess", "d" + std::to_string(i), "", deep);
    look(deep);
    for (size_t i = 0; i < kMaxNodes; ++i) many += user("n" + std::to_string(i));
    look(many);
    EXPECT(codes == (std::set<std::string>{"defect", "too-large", "not-executed", "no-start", "unreachable", "no-exit", "busy-loop", "deadlock", "unsynchronised", "unproved", "no-assignee", "bad-expression",
                                           "wrong-type", "no-condition", "no-default", "unknown-data", "unknown-process", "unknown-decision", "bad-timer", "bad-event-gateway", "abstract-task"}));
    const auto review = check(define(file(kStart + "<userTask id=\"review\" name=\"审核\"/>" + flows("s>review"))));
    REQUIRE(review.size() == 1);
    EXPECT_EQ(review[0].what.zh, std::string("用户任务“审核”（review）：没有指定由谁办理"));
    EXPECT_EQ(review[0].what.en, std::string("userTask review (审核): nobody is asked to do it"));
}

CASE("calendar: working days with holidays and 调休, working hours, what is skipped")
{
    const auto c = Calendar::parse("# 2026\nhours 08:30-12:00 14:00-17:30\nholiday 2026-10-01..2026-10-07 国庆节\nworkday 2026-10-10 国庆节调休\n\nholiday 2027-01-01 元旦\n");
    REQUIRE(c);
    const auto day = [](const char* t) { return *parseDay(t); };
    EXPECT(!c->isWorkday(day("2026-10-01")) && !c->isWorkday(day("2026-10-07")) && c->isWorkday(day("2026-10-08")) && c->isWorkday(day("2026-10-10")) && !c->isWorkday(day("2026-10-11")));
    EXPECT_EQ(dayText(day("2024-02-29")), "2024-02-29");
    EXPECT(!parseDay("2023-02-29") && !parseDay("2026-13-01") && !parseDay("2026-1-01"));
    const auto at = [](const char* t) { return *parseInstant(t); };
    const Millis h = 3600'000;
    // Wednesday 16:30 before the holidays: one hour left, then Thursday the 8th.
    EXPECT_EQ(*c->addWork(at("2026-09-30T16:30:00+08:00"), 2 * h), at("2026-10-08T09:30:00+08:00"));
    EXPECT_EQ(*c->addWork(at("2026-09-30T12:30:00+08:00"), h), at("2026-09-30T15:00:00+08:00"));
    EXPECT_EQ(*c->addWork(at("2026-10-03T10:00:00+08:00"), 0), at("2026-10-03T10:00:00+08:00"));
    EXPECT_EQ(*c->addWork(at("2026-10-08T08:30:00+08:00"), 7 * h), at("2026-10-08T17:30:00+08:00"));
    // Two working days after Thursday the 8th: Friday the 9th, Saturday the 10th (worked).
    EXPECT_EQ(*c->addWorkdays(at("2026-10-08T10:00:00+08:00"), 2), at("2026-10-10T17:30:00+08:00"));
    EXPECT_EQ(*c->addWorkdays(at("2026-10-02T10:00:00+08:00"), 1), at("2026-10-08T17:30:00+08:00"));
    EXPECT_EQ(c->workBetween(at("2026-09-30T16:30:00+08:00"), at("2026-10-08T09:30:00+08:00")), 2 * h);
    for (const Millis work : {h / 7, h, 5 * h, 33 * h, 400 * h}) {
        const Millis from = at("2026-09-28T11:11:11+08:00");
        EXPECT_EQ(c->workBetween(from, *c->addWork(from, work)), work);
    }
    Calendar with = *c;
    with.addOutage(at("2026-10-08T09:00:00+08:00"), at("2026-10-08T15:00:00+08:00"));
    EXPECT_EQ(*with.addWork(at("2026-09-30T16:30:00+08:00"), 2 * h), at("2026-10-08T15:30:00+08:00"));
    EXPECT(!c->addWork(0, -1) && !c->addWork(0, 1'000'000 * h));
    EXPECT(!Calendar::parse("week 1-5\nhours\n")->addWork(0, h));
    for (const char* bad : {"hours 12:00-08:00", "holiday 2026-02-30", "holiday 2026-10-07..2026-10-01", "offset 8", "week 0-9", "party 2026-01-01", "outage now..then"}) {
        const auto r = Calendar::parse(std::string("week 1-5\n") + bad);
        EXPECT(!r && r.error().detail.find("line 2") != std::string::npos);
    }
}

CASE("durations, cycles and instants are read as ISO 8601 writes them, and nothing else is")
{
    const auto d = parseDuration("P1Y2M3DT4H5M6.5S");
    EXPECT(d && d->months == 14 && d->days == 3 && d->time == ((4 * 60 + 5) * 60 + 6) * 1000 + 500);
    EXPECT(parseDuration("P2W")->days == 14);
    for (const char* bad : {"", "P", "PT", "1D", "P1H", "PT1D", "P1D2Y", "-P1D", "P1.5D", "PT1H ", "P99999999999999D", "P1DT"}) EXPECT(bool(parseDuration(bad)) == (std::string(bad) == "PT1H "));
    EXPECT(parseCycle("R3/PT1H")->count == 3 && parseCycle("R/P1D")->count == Cycle::kForever && parseCycle("R2/2026-01-01T00:00:00Z/P1D")->start);
    EXPECT(!parseCycle("R3/") && !parseCycle("R3/PT0S") && !parseCycle("3/PT1H") && !parseCycle("0 0 9 * * ?"));
    EXPECT_EQ(instantText(*parseInstant("2026-10-01T09:00+08:00")), "2026-10-01T01:00:00Z");
    EXPECT(parseInstant("2026-10-01T09:00:00") == parseInstant("2026-10-01T01:00:00Z"));
    EXPECT(parseInstant("2026-10-01") == parseInstant("2026-09-30T16:00:00Z"));
    EXPECT(!parseInstant("2026-10-01T25:00") && !parseInstant("tomorrow"));
    EXPECT_EQ(instantText(*after(*parseInstant("2026-01-31T08:00:00+08:00"), *parseDuration("P1M"), nullptr, false)), "2026-02-28T00:00:00Z");
}

CASE("migration: matched by id, previewed line by line; what has no place is told, or sent elsewhere")
{
    const std::string timer = "<boundaryEvent id=\"t\" attachedToRef=\"a\"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>";
    Play p(define(file(kStart + users("a b c x") + kG + kJ + timer + kEnd + flows("s>g g>a g>b a>j b>j j>c c>e t>x"))));
    EXPECT(p.start() && p.done("b"));
    // Next: the join has moved, a has another timer, x is gone, the numbers of all elements differ.
    const std::string other = "<boundaryEvent id=\"t2\" attachedToRef=\"a\" cancelActivity=\"false\"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>";
    auto next = define(file(users("n b a") + kEnd + kStart + kJ + kG + other + users("c") + flows("g>a s>g t2>n g>b c>e j>c a>j b>j")));
    next.version = "2";
    const auto plan = preview(p.d, p.s, next);
    EXPECT(plan.possible());
    EXPECT(plan.dropped == std::vector<std::string>{"t"} && plan.added == std::vector<std::string>{"t2"});
    EXPECT_EQ(plan.lines.size(), 2u);
    EXPECT_EQ(plan.lines[0].from, "a");
    EXPECT_EQ(plan.lines[1].to, "b-j");
    const Context context{p.now, &p.calendar, nullptr};
    const auto events = migrate(p.d, p.s, next, context);
    REQUIRE(events);
    for (const Event& e : *events) evolve(p.s, e);
    p.history.insert(p.history.end(), events->begin(), events->end());
    EXPECT_EQ(p.s.version, "2");
    EXPECT_EQ(*p.s.nextDue() - p.now, 3600'000);
    Play q(next);
    q.s = p.s;
    const Context later{p.now, nullptr, nullptr};
    State s = p.s;
    EXPECT(advance(next, s, Command{.kind = Command::Kind::Complete, .item = q.at("a")}, later).has_value());
    EXPECT_EQ(next.nodes[s.items.back().node].id, "c");
    EXPECT(s.hasVisited(next.find("b")) && s.hasVisited(next.find("a")));

    Play lost(define(file(kStart + users("a old") + kEnd + flows("s>a a>old old>e"))));
    EXPECT(lost.start() && lost.done("a"));
    const auto to = define(file(kStart + users("a fresh") + "<intermediateCatchEvent id=\"w\"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>" + kEnd + flows("s>a a>fresh fresh>w w>e")));
    EXPECT(!preview(lost.d, lost.s, to).possible());
    const auto refused = migrate(lost.d, lost.s, to, context);
    EXPECT(!refused && refused.error().detail.find("old") != std::string::npos);
    EXPECT(!preview(lost.d, lost.s, to, {{"old", "w"}}).possible());
    EXPECT(preview(lost.d, lost.s, to, {{"old", "fresh"}}).possible());
    EXPECT(migrate(lost.d, lost.s, to, context, {{"old", "fresh"}}).has_value());
}
