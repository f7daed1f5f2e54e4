#include "pages.h"
#include "zt/crypto/hash.h"
#include "zt/hub/core.h"
#include "zt/wire/sealing.h"

#include <deque>

namespace zt::hub {

namespace {

constexpr size_t kRowsAtOnce = 256;
constexpr uint64_t kSpread = 1024; // rows handed out at once, as many as are in memory
constexpr size_t kEventsAtOnce = 64;
constexpr size_t kHeadsInFrame = 500;
constexpr size_t kMaxHeads = 1'000'000;
constexpr size_t kMaxName = 128;
constexpr size_t kNewest = 200;

} // namespace

class Session::Impl {
public:
    Impl(Core& c, Caller who, SessionLimits l) : core(c), caller(std::move(who)), limits(l), tokens(l.burst), tokensAt(c.clock().steady()) {}

    //! Greeting: no Hello yet. Comparing: the desk tells its heads. Offering: it brings commands back. Feeding: all is told as it comes.
    enum class Phase { Greeting, Comparing, Offering, Feeding };
    struct ReadJob {
        std::string stream;
        uint64_t from = 1;
        size_t newest = 0;        //!< instead of its events, so many of the streams it grants
        uint64_t grantedBy = 0;   //!< the access stream's version when its last events granted this one; not asked for by itself
        std::shared_ptr<const DirectoryPages> pages = {}; //!< that go first
        size_t page = 0;
    };

    Core& core;
    const Caller caller;
    const SessionLimits limits;
    Phase phase = Phase::Greeting;
    bool closed = false, ending = false, offersEnded = false, caughtUp = false;
    std::deque<wire::HubFrame> first; //!< frames ready to go
    std::deque<ReadJob> reads;
    std::deque<bool> doors; //!< unanswered, in order; true: offered
    size_t offers = 0, headsHeard = 0;
    uint64_t fed = 0, told = 0; //!< positions: looked at; said to the desk
    std::deque<SharedRow> ahead; //!< not given yet, of the rows behind `fed`: all of the log's up to `aheadTo`, or those of them that may be his
    uint64_t aheadTo = 0;
    std::vector<SharedRow> handed; //!< by a Spread that is at it
    Millis timeAt = 0, checkpointAt = 0, toldAt = 0;
    double tokens;
    Millis tokensAt;
    wire::Behind behind;

    wire::HubFrame& next() { return first.emplace_back(); }
    void close(wire::Closed::Why why, std::string reason)
    {
        auto& c = *next().mutable_closed();
        c.set_why(why);
        c.set_reason(std::move(reason));
        closed = true;
    }

    // taking
    Result<void> hello(const wire::Hello& hello);
    std::string programme; //!< as it said
    bool isTooOld(const std::string& programme) const;
    Result<void> heads(const wire::Heads& heads);
    Result<void> compare(const wire::Head& head);
    void tellBehind(const std::string& stream, uint64_t version, const Bytes& hash);
    Result<void> command(const wire::SignedCommand& command, bool offered, const Bytes& checkedUnder, std::vector<Core::Door>& out);
    Result<void> read(const wire::Reads& wanted);
    Result<void> mark(const wire::Mark& mark);
    bool mayCommand();
    void offersDone();

    // giving
    bool fits(const wire::Events& frame, size_t bytes, const wire::Event& event) const { return frame.events().empty() || bytes + event.ByteSizeLong() <= limits.frameBytes; }
    void beginFeed();
    bool missesDirectory(uint64_t from) const;
    bool giveFirst(std::vector<wire::HubFrame>& out, size_t& left);
    void givePages(ReadJob& job, std::vector<wire::HubFrame>& out, size_t& left);
    Result<void> giveNewest(ReadJob& job);
    Result<bool> giveRead(std::vector<wire::HubFrame>& out, size_t& left);
    Result<bool> giveFeed(std::vector<wire::HubFrame>& out, size_t& left);
    void give(std::vector<wire::HubFrame>& out, size_t& left, wire::HubFrame frame);
    void tellPosition(std::vector<wire::HubFrame>& out, size_t& left, bool live);
    void tellTime();

    // what a Spread hands over
    [[nodiscard]] uint64_t complete() const { return std::max(fed, aheadTo); } //!< nothing of his up to here is missing in `ahead`
    [[nodiscard]] bool follows(uint64_t after) const { return phase == Phase::Feeding && !closed && complete() >= after; }
    void hand(uint64_t after, const SharedRow& row)
    {
        if (follows(after) && row->position > complete() && (handed.empty() || handed.back() != row)) handed.push_back(row);
    }
    void handOver(uint64_t after, uint64_t to)
    {
        if (follows(after) && ahead.size() + handed.size() <= kRowsAtOnce) {
            ahead.insert(ahead.end(), handed.begin(), handed.end());
            aheadTo = to;
            if (ahead.empty()) fed = to;
        }
        handed.clear();
    }
};

// ---- what the desk says ----

Result<void> Session::Impl::hello(const wire::Hello& hello)
{
    if (phase != Phase::Greeting) return fail(Err::Invalid, "a second Hello");
    if (hello.hub() != core.config().hub) {
        close(wire::Closed::WRONG_HUB, {});
        return {};
    }
    programme = hello.programme();
    if (isTooOld(programme)) {
        close(wire::Closed::TOO_OLD, core.directory().policy.minimum_version());
        return {};
    }
    if (hello.position() > core.position()) ZT_TRY(core.refresh()); // told by another hub on this log
    const Bytes incarnation = core.log().incarnation();
    const bool isNew = !hello.incarnation().empty() && (hello.incarnation() != incarnation || hello.position() > core.position());
    auto& w = *next().mutable_welcome();
    w.set_incarnation(incarnation);
    w.set_head_position(core.position());
    *w.mutable_time() = core.time();
    w.set_new_incarnation(isNew);
    w.set_level(wire::kLevel);
    w.set_sign_key(core.publicKey());
    timeAt = core.clock().steady();
    checkpointAt = timeAt - limits.checkpointEvery;
    ZT_LET(marks, core.log().marks(caller.person));
    for (const auto& row : marks) {
        auto& m = *next().mutable_mark();
        m.set_stream(row.stream);
        m.set_key(row.key);
        m.set_value(row.value);
    }
    fed = told = isNew || hello.incarnation().empty() ? 0 : hello.position();
    if (isNew) phase = Phase::Comparing;
    else beginFeed();
    return {};
}

//! "zhengtong/1.2.3"; one that does not say its version is older than any.
bool Session::Impl::isTooOld(const std::string& programme) const
{
    const auto least = directory::Version::parse(core.directory().policy.minimum_version());
    if (!least) return false;
    const auto own = directory::Version::parse(std::string_view(programme).substr(std::min(programme.size(), programme.find('/') + 1)));
    return !own || *own < *least;
}

void Session::Impl::tellBehind(const std::string& stream, uint64_t version, const Bytes& hash)
{
    auto& h = *behind.add_heads();
    h.set_stream(stream);
    h.set_version(version);
    h.set_hash(hash);
    if (size_t(behind.heads_size()) >= kHeadsInFrame) {
        *next().mutable_behind() = std::move(behind);
        behind.Clear();
    }
}

Result<void> Session::Impl::compare(const wire::Head& theirs)
{
    const rules::Kind* kind = core.catalogue().kind(theirs.stream());
    if (!kind || theirs.version() == 0 || theirs.stream().size() > kMaxName) return {};
    ZT_LET(ours, core.log().head(theirs.stream()));
    if (ours.version == 0) {
        tellBehind(theirs.stream(), 0, {});
        return {};
    }
    const bool longer = theirs.version() > ours.version;
    if (!longer) {
        Bytes hash = ours.hash;
        if (theirs.version() < ours.version) {
            ZT_LET(events, core.log().read(theirs.stream(), theirs.version(), 1));
            if (events.size() != 1) return fail(Err::Corrupt, "a version is missing");
            hash = wire::eventHash(events.front());
        }
        if (hash == theirs.hash()) return {};
    }
    // The grant itself may be among what was lost. Then all that is told is that the desk holds another history; it offers from the start.
    ZT_LET(allowed, core.mayRead(caller.person, theirs.stream()));
    if (!allowed && kind->hubOnly()) return {};
    if (allowed && longer) tellBehind(theirs.stream(), ours.version, ours.hash);
    else tellBehind(theirs.stream(), 0, {});
    return {};
}

Result<void> Session::Impl::heads(const wire::Heads& frame)
{
    if (phase != Phase::Comparing) return fail(Err::Invalid, "Heads not asked for");
    headsHeard += size_t(frame.heads_size());
    if (headsHeard > kMaxHeads) return fail(Err::TooLarge, "heads");
    for (const auto& h : frame.heads()) ZT_TRY(compare(h));
    if (!frame.last()) return {};
    behind.set_last(true);
    *next().mutable_behind() = std::move(behind);
    behind.Clear();
    phase = Phase::Offering;
    return {};
}

bool Session::Impl::mayCommand()
{
    const Millis now = core.clock().steady();
    tokens = std::min(limits.burst, tokens + double(now - tokensAt) * limits.commandsPerSecond / 1000);
    tokensAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
}

Result<void> Session::Impl::command(const wire::SignedCommand& command, bool offered, const Bytes& checkedUnder, std::vector<Core::Door>& out)
{
    if (phase == Phase::Greeting) return fail(Err::Invalid, "a command before Hello");
    if (offered && (phase != Phase::Offering || offersEnded)) return fail(Err::Invalid, "an offer not asked for");
    if (!offered && !mayCommand()) return fail(Err::Busy, "too fast");
    out.push_back({caller, command, offered, checkedUnder});
    doors.push_back(offered);
    offers += offered;
    return {};
}

Result<void> Session::Impl::read(const wire::Reads& wanted)
{
    if (phase == Phase::Greeting) return fail(Err::Invalid, "a read before Hello");
    if (size_t(wanted.reads_size()) > limits.reads) return fail(Err::Invalid, "reads");
    if (reads.size() + size_t(wanted.reads_size()) > limits.reads) return fail(Err::Busy, "too many reads outstanding");
    const std::string own = directory::accessStream(caller.person);
    for (const auto& r : wanted.reads())
        if (r.stream().empty() || r.stream().size() > kMaxName || (r.newest() && r.stream() != own)) return fail(Err::Invalid, "stream");
    for (const auto& r : wanted.reads()) reads.push_back({r.stream(), std::max<uint64_t>(r.from(), 1), std::min<size_t>(r.newest(), kNewest)});
    return {};
}

Result<void> Session::Impl::mark(const wire::Mark& mark)
{
    if (phase == Phase::Greeting) return fail(Err::Invalid, "a mark before Hello");
    if (mark.stream().size() > kMaxName || mark.key().empty() || mark.key().size() > kMaxName) return fail(Err::Invalid, "mark");
    if (!mayCommand()) return fail(Err::Busy, "too fast");
    ZT_LET(allowed, core.mayRead(caller.person, mark.stream()));
    if (allowed) core.mark({caller.person, mark.stream(), mark.key(), mark.value()});
    return {};
}

void Session::Impl::offersDone()
{
    if (phase != Phase::Offering || !offersEnded || offers) return;
    next().mutable_offer_done();
    beginFeed();
}

//! A desk without a position reads what it may hold; the feed brings what comes from here on.
void Session::Impl::beginFeed()
{
    phase = Phase::Feeding;
    if (!fed) fed = told = core.position();
}

bool Session::Impl::missesDirectory(uint64_t from) const
{
    return core.directory().version >= from && core.directory().version - from >= limits.eventsOfDirectory;
}

// ---- what the hub says ----

void Session::Impl::give(std::vector<wire::HubFrame>& out, size_t& left, wire::HubFrame frame)
{
    const size_t size = frame.ByteSizeLong();
    left -= std::min(left, size + 8);
    out.push_back(std::move(frame));
}

//! True if there is more.
bool Session::Impl::giveFirst(std::vector<wire::HubFrame>& out, size_t& left)
{
    while (!first.empty() && left) {
        give(out, left, std::move(first.front()));
        first.pop_front();
    }
    return !first.empty();
}

void Session::Impl::givePages(ReadJob& job, std::vector<wire::HubFrame>& out, size_t& left)
{
    while (left && job.page < job.pages->frames.size()) give(out, left, job.pages->frames[job.page++]);
    if (job.page < job.pages->frames.size()) return;
    job.from = job.pages->version + 1;
    job.pages = nullptr;
    job.page = 0;
}

//! What a desk that begins shows first; then where the access stream ends.
Result<void> Session::Impl::giveNewest(ReadJob& job)
{
    ZT_LET(newest, core.newestGrants(caller.person, std::exchange(job.newest, 0)));
    job.from = newest.version + 1;
    for (auto it = newest.streams.rbegin(); it != newest.streams.rend(); ++it) {
        ReadJob& first = reads.emplace_front();
        first.stream = std::move(*it);
        first.grantedBy = newest.version;
    }
    return {};
}

Result<bool> Session::Impl::giveRead(std::vector<wire::HubFrame>& out, size_t& left)
{
    while (!reads.empty() && left) {
        if (reads.front().newest) ZT_TRY(giveNewest(reads.front()));
        ReadJob& job = reads.front();
        if (job.grantedBy) {
            ZT_LET(own, core.log().head(directory::accessStream(caller.person)));
            if (own.version != job.grantedBy || core.directory().erasedWhole(job.stream)) { // it will be asked for if it is still granted
                reads.pop_front();
                continue;
            }
        }
        ZT_LET(allowed, job.grantedBy ? Result<bool>(true) : core.mayReadNow(caller.person, job.stream));
        if (allowed && !job.pages && job.stream == directory::kStream && missesDirectory(job.from)) job.pages = core.directoryPages(limits.eventsOfDirectory);
        if (allowed && job.pages) {
            givePages(job, out, left);
            continue;
        }
        std::vector<wire::Event> events;
        if (allowed) {
            ZT_LET(found, core.log().read(job.stream, job.from, kEventsAtOnce));
            events = std::move(found);
        }
        size_t taken = 0;
        while (taken < events.size() && left) {
            wire::HubFrame frame;
            auto& f = *frame.mutable_events();
            f.set_stream(job.stream);
            for (size_t bytes = 0; taken < events.size() && fits(f, bytes, events[taken]); ++taken) {
                bytes += events[taken].ByteSizeLong();
                *f.add_events() = std::move(events[taken]);
            }
            job.from = f.events(f.events_size() - 1).version() + 1;
            give(out, left, std::move(frame));
        }
        if (taken < events.size() || events.size() == kEventsAtOnce) continue; // more of this stream
        wire::HubFrame frame;
        auto& end = *frame.mutable_read_end();
        end.set_stream(job.stream);
        end.set_denied(!allowed);
        if (allowed && !events.empty()) {
            end.set_head(job.from - 1);
        } else if (allowed) {
            ZT_LET(head, core.log().head(job.stream));
            end.set_head(head.version);
        }
        give(out, left, std::move(frame));
        reads.pop_front();
    }
    return !reads.empty();
}

void Session::Impl::tellPosition(std::vector<wire::HubFrame>& out, size_t& left, bool live)
{
    wire::HubFrame frame;
    frame.mutable_position()->set_position(fed);
    frame.mutable_position()->set_live(live);
    give(out, left, std::move(frame));
    told = fed;
    toldAt = core.clock().steady();
}

Result<bool> Session::Impl::giveFeed(std::vector<wire::HubFrame>& out, size_t& left)
{
    bool gave = false;
    while (left && fed < core.position()) {
        // A pump takes fewer rows than one reading of the log gives; those left are kept, the right to each is checked when it goes.
        if (ahead.empty()) {
            ZT_LET(rows, core.tail(fed, kRowsAtOnce));
            if (rows.empty()) break;
            aheadTo = rows.back()->position;
            ahead.assign(std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
        }
        wire::HubFrame frame;
        size_t bytes = 0;
        auto flush = [&] {
            if (!frame.has_events()) return;
            told = frame.events().position();
            give(out, left, std::move(frame));
            frame.Clear();
            bytes = 0;
            gave = true;
        };
        while (!ahead.empty()) {
            const SharedRow& row = ahead.front();
            const wire::Event& e = row->event;
            ZT_LET(allowed, core.mayRead(caller.person, e.stream()));
            if (allowed) {
                if (frame.has_events() && (frame.events().stream() != e.stream() || !fits(frame.events(), bytes, e))) flush();
                if (!left) break;
                auto& f = *frame.mutable_events();
                f.set_stream(e.stream());
                f.set_position(row->position);
                *f.add_events() = e;
                bytes += e.ByteSizeLong();
            }
            fed = row->position;
            ahead.pop_front();
        }
        if (ahead.empty()) fed = aheadTo;
        flush();
    }
    const bool atEnd = fed >= core.position();
    const Millis now = core.clock().steady();
    if (gave) caughtUp = false;
    if (!atEnd) {
        if (fed > told) tellPosition(out, left, false);
        return true;
    }
    if (!caughtUp || (fed > told && now - toldAt >= limits.positionEvery)) {
        if (!left) return true;
        tellPosition(out, left, true);
        caughtUp = true;
    }
    if (now - checkpointAt >= limits.checkpointEvery) {
        checkpointAt = now;
        wire::HubFrame frame;
        *frame.mutable_checkpoint() = core.checkpoint();
        give(out, left, std::move(frame));
    }
    return false;
}

void Session::Impl::tellTime()
{
    if (phase == Phase::Greeting) return;
    const Millis now = core.clock().steady();
    if (now - timeAt >= limits.timeEvery) {
        timeAt = now;
        *next().mutable_time() = core.time();
    }
}

// ---- the class ----

Session::Session(Core& core, Caller caller, SessionLimits limits) : m(std::make_unique<Impl>(core, std::move(caller), limits)) {}
Session::~Session() = default;

Result<void> Session::take(const wire::DeskFrame& frame, std::vector<Core::Door>& doors, const Bytes& checkedUnder)
{
    if (m->closed) return {};
    switch (frame.kind_case()) {
    case wire::DeskFrame::kHello: return m->hello(frame.hello());
    case wire::DeskFrame::kSubmit: return m->command(frame.submit(), false, checkedUnder, doors);
    case wire::DeskFrame::kOffer: return m->command(frame.offer(), true, checkedUnder, doors);
    case wire::DeskFrame::kReads: return m->read(frame.reads());
    case wire::DeskFrame::kHeads: return m->heads(frame.heads());
    case wire::DeskFrame::kMark: return m->mark(frame.mark());
    case wire::DeskFrame::kPing: return m->phase == Impl::Phase::Greeting ? Result<void>(Err::Invalid, "a ping before Hello") : Result<void>();
    case wire::DeskFrame::kOfferEnd:
        if (m->phase != Impl::Phase::Offering || m->offersEnded) return fail(Err::Invalid, "OfferEnd not asked for");
        m->offersEnded = true;
        m->offersDone();
        return {};
    case wire::DeskFrame::kBundle: // the line opens them
    case wire::DeskFrame::KIND_NOT_SET: break;
    }
    return fail(Err::Invalid, "a frame of no known kind");
}

void Session::answer(Core::Answer answer)
{
    if (m->doors.empty()) return;
    m->offers -= m->doors.front();
    m->doors.pop_front();
    if (m->closed) return;
    auto& frame = m->next();
    if (answer.receipt) {
        *frame.mutable_receipt() = std::move(*answer.receipt);
    } else {
        frame.mutable_refused()->set_id(answer.id);
        frame.mutable_refused()->set_why(answer.refused.value_or(wire::Refused::MALFORMED));
    }
    m->offersDone();
}

Result<bool> Session::pump(std::vector<wire::HubFrame>& out, size_t budget)
{
    if (!m->closed) {
        if (const auto why = m->core.refused(m->caller)) {
            // Answers already decided still go: they are the record.
            const auto& devices = m->core.directory().devices;
            const auto device = devices.find(m->caller.device);
            m->close(*why, *why == wire::Closed::REVOKED && device != devices.end() ? device->second.reason : std::string());
        } else if (m->phase != Impl::Phase::Greeting && m->isTooOld(m->programme)) {
            m->close(wire::Closed::TOO_OLD, m->core.directory().policy.minimum_version());
        } else if (m->ending) {
            m->close(wire::Closed::SHUTDOWN, {});
        } else {
            m->tellTime();
        }
    }
    size_t left = std::max<size_t>(budget, 1);
    if (m->giveFirst(out, left)) return true;
    if (m->closed || m->phase == Impl::Phase::Greeting) return false;
    bool moreFeed = false;
    if (m->phase == Impl::Phase::Feeding) { // before the reads: what is new does not wait for a desk that begins
        ZT_LET(more, m->giveFeed(out, left));
        moreFeed = more;
    }
    ZT_LET(moreReads, m->giveRead(out, left));
    return moreReads || moreFeed || !m->first.empty();
}

size_t Session::unanswered() const { return m->doors.size(); }
std::optional<uint64_t> Session::fed() const { return m->phase == Impl::Phase::Feeding ? std::optional(m->fed) : std::nullopt; }
bool Session::due() const { return m->phase == Impl::Phase::Feeding && m->fed < m->core.position(); }
bool Session::closing() const { return m->closed && m->first.empty(); }
void Session::shutDown() { m->ending = true; }
const Caller& Session::caller() const { return m->caller; }

// ---- what is whose ----

Spread::Spread(Core& core) : m_core(core), m_to(core.position()) {}

void Spread::add(Session& session) { m_of[session.caller().person].push_back(&session); }

void Spread::remove(Session& session)
{
    const auto it = m_of.find(session.caller().person);
    if (it == m_of.end()) return;
    std::erase(it->second, &session);
    if (it->second.empty()) m_of.erase(it);
}

void Spread::spread()
{
    const uint64_t after = std::exchange(m_to, m_core.position());
    if (m_to == after || m_to - after > kSpread) return;
    const auto rows = m_core.tail(after, m_to - after);
    if (!rows || rows->size() != m_to - after) return;
    auto everybody = [&](auto what) {
        for (const auto& [person, sessions] : m_of)
            for (Session* s : sessions) what(*s->m);
    };
    for (const SharedRow& row : *rows) {
        const bool known = m_core.eachReader(row->event.stream(), [&](const std::string& person) {
            const auto it = m_of.find(person);
            if (it == m_of.end()) return;
            for (Session* s : it->second) s->m->hand(after, row);
        });
        if (!known) everybody([&](auto& m) { m.hand(after, row); });
    }
    everybody([&](auto& m) { m.handOver(after, m_to); });
}

} // namespace zt::hub
