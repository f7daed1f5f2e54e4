#include "zt/link/link.h"

#include "address.h"
#include "backoff.h"
#include "call.h"
#include "channel.h"
#include "diagnose.h"
#include "sync.pb.h"
#include "zt/wire/methods.h"
#include "zt/wire/sealing.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>

namespace zt::link {

namespace {

using HubCall = Call<wire::DeskFrame, wire::HubFrame>;
constexpr int kFirstConnectMs = 3'000;    //!< least time for a connection
constexpr size_t kBundleBytes = 64u << 10; //!< the hub begins with the first while the next is on its way
constexpr Millis kNetworkLookMs = 5'000; //!< looking for an interface costs nothing and bothers nobody

} // namespace

//! Everything below "loop" runs on the loop's thread.
class Line::Impl final : public std::enable_shared_from_this<Impl>, public HubCall::Owner {
public:
    Impl(Endpoint endpoint, Handlers handlers, Timing timing)
        : m_endpoint(std::move(endpoint)), m_handlers(std::move(handlers)), m_timing(timing)
        , m_credentials(credentialsOf(m_endpoint))
    {
    }
    void run()
    {
        m_loop.run([this] { alarm(); }, [this] { dropConnection(); });
        m_handlers = {}; // whoever holds this object a moment longer: what the handlers hold goes now
    }
    template <class F>
    void post(F task) { m_loop.post(std::move(task)); }

    void start();
    void stop();
    void retryNow();
    void reconnect(const char* why, bool onThis = false);
    void setProxy(std::string proxy);
    void setEndpoint(Endpoint endpoint);
    void restart();
    void write(wire::DeskFrame frame, uint64_t connection);
    void quit();

    std::thread thread;
    std::atomic<bool> quitting = false;
    std::atomic<State> state = State::Unreachable;
    std::atomic<int64_t> nextRetry = 0;
    std::atomic<uint64_t> dialled = 0;    //!< number of the call there is
    std::atomic<uint64_t> connection = 0; //!< the same once the hub let it in
    std::atomic<bool> holding = false;
    void hold(bool on)
    {
        holding = on;
        if (!on) post([self = shared_from_this()] { self->readOn(); });
    }

private:
    void opened() override;
    void received(wire::HubFrame frame) override;
    void written() override;
    void ended(const rpc::Status& status) override;
    void hangUp();
    void dropConnection();

    void attempt(bool onThis = false);
    void alarm();
    void planRetry(Millis atMost);
    void beginOutage()
    {
        m_down = 0;
        m_downFrom = systemClock().steady();
    }
    [[nodiscard]] Diagnosis judge(const rpc::Status& status) const;
    void failed(Diagnosis diagnosis);
    void tell(State state, const char* why);
    void writeNext();
    void readOn();

    Endpoint m_endpoint;
    Handlers m_handlers;
    const Timing m_timing;
    std::shared_ptr<rpc::Credentials> m_credentials;
    rpc::Loop m_loop;
    std::unique_ptr<rpc::Channel> m_channel;
    std::unique_ptr<HubCall> m_call;
    std::deque<wire::DeskFrame> m_out;
    std::string m_why;
    bool m_wanted = false;   // start() was called
    bool m_onThis = false; // asks on a connection that was there before, and may be dead
    bool m_told = false;
    Millis m_down = 0;     // without the hub, added up since a connection last held
    Millis m_downFrom = 0; // when this time without it began
    uint64_t m_calls = 0;
    Millis m_upSince = 0;
};

void Line::Impl::start()
{
    if (m_wanted) return;
    m_wanted = true;
    beginOutage();
    tell(State::Connecting, "started");
    attempt();
}

void Line::Impl::stop()
{
    if (!m_wanted) return;
    m_wanted = false;
    m_loop.alarmAt(0);
    nextRetry = 0;
    dropConnection();
    tell(State::Unreachable, "stopped");
}

void Line::Impl::retryNow()
{
    if (!m_wanted || m_call) return;
    tell(State::Connecting, "retry");
    attempt();
}

void Line::Impl::setProxy(std::string proxy)
{
    if (m_endpoint.proxy == proxy) return;
    m_endpoint.proxy = std::move(proxy);
    reconnect("proxy_changed");
}

void Line::Impl::setEndpoint(Endpoint endpoint)
{
    endpoint.proxy = m_endpoint.proxy;
    m_endpoint = std::move(endpoint);
    m_credentials = credentialsOf(m_endpoint);
    if (m_wanted && !connection) reconnect("endpoint_changed");
}

//! onThis: on the TLS connection there is, if it answers. It mostly does after a short sleep, and costs one round trip then.
void Line::Impl::reconnect(const char* why, bool onThis)
{
    if (!m_wanted) return;
    tell(State::Connecting, why);
    beginOutage();
    onThis = onThis && connection;
    hangUp();
    attempt(onThis);
}

void Line::Impl::restart()
{
    if (!m_wanted || !connection) return;
    m_downFrom = systemClock().steady();
    dropConnection();
    planRetry(m_timing.mostBackoffMs);
    tell(State::Connecting, "restart");
}

void Line::Impl::quit()
{
    m_wanted = false;
    m_loop.alarmAt(0);
    dropConnection();
    m_loop.finish();
}

void Line::Impl::write(wire::DeskFrame frame, uint64_t wanted)
{
    if (wanted != dialled) return;
    m_out.push_back(std::move(frame));
    writeNext();
}

void Line::Impl::writeNext()
{
    if (m_out.empty() || !m_call || m_call->busy()) return;
    // What gathered while the last one was written travels together: a message of its own costs more than most of them hold.
    wire::DeskFrame frame;
    auto& together = *frame.mutable_bundle()->mutable_frames();
    size_t bytes = 0;
    do {
        bytes += m_out.front().ByteSizeLong();
        *together.Add() = std::move(m_out.front());
        m_out.pop_front();
    } while (!m_out.empty() && together.size() < wire::kMaxTogether && bytes + m_out.front().ByteSizeLong() <= kBundleBytes);
    if (together.size() == 1) {
        wire::DeskFrame alone = std::move(together[0]);
        frame = std::move(alone);
    }
    m_call->write(frame);
}

void Line::Impl::attempt(bool onThis)
{
    nextRetry = 0;
    const auto at = splitAddress(m_endpoint.address);
    if (!at) return failed({State::Unreachable, "bad_address"});
    if (!hasNetwork(at->host)) return failed({State::NoNetwork, "no_network"});
    m_onThis = onThis && m_channel && m_channel->ready();
    if (!m_onThis) m_channel = std::make_unique<rpc::Channel>(m_loop, m_credentials, toHub(m_endpoint.address, m_endpoint.proxy));
    m_call = std::make_unique<HubCall>(*m_channel, wire::kSync, *this);
    const Millis now = systemClock().steady();
    // As long as the outage so far: what was lost in a short one need not be waited for, and a slow line gets its time.
    const Millis connectMs = std::clamp<Millis>(m_down + now - m_downFrom, std::min(kFirstConnectMs, m_timing.connectMs), m_timing.connectMs);
    m_loop.alarmAt(now + (m_onThis ? m_timing.answerMs : connectMs));
    dialled = ++m_calls;
    m_told = false;
    if (m_handlers.dialled) m_handlers.dialled(m_calls);
}

void Line::Impl::alarm()
{
    if (!m_call) {
        if (m_wanted) attempt();
    } else if (!connection && m_onThis) {
        hangUp();
        attempt();
    } else if (!connection) {
        dropConnection();
        failed({State::Unreachable, "timeout"});
    }
}

void Line::Impl::opened()
{
    if (!m_wanted || connection || !dialled) return;
    m_loop.alarmAt(0);
    m_onThis = false;
    m_upSince = systemClock().steady();
    m_down += m_upSince - m_downFrom;
    connection = dialled.load();
    tell(State::Up, "up");
}

void Line::Impl::received(wire::HubFrame frame)
{
    auto give = [this](wire::HubFrame&& f) {
        if (connection && !quitting && m_handlers.frame) m_handlers.frame(std::move(f));
    };
    if (!frame.has_bundle()) give(std::move(frame));
    else for (auto& f : *frame.mutable_bundle()->mutable_frames()) give(std::move(f));
    readOn();
}

void Line::Impl::readOn()
{
    if (m_call && !holding) m_call->read();
}

void Line::Impl::written()
{
    writeNext();
}

//! Ends the call there is. Of what it still brings nothing is heard, and the next one may begin at once.
void Line::Impl::hangUp()
{
    dialled = connection = 0;
    m_upSince = 0;
    m_out.clear();
    m_call.reset();
}

void Line::Impl::dropConnection()
{
    hangUp();
    m_channel.reset();
}

void Line::Impl::ended(const rpc::Status& status)
{
    const bool wasUp = connection != 0;
    if (wasUp && systemClock().steady() - m_upSince >= std::min<Millis>(m_timing.steadyMs, m_down)) m_down = 0;
    if (wasUp) m_downFrom = systemClock().steady();
    const Diagnosis diagnosis = judge(rpc::Status(status)); // before the call goes, whose it may be
    dropConnection();
    m_loop.alarmAt(0);
    if (!m_wanted) return;
    if (std::exchange(m_onThis, false)) return attempt();
    failed(diagnosis);
}

Diagnosis Line::Impl::judge(const rpc::Status& status) const
{
    const bool refused = status.code == rpc::Code::Unauthenticated || status.code == rpc::Code::PermissionDenied;
    if (!connection || refused) return diagnose(m_endpoint, status);
    const auto at = splitAddress(m_endpoint.address);
    if (at && !hasNetwork(at->host)) return {State::NoNetwork, "no_network"};
    return {State::Unreachable, "dropped"};
}

//! The plan first: who is told of a failure may ask for the next attempt.
void Line::Impl::failed(Diagnosis diagnosis)
{
    planRetry(diagnosis.state == State::NoNetwork ? kNetworkLookMs : m_timing.mostBackoffMs);
    tell(diagnosis.state, diagnosis.why);
}

void Line::Impl::planRetry(Millis atMost)
{
    const Millis now = systemClock().steady();
    const Millis at = now + std::min(atMost, backoff(m_timing, m_down + now - m_downFrom));
    nextRetry = at;
    m_loop.alarmAt(at);
}

void Line::Impl::tell(State newState, const char* why)
{
    if (quitting || (m_told && state == newState && m_why == why)) return;
    m_told = true;
    state = newState;
    m_why = why;
    if (m_handlers.state) m_handlers.state(newState, why);
}

Line::Line(Endpoint endpoint, Handlers handlers, Timing timing)
    : m(std::make_shared<Impl>(std::move(endpoint), std::move(handlers), timing))
{
    m->thread = std::thread([impl = m] { impl->run(); });
}

Line::~Line()
{
    m->quitting = true;
    m->post([impl = m.get()] { impl->quit(); });
    // Destroyed inside a handler: the thread goes home by itself and keeps what it needs.
    if (m->thread.get_id() == std::this_thread::get_id()) m->thread.detach();
    else m->thread.join();
}

void Line::start() { m->post([impl = m.get()] { impl->start(); }); }
void Line::stop() { m->post([impl = m.get()] { impl->stop(); }); }
void Line::hold(bool on) { m->hold(on); }
void Line::retryNow() { m->post([impl = m.get()] { impl->retryNow(); }); }
void Line::reconnect() { m->post([impl = m.get()] { impl->reconnect("asked", true); }); }
void Line::restart() { m->post([impl = m.get()] { impl->restart(); }); }
void Line::setProxy(std::string proxy)
{
    m->post([impl = m.get(), proxy = std::move(proxy)]() mutable { impl->setProxy(std::move(proxy)); });
}
void Line::send(const wire::DeskFrame& frame, uint64_t connection)
{
    const uint64_t current = m->dialled;
    if (!current || (connection && connection != current)) return;
    m->post([impl = m.get(), frame, current]() mutable { impl->write(std::move(frame), current); });
}
void Line::setEndpoint(Endpoint endpoint)
{
    auto held = std::make_shared<Endpoint>(std::move(endpoint));
    m->post([impl = m.get(), held] { impl->setEndpoint(std::move(*held)); });
}
uint64_t Line::connection() const { return m->connection; }
int64_t Line::nextRetryMs() const { return m->nextRetry; }
State Line::state() const { return m->state; }

} // namespace zt::link
