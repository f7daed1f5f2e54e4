#include "disk.h"

#include "sqlite3.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <sstream>

namespace zt::power {

namespace {

std::mutex g_mutex;
Disk* g_disk = nullptr;
std::atomic<uint64_t> g_failFrom = 0, g_counted = 0;
std::atomic<bool> g_failReads = false;

bool fails(bool read = false)
{
    if (read && !g_failReads) return false;
    const uint64_t n = ++g_counted;
    const uint64_t from = g_failFrom;
    return from && n >= from;
}

//! SQLite's file with the system's behind it.
struct File {
    sqlite3_file base;
    char name[512];
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
File* of(sqlite3_file* f) { return reinterpret_cast<File*>(f); }
sqlite3_file* real(sqlite3_file* f) { return of(f)->real(); }
sqlite3_vfs* system(sqlite3_vfs* v) { return static_cast<sqlite3_vfs*>(v->pAppData); }

//! The shared memory of a write-ahead log is no file that outlives a loss.
void did(const char* name, Disk::Op op)
{
    const std::filesystem::path path(name);
    if (!*name || path.filename().string().ends_with("-shm")) return;
    std::lock_guard lock(g_mutex);
    if (!g_disk || path.parent_path() != g_disk->folder()) return;
    op.file = path.filename().string();
    g_disk->did(std::move(op));
}

int close(sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); }
int read(sqlite3_file* f, void* to, int size, sqlite3_int64 at)
{
    if (fails(true)) return SQLITE_IOERR_READ;
    return real(f)->pMethods->xRead(real(f), to, size, at);
}
int write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at)
{
    if (fails()) return SQLITE_IOERR_WRITE;
    const int rc = real(f)->pMethods->xWrite(real(f), from, size, at);
    if (rc == SQLITE_OK) did(of(f)->name, {Disk::Op::Write, {}, uint64_t(at), Bytes(static_cast<const char*>(from), size_t(size))});
    return rc;
}
int truncate(sqlite3_file* f, sqlite3_int64 size)
{
    if (fails()) return SQLITE_IOERR_TRUNCATE;
    const int rc = real(f)->pMethods->xTruncate(real(f), size);
    if (rc == SQLITE_OK) did(of(f)->name, {Disk::Op::Truncate, {}, uint64_t(size), {}});
    return rc;
}
int sync(sqlite3_file* f, int flags)
{
    if (fails()) return SQLITE_IOERR_FSYNC;
    (void)flags; // nothing is kept by the machine under this test: no need to wait for it
    did(of(f)->name, {Disk::Op::Sync, {}, 0, {}});
    return SQLITE_OK;
}
int fileSize(sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); }
int lock(sqlite3_file* f, int how) { return real(f)->pMethods->xLock(real(f), how); }
int unlock(sqlite3_file* f, int how) { return real(f)->pMethods->xUnlock(real(f), how); }
int reserved(sqlite3_file* f, int* out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); }
int control(sqlite3_file* f, int op, void* arg) { return real(f)->pMethods->xFileControl(real(f), op, arg); }
int sectorSize(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int characteristics(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
int shmMap(sqlite3_file* f, int page, int size, int extend, void volatile** out) { return real(f)->pMethods->xShmMap(real(f), page, size, extend, out); }
int shmLock(sqlite3_file* f, int at, int n, int flags) { return real(f)->pMethods->xShmLock(real(f), at, n, flags); }
void shmBarrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int shmUnmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

// Version 2: no mapped reads, so that every byte passes here.
const sqlite3_io_methods kMethods{2,     close,    read,    write,      truncate,        sync,   fileSize, lock,       unlock,   reserved,
                                  control, sectorSize, characteristics, shmMap, shmLock, shmBarrier, shmUnmap, nullptr, nullptr};

int open(sqlite3_vfs* v, const char* name, sqlite3_file* f, int flags, int* outFlags)
{
    File* file = of(f);
    file->base.pMethods = nullptr;
    std::snprintf(file->name, sizeof file->name, "%s", name ? name : "");
    int there = 1;
    if (name) system(v)->xAccess(system(v), name, SQLITE_ACCESS_EXISTS, &there);
    const int rc = system(v)->xOpen(system(v), name, file->real(), flags, outFlags);
    if (rc != SQLITE_OK) return rc;
    file->base.pMethods = &kMethods;
    if (!there) did(file->name, {Disk::Op::Create, {}, 0, {}});
    return rc;
}
int remove(sqlite3_vfs* v, const char* name, int syncFolder)
{
    const int rc = system(v)->xDelete(system(v), name, syncFolder);
    if (rc == SQLITE_OK) did(name, {Disk::Op::Delete, {}, 0, {}});
    return rc;
}

const bool g_registered = [] {
    if (sqlite3_initialize() != SQLITE_OK) std::abort();
    sqlite3_vfs* under = sqlite3_vfs_find(nullptr);
    static sqlite3_vfs vfs = *under;
    vfs.pNext = nullptr;
    vfs.zName = "power";
    vfs.szOsFile = int(sizeof(File)) + under->szOsFile;
    vfs.pAppData = under;
    vfs.xOpen = open;
    vfs.xDelete = remove;
    vfs.xAccess = [](sqlite3_vfs* v, const char* name, int flags, int* out) { return system(v)->xAccess(system(v), name, flags, out); };
    vfs.xFullPathname = [](sqlite3_vfs* v, const char* name, int n, char* out) { return system(v)->xFullPathname(system(v), name, n, out); };
    vfs.xRandomness = [](sqlite3_vfs* v, int n, char* out) { return system(v)->xRandomness(system(v), n, out); };
    vfs.xSleep = [](sqlite3_vfs* v, int us) { return system(v)->xSleep(system(v), us); };
    vfs.xCurrentTime = [](sqlite3_vfs* v, double* out) { return system(v)->xCurrentTime(system(v), out); };
    vfs.xCurrentTimeInt64 = [](sqlite3_vfs* v, sqlite3_int64* out) { return system(v)->xCurrentTimeInt64(system(v), out); };
    vfs.xGetLastError = [](sqlite3_vfs* v, int n, char* out) { return system(v)->xGetLastError(system(v), n, out); };
    if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) std::abort();
    return true;
}();

void put(Bytes& file, uint64_t at, BytesView data)
{
    if (file.size() < at + data.size()) file.resize(at + data.size());
    std::memcpy(file.data() + at, data.data(), data.size());
}

void apply(Bytes& file, const Disk::Op& op)
{
    if (op.kind == Disk::Op::Write) put(file, op.at, op.data);
    if (op.kind == Disk::Op::Truncate && file.size() > op.at) file.resize(op.at);
}

} // namespace

Disk::Disk(std::filesystem::path folder) : m_folder(std::move(folder))
{
    std::lock_guard lock(g_mutex);
    if (!g_registered || g_disk) std::abort();
    g_disk = this;
}

Disk::~Disk()
{
    std::lock_guard lock(g_mutex);
    g_disk = nullptr;
}

void Disk::did(Op op) { m_ops.push_back(std::move(op)); }

void Disk::acknowledge(uint64_t n)
{
    std::lock_guard lock(g_mutex);
    m_ops.push_back({Op::Acknowledge, {}, n, {}});
}

void Disk::failFrom(uint64_t n, bool reads)
{
    g_counted = 0;
    g_failReads = reads;
    g_failFrom = n;
}

uint64_t Disk::counted() { return g_counted; }

Loss::Loss(const Disk& disk, const std::filesystem::path& before) : m_disk(disk)
{
    for (const auto& entry : std::filesystem::directory_iterator(before)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream in(entry.path(), std::ios::binary);
        std::ostringstream bytes;
        bytes << in.rdbuf();
        m_files[entry.path().filename().string()] = {bytes.str(), true, {}};
    }
}

void Loss::goTo(size_t at)
{
    for (; m_at < at; ++m_at) {
        const Disk::Op& op = m_disk.ops()[m_at];
        if (op.kind == Disk::Op::Acknowledge) {
            m_acknowledged = op.at;
            continue;
        }
        File& file = m_files[op.file];
        if (op.kind == Disk::Op::Sync) {
            for (const auto* o : file.open) apply(file.safe, *o);
            file.open.clear();
            file.there = true; // SQLite syncs a new file's folder with the file's first sync
        } else if (op.kind == Disk::Op::Delete) {
            file = {};
        } else {
            file.open.push_back(&op);
        }
    }
}

void Loss::show(const std::filesystem::path& to, Kept kept, std::mt19937_64& random) const
{
    constexpr size_t kSector = 512;
    for (const auto& [name, file] : m_files) {
        Bytes bytes = file.safe;
        bool there = file.there;
        for (const auto* op : file.open) {
            if (kept == Kept::None || (kept != Kept::All && random() % 2)) continue;
            there = true;
            if (kept != Kept::Torn || op->kind != Disk::Op::Write) {
                apply(bytes, *op);
                continue;
            }
            for (size_t i = 0; i < op->data.size(); i += kSector)
                if (random() % 2) put(bytes, op->at + i, BytesView(op->data).substr(i, kSector));
        }
        if (!there) continue;
        std::ofstream(to / name, std::ios::binary).write(bytes.data(), std::streamsize(bytes.size()));
    }
}

} // namespace zt::power
