#include "tls.h"

#include "zt/crypto/pki.h"
#include "zt/crypto/secret.h"

#include <cerrno>
#include <openssl/x509v3.h>
#include <sys/socket.h>

namespace zt::rpc {

namespace {

constexpr unsigned char kProtocols[] = {2, 'h', '2'};

int chooseProtocol(SSL*, const unsigned char** out, unsigned char* outSize, const unsigned char* in, unsigned inSize, void*)
{
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, outSize, kProtocols, sizeof kProtocols, in, inSize) != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

int fdOf(BIO* bio) { return int(reinterpret_cast<intptr_t>(BIO_get_data(bio))); }

int readSocket(BIO* bio, char* out, int size)
{
    BIO_clear_retry_flags(bio);
    ssize_t n;
    do n = ::recv(fdOf(bio), out, size_t(size), 0);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_read(bio);
    if (n == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return int(n);
}

int writeSocket(BIO* bio, const char* data, int size)
{
    BIO_clear_retry_flags(bio);
    ssize_t n;
    do n = ::send(fdOf(bio), data, size_t(size), MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_write(bio);
    return int(n);
}

long control(BIO* bio, int what, long, void*)
{
    if (what == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return what == BIO_CTRL_FLUSH;
}

const BIO_METHOD* socketMethod()
{
    static const BIO_METHOD* const method = [] {
        BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "zt socket");
        BIO_meth_set_read(m, readSocket);
        BIO_meth_set_write(m, writeSocket);
        BIO_meth_set_ctrl(m, control);
        return m;
    }();
    return method;
}

Fault faultOfCertificate(SSL* ssl)
{
    switch (SSL_get_verify_result(ssl)) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE: return Fault::OtherRoot;
    case X509_V_ERR_APPLICATION_VERIFICATION: return Fault::RootOver; // verifyServer
    case X509_V_ERR_CERT_HAS_EXPIRED: return Fault::Expired;
    case X509_V_ERR_CERT_NOT_YET_VALID: return Fault::NotYet;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return Fault::OtherHost;
    default: return Fault::BadCertificate;
    }
}

} // namespace

SslCtxPtr makeContext(bool server)
{
    SslCtxPtr context(SSL_CTX_new(server ? TLS_server_method() : TLS_client_method()));
    SSL_CTX* c = context.get();
    if (!c || SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) != 1 || SSL_CTX_set1_groups_list(c, "X25519:P-256:P-384") != 1) return nullptr;
    SSL_CTX_set_options(c, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(c, 1);
    if (server) SSL_CTX_set_alpn_select_cb(c, chooseProtocol, nullptr);
    else if (SSL_CTX_set_alpn_protos(c, kProtocols, sizeof kProtocols) != 0) return nullptr;
    return context;
}

void verifyServer(SSL_CTX* context)
{
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int good, X509_STORE_CTX* c) {
        const int error = X509_STORE_CTX_get_error(c);
        const bool dates = error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
        if (!good && dates && X509_STORE_CTX_get_error_depth(c) > 0) X509_STORE_CTX_set_error(c, X509_V_ERR_APPLICATION_VERIFICATION);
        return good;
    });
}

std::vector<crypto::X509Ptr> certificatesIn(const std::string& pem)
{
    CleanErrors clean;
    std::vector<crypto::X509Ptr> out;
    for (const std::string& one : crypto::certsIn(pem))
        if (auto certificate = crypto::certFromPem(one)) out.push_back(std::move(certificate));
    return out;
}

std::string toPem(X509* certificate)
{
    return certificate ? crypto::certToPem(certificate).value_or(std::string()) : std::string();
}

bool showOwn(SSL_CTX* context, const std::string& chain, std::string& key)
{
    CleanErrors clean;
    const crypto::PkeyPtr secret = crypto::keyFromPem(key);
    crypto::wipe(key);
    const auto own = certificatesIn(chain);
    if (!secret || own.empty() || SSL_CTX_use_certificate(context, own[0].get()) != 1 || SSL_CTX_use_PrivateKey(context, secret.get()) != 1) return false;
    for (size_t i = 1; i < own.size(); ++i)
        if (SSL_CTX_add1_chain_cert(context, own[i].get()) != 1) return false;
    return SSL_CTX_check_private_key(context) == 1;
}

bool useSocket(SSL* ssl, int fd)
{
    BIO* bio = BIO_new(socketMethod());
    if (!bio) return false;
    BIO_set_data(bio, reinterpret_cast<void*>(intptr_t(fd)));
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    return true;
}

bool speaksHttp2(const SSL* ssl)
{
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &name, &size);
    return size == 2 && name[0] == 'h' && name[1] == '2';
}

Fault faultOf(SSL* ssl, bool begun)
{
    const unsigned long error = ERR_peek_error();
    const int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
    // 1,000 and the number: an alert of the other side's
    switch (reason > SSL_AD_REASON_OFFSET ? reason - SSL_AD_REASON_OFFSET : -1) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_DECRYPT_ERROR:
    case SSL_AD_CERTIFICATE_REQUIRED: return Fault::OwnRefused;
    case SSL_AD_NO_APPLICATION_PROTOCOL: return Fault::NoHttp2;
    default: break;
    }
    if (begun) return Fault::Broken;
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) return faultOfCertificate(ssl);
    if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING || reason == 0) return Fault::NoAnswer;
    return reason > SSL_AD_REASON_OFFSET ? Fault::NoAnswer : Fault::NoTls;
}

} // namespace zt::rpc
