#pragma once

#include "zt/crypto/secret.h"
#include "zt/hub/event_log.h"

#include <functional>

namespace zt::hub {

//! The record in a PostgreSQL database (15 or newer, schema "zhengtong"), for several hubs at once. Encrypted as SqliteLog's, under the same keys.
//! A server whose commits might be lost (fsync, full_page_writes or synchronous_commit off) is refused, at every new connection. Any thread; appends take
//! turns, with those of other processes too.
//!
//! When the server goes away every call is Err::Io until it is back; the next call connects again. A commit whose answer was lost is looked up before append()
//! answers; if the server stays away for so long that it cannot be, append() fails and the group is kept or not: decide again, receipts tell.
//! \see decisions/event-log.md
class PostgresLog final : public EventLog {
public:
    //! \param where  a connection string or URI as libpq takes it, without a password; Err::Invalid
    //! Err::Exists if there is a log in the database already.
    [[nodiscard]] static Result<std::unique_ptr<PostgresLog>> create(const std::string& where, const crypto::Secret& restKey, Random& random);
    //! Err::NotFound, TooNew (of a later schema), Unauthenticated (another at-rest key), Unsupported (the server, see above), Io.
    [[nodiscard]] static Result<std::unique_ptr<PostgresLog>> open(const std::string& where, const crypto::Secret& restKey, Random& random);
    ~PostgresLog() override;

    [[nodiscard]] Result<uint64_t> append(const Group& group) override;
    [[nodiscard]] Result<HeadRow> head(const std::string& stream) override;
    [[nodiscard]] Result<std::vector<wire::Event>> read(const std::string& stream, uint64_t from, size_t limit) override;
    [[nodiscard]] Result<std::vector<LogRow>> tail(uint64_t after, size_t limit) override;
    [[nodiscard]] Result<std::optional<ReceiptRow>> receipt(const Bytes& device, const Bytes& id) override;
    [[nodiscard]] Result<uint64_t> lastPosition() override;
    [[nodiscard]] Result<uint64_t> followedUpTo() override;
    [[nodiscard]] Bytes incarnation() override;
    [[nodiscard]] Result<std::vector<std::string>> streams() override;
    [[nodiscard]] Result<std::vector<MarkRow>> marks(const std::string& person) override;
    [[nodiscard]] Result<std::vector<TimeRow>> timesUpTo(Millis instant, size_t limit) override;
    [[nodiscard]] Result<std::vector<std::string>> timedStreams() override;
    [[nodiscard]] Result<Bytes> root() override;

    //! What every restore, and every failover that may have lost commits, must do. Not while a hub has the log open.
    [[nodiscard]] Result<void> newIncarnation();
    //! Every event: chain, body hash, root. Err::Corrupt names the first position that does not check.
    [[nodiscard]] Result<void> check(const std::function<void(uint64_t position)>& progress = {});

private:
    class Impl;
    explicit PostgresLog(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m;
};

} // namespace zt::hub
