#include "db.h"

#include "tokenizer.h"
#include "zt/sqlcipher/provider.h"

#include <cerrno>
#include <mutex>

namespace zt::store {

static Err kindOf(int extended, int systemErrno)
{
    const bool noSpace = systemErrno == ENOSPC || systemErrno == EDQUOT || systemErrno == EFBIG;
    const bool noRight = systemErrno == EROFS || systemErrno == EACCES || systemErrno == EPERM;
    switch (extended & 0xff) {
    case SQLITE_FULL: return Err::DiskFull;
    case SQLITE_READONLY: return Err::ReadOnly;
    case SQLITE_CORRUPT: case SQLITE_NOTADB: return Err::Corrupt;
    case SQLITE_BUSY: case SQLITE_LOCKED: return Err::Busy;
    case SQLITE_INTERRUPT: return Err::Cancelled;
    case SQLITE_CONSTRAINT: return Err::Exists;
    case SQLITE_TOOBIG: return Err::TooLarge;
    case SQLITE_CANTOPEN: return systemErrno == ENOENT ? Err::NotFound : noRight ? Err::ReadOnly : noSpace ? Err::DiskFull : Err::Io;
    case SQLITE_PERM: return Err::ReadOnly;
    case SQLITE_IOERR:
        // A quota and a file size limit arrive as plain write errors.
        if (extended == SQLITE_IOERR_DATA || extended == SQLITE_IOERR_CORRUPTFS) return Err::Corrupt;
        return noSpace ? Err::DiskFull : noRight ? Err::ReadOnly : Err::Io;
    case SQLITE_NOMEM: {
        // A page that does not authenticate: SQLCipher answers with no page, which SQLite takes for no memory. Unless there is none.
        void* some = sqlite3_malloc(64 << 10);
        sqlite3_free(some);
        return some ? Err::Corrupt : Err::Io;
    }
    default: return Err::Internal;
    }
}

Error sqlError(int extended, int systemErrno, std::string_view what)
{
    return fail(kindOf(extended, systemErrno),
                std::string(what) + ": sqlite " + std::to_string(extended) + ", errno " + std::to_string(systemErrno));
}

Error sqlError(const SQLite::Exception& e, sqlite3* handle, std::string_view what)
{
    // The handle's own code is read only where it belongs to this exception: later calls overwrite it.
    const int code = e.getExtendedErrorCode() > 0 ? e.getExtendedErrorCode() : e.getErrorCode();
    return sqlError(code, handle ? sqlite3_system_errno(handle) : 0, what);
}

bool Query::next()
{
    const int code = sqlite3_step(m_statement);
    // The plain error in a step is SQLCipher's word for a connection that has met a bad page before; it stays so until opened again. Our
    // statements were compiled already, so nothing else says it.
    if (code == SQLITE_ERROR) throw SQLite::Exception("step", SQLITE_CORRUPT);
    if (code != SQLITE_ROW && code != SQLITE_DONE) throw SQLite::Exception(sqlite3_db_handle(m_statement), code);
    return code == SQLITE_ROW;
}

void Query::check(int code)
{
    if (code != SQLITE_OK) throw SQLite::Exception("bind", code);
}

static void startLibrary()
{
    static std::once_flag once;
    std::call_once(once, [] {
        ZT_CHECK(sqlite3_initialize() == SQLITE_OK);
        ZT_CHECK(zt_sqlcipher_install_provider() == SQLITE_OK);
    });
}

Db::Db(std::unique_ptr<SQLite::Database> db) : m_db(std::move(db)) {}

Db::~Db()
{
    for (const auto& [sql, statement] : m_statements) sqlite3_finalize(statement);
}

//! The raw key as SQLCipher wants it; never a std::string, which would leave copies behind.
static void applyKey(sqlite3* handle, const crypto::Secret& key, Db::Pages pages)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    crypto::Secret text(key.size() * 2 + 3);
    auto* p = text.data();
    *p++ = 'x';
    *p++ = '\'';
    for (size_t i = 0; i < key.size(); ++i) {
        *p++ = static_cast<unsigned char>(kDigits[key.data()[i] >> 4]);
        *p++ = static_cast<unsigned char>(kDigits[key.data()[i] & 15]);
    }
    *p = '\'';
    zt_sqlcipher_old_pages(pages == Db::Pages::Old);
    const int code = sqlite3_key_v2(handle, "main", text.data(), int(text.size()));
    zt_sqlcipher_old_pages(0);
    if (code != SQLITE_OK) throw SQLite::Exception("key", code);
}

static void prepareConnection(SQLite::Database& db, const crypto::Secret& key, Db::Mode mode, Db::Pages pages)
{
    if (!key.empty()) applyKey(db.getHandle(), key, pages);
    db.exec("PRAGMA cipher_page_size = 4096");
    db.exec("PRAGMA cipher_hmac_algorithm = HMAC_SHA256");
    // Until the store is known to be ours, closing must not write a foreign log into it.
    sqlite3_db_config(db.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    {
        // Without a row this is a SQLite that knows no cipher: it would write in the clear.
        SQLite::Statement version(db, "PRAGMA cipher_version");
        if (!version.executeStep() || version.getColumn(0).getString().empty()) throw SQLite::Exception("no cipher", SQLITE_MISUSE);
    }
    db.exec("PRAGMA temp_store = MEMORY");
    db.exec("PRAGMA trusted_schema = OFF");
    db.exec(mode == Db::Mode::Read ? "PRAGMA cache_size = -8000" : "PRAGMA cache_size = -16000"); // KiB, at most
    SQLite::Statement(db, "SELECT count(*) FROM sqlite_schema").executeStep();
    if (mode == Db::Mode::Read) {
        db.exec("PRAGMA query_only = ON");
        return;
    }
    SQLite::Statement journal(db, "PRAGMA journal_mode = WAL");
    if (!journal.executeStep() || journal.getColumn(0).getString() != "wal") throw SQLite::Exception("no write-ahead log", SQLITE_READONLY);
    db.exec("PRAGMA synchronous = FULL");
    db.exec("PRAGMA journal_size_limit = 16777216");
}

Result<std::unique_ptr<Db>> Db::open(const std::filesystem::path& file, const crypto::Secret& key, Mode mode, Pages pages)
{
#ifdef ZT_BENCH_DOOR
    const bool plain = key.empty(); // what encryption costs is measured against a store without
#else
    constexpr bool plain = false;
#endif
    if (!plain && key.size() != 32) return fail(Err::Invalid, "store key is not 32 bytes");
    startLibrary();
    // Readers open for writing too: a read-only connection cannot make the shared memory of the log after a crash.
    const int flags = SQLite::OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (mode == Mode::Create ? SQLite::OPEN_CREATE : 0);
    std::unique_ptr<SQLite::Database> db;
    try {
        db = std::make_unique<SQLite::Database>(file.string(), flags, 5000);
        prepareConnection(*db, key, mode, pages);
        registerTokenizer(db->getHandle());
    } catch (const SQLite::Exception& e) {
        // The statements above cannot be wrong, so the plain error means a page that does not authenticate, as in Query::next.
        if (db && e.getErrorCode() == SQLITE_ERROR) return fail(Err::Corrupt, "open: sqlite 1");
        return sqlError(e, db ? db->getHandle() : nullptr, "open");
    }
    auto out = std::unique_ptr<Db>(new Db(std::move(db)));
    sqlite3_wal_hook(out->handle(), [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Db*>(self)->m_walPages = pages;
        return SQLITE_OK;
    }, out.get());
    return out;
}

void Db::keepWalOnClose(bool keep)
{
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

Query Db::query(const char* sql)
{
    auto& slot = m_statements[sql];
    if (!slot) {
        const int code = sqlite3_prepare_v3(handle(), sql, -1, SQLITE_PREPARE_PERSISTENT, &slot, nullptr);
        if (code != SQLITE_OK) {
            m_statements.erase(sql);
            // Cancelled while the search table is opened, SQLite says no more than that it could not be.
            if (code == SQLITE_ERROR && sqlite3_is_interrupted(handle())) throw SQLite::Exception("prepare", SQLITE_INTERRUPT);
            throw SQLite::Exception(m_db->getHandle(), code);
        }
    }
    return Query(slot);
}

std::vector<std::string> Db::plans()
{
    std::vector<std::string> out;
    for (const auto& [sql, statement] : m_statements) {
        try {
            SQLite::Statement plan(*m_db, "EXPLAIN QUERY PLAN " + std::string(sql));
            while (plan.executeStep()) out.push_back(std::string(sql) + ": " + plan.getColumn(3).getString());
        } catch (const SQLite::Exception&) {
            // PRAGMA has no plan.
        }
    }
    return out;
}

void Db::rollback() noexcept
{
    names.clear();
    // SQLite may have rolled back by itself, on a full disk for instance. An interrupt meant for a search may also hit the rollback; left open, the
    // transaction would make every later one fail.
    static constexpr int kMostTimes = 100'000;
    for (int n = 0; n < kMostTimes && !sqlite3_get_autocommit(handle()); ++n)
        if (sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr) != SQLITE_INTERRUPT) break;
}

Result<void> copyPages(Db& from, Db& to)
{
    // Straight into the file, not by way of a log as large as it: half the room and half the writing.
    ZT_TRY(to.guard("backup", [&]() -> Result<void> {
        to.exec("PRAGMA journal_mode = DELETE");
        return {};
    }));
    sqlite3_backup* job = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
    if (!job) return sqlError(sqlite3_extended_errcode(to.handle()), sqlite3_system_errno(to.handle()), "backup");
    int code = SQLITE_OK;
    while (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED) code = sqlite3_backup_step(job, 1024);
    const int end = sqlite3_backup_finish(job);
    if (code == SQLITE_ERROR) return fail(Err::Corrupt, "backup: sqlite 1"); // as in Query::next
    if (code != SQLITE_DONE) return sqlError(code, sqlite3_system_errno(to.handle()), "backup");
    if (end != SQLITE_OK) return sqlError(end, sqlite3_system_errno(to.handle()), "backup");
    return {};
}

} // namespace zt::store
