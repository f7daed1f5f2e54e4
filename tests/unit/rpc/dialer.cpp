#include "dialer.h"
#include "support.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fstream>
#include <future>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace zt;
using namespace zt::rpc;

namespace {

//! A port whose queue is full: who asks hears nothing, as where packets are lost.
struct Full {
    int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    uint16_t port = 0;
    std::vector<int> callers, taken;

    Full()
    {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        EXPECT(::bind(listener, reinterpret_cast<sockaddr*>(&at), size) == 0 && ::listen(listener, 0) == 0);
        EXPECT(::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size) == 0);
        port = ntohs(at.sin_port);
        for (bool full = false; !full && callers.size() < 50;) {
            callers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            (void)::connect(callers.back(), reinterpret_cast<sockaddr*>(&at), sizeof at);
            pollfd p{callers.back(), POLLOUT, 0};
            full = ::poll(&p, 1, 300) == 0;
        }
    }
    ~Full()
    {
        leave();
        for (const auto* list : {&callers, &taken})
            for (int fd : *list) ::close(fd);
    }
    void leave()
    {
        if (listener >= 0) ::close(std::exchange(listener, -1));
    }
    void take()
    {
        for (int fd; (fd = ::accept(listener, nullptr, nullptr)) >= 0;) taken.push_back(fd);
    }
    //! Sockets that ask for this port and have no answer.
    [[nodiscard]] size_t asking() const
    {
        std::ifstream in("/proc/net/tcp");
        std::string line, own, other, state;
        size_t n = 0;
        while (std::getline(in, line)) {
            std::istringstream fields(line);
            if (!(fields >> line >> own >> other >> state) || state != "02") continue;
            n += std::stoul("0" + other.substr(other.find(':') + 1), nullptr, 16) == port;
        }
        return n;
    }
};

//! A dialer on a loop of its own.
struct Dialling {
    Loop loop;
    std::unique_ptr<Dialer> dialer;
    std::promise<std::pair<int, Fault>> promise;
    std::future<std::pair<int, Fault>> done = promise.get_future();
    std::thread thread{[this] { loop.run({}, [this] { dialer.reset(); }); }};

    explicit Dialling(uint16_t port)
    {
        loop.post([this, port] { dialer = std::make_unique<Dialer>(loop, "127.0.0.1", port, "", [this](int fd, Fault fault) { promise.set_value({fd, fault}); }); });
    }
    ~Dialling()
    {
        loop.post([this] { loop.finish(); });
        thread.join();
    }
    [[nodiscard]] bool over() const { return done.wait_for(std::chrono::milliseconds(20)) == std::future_status::ready; }
};

template <class Test>
bool comes(Test test)
{
    for (int i = 0; i < 1000; ++i, std::this_thread::sleep_for(std::chrono::milliseconds(20)))
        if (test()) return true;
    return false;
}

} // namespace

CASE("rpc: a host that does not answer is asked again and again; the first answer counts, and nothing of the rest stays")
{
    Full host;
    const size_t before = host.asking();
    EXPECT(before > 0);
    Dialling d(host.port);
    REQUIRE(comes([&] { return host.asking() >= before + 3; }));
    EXPECT(!d.over());
    REQUIRE(comes([&] { host.take(); return d.over(); }));
    const auto [fd, fault] = d.done.get();
    EXPECT(fd >= 0 && fault == Fault::None);
    ::close(fd);
    EXPECT(comes([&] { host.take(); return host.asking() == 0; }));
}

CASE("rpc: a host that did not answer and then refuses has refused")
{
    Full host;
    const size_t before = host.asking();
    Dialling d(host.port);
    REQUIRE(comes([&] { return host.asking() >= before + 2; }));
    host.leave();
    REQUIRE(comes([&] { return d.over(); }));
    const auto [fd, fault] = d.done.get();
    EXPECT(fd == -1 && fault == Fault::Refused);
}

CASE("rpc: who stops waiting for a host takes every try along")
{
    Full host;
    const size_t before = host.asking();
    {
        Dialling d(host.port);
        REQUIRE(comes([&] { return host.asking() >= before + 2; }));
    }
    EXPECT(comes([&] { return host.asking() <= before; }));
}
