#include "zt/hub/sqlite_log.h"

#include "folder.h"
#include "log_contract.h"
#include "province.h"

#include <fstream>
#include <future>
#include <iterator>
#include <sqlite3.h>

using namespace zt;
using namespace zt::test;

namespace {

const crypto::Secret kKey(Bytes(32, 'k'));

std::unique_ptr<hub::SqliteLog> fresh(const Folder& f, const char* name = "hub.db")
{
    auto log = hub::SqliteLog::create(f / name, kKey, systemRandom());
    EXPECT(log);
    return log ? std::move(*log) : nullptr;
}

void run(const std::filesystem::path& file, const std::string& sql)
{
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(db);
}

std::string bytesOf(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

CASE("sqlite log keeps the contract")
{
    Folder f;
    const auto log = fresh(f);
    REQUIRE(log);
    logContract(*log);
    EXPECT(log->check());
}

CASE("sqlite log: everything is there after opening again, under the right key only")
{
    Folder f;
    Bytes incarnation, events;
    {
        const auto log = fresh(f);
        Province p(log.get());
        EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
        p.settle();
        incarnation = log->incarnation();
        const auto rows = *log->tail(0, 1000);
        for (const auto& r : rows) events += r.event.SerializeAsString();
    }
    auto again = hub::SqliteLog::open(f / "hub.db", kKey, systemRandom());
    REQUIRE(again);
    Bytes now;
    const auto rows = *(*again)->tail(0, 1000);
    for (const auto& r : rows) now += r.event.SerializeAsString();
    EXPECT(now == events);
    EXPECT((*again)->incarnation() == incarnation);
    EXPECT(!hub::SqliteLog::create(f / "hub.db", kKey, systemRandom()));
    const auto other = hub::SqliteLog::open(f / "hub.db", crypto::Secret(Bytes(32, 'x')), systemRandom());
    EXPECT(!other && other.error().kind == Err::Unauthenticated);
    EXPECT(hub::SqliteLog::open(f / "none.db", kKey, systemRandom()).error().kind == Err::NotFound);
    std::ofstream(f / "junk.db") << std::string(8192, 'j');
    EXPECT(hub::SqliteLog::open(f / "junk.db", kKey, systemRandom()).error().kind == Err::Corrupt);
    again->reset();
    run(f / "hub.db", "PRAGMA user_version = 9");
    EXPECT(hub::SqliteLog::open(f / "hub.db", kKey, systemRandom()).error().kind == Err::TooNew);
}

CASE("sqlite log: files of older schemas become today's, with every head where it was")
{
    for (const int schema : {1, 2}) {
        Folder f;
        Bytes events;
        hub::HeadRow head;
        {
            const auto log = fresh(f);
            Province p(log.get());
            EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
            p.settle();
            const auto rows = *log->tail(0, 1000);
            for (const auto& r : rows) events += r.event.SerializeAsString();
            head = *log->head("m/1");
        }
        EXPECT(head.version > 0 && head.hash.size() == 32);
        for (const char* column : {"version INTEGER NOT NULL DEFAULT 7", "hash BLOB NOT NULL DEFAULT x'00'"}) run(f / "hub.db", std::string("ALTER TABLE streams ADD COLUMN ") + column);
        if (schema == 1) run(f / "hub.db", "DROP TABLE times");
        run(f / "hub.db", "PRAGMA user_version = " + std::to_string(schema));
        // Hub and zhengtong-ctl at the same moment: one does it, the other finds it done.
        auto opened = [&] { return hub::SqliteLog::open(f / "hub.db", kKey, systemRandom()); };
        auto other = std::async(std::launch::async, opened);
        auto log = opened();
        EXPECT(other.get());
        REQUIRE(log);
        EXPECT((*log)->check());
        Bytes now;
        const auto rows = *(*log)->tail(0, 1000);
        for (const auto& r : rows) now += r.event.SerializeAsString();
        EXPECT(now == events);
        EXPECT((*log)->head("m/1")->version == head.version && (*log)->head("m/1")->hash == head.hash);
        EXPECT((*log)->head("m/none")->version == 0 && (*log)->timesUpTo(INT64_MAX, 10));
        hub::Group group;
        group.authorityVersion = (*log)->head("dir")->version;
        group.events = {eventOf("m/1", head.version + 1, head.hash)};
        EXPECT((*log)->append(group) && (*log)->check());
    }
}

CASE("sqlite log: words, names and receipts are unreadable in the files")
{
    Folder f;
    {
        const auto log = fresh(f);
        Province p(log.get());
        EXPECT_EQ(p.does("drafter", p.draft("m/1", "xylophone-phrase 防汛防旱")), wire::APPLIED);
        auto act = p.act("m/1", "review#1", wire::CHOICE_AGREE, "zebra-opinion");
        act.set_subject(wire::documentHash(p.draft("m/1", "xylophone-phrase 防汛防旱").submit().document()));
        EXPECT_EQ(p.does("head", act), wire::APPLIED);
        EXPECT_EQ(p.does("head2", act), wire::SUPERSEDED); // its receipt names the head
        p.settle();
        std::string all;
        for (const auto& e : std::filesystem::directory_iterator(f.path)) all += bytesOf(e.path());
        for (const char* words : {"xylophone", "防汛", "zebra", "姓名head", "处长"}) EXPECT(all.find(words) == std::string::npos);
        EXPECT(all.find("m/1") != std::string::npos); // it is the right file
    }
}

CASE("sqlite log: two processes on one file, conflicts and all")
{
    Folder f;
    const auto log = fresh(f);
    Province p(log.get());
    auto second = hub::SqliteLog::open(f / "hub.db", kKey, systemRandom());
    REQUIRE(second);
    hub::Core other(hub::Core::Config{"hub-1"}, **second, p.hubKey, p.clock, p.random, catalogue::all());
    EXPECT(other.load());
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    EXPECT(other.submit({p.door("head", p.act("m/1", "review#1", wire::CHOICE_AGREE))}));
    EXPECT_EQ(p.does("head2", p.act("m/1", "review#1", wire::CHOICE_AGREE)), wire::SUPERSEDED);
    p.settle();
    EXPECT(other.catchUp());
    EXPECT_EQ(other.position(), p.core->position());
    EXPECT(log->check());
}

CASE("sqlite log: at rest what was written goes into the database, and a log that grows for long without rest goes there too")
{
    Folder f;
    const auto log = fresh(f);
    Province p(log.get());
    const auto inDatabase = [&] { // without the write-ahead log beside it
        std::filesystem::copy_file(f / "hub.db", f / "alone.db", std::filesystem::copy_options::overwrite_existing);
        for (const char* rest : {"alone.db-wal", "alone.db-shm"}) std::filesystem::remove(f / rest);
        const auto alone = hub::SqliteLog::open(f / "alone.db", kKey, systemRandom());
        return alone ? *(*alone)->lastPosition() : 0;
    };
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    const uint64_t last = *log->lastPosition();
    EXPECT(inDatabase() < last);
    log->rest();
    EXPECT_EQ(inDatabase(), last);
    log->rest();

    uintmax_t most = 0;
    for (int n = 0; n < 150; ++n) {
        hub::Group group;
        const auto head = *log->head("m/long");
        group.events.push_back(eventOf("m/long", head.version + 1, head.hash, Bytes(1'000'000, 'x')));
        group.authorityVersion = log->head("dir")->version;
        EXPECT(log->append(group));
        most = std::max(most, std::filesystem::file_size(f / "hub.db-wal"));
    }
    EXPECT(most > 90u << 20);
    EXPECT(most < 110u << 20);
}

CASE("sqlite log: a backup in use opens, checks, and gets a new incarnation")
{
    Folder f;
    const auto log = fresh(f);
    Province p(log.get());
    EXPECT(log->backupTo(f / "copy.db"));
    EXPECT(!log->backupTo(f / "copy.db"));
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    auto copy = hub::SqliteLog::open(f / "copy.db", kKey, systemRandom());
    REQUIRE(copy);
    EXPECT((*copy)->check());
    EXPECT_EQ((*copy)->head("m/1")->version, 0u);
    EXPECT_EQ((*copy)->head("dir")->version, log->head("dir")->version);
    EXPECT((*copy)->incarnation() == log->incarnation());
    EXPECT((*copy)->newIncarnation());
    EXPECT((*copy)->incarnation() != log->incarnation());
}

CASE("sqlite log: what was erased is in no file any more, nor is the key it was kept under")
{
    Folder f;
    const auto all = [&] {
        std::string out;
        for (const auto& e : std::filesystem::directory_iterator(f.path)) out += bytesOf(e.path());
        return out;
    };
    auto log = fresh(f);
    REQUIRE(log);
    // Many streams, so that pages were split and moved about before; payloads of one page and of many.
    std::vector<Bytes> last(300);
    for (int round = 0; round < 4; ++round) {
        hub::Group g;
        for (size_t i = 0; i < last.size(); ++i) {
            const auto e = eventOf("m/" + std::to_string(i), uint64_t(round) + 1, last[i], std::string(i % 7 ? 150 : 9000, 'w') + std::to_string(i));
            last[i] = wire::eventHash(e);
            g.events.push_back(e);
        }
        EXPECT(log->append(g));
    }
    // What the file holds of two streams and of one event of a third: pieces of each payload, and the wrapped keys.
    std::vector<Bytes> pieces;
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open((f / "hub.db").c_str(), &db), SQLITE_OK);
    const auto take = [&](const std::string& sql) {
        sqlite3_stmt* s = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(db, sql.c_str(), -1, &s, nullptr), SQLITE_OK);
        while (sqlite3_step(s) == SQLITE_ROW) {
            const Bytes value(static_cast<const char*>(sqlite3_column_blob(s, 0)), size_t(sqlite3_column_bytes(s, 0)));
            for (size_t at = 0; at + 24 <= value.size(); at += 1000) pieces.push_back(value.substr(at, 24));
            pieces.push_back(value.substr(value.size() - 24));
        }
        sqlite3_finalize(s);
    };
    for (const char* name : {"m/0", "m/1"}) {
        take(std::string("SELECT key FROM streams WHERE name = '") + name + "'");
        take(std::string("SELECT payload FROM events WHERE stream = (SELECT id FROM streams WHERE name = '") + name + "')");
    }
    take("SELECT payload FROM events WHERE version = 2 AND stream = (SELECT id FROM streams WHERE name = 'm/7')");
    EXPECT(pieces.size() > 40);
    std::string files = all();
    for (const Bytes& piece : pieces) EXPECT(files.find(piece) != std::string::npos);

    // Somebody who reads just then keeps the write-ahead log as it is; it is emptied as soon as he is done.
    sqlite3_exec(db, "BEGIN; SELECT count(*) FROM events;", nullptr, nullptr, nullptr);
    hub::Group g;
    g.erasures = {{"m/0", 0, "rule"}, {"m/1", 0, "rule"}, {"m/7", 2, "rule"}};
    EXPECT(log->append(g));
    sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
    hub::Group after;
    after.events = {eventOf("m/2", 5, last[2])};
    EXPECT(log->append(after));
    files = all();
    size_t found = 0;
    for (const Bytes& piece : pieces) found += files.find(piece) != std::string::npos;
    EXPECT_EQ(found, 0u);
    EXPECT(log->check());
    EXPECT(log->read("m/7", 1, 10)->at(2).erased_rule().empty());
    // Due also after a crash between the erasure and the emptying.
    sqlite3_exec(db, "BEGIN; SELECT count(*) FROM events;", nullptr, nullptr, nullptr);
    pieces.clear();
    take("SELECT payload FROM events WHERE version = 3 AND stream = (SELECT id FROM streams WHERE name = 'm/7')");
    hub::Group third;
    third.erasures = {{"m/7", 3, "rule"}};
    EXPECT(log->append(third));
    sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
    EXPECT(all().find(pieces.front()) != std::string::npos);
    auto again = hub::SqliteLog::open(f / "hub.db", kKey, systemRandom());
    REQUIRE(again);
    EXPECT(all().find(pieces.front()) == std::string::npos);
    sqlite3_close(db);
    const auto backup = f / "backup.db";
    EXPECT((*again)->backupTo(backup));
    EXPECT((*again)->check());
}

CASE("sqlite log: tampering is found and named")
{
    for (const char* sql : {"UPDATE events SET time = time + 1 WHERE position = 3", "UPDATE events SET body_hash = zeroblob(32) WHERE position = 3",
                            "DELETE FROM events WHERE position = 3", "UPDATE events SET payload = zeroblob(200) WHERE position = 3",
                            "DELETE FROM events WHERE position = (SELECT max(position) FROM events)"}) {
        Folder f;
        {
            const auto log = fresh(f);
            Province p(log.get());
            EXPECT(log->check());
        }
        run(f / "hub.db", sql);
        auto log = hub::SqliteLog::open(f / "hub.db", kKey, systemRandom());
        REQUIRE(log);
        const auto checked = (*log)->check();
        EXPECT(!checked && checked.error().kind == Err::Corrupt);
    }
}
