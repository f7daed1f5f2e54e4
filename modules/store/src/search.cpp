#include "search.h"

#include "columns.h"
#include "tokenizer.h"
#include "zt/base/text.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace zt::store {

namespace {

constexpr size_t kRankWindow = 2000, kMostPeople = 8, kSnippetScan = 64 * 1024, kSnippetLength = 60, kSnippetBefore = 16;
constexpr std::string_view kMarkOn = "\uE000", kMarkOff = "\uE001";

void addPeople(Db& db, const std::string& folded, SearchAnswer& out)
{
    std::string key;
    for (char c : folded)
        if (c != ' ' && c != '\'') key += c; // "wang xiao" is typed as well as "wangxiao"
    if (key.empty()) return;
    const std::string end = key + "\xf4\x8f\xbf\xbf";
    // A person may have several keys that begin so; sorting them out in SQL would read all keys of a letter first.
    std::set<std::string> seen;
    Query q = db.query("SELECT p.id, p.name, p.place FROM people_keys k CROSS JOIN people p ON p.id = k.person WHERE k.key >= ? AND k.key < ?");
    q.bind(key, end);
    while (seen.size() < kMostPeople && q.next()) {
        if (!seen.insert(q.text(0)).second) continue;
        SearchHit& hit = out.hits.emplace_back();
        hit.stream = q.text(0);
        hit.row.stream = hit.stream;
        hit.row.title = q.text(1);
        hit.row.party = q.text(2);
        hit.person = true;
    }
}

struct Found {
    int64_t doc;
    double score;
};

std::vector<Found> newest(Db& db, const std::string& match, size_t limit)
{
    std::vector<Found> out;
    Query q = db.query("SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid LIMIT ?");
    q.bind(match, limit);
    while (q.next()) out.push_back({q.number(0), 0});
    return out;
}

//! Stable, so equals stay newest first.
std::vector<Found> best(Db& db, const std::string& match, size_t window)
{
    std::vector<Found> out;
    {
        Query q = db.query("SELECT rowid, zt_rank(search) FROM search WHERE search MATCH ? ORDER BY rowid LIMIT ?");
        q.bind(match, window);
        while (q.next()) out.push_back({q.number(0), q.real(1)});
    }
    std::stable_sort(out.begin(), out.end(), [](const Found& a, const Found& b) { return a.score > b.score; });
    return out;
}

std::string snippetOf(Db& db, int64_t stream, const std::vector<std::string>& parts)
{
    // One column at a time: bodies may be long and are needed only where the title does not tell.
    static constexpr const char* kColumns[] = {
        "SELECT title FROM texts WHERE stream = ?",  "SELECT body FROM texts WHERE stream = ?",
        "SELECT opinions FROM texts WHERE stream = ?", "SELECT attachments FROM texts WHERE stream = ?",
        "SELECT number FROM texts WHERE stream = ?", "SELECT people FROM texts WHERE stream = ?",
    };
    for (const char* sql : kColumns) {
        Query q = db.query(sql);
        if (!q.bind(stream).next()) continue;
        if (std::string s = snippet(q.text(0), parts); !s.empty()) return s;
    }
    return {};
}

void addRows(Db& db, const std::vector<Found>& found, size_t limit, const std::vector<std::string>& parts, SearchAnswer& out)
{
    for (const Found& f : found) {
        if (limit == 0) return;
        Query q = db.query("SELECT " ZT_LIST_COLUMNS ", l.stream FROM docs d CROSS JOIN list l ON l.stream = d.stream CROSS JOIN names n ON n.id = d.stream "
                           "WHERE d.doc = ?");
        if (!q.bind(f.doc).next()) continue;
        SearchHit& hit = out.hits.emplace_back();
        hit.row = listRow(q);
        hit.stream = hit.row.stream;
        hit.snippet = snippetOf(db, q.number(12), parts);
        --limit;
    }
}

} // namespace

SearchAnswer searchAll(Db& db, const std::string& text, Reader::Order order, size_t limit)
{
    SearchAnswer out;
    const std::string folded = foldForSearch(cleanLine(text));
    const std::vector<std::string> parts = queryParts(folded);
    const std::string match = matchQuery(folded);
    if (parts.empty()) return out;
    {
        Query q = db.query("SELECT 1 FROM to_index ORDER BY time DESC, stream DESC LIMIT 1");
        out.building = q.next();
    }
    addPeople(db, folded, out);
    std::vector<Found> found = order == Reader::Order::Best ? best(db, match, kRankWindow) : newest(db, match, limit + 1);
    out.ranked = order == Reader::Order::Best;
    out.more = found.size() > limit;
    if (order == Reader::Order::Auto && !out.more) {
        found = best(db, match, limit);
        out.ranked = true;
    }
    const size_t people = out.hits.size();
    addRows(db, found, limit, parts, out);
    // The index orders by seconds, and documents of one second by chance.
    if (!out.ranked)
        std::stable_sort(out.hits.begin() + ptrdiff_t(people), out.hits.end(), [](const SearchHit& a, const SearchHit& b) { return a.row.timeMs > b.row.timeMs; });
    return out;
}

//! A text folded character by character, with the place each folded byte came from. Characters that only fold together with their
//! neighbours are not marked; they are found all the same.
struct Folded {
    std::string text;
    std::vector<uint32_t> from; // for each byte of text, offset of its character in the original
};

static Folded foldWithOffsets(std::string_view original)
{
    Folded out;
    for (size_t at = 0; at < original.size();) {
        const size_t start = at;
        const char32_t c = nextCodePoint(original, at);
        const std::string_view raw = original.substr(start, at - start);
        const bool plain = (c < 0x80 && !(c >= 'A' && c <= 'Z')) || (c >= 0x4e00 && c < 0xa000);
        if (plain) out.text += raw;
        else out.text += foldForSearch(raw);
        out.from.resize(out.text.size(), uint32_t(start));
    }
    out.from.push_back(uint32_t(original.size()));
    return out;
}

static size_t back(std::string_view text, size_t at, size_t characters)
{
    while (at > 0 && characters > 0) {
        do --at;
        while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
        --characters;
    }
    return at;
}

static size_t forth(std::string_view text, size_t at, size_t characters)
{
    for (; at < text.size() && characters > 0; --characters) (void)nextCodePoint(text, at);
    return at;
}

//! True where a text may hold a part only after folding; most texts need none.
static bool mayFold(std::string_view text, const std::vector<std::string>& parts)
{
    auto han = [](char32_t c) { return c >= 0x4e00 && c < 0xa000; };
    for (const std::string& part : parts)
        for (size_t at = 0; at < part.size();) {
            const char32_t c = nextCodePoint(part, at);
            if (!han(c) && !(c < 0x80 && std::isalnum(int(c)))) return true;
        }
    for (size_t at = 0; at < text.size();) {
        const char32_t c = nextCodePoint(text, at);
        const bool mark = (c >= 0x2010 && c < 0x205f) || (c >= 0x3000 && c < 0x3040) || (c > 0xff00 && c < 0xff10) || (c >= 0xff1a && c < 0xff21);
        if (!han(c) && !mark && (c >= 0x80 || (c >= 'A' && c <= 'Z'))) return true;
    }
    return false;
}

using Marks = std::vector<std::pair<size_t, size_t>>; // in the original

static Marks marksIn(std::string_view text, const std::vector<std::string>& parts)
{
    static constexpr size_t kMost = 256;
    Marks marks;
    if (!mayFold(text, parts)) {
        for (const std::string& part : parts)
            for (size_t at = text.find(part); at != text.npos && marks.size() < kMost; at = text.find(part, at + part.size()))
                marks.emplace_back(at, at + part.size());
    } else {
        const Folded folded = foldWithOffsets(text);
        for (const std::string& part : parts)
            for (size_t at = folded.text.find(part); at != std::string::npos && marks.size() < kMost; at = folded.text.find(part, at + part.size())) {
                size_t end = folded.from[at + part.size() - 1];
                (void)nextCodePoint(text, end);
                marks.emplace_back(folded.from[at], end);
            }
    }
    std::sort(marks.begin(), marks.end());
    return marks;
}

std::string snippet(std::string_view text, const std::vector<std::string>& parts)
{
    if (text.size() > kSnippetScan) text = text.substr(0, forth(text, back(text, kSnippetScan, 1), 1));
    if (!isUtf8(text)) return snippet(cleanText(text), parts);
    const Marks marks = marksIn(text, parts);
    if (marks.empty()) return {};
    const size_t begin = back(text, marks[0].first, kSnippetBefore);
    const size_t end = std::max(forth(text, begin, kSnippetLength), marks[0].second);
    std::string out = begin > 0 ? "…" : "";
    size_t at = begin;
    for (const auto& [from, to] : marks) {
        if (from < at || to > end) continue; // overlaps what is marked already, or lies outside
        out += text.substr(at, from - at);
        out += kMarkOn;
        out += text.substr(from, to - from);
        out += kMarkOff;
        at = to;
    }
    out += text.substr(at, end - at);
    if (end < text.size()) out += "…";
    std::replace(out.begin(), out.end(), '\n', ' ');
    return out;
}

} // namespace zt::store
