#include "support.h"
#include "zt/crypto/pki.h"
#include "zt/crypto/tls.h"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace zt;
using namespace zt::crypto;

namespace {

struct Hub {
    CountingRandom random;
    SigningKey signs = SigningKey::generate(random);
    std::string cert = *makeCa(signs, "hub", 1'700'000'000'000, 1'900'000'000'000), key = *privateKeyPem(signs);
};

//! What a child process finds, as its exit code: OpenSSL's configuration is the process's.
int inChild(const std::function<int()>& body)
{
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void greeting(int sent, int, int type, const void* data, size_t size, SSL*, void* count)
{
    if (!sent && type == SSL3_RT_HANDSHAKE && size && *static_cast<const unsigned char*>(data) == SSL3_MT_CLIENT_HELLO) ++*static_cast<int*>(count);
}

//! ClientHellos until a server that takes P-256 alone, as gRPC's, is through with a client that asks for nothing; 100 if it fails, 200 if the client's least version is not `least`.
int greetings(const Hub& hub, int least = 0)
{
    SSL_CTX *server = SSL_CTX_new(TLS_server_method()), *client = SSL_CTX_new(TLS_client_method());
    if (SSL_CTX_get_min_proto_version(client) != least) return 200;
    BIO *c = BIO_new_mem_buf(hub.cert.data(), int(hub.cert.size())), *k = BIO_new_mem_buf(hub.key.data(), int(hub.key.size()));
    SSL_CTX_use_certificate(server, PEM_read_bio_X509(c, nullptr, nullptr, nullptr));
    SSL_CTX_use_PrivateKey(server, PEM_read_bio_PrivateKey(k, nullptr, nullptr, nullptr));
    SSL_CTX_set1_groups_list(server, "P-256");
    SSL *s = SSL_new(server), *d = SSL_new(client);
    BIO *up = nullptr, *down = nullptr;
    BIO_new_bio_pair(&up, 0, &down, 0);
    SSL_set_bio(s, up, up);
    SSL_set_bio(d, down, down);
    int count = 0;
    SSL_set_msg_callback(s, greeting);
    SSL_set_msg_callback_arg(s, &count);
    SSL_set_accept_state(s);
    SSL_set_connect_state(d);
    for (int i = 0; i < 20; ++i) {
        const int a = SSL_do_handshake(d), b = SSL_do_handshake(s);
        if (a == 1 && b == 1) return count;
    }
    return 100;
}

int withConfig(const Hub& hub, const std::string& text, int least = 0)
{
    char path[] = "/tmp/zt-openssl-XXXXXX";
    ::close(::mkstemp(path));
    std::ofstream(path) << text;
    const int found = inChild([&] {
        ::setenv("OPENSSL_CONF", path, 1);
        offerHubsGroupFirst();
        return greetings(hub, least);
    });
    ::unlink(path);
    return found;
}

} // namespace

CASE("TLS: a gRPC server's group is offered first, and what the system's openssl.cnf says holds")
{
    const Hub hub;
    EXPECT_EQ(inChild([&] { return greetings(hub); }), 2);
    EXPECT_EQ(withConfig(hub, ""), 1);
    EXPECT_EQ(withConfig(hub, "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1.3\n", TLS1_3_VERSION), 1);
    EXPECT_EQ(withConfig(hub, "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nGroups = X25519:P-256\n"), 2); // the administrator's choice
    EXPECT_EQ(withConfig(hub, "openssl_conf = a\n[a]\nproviders = p\n[p]\ndefault = q\n[q]\nactivate = 1\n"), 1);               // as Debian's
}
