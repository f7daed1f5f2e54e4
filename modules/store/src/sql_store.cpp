#include "zt/store/sql_store.h"

#include "db.h"
#include "files.h"
#include "schema.h"

#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <system_error>

namespace fs = std::filesystem;

namespace zt::store {

static constexpr int kCheckpointPages = 1000;  // 4 MiB: without waiting for readers
static constexpr int kTruncatePages = 8192;    // 32 MiB: waits for readers, so that the log stays below 64 MiB
static constexpr const char* kFile = "store.db";

class SqlStore::Impl {
public:
    fs::path folder;
    crypto::Secret key; // for readers opened later
    std::optional<FolderLock> lock;
    std::unique_ptr<Db> db;

    void afterCommit()
    {
        const int pages = db->walPages();
        if (pages < kCheckpointPages) return;
        // A failure is none of the caller's: the commit is durable, the next one tries again.
        sqlite3_wal_checkpoint_v2(db->handle(), nullptr, pages < kTruncatePages ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    }
};

SqlStore::SqlStore(std::unique_ptr<Impl> impl) : m(std::move(impl)) {}

SqlStore::~SqlStore() = default;

static Result<void> checkPlace(const fs::path& folder, const SqlStore::Options& options)
{
    ZT_LET(type, (options.fileSystem ? options.fileSystem : fileSystemType)(folder));
    return refuseNetwork(type, folder);
}

//! A file shorter than its own head says was cut. Only told where no log could still hold the missing pages.
static Result<void> checkLength(Db& db, const fs::path& file)
{
    std::error_code ec;
    const auto log = fs::file_size(file.string() + "-wal", ec);
    if (!ec && log > 0) return {};
    const auto size = fs::file_size(file, ec);
    if (ec) return fail(Err::Io, "size of the store");
    return db.guard("length", [&]() -> Result<void> {
        Query q = db.query("PRAGMA page_count");
        if (!q.next() || uint64_t(q.number(0)) * 4096 > size) return fail(Err::Corrupt, "store is shorter than it says");
        return {};
    });
}

//! Moves an unreadable store and its log out of the way, together and under names SQLite would still pair.
static Error setAside(const fs::path& folder, const Clock& clock, const Error& why)
{
    std::string target;
    for (Millis stamp = clock.now();; ++stamp) {
        target = "store.db.unreadable-" + std::to_string(stamp);
        if (!fs::exists(folder / target)) break;
    }
    std::error_code ec;
    for (const char* end : {"-wal", ""}) {
        fs::rename(folder / (kFile + std::string(end)), folder / (target + end), ec);
        if (ec && ec != std::errc::no_such_file_or_directory) return fail(Err::Corrupt, why.detail + "; could not be set aside, errno " + std::to_string(ec.value()));
    }
    fs::remove(folder / (std::string(kFile) + "-shm"), ec); // an index of the log, made again from it
    (void)syncFolder(folder);
    return fail(Err::Corrupt, why.detail + "; set aside as " + target);
}

//! Writes a store that still has SQLCipher's own pages anew with ours. Err::Corrupt: it does not read as such either; the store is then as it was, as it is after
//! any other error and when killed. All of it is read before anything of it is touched. Its log must be empty before the new file has its name: SQLite would
//! take it for the new one's.
static Result<void> carryOver(const fs::path& file, const crypto::Secret& key)
{
    const fs::path fresh = file.string() + ".carried";
    std::error_code ec;
    auto clear = [&] {
        for (const char* end : {"", "-wal", "-shm"}) fs::remove(fresh.string() + end, ec);
    };
    clear(); // of one that was killed
    auto written = [&]() -> Result<void> {
        ZT_LET(from, Db::open(file, key, Db::Mode::Write, Db::Pages::Old));
        ZT_TRY(checkLength(*from, file));
        ZT_LET(to, Db::open(fresh, key, Db::Mode::Create));
        ZT_TRY(copyPages(*from, *to));
        to->keepWalOnClose(false);
        to.reset();
        int left = 0;
        const int code = sqlite3_wal_checkpoint_v2(from->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, &left, nullptr);
        if (code != SQLITE_OK) return sqlError(code, sqlite3_system_errno(from->handle()), "carry over");
        if (left) return fail(Err::Busy, "carry over: the log is not empty");
        from->keepWalOnClose(false);
        from.reset();
        if (fs::exists(fresh.string() + "-wal", ec)) return fail(Err::Io, "carry over: the new store was not closed");
        fs::rename(fresh, file, ec);
        if (ec) return fileError(ec.value(), "carry over");
        return syncFolder(file.parent_path());
    }();
    if (!written) clear();
    return written;
}

static Result<std::unique_ptr<Db>> openDb(const fs::path& file, const crypto::Secret& key, Db::Mode mode)
{
    std::error_code ec;
    // SQLite takes an empty file for a new store.
    if (mode != Db::Mode::Create && fs::file_size(file, ec) == 0) return fail(Err::Corrupt, "store is an empty file");
    auto opened = Db::open(file, key, mode);
    if (!opened && opened.error().kind == Err::Corrupt && mode == Db::Mode::Write) {
        auto carried = carryOver(file, key);
        if (!carried && carried.error().kind != Err::Corrupt) return Error(std::move(carried.error()));
        if (carried) opened = Db::open(file, key, mode);
    }
    if (!opened) return Error(std::move(opened.error()));
    auto db = std::move(*opened);
    if (mode != Db::Mode::Create) ZT_TRY(checkLength(*db, file));
    ZT_TRY(migrate(*db));
    db->keepWalOnClose(false);
    return db;
}

//! SQLCipher says the same of a page that does not authenticate, of a read that failed and of a lack of memory. Only the first is damage.
static Result<void> isReadable(const fs::path& file)
{
    constexpr int kPiece = 1 << 20;
    std::unique_ptr<void, decltype(&sqlite3_free)> piece(sqlite3_malloc(kPiece), sqlite3_free);
    sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
    std::unique_ptr<sqlite3_file, decltype(&sqlite3_free)> f(static_cast<sqlite3_file*>(sqlite3_malloc(vfs->szOsFile)), sqlite3_free);
    if (!piece || !f) return fail(Err::Io, "no memory");
    if (vfs->xOpen(vfs, file.c_str(), f.get(), SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK) return fail(Err::Io, "store cannot be read");
    sqlite3_int64 size = 0;
    int code = f->pMethods->xFileSize(f.get(), &size);
    for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size; at += kPiece) code = f->pMethods->xRead(f.get(), piece.get(), int(std::min<sqlite3_int64>(kPiece, size - at)), at);
    f->pMethods->xClose(f.get());
    return code == SQLITE_OK ? Result<void>() : Result<void>(Err::Io, "store cannot be read: sqlite " + std::to_string(code));
}

Result<std::unique_ptr<SqlStore>> SqlStore::create(const fs::path& folder, const crypto::Secret& key, const Options& options)
{
    auto impl = std::make_unique<Impl>();
    impl->folder = folder;
    impl->key = key.clone();
    ZT_TRY(checkPlace(folder, options));
    ZT_LET(lock, FolderLock::take(folder));
    impl->lock.emplace(std::move(lock));
    std::error_code ec;
    if (fs::exists(folder / kFile, ec) || ec) return fail(Err::Exists, "there is a store already");
    auto db = openDb(folder / kFile, key, Db::Mode::Create);
    if (!db) {
        for (const char* end : {"", "-wal", "-shm"}) fs::remove(folder / (kFile + std::string(end)), ec);
        return Error(std::move(db.error()));
    }
    impl->db = std::move(*db);
    ZT_TRY(syncFolder(folder));
    return std::unique_ptr<SqlStore>(new SqlStore(std::move(impl)));
}

Result<std::unique_ptr<SqlStore>> SqlStore::open(const fs::path& folder, const crypto::Secret& key, const Options& options)
{
    auto impl = std::make_unique<Impl>();
    impl->folder = folder;
    impl->key = key.clone();
    std::error_code ec;
    if (!fs::exists(folder / kFile, ec)) return fail(Err::NotFound, "no store here");
    ZT_TRY(checkPlace(folder, options));
    ZT_LET(lock, FolderLock::take(folder));
    impl->lock.emplace(std::move(lock));
    auto db = openDb(folder / kFile, key, Db::Mode::Write);
    if (!db && db.error().kind == Err::Corrupt) {
        ZT_TRY(isReadable(folder / kFile));
        db = openDb(folder / kFile, key, Db::Mode::Write);
    }
    if (!db && db.error().kind == Err::Corrupt) return setAside(folder, *options.clock, db.error());
    if (!db) return Error(std::move(db.error()));
    impl->db = std::move(*db);
    return std::unique_ptr<SqlStore>(new SqlStore(std::move(impl)));
}

Result<std::unique_ptr<SqlStore>> SqlStore::create(const fs::path& folder, const crypto::Secret& key) { return create(folder, key, Options()); }
Result<std::unique_ptr<SqlStore>> SqlStore::open(const fs::path& folder, const crypto::Secret& key) { return open(folder, key, Options()); }

Result<void> SqlStore::write(const std::function<Result<void>(sync::Tx&)>& work)
{
    Tx tx(*m->db);
    ZT_TRY(m->db->transaction("BEGIN IMMEDIATE", [&] { return work(tx); }));
    m->afterCommit();
    return {};
}

Result<void> SqlStore::read(const std::function<Result<void>(sync::Tx&)>& work)
{
    Tx tx(*m->db);
    ZT_TRY(m->db->guard("begin", [&]() -> Result<void> { m->db->query("BEGIN").run(); return {}; }));
    Result<void> done = work(tx);
    m->db->rollback();
    return done;
}

Result<std::unique_ptr<Reader>> SqlStore::reader()
{
    ZT_LET(db, Db::open(m->folder / kFile, m->key, Db::Mode::Read));
    return std::make_unique<Reader>(std::move(db));
}

Result<void> SqlStore::checkpoint()
{
    const int code = sqlite3_wal_checkpoint_v2(m->db->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code != SQLITE_OK && code != SQLITE_BUSY) return sqlError(code, sqlite3_system_errno(m->db->handle()), "checkpoint");
    return {};
}

std::vector<std::string> SqlStore::explain() { return m->db->plans(); }

} // namespace zt::store
