#include "sqlite.h"

namespace zt::hub::sql {

Error errorOf(const SQLite::Exception& e)
{
    const std::string detail = "sqlite " + std::to_string(e.getExtendedErrorCode());
    switch (e.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return fail(Err::Busy, detail);
    case SQLITE_FULL: return fail(Err::DiskFull, detail);
    case SQLITE_READONLY: return fail(Err::ReadOnly, detail);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return fail(Err::Corrupt, detail);
    case SQLITE_CONSTRAINT: return fail(Err::Exists, detail);
    case SQLITE_TOOBIG: return fail(Err::TooLarge, detail);
    case SQLITE_CANTOPEN: return fail(Err::Io, detail);
    case SQLITE_IOERR: return fail(Err::Io, detail);
    default: return fail(Err::Internal, detail + " " + e.getErrorStr());
    }
}

void headerOf(SQLite::Statement& s, int first, wire::Event& e)
{
    e.set_version(uint64_t(s.getColumn(first).getInt64()));
    e.set_time_ms(s.getColumn(first + 1).getInt64());
    e.set_level(s.getColumn(first + 2).getUInt());
    e.set_suite(s.getColumn(first + 3).getUInt());
    e.set_prev(blob(s.getColumn(first + 4)));
    e.set_body_hash(blob(s.getColumn(first + 5)));
}

// Used under `mutex`, so that SQLite's own, taken at every call, would be one too many.
Connection::Connection(const std::string& file, int flags) : db(file, flags | SQLITE_OPEN_NOMUTEX, kBusyMs)
{
    db.exec("PRAGMA journal_mode = WAL");
    db.exec("PRAGMA synchronous = FULL");
    db.exec("PRAGMA wal_autocheckpoint = 0"); // see SqliteLog: when nobody waits
    db.exec("PRAGMA foreign_keys = OFF");
    db.exec("PRAGMA cache_size = -4000"); // 4 MB: what falls out is a copy from the page cache
    db.exec("PRAGMA mmap_size = 0");
    db.exec("PRAGMA trusted_schema = OFF");
}

SQLite::Statement& Connection::statement(const char* sql)
{
    auto& s = statements[sql];
    if (!s) s = std::make_unique<SQLite::Statement>(db, sql);
    s->tryReset();
    s->clearBindings();
    return *s;
}

} // namespace zt::hub::sql
