#include "ctl.h"

#include "zt/base/id.h"
#include "zt/crypto/hash.h"
#include "zt/hub/log_move.h"
#include "zt/hub/postgres_log.h"
#include "zt/hub/sqlite_log.h"
#include "zt/test/postgres.h"
#include "zt/wire/sealing.h"

using namespace zt;
using namespace zt::test;

namespace {

Postgres& server() { return Postgres::shared(); }

Bytes everything(hub::KeptLog& log, hub::EnrolCodes& codes)
{
    Bytes all = log.incarnation() + *log.root() + std::to_string(*log.followedUpTo());
    for (const auto rows = *log.tail(0, 1u << 20); const auto& r : rows) all += std::to_string(r.position) + r.event.SerializeAsString();
    for (const auto names = *log.streams(); const auto& s : names) all += s + std::to_string(log.head(s)->version) + log.head(s)->hash;
    for (const auto rows = *log.receiptsAfter({}, {}, 1u << 20); const auto& r : rows) all += r.device + r.id + r.commandHash + r.receipt.SerializeAsString();
    for (const auto rows = *log.allMarks(); const auto& m : rows) all += m.person + m.stream + m.key + std::to_string(m.value);
    for (const auto rows = *log.timesUpTo(INT64_MAX, 1u << 20); const auto& t : rows) all += std::to_string(t.due) + std::to_string(t.position) + std::to_string(t.index);
    for (const auto rows = *codes.all(); const auto& c : rows) all += c.hash + c.person + std::to_string(c.expires) + c.usedBy.value_or("none");
    return all;
}

//! What the demo province has none of: marks, times, a used code, an erased event.
void addOddThings(hub::OpenHub& hub)
{
    hub::Group g;
    g.authorityVersion = UINT64_MAX;
    g.marks = {{"p", "m/1", "read", 3}, {"p", "m/1", std::string("a\0b", 3), 4}};
    g.timesAdded = {{500, 3, 0}, {400, 1, 2}};
    wire::Event e;
    e.set_hub(hub.folder.config().hubId);
    e.set_stream("m/erased");
    e.set_version(1);
    e.set_time_ms(1);
    e.set_level(1);
    e.set_suite(1);
    e.set_body_hash(Bytes(32, 'b'));
    e.set_erased_rule("rule 7");
    wire::Body body;
    body.add_facts()->mutable_erased()->set_rule("rule 7");
    body.mutable_facts(0)->mutable_erased()->add_parts()->set_stream("m/erased");
    const auto head = *hub.log->head("dir");
    wire::Event record = e;
    record.set_stream("dir");
    record.set_version(head.version + 1);
    record.set_prev(head.hash);
    record.clear_erased_rule();
    record.set_salt(Bytes(16, 's'));
    record.set_body(body.SerializeAsString());
    record.set_body_hash(wire::bodyHash(record.salt(), record.body()));
    g.events = {e, record};
    EXPECT(hub.log->append(g));
    const auto codes = *hub.folder.openCodes();
    EXPECT(codes->redeem(*codes->create("somebody", INT64_MAX, systemRandom()), "user", 0));
}

} // namespace

CASE("log migrate: everything arrives, desks notice nothing; refused where a log lies, where a hub runs, with a password")
{
    DemoProvince p;
    Bytes before;
    {
        auto hub = p.open();
        addOddThings(hub);
        before = everything(*hub.log, *(*hub.folder.openCodes()));
    }
    const auto db = server().database(), where = server().where(db);
    const auto refused = ctl({"log", "migrate", "--data", p.data, "--to", where + " password=geheim"});
    EXPECT(refused.code == 1 && refused.says("password does not belong here") && !refused.says("geheim"));
    {
        const auto folder = hub::HubFolder::open(p.data);
        const auto lock = hub::FolderLock::take(*folder);
        const auto running = ctl({"log", "migrate", "--data", p.data, "--to", where});
        EXPECT(running.code == 1 && running.says("stop the hub"));
    }
    EXPECT(server().sql(db, "SELECT to_regclass('zhengtong.meta')").empty());

    const auto moved = ctl({"log", "migrate", "--data", p.data, "--to", where});
    if (moved.code != 0) failed("log migrate", moved.code, moved.out);
    EXPECT(!fs::exists(p.data + "/hub.db") && fs::exists(p.data + "/hub.db.moved"));
    {
        auto hub = hub::OpenHub::open(p.data, systemClock(), systemRandom(), &hub::postgresEngine());
        REQUIRE(hub);
        EXPECT(everything(*hub->log, *(*hub->folder.openCodes())) == before);
        EXPECT(hub->log->check());
        EXPECT_EQ(hub->core->directory().people.size(), 40u);
    }
    // Administration goes on in the database.
    EXPECT_EQ(ctl({"check", "--data", p.data}).code, 0);
    const auto status = ctl({"status", "--data", p.data});
    EXPECT(status.code == 0 && status.says("40 people"));
    EXPECT_EQ(p.as("system", {"unit", "put", "--id", "u99", "--name", "新处室"}).code, 0);
    const auto code = p.as("security", {"enrol-code", "--person", p.json()["cast"]["drafter"]["person"].get<std::string>()}, true);
    EXPECT_EQ(code.code, 0);
    const auto backup = ctl({"backup", "--data", p.data, "--to", p / "log.bak"});
    EXPECT(backup.code == 1 && backup.says("pg_basebackup"));
    spill(p / "any", "x");
    const auto restore = ctl({"restore", "--from", p / "any", "--data", p.data});
    EXPECT(restore.code == 1 && restore.says("log renew"));
    const auto incarnation = server().sql(db, "SELECT encode(value, 'hex') FROM zhengtong.meta WHERE key = 'incarnation'");
    EXPECT_EQ(ctl({"log", "renew", "--data", p.data}).code, 0);
    EXPECT(server().sql(db, "SELECT encode(value, 'hex') FROM zhengtong.meta WHERE key = 'incarnation'") != incarnation);
    EXPECT_EQ(ctl({"log", "migrate", "--data", p.data, "--to", where}).code, 1); // it lies there already
    // The doctor opens it, and says what to do when it does not open.
    const auto well = ctl({"doctor", p.data, "--json"});
    EXPECT(well.says("log_renewed") && !well.says("log_moved") && !well.says("log_not_synchronous") && !well.says("backup_none"));
    server().sql(db, "DELETE FROM zhengtong.meta WHERE key = 'renewed'");
    EXPECT(ctl({"doctor", p.data, "--json"}).says("the log on PostgreSQL opens"));
    server().sql(db, "UPDATE zhengtong.meta SET value = '1/1' WHERE key = 'home'");
    EXPECT(ctl({"doctor", p.data, "--json"}).says("log_moved"));
    EXPECT(ctl({"log", "synchronous", "--data", p.data}).says("waits for no other"));
    EXPECT_EQ(ctl({"log", "synchronous", "--off", "--data", p.data}).code, 0);
    server().sql(db, "ALTER SCHEMA zhengtong RENAME TO elsewhere");
    const auto ill = ctl({"doctor", p.data, "--json"});
    EXPECT(ill.code == 1 && ill.says("log_missing") && ill.says("log migrate"));
    server().sql(db, "ALTER SCHEMA elsewhere RENAME TO zhengtong");

    DemoProvince other;
    const auto taken = ctl({"log", "migrate", "--data", other.data, "--to", where});
    EXPECT(taken.code == 1 && taken.says("it is there already"));
    EXPECT(fs::exists(other.data + "/hub.db"));
    EXPECT(other.open().folder.config().postgresql.empty());
}

CASE("log migrate: a log that does not check does not move, and nobody serves what arrived by half")
{
    DemoProvince p;
    {
        auto hub = p.open();
        const auto head = *hub.log->head("dir");
        hub::Group g;
        g.authorityVersion = UINT64_MAX;
        wire::Event e;
        e.set_hub(hub.folder.config().hubId);
        e.set_stream("dir");
        e.set_version(head.version + 1);
        e.set_prev(Bytes(32, 'x')); // breaks the chain
        e.set_erased_rule("rule");
        g.events = {e};
        EXPECT(hub.log->append(g));
    }
    const auto db = server().database(), where = server().where(db);
    const auto moved = ctl({"log", "migrate", "--data", p.data, "--to", where});
    EXPECT(moved.code == 1 && moved.says("as it was") && moved.says("DROP SCHEMA"));
    const auto folder = hub::HubFolder::open(p.data);
    REQUIRE(folder);
    EXPECT(folder->config().postgresql.empty() && fs::exists(p.data + "/hub.db"));
    EXPECT(hub::PostgresLog::open(where, *folder->restKey(), systemRandom()).error().kind == Err::Busy);
}

CASE("moving a log: a copy that is not like it is found")
{
    Temp t;
    const crypto::Secret key(Bytes(32, 'k'));
    const auto make = [&](const char* name, const char* words) {
        auto log = *hub::SqliteLog::create(t / name, key, systemRandom());
        hub::Group g;
        wire::Event e;
        e.set_hub("hub-1");
        e.set_stream("m/1");
        e.set_version(1);
        e.set_salt(Bytes(16, 's'));
        e.set_body(words);
        e.set_body_hash(wire::bodyHash(e.salt(), e.body()));
        g.events = {e};
        EXPECT(log->append(g));
        return log;
    };
    //! Says it is empty, keeps less than it is given.
    class Leaky : public hub::KeptLog {
    public:
        explicit Leaky(std::unique_ptr<hub::PostgresLog> l, int w) : log(std::move(l)), what(w) {}
        std::unique_ptr<hub::PostgresLog> log;
        int what;
        Result<uint64_t> append(const hub::Group& group) override
        {
            auto g = group;
            if (what == 0) g.marks.clear();
            if (what == 1) g.receipts.clear();
            if (what == 2) g.timesAdded.clear();
            if (what == 3) g.followedUpTo.reset();
            return log->append(g);
        }
        Result<hub::HeadRow> head(const std::string& s) override { return log->head(s); }
        Result<std::vector<wire::Event>> read(const std::string& s, uint64_t from, size_t limit) override { return log->read(s, from, limit); }
        Result<std::vector<hub::LogRow>> tail(uint64_t after, size_t limit) override { return log->tail(after, limit); }
        Result<std::vector<hub::ReceiptRow>> receipts(const std::vector<hub::ReceiptKey>& keys) override { return log->receipts(keys); }
        Result<uint64_t> lastPosition() override { return log->lastPosition(); }
        Result<uint64_t> followedUpTo() override { return log->followedUpTo(); }
        Bytes incarnation() override { return log->incarnation(); }
        Result<std::vector<std::string>> streams() override { return log->streams(); }
        Result<std::vector<hub::MarkRow>> marks(const std::string& p) override { return log->marks(p); }
        Result<std::vector<hub::TimeRow>> timesUpTo(Millis i, size_t l) override { return log->timesUpTo(i, l); }
        Result<std::vector<std::string>> timedStreams() override { return log->timedStreams(); }
        Result<Bytes> root() override { return log->root(); }
        Result<void> newIncarnation() override { return log->newIncarnation(); }
        Result<void> check(const std::function<void(uint64_t)>& p) override { return log->check(p); }
        Result<void> backupTo(const fs::path& f) override { return log->backupTo(f); }
        Result<std::vector<hub::ReceiptRow>> receiptsAfter(const Bytes& id, const Bytes& d, size_t l) override { return log->receiptsAfter(id, d, l); }
        Result<std::vector<hub::MarkRow>> allMarks() override { return log->allMarks(); }
        bool present() override { return log->present(); }
    };
    //! Codes that are nowhere.
    class NoCodes : public hub::EnrolCodes {
        Result<std::vector<Row>> all() override { return std::vector<Row>(); }
        Result<void> put(const std::vector<Row>&) override { return {}; }
        Result<void> keep(const Bytes&, const std::string&, Millis) override { return {}; }
        Result<std::optional<std::string>> use(const Bytes&, const Bytes&, Millis) override { return std::optional<std::string>(); }
    };
    const auto from = make("from.db", "words");
    hub::Group rest;
    rest.authorityVersion = 9;
    rest.marks = {{"p", "m/1", "read", 1}};
    hub::ReceiptRow receipt{"d", "i", "h", {}};
    rest.receipts = {receipt};
    rest.timesAdded = {{1, 1, 0}};
    rest.followedUpTo = 1;
    EXPECT(from->append(rest));
    NoCodes none;
    for (int what = 0; what < 5; ++what) {
        Leaky to(*hub::PostgresLog::createFor(from->incarnation(), server().where(server().database()), key, systemRandom()), what);
        const auto moved = hub::moveLog(*from, none, to, none);
        if (what == 4) EXPECT(moved && moved->events == 1 && moved->receipts == 1 && moved->marks == 1 && moved->times == 1);
        else EXPECT(!moved && moved.error().kind == Err::Corrupt);
        EXPECT(hub::moveLog(*from, none, to, none).error().kind == Err::Exists);
    }
}
