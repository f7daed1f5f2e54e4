#include "zt/crypto/box.h"
#include "zt/crypto/hash.h"

#include "bytes.h"

#include <algorithm>

namespace zt::crypto {

static constexpr uint64_t kMiB = 1u << 20;
static constexpr uint64_t kLeastMemory = 8 * kMiB, kMostMemory = 2048 * kMiB;
static constexpr uint32_t kMostOperations = 64;

Result<Secret> deriveKey(BytesView passphrase, const KdfParams& params)
{
    if (params.memoryBytes < kLeastMemory || params.memoryBytes > kMostMemory || params.operations < 1 || params.operations > kMostOperations
        || params.salt.size() != crypto_pwhash_argon2id_SALTBYTES)
        return fail(Err::Invalid, "key derivation parameters out of bounds");
    ready();
    Secret out(32);
    if (!passphrase.data()) passphrase = ""; // an empty one may come as no address at all, which libsodium does not take
    if (crypto_pwhash_argon2id(out.data(), out.size(), passphrase.data(), passphrase.size(), raw(params.salt), params.operations,
                               size_t(params.memoryBytes), crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        return fail(Err::Busy, "not enough memory to derive the key");
    return out;
}

//! Milliseconds of one derivation, or nothing when this machine has not that much memory.
static std::optional<double> measure(const KdfParams& params)
{
    const Millis from = systemClock().steady();
    if (!deriveKey("calibration", params)) return std::nullopt;
    return double(std::max<Millis>(1, systemClock().steady() - from));
}

KdfParams calibrateKdf(int targetMs, Random& random)
{
    KdfParams params{2, 64 * kMiB, random.bytes(crypto_pwhash_argon2id_SALTBYTES)};
    const double target = std::max(1, targetMs);
    auto ms = measure(params);
    if (ms) ms = std::min(*ms, measure(params).value_or(*ms)); // the first run also pays for the pages
    // Memory first, up to 256 MiB: it is what makes guessing machines dear. Then passes.
    while (ms && params.memoryBytes < 256 * kMiB && *ms * 2 <= target) {
        KdfParams next = params;
        next.memoryBytes *= 2;
        const auto nextMs = measure(next);
        if (!nextMs || *nextMs > target) break;
        params = next;
        ms = nextMs;
    }
    if (ms) params.operations = uint32_t(std::clamp(params.operations * target / *ms, 2.0, double(kMostOperations)));
    return params;
}

// Layout: "ZTPW" | version u8 | suite u32 | operations u32 | memory u64 | salt 16 | box (XChaCha20-Poly1305) | check 32; numbers little
// endian. The box binds everything before it. The check, BLAKE2b-256 of all before it, only tells damage from a wrong passphrase; every
// later version keeps magic, version and check where they are.
static constexpr std::string_view kMagic = "ZTPW";
static constexpr unsigned char kVersion = 1;
static constexpr size_t kHead = 4 + 1 + 4 + 4 + 8 + 16;
static constexpr size_t kBoxOverhead = 24 + 16;
static constexpr std::string_view kCheckDomain = "zt.passphrase-wrap.check";

static void put(Bytes& out, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; ++i) out += char(value >> (8 * i) & 0xff);
}

static uint64_t get(BytesView in, size_t at, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) value |= uint64_t(static_cast<unsigned char>(in[at + size_t(i)])) << (8 * i);
    return value;
}

Result<Bytes> wrapWithPassphrase(const Secret& secret, BytesView passphrase, const KdfParams& params)
{
    ZT_LET(key, deriveKey(passphrase, params));
    Bytes out(kMagic);
    put(out, kVersion, 1);
    put(out, kSuiteSodium, 4);
    put(out, params.operations, 4);
    put(out, params.memoryBytes, 8);
    out += params.salt;
    out += encrypt(key, secret.view(), out);
    out += hash(kCheckDomain, {out});
    return out;
}

Result<Secret> unwrapWithPassphrase(BytesView blob, BytesView passphrase)
{
    if (blob.size() < kMagic.size() + 1 + kHashSize || !blob.starts_with(kMagic)) return fail(Err::Corrupt, "not a passphrase wrap");
    const BytesView body = blob.substr(0, blob.size() - kHashSize);
    if (!equal(hash(kCheckDomain, {body}), blob.substr(body.size()))) return fail(Err::Corrupt, "passphrase wrap is damaged");
    if (get(body, 4, 1) > kVersion) return fail(Err::TooNew, "passphrase wrap of a later version");
    if (get(body, 4, 1) != kVersion || body.size() < kHead + kBoxOverhead) return fail(Err::Corrupt, "passphrase wrap is malformed");
    if (get(body, 5, 4) != kSuiteSodium) return fail(Err::Unsupported, "passphrase wrap of an unknown suite");
    const KdfParams params{uint32_t(get(body, 9, 4)), get(body, 13, 8), Bytes(body.substr(21, 16))};
    ZT_LET(key, deriveKey(passphrase, params));
    auto plain = decrypt(key, body.substr(kHead), body.substr(0, kHead));
    if (!plain) return fail(Err::Unauthenticated, "wrong passphrase");
    Secret out{BytesView(*plain)};
    wipe(*plain);
    return out;
}

} // namespace zt::crypto
