#pragma once

#include "zt/process/engine.h"

#include <deque>

//! One command's work: every step is an event, folded into `state` at once, so that decide and evolve cannot disagree.
namespace zt::process {

//! Longest consequence of one command; beyond it the definition runs in a circle without ever waiting.
constexpr size_t kMaxEvents = 50'000;

//! What names mean for an item: its own data, those of the scopes around it, the counts of its set.
class DataScope final : public feel::Scope {
public:
    DataScope(const Definition& definition, const State& state, Id item) : m_definition(definition), m_state(state), m_item(item) {}
    const feel::Value* find(std::string_view name) const override;

private:
    const feel::Value* keep(feel::Value v) const { return &m_keep.emplace_back(std::move(v)); }
    const feel::Value* ofSet(const Item& set, std::string_view name) const;
    const Definition& m_definition;
    const State& m_state;
    Id m_item;
    mutable std::deque<feel::Value> m_keep;
};

//! Members of a set by what they are.
struct Tally {
    uint32_t all = 0, active = 0, done = 0, cancelled = 0; //!< counted members
    uint32_t pending = 0;   //!< of all forms: open or waiting
    uint32_t afterOpen = 0; //!< added behind somebody who has acted
};
[[nodiscard]] Tally tally(const State& state, Id set);

class Run {
public:
    Run(const Definition& definition, State before, const Context& context);
    Result<void> execute(const Command& c);
    //! Arms events that a new version has in addition, then lets everything come to rest.
    Result<void> adopt(const std::vector<std::pair<Id, uint32_t>>& events);

    State state;
    std::vector<Event> events;

private:
    using Keys = std::vector<std::string>;
    void emit(Event e);
    [[nodiscard]] const Node& node(uint32_t n) const { return m_d.nodes[n]; }
    [[nodiscard]] std::string named(uint32_t n) const;
    [[nodiscard]] Error invalid(uint32_t n, const std::string& what) const;
    [[nodiscard]] bool over() const { return state.life != Life::Running; }
    [[nodiscard]] uint32_t scopeOf(const Item& i) const { return i.node == kNone ? 0 : node(i.node).inner; }
    [[nodiscard]] std::vector<Id> children(Id parent) const;
    [[nodiscard]] const Item& at(Id id) const;
    //! Where an item's token belongs: for one that returns straight, the node it returns to.
    [[nodiscard]] static uint32_t home(const Item& i) { return i.back == kNone ? i.node : i.back; }
    [[nodiscard]] std::vector<uint32_t> boundaryOf(Id item) const;
    void mark(Id item);

    // run_flow.cpp: tokens and gateways
    void put(uint32_t flow, Id parent);
    void touch(Id parent);
    Result<void> settle();
    Result<void> arrive(uint32_t flow, Id parent);
    Result<void> enter(uint32_t n, Id parent, uint32_t flow, const Keys& keys = {});
    Result<void> leave(uint32_t n, Id parent);
    Result<void> route(uint32_t n, Id parent);
    Result<void> joinParallel(uint32_t n, uint32_t flow, Id parent);
    Result<bool> joinInclusive();
    [[nodiscard]] bool inclusiveReady(uint32_t gateway, Id parent) const;
    [[nodiscard]] bool hasToken(uint32_t flow, Id parent) const;
    Result<bool> holds(uint32_t flow, Id parent);
    Result<void> checkScope(Id parent);
    Result<void> passEnd(uint32_t n, Id parent, uint32_t flow);
    Result<void> passThrow(uint32_t n, Id parent, uint32_t flow);

    // run_activity.cpp: activities and sets
    Result<Id> open(uint32_t n, Id parent, uint32_t flow, const Keys& keys);
    Result<Id> openSet(uint32_t n, Id parent, uint32_t flow, const Keys& keys);
    Result<void> begin(Id item);
    Result<void> beginScope(Id item);
    Result<void> decideRule(Id item);
    Result<void> complete(Id item, const std::string& choice, Close how = Close::Completed);
    Result<void> memberDone(Id set, std::vector<Id> waiting);
    Result<void> release(const std::vector<Id>& waiting);
    Result<bool> finished(Id set);
    Result<void> closeSet(Id set);
    Result<void> goOn(const Item& done);
    void cancel(Id item, Close how = Close::Cancelled);
    void clearScope(Id parent, Id except = 0);
    [[nodiscard]] std::vector<Id> waitingFor(Id item) const;
    Result<std::string> keyOf(uint32_t n, Id item);
    Result<void> callIn(Id item);
    Result<void> callOut(const Item& call);

    // run_event.cpp: clocks, messages, errors
    Result<void> arm(Id item, uint32_t n);
    Result<void> armAll(Id item, const std::vector<uint32_t>& events);
    Result<Millis> dueBy(uint32_t n, const std::string& text, Millis from, bool working, uint32_t& left) const;
    Result<Event> armed(Id item, uint32_t n, Millis since);
    Result<void> subscribe(Id item, uint32_t n);
    Result<void> fire(Id item, uint32_t n);
    Result<void> triggered(Id item, uint32_t n);
    Result<void> startEventSub(Id scope, uint32_t start);
    Result<void> throwError(Id from, uint32_t n, const std::string& code, bool itself);
    Result<bool> escalate(Id from, uint32_t n, const std::string& code, bool itself);
    struct Catcher {
        Id host = 0;
        uint32_t node = kNone;
    };
    [[nodiscard]] Catcher catcher(Id from, Trigger trigger, const std::string& code, bool itself) const;
    Result<void> send(uint32_t n, Id item);
    void end(Life how, const std::string& code);
    Result<void> deliver(const Command& c);
    Result<void> retime();

    // run_move.cpp: token moves by an authorised act
    Result<void> jump(const Command& c);
    Result<void> withdraw(Id mover, Id parent, uint32_t from, uint32_t to);
    //! Where a token enters branches of a parallel split from outside, those beside them have what their join waits for.
    void countBesideAsDone(Id parent, const std::vector<std::vector<uint32_t>>& branches, const std::vector<uint32_t>& entered);
    [[nodiscard]] Result<void> sidePath(uint32_t edge) const;
    Result<void> descend(Id parent, uint32_t to, const Keys& keys);
    Result<void> recreate(const Command& c);
    Result<void> add(const Command& c);
    Result<void> addOne(Id item, Place place, const std::string& key);
    Result<void> remove(Id item);
    Result<void> reopen(Id item);

    // run.cpp: data and expressions
    Result<feel::Value> evaluate(const Expr& e, Id item, uint32_t n, Ask ask);
    Result<void> write(Id item, const std::vector<std::pair<std::string, feel::Value>>& data);
    void writeOne(Id item, const std::string& name, const feel::Value& value);
    [[nodiscard]] Id homeOf(Id item, const std::string& name) const;
    Result<void> start(const Command& c);
    Result<const Item*> live(Id id) const;
    void order(Id item, Id after, bool on);

    const Definition& m_d;
    const Context& m_c;
    const Rules& m_rules;
    std::vector<std::pair<uint32_t, Id>> m_queue;
    size_t m_head = 0;
    std::vector<Id> m_touched;
    bool m_orJoins = false;
    uint32_t m_back = kNone; //!< what opens next returns straight to there
};

//! Parallel branches: for every node the edges of splits that lie on each way to it. An edge is a flow, or flows.size() + a
//! non-interrupting boundary event.
[[nodiscard]] std::vector<std::vector<uint32_t>> branchesOf(const Definition& d, uint32_t scope);

} // namespace zt::process
