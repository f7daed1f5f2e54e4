//! Durable commands a second over mutual TLS, by the product's own calls: bench_hub DIR ADDRESS CLIENTS COMMANDS WINDOW
//!
//! Each client is one desk: own certificate, own stream, own matters. A command is an opinion on one of them, signed before the clock starts (desks
//! sign on their own processors), and counts when its receipt is here: the hub sends it after the commit. WINDOW commands of a client are on the way.
#include "load.h"

#include "sync.pb.h"
#include "zt/crypto/selftest.h"
#include "zt/rpc/channel.h"
#include "zt/rpc/frame.h"
#include "zt/wire/methods.h"
#include "zt/wire/sealing.h"

#include <atomic>
#include <thread>

using namespace zt;
using bench::nowMs;
using bench::readAll;

namespace {

//! On the loop's thread, but for sign() and the counters.
class Client final : public rpc::Call::Owner {
public:
    Client(const std::string& base, const std::string& ca, const std::string& address, int count, int window)
        : m_window(window), m_device(bench::LoadDevice::read(base)), m_key(m_device.key())
    {
        std::string key = readAll(base + ".key");
        m_credentials = rpc::Credentials::make(ca, readAll(base + ".pem"), key);
        const size_t colon = address.rfind(':');
        m_to = {address.substr(0, colon), uint16_t(std::stoi(address.substr(colon + 1))), {}, 64u << 20};
        m_frames.resize(size_t(count) + 1);
        m_sent.resize(size_t(count) + 1);
        auto& hello = *m_frames[0].mutable_hello();
        hello.set_hub("hub-bench");
        hello.set_incarnation(m_device.incarnation);
        hello.set_position(m_device.position);
        hello.set_level(wire::kLevel);
        hello.set_programme("bench");
    }

    void connect(rpc::Loop& loop)
    {
        m_channel = std::make_unique<rpc::Channel>(loop, m_credentials, m_to);
        m_call = std::make_unique<rpc::Call>(*m_channel, wire::kSync, *this);
        m_call->read();
        m_writing = true;
        m_call->write(rpc::framed(m_frames[0]));
        m_next = 1;
    }
    [[nodiscard]] bool live() const { return m_live; }
    void sign(size_t i)
    {
        *m_frames[i].mutable_submit() = m_device.opinion(m_key, m_device.matters[i % m_device.matters.size()], m_time, std::to_string(i));
    }
    void go()
    {
        m_going = true;
        write();
    }
    [[nodiscard]] size_t done() const { return m_done; }
    [[nodiscard]] size_t total() const { return m_frames.size() - 1; }
    [[nodiscard]] size_t refused() const { return m_refused; }
    void close()
    {
        m_call.reset();
        m_channel.reset();
    }
    std::vector<double> latency;

private:
    //! As a desk's line does it: what may go now goes together.
    void write()
    {
        if (!m_going || m_writing || m_next >= m_frames.size() || m_next - 1 - m_done >= size_t(m_window)) return;
        m_writing = true;
        m_out.Clear();
        auto& together = *m_out.mutable_bundle()->mutable_frames();
        const double now = nowMs();
        for (; m_next < m_frames.size() && m_next - 1 - m_done < size_t(m_window) && together.size() < wire::kMaxTogether; ++m_next) {
            *together.Add() = std::move(m_frames[m_next]);
            m_sent[m_next] = now;
        }
        m_call->write(rpc::framed(m_out));
    }
    void written() override
    {
        m_writing = false;
        write();
    }
    void received(std::string message) override
    {
        m_in.ParseFromString(message);
        if (!m_in.has_bundle()) hear(m_in);
        for (const auto& f : m_in.bundle().frames()) hear(f);
        write();
        m_call->read();
    }
    void hear(const wire::HubFrame& f)
    {
        if (f.has_welcome()) m_time = f.welcome().time();
        if (f.has_position() && f.position().live()) m_live = true;
        if (!f.has_receipt() && !f.has_refused()) return;
        m_refused += !f.has_receipt() || f.receipt().outcome() != wire::APPLIED;
        ++m_done; // answers come in the order of the commands
        latency.push_back(nowMs() - m_sent[m_done]);
    }
    void ended(const rpc::Status& status) override { std::fprintf(stderr, "line: %d %s\n", int(status.code), status.words.c_str()); }

    const int m_window;
    const bench::LoadDevice m_device;
    crypto::SigningKey m_key;
    std::shared_ptr<rpc::Credentials> m_credentials;
    rpc::Channel::To m_to;
    std::unique_ptr<rpc::Channel> m_channel;
    std::unique_ptr<rpc::Call> m_call;
    std::vector<wire::DeskFrame> m_frames;
    std::vector<double> m_sent;
    wire::DeskFrame m_out;
    wire::HubFrame m_in;
    wire::HubTime m_time;
    size_t m_next = 0;
    std::atomic<size_t> m_done{0}, m_refused{0};
    bool m_writing = false, m_going = false;
    std::atomic<bool> m_live{false};
};

bool wait(const std::function<bool()>& done, double seconds)
{
    for (const double end = nowMs() + seconds * 1000; nowMs() < end;) {
        if (done()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 6 || !crypto::start()) return 2;
    const std::string dir = argv[1];
    const int count = std::atoi(argv[3]);
    const std::string ca = readAll(dir + "/hub/ca.pem");
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < count; ++i) clients.push_back(std::make_unique<Client>(dir + "/load/" + std::to_string(i), ca, argv[2], std::atoi(argv[4]), std::atoi(argv[5])));
    rpc::Loop loop;
    std::thread network([&] { loop.run({}, [&] { for (auto& c : clients) c->close(); }); });
    loop.post([&] { for (auto& c : clients) c->connect(loop); });
    struct Ending {
        rpc::Loop& loop;
        std::thread& thread;
        ~Ending()
        {
            loop.post([this] { loop.finish(); });
            thread.join();
        }
    };
    std::optional<Ending> ending(std::in_place, loop, network);
    auto all = [&](auto test) { return std::all_of(clients.begin(), clients.end(), [&](const auto& c) { return test(*c); }); };
    if (!wait([&] { return all([](const Client& c) { return c.live(); }); }, 60)) return 3;
    // In the order in which they will go, as where all work at the same time: ids rise with the time at which a command was made.
    for (size_t i = 1; i <= size_t(std::atoi(argv[4])); ++i)
        for (auto& c : clients) c->sign(i);
    const double from = nowMs();
    loop.post([&] { for (auto& c : clients) c->go(); });
    const bool finished = wait([&] { return all([](const Client& c) { return c.done() == c.total(); }); }, 120);
    const double seconds = (nowMs() - from) / 1000;
    ending.reset();
    size_t done = 0, refused = 0;
    std::vector<double> latency;
    for (auto& c : clients) {
        done += c->done();
        refused += c->refused();
        latency.insert(latency.end(), c->latency.begin(), c->latency.end());
    }
    bench::out("commands_per_s", double(done - refused) / seconds);
    bench::out("refused", double(refused));
    bench::out("p50_ms", bench::percentile(latency, 0.5));
    bench::out("p99_ms", bench::percentile(latency, 0.99));
    return finished && !refused ? 0 : 4;
}
