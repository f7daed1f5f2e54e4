#include "columns.h"
#include "zt/store/tx.h"
#include "zt/wire/sealing.h"

namespace zt::store {

namespace {

//! While it lives, what is removed is overwritten, not only unlinked.
class Overwriting {
public:
    explicit Overwriting(Db& db) : m_db(db) { m_db.query("PRAGMA secure_delete = ON").run(); }
    ~Overwriting() { sqlite3_exec(m_db.handle(), "PRAGMA secure_delete = OFF", nullptr, nullptr, nullptr); }
    Overwriting(const Overwriting&) = delete;

private:
    Db& m_db;
};

} // namespace

int64_t Tx::idOf(const std::string& stream)
{
    constexpr size_t kNames = 4096;
    if (const auto it = m_db.names.find(stream); it != m_db.names.end()) return it->second;
    Query q = m_db.query("SELECT id FROM names WHERE name = ?");
    const int64_t id = q.bind(stream).next() ? q.number(0) : 0;
    if (m_db.names.size() >= kNames) m_db.names.clear();
    m_db.names.emplace(stream, id); // also that there is none: idFor and dropStream are all that changes it
    return id;
}

int64_t Tx::idFor(const std::string& stream)
{
    if (const int64_t id = idOf(stream)) return id;
    m_db.query("INSERT INTO names(name) VALUES(?)").bind(stream).run();
    return m_db.names[stream] = m_db.lastId();
}

Result<std::optional<Bytes>> Tx::meta(const std::string& key)
{
    return m_db.guard("meta", [&]() -> Result<std::optional<Bytes>> {
        Query q = m_db.query("SELECT value FROM meta WHERE key = ?");
        if (!q.bind(key).next()) return std::optional<Bytes>();
        return std::optional<Bytes>(q.bytes(0));
    });
}

Result<void> Tx::setMeta(const std::string& key, BytesView value)
{
    return m_db.guard("meta", [&]() -> Result<void> {
        m_db.query("INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value").bind(key, Blob{value}).run();
        return {};
    });
}

Result<std::optional<sync::StreamRow>> Tx::stream(const std::string& stream)
{
    return m_db.guard("stream", [&]() -> Result<std::optional<sync::StreamRow>> {
        if (!idOf(stream)) return std::optional<sync::StreamRow>();
        Query q = m_db.query("SELECT " ZT_STREAM_COLUMNS " FROM names n JOIN streams s ON s.id = n.id WHERE n.name = ?");
        if (!q.bind(stream).next()) return std::optional<sync::StreamRow>();
        return std::optional(streamRow(q));
    });
}

Result<std::vector<sync::StreamRow>> Tx::streams()
{
    return m_db.guard("streams", [&]() -> Result<std::vector<sync::StreamRow>> {
        std::vector<sync::StreamRow> out;
        Query q = m_db.query("SELECT " ZT_STREAM_COLUMNS " FROM streams s JOIN names n ON n.id = s.id");
        while (q.next()) out.push_back(streamRow(q));
        return out;
    });
}

Result<std::vector<sync::StreamRow>> Tx::gaps()
{
    return m_db.guard("gaps", [&]() -> Result<std::vector<sync::StreamRow>> {
        std::vector<sync::StreamRow> out;
        // The partial index holds exactly these; "id > 0" makes it a search.
        Query q = m_db.query("SELECT " ZT_STREAM_COLUMNS " FROM streams s INDEXED BY streams_gap JOIN names n ON n.id = s.id "
                             "WHERE (s.head > s.have OR (s.granted = 1 AND s.have = 0)) AND s.id > 0 ORDER BY s.id");
        while (q.next()) out.push_back(streamRow(q));
        return out;
    });
}

Result<void> Tx::putStream(const sync::StreamRow& r)
{
    if (r.stream.empty()) return fail(Err::Invalid, "stream without a name");
    return m_db.guard("stream", [&]() -> Result<void> {
        m_db.query("INSERT INTO streams(id, granted, have, have_hash, head, frozen, heard) VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET "
                   "granted = excluded.granted, have = excluded.have, have_hash = excluded.have_hash, head = excluded.head, "
                   "frozen = excluded.frozen, heard = excluded.heard")
            .bind(idFor(r.stream), r.granted, r.have, Blob{r.haveHash}, r.head, r.frozen, r.heardMs)
            .run();
        return {};
    });
}

void Tx::dropBlobs(const std::string& stream)
{
    m_db.query("INSERT OR IGNORE INTO blob_trash(id) SELECT id FROM blobs WHERE stream = ?").bind(stream).run();
    m_db.query("DELETE FROM blobs WHERE stream = ?").bind(stream).run();
}

Result<void> Tx::dropStream(const std::string& stream)
{
    return m_db.guard("drop", [&]() -> Result<void> {
        const int64_t id = idOf(stream);
        const Overwriting overwriting(m_db);
        dropBlobs(stream);
        m_db.query("DELETE FROM marks WHERE stream = ?").bind(stream).run();
        if (id) {
            forgetRow(id);
            forgetText(id);
            m_db.query("DELETE FROM events WHERE id BETWEEN ? AND ?").bind(eventId(id, 0), eventId(id, kMostVersions)).run();
            m_db.query("DELETE FROM streams WHERE id = ?").bind(id).run();
            m_db.query("DELETE FROM names WHERE id = ?").bind(id).run();
            m_db.names.erase(stream);
        }
        return {};
    });
}

Result<void> Tx::appendEvent(const wire::Event& event)
{
    if (event.version() == 0 || event.version() > kMostVersions) return fail(Err::Invalid, "version out of bounds");
    if (event.stream().empty()) return fail(Err::Invalid, "event without a stream");
    return m_db.guard("event", [&]() -> Result<void> {
        const Bytes bytes = event.SerializeAsString();
        m_db.query("INSERT INTO events(id, bytes) VALUES(?, ?)").bind(eventId(idFor(event.stream()), event.version()), Blob{bytes}).run();
        return {};
    });
}

Result<std::vector<wire::Event>> Tx::events(const std::string& stream, uint64_t from)
{
    return m_db.guard("events", [&]() -> Result<std::vector<wire::Event>> {
        std::vector<wire::Event> out;
        const int64_t id = idOf(stream);
        if (!id || from > kMostVersions) return out;
        Query q = m_db.query("SELECT bytes FROM events WHERE id BETWEEN ? AND ? ORDER BY id");
        q.bind(eventId(id, from), eventId(id, kMostVersions));
        while (q.next())
            if (!out.emplace_back().ParseFromString(q.bytes(0))) return fail(Err::Corrupt, "stored event does not parse");
        return out;
    });
}

Result<void> Tx::truncateStream(const std::string& stream, uint64_t keep)
{
    return m_db.guard("truncate", [&]() -> Result<void> {
        const int64_t id = idOf(stream);
        if (!id || keep >= kMostVersions) return {};
        m_db.query("DELETE FROM events WHERE id BETWEEN ? AND ?").bind(eventId(id, keep + 1), eventId(id, kMostVersions)).run();
        return {};
    });
}

Result<void> Tx::eraseEvent(const std::string& stream, uint64_t version, const std::string& rule)
{
    return m_db.guard("erase", [&]() -> Result<void> {
        const int64_t id = idOf(stream);
        if (!id || version == 0 || version > kMostVersions) return {};
        wire::Event event;
        {
            Query q = m_db.query("SELECT bytes FROM events WHERE id = ?");
            if (!q.bind(eventId(id, version)).next()) return {};
            if (!event.ParseFromString(q.bytes(0))) return fail(Err::Corrupt, "stored event does not parse");
        }
        if (!event.erased_rule().empty()) return {};
        wire::erase(event, rule);
        const Bytes left = event.SerializeAsString();
        const Overwriting overwriting(m_db);
        m_db.query("UPDATE events SET bytes = ? WHERE id = ?").bind(Blob{left}, eventId(id, version)).run();
        // Which of them the event alone named is not known here; those still named are fetched again.
        dropBlobs(stream);
        forgetRow(id);
        forgetText(id);
        return {};
    });
}

Result<uint64_t> Tx::putOutbox(const sync::OutboxRow& r)
{
    if (r.id.empty()) return fail(Err::Invalid, "command without an id");
    return m_db.guard("outbox", [&]() -> Result<uint64_t> {
        const Bytes command = r.command.SerializeAsString();
        const Bytes receipt = r.receipt ? r.receipt->SerializeAsString() : Bytes();
        static constexpr char kInsert[] =
            "INSERT INTO outbox(id, stream, state, command, receipt, stuck, made, settled, sent) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET "
            "stream = excluded.stream, state = excluded.state, command = excluded.command, receipt = excluded.receipt, stuck = excluded.stuck, "
            "made = excluded.made, settled = excluded.settled, sent = excluded.sent RETURNING seq";
        Query q = m_db.query(kInsert);
        if (r.receipt) q.bind(Blob{r.id}, r.stream, int(r.state), Blob{command}, Blob{receipt}, int(r.stuck), r.madeMs, r.settledMs, r.sent);
        else q.bind(Blob{r.id}, r.stream, int(r.state), Blob{command}, nullptr, int(r.stuck), r.madeMs, r.settledMs, r.sent);
        if (!q.next()) return fail(Err::Internal, "outbox gave no seq");
        const auto seq = uint64_t(q.number(0));
        while (q.next()) {}
        return seq;
    });
}

Result<void> Tx::waitingLeaves()
{
    return m_db.guard("outbox", [&]() -> Result<void> {
        m_db.query("UPDATE outbox SET sent = 1 WHERE state = ? AND sent = 0").bind(int(sync::OutboxRow::Waiting)).run();
        return {};
    });
}

Result<std::optional<sync::OutboxRow>> Tx::outbox(const Bytes& id)
{
    return m_db.guard("outbox", [&]() -> Result<std::optional<sync::OutboxRow>> {
        Query q = m_db.query("SELECT " ZT_OUTBOX_COLUMNS " FROM outbox WHERE id = ?");
        if (!q.bind(Blob{id}).next()) return std::optional<sync::OutboxRow>();
        return std::optional(outboxRow(q));
    });
}

Result<void> Tx::dropOutbox(const Bytes& id)
{
    return m_db.guard("outbox", [&]() -> Result<void> {
        const Overwriting overwriting(m_db);
        m_db.query("DELETE FROM outbox WHERE id = ?").bind(Blob{id}).run();
        return {};
    });
}

Result<std::vector<sync::OutboxRow>> Tx::outboxOf(const std::string& stream)
{
    return m_db.guard("outbox", [&]() -> Result<std::vector<sync::OutboxRow>> {
        std::vector<sync::OutboxRow> out;
        Query q = m_db.query("SELECT " ZT_OUTBOX_COLUMNS " FROM outbox WHERE stream = ? ORDER BY seq");
        q.bind(stream);
        while (q.next()) out.push_back(outboxRow(q));
        return out;
    });
}

Result<std::vector<sync::OutboxRow>> Tx::outboxIn(sync::OutboxRow::State state)
{
    return m_db.guard("outbox", [&]() -> Result<std::vector<sync::OutboxRow>> {
        std::vector<sync::OutboxRow> out;
        Query q = m_db.query("SELECT " ZT_OUTBOX_COLUMNS " FROM outbox WHERE state = ? ORDER BY seq");
        q.bind(int(state));
        while (q.next()) out.push_back(outboxRow(q));
        return out;
    });
}

Result<void> Tx::putMark(const std::string& stream, const std::string& key, int64_t value, bool sent)
{
    return m_db.guard("mark", [&]() -> Result<void> {
        m_db.query("INSERT INTO marks(stream, key, value, sent) VALUES(?, ?, ?, ?) ON CONFLICT(stream, key) DO UPDATE SET value = excluded.value, "
                   "sent = excluded.sent")
            .bind(stream, key, value, sent)
            .run();
        return {};
    });
}

Result<std::optional<int64_t>> Tx::mark(const std::string& stream, const std::string& key)
{
    return m_db.guard("mark", [&]() -> Result<std::optional<int64_t>> {
        Query q = m_db.query("SELECT value FROM marks WHERE stream = ? AND key = ?");
        if (!q.bind(stream, key).next()) return std::optional<int64_t>();
        return std::optional(q.number(0));
    });
}

Result<std::vector<MarkRow>> Tx::unsentMarks()
{
    return m_db.guard("marks", [&]() -> Result<std::vector<MarkRow>> {
        std::vector<MarkRow> out;
        // The partial index holds exactly these; "stream > ''" makes it a search.
        Query q = m_db.query("SELECT stream, key, value FROM marks INDEXED BY marks_unsent WHERE sent = 0 AND stream > ''");
        while (q.next()) out.push_back({q.text(0), q.text(1), q.number(2), false});
        return out;
    });
}

} // namespace zt::store
