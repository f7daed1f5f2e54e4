#include "zt/hub/sqlite_log.h"

#include "log_rows.h"
#include "sqlite.h"
#include "stream_keys.h"
#include "zt/wire/sealing.h"

#include <SQLiteCpp/Backup.h>
#include <sys/stat.h>
#include <unordered_map>

namespace zt::hub {

namespace fs = std::filesystem;
using sql::bindBlob;
using sql::bindView;
using sql::blob;
using sql::guard;
using sql::headerOf;
using sql::Reset;

namespace {

constexpr int kSchema = 3; // 2: the timetable; 3: a stream's head is its last event's, its row no longer says it
// Receipts by id first: desks' ids rise with time, so a group's receipts lie side by side whoever sent them. (Older databases have them by device; every query
// names both.)
constexpr const char* kTables = R"(
CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE streams(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, key BLOB NOT NULL);
CREATE TABLE events(position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, version INTEGER NOT NULL, time INTEGER NOT NULL, level INTEGER NOT NULL,
  suite INTEGER NOT NULL, prev BLOB NOT NULL, body_hash BLOB NOT NULL, payload BLOB, erased TEXT);
CREATE UNIQUE INDEX events_stream ON events(stream, version);
CREATE TABLE receipts(device BLOB NOT NULL, id BLOB NOT NULL, hash BLOB NOT NULL, receipt BLOB NOT NULL, PRIMARY KEY(id, device)) WITHOUT ROWID;
CREATE TABLE marks(person TEXT NOT NULL, stream TEXT NOT NULL, key TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY(person, stream, key)) WITHOUT ROWID;
CREATE TABLE codes(hash BLOB PRIMARY KEY, person TEXT NOT NULL, expires INTEGER NOT NULL, used_by BLOB) WITHOUT ROWID;
)";
constexpr const char* kTimetable = "CREATE TABLE times(due INTEGER NOT NULL, position INTEGER NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY(due, position, idx)) WITHOUT ROWID";
#define ZT_ROWS(part) "SELECT e.position, e.version, e.time, e.level, e.suite, e.prev, e.body_hash, e.payload, e.erased, s.id, s.name, s.key " \
                      "FROM events e JOIN streams s ON s.id = e.stream WHERE " part
constexpr size_t kHeadsKept = 8192;
// Copied back at rest; while commands keep coming only at this length, 96 MB: everybody waits for it, 20 ms, once in some thousand commands.
constexpr int kLongLog = 24'000;

uint64_t inodeOf(const fs::path& file)
{
    struct stat s {};
    return ::stat(file.c_str(), &s) == 0 ? uint64_t(s.st_ino) : 0;
}

} // namespace

class SqliteLog::Impl {
public:
    Impl(const fs::path& f, const crypto::Secret& restKey, Random& r)
        : file(f), random(r), keys(restKey), connection(f.string(), SQLite::OPEN_READWRITE)
    {
        connection.db.exec("PRAGMA secure_delete = ON"); // always: pages that were moved about before an erasure must hold nothing either
        sqlite3_wal_hook(connection.db.getHandle(), [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Impl*>(self)->logPages = pages;
            return SQLITE_OK;
        }, this);
    }

    struct StreamRow {
        int64_t id = 0;
        HeadRow head;
        Bytes key; //!< wrapped
    };

    const fs::path file;
    const uint64_t inode = inodeOf(file);
    Random& random;
    StreamKeys keys;
    crypto::Secret receiptKey;
    Bytes incarnation, hub;
    sql::Connection connection; //!< its mutex guards all that follows and the keys
    // As they were written or read last; another process's writing shows in `dataVersion`.
    std::unordered_map<std::string, StreamRow> heads;
    int64_t newId = 0, dataVersion = 0;
    int logPages = 0; //!< of the write-ahead log that are not in the database yet, at most
    bool scrubDue = false; //!< the write-ahead log may hold what was erased

    Bytes meta(const char* key)
    {
        auto& s = connection.statement("SELECT value FROM meta WHERE key = ?");
        Reset reset{s};
        s.bind(1, key);
        return s.executeStep() ? blob(s.getColumn(0)) : Bytes();
    }
    void setMeta(const char* key, BytesView value)
    {
        auto& s = connection.statement("INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value");
        Reset reset{s};
        s.bind(1, key);
        bindBlob(s, 2, value);
        s.exec();
    }
    uint64_t last()
    {
        auto& s = connection.statement("SELECT max(position) FROM events");
        Reset reset{s};
        return s.executeStep() && !s.getColumn(0).isNull() ? uint64_t(s.getColumn(0).getInt64()) : 0;
    }

    StreamRow streamRow(const std::string& name)
    {
        auto& s = connection.statement("SELECT s.id, s.key, e.version, e.time, e.level, e.suite, e.prev, e.body_hash FROM streams s JOIN events e ON e.stream = s.id "
                                       "WHERE s.name = ? ORDER BY e.version DESC LIMIT 1");
        Reset reset{s};
        s.bind(1, name);
        if (!s.executeStep()) return {};
        wire::Event e;
        e.set_hub(hub);
        e.set_stream(name);
        headerOf(s, 2, e);
        return {s.getColumn(0).getInt64(), {e.version(), wire::eventHash(e)}, blob(s.getColumn(1))};
    }

    Result<void> load(const crypto::Secret& restKey);
    Result<LogRow> rowOf(SQLite::Statement& s);
    Result<StreamRow*> streamFor(const std::string& name);
    uint64_t directoryVersion();
    void forgetHeads();
    Result<void> putEvents(const Group& group, uint64_t& position);
    Result<void> putRest(const Group& group);
    void erase(const ErasureRow& erasure);
    Result<void> scrub(int waitMs);
    void copyBack();
    Result<uint64_t> append(const Group& group);
};

Result<void> SqliteLog::Impl::load(const crypto::Secret& restKey)
{
    auto schemaNow = [this] { return connection.db.execAndGet("PRAGMA user_version").getInt(); };
    int schema = schemaNow();
    if (schema > kSchema) return fail(Err::TooNew, "hub database of a later version");
    if (schema < 1) return fail(Err::Corrupt, "not a hub database");
    if (schema < kSchema) {
        SQLite::Transaction transaction(connection.db, SQLite::TransactionBehavior::IMMEDIATE);
        schema = schemaNow(); // another process may have been first
        if (schema < 2) connection.db.exec(kTimetable);
        if (schema < kSchema) {
            for (const char* column : {"version", "hash"}) connection.db.exec(std::string("ALTER TABLE streams DROP COLUMN ") + column);
            connection.db.exec("PRAGMA user_version = " + std::to_string(kSchema));
        }
        transaction.commit();
    }
    incarnation = meta("incarnation");
    hub = meta("hub");
    scrubDue = !meta("scrub").empty();
    if (scrubDue) ZT_TRY(scrub(0));
    ZT_LET(key, openReceiptKey(restKey, meta("receipt_key")));
    receiptKey = std::move(key);
    return {};
}

Result<LogRow> SqliteLog::Impl::rowOf(SQLite::Statement& s)
{
    LogRow row;
    row.position = uint64_t(s.getColumn(0).getInt64());
    wire::Event& e = row.event;
    e.set_hub(hub);
    e.set_stream(s.getColumn(10).getString());
    headerOf(s, 1, e);
    if (!s.getColumn(8).isNull()) {
        e.set_erased_rule(s.getColumn(8).getString());
        return row;
    }
    ZT_TRY(keys.use(s.getColumn(9).getInt64(), e.stream(), blob(s.getColumn(11))));
    ZT_TRY(openPayload(keys.current(), blob(s.getColumn(7)), e));
    return row;
}

Result<SqliteLog::Impl::StreamRow*> SqliteLog::Impl::streamFor(const std::string& name)
{
    const auto [it, fresh] = heads.try_emplace(name);
    StreamRow& row = it->second;
    if (!fresh) return &row;
    row = streamRow(name);
    if (row.id) return &row;
    if (!newId) newId = connection.db.execAndGet("SELECT ifnull(max(id), 0) FROM streams").getInt64();
    row.id = ++newId;
    row.key = keys.make(row.id, name, random);
    auto& put = connection.statement("INSERT INTO streams(id, name, key) VALUES(?, ?, ?)");
    Reset reset{put};
    put.bind(1, row.id);
    put.bind(2, name);
    bindView(put, 3, row.key);
    put.exec();
    return &row;
}

uint64_t SqliteLog::Impl::directoryVersion()
{
    const auto it = heads.find("dir");
    if (it != heads.end()) return it->second.head.version;
    StreamRow row = streamRow("dir");
    return row.id ? heads.emplace("dir", std::move(row)).first->second.head.version : 0;
}

Result<void> SqliteLog::Impl::putEvents(const Group& group, uint64_t& position)
{
    Bytes root = meta("root");
    auto& s = connection.statement("INSERT INTO events(position, stream, version, time, level, suite, prev, body_hash, payload, erased) "
                                   "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const wire::Event& e : group.events) {
        if (hub.empty()) setMeta("hub", hub = e.hub());
        if (e.hub() != hub) return fail(Err::Invalid, "an event of another hub");
        ZT_LET(row, streamFor(e.stream()));
        if (e.version() != row->head.version + 1) return fail(Err::Conflict, "stream moved");
        if (row->key.empty()) return fail(Err::Invalid, "the stream was erased");
        ZT_TRY(keys.use(row->id, e.stream(), row->key));
        Reset reset{s};
        s.bind(1, int64_t(++position));
        s.bind(2, row->id);
        s.bind(3, int64_t(e.version()));
        s.bind(4, int64_t(e.time_ms()));
        s.bind(5, int64_t(e.level()));
        s.bind(6, int64_t(e.suite()));
        bindView(s, 7, e.prev());
        bindView(s, 8, e.body_hash());
        if (e.erased_rule().empty()) {
            ZT_LET(sealed, sealPayload(keys.current(), e));
            bindView(s, 9, sealed);
            s.bind(10);
            s.exec();
        } else {
            s.bind(9);
            s.bind(10, e.erased_rule());
            s.exec();
        }
        row->head = {e.version(), wire::eventHash(e)};
        root = nextRoot(root, row->head.hash);
    }
    if (!group.events.empty()) setMeta("root", root);
    return {};
}

Result<void> SqliteLog::Impl::putRest(const Group& group)
{
    auto& put = connection.statement("INSERT INTO receipts(device, id, hash, receipt) VALUES(?, ?, ?, ?)");
    for (const ReceiptRow& r : group.receipts) {
        const Bytes sealed = sealReceipt(receiptKey, r);
        Reset reset{put};
        bindView(put, 1, r.device);
        bindView(put, 2, r.id);
        bindView(put, 3, r.commandHash);
        bindView(put, 4, sealed);
        put.exec();
    }
    for (const MarkRow& m : group.marks) {
        auto& s = connection.statement("INSERT INTO marks(person, stream, key, value) VALUES(?, ?, ?, ?) "
                                       "ON CONFLICT(person, stream, key) DO UPDATE SET value = excluded.value");
        Reset reset{s};
        s.bind(1, m.person);
        s.bind(2, m.stream);
        s.bind(3, m.key);
        s.bind(4, m.value);
        s.exec();
    }
    const auto time = [&](const char* sql, const TimeRow& t) {
        auto& s = connection.statement(sql);
        Reset reset{s};
        s.bind(1, t.due);
        s.bind(2, int64_t(t.position));
        s.bind(3, int64_t(t.index));
        s.exec();
    };
    for (const TimeRow& t : group.timesDone) time("DELETE FROM times WHERE due = ? AND position = ? AND idx = ?", t);
    for (const TimeRow& t : group.timesAdded) time("INSERT OR IGNORE INTO times(due, position, idx) VALUES(?, ?, ?)", t);
    if (group.followedUpTo) {
        const Bytes before = meta("followed");
        if (*group.followedUpTo > (before.empty() ? 0 : std::stoull(before))) setMeta("followed", std::to_string(*group.followedUpTo));
    }
    return {};
}

void SqliteLog::Impl::erase(const ErasureRow& erasure)
{
    const StreamRow row = streamRow(erasure.stream);
    if (!row.id) return;
    auto& events = connection.statement(erasure.version ? "UPDATE events SET payload = NULL, erased = ? WHERE stream = ? AND version = ? AND erased IS NULL"
                                                        : "UPDATE events SET payload = NULL, erased = ? WHERE stream = ? AND erased IS NULL");
    Reset reset{events};
    events.bind(1, erasure.rule);
    events.bind(2, row.id);
    if (erasure.version) events.bind(3, int64_t(std::min<uint64_t>(erasure.version, INT64_MAX)));
    events.exec();
    if (erasure.version) return;
    auto& key = connection.statement("UPDATE streams SET key = x'' WHERE id = ?");
    Reset resetKey{key};
    key.bind(1, row.id);
    key.exec();
}

//! Empties the write-ahead log: its old frames are what the database held before. Somebody who reads just then keeps it; then it is still due.
Result<void> SqliteLog::Impl::scrub(int waitMs)
{
    return guard([&]() -> Result<void> {
        struct Wait {
            sqlite3* db;
            ~Wait() { sqlite3_busy_timeout(db, sql::kBusyMs); }
        };
        {
            const Wait wait{connection.db.getHandle()};
            sqlite3_busy_timeout(wait.db, waitMs);
            SQLite::Statement s(connection.db, "PRAGMA wal_checkpoint(TRUNCATE)");
            if (!s.executeStep() || s.getColumn(0).getInt() != 0) return {};
        }
        setMeta("scrub", {});
        scrubDue = false;
        return {};
    });
}

//! As far as nobody reads older pages. What fails here fails again, and is told, when the log's next commit or opening needs it.
void SqliteLog::Impl::copyBack()
{
    if (logPages && sqlite3_wal_checkpoint_v2(connection.db.getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr) == SQLITE_OK) logPages = 0;
}

void SqliteLog::Impl::forgetHeads()
{
    heads.clear();
    newId = 0;
    keys.forget(); // ids of streams that were not kept
}

Result<uint64_t> SqliteLog::Impl::append(const Group& group)
{
    const Bytes hubBefore = hub;
    auto undone = [&](Error e) {
        hub = hubBefore;
        forgetHeads();
        return e;
    };
    return guard([&]() -> Result<uint64_t> {
        SQLite::Transaction transaction(connection.db, SQLite::TransactionBehavior::IMMEDIATE);
        const int64_t version = connection.db.execAndGet("PRAGMA data_version").getInt64();
        if (std::exchange(dataVersion, version) != version || heads.size() > kHeadsKept) forgetHeads();
        if (directoryVersion() > group.authorityVersion) return fail(Err::Conflict, "directory moved");
        uint64_t position = last();
        try {
            if (auto put = putEvents(group, position); !put) return undone(put.error());
            if (auto put = putRest(group); !put) return undone(put.error());
            if (!group.erasures.empty()) setMeta("scrub", "1");
            for (const ErasureRow& e : group.erasures) erase(e);
            transaction.commit();
        } catch (const SQLite::Exception&) {
            undone({});
            throw;
        }
        return position;
    });
}

// ---- the class ----

SqliteLog::SqliteLog(std::unique_ptr<Impl> impl) : m(std::move(impl)) {}
SqliteLog::~SqliteLog() = default;

Result<std::unique_ptr<SqliteLog>> SqliteLog::create(const fs::path& file, const crypto::Secret& restKey, Random& random)
{
    std::error_code code;
    if (fs::exists(file, code)) return fail(Err::Exists, "hub database");
    ZT_TRY(guard([&]() -> Result<void> {
        sql::Connection c(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        SQLite::Transaction transaction(c.db, SQLite::TransactionBehavior::IMMEDIATE);
        c.db.exec(kTables);
        c.db.exec(kTimetable);
        Bytes key = random.bytes(32);
        auto put = [&](const char* name, BytesView value) {
            auto& s = c.statement("INSERT INTO meta(key, value) VALUES(?, ?)");
            s.bind(1, name);
            bindBlob(s, 2, value);
            s.exec();
        };
        put("incarnation", random.bytes(16));
        put("receipt_key", sealReceiptKey(restKey, key));
        crypto::wipe(key);
        c.db.exec("PRAGMA user_version = " + std::to_string(kSchema));
        transaction.commit();
        return {};
    }));
    return open(file, restKey, random);
}

Result<std::unique_ptr<SqliteLog>> SqliteLog::open(const fs::path& file, const crypto::Secret& restKey, Random& random)
{
    std::error_code code;
    if (!fs::exists(file, code)) return fail(Err::NotFound, "hub database");
    return guard([&]() -> Result<std::unique_ptr<SqliteLog>> {
        auto impl = std::make_unique<Impl>(file, restKey, random);
        ZT_TRY(impl->load(restKey));
        return std::unique_ptr<SqliteLog>(new SqliteLog(std::move(impl)));
    });
}

Result<uint64_t> SqliteLog::append(const Group& group)
{
    std::lock_guard lock(m->connection.mutex);
    auto last = m->append(group);
    if (last && !group.erasures.empty()) {
        m->forgetHeads();
        m->scrubDue = true;
    }
    // What was erased is erased, whether the file could be emptied now or must be later.
    if (last && m->scrubDue) (void)m->scrub(group.erasures.empty() ? 0 : sql::kBusyMs);
    if (m->logPages >= kLongLog) m->copyBack();
    return last;
}

void SqliteLog::rest()
{
    std::lock_guard lock(m->connection.mutex);
    m->copyBack();
}

void SqliteLog::forgetKeys()
{
    std::lock_guard lock(m->connection.mutex);
    m->keys.forget();
}

Result<HeadRow> SqliteLog::head(const std::string& stream)
{
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<HeadRow> { return m->streamRow(stream).head; });
}

Result<std::vector<wire::Event>> SqliteLog::read(const std::string& stream, uint64_t from, size_t limit)
{
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<std::vector<wire::Event>> {
        auto& s = m->connection.statement(ZT_ROWS("s.name = ? AND e.version >= ? ORDER BY e.version LIMIT ?"));
        Reset reset{s};
        s.bind(1, stream);
        s.bind(2, int64_t(std::min<uint64_t>(from, INT64_MAX)));
        s.bind(3, int64_t(std::min<uint64_t>(limit, INT32_MAX)));
        std::vector<wire::Event> out;
        Impl::StreamRow of;
        while (s.executeStep()) {
            if (out.empty()) {
                of.id = s.getColumn(9).getInt64();
                of.key = blob(s.getColumn(11));
            }
            ZT_LET(row, m->rowOf(s));
            out.push_back(std::move(row.event));
        }
        // Who reads a matter to its end is about to write to it, mostly. At most half: what is written to has its place too.
        if (!out.empty() && out.size() < limit && m->heads.size() < kHeadsKept / 2) {
            of.head = {out.back().version(), wire::eventHash(out.back())};
            m->heads.try_emplace(stream, std::move(of));
        }
        return out;
    });
}

Result<std::vector<LogRow>> SqliteLog::tail(uint64_t after, size_t limit)
{
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<std::vector<LogRow>> {
        auto& s = m->connection.statement(ZT_ROWS("e.position > ? ORDER BY e.position LIMIT ?"));
        Reset reset{s};
        s.bind(1, int64_t(std::min<uint64_t>(after, INT64_MAX)));
        s.bind(2, int64_t(std::min<uint64_t>(limit, INT32_MAX)));
        std::vector<LogRow> out;
        while (s.executeStep()) {
            ZT_LET(row, m->rowOf(s));
            out.push_back(std::move(row));
        }
        return out;
    });
}

Result<std::vector<ReceiptRow>> SqliteLog::receipts(const std::vector<ReceiptKey>& keys)
{
    // One transaction: each takes and gives back locks of the file.
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<std::vector<ReceiptRow>> {
        std::vector<ReceiptRow> out;
        std::optional<SQLite::Transaction> together;
        if (keys.size() > 1) together.emplace(m->connection.db);
        auto& s = m->connection.statement("SELECT hash, receipt FROM receipts WHERE device = ? AND id = ?");
        for (const ReceiptKey& k : keys) {
            Reset reset{s};
            bindView(s, 1, k.device);
            bindView(s, 2, k.id);
            if (!s.executeStep()) continue;
            ReceiptRow row{k.device, k.id, blob(s.getColumn(0)), {}};
            ZT_TRY(openReceipt(m->receiptKey, blob(s.getColumn(1)), row));
            out.push_back(std::move(row));
        }
        return out;
    });
}

Result<uint64_t> SqliteLog::lastPosition()
{
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<uint64_t> { return m->last(); });
}

Result<uint64_t> SqliteLog::followedUpTo()
{
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<uint64_t> {
        const Bytes text = m->meta("followed");
        return text.empty() ? 0 : std::stoull(text);
    });
}

Bytes SqliteLog::incarnation() { return m->incarnation; }

Result<std::vector<std::string>> SqliteLog::streams()
{
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<std::vector<std::string>> {
        auto& s = m->connection.statement("SELECT name FROM streams ORDER BY name");
        Reset reset{s};
        std::vector<std::string> out;
        while (s.executeStep()) out.push_back(s.getColumn(0).getString());
        return out;
    });
}

Result<std::vector<MarkRow>> SqliteLog::marks(const std::string& person)
{
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<std::vector<MarkRow>> {
        auto& s = m->connection.statement("SELECT stream, key, value FROM marks WHERE person = ? ORDER BY stream, key");
        Reset reset{s};
        s.bind(1, person);
        std::vector<MarkRow> out;
        while (s.executeStep()) out.push_back({person, s.getColumn(0).getString(), s.getColumn(1).getString(), s.getColumn(2).getInt64()});
        return out;
    });
}

Result<std::vector<MarkRow>> SqliteLog::allMarks()
{
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<std::vector<MarkRow>> {
        auto& s = m->connection.statement("SELECT person, stream, key, value FROM marks ORDER BY person, stream, key");
        Reset reset{s};
        std::vector<MarkRow> out;
        while (s.executeStep()) out.push_back({s.getColumn(0).getString(), s.getColumn(1).getString(), s.getColumn(2).getString(), s.getColumn(3).getInt64()});
        return out;
    });
}

Result<std::vector<ReceiptRow>> SqliteLog::receiptsAfter(const Bytes& id, const Bytes& device, size_t limit)
{
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<std::vector<ReceiptRow>> {
        auto& s = m->connection.statement("SELECT device, id, hash, receipt FROM receipts WHERE (id, device) > (?, ?) ORDER BY id, device LIMIT ?");
        Reset reset{s};
        bindBlob(s, 1, id);
        bindBlob(s, 2, device);
        s.bind(3, int64_t(std::min<uint64_t>(limit, INT32_MAX)));
        std::vector<ReceiptRow> out;
        while (s.executeStep()) {
            ReceiptRow row{blob(s.getColumn(0)), blob(s.getColumn(1)), blob(s.getColumn(2)), {}};
            ZT_TRY(openReceipt(m->receiptKey, blob(s.getColumn(3)), row));
            out.push_back(std::move(row));
        }
        return out;
    });
}

Result<std::vector<TimeRow>> SqliteLog::timesUpTo(Millis instant, size_t limit)
{
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<std::vector<TimeRow>> {
        auto& s = m->connection.statement("SELECT due, position, idx FROM times WHERE due <= ? ORDER BY due, position, idx LIMIT ?");
        Reset reset{s};
        s.bind(1, int64_t(instant));
        s.bind(2, int64_t(std::min<uint64_t>(limit, INT32_MAX)));
        std::vector<TimeRow> out;
        while (s.executeStep()) out.push_back({s.getColumn(0).getInt64(), uint64_t(s.getColumn(1).getInt64()), s.getColumn(2).getUInt()});
        return out;
    });
}

Result<std::vector<std::string>> SqliteLog::timedStreams()
{
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<std::vector<std::string>> {
        auto& s = m->connection.statement("SELECT DISTINCT s.name FROM times t JOIN events e ON e.position = t.position JOIN streams s ON s.id = e.stream ORDER BY s.name");
        Reset reset{s};
        std::vector<std::string> out;
        while (s.executeStep()) out.push_back(s.getColumn(0).getString());
        return out;
    });
}

Result<Bytes> SqliteLog::root()
{
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<Bytes> { return m->meta("root"); });
}

Result<void> SqliteLog::newIncarnation()
{
    std::lock_guard lock(m->connection.mutex);
    return guard([&]() -> Result<void> {
        Bytes fresh = m->random.bytes(16);
        m->setMeta("incarnation", fresh);
        m->incarnation = std::move(fresh);
        return {};
    });
}

// An unlinked file would go on taking commits that nobody could ever read again.
bool SqliteLog::present() { return inodeOf(m->file) == m->inode; }

Result<void> SqliteLog::backupTo(const fs::path& target)
{
    std::error_code code;
    if (fs::exists(target, code)) return fail(Err::Exists, "backup");
    return guard([&]() -> Result<void> {
        // Connections of its own: a reader of the log does not wait for the copy, nor does the writer.
        SQLite::Database from(m->file.string(), SQLite::OPEN_READONLY, 5000);
        SQLite::Database to(target.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        to.exec("PRAGMA synchronous = FULL");
        SQLite::Backup backup(to, from);
        backup.executeStep(-1);
        return {};
    });
}

Result<void> SqliteLog::check(const std::function<void(uint64_t)>& progress)
{
    ZT_TRY(guard([&]() -> Result<void> {
        std::lock_guard lock(m->connection.mutex);
        SQLite::Statement s(m->connection.db, "PRAGMA integrity_check");
        return s.executeStep() && s.getColumn(0).getString() == "ok" ? Result<void>() : Result<void>(Err::Corrupt, "database pages");
    }));
    return checkEvents(*this, progress);
}

#undef ZT_ROWS

} // namespace zt::hub
