#include "support.h"
#include "zt/rpc/server.h"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <netinet/in.h>
#include <set>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace zt;
using namespace zt::rpc;

namespace {

template <class Test>
bool within(Test test, int ms = 5000)
{
    for (const Millis end = systemClock().steady() + ms; systemClock().steady() < end; std::this_thread::sleep_for(std::chrono::milliseconds(2)))
        if (test()) return true;
    return test();
}

//! A connection that says nothing.
class Silent {
public:
    Silent() : m_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
    Silent(const Silent&) = delete;
    ~Silent() { ::close(m_fd); }
    bool connect(int port)
    {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        to.sin_port = htons(uint16_t(port));
        return ::connect(m_fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    }
    bool ended() const
    {
        char c = 0;
        const auto n = ::recv(m_fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
        return n == 0 || (n < 0 && errno != EAGAIN);
    }

private:
    const int m_fd;
};

struct Counts {
    std::atomic<int> begun = 0, done = 0, cancelled = 0, written = 0;
};

//! Says back what it hears; "/flood" writes as long as it may; "/refuse" refuses; "/silent" never answers.
class Echo final : public ServerCall {
public:
    Echo(Incoming in, Counts& counts) : ServerCall(std::move(in.stream)), m_counts(counts), m_path(in.path)
    {
        ++m_counts.begun;
        if (m_path == "/refuse") finish({Code::ResourceExhausted, "满了"});
        if (m_path != "/flood" && m_path != "/echo") return;
        accept();
        if (m_path == "/flood") write(frameOf(std::string(100'000, 'f')));
        else read();
    }

private:
    void onRead(std::optional<std::string> message) override
    {
        if (!message) return finish({});
        write(frameOf(*message));
    }
    void onWritten(bool ok) override
    {
        ++m_counts.written;
        if (!ok) return;
        if (m_path == "/flood") write(frameOf(std::string(100'000, 'f')));
        else read();
    }
    void onCancel() override
    {
        ++m_counts.cancelled;
        finish({Code::Cancelled, {}});
    }
    void onDone() override
    {
        ++m_counts.done;
        delete this;
    }
    Counts& m_counts;
    const std::string m_path;
};

struct Hub : Province {
    Counts counts;
    std::atomic<int> judged = 0;
    std::atomic<bool> may = true;
    std::unique_ptr<Server> server;
    explicit Hub(const std::function<void(Server::Options&)>& change = {})
    {
        Server::Options o;
        o.listen = "127.0.0.1:0";
        o.chain = hub.certificate + ca;
        o.key = hub.key;
        o.clientRoots = ca;
        o.mostReceived = 4u << 20;
        o.maySpeak = [this](const std::string& pem) {
            ++judged;
            return may && crypto::issuedBy(pem, ca);
        };
        if (change) change(o);
        auto started = Server::start(std::move(o), [this](Incoming in) -> ServerCall* {
            if (in.path == "/none") return nullptr;
            EXPECT_EQ(in.address, std::string("127.0.0.1"));
            EXPECT_EQ(crypto::readCert(in.certificate)->commonName, std::string("p/d"));
            return new Echo(std::move(in), counts);
        });
        EXPECT_EQ(errorOf(started), std::string("none"));
        if (started) server = std::move(*started);
    }
    std::shared_ptr<Credentials> credentials() const
    {
        std::string key = desk.key;
        return Credentials::make(ca, desk.certificate, key);
    }
    Channel::To to() const { return {"127.0.0.1", uint16_t(server->port()), {}, 8u << 20}; }
};

//! A client on a thread of its own; what it does is posted.
struct Desk {
    Loop loop;
    std::unique_ptr<Channel> channel;
    struct Line final : Call::Owner {
        std::unique_ptr<Call> call;
        std::mutex mutex;
        std::vector<std::string> messages;
        std::optional<Status> status;
        std::atomic<int> opens = 0, count = 0, writes = 0;
        std::atomic<bool> over = false, reading = true;
        void opened() override { ++opens; }
        void received(std::string message) override
        {
            {
                const std::lock_guard lock(mutex);
                messages.push_back(std::move(message));
            }
            ++count;
            if (reading) call->read();
        }
        void written() override { ++writes; }
        void ended(const Status& s) override
        {
            status = s;
            over = true;
        }
    };
    std::vector<std::unique_ptr<Line>> lines;
    std::thread thread{[this] {
        loop.run({}, [this] {
            for (auto& l : lines) l->call.reset();
            channel.reset();
        });
    }};
    ~Desk()
    {
        loop.post([this] { loop.finish(); });
        thread.join();
    }
    void dial(const Hub& hub, std::shared_ptr<Credentials> credentials)
    {
        loop.post([this, to = hub.to(), credentials] { channel = std::make_unique<Channel>(loop, credentials, to); });
    }
    Line& call(const std::string& path, bool reading = true)
    {
        Line& line = *lines.emplace_back(std::make_unique<Line>());
        line.reading = reading;
        loop.post([this, path, &line, reading] {
            line.call = std::make_unique<Call>(*channel, path, line);
            if (reading) line.call->read();
        });
        return line;
    }
    void write(Line& line, std::string text)
    {
        loop.post([&line, text = std::move(text)] { line.call->write(frameOf(text)); });
    }
};

} // namespace

CASE("rpc: what is said before the connection stands goes out behind the handshake, in order, and comes back")
{
    Hub hub;
    Desk desk;
    desk.dial(hub, hub.credentials());
    auto& line = desk.call("/echo");
    for (int i = 0; i < 50; ++i) desk.write(line, std::to_string(i) + std::string(size_t(i) * 3000, 'x'));
    EXPECT(within([&] { return line.count == 50; }));
    for (size_t i = 0; i < line.messages.size(); ++i) EXPECT(line.messages[i] == std::to_string(i) + std::string(i * 3000, 'x'));
    EXPECT_EQ(line.opens.load(), 1);
    EXPECT_EQ(line.writes.load(), 50);
    desk.loop.post([&] { line.call->endWriting(); });
    EXPECT(within([&] { return line.over && hub.counts.done == 1; }));
    EXPECT(line.status && line.status->ok());
}

CASE("rpc: a large message both ways, and one that is too large in one call beside another")
{
    Hub hub;
    Desk desk;
    desk.dial(hub, hub.credentials());
    auto& good = desk.call("/echo");
    auto& bad = desk.call("/echo");
    desk.write(good, std::string(4u << 20, 'a'));
    desk.write(bad, std::string((4u << 20) + 1, 'b'));
    EXPECT(within([&] { return good.count == 1 && bad.over; }));
    EXPECT(bad.status && bad.status->code == Code::ResourceExhausted);
    desk.write(good, "more");
    EXPECT(within([&] { return good.count == 2; }));
    EXPECT(within([&] { return hub.counts.done == 1; }));
}

CASE("rpc: a server waits for who does not read")
{
    Hub hub;
    Desk desk;
    desk.dial(hub, hub.credentials());
    auto& line = desk.call("/flood", false);
    EXPECT(within([&] { return line.opens == 1 && hub.counts.written >= 8; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    const int stood = hub.counts.written;
    EXPECT(stood <= 14); // a window of 1 MiB and what is on the way
    line.reading = true;
    desk.loop.post([&] { line.call->read(); });
    EXPECT(within([&] { return line.count > 100; }));
    EXPECT_EQ(hub.counts.done.load(), 0);
}

CASE("rpc: who leaves is heard of, by his call and by his connection; every call ends once")
{
    Hub hub;
    {
        Desk desk;
        desk.dial(hub, hub.credentials());
        auto& one = desk.call("/echo");
        desk.call("/silent");
        EXPECT(within([&] { return hub.counts.begun == 2; }));
        desk.loop.post([&] { one.call.reset(); });
        EXPECT(within([&] { return hub.counts.done == 1; }));
        EXPECT_EQ(hub.counts.cancelled.load(), 0); // its read was told
    }
    EXPECT(within([&] { return hub.counts.done == 2; }));
    EXPECT_EQ(hub.counts.cancelled.load(), 1);
}

CASE("rpc: refusals and unknown methods are told in the other side's words")
{
    Hub hub;
    const auto refused = ask(hub.to(), hub.credentials(), "/refuse", frameOf("x"), 5000);
    EXPECT(refused.status.code == Code::ResourceExhausted);
    EXPECT_EQ(refused.status.words, std::string("满了"));
    EXPECT(ask(hub.to(), hub.credentials(), "/none", frameOf("x"), 5000).status.code == Code::Unimplemented);
    const auto answer = ask(hub.to(), hub.credentials(), "/echo", frameOf("一问一答"), 5000);
    EXPECT(answer.status.ok());
    EXPECT_EQ(answer.message, std::string("一问一答"));
    const Millis from = systemClock().steady();
    EXPECT(ask(hub.to(), hub.credentials(), "/silent", frameOf("x"), 300).status.code == Code::DeadlineExceeded);
    EXPECT(systemClock().steady() - from < 3000);
}

CASE("rpc: a client's certificate is judged in every handshake, also of a session taken up again")
{
    Hub hub;
    const auto credentials = hub.credentials();
    EXPECT(ask(hub.to(), credentials, "/echo", frameOf("x"), 5000).status.ok());
    EXPECT_EQ(hub.judged.load(), 1);
    EXPECT(ask(hub.to(), credentials, "/echo", frameOf("x"), 5000).status.ok());
    EXPECT_EQ(hub.judged.load(), 2);
    hub.may = false;
    EXPECT(ask(hub.to(), credentials, "/echo", frameOf("x"), 5000).status.code == Code::Unavailable);
    const auto fresh = ask(hub.to(), hub.credentials(), "/echo", frameOf("x"), 5000);
    EXPECT(fresh.status.fault == Fault::OwnRefused);
    std::string none;
    EXPECT(ask(hub.to(), Credentials::make(hub.ca, {}, none), "/echo", frameOf("x"), 5000).status.fault == Fault::OwnRefused);
    EXPECT_EQ(hub.counts.done.load(), 2);
}

CASE("rpc: a key is wiped, and one that cannot be read is told without dialling")
{
    Hub hub;
    std::string key = hub.desk.key;
    const auto credentials = Credentials::make(hub.ca, hub.desk.certificate, key);
    EXPECT(key.empty());
    std::string wrong = hub.hub.key;
    EXPECT(ask(hub.to(), Credentials::make(hub.ca, hub.desk.certificate, wrong), "/echo", frameOf("x"), 5000).status.fault == Fault::OwnRefused);
    std::string text = "no key";
    EXPECT(ask(hub.to(), Credentials::make(hub.ca, hub.desk.certificate, text), "/echo", frameOf("x"), 5000).status.fault == Fault::OwnRefused);
    EXPECT_EQ(hub.judged.load(), 0);
}

CASE("rpc: a server that ends lets calls finish, breaks those that do not, and waits for all")
{
    Hub hub;
    Desk desk;
    desk.dial(hub, hub.credentials());
    auto& line = desk.call("/silent");
    EXPECT(within([&] { return hub.counts.begun == 1; }));
    hub.server->shutDown(50);
    EXPECT_EQ(hub.counts.done.load(), 1);
    EXPECT(within([&] { return line.over.load(); }));
    EXPECT(line.status && line.status->code != Code::Ok);
}

CASE("rpc: a server that ends while calls keep coming ends none of them half")
{
    // The answers come from another thread, later, as the hub's do.
    struct Slow final : ServerCall {
        Slow(std::shared_ptr<ServerStream> s, Counts& c, Loop& answers) : ServerCall(std::move(s)), counts(c), loop(answers)
        {
            ++counts.begun;
            read();
        }
        void onRead(std::optional<std::string> message) override
        {
            if (!message) return finish({});
            loop.post([this, text = std::move(*message)] {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                accept();
                write(frameOf(text));
                finish({});
            });
        }
        void onWritten(bool) override {}
        void onDone() override
        {
            ++counts.done;
            delete this;
        }
        Counts& counts;
        Loop& loop;
    };
    Loop answers;
    std::thread thread([&] { answers.run(); });
    for (int round = 0; round < 10; ++round) {
        Province province;
        Counts counts;
        Server::Options o;
        o.listen = "127.0.0.1:0";
        o.chain = province.hub.certificate;
        o.key = province.hub.key;
        o.mostReceived = 1000;
        auto server = std::move(*Server::start(std::move(o), [&](Incoming in) -> ServerCall* { return new Slow(std::move(in.stream), counts, answers); }));
        const Channel::To to{"127.0.0.1", uint16_t(server->port()), {}, 1000};
        std::atomic<bool> over = false;
        std::vector<std::thread> clients;
        for (int i = 0; i < 4; ++i)
            clients.emplace_back([&] {
                while (!over) {
                    std::string none;
                    (void)ask(to, Credentials::make(province.ca, {}, none), "/echo", frameOf("x"), 1000);
                }
            });
        std::this_thread::sleep_for(std::chrono::milliseconds(30 + round));
        server->shutDown(round % 2 ? 0 : 1000);
        EXPECT_EQ(counts.done.load(), counts.begun.load());
        server.reset();
        over = true;
        for (auto& c : clients) c.join();
    }
    answers.post([&] { answers.finish(); });
    thread.join();
}

CASE("rpc: who says nothing for long is let go, before the handshake and without a call; a port taken and a wrong key are errors")
{
    Hub hub([](Server::Options& o) {
        o.handshakeMs = 100;
        o.idleMs = 100;
    });
    Desk desk;
    desk.dial(hub, hub.credentials());
    auto& line = desk.call("/echo");
    desk.write(line, "x");
    EXPECT(within([&] { return line.count == 1; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(400)); // with a call it stays
    desk.write(line, "y");
    EXPECT(within([&] { return line.count == 2; }));
    desk.loop.post([&] { line.call.reset(); });
    std::atomic<int> ready = 1;
    EXPECT(within([&] {
        desk.loop.post([&] { ready = desk.channel->ready(); });
        return ready == 0;
    }));
    Server::Options same;
    same.listen = "127.0.0.1:" + std::to_string(hub.server->port());
    same.chain = hub.hub.certificate;
    same.key = hub.hub.key;
    EXPECT_EQ(errorOf(Server::start(same, [](Incoming) { return nullptr; })), std::string(name(Err::Io)));
    same.key = hub.desk.key;
    EXPECT_EQ(errorOf(Server::start(same, [](Incoming) { return nullptr; })), std::string(name(Err::Invalid)));
}

CASE("rpc: many who do not shake hands are let go soon, are never more than a bound, and keep nobody out")
{
    Hub hub([](Server::Options& o) {
        o.handshakeMs = 60'000;
        o.mostShaking = 8;
        o.crowdedMs = 500;
        o.threads = 1;
    });
    std::vector<Silent> silent(16);
    for (Silent& s : silent) REQUIRE(s.connect(hub.server->port()));
    Desk desk;
    desk.dial(hub, hub.credentials());
    auto& line = desk.call("/echo");
    desk.write(line, "x");
    EXPECT(within([&] { return line.count == 1; }, 20'000));
    // Those of the first half have their minute; all the others were ended.
    const auto left = [&] { return std::count_if(silent.begin(), silent.end(), [](const Silent& s) { return !s.ended(); }); };
    EXPECT(within([&] { return left() <= 4; }));
    EXPECT_EQ(left(), 4);
}

CASE("rpc: a connection that has become too old is ended, whatever it does")
{
    Hub hub([](Server::Options& o) {
        o.idleMs = 50;
        o.mostAgeMs = 200;
    });
    Desk desk;
    desk.dial(hub, hub.credentials());
    auto& line = desk.call("/silent");
    EXPECT(within([&] { return line.over && hub.counts.done == 1; }));
    EXPECT(line.status && line.status->code == Code::Unavailable);
}

CASE("rpc: many desks at once on few threads")
{
    Hub hub;
    std::vector<std::unique_ptr<Desk>> desks;
    for (int i = 0; i < 16; ++i) {
        auto& d = *desks.emplace_back(std::make_unique<Desk>());
        d.dial(hub, hub.credentials());
        for (int k = 0; k < 4; ++k) {
            auto& line = d.call("/echo");
            for (int n = 0; n < 25; ++n) d.write(line, std::string(size_t(n) * 100, char('a' + k)));
        }
    }
    EXPECT(within([&] {
        for (const auto& d : desks)
            for (const auto& l : d->lines)
                if (l->count != 25) return false;
        return true;
    }, 20'000));
    desks.clear();
    EXPECT(within([&] { return hub.counts.done == 64; }));
}
