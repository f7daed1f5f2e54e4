//! Search and the cost of encryption, on the store alone.
//!
//!     bench_store search DIR MATTERS          fills a store, builds its index, asks (F1-F3)
//!     bench_store plain FOLDER KEYS TARGET    the same store without encryption, from one SQLite
//!     bench_store session FOLDER KEYS|-       a scripted session: open, 200 pages, 50 searches, 20 saves (E1); "-": a plain store
//!     bench_store parts FOLDER KEYS|-         what it is made of, in SQL: durable commit, bulk insert, cold read, scan (E2)
#include "texts.h"
#include "tools.h"

#include "zt/base/id.h"
#include "zt/crypto/selftest.h"
#include "zt/store/sql_store.h"

#include <ctime>
#include <filesystem>
#include <sqlite3.h>

namespace fs = std::filesystem;
using namespace zt;
using bench::must;
using bench::nowMs;

namespace {

crypto::Secret keyFrom(const std::string& file)
{
    if (file == "-") return {};
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return crypto::Secret(BytesView(unhex(line).value_or("")));
}

void queue(store::SqlStore& db, int count)
{
    constexpr int kAtOnce = 1000;
    for (int at = 0; at < count;)
        must(db.write([&](sync::Tx& port) -> Result<void> {
            auto& tx = store::Tx::of(port);
            for (const int end = std::min(count, at + kAtOnce); at < end; ++at) {
                const auto text = bench::document(uint32_t(at));
                store::ListRow row;
                row.stream = "m/" + std::to_string(at);
                row.folders = 1u << int(store::Folder::Done);
                row.title = text.title;
                row.timeMs = 1'700'000'000'000 + Millis(at) * 1000;
                row.version = 1;
                store::IndexText words;
                words.title = text.title;
                words.body = text.body;
                ZT_TRY(tx.putRow(row, &words));
            }
            return {};
        }), "rows");
}

double build(store::SqlStore& db)
{
    const double from = nowMs();
    for (bool done = false; !done;)
        must(db.write([&](sync::Tx& tx) -> Result<void> {
            ZT_LET(all, store::Tx::of(tx).indexSlice());
            done = all;
            return {};
        }), "slice");
    return (nowMs() - from) / 1000;
}

void ask(store::Reader& reader, const char* name, store::Reader::Order order, bool phrase)
{
    bench::Draw draw(phrase ? 780 : 779);
    std::vector<double> ms;
    size_t hits = 0;
    for (int i = 0; i < 400; ++i) {
        std::string q;
        if (phrase) q = std::string(draw.word()) + draw.word();
        else q = bench::kWords[20 + draw.next() % 160];
        const double at = nowMs();
        const auto answer = must(reader.search(q, order), "search");
        if (i >= 100) ms.push_back(nowMs() - at); // the first ones warm the cache, as they do for the peer
        hits += answer.hits.size();
    }
    bench::out((std::string(name) + "_p50_ms").c_str(), bench::percentile(ms, 0.5));
    bench::out((std::string(name) + "_p99_ms").c_str(), bench::percentile(ms, 0.99));
    bench::out((std::string(name) + "_hits").c_str(), double(hits) / 400);
}

int search(const fs::path& dir, int count)
{
    fs::remove_all(dir);
    fs::create_directories(dir);
    auto db = must(store::SqlStore::create(dir, crypto::Secret(BytesView(Bytes(32, 'k')))), "store");
    queue(*db, count);
    must(db->checkpoint(), "checkpoint");
    const auto before = double(fs::file_size(dir / "store.db"));
    const auto cpu = std::clock();
    bench::out("build_s", build(*db));
    bench::out("build_cpu_s", double(std::clock() - cpu) / CLOCKS_PER_SEC);
    must(db->checkpoint(), "checkpoint");
    bench::out("index_mb", (double(fs::file_size(dir / "store.db")) - before) / 1e6);
    auto reader = must(db->reader(), "reader");
    ask(*reader, "word_newest", store::Reader::Order::Newest, false);
    ask(*reader, "word_ranked", store::Reader::Order::Best, false);
    ask(*reader, "phrase_newest", store::Reader::Order::Newest, true);
    ask(*reader, "phrase_ranked", store::Reader::Order::Best, true);
    return 0;
}

int plain(const fs::path& folder, const std::string& keys, const fs::path& target)
{
    fs::remove_all(target);
    fs::create_directories(target);
    (void)must(store::SqlStore::create(target, {}), "library"); // starts SQLCipher with our provider
    for (const char* end : {"", "-wal", "-shm"}) fs::remove(target / (std::string("store.db") + end));
    std::ifstream in(keys);
    std::string key;
    std::getline(in, key);
    sqlite3* db = nullptr;
    auto run = [&](const std::string& sql) {
        char* why = nullptr;
        if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &why) == SQLITE_OK) return;
        std::fprintf(stderr, "plain copy: %s\n", why ? why : "?");
        std::exit(1);
    };
    if (sqlite3_open((folder / "store.db").c_str(), &db) != SQLITE_OK) return 1;
    run("PRAGMA key = \"x'" + key + "'\"");
    run("PRAGMA cipher_page_size = 4096");
    run("PRAGMA cipher_hmac_algorithm = HMAC_SHA256");
    run("ATTACH DATABASE '" + (target / "store.db").string() + "' AS plain KEY ''");
    run("SELECT sqlcipher_export('plain')");
    sqlite3_stmt* version = nullptr;
    sqlite3_prepare_v2(db, "PRAGMA main.user_version", -1, &version, nullptr);
    sqlite3_step(version);
    const int schema = sqlite3_column_int(version, 0);
    sqlite3_finalize(version);
    run("PRAGMA plain.user_version = " + std::to_string(schema));
    run("DETACH DATABASE plain");
    sqlite3_close(db);
    return 0;
}

int session(const fs::path& folder, const std::string& keys)
{
    const auto key = keyFrom(keys);
    const double start = nowMs();
    auto db = must(store::SqlStore::open(folder, key), "open");
    auto reader = must(db->reader(), "reader");
    const double opened = nowMs();
    const auto total = must(reader->counts(), "counts").total[size_t(store::Folder::ToDo)];
    bench::Draw draw(7);
    // A person looks at the newest pages most, and now and then far down.
    for (int i = 0; i < 200; ++i) (void)must(reader->list(store::Folder::ToDo, i % 10 ? size_t(i % 10) * 50 : draw.next() % std::max<size_t>(1, total), 50), "page");
    const double listed = nowMs();
    for (int i = 0; i < 50; ++i) (void)must(reader->search(bench::kWords[20 + draw.next() % 160]), "search");
    const double searched = nowMs();
    store::DraftRow d;
    d.id = newId(systemClock(), systemRandom());
    d.document.set_title("关于做好防汛工作的通知");
    for (int i = 0; i < 20; ++i) {
        d.document.set_body(bench::document(uint32_t(i)).body);
        d.savedMs = systemClock().now();
        must(db->write([&](sync::Tx& tx) { return store::Tx::of(tx).putDraft(d); }), "save");
    }
    const double saved = nowMs();
    bench::out("total_ms", saved - start);
    bench::out("open_ms", opened - start);
    bench::out("pages_ms", listed - opened);
    bench::out("searches_ms", searched - listed);
    bench::out("saves_ms", saved - searched);
    return 0;
}

//! Statements on a connection of its own, as a store's are set up.
class Sql {
public:
    Sql(const fs::path& file, const std::string& keys)
    {
        if (sqlite3_open(file.c_str(), &m_db) != SQLITE_OK) std::exit(1);
        if (keys != "-") {
            std::ifstream in(keys);
            std::string key;
            std::getline(in, key);
            run(("PRAGMA key = \"x'" + key + "'\"").c_str());
            run("PRAGMA cipher_page_size = 4096");
            run("PRAGMA cipher_hmac_algorithm = HMAC_SHA256");
        }
        for (const char* sql : {"PRAGMA cache_size = -16000", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"}) run(sql);
    }
    ~Sql() { sqlite3_close(m_db); }
    Sql(const Sql&) = delete;
    void run(const char* sql)
    {
        if (sqlite3_exec(m_db, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return;
        std::fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(m_db));
        std::exit(1);
    }
    sqlite3_stmt* prepare(const char* sql)
    {
        sqlite3_stmt* out = nullptr;
        if (sqlite3_prepare_v2(m_db, sql, -1, &out, nullptr) != SQLITE_OK) std::exit(1);
        return out;
    }

private:
    sqlite3* m_db = nullptr;
};

int parts(const fs::path& folder, const std::string& keys)
{
    fs::create_directories(folder / "library");
    (void)must(store::SqlStore::create(folder / "library", keyFrom(keys)), "library"); // starts SQLCipher with our provider
    const fs::path file = folder / "store.db";
    bench::Draw draw(11);
    const std::string row(500, 'x');
    std::vector<double> commits, reads;
    {
        Sql db(file, keys);
        sqlite3_stmt* count = db.prepare("SELECT count(*), sum(length(bytes)) FROM events");
        const double start = nowMs();
        sqlite3_step(count);
        bench::out("scan_ms", nowMs() - start);
        sqlite3_finalize(count);
    }
    {
        Sql db(file, keys);
        sqlite3_stmt* ids = db.prepare("SELECT id FROM events");
        std::vector<int64_t> all;
        while (sqlite3_step(ids) == SQLITE_ROW) all.push_back(sqlite3_column_int64(ids, 0));
        sqlite3_finalize(ids);
        Sql cold(file, keys); // nothing of it in SQLite's memory, all of it in the system's
        sqlite3_stmt* one = cold.prepare("SELECT length(bytes) FROM events WHERE id = ?");
        for (int i = 0; i < 3000; ++i) {
            sqlite3_bind_int64(one, 1, all[draw.next() % all.size()]);
            const double start = nowMs();
            sqlite3_step(one);
            reads.push_back((nowMs() - start) * 1000);
            sqlite3_reset(one);
        }
        sqlite3_finalize(one);
    }
    {
        Sql db(file, keys);
        db.run("CREATE TABLE bench(id INTEGER PRIMARY KEY, bytes BLOB)");
        sqlite3_stmt* insert = db.prepare("INSERT INTO bench(bytes) VALUES(?)");
        auto add = [&](int rows) {
            db.run("BEGIN IMMEDIATE");
            for (int i = 0; i < rows; ++i) {
                sqlite3_bind_blob(insert, 1, row.data(), int(row.size()), SQLITE_STATIC);
                sqlite3_step(insert);
                sqlite3_reset(insert);
            }
            db.run("COMMIT");
        };
        const double start = nowMs();
        for (int i = 0; i < 100; ++i) add(1000);
        bench::out("bulk_ms", nowMs() - start);
        for (int i = 0; i < 300; ++i) {
            const double from = nowMs();
            add(1);
            commits.push_back(nowMs() - from);
        }
        sqlite3_finalize(insert);
        db.run("DROP TABLE bench");
    }
    bench::out("commit_ms", bench::percentile(commits, 0.5));
    bench::out("cold_us", bench::percentile(reads, 0.5));
    fs::remove_all(folder / "library");
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const std::string mode = argc > 1 ? argv[1] : "";
    if (!crypto::start()) return 1;
    if (mode == "search" && argc == 4) return search(argv[2], std::atoi(argv[3]));
    if (mode == "plain" && argc == 5) return plain(argv[2], argv[3], argv[4]);
    if (mode == "session" && argc == 4) return session(argv[2], argv[3]);
    if (mode == "parts" && argc == 4) return parts(argv[2], argv[3]);
    return 2;
}
