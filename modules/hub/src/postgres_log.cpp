#include "zt/hub/postgres_log.h"

#include "log_rows.h"
#include "postgres.h"
#include "postgres_codes.h"
#include "postgres_history.h"
#include "stream_keys.h"
#include "zt/wire/sealing.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>
#include <unordered_map>

namespace zt::hub {

using pg::Blobs;
using pg::blob;
using pg::bytes;
using pg::number;
using pg::Numbers;

namespace {

constexpr int kSchema = 1;
// What came from people is bytea even where it is text: a text of theirs may hold what the engine's cannot. Sealed payloads do not compress.
constexpr const char* kTables = R"(
CREATE TABLE zhengtong.meta(key text PRIMARY KEY, value bytea NOT NULL);
CREATE TABLE zhengtong.counter(one boolean PRIMARY KEY DEFAULT true CHECK (one), position bigint NOT NULL, followed bigint NOT NULL, root bytea NOT NULL) WITH (fillfactor = 10);
CREATE TABLE zhengtong.streams(id bigint PRIMARY KEY, name bytea NOT NULL UNIQUE, version bigint NOT NULL, hash bytea NOT NULL, key bytea NOT NULL) WITH (fillfactor = 80);
CREATE TABLE zhengtong.events(position bigint PRIMARY KEY, stream bigint NOT NULL, version bigint NOT NULL, time bigint NOT NULL, level bigint NOT NULL,
  suite bigint NOT NULL, prev bytea NOT NULL, body_hash bytea NOT NULL, payload bytea, erased bytea, UNIQUE(stream, version));
ALTER TABLE zhengtong.events ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE TABLE zhengtong.receipts(device bytea NOT NULL, id bytea NOT NULL, hash bytea NOT NULL, receipt bytea NOT NULL, PRIMARY KEY(id, device));
CREATE TABLE zhengtong.marks(person bytea NOT NULL, stream bytea NOT NULL, key bytea NOT NULL, value bigint NOT NULL, PRIMARY KEY(person, stream, key));
CREATE TABLE zhengtong.times(due bigint NOT NULL, position bigint NOT NULL, idx bigint NOT NULL, PRIMARY KEY(due, position, idx));
CREATE TABLE zhengtong.codes(hash bytea PRIMARY KEY, person bytea NOT NULL, expires bigint NOT NULL, used_by bytea);
CREATE TABLE zhengtong.writers(id bytea PRIMARY KEY, number bigint NOT NULL, position bigint NOT NULL, at timestamptz NOT NULL DEFAULT now()) WITH (fillfactor = 50);
INSERT INTO zhengtong.counter(position, followed, root) VALUES(0, 0, '');
)";

#define ZT_ROWS(part) "SELECT e.position, e.version, e.time, e.level, e.suite, e.prev, e.body_hash, e.payload, e.erased, s.id, s.name, s.key, " \
                      "(SELECT value FROM meta WHERE meta.key = 'hub') FROM events e JOIN streams s ON s.id = e.stream WHERE " part
// Positions and versions have no gaps, so that a range is a limit too.
const std::vector<pg::Statement> kReads = {
    {"head", "SELECT version, hash FROM streams WHERE name = $1"},
    {"read", ZT_ROWS("s.name = $1 AND e.version >= $2 AND e.version < $3 ORDER BY e.version")},
    {"tail", ZT_ROWS("e.position > $1 AND e.position <= $2 ORDER BY e.position")},
    {"receipts", "SELECT r.device, r.id, r.hash, r.receipt FROM unnest($1::bytea[], $2::bytea[]) AS k(device, id) JOIN receipts r ON r.id = k.id AND r.device = k.device"},
    {"receipts_after", "SELECT device, id, hash, receipt FROM receipts WHERE (id, device) > ($1, $2) ORDER BY id, device LIMIT $3"},
    {"counter", "SELECT position, followed, root FROM counter"},
    {"last", "SELECT position, (SELECT value FROM meta WHERE key = 'incarnation'), EXISTS(SELECT 1 FROM meta WHERE key = 'synchronous'), "
             "current_setting('synchronous_standby_names') <> '' FROM counter"},
    {"streams", "SELECT name FROM streams ORDER BY name"},
    {"marks", "SELECT stream, key, value FROM marks WHERE person = $1 ORDER BY stream, key"},
    {"times", "SELECT due, position, idx FROM times WHERE due <= $1 ORDER BY due, position, idx LIMIT $2"},
    {"lead", "SELECT pg_try_advisory_lock(525939012963)"},
    {"timed", "SELECT DISTINCT s.name FROM times t JOIN events e ON e.position = t.position JOIN streams s ON s.id = e.stream ORDER BY s.name"},
};
#undef ZT_ROWS

const std::vector<pg::Statement> kWrites = {
    {"lock", "SELECT pg_advisory_xact_lock(525939012962)"}, // the bytes of "zthub"; a lock within this database
    {"counter", "SELECT position, root, (SELECT value FROM meta WHERE key = 'hub'), (SELECT value FROM meta WHERE key = 'incarnation'), "
                "EXISTS(SELECT 1 FROM meta WHERE key = 'synchronous') FROM counter"},
    {"heads", "SELECT name, id, version, hash, key FROM streams WHERE name = ANY($1::bytea[])"},
    {"last_id", "SELECT coalesce(max(id), 0) FROM streams"},
    {"set", "INSERT INTO meta(key, value) VALUES($1, $2) ON CONFLICT(key) DO UPDATE SET value = excluded.value"},
    {"put_events", "INSERT INTO events(position, stream, version, time, level, suite, prev, body_hash, payload, erased) SELECT * FROM unnest($1::bigint[], $2::bigint[], "
                   "$3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[])"},
    {"put_streams", "INSERT INTO streams(id, name, version, hash, key) SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::bytea[], $5::bytea[]) "
                    "ON CONFLICT(id) DO UPDATE SET version = excluded.version, hash = excluded.hash"},
    {"put_receipts", "INSERT INTO receipts(device, id, hash, receipt) SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[]) ON CONFLICT DO NOTHING"},
    {"put_marks", "INSERT INTO marks(person, stream, key, value) SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bigint[]) "
                  "ON CONFLICT(person, stream, key) DO UPDATE SET value = excluded.value"},
    {"erase_event", "UPDATE events e SET payload = NULL, erased = $3 FROM streams s WHERE s.name = $1 AND e.stream = s.id AND e.version = $2 AND e.erased IS NULL"},
    {"erase_events", "UPDATE events e SET payload = NULL, erased = $2 FROM streams s WHERE s.name = $1 AND e.stream = s.id AND e.erased IS NULL"},
    {"erase_key", "UPDATE streams SET key = '' WHERE name = $1"},
    {"drop_times", "DELETE FROM times t USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS d(due, position, idx) "
                   "WHERE t.due = d.due AND t.position = d.position AND t.idx = d.idx"},
    {"put_times", "INSERT INTO times(due, position, idx) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) ON CONFLICT DO NOTHING"},
    {"signed", "INSERT INTO writers(id, number, position) VALUES($1, $2, $3) ON CONFLICT(id) DO UPDATE SET number = excluded.number, position = excluded.position, at = now()"},
    {"count", "UPDATE counter SET position = $1, followed = greatest(followed, $2), root = $3"},
    {"notify", "SELECT pg_notify('zhengtong', $1)"},
    {"settled", "UPDATE writers SET at = now() WHERE id = $1 AND number = $2 RETURNING position"},
};

constexpr size_t kPartBytes = 16u << 20; //!< of one array
constexpr int kSettleTries = 40;
constexpr auto kSettleEvery = std::chrono::milliseconds(250);
constexpr long kListenFor = 200'000; // microseconds; then it looks whether it should end

//! A thread that hears of other processes' groups.
class Listener {
public:
    Listener(const std::string& where, Bytes self, std::function<void()> news)
        : m_connection(where, {}), m_self(hex(self)), m_news(std::move(news)), m_thread([this] { run(); })
    {
    }
    ~Listener()
    {
        m_stop = true;
        m_thread.join();
    }

private:
    struct Receiver : pqxx::notification_receiver {
        Receiver(pqxx::connection& c, const Listener& l) : notification_receiver(c, "zhengtong"), listener(l) {}
        void operator()(const std::string& from, int) override
        {
            if (from != listener.m_self) listener.m_news();
        }
        const Listener& listener;
    };
    void run()
    {
        while (!m_stop) {
            const auto heard = m_connection.once([this](pqxx::connection& c) -> Result<void> {
                Receiver receiver(c, *this);
                m_news(); // what came while nobody listened
                while (!m_stop) c.await_notification(0, kListenFor);
                return {};
            });
            if (!heard) std::this_thread::sleep_for(kSettleEvery); // the log's own calls say what is wrong
        }
    }

    pg::Connection m_connection;
    const std::string m_self;
    const std::function<void()> m_news;
    std::atomic<bool> m_stop{false};
    std::thread m_thread;
};

//! `moves`: what meta may say of a log on its way here.
Result<void> checkSchema(pqxx::transaction_base& t, const Bytes& moves)
{
    if (t.exec1("SELECT to_regclass('zhengtong.meta') IS NULL")[0].as<bool>()) return fail(Err::NotFound, "postgresql: there is no log in this database");
    const Bytes text = metaOf(t, "schema");
    if (text.empty() || text.find_first_not_of("0123456789") != Bytes::npos || text.size() > 6) return fail(Err::Corrupt, "not a hub database");
    if (std::stoi(text) > kSchema) return fail(Err::TooNew, "hub database of a later version");
    return metaOf(t, "moves") == moves ? Result<void>() : Result<void>(Err::Busy, "postgresql: a log moves into this database, or began to and did not arrive: then DROP SCHEMA zhengtong CASCADE");
}

int64_t limited(uint64_t from, uint64_t count) { return int64_t(std::min<uint64_t>(from, INT64_MAX) + std::min<uint64_t>(count, INT64_MAX - std::min<uint64_t>(from, INT64_MAX))); }

} // namespace

class PostgresLog::Impl {
public:
    Impl(const std::string& w, const crypto::Secret& restKey, Random& r)
        : where(w), random(r), writer(where, kWrites, [this](pqxx::connection& c) { return freshWriter(c); }), reader(where, kReads, [this](pqxx::connection& c) { return freshReader(c); }),
          writeKeys(restKey), readKeys(restKey), history(r), self(r.bytes(16))
    {
    }

    struct StreamRow {
        int64_t id = 0;
        HeadRow head;
        Bytes key; //!< wrapped
        bool moved = false;
    };

    const std::string where;
    Random& random;
    pg::Connection writer, reader;
    StreamKeys writeKeys, readKeys; //!< one for each connection, under its mutex
    crypto::Secret receiptKey;
    Bytes moves; //!< by us, into this log
    PostgresHistory history; //!< a new incarnation under an open log makes it another
    const Bytes self; //!< this object among those that write
    uint64_t groups = 0; //!< begun by it
    bool leading = false; //!< the reader's session holds the lock
    std::unique_ptr<Listener> listener;

    [[nodiscard]] Result<void> same(pg::Connection& on, pqxx::connection& c);
    [[nodiscard]] Result<void> freshWriter(pqxx::connection& c);
    [[nodiscard]] Result<void> freshReader(pqxx::connection& c);
    [[nodiscard]] Result<void> load(const crypto::Secret& restKey);
    [[nodiscard]] Result<LogRow> rowOf(const pqxx::row& row);
    [[nodiscard]] Result<std::vector<LogRow>> rowsOf(const pqxx::result& rows);
    [[nodiscard]] Result<std::vector<ReceiptRow>> receiptsOf(const pqxx::result& rows);

    // append, in a transaction that has the appenders' lock
    using Heads = std::unordered_map<std::string, StreamRow>;
    [[nodiscard]] Result<Heads> headsFor(pqxx::work& t, const Group& group);
    [[nodiscard]] Result<void> putEvents(pqxx::work& t, const Group& group, uint64_t& position, Bytes& root, Bytes hub);
    [[nodiscard]] Result<void> putRest(pqxx::work& t, const Group& group);
    [[nodiscard]] Result<uint64_t> put(pqxx::connection& c, const Group& group, bool& committing);
    [[nodiscard]] Result<std::optional<uint64_t>> settled();
    [[nodiscard]] Result<uint64_t> append(const Group& group);
};

Result<void> PostgresLog::Impl::same(pg::Connection& on, pqxx::connection& c)
{
    ZT_TRY([&]() -> Result<void> {
        pqxx::nontransaction t(c);
        return checkSchema(t, moves);
    }());
    return history.check(on, c, &on == &writer);
}

// After a connection was lost it may be another server that answers: ids of streams may have other keys.
Result<void> PostgresLog::Impl::freshWriter(pqxx::connection& c)
{
    writeKeys.forget();
    return same(writer, c);
}

//! The reader is asked all the time: a session that is silent hangs, and must not keep the lead.
Result<void> PostgresLog::Impl::freshReader(pqxx::connection& c)
{
    readKeys.forget();
    leading = false;
    pqxx::nontransaction(c).exec("SET idle_session_timeout TO '15s'");
    return same(reader, c);
}

Result<void> PostgresLog::Impl::load(const crypto::Secret& restKey)
{
    std::lock_guard lock(reader.mutex);
    return reader.repeatable([&](pqxx::connection& c) -> Result<void> {
        pqxx::nontransaction t(c);
        ZT_LET(key, openReceiptKey(restKey, metaOf(t, "receipt_key")));
        receiptKey = std::move(key);
        history.opened(metaOf(t, "incarnation"));
        t.exec("DELETE FROM writers WHERE at < now() - interval '30 days'"); // of processes that are no more
        return {};
    });
}

Result<LogRow> PostgresLog::Impl::rowOf(const pqxx::row& r)
{
    LogRow row;
    row.position = number(r[0]);
    wire::Event& e = row.event;
    e.set_hub(blob(r[12]));
    e.set_version(number(r[1]));
    e.set_time_ms(r[2].as<int64_t>());
    e.set_level(uint32_t(number(r[3])));
    e.set_suite(uint32_t(number(r[4])));
    e.set_prev(blob(r[5]));
    e.set_body_hash(blob(r[6]));
    e.set_stream(blob(r[10]));
    if (!r[8].is_null()) {
        e.set_erased_rule(blob(r[8]));
        return row;
    }
    if (r[7].is_null()) return fail(Err::Corrupt, "payload");
    ZT_TRY(readKeys.use(r[9].as<int64_t>(), e.stream(), blob(r[11])));
    ZT_TRY(openPayload(readKeys.current(), blob(r[7]), e));
    return row;
}

Result<std::vector<LogRow>> PostgresLog::Impl::rowsOf(const pqxx::result& rows)
{
    std::vector<LogRow> out;
    out.reserve(rows.size());
    for (const auto& r : rows) {
        ZT_LET(row, rowOf(r));
        out.push_back(std::move(row));
    }
    if (!out.empty()) history.saw(out.back().position, out.back().event.body_hash());
    return out;
}

Result<std::vector<ReceiptRow>> PostgresLog::Impl::receiptsOf(const pqxx::result& rows)
{
    std::vector<ReceiptRow> out;
    out.reserve(rows.size());
    for (const auto& r : rows) {
        ReceiptRow row{blob(r[0]), blob(r[1]), blob(r[2]), {}};
        ZT_TRY(openReceipt(receiptKey, blob(r[3]), row));
        out.push_back(std::move(row));
    }
    return out;
}

// ---- append ----

Result<PostgresLog::Impl::Heads> PostgresLog::Impl::headsFor(pqxx::work& t, const Group& group)
{
    Heads heads;
    Blobs names;
    auto want = [&](const std::string& name) {
        if (heads.try_emplace(name).second) names.add(name);
    };
    want("dir");
    for (const wire::Event& e : group.events) want(e.stream());
    for (const auto& r : t.exec_prepared("heads", names.take())) heads[blob(r[0])] = {r[1].as<int64_t>(), {number(r[2]), blob(r[3])}, blob(r[4])};
    if (heads["dir"].head.version > group.authorityVersion) return fail(Err::Conflict, "directory moved");
    int64_t lastId = 0;
    for (const wire::Event& e : group.events) {
        StreamRow& row = heads[e.stream()];
        if (row.id) continue;
        if (!lastId) lastId = t.exec_prepared1("last_id")[0].as<int64_t>();
        row.id = ++lastId;
        row.key = writeKeys.make(row.id, e.stream(), random);
    }
    return heads;
}

Result<void> PostgresLog::Impl::putEvents(pqxx::work& t, const Group& group, uint64_t& position, Bytes& root, Bytes hub)
{
    ZT_LET(heads, headsFor(t, group));
    if (group.events.empty()) return {};
    Numbers positions, streams, versions, times, levels, suites;
    Blobs prevs, bodyHashes, payloads, erased;
    auto flush = [&] {
        if (positions.empty()) return;
        t.exec_prepared("put_events", positions.take(), streams.take(), versions.take(), times.take(), levels.take(), suites.take(), prevs.take(), bodyHashes.take(), payloads.take(),
                        erased.take());
    };
    for (const wire::Event& e : group.events) {
        if (hub.empty()) t.exec_prepared("set", "hub", bytes(hub = e.hub()));
        if (e.hub() != hub) return fail(Err::Invalid, "an event of another hub");
        StreamRow& row = heads[e.stream()];
        if (e.version() != row.head.version + 1) return fail(Err::Conflict, "stream moved");
        if (row.key.empty()) return fail(Err::Invalid, "the stream was erased");
        positions.add(int64_t(++position));
        streams.add(row.id);
        versions.add(int64_t(e.version()));
        times.add(int64_t(e.time_ms()));
        levels.add(int64_t(e.level()));
        suites.add(int64_t(e.suite()));
        prevs.add(e.prev());
        bodyHashes.add(e.body_hash());
        if (e.erased_rule().empty()) {
            ZT_TRY(writeKeys.use(row.id, e.stream(), row.key));
            ZT_LET(sealed, sealPayload(writeKeys.current(), e));
            payloads.add(sealed);
            erased.addNull();
        } else {
            payloads.addNull();
            erased.add(e.erased_rule());
        }
        row.moved = true;
        row.head = {e.version(), wire::eventHash(e)};
        root = nextRoot(root, row.head.hash);
        if (payloads.size() > kPartBytes) flush();
    }
    flush();
    Numbers ids, at;
    Blobs names, hashes, keys;
    for (const auto& [name, row] : heads) {
        if (!row.moved) continue;
        ids.add(row.id);
        names.add(name);
        at.add(int64_t(row.head.version));
        hashes.add(row.head.hash);
        keys.add(row.key);
    }
    t.exec_prepared("put_streams", ids.take(), names.take(), at.take(), hashes.take(), keys.take());
    return {};
}

Result<void> PostgresLog::Impl::putRest(pqxx::work& t, const Group& group)
{
    if (!group.receipts.empty()) {
        Blobs devices, ids, hashes, receipts;
        for (const ReceiptRow& r : group.receipts) {
            devices.add(r.device);
            ids.add(r.id);
            hashes.add(r.commandHash);
            receipts.add(sealReceipt(receiptKey, r));
        }
        const auto put = t.exec_prepared("put_receipts", devices.take(), ids.take(), hashes.take(), receipts.take());
        if (put.affected_rows() != group.receipts.size()) return fail(Err::Exists, "receipt");
    }
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, int64_t> marks; // one statement takes each once
    for (const MarkRow& m : group.marks) marks[{m.person, m.stream, m.key}] = m.value;
    if (!marks.empty()) {
        Blobs persons, streams, keys;
        Numbers values;
        for (const auto& [key, value] : marks) {
            persons.add(std::get<0>(key));
            streams.add(std::get<1>(key));
            keys.add(std::get<2>(key));
            values.add(value);
        }
        t.exec_prepared("put_marks", persons.take(), streams.take(), keys.take(), values.take());
    }
    auto times = [&](const char* statement, const std::vector<TimeRow>& rows) {
        if (rows.empty()) return;
        Numbers dues, positions, indices;
        for (const TimeRow& row : rows) {
            dues.add(int64_t(row.due));
            positions.add(int64_t(row.position));
            indices.add(int64_t(row.index));
        }
        t.exec_prepared(statement, dues.take(), positions.take(), indices.take());
    };
    times("drop_times", group.timesDone);
    times("put_times", group.timesAdded);
    for (const ErasureRow& e : group.erasures) {
        if (e.version) {
            t.exec_prepared("erase_event", bytes(e.stream), int64_t(std::min<uint64_t>(e.version, INT64_MAX)), bytes(e.rule));
            continue;
        }
        t.exec_prepared("erase_events", bytes(e.stream), bytes(e.rule));
        t.exec_prepared("erase_key", bytes(e.stream));
    }
    return {};
}

Result<uint64_t> PostgresLog::Impl::put(pqxx::connection& c, const Group& group, bool& committing)
{
    pqxx::work t(c);
    t.exec_prepared("lock"); // a statement of its own: those after it see what its last holder committed
    const auto before = t.exec_prepared1("counter");
    ZT_TRY(history.begins(blob(before[3]), before[4].as<bool>()));
    uint64_t position = number(before[0]);
    Bytes root = blob(before[1]);
    ZT_TRY(putEvents(t, group, position, root, before[2].is_null() ? Bytes() : blob(before[2])));
    ZT_TRY(putRest(t, group));
    t.exec_prepared("count", int64_t(position), int64_t(group.followedUpTo.value_or(0)), bytes(root));
    t.exec_prepared("signed", bytes(self), int64_t(++groups), int64_t(position));
    if (!group.events.empty()) t.exec_prepared("notify", hex(self));
    committing = true;
    writer.commit(t);
    ZT_TRY(history.committed(c));
    return position;
}

//! The position of the newest group of ours if it was kept. The lock waits for a session that may still be about to commit it; it may have been cut off while it
//! waited for the replica, and what is committed after it is there only when it is there too.
Result<std::optional<uint64_t>> PostgresLog::Impl::settled()
{
    auto answer = Result<std::optional<uint64_t>>(Err::Io, "postgresql");
    for (int i = 0; i < kSettleTries; ++i) {
        if (i) std::this_thread::sleep_for(kSettleEvery);
        answer = writer.once([&](pqxx::connection& c) -> Result<std::optional<uint64_t>> {
            pqxx::work t(c);
            t.exec_prepared("lock");
            const auto rows = t.exec_prepared("settled", bytes(self), int64_t(groups));
            if (rows.empty()) return std::optional<uint64_t>();
            writer.commit(t);
            ZT_TRY(history.committed(c));
            return std::optional(number(rows[0][0]));
        });
        if (answer || answer.error().kind != Err::Io) return answer;
    }
    return answer;
}

Result<uint64_t> PostgresLog::Impl::append(const Group& group)
{
    auto answer = Result<uint64_t>(Err::Io, "postgresql");
    for (int i = 0; i < 2; ++i) {
        bool committing = false, lost = false;
        answer = writer.once([&](pqxx::connection& c) { return put(c, group, committing); }, &lost);
        if (answer || history.gone()) break;
        writeKeys.forget(); // ids of streams that were perhaps not kept
        if (committing) {
            ZT_LET(kept, settled());
            if (kept) answer = *kept;
            if (kept) break;
            lost = true; // and nothing of it there: the whole once more
        }
        if (!lost) break;
    }
    if (answer && !group.events.empty()) history.saw(*answer, group.events.back().body_hash());
    return answer;
}

// ---- the class ----

PostgresLog::PostgresLog(std::unique_ptr<Impl> impl) : m(std::move(impl)) {}
PostgresLog::~PostgresLog() = default;

Result<std::unique_ptr<PostgresLog>> PostgresLog::make(const std::string& where, const crypto::Secret& restKey, Random& random, const Bytes& incarnation, const Bytes& moves)
{
    ZT_LET(text, pg::connectionString(where));
    pg::Connection connection(text, {});
    ZT_TRY(connection.once([&](pqxx::connection& c) -> Result<void> {
        pqxx::work t(c);
        if (!t.exec1("SELECT to_regclass('zhengtong.meta') IS NULL")[0].as<bool>()) return fail(Err::Exists, "postgresql: there is a log in this database");
        if (t.exec("SELECT 1 FROM pg_namespace WHERE nspname = 'zhengtong'").empty()) t.exec("CREATE SCHEMA zhengtong");
        t.exec(kTables);
        Bytes key = random.bytes(32);
        const auto set = [&](const char* name, BytesView value) { t.exec_params("INSERT INTO zhengtong.meta(key, value) VALUES($1, $2)", name, bytes(value)); };
        set("schema", std::to_string(kSchema));
        PostgresHistory::begin(t, incarnation);
        set("receipt_key", sealReceiptKey(restKey, key));
        if (!moves.empty()) set("moves", moves);
        crypto::wipe(key);
        t.commit();
        return {};
    }));
    connection.close();
    return load(text, restKey, random, moves);
}

Result<std::unique_ptr<PostgresLog>> PostgresLog::load(const std::string& text, const crypto::Secret& restKey, Random& random, const Bytes& moves)
{
    auto impl = std::make_unique<Impl>(text, restKey, random);
    impl->moves = moves;
    ZT_TRY(impl->load(restKey));
    return std::unique_ptr<PostgresLog>(new PostgresLog(std::move(impl)));
}

Result<std::unique_ptr<PostgresLog>> PostgresLog::create(const std::string& where, const crypto::Secret& restKey, Random& random)
{
    return make(where, restKey, random, random.bytes(16), {});
}

Result<std::unique_ptr<PostgresLog>> PostgresLog::createFor(const Bytes& incarnation, const std::string& where, const crypto::Secret& restKey, Random& random)
{
    return make(where, restKey, random, incarnation, random.bytes(16));
}

Result<void> PostgresLog::arrived()
{
    std::scoped_lock lock(m->writer.mutex, m->reader.mutex);
    ZT_TRY(m->writer.once([&](pqxx::connection& c) -> Result<void> {
        pqxx::work t(c);
        t.exec("DELETE FROM meta WHERE key = 'moves'");
        t.commit();
        return {};
    }));
    m->moves.clear();
    return {};
}

Result<std::unique_ptr<PostgresLog>> PostgresLog::open(const std::string& where, const crypto::Secret& restKey, Random& random)
{
    ZT_LET(text, pg::connectionString(where));
    return load(text, restKey, random, {});
}

Result<uint64_t> PostgresLog::append(const Group& group)
{
    std::lock_guard lock(m->writer.mutex);
    auto last = m->append(group);
    if (last && !group.erasures.empty()) {
        m->writeKeys.forget();
        forgetKeys();
    }
    return last;
}

void PostgresLog::forgetKeys()
{
    std::lock_guard lock(m->reader.mutex);
    m->readKeys.forget();
}

Result<HeadRow> PostgresLog::head(const std::string& stream)
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) -> Result<HeadRow> {
        const auto rows = pqxx::nontransaction(c).exec_prepared("head", bytes(stream));
        return rows.empty() ? HeadRow{} : HeadRow{number(rows[0][0]), blob(rows[0][1])};
    });
}

Result<std::vector<wire::Event>> PostgresLog::read(const std::string& stream, uint64_t from, size_t limit)
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) -> Result<std::vector<wire::Event>> {
        from = std::max<uint64_t>(from, 1);
        ZT_LET(rows, m->rowsOf(pqxx::nontransaction(c).exec_prepared("read", bytes(stream), limited(from, 0), limited(from, limit))));
        std::vector<wire::Event> out;
        out.reserve(rows.size());
        for (auto& r : rows) out.push_back(std::move(r.event));
        return out;
    });
}

Result<std::vector<LogRow>> PostgresLog::tail(uint64_t after, size_t limit)
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) { return m->rowsOf(pqxx::nontransaction(c).exec_prepared("tail", limited(after, 0), limited(after, limit))); });
}

Result<std::vector<ReceiptRow>> PostgresLog::receipts(const std::vector<ReceiptKey>& keys)
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) -> Result<std::vector<ReceiptRow>> {
        Blobs devices, ids;
        for (const ReceiptKey& k : keys) {
            devices.add(k.device);
            ids.add(k.id);
        }
        return m->receiptsOf(pqxx::nontransaction(c).exec_prepared("receipts", devices.take(), ids.take()));
    });
}

Result<uint64_t> PostgresLog::lastPosition()
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) -> Result<uint64_t> {
        return m->history.polled(m->reader, c, pqxx::nontransaction(c).exec_prepared1("last"));
    });
}

Result<uint64_t> PostgresLog::followedUpTo()
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) -> Result<uint64_t> { return number(pqxx::nontransaction(c).exec_prepared1("counter")[1]); });
}

Result<Bytes> PostgresLog::root()
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) -> Result<Bytes> { return blob(pqxx::nontransaction(c).exec_prepared1("counter")[2]); });
}

Bytes PostgresLog::incarnation() { return m->history.incarnation(); }

Result<std::vector<std::string>> PostgresLog::streams()
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) -> Result<std::vector<std::string>> {
        std::vector<std::string> out;
        for (const auto& r : pqxx::nontransaction(c).exec_prepared("streams")) out.push_back(blob(r[0]));
        return out;
    });
}

Result<std::vector<MarkRow>> PostgresLog::marks(const std::string& person)
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) -> Result<std::vector<MarkRow>> {
        std::vector<MarkRow> out;
        for (const auto& r : pqxx::nontransaction(c).exec_prepared("marks", bytes(person))) out.push_back({person, blob(r[0]), blob(r[1]), r[2].as<int64_t>()});
        return out;
    });
}

Result<std::vector<MarkRow>> PostgresLog::allMarks()
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) -> Result<std::vector<MarkRow>> {
        std::vector<MarkRow> out;
        for (const auto& r : pqxx::nontransaction(c).exec("SELECT person, stream, key, value FROM marks ORDER BY person, stream, key"))
            out.push_back({blob(r[0]), blob(r[1]), blob(r[2]), r[3].as<int64_t>()});
        return out;
    });
}

Result<std::vector<ReceiptRow>> PostgresLog::receiptsAfter(const Bytes& id, const Bytes& device, size_t limit)
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) -> Result<std::vector<ReceiptRow>> {
        return m->receiptsOf(pqxx::nontransaction(c).exec_prepared("receipts_after", bytes(id), bytes(device), limited(0, limit)));
    });
}

Result<std::vector<TimeRow>> PostgresLog::timesUpTo(Millis instant, size_t limit)
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) -> Result<std::vector<TimeRow>> {
        std::vector<TimeRow> out;
        for (const auto& r : pqxx::nontransaction(c).exec_prepared("times", int64_t(instant), limited(0, limit)))
            out.push_back({r[0].as<int64_t>(), number(r[1]), uint32_t(number(r[2]))});
        return out;
    });
}

Result<std::vector<std::string>> PostgresLog::timedStreams()
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) -> Result<std::vector<std::string>> {
        std::vector<std::string> out;
        for (const auto& r : pqxx::nontransaction(c).exec_prepared("timed")) out.push_back(blob(r[0]));
        return out;
    });
}

Result<void> PostgresLog::newIncarnation()
{
    std::lock_guard lock(m->writer.mutex);
    return m->writer.once([&](pqxx::connection& c) { return m->history.renew(m->writer, c); });
}

Result<void> PostgresLog::takeUp()
{
    std::lock_guard lock(m->writer.mutex);
    return m->writer.open(); // by what is asked of every new connection
}

Result<void> PostgresLog::setSynchronous(bool synchronous)
{
    std::lock_guard lock(m->writer.mutex);
    if (synchronous) return m->writer.once([&](pqxx::connection& c) { return m->history.setSynchronous(m->writer, c, true); }); // taken up first
    pg::Connection alone(m->where, {}); // there where the writer is refused
    return alone.once([&](pqxx::connection& c) { return m->history.setSynchronous(alone, c, false); });
}

Result<Redundancy> PostgresLog::redundancy()
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) { return PostgresHistory::redundancy(c); });
}

Result<void> PostgresLog::backupTo(const std::filesystem::path&)
{
    return fail(Err::Unsupported, "the log lies in PostgreSQL: back it up with pg_basebackup or pg_dump");
}

bool PostgresLog::present() { return !m->history.gone(); }

Result<bool> PostgresLog::leads()
{
    std::lock_guard lock(m->reader.mutex);
    return m->reader.repeatable([&](pqxx::connection& c) -> Result<bool> {
        if (!m->leading) m->leading = pqxx::nontransaction(c).exec_prepared1("lead")[0].as<bool>();
        return m->leading;
    });
}

void PostgresLog::onNews(std::function<void()> news)
{
    m->listener.reset();
    if (news) m->listener = std::make_unique<Listener>(m->where, m->self, std::move(news));
}

Result<void> PostgresLog::check(const std::function<void(uint64_t)>& progress) { return checkEvents(*this, progress); }

const LogEngine& postgresEngine()
{
    class Engine final : public LogEngine {
    public:
        Result<std::unique_ptr<KeptLog>> open(const std::string& where, const crypto::Secret& restKey, Random& random) const override
        {
            ZT_LET(log, PostgresLog::open(where, restKey, random));
            return std::unique_ptr<KeptLog>(std::move(log));
        }
        Result<std::unique_ptr<EnrolCodes>> codes(const std::string& where) const override { return PostgresCodes::open(where); }
    };
    static const Engine engine;
    return engine;
}

} // namespace zt::hub
