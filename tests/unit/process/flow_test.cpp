// Tokens, gateways, joins. The sentences are ours and say what the standard (BPMN 2.0.2, chapters 10 and 13) asks for.
#include "play.h"

using namespace zt;
using namespace zt::test;

CASE("sequence: a flow carries the token from one activity to the next when the first is completed")
{
    Play p(define(file(kStart + users("a b") + kEnd + flows("s>a a>b b>e"))));
    EXPECT(check(p.d).empty());
    EXPECT(p.start());
    EXPECT_EQ(p.open(), "a");
    EXPECT(!p.done("b"));
    EXPECT(p.done("a"));
    EXPECT_EQ(p.open(), "b");
    EXPECT(!p.start());
    EXPECT(p.done("b"));
    EXPECT(p.over());
    EXPECT_EQ(p.passed(), "s a b e");
    EXPECT(!p.done(2));
}

CASE("several outgoing flows of an activity: each gets a token (uncontrolled split); conditional ones only if their condition holds, the default if none does")
{
    Play p(define(file(kStart + users("b c x") + "<userTask id=\"a\" default=\"a-x\"/>" + flows("s>a a>b[n > 1] a>c[n > 2] a>x"))));
    EXPECT(p.start());
    EXPECT(p.done("a", {{"n", number(2)}}));
    EXPECT_EQ(p.open(), "b");
    Play q(p.d);
    EXPECT(q.start() && q.done("a", {{"n", number(3)}}));
    EXPECT_EQ(q.open(), "b c");
    Play r(p.d);
    EXPECT(r.start() && r.done("a", {{"n", number(0)}}));
    EXPECT_EQ(r.open(), "x");
    Play all(define(file(kStart + users("a b c") + flows("s>a a>b a>c"))));
    EXPECT(all.start() && all.done("a"));
    EXPECT_EQ(all.open(), "b c");
}

CASE("several incoming flows of an activity: every token begins it anew (uncontrolled merge)")
{
    Play p(define(file(kStart + users("a b c") + "<parallelGateway id=\"g\"/>" + flows("s>g g>a g>b a>c b>c"))));
    EXPECT(p.start());
    EXPECT(p.done("a"));
    EXPECT_EQ(p.open(), "b c");
    EXPECT(p.done("b"));
    EXPECT_EQ(p.open(), "c c");
    EXPECT(p.done("c") && p.done("c"));
    EXPECT(p.over());
    EXPECT(codes(check(p.d)).count("unsynchronised c"));
}

CASE("exclusive gateway: the first condition in order that is true gets the token, the default if none; an error if there is none")
{
    const auto d = define(file(kStart + users("a b c") + "<exclusiveGateway id=\"g\" default=\"g-c\"/>" + flows("s>g g>a[n > 10] g>b[n > 5] g>c")));
    for (const auto& [n, where] : {std::pair(11, "a"), std::pair(6, "b"), std::pair(1, "c")}) {
        Play p(d);
        EXPECT(p.start({{"n", number(n)}}));
        EXPECT_EQ(p.open(), where);
    }
    Play none(define(file(kStart + users("a b") + "<exclusiveGateway id=\"g\" name=\"How much?\"/>" + flows("s>g g>a[n > 10] g>b[n > 5]"))));
    EXPECT(!none.start({{"n", number(1)}}));
    EXPECT(none.refusal.find("exclusiveGateway g (How much?)") != std::string::npos);
    EXPECT(none.s.life == Life::New);
}

CASE("exclusive gateway as a merge: every token passes at once, none is waited for")
{
    Play p(define(file(kStart + users("a b c") + "<parallelGateway id=\"g\"/><exclusiveGateway id=\"m\"/>" + flows("s>g g>a g>b a>m b>m m>c"))));
    EXPECT(p.start() && p.done("a"));
    EXPECT_EQ(p.open(), "b c");
    EXPECT(p.done("b"));
    EXPECT_EQ(p.open(), "c c");
}

CASE("parallel gateway: a token for each outgoing flow; the join takes one from each incoming flow and waits until all are there")
{
    Play p(define(file(kStart + users("a b c d") + "<parallelGateway id=\"g\"/><parallelGateway id=\"j\"/>" + kEnd + flows("s>g g>a g>b g>c a>j b>j c>j j>d d>e"))));
    EXPECT(check(p.d).empty());
    EXPECT(p.start());
    EXPECT_EQ(p.open(), "a b c");
    EXPECT(p.done("b") && p.done("a"));
    EXPECT_EQ(p.open(), "c");
    EXPECT(p.done("c"));
    EXPECT_EQ(p.open(), "d");
    EXPECT(p.done("d"));
    EXPECT(p.over());
}

CASE("parallel join with a surplus token: exactly one from each incoming flow is consumed, the rest stays for the next time")
{
    Play p(define(file(kStart + users("a b c x") + "<parallelGateway id=\"g\"/><parallelGateway id=\"j\"/><exclusiveGateway id=\"m\"/>" + flows("s>g g>a g>b g>x a>m x>m m>j b>j j>c"))));
    EXPECT(p.start() && p.done("a") && p.done("x"));
    EXPECT_EQ(p.open(), "b");
    EXPECT(p.done("b"));
    EXPECT_EQ(p.open(), "c");
    EXPECT(p.done("c"));
    EXPECT(stuck(p.s)); // the second token of m waits for a second one of b
    EXPECT(p.s.running());
}

CASE("inclusive gateway: every flow whose condition holds gets a token, the default only if none; the join waits for those that can still come")
{
    const auto d = define(file(kStart + users("a b c z") + "<inclusiveGateway id=\"g\" default=\"g-c\"/><inclusiveGateway id=\"j\"/>" + kEnd
                               + flows("s>g g>a[n > 1] g>b[n > 2] g>c a>j b>j c>j j>z z>e")));
    EXPECT(check(d).empty());
    Play one(d);
    EXPECT(one.start({{"n", number(2)}}));
    EXPECT_EQ(one.open(), "a");
    EXPECT(one.done("a"));
    EXPECT_EQ(one.open(), "z");
    Play two(d);
    EXPECT(two.start({{"n", number(3)}}));
    EXPECT_EQ(two.open(), "a b");
    EXPECT(two.done("b"));
    EXPECT_EQ(two.open(), "a");
    EXPECT(two.done("a"));
    EXPECT_EQ(two.open(), "z");
    Play none(d);
    EXPECT(none.start({{"n", number(0)}}));
    EXPECT_EQ(none.open(), "c");
    EXPECT(none.done("c"));
    EXPECT_EQ(none.open(), "z");
}

CASE("inclusive join and a token that goes another way: it is waited for as long as it could come, and no longer")
{
    // b may still come to the join, or leave to x: decided at h.
    Play p(define(file(kStart + users("a b x z") + "<parallelGateway id=\"g\"/><exclusiveGateway id=\"h\" default=\"h-x\"/><inclusiveGateway id=\"j\"/>"
                       + flows("s>g g>a g>b b>h h>j[go] h>x a>j j>z"))));
    EXPECT(p.start() && p.done("a"));
    EXPECT_EQ(p.open(), "b");
    EXPECT(p.done("b", {{"go", no()}}));
    EXPECT_EQ(p.open(), "x z");
    Play q(p.d);
    EXPECT(q.start() && q.done("a") && q.done("b", {{"go", yes()}}));
    EXPECT_EQ(q.open(), "z");
}

CASE("inclusive join inside a loop: a path through the gateway itself does not count, so the loop goes round")
{
    // s > j > a > x; x goes back to j or on. Nothing but the loop's own token is about.
    Play p(define(file(kStart + users("a z") + "<inclusiveGateway id=\"j\"/><exclusiveGateway id=\"x\" default=\"x-z\"/>" + kEnd + flows("s>j j>a a>x x>j[again] x>z z>e"))));
    EXPECT(check(p.d).empty());
    EXPECT(p.start());
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(p.open(), "a");
        EXPECT(p.done("a", {{"again", yes()}}));
    }
    EXPECT(p.done("a", {{"again", no()}}));
    EXPECT_EQ(p.open(), "z");
}

CASE("inclusive join behind parallel branches, one of them with a loop inside: it waits while the loop turns")
{
    Play p(define(file(kStart + users("a b c z") + "<parallelGateway id=\"g\"/><exclusiveGateway id=\"m\"/><exclusiveGateway id=\"x\" default=\"x-j\"/><inclusiveGateway id=\"j\"/>" + kEnd
                       + flows("s>g g>a g>m m>b b>x x>c[again] c>m x>j a>j j>z z>e"))));
    EXPECT(check(p.d).empty());
    EXPECT(p.start() && p.done("a"));
    EXPECT_EQ(p.open(), "b");
    EXPECT(p.done("b", {{"again", yes()}}));
    EXPECT(p.done("c"));
    EXPECT_EQ(p.open(), "b");
    EXPECT(p.done("b", {{"again", no()}}));
    EXPECT_EQ(p.open(), "z");
}

CASE("inclusive join with a token that could come to a full flow as well as to an empty one: it does not hold the join up")
{
    // A token at b can go to j by k (full) and by l (empty): the standard lets the join go on.
    Play p(define(file(kStart + users("a b z") + "<parallelGateway id=\"g\"/><exclusiveGateway id=\"k\"/><exclusiveGateway id=\"h\" default=\"h-j\"/><inclusiveGateway id=\"j\"/>"
                       + flows("s>g g>a g>b a>k b>h h>k[again] k>j h>j j>z"))));
    EXPECT(p.start() && p.done("a"));
    EXPECT_EQ(p.open(), "b z");
    EXPECT(p.done("b", {{"again", no()}}));
    EXPECT_EQ(p.open(), "z z");
}

CASE("parallel gateways in a loop: every round splits and joins anew")
{
    Play p(define(file(kStart + users("a b z") + "<exclusiveGateway id=\"m\"/><parallelGateway id=\"g\"/><parallelGateway id=\"j\"/><exclusiveGateway id=\"x\" default=\"x-z\"/>" + kEnd
                       + flows("s>m m>g g>a g>b a>j b>j j>x x>m[again] x>z z>e"))));
    EXPECT(check(p.d).empty());
    EXPECT(p.start());
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(p.open(), "a b");
        EXPECT(p.done("a") && p.done("b", {{"again", i < 2 ? yes() : no()}}));
    }
    EXPECT_EQ(p.open(), "z");
    EXPECT(p.done("z"));
    EXPECT(p.over());
}

CASE("a loop in which nobody acts ends with a refusal that names the element, not with a hanging programme")
{
    Play p(define(file(kStart + users("a") + "<exclusiveGateway id=\"m\"/><exclusiveGateway id=\"x\" default=\"x-a\"/>" + flows("s>m m>x x>m[true] x>a"))));
    EXPECT(!p.start());
    EXPECT(p.refusal.find("circle") != std::string::npos && (p.refusal.find(" m") != std::string::npos || p.refusal.find(" x") != std::string::npos));
    EXPECT(codes(check(p.d), Finding::Severity::Warning).count("busy-loop m"));
}

CASE("event-based gateway: the first event that happens takes the token, the others are withdrawn")
{
    const auto d = define(file(kStart + users("a b c")
                                   + "<eventBasedGateway id=\"g\"/><intermediateCatchEvent id=\"m\"><messageEventDefinition messageRef=\"msg\"/></intermediateCatchEvent>"
                                     "<receiveTask id=\"r\" messageRef=\"msg2\"/>"
                                     "<intermediateCatchEvent id=\"t\"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>"
                                   + flows("s>g g>m g>r g>t m>a r>b t>c"),
                               "<message id=\"msg\" name=\"answer\"/><message id=\"msg2\" name=\"no answer\"/>"));
    EXPECT(codes(check(d)).empty());
    Play p(d);
    EXPECT(p.start({}, "K1"));
    EXPECT_EQ(p.s.subscriptions.size(), 2u);
    EXPECT_EQ(p.s.timers.size(), 1u);
    EXPECT(!p.message("answer", "another key"));
    EXPECT(p.message("answer", "K1"));
    EXPECT_EQ(p.open(), "a");
    EXPECT(p.s.timers.empty() && p.s.subscriptions.empty());
    Play q(d);
    EXPECT(q.start({}, "K1") && q.message("no answer", "K1"));
    EXPECT_EQ(q.open(), "b");
    Play r(d);
    EXPECT(r.start() && r.fire());
    EXPECT_EQ(r.open(), "c");
}

CASE("terminate end: everything in its scope stops; in a sub-process only that sub-process, and the token goes on behind it")
{
    Play p(define(file(kStart + users("a b") + "<parallelGateway id=\"g\"/><endEvent id=\"x\"><terminateEventDefinition/></endEvent>" + flows("s>g g>a g>b a>x"))));
    EXPECT(p.start() && p.done("a"));
    EXPECT(p.over(Life::Terminated));
    Play q(define(file(kStart + users("z") + element("subProcess", "sub", "", "<startEvent id=\"s2\"/>" + users("a b") + "<parallelGateway id=\"g\"/><endEvent id=\"x\"><terminateEventDefinition/></endEvent>" + flows("s2>g g>a g>b a>x"))
                       + flows("s>sub sub>z"))));
    EXPECT(q.start());
    EXPECT_EQ(q.open(), "a b");
    EXPECT(q.done("a"));
    EXPECT_EQ(q.open(), "z");
}

CASE("end: the process is over when the last token is gone, not before")
{
    Play p(define(file(kStart + users("a b") + "<parallelGateway id=\"g\"/><endEvent id=\"e1\"/><endEvent id=\"e2\"/>" + flows("s>g g>a g>b a>e1 b>e2"))));
    EXPECT(p.start() && p.done("a"));
    EXPECT(p.s.running());
    EXPECT(p.done("b"));
    EXPECT(p.over());
}

CASE("without start events everything that nothing leads to begins; a chosen start event begins alone")
{
    Play p(define(file(users("a b c") + flows("a>c b>c"))));
    EXPECT(p.start());
    EXPECT_EQ(p.open(), "a b");
    Play q(define(file("<startEvent id=\"s\"/><startEvent id=\"m\"><messageEventDefinition/></startEvent>" + users("a b") + flows("s>a m>b"))));
    EXPECT(q.start());
    EXPECT_EQ(q.open(), "a");
    Play r(q.d);
    Command c;
    c.node = r.d.find("m");
    EXPECT(r.act(c));
    EXPECT_EQ(r.open(), "b");
}

CASE("link events: throwing one goes on at the catching one of the same name")
{
    Play p(define(file(kStart + users("a") + "<intermediateThrowEvent id=\"t\"><linkEventDefinition name=\"L\"/></intermediateThrowEvent><intermediateCatchEvent id=\"c\"><linkEventDefinition name=\"L\"/></intermediateCatchEvent>" + kEnd
                       + flows("s>t c>a a>e"))));
    EXPECT(codes(check(p.d)).empty());
    EXPECT(p.start());
    EXPECT_EQ(p.open(), "a");
}

CASE("what is not executed refuses the token by name; nothing has happened then")
{
    Play p(define(file(kStart + users("a") + "<scriptTask id=\"x\" name=\"sum\"/>" + flows("s>a a>x"))));
    EXPECT(p.start());
    EXPECT(!p.done("a"));
    EXPECT(p.refusal.find("scriptTask x (sum)") != std::string::npos);
    EXPECT_EQ(p.open(), "a");
    EXPECT(codes(check(p.d)).count("not-executed x"));
}
