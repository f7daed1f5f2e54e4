#pragma once

#include "record.pb.h"
#include "zt/base/bytes.h"
#include "zt/base/clock.h"
#include "zt/base/result.h"
#include "zt/process/calendar.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

//! The one idea: the same pure functions at the desk and at the hub.
//!
//!     command --decide(state, command, context)--> facts | refusal
//!     facts   --evolve(state, event)-------------> state
//!     event   --react(state, event)--------------> the hub's own commands (follow-ups)
//!
//! Everything here is pure: no clock, no I/O, no randomness; same arguments, same answer, on any machine. Any thread; a State is used by
//! one thread at a time.
namespace zt::rules {

struct Process; // zt/rules/process.h

struct Person {
    std::string id, name;
    bool suspended = false;
};
struct Post {
    std::string person, unit, title;
    bool head = false, clerk = false;
    uint32_t order = 0;
};
struct Unit {
    std::string id, name, shortName, parent, code;
    bool retired = false;
    uint32_t order = 0;
};
struct Mandate {
    std::string id, principal, deputy;
    std::vector<std::string> scopes; //!< empty: all
    Millis from = 0, to = 0;
    Millis ended = 0;                //!< 0: not ended early
    bool forCause = false;
};

//! The interval an act lies in: [newest signed hub time inside the command, arrival at the hub]. The latter is also when it is decided, and the time of the
//! event it makes.
struct Interval {
    Millis from = 0, to = 0;
};

//! What decide may look up besides the state. Implemented by the directory's state; a test may answer by hand.
class Context {
public:
    virtual ~Context() = default;
    [[nodiscard]] virtual std::optional<Person> person(const std::string& id) const = 0;
    [[nodiscard]] virtual std::optional<Unit> unit(const std::string& id) const = 0;
    //! In rank order.
    [[nodiscard]] virtual std::vector<Post> postsOf(const std::string& person) const = 0;
    [[nodiscard]] virtual std::vector<Post> postsIn(const std::string& unit) const = 0;
    [[nodiscard]] virtual std::vector<Post> postsTitled(const std::string& title, const std::string& unit) const = 0;
    //! When this person last ceased to hold this post; nothing if he holds it or never did.
    [[nodiscard]] virtual std::optional<Millis> postEnded(const std::string& person, const std::string& unit, const std::string& title) const = 0;
    [[nodiscard]] virtual std::optional<Mandate> mandate(const std::string& id) const = 0;
    //! Given by this person and not ended.
    [[nodiscard]] virtual std::vector<Mandate> mandatesFor(const std::string& principal) const = 0;
    //! What was last published under this id.
    [[nodiscard]] virtual const Process* process(const std::string& id) const = 0;
    //! By the hash that a matter wrote down when it began, whatever was published since.
    [[nodiscard]] virtual const Process* processOf(const Bytes& hash) const = 0;
    //! Working time in the province, as an administrator published it last. Deadlines are asked of it anew each time, so an outage declared afterwards
    //! extends those that run.
    [[nodiscard]] virtual const process::Calendar& calendar() const = 0;
    [[nodiscard]] virtual Bytes calendarHash() const = 0; //!< wire::calendarHash of it
    //! Admin role of a key holder; ROLE_NONE for everybody else.
    [[nodiscard]] virtual wire::Role role(const std::string& admin) const = 0;
    //! True if something of this stream was erased: nobody decides on it any more, whatever comes back after a restore.
    [[nodiscard]] virtual bool erased(const std::string& stream) const = 0;
    //! Level an administrator has raised the province to.
    [[nodiscard]] virtual uint32_t level() const = 0;
};

//! What surrounds one decision besides the look-ups.
struct Moment {
    Interval act;          //!< bounds of the act's time; at the desk [newest hub time, its own clock, not before that]
    bool predicting = false; //!< at the desk: the answer is shown as pending
};

//! What decide says. `facts` is non-empty exactly for APPLIED and APPLIED_LATE.
struct Decision {
    wire::Outcome outcome = wire::OUTCOME_UNKNOWN;
    wire::Reason reason = wire::REASON_NONE;
    std::vector<wire::Fact> facts;
    std::string byName, byPost; //!< who superseded it
    Millis byTime = 0;

    [[nodiscard]] bool applies() const { return outcome == wire::APPLIED || outcome == wire::APPLIED_LATE; }
    static Decision refuse(wire::Outcome outcome, wire::Reason reason) { return {outcome, reason, {}, {}, {}, 0}; }
    static Decision apply(std::vector<wire::Fact> facts) { return {wire::APPLIED, wire::REASON_NONE, std::move(facts), {}, {}, 0}; }
};

//! The fold of a stream. `version` and `head` are those of the last event folded. A state meets an event it cannot understand (a higher
//! level, an unknown kind of fact) by freezing: it stays as it was before that event, and nobody decides on it.
struct State {
    virtual ~State() = default;
    [[nodiscard]] virtual std::unique_ptr<State> clone() const = 0;
    std::string stream;
    uint64_t version = 0;
    Bytes head;
    bool frozen = false;
    bool erased = false; //!< an event of it was erased: what it said is missing here, and nobody decides on what is left
};

//! Since when a stream is done with, and what kind it was of as a retention rule speaks of it.
struct Finished {
    Millis since = 0;
    std::string kind;
};

//! A command of the hub's own that follows from an event. Its id is wire::followUpId(event hash, place in the list).
struct FollowUp {
    std::string stream;        //!< where it goes; or, if empty,
    std::string everyMatterOf; //!< to every matter this person may read (the hub expands it from the access stream); or
    bool everyClock = false;   //!< to every stream of which a follow-up waits for its time
    wire::Command body;        //!< only the body is looked at
    Millis notBefore = 0;      //!< 0: at once. Later ones the hub keeps in its timetable
};

//! Header of an event while it is folded: facts hold no times, so that a prediction and the record differ in nothing else.
struct Header {
    Millis time = 0;
    uint64_t version = 0;
    Bytes hash; //!< of the event; empty while predicting
};

//! Whatever was published, by its hash; null for what is not known.
struct Archive {
    std::function<const Process*(const Bytes& hash)> process;
    std::function<const process::Calendar*(const Bytes& hash)> calendar;
};

//! The rules of one kind of stream. Stateless; one object for the process.
class Kind {
public:
    virtual ~Kind() = default;
    [[nodiscard]] virtual std::unique_ptr<State> empty(const std::string& stream) const = 0;
    [[nodiscard]] virtual Decision decide(const State& state, const wire::Command& command, const Context& context, const Moment& moment) const = 0;
    virtual void evolve(State& state, const wire::Fact& fact, const Header& header) const = 0;
    //! `state` is the one after the event.
    [[nodiscard]] virtual std::vector<FollowUp> react(const State& state, const std::vector<wire::Fact>& facts, const Header& header) const;
    //! False if one event of this time with these facts can never come after `before`, whatever the directory said: what is checked in a record afterwards.
    [[nodiscard]] virtual bool follows(const State& before, const std::vector<wire::Fact>& facts, Millis time, const Archive& archive) const;
    //! Set once nothing more is to come: only then may a stream be erased. Kinds that are never erased say nothing.
    [[nodiscard]] virtual std::optional<Finished> finished(const State&) const { return std::nullopt; }
    //! Calls `each` with everybody whom this stream ever made its reader: nothing grants it to anybody else. False, without a call, from kinds that do not keep it.
    virtual bool eachReader(const State&, const std::function<void(const std::string&)>& /*each*/) const { return false; }
    //! True if the state is a thing only the hub may write to (registers, access): persons' commands are refused before decide, nobody is granted it.
    [[nodiscard]] virtual bool hubOnly() const { return false; }
};

//! All kinds of stream of this build, by the part of the stream's name before the first '/'.
class Catalogue {
public:
    virtual ~Catalogue() = default;
    //! Null for a name of no known kind.
    [[nodiscard]] virtual const Kind* kind(std::string_view stream) const = 0;
};

//! Folds one event into `state`: checks nothing of the chain (wire::follows does), freezes on what it does not understand.
//! Err::Corrupt when the body does not parse; NotFound when erased (the version still advances).
Result<void> fold(const Kind& kind, State& state, const wire::Event& event);
//! The same for who has opened the body (wire::openBody) and hashed the event already.
Result<void> fold(const Kind& kind, State& state, const wire::Event& event, const Result<wire::Body>& body, const Bytes& hash);
//! Folds predicted facts; `state.version` advances by one, head becomes empty.
void foldPredicted(const Kind& kind, State& state, const std::vector<wire::Fact>& facts, Millis time);

//! The checks that come before any kind's decide: level, frozen state, `after` settled well, hub-only streams.
//! \param afterApplied  what became of the command named by `after`: nothing if none was named, else whether it applied
[[nodiscard]] Decision decide(const Kind& kind, const State& state, const wire::Command& command, const Context& context,
                              const Moment& moment, std::optional<bool> afterApplied);

//! Who acts: the actor as it is written into facts, through the mandate if one is named. Refusals: NOT_PERMITTED with REASON_NO_ACTOR,
//! REASON_SUSPENDED, REASON_MANDATE_ENDED or REASON_MANDATE_SCOPE. `unproven` is set when a right ended inside the interval.
struct ActorAnswer {
    std::optional<wire::Actor> actor;
    wire::Reason refused = wire::REASON_NONE;
    bool unproven = false;
    std::string rightsOf; //!< person whose slots count: the principal under a mandate, else the person
};
[[nodiscard]] ActorAnswer actorFor(const Context& context, const Interval& act, const std::string& person, const std::string& mandate,
                                   const std::string& scope);

} // namespace zt::rules
