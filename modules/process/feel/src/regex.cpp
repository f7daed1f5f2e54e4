// XPath's patterns in ICU's language: what differs is rewritten, what XPath does not have is refused.
#include "regex.h"

#include "text.h"

#include <unicode/regex.h>
#include <unicode/unistr.h>

namespace zt::feel {

struct Pattern::Code {
    std::unique_ptr<icu::RegexPattern> pattern;
};

namespace {

//! Reads a pattern from left to right and writes ICU's.
class Rewriter {
public:
    Rewriter(std::string_view pattern, bool dotAll, bool multiLine) : m_s(pattern), m_dotAll(dotAll), m_multiLine(multiLine) {}
    std::optional<std::string> run()
    {
        while (m_ok && m_i < m_s.size()) one();
        if (!m_ok || !m_open.empty()) return {};
        return m_out;
    }

private:
    bool refuse() { return m_ok = false; }
    void quantifier(char c)
    {
        m_out += c;
        if (m_i < m_s.size() && m_s[m_i] == '+') refuse(); // possessive: not XPath's
        if (m_i < m_s.size() && m_s[m_i] == '?') m_out += m_s[m_i++];
    }
    void one()
    {
        const char c = m_s[m_i++];
        switch (c) {
        case '\\': escape(false); break;
        case '[': --m_i; set(0); break;
        case ']': refuse(); break;
        case '.': m_out += m_dotAll ? "." : "[^\\n\\r]"; break;
        case '^': m_out += m_multiLine ? "^" : "\\A"; break;
        case '$': m_out += m_multiLine ? "$" : "\\z"; break;
        case '(':
            if (m_i < m_s.size() && m_s[m_i] == '?') {
                if (m_s.compare(m_i, 2, "?:") != 0) refuse();
                m_open.push_back(0);
            } else {
                m_open.push_back(++m_groups);
            }
            m_out += c;
            break;
        case ')':
            if (m_open.empty()) { refuse(); break; }
            if (m_open.back()) m_closed.push_back(m_open.back());
            m_open.pop_back();
            m_out += c;
            break;
        case '*': case '+': case '?': quantifier(c); break;
        case '#': m_out += "\\#"; break;
        default: m_out += c;
        }
    }
    bool closed(int group) const
    {
        for (const int g : m_closed)
            if (g == group) return true;
        return false;
    }
    void reference(char first, bool inSet)
    {
        int n = first - '0';
        if (inSet || !n) { refuse(); return; }
        while (m_i < m_s.size() && m_s[m_i] >= '0' && m_s[m_i] <= '9' && closed(n * 10 + (m_s[m_i] - '0'))) n = n * 10 + (m_s[m_i++] - '0');
        if (!closed(n)) { refuse(); return; }
        m_out += "(?:\\" + std::to_string(n) + ")";
    }
    void category(char p)
    {
        if (m_i >= m_s.size() || m_s[m_i] != '{') { refuse(); return; }
        const std::size_t end = m_s.find('}', m_i);
        if (end == std::string_view::npos || end - m_i > 60) { refuse(); return; }
        const std::string_view name = m_s.substr(m_i + 1, end - m_i - 1);
        m_i = end + 1;
        for (const char c : name)
            if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) { refuse(); return; }
        m_out += std::string("\\") + p + "{";
        if (name.substr(0, 2) == "Is") m_out += "block=" + std::string(name.substr(2));
        else m_out += "gc=" + std::string(name);
        m_out += "}";
    }
    void escape(bool inSet)
    {
        if (m_i >= m_s.size()) { refuse(); return; }
        const char c = m_s[m_i++];
        if (c >= '0' && c <= '9') return reference(c, inSet);
        switch (c) {
        case 'p': case 'P': return category(c);
        case 'w': m_out += "[^\\p{P}\\p{Z}\\p{C}]"; return;
        case 'W': m_out += "[\\p{P}\\p{Z}\\p{C}]"; return;
        case 's': m_out += "[ \\t\\n\\r]"; return;
        case 'S': m_out += "[^ \\t\\n\\r]"; return;
        case 'i': m_out += "[\\p{L}_:]"; return;
        case 'I': m_out += "[^\\p{L}_:]"; return;
        case 'c': m_out += "[\\p{L}\\p{M}\\p{Nd}_:.\\-\\u00b7]"; return;
        case 'C': m_out += "[^\\p{L}\\p{M}\\p{Nd}_:.\\-\\u00b7]"; return;
        case 'd': case 'D': case 'n': case 'r': case 't': break;
        default:
            if (std::string_view("\\|.?*+(){}-[]^$/\"'#@&~=<>!%,;: ").find(c) == std::string_view::npos) { refuse(); return; }
        }
        m_out += '\\';
        m_out += c;
    }
    void set(int depth)
    {
        if (depth > 20) { refuse(); return; }
        m_out += m_s[m_i++]; // [
        if (m_i < m_s.size() && m_s[m_i] == '^') m_out += m_s[m_i++];
        bool any = false;
        while (m_ok && m_i < m_s.size()) {
            const char c = m_s[m_i];
            if (c == ']') {
                if (!any) refuse();
                ++m_i;
                m_out += ']';
                return;
            }
            if (c == '-' && m_i + 1 < m_s.size() && m_s[m_i + 1] == '[' && any) {
                ++m_i;
                m_out += "--";
                set(depth + 1);
                any = true;
                continue;
            }
            ++m_i;
            if (c == '\\') escape(true);
            else if (c == '[') refuse();
            else if (c == '&' || c == '{' || c == '}' || c == '$' || c == ' ' || c == '#' || c == '^') m_out += std::string("\\") + c;
            else if (c == '-' && (!any || m_i >= m_s.size() || m_s[m_i] == ']')) m_out += "\\-";
            else m_out += c;
            any = true;
        }
        refuse();
    }

    std::string_view m_s;
    bool m_dotAll, m_multiLine;
    std::size_t m_i = 0;
    std::string m_out;
    bool m_ok = true;
    int m_groups = 0;
    std::vector<int> m_open, m_closed;
};

// Flag x: white space counts inside character classes only.
std::string stripped(std::string_view s)
{
    std::string out;
    int depth = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
        const char c = s[i];
        if (c == '\\' && i + 1 < s.size() && s[i + 1] != ' ') {
            out += c;
            out += s[++i];
            continue;
        }
        if (c == '[') ++depth;
        if (c == ']' && depth) --depth;
        if (!depth && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
        out += c;
    }
    return out;
}

icu::UnicodeString unicode(std::string_view s) { return icu::UnicodeString::fromUTF8(icu::StringPiece(s.data(), std::int32_t(s.size()))); }
std::string utf8(const icu::UnicodeString& u)
{
    std::string s;
    u.toUTF8String(s);
    return s;
}
std::unique_ptr<icu::RegexMatcher> matcher(const icu::RegexPattern& p, const icu::UnicodeString& text)
{
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::RegexMatcher> m(p.matcher(text, status));
    if (U_FAILURE(status)) return {};
    m->setTimeLimit(300, status); // in ICU's own steps, so the same on every machine
    m->setStackLimit(4'000'000, status);
    return U_FAILURE(status) ? nullptr : std::move(m);
}

} // namespace

std::optional<Pattern> Pattern::make(std::string_view pattern, std::string_view flags)
{
    if (pattern.size() > 10'000) return {};
    std::uint32_t icuFlags = UREGEX_UNIX_LINES;
    bool dotAll = false, multiLine = false, extended = false, literal = false;
    for (const char f : flags) {
        switch (f) {
        case 's': dotAll = true; icuFlags |= UREGEX_DOTALL; break;
        case 'm': multiLine = true; icuFlags |= UREGEX_MULTILINE; break;
        case 'i': icuFlags |= UREGEX_CASE_INSENSITIVE; break;
        case 'x': extended = true; break;
        case 'q': literal = true; break;
        default: return {};
        }
    }
    Pattern out;
    out.m_literal = literal;
    icu::UnicodeString source;
    if (literal) {
        icuFlags |= UREGEX_LITERAL;
        source = unicode(pattern);
    } else {
        const std::string bare = extended ? stripped(pattern) : std::string(pattern);
        const auto rewritten = Rewriter(bare, dotAll, multiLine).run();
        if (!rewritten) return {};
        source = unicode(*rewritten);
    }
    UErrorCode status = U_ZERO_ERROR;
    UParseError where;
    auto code = std::make_shared<Code>();
    code->pattern.reset(icu::RegexPattern::compile(source, icuFlags, where, status));
    if (U_FAILURE(status) || !code->pattern) return {};
    out.m_code = std::move(code);
    return out;
}

std::optional<bool> Pattern::matches(std::string_view text) const
{
    const icu::UnicodeString t = unicode(text);
    const auto m = matcher(*m_code->pattern, t);
    if (!m) return {};
    UErrorCode status = U_ZERO_ERROR;
    const bool found = m->find(status);
    if (U_FAILURE(status)) return {};
    return found;
}

std::optional<std::string> Pattern::replace(std::string_view text, std::string_view replacement) const
{
    const auto empty = matches("");
    if (!empty || *empty) return {};
    const icu::UnicodeString t = unicode(text);
    const auto m = matcher(*m_code->pattern, t);
    if (!m) return {};
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString out;
    std::int32_t from = 0;
    while (m->find(status)) {
        const std::int32_t start = m->start(status), end = m->end(status);
        out.append(t, from, start - from);
        from = end;
        for (std::size_t i = 0; i < replacement.size(); ++i) {
            const char c = replacement[i];
            if (m_literal || (c != '\\' && c != '$')) {
                std::size_t k = i;
                codePoint(replacement, k);
                out.append(unicode(replacement.substr(i, k - i)));
                i = k - 1;
                continue;
            }
            if (i + 1 >= replacement.size()) return {};
            const char d = replacement[++i];
            if (c == '\\') {
                if (d != '\\' && d != '$') return {};
                out.append(UChar(d));
                continue;
            }
            if (d < '0' || d > '9') return {};
            std::int32_t group = d - '0';
            while (i + 1 < replacement.size() && replacement[i + 1] >= '0' && replacement[i + 1] <= '9') {
                const std::int32_t more = group * 10 + (replacement[i + 1] - '0');
                if (more > m->groupCount()) break;
                group = more;
                ++i;
            }
            if (group <= m->groupCount()) out.append(m->group(group, status));
        }
        if (U_FAILURE(status) || out.length() > 10'000'000) return {};
    }
    if (U_FAILURE(status)) return {};
    out.append(t, from, t.length() - from);
    return utf8(out);
}

std::optional<std::vector<std::string>> Pattern::split(std::string_view text) const
{
    const auto empty = matches("");
    if (!empty || *empty) return {};
    const icu::UnicodeString t = unicode(text);
    const auto m = matcher(*m_code->pattern, t);
    if (!m) return {};
    UErrorCode status = U_ZERO_ERROR;
    std::vector<std::string> out;
    std::int32_t from = 0;
    while (m->find(status)) {
        out.push_back(utf8(t.tempSubStringBetween(from, m->start(status))));
        from = m->end(status);
    }
    if (U_FAILURE(status)) return {};
    out.push_back(utf8(t.tempSubString(from)));
    return out;
}

} // namespace zt::feel
