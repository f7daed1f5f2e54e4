#include "backoff.h"
#include "fake_hub.h"
#include "net.h"
#include "zt/wire/sealing.h"

#include <algorithm>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

using namespace zt;
using namespace zt::link;

namespace {

wire::DeskFrame numbered(uint64_t n)
{
    wire::DeskFrame frame;
    auto& read = *frame.mutable_reads()->add_reads();
    read.set_stream("s");
    read.set_from(n);
    return frame;
}

bool frames(Log& log, size_t count)
{
    return log.seen.until([&](const Log::Seen& s) { return s.frames.size() >= count; });
}

bool inOrder(const std::vector<wire::HubFrame>& frames)
{
    for (size_t i = 0; i < frames.size(); ++i)
        if (frames[i].read_end().head() != i) return false;
    return true;
}

} // namespace

CASE("frames go both ways, in order, none lost; what gathers while a message is written travels together, bounded in bytes and in number")
{
    const Province province;
    FakeHub hub(province);
    Log log;
    Line line(province.endpoint(hub.port), log.handlers(), quick());
    line.start();
    REQUIRE(log.reaches(State::Up));
    EXPECT_EQ(line.connection(), 1u);
    const Millis from = systemClock().steady();
    constexpr size_t kFrames = 5000;
    for (size_t i = 0; i < kFrames; ++i) line.send(numbered(i));
    REQUIRE(frames(log, kFrames));
    std::cout << "  " << kFrames << " frames and answers in " << systemClock().steady() - from << " ms" << std::endl;
    EXPECT(inOrder(log.seen.now().frames));
    const auto states = log.seen.now().states;
    EXPECT(states.size() == 2 && states[0].state == State::Connecting);
    EXPECT(hub.shared->bundles > 0);
    EXPECT(hub.shared->together > 1 && hub.shared->together <= wire::kMaxTogether);
    EXPECT_EQ(hub.shared->frames.load(), int(kFrames));

    // Large ones go alone.
    const int bundles = hub.shared->bundles;
    for (size_t i = 0; i < 4; ++i) {
        wire::DeskFrame f = numbered(kFrames + i);
        f.mutable_reads()->add_reads()->set_stream(std::string(60 << 10, 'x'));
        line.send(f);
    }
    REQUIRE(frames(log, kFrames + 4));
    EXPECT_EQ(hub.shared->bundles.load(), bundles);
    EXPECT(inOrder(log.seen.now().frames));
}

CASE("a desk that asks the line to hold gets no more until it lets go, and then everything in order; also after the line broke meanwhile")
{
    const Province province;
    FakeHub hub(province);
    Log log;
    Line* self = nullptr;
    Line line(province.endpoint(hub.port), {log.handlers().state, [&](wire::HubFrame frame) {
        if (frame.read_end().head() == 2) self->hold(true);
        log.handlers().frame(std::move(frame));
    }}, quick());
    self = &line;
    line.start();
    REQUIRE(log.reaches(State::Up));
    for (size_t i = 0; i < 100; ++i) line.send(numbered(i));
    REQUIRE(frames(log, 3));
    EXPECT(!log.seen.until([](const Log::Seen& s) { return s.frames.size() > 3; }, 300));
    line.hold(false);
    REQUIRE(frames(log, 100));
    EXPECT(inOrder(log.seen.now().frames));
    line.send(numbered(2));
    REQUIRE(frames(log, 101));
    hub.dropCalls();
    line.hold(false);
    EXPECT(log.seen.until([&](const Log::Seen&) { return line.connection() == 2; }, 8000));
}

CASE("before start() and after stop() nothing is up and frames are dropped")
{
    const Province province;
    FakeHub hub(province);
    Log log;
    Line line(province.endpoint(hub.port), log.handlers(), quick());
    line.send(numbered(0));
    EXPECT(line.state() == State::Unreachable && !line.connection());
    line.start();
    REQUIRE(log.reaches(State::Up));
    line.stop();
    REQUIRE(log.reaches(State::Unreachable, "stopped"));
    line.send(numbered(1));
    EXPECT(line.nextRetryMs() == 0 && !line.connection());
    line.start();
    REQUIRE(log.reaches(State::Up));
    line.send(numbered(2));
    REQUIRE(frames(log, 1));
    const auto got = log.seen.now().frames;
    EXPECT(got.size() == 1 && got[0].read_end().head() == 2);
}

CASE("what is sent while a connection is dialled is the first that comes with it; every attempt has an end, and nothing of one comes in the next")
{
    const Province province;
    const auto identity = province.hub();
    auto hub = std::make_unique<FakeHub>(province, identity, FakeHub::Options{});
    const uint16_t port = hub->port;
    hub.reset();
    Log log;
    Line* self = nullptr;
    std::atomic<uint64_t> dialled = 0;
    auto handlers = log.handlers();
    handlers.dialled = [&](uint64_t connection) {
        dialled = connection;
        self->send(numbered(100 + connection), connection);
    };
    Line line(province.endpoint(port), std::move(handlers), quick());
    self = &line;
    line.start();
    REQUIRE(log.seen.until([&](const Log::Seen& s) {
        return std::count_if(s.states.begin(), s.states.end(), [](auto& t) { return t.why == "connection_refused"; }) >= 2;
    }));
    EXPECT(dialled >= 2 && !line.connection());
    hub = std::make_unique<FakeHub>(province, identity, FakeHub::Options{.port = port});
    REQUIRE(log.reaches(State::Up));
    REQUIRE(frames(log, 1));
    const uint64_t first = line.connection();
    EXPECT(first == dialled && log.seen.now().frames[0].read_end().head() == 100 + first);
    line.reconnect();
    REQUIRE(frames(log, 2));
    EXPECT(dialled == first + 1 && line.connection() == dialled);
    EXPECT(log.seen.now().frames.size() == 2 && log.seen.now().frames[1].read_end().head() == 101 + first);
}

CASE("a hub that goes is Unreachable, and the line comes back by itself")
{
    const Province province;
    const auto identity = province.hub();
    auto hub = std::make_unique<FakeHub>(province, identity, FakeHub::Options{});
    const uint16_t port = hub->port;
    Log log;
    Line line(province.endpoint(port), log.handlers(), quick());
    line.start();
    REQUIRE(log.reaches(State::Up));
    hub.reset();
    EXPECT(log.reaches(State::Unreachable, "connection_refused"));
    EXPECT(line.nextRetryMs() != 0 || line.state() != State::Up);
    hub = std::make_unique<FakeHub>(province, identity, FakeHub::Options{.port = port});
    REQUIRE(log.reaches(State::Up));
    EXPECT(line.connection() > 1);
    line.send(numbered(0), 1); // meant for the connection that broke
    line.send(numbered(7), line.connection());
    REQUIRE(frames(log, 1));
    EXPECT_EQ(log.seen.now().frames[0].read_end().head(), 7u);
    // Background retries are not told as Connecting: once at start().
    const auto states = log.seen.now().states;
    EXPECT_EQ(std::count_if(states.begin(), states.end(), [](auto& t) { return t.state == State::Connecting; }), 1);
}

CASE("a call the hub ends is dropped and made again")
{
    const Province province;
    FakeHub hub(province);
    Log log;
    Line line(province.endpoint(hub.port), log.handlers(), quick());
    line.start();
    REQUIRE(log.reaches(State::Up));
    hub.dropCalls();
    REQUIRE(log.seen.until([](const Log::Seen& s) { return s.states.size() == 4; }));
    const auto states = log.seen.now().states;
    EXPECT(states[2].state == State::Unreachable && states[2].why == "dropped" && states[3].state == State::Up);
}

CASE("restart() closes the connection and makes a new one")
{
    const Province province;
    FakeHub hub(province);
    Log log;
    Line line(province.endpoint(hub.port), log.handlers(), quick());
    line.start();
    REQUIRE(log.reaches(State::Up));
    line.restart();
    REQUIRE(log.seen.until([](const Log::Seen& s) { return s.states.size() == 4 && s.states.back().state == State::Up; }));
    EXPECT_EQ(log.seen.now().states[2].why, std::string("restart"));
    EXPECT_EQ(hub.shared->calls.load(), 2);
}

CASE("the back-off grows at random up to its bound, and retryNow() does not wait for it")
{
    const Province province;
    const auto identity = province.hub();
    const uint16_t port = freePort();
    Log log;
    Line line(province.endpoint(port), log.handlers(), {2000, 600'000, 1'200'000, 30'000});
    line.start();
    REQUIRE(log.reaches(State::Unreachable, "connection_refused"));
    std::vector<int64_t> waits;
    for (int i = 0; i < 6; ++i) {
        const int64_t before = line.nextRetryMs();
        if (before) waits.push_back(before - systemClock().steady());
        line.retryNow();
        for (int n = 0; n < 4000 && (line.nextRetryMs() == before || !line.nextRetryMs()); ++n) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::sort(waits.begin(), waits.end());
    REQUIRE(waits.size() >= 5);
    EXPECT(waits.front() < waits.back());
    EXPECT(waits.back() <= 1'200'000);
    EXPECT(waits.back() > 10'000); // six numbers of ten and twenty minutes, all under ten seconds: one in 10^10
    FakeHub hub(province, identity, {.port = port});
    line.retryNow();
    EXPECT(log.reaches(State::Up));
}

CASE("a short outage is over within a second, a long one within a tenth of it, at most a minute; nobody comes together")
{
    const Timing timing;
    for (const auto& [down, most] : {std::pair<Millis, Millis>{0, 1'000}, {10'000, 1'000}, {60'000, 6'000}, {600'000, 60'000}}) {
        Millis least = most, longest = 0;
        for (int i = 0; i < 1000; ++i) {
            const Millis wait = backoff(timing, down);
            least = std::min(least, wait);
            longest = std::max(longest, wait);
        }
        EXPECT(least > 0 && least < most / 10); // of a thousand: one in 10^45
        EXPECT(longest > most * 9 / 10 && longest <= most);
    }
}

CASE("a hub that swallows packets blocks nothing and is Unreachable after the deadline")
{
    const Province province;
    const BlackHole hole;
    Log log;
    Millis from = systemClock().steady();
    {
        Line line(province.endpoint(hole.port), log.handlers(), {700, 60'000, 60'000, 30'000});
        line.start();
        line.send(numbered(0));
        line.retryNow();
        EXPECT(systemClock().steady() - from < 200);
        REQUIRE(log.reaches(State::Unreachable, "timeout"));
        const Millis took = systemClock().steady() - from;
        EXPECT(took >= 690 && took < 3000);
        EXPECT(line.nextRetryMs() > 0);
        line.retryNow();
        REQUIRE(log.reaches(State::Connecting, "retry"));
        from = systemClock().steady();
    }
    EXPECT(systemClock().steady() - from < 500); // destroyed in the middle of an attempt
}

CASE("a server that takes the connection and says nothing is Unreachable after the deadline")
{
    const Province province;
    Listener mute([](int fd) {
        char buffer[512];
        while (::recv(fd, buffer, sizeof buffer, 0) > 0) {}
    });
    FakeHub silent(province, {.silent = true});
    for (uint16_t port : {mute.port, silent.port}) {
        Log log;
        Line line(province.endpoint(port), log.handlers(), {500, 60'000, 60'000, 30'000});
        line.start();
        EXPECT(log.reaches(State::Unreachable, "timeout"));
    }
}

CASE("a name that does not exist and an address that is none are Unreachable")
{
    const Province province;
    for (const auto& [address, why] : {std::pair{"no-such-host.invalid:443", "name_not_found"}, {"unix:/tmp/x", "bad_address"}, {"host", "bad_address"}}) {
        Endpoint endpoint = province.endpoint(1);
        endpoint.address = address;
        Log log;
        Line line(std::move(endpoint), log.handlers(), {4000, 60'000, 60'000, 30'000});
        line.start();
        EXPECT(log.reaches(State::Unreachable));
        const std::string last = log.last();
        EXPECT(last == why || (last == "timeout" && std::string(why) == "name_not_found")); // a name server may not answer here
    }
}

CASE("no interface is No network, at once")
{
    char self[] = "/proc/self/exe", mode[] = "--without-network";
    char* args[] = {self, mode, nullptr};
    pid_t child = 0;
    REQUIRE(::posix_spawn(&child, self, nullptr, nullptr, args, environ) == 0);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) std::cout << "  not run: this machine gives no network namespaces" << std::endl;
    else EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

CASE("the line goes through the proxy given, and through none of the environment's")
{
    const Province province;
    FakeHub hub(province);
    Proxy proxy;
    Log log;
    Line line(province.endpoint(hub.port), log.handlers(), quick());
    line.start();
    REQUIRE(log.reaches(State::Up));
    EXPECT_EQ(proxy.tunnels.load(), 0);
    line.setProxy(proxy.url());
    REQUIRE(log.seen.until([](const Log::Seen& s) { return s.states.size() == 4 && s.states.back().state == State::Up; }));
    EXPECT_EQ(proxy.tunnels.load(), 1);
    line.send(numbered(3));
    EXPECT(frames(log, 1));
    line.setProxy("http://127.0.0.1:" + std::to_string(freePort()));
    EXPECT(log.reaches(State::Unreachable));
}

CASE("reconnect() greets anew at once, on the TLS connection there is if it answers; what is written goes on the new call")
{
    const Province province;
    FakeHub hub(province);
    Proxy proxy;
    Log log;
    auto endpoint = province.endpoint(hub.port);
    endpoint.proxy = proxy.url();
    Line line(std::move(endpoint), log.handlers(), quick());
    line.reconnect(); // not started: nothing to connect
    line.start();
    REQUIRE(log.reaches(State::Up));
    for (size_t states = 4; states <= 8; states += 2) {
        line.reconnect();
        REQUIRE(log.seen.until([&](const Log::Seen& s) { return s.states.size() == states && s.states.back().state == State::Up; }));
        line.send(numbered(states));
        EXPECT(frames(log, states / 2 - 1));
    }
    EXPECT_EQ(line.connection(), 4u);
    EXPECT_EQ(proxy.tunnels.load(), 1);

    // The PC slept, the connection is dead and nobody said so.
    proxy.frozen = 1;
    line.reconnect();
    REQUIRE(log.seen.until([&](const Log::Seen& s) { return s.states.size() == 10 && s.states.back().state == State::Up; }));
    line.send(numbered(10));
    EXPECT(frames(log, 4));
    EXPECT_EQ(proxy.tunnels.load(), 2);

    hub.dropCalls(); // noticed by now or not
    line.reconnect();
    REQUIRE(log.seen.until([&](const Log::Seen& s) { return s.frames.size() == 4 && s.states.size() > 10 && s.states.back().state == State::Up; }));
    line.send(numbered(12));
    EXPECT(frames(log, 5));
}

CASE("no handler runs after the destructor returned, at any moment and under load")
{
    const Province province;
    FakeHub hub(province);
    for (int round = 0; round < 40; ++round) {
        std::atomic<bool> gone = false;
        std::atomic<int> late = 0, count = 0;
        {
            Line line(province.endpoint(hub.port), {[&](State, std::string) { late += gone; }, [&](wire::HubFrame) { late += gone; ++count; }}, quick());
            line.start();
            for (int n = 0; round % 4 && !line.connection() && n < 4000; ++n) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            std::thread sender([&line] { for (uint64_t i = 0; i < 500; ++i) line.send(numbered(i)); });
            if (round % 2) std::this_thread::sleep_for(std::chrono::milliseconds(round % 8));
            if (round % 5 == 0) line.restart();
            sender.join();
        }
        gone = true;
        EXPECT_EQ(late.load(), 0);
    }
}

CASE("a line may be destroyed in its own handler")
{
    const Province province;
    FakeHub hub(province);
    std::unique_ptr<Line> line;
    Watched<int> calls;
    line = std::make_unique<Line>(province.endpoint(hub.port),
                                  Handlers{[&](State state, std::string) {
                                               if (state != State::Up) return;
                                               line.reset();
                                               calls.change([](int& n) { ++n; });
                                           },
                                           {}},
                                  quick());
    line->start();
    EXPECT(calls.until([](int n) { return n == 1; }));
}
