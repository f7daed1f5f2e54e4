#pragma once

#include "zt/base/bytes.h"
#include "zt/base/clock.h"
#include "zt/base/result.h"
#include "zt/process/calendar.h"
#include "zt/process/definition.h"

#include <optional>
#include <string>
#include <vector>

//! Runs processes: decide(definition, state, command, context) -> events; evolve(state, event). Pure; any thread; a State belongs to
//! one at a time. Same definition and events, same state, byte for byte, on any machine.
namespace zt::process {

using Id = uint32_t; //!< of an item: 1 is the process itself; never used twice within a matter
constexpr Id kRoot = 1;

//! Before, After: members that somebody added before or after himself; they are heard, but do not count for the set's condition.
enum class Form : uint8_t { Single, Set, Member, Before, After };
[[nodiscard]] inline bool isMember(Form f) { return f >= Form::Member; }
enum class Phase : uint8_t {
    Open,      //!< acts or waits for an event
    Waiting,   //!< a member whose turn has not come
    Done,      //!< a member that completed; stays until its set closes, and may be opened again
    Cancelled, //!< a member taken out
};

//! A place where something is going on: an activity, one of its instances (a slot), an event that waits, a sub-process.
struct Item {
    Id id = 0, parent = 0;     //!< parent: the sub-process or set it is in; 0 for the process
    uint32_t node = kNone;     //!< kNone for the process
    Form form = Form::Single;
    Phase phase = Phase::Open;
    uint32_t index = 0;        //!< a member's place, from 1 (loopCounter)
    uint32_t back = kNone;     //!< when it completes the token goes there instead of along its flows
    std::string key;           //!< whom or what it is for: a person, an element of a collection
    std::string choice;        //!< a done member's
};
struct Token {
    uint32_t flow = kNone;
    Id parent = 0;
    uint32_t count = 0;
};
//! `item` opens only when `after` is done or gone.
struct Order {
    Id item = 0, after = 0;
};
struct Timer {
    Id item = 0;
    uint32_t node = kNone;
    Millis since = 0, due = 0;
    uint32_t left = 1; //!< firings left; kNone: no end
    bool working = false;
    std::string text; //!< date, duration or cycle as it was found when the timer was armed
};
struct Subscription {
    Id item = 0;
    uint32_t node = kNone;
    std::string name, key;
};
struct Datum {
    Id scope = 0;
    std::string name;
    feel::Value value;
};

enum class Life : uint8_t { New, Running, Completed, Terminated, Failed, Cancelled };

struct State {
    Life life = Life::New;
    bool frozen = false;      //!< met an event of a later build: read only from there on
    std::string definition;   //!< id and version
    std::string version;
    std::string key;          //!< the matter's own correlation key
    Id next = kRoot;
    std::vector<Item> items;  //!< by id
    std::vector<Token> tokens;
    std::vector<Order> orders;
    std::vector<Timer> timers;
    std::vector<Subscription> subscriptions;
    std::vector<Datum> data;
    std::vector<uint32_t> visited; //!< nodes, sorted

    [[nodiscard]] const Item* item(Id id) const;
    [[nodiscard]] bool hasVisited(uint32_t node) const;
    [[nodiscard]] bool running() const { return life == Life::Running; }
    //! The earliest due instant of all timers; nothing if none is armed.
    [[nodiscard]] std::optional<Millis> nextDue() const;
};

//! The vocabulary of the record. Numbers are written down: never reuse one; add at the end.
enum class EventKind : uint8_t {
    Started = 1,   //!< name: definition, version: text, key
    Ended = 2,     //!< n: Life; name: error code
    Put = 3,       //!< a token on flow in parent
    Taken = 4,     //!< a token off flow
    Passed = 5,    //!< node did its work in an instant; took a token off `flow` if there is one
    Opened = 6,    //!< item at node in parent; took a token off `flow` if there is one; form, phase in n; index, key
    Closed = 7,    //!< item; n: Close; name: choice
    Turned = 8,    //!< item is now in phase n
    Ordered = 9,   //!< item waits for `parent`; n = 0: no more
    Armed = 10,    //!< timer of item at node: since, due, text, n firings left; index 1: working time
    Disarmed = 11,
    Subscribed = 12, //!< item at node waits for message `name` with `key`
    Unsubscribed = 13,
    Data = 14,     //!< name = value in scope `item`
    Sent = 15,     //!< node sends message `name` with `key` and value: the hub carries it to the matters that wait
    Raised = 16,   //!< error or escalation `name` at node; n: 1 if somebody catches it
    Assigned = 17, //!< item is now for `key`
    Gathered = 18, //!< item becomes the first member of a new set `parent` in its place
    Marked = 19,   //!< item goes to `node` when it completes
    Moved = 20,    //!< by an authorised act the token went from item to node; name: why. History only
    Migrated = 21, //!< text: new version; list: old node, new node, …, kNone, old flow, new flow, …
    Decided = 22,  //!< decision `name` gave value for node. History only
};
enum class Close : uint8_t { Completed, Cancelled, Returned, Failed };

struct Event {
    EventKind kind = EventKind::Started;
    Form form = Form::Single;
    uint32_t node = kNone, flow = kNone;
    Id item = 0, parent = 0;
    uint32_t n = 0, index = 0;
    Millis since = 0, due = 0;
    std::string name, key, text;
    feel::Value value;
    std::vector<uint32_t> list;
};

//! Folds one event. Total: an event that does not fit the state changes nothing; one of an unknown kind freezes the state.
void evolve(State& state, const Event& event);
//! Folds saved events; bytes that are none freeze the state.
void evolve(State& state, BytesView events);

[[nodiscard]] Bytes save(const State& state);
[[nodiscard]] Bytes save(const Event& event);
[[nodiscard]] Bytes save(const std::vector<Event>& events); //!< one after the other
//! Err::Corrupt for bytes that are none; Err::TooNew for a later build's.
[[nodiscard]] Result<State> loadState(BytesView bytes);
[[nodiscard]] Result<Event> loadEvent(BytesView bytes);
[[nodiscard]] Result<std::vector<Event>> loadEvents(BytesView bytes); //!< as save() put them one after the other

enum class Place : uint8_t { Before, After, Beside };

//! A person's, worker's or clock's act. Who may do it is not decided here.
struct Command {
    enum class Kind : uint8_t {
        Start,     //!< node: start event (kNone: the plain one); key: the matter's correlation key; data
        Complete,  //!< item; choice; data
        Fail,      //!< item fails with error `name`; data
        Escalate,  //!< item raises escalation `name` and goes on
        Fire,      //!< the timer of (item, node) is due
        Deliver,   //!< message `name` with `key`; item: a certain one that waits, or 0; data
        Write,     //!< data in the scope of item (0: the process)
        // Moves by an authorised act:
        Jump,      //!< item's token goes to node, visited before unless `force`; keys: for whom; back: returns straight here when done
        Recreate,  //!< a set is cancelled and made again for `keys` (empty: for the same)
        Add,       //!< `keys` join item's set `place`d to it; a single activity becomes a set first
        Remove,    //!< a member that has not acted leaves; never the last
        Reopen,    //!< a member that is done acts again, while its set is open
        Assign,    //!< item is for `keys[0]` from now on
        Retime,    //!< the calendar is another one: every running timer is due as it says now
        Cancel,    //!< the whole matter ends
    };
    Kind kind = Kind::Start;
    Id item = 0;
    uint32_t node = kNone;
    Place place = Place::Beside;
    bool back = false, force = false;
    std::string name, key, choice;
    std::vector<std::string> keys;
    std::vector<std::pair<std::string, feel::Value>> data;
};

//! What an expression is wanted for.
enum class Ask : uint8_t { Condition, Collection, Cardinality, Completion, Person, Time, Key, Mapping };

//! Port: what the engine asks instead of knowing. The plain one evaluates FEEL and knows no decisions.
class Rules {
public:
    virtual ~Rules() = default;
    //! True if it answers even where the text is no expression that can be read (a simulation does).
    [[nodiscard]] virtual bool readsAll() const { return false; }
    //! Null where the expression gives none; the engine says what it makes of that.
    [[nodiscard]] virtual feel::Value evaluate(const Expr& expr, const feel::Scope& scope, Millis now, Ask ask) const;
    //! The result of a decision on the data in scope. Err::NotFound: no such decision.
    [[nodiscard]] virtual Result<feel::Value> decide(const std::string& decision, const feel::Scope& scope, Millis now) const;
};

struct Context {
    Millis now = 0;
    const Calendar* calendar = nullptr; //!< null: every hour counts
    const Rules* rules = nullptr;       //!< null: the plain one
};

//! What a command leads to. Err::Conflict: the thing is not (any more) in a state for that; Err::NotFound: no such item or node;
//! Err::Invalid: the definition gives no answer (no flow can be taken, an expression fails), naming the element;
//! Err::Unsupported: reached an element that is not executed. Nothing has happened then.
[[nodiscard]] Result<std::vector<Event>> decide(const Definition& definition, const State& state, const Command& command, const Context& context);
//! The same, and leaves the state after the events in `state` when it succeeds: for whoever holds the state anyway.
[[nodiscard]] Result<std::vector<Event>> advance(const Definition& definition, State& state, const Command& command, const Context& context);

//! True if nothing can happen any more although the matter is not at its end: tokens wait for others that cannot come.
[[nodiscard]] bool stuck(const State& state);
//! Items a person or worker can complete now: open activities that are no sub-processes, sets or receivers.
[[nodiscard]] std::vector<Id> actionable(const Definition& definition, const State& state);
//! Nodes a Jump of this item may go to without force, in the order of the definition.
[[nodiscard]] std::vector<uint32_t> jumpTargets(const Definition& definition, const State& state, Id item);

} // namespace zt::process
