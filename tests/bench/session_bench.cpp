//! Sessions of a server, over TLS, by one light thread on the client's side, the same for the hub and for its peers (H6, H7, H9):
//!
//!     bench_session resume hub DIR PORT SECONDS SLOTS      a session from dialling to its end, again and again: dialled, up, left
//!     bench_session resume xmpp - PORT SECONDS SLOTS
//!     bench_session hold hub|xmpp DIR PORT SESSIONS N      that many at once; says `live`; for a line on standard input N exchanges in each; holds them until it ends
//!     bench_session first hub|nats DIR PORT COUNT          dials until a server answers: what it has of COUNT, and when (steady clock)
//!
//! Up means: for the hub, its Welcome and the end of what was new, after a Hello with the position the desk had (DIR/load, see bench_fill), the certificate of its
//! device and, from the second time on, the TLS session taken up again; for XMPP, anonymous login and a bound resource; for NATS, JetStream has told what the
//! stream holds. An exchange is a signed opinion until its receipt, or a message to oneself. gRPC is spoken here without its library: desks pay for theirs
//! on their own processors.
#include "load.h"

#include "sync.pb.h"
#include "zt/crypto/selftest.h"
#include "zt/wire/sealing.h"

#include <arpa/inet.h>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace zt;
using bench::must;
using bench::LoadDevice;
using bench::nowMs;

namespace {

[[noreturn]] void fail(const std::string& what)
{
    std::fprintf(stderr, "%s\n", what.c_str());
    std::exit(1);
}

//! What is said on a connection. `out` is sent by the connection, `in` is what came.
class Talk {
public:
    virtual ~Talk() = default;
    virtual bool plainFirst() { return false; } //!< the server greets before TLS
    virtual void begin() = 0;                   //!< behind the handshake
    virtual void hear() = 0;                    //!< takes what it understands out of `in`
    virtual void exchange() = 0;                //!< once up
    virtual void leave() {}
    [[nodiscard]] virtual const char* alpn() const { return nullptr; }
    [[nodiscard]] virtual const char* groups() const { return nullptr; }
    std::string in, out, refused;
    bool up = false;
    size_t exchanged = 0;
    double told = 0; //!< what the server says it holds
};

class HubTalk final : public Talk {
public:
    explicit HubTalk(const LoadDevice& device) : m_device(device) {}
    [[nodiscard]] const char* alpn() const override { return "\x02h2"; }
    [[nodiscard]] const char* groups() const override { return "P-256:X25519"; } // as a desk
    void begin() override
    {
        out += "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        frame(4, 0, 0, {});
        std::string h;
        for (const auto& [name, value] : {std::pair<std::string, std::string>{":method", "POST"}, {":scheme", "https"}, {":path", "/zt.wire.Hub/Sync"}, {":authority", "127.0.0.1"},
                                          {"te", "trailers"}, {"content-type", "application/grpc"}})
            h += std::string(1, '\0') + char(name.size()) + name + char(value.size()) + value; // HPACK: literal, not indexed
        frame(1, 4, 1, h);
        wire::DeskFrame f;
        auto& hello = *f.mutable_hello();
        hello.set_hub("hub-bench");
        hello.set_incarnation(m_device.incarnation);
        hello.set_position(m_device.position);
        hello.set_level(wire::kLevel);
        hello.set_programme("bench");
        say(f);
    }
    void hear() override
    {
        while (in.size() >= 9) {
            const auto b = [&](size_t i) { return size_t(uint8_t(in[i])); };
            const size_t length = b(0) << 16 | b(1) << 8 | b(2);
            if (in.size() < 9 + length) return;
            take(int(b(3)), int(b(4)), in.substr(9, length));
            in.erase(0, 9 + length);
        }
    }
    void exchange() override
    {
        if (!m_key) m_key.emplace(m_device.key());
        wire::DeskFrame f;
        *f.mutable_submit() = m_device.opinion(*m_key, m_device.matters[exchanged % m_device.matters.size()], m_time);
        say(f);
    }
    void leave() override { frame(3, 0, 1, std::string("\0\0\0\x08", 4)); } // the call is cancelled

private:
    void frame(int type, int flags, uint32_t stream, const std::string& body)
    {
        const auto n = body.size();
        out += {char(n >> 16), char(n >> 8), char(n), char(type), char(flags), char(stream >> 24), char(stream >> 16), char(stream >> 8), char(stream)};
        out += body;
    }
    void say(const wire::DeskFrame& f)
    {
        const std::string body = f.SerializeAsString();
        const auto n = body.size();
        frame(0, 0, 1, std::string{'\0', char(n >> 24), char(n >> 16), char(n >> 8), char(n)} + body);
    }
    void take(int type, int flags, const std::string& body)
    {
        if (type == 4 && !(flags & 1)) frame(4, 1, 0, {});
        if (type == 6 && !(flags & 1)) frame(6, 1, 0, body);
        if (type == 3 || type == 7 || (type == 1 && flags & 1)) refused = "the hub ended the call";
        if (type != 0) return;
        if ((m_unacknowledged += body.size()) > 16384) {
            const auto n = std::exchange(m_unacknowledged, 0);
            for (uint32_t stream : {0u, 1u}) frame(8, 0, stream, {char(n >> 24), char(n >> 16), char(n >> 8), char(n)});
        }
        m_message += body;
        while (m_message.size() >= 5) {
            const auto b = [&](size_t i) { return size_t(uint8_t(m_message[i])); };
            const size_t length = b(1) << 24 | b(2) << 16 | b(3) << 8 | b(4);
            if (m_message.size() < 5 + length) return;
            wire::HubFrame f;
            if (!f.ParseFromArray(m_message.data() + 5, int(length))) fail("a frame of the hub is unreadable");
            m_message.erase(0, 5 + length);
            if (!f.has_bundle()) heard(f);
            for (const auto& one : f.bundle().frames()) heard(one);
        }
    }
    void heard(const wire::HubFrame& f)
    {
        if (f.has_welcome()) {
            m_time = f.welcome().time();
            told = double(f.welcome().head_position());
        }
        if (f.has_position() && f.position().live()) up = true;
        if (f.has_closed()) refused = "the hub closed the line";
        if (f.has_refused() || (f.has_receipt() && f.receipt().outcome() != wire::APPLIED)) refused = "the hub refused a command";
        exchanged += f.has_receipt();
    }
    const LoadDevice& m_device;
    std::optional<crypto::SigningKey> m_key;
    wire::HubTime m_time;
    std::string m_message;
    size_t m_unacknowledged = 0;
};

class XmppTalk final : public Talk {
public:
    void begin() override { stream(); }
    void hear() override
    {
        if (in.find("<failure") != std::string::npos || in.find("stream:error") != std::string::npos) refused = in.substr(0, 300);
        if (up) {
            static const std::string kEnd = "</message>";
            for (size_t at; (at = in.find(kEnd)) != std::string::npos; ++exchanged) in.erase(0, at + kEnd.size());
            return;
        }
        if (m_step == 1 && passed("<success")) {
            m_step = 2;
            stream();
        } else if (m_step == 0 && passed("</stream:features>")) {
            out += "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>";
            m_step = 1;
        } else if (m_step == 2 && passed("</stream:features>")) {
            out += "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
            m_step = 3;
        } else if (m_step == 3 && in.find("</iq>") != std::string::npos) {
            const size_t from = in.find("<jid>"), to = in.find("</jid>");
            if (from == std::string::npos || to == std::string::npos) fail("no address: " + in.substr(0, 300));
            m_me = in.substr(from + 5, to - from - 5);
            in.clear();
            up = true;
        }
    }
    void exchange() override { out += "<message to='" + m_me + "' type='chat'><body>同意，请按程序办理。</body></message>"; }
    void leave() override { out += "</stream:stream>"; }

private:
    void stream() { out += "<?xml version='1.0'?><stream:stream to='anon.localhost' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"; }
    bool passed(const char* word)
    {
        const size_t at = in.find(word);
        if (at == std::string::npos) return false;
        in.clear(); // the server waits for us behind each of these
        return true;
    }
    int m_step = 0;
    std::string m_me;
};

class NatsTalk final : public Talk {
public:
    bool plainFirst() override { return true; }
    void begin() override
    {
        in.clear();
        out += "CONNECT {\"verbose\":false,\"pedantic\":false,\"tls_required\":true}\r\nSUB _I 1\r\nPUB $JS.API.STREAM.INFO.S _I 0\r\n\r\n";
    }
    void hear() override
    {
        const size_t at = in.find("\"messages\":");
        if (in.find("\"error\"") != std::string::npos || in.find("503") != std::string::npos) refused = "JetStream does not answer yet";
        if (at == std::string::npos || in.find("\r\n", at) == std::string::npos) return;
        told = std::strtod(in.c_str() + at + 11, nullptr);
        up = true;
    }
    void exchange() override {}
};

//! One connection, again and again: dial, TLS, talk.
class Connection {
public:
    enum class State { Idle, Greeted, Shaking, Open };
    Connection(int epoll, int port, SSL_CTX* tls, std::function<std::unique_ptr<Talk>()> make) : m_epoll(epoll), m_port(port), m_tls(tls), m_make(std::move(make))
    {
        SSL_CTX_set_app_data(tls, this);
        SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(tls, [](SSL* s, SSL_SESSION* session) {
            auto* me = static_cast<Connection*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(s)));
            if (me->m_session) SSL_SESSION_free(me->m_session);
            me->m_session = session;
            return 1;
        });
    }
    Connection(const Connection&) = delete;
    ~Connection()
    {
        if (m_fd >= 0) close();
        if (m_session) SSL_SESSION_free(m_session);
        SSL_CTX_free(m_tls);
    }
    //! False: nobody listens.
    bool dial()
    {
        m_fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_port = htons(uint16_t(m_port));
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(m_fd, reinterpret_cast<sockaddr*>(&a), sizeof a)) {
            ::close(std::exchange(m_fd, -1));
            return false;
        }
        const int on = 1;
        ::setsockopt(m_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ::fcntl(m_fd, F_SETFL, O_NONBLOCK);
        dialled = nowMs();
        talk = m_make();
        epoll_event e{EPOLLIN, {}};
        e.data.ptr = this;
        ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_fd, &e);
        if (talk->plainFirst()) m_state = State::Greeted;
        else shake();
        return true;
    }
    void ready()
    {
        if (m_fd < 0) return;
        if (m_state == State::Greeted) {
            char buffer[4096];
            const auto n = ::read(m_fd, buffer, sizeof buffer);
            if (n > 0 && std::string_view(buffer, size_t(n)).find("\r\n") != std::string_view::npos) shake();
            else if (n <= 0) talk->refused = "closed";
            return;
        }
        if (m_state == State::Shaking) {
            handshake();
            return;
        }
        for (char buffer[16384];;) {
            const int n = SSL_read(m_ssl, buffer, sizeof buffer);
            if (n <= 0) {
                if (SSL_get_error(m_ssl, n) != SSL_ERROR_WANT_READ) talk->refused = "closed by the server";
                break;
            }
            talk->in.append(buffer, size_t(n));
        }
        talk->hear();
        flush();
    }
    void flush()
    {
        while (m_fd >= 0 && m_state == State::Open && !talk->out.empty()) {
            const int n = SSL_write(m_ssl, talk->out.data(), int(talk->out.size()));
            if (n > 0) {
                talk->out.erase(0, size_t(n));
                continue;
            }
            if (SSL_get_error(m_ssl, n) != SSL_ERROR_WANT_WRITE) return void(talk->refused = "closed while writing");
            pollfd p{m_fd, POLLOUT, 0};
            ::poll(&p, 1, 1000);
        }
    }
    void close()
    {
        if (m_ssl) {
            talk->leave();
            flush();
            SSL_shutdown(m_ssl);
            SSL_free(std::exchange(m_ssl, nullptr));
        }
        ERR_clear_error();
        ::close(std::exchange(m_fd, -1));
        m_state = State::Idle;
    }
    std::unique_ptr<Talk> talk;
    double dialled = 0;
    bool resumed = false;

private:
    void shake()
    {
        m_ssl = SSL_new(m_tls);
        SSL_set_fd(m_ssl, m_fd);
        SSL_set_tlsext_host_name(m_ssl, "localhost");
        if (const char* alpn = talk->alpn()) SSL_set_alpn_protos(m_ssl, reinterpret_cast<const unsigned char*>(alpn), unsigned(std::strlen(alpn)));
        if (const char* groups = talk->groups()) SSL_set1_groups_list(m_ssl, groups);
        if (m_session) SSL_set_session(m_ssl, m_session);
        m_state = State::Shaking;
        handshake();
    }
    void handshake()
    {
        const int n = SSL_connect(m_ssl);
        if (n != 1) {
            if (SSL_get_error(m_ssl, n) != SSL_ERROR_WANT_READ) talk->refused = "no handshake";
            return;
        }
        resumed = SSL_session_reused(m_ssl);
        m_state = State::Open;
        talk->begin();
        flush();
    }
    const int m_epoll, m_port;
    SSL_CTX* m_tls;
    std::function<std::unique_ptr<Talk>()> m_make;
    SSL* m_ssl = nullptr;
    SSL_SESSION* m_session = nullptr;
    int m_fd = -1;
    State m_state = State::Idle;
};

struct Bench {
    int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    std::string kind, dir;
    int port = 0;
    std::vector<std::unique_ptr<LoadDevice>> devices;
    std::vector<std::unique_ptr<Connection>> all;

    //! Connection number i: of the hub, that device's, with its certificate.
    Connection& add(int i)
    {
        SSL_CTX* tls = SSL_CTX_new(TLS_client_method());
        std::function<std::unique_ptr<Talk>()> make;
        if (kind == "hub") {
            devices.push_back(std::make_unique<LoadDevice>(LoadDevice::read(dir + "/load/" + std::to_string(i))));
            const auto& base = devices.back()->base;
            if (SSL_CTX_use_certificate_chain_file(tls, (base + ".pem").c_str()) != 1 || SSL_CTX_use_PrivateKey_file(tls, (base + ".key").c_str(), SSL_FILETYPE_PEM) != 1)
                fail("certificate " + base);
            if (SSL_CTX_load_verify_locations(tls, (dir + "/hub/ca.pem").c_str(), nullptr) != 1) fail("root");
            SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, nullptr);
            make = [d = devices.back().get()] { return std::make_unique<HubTalk>(*d); };
        } else if (kind == "xmpp") {
            make = [] { return std::make_unique<XmppTalk>(); };
        } else {
            make = [] { return std::make_unique<NatsTalk>(); };
        }
        return *all.emplace_back(std::make_unique<Connection>(epoll, port, tls, std::move(make)));
    }
    //! What came, for at most `ms`.
    template <class F>
    void wait(int ms, F&& each)
    {
        epoll_event e[64];
        const int n = ::epoll_wait(epoll, e, 64, ms);
        for (int i = 0; i < n; ++i) {
            auto& c = *static_cast<Connection*>(e[i].data.ptr);
            c.ready();
            each(c);
        }
    }
};

int resume(Bench& b, double seconds, int slots)
{
    for (int i = 0; i < slots; ++i)
        if (!b.add(i).dial()) fail("nobody listens");
    std::vector<double> ms;
    double resumed = 0;
    const double from = nowMs();
    while (nowMs() - from < seconds * 1000)
        b.wait(5000, [&](Connection& c) {
            if (!c.talk->refused.empty()) fail(c.talk->refused);
            if (!c.talk->up) return;
            ms.push_back(nowMs() - c.dialled);
            resumed += c.resumed;
            c.close();
            if (!c.dial()) fail("nobody listens any more");
        });
    if (ms.empty()) fail("no session");
    const double took = (nowMs() - from) / 1000;
    bench::out("sessions_per_s", double(ms.size()) / took);
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    bench::out("tls_resumed", resumed / double(ms.size()));
    bench::out("client_cpu", (double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + double(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6) / took);
    bench::out("p50_ms", bench::percentile(ms, 0.5));
    bench::out("p99_ms", bench::percentile(ms, 0.99));
    return 0;
}

int hold(Bench& b, int sessions, size_t exchanges)
{
    constexpr int kAtOnce = 8;
    int begun = 0;
    size_t live = 0, done = 0;
    const auto check = [&](Connection& c) {
        if (!c.talk->refused.empty()) fail(c.talk->refused);
    };
    while (live < size_t(sessions)) {
        while (begun < sessions && begun - int(live) < kAtOnce)
            if (!b.add(begun++).dial()) fail("nobody listens");
        b.wait(5000, check);
        live = size_t(std::count_if(b.all.begin(), b.all.end(), [](const auto& c) { return c->talk->up; }));
    }
    bench::out("live", double(live));
    const auto holdUntilInput = [&] { // their pings are answered
        for (pollfd p[2] = {{0, POLLIN, 0}, {b.epoll, POLLIN, 0}}; ::poll(p, 2, -1) >= 0 && !p[0].revents;) b.wait(0, check);
    };
    holdUntilInput();
    char line[16];
    if (::read(0, line, sizeof line) <= 0) return 0;
    std::vector<size_t> asked(b.all.size(), 0);
    const double from = nowMs();
    while (done < size_t(sessions) * exchanges) {
        if (nowMs() - from > 120'000) fail("the exchanges do not end");
        done = 0;
        for (size_t i = 0; i < b.all.size(); ++i) {
            auto& c = *b.all[i];
            if (asked[i] < exchanges && asked[i] == c.talk->exchanged) ++asked[i], c.talk->exchange(), c.flush();
            done += c.talk->exchanged;
        }
        b.wait(20, check);
    }
    bench::out("exchanged", double(done));
    holdUntilInput();
    return 0;
}

int first(Bench& b, double count)
{
    auto& c = b.add(0);
    bench::out("dialling", 1);
    for (const double end = nowMs() + 600'000; nowMs() < end;) {
        while (!c.dial()) ::usleep(500);
        for (bool over = false; !over;) {
            b.wait(50, [](Connection&) {});
            over = c.talk->up || !c.talk->refused.empty() || nowMs() > end;
        }
        const double at = nowMs();
        const bool up = c.talk->up && c.talk->told >= count;
        const double told = c.talk->told;
        c.close();
        if (!up) {
            ::usleep(500);
            continue;
        }
        bench::out("answered_at_ms", at);
        bench::out("told", told);
        return 0;
    }
    fail("no answer");
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 6 || !crypto::start()) return 2;
    Bench b;
    b.kind = argv[2];
    b.dir = argv[3];
    b.port = std::atoi(argv[4]);
    const std::string mode = argv[1];
    if (mode == "resume" && argc == 7) return resume(b, std::atof(argv[5]), std::atoi(argv[6]));
    if (mode == "hold" && argc == 7) return hold(b, std::atoi(argv[5]), size_t(std::atoi(argv[6])));
    if (mode == "first") return first(b, std::atof(argv[5]));
    return 2;
}
