#include "support.h"
#include "zt/crypto/hash.h"
#include "zt/crypto/pki.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

using namespace zt;
using namespace zt::crypto;

static constexpr Millis kFrom = 1'700'000'000'000, kTo = 1'900'000'000'000;

namespace {
struct Province {
    CountingRandom random;
    SigningKey caKey = SigningKey::generate(random), deviceKey = SigningKey::generate(random);
    std::string ca = *makeCa(caKey, "省政府办公厅 Root", kFrom, kTo);
    CertRequest request() const { return {"person/device", {}, deviceKey.publicKey(), kFrom, kTo, false}; }
    std::string leaf() const { return *issue(caKey, ca, request()); }
};

X509* parse(const std::string& pem)
{
    BIO* bio = BIO_new_mem_buf(pem.data(), int(pem.size()));
    X509* cert = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    return cert;
}
} // namespace

CASE("a root and a leaf say what they are")
{
    const Province p;
    const auto ca = readCert(p.ca), leaf = readCert(p.leaf());
    REQUIRE(ca && leaf);
    EXPECT(ca->isCa && !leaf->isCa);
    EXPECT_EQ(ca->commonName, std::string("省政府办公厅 Root"));
    EXPECT_EQ(leaf->commonName, std::string("person/device"));
    EXPECT(ca->publicKey == p.caKey.publicKey() && leaf->publicKey == p.deviceKey.publicKey());
    EXPECT_EQ(leaf->notBefore, kFrom);
    EXPECT_EQ(leaf->notAfter, kTo);
    EXPECT_EQ(ca->serial.size(), 16u);
    EXPECT(ca->serial != leaf->serial);
    EXPECT(readCert(p.leaf())->serial != leaf->serial);
    EXPECT(ca->hash.size() == kHashSize && ca->hash != leaf->hash);
    EXPECT(readCert("a line before\n" + p.ca)->hash == ca->hash); // of the DER form, not of the text
}

CASE("usages, extended usages and hosts are those asked for")
{
    const Province p;
    auto usage = [](X509* c) { return X509_get_key_usage(c); };
    X509* ca = parse(p.ca);
    EXPECT_EQ(usage(ca), uint32_t(KU_KEY_CERT_SIGN | KU_CRL_SIGN));
    EXPECT_EQ(X509_get_pathlen(ca), 0L);
    X509_free(ca);
    X509* client = parse(p.leaf());
    EXPECT_EQ(usage(client), uint32_t(KU_DIGITAL_SIGNATURE));
    EXPECT_EQ(X509_get_extended_key_usage(client), uint32_t(XKU_SSL_CLIENT));
    X509_free(client);
    CertRequest request = p.request();
    request.server = true;
    request.hosts = {"hub.example", "10.1.2.3", "fd00::1"};
    const auto pem = issue(p.caKey, p.ca, request);
    REQUIRE(pem);
    X509* server = parse(*pem);
    EXPECT_EQ(X509_get_extended_key_usage(server), uint32_t(XKU_SSL_SERVER));
    EXPECT_EQ(X509_check_host(server, "hub.example", 0, 0, nullptr), 1);
    EXPECT_EQ(X509_check_host(server, "other.example", 0, 0, nullptr), 0);
    EXPECT_EQ(X509_check_ip_asc(server, "10.1.2.3", 0), 1);
    EXPECT_EQ(X509_check_ip_asc(server, "fd00::1", 0), 1);
    EXPECT_EQ(X509_check_ip_asc(server, "10.1.2.4", 0), 0);
    X509_free(server);
}

CASE("isForHost and isKeyOf: names and addresses of the certificate, and its own key alone")
{
    const Province p;
    CountingRandom random;
    random.state = 99;
    const SigningKey key = SigningKey::generate(random);
    CertRequest request = p.request();
    request.server = true;
    request.hosts = {"hub.example", "10.1.2.3", "fd00::1"};
    request.publicKey = key.publicKey();
    const auto pem = issue(p.caKey, p.ca, request);
    REQUIRE(pem);
    for (const char* host : {"hub.example", "HUB.example", "10.1.2.3", "fd00::1"}) EXPECT(isForHost(*pem, host));
    for (const char* host : {"", "example", "x.hub.example", "10.1.2.4", "fd00::2"}) EXPECT(!isForHost(*pem, host));
    EXPECT(!isForHost("junk", "hub.example"));
    EXPECT(isKeyOf(*privateKeyPem(key), *pem));
    EXPECT(!isKeyOf(*privateKeyPem(p.caKey), *pem));
    EXPECT(!isKeyOf("junk", *pem) && !isKeyOf(*privateKeyPem(key), "junk"));
}

CASE("OpenSSL's own verification accepts the chain, for its purpose and in its dates only")
{
    const Province p;
    X509 *ca = parse(p.ca), *leaf = parse(p.leaf());
    auto verifyAt = [&](Millis at, int purpose) {
        X509_STORE* store = X509_STORE_new();
        X509_STORE_add_cert(store, ca);
        X509_STORE_CTX* ctx = X509_STORE_CTX_new();
        X509_STORE_CTX_init(ctx, store, leaf, nullptr);
        X509_STORE_CTX_set_purpose(ctx, purpose);
        X509_STORE_CTX_set_time(ctx, 0, at / 1000);
        X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_X509_STRICT);
        const int ok = X509_verify_cert(ctx);
        const int why = X509_STORE_CTX_get_error(ctx);
        X509_STORE_CTX_free(ctx);
        X509_STORE_free(store);
        return ok == 1 ? X509_V_OK : why;
    };
    EXPECT_EQ(verifyAt(kFrom + 1000, X509_PURPOSE_SSL_CLIENT), X509_V_OK);
    EXPECT_EQ(verifyAt(kFrom + 1000, X509_PURPOSE_SSL_SERVER), X509_V_ERR_INVALID_PURPOSE);
    EXPECT_EQ(verifyAt(kTo + 1000, X509_PURPOSE_SSL_CLIENT), X509_V_ERR_CERT_HAS_EXPIRED);
    EXPECT_EQ(verifyAt(kFrom - 1000, X509_PURPOSE_SSL_CLIENT), X509_V_ERR_CERT_NOT_YET_VALID);
    X509_free(leaf);
    X509_free(ca);
}

CASE("issuedBy needs names and signature: a root of the same name and another key does not pass")
{
    const Province p;
    CountingRandom random;
    random.state = 99;
    const SigningKey otherKey = SigningKey::generate(random);
    const std::string sameName = *makeCa(otherKey, "省政府办公厅 Root", kFrom, kTo), otherName = *makeCa(p.caKey, "other", kFrom, kTo);
    const std::string leaf = p.leaf();
    EXPECT(issuedBy(leaf, p.ca));
    EXPECT(issuedBy(p.ca, p.ca));
    EXPECT(!issuedBy(leaf, sameName));
    EXPECT(!issuedBy(leaf, otherName));
    EXPECT(!issuedBy(leaf, leaf));
    EXPECT(!issuedBy(p.ca, leaf));
    EXPECT(!issuedBy("", p.ca) && !issuedBy(leaf, "") && !issuedBy("x", "y"));
}

CASE("an expired certificate is read and checked like any other; dates are the caller's concern")
{
    const Province p;
    CertRequest request = p.request();
    request.notBefore = 946'684'800'000; // 2000-01-01
    request.notAfter = 978'307'200'000;  // 2001-01-01
    const auto pem = issue(p.caKey, p.ca, request);
    REQUIRE(pem);
    const auto info = readCert(*pem);
    REQUIRE(info);
    EXPECT(info->notBefore == 946'684'800'000 && info->notAfter == 978'307'200'000);
    EXPECT(issuedBy(*pem, p.ca));
    request.notAfter = 4'102'444'800'000; // 2100, written in another ASN.1 form
    EXPECT(readCert(*issue(p.caKey, p.ca, request))->notAfter == 4'102'444'800'000);
}

CASE("requests that make no certificate are refused")
{
    const Province p;
    auto refused = [&](const std::function<void(CertRequest&)>& change) {
        CertRequest r = p.request();
        change(r);
        EXPECT_EQ(errorOf(issue(p.caKey, p.ca, r)), std::string(name(Err::Invalid)));
    };
    refused([](CertRequest& r) { r.commonName.clear(); });
    refused([](CertRequest& r) { r.commonName = std::string(129, 'x'); });
    refused([](CertRequest& r) { r.commonName = std::string("a\0b", 3); });
    refused([](CertRequest& r) { r.publicKey.pop_back(); });
    refused([](CertRequest& r) { r.publicKey.clear(); });
    refused([](CertRequest& r) { r.notAfter = r.notBefore; });
    refused([](CertRequest& r) { r.notBefore = -1; });
    refused([](CertRequest& r) { r.notAfter = INT64_MAX; });
    for (const char* host : {"", "a b", "-x", ".x", "host,IP:1.2.3.4", "*.example", "省.example"})
        refused([host](CertRequest& r) { r.hosts = {host}; });
    CertRequest longName = p.request();
    longName.commonName = std::string(32, 'a') + "/" + std::string(32, 'b'); // a device's
    const auto pem = issue(p.caKey, p.ca, longName);
    REQUIRE(pem);
    EXPECT(readCert(*pem)->commonName == longName.commonName);
    EXPECT_EQ(errorOf(issue(p.deviceKey, p.ca, p.request())), std::string(name(Err::Invalid)));
    EXPECT_EQ(errorOf(issue(p.deviceKey, p.leaf(), p.request())), std::string(name(Err::Invalid)));
    EXPECT_EQ(errorOf(issue(p.caKey, "no pem", p.request())), std::string(name(Err::Invalid)));
    EXPECT_EQ(errorOf(makeCa(p.caKey, "", kFrom, kTo)), std::string(name(Err::Invalid)));
    EXPECT_EQ(errorOf(makeCa(p.caKey, "x", kTo, kFrom)), std::string(name(Err::Invalid)));
}

CASE("a private key's PEM is PKCS#8 of the same key")
{
    const Province p;
    const auto pem = privateKeyPem(p.deviceKey);
    REQUIRE(pem);
    EXPECT(pem->starts_with("-----BEGIN PRIVATE KEY-----\n"));
    BIO* bio = BIO_new_mem_buf(pem->data(), int(pem->size()));
    EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    REQUIRE(key);
    unsigned char out[32];
    size_t size = sizeof out;
    EXPECT_EQ(EVP_PKEY_get_raw_public_key(key, out, &size), 1);
    EXPECT(Bytes(reinterpret_cast<char*>(out), size) == p.deviceKey.publicKey());
    EVP_PKEY_free(key);
}

CASE("a certificate that is not Ed25519 is read, without a key")
{
    EVP_PKEY* rsa = EVP_RSA_gen(2048);
    X509* cert = X509_new();
    ASN1_TIME_set(X509_getm_notBefore(cert), kFrom / 1000);
    ASN1_TIME_set(X509_getm_notAfter(cert), kTo / 1000);
    X509_set_pubkey(cert, rsa);
    X509_sign(cert, rsa, EVP_sha256());
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, cert);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    const std::string text(data, size_t(size));
    const auto info = readCert(text);
    BIO_free(bio);
    X509_free(cert);
    EVP_PKEY_free(rsa);
    REQUIRE(info);
    EXPECT(info->publicKey.empty() && info->commonName.empty() && !info->isCa && info->hash.size() == 32);
}

CASE("damaged certificates: every truncation and every flipped bit ends in an error or fails the issuer check")
{
    const Province p;
    const std::string leaf = p.leaf();
    const Bytes hash = readCert(leaf)->hash;
    const std::string body = leaf.substr(0, leaf.rfind("-----END"));
    for (size_t n = 0; n < body.size(); ++n) EXPECT_EQ(errorOf(readCert(leaf.substr(0, n))), std::string(name(Err::Corrupt)));
    size_t readable = 0;
    for (size_t bit = 0; bit < leaf.size() * 8; ++bit) {
        std::string bad = leaf;
        bad[bit / 8] ^= char(1 << bit % 8);
        const auto info = readCert(bad);
        if (!info) continue;
        ++readable;
        // What PEM forgives (a line's end) is the same certificate; anything else must not pass as issued.
        if (info->hash != hash) EXPECT(!issuedBy(bad, p.ca));
    }
    EXPECT(readable > 0); // otherwise the loop showed nothing
    EXPECT_EQ(errorOf(readCert("")), std::string(name(Err::Corrupt)));
    EXPECT_EQ(errorOf(readCert(std::string(100'000, 'A'))), std::string(name(Err::Corrupt)));
    EXPECT_EQ(errorOf(readCert("-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n"
                               "-----END CERTIFICATE-----\n")),
              std::string(name(Err::Corrupt))); // and asks for no password at the terminal
}

CASE("a set of roots remembers what it judged by its exact bytes, and asks each time whether the root is in force")
{
    Province old, fresh;
    const auto second = SigningKey::generate(fresh.random);
    const std::string other = *makeCa(second, "another", kFrom, kTo);
    // The root renewed under its own key and name: what both issued is good as long as one of them is.
    const std::string longer = *makeCa(old.caKey, "省政府办公厅 Root", kTo - 1000, kTo + 1'000'000);
    const std::string leaf = old.leaf(), strange = *issue(second, other, old.request());
    const RootSet set(old.ca + longer, 2), short_(old.ca);
    EXPECT_EQ(set.read(leaf)->hash, readCert(leaf)->hash); // what is not judged yet is read
    EXPECT_EQ(set.remembered(), size_t(0));
    for (int i = 0; i < 2; ++i) {
        const auto info = set.issued(leaf, kFrom + 1);
        REQUIRE(info);
        EXPECT(info->hash == readCert(leaf)->hash && info->publicKey == old.deviceKey.publicKey() && info->notAfter == kTo && !info->isCa);
        EXPECT(short_.issued(leaf, kFrom + 1));
        EXPECT(!set.issued(strange, kFrom + 1) && !set.issued("", kFrom + 1));
        EXPECT_EQ(set.remembered(), size_t(1)); // not what none of them issued
    }
    EXPECT_EQ(set.read(leaf)->hash, readCert(leaf)->hash);
    EXPECT(!set.issued(leaf, kFrom - 1) && !short_.issued(leaf, kTo + 1000) && set.issued(leaf, kTo + 1000) && !set.issued(leaf, kTo + 1'001'000));
    EXPECT_EQ(set.issued(leaf, kFrom - 1).error().kind, Err::Unauthenticated);
    EXPECT(!RootSet(other).issued(leaf, kFrom + 1)); // another set knows nothing of it
    // Other bytes are judged for themselves, though they say the same.
    std::string damaged = leaf;
    const size_t at = damaged.size() / 2;
    damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
    EXPECT(!set.issued(damaged, kFrom + 1));
    EXPECT(set.issued("\n" + leaf, kFrom + 1));
    EXPECT_EQ(set.remembered(), size_t(2));
    EXPECT(set.issued(leaf + "\n", kFrom + 1)); // full: it begins anew
    EXPECT_EQ(set.remembered(), size_t(1));
    EXPECT(set.issued(leaf, kFrom + 1) && !set.issued(leaf, kFrom - 1));
    EXPECT(RootSet(old.ca, 0).issued(leaf, kFrom + 1) && !RootSet("").issued(leaf, kFrom + 1));
}
