#include "support.h"
#include "zt/crypto/box.h"
#include "zt/crypto/hash.h"

#include <algorithm>
#include <sodium.h>

using namespace zt;
using namespace zt::crypto;

static constexpr uint64_t kMiB = 1u << 20;

static KdfParams cheap()
{
    return {1, 8 * kMiB, "0123456789abcdef"};
}

CASE("deriveKey is Argon2id with the parameters given: an encoded form made of its result verifies")
{
    const KdfParams params{2, 8 * kMiB, "0123456789abcdef"};
    const auto key = deriveKey("correct horse", params);
    REQUIRE(key);
    auto base64 = [](BytesView v) {
        char out[64];
        sodium_bin2base64(out, sizeof out, reinterpret_cast<const unsigned char*>(v.data()), v.size(), sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
        return std::string(out);
    };
    const std::string encoded = "$argon2id$v=19$m=8192,t=2,p=1$" + base64(params.salt) + "$" + base64(key->view());
    EXPECT_EQ(crypto_pwhash_argon2id_str_verify(encoded.c_str(), "correct horse", 13), 0);
}

CASE("key derivation depends on passphrase, salt, passes and memory")
{
    const auto key = deriveKey("pass", cheap());
    REQUIRE(key);
    auto differs = [&](BytesView pass, const KdfParams& p) {
        const auto other = deriveKey(pass, p);
        return other && other->view() != key->view();
    };
    EXPECT(deriveKey("pass", cheap())->view() == key->view());
    EXPECT(differs("Pass", cheap()));
    EXPECT(differs("", cheap()));
    EXPECT(differs("pass", {1, 8 * kMiB, "0123456789abcdeg"}));
    EXPECT(differs("pass", {2, 8 * kMiB, "0123456789abcdef"}));
    EXPECT(differs("pass", {1, 9 * kMiB, "0123456789abcdef"}));
}

CASE("key derivation refuses parameters out of bounds before it takes memory")
{
    const std::string salt = "0123456789abcdef";
    for (const KdfParams& p : {KdfParams{1, 8 * kMiB - 1, salt}, KdfParams{1, 0, salt}, KdfParams{1, 2048 * kMiB + 1, salt}, KdfParams{1, ~0ull, salt},
                               KdfParams{0, 8 * kMiB, salt}, KdfParams{65, 8 * kMiB, salt}, KdfParams{~0u, 8 * kMiB, salt},
                               KdfParams{1, 8 * kMiB, salt.substr(1)}, KdfParams{1, 8 * kMiB, salt + "x"}, KdfParams{1, 8 * kMiB, ""}})
        EXPECT_EQ(errorOf(deriveKey("pass", p)), std::string(name(Err::Invalid)));
}

CASE("calibration stays in its bounds and gives a fresh salt")
{
    CountingRandom random;
    const KdfParams least = calibrateKdf(1, random);
    EXPECT_EQ(least.memoryBytes, 64 * kMiB);
    EXPECT_EQ(least.operations, 2u);
    EXPECT_EQ(least.salt.size(), 16u);
    const KdfParams usual = calibrateKdf(500, random);
    EXPECT(usual.memoryBytes >= 64 * kMiB && usual.memoryBytes <= 256 * kMiB);
    EXPECT(usual.operations >= 2 && usual.operations <= 64);
    EXPECT(usual.salt != least.salt);
    const Millis from = systemClock().steady();
    EXPECT(deriveKey("pass", usual));
    std::cout << "  calibrateKdf(500): " << usual.operations << " passes, " << usual.memoryBytes / kMiB << " MiB, takes "
              << systemClock().steady() - from << " ms" << std::endl;
}

CASE("a passphrase wrap opens with its passphrase")
{
    const Secret secret(BytesView("store key of thirty-two bytes..!"));
    const auto blob = wrapWithPassphrase(secret, "正通 passphrase", cheap());
    REQUIRE(blob);
    EXPECT(blob->find("store key") == blob->npos);
    const auto opened = unwrapWithPassphrase(*blob, "正通 passphrase");
    EXPECT(opened && opened->view() == secret.view());
    EXPECT_EQ(errorOf(unwrapWithPassphrase(*blob, "正通 passphrasf")), std::string(name(Err::Unauthenticated)));
    EXPECT_EQ(errorOf(unwrapWithPassphrase(*blob, "")), std::string(name(Err::Unauthenticated)));
    const auto empty = wrapWithPassphrase(Secret(), "p", cheap());
    REQUIRE(empty);
    EXPECT(unwrapWithPassphrase(*empty, "p")->empty());
    EXPECT_EQ(errorOf(wrapWithPassphrase(secret, "p", {0, 0, ""})), std::string(name(Err::Invalid)));
}

CASE("a passphrase wrap tells damage from a wrong passphrase: every truncation, every bit")
{
    const auto blob = wrapWithPassphrase(Secret(BytesView("secret")), "p", cheap());
    REQUIRE(blob);
    for (size_t n = 0; n < blob->size(); ++n) EXPECT_EQ(errorOf(unwrapWithPassphrase(BytesView(*blob).substr(0, n), "p")), std::string(name(Err::Corrupt)));
    for (size_t bit = 0; bit < blob->size() * 8; ++bit) {
        Bytes bad = *blob;
        bad[bit / 8] ^= char(1 << bit % 8);
        EXPECT_EQ(errorOf(unwrapWithPassphrase(bad, "p")), std::string(name(Err::Corrupt)));
    }
    EXPECT_EQ(errorOf(unwrapWithPassphrase(*blob + "x", "p")), std::string(name(Err::Corrupt)));
}

//! The wrap with one byte set and its check made anew, as a forger or a later version would.
static Bytes altered(Bytes blob, size_t at, unsigned char value)
{
    blob.resize(blob.size() - 32);
    blob[at] = char(value);
    return blob + hash("zt.passphrase-wrap.check", {blob});
}

CASE("a passphrase wrap of a later version, another suite or with forged parameters is refused as such")
{
    const auto blob = wrapWithPassphrase(Secret(BytesView("secret")), "p", cheap());
    REQUIRE(blob);
    EXPECT(unwrapWithPassphrase(altered(*blob, 4, 1), "p"));
    EXPECT_EQ(errorOf(unwrapWithPassphrase(altered(*blob, 4, 2), "p")), std::string(name(Err::TooNew)));
    EXPECT_EQ(errorOf(unwrapWithPassphrase(altered(*blob, 4, 0), "p")), std::string(name(Err::Corrupt)));
    EXPECT_EQ(errorOf(unwrapWithPassphrase(altered(*blob, 5, 2), "p")), std::string(name(Err::Unsupported)));
    EXPECT_EQ(errorOf(unwrapWithPassphrase(altered(*blob, 20, 0xff), "p")), std::string(name(Err::Invalid)));      // memory
    EXPECT_EQ(errorOf(unwrapWithPassphrase(altered(*blob, 12, 0xff), "p")), std::string(name(Err::Invalid)));      // passes
    EXPECT_EQ(errorOf(unwrapWithPassphrase(altered(*blob, 21, 0xff), "p")), std::string(name(Err::Unauthenticated))); // salt
    const Bytes head = blob->substr(0, 40);
    EXPECT_EQ(errorOf(unwrapWithPassphrase(head + hash("zt.passphrase-wrap.check", {head}), "p")), std::string(name(Err::Corrupt)));
}
