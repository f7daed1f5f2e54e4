#include "zt/process/simulate.h"

#include <algorithm>

namespace zt::process {

namespace {

//! SplitMix64: the same numbers on every machine.
struct Dice {
    uint64_t state;
    uint64_t next()
    {
        uint64_t z = state += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }
    size_t below(size_t n) { return n ? size_t(next() % n) : 0; }
    bool chance(unsigned percent) { return next() % 100 < percent; }
};

const char* const kPeople[] = {"张伟", "王芳", "李娜", "刘强", "陈静", "杨洋", "赵磊", "黄敏"};

class RandomRules final : public Rules {
public:
    explicit RandomRules(Dice& dice) : m_dice(dice) {}
    bool readsAll() const override { return true; }
    feel::Value evaluate(const Expr& expr, const feel::Scope& scope, Millis now, Ask ask) const override
    {
        using feel::Value;
        const Value v = Rules::evaluate(expr, scope, now, ask);
        switch (ask) {
        case Ask::Condition:
        case Ask::Completion: return v.is(feel::Kind::Boolean) ? v : Value::boolean(m_dice.chance(50));
        case Ask::Collection: {
            if (v.is(feel::Kind::List) && !v.asList().empty()) return v;
            std::vector<Value> people;
            const size_t first = m_dice.below(std::size(kPeople)), n = 1 + m_dice.below(4);
            for (size_t i = 0; i < n; ++i) people.push_back(Value::string(kPeople[(first + i) % std::size(kPeople)]));
            return Value::list(std::move(people));
        }
        case Ask::Cardinality: return v.is(feel::Kind::Number) ? v : Value::number(int64_t(1 + m_dice.below(3)));
        case Ask::Person: return v.isNull() ? Value::string(kPeople[m_dice.below(std::size(kPeople))]) : v;
        case Ask::Time: return v.isNull() ? Value::string("PT8H") : v;
        case Ask::Key: return v.isNull() ? Value::string("1") : v;
        case Ask::Mapping: return v;
        }
        return v;
    }
    Result<feel::Value> decide(const std::string&, const feel::Scope&, Millis) const override { return feel::Value(); }

private:
    Dice& m_dice;
};

std::string shown(const Node& n) { return n.name.empty() ? n.id : n.name + " [" + n.id + "]"; }

class Simulation {
public:
    Simulation(const Definition& d, const SimulateOptions& o) : m_d(d), m_o(o), m_dice{o.seed}, m_rules(m_dice), m_now(o.start) {}
    Simulated run();

private:
    bool act(const Command& c, const std::string& words);
    bool step();
    bool complete(Id item);
    bool fire();
    bool deliver();
    bool move(Id item);
    void begin();

    const Definition& m_d;
    const SimulateOptions& m_o;
    Dice m_dice;
    RandomRules m_rules;
    Millis m_now;
    Simulated m_out;
};

bool Simulation::act(const Command& c, const std::string& words)
{
    const Context context{m_now, m_o.calendar, &m_rules};
    // A gateway without a default may find nothing true by chance: people would then say something else.
    for (int attempt = 0; attempt < 20; ++attempt) {
        auto events = advance(m_d, m_out.state, c, context);
        if (!events) {
            m_out.problem = events.error().detail;
            if (events.error().kind != Err::Invalid) return false;
            continue;
        }
        m_out.problem.clear();
        m_out.lines.push_back(instantText(m_now) + "  " + words);
        for (Event& e : *events) {
            if (const auto text = describe(m_d, e); !text.empty()) m_out.lines.push_back("    " + text);
            m_out.events.push_back(std::move(e));
        }
        return true;
    }
    return false;
}

bool Simulation::complete(Id id)
{
    const Item& i = *m_out.state.item(id);
    Command c;
    c.kind = Command::Kind::Complete;
    c.item = id;
    c.choice = m_dice.chance(80) ? "agree" : "disagree";
    const std::string who = i.key.empty() ? "somebody" : i.key;
    const Node& n = m_d.nodes[i.node];
    const bool worker = n.kind == NodeKind::ServiceTask || n.kind == NodeKind::CallActivity || n.kind == NodeKind::BusinessRuleTask;
    return act(c, worker ? "the answer comes for " + shown(n) : who + " does " + shown(n) + ": " + c.choice);
}

bool Simulation::fire()
{
    const auto due = m_out.state.nextDue();
    if (!due) return false;
    m_now = std::max(m_now, *due);
    const auto t = std::find_if(m_out.state.timers.begin(), m_out.state.timers.end(), [&](const Timer& x) { return x.due == *due; });
    Command c;
    c.kind = Command::Kind::Fire;
    c.item = t->item;
    c.node = t->node;
    return act(c, "the time of " + shown(m_d.nodes[t->node]) + " has come");
}

bool Simulation::deliver()
{
    if (m_out.state.subscriptions.empty()) return false;
    const Subscription s = m_out.state.subscriptions[m_dice.below(m_out.state.subscriptions.size())];
    Command c;
    c.kind = Command::Kind::Deliver;
    c.name = s.name;
    c.item = s.item;
    c.key = s.key;
    return act(c, "message " + (s.name.empty() ? "without name" : s.name) + " arrives for " + shown(m_d.nodes[s.node]));
}

//! What people do to running work. Refusals are part of the game.
bool Simulation::move(Id id)
{
    const Item i = *m_out.state.item(id);
    Command c;
    c.item = id;
    switch (m_dice.below(4)) {
    case 0: {
        const auto targets = jumpTargets(m_d, m_out.state, id);
        if (targets.empty()) return false;
        c.kind = Command::Kind::Jump;
        c.node = targets[m_dice.below(targets.size())];
        c.back = m_dice.chance(30);
        return act(c, "sent back from " + shown(m_d.nodes[i.node]) + " to " + shown(m_d.nodes[c.node]) + (c.back ? ", to return straight" : ""));
    }
    case 1:
        c.kind = Command::Kind::Add;
        c.place = Place(m_dice.below(3));
        c.keys = {kPeople[m_dice.below(std::size(kPeople))]};
        return act(c, c.keys[0] + " is asked as well at " + shown(m_d.nodes[i.node]));
    case 2: c.kind = Command::Kind::Remove; return act(c, (i.key.empty() ? "somebody" : i.key) + " is taken out of " + shown(m_d.nodes[i.node]));
    default: c.kind = Command::Kind::Recreate; return act(c, shown(m_d.nodes[i.node]) + " begins anew");
    }
}

bool Simulation::step()
{
    const auto open = actionable(m_d, m_out.state);
    const size_t chance = m_dice.below(100);
    if (!open.empty() && m_o.moves && chance < 15 && move(open[m_dice.below(open.size())])) return true;
    if (m_out.state.nextDue() && (open.empty() || chance > 92) && fire()) return true;
    if (!m_out.state.subscriptions.empty() && (open.empty() || chance > 80) && deliver()) return true;
    const Millis next = m_now + Millis(1 + m_dice.below(240)) * 60'000;
    // A clock that runs out before anybody acts fires, but for those that go on for ever: they would leave nobody a turn.
    const auto& timers = m_out.state.timers;
    const auto first = std::min_element(timers.begin(), timers.end(), [](const Timer& a, const Timer& b) { return a.due < b.due; });
    if (first != timers.end() && first->left == 1 && first->due <= next && fire()) return true;
    m_now = next;
    if (!open.empty()) {
        // Somebody else may get on where this one finds no way.
        const size_t first = m_dice.below(open.size());
        for (size_t k = 0; k < open.size(); ++k)
            if (complete(open[(first + k) % open.size()])) return true;
    }
    return fire() || deliver();
}

void Simulation::begin()
{
    Command c;
    c.key = "1";
    if (m_d.scopes[0].starts.empty())
        for (uint32_t n : m_d.scopes[0].nodes)
            if (c.node == kNone && m_d.nodes[n].kind == NodeKind::StartEvent && m_d.nodes[n].executed) c.node = n;
    if (!act(c, "begins")) m_out.end = Simulated::End::Refused;
}

Simulated Simulation::run()
{
    begin();
    for (size_t i = 0; m_out.state.running() && i < m_o.steps; ++i) {
        if (stuck(m_out.state)) {
            m_out.end = Simulated::End::Stuck;
            for (const Token& t : m_out.state.tokens) m_out.problem += (m_out.problem.empty() ? "waits for ever: " : ", ") + shown(m_d.nodes[m_d.flows[t.flow].to]);
            return std::move(m_out);
        }
        if (!step()) {
            m_out.end = Simulated::End::Refused;
            return std::move(m_out);
        }
    }
    if (m_out.state.life != Life::New && !m_out.state.running()) m_out.end = Simulated::End::Ended;
    return std::move(m_out);
}

} // namespace

std::string describe(const Definition& d, const Event& e)
{
    const std::string where = e.node != kNone && e.node < d.nodes.size() ? shown(d.nodes[e.node]) : std::string();
    const std::string item = "#" + std::to_string(e.item);
    switch (e.kind) {
    case EventKind::Started: return "process " + (d.name.empty() ? d.id : d.name) + " begins";
    case EventKind::Ended: {
        static const char* const how[] = {"", "", "is completed", "is terminated", "failed", "is cancelled"};
        return std::string("the process ") + (e.n < std::size(how) ? how[e.n] : "") + (e.name.empty() ? "" : ": " + e.name);
    }
    case EventKind::Put:
    case EventKind::Taken: return {};
    case EventKind::Passed: return "passes " + where;
    case EventKind::Opened: {
        const char* const form = e.form == Form::Set ? " (set)" : isMember(e.form) ? " (member)" : "";
        return (e.n == uint32_t(Phase::Waiting) ? "waits its turn: " : "open: ") + where + form + " " + item + (e.key.empty() ? "" : " for " + e.key);
    }
    case EventKind::Closed: {
        static const char* const how[] = {"done: ", "withdrawn: ", "sent back: ", "failed: "};
        return (e.n < std::size(how) ? how[e.n] : "closed: ") + where + " " + item;
    }
    case EventKind::Turned: return e.n == uint32_t(Phase::Open) ? "its turn: " + item : "waits: " + item;
    case EventKind::Ordered: return {};
    case EventKind::Armed: return "clock of " + where + " runs until " + instantText(e.due);
    case EventKind::Disarmed: return "clock of " + where + " stops";
    case EventKind::Subscribed: return where + " waits for message " + e.name + (e.key.empty() ? "" : " with key " + e.key);
    case EventKind::Unsubscribed: return {};
    case EventKind::Data: return "data: " + e.name;
    case EventKind::Sent: return where + " sends message " + e.name;
    case EventKind::Raised: return where + " raises " + (e.name.empty() ? "an error or escalation" : e.name) + (e.n ? "" : ", nobody catches it");
    case EventKind::Assigned: return item + " is now for " + e.key;
    case EventKind::Gathered: return where + " is now for several";
    case EventKind::Marked: return item + " will return straight to " + where;
    case EventKind::Moved: return "token of " + item + " moves to " + where;
    case EventKind::Migrated: return "moves to version " + e.text;
    case EventKind::Decided: return where + " decided by " + e.name;
    }
    return {};
}

Simulated simulate(const Definition& definition, const SimulateOptions& options) { return Simulation(definition, options).run(); }

} // namespace zt::process
