// Clocks of a process that runs in a matter: the hub's timetable fires them, the calendar moves them.

#include "zt/test/chain.h"
#include "zt/test/test.h"
#include "zt/test/world.h"

#include <algorithm>

using namespace zt;
using document::Stage;
using test::clockAt;
using test::flow;
using test::World;
using wire::CHOICE_AGREE;
using wire::CHOICE_SIGN;

namespace {

constexpr Millis kHour = 3600'000;
const std::string kPlain = "hours 00:00-24:00\nweek 1-7\n";

std::string tasks()
{
    return "<startEvent id=\"start\"/><endEvent id=\"end\"/>" + test::element({"draft", "拟稿", "initiator", "draft", ""}) + test::element({"review", "核稿", "heads", "review", "agree"})
        + test::element({"sign", "签发", "post:主任", "sign", "sign"}) + test::element({"number", "编号", {}, {}, {}, "number"}) + flow("start", "draft") + flow("sign", "number") + flow("number", "end");
}
//! review -> sign -> number, with something at its side.
wire::Definition with(const std::string& more, bool direct = true) { return test::bpmn("timed", "限时", tasks() + flow("draft", "review") + (direct ? flow("review", "sign") : std::string()) + more); }

void begin(World& w, const wire::Definition& d)
{
    const auto process = rules::readProcess(d);
    REQUIRE(process);
    for (const auto& f : rules::findings(**process))
        if (f.severity == process::Finding::Severity::Error) std::cout << "  " << f.code << ' ' << f.element << ": " << f.what.en << '\n';
    REQUIRE(process::sound(rules::findings(**process)));
    w.province.calendar(kPlain);
    w.province.publish(d);
    REQUIRE(w.submit(w.submission("lin", test::Province::notice(), "timed")).applies());
}

std::vector<std::string> open(const document::Matter& m)
{
    std::vector<std::string> out;
    for (const auto& t : m.flow.tasks)
        if (t.open()) out.push_back(t.id);
    return out;
}

//! Whether every event of the matter is one that the definition gives, by the calendars that were published.
bool provable(const World& w, const std::vector<std::string>& calendars, const std::function<void(size_t, std::vector<wire::Fact>&, Millis&)>& change = {})
{
    const auto& kind = *catalogue::all().kind("m/1");
    auto state = kind.empty("m/1");
    std::map<Bytes, process::Calendar> known{{Bytes(), process::Calendar()}};
    for (const auto& text : calendars) known.emplace(wire::calendarHash(text), *process::Calendar::parse(text));
    const rules::Archive archive{[&](const Bytes& hash) { return w.province.directory.processOf(hash); },
                                 [&](const Bytes& hash) { const auto at = known.find(hash); return at == known.end() ? nullptr : &at->second; }};
    size_t index = 0;
    for (const auto& e : w.events.at("m/1")) {
        const auto body = wire::openBody(e);
        std::vector<wire::Fact> facts(body->facts().begin(), body->facts().end());
        Millis time = e.time_ms();
        if (change) change(index, facts, time);
        if (!kind.follows(*state, facts, time, archive)) return false;
        (void)rules::fold(kind, *state, e);
        ++index;
    }
    return true;
}

using Ids = std::vector<std::string>;

} // namespace

CASE("a task that nobody acts on in time lapses and another opens; who wrote in time is heard, who did not is told")
{
    World w;
    begin(w, with(clockAt("late", "review", "PT2H") + flow("late", "sign")));
    EXPECT(open(w.matter()) == Ids{"review#1"} && w.times().size() == 1);
    const auto act = w.act("shan", CHOICE_AGREE, "拟同意");
    const auto dumb = w.act("shan", CHOICE_AGREE);
    const Millis due = w.times().begin()->first, written = w.now;
    EXPECT_EQ(w.matter().flow.due(*w.matter().flow.openTask(), w.province.directory.calendar()), due);
    w.tick(due - 1 - w.now);
    w.settle();
    EXPECT(open(w.matter()) == Ids{"review#1"});
    w.tick(1);
    w.settle();
    const auto& m = w.matter();
    EXPECT(open(m) == Ids{"sign#1"} && w.times().empty() && m.stage == Stage::InReview);
    EXPECT(m.flow.task("review#1")->how == wire::TaskClosed::LAPSED && m.flow.task("review#1")->closed == due);
    EXPECT(m.readers.count("zhao"));

    auto late = w.judge(act, written);
    EXPECT(late.outcome == wire::APPLIED_LATE && late.reason == wire::REASON_LAPSED && late.byTime == due);
    REQUIRE(late.facts.size() == 1);
    EXPECT(late.facts[0].opinion_given().text() == "拟同意" && late.facts[0].opinion_given().late());
    late = w.judge(dumb, written);
    EXPECT(late.outcome == wire::SUPERSEDED && late.reason == wire::REASON_LAPSED && late.byTime == due);
    late = w.judge(act, due + 1);
    EXPECT(late.outcome == wire::SUPERSEDED && late.reason == wire::REASON_LAPSED);

    EXPECT(w.submit(w.act("zhao", CHOICE_SIGN, "发")).applies());
    EXPECT(w.matter().number == "示政办发〔2026〕1号");
    EXPECT(provable(w, {kPlain}));
}

CASE("who acts in time stops the clock; the hub's late look at it changes nothing")
{
    World w;
    begin(w, with(clockAt("late", "review", "PT2H") + flow("late", "sign")));
    EXPECT(w.submit(w.act("shan", CHOICE_AGREE)).applies());
    EXPECT(w.matter().flow.run.timers.empty() && w.times().size() == 1);
    const auto version = w.matter().version;
    w.tick(3 * kHour);
    w.settle();
    EXPECT(w.times().empty() && w.matter().version == version && open(w.matter()) == Ids{"sign#1"});
}

CASE("a clock that does not interrupt opens a task beside; the first stays")
{
    World w;
    begin(w, with(clockAt("remind", "review", "PT1H", false) + test::element({"urge", "催办", "post:主任", "review", "agree"}) + flow("remind", "urge") + "<endEvent id=\"urged\"/>" + flow("urge", "urged")));
    w.tick(kHour);
    w.settle();
    EXPECT(open(w.matter()) == (Ids{"review#1", "urge#1"}));
    EXPECT(w.submit(w.act("zhao", CHOICE_AGREE, "请抓紧")).applies());
    EXPECT(open(w.matter()) == Ids{"review#1"} && !w.matter().ended);
    EXPECT(w.submit(w.act("shan", CHOICE_AGREE)).applies());
    EXPECT(open(w.matter()) == Ids{"sign#1"} && provable(w, {kPlain}));
}

CASE("a wait between two steps: nobody has a task, the matter says what it waits for, then goes on")
{
    World w;
    begin(w, with("<intermediateCatchEvent id=\"pause\" name=\"公示期\"><timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition></intermediateCatchEvent>" + flow("review", "pause")
                      + flow("pause", "sign"),
                  false));
    EXPECT(document::waits(w.matter(), *w.province.directory.process("timed")).empty());
    EXPECT(w.submit(w.act("shan", CHOICE_AGREE)).applies());
    const auto waits = document::waits(w.matter(), *w.province.directory.process("timed"));
    REQUIRE(waits.size() == 1);
    EXPECT(waits[0].title == "公示期" && waits[0].until == w.times().begin()->first && open(w.matter()).empty() && w.matter().stage == Stage::InReview);
    w.tick(72 * kHour);
    w.settle();
    EXPECT(open(w.matter()) == Ids{"sign#1"});
}

CASE("a clock that leads to the end ends the matter, by nobody")
{
    World w;
    begin(w, with(clockAt("late", "review", "PT2H") + "<endEvent id=\"lapsed\"/>" + flow("late", "lapsed")));
    w.tick(2 * kHour);
    w.settle();
    const auto& m = w.matter();
    EXPECT(m.stage == Stage::Lapsed && m.ended && m.endedBy.person().empty() && open(m).empty());
    EXPECT(w.judge(w.withdrawal("lin")).outcome == wire::SUPERSEDED);
    EXPECT(provable(w, {kPlain}));
}

CASE("another calendar moves clocks both ways; a clock looked at too early waits; only working time counts where the definition says so")
{
    World w;
    begin(w, with(clockAt("late", "review", "PT2H", true, "zt:workingTime=\"true\"") + flow("late", "sign")));
    const Millis due = w.times().begin()->first;
    const std::string outage = kPlain + "outage " + process::instantText(w.now - kHour) + ".." + process::instantText(w.now + 10 * kHour) + "\n";
    w.calendar(outage);
    REQUIRE(w.times().size() == 2);
    const Millis later = w.times().rbegin()->first;
    EXPECT(later > due + 9 * kHour && w.matter().flow.run.timers.front().due == later);
    w.tick(due - w.now);
    w.settle();
    EXPECT(w.times().size() == 1 && open(w.matter()) == Ids{"review#1"});
    const auto version = w.matter().version;
    w.calendar(outage + "# nothing else\n");
    EXPECT(w.matter().version == version);
    w.calendar(kPlain);
    EXPECT(open(w.matter()) == Ids{"sign#1"});
    EXPECT(provable(w, {kPlain, outage, outage + "# nothing else\n"}));

    // What a hub might like to claim instead.
    EXPECT(!provable(w, {kPlain}));
    const auto change = [&](auto what) { return !provable(w, {kPlain, outage, outage + "# nothing else\n"}, [&](size_t, std::vector<wire::Fact>& facts, Millis& time) { for (auto& f : facts) what(f, time); }); };
    EXPECT(change([](wire::Fact& f, Millis&) { if (f.has_advanced() && !f.advanced().calendar().empty()) f.mutable_advanced()->set_calendar(wire::calendarHash(kPlain)); }));
    EXPECT(change([](wire::Fact& f, Millis& time) { if (f.has_timer_fired()) time -= 11 * kHour; }));
    EXPECT(change([](wire::Fact& f, Millis&) { if (f.has_task_closed()) f.mutable_task_closed()->set_how(wire::TaskClosed::DONE); }));
    EXPECT(!change([](wire::Fact&, Millis&) {}));
}

CASE("a definition whose clock leads past the signature, or stands where nothing waits, is refused with the element")
{
    const auto codes = [](const wire::Definition& d) {
        std::string out;
        for (const auto& f : rules::findings(**rules::readProcess(d)))
            if (f.severity == process::Finding::Severity::Error) out += f.code + " " + f.element + "\n";
        return out;
    };
    EXPECT_EQ(codes(with(clockAt("late", "sign", "PT2H") + flow("late", "number"))), "unsigned-number number\n");
    EXPECT_EQ(codes(with(clockAt("late", "number", "PT2H") + flow("late", "end"))), "not-ours late\n");
    EXPECT_EQ(codes(with(clockAt("late", "review", "PT2H") + flow("late", "sign"))), "");
}
