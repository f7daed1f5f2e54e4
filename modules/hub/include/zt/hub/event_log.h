#pragma once

#include "record.pb.h"
#include "zt/base/bytes.h"
#include "zt/base/clock.h"
#include "zt/base/result.h"

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace zt::hub {

struct HeadRow {
    uint64_t version = 0;
    Bytes hash;
};
struct LogRow {
    uint64_t position = 0;
    wire::Event event;
};
//! Whose receipt: a device (or what stands for one, see Core) and its command's id.
struct ReceiptKey {
    Bytes device, id;
    bool operator==(const ReceiptKey&) const = default;
};
struct ReceiptRow {
    Bytes device, id;       //!< key
    Bytes commandHash;
    wire::Receipt receipt;
};
struct MarkRow {
    std::string person, stream, key;
    int64_t value = 0;
};

//! A follow-up that waits for its time: number `index` of those of the event at `position`.
struct TimeRow {
    Millis due = 0;
    uint64_t position = 0;
    uint32_t index = 0;
    auto operator<=>(const TimeRow&) const = default;
};

//! Something of the record that goes for ever: what one event says, or all of a stream's with the key they are kept under.
struct ErasureRow {
    std::string stream;
    uint64_t version = 0; //!< 0: the whole stream
    std::string rule;     //!< stands in wire::Event::erased_rule from then on
};

//! What one group commits: all of it or nothing.
struct Group {
    std::vector<wire::Event> events;    //!< in the order they get positions
    std::vector<ReceiptRow> receipts;
    std::vector<MarkRow> marks;
    std::optional<uint64_t> followedUpTo; //!< position whose follow-ups are done; never goes back
    uint64_t authorityVersion = 0;      //!< of the directory the decisions rested on
    std::vector<TimeRow> timesAdded, timesDone; //!< a row may be in both lists with another time; one that is there, or gone, already is no error
    //! Done behind the events, of what the log has then; what is not there, or is erased already, is no error. Body and salt go, the chain stays. A stream
    //! erased whole takes no further event (Err::Invalid).
    std::vector<ErasureRow> erasures;
};

//! The hub's record. Positions are in commit order, from 1, gapless: a position is visible only after all below it. Implementations: memory (tests/sim),
//! SQLite (src/sqlite_log.cpp); one contract test for all (tests/unit/hub/log_contract.h). One appender at a time per process;
//! another process may append in between. Reads from any thread.
class EventLog {
public:
    virtual ~EventLog() = default;

    //! Durable when it returns. Err::Conflict, with nothing kept: a stream's head is not version-1 of the event given, or events of the
    //! directory stream ("dir") moved its version beyond `authorityVersion` before this group; decide again.
    //! Err::Exists: a receipt's key is taken.
    [[nodiscard]] virtual Result<uint64_t> append(const Group& group) = 0; //!< returns the position of the last event (or the old one)

    [[nodiscard]] virtual Result<HeadRow> head(const std::string& stream) = 0;
    [[nodiscard]] virtual Result<std::vector<wire::Event>> read(const std::string& stream, uint64_t from, size_t limit) = 0;
    [[nodiscard]] virtual Result<std::vector<LogRow>> tail(uint64_t after, size_t limit) = 0;
    //! Those of the receipts asked for that there are, in any order; all in one look, for each look costs more than what it finds.
    [[nodiscard]] virtual Result<std::vector<ReceiptRow>> receipts(const std::vector<ReceiptKey>& keys) = 0;
    [[nodiscard]] Result<std::optional<ReceiptRow>> receipt(const Bytes& device, const Bytes& id)
    {
        ZT_LET(rows, receipts({{device, id}}));
        return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
    }
    [[nodiscard]] virtual Result<uint64_t> lastPosition() = 0;
    [[nodiscard]] virtual Result<uint64_t> followedUpTo() = 0;
    [[nodiscard]] virtual Bytes incarnation() = 0;
    [[nodiscard]] virtual Result<std::vector<std::string>> streams() = 0;
    [[nodiscard]] virtual Result<std::vector<MarkRow>> marks(const std::string& person) = 0;
    //! The timetable up to an instant, earliest first.
    [[nodiscard]] virtual Result<std::vector<TimeRow>> timesUpTo(Millis instant, size_t limit) = 0;
    //! Streams whose events have rows in the timetable, sorted.
    [[nodiscard]] virtual Result<std::vector<std::string>> timedStreams() = 0;
    //! Running hash over all events in order of position: root = hash("zt-root-1", root before, event hash). Empty: this log keeps none.
    [[nodiscard]] virtual Result<Bytes> root() { return Bytes(); }
    //! Streams' keys kept in memory go. For whoever hears that another process erased something; append() does it itself.
    virtual void forgetKeys() {}
    //! Nobody waits just now: what was put off while somebody did is done, within some tens of milliseconds; costs nothing where nothing was. Nothing is lost without it.
    virtual void rest() {}
};

} // namespace zt::hub
