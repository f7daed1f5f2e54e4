#include "blob_store.h"

#include "zt/crypto/blob.h"
#include "zt/crypto/hash.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zt::hub {

namespace fs = std::filesystem;

namespace {

constexpr uint32_t kSyncEvery = 8;
constexpr size_t kBlobsKept = 4096;
constexpr uint64_t kHeader = 24, kTag = 17;

Error diskError(const char* what)
{
    return fail(errno == ENOSPC || errno == EDQUOT ? Err::DiskFull : errno == ENOENT ? Err::NotFound : Err::Io, std::string(what) + ": " + std::strerror(errno));
}

struct File {
    int fd;
    ~File()
    {
        if (fd >= 0) ::close(fd);
    }
};

crypto::ChunkRange rangeOf(const wire::BlobOffer& list, uint32_t index)
{
    crypto::BlobInfo info;
    info.sealedSize = list.sealed_size();
    info.plainSize = list.sealed_size() - kHeader - kTag * uint64_t(list.chunks_size());
    return crypto::chunkRange(info, index);
}

bool isConsistent(const wire::BlobOffer& o)
{
    const uint64_t n = uint64_t(o.chunks_size());
    if (o.blob().size() != crypto::kHashSize || n == 0) return false;
    for (const auto& c : o.chunks())
        if (c.size() != crypto::kHashSize) return false;
    const uint64_t overhead = kHeader + kTag * n;
    if (o.sealed_size() < overhead) return false;
    const uint64_t plain = o.sealed_size() - overhead;
    return n == std::max<uint64_t>(1, (plain + crypto::kBlobChunk - 1) / crypto::kBlobChunk);
}

Result<Bytes> readAt(const fs::path& file, uint64_t offset, uint64_t size)
{
    const File f{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (f.fd < 0) return diskError("open");
    Bytes out(size, '\0');
    for (size_t done = 0; done < size;) {
        const ssize_t n = ::pread(f.fd, out.data() + done, size - done, off_t(offset + done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return diskError("read");
        if (n == 0) return fail(Err::Corrupt, "a blob is shorter than its list");
        done += size_t(n);
    }
    return out;
}

Result<void> writeAt(const fs::path& file, uint64_t offset, BytesView data, bool sync)
{
    const File f{::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
    if (f.fd < 0) return diskError("open");
    for (size_t done = 0; done < data.size();) {
        const ssize_t n = ::pwrite(f.fd, data.data() + done, data.size() - done, off_t(offset + done));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return diskError("write");
        done += size_t(n);
    }
    if (sync && ::fdatasync(f.fd) != 0) return diskError("sync");
    return {};
}

void syncFolder(const fs::path& dir)
{
    const File f{::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (f.fd >= 0) ::fsync(f.fd);
}

} // namespace

BlobStore::BlobStore(fs::path dir, Limits limits) : m_dir(std::move(dir)), m_limits(limits) {}

fs::path BlobStore::path(const Bytes& blob, const char* end) const { return m_dir / (hex(blob) + end); }

Result<void> BlobStore::open()
{
    std::error_code code;
    fs::create_directories(m_dir, code);
    if (code) return fail(Err::Io, "blobs: " + code.message());
    for (const auto& e : fs::directory_iterator(m_dir, code))
        if (e.is_regular_file(code)) m_used += e.file_size(code);
    return code ? Result<void>(Err::Io, "blobs: " + code.message()) : Result<void>();
}

Result<BlobStore::Entry*> BlobStore::find(const Bytes& blob)
{
    if (blob.size() != crypto::kHashSize) return fail(Err::Invalid, "address");
    std::error_code code;
    if (const auto it = m_known.find(blob); it != m_known.end()) {
        // Another hub that keeps its files here may have ended it.
        if (it->second.complete || !fs::exists(path(blob), code)) return &it->second;
        m_known.erase(it);
    }
    const uint64_t listSize = fs::file_size(path(blob, ".list"), code);
    if (code) return static_cast<Entry*>(nullptr);
    ZT_LET(bytes, readAt(path(blob, ".list"), 0, listSize));
    Entry entry;
    // A torn list is as none: it is offered again.
    if (!entry.list.ParseFromString(bytes) || !isConsistent(entry.list) || entry.list.blob() != blob) return static_cast<Entry*>(nullptr);
    const uint32_t count = uint32_t(entry.list.chunks_size());
    if (fs::file_size(path(blob), code) == entry.list.sealed_size() && !code) {
        entry.complete = true;
        entry.next = count;
    } else if (const uint64_t size = fs::file_size(path(blob, ".part"), code); !code) {
        while (entry.next < count) {
            const auto range = rangeOf(entry.list, entry.next);
            if (range.offset + range.size > size) break;
            ++entry.next;
        }
        // What was written after the last sync may be torn after a power cut.
        uint32_t sure = entry.next > kSyncEvery ? entry.next - kSyncEvery : 0;
        for (; sure < entry.next; ++sure) {
            const auto range = rangeOf(entry.list, sure);
            const auto chunk = readAt(path(blob, ".part"), range.offset, range.size);
            if (!chunk || crypto::hashOf(*chunk) != entry.list.chunks(int(sure))) break;
        }
        entry.next = sure;
    }
    if (m_known.size() >= kBlobsKept) m_known.clear();
    return &m_known.emplace(blob, std::move(entry)).first->second;
}

Result<wire::BlobState> BlobStore::offer(const wire::BlobOffer& o)
{
    if (o.sealed_size() > m_limits.blob) return fail(Err::TooLarge, "blob");
    if (!isConsistent(o)) return fail(Err::Invalid, "the list contradicts itself");
    ZT_LET(entry, find(o.blob()));
    if (!entry || (!entry->complete && entry->list.SerializeAsString() != o.SerializeAsString())) {
        if (m_used + o.sealed_size() > m_limits.space) return fail(Err::DiskFull, "space for blobs");
        drop(o.blob());
        std::error_code code;
        fs::remove(path(o.blob(), ".list"), code); // a torn one may be longer
        ZT_TRY(writeAt(path(o.blob(), ".list"), 0, o.SerializeAsString(), true));
        syncFolder(m_dir);
        if (m_known.size() >= kBlobsKept) m_known.clear();
        entry = &(m_known[o.blob()] = {o, 0, false});
    }
    wire::BlobState s;
    s.set_blob(o.blob());
    s.set_next_chunk(entry->next);
    s.set_complete(entry->complete);
    // Every chunk came but the end was not reached: a crash between the last chunk and the rename.
    if (!entry->complete && entry->next == uint32_t(entry->list.chunks_size())) {
        ZT_TRY(finish(o.blob(), *entry));
        s.set_complete(true);
    }
    return s;
}

Result<wire::BlobState> BlobStore::put(const Bytes& blob, uint32_t index, BytesView data)
{
    ZT_LET(entry, find(blob));
    if (!entry) return fail(Err::Invalid, "a chunk of what was not offered");
    wire::BlobState s;
    s.set_blob(blob);
    if (!entry->complete && index == entry->next) {
        const auto range = rangeOf(entry->list, index);
        if (data.size() != range.size || crypto::hashOf(data) != entry->list.chunks(int(index))) return fail(Err::Corrupt, "chunk");
        if (m_used + data.size() > m_limits.space) return fail(Err::DiskFull, "space for blobs");
        const bool last = index + 1 == uint32_t(entry->list.chunks_size());
        ZT_TRY(writeAt(path(blob, ".part"), range.offset, data, last || (index + 1) % kSyncEvery == 0));
        m_used += data.size();
        ++entry->next;
        if (last) ZT_TRY(finish(blob, *entry));
    } else if (index > entry->next) {
        return fail(Err::Invalid, "not the next chunk");
    } // an earlier one again: already here
    s.set_next_chunk(entry->next);
    s.set_complete(entry->complete);
    return s;
}

Result<void> BlobStore::finish(const Bytes& blob, Entry& entry)
{
    crypto::Hasher hasher;
    for (uint32_t i = 0; i < uint32_t(entry.list.chunks_size()); ++i) {
        const auto range = rangeOf(entry.list, i);
        ZT_LET(chunk, readAt(path(blob, ".part"), range.offset, range.size));
        hasher.add(chunk);
    }
    if (hasher.finish() != blob) {
        drop(blob);
        return fail(Err::Corrupt, "the whole is not what its address says");
    }
    if (::rename(path(blob, ".part").c_str(), path(blob).c_str()) != 0) return diskError("rename");
    syncFolder(m_dir);
    entry.complete = true;
    return {};
}

Result<uint32_t> BlobStore::count(const Bytes& blob)
{
    ZT_LET(entry, find(blob));
    if (!entry || !entry->complete) return fail(Err::NotFound, "blob");
    return uint32_t(entry->list.chunks_size());
}

Result<Bytes> BlobStore::get(const Bytes& blob, uint32_t index)
{
    ZT_LET(total, count(blob));
    if (index >= total) return fail(Err::Invalid, "past the end");
    const auto range = rangeOf(m_known.at(blob).list, index);
    return readAt(path(blob), range.offset, range.size);
}

void BlobStore::drop(const Bytes& blob)
{
    std::error_code code;
    const bool whole = fs::exists(path(blob), code); // by another hub: its list stays
    for (const char* end : {".part", ".list"}) {
        if (whole && std::string_view(end) == ".list") continue;
        const uint64_t size = fs::file_size(path(blob, end), code);
        if (!code) m_used -= std::min(m_used, size);
        fs::remove(path(blob, end), code);
    }
    m_known.erase(blob);
}

} // namespace zt::hub
