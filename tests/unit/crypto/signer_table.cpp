// A key that keeps coming is checked by a table of its own (libdecaf). It must take exactly what libsodium takes: a person could otherwise
// sign what the hub believes and `verify` on another machine does not.
#include "signer_table.h"
#include "support.h"
#include "zt/crypto/sign.h"

#include <sodium.h>

using namespace zt;
using namespace zt::crypto;

namespace {

const unsigned char* bytes(const Bytes& b) { return reinterpret_cast<const unsigned char*>(b.data()); }
unsigned char* bytes(Bytes& b) { return reinterpret_cast<unsigned char*>(b.data()); }

bool sodium(const Bytes& key, const Bytes& message, const Bytes& signature)
{
    return crypto_sign_verify_detached(bytes(signature), bytes(message), message.size(), bytes(key)) == 0;
}

//! The eight points of small order.
std::vector<Bytes> smallOrder()
{
    std::vector<Bytes> out;
    for (const char* hex : {"0100000000000000000000000000000000000000000000000000000000000000", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                            "0000000000000000000000000000000000000000000000000000000000000000", "0000000000000000000000000000000000000000000000000000000000000080",
                            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"})
        out.push_back(*unhex(hex));
    return out;
}

//! A signer whose scalar is known, so that signatures can be made that no honest signer makes.
struct Signer {
    Bytes scalar = Bytes(32, '\0'), key = Bytes(32, '\0');
    explicit Signer(unsigned n)
    {
        Bytes wide(64, '\0');
        wide[0] = char(n), wide[1] = char(n >> 8), wide[40] = 7;
        crypto_core_ed25519_scalar_reduce(bytes(scalar), bytes(wide));
        EXPECT(crypto_scalarmult_ed25519_base_noclamp(bytes(key), bytes(scalar)) == 0);
    }
    //! `point` stands in the signature, `nonce` is what its scalar should be; the hash is over `shown`, the key the other side has.
    Bytes sign(const Bytes& message, const Bytes& point, const Bytes& nonce, const Bytes& shown) const
    {
        Bytes digest(64, '\0'), h(32, '\0'), product(32, '\0'), s(32, '\0');
        const Bytes all = point + shown + message;
        crypto_hash_sha512(bytes(digest), bytes(all), all.size());
        crypto_core_ed25519_scalar_reduce(bytes(h), bytes(digest));
        crypto_core_ed25519_scalar_mul(bytes(product), bytes(h), bytes(scalar));
        crypto_core_ed25519_scalar_add(bytes(s), bytes(product), bytes(nonce));
        return point + s;
    }
};

Bytes sum(const Bytes& a, const Bytes& b)
{
    Bytes out(32, '\0');
    EXPECT(crypto_core_ed25519_add(bytes(out), bytes(a), bytes(b)) == 0);
    return out;
}

} // namespace

CASE("a signature's bits decide alike with a table and without")
{
    CountingRandom random;
    for (size_t n = 0; n < 40; ++n) {
        const auto key = SigningKey::generate(random);
        const auto table = SignerTable::make(key.publicKey());
        REQUIRE(table);
        const Bytes message(n * 7, char(n)), good = key.sign(message);
        EXPECT(table->verify(message, good));
        EXPECT(!table->verify(message + 'x', good));
        for (size_t bit = n % 8; bit < good.size() * 8; bit += n == 0 ? 1 : 8) {
            Bytes bad = good;
            bad[bit / 8] ^= char(1 << bit % 8);
            EXPECT(!sodium(key.publicKey(), message, bad) && !table->verify(message, bad));
        }
    }
}

CASE("a signature's scalar above the group's order is refused with a table too")
{
    const Signer signer(1);
    const auto table = SignerTable::make(signer.key);
    REQUIRE(table);
    const Signer nonce(2);
    Bytes s = signer.sign("m", nonce.key, nonce.scalar, signer.key);
    EXPECT(sodium(signer.key, "m", s) && table->verify("m", s));
    const Bytes order = *unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    unsigned carry = 0;
    for (size_t i = 0; i < 32; ++i) {
        carry += static_cast<unsigned char>(s[32 + i]) + static_cast<unsigned char>(order[i]);
        s[32 + i] = char(carry);
        carry >>= 8;
    }
    EXPECT(!sodium(signer.key, "m", s) && !table->verify("m", s));
}

CASE("points of small order in a signature are refused with a table too")
{
    for (unsigned n = 1; n < 20; ++n) {
        const Signer signer(n), nonce(n + 100);
        const auto table = SignerTable::make(signer.key);
        REQUIRE(table);
        for (const Bytes& small : smallOrder()) {
            // The point itself, with a nonce of nothing.
            const Bytes bare = signer.sign("m", small, Bytes(32, '\0'), signer.key);
            EXPECT(!sodium(signer.key, "m", bare) && !table->verify("m", bare));
            // An honest point moved by it: whoever multiplies by eight before he compares takes this one.
            const Bytes point = sum(nonce.key, small);
            const Bytes moved = signer.sign("m", point, nonce.scalar, signer.key);
            EXPECT_EQ(table->verify("m", moved), point == nonce.key);
            EXPECT_EQ(sodium(signer.key, "m", moved), point == nonce.key);
        }
    }
}

CASE("a key with a part of small order has no table, and libsodium's word stands however often it comes")
{
    size_t taken = 0, refused = 0;
    const Signer signer(5), nonce(6);
    for (const Bytes& small : smallOrder()) {
        const Bytes key = sum(signer.key, small);
        EXPECT_EQ(SignerTable::make(key) == nullptr, key != signer.key);
        EXPECT(SignerTable::make(small) == nullptr);
        for (int n = 0; n < 40; ++n) {
            const Bytes message = "m" + std::to_string(n), s = signer.sign(message, nonce.key, nonce.scalar, key);
            const bool is = sodium(key, message, s);
            EXPECT_EQ(verify(key, message, s), is);
            (is ? taken : refused) += 1;
        }
    }
    EXPECT(taken > 80 && refused > 80); // both ways were seen: forty of the good key's, and some of the others'
    // What is no key at all: not on the curve, and not the shortest way to write its point.
    EXPECT(SignerTable::make(Bytes(32, '\2')) == nullptr);
    EXPECT(SignerTable::make(*unhex("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")) == nullptr);
}

CASE("a key must keep coming to get a table, and does not lose it to one that comes less often")
{
    const auto key = [](char n) { // all at one place of the cache
        for (unsigned i = 0;; ++i) {
            const Signer s(unsigned(n) * 4000 + i);
            if (s.key[0] == 0 && (s.key[1] & 3) == 0) return s.key;
        }
    };
    const Bytes often = key(1), seldom = key(2);
    REQUIRE(often != seldom);
    for (int n = 0; n < 3; ++n) EXPECT(tableOf(often) == nullptr);
    const auto table = tableOf(often);
    EXPECT(table != nullptr);
    for (int n = 0; n < 20; ++n) {
        EXPECT(tableOf(seldom) == nullptr);
        EXPECT(tableOf(often) == table);
    }
    // Once it stays away the other one takes its place; what was handed out still works.
    int n = 0;
    while (!tableOf(seldom) && n < 100) ++n;
    EXPECT(n >= 4 && n < 30);
    EXPECT(tableOf(often) == nullptr);
    EXPECT(!table->verify("m", Bytes(64, '\0')));
}
