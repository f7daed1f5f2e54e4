#pragma once

#include "pages.h"
#include "states.h"
#include "zt/hub/core.h"

#include <deque>
#include <map>
#include <set>
#include <unordered_map>

namespace zt::hub {

constexpr size_t kReactionsKept = 50'000;

//! What follows from one event, remembered from when it was made, so that its state need not be folded again.
struct Reaction {
    Bytes hash;
    std::vector<rules::FollowUp> list;
};

//! A group being decided. The folds of `touched` run ahead of the log until it is appended, and are forgotten if it is not.
struct Work {
    Group group;
    std::vector<Reaction> reactions; //!< of group.events
    std::set<std::string> touched;
    std::unique_ptr<directory::Directory> directory; //!< a copy, once the group changes it
    //! The receipts this group makes, by their place in it, and what the log was asked for: what it had, or nothing.
    struct Known {
        std::optional<size_t> made;
        std::optional<wire::Receipt> had;
    };
    struct Hash {
        size_t operator()(const ReceiptKey& k) const { return std::hash<Bytes>()(k.id); }
    };
    std::unordered_map<ReceiptKey, Known, Hash> receipts;
    uint64_t followedUpTo = 0;
};

//! What came through a door, taken apart.
struct Opened {
    std::optional<wire::Command> command; //!< none: see refused
    Bytes device;                         //!< of its receipt's key
    wire::Refused::Why refused = wire::Refused::MALFORMED;
};

//! A command ready to be decided, whoever gave it.
struct Candidate {
    const wire::Command& command;
    wire::Cause cause;
    rules::Interval act;
    Bytes device; //!< key of its receipt, with the id
    Bytes commandHash;
    std::optional<rules::Decision> decided; //!< already refused before the rules
    bool offered = false; //!< see Core::Door
    bool again = false; //!< may be tried later under the same id: no receipt is kept while it is not permitted
};

inline void collectErasures(const wire::Fact& fact, std::vector<ErasureRow>& out)
{
    for (const auto& part : fact.erased().parts()) out.push_back({part.stream(), part.version(), fact.erased().rule()});
}

class Core::Impl {
public:
    Impl(Config c, EventLog& l, const crypto::SigningKey& k, const Clock& cl, Random& r, const rules::Catalogue& cat)
        : config(std::move(c)), log(l), key(k), clock(cl), random(r), catalogue(cat), states(l, cat, config.maxStates)
    {
    }

    const Config config;
    EventLog& log;
    const crypto::SigningKey& key;
    const Clock& clock;
    Random& random;
    const rules::Catalogue& catalogue;
    States states;
    std::unique_ptr<directory::Directory> directory = std::make_unique<directory::Directory>();
    uint64_t position = 0; //!< taken in up to here
    uint64_t followed = 0;     //!< follow-ups done up to here
    uint64_t followedKept = 0; //!< as the log knows it
    mutable Millis floor = 0;
    std::optional<Millis> nextTime; //!< of the timetable
    CommitWatch* watch = nullptr;
    std::shared_ptr<const DirectoryPages> pages; //!< made last
    std::deque<SharedRow> recent; //!< newest rows, gapless
    uint64_t erasures = 0; //!< groups of them, heard of
    std::map<uint64_t, Reaction> reactions;
    std::map<std::tuple<std::string, std::string, std::string>, int64_t> marks;
    std::map<Millis, Bytes> goodTimes; //!< our own signed times that were checked lately

    // core.cpp
    [[nodiscard]] Millis now() const;
    [[nodiscard]] Result<void> load();
    [[nodiscard]] Result<void> catchUp();
    [[nodiscard]] Result<void> takeIn(LogRow row);
    [[nodiscard]] Result<void> foldForeign(rules::State& state, const LogRow& row);
    void remember(SharedRow row);
    void forgetErased(const std::vector<ErasureRow>& erasures);

    // decide.cpp
    [[nodiscard]] Result<std::vector<Answer>> submit(const std::vector<Door>& doors);
    [[nodiscard]] Result<Answer> decideDoor(Work& work, const Door& door, const Opened& opened);
    [[nodiscard]] Result<void> askReceipts(Work& work, std::vector<ReceiptKey> keys);
    [[nodiscard]] Result<std::optional<wire::Receipt>> receiptOf(Work& work, const Bytes& device, const Bytes& id);
    [[nodiscard]] std::optional<wire::Refused::Why> checkDoor(const Work& work, const Door& door, const wire::Command& command);
    [[nodiscard]] std::optional<rules::Interval> intervalOf(const Work& work, const wire::Command& command);
    [[nodiscard]] std::optional<rules::Decision> refuseAuthor(const Work& work, const wire::Command& command, const rules::Interval& act) const;
    [[nodiscard]] Result<wire::Receipt> decide(Work& work, Candidate candidate);
    [[nodiscard]] Result<bool> isAnother(const Work& work, const wire::ErasedPart& part);
    [[nodiscard]] Result<wire::Reason> mayErase(const Work& work, const wire::Erase& erase, bool offered);
    [[nodiscard]] Result<void> keepEvent(Work& work, const rules::Kind& kind, rules::State& state, const Candidate& candidate,
                                         std::vector<wire::Fact> facts, wire::Receipt& receipt);
    [[nodiscard]] const directory::Directory& directoryIn(const Work& work) const { return work.directory ? *work.directory : *directory; }

    //! Runs `fill` into a fresh group and appends it; again after a conflict.
    [[nodiscard]] Result<void> commit(const std::function<Result<void>(Work&)>& fill);
    [[nodiscard]] Result<void> appended(Work& work, uint64_t last);

    // follow_up.cpp
    [[nodiscard]] Result<bool> followUp(size_t limit);
    [[nodiscard]] Result<void> keepMarks();
    [[nodiscard]] Result<void> react(uint64_t upTo);
    [[nodiscard]] Result<Reaction> reactionTo(uint64_t position, std::map<std::string, std::unique_ptr<rules::State>>& folded);
    [[nodiscard]] Result<void> follow(Work& work, uint64_t position, const Reaction& reaction);
    [[nodiscard]] Result<bool> doFollowUp(Work& work, const Reaction& reaction, uint32_t index, bool again);
    [[nodiscard]] Result<std::vector<std::string>> streamsOf(const rules::FollowUp& next);
    [[nodiscard]] Result<bool> fire(size_t limit);
    [[nodiscard]] Result<void> readTimes();
    //! What became of the hub's own command; answered again for one that is known.
    [[nodiscard]] Result<wire::Receipt> own(Work& work, const std::string& stream, wire::Command command, BytesView eventHash, uint32_t index, bool again = false);
};

} // namespace zt::hub
