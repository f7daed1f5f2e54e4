#include "zt/crypto/blob.h"

#include "zt/crypto/hash.h"

#include "bytes.h"
#include "disk.h"

#include <algorithm>
#include <limits>

namespace zt::crypto {

static constexpr size_t kHeader = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
static constexpr size_t kOverhead = crypto_secretstream_xchacha20poly1305_ABYTES;
static_assert(kHeader == 24 && kOverhead == 17, "the sizes the contract states");

namespace {

uint64_t chunkCount(uint64_t plainSize)
{
    return plainSize == 0 ? 1 : (plainSize - 1) / kBlobChunk + 1;
}

uint64_t sealedSizeOf(uint64_t plainSize)
{
    return kHeader + plainSize + chunkCount(plainSize) * kOverhead;
}

bool sameFile(const struct stat& a, const struct stat& b)
{
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec
           && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

struct Stream {
    crypto_secretstream_xchacha20poly1305_state state;
    ~Stream() { sodium_memzero(&state, sizeof state); }
};

//! The three hashes of a blob, kept while its bytes pass.
struct Sums {
    Hasher whole, content;
    std::vector<Bytes> chunks;

    void add(BytesView sealedChunk, BytesView plain)
    {
        whole.add(sealedChunk);
        content.add(plain);
        chunks.push_back(hashOf(sealedChunk));
    }
};

//! Err::Conflict unless the file, looked at through its descriptor and through its name, is what it was.
Result<void> checkUnchanged(File& file, const std::filesystem::path& path, const struct stat& before)
{
    char more;
    ZT_LET(extra, file.read(&more, 1));
    ZT_LET(after, file.status());
    struct stat named;
    if (extra || !sameFile(before, after) || ::stat(path.c_str(), &named) != 0 || !sameFile(before, named))
        return fail(Err::Conflict, "the file changed while it was read");
    return {};
}

Result<void> sealChunks(File& in, NewFile& out, BlobInfo& info, Sums& sums, const std::function<bool(uint64_t)>& progress)
{
    Stream stream;
    Bytes sealed(kHeader, '\0');
    crypto_secretstream_xchacha20poly1305_init_push(&stream.state, raw(sealed), raw(info.key));
    Secret plain(kBlobChunk);
    const uint64_t count = chunkCount(info.plainSize);
    uint64_t done = 0;
    for (uint64_t i = 0; i < count; ++i) {
        const size_t size = size_t(std::min<uint64_t>(kBlobChunk, info.plainSize - done));
        ZT_LET(got, in.read(reinterpret_cast<char*>(plain.data()), size));
        if (got != size) return fail(Err::Conflict, "the file became shorter while it was read");
        const size_t head = sealed.size(); // the header's, before the first chunk
        sealed.resize(head + size + kOverhead);
        const unsigned char tag = i + 1 == count ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
        crypto_secretstream_xchacha20poly1305_push(&stream.state, raw(sealed) + head, nullptr, plain.data(), size, nullptr, 0, tag);
        sums.add(sealed, plain.view().substr(0, size));
        ZT_TRY(out.write(sealed));
        sealed.clear();
        done += size;
        if (progress && !progress(done)) return fail(Err::Cancelled, "sealing was stopped");
    }
    return {};
}

//! What a description must agree on with itself before its numbers are used.
bool plausible(const BlobInfo& info)
{
    return info.key.size() == crypto_secretstream_xchacha20poly1305_KEYBYTES && info.plainSize < std::numeric_limits<uint64_t>::max() / 2
           && info.chunkHashes.size() == chunkCount(info.plainSize) && info.sealedSize == sealedSizeOf(info.plainSize)
           && info.id.size() == kHashSize && info.contentHash.size() == kHashSize;
}

Result<void> openChunks(File& in, NewFile& out, const BlobInfo& info, Sums& sums)
{
    Stream stream;
    Bytes sealed;
    Secret plain(kBlobChunk);
    for (size_t i = 0; i < info.chunkHashes.size(); ++i) {
        sealed.resize(size_t(chunkRange(info, i).size));
        ZT_LET(got, in.read(sealed.data(), sealed.size()));
        if (got != sealed.size() || !chunkMatches(info, i, sealed)) return fail(Err::Corrupt, "blob chunk differs from its hash");
        BytesView body = sealed;
        if (i == 0) {
            if (crypto_secretstream_xchacha20poly1305_init_pull(&stream.state, raw(body), raw(info.key)) != 0)
                return fail(Err::Corrupt, "blob header does not open");
            body.remove_prefix(kHeader);
        }
        unsigned char tag = 0;
        unsigned long long size = 0;
        const bool last = i + 1 == info.chunkHashes.size();
        if (crypto_secretstream_xchacha20poly1305_pull(&stream.state, plain.data(), &size, &tag, raw(body), body.size(), nullptr, 0) != 0
            || (tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL) != last)
            return fail(Err::Corrupt, "blob chunk does not open");
        sums.add(sealed, plain.view().substr(0, size));
        ZT_TRY(out.write(plain.view().substr(0, size)));
    }
    return {};
}

} // namespace

Result<BlobInfo> sealFile(const std::filesystem::path& source, const std::filesystem::path& target, uint64_t limit, Random& random,
                          const std::function<bool(uint64_t done)>& progress)
{
    ready();
    ZT_LET(in, File::openForReading(source));
    ZT_LET(before, in.status());
    BlobInfo info;
    info.plainSize = uint64_t(before.st_size);
    if (info.plainSize > limit) return fail(Err::TooLarge, "the file is larger than allowed");
    info.sealedSize = sealedSizeOf(info.plainSize);
    info.key = random.bytes(crypto_secretstream_xchacha20poly1305_KEYBYTES);
    ZT_LET(out, NewFile::create(target, random));
    Sums sums;
    ZT_TRY(sealChunks(in, out, info, sums, progress));
    ZT_TRY(checkUnchanged(in, source, before));
    ZT_TRY(out.commit());
    info.id = sums.whole.finish();
    info.contentHash = sums.content.finish();
    info.chunkHashes = std::move(sums.chunks);
    return info;
}

Result<void> openFile(const std::filesystem::path& sealed, const BlobInfo& info, const std::filesystem::path& target)
{
    ready();
    if (!plausible(info)) return fail(Err::Corrupt, "blob description contradicts itself");
    ZT_LET(in, File::openForReading(sealed));
    ZT_LET(status, in.status());
    if (uint64_t(status.st_size) != info.sealedSize) return fail(Err::Corrupt, "blob has another size");
    ZT_LET(out, NewFile::create(target, systemRandom()));
    Sums sums;
    ZT_TRY(openChunks(in, out, info, sums));
    if (!equal(sums.whole.finish(), info.id) || !equal(sums.content.finish(), info.contentHash))
        return fail(Err::Corrupt, "blob differs from its address");
    return out.commit();
}

bool chunkMatches(const BlobInfo& info, size_t index, BytesView sealedChunk)
{
    return index < info.chunkHashes.size() && sealedChunk.size() == chunkRange(info, index).size
           && equal(hashOf(sealedChunk), info.chunkHashes[index]);
}

ChunkRange chunkRange(const BlobInfo& info, size_t index)
{
    if (index >= chunkCount(info.plainSize)) return {info.sealedSize, 0};
    const uint64_t plainAt = uint64_t(index) * kBlobChunk;
    const uint64_t size = std::min<uint64_t>(kBlobChunk, info.plainSize - plainAt) + kOverhead;
    if (index == 0) return {0, kHeader + size};
    return {kHeader + plainAt + uint64_t(index) * kOverhead, size};
}

} // namespace zt::crypto
