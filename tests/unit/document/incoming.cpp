#include "zt/test/test.h"
#include "zt/test/world.h"

using namespace zt;
using test::Province;
using test::World;

namespace {

bool is(const rules::Decision& d, wire::Outcome outcome, wire::Reason reason = wire::REASON_NONE)
{
    if (d.outcome == outcome && d.reason == reason) return true;
    std::cout << "  outcome " << d.outcome << " reason " << d.reason << '\n';
    return false;
}

struct Sent {
    World w;
    std::string in; //!< the city's
    Sent()
    {
        w.province.post("qiu", "city", "收文员", false, true, 3); // a second clerk
        (void)w.submit(w.submission("lin"));
        (void)w.submit(w.act("shan", wire::CHOICE_AGREE));
        (void)w.submit(w.act("zhao", wire::CHOICE_SIGN));
        in = delivery().stream;
    }
    const document::Delivery& delivery() { return w.matter().deliveries.at(0); }
    wire::Command open(const std::string& who)
    {
        auto c = w.from(who, in);
        c.mutable_open();
        return c;
    }
    wire::Command signFor(const std::string& who, const std::string& note = {})
    {
        auto c = w.from(who, in);
        c.mutable_sign_for()->set_note(note);
        return c;
    }
};

} // namespace

CASE("incoming: clerks and heads read, clerks sign for it; the sender sees opened and signed with times")
{
    Sent s;
    EXPECT(s.w.incoming(s.in).readers == (std::set<std::string>{"clerk.city", "head.city", "qiu"}));
    const Millis opened = s.w.now;
    EXPECT(is(s.w.submit(s.open("clerk.city")), wire::APPLIED));
    EXPECT(s.delivery().opened == opened && s.delivery().openedBy.name() == "钱收文");
    s.w.tick(60'000);
    const Millis signedFor = s.w.now;
    EXPECT(is(s.w.submit(s.signFor("clerk.city", "收到")), wire::APPLIED));
    EXPECT(s.delivery().signedFor == signedFor && s.delivery().note == "收到" && s.delivery().opened == opened);
}

CASE("incoming: signing for it opens it")
{
    Sent s;
    EXPECT(is(s.w.submit(s.signFor("qiu")), wire::APPLIED));
    EXPECT(s.delivery().opened && s.delivery().openedBy.person() == "qiu");
}

CASE("incoming: twice by one is a duplicate, by two is superseded by whom and when")
{
    Sent s;
    (void)s.w.submit(s.open("qiu"));
    EXPECT(is(s.w.submit(s.open("clerk.city")), wire::DUPLICATE, wire::REASON_ALREADY_DONE));
    const Millis when = s.w.now;
    (void)s.w.submit(s.signFor("qiu"));
    EXPECT(is(s.w.submit(s.signFor("qiu")), wire::DUPLICATE, wire::REASON_ALREADY_DONE));
    const auto d = s.w.submit(s.signFor("clerk.city"));
    EXPECT(is(d, wire::SUPERSEDED, wire::REASON_ALREADY_DONE));
    EXPECT(d.byName == "仇海" && d.byTime == when);
}

CASE("incoming: a head is no clerk, the sender no reader, a clerk who left no more either")
{
    Sent s;
    EXPECT(is(s.w.submit(s.signFor("head.city")), wire::NOT_PERMITTED, wire::REASON_NOT_YOUR_TASK));
    EXPECT(is(s.w.submit(s.open("lin")), wire::NOT_PERMITTED, wire::REASON_NOT_READER));
    EXPECT(is(s.w.submit(s.open("clerk.county")), wire::NOT_PERMITTED, wire::REASON_NOT_READER));
    s.w.province.endPost("clerk.city", "city", "收文员");
    const Millis left = s.w.now;
    s.w.tick(1000);
    EXPECT(is(s.w.judge(s.signFor("clerk.city"), left), wire::NOT_PERMITTED, wire::REASON_NOT_YOUR_TASK));
    EXPECT(is(s.w.judge(s.signFor("clerk.city"), left - 1), wire::APPLIED));
    s.w.province.suspend("qiu");
    EXPECT(is(s.w.submit(s.signFor("qiu")), wire::NOT_PERMITTED, wire::REASON_SUSPENDED));
}

CASE("incoming: nothing before its delivery, no second delivery, no delivery by persons")
{
    Sent s;
    wire::Command again;
    again.set_stream(s.in);
    again.mutable_deliver()->set_unit("city");
    EXPECT(is(s.w.submit(again), wire::DUPLICATE, wire::REASON_ALREADY_DONE));
    again.set_stream("in/new");
    again.set_person("clerk.city");
    EXPECT(is(s.w.submit(again), wire::NOT_PERMITTED, wire::REASON_NOT_READER));
}

CASE("register: gapless, once for each matter, by the hub alone")
{
    World w;
    const std::string reg = document::registerStream("示政办发", 2026);
    for (uint32_t i = 1; i <= 20; ++i) {
        wire::Command c;
        c.set_stream(reg);
        c.mutable_allocate_number()->set_matter("m/x" + std::to_string(i));
        c.mutable_allocate_number()->set_code("示政办发");
        c.mutable_allocate_number()->set_year(2026);
        const auto d = w.judge(c);
        REQUIRE(d.applies());
        EXPECT(d.facts[0].number_allocated().ordinal() == i && d.facts[0].number_allocated().number() == document::numberText("示政办发", 2026, i));
        w.followUps = false;
        (void)w.submit(c);
        EXPECT(is(w.submit(c), wire::DUPLICATE, wire::REASON_ALREADY_DONE));
        c.set_person("sys");
        EXPECT(is(w.submit(c), wire::NOT_PERMITTED, wire::REASON_ROLE));
    }
}

CASE("register: the year is China's at the moment of the signature's event")
{
    for (const auto& [utc, year] : {std::pair<Millis, const char*>{1798732799'000 - 3000, "2026"}, {1798732800'000, "2027"}}) {
        World w;
        (void)w.submit(w.submission("lin"));
        (void)w.submit(w.act("shan", wire::CHOICE_AGREE));
        w.tick(utc - w.now); // 2026-12-31 23:59:56 and 2027-01-01 00:00:00 in China
        (void)w.submit(w.act("zhao", wire::CHOICE_SIGN));
        EXPECT_EQ(w.matter().number, std::string("示政办发〔") + year + "〕1号");
    }
}
