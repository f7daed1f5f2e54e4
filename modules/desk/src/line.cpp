#include "desk_impl.h"

#include "zt/base/log.h"

//! What comes from the hub: states of the line, frames, and what the windows are told after each batch.
namespace zt::desk {

namespace {

//! A feed batch ends when somebody waits, or here. Each is a commit, and rewrites the pages and rows that it has in common with the one before: a desk
//! that is far behind takes much at once, one that is live shows what is new soon.
struct Batch {
    Millis ms;
    size_t streams; // rows to rewrite at its end
    size_t frames;
};
constexpr Batch kFirst{30, 200, 500}, kLive{100, 600, 1000}, kBehind{500, 2000, 12'000};
constexpr Millis kFirstFor = 1000; // of a connection: the newest comes first
// In memory; beyond it the network waits.
constexpr size_t kFramesWaiting = 16'000;
constexpr size_t kBytesWaiting = 32u << 20;
constexpr Millis kClockTolerance = 5 * 60'000;

Link linkOf(link::State s)
{
    switch (s) {
    case link::State::Up: return Link::Online;
    case link::State::NoNetwork: return Link::NoNetwork;
    case link::State::Unreachable: return Link::HubUnreachable;
    case link::State::IdentityRefused: return Link::IdentityRefused;
    case link::State::Connecting: break;
    }
    return Link::Connecting;
}

} // namespace

void Desk::Impl::lineDialled(uint64_t number)
{
    lineConnection = number;
    worker.first([self = weak_from_this(), number] {
        const auto me = self.lock();
        if (!me) return;
        me->connection = number;
        me->resumed = false;
        me->connectedAt = systemClock().steady();
        me->engine->connected(*me);
    });
}

void Desk::Impl::lineState(link::State state, const std::string& why)
{
    log(Level::Info, "line", {{"state", int(state)}, {"why", Safe{why}}});
    worker.first([self = weak_from_this(), state] {
        const auto me = self.lock();
        if (!me) return;
        if (state != link::State::Up) {
            me->engine->disconnected();
            me->worker.wakeIdle();
        }
        me->look();
        {
            std::lock_guard lock(me->statusMutex);
            // While it tries again the reason it is down stays on screen.
            const bool stillDown = state == link::State::Connecting && me->status.link != Link::Online;
            if (!stillDown) me->status.link = linkOf(state);
        }
        me->emitChanges();
    });
}

void Desk::Impl::lineFrame(wire::HubFrame frame)
{
    const size_t bytes = 2 * frame.ByteSizeLong(); // the bodies once more, opened
    sync::Heard heard(std::move(frame));
    std::lock_guard lock(frameMutex);
    frameBytes += bytes;
    frames.push_back({lineConnection, std::move(heard), bytes});
    if ((frames.size() >= kFramesWaiting || frameBytes >= kBytesWaiting) && !std::exchange(holding, true)) line->hold(true);
    if (draining) return;
    draining = true;
    worker.second([self = weak_from_this()] { if (const auto me = self.lock()) me->drain(); });
}

void Desk::Impl::drain()
{
    std::vector<sync::Heard> batch;
    std::vector<size_t> bytes;
    const Batch& most = engine->live() ? kLive : systemClock().steady() - connectedAt < kFirstFor ? kFirst : kBehind;
    {
        std::lock_guard lock(frameMutex);
        while (!frames.empty() && batch.size() < most.frames) {
            frameBytes -= frames.front().bytes;
            if (frames.front().connection == connection) {
                batch.push_back(std::move(frames.front().heard));
                bytes.push_back(frames.front().bytes);
            }
            frames.pop_front();
        }
    }
    if (!batch.empty()) {
        const Millis start = systemClock().steady();
        const auto taken = engine->receive(batch, [&](size_t touched) {
            return worker.firstWaits() || touched >= most.streams || systemClock().steady() - start >= most.ms;
        });
        if (taken && *taken < batch.size()) {
            std::lock_guard lock(frameMutex);
            for (size_t i = batch.size(); i-- > *taken;) {
                frameBytes += bytes[i];
                frames.push_front({connection, std::move(batch[i]), bytes[i]});
            }
        }
        afterBatch(taken);
    }
    std::lock_guard lock(frameMutex);
    if (frames.size() < kFramesWaiting / 2 && frameBytes < kBytesWaiting / 2 && std::exchange(holding, false)) line->hold(false);
    draining = !frames.empty();
    if (draining) worker.second([self = weak_from_this()] { if (const auto me = self.lock()) me->drain(); });
}

void Desk::Impl::afterBatch(const Result<size_t>& taken)
{
    if (!taken) {
        log(Level::Error, "batch_refused", {{"kind", Safe{name(taken.error().kind)}}, {"detail", Safe{taken.error().detail}}});
        noteStore(&taken.error());
        if (line) line->restart();
        emitChanges();
        return;
    }
    noteStore(nullptr);
    if (engine->live()) {
        quiet = false;
        if (!std::exchange(resumed, true)) resumeTransfers();
    }
    if (const auto closed = engine->closed(); closed && (closed->why() == wire::Closed::REVOKED || closed->why() == wire::Closed::SUSPENDED) && line) line->stop();
    worker.wakeIdle();
    look();
    emitChanges();
}

void Desk::Impl::noteStore(const Error* error)
{
    std::lock_guard lock(statusMutex);
    const bool storeKind = error && (error->kind == Err::DiskFull || error->kind == Err::ReadOnly || error->kind == Err::Io);
    status.storeFailing = storeKind;
    if (storeKind) status.storeError = error->kind;
    if (error && error->kind == Err::Corrupt) status.alarm = true;
}

void Desk::Impl::refreshStatus()
{
    const Millis wall = systemClock().now();
    std::lock_guard lock(statusMutex);
    status.live = engine->live();
    if (const Millis hub = engine->hubTime(); hub != status.lastContact) {
        // Only a time that just arrived says anything about this PC's clock.
        if (status.lastContact && engine->phase() != sync::Phase::Offline) {
            status.behindClock = wall - hub;
            status.clockWrong = std::abs(status.behindClock) > kClockTolerance;
        }
        status.lastContact = hub;
    }
    status.unsent = engine->unsent();
    status.attention = engine->attention();
    status.closed = engine->closed();
    if (status.closed && status.closed->why() == wire::Closed::SHUTDOWN) status.closed.reset(); // a goodbye, no refusal
    if (engine->takeAlarm()) status.alarm = true;
    status.nextRetry = line ? line->nextRetryMs() : 0;
}

//! Unit and post follow the directory; they belong to the poster's thread, where me() is read.
void Desk::Impl::refreshMe()
{
    const auto& dir = engine->directory();
    const auto posts = dir.postsOf(identity.me.person);
    const auto unit = posts.empty() ? std::nullopt : dir.unit(posts.front().unit);
    post([self = weak_from_this(), first = posts.empty() ? rules::Post{} : posts.front(), name = unit ? unit->name : std::string()] {
        const auto me = self.lock();
        if (!me) return;
        me->identity.me.unit = first.unit;
        me->identity.me.post = first.title;
        me->identity.me.unitName = name;
    });
}

void Desk::Impl::emitChanges(Change change)
{
    refreshStatus();
    for (auto& s : engine->takeChanged()) change.streams.insert(s);
    change.status = true;
    change.directory = change.directory || std::exchange(directoryChanged, false);
    change.blobs = change.blobs || std::exchange(blobsChanged, false);
    change.all = std::exchange(termsMoved, false) || change.all;
    if (change.all || change.streams.size() > 2000) {
        change.streams.clear();
        change.all = true;
    }
    if (change.directory) refreshMe();
    auto news = std::exchange(arrivals, {});
    post([options = options, change = std::move(change), news = std::move(news)] {
        if (options.changed) options.changed(change);
        if (options.arrived)
            for (const auto& a : news) options.arrived(a);
    });
}

//! Another calendar: what waits for this person is due at other times.
Result<void> Desk::Impl::projectTerms(store::Tx& tx)
{
    const auto& dir = engine->directory();
    if (dir.calendarText == calendarText) return {};
    calendarText = dir.calendarText;
    ZT_LET(streams, tx.streamsIn(store::Folder::ToDo));
    for (const auto& stream : streams) {
        ZT_LET(view, engine->view(tx, stream));
        ZT_TRY(project(tx, stream, &view));
        termsMoved = true;
    }
    return {};
}

Result<void> Desk::Impl::project(sync::Tx& port, const std::string& stream, const sync::View* view)
{
    auto& tx = store::Tx::of(port);
    if (!view) return tx.removeRow(stream);
    if (stream == directory::kStream) {
        directoryChanged = true;
        const auto& dir = engine->directory();
        if (dir.authorityVersion == indexedPeople) return {};
        indexedPeople = dir.authorityVersion;
        ZT_TRY(projectTerms(tx));
        ZT_TRY(tx.clearPeople());
        for (const auto& [id, person] : dir.people) {
            const auto posts = dir.postsOf(id);
            const auto unit = posts.empty() ? std::nullopt : dir.unit(posts.front().unit);
            ZT_TRY(tx.putPerson({id, person.name, (unit ? unit->name + " " : std::string()) + (posts.empty() ? std::string() : posts.front().title)}));
        }
        return {};
    }
    if (stream.rfind("m/", 0) != 0 && stream.rfind("in/", 0) != 0) return {};
    ZT_LET(readUpTo, port.mark(stream, "read"));
    const auto row = listRow(*view, engine->directory(), identity.me.person, uint64_t(readUpTo.value_or(0)), now());
    ZT_LET(old, tx.row(stream));
    if (row.title.empty() && !row.pending && !row.attention) return old ? tx.removeRow(stream) : Result<void>{};
    const bool fresh = !old || old->version != row.version || old->pending != row.pending;
    const auto text = indexText(*view->shown);
    ZT_TRY(tx.putRow(row, fresh ? &text : nullptr));
    const uint32_t todo = 1u << int(store::Folder::ToDo);
    if (!quiet && (row.folders & todo) && row.unread && (!old || !(old->folders & todo) || old->step != row.step))
        arrivals.push_back({stream, row.title, row.party, row.step, row.urgency, stream.rfind("in/", 0) == 0});
    const auto* document = documentOf(*view->shown);
    if (!document || !fresh) return {};
    for (const auto& a : document->attachments()) {
        ZT_LET(known, tx.blob(a.blob()));
        if (known && !known->stream.empty()) continue;
        store::BlobRow blob = known.value_or(store::BlobRow{});
        blob.blob = a.blob();
        blob.stream = stream;
        blob.sealedSize = a.sealed_size();
        blob.chunks.assign(a.chunks().begin(), a.chunks().end());
        ZT_TRY(tx.putBlob(blob));
        const uint32_t auto_ = todo | 1u << int(store::Folder::Received);
        if (!blob.complete && (row.folders & auto_) && !quiet)
            worker.second([self = weak_from_this(), stream, id = a.blob()] { if (const auto me = self.lock()) (void)me->wantBlob(stream, id); });
    }
    return {};
}

} // namespace zt::desk
