#pragma once

#include "zt/crypto/openssl.h"
#include "zt/rpc/status.h"

#include <memory>
#include <openssl/ssl.h>
#include <string>
#include <vector>

namespace zt::rpc {

using crypto::CleanErrors;
using SslCtxPtr = std::unique_ptr<SSL_CTX, crypto::Freed<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, crypto::Freed<SSL_free>>;
using SslSessionPtr = std::unique_ptr<SSL_SESSION, crypto::Freed<SSL_SESSION_free>>;

//! TLS 1.2 or later with what both sides have in common.
[[nodiscard]] SslCtxPtr makeContext(bool server);
//! The server's certificate must come from the context's roots; of what does not, faultOf() tells the leaf's dates from its root's.
void verifyServer(SSL_CTX* context);
//! Own certificates and key; the key is wiped.
[[nodiscard]] bool showOwn(SSL_CTX* context, const std::string& chain, std::string& key);
[[nodiscard]] std::vector<crypto::X509Ptr> certificatesIn(const std::string& pem);
[[nodiscard]] std::string toPem(X509* certificate); //!< empty: it cannot be written, or there is none

//! Reads and writes this socket, which stays the caller's. OpenSSL's own way of doing so raises SIGPIPE.
[[nodiscard]] bool useSocket(SSL* ssl, int fd);
[[nodiscard]] bool speaksHttp2(const SSL* ssl);
//! What ended a handshake, or a conversation, with SSL_ERROR_SSL or SSL_ERROR_SYSCALL: asked before anything else of OpenSSL's. `begun`: the handshake was done.
[[nodiscard]] Fault faultOf(SSL* ssl, bool begun);

} // namespace zt::rpc
