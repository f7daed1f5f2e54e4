#pragma once

#include "zt/crypto/secret.h"
#include "zt/hub/event_log.h"

#include <filesystem>
#include <functional>

namespace zt::hub {

class EnrolCodes;

//! How many machines hold a log.
struct Redundancy {
    bool synchronous = false; //!< nobody may serve it on a server that waits for no other
    bool waits = false;       //!< each commit waits until another machine has it
    bool moved = false;       //!< another server than served it last; whoever serves next takes it up there
    std::optional<Millis> renewed; //!< when its incarnation was, last
};

//! A log that outlives its process, whatever keeps it: what a hub and zhengtong-ctl need of it beside the record.
class KeptLog : public EventLog {
public:
    //! What every restore, and every failover that may have lost commits, must do: positions, receipts and heads told before mean nothing in the new one.
    //! Not while a hub has the log open; one that has it all the same stops.
    [[nodiscard]] virtual Result<void> newIncarnation() = 0;
    //! Before a log is served or decided on: where another server answers than served it last, and may hold less, the incarnation is renewed. Once, whoever asks.
    [[nodiscard]] virtual Result<void> takeUp() { return {}; }
    [[nodiscard]] virtual Result<Redundancy> redundancy() { return Redundancy{}; }
    //! Every event: chain, body hash, root; and what the engine can check of itself. Err::Corrupt names the first position that does not check.
    [[nodiscard]] virtual Result<void> check(const std::function<void(uint64_t position)>& progress = {}) = 0;
    //! A consistent copy while the log is in use; `target` must not exist. It needs the same at-rest key to be read. Err::Unsupported: the engine has its own ways.
    [[nodiscard]] virtual Result<void> backupTo(const std::filesystem::path& target) = 0;

    // For moving a log to another engine: what the port above does not tell whole.
    [[nodiscard]] virtual Result<std::vector<ReceiptRow>> receiptsAfter(const Bytes& id, const Bytes& device, size_t limit) = 0; //!< in order of id, then device
    [[nodiscard]] virtual Result<std::vector<MarkRow>> allMarks() = 0; //!< in order of person, stream, key

    //! False once this log is gone from where it was opened, or is another's: nobody could ever read what would be written now.
    [[nodiscard]] virtual bool present() = 0;
    //! Of several hubs on one log one does the follow-ups and the timetable; another when that one is gone. Asked again and again.
    [[nodiscard]] virtual Result<bool> leads() { return true; }
    //! `news` is called, on a thread of the log's, when another process has appended; only a hint. Nothing ends it: it is not called any more. One caller.
    virtual void onNews(std::function<void()> /*news*/) {}
};

//! Keeps logs where they are not a file of the data folder. What links it says so once, at its root; the rest knows this port.
class LogEngine {
public:
    virtual ~LogEngine() = default;
    [[nodiscard]] virtual Result<std::unique_ptr<KeptLog>> open(const std::string& where, const crypto::Secret& restKey, Random& random) const = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<EnrolCodes>> codes(const std::string& where) const = 0;
};

} // namespace zt::hub
