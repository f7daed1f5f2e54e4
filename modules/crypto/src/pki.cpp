#include "zt/crypto/pki.h"

#include "zt/crypto/hash.h"

#include "bytes.h"
#include "zt/crypto/openssl.h"

#include <arpa/inet.h>
#include <ctime>
#include <limits>
#include <mutex>
#include <openssl/pem.h>
#include <unordered_map>

namespace zt::crypto {

static constexpr size_t kMostPem = 64 * 1024;
static constexpr size_t kMostName = 128;
static constexpr size_t kMostCerts = 16;

static int noPassword(char*, int, int, void*)
{
    return -1; // OpenSSL's own would ask at the terminal
}

static BioPtr readable(std::string_view text)
{
    return text.empty() || text.size() > kMostPem ? nullptr : BioPtr(BIO_new_mem_buf(text.data(), int(text.size())));
}

static std::string textOf(BIO* bio)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return size > 0 ? std::string(data, size_t(size)) : std::string();
}

X509Ptr certFromPem(std::string_view pem)
{
    BioPtr bio = readable(pem);
    return X509Ptr(bio ? PEM_read_bio_X509(bio.get(), nullptr, noPassword, nullptr) : nullptr);
}

PkeyPtr keyFromPem(std::string_view pem)
{
    BioPtr bio = readable(pem);
    return PkeyPtr(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassword, nullptr) : nullptr);
}

Result<std::string> certToPem(X509* cert)
{
    BioPtr bio(BIO_new(BIO_s_mem()));
    if (!bio || !PEM_write_bio_X509(bio.get(), cert)) return fail(Err::Internal, "certificate could not be written");
    return textOf(bio.get());
}

namespace {

PkeyPtr privateKey(const SigningKey& key)
{
    const Secret seed = key.seed();
    return PkeyPtr(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
}

bool addExtension(X509* cert, int nid, const void* value, bool critical)
{
    return value && X509_add1_ext_i2d(cert, nid, const_cast<void*>(value), critical, X509V3_ADD_APPEND) == 1;
}

bool addBasic(X509* cert, bool ca)
{
    std::unique_ptr<BASIC_CONSTRAINTS, Freed<BASIC_CONSTRAINTS_free>> basic(BASIC_CONSTRAINTS_new());
    if (!basic) return false;
    basic->ca = ca ? 0xff : 0;
    if (ca) {
        basic->pathlen = ASN1_INTEGER_new();
        if (!basic->pathlen || !ASN1_INTEGER_set(basic->pathlen, 0)) return false;
    }
    return addExtension(cert, NID_basic_constraints, basic.get(), true);
}

bool addUsage(X509* cert, bool ca)
{
    std::unique_ptr<ASN1_BIT_STRING, Freed<ASN1_BIT_STRING_free>> usage(ASN1_BIT_STRING_new());
    if (!usage) return false;
    const bool set = ca ? ASN1_BIT_STRING_set_bit(usage.get(), 5, 1) && ASN1_BIT_STRING_set_bit(usage.get(), 6, 1) // keyCertSign, cRLSign
                        : ASN1_BIT_STRING_set_bit(usage.get(), 0, 1);                                              // digitalSignature
    return set && addExtension(cert, NID_key_usage, usage.get(), true);
}

bool addExtendedUsage(X509* cert, bool server)
{
    std::unique_ptr<EXTENDED_KEY_USAGE, Freed<EXTENDED_KEY_USAGE_free>> usage(EXTENDED_KEY_USAGE_new());
    return usage && sk_ASN1_OBJECT_push(usage.get(), OBJ_nid2obj(server ? NID_server_auth : NID_client_auth)) > 0
           && addExtension(cert, NID_ext_key_usage, usage.get(), false);
}

//! First 20 bytes of the key's BLAKE2b: any stable value serves (RFC 5280 4.2.1.2).
bool addKeyIds(X509* cert, BytesView own, BytesView issuer)
{
    const Bytes ownId = hashOf(own).substr(0, 20), issuerId = hashOf(issuer).substr(0, 20);
    std::unique_ptr<ASN1_OCTET_STRING, Freed<ASN1_OCTET_STRING_free>> subject(ASN1_OCTET_STRING_new());
    std::unique_ptr<AUTHORITY_KEYID, Freed<AUTHORITY_KEYID_free>> authority(AUTHORITY_KEYID_new());
    if (!subject || !authority || !(authority->keyid = ASN1_OCTET_STRING_new())) return false;
    return ASN1_OCTET_STRING_set(subject.get(), raw(ownId), int(ownId.size()))
           && ASN1_OCTET_STRING_set(authority->keyid, raw(issuerId), int(issuerId.size()))
           && addExtension(cert, NID_subject_key_identifier, subject.get(), false)
           && addExtension(cert, NID_authority_key_identifier, authority.get(), false);
}

bool isDnsName(std::string_view host)
{
    if (host.empty() || host.size() > 253 || host.front() == '.' || host.front() == '-') return false;
    for (char c : host)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.')) return false;
    return true;
}

Result<void> addHosts(X509* cert, const std::vector<std::string>& hosts)
{
    if (hosts.empty()) return {};
    std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> names(GENERAL_NAMES_new());
    for (const std::string& host : hosts) {
        unsigned char address[16];
        const int size = inet_pton(AF_INET, host.c_str(), address) == 1 ? 4 : inet_pton(AF_INET6, host.c_str(), address) == 1 ? 16 : 0;
        if (!size && !isDnsName(host)) return fail(Err::Invalid, "certificate host is neither a name nor an address");
        GENERAL_NAME* name = GENERAL_NAME_new();
        ASN1_STRING* value = size ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
        if (!names || !name || !value) return fail(Err::Internal, "out of memory");
        const bool ok = size ? ASN1_STRING_set(value, address, size) : ASN1_STRING_set(value, host.data(), int(host.size()));
        GENERAL_NAME_set0_value(name, size ? GEN_IPADD : GEN_DNS, value);
        if (!sk_GENERAL_NAME_push(names.get(), name) || !ok) return fail(Err::Internal, "certificate host");
    }
    if (!addExtension(cert, NID_subject_alt_name, names.get(), false)) return fail(Err::Internal, "certificate hosts");
    return {};
}

//! A name of one CN. Set as UTF8String directly: by the usual way OpenSSL refuses more than 64 characters (X.520's bound), and a
//! device's "<32 hex>/<32 hex>" has 65.
bool setName(X509_NAME* name, std::string_view cn)
{
    std::unique_ptr<X509_NAME_ENTRY, Freed<X509_NAME_ENTRY_free>> entry(X509_NAME_ENTRY_new());
    return entry && X509_NAME_ENTRY_set_object(entry.get(), OBJ_nid2obj(NID_commonName))
           && X509_NAME_ENTRY_set_data(entry.get(), V_ASN1_UTF8STRING, raw(cn), int(cn.size())) && X509_NAME_add_entry(name, entry.get(), -1, 0);
}

bool setSerial(X509* cert)
{
    unsigned char bytes[16];
    randombytes_buf(bytes, sizeof bytes);
    bytes[0] = (bytes[0] & 0x7f) | 0x40; // positive and always 16 bytes long
    BnPtr number(BN_bin2bn(bytes, sizeof bytes, nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(cert));
}

time_t seconds(Millis ms)
{
    return time_t(ms / 1000 - (ms % 1000 < 0));
}

//! A certificate with everything but extensions and signature.
Result<X509Ptr> blank(std::string_view cn, Millis notBefore, Millis notAfter, BytesView publicKey)
{
    constexpr Millis kYear9999 = 253402300799000;
    if (cn.empty() || cn.size() > kMostName || cn.find('\0') != cn.npos) return fail(Err::Invalid, "certificate name is empty or too long");
    if (notBefore < 0 || notAfter <= notBefore || notAfter > kYear9999) return fail(Err::Invalid, "certificate dates are out of order");
    if (publicKey.size() != crypto_sign_PUBLICKEYBYTES) return fail(Err::Invalid, "certificate key is not 32 bytes");
    X509Ptr cert(X509_new());
    PkeyPtr key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(publicKey), publicKey.size()));
    if (!cert || !key || !X509_set_version(cert.get(), X509_VERSION_3) || !setSerial(cert.get()) || !setName(X509_get_subject_name(cert.get()), cn)
        || !ASN1_TIME_set(X509_getm_notBefore(cert.get()), seconds(notBefore)) || !ASN1_TIME_set(X509_getm_notAfter(cert.get()), seconds(notAfter))
        || !X509_set_pubkey(cert.get(), key.get()))
        return fail(Err::Internal, "certificate could not be made");
    return cert;
}

Result<std::string> signedPem(X509* cert, const SigningKey& key)
{
    PkeyPtr own = privateKey(key);
    if (!own || !X509_sign(cert, own.get(), nullptr)) return fail(Err::Internal, "certificate could not be signed");
    return certToPem(cert);
}

Bytes rawKey(X509* cert)
{
    EVP_PKEY* key = X509_get0_pubkey(cert);
    Bytes out(crypto_sign_PUBLICKEYBYTES, '\0');
    size_t size = out.size();
    if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519 || !EVP_PKEY_get_raw_public_key(key, raw(out), &size)) return {};
    return out;
}

std::optional<Millis> millis(const ASN1_TIME* time)
{
    std::tm tm{};
    if (!time || !ASN1_TIME_to_tm(time, &tm)) return std::nullopt;
    return Millis(timegm(&tm)) * 1000;
}

std::string commonNameOf(X509* cert)
{
    const X509_NAME* name = X509_get_subject_name(cert);
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0) return {};
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    std::string out = size > 0 ? std::string(reinterpret_cast<char*>(utf8), size_t(size)) : std::string();
    OPENSSL_free(utf8);
    return out;
}

Bytes serialOf(X509* cert)
{
    BnPtr number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert), nullptr));
    Bytes out(number ? size_t(BN_num_bytes(number.get())) : 0, '\0');
    if (!out.empty()) BN_bn2bin(number.get(), raw(out));
    return out;
}

Result<Bytes> derOf(X509* cert)
{
    unsigned char* der = nullptr;
    const int size = i2d_X509(cert, &der);
    if (size <= 0) return fail(Err::Corrupt, "certificate could not be encoded");
    Bytes out(reinterpret_cast<char*>(der), size_t(size));
    OPENSSL_free(der);
    return out;
}

Result<CertInfo> infoOf(X509* cert)
{
    ZT_LET(der, derOf(cert));
    const auto from = millis(X509_get0_notBefore(cert)), to = millis(X509_get0_notAfter(cert));
    if (!from || !to) return fail(Err::Corrupt, "certificate has no dates");
    CertInfo info;
    info.commonName = commonNameOf(cert);
    info.publicKey = rawKey(cert);
    info.hash = hashOf(der);
    info.serial = serialOf(cert);
    info.notBefore = *from;
    info.notAfter = *to;
    info.isCa = X509_check_ca(cert) == 1;
    return info;
}

bool isIssuer(X509* ca, X509* cert)
{
    return X509_check_ca(ca) == 1 && X509_check_issued(ca, cert) == X509_V_OK && X509_verify(cert, X509_get0_pubkey(ca)) == 1;
}

} // namespace

Result<std::string> makeCa(const SigningKey& key, std::string_view name, Millis notBefore, Millis notAfter)
{
    CleanErrors clean;
    ready();
    ZT_LET(cert, blank(name, notBefore, notAfter, key.publicKey()));
    if (!X509_set_issuer_name(cert.get(), X509_get_subject_name(cert.get())) || !addBasic(cert.get(), true) || !addUsage(cert.get(), true)
        || !addKeyIds(cert.get(), key.publicKey(), key.publicKey()))
        return fail(Err::Internal, "root certificate could not be made");
    return signedPem(cert.get(), key);
}

Result<std::string> issue(const SigningKey& caKey, std::string_view caPem, const CertRequest& request)
{
    CleanErrors clean;
    ready();
    X509Ptr ca = certFromPem(caPem);
    if (!ca) return fail(Err::Invalid, "root certificate cannot be read");
    if (X509_check_ca(ca.get()) != 1 || rawKey(ca.get()) != caKey.publicKey()) return fail(Err::Invalid, "root certificate is not of this key");
    ZT_LET(cert, blank(request.commonName, request.notBefore, request.notAfter, request.publicKey));
    if (!X509_set_issuer_name(cert.get(), X509_get_subject_name(ca.get())) || !addBasic(cert.get(), false) || !addUsage(cert.get(), false)
        || !addExtendedUsage(cert.get(), request.server) || !addKeyIds(cert.get(), request.publicKey, caKey.publicKey()))
        return fail(Err::Internal, "certificate could not be made");
    ZT_TRY(addHosts(cert.get(), request.hosts));
    return signedPem(cert.get(), caKey);
}

Result<std::string> privateKeyPem(const SigningKey& key)
{
    CleanErrors clean;
    PkeyPtr own = privateKey(key);
    BioPtr bio(BIO_new(BIO_s_secmem())); // wiped when freed
    if (!own || !bio || !PEM_write_bio_PKCS8PrivateKey(bio.get(), own.get(), nullptr, nullptr, 0, nullptr, nullptr))
        return fail(Err::Internal, "private key could not be written");
    return textOf(bio.get());
}

Result<CertInfo> readCert(std::string_view pem)
{
    CleanErrors clean;
    X509Ptr cert = certFromPem(pem);
    if (!cert) return fail(Err::Corrupt, "certificate cannot be read");
    return infoOf(cert.get());
}

bool issuedBy(std::string_view pem, std::string_view caPem)
{
    CleanErrors clean;
    X509Ptr cert = certFromPem(pem), ca = certFromPem(caPem);
    return cert && ca && isIssuer(ca.get(), cert.get());
}

std::vector<std::string> certsIn(std::string_view pem)
{
    CleanErrors clean;
    std::vector<std::string> out;
    BioPtr bio = readable(pem);
    while (bio && out.size() < kMostCerts) {
        X509Ptr cert(PEM_read_bio_X509(bio.get(), nullptr, noPassword, nullptr));
        const auto text = cert ? certToPem(cert.get()) : Result<std::string>(fail(Err::Corrupt, ""));
        if (!text) break;
        out.push_back(*text);
    }
    return out;
}

class RootSet::Impl {
public:
    //! What no date changes.
    struct Judged {
        CertInfo info;
        std::vector<size_t> issuers; //!< of `roots`
    };
    struct Root {
        X509Ptr cert;
        Millis notBefore, notAfter;
    };
    Result<Judged> judge(std::string_view pem) const
    {
        X509Ptr cert = certFromPem(pem);
        if (!cert) return fail(Err::Corrupt, "certificate cannot be read");
        ZT_LET(info, infoOf(cert.get()));
        Judged out{std::move(info), {}};
        for (size_t i = 0; i < roots.size(); ++i)
            if (isIssuer(roots[i].cert.get(), cert.get())) out.issuers.push_back(i);
        return out;
    }
    std::optional<Judged> known(const Bytes& id) const
    {
        std::lock_guard lock(mutex);
        const auto it = judged.find(id);
        return it == judged.end() ? std::nullopt : std::optional(it->second);
    }
    void keep(Bytes id, const Judged& one)
    {
        std::lock_guard lock(mutex);
        if (judged.size() >= most) judged.clear();
        if (most) judged.emplace(std::move(id), one);
    }
    std::vector<Root> roots;
    size_t most = 0;
    mutable std::mutex mutex;
    std::unordered_map<Bytes, Judged> judged; //!< by the hash of their PEM text
};

RootSet::RootSet(std::string_view roots, size_t most) : m(std::make_unique<Impl>())
{
    CleanErrors clean;
    m->most = most;
    BioPtr bio = readable(roots);
    for (size_t n = 0; bio && n < kMostCerts; ++n) {
        X509Ptr root(PEM_read_bio_X509(bio.get(), nullptr, noPassword, nullptr));
        if (!root) break;
        const auto from = millis(X509_get0_notBefore(root.get())), to = millis(X509_get0_notAfter(root.get()));
        if (from && to) m->roots.push_back({std::move(root), *from, *to});
    }
}

RootSet::~RootSet() = default;

Result<CertInfo> RootSet::issued(std::string_view pem, Millis now) const
{
    // Inside each handshake of a hub: OpenSSL takes longer to read a key than to check a signature.
    Bytes id = hashOf(pem);
    auto judged = m->known(id);
    if (!judged) {
        CleanErrors clean;
        ZT_LET(fresh, m->judge(pem));
        if (!fresh.issuers.empty()) m->keep(std::move(id), fresh);
        judged = std::move(fresh);
    }
    for (const size_t i : judged->issuers)
        if (m->roots[i].notBefore <= now && now <= m->roots[i].notAfter) return std::move(judged->info);
    return fail(Err::Unauthenticated, "certificate of no known root");
}

Result<CertInfo> RootSet::read(std::string_view pem) const
{
    auto judged = m->known(hashOf(pem));
    return judged ? std::move(judged->info) : readCert(pem);
}

size_t RootSet::remembered() const
{
    std::lock_guard lock(m->mutex);
    return m->judged.size();
}

Result<CertInfo> issuedUnder(std::string_view pem, std::string_view roots, Millis now) { return RootSet(roots, 0).issued(pem, now); }

bool isForHost(std::string_view pem, const std::string& host)
{
    CleanErrors clean;
    X509Ptr cert = certFromPem(pem);
    if (!cert || host.empty()) return false;
    unsigned char address[16];
    const bool isAddress = ::inet_pton(AF_INET, host.c_str(), address) == 1 || ::inet_pton(AF_INET6, host.c_str(), address) == 1;
    return isAddress ? X509_check_ip_asc(cert.get(), host.c_str(), 0) == 1 : X509_check_host(cert.get(), host.data(), host.size(), 0, nullptr) == 1;
}

bool isKeyOf(std::string_view keyPem, std::string_view pem)
{
    CleanErrors clean;
    X509Ptr cert = certFromPem(pem);
    const PkeyPtr key = keyFromPem(keyPem);
    return cert && key && X509_check_private_key(cert.get(), key.get()) == 1;
}

} // namespace zt::crypto
