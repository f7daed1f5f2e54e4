#include "support.h"

#include <arpa/inet.h>
#include <atomic>
#include <functional>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace zt;
using namespace zt::rpc;

namespace {

//! Listens on a free port of the loopback and hands its first connection to `serve` on a thread of its own.
class Listener {
public:
    explicit Listener(std::function<void(int)> serve) : m_fd(::socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(m_fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
        ::listen(m_fd, 4);
        socklen_t size = sizeof address;
        ::getsockname(m_fd, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        m_thread = std::thread([this, serve = std::move(serve)] {
            pollfd p{m_fd, POLLIN, 0};
            while (!m_stop && ::poll(&p, 1, 50) == 0) {}
            if (m_stop) return;
            const int fd = ::accept(m_fd, nullptr, nullptr);
            serve(fd);
            ::close(fd);
        });
    }
    ~Listener()
    {
        m_stop = true;
        m_thread.join();
        ::close(m_fd);
    }
    uint16_t port = 0;

private:
    int m_fd;
    std::atomic<bool> m_stop = false;
    std::thread m_thread;
};

void waitForEnd(int fd)
{
    char byte;
    pollfd p{fd, POLLIN, 0};
    while (::poll(&p, 1, 3000) == 1 && ::recv(fd, &byte, 1, 0) > 0) {}
}

template <class T>
T* fromPem(const std::string& pem, T* (*read)(BIO*, T**, pem_password_cb*, void*))
{
    BIO* bio = BIO_new_mem_buf(pem.data(), int(pem.size()));
    T* out = read(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    return out;
}

struct Hub : Province {
    //! A server that asks for a client certificate, as the real one does.
    void serve(int fd, int maxVersion, std::atomic<int>* bytesAfter)
    {
        SSL_CTX* ctx = SSL_CTX_new(TLS_server_method());
        SSL_CTX_set_max_proto_version(ctx, maxVersion);
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        X509* leaf = fromPem(hub.certificate, PEM_read_bio_X509);
        EVP_PKEY* key = fromPem(hub.key, PEM_read_bio_PrivateKey);
        SSL_CTX_use_certificate(ctx, leaf);
        SSL_CTX_use_PrivateKey(ctx, key);
        SSL_CTX_add_extra_chain_cert(ctx, fromPem(ca, PEM_read_bio_X509));
        SSL* ssl = SSL_new(ctx);
        SSL_set_fd(ssl, fd);
        *bytesAfter = SSL_accept(ssl) == 1;
        SSL_free(ssl);
        SSL_CTX_free(ctx);
        EVP_PKEY_free(key);
        X509_free(leaf);
    }
};

} // namespace

CASE("the chain a hub offers is found, leaf first, although the hub asks for our certificate")
{
    for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Hub hub;
        std::atomic<int> accepted = -1;
        std::string error;
        {
            Listener listener([&](int fd) { hub.serve(fd, version, &accepted); });
            const auto chain = offeredChain({"127.0.0.1", listener.port}, 5000);
            error = errorOf(chain);
            if (chain) {
                EXPECT_EQ(chain->size(), 2u);
                EXPECT(crypto::readCert(chain->front())->hash == crypto::readCert(hub.hub.certificate)->hash);
                EXPECT(crypto::readCert(chain->back())->hash == crypto::readCert(hub.ca)->hash);
                EXPECT(crypto::issuedBy(chain->front(), chain->back()));
            }
        }
        EXPECT_EQ(error, std::string("none"));
        EXPECT_EQ(accepted.load(), 0); // we end the handshake before anything of ours is sent
    }
}

CASE("a host by name works too")
{
    Hub hub;
    std::atomic<int> accepted = -1;
    Listener listener([&](int fd) { hub.serve(fd, TLS1_3_VERSION, &accepted); });
    const auto chain = offeredChain({"localhost", listener.port}, 5000);
    EXPECT_EQ(errorOf(chain), std::string("none"));
}

CASE("who speaks no TLS is Invalid")
{
    Listener listener([](int fd) {
        ::send(fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, MSG_NOSIGNAL);
        waitForEnd(fd);
    });
    EXPECT_EQ(errorOf(offeredChain({"127.0.0.1", listener.port}, 5000)), std::string(name(Err::Invalid)));
}

CASE("who hangs up, keeps silent, listens not or has no address is Unavailable, within the time")
{
    const std::string unavailable(name(Err::Unavailable));
    {
        Listener listener([](int) {});
        EXPECT_EQ(errorOf(offeredChain({"127.0.0.1", listener.port}, 5000)), unavailable);
    }
    uint16_t port = 0;
    {
        Listener listener([](int fd) { waitForEnd(fd); });
        port = listener.port;
        const Millis from = systemClock().steady();
        EXPECT_EQ(errorOf(offeredChain({"127.0.0.1", port}, 300)), unavailable);
        const Millis took = systemClock().steady() - from;
        EXPECT(took >= 290 && took < 2000);
    }
    EXPECT_EQ(errorOf(offeredChain({"127.0.0.1", port}, 1000)), unavailable);
    EXPECT_EQ(errorOf(offeredChain({"", 443}, 1000)), unavailable);
    EXPECT_EQ(errorOf(offeredChain({"127.0.0.1", 0}, 1000)), unavailable);
    const Millis from = systemClock().steady();
    EXPECT_EQ(errorOf(offeredChain({"no-such-host.invalid", 443}, 500)), unavailable);
    EXPECT(systemClock().steady() - from < 2000);
}
