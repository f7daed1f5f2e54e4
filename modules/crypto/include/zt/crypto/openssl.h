#pragma once

#include "zt/base/result.h"

#include <memory>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

//! OpenSSL's objects and texts of them, for pki.h and for rpc, which speaks TLS; nobody else's. Any thread.
namespace zt::crypto {

template <auto free>
struct Freed {
    template <class T>
    void operator()(T* p) const { free(p); }
};
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using BnPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;

//! OpenSSL's error queue belongs to the thread, and the network reads it too: what we leave behind would be blamed on a later call.
struct CleanErrors {
    CleanErrors() { ERR_clear_error(); }
    ~CleanErrors() { ERR_clear_error(); }
};

//! The first certificate or the private key of a text; null if it cannot be read. A passphrase is never asked for.
[[nodiscard]] X509Ptr certFromPem(std::string_view pem);
[[nodiscard]] PkeyPtr keyFromPem(std::string_view pem);
[[nodiscard]] Result<std::string> certToPem(X509* cert);

} // namespace zt::crypto
