#include "zt/feel/feel.h"

#include "evaluator.h"
#include "parser.h"

#include <algorithm>

namespace zt::feel {

const Value* ContextScope::find(std::string_view name) const
{
    if (const Value* v = m_context.entry(name)) return v;
    return m_outer ? m_outer->find(name) : nullptr;
}

Value Run::null(std::size_t at, std::string text)
{
    ++m_problems;
    if (m_diagnostics.size() < m_limits.diagnostics) m_diagnostics.push_back({at, std::move(text)});
    return {};
}
bool Run::stop(const char* why)
{
    if (m_alive) null(0, why);
    m_alive = false;
    m_left = 0;
    m_memory = 0;
    return false;
}

Value text(std::string_view s, const CallAt& at) { return at.run.make(s.size() + 16) ? Value::string(s) : Value(); }
Value items(std::vector<Value> v, const CallAt& at)
{
    if (!at.run.make(v.size() * sizeof(Value) + 16)) return {};
    Value list = Value::list(std::move(v));
    return list.isNull() ? at.null("a list is too large or nested too deep") : list;
}

namespace {

template <class F>
Result<Expression> parsed(std::string_view text, const ParseOptions& options, F build)
{
    if (text.size() > options.maxBytes) return fail(Err::TooLarge, "an expression of more than " + std::to_string(options.maxBytes) + " bytes");
    try {
        Parser parser(text, options);
        auto p = build(parser);
        p->sortedNames = p->names;
        std::sort(p->sortedNames.begin(), p->sortedNames.end());
        return Expression(std::move(p));
    } catch (const Parser::Failure& f) {
        return fail(f.kind, f.text);
    }
}

TestShape shapeOf(const Program& p, NodeId id)
{
    TestShape s;
    const Node& n = p.nodes[id];
    if (n.op != Op::Const) return s;
    const Value& v = p.constants[n.a];
    if (v.is(Kind::Range)) {
        using Form = RangeParts::Form;
        s.range = v.asRange();
        if (s.range.form == Form::NotEqual) return s;
        if (s.range.form == Form::Equal) {
            s.form = TestShape::Form::Equal;
            s.value = s.range.low;
        } else {
            s.form = TestShape::Form::Range;
        }
        return s;
    }
    if (v.is(Kind::List) || v.is(Kind::Context) || v.is(Kind::Function)) return s;
    s.form = TestShape::Form::Equal;
    s.value = v;
    return s;
}

} // namespace

// Built-ins that give one kind only.
static std::optional<Kind> kindOfBuiltin(std::string_view name)
{
    struct Row {
        Kind kind;
        std::string_view names;
    };
    static constexpr Row rows[] = {
        {Kind::Boolean, ",not,contains,starts with,ends with,matches,list contains,all,any,odd,even,before,after,meets,met by,overlaps,overlaps before,overlaps after,"
                        "finishes,finished by,includes,during,starts,started by,coincides,is,"},
        {Kind::Number, ",number,string length,count,mean,median,stddev,product,decimal,floor,ceiling,round up,round down,round half up,round half down,modulo,sqrt,log,exp,"
                       "day of year,week of year,"},
        {Kind::String, ",string,substring,upper case,lower case,substring before,substring after,replace,string join,day of week,month of year,"},
        {Kind::List, ",split,mode,sublist,append,concatenate,insert before,remove,list replace,reverse,index of,union,distinct values,flatten,sort,get entries,"},
        {Kind::Context, ",context,context put,context merge,"},
        {Kind::Date, ",date,today,"}, {Kind::Time, ",time,"}, {Kind::DateTime, ",date and time,now,"}, {Kind::MonthsDuration, ",years and months duration,"},
        {Kind::Range, ",range,"},
    };
    const std::string key = "," + std::string(name) + ",";
    for (const Row& r : rows)
        if (r.names.find(key) != std::string_view::npos) return r.kind;
    return {};
}

const std::vector<std::string>& Expression::names() const
{
    static const std::vector<std::string> none;
    return m_program ? m_program->sortedNames : none;
}
const std::string& Expression::text() const
{
    static const std::string none;
    return m_program ? m_program->text : none;
}
const Value* Expression::constant() const
{
    if (!m_program || m_program->nodes[m_program->root].op != Op::Const) return nullptr;
    return &m_program->constants[m_program->nodes[m_program->root].a];
}
std::optional<Kind> Expression::resultKind() const
{
    if (!m_program) return {};
    const auto kindAt = [&](const auto& self, NodeId id, int depth) -> std::optional<Kind> {
        if (depth > 50) return {};
        const Node& n = m_program->nodes[id];
        switch (n.op) {
        case Op::Const: {
            const Kind k = m_program->constants[n.a].kind();
            return k == Kind::Null ? std::nullopt : std::optional(k);
        }
        case Op::Equal: case Op::NotEqual: case Op::Less: case Op::LessEqual: case Op::Greater: case Op::GreaterEqual: case Op::And: case Op::Or:
        case Op::Between: case Op::In: case Op::Test: case Op::Not: case Op::Some: case Op::Every: case Op::InstanceOf: return Kind::Boolean;
        case Op::For: case Op::List: return Kind::List;
        case Op::Context: return Kind::Context;
        case Op::Range: return Kind::Range;
        case Op::Function: return Kind::Function;
        case Op::Negate: return self(self, n.a, depth + 1);
        case Op::Pow: return Kind::Number;
        case Op::Builtin: case Op::BuiltinNamed: return kindOfBuiltin(builtins()[n.a].name);
        case Op::If: {
            const auto x = self(self, n.b, depth + 1), y = self(self, n.c, depth + 1);
            return x == y ? x : std::nullopt;
        }
        case Op::Add: case Op::Sub: case Op::Mul: case Op::Div: {
            const auto x = self(self, n.a, depth + 1), y = self(self, n.b, depth + 1);
            const bool plain = x && x == y && (*x == Kind::Number || (*x == Kind::String && n.op == Op::Add));
            return plain ? x : std::nullopt;
        }
        default: return {};
        }
    };
    return kindAt(kindAt, m_program->root, 0);
}

Result<Expression> parse(std::string_view text, const ParseOptions& options)
{
    return parsed(text, options, [](Parser& p) { return p.expressionProgram(); });
}

Result<UnaryTests> parseUnaryTests(std::string_view text, const ParseOptions& options)
{
    ZT_LET(e, parsed(text, options, [](Parser& p) { return p.unaryProgram(); }));
    UnaryTests tests;
    const Program& p = e.program();
    const Node& root = p.nodes[p.root];
    if (root.op == Op::Const) {
        tests.m_shapes.emplace_back().form = TestShape::Form::Any;
    } else if (root.op == Op::In) {
        for (std::uint32_t i = 0; i < root.count; ++i) tests.m_shapes.push_back(shapeOf(p, p.kids[root.kids + i]));
    } else {
        tests.m_shapes.emplace_back();
    }
    tests.m_expression = std::move(e);
    return tests;
}

Value evaluate(const Expression& expression, const Scope& scope, Run& run)
{
    if (!expression) return run.null(0, "there is no expression");
    Machine m(expression.program(), &scope, run);
    Value v = m.start();
    return run.alive() ? v : Value();
}

Value evaluate(const UnaryTests& tests, const Value& input, const Scope& scope, Run& run)
{
    struct WithInput final : Scope {
        const Value& input;
        const Scope& outer;
        WithInput(const Value& i, const Scope& o) : input(i), outer(o) {}
        const Value* find(std::string_view name) const override { return name == "?" ? &input : outer.find(name); }
    } const inner(input, scope);
    return evaluate(tests.expression(), inner, run);
}

Value builtin(std::string_view name)
{
    const int i = findBuiltin(name);
    return i < 0 ? Value() : builtinValue(i);
}

} // namespace zt::feel
