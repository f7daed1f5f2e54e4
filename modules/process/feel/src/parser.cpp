// Operators, calls and paths. Binding powers: or 1, and 2, comparison 3, sum 4, product 5, power 6; then sign, `instance of`, postfix.
#include "parser.h"

#include "evaluator.h"

#include <algorithm>

namespace zt::feel {

Parser::Parser(std::string_view text, const ParseOptions& options) : m_text(text), m_options(options), m_program(std::make_shared<Program>())
{
    m_program->text = std::string(text);
    m_text = m_program->text;
    m_functions.emplace_back();
}

// Most cells of tables are literals and need no names.
void Parser::learnNames()
{
    if (m_learnt) return;
    m_learnt = true;
    for (const std::string& n : m_options.names) {
        m_names.add(n);
        m_known.insert(tokenise(n).canonical);
    }
    for (const std::string& n : m_options.members) m_members.add(n);
    for (const char* n : {"start included", "end included", "time offset"}) m_members.add(n);
}

Parser::Depth::Depth(Parser& parser) : p(parser)
{
    if (++p.m_depth > p.m_options.maxDepth) {
        --p.m_depth; // the destructor of an unfinished object does not run
        p.fail("nested more than " + std::to_string(p.m_options.maxDepth) + " deep", Err::TooLarge);
    }
}

void Parser::fail(const std::string& what, Err kind) { throw Failure{kind, what + " at byte " + std::to_string(m_at)}; }

void Parser::skip()
{
    for (;;) {
        std::size_t k = m_at;
        if (k >= m_text.size()) return;
        if (space(codePoint(m_text, k))) {
            m_at = k;
        } else if (m_text.compare(m_at, 2, "//") == 0) {
            const std::size_t end = m_text.find('\n', m_at);
            m_at = end == std::string_view::npos ? m_text.size() : end;
        } else if (m_text.compare(m_at, 2, "/*") == 0) {
            const std::size_t end = m_text.find("*/", m_at + 2);
            if (end == std::string_view::npos) fail("a comment does not end");
            m_at = end + 2;
        } else {
            return;
        }
    }
}
bool Parser::peek(std::string_view symbol)
{
    skip();
    return m_text.compare(m_at, symbol.size(), symbol) == 0;
}
bool Parser::take(std::string_view symbol)
{
    if (!peek(symbol)) return false;
    m_at += symbol.size();
    return true;
}
void Parser::need(std::string_view symbol)
{
    if (!take(symbol)) fail("expected `" + std::string(symbol) + "`");
}
bool Parser::peekWord(std::string_view word) const { return wordAt(m_at) == word; }
bool Parser::takeWord(std::string_view word)
{
    skip();
    if (!peekWord(word)) return false;
    m_at += word.size();
    return true;
}
void Parser::needWord(std::string_view word)
{
    if (!takeWord(word)) fail("expected `" + std::string(word) + "`");
}

NodeId Parser::node(Node n)
{
    if (m_program->nodes.size() >= 4'000'000) fail("too long", Err::TooLarge);
    m_program->nodes.push_back(n);
    return NodeId(m_program->nodes.size() - 1);
}
std::uint32_t Parser::constantIndex(Value v)
{
    m_program->constants.push_back(std::move(v));
    return std::uint32_t(m_program->constants.size() - 1);
}
NodeId Parser::constant(Value v, std::size_t at) { return node({.op = Op::Const, .at = std::uint32_t(at), .a = constantIndex(std::move(v))}); }
void Parser::setKids(Node& n, const std::vector<std::uint32_t>& kids)
{
    n.kids = std::uint32_t(m_program->kids.size());
    n.count = std::uint32_t(kids.size());
    m_program->kids.insert(m_program->kids.end(), kids.begin(), kids.end());
}

// Replaces a node whose operands are constants by its value; not where that is null, for the reason is told at each evaluation.
NodeId Parser::fold(NodeId id)
{
    Run run({.steps = 2'000, .memory = 1u << 16, .depth = 20});
    const Value v = evaluateConstant(*m_program, id, run);
    if (v.isNull() || !run.alive() || run.problems()) return id;
    const std::size_t at = m_program->nodes[id].at;
    m_program->nodes[id] = {.op = Op::Const, .at = std::uint32_t(at), .a = constantIndex(v)};
    return id;
}

NodeId Parser::expression()
{
    const Depth depth(*this);
    skip();
    const bool end = m_inEnd;
    m_inEnd = false;
    const NodeId e = binary(1);
    m_inEnd = end;
    return e;
}

NodeId Parser::binary(int power) { return binaryFrom(unary(), power); }
NodeId Parser::binaryFrom(NodeId left, int power)
{
    for (;;) {
        skip();
        const std::size_t at = m_at;
        const auto join = [&](Op op, int p, std::size_t length) {
            m_at += length;
            const Depth depth(*this);
            const NodeId right = binary(p + 1);
            left = node({.op = op, .at = std::uint32_t(at), .a = left, .b = right});
            if (isConst(m_program->nodes[left].a) && isConst(right)) left = fold(left);
        };
        const char c = m_at < m_text.size() ? m_text[m_at] : '\0', d = m_at + 1 < m_text.size() ? m_text[m_at + 1] : '\0';
        if (c == '*' && d == '*') {
            if (power > 6) return left;
            join(Op::Pow, 6, 2);
        } else if (c == '*' || c == '/') {
            if (power > 5) return left;
            join(c == '*' ? Op::Mul : Op::Div, 5, 1);
        } else if (c == '+' || c == '-') {
            if (power > 4) return left;
            join(c == '+' ? Op::Add : Op::Sub, 4, 1);
        } else if (c == '=' || c == '<' || c == '>' || (c == '!' && d == '=') || peekWord("between") || peekWord("in")) {
            if (power > 3) return left;
            left = comparisonRest(left, at);
        } else if (peekWord("and")) {
            if (power > 2) return left;
            join(Op::And, 2, 3);
        } else if (peekWord("or")) {
            if (power > 1) return left;
            join(Op::Or, 1, 2);
        } else {
            return left;
        }
    }
}

NodeId Parser::comparisonRest(NodeId left, std::size_t at)
{
    const Depth depth(*this);
    if (takeWord("in")) return inRest(left, at);
    if (takeWord("between")) {
        const NodeId low = binary(4);
        needWord("and");
        const NodeId high = binary(4);
        Node n{.op = Op::Between, .at = std::uint32_t(at), .a = left};
        setKids(n, {low, high});
        return node(n);
    }
    Op op = Op::Equal;
    if (take("<=")) op = Op::LessEqual;
    else if (take(">=")) op = Op::GreaterEqual;
    else if (take("!=")) op = Op::NotEqual;
    else if (take("<")) op = Op::Less;
    else if (take(">")) op = Op::Greater;
    else need("=");
    const NodeId right = binary(4);
    return node({.op = op, .at = std::uint32_t(at), .a = left, .b = right});
}

// Behind `in`: one test, or several in parentheses. `(` may as well open a range or an expression.
NodeId Parser::inRest(NodeId left, std::size_t at)
{
    std::vector<std::uint32_t> tests;
    if (peekUnaryOperator()) {
        tests.push_back(unaryRange(m_at));
    } else if (peek("(")) {
        // Several tests have commas; one is an expression or a range like any other, and may go on behind the parenthesis.
        const std::size_t open = m_at++;
        const NodeId first = unaryTest();
        if (peek(",")) {
            tests.push_back(first);
            while (take(",")) tests.push_back(unaryTest());
            need(")");
        } else if (peek("..")) {
            tests.push_back(rangeRest(first, false, open));
        } else {
            need(")");
            tests.push_back(binaryFrom(postfix(first), 4));
        }
    } else {
        tests.push_back(binary(4));
    }
    Node n{.op = Op::In, .at = std::uint32_t(at), .a = left};
    setKids(n, tests);
    return node(n);
}

NodeId Parser::unary()
{
    skip();
    const std::size_t at = m_at;
    const char next = m_at + 1 < m_text.size() ? m_text[m_at + 1] : '\0', third = m_at + 2 < m_text.size() ? m_text[m_at + 2] : '\0';
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool literal = digit(next) || (next == '.' && digit(third)); // the sign belongs to the number: -1 instance of number
    if (peek("-") && !literal) {
        const Depth depth(*this);
        ++m_at;
        const NodeId of = unary();
        const NodeId n = node({.op = Op::Negate, .at = std::uint32_t(at), .a = of});
        return isConst(of) ? fold(n) : n;
    }
    NodeId e = postfix(primary());
    for (;;) {
        skip();
        const std::size_t here = m_at;
        if (!takeWord("instance")) return e;
        needWord("of");
        m_program->types.push_back(type());
        e = node({.op = Op::InstanceOf, .at = std::uint32_t(here), .a = e, .b = std::uint32_t(m_program->types.size() - 1)});
    }
}

NodeId Parser::postfix(NodeId of)
{
    std::uint32_t chain = 0;
    for (;;) {
        skip();
        const std::size_t at = m_at;
        const char c = m_at < m_text.size() ? m_text[m_at] : '\0';
        if (c == '.' && m_text.compare(m_at, 2, "..") != 0) {
            of = pathRest(of, at);
        } else if (c == '[' && !m_inEnd) {
            of = filterRest(of, at);
        } else if (c == '(') {
            of = callRest(of, at);
        } else {
            return of;
        }
        if (++chain > 500) fail("too long a chain", Err::TooLarge);
    }
}

NodeId Parser::pathRest(NodeId of, std::size_t at)
{
    ++m_at;
    const std::uint32_t name = constantIndex(Value::string(member()));
    return node({.op = Op::Path, .at = std::uint32_t(at), .a = of, .b = name});
}

NodeId Parser::filterRest(NodeId of, std::size_t at)
{
    const Depth depth(*this);
    ++m_at;
    const std::uint32_t mark = function().next;
    const std::uint32_t slot = newSlot();
    const std::size_t scope = openScope(LexicalScope::Of::Filter);
    m_scopes[scope].item = slot;
    declare("item", slot);
    const NodeId body = expression();
    closeScope();
    function().next = mark;
    need("]");
    return node({.op = Op::Filter, .at = std::uint32_t(at), .a = of, .b = slot, .c = body});
}

NodeId Parser::callRest(NodeId callee, std::size_t at)
{
    const Depth depth(*this);
    ++m_at;
    std::vector<std::uint32_t> kids;
    bool named = false;
    if (!take(")")) {
        skip();
        const std::size_t from = m_at;
        named = !nameUntil(":", "").empty();
        m_at = from;
        do {
            if (named) {
                std::string name = nameUntil(":", "");
                if (name.empty()) fail("expected a parameter's name");
                need(":");
                kids.push_back(constantIndex(Value::string(name)));
            }
            kids.push_back(peekUnaryOperator() ? unaryRange(m_at) : expression());
        } while (take(","));
        need(")");
    }
    Node n{.op = named ? Op::CallNamed : Op::Call, .at = std::uint32_t(at), .a = callee};
    setKids(n, kids);
    const Node& c = m_program->nodes[callee];
    if (c.op == Op::Const && constOf(callee).is(Kind::Function)) {
        const int index = findBuiltin(constOf(callee).asFunction().name);
        if (index >= 0) {
            n.op = named ? Op::BuiltinNamed : Op::Builtin;
            n.a = std::uint32_t(index);
            const NodeId id = node(n);
            if (named || kids.empty() || !builtins()[std::size_t(index)].pure) return id;
            return std::all_of(kids.begin(), kids.end(), [&](NodeId k) { return isConst(k); }) ? fold(id) : id;
        }
    }
    // A variable that bears a built-in's name may turn out to be no function.
    if (c.op == Op::Global)
        if (const int index = findBuiltin(m_program->names[c.a]); index >= 0) n.b = constantIndex(builtinValue(index));
    return node(n);
}

std::shared_ptr<Program> Parser::expressionProgram()
{
    skip();
    if (m_at == m_text.size()) fail("there is no expression");
    const NodeId root = expression();
    skip();
    if (m_at != m_text.size()) fail("expected an operator or the end");
    m_program->root = root;
    m_program->slots = m_functions.front().most;
    return m_program;
}

std::shared_ptr<Program> Parser::unaryProgram()
{
    skip();
    m_program->root = unaryTestList();
    skip();
    if (m_at != m_text.size()) fail("expected `,` or the end");
    m_program->slots = m_functions.front().most;
    return m_program;
}

} // namespace zt::feel
