#pragma once

#include "postgres.h"
#include "zt/base/clock.h"
#include "zt/hub/kept_log.h"

#include <atomic>

namespace zt::hub {

//! Whether the server that answers still has all that a log has told, to whoever opened it and to anybody before him. A cluster's timeline moves on at each
//! promotion, and the log keeps where it was served last: another place is a history that may be shorter. Any thread.
//! \see decisions/event-log.md, "Failover"
class PostgresHistory {
public:
    explicit PostgresHistory(Random& random) : m_random(random) {}

    //! As it lies in the database when it is opened: nothing was told yet.
    void opened(const Bytes& incarnation);
    [[nodiscard]] Bytes incarnation() const;
    [[nodiscard]] bool gone() const { return m_gone; } //!< for good: who opened this log begins anew
    //! An event that whoever opened the log knows from now on.
    void saw(uint64_t position, const Bytes& bodyHash);

    //! Asked of every new connection, before the log is served (a connection that writes) and ever after. Where it may have lost something the incarnation is
    //! renewed, once whoever asks. Err::Corrupt: gone. Err::Unsupported: a synchronous log, and the server waits for nobody.
    [[nodiscard]] Result<void> check(pg::Connection& on, pqxx::connection& c, bool writes);
    //! What a poll found: `row` is position, incarnation, synchronous, whether the server waits for another.
    [[nodiscard]] Result<uint64_t> polled(pg::Connection& on, pqxx::connection& c, const pqxx::row& row);
    //! Before a group is appended, and after: a server that stopped to wait for another may have done so in between.
    [[nodiscard]] Result<void> begins(const Bytes& incarnation, bool synchronous);
    [[nodiscard]] Result<void> committed(pqxx::connection& c);

    [[nodiscard]] Result<void> renew(pg::Connection& on, pqxx::connection& c);
    [[nodiscard]] Result<void> setSynchronous(pg::Connection& on, pqxx::connection& c, bool synchronous);
    [[nodiscard]] static Result<Redundancy> redundancy(pqxx::connection& c);
    //! Of a log that is made.
    static void begin(pqxx::transaction_base& t, const Bytes& incarnation);

private:
    [[nodiscard]] Result<void> takeUp(pg::Connection& on, pqxx::connection& c);
    [[nodiscard]] Error another();
    [[nodiscard]] Error alone();
    [[nodiscard]] bool holds(pqxx::transaction_base& t) const;

    Random& m_random;
    mutable std::mutex m_mutex;
    Bytes m_incarnation;
    std::optional<pg::Origin> m_home; //!< where it was taken up; nothing: it is only looked at
    uint64_t m_position = 0;          //!< newest event told
    Bytes m_bodyHash;                 //!< of that; salted, so no other event has it
    std::atomic<bool> m_gone{false}, m_synchronous{false};
};

//! Empty: it says nothing of this.
[[nodiscard]] Bytes metaOf(pqxx::transaction_base& t, const char* key);

} // namespace zt::hub
