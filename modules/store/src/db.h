#pragma once

#include "zt/base/bytes.h"
#include "zt/base/result.h"
#include "zt/crypto/secret.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace zt::store {

//! The kind of a SQLite result; the detail holds numbers only, for messages of SQLite may quote content.
[[nodiscard]] Error sqlError(int extended, int systemErrno, std::string_view what);
[[nodiscard]] Error sqlError(const SQLite::Exception& e, sqlite3* handle, std::string_view what);

//! Text and blob are both std::string here: the wrapper says which is meant.
struct Blob {
    BytesView bytes;
};

//! One use of a prepared statement; gives the statement back, reset, at the end of its life. Bound texts must outlive it.
class Query {
public:
    explicit Query(sqlite3_stmt* statement) : m_statement(statement) {}
    ~Query() { sqlite3_reset(m_statement); }
    Query(const Query&) = delete;

    template <class... A>
    Query& bind(const A&... values)
    {
        int at = 0;
        (put(++at, values), ...);
        return *this;
    }
    bool next();
    void run() { next(); }
    int64_t number(int column) const { return sqlite3_column_int64(raw(), column); }
    double real(int column) const { return sqlite3_column_double(raw(), column); }
    bool flag(int column) const { return number(column) != 0; }
    bool null(int column) const { return sqlite3_column_type(raw(), column) == SQLITE_NULL; }
    std::string bytes(int column) const
    {
        const void* p = sqlite3_column_blob(raw(), column);
        return p ? std::string(static_cast<const char*>(p), size_t(sqlite3_column_bytes(raw(), column))) : std::string();
    }
    std::string text(int column) const
    {
        const void* p = sqlite3_column_text(raw(), column);
        return p ? std::string(static_cast<const char*>(p), size_t(sqlite3_column_bytes(raw(), column))) : std::string();
    }

private:
    sqlite3_stmt* raw() const { return m_statement; }
    void put(int at, int64_t v) { check(sqlite3_bind_int64(raw(), at, v)); }
    void put(int at, uint64_t v) { put(at, int64_t(v)); }
    void put(int at, int v) { put(at, int64_t(v)); }
    void put(int at, uint32_t v) { put(at, int64_t(v)); }
    void put(int at, bool v) { put(at, int64_t(v)); }
    void put(int at, std::nullptr_t) { check(sqlite3_bind_null(raw(), at)); }
    void put(int at, std::string_view v) { check(sqlite3_bind_text64(raw(), at, v.data() ? v.data() : "", v.size(), SQLITE_STATIC, SQLITE_UTF8)); }
    void put(int at, const std::string& v) { put(at, std::string_view(v)); }
    void put(int at, Blob v) { check(sqlite3_bind_blob64(raw(), at, v.bytes.data() ? v.bytes.data() : "", v.bytes.size(), SQLITE_STATIC)); }
    static void check(int code);
    sqlite3_stmt* m_statement;
};

//! One keyed connection with its prepared statements. One thread at a time; only interrupt() from others.
class Db {
public:
    enum class Mode { Create, Write, Read };
    //! Old: SQLCipher's own, which stores had until 28 November 2026 (decisions/format.md). For carrying them over.
    enum class Pages { Ours, Old };
    //! Opens and keys; asks for a row of PRAGMA cipher_version before anything is written; reads the schema, so a wrong key or a
    //! damaged first page is Err::Corrupt here.
    [[nodiscard]] static Result<std::unique_ptr<Db>> open(const std::filesystem::path& file, const crypto::Secret& key, Mode mode, Pages pages = Pages::Ours);
    ~Db();

    //! `sql` must be a literal: statements are kept under its address.
    [[nodiscard]] Query query(const char* sql);
    void exec(const char* sql) { m_db->exec(sql); }
    [[nodiscard]] sqlite3* handle() { return m_db->getHandle(); }
    void interrupt() { sqlite3_interrupt(m_db->getHandle()); }
    [[nodiscard]] int64_t lastId() { return sqlite3_last_insert_rowid(handle()); }
    //! Pages in the write-ahead log after the last commit.
    [[nodiscard]] int walPages() const { return m_walPages; }
    void keepWalOnClose(bool keep);
    [[nodiscard]] std::vector<std::string> plans();

    //! Calls `work`, turning exceptions of SQLite into errors.
    template <class F>
    auto guard(std::string_view what, F&& work) -> decltype(work())
    {
        try {
            return work();
        } catch (const SQLite::Exception& e) {
            return sqlError(e, m_db->getHandle(), what);
        }
    }
    //! BEGIN, work, COMMIT; ROLLBACK on an error or a failed commit.
    template <class F>
    Result<void> transaction(const char* begin, F&& work)
    {
        ZT_TRY(guard("begin", [&]() -> Result<void> { query(begin).run(); return {}; }));
        Result<void> done;
        try {
            done = guard("transaction", [&]() -> Result<void> { return work(); });
        } catch (...) { // not SQLite's: the caller's own, which must not leave the transaction open
            rollback();
            throw;
        }
        if (done) done = guard("commit", [&]() -> Result<void> { query("COMMIT").run(); return {}; });
        if (!done) rollback();
        return done;
    }
    void rollback() noexcept;

    //! Numbers of stream names met lately: one act asks for the same one ten times. Only names this connection may rely on; emptied by a rollback.
    std::unordered_map<std::string, int64_t> names;

private:
    explicit Db(std::unique_ptr<SQLite::Database> db);
    std::unique_ptr<SQLite::Database> m_db;
    std::unordered_map<const char*, sqlite3_stmt*> m_statements;
    int m_walPages = 0;
};

//! All of one store into another, new one, page by page. The state is that of `from`'s transaction, where it is in one.
[[nodiscard]] Result<void> copyPages(Db& from, Db& to);

} // namespace zt::store
