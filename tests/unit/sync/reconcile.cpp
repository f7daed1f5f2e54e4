#include "script.h"
#include "zt/test/test.h"

using namespace zt;
using sync::OutboxRow;
using test::Script;

namespace {

constexpr const char* kAccess = "acc/me";

//! A desk that holds one own matter with somebody else's opinion, and whose hub then falls back to before both.
struct Restored : Script {
    Restored()
    {
        live();
        auto [command, name] = submit();
        mine = command;
        stream = name;
        wire::Command c;
        c.set_id(random.bytes(16));
        c.set_hub("hub");
        c.set_stream(stream);
        c.set_person("head");
        c.set_device(random.bytes(16));
        c.mutable_add_opinion()->set_text("theirs");
        theirs = wire::signCommand(c, hubKey);
        wire::Fact f;
        f.mutable_opinion_given()->set_text("theirs");
        ok(engine->receive({frameOf({event(stream, last, &mine)}), receipt(mine, wire::APPLIED, 1), frameOf({event(kAccess, {granted(stream)})}),
                            frameOf({event(stream, {f}, &theirs)})}));
        lost = log;
        log.erase(stream);
        log.erase(kAccess);
        incarnation = Bytes(16, '2');
        position = log["dir"].size();
        sent.clear();
    }
    wire::HubFrame behind() const
    {
        wire::HubFrame f;
        for (const auto& name : {std::string(kAccess), stream}) f.mutable_behind()->add_heads()->set_stream(name);
        f.mutable_behind()->set_last(true);
        return f;
    }
    //! Connects and goes on to the offers.
    void greet()
    {
        sent.clear();
        engine->connected(*this);
        ok(engine->receive({welcome(true)}));
        ok(engine->receive({behind()}));
    }
    wire::HubFrame done() const
    {
        wire::HubFrame f;
        f.mutable_offer_done();
        return f;
    }
    wire::SignedCommand mine, theirs;
    std::string stream;
    std::map<std::string, std::vector<wire::Event>> lost;
};

} // namespace

CASE("a new incarnation: heads, then offers of all this desk holds beyond")
{
    Restored s;
    s.greet();
    const auto heads = s.sentOf(wire::DeskFrame::kHeads);
    REQUIRE(heads.size() == 1);
    EXPECT_EQ(heads[0].heads().heads_size(), 3);
    EXPECT(heads[0].heads().last());
    const auto offers = s.sentOf(wire::DeskFrame::kOffer);
    REQUIRE(offers.size() == 2);
    EXPECT(offers[0].offer().bytes() == s.mine.bytes());
    EXPECT(offers[1].offer().bytes() == s.theirs.bytes());
    EXPECT(s.sent.back().has_offer_end());
}

CASE("nothing is cut before the hub has the offers: a crash in between offers again")
{
    Restored s;
    s.greet();
    EXPECT_EQ(s.store.data().events.at(s.stream)->size(), 2u);
    s.boot();
    s.greet();
    EXPECT_EQ(s.sentOf(wire::DeskFrame::kOffer).size(), 2u);
}

CASE("after the offers the desk takes the hub's history and asks what became of its own command")
{
    Restored s;
    s.greet();
    s.sent.clear();
    s.ok(s.engine->receive({s.done()}));
    EXPECT(s.engine->phase() == sync::Phase::Live);
    EXPECT(!s.store.data().events.count(s.stream));
    EXPECT(s.rowOf(s.mine).state == OutboxRow::Waiting);
    EXPECT_EQ(s.engine->unsent(), 1u);
    REQUIRE(s.sentOf(wire::DeskFrame::kSubmit).size() == 1);
    EXPECT_EQ(s.engine->view(s.stream)->shown->version, 1u); // foretold again
    s.ok(s.engine->receive({s.receipt(s.mine, wire::APPLIED, 1), s.frameOf({s.event(s.stream, s.last, &s.mine)}), s.frameOf({s.event(kAccess, {s.granted(s.stream)})})}));
    EXPECT(s.rowOf(s.mine).state == OutboxRow::Settled);
    EXPECT_EQ(s.store.data().streams.at(s.stream).have, 1u);
    EXPECT(s.store.data().streams.at(s.stream).granted);
    EXPECT(!s.engine->takeAlarm());
}

CASE("a grant not yet read survives a restore")
{
    Restored s;
    s.log = s.lost;
    s.event(kAccess, {s.granted("m/other")});
    s.incarnation = Bytes(16, '1');
    s.live();
    s.ok(s.engine->receive({s.frameOf({s.log[kAccess].back()})}));
    REQUIRE(s.store.data().streams.count("m/other"));
    s.incarnation = Bytes(16, '2');
    s.engine->connected(s);
    wire::HubFrame none;
    none.mutable_behind()->set_last(true);
    s.sent.clear();
    s.ok(s.engine->receive({s.welcome(true), none, s.done()}));
    EXPECT(s.store.data().streams.count("m/other"));
    REQUIRE(s.asked().size() == 2);
    EXPECT(s.asked()[0].stream() == "dir" && s.asked()[1].stream() == kAccess);
    s.sent.clear();
    s.ok(s.engine->receive({s.readEnd("dir", s.log["dir"].size()), s.readEnd(kAccess, s.log[kAccess].size())}));
    REQUIRE(s.asked().size() == 2); // what it holds may have gone on meanwhile, what it does not hold is missing
    EXPECT(s.asked()[0].stream() == "m/other" && s.asked()[0].from() == 1);
    EXPECT(s.asked()[1].stream() == s.stream && s.asked()[1].from() == 3);
    EXPECT(s.rowOf(s.mine).state == OutboxRow::Settled); // its event is common
}

CASE("a command once refused that another desk brought back after a restore: the record decides")
{
    Restored s;
    s.greet();
    s.ok(s.engine->receive({s.done(), s.receipt(s.mine, wire::NOT_PERMITTED, 0, wire::REASON_SUSPENDED)}));
    EXPECT_EQ(s.engine->attention(), 1u);
    s.ok(s.engine->receive({s.frameOf({s.event(kAccess, {s.granted(s.stream)})}), s.frameOf({s.event(s.stream, s.last, &s.mine)})}));
    EXPECT_EQ(s.engine->attention(), 0u);
    EXPECT(s.rowOf(s.mine).state == OutboxRow::Settled);
    EXPECT(s.rowOf(s.mine).receipt->outcome() == wire::APPLIED);
}
