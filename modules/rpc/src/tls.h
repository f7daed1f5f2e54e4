#pragma once

#include "zt/rpc/status.h"

#include <memory>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string>
#include <vector>

namespace zt::rpc {

template <auto free>
struct Freed {
    template <class T>
    void operator()(T* p) const { free(p); }
};
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using SslCtxPtr = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Freed<SSL_free>>;
using SslSessionPtr = std::unique_ptr<SSL_SESSION, Freed<SSL_SESSION_free>>;

//! OpenSSL's error queue belongs to the thread: what we leave behind would be blamed on a later call.
struct CleanErrors {
    CleanErrors() { ERR_clear_error(); }
    ~CleanErrors() { ERR_clear_error(); }
};

//! TLS 1.2 or later with what both sides have in common.
[[nodiscard]] SslCtxPtr makeContext(bool server);
//! The server's certificate must come from the context's roots; of what does not, faultOf() tells the leaf's dates from its root's.
void verifyServer(SSL_CTX* context);
//! Own certificates and key; the key is wiped.
[[nodiscard]] bool showOwn(SSL_CTX* context, const std::string& chain, std::string& key);
[[nodiscard]] std::vector<X509Ptr> certificatesIn(const std::string& pem);
[[nodiscard]] std::string toPem(X509* certificate);

//! Reads and writes this socket, which stays the caller's. OpenSSL's own way of doing so raises SIGPIPE.
[[nodiscard]] bool useSocket(SSL* ssl, int fd);
[[nodiscard]] bool speaksHttp2(const SSL* ssl);
//! What ended a handshake, or a conversation, with SSL_ERROR_SSL or SSL_ERROR_SYSCALL: asked before anything else of OpenSSL's. `begun`: the handshake was done.
[[nodiscard]] Fault faultOf(SSL* ssl, bool begun);

} // namespace zt::rpc
