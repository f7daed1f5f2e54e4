#pragma once

#include "zt/sync/store.h"

#include <functional>
#include <map>
#include <memory>
#include <tuple>

namespace zt::sim {

//! A desk's store in memory: the same contract as the encrypted one (tests/support/include/zt/test/store_contract.h). Transactions work on a copy; a commit
//! swaps it in. What was committed outlives the engine that wrote it, so destroying the engine is a crash. Not thread-safe.
class MemStore final : public sync::Store {
public:
    using EventPtr = std::shared_ptr<const wire::Event>;
    using RowPtr = std::shared_ptr<const sync::OutboxRow>;
    struct Mark {
        int64_t value = 0;
        bool sent = false;
    };
    struct Data {
        std::map<std::string, Bytes> meta;
        std::map<std::string, sync::StreamRow> streams;
        std::map<std::string, std::shared_ptr<const std::vector<EventPtr>>> events;
        std::map<uint64_t, RowPtr> outbox;
        std::map<Bytes, uint64_t> outboxSeq;
        std::map<std::pair<std::string, std::string>, Mark> marks;
        uint64_t lastSeq = 0;
    };
    //! Places where a run may be made to fail; each may throw (the process dies) or, where it returns a Result, fail.
    struct Hooks {
        std::function<Result<void>()> write;   //!< before each write inside a transaction
        std::function<Result<void>()> commit;  //!< before the commit
        std::function<void()> committed;       //!< after it
        std::function<void()> between;         //!< between the halves of a split commit (a seeded bug)
    };
    //! Seeded bugs: what the simulation must catch.
    struct Bugs {
        bool positionFirst = false;   //!< the position is durable before the events it stands for
        bool losesReceipts = false;   //!< a receipt is not kept
        bool dropsAttention = false;  //!< a refused command is deleted
        bool keepsErased = false;     //!< what is erased stays
        bool skipsUnknown = false;    //!< events of a higher level or with unknown facts read as if those facts were not there
    };
    Hooks hooks;
    Bugs bugs;

    [[nodiscard]] Result<void> write(const std::function<Result<void>(sync::Tx&)>& work) override;
    [[nodiscard]] Result<void> read(const std::function<Result<void>(sync::Tx&)>& work) override;

    [[nodiscard]] const Data& data() const { return m_data; }

private:
    class MemTx;
    Data m_data;
};

} // namespace zt::sim
