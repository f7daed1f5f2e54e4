#pragma once

#include "zt/sync/store.h"
#include "zt/test/test.h"

#include <functional>
#include <memory>

//! What every implementation of sync::Store must do. Call inside a CASE; `make` gives an empty store each time.
namespace zt::test {

namespace contract {

using Make = std::function<std::unique_ptr<sync::Store>()>;

inline wire::Event event(const std::string& stream, uint64_t version, const std::string& body = "body")
{
    wire::Event e;
    e.set_hub("hub");
    e.set_stream(stream);
    e.set_version(version);
    e.set_body(body);
    return e;
}
inline sync::OutboxRow command(const std::string& id, const std::string& stream)
{
    sync::OutboxRow row;
    row.id = id;
    row.stream = stream;
    row.command.set_bytes("signed bytes of " + id);
    row.command.set_signature("signature");
    row.command.set_suite(1);
    row.madeMs = 1'700'000'000'000;
    return row;
}

inline void meta(const Make& make)
{
    auto store = make();
    const Bytes binary("a\0b\xff", 4);
    EXPECT(store->write([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(none, tx.meta("position"));
        EXPECT(!none);
        ZT_TRY(tx.setMeta("position", binary));
        ZT_TRY(tx.setMeta("empty", ""));
        ZT_LET(inside, tx.meta("position")); // a transaction sees what it wrote
        EXPECT(inside == binary);
        return {};
    }));
    EXPECT(store->write([&](sync::Tx& tx) { return tx.setMeta("position", "2"); }));
    EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(value, tx.meta("position"));
        EXPECT(value == Bytes("2"));
        ZT_LET(empty, tx.meta("empty"));
        EXPECT(empty.has_value() && empty->empty()); // empty is not absent
        return {};
    }));
}

inline void rollback(const Make& make)
{
    auto store = make();
    EXPECT(store->write([&](sync::Tx& tx) { return tx.setMeta("a", "1"); }));
    const auto failed = store->write([&](sync::Tx& tx) -> Result<void> {
        ZT_TRY(tx.setMeta("a", "2"));
        ZT_TRY(tx.putStream({.stream = "s", .granted = true}));
        ZT_TRY(tx.appendEvent(event("s", 1)));
        ZT_LET(seq, tx.putOutbox(command("lost", "s")));
        EXPECT(seq >= 1);
        return fail(Err::Conflict, "given up");
    });
    EXPECT(!failed && failed.error().kind == Err::Conflict); // the work's own error comes back
    EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(a, tx.meta("a"));
        EXPECT(a == Bytes("1"));
        ZT_LET(s, tx.stream("s"));
        EXPECT(!s);
        ZT_LET(events, tx.events("s"));
        EXPECT(events.empty());
        ZT_LET(lost, tx.outbox("lost"));
        EXPECT(!lost);
        return {};
    }));
    EXPECT(store->read([&](sync::Tx& tx) { return tx.setMeta("a", "3"); })); // nothing of a read is kept
    EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(a, tx.meta("a"));
        EXPECT(a == Bytes("1"));
        return {};
    }));
}

inline void streams(const Make& make)
{
    auto store = make();
    const sync::StreamRow one{.stream = "matter/1", .granted = true, .have = 2, .haveHash = Bytes("\0\1", 2), .head = 5, .frozen = true, .heardMs = 77};
    const sync::StreamRow whole{.stream = "matter/2", .granted = true, .have = 3, .head = 3};
    const sync::StreamRow empty{.stream = "matter/3", .granted = true};
    const sync::StreamRow refused{.stream = "matter/4", .granted = false};
    EXPECT(store->write([&](sync::Tx& tx) -> Result<void> {
        for (const auto& row : {one, whole, empty, refused}) ZT_TRY(tx.putStream(row));
        return {};
    }));
    EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(back, tx.stream("matter/1"));
        if (!back.has_value()) return fail(Err::NotFound, "contract: row is missing");
        EXPECT(back->stream == one.stream && back->granted && back->have == 2 && back->haveHash == one.haveHash && back->head == 5);
        EXPECT(back->frozen && back->heardMs == 77);
        ZT_LET(all, tx.streams());
        EXPECT_EQ(all.size(), size_t(4));
        ZT_LET(gaps, tx.gaps());
        EXPECT_EQ(gaps.size(), size_t(2)); // behind its head; granted and nothing here
        return {};
    }));
    EXPECT(store->write([&](sync::Tx& tx) { return tx.putStream({.stream = "matter/1", .granted = true, .have = 5, .head = 5}); }));
    EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(gaps, tx.gaps());
        EXPECT(gaps.size() == 1 && gaps[0].stream == "matter/3");
        ZT_LET(all, tx.streams());
        EXPECT_EQ(all.size(), size_t(4));
        return {};
    }));
}

inline void events(const Make& make)
{
    auto store = make();
    EXPECT(store->write([&](sync::Tx& tx) -> Result<void> {
        for (uint64_t v = 1; v <= 5; ++v) ZT_TRY(tx.appendEvent(event("a", v, Bytes("\0bytes", 6) + std::to_string(v))));
        ZT_TRY(tx.appendEvent(event("b", 1)));
        return {};
    }));
    EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(all, tx.events("a"));
        EXPECT_EQ(all.size(), size_t(5));
        for (size_t i = 0; i < all.size(); ++i)
            EXPECT(all[i].SerializeAsString() == event("a", i + 1, Bytes("\0bytes", 6) + std::to_string(i + 1)).SerializeAsString());
        ZT_LET(late, tx.events("a", 4));
        EXPECT(late.size() == 2 && late[0].version() == 4 && late[1].version() == 5);
        ZT_LET(none, tx.events("c"));
        EXPECT(none.empty());
        ZT_LET(above, tx.events("a", 6));
        EXPECT(above.empty());
        return {};
    }));
    const auto twice = store->write([&](sync::Tx& tx) { return tx.appendEvent(event("a", 5, "other")); });
    EXPECT(!twice); // (stream, version) is unique
    EXPECT(store->write([&](sync::Tx& tx) { return tx.truncateStream("a", 2); }));
    EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(rest, tx.events("a"));
        EXPECT(rest.size() == 2 && rest[1].version() == 2);
        ZT_LET(other, tx.events("b"));
        EXPECT_EQ(other.size(), size_t(1));
        return {};
    }));
    EXPECT(store->write([&](sync::Tx& tx) { return tx.appendEvent(event("a", 3, "again")); }));
    EXPECT(store->write([&](sync::Tx& tx) { return tx.truncateStream("a", 0); }));
    EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(rest, tx.events("a"));
        EXPECT(rest.empty());
        return {};
    }));
}

inline void drop(const Make& make)
{
    auto store = make();
    EXPECT(store->write([&](sync::Tx& tx) -> Result<void> {
        for (const char* s : {"gone", "stays"}) {
            ZT_TRY(tx.putStream({.stream = s, .granted = true, .have = 1, .head = 1}));
            ZT_TRY(tx.appendEvent(event(s, 1)));
            ZT_LET(seq, tx.putOutbox(command(std::string("c-") + s, s)));
            EXPECT(seq >= 1);
        }
        return {};
    }));
    EXPECT(store->write([&](sync::Tx& tx) -> Result<void> {
        ZT_TRY(tx.dropStream("gone"));
        return tx.dropStream("never heard of");
    }));
    EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(row, tx.stream("gone"));
        EXPECT(!row);
        ZT_LET(events, tx.events("gone"));
        EXPECT(events.empty());
        ZT_LET(words, tx.outboxOf("gone"));
        EXPECT_EQ(words.size(), size_t(1)); // a person's words are never dropped with the stream
        ZT_LET(other, tx.events("stays"));
        EXPECT_EQ(other.size(), size_t(1));
        return {};
    }));
    EXPECT(store->write([&](sync::Tx& tx) -> Result<void> { // granted again later
        ZT_TRY(tx.putStream({.stream = "gone", .granted = true, .have = 1, .head = 1}));
        return tx.appendEvent(event("gone", 1, "new"));
    }));
    EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(events, tx.events("gone"));
        EXPECT(events.size() == 1 && events[0].body() == "new");
        return {};
    }));
}

inline void outbox(const Make& make)
{
    auto store = make();
    uint64_t first = 0, second = 0, third = 0;
    EXPECT(store->write([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(a, tx.putOutbox(command("a", "s")));
        ZT_LET(b, tx.putOutbox(command("b", "t")));
        ZT_LET(c, tx.putOutbox(command("c", "s")));
        first = a;
        second = b;
        third = c;
        return {};
    }));
    EXPECT(first == 1 && second == 2 && third == 3);
    EXPECT(store->write([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(row, tx.outbox("b"));
        if (!row.has_value()) return fail(Err::NotFound, "contract: row is missing");
        row->state = sync::OutboxRow::Attention;
        row->receipt.emplace().set_id("b");
        row->receipt->set_outcome(wire::SUPERSEDED);
        row->settledMs = 9;
        ZT_LET(seq, tx.putOutbox(*row));
        EXPECT_EQ(seq, second); // an update keeps its place
        return {};
    }));
    EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(b, tx.outbox("b"));
        if (!b.has_value()) return fail(Err::NotFound, "contract: row is missing");
        EXPECT(b->seq == second && b->state == sync::OutboxRow::Attention && b->settledMs == 9 && b->madeMs == 1'700'000'000'000);
        EXPECT(b->receipt && b->receipt->outcome() == wire::SUPERSEDED);
        EXPECT(b->command.bytes() == "signed bytes of b" && b->command.signature() == "signature");
        ZT_LET(waiting, tx.outboxIn(sync::OutboxRow::Waiting));
        EXPECT(waiting.size() == 2 && waiting[0].id == "a" && waiting[1].id == "c" && !waiting[0].receipt);
        ZT_LET(attention, tx.outboxIn(sync::OutboxRow::Attention));
        EXPECT(attention.size() == 1 && attention[0].id == "b");
        ZT_LET(settled, tx.outboxIn(sync::OutboxRow::Settled));
        EXPECT(settled.empty());
        ZT_LET(ofS, tx.outboxOf("s"));
        EXPECT(ofS.size() == 2 && ofS[0].id == "a" && ofS[1].id == "c");
        return {};
    }));
    // What may have left: said with a row, or of all that waits.
    EXPECT(store->write([&](sync::Tx& tx) -> Result<void> {
        auto row = command("c", "s");
        row.sent = true;
        ZT_LET(seq, tx.putOutbox(row));
        EXPECT_EQ(seq, third);
        return {};
    }));
    const auto left = [&] {
        std::string ids;
        EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
            for (const char* id : {"a", "b", "c", "d"}) {
                ZT_LET(row, tx.outbox(id));
                if (row && row->sent) ids += id;
            }
            return {};
        }));
        return ids;
    };
    EXPECT_EQ(left(), std::string("c"));
    EXPECT(store->write([&](sync::Tx& tx) { return tx.waitingLeaves(); }));
    EXPECT_EQ(left(), std::string("ac")); // b waits no longer
    EXPECT(store->write([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(seq, tx.putOutbox(command("d", "s")));
        (void)seq;
        return {};
    }));
    EXPECT_EQ(left(), std::string("ac"));
}

inline void erase(const Make& make)
{
    auto store = make();
    EXPECT(store->write([&](sync::Tx& tx) -> Result<void> {
        for (uint64_t v = 1; v <= 3; ++v) {
            auto e = event("s", v, "body of " + std::to_string(v));
            e.set_salt(Bytes(16, 's'));
            e.set_body_hash(Bytes(32, 'h'));
            ZT_TRY(tx.appendEvent(e));
        }
        ZT_TRY(tx.appendEvent(event("t", 2)));
        for (const char* id : {"a", "b"}) ZT_TRY(tx.putOutbox(command(id, "s")));
        return tx.putStream({.stream = "s", .granted = true, .have = 3, .head = 3});
    }));
    EXPECT(store->write([&](sync::Tx& tx) -> Result<void> {
        ZT_TRY(tx.eraseEvent("s", 2, "rule"));
        ZT_TRY(tx.eraseEvent("s", 2, "another")); // the first stays
        ZT_TRY(tx.eraseEvent("s", 9, "rule"));
        ZT_TRY(tx.eraseEvent("none", 1, "rule"));
        ZT_TRY(tx.dropOutbox("none"));
        return tx.dropOutbox("a");
    }));
    EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(events, tx.events("s"));
        if (events.size() != 3) return fail(Err::NotFound, "contract: events are missing");
        EXPECT(events[0].body() == "body of 1" && events[2].body() == "body of 3");
        EXPECT(events[1].body().empty() && events[1].salt().empty() && events[1].erased_rule() == "rule" && events[1].body_hash() == Bytes(32, 'h'));
        ZT_LET(other, tx.events("t"));
        EXPECT(other.size() == 1 && other[0].erased_rule().empty());
        ZT_LET(row, tx.stream("s"));
        EXPECT(row && row->have == 3);
        ZT_LET(gone, tx.outbox("a"));
        ZT_LET(kept, tx.outboxOf("s"));
        EXPECT(!gone && kept.size() == 1 && kept[0].id == "b");
        return {};
    }));
}

inline void marks(const Make& make)
{
    auto store = make();
    EXPECT(store->write([&](sync::Tx& tx) -> Result<void> {
        ZT_TRY(tx.putMark("s", "read", 3, false));
        ZT_TRY(tx.putMark("s", "read", 4, true)); // last value
        return tx.putMark("s", "pinned", -1, false);
    }));
    EXPECT(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(read, tx.mark("s", "read"));
        EXPECT(read == 4);
        ZT_LET(pinned, tx.mark("s", "pinned"));
        EXPECT(pinned == -1);
        ZT_LET(none, tx.mark("t", "read"));
        EXPECT(!none);
        return {};
    }));
}

} // namespace contract

inline void storeContract(const contract::Make& make)
{
    contract::meta(make);
    contract::rollback(make);
    contract::streams(make);
    contract::events(make);
    contract::drop(make);
    contract::outbox(make);
    contract::erase(make);
    contract::marks(make);
}

} // namespace zt::test
