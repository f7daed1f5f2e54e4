#include "lease.h"
#include "zt/desk/policy.h"
#include "zt/test/test.h"

using namespace zt;
using namespace zt::desk;

namespace {

constexpr Millis kDay = Lease::kDay, kStart = 20'000 * kDay;

struct Pc {
    Lease lease;
    Millis wall = kStart, steady = 1000;
    Pc() { lease.heard(kStart); look(); }
    void look() { lease.look(wall, steady); }
    void pass(Millis ms) { wall += ms; steady += ms; look(); }
    bool ended(uint32_t days = 30) const { return lease.ended(days); }
};

} // namespace

CASE("a lease ends when its days are over, and not before; none ends never")
{
    Pc pc;
    pc.pass(30 * kDay);
    EXPECT(!pc.ended());
    pc.pass(1);
    EXPECT(pc.ended() && !pc.ended(0));
    EXPECT_EQ(pc.lease.until(30), kStart + 30 * kDay);
    EXPECT_EQ(pc.lease.until(0), 0);
}

CASE("a clock set back wins nothing: what was seen stays seen, and the programme's own running time counts")
{
    Pc pc;
    pc.pass(29 * kDay);
    pc.wall -= 20 * kDay;
    pc.look();
    EXPECT_EQ(pc.lease.seen, kStart + 29 * kDay);
    pc.pass(kDay + 1); // by the steady clock; the wall is still behind
    EXPECT(pc.ended());
    // The PC starts anew: the steady clock begins again, what was kept goes on.
    Lease again = pc.lease;
    again.steady = 0;
    again.look(kStart, 5);
    EXPECT(again.ended(30));
}

CASE("a contact begins it anew, also after a clock that stood years ahead; an older time is no contact")
{
    Pc pc;
    pc.wall += 4000 * kDay;
    pc.look();
    EXPECT(pc.ended());
    pc.lease.heard(kStart - 1);
    EXPECT(pc.ended());
    pc.wall = kStart + kDay;
    pc.lease.heard(kStart + kDay);
    pc.look();
    EXPECT(!pc.ended());
    EXPECT_EQ(pc.lease.until(30), kStart + 31 * kDay);
}

CASE("a phone code: a week, once for each week, and a contact ends its part")
{
    Pc pc;
    pc.pass(40 * kDay);
    const uint32_t week = pc.lease.week();
    EXPECT(pc.lease.mayUse(week) && !pc.lease.mayUse(week + 1) && !pc.lease.mayUse(week - 2));
    pc.lease.reopen(week);
    EXPECT(!pc.ended() && !pc.lease.mayUse(week) && !pc.lease.mayUse(week - 1));
    pc.pass(Lease::kWeek);
    EXPECT(!pc.ended());
    pc.pass(1);
    EXPECT(pc.ended() && pc.lease.mayUse(pc.lease.week()));
    // Asked for on the last day of a week, typed on the first of the next.
    EXPECT(pc.lease.week() == week + 1 && !pc.lease.mayUse(week));
}

CASE("of the PC's policy and the hub's the stricter value holds")
{
    const auto policy = [](const char* file, const std::string& text) { return readPolicyTexts({{file, text}}); };
    struct Row { const char *pc, *hub, *from; int most; };
    for (const Row& row : {Row{R"({"idle_lock_minutes":{"at_most":10}})", R"({"idle_lock_minutes":{"at_most":5}})", "hub", 5},
                           Row{R"({"idle_lock_minutes":{"at_most":5}})", R"({"idle_lock_minutes":{"at_most":10}})", "pc", 5},
                           Row{R"({"idle_lock_minutes":0})", R"({"idle_lock_minutes":{"at_most":10}})", "hub", 10},
                           Row{R"({"idle_lock_minutes":{"at_most":10}})", R"({"idle_lock_minutes":0})", "pc", 10},
                           Row{R"({"idle_lock_minutes":{"at_most":10}})", R"({})", "pc", 10}, Row{R"({})", R"({"idle_lock_minutes":{"at_most":10}})", "hub", 10},
                           Row{R"({"idle_lock_minutes":7})", R"({"idle_lock_minutes":{"at_most":7}})", "pc", 0},
                           Row{R"({"idle_lock_minutes":{"at_most":7}})", R"({"idle_lock_minutes":7})", "hub", 0}}) {
        const auto both = policy("pc", row.pc).with(policy("hub", row.hub));
        REQUIRE(both.find("idle_lock_minutes"));
        EXPECT_EQ(both.find("idle_lock_minutes")->file, std::string(row.from));
        EXPECT_EQ(both.mostIdleMinutes(), row.most);
    }
    for (const char* key : {"notifications", "close_to_tray"})
        for (const bool pc : {false, true})
            for (const bool hub : {false, true}) {
                const auto one = [&](bool v) { return std::string("{\"") + key + "\":" + (v ? "true}" : "false}"); };
                const auto both = policy("pc", one(pc)).with(policy("hub", one(hub)));
                EXPECT_EQ(std::get<bool>(both.find(key)->value), pc && hub);
            }
    // Nothing is safer of these: the PC's goes first. Where the hub is, only the PC's says.
    const auto both = policy("pc", R"({"theme":"dark"})").with(policy("hub", R"({"theme":"light","language":"en","hub_address":"evil:1"})"));
    EXPECT_EQ(both.find("theme")->file, std::string("pc"));
    EXPECT_EQ(both.find("language")->file, std::string("hub"));
    EXPECT(!both.find("hub_address"));
}
