#pragma once

#include "zt/hub/event_log.h"

#include <map>
#include <set>
#include <unordered_map>

namespace zt::hub {

//! The record in memory: for tests and the simulation. Copyable: a copy is a backup. Not thread-safe.
class MemoryLog : public EventLog {
public:
    explicit MemoryLog(Bytes incarnation) : m_incarnation(std::move(incarnation)) {}

    [[nodiscard]] Result<uint64_t> append(const Group& group) override;
    [[nodiscard]] Result<HeadRow> head(const std::string& stream) override;
    [[nodiscard]] Result<std::vector<wire::Event>> read(const std::string& stream, uint64_t from, size_t limit) override;
    [[nodiscard]] Result<std::vector<LogRow>> tail(uint64_t after, size_t limit) override;
    [[nodiscard]] Result<std::vector<ReceiptRow>> receipts(const std::vector<ReceiptKey>& keys) override;
    [[nodiscard]] Result<uint64_t> lastPosition() override { return m_events.size(); }
    [[nodiscard]] Result<uint64_t> followedUpTo() override { return m_followed; }
    [[nodiscard]] Bytes incarnation() override { return m_incarnation; }
    [[nodiscard]] Result<std::vector<std::string>> streams() override;
    [[nodiscard]] Result<std::vector<MarkRow>> marks(const std::string& person) override;
    [[nodiscard]] Result<std::vector<TimeRow>> timesUpTo(Millis instant, size_t limit) override;
    [[nodiscard]] Result<std::vector<std::string>> timedStreams() override;
    [[nodiscard]] Result<Bytes> root() override { return m_root; }

    //! What a restore does.
    void newIncarnation(Bytes incarnation) { m_incarnation = std::move(incarnation); }

private:
    using Shared = std::shared_ptr<const wire::Event>;
    struct Stream {
        std::vector<Shared> events;
        std::vector<uint64_t> positions; //!< of the events
        Bytes head;
        bool erased = false;
    };
    [[nodiscard]] Result<void> check(const Group& group) const;
    void erase(const ErasureRow& erasure);

    Bytes m_incarnation, m_root;
    std::vector<Shared> m_events;
    std::map<std::string, Stream> m_streams;
    std::unordered_map<std::string, ReceiptRow> m_receipts;
    std::map<std::tuple<std::string, std::string, std::string>, int64_t> m_marks;
    std::set<TimeRow> m_times;
    uint64_t m_followed = 0;
};

} // namespace zt::hub
