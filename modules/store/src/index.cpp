#include "index.h"

#include "zt/base/text.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace zt::store {

// Index numbers order by time, so the newest hits are read first: milliseconds since 1970 * 2^20 + a part that makes them unique.
static constexpr int kDocBits = 20;
static constexpr int kMergePages = 64;
static constexpr int kMergesOfSlice = 6; // what a slice writes is encrypted and synced at its end, while nobody can be served

static int64_t freeDoc(Db& db, Millis time, int64_t stream)
{
    constexpr int64_t kMask = (int64_t(1) << kDocBits) - 1;
    const int64_t base = std::clamp<Millis>(time, 0, (Millis(1) << 42) - 1) << kDocBits;
    for (int64_t n = stream;; ++n) {
        const int64_t doc = base | (n & kMask);
        Query q = db.query("SELECT 1 FROM docs WHERE doc = ?");
        if (!q.bind(doc).next()) return doc;
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

static void indexOne(Db& db, int64_t id, Millis time)
{
    IndexText t;
    {
        Query q = db.query("SELECT title, body, opinions, attachments, number, people FROM texts WHERE stream = ?");
        if (!q.bind(id).next()) return;
        t = {q.text(0), q.text(1), q.text(2), q.text(3), q.text(4), q.text(5)};
    }
    forgetDoc(db, id);
    const int64_t doc = freeDoc(db, time, id);
    const std::string title = foldForSearch(t.title), body = foldForSearch(t.body), opinions = foldForSearch(t.opinions),
                      attachments = foldForSearch(t.attachments), number = foldForSearch(t.number), people = foldForSearch(t.people),
                      keys = titleKeys(t.title);
    db.query("INSERT INTO search(rowid, title, body, opinions, attachments, number, people, keys) VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(doc, title, body, opinions, attachments, number, people, keys)
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

bool indexSlice(Db& db, int maxMs, const std::function<bool()>& hurry)
{
    // The rest of the time is for joining and for the commit, which writes what was taken in. Joining must keep pace: each step touches every piece it
    // joins, so that hundreds of them left over make every step write hundreds of pages.
    const Millis start = systemClock().steady(), until = start + std::max(1, maxMs / 2), end = start + maxMs;
    do {
        int64_t id = 0;
        Millis time = 0;
        {
            Query q = db.query("SELECT time, stream FROM to_index ORDER BY time DESC, stream DESC LIMIT 1");
            if (!q.next()) return mergeSome(db);
            time = q.number(0);
            id = q.number(1);
        }
        indexOne(db, id, time);
        db.query("DELETE FROM to_index WHERE time = ? AND stream = ?").bind(time, id).run();
    } while (systemClock().steady() < until && !(hurry && hurry()));
    for (int n = 0; n < kMergesOfSlice && systemClock().steady() < end && !(hurry && hurry()); ++n)
        if (mergeSome(db)) break;
    return false;
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
