#include "core_impl.h"

#include "zt/base/id.h"
#include "zt/crypto/hash.h"
#include "zt/wire/sealing.h"

namespace zt::hub {

namespace {
constexpr size_t kRecentRows = 1024;
constexpr size_t kBatch = 512;
} // namespace

Millis Core::Impl::now() const
{
    floor = std::max(floor, clock.now());
    return floor;
}

Result<void> Core::Impl::load()
{
    ZT_LET(state, states.upTo(directory::kStream, UINT64_MAX));
    if (state->frozen) return fail(Err::TooNew, "the directory holds what this programme does not understand");
    directory.reset(static_cast<directory::Directory*>(state.release()));
    ZT_LET(last, log.lastPosition());
    ZT_LET(done, log.followedUpTo());
    position = last;
    followed = followedKept = done;
    ZT_TRY(readTimes());
    if (last) {
        ZT_LET(rows, log.tail(last - 1, 1));
        for (const auto& r : rows) floor = std::max(floor, r.event.time_ms());
    }
    return {};
}

void Core::Impl::remember(SharedRow row)
{
    if (!recent.empty() && recent.back()->position + 1 != row->position) recent.clear();
    recent.push_back(std::move(row));
    if (recent.size() > kRecentRows) recent.pop_front();
}

//! What is kept of it in memory; the log itself did it in the transaction that took the record.
void Core::Impl::forgetErased(const std::vector<ErasureRow>& list)
{
    if (list.empty()) return;
    ++erasures;
    std::set<std::string> streams;
    for (const ErasureRow& e : list) {
        states.forget(e.stream);
        streams.insert(e.stream);
    }
    reactions.clear(); // made again from the log
    for (SharedRow& row : recent) {
        if (!streams.count(row->event.stream())) continue;
        const std::string* rule = directory->erasedRule(row->event.stream(), row->event.version());
        if (!rule || !row->event.erased_rule().empty()) continue;
        LogRow erased = *row;
        wire::erase(erased.event, *rule);
        row = std::make_shared<const LogRow>(std::move(erased));
    }
}

//! Folds another's event and keeps what follows from it, while its state is at hand.
Result<void> Core::Impl::foldForeign(rules::State& state, const LogRow& row)
{
    const wire::Event& e = row.event;
    const rules::Kind& kind = *catalogue.kind(e.stream());
    const auto body = wire::openBody(e);
    const Bytes hash = wire::eventHash(e);
    ZT_TRY(rules::fold(kind, state, e, body, hash));
    if (!body || state.frozen || reactions.size() > kReactionsKept) return {};
    const std::vector<wire::Fact> facts(body->facts().begin(), body->facts().end());
    reactions[row.position] = {hash, kind.react(state, facts, {e.time_ms(), e.version(), hash})};
    return {};
}

Result<void> Core::Impl::takeIn(LogRow row)
{
    const wire::Event& e = row.event;
    floor = std::max(floor, e.time_ms());
    if (e.stream() == directory::kStream) {
        if (e.version() == directory->version + 1) ZT_TRY(foldForeign(*directory, row));
        std::vector<ErasureRow> erased;
        if (const auto body = wire::openBody(e))
            for (const auto& f : body->facts()) collectErasures(f, erased);
        if (!erased.empty()) log.forgetKeys();
        forgetErased(erased);
        if (directory->frozen) return fail(Err::TooNew, "the directory holds what this programme does not understand");
    } else if (rules::State* state = states.held(e.stream()); state && e.version() > state->version) {
        if (e.version() != state->version + 1) states.forget(e.stream());
        else if (auto folded = foldForeign(*state, row); !folded) {
            states.forget(e.stream());
            return folded;
        }
    }
    position = row.position;
    remember(std::make_shared<const LogRow>(std::move(row)));
    return {};
}

Result<void> Core::Impl::catchUp()
{
    for (;;) {
        ZT_LET(rows, log.tail(position, kBatch));
        const size_t count = rows.size();
        for (auto& r : rows) ZT_TRY(takeIn(std::move(r)));
        if (count == kBatch) continue;
        // What follows from events of others may be done by them.
        ZT_LET(done, log.followedUpTo());
        followed = std::max(followed, std::min(done, position));
        return readTimes();
    }
}

Core::Core(Config config, EventLog& log, const crypto::SigningKey& key, const Clock& clock, Random& random, const rules::Catalogue& catalogue)
    : m(std::make_unique<Impl>(std::move(config), log, key, clock, random, catalogue))
{
}

Core::~Core() = default;

Result<void> Core::load() { return m->load(); }
Result<std::vector<Core::Answer>> Core::submit(const std::vector<Door>& doors) { return m->submit(doors); }
Result<bool> Core::followUp(size_t limit) { return m->followUp(limit); }
Result<void> Core::keepMarks() { return m->keepMarks(); }
std::optional<Millis> Core::nextTime() const { return m->nextTime; }
Result<void> Core::catchUp() { return m->catchUp(); }
Result<void> Core::refresh()
{
    ZT_LET(last, m->log.lastPosition());
    return last == m->position ? Result<void>() : m->catchUp();
}
uint64_t Core::position() const { return m->position; }
const directory::Directory& Core::directory() const { return *m->directory; }
uint64_t Core::erasures() const { return m->erasures; }
const Core::Config& Core::config() const { return m->config; }
uint64_t Core::followed() const { return m->followed; }
void Core::watch(CommitWatch* watch) { m->watch = watch; }
EventLog& Core::log() { return m->log; }
const Bytes& Core::publicKey() const { return m->key.publicKey(); }
const Clock& Core::clock() const { return m->clock; }
const rules::Catalogue& Core::catalogue() const { return m->catalogue; }

std::shared_ptr<const DirectoryPages> Core::directoryPages(uint64_t behind)
{
    constexpr size_t kPageBytes = 60u << 10;
    if (!m->pages || m->pages->version + behind < m->directory->version) m->pages = pagesOf(*m->directory, m->config.hub, m->key, kPageBytes);
    return m->pages;
}

wire::HubTime Core::time() const { return wire::signTime(m->config.hub, m->now(), m->key); }

void Core::mark(MarkRow row) { m->marks[{row.person, row.stream, row.key}] = row.value; }

Result<std::vector<SharedRow>> Core::tail(uint64_t after, size_t limit)
{
    std::vector<SharedRow> out;
    if (after >= m->position) return out;
    if (!m->recent.empty() && m->recent.front()->position <= after + 1) {
        const size_t first = after + 1 - m->recent.front()->position;
        for (size_t i = first; i < m->recent.size() && out.size() < limit; ++i) out.push_back(m->recent[i]);
        return out;
    }
    ZT_LET(rows, m->log.tail(after, limit));
    for (auto& r : rows)
        if (r.position <= m->position) out.push_back(std::make_shared<const LogRow>(std::move(r)));
    return out;
}

Result<bool> Core::mayRead(const std::string& person, const std::string& stream)
{
    const auto known = m->directory->people.find(person);
    if (known == m->directory->people.end() || known->second.suspended) return false;
    if (m->directory->erasedWhole(stream)) return false; // nothing is left to read
    const std::string own = directory::accessStream(person);
    if (stream == directory::kStream || stream == own) return true;
    const rules::Kind* kind = m->catalogue.kind(stream);
    if (!kind || kind->hubOnly()) return false;
    // An access stream is as long as all its person ever got. Where it is not in memory (a hub that has just started, thousands of lines), it is not read for
    // a stream whose own state shows that it was never his.
    if (!m->states.held(own) && !m->directory->erased(stream)) // what is erased of it may have been the word that made him its reader
        if (const auto* state = m->states.held(stream); state && !state->frozen) {
            bool his = false;
            if (kind->eachReader(*state, [&](const std::string& reader) { his = his || reader == person; }) && !his) return false;
        }
    m->states.trim();
    ZT_LET(state, m->states.at(own));
    const auto& access = static_cast<const directory::Access&>(*state);
    return !access.frozen && access.granted.holds(stream);
}

bool Core::eachReader(const std::string& stream, const std::function<void(const std::string&)>& each) const
{
    if (stream == directory::kStream) return false;
    const rules::Kind* kind = m->catalogue.kind(stream);
    if (!kind || kind->hubOnly()) {
        if (const std::string owner = directory::accessOwner(stream); !owner.empty()) each(owner);
        return true;
    }
    const auto* state = m->states.held(stream);
    if (!state || state->frozen || m->directory->erased(stream)) return false; // see mayRead
    return kind->eachReader(*state, each);
}

Result<bool> Core::mayReadNow(const std::string& person, const std::string& stream)
{
    ZT_LET(allowed, mayRead(person, stream));
    if (allowed) return true;
    const uint64_t before = m->position;
    ZT_TRY(refresh());
    return m->position == before ? Result<bool>(false) : mayRead(person, stream);
}

Result<Core::Newest> Core::newestGrants(const std::string& person, size_t most)
{
    const std::string own = directory::accessStream(person);
    ZT_LET(head, m->log.head(own));
    ZT_LET(last, m->log.read(own, head.version > most ? head.version - most + 1 : 1, most));
    Newest out{{}, head.version};
    std::set<std::string> said; // the last word on a stream counts
    for (auto e = last.rbegin(); e != last.rend(); ++e) {
        const auto body = wire::openBody(*e);
        if (!body) return Newest{{}, head.version};
        for (auto f = body->facts().rbegin(); f != body->facts().rend(); ++f) {
            const std::string& stream = f->has_granted() ? f->granted().stream() : f->revoked().stream();
            if (said.insert(stream).second && f->has_granted() && out.streams.size() < most) out.streams.push_back(stream);
        }
    }
    return out;
}

std::optional<wire::Closed::Why> Core::refused(const Caller& caller) const
{
    const auto device = m->directory->devices.find(caller.device);
    if (device == m->directory->devices.end() || device->second.person != caller.person || device->second.revoked) return wire::Closed::REVOKED;
    const auto person = m->directory->people.find(caller.person);
    if (person == m->directory->people.end() || person->second.suspended) return wire::Closed::SUSPENDED;
    return std::nullopt;
}

wire::Checkpoint Core::checkpoint() const
{
    wire::Checkpoint c;
    c.set_hub(m->config.hub);
    c.set_incarnation(m->log.incarnation());
    c.set_position(m->position);
    // The root belongs to the newest position, which another process may have moved on.
    const auto root = m->log.root();
    const auto last = m->log.lastPosition();
    if (root && last && *last == m->position) c.set_root(*root);
    c.set_time_ms(m->now());
    wire::signCheckpoint(c, m->key);
    return c;
}

Result<void> Core::submitOwn(const std::string& stream, wire::Command body)
{
    body.set_id(newId(m->clock, m->random));
    wire::Receipt receipt;
    ZT_TRY(m->commit([&](Work& work) -> Result<void> {
        ZT_LET(answer, m->own(work, stream, body, {}, 0));
        receipt = std::move(answer);
        return {};
    }));
    if (receipt.outcome() == wire::APPLIED || receipt.outcome() == wire::APPLIED_LATE) return {};
    return fail(Err::Denied, wire::Outcome_Name(receipt.outcome()) + " " + wire::Reason_Name(receipt.reason()));
}

} // namespace zt::hub
