#include "zt/crypto/pki.h"

#include "zt/base/clock.h"

#include "bytes.h"
#include "openssl.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fcntl.h>
#include <future>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace zt::crypto {

namespace {

constexpr size_t kMostCerts = 10;
constexpr size_t kMostProxyAnswer = 8 * 1024;
constexpr size_t kMostBytes = 256 * 1024; // of a handshake; a real one takes a few kilobytes

struct Socket {
    int fd = -1;
    ~Socket() { if (fd >= 0) ::close(fd); }
};
struct Addresses {
    addrinfo* list = nullptr;
    ~Addresses() { if (list) freeaddrinfo(list); }
};
using AddressesPtr = std::shared_ptr<Addresses>;

struct Deadline {
    Millis end;
    explicit Deadline(int ms) : end(systemClock().steady() + std::max(0, ms)) {}
    [[nodiscard]] int left() const { return int(std::max<Millis>(0, end - systemClock().steady())); }
};

AddressesPtr lookUp(const std::string& host, uint16_t port, int flags)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    auto found = std::make_shared<Addresses>();
    if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found->list) != 0) return nullptr;
    return found;
}

//! getaddrinfo has no timeout: it gets a thread of its own that may outlive us, and owns what it uses.
AddressesPtr resolve(const std::string& host, uint16_t port, const Deadline& deadline)
{
    if (auto numeric = lookUp(host, port, AI_NUMERICHOST)) return numeric;
    std::packaged_task<AddressesPtr()> task([host, port] { return lookUp(host, port, AI_ADDRCONFIG); });
    auto answer = task.get_future();
    std::thread(std::move(task)).detach();
    if (answer.wait_for(std::chrono::milliseconds(deadline.left())) != std::future_status::ready) return nullptr;
    return answer.get();
}

bool waitFor(int fd, short what, int ms)
{
    pollfd p{fd, what, 0};
    const Deadline deadline(ms);
    int n;
    do n = ::poll(&p, 1, deadline.left());
    while (n < 0 && errno == EINTR);
    return n == 1;
}

bool connectTo(Socket& socket, const addrinfo& address, int ms)
{
    socket.fd = ::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol);
    if (socket.fd < 0) return false;
    if (::connect(socket.fd, address.ai_addr, address.ai_addrlen) == 0) return true;
    if (errno != EINPROGRESS || !waitFor(socket.fd, POLLOUT, ms)) return false;
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket.fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

//! Keeps what the other side offers and then stops the handshake: nothing about us is sent.
int keepChain(X509_STORE_CTX* context, void* out)
{
    auto& chain = *static_cast<std::vector<std::string>*>(out);
    STACK_OF(X509)* offered = X509_STORE_CTX_get0_untrusted(context);
    for (int i = 0; i < sk_X509_num(offered) && chain.size() < kMostCerts; ++i)
        if (auto pem = certToPem(sk_X509_value(offered, i))) chain.push_back(std::move(*pem));
    X509_STORE_CTX_set_error(context, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

//! TLS over buffers in memory: our own send() can be told not to raise SIGPIPE, OpenSSL's cannot.
class Handshake {
public:
    explicit Handshake(const std::string& host)
        : m_context(SSL_CTX_new(TLS_client_method()))
    {
        if (!m_context) return;
        SSL_CTX_set_min_proto_version(m_context.get(), TLS1_2_VERSION);
        SSL_CTX_set_verify(m_context.get(), SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_cert_verify_callback(m_context.get(), keepChain, &m_chain);
        m_ssl.reset(SSL_new(m_context.get()));
        m_in = BIO_new(BIO_s_mem());
        m_out = BIO_new(BIO_s_mem());
        if (!m_ssl || !m_in || !m_out) return;
        SSL_set_bio(m_ssl.get(), m_in, m_out);
        SSL_set_connect_state(m_ssl.get());
        static const unsigned char h2[] = {2, 'h', '2'};
        SSL_set_alpn_protos(m_ssl.get(), h2, sizeof h2);
        unsigned char address[16];
        if (inet_pton(AF_INET, host.c_str(), address) != 1 && inet_pton(AF_INET6, host.c_str(), address) != 1)
            SSL_set_tlsext_host_name(m_ssl.get(), host.c_str());
        m_ready = true;
    }
    Result<std::vector<std::string>> run(int fd, const Deadline& deadline);

private:
    bool flush(int fd, const Deadline& deadline);

    bool m_ready = false;
    std::vector<std::string> m_chain;
    SslCtxPtr m_context;
    SslPtr m_ssl;
    BIO* m_in = nullptr;  // m_ssl's
    BIO* m_out = nullptr; // m_ssl's
};

bool Handshake::flush(int fd, const Deadline& deadline)
{
    char* data = nullptr;
    size_t left = size_t(BIO_get_mem_data(m_out, &data));
    while (left) {
        const ssize_t n = ::send(fd, data, left, MSG_NOSIGNAL);
        if (n > 0) {
            data += n;
            left -= size_t(n);
        } else if (n < 0 && errno == EINTR) {
            continue;
        } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!waitFor(fd, POLLOUT, deadline.left())) return false;
        } else {
            return false;
        }
    }
    (void)BIO_reset(m_out);
    return true;
}

Result<std::vector<std::string>> Handshake::run(int fd, const Deadline& deadline)
{
    if (!m_ready) return fail(Err::Internal, "TLS could not be prepared");
    char buffer[16 * 1024];
    size_t received = 0;
    for (;;) {
        const int rc = SSL_do_handshake(m_ssl.get());
        const int why = SSL_get_error(m_ssl.get(), rc);
        if (!m_chain.empty()) return std::move(m_chain);
        if (rc == 1 || why != SSL_ERROR_WANT_READ) return fail(Err::Invalid, "the other side speaks no TLS");
        if (!flush(fd, deadline) || !waitFor(fd, POLLIN, deadline.left())) return fail(Err::Unavailable, "no answer to the TLS hello");
        const ssize_t n = ::recv(fd, buffer, sizeof buffer, 0);
        if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)) continue;
        if (n <= 0) return fail(Err::Unavailable, "the other side closed the connection");
        received += size_t(n);
        if (received > kMostBytes) return fail(Err::Invalid, "TLS handshake is too long");
        if (BIO_write(m_in, buffer, int(n)) != n) return fail(Err::Internal, "out of memory");
    }
}

//! A connection to whoever answers first behind the name.
bool connectToHost(Socket& socket, const std::string& host, uint16_t port, const Deadline& deadline)
{
    const AddressesPtr found = resolve(host, port, deadline);
    for (const addrinfo* a = found ? found->list : nullptr; a; a = a->ai_next) {
        // A share for each address: a dead IPv6 route must not use up the time of IPv4.
        const int share = a->ai_next ? deadline.left() / 2 : deadline.left();
        Socket attempt;
        if (!connectTo(attempt, *a, share)) continue;
        std::swap(socket.fd, attempt.fd);
        return true;
    }
    return false;
}

//! Byte by byte, so that nothing of what follows the proxy's answer is taken.
bool openTunnel(int fd, const std::string& host, uint16_t port, const Deadline& deadline)
{
    const std::string target = (host.find(':') == host.npos ? host : "[" + host + "]") + ":" + std::to_string(port);
    const std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n";
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) != ssize_t(request.size())) return false;
    std::string answer;
    while (!answer.ends_with("\r\n\r\n")) {
        char c;
        if (answer.size() > kMostProxyAnswer || !waitFor(fd, POLLIN, deadline.left())) return false;
        const ssize_t n = ::recv(fd, &c, 1, 0);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n <= 0) return false;
        answer += c;
    }
    return answer.starts_with("HTTP/1.") && answer.size() > 10 && answer.compare(8, 2, " 2") == 0;
}

//! "http://host:port" and nothing else.
bool splitProxy(std::string_view url, std::string& host, uint16_t& port)
{
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) return false;
    url.remove_prefix(scheme.size());
    if (url.ends_with('/')) url.remove_suffix(1);
    const size_t colon = url.rfind(':');
    if (colon == url.npos) return false;
    const auto [end, error] = std::from_chars(url.data() + colon + 1, url.data() + url.size(), port);
    if (error != std::errc{} || end != url.data() + url.size()) return false;
    host = url.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return true;
}

} // namespace

Result<std::vector<std::string>> offeredChain(const std::string& host, uint16_t port, int timeoutMs, const std::string& proxy)
{
    CleanErrors clean;
    const Deadline deadline(timeoutMs);
    if (host.empty() || host.find_first_of(std::string_view("\0\r\n ", 4)) != host.npos || port == 0) return fail(Err::Unavailable, "no such address");
    std::string firstHost = host;
    uint16_t firstPort = port;
    if (!proxy.empty() && !splitProxy(proxy, firstHost, firstPort)) return fail(Err::Unavailable, "no such proxy");
    Socket socket;
    if (!connectToHost(socket, firstHost, firstPort, deadline)) return fail(Err::Unavailable, "nobody answers there");
    if (!proxy.empty() && !openTunnel(socket.fd, host, port, deadline)) return fail(Err::Unavailable, "the proxy makes no tunnel");
    return Handshake(host).run(socket.fd, deadline);
}

} // namespace zt::crypto
