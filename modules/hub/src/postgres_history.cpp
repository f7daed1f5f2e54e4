#include "postgres_history.h"

#include "zt/base/log.h"

namespace zt::hub {

namespace {

constexpr const char* kLock = "SELECT pg_advisory_xact_lock(525939012962)"; // the appenders'

void setMeta(pqxx::transaction_base& t, const char* key, BytesView value)
{
    t.exec_params("INSERT INTO zhengtong.meta(key, value) VALUES($1, $2) ON CONFLICT(key) DO UPDATE SET value = excluded.value", key, pg::bytes(value));
}

std::string text(const pg::Origin& o) { return o.cluster + "/" + std::to_string(o.timeline); }

void setIncarnation(pqxx::transaction_base& t, const Bytes& incarnation)
{
    setMeta(t, "incarnation", incarnation);
    setMeta(t, "renewed", t.exec1("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint::text")[0].as<std::string>());
}

} // namespace

Bytes metaOf(pqxx::transaction_base& t, const char* key)
{
    const auto rows = t.exec_params("SELECT value FROM zhengtong.meta WHERE key = $1", key);
    return rows.empty() ? Bytes() : pg::blob(rows[0][0]);
}

void PostgresHistory::begin(pqxx::transaction_base& t, const Bytes& incarnation)
{
    setMeta(t, "incarnation", incarnation);
    setMeta(t, "home", text(pg::origin(t)));
}

void PostgresHistory::opened(const Bytes& incarnation)
{
    std::lock_guard lock(m_mutex);
    m_incarnation = incarnation;
}

Bytes PostgresHistory::incarnation() const
{
    std::lock_guard lock(m_mutex);
    return m_incarnation;
}

void PostgresHistory::saw(uint64_t position, const Bytes& bodyHash)
{
    std::lock_guard lock(m_mutex);
    if (position <= m_position) return;
    m_position = position;
    m_bodyHash = bodyHash;
}

Error PostgresHistory::another()
{
    m_gone = true;
    return fail(Err::Corrupt, "postgresql: another log lies here now, or another incarnation of it; start again");
}

//! What it commits now would be on one server only, and what it committed since it stopped to wait may be.
Error PostgresHistory::alone()
{
    if (!m_gone.exchange(true)) log(Level::Error, "server_alone");
    return fail(Err::Unsupported, "postgresql: this log is kept synchronously, and the server waits for no other: set synchronous_standby_names, or run 'zhengtong-ctl log synchronous --off'");
}

//! A transaction's record stands behind all that was there before it: with the newest event told all others are there, and the salt makes it that event.
bool PostgresHistory::holds(pqxx::transaction_base& t) const
{
    if (!m_position) return true;
    const auto rows = t.exec_params("SELECT body_hash FROM zhengtong.events WHERE position = $1", int64_t(m_position));
    return !rows.empty() && pg::blob(rows[0][0]) == m_bodyHash;
}

Result<void> PostgresHistory::check(pg::Connection& on, pqxx::connection& c, bool writes)
{
    {
        std::lock_guard lock(m_mutex);
        if (m_incarnation.empty()) return {}; // it is being opened
        pqxx::nontransaction t(c);
        if (metaOf(t, "incarnation") != m_incarnation) return another();
        if (!m_home && !writes) return {};
        const pg::Origin now = pg::origin(t);
        // What a server that crashed finds in its journal may not be on the other one yet: a commit of ours waits for it.
        m_synchronous = !metaOf(t, "synchronous").empty();
        if (m_home && text(now) == text(*m_home) && !m_synchronous && holds(t)) return {};
    }
    return takeUp(on, c);
}

Result<void> PostgresHistory::takeUp(pg::Connection& on, pqxx::connection& c)
{
    pqxx::work t(c);
    t.exec(kLock); // one of those who notice renews, the others find it done
    std::lock_guard lock(m_mutex); // after the server's lock, as begins()
    const pg::Origin now = pg::origin(t);
    const Bytes before = metaOf(t, "home");
    Bytes incarnation = metaOf(t, "incarnation");
    if (incarnation != m_incarnation) return another();
    m_synchronous = !metaOf(t, "synchronous").empty();
    if (m_synchronous && !now.waits) return alone();
    const bool moved = !before.empty() && before != text(now), lost = !holds(t);
    const bool renewed = lost || (moved && !m_synchronous);
    if (renewed) setIncarnation(t, incarnation = m_random.bytes(16));
    if (before != text(now) || m_synchronous) setMeta(t, "home", text(now)); // which waits for the other server, if there is one
    if (renewed || before != text(now) || m_synchronous) on.commit(t);
    if (renewed) log(Level::Error, "incarnation_renewed", {{"why", Safe{lost ? "lost" : "another_server"}}, {"timeline", now.timeline}});
    else if (moved) log(Level::Warning, "another_server", {{"timeline", now.timeline}});
    if (renewed && (m_home || m_position)) return another();
    m_home = now;
    m_incarnation = incarnation;
    return {};
}

Result<uint64_t> PostgresHistory::polled(pg::Connection& on, pqxx::connection& c, const pqxx::row& row)
{
    const uint64_t last = pg::number(row[0]);
    bool less = false;
    {
        std::lock_guard lock(m_mutex);
        if (pg::blob(row[1]) != m_incarnation) return another();
        less = last < m_position;
    }
    m_synchronous = row[2].as<bool>();
    if (m_synchronous && !row[3].as<bool>()) return alone();
    if (!less) return last;
    if (auto taken = takeUp(on, c); !taken) return Error(taken.error());
    return another();
}

Result<void> PostgresHistory::begins(const Bytes& incarnation, bool synchronous)
{
    std::lock_guard lock(m_mutex);
    m_synchronous = synchronous;
    return incarnation == m_incarnation ? Result<void>() : Result<void>(another());
}

// The server heard of the change before it let the commit go, so that it is seen here. (It tells its sessions first, then the process that lets them go.)
Result<void> PostgresHistory::committed(pqxx::connection& c)
{
    if (!m_synchronous || pqxx::nontransaction(c).exec1("SELECT current_setting('synchronous_standby_names') <> ''")[0].as<bool>()) return {};
    return alone();
}

Result<void> PostgresHistory::renew(pg::Connection& on, pqxx::connection& c)
{
    pqxx::work t(c);
    t.exec(kLock);
    std::lock_guard lock(m_mutex);
    const Bytes fresh = m_random.bytes(16);
    const pg::Origin now = pg::origin(t);
    setIncarnation(t, fresh);
    setMeta(t, "home", text(now));
    on.commit(t);
    m_incarnation = fresh;
    m_home = now;
    return {};
}

Result<void> PostgresHistory::setSynchronous(pg::Connection& on, pqxx::connection& c, bool synchronous)
{
    pqxx::work t(c);
    t.exec(kLock);
    if (synchronous && !pg::origin(t).waits) return fail(Err::Unsupported, "postgresql: the server waits for no other; set synchronous_standby_names first");
    if (synchronous) setMeta(t, "synchronous", "1");
    else t.exec("DELETE FROM zhengtong.meta WHERE key = 'synchronous'");
    on.commit(t);
    return {};
}

Result<Redundancy> PostgresHistory::redundancy(pqxx::connection& c)
{
    pqxx::nontransaction t(c);
    Redundancy r;
    r.synchronous = !metaOf(t, "synchronous").empty();
    r.waits = pg::origin(t).waits;
    r.moved = metaOf(t, "home") != text(pg::origin(t));
    if (const Bytes at = metaOf(t, "renewed"); !at.empty() && at.size() < 16 && at.find_first_not_of("0123456789") == Bytes::npos) r.renewed = std::stoll(at);
    return r;
}

} // namespace zt::hub
