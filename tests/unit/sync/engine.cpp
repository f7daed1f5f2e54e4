#include "script.h"
#include "zt/test/test.h"

using namespace zt;
using sync::OutboxRow;
using test::Script;

namespace {

constexpr const char* kAccess = "acc/me";

wire::Command opinion(const std::string& stream, const std::string& text)
{
    wire::Command c;
    c.set_stream(stream);
    c.mutable_add_opinion()->set_text(text);
    return c;
}

wire::Fact revoked(const std::string& stream)
{
    wire::Fact f;
    f.mutable_revoked()->set_stream(stream);
    return f;
}

//! A live desk with one own matter, confirmed.
struct WithMatter : Script {
    WithMatter()
    {
        live();
        auto [command, name] = submit();
        stream = name;
        first = command;
        ok(engine->receive({frameOf({event(stream, last, &first)}), receipt(first, wire::APPLIED, 1), frameOf({event(kAccess, {granted(stream)})})}));
        sent.clear();
    }
    std::string stream;
    wire::SignedCommand first;
};

//! A live desk that heard the last of three events and has none before it.
struct WithGap : Script {
    WithGap()
    {
        live();
        wire::Fact f;
        f.mutable_opinion_given()->set_text("a");
        for (int i = 0; i < 3; ++i) events.push_back(event(m, {f}));
        ok(engine->receive({frameOf({events[2]})}));
    }
    const std::string m = "m/1";
    std::vector<wire::Event> events;
};

} // namespace

CASE("a gap is asked for and filled")
{
    WithGap s;
    const auto& m = s.m;
    const auto& events = s.events;
    const auto reads = s.asked();
    REQUIRE(reads.size() == 1);
    EXPECT_EQ(reads[0].stream(), m);
    EXPECT_EQ(reads[0].from(), 1u);
    EXPECT_EQ(s.store.data().streams.at(m).head, 3u);
    EXPECT_EQ(s.store.data().streams.at(m).have, 0u);
    s.ok(s.engine->receive({s.frameOf({events[0], events[1]}, false)}));
    EXPECT_EQ(s.store.data().streams.at(m).have, 2u);
    const auto end = Script::readEnd(m, 3);
    s.ok(s.engine->receive({end}));
    EXPECT_EQ(s.asked().size(), 2u);
    s.ok(s.engine->receive({s.frameOf({events[2]}, false), end}));
    EXPECT_EQ(s.store.data().streams.at(m).have, 3u);
    EXPECT_EQ(s.asked().size(), 2u);
    EXPECT(!s.engine->takeAlarm());
}

CASE("a desk that begins asks for the directory and what it may hold, then for that, the newest first, so many at a time; it is live when all is there")
{
    constexpr int kMatters = 3000;
    Script s;
    s.engine->connected(s);
    wire::HubFrame head;
    head.mutable_position()->set_position(7);
    head.mutable_position()->set_live(true);
    s.ok(s.engine->receive({s.welcome(), head}));
    auto asked = s.asked();
    REQUIRE(asked.size() == 2);
    EXPECT(asked[0].stream() == "dir" && asked[0].from() == 1 && asked[1].stream() == kAccess && asked[1].from() == 1 && asked[1].newest() > 0);
    EXPECT(s.engine->position() == 7 && !s.engine->live());
    s.sent.clear();
    const auto name = [](int i) { return "m/" + std::to_string(i); };
    std::vector<sync::Heard> grants{s.frameOf(s.log["dir"], false), Script::readEnd("dir", s.log["dir"].size())};
    for (int i = 0; i < kMatters; ++i) grants.push_back(s.frameOf({s.event(kAccess, {s.granted(name(i))})}, false));
    wire::Fact f;
    f.mutable_opinion_given()->set_text("a");
    s.ok(s.engine->receive({grants[0], grants[1], s.frameOf({s.event(name(kMatters - 1), {f})}, false), Script::readEnd(name(kMatters - 1), 1), Script::readEnd(kAccess, kMatters)}));
    asked = s.asked();
    REQUIRE(asked.size() == 1);
    EXPECT(asked[0].stream() == kAccess && asked[0].from() == 1 && !asked[0].newest());
    EXPECT(s.store.data().streams.at(name(kMatters - 1)).have == 1);
    s.sent.clear();
    s.ok(s.engine->receive({grants.begin() + 2, grants.end()}));
    EXPECT(s.asked().empty());
    s.ok(s.engine->receive({Script::readEnd(kAccess, kMatters)}));
    int next = kMatters - 1; // that one is here

    size_t rounds = 0;
    for (asked = s.asked(); !asked.empty(); asked = s.asked(), ++rounds) {
        EXPECT(asked.size() < kMatters && !s.engine->live());
        s.sent.clear();
        std::vector<sync::Heard> answers;
        for (const auto& r : asked) {
            EXPECT_EQ(r.stream(), name(--next));
            answers.push_back(s.frameOf({s.event(r.stream(), {f})}, false));
            answers.push_back(Script::readEnd(r.stream(), 1));
        }
        s.ok(s.engine->receive(answers));
    }
    EXPECT(next == 0 && rounds > 1 && s.engine->live());
    // A restart asks for nothing, a gap that comes up later does not make it begin anew.
    s.boot();
    s.sent.clear();
    s.engine->connected(s);
    s.ok(s.engine->receive({s.welcome(), head}));
    EXPECT(s.asked().empty() && s.engine->live());
    (void)s.event(name(0), {f});
    s.ok(s.engine->receive({s.frameOf({s.event(name(0), {f})})}));
    EXPECT(s.asked().size() == 1 && s.engine->live());
}

CASE("cut off while it begins, a desk goes on with what is missing, the newest first")
{
    Script s;
    wire::HubFrame head;
    head.mutable_position()->set_position(7);
    head.mutable_position()->set_live(true);
    s.engine->connected(s);
    s.ok(s.engine->receive({s.welcome(), head}));
    for (const size_t grants : {0, 3}) { // before anything has come; with half of what is granted
        s.boot();
        s.sent.clear();
        s.engine->connected(s);
        s.ok(s.engine->receive({s.welcome(), head}));
        auto asked = s.asked();
        REQUIRE(asked.size() == (grants ? 1u : 2u));
        EXPECT(asked.back().stream() == kAccess && asked.back().from() == grants + 1 && !s.engine->live());
        if (grants) break;
        s.ok(s.engine->receive({s.frameOf(s.log["dir"], false), Script::readEnd("dir", s.log["dir"].size())}));
        for (const char* m : {"m/1", "m/2", "m/3", "m/4"}) (void)s.event(kAccess, {s.granted(m)});
        s.ok(s.engine->receive({s.frameOf({s.log[kAccess][0], s.log[kAccess][1], s.log[kAccess][2]}, false)}));
    }
    s.sent.clear();
    s.ok(s.engine->receive({s.frameOf({s.log[kAccess][3]}, false), Script::readEnd(kAccess, 4)}));
    std::vector<std::string> names;
    for (const auto& r : s.asked()) names.push_back(r.stream());
    EXPECT((names == std::vector<std::string>{"m/4", "m/3", "m/2", "m/1"}));
}

CASE("a gap that the hub no longer knows of is not asked for again")
{
    WithGap s;
    s.ok(s.engine->receive({s.frameOf({s.events[0]}, false)}));
    s.sent.clear();
    // What a hub restored from a backup says: this stream ends where the desk stands.
    s.ok(s.engine->receive({Script::readEnd(s.m, 1)}));
    EXPECT(s.asked().empty());
    EXPECT_EQ(s.store.data().streams.at(s.m).head, 1u);
}

CASE("an event that does not follow is corrupt and leaves nothing")
{
    Script s;
    s.live();
    auto e = s.event("m/1", {});
    e.set_prev("x");
    const auto taken = s.engine->receive({s.frameOf({e})});
    REQUIRE(!taken);
    EXPECT(taken.error().kind == Err::Corrupt);
    EXPECT(!s.store.data().streams.count("m/1"));
    EXPECT(s.engine->phase() == sync::Phase::Offline);
}

CASE("checkpoints: the newest is kept over restarts; a hub that tells another story of a position, or a shorter one, is found out")
{
    Script s;
    s.live();
    const auto tell = [&](uint64_t position, const Bytes& root, const crypto::SigningKey* key = nullptr, const Bytes& incarnation = {}) {
        wire::HubFrame f;
        auto& c = *f.mutable_checkpoint();
        c.set_hub("hub");
        c.set_incarnation(incarnation.empty() ? s.incarnation : incarnation);
        c.set_position(position);
        c.set_root(root);
        c.set_time_ms(s.time);
        wire::signCheckpoint(c, key ? *key : s.hubKey);
        return s.engine->receive({f}).has_value();
    };
    const Bytes a(32, 'a'), b(32, 'b');
    EXPECT(tell(7, a) && tell(7, a) && tell(7, {}) && !s.engine->takeAlarm());
    EXPECT(tell(7, b, nullptr, Bytes(16, '9')) && !s.engine->takeAlarm()); // not of this history: judged when it is welcomed
    EXPECT(tell(7, b) && s.engine->takeAlarm());
    s.boot();
    s.engine->connected(s);
    EXPECT(Script::ok(s.engine->receive({s.welcome()})));
    EXPECT(tell(7, b) && s.engine->takeAlarm());
    EXPECT(tell(6, a) && s.engine->takeAlarm());
    EXPECT(tell(9, b) && !s.engine->takeAlarm());
    EXPECT(tell(7, a) && s.engine->takeAlarm());
    EXPECT(!tell(12, a, &s.deskKey)); // nobody else's word
}

CASE("receipt before event: shown as pending until the version arrives")
{
    Script s;
    s.live();
    auto [command, stream] = s.submit();
    EXPECT_EQ(s.engine->unsent(), 1u);
    s.ok(s.engine->receive({s.receipt(command, wire::APPLIED, 1)}));
    EXPECT_EQ(s.engine->unsent(), 0u);
    auto view = s.engine->view(stream);
    REQUIRE(view.has_value());
    EXPECT_EQ(view->pending.size(), 1u);
    EXPECT_EQ(view->shown->version, 1u);
    s.ok(s.engine->receive({s.frameOf({s.event(stream, s.last, &command)})}));
    view = s.engine->view(stream);
    REQUIRE(view.has_value());
    EXPECT_EQ(view->pending.size(), 0u);
    EXPECT_EQ(view->confirmed->version, 1u);
    EXPECT_EQ(view->shown->version, 1u);
}

CASE("event before receipt settles the command")
{
    Script s;
    s.live();
    auto [command, stream] = s.submit();
    s.ok(s.engine->receive({s.frameOf({s.event(stream, s.last, &command)})}));
    EXPECT_EQ(s.engine->unsent(), 0u);
    const auto row = s.rowOf(command);
    EXPECT(row.state == OutboxRow::Settled);
    REQUIRE(row.receipt.has_value());
    EXPECT_EQ(row.receipt->version(), 1u);
    EXPECT_EQ(s.engine->view(stream)->shown->version, 1u);
    s.ok(s.engine->receive({s.receipt(command, wire::APPLIED, 1)}));
    EXPECT(s.rowOf(command).state == OutboxRow::Settled);
}

CASE("after a crash a command is sent again, byte for byte")
{
    Script s;
    s.live();
    auto [command, stream] = s.submit();
    REQUIRE(s.sentOf(wire::DeskFrame::kSubmit).size() == 1);
    s.boot();
    EXPECT_EQ(s.engine->unsent(), 1u);
    EXPECT_EQ(s.engine->view(stream)->shown->version, 1u);
    s.sent.clear();
    s.engine->connected(s);
    s.ok(s.engine->receive({s.welcome()}));
    const auto again = s.sentOf(wire::DeskFrame::kSubmit);
    REQUIRE(again.size() == 1);
    EXPECT(again[0].submit().SerializeAsString() == command.SerializeAsString());
}

CASE("a write that fails keeps nothing and closes the line")
{
    Script s;
    s.live();
    s.store.hooks.commit = [] { return Result<void>(Err::DiskFull, "full"); };
    const auto done = s.engine->submit(s.draft());
    REQUIRE(!done);
    EXPECT(done.error().kind == Err::DiskFull);
    s.store.hooks.commit = nullptr;
    EXPECT_EQ(s.engine->unsent(), 0u);
    EXPECT(s.store.data().outbox.empty());
    EXPECT(s.sentOf(wire::DeskFrame::kSubmit).empty());
    EXPECT(s.engine->phase() == sync::Phase::Offline);
    EXPECT(s.engine->submit(s.draft()).has_value());
}

CASE("taken back only before it may have left")
{
    Script s;
    s.live();
    auto [sentOne, gone] = s.submit();
    EXPECT(s.engine->takeBack(s.rowOf(sentOne).id).error().kind == Err::Conflict);
    s.engine->disconnected();
    auto [kept, stream] = s.submit();
    EXPECT_EQ(s.engine->unsent(), 2u);
    s.ok(s.engine->takeBack(s.rowOf(kept).id));
    EXPECT_EQ(s.engine->unsent(), 1u);
    EXPECT(!s.shown.count(stream));
    s.engine->connected(s);
    s.ok(s.engine->receive({s.welcome()}));
    const auto frames = s.sentOf(wire::DeskFrame::kSubmit);
    EXPECT_EQ(frames.size(), 2u); // the first one, twice
    EXPECT(frames.back().submit().bytes() == sentOne.bytes());
}

CASE("a refused command's words wait for the person")
{
    WithMatter s;
    const auto done = s.engine->submit(opinion(s.stream, "words"));
    REQUIRE(done.has_value());
    const auto command = s.rowOf(done->id).command;
    s.ok(s.engine->receive({s.receipt(command, wire::NOT_PERMITTED, 0, wire::REASON_SUSPENDED)}));
    EXPECT_EQ(s.engine->attention(), 1u);
    EXPECT(s.rowOf(done->id).state == OutboxRow::Attention);
    EXPECT_EQ(s.engine->view(s.stream)->attention.size(), 1u);
    EXPECT_EQ(s.engine->view(s.stream)->shown->version, 1u);
    s.ok(s.engine->dismiss(done->id));
    EXPECT_EQ(s.engine->attention(), 0u);
    EXPECT(s.rowOf(done->id).state == OutboxRow::Settled);
}

CASE("a stream whose right ends goes; its words stay, and what became of them is still heard")
{
    WithMatter s;
    const auto done = s.engine->submit(opinion(s.stream, "words"));
    REQUIRE(done.has_value());
    const auto command = s.rowOf(done->id).command;
    s.ok(s.engine->receive({s.frameOf({s.event(kAccess, {revoked(s.stream)})})}));
    EXPECT(!s.store.data().streams.count(s.stream));
    EXPECT(!s.store.data().events.count(s.stream));
    EXPECT_EQ(s.engine->unsent(), 0u);
    EXPECT_EQ(s.engine->attention(), 1u);
    EXPECT(s.rowOf(done->id).state == OutboxRow::Attention);
    s.boot();
    EXPECT_EQ(s.engine->attention(), 1u);
    s.sent.clear();
    s.engine->connected(s);
    s.ok(s.engine->receive({s.welcome()}));
    REQUIRE(s.sentOf(wire::DeskFrame::kSubmit).size() == 1);
    s.ok(s.engine->receive({s.receipt(command, wire::APPLIED, 2)}));
    EXPECT_EQ(s.engine->attention(), 0u);
    EXPECT(s.rowOf(done->id).state == OutboxRow::Settled);
}

CASE("a pending command that no longer decides is counted once, whatever the reason becomes")
{
    WithMatter s;
    s.engine->disconnected();
    REQUIRE(s.engine->submit(opinion(s.stream, "words")).has_value());
    s.engine->connected(s);
    wire::Fact suspended, lifted, removed;
    suspended.mutable_person_suspended()->set_id("me");
    suspended.mutable_person_suspended()->set_suspended(true);
    lifted.mutable_person_suspended()->set_id("me");
    removed.mutable_reader_removed()->set_person("me");
    s.ok(s.engine->receive({s.welcome(), s.frameOf({s.event("dir", {suspended})})}));
    EXPECT_EQ(s.engine->attention(), 1u);
    s.ok(s.engine->receive({s.frameOf({s.event(s.stream, {removed})})}));
    EXPECT_EQ(s.engine->attention(), 1u);
    wire::Fact added;
    added.mutable_reader_added()->set_person("me");
    s.ok(s.engine->receive({s.frameOf({s.event("dir", {lifted})}), s.frameOf({s.event(s.stream, {added})})}));
    EXPECT_EQ(s.engine->attention(), 0u);
    EXPECT_EQ(s.engine->unsent(), 1u);
}

CASE("after an update a stream that was frozen for its level is open again, one that is still not understood is not")
{
    WithMatter s;
    wire::Fact f;
    f.mutable_opinion_given()->set_text("later");
    s.ok(s.engine->receive({s.frameOf({s.event("dir", {f}, nullptr, 2)})}));
    s.ok(s.store.write([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(row, tx.stream(s.stream));
        row->frozen = true; // as a programme of a lower level would have left it
        ZT_TRY(tx.putStream(*row));
        return tx.setMeta("level", "0");
    }));
    s.ok(s.engine->load());
    EXPECT(!s.store.data().streams.at(s.stream).frozen);
    EXPECT(s.store.data().streams.at("dir").frozen);
    const auto done = s.engine->submit(opinion(s.stream, "words"));
    REQUIRE(done.has_value());
}

CASE("an event of a higher level freezes the stream and is kept")
{
    WithMatter s;
    wire::Fact f;
    f.mutable_opinion_given()->set_text("later");
    s.ok(s.engine->receive({s.frameOf({s.event(s.stream, {f}, nullptr, 2), s.event(s.stream, {f})})}));
    EXPECT_EQ(s.store.data().streams.at(s.stream).have, 3u);
    EXPECT(s.store.data().streams.at(s.stream).frozen);
    const auto view = s.engine->view(s.stream);
    REQUIRE(view.has_value());
    EXPECT(view->confirmed->frozen);
    EXPECT_EQ(view->confirmed->version, 1u);
    const auto done = s.engine->submit(opinion(s.stream, "words"));
    REQUIRE(done.has_value());
    EXPECT(!done->decision.applies());
}
