// Names: known ones by the longest match, others word by word; what they refer to.
#include "parser.h"

#include <algorithm>
#include <array>

namespace zt::feel {

void NameTable::add(std::string_view name)
{
    NameTokens t = tokenise(name);
    if (t.tokens.empty()) return;
    auto& all = m_byFirst[t.tokens.front()];
    const auto at = std::find_if(all.begin(), all.end(), [&](const NameTokens& o) { return o.tokens.size() <= t.tokens.size(); });
    all.insert(at, std::move(t));
}
std::shared_ptr<const NameTable> prepareMembers(const std::vector<std::string>& members)
{
    auto table = std::make_shared<NameTable>();
    for (const std::string& m : members) table->add(m);
    return table;
}
void NameTable::remove(std::string_view name)
{
    const NameTokens t = tokenise(name);
    if (t.tokens.empty()) return;
    auto& all = m_byFirst[t.tokens.front()];
    const auto at = std::find_if(all.begin(), all.end(), [&](const NameTokens& o) { return o.canonical == t.canonical; });
    if (at != all.end()) all.erase(at);
}
const std::vector<NameTokens>* NameTable::startingWith(std::string_view token) const
{
    const auto at = m_byFirst.find(std::string(token));
    return at == m_byFirst.end() ? nullptr : &at->second;
}

namespace {
bool keyword(std::string_view w)
{
    static constexpr std::array<std::string_view, 20> all = {"and", "between", "else", "every", "external", "false", "for", "function", "if", "in",
        "instance", "not", "null", "of", "or", "return", "satisfies", "some", "then", "true"};
    return std::find(all.begin(), all.end(), w) != all.end();
}
const NameTable& builtinNames()
{
    static const NameTable table = [] {
        NameTable t;
        for (const Builtin& b : builtins()) t.add(b.name);
        return t;
    }();
    return table;
}
//! Skips white space only: comments do not stand inside names.
std::size_t behindSpace(std::string_view s, std::size_t at)
{
    for (std::size_t k = at; k < s.size() && space(codePoint(s, k));) at = k;
    return at;
}
} // namespace

std::string_view Parser::wordAt(std::size_t at) const
{
    std::size_t k = at;
    if (k >= m_text.size() || !nameStart(codePoint(m_text, k))) return {};
    std::size_t end = k;
    for (; k < m_text.size() && namePart(codePoint(m_text, k));) end = k;
    return m_text.substr(at, end - at);
}

// Bytes of the longest known name that starts here; 0 if there is none.
std::size_t Parser::matchKnown(const NameTable& table, std::string& name)
{
    learnNames();
    std::size_t k = m_at;
    if (k >= m_text.size()) return 0;
    std::string_view first = wordAt(m_at);
    if (first.empty()) {
        codePoint(m_text, k);
        first = m_text.substr(m_at, k - m_at);
    }
    const auto* candidates = table.startingWith(first);
    if (!candidates) return 0;
    for (const NameTokens& c : *candidates) {
        std::size_t at = m_at;
        bool fits = true;
        for (std::size_t i = 0; i < c.tokens.size(); ++i) {
            const std::string& token = c.tokens[i];
            std::size_t end = behindSpace(m_text, at);
            if (i && (end != at) != c.gaps[i]) { fits = false; break; }
            if (i) at = end;
            if (m_text.compare(at, token.size(), token) != 0) { fits = false; break; }
            end = at + token.size();
            std::size_t t = 0, n = end;
            if (namePart(codePoint(token, t)) && n < m_text.size() && namePart(codePoint(m_text, n))) { fits = false; break; }
            at = end;
        }
        if (fits) {
            name = c.canonical;
            return at - m_at;
        }
    }
    return 0;
}

std::size_t Parser::matchMember(std::string& name)
{
    std::string other;
    const std::size_t n = matchKnown(m_members, name), m = m_options.prepared ? matchKnown(*m_options.prepared, other) : 0;
    if (m > n) name = other;
    return std::max(n, m);
}

// A name being declared: everything up to one of `stops` or the word. Empty, and nothing read, if it does not end so.
std::string Parser::nameUntil(std::string_view stops, std::string_view word)
{
    skip();
    std::size_t k = m_at;
    bool first = true;
    while (k < m_text.size()) {
        const std::size_t from = k;
        const std::string_view w = wordAt(k);
        if (!w.empty()) {
            if (!first && w == word) {
                const NameTokens t = tokenise(m_text.substr(m_at, from - m_at));
                m_at = from;
                return t.canonical;
            }
            k += w.size();
            first = false;
            continue;
        }
        const char32_t c = codePoint(m_text, k);
        if (c < 0x80 && stops.find(char(c)) != std::string_view::npos) {
            if (first) return {};
            const NameTokens t = tokenise(m_text.substr(m_at, from - m_at));
            m_at = from;
            return t.canonical;
        }
        if (space(c) || namePart(c)) continue; // digits after a symbol
        if (first || std::u32string_view(U"./-'+*’").find(c) == std::u32string_view::npos) return {};
    }
    return {};
}

// Behind a dot.
std::string Parser::member()
{
    skip();
    std::string found;
    if (const std::size_t n = matchMember(found)) {
        m_at += n;
        return found;
    }
    std::string_view w = wordAt(m_at);
    if (w.empty()) fail("expected a name");
    std::string name(w);
    m_at += w.size();
    for (;;) { // unknown: words up to something else
        const std::size_t next = behindSpace(m_text, m_at);
        w = wordAt(next);
        if (w.empty() || keyword(w) || w == "?") return name;
        name += ' ';
        name += w;
        m_at = next + w.size();
    }
}

NodeId Parser::name()
{
    const std::size_t at = m_at;
    std::string found, inner;
    std::size_t n = matchKnown(m_names, found);
    if (const std::size_t b = matchKnown(builtinNames(), inner); b > n) n = b, found = inner;
    bool filtered = false;
    for (const LexicalScope& s : m_scopes) filtered = filtered || s.of == LexicalScope::Of::Filter;
    if (filtered) // entries of the item come first, if they match as much
        if (const std::size_t m = matchMember(inner); m > n) n = m, found = inner;
    if (n) {
        m_at += n;
        return reference(found, at);
    }
    const std::string_view first = wordAt(m_at);
    if (first.empty() || keyword(first)) fail("expected an expression");
    std::string joined(first);
    m_at += first.size();
    while (first != "?") {
        const std::size_t next = behindSpace(m_text, m_at);
        const std::string_view w = wordAt(next);
        if (w.empty() || keyword(w) || w == "?") break;
        joined += ' ';
        joined += w;
        m_at = next + w.size();
    }
    return reference(joined, at);
}

std::size_t Parser::openScope(LexicalScope::Of of)
{
    LexicalScope s;
    s.of = of;
    s.function = m_functions.size() - 1;
    m_scopes.push_back(std::move(s));
    return m_scopes.size() - 1;
}
void Parser::closeScope()
{
    for (const auto& [name, slot] : m_scopes.back().slots) m_names.remove(name);
    m_scopes.pop_back();
}
std::uint32_t Parser::newSlot()
{
    OpenFunction& f = function();
    if (f.next > 100'000) fail("too many names", Err::TooLarge);
    f.most = std::max(f.most, f.next + 1);
    return f.next++;
}
void Parser::declare(const std::string& name, std::uint32_t slot)
{
    learnNames();
    m_names.add(name);
    m_scopes.back().slots.emplace_back(name, slot);
}

std::uint32_t Parser::capture(std::size_t f, Capture::From from, std::uint32_t source)
{
    for (const Capture& c : m_functions[f].captures)
        if (c.from == from && c.source == source) return c.slot;
    OpenFunction& open = m_functions[f];
    // Captured slots come from the top, so that they do not disturb those being handed out: numbered when the function closes.
    const std::uint32_t slot = std::uint32_t(0x80000000u + open.captures.size());
    open.captures.push_back({from, source, slot});
    return slot;
}
// A slot of function `from`, as function `to` (inside it) sees it.
std::uint32_t Parser::slotIn(std::size_t from, std::size_t to, std::uint32_t slot)
{
    for (std::size_t f = from + 1; f <= to; ++f) slot = capture(f, Capture::From::Local, slot);
    return slot;
}

NodeId Parser::global(const std::string& name, std::size_t at)
{
    const auto [it, fresh] = m_globals.emplace(name, std::uint32_t(m_program->names.size()));
    if (fresh) m_program->names.push_back(name);
    if (m_functions.size() == 1) return node({.op = Op::Global, .at = std::uint32_t(at), .a = it->second});
    std::uint32_t slot = capture(1, Capture::From::Global, it->second);
    for (std::size_t f = 2; f < m_functions.size(); ++f) slot = capture(f, Capture::From::Local, slot);
    return node({.op = Op::Local, .at = std::uint32_t(at), .a = slot});
}

// What the name is outside of scope number `scope`.
NodeId Parser::lookup(const std::string& name, std::size_t at, std::size_t scope)
{
    const std::size_t here = m_functions.size() - 1;
    while (scope-- > 0) {
        const LexicalScope& s = m_scopes[scope];
        for (std::size_t i = s.slots.size(); i-- > 0;)
            if (s.slots[i].first == name)
                return node({.op = Op::Local, .at = std::uint32_t(at), .a = slotIn(s.function, here, s.slots[i].second)});
        if (s.of == LexicalScope::Of::Frame && m_functions[s.function].self == name) {
            const std::uint32_t slot = capture(s.function, Capture::From::Self, 0);
            return node({.op = Op::Local, .at = std::uint32_t(at), .a = slotIn(s.function, here, slot)});
        }
    }
    if (name == "?") m_usesInput = true;
    learnNames();
    if (const int b = findBuiltin(name); b >= 0 && !m_known.contains(name)) return constant(builtinValue(b), at);
    return global(name, at);
}

NodeId Parser::reference(const std::string& name, std::size_t at)
{
    if (name == "partial") m_partial = true;
    // Filters between here and where the name is declared: their items' entries are looked at first.
    std::vector<std::uint32_t> items;
    const std::size_t here = m_functions.size() - 1;
    for (std::size_t i = m_scopes.size(); i-- > 0;) {
        const LexicalScope& s = m_scopes[i];
        if (s.of == LexicalScope::Of::Filter) {
            items.push_back(slotIn(s.function, here, s.item));
            if (name == "item") break;
        }
        if (std::any_of(s.slots.begin(), s.slots.end(), [&](const auto& d) { return d.first == name; })) break;
    }
    const NodeId outer = lookup(name, at, m_scopes.size());
    if (items.empty() || name == "?") return outer;
    if (name == "item") items.erase(items.begin(), items.end() - 1);
    Node n{.op = Op::FilterName, .at = std::uint32_t(at), .a = constantIndex(Value::string(name)), .b = outer};
    setKids(n, items);
    return node(n);
}

} // namespace zt::feel
