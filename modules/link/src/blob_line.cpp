#include "zt/link/link.h"

#include "backoff.h"
#include "call.h"
#include "channel.h"
#include "sync.pb.h"
#include "zt/crypto/blob.h"
#include "zt/wire/methods.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>

namespace zt::link {

namespace {

using BlobCall = Call<wire::BlobUp, wire::BlobDown>;
constexpr uint32_t kUnanswered = 4;
constexpr Millis kStallMs = 60'000, kIdleMs = 60'000;
constexpr uint64_t kHeader = 24, kOverhead = 17; //!< of zt/crypto/blob.h

uint64_t offsetOf(uint32_t chunk)
{
    return chunk ? kHeader + uint64_t(chunk) * (crypto::kBlobChunk + kOverhead) : 0;
}

struct Upload {
    Bytes blob;
    uint64_t size = 0;
    std::vector<Bytes> chunks;
    uint32_t next = 0, wanted = 0; // to send; the hub's next
    bool offered = false, granted = false;
};
struct Download {
    Bytes blob;
    std::string stream;
    uint32_t next = 0, count = 0;
    bool asked = false;
    Millis waits = 0, askAt = 0; // not at the hub when it was asked for last: between that and the next asking; when that is
};

//! When the next message may go, at a given rate.
struct Pace {
    Millis free = 0;
    void used(size_t bytes, uint64_t rate)
    {
        const Millis now = systemClock().steady();
        free = std::max(free, now) + (rate ? Millis(uint64_t(bytes) * 1000 / rate) : 0);
    }
};

} // namespace

//! Everything but the constructor runs on the loop's thread.
class BlobLine::Impl final : public std::enable_shared_from_this<Impl>, public BlobCall::Owner {
public:
    Impl(Endpoint endpoint, std::shared_ptr<BlobFiles> files, Events events, Timing timing)
        : m_endpoint(std::move(endpoint)), m_files(std::move(files)), m_events(std::move(events)), m_timing(timing)
        , m_credentials(credentialsOf(m_endpoint))
    {
    }
    void run()
    {
        m_loop.run([this] { pump(); }, [this] { dropConnection(); });
        m_events = {};
        m_files.reset();
    }
    template <class F>
    void post(F task) { m_loop.post(std::move(task)); }

    void add(Upload upload);
    void add(Download download);
    void setProxy(std::string proxy);
    void setEndpoint(Endpoint endpoint);
    void setRate(uint64_t rate);
    void close();
    void quit();

    std::thread thread;
    std::atomic<bool> quitting = false;

private:
    void opened() override {}
    void received(wire::BlobDown message) override;
    void written() override { pump(); }
    void ended(const rpc::Status& status) override;

    void onState(const wire::BlobState& state);
    void onChunk(const wire::BlobChunk& chunk);
    void onEnd(const wire::BlobEnd& end);
    void connect();
    void breakDown();
    void askForAbsent(Millis now);
    [[nodiscard]] Millis nextAbsent() const; //!< 0: none
    void forget();
    void hangUp();
    void dropConnection();
    void pump();
    bool watch(Millis now);
    void writeNext(Millis now);
    void writeChunk();
    void finishUpload(uint64_t done, bool complete, wire::BlobEnd::Why why);
    void finishDownload(bool complete, wire::BlobEnd::Why why);
    [[nodiscard]] bool idle() const { return m_ups.empty() && m_downs.empty(); }
    [[nodiscard]] bool mayWriteChunk() const;

    Endpoint m_endpoint;
    std::shared_ptr<BlobFiles> m_files;
    Events m_events;
    const Timing m_timing;
    std::shared_ptr<rpc::Credentials> m_credentials;
    rpc::Loop m_loop;
    std::unique_ptr<rpc::Channel> m_channel;
    std::unique_ptr<BlobCall> m_call;
    std::deque<Upload> m_ups;     // the first is under way
    std::deque<Download> m_downs; // the first is under way
    std::vector<Download> m_absent; // were not whole at the hub yet
    uint64_t m_rate = 0;
    Pace m_upPace, m_downPace;
    bool m_heard = false;         // the hub answered on this call
    Millis m_lastMove = 0;
    Millis m_downFrom = 0;        // connections have broken since and brought nothing further; 0: the last one did
    Millis m_notBefore = 0;       // of the next connection
};

void BlobLine::Impl::add(Upload upload)
{
    for (const Upload& u : m_ups)
        if (u.blob == upload.blob) return;
    if (idle()) m_lastMove = systemClock().steady();
    m_ups.push_back(std::move(upload));
    pump();
}

void BlobLine::Impl::add(Download download)
{
    for (const Download& d : m_downs)
        if (d.blob == download.blob) return;
    std::erase_if(m_absent, [&](const Download& d) { return d.blob == download.blob; });
    if (idle()) m_lastMove = systemClock().steady();
    m_downs.push_back(std::move(download));
    pump();
}

void BlobLine::Impl::setProxy(std::string proxy)
{
    if (m_endpoint.proxy == proxy) return;
    m_endpoint.proxy = std::move(proxy);
    if (m_call) breakDown();
}

void BlobLine::Impl::setEndpoint(Endpoint endpoint)
{
    endpoint.proxy = m_endpoint.proxy;
    m_endpoint = std::move(endpoint);
    m_credentials = credentialsOf(m_endpoint);
}

void BlobLine::Impl::setRate(uint64_t rate)
{
    m_rate = rate;
    m_upPace = m_downPace = {};
    pump();
}

void BlobLine::Impl::close()
{
    forget();
    hangUp();
}

void BlobLine::Impl::quit()
{
    forget();
    dropConnection();
    m_loop.finish();
}

void BlobLine::Impl::forget()
{
    m_ups.clear();
    m_downs.clear();
    m_absent.clear();
}

void BlobLine::Impl::askForAbsent(Millis now)
{
    for (auto it = m_absent.begin(); it != m_absent.end();) {
        if (it->askAt > now) {
            ++it;
            continue;
        }
        if (idle()) m_lastMove = now;
        m_downs.push_back(std::move(*it));
        it = m_absent.erase(it);
    }
}

Millis BlobLine::Impl::nextAbsent() const
{
    const auto first = std::min_element(m_absent.begin(), m_absent.end(), [](const auto& a, const auto& b) { return a.askAt < b.askAt; });
    return first == m_absent.end() ? 0 : first->askAt;
}

void BlobLine::Impl::hangUp()
{
    m_loop.alarmAt(0);
    dropConnection();
}

void BlobLine::Impl::dropConnection()
{
    m_call.reset();
    m_channel.reset();
}

void BlobLine::Impl::breakDown()
{
    hangUp();
    const bool had = !idle() || !m_absent.empty();
    forget();
    // Whoever hears of it may ask again at once, for ever.
    const Millis now = systemClock().steady();
    if (!m_downFrom) m_downFrom = now;
    m_notBefore = now + backoff(m_timing, now - m_downFrom);
    if (had && !quitting && m_events.down) m_events.down();
}

void BlobLine::Impl::connect()
{
    m_heard = false;
    m_lastMove = systemClock().steady();
    m_channel = std::make_unique<rpc::Channel>(m_loop, m_credentials, toHub(m_endpoint.address, m_endpoint.proxy));
    m_call = std::make_unique<BlobCall>(*m_channel, wire::kBlobs, *this);
}

void BlobLine::Impl::ended(const rpc::Status&)
{
    breakDown();
    pump();
}

//! Ends a call that hangs or has nothing to do; otherwise sets the alarm for the next look.
bool BlobLine::Impl::watch(Millis now)
{
    const Millis limit = idle() ? kIdleMs : m_heard ? kStallMs : Millis(m_timing.connectMs);
    if (now - m_lastMove >= limit) {
        if (idle()) hangUp();
        else breakDown();
        return false;
    }
    Millis next = m_lastMove + limit;
    if (const Millis absent = nextAbsent()) next = std::min(next, absent);
    if (m_upPace.free > now && mayWriteChunk()) next = std::min(next, m_upPace.free);
    if (m_downPace.free > now) next = std::min(next, m_downPace.free);
    m_loop.alarmAt(next);
    return true;
}

void BlobLine::Impl::pump()
{
    if (quitting) return;
    const Millis now = systemClock().steady();
    askForAbsent(now);
    if (!m_call) {
        if (idle()) return m_loop.alarmAt(nextAbsent());
        if (now < m_notBefore) return m_loop.alarmAt(m_notBefore);
        connect();
    }
    if (m_downPace.free <= now) m_call->read();
    if (!m_call->busy()) writeNext(now);
    if (m_call) watch(now);
}

bool BlobLine::Impl::mayWriteChunk() const
{
    if (m_ups.empty()) return false;
    const Upload& u = m_ups.front();
    return u.granted && u.next < u.chunks.size() && u.next < u.wanted + kUnanswered;
}

void BlobLine::Impl::writeNext(Millis now)
{
    wire::BlobUp out;
    if (!m_downs.empty() && !m_downs.front().asked) {
        Download& d = m_downs.front();
        d.asked = true;
        out.mutable_want()->set_blob(d.blob);
        out.mutable_want()->set_stream(d.stream);
        out.mutable_want()->set_from_chunk(d.next);
        m_call->write(out);
    } else if (!m_ups.empty() && !m_ups.front().offered) {
        Upload& u = m_ups.front();
        u.offered = true;
        out.mutable_offer()->set_blob(u.blob);
        out.mutable_offer()->set_sealed_size(u.size);
        for (const Bytes& hash : u.chunks) out.mutable_offer()->add_chunks(hash);
        m_call->write(out);
    } else if (m_upPace.free <= now && mayWriteChunk()) {
        writeChunk();
    }
}

void BlobLine::Impl::writeChunk()
{
    Upload& u = m_ups.front();
    auto data = m_files->read(u.blob, u.next);
    if (!data) {
        finishUpload(offsetOf(u.wanted), false, wire::BlobEnd::NOT_HERE_YET);
        return;
    }
    m_upPace.used(data->size(), m_rate);
    wire::BlobUp out;
    out.mutable_chunk()->set_blob(u.blob);
    out.mutable_chunk()->set_index(u.next++);
    out.mutable_chunk()->set_data(std::move(*data));
    m_call->write(out);
}

void BlobLine::Impl::received(wire::BlobDown message)
{
    if (quitting) return;
    m_heard = true;
    m_lastMove = systemClock().steady();
    switch (message.kind_case()) {
    case wire::BlobDown::kState: onState(message.state()); break;
    case wire::BlobDown::kChunk: onChunk(message.chunk()); break;
    case wire::BlobDown::kEnd: onEnd(message.end()); break;
    case wire::BlobDown::KIND_NOT_SET: break; // of a later version
    }
    pump();
}

void BlobLine::Impl::onState(const wire::BlobState& state)
{
    if (m_ups.empty() || m_ups.front().blob != state.blob()) return;
    Upload& u = m_ups.front();
    if (state.complete()) return finishUpload(u.size, true, wire::BlobEnd::DONE);
    if (state.next_chunk() >= u.chunks.size()) return breakDown();
    if (u.granted && state.next_chunk() > u.wanted) m_downFrom = 0;
    u.wanted = state.next_chunk();
    if (!u.granted || u.next < u.wanted) u.next = u.wanted;
    u.granted = true;
    if (m_events.sent) m_events.sent(u.blob, std::min(u.size, offsetOf(u.wanted)), false, wire::BlobEnd::DONE);
}

void BlobLine::Impl::onChunk(const wire::BlobChunk& chunk)
{
    m_downPace.used(chunk.data().size(), m_rate);
    if (m_downs.empty() || m_downs.front().blob != chunk.blob()) return;
    Download& d = m_downs.front();
    if (chunk.index() != d.next || chunk.index() >= d.count) return breakDown();
    if (const auto kept = m_files->keep(d.blob, d.next, chunk.data()); !kept) {
        // The rest of the file is on its way and there is no word to stop it.
        finishDownload(false, kept.error().kind == Err::Corrupt ? wire::BlobEnd::BAD_CHUNK : wire::BlobEnd::NO_SPACE);
        return breakDown();
    }
    const uint64_t done = offsetOf(d.next) + chunk.data().size();
    ++d.next;
    d.waits = 0;
    m_downFrom = 0;
    if (m_events.fetched) m_events.fetched(d.blob, done, false, wire::BlobEnd::DONE);
}

void BlobLine::Impl::onEnd(const wire::BlobEnd& end)
{
    const bool up = !m_ups.empty() && m_ups.front().blob == end.blob();
    const bool down = !m_downs.empty() && m_downs.front().blob == end.blob() && m_downs.front().asked;
    const bool ofDownload = end.why() == wire::BlobEnd::DONE || end.why() == wire::BlobEnd::NOT_HERE_YET || !up;
    if (down && ofDownload) {
        const bool whole = end.why() == wire::BlobEnd::DONE && m_downs.front().next == m_downs.front().count;
        finishDownload(whole, whole || end.why() != wire::BlobEnd::DONE ? end.why() : wire::BlobEnd::NOT_HERE_YET);
    } else if (up) {
        finishUpload(std::min(m_ups.front().size, offsetOf(m_ups.front().wanted)), false,
                     end.why() == wire::BlobEnd::DONE ? wire::BlobEnd::DENIED : end.why());
    }
}

void BlobLine::Impl::finishUpload(uint64_t done, bool complete, wire::BlobEnd::Why why)
{
    const Bytes blob = std::move(m_ups.front().blob);
    m_ups.pop_front();
    if (m_events.sent) m_events.sent(blob, done, complete, why);
    m_loop.post([this] { pump(); });
}

void BlobLine::Impl::finishDownload(bool complete, wire::BlobEnd::Why why)
{
    Download d = std::move(m_downs.front());
    m_downs.pop_front();
    if (m_events.fetched) m_events.fetched(d.blob, offsetOf(d.next), complete, why);
    if (why == wire::BlobEnd::NOT_HERE_YET) {
        d.asked = false;
        d.waits = std::min<Millis>(m_timing.mostBackoffMs, d.waits ? 2 * d.waits : m_timing.absentMs);
        d.askAt = systemClock().steady() + d.waits;
        m_absent.push_back(std::move(d));
    }
    m_loop.post([this] { pump(); });
}

BlobLine::BlobLine(Endpoint endpoint, std::shared_ptr<BlobFiles> files, Events events, Timing timing)
    : m(std::make_shared<Impl>(std::move(endpoint), std::move(files), std::move(events), timing))
{
    m->thread = std::thread([impl = m] { impl->run(); });
}

BlobLine::~BlobLine()
{
    m->quitting = true;
    m->post([impl = m.get()] { impl->quit(); });
    if (m->thread.get_id() == std::this_thread::get_id()) m->thread.detach();
    else m->thread.join();
}

void BlobLine::upload(Bytes blob, uint64_t sealedSize, std::vector<Bytes> chunks)
{
    m->post([impl = m.get(), u = Upload{std::move(blob), sealedSize, std::move(chunks)}]() mutable { impl->add(std::move(u)); });
}

void BlobLine::download(Bytes blob, std::string stream, uint32_t fromChunk, uint32_t chunkCount)
{
    m->post([impl = m.get(), d = Download{std::move(blob), std::move(stream), fromChunk, chunkCount}]() mutable { impl->add(std::move(d)); });
}

void BlobLine::setProxy(std::string proxy)
{
    m->post([impl = m.get(), proxy = std::move(proxy)]() mutable { impl->setProxy(std::move(proxy)); });
}

void BlobLine::setEndpoint(Endpoint endpoint)
{
    auto held = std::make_shared<Endpoint>(std::move(endpoint));
    m->post([impl = m.get(), held] { impl->setEndpoint(std::move(*held)); });
}

void BlobLine::setRate(uint64_t bytesPerSecond)
{
    m->post([impl = m.get(), bytesPerSecond] { impl->setRate(bytesPerSecond); });
}

void BlobLine::close()
{
    m->post([impl = m.get()] { impl->close(); });
}

} // namespace zt::link
