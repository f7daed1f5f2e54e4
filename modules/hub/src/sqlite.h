#pragma once

#include "record.pb.h"
#include "zt/base/bytes.h"
#include "zt/base/result.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <memory>
#include <mutex>
#include <sqlite3.h>
#include <unordered_map>

//! SQLiteCpp's exceptions stop here.
namespace zt::hub::sql {

[[nodiscard]] Error errorOf(const SQLite::Exception& e);

//! Runs `work`, which returns a Result, and turns what SQLiteCpp throws into one.
template <class Work>
auto guard(Work work) -> decltype(work())
{
    try {
        return work();
    } catch (const SQLite::Exception& e) {
        return errorOf(e);
    } catch (const std::bad_alloc&) {
        return fail(Err::TooLarge, "memory");
    }
}

inline void bindBlob(SQLite::Statement& s, int at, BytesView bytes) { s.bind(at, bytes.data() ? bytes.data() : "", int(bytes.size())); }
//! Without a copy: the bytes stay until the statement has run.
inline void bindView(SQLite::Statement& s, int at, BytesView bytes) { s.bindNoCopy(at, bytes.data() ? bytes.data() : "", int(bytes.size())); }
inline Bytes blob(const SQLite::Column& c) { return {static_cast<const char*>(c.getBlob()), size_t(c.getBytes())}; }

//! Version, time, level, suite, prev and body_hash of an event, from column `first` on.
void headerOf(SQLite::Statement& s, int first, wire::Event& e);

constexpr int kBusyMs = 5000; //!< for another process's transaction

//! One connection with its prepared statements; used under `mutex`.
struct Connection {
    std::mutex mutex;
    SQLite::Database db;
    std::unordered_map<const char*, std::unique_ptr<SQLite::Statement>> statements; //!< by where the text stands

    Connection(const std::string& file, int flags);
    //! Reset and unbound. Valid until the connection goes. `sql`: a literal.
    SQLite::Statement& statement(const char* sql);
};

//! Leaves a cached statement reset, so that it holds no read transaction open.
struct Reset {
    SQLite::Statement& s;
    ~Reset() { s.tryReset(); }
};

} // namespace zt::hub::sql
