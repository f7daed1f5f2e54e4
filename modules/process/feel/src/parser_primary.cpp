// Literals, ranges, contexts, loops, functions, types, unary tests.
#include "parser.h"

#include "evaluator.h"

namespace zt::feel {

NodeId Parser::primary()
{
    skip();
    const Depth depth(*this);
    const std::size_t at = m_at;
    const char c = m_at < m_text.size() ? m_text[m_at] : '\0', d = m_at + 1 < m_text.size() ? m_text[m_at + 1] : '\0';
    if ((c >= '0' && c <= '9') || (c == '.' && d >= '0' && d <= '9') || c == '-') return number();
    switch (c) {
    case '"': return stringLiteral();
    case '@': return atLiteral();
    case '[': return bracket(false);
    case ']': return bracket(true);
    case '(': return paren();
    case '{': return contextLiteral();
    default: break;
    }
    const std::string_view w = wordAt(m_at);
    // A known name of several words may begin like a keyword.
    std::string known;
    if (matchKnown(m_names, known) > w.size()) return name();
    if (w == "null" || w == "true" || w == "false") {
        m_at += w.size();
        return constant(w == "null" ? Value() : Value::boolean(w == "true"), at);
    }
    if (w == "if") return ifExpression();
    if (w == "for") return iteration(Op::For);
    if (w == "some") return iteration(Op::Some);
    if (w == "every") return iteration(Op::Every);
    if (w == "function") return functionLiteral({});
    if (w == "not") {
        m_at += w.size();
        if (!peek("(")) fail("expected `(`");
        return constant(builtinValue(findBuiltin("not")), at);
    }
    return name();
}

NodeId Parser::number()
{
    const std::size_t from = m_at;
    if (m_text[m_at] == '-') ++m_at;
    const auto digits = [&] { while (m_at < m_text.size() && m_text[m_at] >= '0' && m_text[m_at] <= '9') ++m_at; };
    digits();
    if (m_at + 1 < m_text.size() && m_text[m_at] == '.' && m_text[m_at + 1] >= '0' && m_text[m_at + 1] <= '9') {
        ++m_at;
        digits();
    }
    if (m_at < m_text.size() && (m_text[m_at] == 'e' || m_text[m_at] == 'E')) {
        std::size_t k = m_at + 1;
        if (k < m_text.size() && (m_text[k] == '+' || m_text[k] == '-')) ++k;
        if (k < m_text.size() && m_text[k] >= '0' && m_text[k] <= '9') {
            m_at = k;
            digits();
        }
    }
    if (m_at - from > 10'000) fail("a number of more than 10000 digits", Err::TooLarge);
    const auto n = Decimal::parse(m_text.substr(from, m_at - from));
    if (!n) fail("a number beyond the range of decimals", Err::TooLarge);
    return constant(Value::number(*n), from);
}

std::string Parser::stringText()
{
    std::string out;
    ++m_at;
    const auto hex = [&](std::size_t at, std::size_t n) -> std::optional<char32_t> {
        if (at + n > m_text.size()) return {};
        char32_t v = 0;
        for (std::size_t i = at; i < at + n; ++i) {
            const char h = m_text[i];
            if (h >= '0' && h <= '9') v = v * 16 + char32_t(h - '0');
            else if ((h | 32) >= 'a' && (h | 32) <= 'f') v = v * 16 + char32_t((h | 32) - 'a' + 10);
            else return {};
        }
        return v;
    };
    while (m_at < m_text.size()) {
        const char c = m_text[m_at];
        if (c == '"') {
            ++m_at;
            return out;
        }
        if (c != '\\' || m_at + 1 >= m_text.size()) {
            out += c;
            ++m_at;
            continue;
        }
        const char e = m_text[m_at + 1];
        const std::size_t length = e == 'u' ? 4 : e == 'U' ? 6 : 0;
        if (length) {
            auto v = hex(m_at + 2, length);
            if (v && *v >= 0xd800 && *v < 0xdc00 && m_text.compare(m_at + 6, 2, "\\u") == 0)
                if (const auto low = hex(m_at + 8, 4); low && *low >= 0xdc00 && *low < 0xe000) {
                    v = 0x10000 + ((*v - 0xd800) << 10) + (*low - 0xdc00);
                    m_at += 6;
                }
            if (v && *v < 0x110000 && !(*v >= 0xd800 && *v < 0xe000)) {
                append(out, *v);
                m_at += 2 + length;
                continue;
            }
        }
        const std::string_view from = "ntr\"'\\", to = "\n\t\r\"'\\";
        if (const auto k = from.find(e); k != std::string_view::npos) {
            out += to[k];
            m_at += 2;
        } else {
            out += c; // an unknown escape stands for itself: patterns are written "\d"
            ++m_at;
        }
    }
    fail("a string does not end");
}
NodeId Parser::stringLiteral()
{
    const std::size_t at = m_at;
    return constant(Value::string(stringText()), at);
}
NodeId Parser::atLiteral()
{
    const std::size_t at = m_at;
    ++m_at;
    if (!peek("\"")) fail("expected a string behind `@`");
    return constant(temporal(stringText()), at);
}

// `[a, b]`, `[a..b]`, `]a..b]`.
NodeId Parser::bracket(bool outward)
{
    const std::size_t at = m_at;
    ++m_at;
    if (outward) return rangeRest(expression(), false, at);
    std::vector<std::uint32_t> kids;
    bool constants = true;
    if (!take("]")) {
        do {
            kids.push_back(peekUnaryOperator() ? unaryRange(m_at) : expression());
            constants = constants && isConst(kids.back());
            if (kids.size() == 1 && peek("..")) return rangeRest(kids.front(), true, at);
        } while (take(","));
        need("]");
    }
    Node n{.op = Op::List, .at = std::uint32_t(at)};
    setKids(n, kids);
    const NodeId id = node(n);
    return constants ? fold(id) : id;
}

// `(a)`, `(a..b]`, `(<a)`.
NodeId Parser::paren()
{
    const std::size_t at = m_at;
    ++m_at;
    if (peekUnaryOperator()) {
        const NodeId r = unaryRange(m_at);
        need(")");
        return r;
    }
    const NodeId e = expression();
    if (peek("..")) return rangeRest(e, false, at);
    need(")");
    return e;
}

// From `..` on.
NodeId Parser::rangeRest(NodeId low, bool lowClosed, std::size_t at)
{
    need("..");
    const NodeId high = rangeEnd();
    std::uint8_t aux = lowClosed ? kLowClosed : 0;
    if (take("]")) aux |= kHighClosed;
    else if (!take(")")) need("[");
    const NodeId n = node({.op = Op::Range, .aux = aux, .at = std::uint32_t(at), .a = low, .b = high});
    return isConst(low) && isConst(high) ? fold(n) : n;
}
NodeId Parser::rangeEnd()
{
    const Depth depth(*this);
    const bool before = m_inEnd;
    m_inEnd = true;
    const NodeId e = binary(4);
    m_inEnd = before;
    return e;
}

bool Parser::peekUnaryOperator()
{
    skip();
    return peek("<") || peek(">") || peek("=") || peek("!=");
}
NodeId Parser::unaryRange(std::size_t at)
{
    using Form = RangeParts::Form;
    Form form = Form::Equal;
    if (take("<=")) form = Form::LessEqual;
    else if (take(">=")) form = Form::GreaterEqual;
    else if (take("!=")) form = Form::NotEqual;
    else if (take("<")) form = Form::Less;
    else if (take(">")) form = Form::Greater;
    else need("=");
    const NodeId end = binary(4);
    Node n{.op = Op::Range, .aux = std::uint8_t(std::uint8_t(form) << 2), .at = std::uint32_t(at), .a = end, .b = end};
    const NodeId id = node(n);
    return isConst(end) ? fold(id) : id;
}

NodeId Parser::contextLiteral()
{
    const std::size_t at = m_at;
    ++m_at;
    std::vector<std::uint32_t> kids;
    const std::uint32_t mark = function().next;
    const std::size_t scope = openScope(LexicalScope::Of::Names);
    std::vector<std::pair<std::uint32_t, std::string>> unused;
    if (!take("}")) {
        do {
            skip();
            std::string key = peek("\"") ? stringText() : nameUntil(":", "");
            if (key.empty() && m_text[m_at - 1] != '"') fail("expected a key");
            need(":");
            skip();
            const NodeId v = peekWord("function") ? postfix(functionLiteral(key)) : peekUnaryOperator() ? unaryRange(m_at) : expression();
            for (const auto& [name, slot] : m_scopes[scope].slots)
                if (name == key) fail("the key `" + key + "` stands twice");
            kids.push_back(constantIndex(Value::string(key)));
            kids.push_back(v);
            kids.push_back(newSlot());
            m_members.add(key);
            declare(key, kids.back());
        } while (take(","));
        need("}");
    }
    closeScope();
    function().next = mark;
    Node n{.op = Op::Context, .at = std::uint32_t(at)};
    setKids(n, kids);
    return node(n);
}

NodeId Parser::ifExpression()
{
    const std::size_t at = m_at;
    needWord("if");
    const NodeId a = expression();
    needWord("then");
    const NodeId b = expression();
    needWord("else");
    const NodeId c = expression();
    return node({.op = Op::If, .at = std::uint32_t(at), .a = a, .b = b, .c = c});
}

// for x in list, y in 1..3 return e; some and every likewise.
NodeId Parser::iteration(Op op)
{
    const std::size_t at = m_at;
    needWord(op == Op::For ? "for" : op == Op::Some ? "some" : "every");
    const std::uint32_t mark = function().next;
    openScope(LexicalScope::Of::Names);
    std::vector<std::uint32_t> kids;
    std::uint32_t first = kNone;
    do {
        const std::string name = nameUntil("", "in");
        if (name.empty()) fail("expected a variable and `in`");
        needWord("in");
        const NodeId low = expression();
        NodeId high = kNone;
        if (take("..")) high = expression();
        kids.push_back(low);
        kids.push_back(high);
        const std::uint32_t slot = newSlot();
        if (first == kNone) first = slot;
        kids.push_back(slot);
        declare(name, slot);
    } while (take(","));
    const bool outerPartial = m_partial;
    m_partial = false;
    std::uint32_t partial = kNone;
    if (op == Op::For) {
        needWord("return");
        partial = newSlot();
        declare("partial", partial);
    } else {
        needWord("satisfies");
    }
    const NodeId body = expression();
    closeScope();
    function().next = mark;
    Node n{.op = op, .at = std::uint32_t(at), .a = body, .b = first, .c = m_partial ? partial : kNone};
    m_partial = outerPartial;
    setKids(n, kids);
    return node(n);
}

NodeId Parser::functionLiteral(std::string self)
{
    const Depth depth(*this);
    const std::size_t at = m_at, firstNode = m_program->nodes.size(), firstKid = m_program->kids.size(), firstFunction = m_program->functions.size();
    needWord("function");
    need("(");
    FunctionCode code;
    m_functions.emplace_back();
    function().self = std::move(self);
    openScope(LexicalScope::Of::Frame);
    if (!take(")")) {
        do {
            Param p;
            p.name = nameUntil(",:)", "");
            if (p.name.empty()) fail("expected a parameter's name");
            if (take(":")) p.type = type();
            declare(p.name, newSlot());
            code.params.push_back(std::move(p));
        } while (take(","));
        need(")");
    }
    if (take(":")) code.result = type();
    code.external = takeWord("external");
    code.body = expression();
    closeScope();
    const OpenFunction open = std::move(m_functions.back());
    m_functions.pop_back();
    const auto settle = [&](std::uint32_t& slot) { if (slot >= 0x80000000u && slot != kNone) slot = slot - 0x80000000u + open.most; };
    for (std::size_t i = firstNode; i < m_program->nodes.size(); ++i)
        if (m_program->nodes[i].op == Op::Local) settle(m_program->nodes[i].a);
    for (std::size_t i = firstKid; i < m_program->kids.size(); ++i) settle(m_program->kids[i]);
    for (std::size_t i = firstFunction; i < m_program->functions.size(); ++i)
        for (Capture& c : m_program->functions[i].captures)
            if (c.from == Capture::From::Local) settle(c.source);
    code.captures = open.captures;
    for (Capture& c : code.captures) c.slot = c.slot - 0x80000000u + open.most;
    code.slots = open.most + std::uint32_t(code.captures.size());
    m_program->functions.push_back(std::move(code));
    return node({.op = Op::Function, .at = std::uint32_t(at), .a = std::uint32_t(m_program->functions.size() - 1)});
}

TypeRef Parser::type()
{
    const Depth depth(*this);
    skip();
    const std::string_view w = wordAt(m_at);
    auto t = std::make_shared<Type>();
    const auto opens = [&](std::string_view word) {
        if (w != word) return false;
        const std::size_t from = m_at;
        m_at += word.size();
        if (take("<")) return true;
        m_at = from;
        return false;
    };
    if (opens("list") || opens("range")) {
        t->of = w == "list" ? Type::Of::List : Type::Of::Range;
        t->element = type();
        need(">");
    } else if (opens("context")) {
        t->of = Type::Of::Context;
        do {
            const std::string name = nameUntil(":", "");
            if (name.empty()) fail("expected an entry's name");
            need(":");
            t->fields.emplace_back(name, type());
        } while (take(","));
        need(">");
    } else if (opens("function")) {
        t->of = Type::Of::Function;
        if (!take(">")) {
            do t->params.push_back(type());
            while (take(","));
            need(">");
        }
        if (take("->")) t->result = type();
    } else {
        return namedType();
    }
    return t;
}
// The longest run of words (with dots) that names a type.
TypeRef Parser::namedType()
{
    skip();
    std::vector<std::size_t> ends;
    std::size_t k = m_at;
    for (int words = 0; words < 12; ++words) {
        const std::string_view w = wordAt(k);
        if (w.empty()) break;
        k += w.size();
        ends.push_back(k);
        std::size_t n = k;
        while (n < m_text.size()) {
            std::size_t next = n;
            const char32_t c = codePoint(m_text, next);
            if (!space(c) && c != '.' && c != '-' && c != '\'') break;
            n = next;
        }
        k = n;
    }
    for (std::size_t i = ends.size(); i-- > 0;) {
        const std::string name = tokenise(m_text.substr(m_at, ends[i] - m_at)).canonical;
        TypeRef t = m_options.types ? m_options.types(name) : TypeRef();
        if (!t) t = typeOf(name);
        if (t) {
            m_at = ends[i];
            return t;
        }
    }
    fail("expected a type");
}

// One test: an operator with its end, a range, or an expression.
NodeId Parser::unaryTest()
{
    const Depth depth(*this);
    if (peekUnaryOperator()) return unaryRange(m_at);
    const std::size_t at = m_at;
    const bool before = m_usesInput;
    m_usesInput = false;
    const NodeId e = expression();
    const bool uses = m_usesInput;
    m_usesInput = before || uses;
    return uses ? node({.op = Op::Test, .at = std::uint32_t(at), .a = e}) : e;
}

NodeId Parser::unaryTestList()
{
    skip();
    const std::size_t from = m_at;
    const NodeId input = global("?", m_at);
    std::vector<std::uint32_t> tests;
    const auto list = [&] {
        do tests.push_back(unaryTest());
        while (take(","));
    };
    if (take("-")) {
        skip();
        if (m_at == m_text.size()) return constant(Value::boolean(true), from);
        m_at = from;
    }
    bool negated = false;
    if (takeWord("not") && take("(")) {
        list();
        negated = take(")");
        skip();
        negated = negated && m_at == m_text.size();
    }
    if (!negated) { // not(…) may be the beginning of an expression as well
        m_at = from;
        tests.clear();
        list();
    }
    Node n{.op = Op::In, .at = std::uint32_t(from), .a = input};
    setKids(n, tests);
    const NodeId in = node(n);
    return negated ? node({.op = Op::Not, .at = std::uint32_t(from), .a = in}) : in;
}

} // namespace zt::feel
