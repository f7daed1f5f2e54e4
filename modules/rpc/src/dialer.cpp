#include "dialer.h"

#include <cerrno>
#include <charconv>
#include <netdb.h>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace zt::rpc {

namespace {

constexpr int64_t kStaggerMs = 250;
constexpr int64_t kAgainMs = 1000; //!< TCP itself asks again after 1, 3 and 7 s: a network that is back would be noticed late
constexpr size_t kMostProxyAnswer = 8u << 10;

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

Fault faultOfErrno(int error)
{
    switch (error) {
    case ECONNREFUSED: return Fault::Refused;
    case ENETUNREACH:
    case ENETDOWN: return Fault::NoNetwork;
    case EHOSTUNREACH:
    case EHOSTDOWN: return Fault::NoRoute;
    default: return Fault::NoAnswer;
    }
}

} // namespace

std::shared_ptr<addrinfo> lookUp(const std::string& host, uint16_t port, int flags, int* error)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    const int rc = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    if (error) *error = rc;
    if (rc != 0) return nullptr;
    return {list, freeaddrinfo};
}

Dialer::Dialer(Loop& loop, std::string host, uint16_t port, const std::string& proxy, Done done)
    : m_loop(loop), m_host(std::move(host)), m_port(port), m_done(std::move(done))
{
    std::string first = m_host;
    uint16_t firstPort = m_port;
    m_viaProxy = !proxy.empty();
    // Never from within here: the owner has no such object yet.
    if (m_viaProxy && !splitProxy(proxy, first, firstPort)) {
        m_loop.post([this, alive = std::weak_ptr(m_alive)] { if (!alive.expired()) end(-1, Fault::NoAnswer); });
        return;
    }
    begin(first, firstPort);
}

Dialer::~Dialer()
{
    for (Attempt& a : m_attempts) {
        a.watch.reset();
        ::close(a.fd);
    }
    m_watch.reset();
    if (m_tunnel >= 0) ::close(m_tunnel);
}

void Dialer::begin(const std::string& host, uint16_t port)
{
    const auto tell = [this, alive = std::weak_ptr(m_alive)](Addresses addresses, int error) {
        if (!alive.expired()) found(std::move(addresses), error);
    };
    if (auto numeric = lookUp(host, port, AI_NUMERICHOST)) return m_loop.post([tell, numeric] { tell(numeric, 0); });
    // getaddrinfo has no time limit and cannot be stopped: it gets a thread of its own, which may outlive us.
    std::thread([host, port, tell, post = m_loop.poster()] {
        int error = 0;
        auto addresses = lookUp(host, port, AI_ADDRCONFIG, &error);
        post([tell, addresses = std::move(addresses), error] { tell(addresses, error); });
    }).detach();
}

void Dialer::found(Addresses addresses, int error)
{
    if (!addresses) return end(-1, m_viaProxy ? Fault::NoAnswer : error == EAI_AGAIN || error == EAI_NONAME || error == EAI_NODATA || error == EAI_FAIL ? Fault::NoName : Fault::NoAnswer);
    m_addresses = std::move(addresses);
    m_next = m_addresses.get();
    m_stagger = std::make_unique<Timer>(m_loop.uv(), [this] {
        m_again = m_again || !m_next;
        if (!m_next) m_next = m_addresses.get();
        tryNext();
    });
    tryNext();
}

void Dialer::tryNext()
{
    while (m_next) {
        const addrinfo& to = *std::exchange(m_next, m_next->ai_next);
        const int fd = ::socket(to.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0) continue;
        if (::connect(fd, to.ai_addr, to.ai_addrlen) == 0) return connected(fd);
        if (errno != EINPROGRESS) {
            m_fault = faultOfErrno(errno);
            ::close(fd);
            continue;
        }
        m_attempts.push_back({fd, std::make_unique<Watch>(m_loop.uv(), fd, [this, fd](bool) { tried(fd); })});
        m_attempts.back().watch->want(UV_WRITABLE);
        return m_stagger->in(m_next ? kStaggerMs : kAgainMs);
    }
    if (m_attempts.empty() || m_again) return end(-1, m_fault); // a later try was refused: the earlier ones will be
    m_stagger->in(kAgainMs);
}

void Dialer::tried(int fd)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    std::erase_if(m_attempts, [&](const Attempt& a) { return a.fd == fd; });
    if (!error) return connected(fd);
    m_fault = faultOfErrno(error);
    ::close(fd);
    m_stagger->stop();
    tryNext();
}

void Dialer::connected(int fd)
{
    for (Attempt& a : m_attempts) {
        a.watch.reset();
        ::close(a.fd);
    }
    m_attempts.clear();
    m_stagger->stop();
    m_next = nullptr;
    if (!m_viaProxy) return end(fd, Fault::None);
    m_tunnel = fd;
    askProxy();
}

void Dialer::askProxy()
{
    const std::string target = (m_host.find(':') == m_host.npos ? m_host : "[" + m_host + "]") + ":" + std::to_string(m_port);
    const std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n";
    if (::send(m_tunnel, request.data(), request.size(), MSG_NOSIGNAL) != ssize_t(request.size())) return end(-1, Fault::NoAnswer); // a fresh socket takes so little
    m_watch = std::make_unique<Watch>(m_loop.uv(), m_tunnel, [this](bool) { proxyAnswers(); });
    m_watch->want(UV_READABLE);
}

//! Byte by byte, so that nothing of what follows the proxy's answer is taken.
void Dialer::proxyAnswers()
{
    while (!m_answer.ends_with("\r\n\r\n")) {
        char c;
        const ssize_t n = ::recv(m_tunnel, &c, 1, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (n <= 0 || m_answer.size() > kMostProxyAnswer) return end(-1, Fault::NoAnswer);
        m_answer += c;
    }
    m_watch.reset();
    const bool made = m_answer.starts_with("HTTP/1.") && m_answer.size() > 10 && m_answer.compare(8, 2, " 2") == 0;
    if (!made) return end(-1, Fault::NoAnswer);
    end(std::exchange(m_tunnel, -1), Fault::None);
}

void Dialer::end(int fd, Fault fault)
{
    // The last line: who is told may destroy this object.
    const auto done = std::move(m_done);
    done(fd, fault);
}

} // namespace zt::rpc
