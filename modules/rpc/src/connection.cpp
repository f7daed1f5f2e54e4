#include "connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace zt::rpc {

namespace {
constexpr size_t kRecord = 16u << 10; // a TLS record holds no more
constexpr size_t kKept = 4u << 10;    // of a buffer, while there is nothing to send
constexpr size_t kAtOnce = 1u << 20;  // bytes read before others get their turn
} // namespace

Connection::Connection(Loop& loop, std::unique_ptr<Http2> http, Times times) : m_loop(loop), m_http(std::move(http)), m_times(times) {}

Connection::~Connection()
{
    m_watch.reset();
    if (m_fd >= 0) ::close(m_fd);
}

//! The system's own probes wake nobody here until they find that the other side has gone, or has begun anew and knows nothing of this connection.
static void probe(int fd, int seconds)
{
    const int on = 1, probes = 3;
    ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof seconds);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

void Connection::begin(int fd, SslPtr ssl)
{
    if (m_shut) {
        ::close(fd);
        return;
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (m_times.probeS > 0) probe(fd, m_times.probeS);
    m_fd = fd;
    m_ssl = std::move(ssl);
    if (!m_ssl || !useSocket(m_ssl.get(), fd)) return shut({Code::Unavailable, "tls", Fault::OwnRefused});
    // Callbacks hold no share: they end with the watch and the timers, which this object owns; each takes one for as long as it runs.
    m_watch = std::make_unique<Watch>(m_loop.uv(), fd, [this](bool failed) { onSocket(failed); });
    m_timer = std::make_unique<Timer>(m_loop.uv(), [this] { onTimer(); });
    if (m_times.handshakeMs) m_timer->in(m_times.handshakeMs);
    if (m_times.unackedMs) m_unacked = std::make_unique<Timer>(m_loop.uv(), [this] { lookUnacked(); });
    shakeHands();
}

void Connection::onSocket(bool failed)
{
    const auto keep = shared_from_this();
    if (m_shut) return;
    if (failed) m_wantsWrite = false;
    if (!m_ready) shakeHands();
    else readAll();
    if (!m_shut && failed) return shut({Code::Unavailable, "connection", m_ready ? Fault::Broken : Fault::NoAnswer});
    if (!m_shut && m_ready) {
        m_http->settle();
        flush();
    }
}

void Connection::shakeHands()
{
    const auto keep = shared_from_this();
    CleanErrors clean;
    const int rc = SSL_do_handshake(m_ssl.get());
    if (rc == 1) {
        if (!speaksHttp2(m_ssl.get())) return shut({Code::Unavailable, "alpn", Fault::NoHttp2});
        if (const Fault fault = greeted(m_ssl.get()); fault != Fault::None) return shut({Code::Unavailable, "certificate", fault});
        m_ready = true;
        m_heardAt = systemClock().steady();
        m_timer->in(m_times.pingMs);
        m_watch->want(UV_READABLE);
        flush(); // what was asked for while it was dialled goes with the end of the handshake
        if (!m_shut) readAll();
        if (!m_shut) m_http->settle();
        if (!m_shut) flush();
        return;
    }
    switch (SSL_get_error(m_ssl.get(), rc)) {
    case SSL_ERROR_WANT_READ: return m_watch->want(UV_READABLE);
    case SSL_ERROR_WANT_WRITE: return m_watch->want(UV_READABLE | UV_WRITABLE);
    case SSL_ERROR_ZERO_RETURN: return shut({Code::Unavailable, "handshake", Fault::NoAnswer});
    default: return shut({Code::Unavailable, "handshake", faultOf(m_ssl.get(), false)});
    }
}

//! Everything there is: OpenSSL reads ahead, so that the socket alone would not tell.
void Connection::readAll()
{
    CleanErrors clean;
    static thread_local char buffer[kRecord];
    for (size_t read = 0; read < kAtOnce;) {
        const int n = SSL_read(m_ssl.get(), buffer, sizeof buffer);
        if (n <= 0) {
            const int error = SSL_get_error(m_ssl.get(), n);
            if (error == SSL_ERROR_WANT_READ) return;
            if (error == SSL_ERROR_ZERO_RETURN) return shut({Code::Unavailable, "closed", Fault::Broken});
            return shut({Code::Unavailable, "connection", faultOf(m_ssl.get(), true)});
        }
        read += size_t(n);
        m_heardAt = systemClock().steady();
        m_pinged = false;
        m_taking = true;
        const bool good = m_http->take({buffer, size_t(n)});
        m_taking = false;
        if (m_shut) return;
        if (!good) {
            flush(); // says what was wrong, if it can
            return shut({Code::Unavailable, "http2", Fault::NoHttp2});
        }
    }
    if (!m_again) m_again = std::make_unique<Timer>(m_loop.uv(), [this] { onSocket(false); });
    m_again->in(0);
}

//! The next record's worth, in one piece.
bool Connection::fill()
{
    m_out.clear();
    m_outAt = 0;
    while (m_out.size() < kRecord - 2048) {
        const auto bytes = m_http->next();
        if (bytes.empty()) break;
        m_out.append(bytes);
    }
    return !m_out.empty();
}

//! All there is to send. \return SSL_ERROR_NONE, or what stands in the way
int Connection::writeAll()
{
    while (m_outAt < m_out.size() || fill()) {
        const int n = SSL_write(m_ssl.get(), m_out.data() + m_outAt, int(m_out.size() - m_outAt));
        if (n <= 0) return SSL_get_error(m_ssl.get(), n);
        m_outAt += size_t(n);
        if (m_unacked && !std::exchange(m_looking, true)) m_unacked->in(m_times.unackedMs);
    }
    return SSL_ERROR_NONE;
}

void Connection::flush()
{
    CleanErrors clean;
    switch (writeAll()) {
    case SSL_ERROR_NONE: break;
    case SSL_ERROR_WANT_WRITE: m_wantsWrite = true; return m_watch->want(UV_READABLE | UV_WRITABLE);
    case SSL_ERROR_WANT_READ: return;
    default: return broke();
    }
    if (m_out.capacity() > kKept) std::string().swap(m_out);
    if (std::exchange(m_wantsWrite, false)) m_watch->want(UV_READABLE);
    m_http->settle(); // what was written
    if (!m_shut && m_http->over()) shut({Code::Unavailable, "over", Fault::Broken});
}

//! It cannot be written to; what the other side said last may still be there to read, a certificate refused for one.
void Connection::broke()
{
    if (!std::exchange(m_broken, true)) readAll();
    if (!m_shut) shut({Code::Unavailable, "connection", Fault::Broken});
}

void Connection::touch()
{
    if (m_shut || std::exchange(m_touched, true)) return;
    m_loop.soon([self = shared_from_this()] {
        self->m_touched = false;
        if (self->m_shut) return;
        self->m_http->settle();
        if (!self->m_shut && self->m_ready) self->flush();
    });
}

void Connection::onTimer()
{
    const auto keep = shared_from_this();
    if (m_shut) return;
    if (!m_ready) return shut({Code::Unavailable, "handshake", Fault::NoAnswer});
    const Millis silent = systemClock().steady() - m_heardAt;
    if (m_pinged && silent >= m_times.pingMs) return shut({Code::Unavailable, "silent", Fault::Broken});
    if (silent < m_times.pingMs) return m_timer->in(m_times.pingMs - silent);
    m_pinged = true;
    m_http->ping();
    m_timer->in(m_times.pingAnswerMs);
    flush();
}

//! TCP sends what is lost again ever later. A connection on which nothing comes through is given up instead: dialling anew finds the way back within a second.
void Connection::lookUnacked()
{
    const auto keep = shared_from_this();
    m_looking = false;
    tcp_info info{};
    socklen_t size = sizeof info;
    if (m_shut || ::getsockopt(m_fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || !info.tcpi_unacked) return;
    if (info.tcpi_retransmits && info.tcpi_last_ack_recv >= uint32_t(m_times.unackedMs)) return shut({Code::Unavailable, "unacknowledged", Fault::Broken});
    m_looking = true;
    m_unacked->in(m_times.unackedMs / 4);
}

void Connection::shut(Status status)
{
    if (std::exchange(m_shut, true)) return;
    const auto keep = shared_from_this();
    if (m_ready && status.fault == Fault::None && !m_taking) { // nghttp2 cannot be asked for bytes while it is given some
        CleanErrors clean;
        writeAll();
        SSL_shutdown(m_ssl.get());
    }
    m_watch.reset();
    m_timer.reset();
    m_again.reset();
    if (m_fd >= 0) ::close(std::exchange(m_fd, -1));
    if (m_http) m_http->end(status);
    over();
}

} // namespace zt::rpc
