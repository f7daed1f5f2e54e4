#pragma once

#include "zt/hub/kept_log.h"

namespace zt::hub {

//! The record in a PostgreSQL database (15 or newer, schema "zhengtong"), for several hubs at once. Encrypted as SqliteLog's, under the same keys.
//! A server whose commits might be lost (fsync, full_page_writes or synchronous_commit off) is refused, at every new connection. Any thread; appends take
//! turns, with those of other processes too.
//!
//! When the server goes away every call is Err::Io until it is back, or another takes its place; the next call connects again. Where the other may hold less
//! than was told the incarnation is renewed, and whoever has the log open must open it again (present()). A commit whose answer was lost is looked up before append()
//! answers; if the server stays away for so long that it cannot be, append() fails and the group is kept or not: decide again, receipts tell.
//! \see decisions/event-log.md
class PostgresLog final : public KeptLog {
public:
    //! \param where  a connection string or URI as libpq takes it, without a password; Err::Invalid
    //! Err::Exists if there is a log in the database already.
    [[nodiscard]] static Result<std::unique_ptr<PostgresLog>> create(const std::string& where, const crypto::Secret& restKey, Random& random);
    //! An empty log for another to move into, whose incarnation it keeps: nobody else can open it before arrived().
    [[nodiscard]] static Result<std::unique_ptr<PostgresLog>> createFor(const Bytes& incarnation, const std::string& where, const crypto::Secret& restKey, Random& random);
    [[nodiscard]] Result<void> arrived();
    //! Err::NotFound, TooNew (of a later schema), Unauthenticated (another at-rest key), Busy (a log moves in), Unsupported (the server, see above), Io.
    [[nodiscard]] static Result<std::unique_ptr<PostgresLog>> open(const std::string& where, const crypto::Secret& restKey, Random& random);
    ~PostgresLog() override;

    [[nodiscard]] Result<uint64_t> append(const Group& group) override;
    [[nodiscard]] Result<HeadRow> head(const std::string& stream) override;
    [[nodiscard]] Result<std::vector<wire::Event>> read(const std::string& stream, uint64_t from, size_t limit) override;
    [[nodiscard]] Result<std::vector<LogRow>> tail(uint64_t after, size_t limit) override;
    [[nodiscard]] Result<std::vector<ReceiptRow>> receipts(const std::vector<ReceiptKey>& keys) override;
    [[nodiscard]] Result<uint64_t> lastPosition() override;
    [[nodiscard]] Result<uint64_t> followedUpTo() override;
    [[nodiscard]] Bytes incarnation() override;
    [[nodiscard]] Result<std::vector<std::string>> streams() override;
    [[nodiscard]] Result<std::vector<MarkRow>> marks(const std::string& person) override;
    [[nodiscard]] Result<std::vector<TimeRow>> timesUpTo(Millis instant, size_t limit) override;
    [[nodiscard]] Result<std::vector<std::string>> timedStreams() override;
    [[nodiscard]] Result<Bytes> root() override;
    void forgetKeys() override;

    [[nodiscard]] Result<void> newIncarnation() override;
    [[nodiscard]] Result<void> takeUp() override;
    [[nodiscard]] Result<Redundancy> redundancy() override;
    //! From now on nobody serves this log on a server whose commits wait for no other; a failover then loses nothing and keeps the incarnation. Err::Unsupported:
    //! this server waits for none.
    [[nodiscard]] Result<void> setSynchronous(bool synchronous);
    [[nodiscard]] Result<void> check(const std::function<void(uint64_t position)>& progress = {}) override;
    [[nodiscard]] Result<void> backupTo(const std::filesystem::path& target) override; //!< Err::Unsupported: pg_basebackup, pg_dump
    [[nodiscard]] Result<std::vector<ReceiptRow>> receiptsAfter(const Bytes& id, const Bytes& device, size_t limit) override;
    [[nodiscard]] Result<std::vector<MarkRow>> allMarks() override;
    [[nodiscard]] bool present() override; //!< false: another log, another incarnation of it, or less of it was found in its place
    [[nodiscard]] Result<bool> leads() override; //!< who has a lock for as long as its session lives
    void onNews(std::function<void()> news) override;

private:
    class Impl;
    [[nodiscard]] static Result<std::unique_ptr<PostgresLog>> make(const std::string& where, const crypto::Secret& restKey, Random& random, const Bytes& incarnation, const Bytes& moves);
    [[nodiscard]] static Result<std::unique_ptr<PostgresLog>> load(const std::string& text, const crypto::Secret& restKey, Random& random, const Bytes& moves);
    explicit PostgresLog(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m;
};

//! Where `postgresql` of hub.json leads; for the roots of what links it.
[[nodiscard]] const LogEngine& postgresEngine();

} // namespace zt::hub
