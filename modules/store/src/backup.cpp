#include "db.h"
#include "files.h"
#include "zt/store/reader.h"

#include <algorithm>
#include <system_error>

namespace fs = std::filesystem;

namespace zt::store {

namespace {

// Not part of a backup: what belongs to this run or this place, and the store's own files, which are copied by SQLite.
bool leftOut(const std::string& name)
{
    return name == "lock" || name == "tries" || name == "recovery" || name.starts_with("store.db") || name.ends_with(".part");
}

Error asError(const std::error_code& ec, std::string_view what) { return fileError(ec.value(), what); }

Result<void> copyTree(const fs::path& from, const fs::path& to, bool everything)
{
    std::error_code ec;
    fs::directory_iterator it(from, ec);
    if (ec) return asError(ec, "list folder");
    for (; it != fs::directory_iterator(); it.increment(ec)) {
        if (ec) return asError(ec, "list folder");
        const std::string name = it->path().filename().string();
        if (!everything && leftOut(name)) continue;
        if (it->is_symlink(ec)) continue;
        if (it->is_directory(ec)) {
            fs::create_directory(to / name, ec);
            if (ec) return asError(ec, "make folder");
            ZT_TRY(copyTree(it->path(), to / name, everything));
        } else if (it->is_regular_file(ec)) {
            auto copied = copySynced(it->path(), to / name);
            // A sealed file may go while we copy, when its stream is dropped.
            if (!copied && copied.error().kind != Err::NotFound) return copied;
        }
    }
    if (ec) return asError(ec, "list folder");
    return syncFolder(to);
}

//! Fills a folder beside the target under another name and renames it at the end; removes it on an error.
template <class F>
Result<void> appearWhole(const fs::path& target, F&& fill)
{
    std::error_code ec;
    if (fs::exists(fs::symlink_status(target, ec))) return fail(Err::Exists, "target is there already");
    fs::path temporary = target;
    temporary += "." + hex(systemRandom().bytes(4)) + ".part";
    fs::create_directory(temporary, ec);
    if (ec) return asError(ec, "make folder");
    fs::permissions(temporary, fs::perms::owner_all, ec);
    auto done = [&]() -> Result<void> {
        ZT_TRY(fill(temporary));
        ZT_TRY(syncFolder(temporary));
        fs::rename(temporary, target, ec);
        if (ec) return asError(ec, "rename");
        return syncFolder(target.parent_path().empty() ? fs::path(".") : target.parent_path());
    }();
    if (!done) fs::remove_all(temporary, ec);
    return done;
}

} // namespace

Result<void> backup(Reader& reader, const fs::path& folder, const crypto::Secret& key, const fs::path& target)
{
    std::error_code ec;
    const fs::path inside = fs::weakly_canonical(target, ec).lexically_relative(fs::weakly_canonical(folder, ec));
    if (!inside.empty() && *inside.begin() != "..") return fail(Err::Invalid, "target is inside the account folder");
    return appearWhole(target, [&](const fs::path& to) -> Result<void> {
        ZT_LET(copy, Db::open(to / "store.db", key, Db::Mode::Create));
        // One state of the store: the snapshot is held, so a busy writer does not make it start again.
        ZT_TRY(reader.m_db->transaction("BEGIN", [&]() -> Result<void> {
            (void)reader.m_db->query("SELECT count(*) FROM counts").next();
            return copyPages(*reader.m_db, *copy);
        }));
        copy->keepWalOnClose(false);
        copy.reset();
        for (const char* end : {"store.db-wal", "store.db-shm"}) fs::remove(to / end, ec);
        return copyTree(folder, to, false);
    });
}

Result<void> restoreBackup(const fs::path& source, const fs::path& target)
{
    for (const char* name : {"vault.bin", "store.db"}) {
        std::error_code ec;
        if (!fs::is_regular_file(source / name, ec)) return fail(Err::NotFound, "not a backup: a file is missing");
    }
    return appearWhole(target, [&](const fs::path& to) { return copyTree(source, to, true); });
}

} // namespace zt::store
