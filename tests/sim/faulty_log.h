#pragma once

#include "prng.h"
#include "zt/hub/memory_log.h"
#include "zt/wire/sealing.h"

#include <functional>
#include <set>

namespace zt::sim {

//! The hub's log with a will of its own: appends fail or the hub dies before or after them; a backup may take its place. What it holds outlives the hub.
class FaultyLog final : public hub::EventLog {
public:
    //! Seeded bugs: what the simulation must catch.
    struct Bugs {
        bool forgetsReceipts = false; //!< no receipt is ever found, and a second one is no clash: commands are applied again
        bool skipsLate = false;       //!< reading the tail leaves out rows that had committed late
        bool refusedIsApplied = false;//!< a refused command that another rests on is looked up as applied
    };
    struct Hooks {
        std::function<Result<void>()> before; //!< may fail or throw
        std::function<void()> after;          //!< may throw: durable, but nobody was told
    };
    FaultyLog(hub::MemoryLog log, uint64_t seed) : m_log(std::move(log)), m_random(seed) {}

    Hooks hooks;
    Bugs bugs;
    hub::MemoryLog& truth() { return m_log; }
    //! (device, id) of commands whose events were ever erased, also by a command that a desk brought back.
    std::set<std::pair<Bytes, Bytes>> erased;
    //! An operator puts a backup in place.
    void restore(hub::MemoryLog backup, Bytes incarnation)
    {
        m_log = std::move(backup);
        m_log.newIncarnation(std::move(incarnation));
    }

    Result<uint64_t> append(const hub::Group& group) override
    {
        if (hooks.before) ZT_TRY(hooks.before());
        for (const auto& erasure : group.erasures) note(erasure, group);
        Result<uint64_t> last = 0;
        if (bugs.forgetsReceipts) {
            hub::Group fewer = group;
            std::erase_if(fewer.receipts, [&](const auto& r) { const auto known = m_log.receipt(r.device, r.id); return known && *known; });
            std::set<std::pair<Bytes, Bytes>> seen;
            std::erase_if(fewer.receipts, [&](const auto& r) { return !seen.insert({r.device, r.id}).second; });
            last = m_log.append(fewer);
        } else {
            last = m_log.append(group);
        }
        if (last && hooks.after) hooks.after();
        return last;
    }
    Result<std::vector<hub::LogRow>> tail(uint64_t after, size_t limit) override
    {
        auto rows = m_log.tail(after, limit);
        if (bugs.skipsLate && rows && limit > 1 && limit < 512) // what a feed reads
            std::erase_if(*rows, [&](const auto& r) { return r.position > m_base && m_random.oneIn(6) && m_late.insert(r.position).second; });
        return rows;
    }
    Result<std::vector<hub::ReceiptRow>> receipts(const std::vector<hub::ReceiptKey>& keys) override
    {
        if (bugs.forgetsReceipts) return std::vector<hub::ReceiptRow>();
        auto rows = m_log.receipts(keys);
        if (!bugs.refusedIsApplied || !rows) return rows;
        // A command that is new to the hub, then the one it rests on.
        const auto found = [&](const hub::ReceiptKey& k) { return std::find_if(rows->begin(), rows->end(), [&](const auto& r) { return r.device == k.device && r.id == k.id; }); };
        for (size_t i = 1; i < keys.size(); ++i) {
            const auto row = found(keys[i]);
            if (row != rows->end() && row->receipt.version() == 0 && keys[i - 1].device == keys[i].device && found(keys[i - 1]) == rows->end()) row->receipt.set_outcome(wire::APPLIED);
        }
        return rows;
    }
    Result<hub::HeadRow> head(const std::string& stream) override { return m_log.head(stream); }
    Result<std::vector<wire::Event>> read(const std::string& stream, uint64_t from, size_t limit) override { return m_log.read(stream, from, limit); }
    Result<uint64_t> lastPosition() override { return m_log.lastPosition(); }
    Result<uint64_t> followedUpTo() override { return m_log.followedUpTo(); }
    Bytes incarnation() override { return m_log.incarnation(); }
    Result<std::vector<std::string>> streams() override { return m_log.streams(); }
    Result<std::vector<hub::MarkRow>> marks(const std::string& person) override { return m_log.marks(person); }
    Result<std::vector<hub::TimeRow>> timesUpTo(Millis instant, size_t limit) override { return m_log.timesUpTo(instant, limit); }
    Result<std::vector<std::string>> timedStreams() override { return m_log.timedStreams(); }
    Result<Bytes> root() override { return m_log.root(); }

private:
    void note(const hub::ErasureRow& erasure, const hub::Group& group)
    {
        auto events = *m_log.read(erasure.stream, 1, SIZE_MAX);
        for (const auto& e : group.events)
            if (e.stream() == erasure.stream) events.push_back(e);
        for (const auto& e : events) {
            wire::Body body;
            if ((erasure.version && erasure.version != e.version()) || !body.ParseFromString(e.body()) || !body.cause().has_command()) continue;
            if (const auto command = wire::parseCommand(body.cause().command().bytes())) erased.insert({command->device(), command->id()});
        }
    }

    hub::MemoryLog m_log;
    Prng m_random;
    uint64_t m_base = *m_log.lastPosition(); //!< the province was there before
    std::set<uint64_t> m_late;
};

} // namespace zt::sim
