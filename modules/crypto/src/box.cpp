#include "zt/crypto/box.h"

#include "bytes.h"
#include "zt/base/clock.h"
#include "zt/crypto/hash.h"

#include <algorithm>

namespace zt::crypto {

static constexpr size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
static constexpr size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static constexpr size_t kKey = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;

Bytes encrypt(const Secret& key, BytesView plain, BytesView aad)
{
    ZT_CHECK(key.size() == kKey);
    Bytes out(kNonce + plain.size() + kTag, '\0');
    systemRandom().fill(out.data(), kNonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(out) + kNonce, nullptr, raw(plain), plain.size(), raw(aad), aad.size(), nullptr, raw(out),
                                               key.data());
    return out;
}

Result<Bytes> decrypt(const Secret& key, BytesView sealed, BytesView aad)
{
    ZT_CHECK(key.size() == kKey);
    if (sealed.size() < kNonce + kTag) return fail(Err::Corrupt, "box is too short");
    const BytesView body = sealed.substr(kNonce);
    Bytes out(body.size() - kTag, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(out), nullptr, nullptr, raw(body), body.size(), raw(aad), aad.size(), raw(sealed),
                                                   key.data()) != 0)
        return fail(Err::Corrupt, "box does not open");
    return out;
}

BoxKey BoxKey::generate(Random& random)
{
    Secret secret(crypto_box_SECRETKEYBYTES);
    random.fill(secret.data(), secret.size());
    return std::move(*fromSecret(secret));
}

Result<BoxKey> BoxKey::fromSecret(const Secret& secretKey)
{
    if (secretKey.size() != crypto_box_SECRETKEYBYTES) return fail(Err::Invalid, "box key is not 32 bytes");
    ready();
    BoxKey key{Bytes(crypto_box_PUBLICKEYBYTES, '\0'), secretKey.clone()};
    crypto_scalarmult_base(raw(key.publicKey), key.secretKey.data());
    return key;
}

Result<Bytes> seal(BytesView publicKey, BytesView plain)
{
    if (publicKey.size() != crypto_box_PUBLICKEYBYTES) return fail(Err::Invalid, "box public key is not 32 bytes");
    ready();
    Bytes out(plain.size() + crypto_box_SEALBYTES, '\0');
    // Fails for keys of low order, with which anybody could open the box.
    if (crypto_box_seal(raw(out), raw(plain), plain.size(), raw(publicKey)) != 0) return fail(Err::Invalid, "box public key is unusable");
    return out;
}

Result<Secret> openSeal(const BoxKey& key, BytesView sealed)
{
    if (key.publicKey.size() != crypto_box_PUBLICKEYBYTES || key.secretKey.size() != crypto_box_SECRETKEYBYTES)
        return fail(Err::Invalid, "box key is not complete");
    if (sealed.size() < crypto_box_SEALBYTES) return fail(Err::Corrupt, "sealed box is too short");
    Secret out(sealed.size() - crypto_box_SEALBYTES);
    unsigned char none = 0;
    if (crypto_box_seal_open(out.empty() ? &none : out.data(), raw(sealed), sealed.size(), raw(key.publicKey), key.secretKey.data()) != 0)
        return fail(Err::Corrupt, "sealed box does not open");
    return out;
}

Result<Secret> agree(const BoxKey& own, BytesView other)
{
    if (own.secretKey.size() != crypto_scalarmult_SCALARBYTES || own.publicKey.size() != crypto_scalarmult_BYTES || other.size() != crypto_scalarmult_BYTES)
        return fail(Err::Invalid, "box key is not 32 bytes");
    ready();
    Secret point(crypto_scalarmult_BYTES);
    if (crypto_scalarmult(point.data(), own.secretKey.data(), raw(other)) != 0) return fail(Err::Invalid, "box public key is unusable");
    const BytesView mine = own.publicKey;
    Bytes made = hash("zt-agree-1", {point.view(), std::min(mine, other), std::max(mine, other)});
    Secret out{BytesView(made)};
    wipe(made);
    return out;
}

} // namespace zt::crypto
