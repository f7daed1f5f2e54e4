#include "zt/rpc/server.h"

#include "connection.h"
#include "dialer.h"

#include <atomic>
#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <cstring>
#include <latch>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <optional>
#include <set>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace zt::rpc {

namespace {

constexpr int kBacklog = 512;
constexpr int64_t kFullMs = 200; //!< no file descriptors left, or too many who have not shaken hands: between two looks
constexpr long kSessionSeconds = 12 * 3600;
constexpr uint32_t kWindow = 512u << 10;

//! Counts the calls there are, for who waits for their end.
class Calls {
public:
    void add() { change(1); }
    void remove() { change(-1); }
    void waitForNone(std::optional<Millis> ms)
    {
        std::unique_lock lock(m_mutex);
        const auto none = [this] { return m_count == 0; };
        if (ms) m_wake.wait_for(lock, std::chrono::milliseconds(*ms), none);
        else m_wake.wait(lock, none);
    }

private:
    void change(int by)
    {
        const std::lock_guard lock(m_mutex);
        m_count += by;
        if (m_count == 0) m_wake.notify_all();
    }
    std::mutex m_mutex;
    std::condition_variable m_wake;
    int m_count = 0;
};

struct Listener {
    int fd;
    std::unique_ptr<Watch> watch;
    std::unique_ptr<Timer> again;
};

class Peer;

//! One thread and its connections.
struct Worker {
    Loop loop;
    std::thread thread;
    std::set<std::shared_ptr<Peer>> peers;
    std::vector<Listener> listeners; //!< the first worker's
    std::unique_ptr<Timer> sweep;
};

struct Shared {
    Server::Options options;
    Server::Open open;
    SslCtxPtr context;
    Calls calls;
    std::atomic<bool> closing = false; //!< no call begins any more
    std::atomic<int> shaking = 0;      //!< connections that have not shaken hands

    [[nodiscard]] Millis handshakeMs() const { return shaking < options.mostShaking / 2 ? options.handshakeMs : std::min(options.handshakeMs, options.crowdedMs); }
};

//! An accepted connection until its hands are shaken.
class Guest {
public:
    Guest(Shared& shared, int fd) : handshakeMs(shared.handshakeMs()), m_shared(shared), m_fd(fd) { ++m_shared.shaking; }
    ~Guest()
    {
        --m_shared.shaking;
        if (m_fd >= 0) ::close(m_fd);
    }
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;
    [[nodiscard]] int takeSocket() { return std::exchange(m_fd, -1); }
    const Millis handshakeMs;

private:
    Shared& m_shared;
    int m_fd;
};

//! One client's connection.
class Peer final : public Connection {
public:
    Peer(Worker& worker, Shared& shared, std::shared_ptr<Guest> guest, std::string address)
        : Connection(worker.loop, nullptr, {shared.options.pingMs, shared.options.pingAnswerMs, guest->handshakeMs}),
          m_worker(worker), m_shared(shared), m_address(std::move(address)), m_guest(std::move(guest))
    {
    }
    [[nodiscard]] Calls& calls() { return m_shared.calls; }
    bool idle = false; //!< had no call when it was looked at last
    const Millis since = systemClock().steady();

private:
    Fault greeted(SSL* ssl) override
    {
        m_guest.reset();
        m_http = std::make_unique<Http2>(Http2::Limits{kWindow, m_shared.options.mostReceived, m_shared.options.mostStreams},
                                         [this](int32_t id, const std::string& path) { return request(id, path); });
        if (!m_shared.options.maySpeak) return Fault::None;
        const crypto::X509Ptr certificate(SSL_get1_peer_certificate(ssl));
        m_certificate = toPem(certificate.get());
        if (m_certificate.empty()) return Fault::BadCertificate;
        // A whole handshake has asked already.
        return !SSL_session_reused(ssl) || m_shared.options.maySpeak(m_certificate) ? Fault::None : Fault::BadCertificate;
    }
    void over() override
    {
        m_guest.reset();
        m_worker.peers.erase(std::static_pointer_cast<Peer>(shared_from_this()));
    }
    Http2::Stream* request(int32_t id, const std::string& path);

    Worker& m_worker;
    Shared& m_shared;
    const std::string m_address;
    std::string m_certificate;
    std::shared_ptr<Guest> m_guest;
};

int judge(X509_STORE_CTX* context, void* shared)
{
    X509* leaf = X509_STORE_CTX_get0_cert(context);
    const bool may = leaf && static_cast<Shared*>(shared)->options.maySpeak(toPem(leaf));
    X509_STORE_CTX_set_error(context, may ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
    return may;
}

SslCtxPtr contextOf(Shared& shared)
{
    SslCtxPtr context = makeContext(true);
    SSL_CTX* c = context.get();
    static constexpr unsigned char name[] = "zt";
    if (!c || !showOwn(c, shared.options.chain, shared.options.key) || SSL_CTX_set_session_id_context(c, name, sizeof name - 1) != 1) return nullptr;
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF); // sessions are the clients' to keep
    SSL_CTX_set_num_tickets(c, 1);
    SSL_CTX_set_timeout(c, kSessionSeconds);
    if (!shared.options.maySpeak) return context;
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(c, judge, &shared);
    for (const auto& root : certificatesIn(shared.options.clientRoots)) SSL_CTX_add_client_CA(c, root.get());
    return context;
}

} // namespace

//! A call between its connection and its ServerCall; on the connection's thread but for ask().
class ServerStream final : public Http2::Stream, public std::enable_shared_from_this<ServerStream> {
public:
    ServerStream(std::shared_ptr<Peer> peer, int32_t id) : m_peer(std::move(peer)), m_id(id) {}

    template <class F>
    void ask(F f)
    {
        if (m_peer->loop().here()) f(*this);
        else m_peer->loop().post([self = shared_from_this(), f = std::move(f)]() mutable { f(*self); });
    }
    void begin(ServerCall* call)
    {
        m_call = call;
        m_peer->calls().add();
    }
    void accept()
    {
        if (m_closed) return;
        m_peer->http().accept(m_id);
        m_peer->touch();
    }
    void read()
    {
        if (m_closed) return later([](ServerCall& c) { c.onRead(std::nullopt); });
        m_reading = true;
        m_peer->http().read(m_id);
        m_peer->touch();
    }
    void write(std::string frame)
    {
        if (m_closed) return later([](ServerCall& c) { c.onWritten(false); });
        m_writing = true;
        m_peer->http().write(m_id, std::move(frame));
        m_peer->touch();
    }
    void finish(Status status)
    {
        if (std::exchange(m_finished, true)) return;
        if (m_closed) return done();
        m_peer->http().finish(m_id, std::move(status));
        m_peer->touch();
    }

    void received(std::string message) override
    {
        m_reading = false;
        m_call->onRead(std::move(message));
    }
    void noMore() override
    {
        m_reading = false;
        m_call->onRead(std::nullopt);
    }
    void written() override
    {
        m_writing = false;
        m_call->onWritten(true);
    }
    void closed(const Status&) override
    {
        m_closed = true;
        const bool finished = m_finished; // else finish() itself leads to the end
        if (std::exchange(m_reading, false)) m_call->onRead(std::nullopt);
        if (std::exchange(m_writing, false)) m_call->onWritten(false);
        if (!m_finished) m_call->onCancel();
        if (finished) done();
    }

private:
    //! Nothing asked of a call is answered from within the asking, under whose locks nobody knows.
    template <class F>
    void later(F f)
    {
        m_peer->loop().soon([self = shared_from_this(), f] { if (self->m_call) f(*self->m_call); });
    }
    void done()
    {
        m_peer->loop().soon([self = shared_from_this()] {
            const auto peer = self->m_peer; // the call holds this stream
            if (auto* call = std::exchange(self->m_call, nullptr)) {
                call->onDone();
                peer->calls().remove();
            }
        });
    }

    const std::shared_ptr<Peer> m_peer;
    const int32_t m_id;
    ServerCall* m_call = nullptr;
    bool m_reading = false, m_writing = false, m_closed = false, m_finished = false;
};

Http2::Stream* Peer::request(int32_t id, const std::string& path)
{
    if (m_shared.closing) {
        m_http->finish(id, {Code::Unavailable, "closing"}); // the first word stands
        return nullptr;
    }
    const auto stream = std::make_shared<ServerStream>(std::static_pointer_cast<Peer>(shared_from_this()), id);
    // Its first wishes come back through the loop, when this stream is known to its connection.
    ServerCall* call = m_shared.open({path, m_certificate, m_address, stream});
    if (!call) return nullptr;
    stream->begin(call);
    return stream.get();
}

void ServerCall::accept() { m_stream->ask([](ServerStream& s) { s.accept(); }); }
void ServerCall::read() { m_stream->ask([](ServerStream& s) { s.read(); }); }
void ServerCall::write(std::string framedMessage) { m_stream->ask([frame = std::move(framedMessage)](ServerStream& s) mutable { s.write(std::move(frame)); }); }
void ServerCall::finish(Status status) { m_stream->ask([status = std::move(status)](ServerStream& s) mutable { s.finish(std::move(status)); }); }

class Server::Impl {
public:
    Result<void> listen();
    void run();
    void shutDown(Millis graceMs);

    Shared shared;
    std::vector<std::unique_ptr<Worker>> workers;
    std::vector<int> sockets;
    int port = 0;
    size_t next = 0; //!< worker of the next connection
    bool down = false;

private:
    void take(Listener& listener);
    void adopt(Worker& worker, std::shared_ptr<Guest> guest, std::string address);
    void sweep(Worker& worker);
};

Result<void> Server::Impl::listen()
{
    const std::string& at = shared.options.listen;
    const size_t colon = at.rfind(':');
    uint16_t wanted = 0;
    if (colon == at.npos || std::from_chars(at.data() + colon + 1, at.data() + at.size(), wanted).ptr != at.data() + at.size()) return fail(Err::Io, "not host:port");
    std::string host = at.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto addresses = lookUp(host, wanted, AI_PASSIVE);
    if (!addresses) return fail(Err::Io, "no such address");
    for (const addrinfo* a = addresses.get(); a; a = a->ai_next) {
        sockaddr_storage address{};
        std::memcpy(&address, a->ai_addr, a->ai_addrlen);
        if (port && !wanted) { // all on the port the first one got
            if (a->ai_family == AF_INET) reinterpret_cast<sockaddr_in&>(address).sin_port = htons(uint16_t(port));
            else reinterpret_cast<sockaddr_in6&>(address).sin6_port = htons(uint16_t(port));
        }
        const int fd = ::socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0 && errno == EAFNOSUPPORT) continue; // a machine without IPv6
        const int on = 1, off = 0;
        if (fd >= 0) {
            sockets.push_back(fd);
            ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); // what is left of ended connections; two servers on one port is still an error
            if (a->ai_family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, host == "::" ? &off : &on, sizeof on);
        }
        if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), a->ai_addrlen) != 0 || ::listen(fd, kBacklog) != 0) {
            if (errno == EADDRNOTAVAIL && fd >= 0 && a->ai_next == nullptr && sockets.size() > 1) { // ::1 of "localhost" where IPv6 is off
                ::close(fd);
                sockets.pop_back();
                continue;
            }
            return fail(Err::Io, "cannot listen there");
        }
        socklen_t size = sizeof address;
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.ss_family == AF_INET ? reinterpret_cast<sockaddr_in&>(address).sin_port : reinterpret_cast<sockaddr_in6&>(address).sin6_port);
    }
    return sockets.empty() ? Result<void>(fail(Err::Io, "no such address")) : Result<void>();
}

void Server::Impl::run()
{
    for (int i = 0; i < std::max(1, shared.options.threads); ++i) workers.push_back(std::make_unique<Worker>());
    Worker& first = *workers.front();
    first.listeners.reserve(sockets.size());
    for (const int fd : sockets) {
        Listener& l = first.listeners.emplace_back(Listener{fd, nullptr, nullptr});
        l.again = std::make_unique<Timer>(first.loop.uv(), [&l] { l.watch->want(UV_READABLE); });
        l.watch = std::make_unique<Watch>(first.loop.uv(), fd, [this, &l](bool) { take(l); });
        l.watch->want(UV_READABLE);
    }
    sockets.clear();
    for (auto& w : workers) {
        w->sweep = std::make_unique<Timer>(w->loop.uv(), [this, worker = w.get()] { sweep(*worker); });
        w->sweep->in(shared.options.idleMs);
        w->thread = std::thread([worker = w.get()] {
            worker->loop.run({}, [worker] {
                for (Listener& l : worker->listeners) {
                    l.watch.reset();
                    l.again.reset();
                    ::close(l.fd);
                }
                worker->listeners.clear();
                worker->sweep.reset();
                worker->peers.clear();
            });
        });
    }
}

void Server::Impl::take(Listener& listener)
{
    for (;;) {
        if (shared.shaking >= shared.options.mostShaking) { // they wait before the door
            listener.watch->want(0);
            return listener.again->in(kFullMs);
        }
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        const int fd = ::accept4(listener.fd, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                listener.watch->want(0);
                listener.again->in(kFullMs);
            }
            return;
        }
        char host[NI_MAXHOST] = "";
        getnameinfo(reinterpret_cast<sockaddr*>(&from), size, host, sizeof host, nullptr, 0, NI_NUMERICHOST);
        Worker& worker = *workers[next++ % workers.size()];
        // Never lost: a loop that has ended closes what it was given.
        worker.loop.post([this, &worker, guest = std::make_shared<Guest>(shared, fd), address = std::string(host)]() mutable { adopt(worker, std::move(guest), std::move(address)); });
    }
}

void Server::Impl::adopt(Worker& worker, std::shared_ptr<Guest> guest, std::string address)
{
    if (shared.closing) return;
    const int fd = guest->takeSocket();
    const auto peer = std::make_shared<Peer>(worker, shared, std::move(guest), std::move(address));
    SslPtr ssl(SSL_new(shared.context.get()));
    if (ssl) SSL_set_accept_state(ssl.get());
    worker.peers.insert(peer);
    peer->begin(fd, std::move(ssl));
}

void Server::Impl::sweep(Worker& worker)
{
    const auto all = worker.peers;
    for (const auto& p : all) {
        const bool idle = p->ready() && p->http().open() == 0;
        const bool old = shared.options.mostAgeMs && systemClock().steady() - p->since > shared.options.mostAgeMs;
        if (old || (idle && p->idle)) p->shut({Code::Unavailable, "idle"});
        else p->idle = idle;
    }
    worker.sweep->in(shared.options.idleMs);
}

void Server::Impl::shutDown(Millis graceMs)
{
    if (std::exchange(down, true)) return;
    // Waits until each worker has done it: what begins there sees `closing` from then on, so that the count of calls can only fall.
    const auto everywhere = [this](auto f) {
        std::latch done(ptrdiff_t(workers.size()));
        for (auto& w : workers) w->loop.post([worker = w.get(), f, &done] {
            const auto all = worker->peers;
            for (const auto& p : all) f(*p);
            done.count_down();
        });
        done.wait();
    };
    shared.closing = true;
    if (!workers.empty()) workers.front()->loop.post([this] {
        for (Listener& l : workers.front()->listeners) l.watch->want(0);
    });
    everywhere([](Peer& p) {
        if (!p.ready()) return;
        p.http().goAway();
        p.touch();
    });
    shared.calls.waitForNone(graceMs);
    everywhere([](Peer& p) { p.shut({Code::Unavailable, "closing"}); });
    shared.calls.waitForNone(std::nullopt);
    for (auto& w : workers) w->loop.post([worker = w.get()] { worker->loop.finish(); });
    for (auto& w : workers) w->thread.join();
    workers.clear();
    for (const int fd : sockets) ::close(fd);
}

Server::Server(std::unique_ptr<Impl> impl) : m(std::move(impl)) {}

Server::~Server() { m->shutDown(0); }

Result<std::unique_ptr<Server>> Server::start(Options options, Open open)
{
    std::unique_ptr<Server> out(new Server(std::make_unique<Impl>()));
    Impl& m = *out->m;
    m.shared.options = std::move(options);
    m.shared.open = std::move(open);
    m.shared.context = contextOf(m.shared);
    if (!m.shared.context) return fail(Err::Invalid, "certificate and key are no pair");
    ZT_TRY(m.listen());
    m.run();
    return out;
}

int Server::port() const { return m->port; }
void Server::shutDown(Millis graceMs) { m->shutDown(graceMs); }

} // namespace zt::rpc
