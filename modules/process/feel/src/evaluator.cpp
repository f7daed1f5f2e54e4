#include "evaluator.h"

#include "objects.h"

#include <algorithm>

namespace zt::feel {

namespace {
const Value kNull;

//! The frame of one activation: a few slots on the C stack, more on the heap.
class Frame {
public:
    explicit Frame(std::uint32_t n)
    {
        if (n > kInline) m_more.resize(n);
    }
    Value* data() { return m_more.empty() ? m_few : m_more.data(); }

private:
    static constexpr std::uint32_t kInline = 6;
    Value m_few[kInline];
    std::vector<Value> m_more;
};
} // namespace

Value evaluateConstant(const Program& program, NodeId id, Run& run)
{
    Machine m(program, nullptr, run);
    return m.at(id, nullptr);
}

Value Machine::start()
{
    Frame frame(m_p.slots);
    return at(m_p.root, frame.data());
}

const Value& Machine::global(std::uint32_t index, std::size_t at)
{
    if (m_globals.empty()) m_globals.resize(m_p.names.size());
    const Value*& v = m_globals[index];
    if (!v) {
        v = m_scope ? m_scope->find(m_p.names[index]) : nullptr;
        if (!v) {
            m_run.null(at, "nothing is called `" + m_p.names[index] + "` here");
            v = &kNull;
        }
    }
    return *v;
}

Value Machine::at(NodeId id, Value* frame)
{
    const Node& n = m_p.nodes[id];
    if (!m_run.step()) return {};
    switch (n.op) {
    case Op::Const: return m_p.constants[n.a];
    case Op::Local: return frame[n.a];
    case Op::Global: return global(n.a, n.at);
    default: break;
    }
    if (!m_run.enter()) return {};
    struct Leave {
        Run& run;
        ~Leave() { run.leave(); }
    } const leave{m_run};
    switch (n.op) {
    case Op::FilterName: return filterName(n, frame);
    case Op::Add: case Op::Sub: case Op::Mul: case Op::Div: case Op::Pow:
    case Op::Equal: case Op::NotEqual: case Op::Less: case Op::LessEqual: case Op::Greater: case Op::GreaterEqual: return binary(n, frame);
    case Op::Negate: return arithmetic('n', at(n.a, frame), kNull, where(n));
    case Op::And: case Op::Or: return logic(n, frame);
    case Op::Between: return between(n, frame);
    case Op::In: return in(n, frame);
    case Op::Test: {
        Value v = at(n.a, frame);
        return v.is(Kind::Boolean) ? v : Value();
    }
    case Op::Not: {
        const Value v = at(n.a, frame);
        return v.is(Kind::Boolean) ? Value::boolean(!v.isTrue()) : Value();
    }
    case Op::If: {
        const Value c = at(n.a, frame);
        if (!c.is(Kind::Boolean) && !c.isNull()) return m_run.null(n.at, "the condition of `if` is " + std::string(name(c.kind())) + ", not boolean");
        return at(c.isTrue() ? n.b : n.c, frame);
    }
    case Op::For: case Op::Some: case Op::Every: return loop(n, frame);
    case Op::List: return list(n, frame);
    case Op::Context: return context(n, frame);
    case Op::Range: return range(n, frame);
    case Op::Path: return path(n, frame);
    case Op::Filter: return filter(n, frame);
    case Op::Call: return call(n, frame);
    case Op::CallNamed: return callNamed(n, frame);
    case Op::Builtin: case Op::BuiltinNamed: return builtinCall(n, frame);
    case Op::InstanceOf: {
        const Value v = at(n.a, frame);
        if (!m_run.step(v.weight() / 8)) return {};
        return Value::boolean(conforms(v, *m_p.types[n.b]));
    }
    case Op::Function: return function(n, frame);
    default: return {};
    }
}

Value Machine::binary(const Node& n, Value* frame)
{
    const Value a = at(n.a, frame), b = at(n.b, frame);
    switch (n.op) {
    case Op::Add: return arithmetic('+', a, b, where(n));
    case Op::Sub: return arithmetic('-', a, b, where(n));
    case Op::Mul: return arithmetic('*', a, b, where(n));
    case Op::Div: return arithmetic('/', a, b, where(n));
    case Op::Pow: return arithmetic('^', a, b, where(n));
    case Op::Equal: case Op::NotEqual: return equality(n, a, b);
    default: return ordering(n.op, a, b, n.at);
    }
}

Value Machine::equality(const Node& n, const Value& a, const Value& b)
{
    if (a.kind() >= Kind::String && !m_run.step(std::min(a.weight(), b.weight()) / 8)) return {};
    const auto e = equal(a, b);
    if (!e) return m_run.null(n.at, std::string(name(a.kind())) + " and " + std::string(name(b.kind())) + " do not compare");
    return Value::boolean(n.op == Op::Equal ? *e : !*e);
}

Value Machine::ordering(Op op, const Value& a, const Value& b, std::size_t at)
{
    if (a.kind() >= Kind::String && !m_run.step(std::min(a.weight(), b.weight()) / 8)) return {};
    const auto c = compare(a, b);
    if (!c) return m_run.null(at, std::string(name(a.kind())) + " and " + std::string(name(b.kind())) + " have no order");
    switch (op) {
    case Op::Less: return Value::boolean(*c < 0);
    case Op::LessEqual: return Value::boolean(*c <= 0);
    case Op::Greater: return Value::boolean(*c > 0);
    default: return Value::boolean(*c >= 0);
    }
}

// Table 50: what decides wins over null; anything that is not boolean counts as null.
Value Machine::logic(const Node& n, Value* frame)
{
    const bool decides = n.op == Op::Or;
    const Value a = at(n.a, frame);
    if (a.is(Kind::Boolean) && a.isTrue() == decides) return a;
    Value b = at(n.b, frame);
    if (b.is(Kind::Boolean) && (b.isTrue() == decides || a.is(Kind::Boolean))) return b;
    return {};
}

Value Machine::between(const Node& n, Value* frame)
{
    const std::uint32_t* k = kids(n);
    const Value v = at(n.a, frame), low = at(k[0], frame), high = at(k[1], frame);
    const auto a = compare(v, low), b = compare(v, high);
    if ((a && *a < 0) || (b && *b > 0)) return Value::boolean(false);
    if (!a || !b) return m_run.null(n.at, "`between` needs values of one kind that have an order");
    return Value::boolean(true);
}

Value Machine::in(const Node& n, Value* frame)
{
    const Value v = at(n.a, frame);
    bool unknown = false;
    for (std::uint32_t i = 0; i < n.count && m_run.alive(); ++i) {
        const NodeId test = kids(n)[i];
        const Value t = at(test, frame);
        const Op op = m_p.nodes[test].op;
        // A condition is true by itself; among boolean inputs a boolean is a value to compare with.
        const bool condition = op == Op::Test || (t.is(Kind::Boolean) && !v.is(Kind::Boolean) && (!v.isNull() || op != Op::Const));
        // A range that could not be made is unknown; any other null is a value.
        const Value r = condition || (t.isNull() && op == Op::Range) ? t : includes(t, v, where(n));
        if (r.isTrue()) return r;
        unknown = unknown || r.isNull();
    }
    return unknown ? Value() : Value::boolean(false);
}

// Runs the body; false: enough seen.
bool Machine::loopBody(const Node& n, Value* frame, std::vector<Value>& out, Value& verdict)
{
    if (n.op == Op::For) {
        if (n.c != kNone) frame[n.c] = items(out, where(n));
        if (!m_run.make(sizeof(Value))) return false;
        out.push_back(at(n.a, frame));
        return m_run.alive();
    }
    const Value v = at(n.a, frame);
    const bool decides = n.op == Op::Some;
    if (v.is(Kind::Boolean)) {
        if (v.isTrue() != decides) return m_run.alive();
        verdict = v;
        return false;
    }
    verdict = Value();
    return m_run.alive();
}

bool Machine::loopVariable(const Node& n, Value* frame, std::uint32_t variable, std::vector<Value>& out, Value& verdict)
{
    if (variable * 3 >= n.count) return loopBody(n, frame, out, verdict);
    const std::uint32_t* k = kids(n) + variable * 3;
    const Value low = at(k[0], frame);
    Value high;
    std::optional<std::int64_t> from, to;
    bool dates = false;
    if (k[1] != kNone) {
        high = at(k[1], frame);
    } else if (low.is(Kind::Range)) {
        const RangeParts& r = low.asRange();
        high = r.high;
    }
    const Value first = k[1] == kNone && low.is(Kind::Range) ? low.asRange().low : low;
    if (k[1] != kNone || low.is(Kind::Range)) {
        if (first.is(Kind::Number) && high.is(Kind::Number)) {
            from = first.asNumber().integer();
            to = high.asNumber().integer();
        } else if (first.is(Kind::Date) && high.is(Kind::Date)) {
            dates = true;
            from = toDayNumber(first);
            to = toDayNumber(high);
        }
        if (!from || !to) {
            verdict = m_run.null(n.at, "a loop runs over a list, or from an integer or date to another");
            out.clear();
            m_failed = true;
            return false;
        }
        if (low.is(Kind::Range)) {
            if (!low.asRange().lowClosed) ++*from;
            if (!low.asRange().highClosed) --*to;
            if (*from > *to) return true;
        }
        const std::int64_t step = *from <= *to ? 1 : -1;
        for (std::int64_t i = *from;; i += step) {
            frame[k[2]] = dates ? fromDayNumber(i) : Value::number(i);
            if (!loopVariable(n, frame, variable + 1, out, verdict)) return false;
            if (i == *to) return true;
        }
    }
    if (low.isNull()) {
        verdict = m_run.null(n.at, "a loop over null");
        out.clear();
        m_failed = true;
        return false;
    }
    if (!low.is(Kind::List)) {
        frame[k[2]] = low;
        return loopVariable(n, frame, variable + 1, out, verdict);
    }
    for (const Value& v : low.asList()) {
        frame[k[2]] = v;
        if (!loopVariable(n, frame, variable + 1, out, verdict)) return false;
    }
    return true;
}

Value Machine::loop(const Node& n, Value* frame)
{
    std::vector<Value> out;
    Value verdict = Value::boolean(n.op == Op::Every);
    const bool before = m_failed;
    m_failed = false;
    loopVariable(n, frame, 0, out, verdict);
    const bool failed = m_failed || !m_run.alive();
    m_failed = before;
    if (failed) return {};
    return n.op == Op::For ? items(std::move(out), where(n)) : verdict;
}

Value Machine::list(const Node& n, Value* frame)
{
    std::vector<Value> v;
    v.reserve(n.count);
    for (std::uint32_t i = 0; i < n.count; ++i) v.push_back(at(kids(n)[i], frame));
    return items(std::move(v), where(n));
}

Value Machine::context(const Node& n, Value* frame)
{
    std::vector<Entry> entries;
    entries.reserve(n.count / 3);
    const std::uint32_t* k = kids(n);
    for (std::uint32_t i = 0; i < n.count; i += 3) {
        Value v = at(k[i + 1], frame);
        if (frame) frame[k[i + 2]] = v;
        const std::string_view name = m_p.constants[k[i]].asString();
        if (!m_run.make(sizeof(Entry) + name.size())) return {};
        entries.emplace_back(std::string(name), std::move(v));
    }
    Value c = Value::context(std::move(entries));
    return c.isNull() ? m_run.null(n.at, "nested too deep") : c;
}

Value Machine::range(const Node& n, Value* frame)
{
    using Form = RangeParts::Form;
    RangeParts r;
    r.form = Form(n.aux >> 2);
    r.low = at(n.a, frame);
    if (r.form == Form::Interval) {
        r.high = at(n.b, frame);
        r.lowClosed = n.aux & kLowClosed;
        r.highClosed = n.aux & kHighClosed;
        return makeRange(std::move(r), where(n));
    }
    const Value end = r.low;
    r.high = end;
    r.lowClosed = r.form == Form::GreaterEqual || r.form == Form::Equal;
    r.highClosed = r.form == Form::LessEqual || r.form == Form::Equal;
    if (r.form == Form::Less || r.form == Form::LessEqual) r.low = {};
    if (r.form == Form::Greater || r.form == Form::GreaterEqual) r.high = {};
    return Value::range(std::move(r));
}

Value Machine::path(const Node& n, Value* frame)
{
    const Value of = at(n.a, frame);
    const std::string_view name = m_p.constants[n.b].asString();
    if (!of.is(Kind::List)) return property(of, name, where(n));
    std::vector<Value> out;
    out.reserve(of.asList().size());
    for (const Value& v : of.asList()) {
        if (!m_run.step()) return {};
        out.push_back(property(v, name, where(n)));
    }
    return items(std::move(out), where(n));
}

// A number picks one item (from the end, if negative); a condition picks those it is true for.
Value Machine::filter(const Node& n, Value* frame)
{
    const Value of = at(n.a, frame);
    const Value single[1] = {of};
    const std::span<const Value> all = of.is(Kind::List) ? std::span<const Value>(of.asList()) : of.isNull() ? std::span<const Value>() : single;
    const auto pick = [&](Decimal d) -> Value {
        const auto i = d.integer();
        const std::int64_t size = std::int64_t(all.size());
        if (!i || *i == 0 || *i > size || *i < -size) return m_run.null(n.at, "the list has no such position");
        return all[std::size_t(*i > 0 ? *i - 1 : size + *i)];
    };
    const Node& body = m_p.nodes[n.c];
    if (body.op == Op::Const && m_p.constants[body.a].is(Kind::Number)) return pick(m_p.constants[body.a].asNumber());
    std::vector<Value> out;
    for (const Value& v : all) {
        frame[n.b] = v;
        const Value r = at(n.c, frame);
        if (r.is(Kind::Number)) return pick(r.asNumber());
        if (r.isTrue()) {
            if (!m_run.make(sizeof(Value))) return {};
            out.push_back(v);
        } else if (!r.is(Kind::Boolean) && !r.isNull()) {
            return m_run.null(n.at, "a filter is a number or a condition");
        }
    }
    return of.isNull() ? Value() : items(std::move(out), where(n));
}

Value Machine::filterName(const Node& n, Value* frame)
{
    const std::string_view name = m_p.constants[n.a].asString();
    for (std::uint32_t i = 0; i < n.count; ++i)
        if (const Value* v = frame[kids(n)[i]].entry(name)) return *v;
    return at(n.b, frame);
}

Value Machine::builtinCall(const Node& n, Value* frame)
{
    const std::uint32_t* k = kids(n);
    std::vector<Value> args;
    if (n.op == Op::Builtin) {
        args.reserve(n.count);
        for (std::uint32_t i = 0; i < n.count; ++i) args.push_back(at(k[i], frame));
        return callBuiltin(int(n.a), args, where(n));
    }
    std::vector<std::string_view> names;
    for (std::uint32_t i = 0; i < n.count; i += 2) {
        names.push_back(m_p.constants[k[i]].asString());
        args.push_back(at(k[i + 1], frame));
    }
    return callBuiltinNamed(int(n.a), names, args, where(n));
}

Value Machine::call(const Node& n, Value* frame)
{
    Value f = at(n.a, frame);
    if (!f.is(Kind::Function) && n.b != kNone) f = m_p.constants[n.b];
    std::vector<Value> args;
    args.reserve(n.count);
    for (std::uint32_t i = 0; i < n.count; ++i) args.push_back(at(kids(n)[i], frame));
    return callFunction(f, args, where(n));
}

Value Machine::callNamed(const Node& n, Value* frame)
{
    Value f = at(n.a, frame);
    if (!f.is(Kind::Function) && n.b != kNone) f = m_p.constants[n.b];
    const std::uint32_t* k = kids(n);
    std::vector<Value> given;
    std::vector<std::string_view> names;
    for (std::uint32_t i = 0; i < n.count; i += 2) {
        names.push_back(m_p.constants[k[i]].asString());
        given.push_back(at(k[i + 1], frame));
    }
    if (!f.is(Kind::Function)) return m_run.null(n.at, "what is called is no function");
    const FunctionParts& parts = f.asFunction();
    if (const int b = parts.name.empty() ? -1 : findBuiltin(parts.name); b >= 0) return callBuiltinNamed(b, names, given, where(n));
    std::vector<Value> args(parts.params.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto p = std::find_if(parts.params.begin(), parts.params.end(), [&](const Param& q) { return q.name == names[i]; });
        if (p == parts.params.end() || names.size() != parts.params.size()) return m_run.null(n.at, "the function's parameters are other ones");
        args[std::size_t(p - parts.params.begin())] = given[i];
    }
    return callFunction(f, args, where(n));
}

// A function value holds what it captured; nothing of the scope it was made in is needed later.
Value Machine::function(const Node& n, Value* frame)
{
    const FunctionCode& code = m_p.functions[n.a];
    if (code.external) return m_run.null(n.at, "external functions (Java, PMML) are not supported");
    std::vector<Value> held;
    std::uint32_t depth = 0;
    for (const Capture& c : code.captures) {
        if (c.from == Capture::From::Self) held.emplace_back();
        else held.push_back(c.from == Capture::From::Local ? frame[c.source] : global(c.source, n.at));
        depth = std::max(depth, held.back().depth());
    }
    if (!m_run.make(sizeof(Value) * held.size() + 200)) return {};
    FunctionParts parts;
    parts.params = code.params;
    parts.result = code.result;
    parts.body = makeBody(m_p.shared_from_this(), n.a, std::move(held), depth);
    Value v = makeFunction(std::move(parts), depth);
    return v.isNull() ? m_run.null(n.at, "nested too deep") : v;
}

Native Machine::makeBody(std::shared_ptr<const Program> program, std::uint32_t index, std::vector<Value> held, std::uint32_t depth)
{
    return [program = std::move(program), index, held = std::move(held), depth](std::span<const Value> args, Run& run) {
        const FunctionCode& code = program->functions[index];
        Frame frame(code.slots);
        std::copy(args.begin(), args.end(), frame.data());
        for (std::size_t i = 0; i < held.size(); ++i) {
            const Capture& c = code.captures[i];
            frame.data()[c.slot] = held[i];
            // Itself: made anew, for holding itself would be a circle nobody frees.
            if (c.from == Capture::From::Self) {
                FunctionParts self;
                self.params = code.params;
                self.result = code.result;
                self.body = makeBody(program, index, held, depth);
                frame.data()[c.slot] = makeFunction(std::move(self), depth);
            }
        }
        Machine m(*program, nullptr, run);
        return m.at(code.body, frame.data());
    };
}

} // namespace zt::feel
