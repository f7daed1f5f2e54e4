// Sets (multi-instance) and what people do to running work: 会签, 或签, 依次, 加签, 减签, 转办, 委派, 退回, 重定位.
#include "play.h"

using namespace zt;
using namespace zt::test;

namespace {

std::string set(const std::string& id, const std::string& condition = "", bool sequential = false, const std::string& extra = "")
{
    return element("userTask", id, "",
                   std::string("<multiInstanceLoopCharacteristics isSequential=\"") + (sequential ? "true" : "false") + "\" z:collection=\"people\" z:elementVariable=\"person\">" + extra
                       + (condition.empty() ? "" : "<completionCondition>" + condition + "</completionCondition>") + "</multiInstanceLoopCharacteristics>");
}
Play play(const std::string& spec, std::initializer_list<const char*> people)
{
    Play p(define(file(kStart + spec + users("z") + kEnd + flows("s>a a>z z>e"))));
    EXPECT(codes(check(p.d)).empty());
    EXPECT(p.start({{"people", list(people)}}));
    return p;
}

} // namespace

CASE("parallel instances (会签): one for each element, all open together; done when all are")
{
    Play p = play(set("a"), {"li", "wang", "zhao"});
    EXPECT_EQ(p.who(), "li wang zhao");
    EXPECT(p.doneBy("wang") && p.doneBy("li"));
    EXPECT(!p.doneBy("li"));
    EXPECT_EQ(p.open(), "a");
    EXPECT(p.doneBy("zhao"));
    EXPECT_EQ(p.open(), "z");
}

CASE("sequential instances (依次): one after the other, the next opens when the one before is done")
{
    Play p = play(set("a", "", true), {"li", "wang", "zhao"});
    EXPECT_EQ(p.who(), "li");
    EXPECT(!p.doneBy("wang"));
    EXPECT(p.doneBy("li"));
    EXPECT_EQ(p.who(), "wang");
    EXPECT(p.doneBy("wang") && p.doneBy("zhao"));
    EXPECT_EQ(p.open(), "z");
}

CASE("completion condition (或签): evaluated whenever an instance ends; when it holds the rest is cancelled")
{
    Play p = play(set("a", "nrOfCompletedInstances &gt;= 1"), {"li", "wang", "zhao"});
    EXPECT(p.doneBy("wang"));
    EXPECT_EQ(p.open(), "z");
    size_t cancelled = 0;
    for (const Event& e : p.history) cancelled += e.kind == EventKind::Closed && e.n == uint32_t(Close::Cancelled);
    EXPECT_EQ(cancelled, 2u);
}

CASE("completion by choices: a share of agreement, one veto")
{
    const std::string rule = "count(choices[item = \"agree\"]) / nrOfInstances &gt;= 0.5 or count(choices[item = \"veto\"]) &gt; 0";
    Play p = play(set("a", rule), {"1", "2", "3", "4"});
    EXPECT(p.doneBy("1", "agree") && p.doneBy("2", "no"));
    EXPECT_EQ(p.open(), "a a");
    EXPECT(p.doneBy("3", "agree"));
    EXPECT_EQ(p.open(), "z");
    Play v = play(set("a", rule), {"1", "2", "3", "4"});
    EXPECT(v.doneBy("4", "veto"));
    EXPECT_EQ(v.open(), "z");
}

CASE("instances by number, loopCounter, no instance at all, too many, none given")
{
    const auto d = define(file(kStart + element("userTask", "a", "z:assignee=\"= string(loopCounter)\"", "<multiInstanceLoopCharacteristics><loopCardinality>n</loopCardinality></multiInstanceLoopCharacteristics>") + users("z") + flows("s>a a>z")));
    Play p(d);
    EXPECT(p.start({{"n", number(3)}}));
    EXPECT_EQ(p.who(), "1 2 3");
    Play zero(d);
    EXPECT(zero.start({{"n", number(0)}}));
    EXPECT_EQ(zero.open(), "z");
    EXPECT(!Play(d).start({{"n", number(1'000'000)}}));
    EXPECT(!Play(d).start({{"n", number(-1)}}));
    Play none(d);
    EXPECT(!none.start());
    EXPECT(none.refusal.find("userTask a") != std::string::npos);
}

CASE("output: each instance's part, in the order of the instances, becomes a list")
{
    Play p = play(element("userTask", "a", "",
                          "<multiInstanceLoopCharacteristics z:collection=\"people\"><loopDataOutputRef>answers</loopDataOutputRef><outputDataItem id=\"o\" name=\"answer\"/></multiInstanceLoopCharacteristics>"),
                  {"li", "wang"});
    EXPECT(p.doneBy("wang", "", {{"answer", number(2)}}) && p.doneBy("li", "", {{"answer", number(1)}}));
    EXPECT(feel::same(p.value("answers"), Value::list({number(1), number(2)})));
    EXPECT(p.value("answer").isNull());
}

CASE("instances of a sub-process: each with its own inside; elements that are no texts are seen by name; a boundary event ends them all")
{
    const auto d = define(file(kStart + users("z late")
                               + element("subProcess", "a", "",
                                         "<multiInstanceLoopCharacteristics z:collection=\"amounts\" z:elementVariable=\"amount\"/><startEvent id=\"s2\"/><exclusiveGateway id=\"g\" default=\"g-small\"/>" + users("big small") + flows("s2>g g>big[amount > 10] g>small"))
                               + "<boundaryEvent id=\"b\" attachedToRef=\"a\"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>" + flows("s>a a>z b>late")));
    const Play::Data data{{"amounts", Value::list({number(5), number(50), number(500)})}};
    Play p(d);
    EXPECT(p.start(data));
    EXPECT_EQ(p.open(), "big big small");
    EXPECT(p.done("big") && p.done("small") && p.done("big"));
    EXPECT_EQ(p.open(), "z");
    Play q(d);
    EXPECT(q.start(data) && q.done("big") && q.fire());
    EXPECT_EQ(q.open(), "late");
}

CASE("加签 before: the new one acts first, then the one who asked; several before one act side by side")
{
    Play p = play(user("a"), {});
    EXPECT(p.add(p.at("a"), Place::Before, {"li", "wang"}));
    EXPECT_EQ(p.who(), "li wang");
    EXPECT(!p.doneBy("someone"));
    EXPECT(p.doneBy("li"));
    EXPECT_EQ(p.who(), "wang");
    EXPECT(p.doneBy("wang"));
    EXPECT_EQ(p.who(), "someone");
    EXPECT(!p.add(p.of("li"), Place::After, {"zhao"}));
    EXPECT(p.doneBy("someone"));
    EXPECT_EQ(p.open(), "z");
}

CASE("委派 is adding before oneself: the delegate gives his opinion, then it returns")
{
    Play p = play(set("a", "nrOfCompletedInstances &gt;= 1"), {"li", "wang"});
    EXPECT(p.add(p.of("li"), Place::Before, {"delegate"}));
    EXPECT_EQ(p.who(), "delegate wang");
    EXPECT(p.doneBy("delegate", "agree"));
    EXPECT_EQ(p.open(), "a a"); // his opinion does not decide an 或签
    EXPECT_EQ(p.who(), "li wang");
    EXPECT(p.doneBy("li"));
    EXPECT_EQ(p.open(), "z");
}

CASE("加签 after: the one who asked acts, then the new ones; the set closes after them even when its condition holds already")
{
    Play p = play(set("a", "nrOfCompletedInstances &gt;= 1"), {"li", "wang"});
    EXPECT(p.add(p.of("li"), Place::After, {"zhao"}));
    EXPECT_EQ(p.who(), "li wang");
    EXPECT(p.doneBy("li"));
    EXPECT_EQ(p.who(), "wang zhao");
    EXPECT(p.doneBy("zhao"));
    EXPECT_EQ(p.open(), "z");
    // When somebody else decides, whoever was to come after li is not heard.
    Play q = play(set("a", "nrOfCompletedInstances &gt;= 1"), {"li", "wang"});
    EXPECT(q.add(q.of("li"), Place::After, {"zhao"}) && q.doneBy("wang"));
    EXPECT_EQ(q.open(), "z");
}

CASE("加签 beside: the new one counts like the others; nobody twice at the same time")
{
    Play p = play(set("a", "nrOfCompletedInstances / nrOfInstances &gt;= 0.5"), {"li", "wang"});
    EXPECT(p.add(p.of("li"), Place::Beside, {"zhao", "qian"}));
    EXPECT(!p.add(p.of("li"), Place::Beside, {"zhao"}));
    EXPECT(p.doneBy("li"));
    EXPECT_EQ(p.open(), "a a a"); // one of four
    EXPECT(p.doneBy("zhao"));
    EXPECT_EQ(p.open(), "z");
    Play single = play(user("a"), {});
    EXPECT(single.add(single.at("a"), Place::Beside, {"li"}));
    EXPECT(single.doneBy("someone"));
    EXPECT_EQ(single.who(), "li");
    EXPECT(single.doneBy("li"));
    EXPECT_EQ(single.open(), "z");
}

CASE("加签 into a sequence: before, after and beside take their places in the order")
{
    Play p = play(set("a", "", true), {"1", "2", "3"});
    EXPECT(p.add(p.of("2"), Place::Before, {"1b"}));
    EXPECT(p.add(p.of("2"), Place::After, {"2a"}));
    EXPECT(p.add(p.of("2"), Place::Beside, {"2+"}));
    for (const char* next : {"1", "1b"}) {
        EXPECT_EQ(p.who(), next);
        EXPECT(p.doneBy(next));
    }
    EXPECT_EQ(p.who(), "2 2+");
    EXPECT(p.doneBy("2") && p.doneBy("2a"));
    EXPECT_EQ(p.who(), "2+");
    EXPECT(p.doneBy("2+"));
    EXPECT_EQ(p.who(), "3");
    EXPECT(p.doneBy("3"));
    EXPECT_EQ(p.open(), "z");
}

CASE("减签: one who has not acted leaves, the next moves up; never the last one, never one who has acted")
{
    Play p = play(set("a", "", true), {"1", "2", "3"});
    EXPECT(p.command(Command::Kind::Remove, p.of("2")));
    EXPECT(p.command(Command::Kind::Remove, p.of("1")));
    EXPECT_EQ(p.who(), "3");
    EXPECT(!p.command(Command::Kind::Remove, p.of("3")));
    EXPECT(p.doneBy("3"));
    EXPECT_EQ(p.open(), "z");
    Play q = play(set("a"), {"1", "2"});
    EXPECT(q.doneBy("1") && !q.command(Command::Kind::Remove, q.of("1")));
    EXPECT(q.command(Command::Kind::Remove, q.of("2")));
    EXPECT_EQ(q.open(), "z");
    Play helper = play(user("a"), {});
    EXPECT(helper.add(helper.at("a"), Place::Before, {"li"}) && helper.command(Command::Kind::Remove, helper.of("li")));
    EXPECT_EQ(helper.who(), "someone");
    EXPECT(!helper.command(Command::Kind::Remove, helper.of("someone")));
}

CASE("转办: the place is somebody else's from now on; a slot that has acted is not handed on")
{
    Play p = play(set("a"), {"li", "wang"});
    Command c;
    c.kind = Command::Kind::Assign;
    c.item = p.of("li");
    c.keys = {"zhao"};
    EXPECT(p.act(c));
    EXPECT_EQ(p.who(), "wang zhao");
    EXPECT(p.doneBy("zhao"));
    EXPECT(!p.act(c));
}

CASE("a slot that is done opens again while its set is open, and its choice is counted anew")
{
    Play p = play(set("a"), {"li", "wang"});
    EXPECT(p.doneBy("li", "no"));
    EXPECT(p.command(Command::Kind::Reopen, p.of("li")));
    EXPECT(!p.command(Command::Kind::Reopen, p.of("wang")));
    EXPECT_EQ(p.who(), "li wang");
    EXPECT(p.doneBy("wang") && p.doneBy("li", "agree"));
    EXPECT_EQ(p.open(), "z");
}

CASE("a set is cancelled and made again, for the same people or for others")
{
    Play p = play(set("a"), {"li", "wang"});
    EXPECT(p.doneBy("li"));
    EXPECT(p.command(Command::Kind::Recreate, p.of("wang")));
    EXPECT_EQ(p.who(), "li wang");
    Command c;
    c.kind = Command::Kind::Recreate;
    c.item = p.of("li");
    c.keys = {"1", "2", "3"};
    EXPECT(p.act(c));
    EXPECT_EQ(p.who(), "1 2 3");
    EXPECT(p.doneBy("1") && p.doneBy("2") && p.doneBy("3"));
    EXPECT_EQ(p.open(), "z");
}

CASE("退回: the token goes to a node visited before, its people as named; the others of my set are withdrawn; a node never reached is refused")
{
    Play p(define(file(kStart + users("draft") + set("a") + users("z") + kEnd + flows("s>draft draft>a a>z z>e"))));
    EXPECT(p.start({{"people", list({"li", "wang"})}}));
    EXPECT(p.done("draft"));
    EXPECT_EQ(jumpTargets(p.d, p.s, p.of("li")).size(), 1u);
    EXPECT(p.doneBy("wang"));
    EXPECT(!p.jump(p.of("li"), "z"));
    EXPECT(!p.jump(p.of("li"), "s"));
    EXPECT(p.jump(p.of("li"), "draft", {"drafter"}));
    EXPECT_EQ(p.who(), "drafter");
    EXPECT(p.done("draft"));
    EXPECT_EQ(p.who(), "li wang"); // all steps run again
    EXPECT(p.jump(p.of("li"), "z", {}, false, true)); // 重定位
    EXPECT_EQ(p.open(), "z");
}

CASE("退回 with straight return: only the mover goes, and when the other is done the token is back where it came from")
{
    Play p(define(file(kStart + users("draft a b c") + "<parallelGateway id=\"g\"/><parallelGateway id=\"j\"/>" + kEnd + flows("s>draft draft>g g>a g>b a>j b>j j>c c>e"))));
    EXPECT(p.start() && p.done("draft"));
    EXPECT(p.jump(p.at("b"), "draft", {}, true));
    EXPECT_EQ(p.open(), "a draft");
    // Whoever was asked answers, or sends it further back for good: then the branches go with it.
    EXPECT(!p.jump(p.at("draft"), "a", {}, true));
    EXPECT(p.done("draft"));
    EXPECT_EQ(p.open(), "a b");
    EXPECT(p.done("a") && p.done("b"));
    EXPECT_EQ(p.open(), "c");
    EXPECT(p.done("c"));
    EXPECT(p.over());
}

CASE("退回 out of a parallel branch: the branches beside are withdrawn, so the join gets each token once")
{
    Play p(define(file(kStart + users("draft a b b2 c") + "<parallelGateway id=\"g\"/><parallelGateway id=\"j\"/>" + kEnd + flows("s>draft draft>g g>a g>b a>j b>b2 b2>j j>c c>e"))));
    EXPECT(p.start() && p.done("draft") && p.done("a") && p.done("b"));
    EXPECT(p.jump(p.at("b2"), "draft"));
    EXPECT_EQ(p.open(), "draft");
    EXPECT(p.s.tokens.empty());
    EXPECT(p.done("draft"));
    EXPECT_EQ(p.open(), "a b");
    EXPECT(p.done("b"));
    // Within the branch the others are left alone.
    EXPECT(p.jump(p.at("b2"), "b"));
    EXPECT_EQ(p.open(), "a b");
    EXPECT(p.done("a") && p.done("b") && p.done("b2"));
    EXPECT_EQ(p.open(), "c");
    // Back into one branch from behind the join: the other counts as done.
    EXPECT(p.jump(p.at("c"), "b2"));
    EXPECT_EQ(p.open(), "b2");
    EXPECT(p.done("b2"));
    EXPECT_EQ(p.open(), "c");
    // Over into the other branch.
    EXPECT(p.jump(p.at("c"), "g"));
    EXPECT_EQ(p.open(), "a b");
    EXPECT(p.jump(p.at("a"), "b2"));
    EXPECT_EQ(p.open(), "b2");
    EXPECT(p.done("b2") && p.done("c"));
    EXPECT(p.over());
}

CASE("退回 out of a sub-process and into one: it is left whole, and entered at the node without its start")
{
    Play p(define(file(kStart + users("draft c") + element("subProcess", "sub", "", "<startEvent id=\"s2\"/>" + users("a b") + flows("s2>a a>b"))
                       + "<boundaryEvent id=\"t\" attachedToRef=\"sub\"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>" + kEnd + flows("s>draft draft>sub sub>c c>e"))));
    EXPECT(p.start() && p.done("draft") && p.done("a"));
    EXPECT(p.jump(p.at("b"), "draft"));
    EXPECT_EQ(p.open(), "draft");
    EXPECT(p.s.timers.empty());
    EXPECT(p.done("draft") && p.done("a") && p.done("b"));
    EXPECT_EQ(p.open(), "c");
    EXPECT(p.jump(p.at("c"), "b"));
    EXPECT_EQ(p.open(), "b");
    EXPECT_EQ(p.s.timers.size(), 1u);
    EXPECT(p.done("b") && p.done("c"));
    EXPECT(p.over());
}

CASE("退回 into one of the parallel branches within a sub-process: those beside it count as done there too")
{
    Play p(define(file(kStart + users("c") + element("subProcess", "sub", "", "<startEvent id=\"s2\"/>" + users("a b d") + "<parallelGateway id=\"g\"/><parallelGateway id=\"j\"/>" + flows("s2>g g>a g>b a>j b>j j>d"))
                       + kEnd + flows("s>sub sub>c c>e"))));
    EXPECT(p.start() && p.done("a") && p.done("b") && p.done("d"));
    EXPECT(p.jump(p.at("c"), "b"));
    EXPECT_EQ(p.open(), "b");
    EXPECT(p.done("b"));
    EXPECT_EQ(p.open(), "d");
    EXPECT(p.done("d") && p.done("c"));
    EXPECT(p.over());
}

CASE("a side path of a non-interrupting event does not jump into the main path")
{
    Play p(define(file(kStart + users("a b n") + "<boundaryEvent id=\"t\" attachedToRef=\"b\" cancelActivity=\"false\"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>" + flows("s>a a>b t>n"))));
    EXPECT(p.start() && p.done("a") && p.fire());
    EXPECT_EQ(p.open(), "b n");
    EXPECT(!p.jump(p.at("n"), "a"));
    EXPECT(p.jump(p.at("b"), "a"));
    EXPECT_EQ(p.open(), "a n");
}

CASE("撤销: the whole matter ends")
{
    Play p = play(set("a"), {"li", "wang"});
    EXPECT(p.command(Command::Kind::Cancel, 0, "withdrawn"));
    EXPECT(p.over(Life::Cancelled));
    EXPECT(!p.command(Command::Kind::Cancel, 0));
}

CASE("the state of a running matter takes less than 2 KB, and a later build's event freezes it")
{
    Play p = play(set("a"), {"张三", "李四", "王五", "赵六", "钱七", "孙八", "周九", "吴十"});
    EXPECT(p.start() == false);
    EXPECT(save(p.s).size() < 500);
    Event later;
    later.kind = EventKind(200);
    State s = p.s;
    evolve(s, later);
    EXPECT(s.frozen);
    EXPECT(!decide(p.d, s, Command{.kind = Command::Kind::Cancel}, Context{}));
    EXPECT(!loadEvent(save(later)));
}
