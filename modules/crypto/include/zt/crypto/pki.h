#pragma once

#include "zt/base/clock.h"
#include "zt/base/result.h"
#include "zt/crypto/sign.h"

#include <memory>
#include <string>
#include <vector>

namespace zt::crypto {

//! The province's own certificates: Ed25519 throughout, PEM text, made with OpenSSL.
struct CertRequest {
    std::string commonName;          //!< device: "<person>/<device id in hex>"; hub: host name. 1 to 128 bytes of UTF-8
    std::vector<std::string> hosts;  //!< subject alternative names: DNS names or IP addresses (hub only)
    Bytes publicKey;                 //!< Ed25519, 32 bytes
    Millis notBefore = 0, notAfter = 0;
    bool server = false;             //!< extended key usage: server, else client
};
//! A root that may sign leaves only (pathlen 0). Err::Invalid for an empty name or dates out of order.
[[nodiscard]] Result<std::string> makeCa(const SigningKey& key, std::string_view name, Millis notBefore, Millis notAfter);
//! Err::Invalid when `caPem` is not the root of `caKey`, or a name, host, key or date of the request is not usable. Dates inside the
//! root's are the caller's concern.
[[nodiscard]] Result<std::string> issue(const SigningKey& caKey, std::string_view caPem, const CertRequest& request);
//! PKCS#8 PEM of a private key, as TLS wants it. The caller wipes it.
[[nodiscard]] Result<std::string> privateKeyPem(const SigningKey& key);

struct CertInfo {
    std::string commonName;
    Bytes publicKey; //!< 32 bytes, empty when not Ed25519
    Bytes hash;      //!< BLAKE2b-256 of the DER form
    Bytes serial;
    Millis notBefore = 0, notAfter = 0;
    bool isCa = false;
};
//! The first certificate of the text. Err::Corrupt if it cannot be read. Judges nothing: an expired one is read like any other.
[[nodiscard]] Result<CertInfo> readCert(std::string_view pem);
//! True if `pem` was issued by `caPem` (signature and names; dates are the caller's concern).
[[nodiscard]] bool issuedBy(std::string_view pem, std::string_view caPem);
//! The certificates of a PEM text, each a text of its own, in order. What is no certificate ends the list.
[[nodiscard]] std::vector<std::string> certsIn(std::string_view pem);
//! The first certificate of `pem` if one of `roots` (PEM, one after another) issued it and that root is in force at `now`. The leaf's own dates are the
//! caller's concern. Err::Corrupt if it cannot be read, Unauthenticated otherwise.
[[nodiscard]] Result<CertInfo> issuedUnder(std::string_view pem, std::string_view roots, Millis now);
//! A set of roots, read once, for who judges certificates again and again. What a certificate says and which of these roots issued it is remembered by its exact
//! bytes, of what they did issue alone; whether such a root is in force is asked every time, dates and revocation of the leaf stay the caller's concern. Another
//! set is another object. Any thread.
class RootSet {
public:
    //! \param most  certificates remembered, about 500 bytes each; when there are more it begins anew
    explicit RootSet(std::string_view roots, size_t most = 4096);
    ~RootSet();
    RootSet(const RootSet&) = delete;
    RootSet& operator=(const RootSet&) = delete;
    [[nodiscard]] Result<CertInfo> issued(std::string_view pem, Millis now) const; //!< as issuedUnder()
    [[nodiscard]] Result<CertInfo> read(std::string_view pem) const;               //!< as readCert(), which judges nothing
    [[nodiscard]] size_t remembered() const;

private:
    class Impl;
    std::unique_ptr<Impl> m;
};
//! From then on a certificate should be renewed: half its life is over.
[[nodiscard]] inline Millis renewFrom(const CertInfo& cert) { return cert.notBefore + (cert.notAfter - cert.notBefore) / 2; }
//! How long after its end a device's certificate still serves to ask for the next one, and for nothing else.
inline constexpr Millis kRenewalGrace = 90 * Millis(86'400'000);
//! True if a client that connects to this DNS name or IP address accepts the certificate's names (dates and issuer are the caller's concern).
[[nodiscard]] bool isForHost(std::string_view pem, const std::string& host);
//! True if this private key (PEM) is the certificate's.
[[nodiscard]] bool isKeyOf(std::string_view keyPem, std::string_view pem);

} // namespace zt::crypto
