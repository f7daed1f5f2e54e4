#include "tokenizer.h"

#include "zt/base/text.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cstring>

namespace zt::store {

namespace {

enum class Kind { Han, Letter, Digit, Other };

Kind kindOf(char32_t c)
{
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? Kind::Letter : c >= '0' && c <= '9' ? Kind::Digit : Kind::Other;
    if (c < 0xc0 || c == 0xd7 || c == 0xf7 || c == 0xfffd || c == 0xfeff) return Kind::Other;
    if (c == 0x3007 || c == 0x3005) return Kind::Han; // 〇 々
    if ((c >= 0x2000 && c < 0x2c00) || (c >= 0x2e00 && c < 0x2e80) || (c >= 0x3000 && c < 0x3041) || (c >= 0xfe00 && c < 0xfe70)) return Kind::Other;
    if ((c >= 0x2e80 && c < 0xa4d0) || (c >= 0xac00 && c < 0xd7b0) || (c >= 0xe000 && c < 0xfb00) || c >= 0x1f000) return Kind::Han;
    if (c >= 0xff00 && c < 0xfff0) return Kind::Other;
    return Kind::Letter;
}

constexpr size_t kLongestWord = 64; // bytes; a longer run of letters is cut
constexpr std::string_view kGap = "|"; // between a word and what follows punctuation; no text yields this token itself

using Emit = int (*)(void*, int, const char*, int, int, int);

//! One pass over a text.
class Cutter {
public:
    Cutter(Cut cut, bool query, void* context, Emit emit) : m_cut(cut), m_query(query), m_context(context), m_emit(emit) {}

    int run(std::string_view text)
    {
        m_text = text;
        size_t at = 0;
        while (at < text.size() && m_code == SQLITE_OK) {
            const size_t from = at;
            const Kind kind = kindOf(nextCodePoint(text, at));
            if (kind != Kind::Letter && kind != Kind::Digit) endWord();
            if (kind != Kind::Han) endHan(false);
            switch (kind) {
            case Kind::Other: m_gap = m_gap || m_any; break;
            case Kind::Han: han(from, at); break;
            default: word(kind, from, at); break;
            }
        }
        endWord();
        endHan(true);
        return m_code;
    }

private:
    void token(std::string_view t, size_t from, size_t to, int flags = 0)
    {
        if (m_code != SQLITE_OK) return;
        m_any = true;
        m_code = m_emit(m_context, flags, t.data(), int(t.size()), int(from), int(to));
    }
    //! The mark that keeps phrases from matching across punctuation. After a run of Han the bigram cut needs none: the run's last character alone
    //! already stands between.
    void closeGap(size_t at)
    {
        if (m_gap && (m_cut == Cut::Unigram || m_lastWasWord)) token(kGap, at, at);
        m_gap = false;
    }
    void han(size_t from, size_t to)
    {
        if (m_hanCount == 0) {
            m_afterWord = m_lastWasWord && !m_gap;
            closeGap(from);
        }
        m_lastWasWord = false;
        if (m_cut == Cut::Unigram) {
            closeGap(from);
            token(m_text.substr(from, to - from), from, to);
            return;
        }
        if (m_hanCount > 0) token(m_text.substr(m_lastHan, to - m_lastHan), m_lastHan, to);
        // 12号文件 is looked for as 12号 all the time; looking for all pairs that begin with 号 would read half the index.
        if (m_hanCount == 1 && m_afterWord && !m_query) token(m_text.substr(m_lastHan, from - m_lastHan), m_lastHan, from, FTS5_TOKEN_COLOCATED);
        m_lastHan = from;
        m_lastHanEnd = to;
        ++m_hanCount;
    }
    void endHan(bool end)
    {
        // At the end of a query the character may be followed by anything in the text.
        if (m_hanCount > 0 && !(m_query && end && m_hanCount > 1))
            token(m_text.substr(m_lastHan, m_lastHanEnd - m_lastHan), m_lastHan, m_lastHanEnd);
        m_hanCount = 0;
    }
    void word(Kind kind, size_t from, size_t to)
    {
        if (m_inWord && (kind != m_wordKind || to - m_wordFrom > kLongestWord)) endWord();
        if (!m_inWord) {
            closeGap(from);
            m_inWord = true;
            m_wordKind = kind;
            m_wordFrom = from;
        }
        m_wordEnd = to;
    }
    void endWord()
    {
        if (!m_inWord) return;
        m_inWord = false;
        m_lastWasWord = true;
        token(m_text.substr(m_wordFrom, m_wordEnd - m_wordFrom), m_wordFrom, m_wordEnd);
    }

    Cut m_cut;
    bool m_query;
    void* m_context;
    Emit m_emit;
    std::string_view m_text;
    int m_code = SQLITE_OK;
    bool m_any = false, m_gap = false, m_afterWord = false, m_inWord = false, m_lastWasWord = false;
    Kind m_wordKind = Kind::Letter;
    size_t m_wordFrom = 0, m_wordEnd = 0, m_lastHan = 0, m_lastHanEnd = 0, m_hanCount = 0;
};

int create(void*, const char** args, int count, Fts5Tokenizer** out)
{
    const bool unigram = count > 0 && !std::strcmp(args[0], "unigram");
    *out = reinterpret_cast<Fts5Tokenizer*>(new Cut(unigram ? Cut::Unigram : Cut::Bigram));
    return SQLITE_OK;
}
void destroy(Fts5Tokenizer* t) { delete reinterpret_cast<Cut*>(t); }
int tokenize(Fts5Tokenizer* t, void* context, int flags, const char* text, int size, Emit emit)
{
    if (!text || size <= 0) return SQLITE_OK;
    return Cutter(*reinterpret_cast<Cut*>(t), (flags & FTS5_TOKENIZE_QUERY) != 0, context, emit).run({text, size_t(size)});
}

//! What one hit is worth by column: body, title, opinions, attachments, number, people, keys.
constexpr double kWeights[] = {1, 10, 2, 3, 12, 4, 6};
constexpr int kTitle = 1;
constexpr int kMostHits = 64;

//! Weight of each column a part occurs in, a little for repetition, more for a title that begins with it. No statistics over the whole
//! index as bm25 wants them: those cost a walk over every hit.
void rankFunction(const Fts5ExtensionApi* api, Fts5Context* fts, sqlite3_context* out, int, sqlite3_value**)
{
    int count = 0;
    if (const int code = api->xInstCount(fts, &count); code != SQLITE_OK) return sqlite3_result_error_code(out, code);
    double score = 0;
    uint64_t seen = 0;
    for (int i = 0; i < std::min(count, kMostHits); ++i) {
        int phrase = 0, column = 0, offset = 0;
        if (const int code = api->xInst(fts, i, &phrase, &column, &offset); code != SQLITE_OK) return sqlite3_result_error_code(out, code);
        if (column < 0 || column >= int(std::size(kWeights))) continue;
        const uint64_t bit = uint64_t(1) << ((phrase * int(std::size(kWeights)) + column) & 63);
        score += kWeights[column] * ((seen & bit) ? 0.05 : 1) + (column == kTitle && offset == 0 ? 5 : 0);
        seen |= bit;
    }
    sqlite3_result_double(out, score);
}

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0'; }

} // namespace

void registerTokenizer(sqlite3* db)
{
    sqlite3_stmt* s = nullptr;
    fts5_api* api = nullptr;
    int code = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &s, nullptr);
    if (code == SQLITE_OK) code = sqlite3_bind_pointer(s, 1, &api, "fts5_api_ptr", nullptr);
    if (code == SQLITE_OK) sqlite3_step(s);
    sqlite3_finalize(s);
    if (!api) throw SQLite::Exception("no FTS5", code == SQLITE_OK ? SQLITE_ERROR : code);
    fts5_tokenizer tokenizer{create, destroy, tokenize};
    code = api->xCreateTokenizer(api, "zt", nullptr, &tokenizer, nullptr);
    if (code == SQLITE_OK) code = api->xCreateFunction(api, "zt_rank", nullptr, rankFunction, nullptr);
    if (code != SQLITE_OK) throw SQLite::Exception("tokenizer", code);
}

std::vector<std::string> queryParts(std::string_view folded)
{
    std::vector<std::string> parts;
    size_t at = 0;
    while (at < folded.size() && parts.size() < 16) {
        while (at < folded.size() && blank(folded[at])) ++at;
        size_t end = at;
        while (end < folded.size() && !blank(folded[end])) ++end;
        // Punctuation at the ends cannot be looked for.
        size_t first = std::string_view::npos, last = 0;
        for (size_t p = at; p < end;) {
            const size_t from = p;
            if (kindOf(nextCodePoint(folded, p)) == Kind::Other) continue;
            if (first == std::string_view::npos) first = from;
            last = std::min(p, end);
        }
        if (first != std::string_view::npos) parts.emplace_back(folded.substr(first, last - first));
        at = end;
    }
    return parts;
}

//! True where the part's end may go on in the text: a word may be longer, and a single Han character is found by the pairs it begins, unless it
//! follows a word directly: then it stands in the index alone.
static bool openEnd(std::string_view part, Cut cut)
{
    std::vector<Kind> kinds;
    for (size_t at = 0; at < part.size();) kinds.push_back(kindOf(nextCodePoint(part, at)));
    if (kinds.back() != Kind::Han) return true;
    return cut == Cut::Bigram && (kinds.size() < 2 || kinds[kinds.size() - 2] == Kind::Other);
}

std::string matchQuery(std::string_view folded, Cut cut)
{
    std::string out;
    for (const std::string& part : queryParts(folded)) {
        if (!out.empty()) out += " AND ";
        out += '"';
        for (char c : part) {
            if (c == '"') out += '"';
            out += c;
        }
        out += openEnd(part, cut) ? "\" *" : "\"";
    }
    return out;
}

} // namespace zt::store
