#pragma once

#include "sync.pb.h"
#include "zt/crypto/sign.h"
#include "zt/directory/directory.h"
#include "zt/hub/event_log.h"
#include "zt/rules/rules.h"

#include <functional>
#include <unordered_map>

namespace zt::hub {

using SharedRow = std::shared_ptr<const LogRow>;

//! Who is on the line, as mutual TLS proved it.
struct Caller {
    std::string person;
    Bytes device;
};

struct DirectoryPages; // src/pages.h

//! Told around each append to the log, on the decider's thread: for who measures it. Core's own clock is too coarse for that.
class CommitWatch {
public:
    virtual ~CommitWatch() = default;
    virtual void commitBegins() = 0;
    virtual void commitEnds(std::optional<Err> failed) = 0;
};

//! Decides commands on what is true, in groups, over an EventLog. No thread, no socket; one caller at a time (the hub's decider thread; the
//! simulation's only thread). Keeps folds in memory, bounded, and rebuilds them from the log.
class Core {
public:
    struct Config {
        std::string hub;
        size_t maxStates = 20000; //!< folds kept
    };
    Core(Config config, EventLog& log, const crypto::SigningKey& key, const Clock& clock, Random& random, const rules::Catalogue& catalogue);
    ~Core();

    //! Reads the directory and the cursor. Call first.
    [[nodiscard]] Result<void> load();

    //! One command at the door and what became of it: a receipt, or a refusal without outcome.
    struct Door {
        Caller caller;
        wire::SignedCommand command;
        bool offered = false; //!< brought back by a returning desk: the author may be somebody else; the signature still decides
        Bytes checkedUnder = {}; //!< public key under which the caller of submit() found the signature good; empty: not checked yet
    };
    struct Answer {
        std::optional<wire::Receipt> receipt;
        std::optional<wire::Refused::Why> refused;
        Bytes id;
    };
    //! Decides all in order, commits them as one group, retries on Conflict. The answers may leave: what they say is durable.
    //! An error means nothing was kept and nothing may be said; the desks will send again.
    [[nodiscard]] Result<std::vector<Answer>> submit(const std::vector<Door>& doors);

    //! The hub's own command outside of follow-ups (creation of a province, an enrolment). Err::Denied with the reason in the detail if refused.
    [[nodiscard]] Result<void> submitOwn(const std::string& stream, wire::Command body);

    //! Does the follow-ups of the next events and those whose time has come, at most `limit`; true if there may be more.
    [[nodiscard]] Result<bool> followUp(size_t limit);

    //! Makes marks durable, for a hub that leaves the follow-ups to another.
    [[nodiscard]] Result<void> keepMarks();

    //! When the next follow-up is due that waits for its time; nothing if none does.
    [[nodiscard]] std::optional<Millis> nextTime() const;

    //! Takes in events that other processes appended; call when the log's last position moved.
    [[nodiscard]] Result<void> catchUp();
    //! The same if it moved.
    [[nodiscard]] Result<void> refresh();

    //! The log after a position, as far as it was taken in; the newest rows come from memory and are shared between sessions.
    [[nodiscard]] Result<std::vector<SharedRow>> tail(uint64_t after, size_t limit);
    //! Position up to which the log was taken in.
    [[nodiscard]] uint64_t position() const;
    //! Position up to which the follow-ups are done.
    [[nodiscard]] uint64_t followed() const;
    //! Moves whenever something was erased: what others keep of the log's events in memory must go.
    [[nodiscard]] uint64_t erasures() const;
    void watch(CommitWatch* watch); //!< null: nobody
    //! Keeps a mark; durable with the next group or followUp().
    void mark(MarkRow row);

    //! The right at this moment: "dir" and the own access stream for everybody; otherwise what the access stream grants.
    [[nodiscard]] Result<bool> mayRead(const std::string& person, const std::string& stream);
    //! The same for one thing asked for by name: before it is denied, what other hubs granted up to now is taken in.
    [[nodiscard]] Result<bool> mayReadNow(const std::string& person, const std::string& stream);
    //! Calls `each` with everybody who may have the right to read this stream, others certainly have not. False, without a call: that may be anybody.
    bool eachReader(const std::string& stream, const std::function<void(const std::string&)>& each) const;
    //! The streams that the last events of the person's access stream grant, the newest first, read from its end: it may be long, and need not be in memory.
    //! `version`: its version then; the answer is true as long as that is its head.
    struct Newest {
        std::vector<std::string> streams;
        uint64_t version = 0;
    };
    [[nodiscard]] Result<Newest> newestGrants(const std::string& person, size_t most);
    //! Nothing if the device is in force; else why not.
    [[nodiscard]] std::optional<wire::Closed::Why> refused(const Caller& caller) const;
    [[nodiscard]] const directory::Directory& directory() const;
    [[nodiscard]] const Config& config() const;
    [[nodiscard]] EventLog& log();
    //! The directory in signed frames (wire::Page), as it stood at most `behind` events ago.
    [[nodiscard]] std::shared_ptr<const DirectoryPages> directoryPages(uint64_t behind);
    [[nodiscard]] wire::HubTime time() const; //!< signed now; never goes back
    [[nodiscard]] wire::Checkpoint checkpoint() const;
    [[nodiscard]] const Bytes& publicKey() const;
    [[nodiscard]] const Clock& clock() const;
    [[nodiscard]] const rules::Catalogue& catalogue() const;

private:
    class Impl;
    std::unique_ptr<Impl> m;
};

struct SessionLimits {
    double commandsPerSecond = 2000;  //!< beyond it, after `burst`, take() is Busy; offers are not counted
    double burst = 5000;
    size_t reads = 4096;              //!< outstanding
    size_t frameBytes = 64u << 10;    //!< events of one frame, unless one alone is longer
    Millis timeEvery = 30'000;        //!< signed HubTime
    Millis checkpointEvery = 600'000;
    uint64_t eventsOfDirectory = 1000; //!< a desk that misses more of them is given the directory in pages
    Millis positionEvery = 0;         //!< least time between Positions that tell of nothing but skipped rows
};

//! One desk's line, as frames in and frames out. Used by the server (one for each Sync call) and by the simulation.
class Session {
public:
    Session(Core& core, Caller caller, SessionLimits limits = {});
    ~Session();

    //! Takes a frame. Commands are put into `doors` for the next group; everything else is answered through pump().
    //! Err::Invalid: a frame out of order or malformed: close the line. Err::Busy: nothing was taken, the limits ask to wait; the same frame again later,
    //! and none that came after it before.
    //! \param checkedUnder  see Door: several threads may check signatures, only one decides
    [[nodiscard]] Result<void> take(const wire::DeskFrame& frame, std::vector<Core::Door>& doors, const Bytes& checkedUnder = {});
    //! The answer to a command this session handed in; in the order of the doors. When submit() failed there is no answer: drop the line.
    void answer(Core::Answer answer);
    //! Appends the next frames for the desk to `out` until about `budget` bytes: receipts first, then the feed, then answers to reads. Every read checks the
    //! right. Returns true if there is more at once.
    [[nodiscard]] Result<bool> pump(std::vector<wire::HubFrame>& out, size_t budget);
    [[nodiscard]] size_t unanswered() const; //!< doors handed in and not answered: a server stops reading above some number
    [[nodiscard]] std::optional<uint64_t> fed() const; //!< position up to which the feed went; nothing before it begins
    [[nodiscard]] bool due() const; //!< the feed has something to look at
    [[nodiscard]] bool closing() const; //!< a Closed frame was given out
    void shutDown();                    //!< next pump says Closed(SHUTDOWN)
    [[nodiscard]] const Caller& caller() const;

private:
    friend class Spread;
    class Impl;
    std::unique_ptr<Impl> m;
};

//! Hands what is new in the log to the sessions it may concern: of what is not its person's a line hears nothing and costs nothing. One for all sessions of a
//! Core, on their thread, which it does not outlive. The right itself is asked when an event goes out.
class Spread {
public:
    explicit Spread(Core& core);
    void add(Session& session);
    void remove(Session& session); //!< before it ends
    //! Before sessions are pumped. What it does not hand over (much at once, a session that is behind) the session reads from the log itself.
    void spread();

private:
    Core& m_core;
    uint64_t m_to;
    std::unordered_map<std::string, std::vector<Session*>> m_of; //!< by person
};

} // namespace zt::hub
