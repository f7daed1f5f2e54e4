#include "run.h"

#include <algorithm>

namespace zt::process {

namespace {
const Rules kPlainRules;
}

feel::Value Rules::evaluate(const Expr& expr, const feel::Scope& scope, Millis, Ask) const
{
    if (!expr.program) return {};
    feel::Run run({.steps = 500'000, .memory = 64u << 20});
    return feel::evaluate(expr.program, scope, run);
}

Result<feel::Value> Rules::decide(const std::string& decision, const feel::Scope&, Millis) const
{
    return Result<feel::Value>(Err::NotFound, "no decision " + decision);
}

Tally tally(const State& state, Id set)
{
    Tally t;
    for (const Item& i : state.items) {
        if (i.parent != set || !isMember(i.form)) continue;
        const bool pending = i.phase == Phase::Open || i.phase == Phase::Waiting;
        t.pending += pending;
        t.afterOpen += i.form == Form::After && i.phase == Phase::Open;
        if (i.form != Form::Member) continue;
        ++t.all;
        t.active += i.phase == Phase::Open;
        t.done += i.phase == Phase::Done;
        t.cancelled += i.phase == Phase::Cancelled;
    }
    return t;
}

const feel::Value* DataScope::ofSet(const Item& set, std::string_view name) const
{
    using feel::Value;
    if (name.substr(0, 4) == "nrOf") {
        const Tally t = tally(m_state, set.id);
        if (name == "nrOfInstances") return keep(Value::number(int64_t(t.all)));
        if (name == "nrOfActiveInstances") return keep(Value::number(int64_t(t.active)));
        if (name == "nrOfCompletedInstances") return keep(Value::number(int64_t(t.done)));
        if (name == "nrOfTerminatedInstances") return keep(Value::number(int64_t(t.cancelled)));
    }
    if (name == "choices") {
        std::vector<Value> list;
        for (const Item& i : m_state.items)
            if (i.parent == set.id && i.form == Form::Member && i.phase == Phase::Done) list.push_back(Value::string(i.choice));
        return keep(Value::list(std::move(list)));
    }
    return nullptr;
}

const feel::Value* DataScope::find(std::string_view name) const
{
    for (Id id = m_item; id != 0;) {
        const Item* i = m_state.item(id);
        if (!i) return nullptr;
        const auto at = std::lower_bound(m_state.data.begin(), m_state.data.end(), std::pair(id, name),
                                         [](const Datum& d, const auto& v) { return std::pair(d.scope, std::string_view(d.name)) < v; });
        if (at != m_state.data.end() && at->scope == id && at->name == name) return &at->value;
        if (isMember(i->form)) {
            if (name == "loopCounter") return keep(feel::Value::number(int64_t(i->index)));
            const Node& n = m_definition.nodes[i->node];
            if (!m_definition.moreOf(n).set.item.empty() && m_definition.moreOf(n).set.item == name) return keep(feel::Value::string(i->key));
        } else if (i->form == Form::Set) {
            if (const auto* v = ofSet(*i, name)) return v;
        }
        // What is called does not see its caller's data.
        if (i->node != kNone && i->form != Form::Set && m_definition.nodes[i->node].inner != kNone
            && m_definition.scopes[m_definition.nodes[i->node].inner].isolated)
            return nullptr;
        id = i->parent;
    }
    return nullptr;
}

Run::Run(const Definition& definition, State before, const Context& context)
    : state(std::move(before)), m_d(definition), m_c(context), m_rules(context.rules ? *context.rules : kPlainRules)
{
    events.reserve(8);
    m_queue.reserve(4);
    for (const Scope& s : m_d.scopes) m_orJoins = m_orJoins || !s.orJoins.empty();
}

void Run::emit(Event e)
{
    evolve(state, e);
    events.push_back(std::move(e));
}

std::string Run::named(uint32_t n) const
{
    const Node& x = node(n);
    return std::string(name(x.kind)) + " " + x.id + (x.name.empty() ? "" : " (" + x.name + ")");
}

Error Run::invalid(uint32_t n, const std::string& what) const { return fail(Err::Invalid, named(n) + ": " + what); }

std::vector<Id> Run::children(Id parent) const
{
    std::vector<Id> out;
    for (const Item& i : state.items)
        if (i.parent == parent) out.push_back(i.id);
    return out;
}

const Item& Run::at(Id id) const
{
    const Item* i = state.item(id);
    ZT_CHECK(i);
    return *i;
}

Result<const Item*> Run::live(Id id) const
{
    const Item* i = state.item(id);
    if (!i) return Result<const Item*>(Err::NotFound, "no such item, or it is over");
    return i;
}

void Run::order(Id item, Id after, bool on)
{
    Event e;
    e.kind = EventKind::Ordered;
    e.item = item;
    e.parent = after;
    e.n = on;
    emit(std::move(e));
}

Result<feel::Value> Run::evaluate(const Expr& e, Id item, uint32_t n, Ask ask)
{
    if (e.literal) return feel::Value::string(e.text);
    if (!e.program && !m_rules.readsAll()) return invalid(n, "the expression cannot be read: " + e.problem);
    const DataScope scope(m_d, state, item);
    return m_rules.evaluate(e, scope, m_c.now, ask);
}

Id Run::homeOf(Id item, const std::string& name) const
{
    for (Id id = item;;) {
        const Item& i = at(id);
        if (i.parent == 0) return id;
        if (isMember(i.form) && m_d.moreOf(node(i.node)).set.output == name) return id;
        const bool scope = i.form != Form::Set && node(i.node).inner != kNone;
        if (scope) {
            const Scope& s = m_d.scopes[node(i.node).inner];
            if (s.isolated || std::find(s.data.begin(), s.data.end(), name) != s.data.end()) return id;
        }
        const auto has = std::any_of(state.data.begin(), state.data.end(), [&](const Datum& d) { return d.scope == id && d.name == name; });
        if (has) return id;
        id = i.parent;
    }
}

void Run::writeOne(Id home, const std::string& name, const feel::Value& value)
{
    Event e;
    e.kind = EventKind::Data;
    e.item = home;
    e.name = name;
    e.value = value;
    emit(std::move(e));
}

Result<void> Run::write(Id item, const std::vector<std::pair<std::string, feel::Value>>& data)
{
    for (const auto& [name, value] : data) {
        if (name.empty() || value.is(feel::Kind::Function)) return Result<void>(Err::Invalid, "data need a name and a plain value");
        writeOne(homeOf(item, name), name, value);
    }
    return {};
}

Result<void> Run::start(const Command& c)
{
    if (state.life != Life::New) return Result<void>(Err::Conflict, "already started");
    const auto& starts = m_d.scopes[0].starts;
    if (c.node != kNone && (c.node >= m_d.nodes.size() || node(c.node).kind != NodeKind::StartEvent || node(c.node).scope != 0))
        return Result<void>(Err::NotFound, "no such start event");
    if (c.node == kNone && starts.empty()) return Result<void>(Err::Invalid, "process " + m_d.id + " has no start event that begins without a trigger");
    Event e;
    e.kind = EventKind::Started;
    e.name = m_d.id;
    e.text = m_d.version;
    e.key = c.key;
    emit(std::move(e));
    ZT_TRY(write(kRoot, c.data));
    ZT_TRY(armAll(kRoot, m_d.scopes[0].eventSubs));
    if (c.node != kNone) return enter(c.node, kRoot, kNone);
    // One start event begins it; without any, everything nothing leads to.
    for (uint32_t n : starts) {
        ZT_TRY(enter(n, kRoot, kNone));
        if (node(n).kind == NodeKind::StartEvent) break;
    }
    return {};
}

Result<void> Run::execute(const Command& c)
{
    using Kind = Command::Kind;
    if (state.frozen) return Result<void>(Err::TooNew, "the matter was written by a newer version");
    if (c.kind == Kind::Start) {
        ZT_TRY(start(c));
        return settle();
    }
    if (state.life == Life::New) return Result<void>(Err::Conflict, "not started");
    // Numbers of elements mean nothing in another definition.
    if (state.definition != m_d.id || state.version != m_d.version) return Result<void>(Err::Conflict, "the matter runs on another version of its definition");
    if (over()) return Result<void>(Err::Conflict, "the matter is at its end");
    switch (c.kind) {
    case Kind::Start: break;
    case Kind::Complete:
    case Kind::Fail:
    case Kind::Escalate: {
        ZT_LET(item, live(c.item));
        if (item->node == kNone || item->form == Form::Set || item->phase != Phase::Open) return Result<void>(Err::Conflict, "nobody is asked to act there now");
        const uint32_t n = item->node;
        const NodeKind k = node(n).kind;
        if (!isActivity(k) || node(n).inner != kNone || (k == NodeKind::ReceiveTask && c.kind == Kind::Complete)) return Result<void>(Err::Conflict, named(n) + " is not completed by hand");
        ZT_TRY(write(c.item, c.data));
        if (c.kind == Kind::Complete) ZT_TRY(complete(c.item, c.choice));
        else if (c.kind == Kind::Fail) ZT_TRY(throwError(c.item, n, c.name, true));
        else if (auto e = escalate(c.item, n, c.name, true); !e) return Error(e.error());
        break;
    }
    case Kind::Fire: ZT_TRY(fire(c.item, c.node)); break;
    case Kind::Deliver: ZT_TRY(deliver(c)); break;
    case Kind::Write: {
        ZT_LET(item, live(c.item ? c.item : kRoot));
        ZT_TRY(write(item->id, c.data));
        break;
    }
    case Kind::Jump: ZT_TRY(jump(c)); break;
    case Kind::Recreate: ZT_TRY(recreate(c)); break;
    case Kind::Add: ZT_TRY(add(c)); break;
    case Kind::Remove: ZT_TRY(remove(c.item)); break;
    case Kind::Reopen: ZT_TRY(reopen(c.item)); break;
    case Kind::Assign: {
        ZT_LET(item, live(c.item));
        if (item->node == kNone || item->form == Form::Set || item->phase > Phase::Waiting || c.keys.size() != 1) return Result<void>(Err::Conflict, "nobody is asked to act there now");
        Event e;
        e.kind = EventKind::Assigned;
        e.item = c.item;
        e.key = c.keys.front();
        emit(std::move(e));
        break;
    }
    case Kind::Retime: ZT_TRY(retime()); break;
    case Kind::Cancel: end(Life::Cancelled, c.name); break;
    }
    return settle();
}

Result<std::vector<Event>> advance(const Definition& definition, State& state, const Command& command, const Context& context)
{
    Run run(definition, state, context);
    ZT_TRY(run.execute(command));
    state = std::move(run.state);
    return std::move(run.events);
}

Result<std::vector<Event>> decide(const Definition& definition, const State& state, const Command& command, const Context& context)
{
    Run run(definition, state, context);
    ZT_TRY(run.execute(command));
    return std::move(run.events);
}

bool stuck(const State& s)
{
    if (!s.running()) return false;
    // Every open item that is no sub-process or set waits for somebody; if there is none, only tokens are left.
    for (const Item& i : s.items) {
        if (i.id == kRoot || i.phase != Phase::Open) continue;
        const bool holdsOthers = std::any_of(s.items.begin(), s.items.end(), [&](const Item& o) { return o.parent == i.id; })
            || std::any_of(s.tokens.begin(), s.tokens.end(), [&](const Token& t) { return t.parent == i.id; });
        if (!holdsOthers) return false;
    }
    return s.timers.empty() && s.subscriptions.empty();
}

std::vector<Id> actionable(const Definition& d, const State& s)
{
    std::vector<Id> out;
    for (const Item& i : s.items)
        if (i.node != kNone && i.form != Form::Set && i.phase == Phase::Open && isActivity(d.nodes[i.node].kind) && d.nodes[i.node].inner == kNone
            && d.nodes[i.node].kind != NodeKind::ReceiveTask)
            out.push_back(i.id);
    return out;
}

} // namespace zt::process
