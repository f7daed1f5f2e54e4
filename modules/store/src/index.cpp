#include "index.h"

#include "zt/base/text.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace zt::store {

// Numbers of the index count down from here, one a second, so that the newest come first in it: that is the order they are asked for and, newest
// first, filled in, and FTS5 writes a piece of its own for every number below the last one. They are no finer because it holds their differences,
// and small ones take little room. Documents of one second take free numbers behind it, from a range that grows with each one found taken.
static constexpr int kSecondBits = 10;
static constexpr int64_t kFarFuture = int64_t(1) << 36;
static constexpr int64_t kFirstRange = 16;
static constexpr int kAtOnce = 128;     // documents whose numbers are put in order
static constexpr int kMergePages = 128;
static constexpr int kMergesOfSlice = 4; // at least; what a slice writes is encrypted and synced at its end, while nobody can be served

static int64_t freeDoc(Db& db, const std::set<int64_t>& taken, Millis time, int64_t stream)
{
    const int64_t base = kFarFuture - (std::clamp<Millis>(time, 0, (Millis(1) << 46) - 1) >> kSecondBits);
    uint64_t draw = uint64_t(stream) * 0x9E3779B97F4A7C15u;
    for (int64_t range = 1;; range = range == 1 ? kFirstRange : std::min<int64_t>(range * 2, int64_t(1) << 40)) {
        const int64_t doc = base + int64_t((draw >> 20) % uint64_t(range));
        Query q = db.query("SELECT 1 FROM docs WHERE doc = ?");
        if (!taken.count(doc) && !q.bind(doc).next()) return doc;
        draw = draw * 0x5851F42D4C957F2Du + 1;
    }
}

static void forgetDoc(Db& db, int64_t id)
{
    int64_t doc = 0;
    {
        Query q = db.query("SELECT doc FROM docs WHERE stream = ?");
        if (!q.bind(id).next()) return;
        doc = q.number(0);
    }
    db.query("DELETE FROM search WHERE rowid = ?").bind(doc).run();
    db.query("DELETE FROM docs WHERE doc = ?").bind(doc).run();
}

void forgetText(Db& db, int64_t id)
{
    forgetDoc(db, id);
    int64_t time = 0;
    {
        Query q = db.query("SELECT time FROM texts WHERE stream = ?");
        if (!q.bind(id).next()) return;
        time = q.number(0);
    }
    db.query("DELETE FROM to_index WHERE time = ? AND stream = ?").bind(time, id).run();
    db.query("DELETE FROM texts WHERE stream = ?").bind(id).run();
}

void queueText(Db& db, int64_t id, Millis time, const IndexText& t)
{
    {
        Query q = db.query("SELECT time, title = ? AND body = ? AND opinions = ? AND attachments = ? AND number = ? AND people = ? FROM texts WHERE stream = ?");
        if (q.bind(t.title, t.body, t.opinions, t.attachments, t.number, t.people, id).next()) {
            // An act that changes nothing one can search for costs nothing here; its place in time may be a little old.
            if (q.flag(1)) return;
            db.query("DELETE FROM to_index WHERE time = ? AND stream = ?").bind(q.number(0), id).run();
        }
    }
    db.query("INSERT OR REPLACE INTO texts(stream, time, title, body, opinions, attachments, number, people) VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(id, time, t.title, t.body, t.opinions, t.attachments, t.number, t.people)
        .run();
    db.query("INSERT OR IGNORE INTO to_index(time, stream) VALUES(?, ?)").bind(time, id).run();
}

//! Reading of one character, from a table that fills itself: ICU takes a tenth of a millisecond for a title.
static const std::string& reading(char32_t c)
{
    static thread_local std::unordered_map<char32_t, std::string> known;
    const auto found = known.find(c);
    if (found != known.end()) return found->second;
    std::string text, letters;
    appendUtf8(text, c);
    const Pinyin p = pinyin(text);
    if (!p.full.empty())
        for (char l : p.full.back()) // the plain reading, where the one for surnames differs
            if (l >= 'a' && l <= 'z') letters += l;
    return known.emplace(c, letters).first->second;
}

//! One word for each way of typing a title's head in letters: whole pinyin and initials, also of what follows 关于.
static std::string titleKeys(const std::string& title)
{
    static constexpr std::string_view kAbout = "关于";
    static constexpr size_t kHead = 10; // characters
    std::set<std::string> keys;
    auto add = [&](std::string_view from) {
        std::string full, initials;
        size_t at = 0;
        for (size_t n = 0; n < kHead && at < from.size(); ++n) {
            const std::string& r = reading(nextCodePoint(from, at));
            full += r;
            if (!r.empty()) initials += r[0];
        }
        if (initials.size() > 1) {
            keys.insert(full.substr(0, 60));
            keys.insert(initials);
        }
    };
    add(title);
    if (const size_t at = title.find(kAbout); at != std::string::npos) add(std::string_view(title).substr(at + kAbout.size()));
    std::string out;
    for (const std::string& key : keys) out += key + "\n";
    return out;
}

static void indexOne(Db& db, int64_t id, int64_t doc)
{
    IndexText t;
    {
        Query q = db.query("SELECT title, body, opinions, attachments, number, people FROM texts WHERE stream = ?");
        if (!q.bind(id).next()) return;
        t = {q.text(0), q.text(1), q.text(2), q.text(3), q.text(4), q.text(5)};
    }
    const std::string title = foldForSearch(t.title), body = foldForSearch(t.body), opinions = foldForSearch(t.opinions),
                      attachments = foldForSearch(t.attachments), number = foldForSearch(t.number), people = foldForSearch(t.people),
                      keys = titleKeys(t.title);
    db.query("INSERT INTO search(rowid, body, title, opinions, attachments, number, people, keys) VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(doc, body, title, opinions, attachments, number, people, keys)
        .run();
    db.query("INSERT INTO docs(doc, stream) VALUES(?, ?)").bind(doc, id).run();
}

//! Joins small pieces of the index, a bounded number of pages at a time; FTS5 left to itself does it in lumps of 200 ms.
//! \returns true when there was nothing to join
static bool mergeSome(Db& db)
{
    const int64_t before = sqlite3_total_changes64(db.handle());
    db.query("INSERT INTO search(search, rank) VALUES('merge', ?)").bind(kMergePages).run();
    return sqlite3_total_changes64(db.handle()) - before < 2; // the statement itself counts as one
}

//! The next to take in, in the order of their numbers; what the index said of them before is gone from it.
struct Next {
    int64_t doc, stream;
    Millis time;
};
static std::vector<Next> nextOnes(Db& db)
{
    std::vector<Next> out;
    {
        Query q = db.query("SELECT time, stream FROM to_index ORDER BY time DESC, stream DESC LIMIT ?");
        q.bind(kAtOnce);
        while (q.next()) out.push_back({0, q.number(1), q.number(0)});
    }
    std::set<int64_t> taken;
    for (Next& n : out) {
        forgetDoc(db, n.stream);
        n.doc = freeDoc(db, taken, n.time, n.stream);
        taken.insert(n.doc);
    }
    std::sort(out.begin(), out.end(), [](const Next& a, const Next& b) { return a.doc < b.doc; });
    return out;
}

bool indexSlice(Db& db, int maxMs, const std::function<bool()>& hurry)
{
    // The commit at the end writes what was taken in. Joining must keep pace: each step touches every piece it joins, so that hundreds of them left over
    // make every step write hundreds of pages.
    const Millis until = systemClock().steady() + maxMs;
    auto over = [&] { return systemClock().steady() >= until || (hurry && hurry()); };
    for (int merges = kMergesOfSlice;; ++merges) { // one more for each kAtOnce, whatever the machine takes in at a time
        const std::vector<Next> some = nextOnes(db);
        if (some.empty()) return mergeSome(db);
        for (const Next& n : some) {
            indexOne(db, n.stream, n.doc);
            db.query("DELETE FROM to_index WHERE time = ? AND stream = ?").bind(n.time, n.stream).run();
            if (over()) break;
        }
        if (!over()) continue;
        while (merges-- > 0 && !(hurry && hurry()) && !mergeSome(db)) {}
        return false;
    }
}

Result<void> putPerson(Db& db, const PersonKey& p)
{
    db.query("DELETE FROM people_keys WHERE person = ?").bind(p.id).run();
    db.query("INSERT OR REPLACE INTO people(id, name, place) VALUES(?, ?, ?)").bind(p.id, p.name, p.place).run();
    std::set<std::string> keys;
    const std::string folded = foldForSearch(p.name);
    // Each end of the name, so that the given name alone finds the person.
    for (size_t at = 0; at < folded.size(); (void)nextCodePoint(folded, at)) keys.insert(folded.substr(at));
    const Pinyin py = pinyin(p.name);
    keys.insert(py.full.begin(), py.full.end());
    keys.insert(py.initials.begin(), py.initials.end());
    for (const std::string& key : keys)
        if (!key.empty()) db.query("INSERT OR IGNORE INTO people_keys(key, person) VALUES(?, ?)").bind(key, p.id).run();
    return {};
}

} // namespace zt::store
