#pragma once

#include "record.pb.h"
#include "sync.pb.h"
#include "zt/base/bytes.h"
#include "zt/base/clock.h"
#include "zt/base/result.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

//! What sync needs of a desk's store. Two implementations: modules/store (SQLCipher) and tests/sim (memory, with crashes); one contract test for
//! both (tests/support/include/zt/test/store_contract.h).
namespace zt::sync {

//! What the desk holds of one stream. The versions 1..have are stored, gapless and chained, of the directory perhaps the first of them as pages; `head` is the newest the hub was heard to have.
struct StreamRow {
    std::string stream;
    bool granted = false; //!< the access stream says the desk should hold it
    uint64_t have = 0;
    Bytes haveHash;       //!< event hash of version `have`
    uint64_t head = 0;    //!< kUnknown: something may be missing; the end of a read tells
    static constexpr uint64_t kUnknown = uint64_t(INT64_MAX);
    bool frozen = false;  //!< an event of a higher level was met: read-only here until the programme is updated
    Millis heardMs = 0;   //!< hub time of the last event
};

//! A command of this desk, from signing until its words need nothing more.
struct OutboxRow {
    enum State : int {
        Waiting = 0,   //!< no receipt yet; sent again after every connect
        Settled = 1,   //!< applied, or refused and dealt with by the person; kept for re-offering after a restore of the hub
        Attention = 2, //!< refused or not decidable any more: the person's words wait for a choice
    };
    uint64_t seq = 0; //!< order of signing, from 1; given by the store
    Bytes id;
    std::string stream;
    wire::SignedCommand command;
    State state = Waiting;
    std::optional<wire::Receipt> receipt;
    wire::Reason stuck = wire::REASON_NONE; //!< prediction's reason, while there is no receipt
    bool sent = false;                      //!< may have left this PC: cannot be taken back
    Millis madeMs = 0;                      //!< desk clock, for show
    Millis settledMs = 0;
};

//! One transaction: all of it becomes durable together, or nothing. Valid only inside the function it was given to. Everything
//! fails with Io, DiskFull, ReadOnly, Corrupt; after a failure the whole transaction must be given up by returning the error.
class Tx {
public:
    virtual ~Tx() = default;

    //! Values by name: "position", "incarnation", "hub_time", "level" …; also the pages of the directory, up to 64 KiB each.
    [[nodiscard]] virtual Result<std::optional<Bytes>> meta(const std::string& key) = 0;
    [[nodiscard]] virtual Result<void> setMeta(const std::string& key, BytesView value) = 0;

    [[nodiscard]] virtual Result<std::optional<StreamRow>> stream(const std::string& stream) = 0;
    [[nodiscard]] virtual Result<std::vector<StreamRow>> streams() = 0;
    //! Streams with something missing: head > have, or granted and nothing there, those heard of last behind (a wish: what is read first goes by it, nothing rests on it). Must not cost more when many streams are whole.
    [[nodiscard]] virtual Result<std::vector<StreamRow>> gaps() = 0;
    [[nodiscard]] virtual Result<void> putStream(const StreamRow& row) = 0;
    //! Forgets a stream: events, list rows, index, blobs. Outbox rows stay. Readers never see half of it.
    [[nodiscard]] virtual Result<void> dropStream(const std::string& stream) = 0;

    //! Exactly the bytes received; (stream, version) is unique.
    [[nodiscard]] virtual Result<void> appendEvent(const wire::Event& event) = 0;
    //! Versions from..; in order.
    [[nodiscard]] virtual Result<std::vector<wire::Event>> events(const std::string& stream, uint64_t from = 1) = 0;
    //! Forgets versions above `keep`.
    [[nodiscard]] virtual Result<void> truncateStream(const std::string& stream, uint64_t keep) = 0;

    //! Takes out for ever what an event says (wire::erase), with its stream's list row, index and blobs, which are made again from what is left. One that
    //! is not there is no error.
    [[nodiscard]] virtual Result<void> eraseEvent(const std::string& stream, uint64_t version, const std::string& rule) = 0;

    //! Inserts (seq is given) or updates by id. Returns seq.
    [[nodiscard]] virtual Result<uint64_t> putOutbox(const OutboxRow& row) = 0;
    //! Of all that waits it is kept that it may have left this PC.
    [[nodiscard]] virtual Result<void> waitingLeaves() = 0;
    [[nodiscard]] virtual Result<std::optional<OutboxRow>> outbox(const Bytes& id) = 0;
    //! For ever, the words with it. One that is not there is no error.
    [[nodiscard]] virtual Result<void> dropOutbox(const Bytes& id) = 0;
    //! Of one stream, all states, by seq.
    [[nodiscard]] virtual Result<std::vector<OutboxRow>> outboxOf(const std::string& stream) = 0;
    //! In one state over all streams, by seq. Settled ones may be many: use only where needed.
    [[nodiscard]] virtual Result<std::vector<OutboxRow>> outboxIn(OutboxRow::State state) = 0;

    //! Last value per (person's own) stream and key, with whether the hub has it.
    [[nodiscard]] virtual Result<void> putMark(const std::string& stream, const std::string& key, int64_t value, bool sent) = 0;
    [[nodiscard]] virtual Result<std::optional<int64_t>> mark(const std::string& stream, const std::string& key) = 0;
};

class Store {
public:
    virtual ~Store() = default;
    //! Runs `work` in one transaction and commits it durably (synchronous FULL) if it returned no error. A failed commit is a failure and
    //! leaves everything as it was.
    [[nodiscard]] virtual Result<void> write(const std::function<Result<void>(Tx&)>& work) = 0;
    //! Runs `work` on a consistent view; nothing is kept.
    [[nodiscard]] virtual Result<void> read(const std::function<Result<void>(Tx&)>& work) = 0;
};

} // namespace zt::sync
