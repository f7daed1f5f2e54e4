#include "signer_table.h"

#include "bytes.h"

#include <array>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

extern "C" {
#include <decaf.h>
#include <decaf/ed255.h>
}

namespace zt::crypto {

namespace {

// A point read is twice the key's, a point written four times what it was: the scalars are divided by that beforehand.
static_assert(DECAF_255_EDDSA_ENCODE_RATIO == 4 && DECAF_255_EDDSA_DECODE_RATIO == 2);

void halve(decaf_255_scalar_s* scalar, int times)
{
    while (times-- > 0) decaf_255_scalar_halve(scalar, scalar);
}

} // namespace

std::shared_ptr<const SignerTable> SignerTable::make(BytesView publicKey)
{
    if (crypto_core_ed25519_is_valid_point(raw(publicKey)) != 1) return nullptr; // on the curve, canonical, of the main group
    decaf_255_point_t twice;
    if (decaf_255_point_decode_like_eddsa_and_mul_by_ratio(twice, raw(publicKey)) != DECAF_SUCCESS) return nullptr;
    std::shared_ptr<SignerTable> table(new SignerTable);
    table->m_key = publicKey;
    table->m_points = static_cast<decaf_255_precomputed_s*>(operator new(decaf_255_sizeof_precomputed_s, std::align_val_t(decaf_255_alignof_precomputed_s)));
    decaf_255_precompute(table->m_points, twice);
    return table;
}

SignerTable::~SignerTable() { operator delete(m_points, std::align_val_t(decaf_255_alignof_precomputed_s)); }

bool SignerTable::verify(BytesView message, BytesView signature) const
{
    const auto* point = raw(signature);
    decaf_255_scalar_t s, h;
    if (decaf_255_scalar_decode(s, point + 32) != DECAF_SUCCESS) return false; // not below the group's order
    unsigned char digest[crypto_hash_sha512_BYTES];
    crypto_hash_sha512_state hash;
    crypto_hash_sha512_init(&hash);
    crypto_hash_sha512_update(&hash, point, 32);
    crypto_hash_sha512_update(&hash, raw(m_key), m_key.size());
    crypto_hash_sha512_update(&hash, raw(message), message.size());
    crypto_hash_sha512_final(&hash, digest);
    decaf_255_scalar_decode_long(h, digest, sizeof digest);
    halve(s, 2);
    halve(h, 3);
    decaf_255_point_t base, key;
    decaf_255_precomputed_scalarmul(base, decaf_255_precomputed_base, s);
    decaf_255_precomputed_scalarmul(key, m_points, h);
    decaf_255_point_sub(base, base, key);
    unsigned char expected[32];
    decaf_255_point_mul_by_ratio_and_encode_like_eddsa(expected, base);
    static constexpr unsigned char identity[32] = {1}; // of small order, which libsodium refuses
    return std::memcmp(expected, point, 32) == 0 && std::memcmp(expected, identity, 32) != 0;
}

std::shared_ptr<const SignerTable> tableOf(BytesView publicKey)
{
    struct Place {
        std::array<char, crypto_sign_PUBLICKEYBYTES> key{};
        int comes = 0; //!< of this key, less those of others
        bool asked = false;
        std::shared_ptr<const SignerTable> table;
    };
    constexpr size_t kPlaces = 1024, kLocks = 16;
    constexpr int kBefore = 4, kMost = 16;
    static std::array<Place, kPlaces> places;
    static std::array<std::mutex, kLocks> locks;

    uint64_t mark = 0;
    std::memcpy(&mark, publicKey.data(), sizeof mark);
    const size_t at = mark % kPlaces;
    const std::lock_guard lock(locks[at % kLocks]);
    Place& place = places[at];
    if (BytesView(place.key.data(), place.key.size()) != publicKey) {
        if (--place.comes > 0) return nullptr;
        place = {};
        publicKey.copy(place.key.data(), place.key.size());
    }
    if (place.comes < kMost) ++place.comes;
    if (place.comes >= kBefore && !std::exchange(place.asked, true)) place.table = SignerTable::make(publicKey);
    return place.table;
}

} // namespace zt::crypto
