#pragma once

#include "zt/crypto/hash.h"
#include "zt/hub/event_log.h"
#include "zt/test/test.h"
#include "zt/wire/sealing.h"

//! What every EventLog promises. `make` gives an empty log.
namespace zt::test {

inline wire::Event eventOf(const std::string& stream, uint64_t version, const Bytes& prev, const std::string& words = "words")
{
    wire::Event e;
    e.set_hub("hub-1");
    e.set_stream(stream);
    e.set_version(version);
    e.set_prev(prev);
    e.set_time_ms(1000 + int64_t(version));
    e.set_level(1);
    e.set_suite(1);
    e.set_salt(Bytes(16, 's'));
    wire::Body body;
    body.add_facts()->mutable_matter_ended()->set_reason(words);
    e.set_body(body.SerializeAsString());
    e.set_body_hash(wire::bodyHash(e.salt(), e.body()));
    return e;
}

inline hub::ReceiptRow receiptOf(const Bytes& device, const Bytes& id)
{
    hub::ReceiptRow r{device, id, Bytes(32, 'h'), {}};
    r.receipt.set_id(id);
    r.receipt.set_outcome(wire::SUPERSEDED);
    r.receipt.set_by_name("某人");
    return r;
}

inline void logContract(hub::EventLog& log)
{
    // empty
    EXPECT_EQ(*log.lastPosition(), 0u);
    EXPECT_EQ(log.head("m/1")->version, 0u);
    EXPECT(log.read("m/1", 1, 10)->empty());
    EXPECT(log.tail(0, 10)->empty());
    EXPECT(!log.incarnation().empty());

    // a group is one step, in order, over several streams
    const auto a1 = eventOf("m/1", 1, {});
    const auto b1 = eventOf("m/2", 1, {});
    const auto a2 = eventOf("m/1", 2, wire::eventHash(a1));
    hub::Group g;
    g.events = {a1, b1, a2};
    g.receipts = {receiptOf(Bytes(16, 'd'), Bytes(16, '1'))};
    g.marks = {{"p", "m/1", "read", 3}, {"q", "m/1", "read", 9}};
    g.followedUpTo = 2;
    EXPECT_EQ(*log.append(g), 3u);
    EXPECT_EQ(*log.lastPosition(), 3u);
    EXPECT_EQ(*log.followedUpTo(), 2u);
    EXPECT_EQ(log.head("m/1")->version, 2u);
    EXPECT(log.head("m/1")->hash == wire::eventHash(a2));
    const auto rows = log.tail(0, 10);
    REQUIRE(rows && rows->size() == 3);
    for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ((*rows)[i].position, i + 1);
        EXPECT((*rows)[i].event.SerializeAsString() == g.events[i].SerializeAsString());
    }
    EXPECT_EQ(log.tail(1, 1)->front().position, 2u);
    EXPECT_EQ(log.read("m/1", 2, 10)->size(), 1u);
    EXPECT(wire::follows(log.read("m/1", 2, 10)->front(), &a1));
    EXPECT_EQ(log.read("m/1", 1, 1)->size(), 1u);
    Bytes root;
    for (const auto& e : g.events) root = crypto::hash("zt-root-1", {root, wire::eventHash(e)});
    EXPECT(*log.root() == root);

    // receipts and marks
    const auto receipt = log.receipt(Bytes(16, 'd'), Bytes(16, '1'));
    REQUIRE(receipt && *receipt);
    EXPECT((*receipt)->receipt.SerializeAsString() == g.receipts[0].receipt.SerializeAsString());
    EXPECT((*receipt)->commandHash == Bytes(32, 'h'));
    EXPECT(!*log.receipt(Bytes(16, 'd'), Bytes(16, '2')));
    EXPECT(!*log.receipt({}, Bytes(16, '1')));
    EXPECT_EQ(log.marks("p")->size(), 1u);
    EXPECT_EQ(log.marks("p")->front().value, 3);

    // conflicts keep nothing
    auto kept = [&] {
        EXPECT_EQ(*log.lastPosition(), 3u);
        EXPECT(!*log.receipt(Bytes(16, 'd'), Bytes(16, '7')));
        EXPECT_EQ(log.marks("p")->front().value, 3);
        EXPECT_EQ(*log.followedUpTo(), 2u);
    };
    hub::Group bad;
    bad.receipts = {receiptOf(Bytes(16, 'd'), Bytes(16, '7'))};
    bad.marks = {{"p", "m/1", "read", 4}};
    bad.followedUpTo = 3;
    bad.events = {eventOf("m/2", 2, wire::eventHash(b1)), a2};
    auto answer = log.append(bad);
    EXPECT(!answer && answer.error().kind == Err::Conflict);
    kept();
    bad.events = {eventOf("m/2", 3, wire::eventHash(b1))};
    answer = log.append(bad);
    EXPECT(!answer && answer.error().kind == Err::Conflict);
    kept();
    bad.events = {eventOf("m/2", 2, wire::eventHash(b1))};
    bad.receipts.push_back(receiptOf(Bytes(16, 'd'), Bytes(16, '1')));
    answer = log.append(bad);
    EXPECT(!answer && answer.error().kind == Err::Exists);
    kept();

    // the directory: a group rests on a version of it
    hub::Group dir;
    dir.events = {eventOf("dir", 1, {}), eventOf("dir", 2, wire::eventHash(eventOf("dir", 1, {})))};
    EXPECT_EQ(*log.append(dir), 5u);
    hub::Group stale;
    stale.events = {eventOf("m/3", 1, {})};
    stale.authorityVersion = 1;
    answer = log.append(stale);
    EXPECT(!answer && answer.error().kind == Err::Conflict);
    stale.authorityVersion = 2;
    stale.followedUpTo = 1; // never back
    stale.marks = {{"p", "m/1", "read", 5}};
    EXPECT_EQ(*log.append(stale), 6u);
    EXPECT_EQ(*log.followedUpTo(), 2u);
    EXPECT_EQ(log.marks("p")->front().value, 5);
    EXPECT((*log.streams() == std::vector<std::string>{"dir", "m/1", "m/2", "m/3"}));

    // the timetable
    EXPECT(log.timesUpTo(INT64_MAX, 10)->empty() && log.timedStreams()->empty());
    hub::Group times;
    times.authorityVersion = 2;
    times.timesAdded = {{500, 3, 0}, {400, 1, 2}, {400, 1, 1}, {600, 2, 0}};
    EXPECT_EQ(*log.append(times), 6u);
    times.timesAdded.pop_back(); // again: no error, no second row
    EXPECT_EQ(*log.append(times), 6u);
    using Times = std::vector<hub::TimeRow>;
    EXPECT((*log.timesUpTo(500, 10) == Times{{400, 1, 1}, {400, 1, 2}, {500, 3, 0}}));
    EXPECT((*log.timesUpTo(INT64_MAX, 1) == Times{{400, 1, 1}}));
    EXPECT(log.timesUpTo(399, 10)->empty());
    EXPECT((*log.timedStreams() == std::vector<std::string>{"m/1", "m/2"}));
    hub::Group moved;
    moved.authorityVersion = 2;
    moved.timesDone = {{400, 1, 1}, {600, 2, 0}, {1, 1, 1}};
    moved.timesAdded = {{700, 1, 1}};
    EXPECT_EQ(*log.append(moved), 6u);
    EXPECT((*log.timesUpTo(INT64_MAX, 10) == Times{{400, 1, 2}, {500, 3, 0}, {700, 1, 1}}));
    EXPECT((*log.timedStreams() == std::vector<std::string>{"m/1"}));
    moved.authorityVersion = 1; // of a directory that is no more
    moved.events = {eventOf("m/4", 1, {})};
    moved.timesDone = {{500, 3, 0}};
    EXPECT(!log.append(moved) && log.timesUpTo(INT64_MAX, 10)->size() == 3);

    // erasure: what one event says, then a whole stream's; the record that says so goes in by the same step
    const Bytes rootBefore = *log.root();
    const auto next = eventOf("m/2", 2, wire::eventHash(b1));
    hub::Group one;
    one.authorityVersion = 2;
    one.events = {next, eventOf("m/2", 3, wire::eventHash(next))};
    one.erasures = {{"m/1", 1, "rule 7"}, {"m/2", 3, "rule 7"}, {"m/1", 9, "rule 7"}, {"none", 0, "rule 7"}};
    EXPECT_EQ(*log.append(one), 8u);
    EXPECT(*log.root() == crypto::hash("zt-root-1", {crypto::hash("zt-root-1", {rootBefore, wire::eventHash(one.events[0])}), wire::eventHash(one.events[1])}));
    const auto left = *log.read("m/1", 1, 10);
    REQUIRE(left.size() == 2);
    EXPECT(left[0].erased_rule() == "rule 7" && left[0].body().empty() && left[0].salt().empty());
    EXPECT(wire::eventHash(left[0]) == wire::eventHash(a1) && wire::follows(left[0], nullptr) && wire::follows(left[1], &left[0]));
    EXPECT(left[1].SerializeAsString() == a2.SerializeAsString());
    EXPECT(log.tail(0, 1)->front().event.SerializeAsString() == left[0].SerializeAsString());
    EXPECT(log.read("m/2", 2, 1)->front().SerializeAsString() == next.SerializeAsString());
    EXPECT(log.read("m/2", 3, 1)->front().erased_rule() == "rule 7");
    hub::Group whole;
    whole.authorityVersion = 2;
    whole.erasures = {{"m/1", 0, "rule 8"}};
    EXPECT_EQ(*log.append(whole), 8u);
    EXPECT(log.append(whole)); // again: no error
    const auto none = *log.read("m/1", 1, 10);
    REQUIRE(none.size() == 2);
    EXPECT(none[0].erased_rule() == "rule 7" && none[1].erased_rule() == "rule 8" && none[1].body().empty());
    EXPECT_EQ(log.head("m/1")->version, 2u);
    EXPECT(log.head("m/1")->hash == wire::eventHash(a2));
    hub::Group more;
    more.authorityVersion = 2;
    more.events = {eventOf("m/1", 3, wire::eventHash(a2))};
    more.erasures = {{"m/2", 0, "rule 8"}};
    answer = log.append(more);
    EXPECT(!answer && answer.error().kind == Err::Invalid);
    EXPECT(log.read("m/2", 2, 1)->front().erased_rule().empty()); // all of a group or nothing
    log.forgetKeys();
    EXPECT(log.read("m/2", 1, 10)->size() == 3 && log.read("m/3", 1, 10)->size() == 1);

    // a group without events
    hub::Group receipts;
    receipts.authorityVersion = 2;
    receipts.receipts = {receiptOf({}, Bytes(16, '9'))};
    EXPECT_EQ(*log.append(receipts), 8u);
    EXPECT(*log.receipt({}, Bytes(16, '9')));
}

} // namespace zt::test
