#include "desk_impl.h"
#include "places.h"

#include "zt/base/log.h"
#include "zt/base/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

//! Sealed files: made, sent, fetched, opened.
namespace zt::desk {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kFileLimit = 512ull << 20;
constexpr uint64_t kSealHeader = 24, kSealOverhead = 17; // of zt/crypto/blob.h

class Fd {
public:
    explicit Fd(int fd) : m_fd(fd) {}
    ~Fd() { if (m_fd >= 0) ::close(m_fd); }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    int get() const { return m_fd; }

private:
    int m_fd;
};

crypto::BlobInfo infoOf(const store::BlobRow& row)
{
    crypto::BlobInfo info;
    info.id = row.blob;
    info.sealedSize = row.sealedSize;
    info.chunkHashes = row.chunks;
    // The ranges of the chunks are reckoned from it; the row does not keep it.
    const uint64_t sealing = kSealHeader + kSealOverhead * row.chunks.size();
    info.plainSize = row.sealedSize > sealing ? row.sealedSize - sealing : 0;
    return info;
}

} // namespace

crypto::BlobInfo blobInfo(const wire::Attachment& a)
{
    crypto::BlobInfo info;
    info.id = a.blob();
    info.key = a.key();
    info.plainSize = a.size();
    info.sealedSize = a.sealed_size();
    info.contentHash = a.content_hash();
    info.chunkHashes.assign(a.chunks().begin(), a.chunks().end());
    return info;
}

wire::Attachment attachmentOf(const crypto::BlobInfo& info, const std::string& name)
{
    wire::Attachment a;
    a.set_name(name);
    a.set_blob(info.id);
    a.set_key(info.key);
    a.set_size(info.plainSize);
    a.set_sealed_size(info.sealedSize);
    a.set_content_hash(info.contentHash);
    for (const auto& c : info.chunkHashes) a.add_chunks(c);
    return a;
}

uint32_t nextChunk(const store::BlobRow& row)
{
    const auto info = infoOf(row);
    for (size_t i = 0; i < row.chunks.size(); ++i) {
        const auto range = crypto::chunkRange(info, i);
        if (range.offset + range.size > row.have) return uint32_t(i);
    }
    return uint32_t(row.chunks.size());
}

void BlobFolder::know(const store::BlobRow& row)
{
    std::lock_guard lock(m_mutex);
    m_known[row.blob] = infoOf(row);
}

std::optional<crypto::BlobInfo> BlobFolder::info(const Bytes& blob) const
{
    std::lock_guard lock(m_mutex);
    const auto it = m_known.find(blob);
    return it == m_known.end() ? std::nullopt : std::optional(it->second);
}

Result<Bytes> BlobFolder::read(const Bytes& blob, uint32_t index)
{
    const auto known = info(blob);
    if (!known || index >= known->chunkHashes.size()) return fail(Err::NotFound, "chunk");
    const auto range = crypto::chunkRange(*known, index);
    const Fd fd(::open(path(blob).c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) return osError(errno, "blob");
    Bytes out(range.size, '\0');
    size_t done = 0;
    while (done < out.size()) {
        const ssize_t n = ::pread(fd.get(), out.data() + done, out.size() - done, off_t(range.offset + done));
        if (n <= 0) return fail(Err::Io, "blob is short");
        done += size_t(n);
    }
    return out;
}

Result<void> BlobFolder::keep(const Bytes& blob, uint32_t index, const Bytes& data)
{
    const auto known = info(blob);
    if (!known || index >= known->chunkHashes.size()) return fail(Err::NotFound, "chunk");
    const auto range = crypto::chunkRange(*known, index);
    if (data.size() != range.size || !crypto::chunkMatches(*known, index, data)) return fail(Err::Corrupt, "chunk");
    const Fd fd(::open(part(blob).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    if (fd.get() < 0) return osError(errno, "blob");
    size_t done = 0;
    while (done < data.size()) {
        const ssize_t n = ::pwrite(fd.get(), data.data() + done, data.size() - done, off_t(range.offset + done));
        if (n <= 0) return osError(errno, "blob");
        done += size_t(n);
    }
    if (::fdatasync(fd.get()) != 0) return osError(errno, "blob");
    if (index + 1 == known->chunkHashes.size() && ::rename(part(blob).c_str(), path(blob).c_str()) != 0) return osError(errno, "blob");
    return {};
}

fs::path Desk::Impl::blobPath(const Bytes& blob) const { return folder / "blobs" / hex(blob); }

void Desk::Impl::blobSent(const Bytes& blob, uint64_t bytes, bool complete, wire::BlobEnd::Why why)
{
    worker.second([self = weak_from_this(), blob, bytes, complete, why] {
        const auto me = self.lock();
        if (!me) return;
        (void)me->store->write([&](sync::Tx& port) -> Result<void> {
            auto& tx = store::Tx::of(port);
            ZT_LET(row, tx.blob(blob));
            if (!row) return {};
            row->sent = bytes;
            if (complete) row->uploaded = true;
            return tx.putBlob(*row);
        });
        if (why != wire::BlobEnd::DONE) log(Level::Warning, "upload_refused", {{"why", int(why)}});
        me->blobsChanged = true;
        me->queueUploads();
        me->emitChanges();
    });
}

void Desk::Impl::blobFetched(const Bytes& blob, uint64_t bytes, bool complete, wire::BlobEnd::Why why)
{
    worker.second([self = weak_from_this(), blob, bytes, complete, why] {
        const auto me = self.lock();
        if (!me) return;
        (void)me->store->write([&](sync::Tx& port) -> Result<void> {
            auto& tx = store::Tx::of(port);
            ZT_LET(row, tx.blob(blob));
            if (!row) return {};
            row->have = std::max(row->have, bytes);
            if (complete) {
                row->have = row->sealedSize;
                row->complete = true;
            }
            return tx.putBlob(*row);
        });
        if (why != wire::BlobEnd::DONE) log(Level::Info, "fetch_ended", {{"why", int(why)}});
        me->blobsChanged = true;
        me->emitChanges();
    });
}

void Desk::Impl::queueUploads()
{
    std::vector<store::BlobRow> rows;
    (void)store->read([&](sync::Tx& port) -> Result<void> {
        ZT_LET(list, store::Tx::of(port).uploads());
        rows = std::move(list);
        return {};
    });
    {
        std::lock_guard lock(statusMutex);
        status.uploads = rows.size();
    }
    if (!blobs || engine->phase() != sync::Phase::Live) return;
    for (const auto& row : rows) {
        blobFolder->know(row);
        blobs->upload(row.blob, row.sealedSize, row.chunks);
    }
}

Result<void> Desk::Impl::wantBlob(const std::string& stream, const Bytes& blob)
{
    std::optional<store::BlobRow> row;
    ZT_TRY(store->read([&](sync::Tx& port) -> Result<void> {
        ZT_LET(found, store::Tx::of(port).blob(blob));
        row = std::move(found);
        return {};
    }));
    if (!row) return fail(Err::NotFound, "blob");
    if (row->complete || !blobs) return {};
    blobFolder->know(*row);
    blobs->download(blob, stream, nextChunk(*row), uint32_t(row->chunks.size()));
    return {};
}

//! After each connect: what was on the way goes on where it stopped; files of what waits for this person are fetched unasked.
void Desk::Impl::resumeTransfers()
{
    queueUploads();
    readers.second([self = weak_from_this()] {
        const auto me = self.lock();
        if (!me || !me->reader) return;
        for (const auto folderKind : {store::Folder::ToDo, store::Folder::Received}) {
            const auto rows = me->reader->list(folderKind, 0, 200);
            if (!rows) return;
            for (const auto& row : *rows) {
                if (!row.attachments) continue;
                const auto list = me->reader->blobsOf(row.stream);
                if (!list) return;
                for (const auto& b : *list)
                    if (!b.complete) me->worker.second([self, stream = row.stream, id = b.blob] { if (const auto m = self.lock()) (void)m->wantBlob(stream, id); });
            }
        }
    });
}

bool Desk::Impl::idle()
{
    // The first sync brings its rows first; the index follows.
    if (quiet && engine->phase() == sync::Phase::Live && !engine->live()) return false;
    bool more = false;
    std::vector<Bytes> gone;
    (void)store->write([&](sync::Tx& port) -> Result<void> {
        auto& tx = store::Tx::of(port);
        ZT_LET(done, tx.indexSlice(store::Tx::kIndexMs, [this] { return worker.anyWaits(); }));
        more = !done;
        if (done) {
            ZT_LET(list, tx.trash());
            gone = std::move(list);
            for (const auto& id : gone) {
                std::error_code ec;
                fs::remove(blobFolder->path(id), ec);
                fs::remove(blobFolder->part(id), ec);
                ZT_TRY(tx.forgetTrash(id));
            }
        }
        return {};
    });
    return more;
}

void Desk::attach(fs::path file, std::function<void(uint64_t, uint64_t)> progress, Then<wire::Attachment> then)
{
    m->files.first([self = m->weak_from_this(), file = std::move(file), progress = std::move(progress), then = std::move(then)] {
        const auto me = self.lock();
        if (!me) return;
        auto answer = [&](Result<wire::Attachment> r) { me->reply<wire::Attachment>(then, std::make_shared<Result<wire::Attachment>>(std::move(r))); };
        std::error_code ec;
        const auto kind = fs::status(file, ec);
        if (ec || !fs::exists(kind)) return answer(fail(Err::NotFound, "attachment"));
        if (!fs::is_regular_file(kind)) return answer(fail(Err::Invalid, "not a file"));
        const uint64_t total = fs::file_size(file, ec);
        const fs::path temp = me->folder / "blobs" / ("new-" + hex(systemRandom().bytes(8)));
        const auto info = crypto::sealFile(file, temp, kFileLimit, systemRandom(), [&](uint64_t done) {
            if (progress) me->post([progress, done, total] { progress(done, total); });
            return true;
        });
        if (!info) return answer(Error(info.error()));
        fs::rename(temp, me->blobPath(info->id), ec);
        if (ec) return answer(osError(ec.value(), "blob"));
        const auto attachment = attachmentOf(*info, safeFileName(file.filename().string()));
        me->onWorker<wire::Attachment>(then, [info = *info, attachment](Impl& impl) -> Result<wire::Attachment> {
            store::BlobRow row;
            row.blob = info.id;
            row.sealedSize = row.have = info.sealedSize;
            row.complete = true;
            row.chunks = info.chunkHashes;
            ZT_TRY(impl.store->write([&](sync::Tx& port) { return store::Tx::of(port).putBlob(row); }));
            return attachment;
        });
    });
}

void Desk::fetch(std::string stream, Bytes blob)
{
    m->worker.first([self = m->weak_from_this(), stream = std::move(stream), blob = std::move(blob)] {
        if (const auto me = self.lock()) (void)me->wantBlob(stream, blob);
    });
}

void Desk::saveAttachment(std::string stream, Bytes blob, fs::path target, Then<void> then)
{
    matter(std::move(stream), [self = m->weak_from_this(), blob = std::move(blob), target = std::move(target), then](Result<MatterView> v) {
        const auto me = self.lock();
        if (!me) return;
        auto answer = [me, then](Result<void> r) { me->reply<void>(then, std::make_shared<Result<void>>(std::move(r))); };
        if (!v) return answer(Error(v.error()));
        for (const auto& a : v->attachments) {
            if (a.attachment.blob() != blob) continue;
            if (!a.here) return answer(fail(Err::Unavailable, "not on this PC yet"));
            me->files.first([me, answer, a = a.attachment, target] { answer(crypto::openFile(me->blobPath(a.blob()), blobInfo(a), target)); });
            return;
        }
        answer(fail(Err::NotFound, "attachment"));
    });
}

} // namespace zt::desk
