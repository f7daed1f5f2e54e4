#include "zt/sqlcipher/provider.h"
#include "zt/test/test.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <set>
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

//! What reading a table gives instead of a row.
int codeOf(SQLite::Database& db)
{
    try {
        text(db, "SELECT count(*) FROM t");
    } catch (const SQLite::Exception& e) {
        return e.getErrorCode();
    }
    return SQLITE_OK;
}

constexpr size_t kPage = 4096;

unsigned char* data(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }
const unsigned char* data(const std::string& s) { return reinterpret_cast<const unsigned char*>(s.data()); }

std::string hmac(const std::string& key, const std::string& text)
{
    std::string out(32, '\0');
    unsigned size = 0;
    EXPECT(HMAC(EVP_sha256(), key.data(), int(key.size()), data(text), text.size(), data(out), &size) && size == 32);
    return out;
}

//! GCM's tag of `text` as what is only authenticated, under a nonce of zeros.
std::string ghash(const std::string& key, const std::string& text)
{
    const std::string nonce(12, '\0');
    std::string out(16, '\0');
    int n = 0;
    EVP_CIPHER_CTX* c = EVP_CIPHER_CTX_new();
    EXPECT(EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), nullptr, data(key), data(nonce)) && EVP_EncryptUpdate(c, nullptr, &n, data(text), int(text.size()))
           && EVP_EncryptFinal_ex(c, data(out), &n) && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, 16, out.data()));
    EVP_CIPHER_CTX_free(c);
    return out;
}

std::string counter(const std::string& key, const std::string& iv, const std::string& text)
{
    std::string out(text.size(), '\0');
    int n = 0;
    EVP_CIPHER_CTX* c = EVP_CIPHER_CTX_new();
    EXPECT(EVP_EncryptInit_ex(c, EVP_aes_256_ctr(), nullptr, data(key), data(iv)) && EVP_EncryptUpdate(c, data(out), &n, data(text), int(text.size())));
    EVP_CIPHER_CTX_free(c);
    return out;
}

std::string block(const std::string& key, const std::string& text)
{
    std::string out(16, '\0');
    int n = 0;
    EVP_CIPHER_CTX* c = EVP_CIPHER_CTX_new();
    EXPECT(EVP_EncryptInit_ex(c, EVP_aes_256_ecb(), nullptr, data(key), nullptr) && EVP_CIPHER_CTX_set_padding(c, 0) && EVP_EncryptUpdate(c, data(out), &n, data(text), 16));
    EVP_CIPHER_CTX_free(c);
    return out;
}

//! Whether a file with these bytes is found to be.
bool damaged(const std::string& file, const std::string& bytes)
{
    std::ofstream(file, std::ios::binary).write(bytes.data(), std::streamsize(bytes.size()));
    auto db = open(file, kKey);
    return text(db, "PRAGMA cipher_integrity_check") != "no row";
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
    EXPECT_EQ(codeOf(other), SQLITE_NOTADB);
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
        EXPECT_EQ(codeOf(db), SQLITE_NOTADB);
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

// From here on our pages are the process's default: this case must stay the first that installs them, and after all that test the built-in ones.
CASE("SQLCipher's own pages are read and written by connections keyed as such, ours by the others, neither by the wrong ones")
{
    Folder dir;
    auto before = open(dir / "old.db", kKey); // opened before: keeps the built-in provider
    EXPECT_EQ(text(before, "PRAGMA cipher_provider"), std::string("openssl"));
    fill(before);
    EXPECT_EQ(zt_sqlcipher_install_provider(), SQLITE_OK);
    EXPECT_EQ(zt_sqlcipher_install_provider(), SQLITE_OK);

    auto ours = open(dir / "ours.db", kKey);
    EXPECT_EQ(text(ours, "PRAGMA cipher_provider"), std::string("openssl-zhengtong"));
    EXPECT_EQ(text(ours, "PRAGMA cipher"), std::string("aes-256-ctr"));
    fill(ours);
    EXPECT(whole(ours));

    zt_sqlcipher_old_pages(1);
    auto old = open(dir / "old.db", kKey);
    auto cross = open(dir / "ours.db", kKey);
    zt_sqlcipher_old_pages(0);
    EXPECT_EQ(text(old, "PRAGMA cipher"), std::string("AES-256-CBC"));
    EXPECT(whole(old));
    old.exec("UPDATE t SET body = body || 'x' WHERE id < 100");
    EXPECT_EQ(text(before, "SELECT count(*) FROM t WHERE body LIKE '%x'"), std::string("99"));
    EXPECT_EQ(codeOf(cross), SQLITE_NOTADB);
    auto other = open(dir / "old.db", kKey);
    EXPECT_EQ(codeOf(other), SQLITE_NOTADB);
}

CASE("our pages: several keys at once, a wrong key, threads")
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
    std::vector<SQLite::Database> all;
    for (int n = 0; n < 6; ++n) all.push_back(open(dir / ("t" + std::to_string(n)).c_str(), std::string(64, char('0' + n))));
    for (int round = 0; round < 3; ++round)
        for (auto& db : all) {
            db.exec("PRAGMA shrink_memory");
            EXPECT(whole(db));
        }
    auto wrong = open(dir / "t1", kOtherKey);
    EXPECT_EQ(codeOf(wrong), SQLITE_NOTADB);
}

CASE("our pages: another HMAC than SHA-256 is refused instead of being written")
{
    Folder dir;
    EXPECT_EQ(zt_sqlcipher_install_provider(), SQLITE_OK);
    for (const char* hmac : {"HMAC_SHA1", "HMAC_SHA512"}) {
        SQLite::Database db(dir / hmac, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        db.exec("PRAGMA key = \"x'" + kKey + "'\"");
        db.exec(std::string("PRAGMA cipher_hmac_algorithm = ") + hmac);
        bool refused = false;
        try {
            fill(db);
        } catch (const SQLite::Exception&) {
            refused = true;
        }
        EXPECT(refused);
    }
}

CASE("a page of ours is what the rule says, worked out anew; no two writings of it are under one IV; nothing of it can be changed")
{
    Folder dir;
    EXPECT_EQ(zt_sqlcipher_install_provider(), SQLITE_OK);
    {
        auto db = open(dir / "a.db", kKey);
        fill(db);
    }
    const std::string file = bytesOf(dir / "a.db");
    REQUIRE(file.size() > 20 * kPage);
    const std::string raw(32, '\xaa'); // kKey
    std::string salt = file.substr(0, 16);
    for (char& c : salt) c ^= 0x3a;
    std::string macKey(32, '\0');
    REQUIRE(PKCS5_PBKDF2_HMAC(raw.data(), 32, reinterpret_cast<const unsigned char*>(salt.data()), 16, 2, EVP_sha512(), 32, data(macKey)) == 1);
    const std::string cipherKey = hmac(raw, "zhengtong page 1 cipher"), hashKey = hmac(macKey, "zhengtong page 1 hash"), tagKey = hmac(macKey, "zhengtong page 1 tag");

    bool content = false;
    size_t good = 0;
    std::set<std::string> ivs;
    for (size_t n = 2; n * kPage <= file.size(); ++n) {
        const std::string page = file.substr((n - 1) * kPage, kPage), sealed = page.substr(0, kPage - 48), iv = page.substr(kPage - 48, 16);
        ivs.insert(iv);
        std::string said = sealed + iv;
        for (int i = 0; i < 4; ++i) said += char(n >> (8 * i));
        good += block(tagKey, ghash(hashKey, said)) + std::string(16, '\0') == page.substr(kPage - 32);
        content = content || counter(cipherKey, iv, sealed).find("secret words") != std::string::npos;
    }
    EXPECT(content);
    EXPECT_EQ(good, file.size() / kPage - 1);
    EXPECT_EQ(ivs.size(), file.size() / kPage - 1);

    // Written again, a page has another IV.
    {
        auto db = open(dir / "a.db", kKey);
        db.exec("UPDATE t SET body = upper(body)");
    }
    const std::string again = bytesOf(dir / "a.db");
    for (size_t n = 2; n * kPage <= again.size(); ++n) ivs.insert(again.substr(n * kPage - 48, 16));
    EXPECT(ivs.size() > file.size() / kPage - 1 + kRows / 10); // fewer than ten rows have a page

    // Every kind of byte of a page, and two pages changed for each other.
    const size_t at = 4 * kPage;
    for (size_t inside : {size_t(0), kPage / 2, kPage - 49, kPage - 48, kPage - 33, kPage - 32, kPage - 1}) {
        std::string bad = again;
        bad[at + inside] ^= 0x40;
        EXPECT(damaged(dir / "b.db", bad));
    }
    std::string swapped = again;
    std::swap_ranges(swapped.begin() + long(at), swapped.begin() + long(at + kPage), swapped.begin() + long(at + kPage));
    EXPECT(damaged(dir / "b.db", swapped));
    EXPECT(!damaged(dir / "b.db", again)); // the check above can fail
}

TEST_MAIN
