// Measures what modules/store/decisions/search.md decides on: unigrams against bigrams, then the whole path through the store.
// Not run by ctest: `unit_store_bench [documents [slice ms]]`, some minutes for 100,000.
#include "db.h"
#include "support.h"
#include "tokenizer.h"
#include "zt/base/text.h"
#include "zt/crypto/selftest.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <random>

using namespace zt;
using namespace zt::store;

namespace {

//! Processor time of this thread: what others do on the machine does not count. Waiting for the disk does not either; it is small here.
double nowMs()
{
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return double(t.tv_sec) * 1e3 + double(t.tv_nsec) / 1e6;
}

//! Words of two common characters, drawn by Zipf's law; sentences of 12 words, a title of 7 words, a body of about 200 characters.
class Texts {
public:
    Texts() : m_random(20'260'101)
    {
        for (int i = 0; i < 4000; ++i) {
            std::string w;
            for (int k = 0; k < 2; ++k) appendUtf8(w, char32_t(0x4e00 + std::min(2999.0, -600 * std::log(m_uniform(m_random))) * 6));
            m_words.push_back(w);
        }
        double sum = 0;
        for (size_t i = 0; i < m_words.size(); ++i) m_sum.push_back(sum += 1.0 / double(i + 8));
    }
    const std::string& word() { return m_words[size_t(std::lower_bound(m_sum.begin(), m_sum.end(), m_uniform(m_random) * m_sum.back()) - m_sum.begin())]; }
    std::string text(int words)
    {
        std::string out;
        for (int i = 0; i < words; ++i) out += word() + (i % 6 == 5 ? i % 12 == 11 ? "。" : "，" : "");
        return out;
    }
    IndexText document(int n)
    {
        return {.title = "关于" + text(5) + "的通知", .body = text(95), .opinions = "同意" + word() + "。", .attachments = word() + "附件.pdf",
                .number = "示政办发〔" + std::to_string(2000 + n % 27) + "〕" + std::to_string(n) + "号"};
    }
    const std::string& common(size_t rank) const { return m_words[rank]; }
    std::mt19937_64& random() { return m_random; }

private:
    std::mt19937_64 m_random;
    std::uniform_real_distribution<double> m_uniform{1e-9, 1};
    std::vector<std::string> m_words;
    std::vector<double> m_sum;
};

struct Times {
    std::vector<double> ms;
    void print(const char* what)
    {
        std::sort(ms.begin(), ms.end());
        std::printf("    %-44s p50 %7.2f  p99 %7.2f  max %7.2f ms\n", what, ms[ms.size() / 2], ms[ms.size() * 99 / 100], ms.back());
    }
};

std::vector<std::string> someQueries(const std::vector<IndexText>& docs, size_t characters, size_t count, std::mt19937_64& random)
{
    std::vector<std::string> out;
    while (out.size() < count) {
        const std::string& body = docs[random() % docs.size()].body;
        std::vector<size_t> starts;
        for (size_t at = 0; at < body.size(); (void)nextCodePoint(body, at)) starts.push_back(at);
        if (starts.size() <= characters + 1) continue;
        const size_t at = random() % (starts.size() - characters - 1);
        std::string q = body.substr(starts[at], starts[at + characters] - starts[at]);
        if (q.find("，") == q.npos && q.find("。") == q.npos) out.push_back(q);
    }
    return out;
}

size_t scan(const std::vector<IndexText>& docs, const std::string& q)
{
    size_t n = 0;
    for (const auto& d : docs)
        n += d.title.find(q) != d.title.npos || d.body.find(q) != d.body.npos || d.opinions.find(q) != d.opinions.npos || d.attachments.find(q) != d.attachments.npos;
    return n;
}

void compare(Cut cut, const std::vector<IndexText>& docs, uint64_t textBytes)
{
    TempFolder dir;
    auto db = std::move(*Db::open(dir / "x.db", keyOf('k'), Db::Mode::Create));
    db->exec(cut == Cut::Unigram ? "CREATE VIRTUAL TABLE f USING fts5(title, body, opinions, attachments, number, content='', contentless_delete=1, tokenize='zt unigram')"
                                 : "CREATE VIRTUAL TABLE f USING fts5(title, body, opinions, attachments, number, content='', contentless_delete=1, tokenize='zt')");
    db->exec("INSERT INTO f(f, rank) VALUES('pgsz', 3990)");
    const double from = nowMs();
    for (size_t at = 0; at < docs.size();) {
        (void)db->transaction("BEGIN IMMEDIATE", [&]() -> Result<void> {
            for (size_t end = std::min(docs.size(), at + 1000); at < end; ++at) {
                const auto& d = docs[at];
                const std::string t = foldForSearch(d.title), b = foldForSearch(d.body), o = foldForSearch(d.opinions), a = foldForSearch(d.attachments), n = foldForSearch(d.number);
                db->query("INSERT INTO f(rowid, title, body, opinions, attachments, number) VALUES(?, ?, ?, ?, ?, ?)").bind(int64_t(at + 1), t, b, o, a, n).run();
            }
            return {};
        });
    }
    const double build = nowMs() - from;
    int64_t bytes = 0;
    { Query q = db->query("SELECT sum(length(block)) FROM f_data"); q.next(); bytes = q.number(0); }
    std::printf("  %s: build %.1f s, index %.1f MB = %.0f %% of text\n", cut == Cut::Unigram ? "unigram" : "bigram", build / 1000, double(bytes) / 1e6, 100.0 * double(bytes) / double(textBytes));
    if (docs.size() <= 20'000) { // more fails with "out of memory" in FTS5
        const double at = nowMs();
        db->exec("INSERT INTO f(f) VALUES('optimize')");
        Query q = db->query("SELECT sum(length(block)) FROM f_data WHERE id > 0");
        q.next();
        std::printf("    optimized in %.1f s: %.1f MB = %.0f %%\n", (nowMs() - at) / 1000, double(q.number(0)) / 1e6, 100.0 * double(q.number(0)) / double(textBytes));
    }
    std::mt19937_64 random(7);
    size_t wrong = 0;
    for (size_t characters : {1, 2, 3, 4, 6}) {
        Times newest, window;
        for (const std::string& q : someQueries(docs, characters, 200, random)) {
            const std::string match = matchQuery(foldForSearch(q), cut);
            double t = nowMs();
            { Query s = db->query("SELECT rowid FROM f WHERE f MATCH ? ORDER BY rowid DESC LIMIT 50"); s.bind(match); while (s.next()) {} }
            newest.ms.push_back(nowMs() - t);
            t = nowMs();
            { Query s = db->query("SELECT rowid, zt_rank(f) FROM f WHERE f MATCH ? ORDER BY rowid DESC LIMIT 2000"); s.bind(match); while (s.next()) {} }
            window.ms.push_back(nowMs() - t);
            if (newest.ms.size() <= 20) {
                Query s = db->query("SELECT count(*) FROM f WHERE f MATCH ?");
                s.bind(match).next();
                wrong += size_t(s.number(0)) != scan(docs, q);
            }
        }
        newest.print((std::to_string(characters) + " characters, newest 50").c_str());
        window.print((std::to_string(characters) + " characters, ranked in 2,000").c_str());
    }
    std::printf("    answers that differ from a substring scan: %zu of 100\n", wrong);
}

void whole(const std::vector<IndexText>& docs, Texts& texts, int sliceMs)
{
    TempFolder dir;
    auto store = std::move(*SqlStore::create(dir.path, keyOf('k')));
    wire::Event event;
    event.set_hub("province");
    event.set_body(Bytes(700, 'b'));
    event.set_salt(Bytes(16, 's'));
    event.set_prev(Bytes(32, 'p'));
    event.set_body_hash(Bytes(32, 'h'));
    for (const bool list : {false, true}) {
        const double from = nowMs();
        for (size_t at = 0; at < docs.size();)
            (void)put(*store, [&](Tx& tx) -> Result<void> {
                for (size_t end = std::min(docs.size(), at + 1000); at < end; ++at) {
                    const std::string name = "matter/" + std::to_string(at);
                    if (!list) {
                        event.set_stream(name);
                        event.set_version(1);
                        ZT_TRY(tx.appendEvent(event));
                        ZT_TRY(tx.putStream({.stream = name, .granted = true, .have = 1, .haveHash = Bytes(32, 'h'), .head = 1}));
                    } else {
                        ZT_TRY(tx.putRow(rowOf(name, 1'700'000'000'000 + Millis(at) * 1000, at % 5 ? bit(Folder::Done) : bit(Folder::ToDo) | bit(Folder::Received), docs[at].title), &docs[at]));
                    }
                }
                return {};
            });
        std::printf("  %s: %.0f rows/s\n", list ? "list rows with texts queued" : "event and stream", double(docs.size()) / (nowMs() - from) * 1000);
    }
    Times slices;
    const double from = nowMs();
    for (bool done = false; !done;) {
        const double t = nowMs();
        (void)put(*store, [&](Tx& tx) -> Result<void> {
            ZT_LET(all, tx.indexSlice(sliceMs));
            done = all;
            return {};
        });
        slices.ms.push_back(nowMs() - t);
    }
    std::printf("  index build in %zu slices of %d ms: %.1f s\n", slices.ms.size(), sliceMs, (nowMs() - from) / 1000);
    slices.print("a slice, with its commit");
    (void)store->checkpoint();
    std::printf("  store.db %.1f MB\n", double(fs::file_size(dir / "store.db")) / 1e6);
    auto reader = std::move(*store->reader());
    auto queries = [&](const char* what, Reader::Order order, const std::function<std::string()>& text) {
        Times t;
        size_t hits = 0;
        for (int i = 0; i < 300; ++i) {
            const std::string q = text();
            const double at = nowMs();
            auto a = reader->search(q, order);
            t.ms.push_back(nowMs() - at);
            hits += a ? a->hits.size() : 0;
        }
        t.print((std::string(what) + ", hits " + std::to_string(hits / 300)).c_str());
    };
    queries("two characters, newest", Reader::Order::Newest, [&] { return texts.word(); });
    queries("two characters, best in 2,000", Reader::Order::Best, [&] { return texts.common(texts.random()() % 50); });
    queries("two characters, auto", Reader::Order::Auto, [&] { return texts.word(); });
    queries("one character, newest", Reader::Order::Newest, [&] { size_t at = 0; const std::string& w = texts.word(); (void)nextCodePoint(w, at); return w.substr(0, at); });
    queries("four characters, auto", Reader::Order::Auto, [&] { return texts.word() + texts.word(); });
    queries("number, auto", Reader::Order::Auto, [&] { return std::to_string(texts.random()() % docs.size()) + "号"; });
    Times first, deep, open;
    for (int i = 0; i < 200; ++i) {
        double t = nowMs();
        (void)reader->list(Folder::Done, 0, 50);
        first.ms.push_back(nowMs() - t);
        t = nowMs();
        (void)reader->list(Folder::Done, texts.random()() % docs.size(), 50);
        deep.ms.push_back(nowMs() - t);
    }
    first.print("first page of a list");
    deep.print("page anywhere in a list");
    reader.reset();
    store.reset();
    for (int i = 0; i < 20; ++i) {
        const double t = nowMs();
        auto s = SqlStore::open(dir.path, keyOf('k'));
        open.ms.push_back(nowMs() - t);
    }
    open.print("open");
}

} // namespace

int main(int argc, char** argv)
{
    if (!crypto::start()) return 3;
    const int count = argc > 1 ? std::atoi(argv[1]) : 100'000;
    Texts texts;
    std::vector<IndexText> docs;
    uint64_t bytes = 0;
    for (int i = 0; i < count; ++i) {
        docs.push_back(texts.document(i));
        const auto& d = docs.back();
        bytes += d.title.size() + d.body.size() + d.opinions.size() + d.attachments.size() + d.number.size();
    }
    std::printf("%d documents, %.1f MB of text\n", count, double(bytes) / 1e6);
    if (argc <= 2) compare(Cut::Unigram, docs, bytes);
    if (argc <= 2) compare(Cut::Bigram, docs, bytes);
    whole(docs, texts, argc > 2 ? std::atoi(argv[2]) : 40);
    const double from = nowMs();
    const auto params = crypto::calibrateKdf(500, systemRandom());
    const double calibrated = nowMs();
    (void)crypto::deriveKey("passphrase", params);
    std::printf("  Argon2id: %u passes, %llu MiB, %.0f ms (calibration %.0f ms)\n", params.operations, static_cast<unsigned long long>(params.memoryBytes >> 20), nowMs() - calibrated, calibrated - from);
}
