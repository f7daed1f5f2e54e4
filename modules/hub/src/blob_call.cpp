#include "blob_call.h"

#include "metrics.h"
#include "zt/base/log.h"
#include "zt/rpc/frame.h"

namespace zt::hub {

namespace {
constexpr size_t kMostWants = 256;
constexpr size_t kMostOut = 2; //!< chunks waiting to be written
} // namespace

void BlobLines::endAll()
{
    worker.post([this] {
        ending = true;
        const auto all = calls;
        for (BlobCall* c : all) c->end({rpc::Code::Unavailable, "closing"});
    });
}

void BlobLines::review()
{
    worker.post([this] {
        for (BlobCall* call : calls) {
            const Caller caller = call->peer().caller;
            loop.post([this, call, caller] {
                if (!loop.core().refused(caller)) return;
                worker.post([this, call] {
                    if (calls.count(call)) call->end({rpc::Code::Unauthenticated, "device"});
                });
            });
        }
    });
}

BlobCall::BlobCall(std::shared_ptr<rpc::ServerStream> stream, BlobLines& lines, std::optional<Peer> peer)
    : rpc::ServerCall(std::move(stream)), m_lines(lines), m_peer(std::move(peer))
{
    m_lines.loop.post([this] {
        std::optional<rpc::Status> refused;
        Core& core = m_lines.loop.core();
        if (!m_peer || !isKnown(core, *m_peer) || core.refused(m_peer->caller)) refused = rpc::Status(rpc::Code::Unauthenticated, "device");
        m_lines.worker.post([this, refused] { begin(refused); });
    });
}

void BlobCall::begin(std::optional<rpc::Status> refused)
{
    m_asking = false;
    m_lines.calls.insert(this);
    if (refused || m_end) return end(refused.value_or(rpc::Status{rpc::Code::Cancelled, {}}));
    if (m_lines.ending) return end({rpc::Code::Unavailable, "closing"});
    accept();
    m_reading = true;
    read();
}

void BlobCall::onRead(std::optional<std::string> message)
{
    m_lines.worker.post([this, message = std::move(message)] {
        m_reading = false;
        if (!message) m_readEnded = true;
        else if (!m_up.ParseFromString(*message)) end({rpc::Code::InvalidArgument, "not a message"});
        else if (!m_end) take();
        goOn();
    });
}

void BlobCall::onWritten(bool ok)
{
    m_lines.worker.post([this, ok] {
        m_writing = false;
        if (!m_out.empty()) m_out.pop_front();
        if (!ok) m_out.clear();
        if (!ok && !m_end) m_end = rpc::Status{rpc::Code::Cancelled, {}};
        goOn();
    });
}

void BlobCall::onCancel()
{
    m_lines.worker.post([this] { end(rpc::Status{rpc::Code::Cancelled, {}}); });
}

void BlobCall::onDone()
{
    m_lines.worker.post([this] {
        m_lines.calls.erase(this);
        delete this;
    });
}

void BlobCall::end(rpc::Status status)
{
    if (!m_end) m_end = std::move(status);
    finishIfIdle();
}

void BlobCall::finishIfIdle()
{
    if (!m_end || m_finished || m_writing || m_asking) return;
    m_finished = true;
    finish(*m_end);
}

void BlobCall::take()
{
    switch (m_up.kind_case()) {
    case wire::BlobUp::kOffer: onOffer(m_up.offer()); break;
    case wire::BlobUp::kChunk: onChunk(m_up.chunk()); break;
    case wire::BlobUp::kWant:
        if (m_wants.size() >= kMostWants) return end({rpc::Code::ResourceExhausted, "too many files wanted"});
        m_wants.push_back({m_up.want(), m_up.want().from_chunk()});
        break;
    default: end({rpc::Code::InvalidArgument, "a frame of no known kind"});
    }
}

void BlobCall::tell(const Bytes& blob, wire::BlobEnd::Why why)
{
    if (Metrics* m = m_lines.loop.metrics()) m->blobEnded(why);
    wire::BlobDown down;
    down.mutable_end()->set_blob(blob);
    down.mutable_end()->set_why(why);
    reply(std::move(down));
}

void BlobCall::reply(wire::BlobDown down) { m_out.push_back(std::move(down)); }

void BlobCall::onOffer(const wire::BlobOffer& offer)
{
    auto state = m_lines.store.offer(offer);
    if (!state) {
        log(Level::Warning, "blob_offer_refused", {{"error", Safe{name(state.error().kind)}}});
        return tell(offer.blob(), state.error().kind == Err::TooLarge   ? wire::BlobEnd::TOO_LARGE
                                  : state.error().kind == Err::DiskFull ? wire::BlobEnd::NO_SPACE : wire::BlobEnd::BAD_CHUNK);
    }
    wire::BlobDown down;
    *down.mutable_state() = std::move(*state);
    reply(std::move(down));
}

void BlobCall::onChunk(const wire::BlobChunk& chunk)
{
    auto state = m_lines.store.put(chunk.blob(), chunk.index(), chunk.data());
    if (!state) {
        log(Level::Warning, "blob_chunk_refused", {{"error", Safe{name(state.error().kind)}}, {"index", int64_t(chunk.index())}});
        const Err kind = state.error().kind;
        return tell(chunk.blob(), kind == Err::DiskFull || kind == Err::Io ? wire::BlobEnd::NO_SPACE : wire::BlobEnd::BAD_CHUNK);
    }
    if (Metrics* m = m_lines.loop.metrics()) m->blobIn(chunk.data().size());
    wire::BlobDown down;
    *down.mutable_state() = std::move(*state);
    reply(std::move(down));
}

//! Starts whatever can go on: reading, writing, asking for the right of the next wanted chunk.
void BlobCall::goOn()
{
    if (!m_end && m_readEnded && m_wants.empty() && m_out.empty()) m_end = rpc::Status();
    if (m_end) {
        if (!m_writing) m_out.clear();
        return finishIfIdle();
    }
    if (!m_reading && !m_readEnded && m_out.size() <= kMostOut) {
        m_reading = true;
        read();
    }
    if (!m_asking && !m_wants.empty() && m_out.size() < kMostOut) {
        m_asking = true;
        m_lines.loop.post([this, want = m_wants.front().want] {
            Core& core = m_lines.loop.core();
            bool allowed = !core.refused(m_peer->caller);
            if (allowed) allowed = core.mayReadNow(m_peer->caller.person, want.stream()).value_or(false);
            m_lines.index.since(core.erasures());
            if (allowed) allowed = m_lines.index.names(core.log(), want.stream(), want.blob()).value_or(false);
            m_lines.worker.post([this, allowed] { onRight(allowed); });
        });
    }
    writeNext();
}

void BlobCall::onRight(bool allowed)
{
    m_asking = false;
    if (m_end) return finishIfIdle();
    Want& w = m_wants.front();
    const Bytes blob = w.want.blob();
    auto close = [&](wire::BlobEnd::Why why) {
        tell(blob, why);
        m_wants.pop_front();
    };
    if (!allowed) {
        close(wire::BlobEnd::DENIED);
    } else if (const auto total = m_lines.store.count(blob); !total) {
        close(wire::BlobEnd::NOT_HERE_YET);
    } else if (w.next >= *total) {
        close(wire::BlobEnd::DONE);
    } else if (auto data = m_lines.store.get(blob, w.next); !data) {
        if (Metrics* m = m_lines.loop.metrics()) m->failed(Failure::Blob);
        log(Level::Error, "blob_unreadable", {{"error", Safe{name(data.error().kind)}}});
        close(wire::BlobEnd::NOT_HERE_YET);
    } else {
        if (Metrics* m = m_lines.loop.metrics()) m->blobOut(data->size());
        wire::BlobDown down;
        auto& c = *down.mutable_chunk();
        c.set_blob(blob);
        c.set_index(w.next++);
        c.set_data(std::move(*data));
        reply(std::move(down));
    }
    goOn();
}

void BlobCall::writeNext()
{
    if (m_writing || m_out.empty() || m_finished) return;
    m_writing = true;
    write(rpc::framed(m_out.front()));
}

} // namespace zt::hub
