#include "zt/sqlcipher/provider.h"
#include "zt/test/test.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sqlite3.h>
#include <thread>
#include <unistd.h>

namespace fs = std::filesystem;

namespace {

const std::string kKey(64, 'a'), kOtherKey(64, 'b');
constexpr int kRows = 300; // a few hundred pages' worth, so that the page cipher works

struct Folder {
    fs::path path = fs::temp_directory_path() / ("zt-sqlcipher-" + std::to_string(::getpid()));
    Folder() { fs::remove_all(path); fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    std::string operator/(const char* name) const { return (path / name).string(); }
};

//! A keyed connection as the store makes it.
SQLite::Database open(const std::string& file, const std::string& key)
{
    SQLite::Database db(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db.exec("PRAGMA key = \"x'" + key + "'\"");
    db.exec("PRAGMA cipher_hmac_algorithm = HMAC_SHA256");
    return db;
}

std::string text(SQLite::Database& db, const std::string& sql)
{
    SQLite::Statement s(db, sql);
    return s.executeStep() ? s.getColumn(0).getString() : "no row";
}

void fill(SQLite::Database& db)
{
    db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, body TEXT)");
    SQLite::Transaction all(db);
    SQLite::Statement insert(db, "INSERT INTO t(body) VALUES(?)");
    for (int i = 0; i < kRows; ++i) {
        insert.bind(1, "secret words " + std::to_string(i) + std::string(700, 'p'));
        insert.exec();
        insert.reset();
    }
    all.commit();
}

bool whole(SQLite::Database& db)
{
    return text(db, "SELECT count(*) FROM t") == std::to_string(kRows) && text(db, "PRAGMA integrity_check") == "ok"
           && text(db, "PRAGMA cipher_integrity_check") == "no row" && text(db, "SELECT body FROM t WHERE id = 300").starts_with("secret words 299");
}

std::string bytesOf(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

CASE("this is SQLCipher 4 with OpenSSL, not the system's SQLite")
{
    Folder dir;
    auto db = open(dir / "a.db", kKey);
    EXPECT(text(db, "PRAGMA cipher_version").starts_with("4.14."));
    EXPECT(text(db, "PRAGMA cipher_provider").starts_with("openssl"));
    EXPECT_EQ(std::string(sqlite3_libversion()), std::string(SQLITE_VERSION));
    EXPECT_EQ(std::string(sqlite3_sourceid()), std::string(SQLITE_SOURCE_ID));
    EXPECT_EQ(sqlite3_threadsafe(), 1);
}

CASE("a keyed file shows neither SQLite's head nor content")
{
    Folder dir;
    {
        auto db = open(dir / "a.db", kKey);
        fill(db);
    }
    const std::string bytes = bytesOf(dir / "a.db");
    REQUIRE(bytes.size() > 100'000);
    EXPECT(!bytes.starts_with("SQLite format 3"));
    EXPECT(bytes.find("secret words") == bytes.npos);
    EXPECT(bytes.find("CREATE TABLE") == bytes.npos);
    // The same without a key does: the check above can fail.
    SQLite::Database plain(dir / "plain.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    fill(plain);
    EXPECT(bytesOf(dir / "plain.db").starts_with("SQLite format 3"));
    EXPECT(bytesOf(dir / "plain.db").find("secret words") != bytes.npos);
}

CASE("HMAC_SHA256 is used, and another algorithm does not read the file")
{
    Folder dir;
    {
        auto db = open(dir / "a.db", kKey);
        EXPECT_EQ(text(db, "PRAGMA cipher_hmac_algorithm"), std::string("HMAC_SHA256"));
        fill(db);
    }
    {
        auto db = open(dir / "a.db", kKey);
        EXPECT(whole(db));
    }
    SQLite::Database other(dir / "a.db", SQLite::OPEN_READONLY);
    other.exec("PRAGMA key = \"x'" + kKey + "'\"");
    bool refused = false;
    try {
        text(other, "SELECT count(*) FROM t");
    } catch (const SQLite::Exception& e) {
        refused = e.getErrorCode() == SQLITE_NOTADB;
    }
    EXPECT(refused);
}

CASE("a wrong key and a missing key fail")
{
    Folder dir;
    {
        auto db = open(dir / "a.db", kKey);
        fill(db);
    }
    for (const std::string& key : {kOtherKey, std::string()}) {
        SQLite::Database db(dir / "a.db", SQLite::OPEN_READWRITE);
        if (!key.empty()) {
            db.exec("PRAGMA key = \"x'" + key + "'\"");
            db.exec("PRAGMA cipher_hmac_algorithm = HMAC_SHA256");
        }
        int code = 0;
        try {
            text(db, "SELECT count(*) FROM t");
        } catch (const SQLite::Exception& e) {
            code = e.getErrorCode();
        }
        EXPECT_EQ(code, SQLITE_NOTADB);
    }
}

CASE("a flipped bit in a page is an error, not other content")
{
    Folder dir;
    {
        auto db = open(dir / "a.db", kKey);
        fill(db);
    }
    std::string bytes = bytesOf(dir / "a.db");
    bytes[bytes.size() / 2] ^= 1;
    std::ofstream(dir / "a.db", std::ios::binary).write(bytes.data(), std::streamsize(bytes.size()));
    auto db = open(dir / "a.db", kKey);
    bool failed = false;
    try {
        text(db, "SELECT sum(length(body)) FROM t");
    } catch (const SQLite::Exception&) {
        failed = true;
    }
    EXPECT(failed);
    EXPECT(text(db, "PRAGMA cipher_integrity_check") != "no row");
}

CASE("FTS5 works in a keyed file")
{
    Folder dir;
    auto db = open(dir / "a.db", kKey);
    db.exec("CREATE VIRTUAL TABLE f USING fts5(body, tokenize='trigram')");
    db.exec("INSERT INTO f(body) VALUES('关于开展安全检查的通知'), ('会议纪要')");
    EXPECT_EQ(text(db, "SELECT count(*) FROM f WHERE f MATCH '安全检'"), std::string("1"));
    EXPECT_EQ(text(db, "SELECT count(*) FROM f WHERE f MATCH '没有的'"), std::string("0"));
}

CASE("write-ahead log and column metadata work")
{
    Folder dir;
    auto db = open(dir / "a.db", kKey);
    EXPECT_EQ(text(db, "PRAGMA journal_mode = WAL"), std::string("wal"));
    fill(db);
    EXPECT(bytesOf(dir / "a.db-wal").find("secret words") == std::string::npos);
    sqlite3_stmt* raw = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db.getHandle(), "SELECT body AS b FROM t", -1, &raw, nullptr), SQLITE_OK);
    EXPECT_EQ(std::string(sqlite3_column_origin_name(raw, 0)), std::string("body"));
    sqlite3_finalize(raw);
    EXPECT(whole(db));
}

// From here on the kept-objects provider is the process's default: this case must stay the first that installs it, and after all that
// test the built-in one.
CASE("files written by either provider are read by the other, also from many threads and after a wipe")
{
    Folder dir;
    auto builtin = open(dir / "builtin.db", kKey); // opened before: keeps the built-in provider
    EXPECT_EQ(text(builtin, "PRAGMA cipher_provider"), std::string("openssl"));
    fill(builtin);
    auto alsoBuiltin = open(dir / "kept.db", kKey);
    EXPECT_EQ(text(alsoBuiltin, "PRAGMA cipher_provider"), std::string("openssl"));

    EXPECT_EQ(zt_sqlcipher_install_provider(), SQLITE_OK);
    EXPECT_EQ(zt_sqlcipher_install_provider(), SQLITE_OK);
    {
        auto kept = open(dir / "builtin.db", kKey);
        EXPECT_EQ(text(kept, "PRAGMA cipher_provider"), std::string("openssl-kept"));
        EXPECT(whole(kept));
        zt_sqlcipher_wipe_thread();
        zt_sqlcipher_wipe_thread();
        kept.exec("PRAGMA shrink_memory");
        EXPECT(whole(kept));
        kept.exec("UPDATE t SET body = body || 'x' WHERE id < 100");
    }
    EXPECT_EQ(text(builtin, "SELECT count(*) FROM t WHERE body LIKE '%x'"), std::string("99"));
    {
        auto kept = open(dir / "kept.db", kKey);
        fill(kept);
    }
    EXPECT(whole(alsoBuiltin));
}

CASE("the kept-objects provider: several keys at once, wrong keys, other HMACs, threads")
{
    Folder dir;
    EXPECT_EQ(zt_sqlcipher_install_provider(), SQLITE_OK);
    auto work = [&](int n) {
        const std::string key(64, char('0' + n));
        auto db = open(dir / ("t" + std::to_string(n)).c_str(), key);
        fill(db);
        return whole(db);
    };
    bool ok[6] = {};
    std::vector<std::thread> threads;
    for (int n = 0; n < 6; ++n) threads.emplace_back([&, n] { ok[n] = work(n); });
    for (auto& t : threads) t.join();
    for (bool b : ok) EXPECT(b);
    // More stores in turn on one thread than it keeps contexts for.
    std::vector<SQLite::Database> all;
    for (int n = 0; n < 6; ++n) all.push_back(open(dir / ("t" + std::to_string(n)).c_str(), std::string(64, char('0' + n))));
    for (int round = 0; round < 3; ++round)
        for (auto& db : all) {
            db.exec("PRAGMA shrink_memory");
            EXPECT(whole(db));
        }
    auto wrong = open(dir / "t1", kOtherKey);
    int code = 0;
    try {
        text(wrong, "SELECT count(*) FROM t");
    } catch (const SQLite::Exception& e) {
        code = e.getErrorCode();
    }
    EXPECT_EQ(code, SQLITE_NOTADB);
    for (const char* hmac : {"HMAC_SHA1", "HMAC_SHA512"}) {
        for (int again = 0; again < 2; ++again) {
            SQLite::Database db(dir / hmac, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
            db.exec("PRAGMA key = \"x'" + kKey + "'\"");
            db.exec(std::string("PRAGMA cipher_hmac_algorithm = ") + hmac);
            if (!again) fill(db);
            EXPECT(whole(db));
        }
    }
    zt_sqlcipher_wipe_thread();
}

TEST_MAIN
