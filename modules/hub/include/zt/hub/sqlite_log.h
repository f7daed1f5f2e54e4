#pragma once

#include "zt/hub/kept_log.h"

namespace zt::hub {

//! The record in one SQLite file (WAL, synchronous FULL). What an event says (salt and body) is encrypted with a key per stream, that key and
//! the receipts under the hub's at-rest key; clear are position, stream, version, time, level and what the chain needs. Several processes may have it
//! open (the hub and zhengtong-ctl). Any thread; all calls take turns on one connection. \see decisions/event-log.md
class SqliteLog final : public KeptLog {
public:
    //! Err::Exists if the file is there.
    [[nodiscard]] static Result<std::unique_ptr<SqliteLog>> create(const std::filesystem::path& file, const crypto::Secret& restKey, Random& random);
    //! Err::NotFound, Corrupt (not such a file), TooNew (of a later schema), Unauthenticated (another at-rest key).
    [[nodiscard]] static Result<std::unique_ptr<SqliteLog>> open(const std::filesystem::path& file, const crypto::Secret& restKey, Random& random);
    ~SqliteLog() override;

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
    void rest() override; //!< the write-ahead log's pages go into the database

    [[nodiscard]] Result<void> newIncarnation() override;
    [[nodiscard]] Result<void> backupTo(const std::filesystem::path& target) override;
    [[nodiscard]] Result<void> check(const std::function<void(uint64_t position)>& progress = {}) override;
    [[nodiscard]] Result<std::vector<ReceiptRow>> receiptsAfter(const Bytes& id, const Bytes& device, size_t limit) override;
    [[nodiscard]] Result<std::vector<MarkRow>> allMarks() override;
    [[nodiscard]] bool present() override; //!< the file has not been moved or unlinked

private:
    class Impl;
    explicit SqliteLog(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m;
};

} // namespace zt::hub
