#include "support.h"

#include "disk.h"
#include "zt/crypto/blob.h"
#include "zt/crypto/hash.h"

#include <cerrno>
#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace zt;
using namespace zt::crypto;
namespace fs = std::filesystem;

static constexpr uint64_t kNoLimit = 1ull << 40;

static Bytes pattern(size_t size)
{
    Bytes out(size, '\0');
    CountingRandom random;
    random.fill(out.data(), size);
    return out;
}

static void roundTrip(size_t size, size_t chunks)
{
    TempFolder dir;
    CountingRandom random;
    const Bytes plain = pattern(size);
    writeFile(dir / "plain", plain);
    uint64_t last = ~0ull, calls = 0;
    const auto info = sealFile(dir / "plain", dir / "sealed", kNoLimit, random, [&](uint64_t done) { last = done; ++calls; return true; });
    REQUIRE(info);
    EXPECT_EQ(calls, chunks);
    EXPECT_EQ(last, size);
    EXPECT_EQ(info->plainSize, size);
    EXPECT_EQ(info->sealedSize, size + 24 + 17 * chunks);
    EXPECT_EQ(info->chunkHashes.size(), chunks);
    const Bytes sealed = readFile(dir / "sealed");
    EXPECT_EQ(sealed.size(), info->sealedSize);
    EXPECT(info->id == hashOf(sealed) && info->contentHash == hashOf(plain));
    uint64_t at = 0;
    for (size_t i = 0; i < chunks; ++i) {
        const ChunkRange r = chunkRange(*info, i);
        EXPECT_EQ(r.offset, at);
        at += r.size;
        EXPECT(chunkMatches(*info, i, BytesView(sealed).substr(r.offset, r.size)));
        EXPECT(!chunkMatches(*info, i, BytesView(sealed).substr(r.offset, r.size - 1)));
        EXPECT(!chunkMatches(*info, i + 1, BytesView(sealed).substr(r.offset, r.size)));
    }
    EXPECT_EQ(at, info->sealedSize);
    EXPECT_EQ(chunkRange(*info, chunks).size, 0u);
    EXPECT_EQ(chunkRange(*info, size_t(-1)).size, 0u);
    EXPECT(openFile(dir / "sealed", *info, dir / "back"));
    EXPECT(readFile(dir / "back") == plain);
    EXPECT_EQ(dir.count(), 3u); // no temporary file stays
    EXPECT_EQ(fs::status(dir / "sealed").permissions() & fs::perms::all, fs::perms::owner_read | fs::perms::owner_write);
}

CASE("a blob of 0 bytes comes back") { roundTrip(0, 1); }
CASE("a blob of 1 byte comes back") { roundTrip(1, 1); }
CASE("a blob of exactly 1 MiB comes back") { roundTrip(kBlobChunk, 1); }
CASE("a blob of 1 MiB and 1 byte comes back") { roundTrip(kBlobChunk + 1, 2); }
CASE("a blob of 3.5 MiB comes back") { roundTrip(kBlobChunk * 7 / 2, 4); }

CASE("the same file sealed twice gives other keys and addresses, the same content hash")
{
    TempFolder dir;
    CountingRandom random;
    writeFile(dir / "plain", "content");
    const auto a = sealFile(dir / "plain", dir / "a", kNoLimit, random), b = sealFile(dir / "plain", dir / "b", kNoLimit, random);
    REQUIRE(a && b);
    EXPECT(a->key != b->key && a->id != b->id && a->contentHash == b->contentHash);
}

CASE("the target appears complete over an older one")
{
    TempFolder dir;
    CountingRandom random;
    writeFile(dir / "plain", "content");
    writeFile(dir / "sealed", Bytes(5000, 'o'));
    const auto info = sealFile(dir / "plain", dir / "sealed", kNoLimit, random);
    REQUIRE(info);
    EXPECT(hashOf(readFile(dir / "sealed")) == info->id);
}

//! Seals 3.5 MiB while `change` runs after the first chunk; returns the error's name.
static std::string sealWhile(TempFolder& dir, const std::function<void(const fs::path&)>& change)
{
    CountingRandom random;
    const fs::path plain = dir / "plain";
    writeFile(plain, pattern(kBlobChunk * 7 / 2));
    // Old enough that any write changes the time, however coarse the file system's clock.
    fs::last_write_time(plain, fs::file_time_type::clock::now() - std::chrono::hours(1));
    const auto r = sealFile(plain, dir / "sealed", kNoLimit, random, [&](uint64_t done) { if (done == kBlobChunk) change(plain); return true; });
    EXPECT(!fs::exists(dir / "sealed"));
    return errorOf(r);
}

CASE("a file that changes while it is read is refused and leaves nothing behind")
{
    const std::string conflict(name(Err::Conflict));
    {
        TempFolder dir; // grows
        EXPECT_EQ(sealWhile(dir, [](const fs::path& p) { std::ofstream(p, std::ios::app) << "more"; }), conflict);
        EXPECT_EQ(dir.count(), 1u);
    }
    {
        TempFolder dir; // shrinks below what was read next
        EXPECT_EQ(sealWhile(dir, [](const fs::path& p) { fs::resize_file(p, kBlobChunk + 10); }), conflict);
        EXPECT_EQ(dir.count(), 1u);
    }
    {
        TempFolder dir; // same size, one byte other, in a part already read
        EXPECT_EQ(sealWhile(dir, [](const fs::path& p) { std::fstream f(p, std::ios::in | std::ios::out); f.seekp(5); f.put('!'); }), conflict);
    }
    {
        TempFolder dir; // replaced by another file of the same size and time
        EXPECT_EQ(sealWhile(dir, [&](const fs::path& p) {
            const auto time = fs::last_write_time(p);
            writeFile(dir / "new", pattern(kBlobChunk * 7 / 2));
            fs::last_write_time(dir / "new", time);
            fs::rename(dir / "new", p);
        }), conflict);
    }
    {
        TempFolder dir; // removed
        EXPECT_EQ(sealWhile(dir, [](const fs::path& p) { fs::remove(p); }), conflict);
        EXPECT_EQ(dir.count(), 0u);
    }
    {
        TempFolder dir; // and a look at the harness: nothing changes, nothing is refused
        CountingRandom random;
        writeFile(dir / "plain", pattern(kBlobChunk * 2));
        EXPECT(sealFile(dir / "plain", dir / "sealed", kNoLimit, random, [](uint64_t) { return true; }));
    }
}

CASE("sealing stops when told, above the limit, and for what is not a file")
{
    TempFolder dir;
    CountingRandom random;
    writeFile(dir / "plain", pattern(1000));
    EXPECT_EQ(errorOf(sealFile(dir / "plain", dir / "s", kNoLimit, random, [](uint64_t) { return false; })), std::string(name(Err::Cancelled)));
    EXPECT_EQ(errorOf(sealFile(dir / "plain", dir / "s", 999, random)), std::string(name(Err::TooLarge)));
    EXPECT_EQ(errorOf(sealFile(dir / "none", dir / "s", kNoLimit, random)), std::string(name(Err::NotFound)));
    EXPECT_EQ(errorOf(sealFile(dir / "plain", dir.path / "none" / "s", kNoLimit, random)), std::string(name(Err::NotFound)));
    EXPECT_EQ(errorOf(sealFile(dir.path, dir / "s", kNoLimit, random)), std::string(name(Err::Invalid)));
    EXPECT(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    EXPECT_EQ(errorOf(sealFile(dir / "pipe", dir / "s", kNoLimit, random)), std::string(name(Err::Invalid)));
    EXPECT_EQ(dir.count(), 2u);
    EXPECT(sealFile(dir / "plain", dir / "s", 1000, random));
}

CASE("a disk that refuses to take more leaves no part of the file")
{
    // The limit on file size stands in for a full disk, which a test without rights cannot make; the errno's kind differs (diskError's table).
    TempFolder dir;
    CountingRandom random;
    writeFile(dir / "plain", pattern(200'000));
    rlimit old{};
    getrlimit(RLIMIT_FSIZE, &old);
    const rlimit small{65536, old.rlim_max};
    std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    const auto r = sealFile(dir / "plain", dir / "sealed", kNoLimit, random);
    setrlimit(RLIMIT_FSIZE, &old);
    EXPECT_EQ(errorOf(r), std::string(name(Err::TooLarge)));
    EXPECT_EQ(dir.count(), 1u);
}

CASE("a full disk and a used-up quota are DiskFull")
{
    EXPECT_EQ(std::string(name(diskError(ENOSPC, "write").kind)), std::string(name(Err::DiskFull)));
    EXPECT_EQ(std::string(name(diskError(EDQUOT, "write").kind)), std::string(name(Err::DiskFull)));
    EXPECT_EQ(std::string(name(diskError(EROFS, "create").kind)), std::string(name(Err::ReadOnly)));
    EXPECT_EQ(std::string(name(diskError(EACCES, "open").kind)), std::string(name(Err::Denied)));
    EXPECT_EQ(std::string(name(diskError(EIO, "read").kind)), std::string(name(Err::Io)));
}

static Result<void> openAltered(TempFolder& dir, const Bytes& sealed, const BlobInfo& info)
{
    writeFile(dir / "altered", sealed);
    const auto r = openFile(dir / "altered", info, dir / "out");
    EXPECT(r || !fs::exists(dir / "out"));
    return r;
}

CASE("a sealed blob opens at no truncation, no flipped bit, no added byte")
{
    TempFolder dir;
    CountingRandom random;
    writeFile(dir / "plain", pattern(40));
    const auto info = sealFile(dir / "plain", dir / "sealed", kNoLimit, random);
    REQUIRE(info);
    const Bytes sealed = readFile(dir / "sealed");
    for (size_t n = 0; n < sealed.size(); ++n) EXPECT_EQ(errorOf(openAltered(dir, sealed.substr(0, n), *info)), std::string(name(Err::Corrupt)));
    for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        Bytes bad = sealed;
        bad[bit / 8] ^= char(1 << bit % 8);
        EXPECT_EQ(errorOf(openAltered(dir, bad, *info)), std::string(name(Err::Corrupt)));
    }
    EXPECT_EQ(errorOf(openAltered(dir, sealed + "x", *info)), std::string(name(Err::Corrupt)));
    EXPECT(openAltered(dir, sealed, *info));
}

//! The description with hashes made to fit altered bytes: what is left is the cipher's own protection.
static BlobInfo fitted(BlobInfo info, const Bytes& sealed)
{
    info.id = hashOf(sealed);
    for (size_t i = 0; i < info.chunkHashes.size(); ++i) {
        const ChunkRange r = chunkRange(info, i);
        info.chunkHashes[i] = hashOf(BytesView(sealed).substr(r.offset, r.size));
    }
    return info;
}

CASE("damage is found by the cipher too, when the hashes were made to fit")
{
    TempFolder dir;
    CountingRandom random;
    writeFile(dir / "plain", pattern(40));
    const auto info = sealFile(dir / "plain", dir / "sealed", kNoLimit, random);
    REQUIRE(info);
    const Bytes sealed = readFile(dir / "sealed");
    for (size_t i = 0; i < sealed.size(); ++i) {
        Bytes bad = sealed;
        bad[i] ^= 0x10;
        EXPECT_EQ(errorOf(openAltered(dir, bad, fitted(*info, bad))), std::string(name(Err::Corrupt)));
    }
}

CASE("chunks exchanged or an end cut off are found, when the hashes were made to fit")
{
    TempFolder dir;
    CountingRandom random;
    writeFile(dir / "plain", pattern(kBlobChunk * 3));
    const auto info = sealFile(dir / "plain", dir / "sealed", kNoLimit, random);
    REQUIRE(info);
    const Bytes sealed = readFile(dir / "sealed");
    const ChunkRange a = chunkRange(*info, 1), b = chunkRange(*info, 2);
    const Bytes swapped = sealed.substr(0, a.offset) + sealed.substr(b.offset, b.size) + sealed.substr(a.offset, a.size);
    EXPECT_EQ(errorOf(openAltered(dir, swapped, fitted(*info, swapped))), std::string(name(Err::Corrupt)));
    BlobInfo shorter = *info;
    shorter.plainSize -= kBlobChunk;
    shorter.sealedSize -= b.size;
    shorter.chunkHashes.pop_back();
    const Bytes cut = sealed.substr(0, b.offset);
    shorter.contentHash = hashOf(BytesView(readFile(dir / "plain")).substr(0, kBlobChunk * 2));
    EXPECT_EQ(errorOf(openAltered(dir, cut, fitted(shorter, cut))), std::string(name(Err::Corrupt)));
}

CASE("a description that is not the blob's, or contradicts itself, is refused")
{
    TempFolder dir;
    CountingRandom random;
    writeFile(dir / "plain", pattern(100));
    const auto info = sealFile(dir / "plain", dir / "sealed", kNoLimit, random);
    REQUIRE(info);
    const Bytes sealed = readFile(dir / "sealed");
    auto refused = [&](const std::function<void(BlobInfo&)>& change) {
        BlobInfo other = *info;
        change(other);
        EXPECT_EQ(errorOf(openAltered(dir, sealed, other)), std::string(name(Err::Corrupt)));
    };
    refused([](BlobInfo& i) { i.key[0] ^= 1; });
    refused([](BlobInfo& i) { i.key.pop_back(); });
    refused([](BlobInfo& i) { i.key.clear(); });
    refused([](BlobInfo& i) { i.id[0] ^= 1; });
    refused([](BlobInfo& i) { i.id.clear(); });
    refused([](BlobInfo& i) { i.contentHash[0] ^= 1; });
    refused([](BlobInfo& i) { i.plainSize = 99; });
    refused([](BlobInfo& i) { i.plainSize = ~0ull; });
    refused([](BlobInfo& i) { i.plainSize = ~0ull; i.sealedSize = 0; i.chunkHashes.clear(); });
    refused([](BlobInfo& i) { i.sealedSize += 1; });
    refused([](BlobInfo& i) { i.chunkHashes.clear(); });
    refused([](BlobInfo& i) { i.chunkHashes.push_back(i.chunkHashes[0]); });
    refused([](BlobInfo& i) { i.chunkHashes[0].pop_back(); });
    refused([](BlobInfo& i) { i = BlobInfo(); });
    EXPECT_EQ(errorOf(openFile(dir / "none", *info, dir / "out")), std::string(name(Err::NotFound)));
    EXPECT_EQ(dir.count(), 3u);
}

CASE("sealing speed (a measurement)")
{
    TempFolder dir;
    CountingRandom random;
    writeFile(dir / "plain", pattern(32 << 20));
    Millis from = systemClock().steady();
    const auto info = sealFile(dir / "plain", dir / "sealed", kNoLimit, random);
    REQUIRE(info);
    const Millis sealing = systemClock().steady() - from;
    from = systemClock().steady();
    EXPECT(openFile(dir / "sealed", *info, dir / "back"));
    std::cout << "  32 MiB: sealed in " << sealing << " ms, opened in " << systemClock().steady() - from << " ms" << std::endl;
}
