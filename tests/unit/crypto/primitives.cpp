#include "support.h"
#include "zt/crypto/box.h"
#include "zt/crypto/hash.h"
#include "zt/crypto/selftest.h"
#include "zt/crypto/sign.h"

#include <type_traits>

using namespace zt;
using namespace zt::crypto;

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
template <class T>
concept Printable = requires(std::ostream& o, const T& v) { o << v; };
static_assert(!Printable<Secret> && Printable<Bytes>, "a secret cannot be printed");

CASE("self test passes and may be called again")
{
    EXPECT(start());
    EXPECT(start());
}

CASE("a secret moves, clones and empties")
{
    Secret a(BytesView("0123456789"));
    Secret b = a.clone();
    EXPECT(b.view() == "0123456789" && b.data() != a.data());
    Secret c = std::move(a);
    EXPECT(a.empty() && a.data() == nullptr && c.view() == "0123456789");
    c = std::move(b);
    EXPECT_EQ(c.size(), 10u);
    EXPECT(Secret(4).view() == BytesView("\0\0\0\0", 4));
    EXPECT(Secret(0).empty());
    EXPECT(Secret().clone().empty());
}

CASE("wiping leaves nothing in the string's memory")
{
    std::string text(200, 'x');
    text.resize(10);
    const char* p = text.data();
    const size_t room = text.capacity();
    wipe(text);
    EXPECT(text.empty());
    EXPECT(text.data() == p && text.capacity() == room);
    bool zero = true;
    text.resize(0);
    for (size_t i = 0; i < 200; ++i) zero = zero && p[i] == 0;
    EXPECT(zero);
}

CASE("hash separates domains, boundaries and counts of parts")
{
    const Bytes h = hash("zt.test", {"ab", "c"});
    EXPECT_EQ(h.size(), kHashSize);
    EXPECT(h == hash("zt.test", {"ab", "c"}));
    EXPECT(h != hash("zt.test", {"a", "bc"}));
    EXPECT(h != hash("zt.test", {"abc"}));
    EXPECT(h != hash("zt.test", {"ab", "c", ""}));
    EXPECT(h != hash("zt.tes", {"tab", "c"}));
    EXPECT(h != hash("zt.other", {"ab", "c"}));
    // The stored form is a contract: two builds must agree on it.
    EXPECT(h == hashOf(BytesView("\7\0\0\0\0\0\0\0zt.test\2\0\0\0\0\0\0\0ab\1\0\0\0\0\0\0\0c", 34)));
}

CASE("running hash equals the hash at once, also of nothing")
{
    Hasher h;
    h.add("ab");
    h.add("");
    h.add("c");
    EXPECT(h.finish() == hashOf("abc"));
    EXPECT_EQ(hex(hashOf("")), std::string("0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"));
}

CASE("equal compares whole strings only")
{
    EXPECT(equal("", "") && equal("abc", "abc"));
    EXPECT(!equal("abc", "abd") && !equal("abc", "ab") && !equal("", "a"));
}

CASE("Ed25519: RFC 8032 tests 1 and 3")
{
    const auto seed1 = *unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    const auto k1 = SigningKey::fromSeed(Secret(BytesView(seed1)));
    REQUIRE(k1);
    EXPECT_EQ(hex(k1->publicKey()), std::string("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
    EXPECT_EQ(hex(k1->sign("")), std::string("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                                             "d25bf5f0595bbe24655141438e7a100b"));
    const auto seed3 = *unhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
    const auto k3 = SigningKey::fromSeed(Secret(BytesView(seed3)));
    REQUIRE(k3);
    EXPECT_EQ(hex(k3->publicKey()), std::string("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"));
    EXPECT_EQ(hex(k3->sign("\xaf\x82")), std::string("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                                                     "4a7c15e9716ed28dc027beceea1ec40a"));
}

CASE("a signature fails for any other message, key, bit or length")
{
    CountingRandom random;
    const auto key = SigningKey::generate(random), other = SigningKey::generate(random);
    EXPECT(key.publicKey() != other.publicKey());
    const Bytes sig = key.sign("message");
    EXPECT(verify(key.publicKey(), "message", sig));
    EXPECT(!verify(key.publicKey(), "messagf", sig));
    EXPECT(!verify(other.publicKey(), "message", sig));
    for (size_t bit = 0; bit < sig.size() * 8; ++bit) {
        Bytes bad = sig;
        bad[bit / 8] ^= char(1 << bit % 8);
        EXPECT(!verify(key.publicKey(), "message", bad));
    }
    for (size_t n = 0; n < sig.size(); ++n) EXPECT(!verify(key.publicKey(), "message", BytesView(sig).substr(0, n)));
    EXPECT(!verify(key.publicKey(), "message", sig + '\0'));
    EXPECT(!verify(BytesView(key.publicKey()).substr(1), "message", sig));
    EXPECT(!verify(Bytes(32, '\0'), "message", Bytes(64, '\0'))); // a key of low order would sign anything
}

CASE("a signing key comes back from its seed, and only from 32 bytes")
{
    CountingRandom random;
    const auto key = SigningKey::generate(random);
    const auto again = SigningKey::fromSeed(key.seed());
    REQUIRE(again);
    EXPECT(again->publicKey() == key.publicKey() && again->sign("x") == key.sign("x"));
    EXPECT_EQ(errorOf(SigningKey::fromSeed(Secret(31))), std::string(name(Err::Invalid)));
    EXPECT_EQ(errorOf(SigningKey::fromSeed(Secret())), std::string(name(Err::Invalid)));
}

CASE("a box opens with its key and aad only, at no truncation and no flipped bit")
{
    CountingRandom random;
    Secret key(32), other(32);
    random.fill(key.data(), 32);
    random.fill(other.data(), 32);
    for (const Bytes& plain : {Bytes(), Bytes("x"), Bytes(100, 'p')}) {
        const Bytes sealed = encrypt(key, plain, "aad");
        EXPECT_EQ(sealed.size(), plain.size() + 40);
        EXPECT(sealed != encrypt(key, plain, "aad"));
        const auto opened = decrypt(key, sealed, "aad");
        EXPECT(opened && *opened == plain);
        EXPECT_EQ(errorOf(decrypt(key, sealed, "aae")), std::string(name(Err::Corrupt)));
        EXPECT_EQ(errorOf(decrypt(other, sealed, "aad")), std::string(name(Err::Corrupt)));
        for (size_t n = 0; n < sealed.size(); ++n) EXPECT_EQ(errorOf(decrypt(key, BytesView(sealed).substr(0, n), "aad")), std::string(name(Err::Corrupt)));
        for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
            Bytes bad = sealed;
            bad[bit / 8] ^= char(1 << bit % 8);
            EXPECT_EQ(errorOf(decrypt(key, bad, "aad")), std::string(name(Err::Corrupt)));
        }
        EXPECT(!decrypt(key, sealed + "x", "aad"));
    }
}

CASE("a sealed box opens for its addressee only, at no truncation and no flipped bit")
{
    CountingRandom random;
    const BoxKey key = BoxKey::generate(random), other = BoxKey::generate(random);
    const auto sealed = seal(key.publicKey, "secret");
    REQUIRE(sealed);
    EXPECT_EQ(sealed->size(), 6u + 48u);
    const auto opened = openSeal(key, *sealed);
    EXPECT(opened && opened->view() == "secret");
    EXPECT_EQ(errorOf(openSeal(other, *sealed)), std::string(name(Err::Corrupt)));
    for (size_t n = 0; n < sealed->size(); ++n) EXPECT_EQ(errorOf(openSeal(key, BytesView(*sealed).substr(0, n))), std::string(name(Err::Corrupt)));
    for (size_t i = 0; i < sealed->size(); ++i) {
        // The top bit of an X25519 key is not part of it, yet the box's nonce covers all 32 bytes: no bit is free.
        for (int bit = 0; bit < 8; ++bit) {
            Bytes bad = *sealed;
            bad[i] ^= char(1 << bit);
            EXPECT_EQ(errorOf(openSeal(key, bad)), std::string(name(Err::Corrupt)));
        }
    }
    const auto empty = seal(key.publicKey, "");
    REQUIRE(empty);
    const auto none = openSeal(key, *empty);
    EXPECT(none && none->empty());
}

CASE("box keys: back from the secret, bad ones refused")
{
    CountingRandom random;
    const BoxKey key = BoxKey::generate(random);
    const auto again = BoxKey::fromSecret(key.secretKey);
    EXPECT(again && again->publicKey == key.publicKey);
    EXPECT_EQ(errorOf(BoxKey::fromSecret(Secret(16))), std::string(name(Err::Invalid)));
    EXPECT_EQ(errorOf(seal("short", "x")), std::string(name(Err::Invalid)));
    EXPECT_EQ(errorOf(seal(Bytes(32, '\0'), "x")), std::string(name(Err::Invalid)));
    EXPECT_EQ(errorOf(openSeal(BoxKey{}, Bytes(60, 'x'))), std::string(name(Err::Invalid)));
}
