#include "zt/hub/postgres_log.h"

#include "log_contract.h"
#include "province.h"
#include "zt/test/postgres.h"

#include <future>
#include <pqxx/pqxx>

using namespace zt;
using namespace zt::test;

namespace {

const crypto::Secret kKey(Bytes(32, 'k'));

Postgres& server() { return Postgres::shared(); }

std::unique_ptr<hub::PostgresLog> create(const std::string& where)
{
    auto log = hub::PostgresLog::create(where, kKey, systemRandom());
    if (!log) failed("postgres log", 0, log.error().detail);
    return log ? std::move(*log) : nullptr;
}

std::unique_ptr<hub::PostgresLog> open(const std::string& where)
{
    auto log = hub::PostgresLog::open(where, kKey, systemRandom());
    if (!log) failed("postgres log", 0, log.error().detail);
    return log ? std::move(*log) : nullptr;
}

hub::Group groupOf(const wire::Event& e)
{
    hub::Group g;
    g.events = {e};
    g.authorityVersion = 1000;
    return g;
}

//! A stream of one log after another's, each event after the last.
struct Writer {
    std::string stream;
    uint64_t version = 0;
    Bytes head;
    Result<uint64_t> append(hub::EventLog& log)
    {
        const auto e = eventOf(stream, version + 1, head);
        auto answer = log.append(groupOf(e));
        if (answer) {
            ++version;
            head = wire::eventHash(e);
        }
        return answer;
    }
};

} // namespace

CASE("postgres log keeps the contract")
{
    const auto log = create(server().where(server().database()));
    REQUIRE(log);
    logContract(*log);
    EXPECT(log->check());
}

CASE("postgres log: everything is there after opening again, under the right key only")
{
    const auto db = server().database();
    const auto where = server().where(db);
    EXPECT(hub::PostgresLog::open(where, kKey, systemRandom()).error().kind == Err::NotFound);
    Bytes incarnation, events;
    {
        const auto log = create(where);
        REQUIRE(log);
        Province p(log.get());
        EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
        p.settle();
        incarnation = log->incarnation();
        for (const auto rows = *log->tail(0, 1000); const auto& r : rows) events += r.event.SerializeAsString();
    }
    const auto again = open(where);
    REQUIRE(again);
    Bytes now;
    for (const auto rows = *again->tail(0, 1000); const auto& r : rows) now += r.event.SerializeAsString();
    EXPECT(!now.empty() && now == events);
    EXPECT(again->incarnation() == incarnation);
    EXPECT(hub::PostgresLog::create(where, kKey, systemRandom()).error().kind == Err::Exists);
    EXPECT(hub::PostgresLog::open(where, crypto::Secret(Bytes(32, 'x')), systemRandom()).error().kind == Err::Unauthenticated);
    EXPECT(again->newIncarnation());
    EXPECT(again->incarnation() != incarnation && again->lastPosition());
    server().sql(db, "UPDATE zhengtong.meta SET value = '99' WHERE key = 'schema'");
    EXPECT(hub::PostgresLog::open(where, kKey, systemRandom()).error().kind == Err::TooNew);
}

CASE("postgres log: words, names and receipts are unreadable in the database; a text with a zero in it is no harm")
{
    const auto db = server().database();
    const auto log = create(server().where(db));
    REQUIRE(log);
    Province p(log.get());
    EXPECT_EQ(p.does("drafter", p.draft("m/1", "xylophone-phrase 防汛防旱")), wire::APPLIED);
    EXPECT_EQ(p.does("head", p.act("m/1", "review#1", wire::CHOICE_AGREE, "zebra-opinion")), wire::NEEDS_CHOICE);
    hub::Group marks;
    marks.authorityVersion = 1000;
    marks.marks = {{"p", "m/1", std::string("a\0b", 3), 1}, {"p", "m/1", "it's \\ \"{,}", 2}, {"p", "m/1", "it's \\ \"{,}", 3}};
    EXPECT(log->append(marks));
    const auto kept = *log->marks("p");
    REQUIRE(kept.size() == 2);
    EXPECT(kept[0].key == std::string("a\0b", 3) && kept[1].key == "it's \\ \"{,}");
    EXPECT_EQ(kept[1].value, 3);
    std::string all;
    for (const auto& [table, column] : {std::pair{"events", "payload"}, {"receipts", "receipt"}, {"streams", "name"}, {"meta", "value"}})
        all += server().sql(db, std::string("SELECT string_agg(encode(") + column + ", 'escape'), ' ') FROM zhengtong." + table);
    EXPECT(all.find("m/1") != std::string::npos);
    for (const char* words : {"xylophone", "zebra"}) EXPECT(all.find(words) == std::string::npos);
}

CASE("postgres log: what was erased is in no row; after VACUUM FULL in no table's file")
{
    const auto db = server().database();
    const auto log = create(server().where(db));
    REQUIRE(log);
    hub::Group g;
    for (const char* stream : {"m/1", "m/2"}) g.events.push_back(eventOf(stream, 1, {}));
    g.events.push_back(eventOf("m/2", 2, wire::eventHash(g.events.back())));
    EXPECT(log->append(g));
    const std::string key = server().sql(db, "SELECT encode(key, 'hex') FROM zhengtong.streams WHERE name = 'm/1'");
    const std::string payload = server().sql(db, "SELECT encode(e.payload, 'hex') FROM zhengtong.events e JOIN zhengtong.streams s ON s.id = e.stream WHERE s.name = 'm/2' AND e.version = 1");
    EXPECT(key.size() > 64 && payload.size() > 64);
    const auto inFile = [&](const std::string& hex, const std::string& table) {
        server().sql(db, "CHECKPOINT");
        return server().sql(db, "SELECT position(decode('" + hex + "', 'hex') IN pg_read_binary_file(pg_relation_filepath('zhengtong." + table + "'))) > 0") == "t";
    };
    EXPECT(inFile(key, "streams") && inFile(payload, "events"));
    hub::Group erase;
    erase.erasures = {{"m/1", 0, "rule"}, {"m/2", 1, "rule"}};
    EXPECT(log->append(erase));
    EXPECT(server().sql(db, "SELECT count(*) FROM zhengtong.events WHERE payload IS NULL AND erased = 'rule'") == "2");
    EXPECT(server().sql(db, "SELECT length(key) FROM zhengtong.streams WHERE name = 'm/1'") == "0");
    server().sql(db, "VACUUM FULL zhengtong.streams");
    server().sql(db, "VACUUM FULL zhengtong.events");
    EXPECT(!inFile(key, "streams") && !inFile(payload, "events"));
    EXPECT(log->check());
}

CASE("postgres log: a server that may lose commits is refused, and a text that holds a password")
{
    const auto db = server().database();
    const auto where = server().where(db);
    EXPECT(create(where));
    server().sql("postgres", "ALTER DATABASE " + db + " SET synchronous_commit TO off");
    EXPECT(hub::PostgresLog::open(where, kKey, systemRandom()).error().kind == Err::Unsupported);
    server().sql("postgres", "ALTER DATABASE " + db + " SET synchronous_commit TO local");
    EXPECT(hub::PostgresLog::open(where, kKey, systemRandom()).error().kind == Err::Unsupported);
    server().sql("postgres", "ALTER DATABASE " + db + " RESET synchronous_commit");
    EXPECT(hub::PostgresLog::open(where + " options='-c synchronous_commit=off'", kKey, systemRandom()).error().kind == Err::Unsupported);
    server().sql("postgres", "ALTER DATABASE " + db + " SET default_transaction_read_only TO on");
    EXPECT(!hub::PostgresLog::open(where, kKey, systemRandom()));
    server().sql("postgres", "ALTER DATABASE " + db + " RESET default_transaction_read_only");
    const auto running = open(where);
    REQUIRE(running);
    server().stop();
    server().start({"fsync=off"});
    EXPECT(hub::PostgresLog::open(where, kKey, systemRandom()).error().kind == Err::Unsupported);
    EXPECT(running->lastPosition().error().kind == Err::Unsupported); // an open one too, once it must connect again
    EXPECT(Writer{"m/1"}.append(*running).error().kind == Err::Unsupported);
    server().stop();
    server().start();
    EXPECT(running->lastPosition());
    for (const char* text : {"host=/run password=geheim", "postgresql://u:geheim@h/db", "geheim geheim"}) {
        const auto refused = hub::PostgresLog::open(text, kKey, systemRandom());
        EXPECT(refused.error().kind == Err::Invalid && refused.error().detail.find("geheim") == std::string::npos);
    }
}

CASE("postgres log: an idle writing transaction in another database of the server stops no feed")
{
    const auto log = create(server().where(server().database()));
    REQUIRE(log);
    const auto other = server().database();
    pqxx::connection idle(server().where(other));
    pqxx::work held(idle);
    held.exec("CREATE TABLE t(a int); INSERT INTO t VALUES(1); SELECT txid_current()");
    Writer w{"m/1"};
    for (uint64_t i = 1; i <= 3; ++i) {
        EXPECT_EQ(*w.append(*log), i);
        EXPECT_EQ(log->tail(i - 1, 10)->size(), 1u);
    }
    held.commit();
    EXPECT_EQ(log->tail(0, 10)->size(), 3u);
}

CASE("postgres log: a feed never skips an append that is held before its commit")
{
    const auto db = server().database();
    const auto log = create(server().where(db));
    REQUIRE(log);
    Writer w{"m/1"};
    EXPECT_EQ(*w.append(*log), 1u);
    // Another replica, stopped between its last statement and its commit.
    pqxx::connection slow(server().where(db));
    auto held = std::make_unique<pqxx::work>(slow);
    held->exec("SELECT pg_advisory_xact_lock(525939012962)");
    held->exec("INSERT INTO zhengtong.streams SELECT 77, 'm/slow', 1, hash, key FROM zhengtong.streams");
    held->exec("INSERT INTO zhengtong.events SELECT 2, 77, 1, time, level, suite, prev, body_hash, NULL, 'rule' FROM zhengtong.events");
    held->exec("UPDATE zhengtong.counter SET position = 2");
    auto third = std::async(std::launch::async, [&] { return w.append(*log); });
    const auto second = open(server().where(db));
    REQUIRE(second);
    for (int i = 0; i < 20; ++i) {
        EXPECT(second->tail(1, 10)->empty());
        EXPECT_EQ(*second->lastPosition(), 1u);
    }
    EXPECT(third.wait_for(std::chrono::milliseconds(100)) == std::future_status::timeout);
    EXPECT(second->tail(1, 10)->empty());
    held->commit();
    EXPECT_EQ(*third.get(), 3u);
    const auto rows = *second->tail(1, 10);
    REQUIRE(rows.size() == 2);
    EXPECT(rows[0].position == 2 && rows[0].event.stream() == "m/slow");
    EXPECT(rows[1].position == 3 && rows[1].event.stream() == "m/1");
}

CASE("postgres log: several logs append at once; positions have no gaps, a feed sees each once and in order")
{
    const auto where = server().where(server().database());
    const auto a = create(where);
    REQUIRE(a);
    constexpr int kWriters = 3, kEach = 40;
    std::vector<std::unique_ptr<hub::PostgresLog>> logs;
    for (int i = 0; i < kWriters; ++i) logs.push_back(open(where));
    std::vector<std::future<bool>> done;
    for (int i = 0; i < kWriters; ++i)
        done.push_back(std::async(std::launch::async, [&, i] {
            Writer w{"m/" + std::to_string(i)};
            for (int n = 0; n < kEach; ++n)
                if (!w.append(*logs[size_t(i)])) return false;
            return true;
        }));
    std::vector<uint64_t> seen;
    std::map<std::string, uint64_t> versions;
    while (seen.size() < kWriters * kEach) {
        bool over = true;
        for (auto& d : done) over = over && d.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
        const auto rows = a->tail(seen.size(), 7);
        REQUIRE(rows);
        for (const auto& r : *rows) {
            seen.push_back(r.position);
            EXPECT_EQ(r.position, seen.size());
            EXPECT_EQ(r.event.version(), ++versions[r.event.stream()]);
        }
        if (over && rows->empty()) break;
    }
    for (auto& d : done) EXPECT(d.get());
    EXPECT_EQ(seen.size(), size_t(kWriters * kEach));
    EXPECT(a->check());
}

CASE("postgres log: the id of a stream that was not kept goes to another's stream, which has a key of its own")
{
    const auto where = server().where(server().database());
    const auto a = create(where), b = open(where);
    REQUIRE(a && b);
    auto bad = groupOf(eventOf("m/a", 1, {}));
    bad.events.push_back(eventOf("m/a", 3, {}));
    EXPECT(a->append(bad).error().kind == Err::Conflict);
    Writer w{"m/b"};
    EXPECT(w.append(*b));
    EXPECT(w.append(*a));
    EXPECT(Writer{"m/a"}.append(*a));
    EXPECT(a->check() && b->check());
    EXPECT(open(where)->check());
}

CASE("postgres log: two hubs on one database, conflicts and all")
{
    const auto where = server().where(server().database());
    const auto log = create(where);
    REQUIRE(log);
    Province p(log.get());
    const auto second = open(where);
    REQUIRE(second);
    hub::Core other(hub::Core::Config{"hub-1"}, *second, p.hubKey, p.clock, p.random, catalogue::all());
    EXPECT(other.load());
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    EXPECT(other.submit({p.door("head", p.act("m/1", "review#1", wire::CHOICE_AGREE))}));
    EXPECT_EQ(p.does("head2", p.act("m/1", "review#1", wire::CHOICE_AGREE)), wire::SUPERSEDED);
    p.settle();
    EXPECT(other.catchUp());
    EXPECT_EQ(other.position(), p.core->position());
    EXPECT(log->check());
}

CASE("postgres log: the server goes away and comes back; calls fail in between and work after")
{
    const auto db = server().database();
    const auto log = create(server().where(db));
    REQUIRE(log);
    Writer w{"m/1"};
    EXPECT_EQ(*w.append(*log), 1u);
    server().stop();
    EXPECT(log->lastPosition().error().kind == Err::Io);
    EXPECT(w.append(*log).error().kind == Err::Io);
    server().start();
    EXPECT_EQ(*log->lastPosition(), 1u);
    EXPECT_EQ(*w.append(*log), 2u);
    server().sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + db + "'");
    EXPECT_EQ(*w.append(*log), 3u);
    EXPECT_EQ(log->tail(0, 10)->size(), 3u);
    EXPECT(log->check());
}

CASE("postgres log: a commit whose answer was lost is found; one that never arrived is made")
{
    const auto db = server().database();
    CutLine line(server());
    EXPECT(create(server().where(db)));
    const auto log = open(server().where(db, line.host()));
    const auto other = open(server().where(db));
    REQUIRE(log && other && log->takeUp());
    Writer w{"m/1"}, theirs{"m/2"};
    uint64_t position = 0;
    for (const auto at : {CutLine::At::Answer, CutLine::At::BeforeCommit, CutLine::At::AfterCommit, CutLine::At::AfterCommit, CutLine::At::AfterCommit, CutLine::At::Answer}) {
        line.cut(at);
        auto g = groupOf(eventOf("m/1", w.version + 1, w.head));
        g.receipts = {receiptOf(Bytes(16, 'd'), Bytes(16, char('0' + w.version)))};
        const auto answer = log->append(g);
        EXPECT(line.wasCut());
        REQUIRE(answer);
        EXPECT_EQ(*answer, ++position);
        ++w.version;
        w.head = wire::eventHash(g.events[0]);
        EXPECT_EQ(*theirs.append(*other), ++position); // another writes on, and what we know of our newest group is still ours
    }
    EXPECT_EQ(*log->lastPosition(), position);
    EXPECT_EQ(log->head("m/1")->version, w.version);
    EXPECT(log->check());
}

CASE("postgres log: a commit that was not allowed to wait for its replica is not done before the replica has it")
{
    const auto db = server().database();
    const auto log = create(server().where(db));
    REQUIRE(log);
    Writer w{"m/1"};
    EXPECT_EQ(*w.append(*log), 1u);
    const auto replica = [&](const char* change) {
        server().sql("postgres", change);
        server().sql("postgres", "SELECT pg_reload_conf()");
    };
    const auto waiting = [&] { return server().sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = '" + db + "'") != "0"; };
    for (const std::string cut : {"pg_cancel_backend", "pg_terminate_backend"}) {
        replica("ALTER SYSTEM SET synchronous_standby_names = 'absent'");
        const auto start = [&] { return std::async(std::launch::async, [&] { return w.append(*log); }); };
        auto held = start();
        while (!waiting()) { // until the server has heard of it commits go on
            if (held.wait_for(std::chrono::milliseconds(10)) != std::future_status::ready) continue;
            EXPECT(held.get());
            held = start();
        }
        for (int i = 0; i < 2; ++i) { // the commit, then what asks after it
            while (!waiting()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
            server().sql("postgres", "SELECT " + cut + "(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = '" + db + "'");
        }
        while (!waiting()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        EXPECT(held.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
        replica("ALTER SYSTEM RESET synchronous_standby_names");
        const auto answer = held.get();
        REQUIRE(answer);
        EXPECT_EQ(*answer, w.version);
    }
    EXPECT_EQ(*log->lastPosition(), w.version);
    EXPECT(log->check());
}

CASE("postgres log: nothing reads a table whole")
{
    const auto db = server().database();
    const auto count = [&](const char* what) {
        return std::stoi(server().sql(db, std::string("SELECT sum(") + what + ") FROM pg_stat_user_tables WHERE schemaname = 'zhengtong' AND relname NOT IN ('meta', 'counter', 'writers')"));
    };
    const auto until = [&](const char* what, int least) { // sessions tell when they end
        while (count(what) < least) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    };
    EXPECT(create(server().where(db)));
    until("seq_scan", 1); // by the indexes when they were made
    server().sql(db, "SELECT pg_stat_reset()");
    {
        const auto log = open(server().where(db));
        REQUIRE(log);
        logContract(*log);
        for (uint64_t p = 0; p < 6; ++p) EXPECT(log->tail(p, 2) && log->read("m/1", p, 2));
        EXPECT(log->receiptsAfter({}, {}, 5) && log->allMarks() && log->timesUpTo(INT64_MAX, 1));
    }
    until("idx_scan", 20);
    EXPECT_EQ(count("seq_scan"), 0);
}

CASE("postgres log: an event as large as they get")
{
    const auto log = create(server().where(server().database()));
    REQUIRE(log);
    auto e = eventOf("m/1", 1, {});
    e.set_body(Bytes(17u << 20, 'b'));
    e.set_body_hash(wire::bodyHash(e.salt(), e.body()));
    auto g = groupOf(e);
    g.events.push_back(eventOf("m/2", 1, {}));
    EXPECT_EQ(*log->append(g), 2u);
    const auto rows = *log->tail(0, 10);
    REQUIRE(rows.size() == 2);
    EXPECT(rows[0].event.SerializeAsString() == e.SerializeAsString());
}

CASE("postgres log: another log in the place of the one that was opened is not written to")
{
    const auto db = server().database();
    const auto where = server().where(db);
    const auto log = create(where);
    REQUIRE(log);
    server().stop();
    server().start();
    server().sql(db, "DROP SCHEMA zhengtong CASCADE");
    EXPECT(create(where));
    EXPECT(log->present());
    EXPECT(Writer{"m/1"}.append(*log).error().kind == Err::Corrupt);
    EXPECT(log->lastPosition().error().kind == Err::Corrupt);
    EXPECT(!log->present());
}

CASE("postgres log: a failover that lost commits is noticed")
{
    const auto db = server().database();
    const auto log = create(server().where(db));
    REQUIRE(log);
    Writer w{"m/1"};
    for (int i = 0; i < 3; ++i) EXPECT(w.append(*log));
    EXPECT_EQ(*log->lastPosition(), 3u);
    server().sql(db, "DELETE FROM zhengtong.events WHERE position = 3; UPDATE zhengtong.counter SET position = 2");
    EXPECT(log->lastPosition().error().kind == Err::Corrupt);
    EXPECT(!log->present());
    const auto again = open(server().where(db));
    REQUIRE(again);
    EXPECT(again->takeUp() && again->incarnation() != log->incarnation());
    EXPECT(again->redundancy()->renewed);
}

CASE("postgres log: where another server answers than served it last, the incarnation is renewed, once, before anybody serves")
{
    const auto db = server().database();
    const auto before = create(server().where(db));
    REQUIRE(before);
    Writer w{"m/1"};
    EXPECT(w.append(*before));
    const auto home = [&] { return server().sql(db, "SELECT encode(value, 'escape') FROM zhengtong.meta WHERE key = 'home'"); };
    const auto here = home();
    for (const std::string& elsewhere : {here.substr(0, here.find('/')) + "/7", std::string("77/1")}) {
        server().sql(db, "UPDATE zhengtong.meta SET value = '" + elsewhere + "' WHERE key = 'home'");
        const auto looks = open(server().where(db)), serves = open(server().where(db)), late = open(server().where(db));
        REQUIRE(looks && serves && late);
        const Bytes old = serves->incarnation();
        EXPECT(looks->tail(0, 10) && looks->redundancy()->moved);
        EXPECT(home() == elsewhere); // who only looks changes nothing
        EXPECT(serves->takeUp());
        EXPECT(serves->incarnation() != old && home() == here && !serves->redundancy()->moved);
        EXPECT(w.append(*serves));
        EXPECT(late->takeUp().error().kind == Err::Corrupt && !late->present()); // it read the old one; who starts it again finds the new
        EXPECT(looks->lastPosition().error().kind == Err::Corrupt);
        const auto next = open(server().where(db));
        REQUIRE(next);
        EXPECT(next->takeUp() && next->incarnation() == serves->incarnation());
    }
    EXPECT(before->lastPosition().error().kind == Err::Corrupt && !before->present());
}

CASE("postgres log: a synchronous log keeps its incarnation at another server, and is served by none that waits for no other")
{
    const auto db = server().database();
    const auto where = server().where(db);
    auto log = create(where);
    REQUIRE(log);
    Writer w{"m/1"};
    EXPECT(w.append(*log));
    EXPECT(log->setSynchronous(true).error().kind == Err::Unsupported);
    const pid_t second = server().receive("wal");
    while (server().sql("postgres", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") != "1") std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const auto names = [&](const std::string& list) {
        server().sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '" + list + "'");
        server().sql("postgres", "SELECT pg_reload_conf()");
        while (server().sql("postgres", "SHOW synchronous_standby_names") != list) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    };
    names("*");
    EXPECT(log->setSynchronous(true));
    EXPECT(w.append(*log));
    EXPECT(log->redundancy()->synchronous && log->redundancy()->waits);
    server().sql(db, "UPDATE zhengtong.meta SET value = '77/1' WHERE key = 'home'");
    const auto other = open(where);
    REQUIRE(other);
    EXPECT(other->takeUp() && other->incarnation() == log->incarnation() && !other->redundancy()->moved);
    EXPECT(w.append(*other));
    names("");
    EXPECT(w.append(*log).error().kind == Err::Unsupported && !log->present()); // kept, and nobody is told so
    EXPECT(other->lastPosition().error().kind == Err::Unsupported && !other->present());
    log = open(where);
    REQUIRE(log);
    EXPECT(log->takeUp().error().kind == Err::Unsupported);
    EXPECT(open(where)->setSynchronous(false));
    log = open(where);
    EXPECT(log->takeUp() && log->lastPosition());
    Postgres::end(second);
}

CASE("postgres log: tampering is found and named")
{
    for (const char* sql : {"UPDATE zhengtong.events SET time = time + 1 WHERE position = 3", "UPDATE zhengtong.events SET body_hash = decode(repeat('00', 32), 'hex') WHERE position = 3",
                            "DELETE FROM zhengtong.events WHERE position = 3", "UPDATE zhengtong.events SET payload = decode(repeat('00', 200), 'hex') WHERE position = 3",
                            "UPDATE zhengtong.streams SET version = version - 1 WHERE name = 'dir'", "UPDATE zhengtong.counter SET root = decode(repeat('00', 32), 'hex')"}) {
        const auto db = server().database();
        const auto log = create(server().where(db));
        REQUIRE(log);
        Province p(log.get());
        EXPECT(log->check());
        server().sql(db, sql);
        const auto checked = log->check();
        EXPECT(!checked && checked.error().kind == Err::Corrupt);
    }
}
