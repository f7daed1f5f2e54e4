#include "sync_call.h"

#include "zt/base/log.h"
#include "zt/rpc/frame.h"
#include "zt/wire/sealing.h"

namespace zt::hub {

namespace {
constexpr size_t kFramesWaiting = 1024;
constexpr size_t kBytesWaiting = 16u << 20;
constexpr size_t kPumpBytes = 64u << 10;
constexpr size_t kAtOnce = 128; // frames of one line in a group: an outage's acts come in parts, others' go in between, and their desk works while the next are decided
constexpr Millis kHoldMs = 200; // between two looks whether the limits let more in

rpc::Code codeOf(Err kind)
{
    switch (kind) {
    case Err::Invalid: return rpc::Code::InvalidArgument;
    case Err::Busy:
    case Err::TooLarge: return rpc::Code::ResourceExhausted;
    default: return rpc::Code::Unavailable;
    }
}

//! As they travel: small frames together, for a message of its own costs more than most of them hold.
std::deque<std::string> bundled(std::vector<wire::HubFrame> frames)
{
    std::deque<std::string> out;
    if (frames.size() == 1) out.push_back(rpc::framed(frames.front()));
    for (size_t i = 0; frames.size() > 1 && i < frames.size();) {
        wire::HubFrame together;
        for (size_t bytes = 0; i < frames.size(); ++i) {
            const size_t size = frames[i].ByteSizeLong();
            if (bytes && bytes + size > kPumpBytes) break;
            bytes += size;
            *together.mutable_bundle()->add_frames() = std::move(frames[i]);
        }
        out.push_back(rpc::framed(together));
    }
    return out;
}
} // namespace

SyncCall::SyncCall(std::shared_ptr<rpc::ServerStream> stream, Loop& loop, Lines& lines, SessionLimits limits, const std::string& hub, std::optional<Peer> peer)
    : rpc::ServerCall(std::move(stream)), m_loop(loop), m_lines(lines), m_limits(limits), m_hub(hub), m_peer(std::move(peer))
{
    m_loop.post([this] { attach(); });
}

void SyncCall::attach()
{
    if (!m_peer || !isKnown(m_loop.core(), *m_peer)) return refuse(LineRefusal::Device, {rpc::Code::Unauthenticated, "device"});
    int& ofPerson = m_lines.ofPerson[m_peer->caller.person];
    if (m_lines.ending || !m_loop.healthy()) return refuse(LineRefusal::Closing, {rpc::Code::Unavailable, "closing"});
    if (m_lines.open >= m_lines.most || ofPerson >= m_lines.mostOfOne) return refuse(LineRefusal::TooMany, {rpc::Code::ResourceExhausted, "too many lines"});
    m_counted = true;
    ++m_lines.open;
    ++ofPerson;
    m_session = std::make_unique<Session>(m_loop.core(), m_peer->caller, m_limits);
    m_loop.add(this);
    accept();
    {
        std::lock_guard lock(m_mutex);
        m_reading = true;
        read();
    }
    pump();
}

void SyncCall::refuse(LineRefusal why, rpc::Status status)
{
    if (Metrics* m = m_loop.metrics()) m->refused(why);
    end(std::move(status));
}

void SyncCall::onRead(std::optional<std::string> message)
{
    std::vector<In> in;
    const size_t bytes = message ? message->size() : 0;
    wire::DeskFrame frame;
    const bool whole = message && frame.ParseFromString(*message);
    if (whole) {
        const bool opens = frame.has_bundle() && frame.bundle().frames_size() <= wire::kMaxTogether;
        if (!opens) in.push_back({std::move(frame)}); // the session refuses a bundle
        else for (auto& f : *frame.mutable_bundle()->mutable_frames()) in.push_back({std::move(f)});
    } else if (message) {
        end({rpc::Code::InvalidArgument, "not a message"});
    }
    std::vector<In> taken;
    for (In& i : in) i.signatureGood = i.frame.has_submit() && m_peer && wire::checkSignature(i.frame.submit(), m_hub, m_peer->key);
    {
        std::lock_guard lock(m_mutex);
        taken.swap(m_taken);
        m_reading = false;
        if (!whole) {
            m_readEnded = true;
        } else {
            m_inBytes += bytes;
            m_in.insert(m_in.end(), std::make_move_iterator(in.begin()), std::make_move_iterator(in.end()));
            if (m_in.size() < kFramesWaiting && m_inBytes < kBytesWaiting) {
                m_reading = true;
                read();
            }
        }
    }
    m_loop.ready(this);
}

void SyncCall::takeIn(std::vector<Core::Door>& doors)
{
    std::vector<In> in;
    bool ended = false, broken = false;
    {
        std::lock_guard lock(m_mutex);
        in.swap(m_in);
        m_inBytes = 0;
        ended = m_readEnded;
        broken = m_broken;
        if (!m_reading && !m_readEnded && !m_end) {
            m_reading = true;
            read();
        }
    }
    if (!m_session) return;
    m_holding = false;
    auto i = in.begin();
    for (const auto some = i + ptrdiff_t(std::min(in.size(), kAtOnce)); i != some; ++i) {
        auto taken = m_session->take(i->frame, doors, i->signatureGood ? m_peer->key : Bytes());
        if (taken) continue;
        if (taken.error().kind == Err::Busy) {
            m_holding = true;
            m_holdUntil = m_loop.core().clock().steady() + kHoldMs;
            break;
        }
        log(Level::Warning, "frame_refused", {{"error", Safe{name(taken.error().kind)}}});
        return refuse(LineRefusal::Frame, {codeOf(taken.error().kind), taken.error().detail});
    }
    const bool all = i == in.end();
    if (!all) putBack({std::make_move_iterator(i), std::make_move_iterator(in.end())});
    if (!all && !m_holding) m_loop.ready(this);
    {
        std::lock_guard lock(m_mutex);
        m_taken.swap(in); // what was there before is freed here: the thread has not been back since
    }
    if (broken) end({rpc::Code::Cancelled, ""});
    else if (ended && all) end(rpc::Status());
}

//! More than a group takes of one line, or than the limits let in: it waits here and, once that is full, on the network; nothing is refused and the order stays.
void SyncCall::putBack(std::vector<In> rest)
{
    std::lock_guard lock(m_mutex);
    for (const auto& r : rest) m_inBytes += r.frame.ByteSizeLong();
    m_in.insert(m_in.begin(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
}

void SyncCall::answer(Core::Answer answer)
{
    if (m_session) m_session->answer(std::move(answer));
}

void SyncCall::pump()
{
    if (m_holding && m_loop.core().clock().steady() >= m_holdUntil) m_loop.ready(this);
    {
        std::lock_guard lock(m_mutex);
        if (m_end || !m_session || m_writing || !m_out.empty()) return;
    }
    std::vector<wire::HubFrame> frames;
    if (const auto more = m_session->pump(frames, kPumpBytes); !more) {
        if (Metrics* m = m_loop.metrics()) m->failed(Failure::Feed);
        log(Level::Error, "pump_failed", {{"error", Safe{name(more.error().kind)}}});
        return end({codeOf(more.error().kind), ""});
    }
    {
        auto out = bundled(std::move(frames)); // here, where the frames were made: memory freed on another thread comes back cold
        std::lock_guard lock(m_mutex);
        m_out = std::move(out);
        if (!m_out.empty()) {
            m_writing = true;
            write(std::move(m_out.front()));
        }
    }
    if (m_session->closing()) end(rpc::Status());
}

void SyncCall::onWritten(bool ok)
{
    bool drained = false;
    {
        std::lock_guard lock(m_mutex);
        m_writing = false;
        if (!m_out.empty()) m_out.pop_front();
        if (!ok) {
            m_broken = true;
            m_out.clear();
        }
        if (!m_out.empty()) {
            m_writing = true;
            write(std::move(m_out.front()));
        } else {
            drained = true;
            finishIfIdle();
        }
    }
    if (drained) m_loop.ready(this);
}

void SyncCall::onCancel()
{
    {
        std::lock_guard lock(m_mutex);
        m_broken = true;
    }
    m_loop.ready(this);
}

//! Under the mutex.
void SyncCall::finishIfIdle()
{
    if (!m_end || m_finished || m_writing) return;
    m_finished = true;
    finish(*m_end);
}

void SyncCall::end(rpc::Status status)
{
    std::lock_guard lock(m_mutex);
    if (!m_end) m_end = std::move(status);
    if (m_broken && !m_writing) m_out.clear();
    finishIfIdle();
}

void SyncCall::drop() { end({rpc::Code::Unavailable, "the hub could not keep it"}); }

void SyncCall::shutDown()
{
    if (m_session) m_session->shutDown();
}

void SyncCall::onDone()
{
    m_loop.post([this] {
        m_loop.remove(this);
        if (m_counted) {
            --m_lines.open;
            if (--m_lines.ofPerson[m_peer->caller.person] == 0) m_lines.ofPerson.erase(m_peer->caller.person);
        }
        delete this;
    });
}

} // namespace zt::hub
