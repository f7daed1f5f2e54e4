#include "zt/rpc/channel.h"

#include "connection.h"
#include "dialer.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

namespace zt::rpc {

namespace {

constexpr Connection::Times kTimes{.pingMs = 20'000, .pingAnswerMs = 10'000, .unackedMs = 2'000, .probeS = 5};
constexpr size_t kMostOffered = 10;

bool isNumeric(const std::string& host)
{
    unsigned char address[16];
    return inet_pton(AF_INET, host.c_str(), address) == 1 || inet_pton(AF_INET6, host.c_str(), address) == 1;
}

} // namespace

class Credentials::Impl {
public:
    SslCtxPtr context = makeContext(false);
    bool good = false;    //!< roots, certificate and key could be read
    std::vector<std::string> offered;
    SslSessionPtr session; //!< the last one, of this address
    std::string address;

    [[nodiscard]] SslPtr connection(const std::string& host, uint16_t port);

    static int keepSession(SSL* ssl, SSL_SESSION* session)
    {
        static_cast<Impl*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->session.reset(session);
        return 1; // ours now
    }
    static int keepChain(X509_STORE_CTX* context, void* self)
    {
        auto& offered = static_cast<Impl*>(self)->offered;
        offered.clear();
        STACK_OF(X509)* all = X509_STORE_CTX_get0_untrusted(context);
        for (int i = 0; i < sk_X509_num(all) && offered.size() < kMostOffered; ++i) offered.push_back(toPem(sk_X509_value(all, i)));
        X509_STORE_CTX_set_error(context, X509_V_ERR_APPLICATION_VERIFICATION);
        return 0;
    }
};

SslPtr Credentials::Impl::connection(const std::string& host, uint16_t port)
{
    SslPtr ssl(SSL_new(context.get()));
    if (!ssl) return nullptr;
    SSL_set_connect_state(ssl.get());
    X509_VERIFY_PARAM* p = SSL_get0_param(ssl.get());
    const bool named = isNumeric(host) ? X509_VERIFY_PARAM_set1_ip_asc(p, host.c_str()) == 1
                                       : X509_VERIFY_PARAM_set1_host(p, host.data(), host.size()) == 1 && SSL_set_tlsext_host_name(ssl.get(), host.c_str()) == 1;
    if (!named) return nullptr;
    const std::string to = host + ' ' + std::to_string(port);
    if (address != to) session.reset();
    address = to;
    if (session) SSL_set_session(ssl.get(), session.get());
    return ssl;
}

Credentials::Credentials() : m(std::make_unique<Impl>()) {}
Credentials::~Credentials() = default;

std::shared_ptr<Credentials> Credentials::make(const std::string& roots, const std::string& chain, std::string& key)
{
    std::shared_ptr<Credentials> out(new Credentials);
    SSL_CTX* c = out->m->context.get();
    const bool own = !chain.empty() || !key.empty();
    if (!c || (own && !showOwn(c, chain, key))) return out;
    X509_STORE* store = SSL_CTX_get_cert_store(c);
    for (const auto& root : certificatesIn(roots)) X509_STORE_add_cert(store, root.get());
    verifyServer(c);
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_app_data(c, out->m.get());
    SSL_CTX_sess_set_new_cb(c, Impl::keepSession);
    out->m->good = true;
    return out;
}

//! Trusts nobody, and keeps what was shown.
struct Look {
    static std::shared_ptr<Credentials> credentials()
    {
        std::shared_ptr<Credentials> out(new Credentials);
        SSL_CTX* c = out->m->context.get();
        if (!c) return out;
        SSL_CTX_set_verify(c, SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_cert_verify_callback(c, Credentials::Impl::keepChain, out->m.get());
        out->m->good = true;
        return out;
    }
    static std::vector<std::string>& offered(Credentials& of) { return of.m->offered; }
};

class Channel::Connection final : public rpc::Connection {
public:
    Connection(Loop& loop, std::shared_ptr<Credentials> credentials, To to)
        : rpc::Connection(loop, std::make_unique<Http2>(Http2::Limits{.mostReceived = to.mostReceived}), kTimes), authority(to.host + ':' + std::to_string(to.port)),
          m_credentials(std::move(credentials)), m_to(std::move(to))
    {
    }
    void dial()
    {
        if (!m_credentials->m->good) {
            m_loop.post([self = shared_from_this(), this] { shut({Code::Unavailable, "credentials", Fault::OwnRefused}); });
            return;
        }
        m_dialer = std::make_unique<Dialer>(m_loop, m_to.host, m_to.port, m_to.proxy, [this](int fd, Fault fault) {
            const auto keep = shared_from_this();
            const auto dialer = std::move(m_dialer); // it is still at work
            if (fd < 0) return shut({Code::Unavailable, "connect", fault});
            begin(fd, m_credentials->m->connection(m_to.host, m_to.port));
        });
    }
    const std::string authority;

private:
    Fault greeted(SSL* ssl) override
    {
        // OpenSSL said so already; a session taken up again brings what was found then.
        return SSL_get_verify_result(ssl) == X509_V_OK ? Fault::None : Fault::BadCertificate;
    }
    void over() override { m_dialer.reset(); }

    const std::shared_ptr<Credentials> m_credentials;
    const To m_to;
    std::unique_ptr<Dialer> m_dialer;
};

Channel::Channel(Loop& loop, std::shared_ptr<Credentials> credentials, To to)
    : m(std::make_shared<Connection>(loop, std::move(credentials), std::move(to)))
{
    m->dial();
}

Channel::~Channel() { m->shut({Code::Cancelled, {}}); }

bool Channel::ready() const { return m->ready() && m->http().mayOpen(); }

class Call::Stream final : public Http2::Stream {
public:
    Stream(std::shared_ptr<Channel::Connection> c, Owner& o) : connection(std::move(c)), m_owner(o) {}

    std::shared_ptr<Channel::Connection> connection;
    int32_t id = -1;

    void opened() override { m_owner.opened(); }
    void received(std::string message) override { m_owner.received(std::move(message)); }
    void written() override { m_owner.written(); }
    void closed(const Status& status) override
    {
        id = -1;
        m_owner.ended(Status(status)); // a copy: the owner may destroy all of this
    }
    const std::shared_ptr<char> alive = std::make_shared<char>();
    void fail()
    {
        connection->loop().post([this, there = std::weak_ptr(alive)] {
            if (!there.expired()) closed({Code::Unavailable, "no call on this connection", Fault::Broken});
        });
    }

private:
    Owner& m_owner;
};

Call::Call(Channel& channel, const std::string& path, Owner& owner) : m(std::make_unique<Stream>(channel.m, owner))
{
    if (!channel.m->isShut()) m->id = m->connection->http().open(path, m->connection->authority, *m);
    if (m->id < 0) m->fail();
    else m->connection->touch();
}

Call::~Call()
{
    if (m->id < 0) return;
    m->connection->http().forget(m->id);
    m->connection->touch();
}

void Call::read()
{
    m->connection->http().read(m->id);
    m->connection->touch();
}

void Call::write(std::string framedMessage)
{
    m->connection->http().write(m->id, std::move(framedMessage));
    m->connection->touch();
}

void Call::endWriting()
{
    m->connection->http().endWriting(m->id);
    m->connection->touch();
}

Answer ask(const Channel::To& to, std::shared_ptr<Credentials> credentials, const std::string& path, std::string framedMessage, int timeoutMs)
{
    struct Once final : Call::Owner {
        explicit Once(Loop& l) : loop(l) {}
        void received(std::string message) override
        {
            answer.message = std::move(message);
            call->read();
        }
        void ended(const Status& status) override
        {
            answer.status = status;
            loop.finish();
        }
        Loop& loop;
        Answer answer{{Code::DeadlineExceeded, "no answer in time", Fault::NoAnswer}, {}};
        std::unique_ptr<Call> call;
    };
    Loop loop;
    Once once(loop);
    std::unique_ptr<Channel> channel;
    loop.post([&] {
        channel = std::make_unique<Channel>(loop, std::move(credentials), to);
        once.call = std::make_unique<Call>(*channel, path, once);
        once.call->write(std::move(framedMessage));
        once.call->endWriting();
        once.call->read();
    });
    loop.alarmAt(systemClock().steady() + timeoutMs);
    // Connections end on the running loop alone.
    loop.run([&] { loop.finish(); }, [&] {
        once.call.reset();
        channel.reset();
    });
    return once.answer;
}

Result<std::vector<std::string>> offeredChain(const Channel::To& to, int timeoutMs)
{
    if (to.host.empty() || to.port == 0) return fail(Err::Unavailable, "no such address");
    const auto credentials = Look::credentials();
    const Answer answer = ask(to, credentials, "/", {}, timeoutMs);
    if (auto& offered = Look::offered(*credentials); !offered.empty()) return std::move(offered);
    if (answer.status.fault == Fault::NoTls) return fail(Err::Invalid, "the other side speaks no TLS");
    return fail(Err::Unavailable, "nobody shows a certificate there");
}

} // namespace zt::rpc
