#include "engine_impl.h"

#include "zt/base/log.h"

#include <algorithm>

namespace zt::sync {

using wire::HubFrame;

Heard::Opened::Opened(const wire::Event& e)
    : hash(wire::eventHash(e)), bodyMatches(!e.erased_rule().empty() || e.body_hash() == wire::bodyHash(e.salt(), e.body())), body(wire::openBody(e))
{
}

Heard::Heard(HubFrame f) : frame(std::move(f))
{
    events.reserve(size_t(frame.events().events_size()));
    for (const auto& e : frame.events().events()) events.emplace_back(e);
}

Result<void> Engine::Impl::take(Tx& tx, const Heard& heard, std::set<std::string>& touched)
{
    const HubFrame& f = heard.frame;
    if (phase == Phase::Offline) return {};
    if (phase == Phase::Greeting && !f.has_welcome() && !f.has_closed()) return fail(Err::Corrupt, "frame before the welcome");
    switch (f.kind_case()) {
    case HubFrame::kWelcome: return welcome(tx, f.welcome());
    case HubFrame::kReceipt: return receipt(tx, f.receipt(), touched);
    case HubFrame::kEvents:
        ZT_TRY(events(tx, heard, touched));
        if (f.events().position()) position = std::max(position, uint64_t(f.events().position()));
        return {};
    case HubFrame::kPosition:
        position = std::max(position, uint64_t(f.position().position()));
        hubLive = f.position().live();
        isLive = isLive && hubLive;
        return {};
    case HubFrame::kReadEnd: return readEnd(tx, f.read_end());
    case HubFrame::kBehind: return behind(tx, f.behind());
    case HubFrame::kOfferDone: return offersDone(tx, touched);
    case HubFrame::kTime: return takeTime(f.time());
    case HubFrame::kClosed: closed = f.closed(); return {};
    case HubFrame::kMark: return tx.putMark(f.mark().stream(), f.mark().key(), f.mark().value(), true);
    case HubFrame::kRefused: return refusedAtDoor(tx, f.refused(), touched);
    case HubFrame::kCheckpoint: return takeCheckpoint(tx, f.checkpoint());
    case HubFrame::kPage: return page(tx, f.page(), touched);
    case HubFrame::kBundle: return fail(Err::Corrupt, "bundle"); // the line opens them
    case HubFrame::KIND_NOT_SET: return {}; // a later hub's frame: nothing that must be kept comes this way
    }
    return {};
}

bool Engine::Impl::holdsTooNew(const std::vector<wire::Event>& events)
{
    return std::any_of(events.begin(), events.end(), [](const auto& e) {
        const auto body = wire::openBody(e);
        return !body && body.error().kind == Err::TooNew;
    });
}

Result<void> Engine::Impl::takeTime(const wire::HubTime& t)
{
    if (t.ms() <= time.ms()) return {};
    if (!wire::timeIsGood(identity.hub, t, identity.hubKey)) return fail(Err::Corrupt, "hub time signature");
    time = t;
    return {};
}

//! What the hub signs of its whole log. The newest is kept: a hub that takes back what it signed, or tells two stories of one position, is found out.
Result<void> Engine::Impl::takeCheckpoint(Tx& tx, const wire::Checkpoint& c)
{
    if (!wire::checkpointIsGood(identity.hub, c, identity.hubKey)) return fail(Err::Corrupt, "checkpoint signature");
    if (c.incarnation() != incarnation) return {};
    ZT_LET(kept, tx.meta("checkpoint"));
    wire::Checkpoint last;
    if (!kept || !last.ParseFromString(*kept) || last.incarnation() != incarnation) last.Clear();
    const bool other = c.position() == last.position() && !c.root().empty() && !last.root().empty() && c.root() != last.root();
    if (c.position() < position || c.position() < last.position() || other) {
        alarm = true;
        return {}; // the one that is contradicted stays
    }
    // Without a root (another process had appended just then) it says less than one that has it; of the same root a later time says no more.
    return c.position() == last.position() && (c.root().empty() || c.root() == last.root()) ? Result<void>() : tx.setMeta("checkpoint", c.SerializeAsString());
}

//! Only what changed: a reconnection that brings nothing new waits for no disk. A time that is a minute old serves a command as well as a new one.
Result<void> Engine::Impl::keepCursor(Tx& tx)
{
    constexpr Millis kTimeEvery = 60'000;
    ZT_TRY(keepEnded(tx));
    const bool moved = position != keptPosition;
    if (moved) ZT_TRY(tx.setMeta("position", std::to_string(position)));
    if (levelMoved) ZT_TRY(tx.setMeta("level", std::to_string(wire::kLevel)));
    if (time.ms() >= keptTime + (moved ? 1 : kTimeEvery)) {
        ZT_TRY(tx.setMeta("hub_time", std::to_string(time.ms())));
        ZT_TRY(tx.setMeta("hub_time_sig", time.signature()));
        keptTime = time.ms();
    }
    keptPosition = position;
    levelMoved = false;
    return {};
}

Result<void> Engine::Impl::welcome(Tx& tx, const wire::Welcome& w)
{
    if (phase != Phase::Greeting) return fail(Err::Corrupt, "second welcome");
    if (w.sign_key() != identity.hubKey) return fail(Err::Corrupt, "hub key");
    ZT_TRY(takeTime(w.time()));
    if (incarnation.empty() || (w.incarnation() == incarnation && !w.new_incarnation() && newIncarnation.empty())) {
        if (incarnation.empty()) ZT_TRY(tx.setMeta("incarnation", w.incarnation()));
        incarnation = w.incarnation();
        return goLive(tx);
    }
    // The hub's log is another one than this desk read from (a restore). Told in the store too, so that a crash in between starts here again.
    phase = Phase::Reconciling;
    newIncarnation = w.incarnation();
    ZT_TRY(tx.setMeta("reconciling", newIncarnation));
    offers.clear();
    differing.clear();
    ZT_LET(rows, tx.streams());
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.stream < b.stream; });
    wire::DeskFrame f;
    for (const auto& row : rows) {
        if (!row.have) continue;
        auto& h = *f.mutable_heads()->add_heads();
        h.set_stream(row.stream);
        h.set_version(row.have);
        h.set_hash(row.haveHash);
        if (f.heads().heads_size() >= 500) send(std::exchange(f, {}));
    }
    f.mutable_heads()->set_last(true);
    send(std::move(f));
    return {};
}

Result<void> Engine::Impl::goLive(Tx& tx)
{
    phase = Phase::Live;
    ZT_LET(waiting, tx.outboxIn(OutboxRow::Waiting));
    unsent = waiting.size();
    ZT_TRY(tx.waitingLeaves());
    for (auto& row : waiting) {
        wire::DeskFrame f;
        *f.mutable_submit() = std::move(row.command);
        send(std::move(f));
    }
    // The right to read was lost while these were on the way: what became of them is still to be heard.
    ZT_LET(words, tx.outboxIn(OutboxRow::Attention));
    for (const auto& row : words) {
        if (row.receipt || !row.sent || (row.stuck != wire::REASON_NOT_READER && row.stuck != wire::REASON_ERASED)) continue;
        wire::DeskFrame f;
        *f.mutable_submit() = row.command;
        send(std::move(f));
    }
    if (!position) ZT_TRY(doubtAll(tx));
    ZT_LET(missing, tx.gaps());
    for (const auto& row : missing) requestRead(row.stream);
    return {};
}

//! Without a position the feed says nothing of what was before: all that is here or may come has a gap, until a read shows where it ends.
Result<void> Engine::Impl::doubtAll(Tx& tx)
{
    ZT_LET(rows, tx.streams());
    for (const std::string& first : {std::string(directory::kStream), access})
        if (std::none_of(rows.begin(), rows.end(), [&](const auto& r) { return r.stream == first; })) rows.emplace_back().stream = first;
    for (auto& row : rows) {
        row.head = StreamRow::kUnknown;
        ZT_TRY(tx.putStream(row));
    }
    return {};
}

void Engine::Impl::requestRead(const std::string& stream)
{
    if (phase == Phase::Live && reading.emplace(stream, false).second) wanted.push_back(stream);
}

//! The directory and the person's own access stream go alone, since all else rests on them; then the newest first, so many at a time.
Result<void> Engine::Impl::askForMissing(Tx& tx)
{
    constexpr size_t kAtOnce = 2048, kInFrame = 512;
    constexpr uint32_t kNewest = 100;
    if (phase != Phase::Live) return {};
    wire::DeskFrame frame;
    const auto ask = [&](const std::string& stream) -> Result<void> {
        const auto it = reading.find(stream);
        if (it == reading.end() || it->second) return {};
        ZT_LET(row, tx.stream(stream));
        if (!row || (row->have && row->have >= row->head)) { // gone, or filled by the feed
            reading.erase(it);
            return {};
        }
        it->second = true;
        ++asked;
        auto& read = *frame.mutable_reads()->add_reads();
        read.set_stream(stream);
        read.set_from(row->have + 1);
        if (stream == access && !row->have && row->head == StreamRow::kUnknown) read.set_newest(kNewest);
        if (size_t(frame.reads().reads_size()) >= kInFrame) send(std::exchange(frame, {}));
        return {};
    };
    for (const std::string& first : {std::string(directory::kStream), access}) ZT_TRY(ask(first));
    if (!reading.count(directory::kStream) && !reading.count(access) && asked <= kAtOnce / 2) {
        for (; asked < kAtOnce && !wanted.empty(); wanted.pop_back()) ZT_TRY(ask(wanted.back()));
    }
    if (frame.has_reads()) send(std::move(frame));
    isLive = isLive || (hubLive && reading.empty());
    return {};
}

Result<bool> Engine::Impl::append(Tx& tx, StreamRow& row, const wire::Event& e, const Heard::Opened& opened)
{
    if (e.stream() != row.stream || e.hub() != identity.hub) return fail(Err::Corrupt, "event of another stream");
    if (e.version() <= row.have) {
        // Seen before; it must be the same one.
        if (e.version() == row.have && opened.hash != row.haveHash) alarm = true;
        return false;
    }
    row.head = std::max(row.head, uint64_t(e.version()));
    if (e.version() != row.have + 1) return false;
    if (e.version() == 1 ? !e.prev().empty() : e.prev() != row.haveHash) return fail(Err::Corrupt, "event does not follow");
    if (!opened.bodyMatches) return fail(Err::Corrupt, "event body");
    ZT_TRY(tx.appendEvent(e));
    row.have = e.version();
    row.haveHash = opened.hash;
    row.heardMs = e.time_ms();
    return true;
}

Result<void> Engine::Impl::events(Tx& tx, const Heard& heard, std::set<std::string>& touched)
{
    const wire::Events& batch = heard.frame.events();
    const std::string& stream = batch.stream();
    if (dir->erasedWhole(stream)) return {}; // on its way when that was heard of
    const rules::Kind* kind = ports.catalogue.kind(stream);
    ZT_LET(known, tx.stream(stream));
    StreamRow row = known.value_or(StreamRow{});
    row.stream = stream;
    const uint64_t hadHead = row.head, hadHave = row.have;
    rules::State* fold = foldable(stream);
    // A stream that begins here is folded as it comes, so that nothing is read back for its row.
    if (!fold && kind && !row.have && stream != access) fold = (cached(stream) = kind->empty(stream)).get();
    wire::Event stripped;
    std::optional<Heard::Opened> strippedOpened;
    for (int i = 0; i < batch.events_size(); ++i) {
        const auto& sent = batch.events(i);
        const std::string* rule = sent.erased_rule().empty() ? dir->erasedRule(stream, sent.version()) : nullptr;
        if (rule) {
            wire::erase(stripped = sent, *rule);
            strippedOpened.emplace(stripped);
        }
        const wire::Event& e = rule ? stripped : sent;
        const Heard::Opened& opened = rule ? *strippedOpened : heard.events[size_t(i)];
        ZT_LET(added, append(tx, row, e, opened));
        if (!added) continue;
        const auto& body = opened.body;
        if (fold && kind && fold->version + 1 == e.version()) ZT_TRY(rules::fold(*kind, *fold, e, body, row.haveHash));
        if (!body) {
            if (body.error().kind == Err::TooNew) row.frozen = true;
            continue;
        }
        // An event made by one of our own commands settles it, receipt or not: receipts can be lost, the record cannot.
        // Few are: a command that does not hold this device's id anywhere need not be read.
        if (body->cause().has_command() && body->cause().command().bytes().find(identity.device) != std::string::npos) {
            const auto c = wire::parseCommand(body->cause().command().bytes());
            if (c && c->device() == identity.device) {
                ZT_LET(mine, tx.outbox(c->id()));
                // Also one that was refused: after a restore another desk may have brought it back, and then it applied.
                if (mine && (!mine->receipt || mine->receipt->version() != e.version()) && mine->command.bytes() == body->cause().command().bytes()) {
                    wire::Receipt r;
                    r.set_id(c->id());
                    r.set_command_hash(wire::commandHash(mine->command.bytes()));
                    r.set_stream(stream);
                    r.set_version(e.version());
                    r.set_time_ms(e.time_ms());
                    r.set_incarnation(newIncarnation.empty() ? incarnation : newIncarnation);
                    const bool late = std::any_of(body->facts().begin(), body->facts().end(), [](const auto& fact) { return fact.has_opinion_given() && fact.opinion_given().late() && fact.opinion_given().about().empty(); });
                    r.set_outcome(late ? wire::APPLIED_LATE : wire::APPLIED);
                    ZT_TRY(settle(tx, std::move(*mine), r, touched));
                }
            }
        }
        if (stream == directory::kStream && !row.frozen)
            for (const auto& fact : body->facts())
                for (const auto& part : fact.erased().parts()) ZT_TRY(erased(tx, part.stream(), touched));
        if (stream == access && !row.frozen) ZT_TRY(accessFacts(tx, {body->facts().begin(), body->facts().end()}, touched));
    }
    if (!known || row.have != hadHave || row.head != hadHead) {
        ZT_TRY(tx.putStream(row));
        touched.insert(stream);
    }
    if (row.head > row.have) requestRead(stream);
    return {};
}

Result<void> Engine::Impl::accessFacts(Tx& tx, const std::vector<wire::Fact>& facts, std::set<std::string>& touched)
{
    for (const auto& f : facts) {
        if (f.has_granted()) {
            endedMoved = ended.erase(f.granted().stream()) || endedMoved;
            if (dir->erasedWhole(f.granted().stream())) continue; // nothing is left to hold
            ZT_LET(known, tx.stream(f.granted().stream()));
            StreamRow row = known.value_or(StreamRow{});
            row.stream = f.granted().stream();
            row.granted = true;
            if (!row.have) row.head = StreamRow::kUnknown;
            ZT_TRY(tx.putStream(row));
            if (row.head > row.have) requestRead(row.stream);
        } else if (f.has_revoked()) {
            endedMoved = ended.insert(f.revoked().stream()).second || endedMoved;
            ZT_TRY(revoked(tx, f.revoked().stream(), touched));
        }
    }
    return {};
}

//! The right is gone: the stream goes in one transaction, the person's unsettled words stay.
Result<void> Engine::Impl::revoked(Tx& tx, const std::string& stream, std::set<std::string>& touched)
{
    ZT_LET(rows, tx.outboxOf(stream));
    for (auto& row : rows)
        if (row.state == OutboxRow::Waiting) ZT_TRY(setAside(tx, std::move(row), wire::REASON_NOT_READER));
    states.erase(stream);
    touched.insert(stream);
    return tx.dropStream(stream);
}

void Engine::Impl::uncount(const OutboxRow& row)
{
    if (row.state == OutboxRow::Attention) --attention;
    if (row.state != OutboxRow::Waiting) return;
    --unsent;
    if (row.stuck != wire::REASON_NONE) --stuck;
}

Result<void> Engine::Impl::setAside(Tx& tx, OutboxRow row, wire::Reason why)
{
    uncount(row);
    row.state = OutboxRow::Attention;
    row.stuck = why;
    ++attention;
    ZT_LET(seq, tx.putOutbox(row));
    (void)seq;
    return {};
}

Result<void> Engine::Impl::forgetWords(Tx& tx, const OutboxRow& row)
{
    uncount(row);
    return tx.dropOutbox(row.id);
}

//! The record goes, and this desk's copies of what it recorded. Words that never became part of it are the person's, and wait for him.
Result<void> Engine::Impl::erased(Tx& tx, const std::string& stream, std::set<std::string>& touched)
{
    if (stream == directory::kStream || stream == access) return {}; // never erased
    const bool whole = dir->erasedWhole(stream);
    ZT_LET(rows, tx.outboxOf(stream));
    for (auto& row : rows) {
        const bool recorded = row.receipt && row.receipt->version() && dir->erasedRule(stream, row.receipt->version());
        if (recorded || (whole && row.state == OutboxRow::Settled)) ZT_TRY(forgetWords(tx, row));
        else if (whole && row.state == OutboxRow::Waiting) ZT_TRY(setAside(tx, std::move(row), wire::REASON_ERASED));
    }
    touched.insert(stream);
    states.erase(stream);
    if (whole) return tx.dropStream(stream);
    for (const auto& [version, rule] : dir->erasures.at(stream).events) ZT_TRY(tx.eraseEvent(stream, version, rule));
    return {};
}

Result<void> Engine::Impl::settle(Tx& tx, OutboxRow row, const wire::Receipt& r, std::set<std::string>& touched)
{
    if (r.version() && dir->erasedRule(row.stream, r.version())) { // it was recorded, and what was recorded is erased
        touched.insert(row.stream);
        return forgetWords(tx, row);
    }
    uncount(row);
    const bool decided = row.state == OutboxRow::Waiting && row.stuck == wire::REASON_NONE;
    row.receipt = r;
    row.stuck = wire::REASON_NONE;
    row.settledMs = ports.clock.now();
    // A duplicate's words are in the record already; what was kept only as an opinion is told.
    row.state = r.outcome() == wire::APPLIED || r.outcome() == wire::DUPLICATE ? OutboxRow::Settled : OutboxRow::Attention;
    if (row.state == OutboxRow::Attention) ++attention;
    // While its event is on the way it is decided on as before: the stream's rows stay as they are.
    ZT_LET(held, tx.stream(row.stream));
    (decided && underway(row, held ? held->have : 0) ? changed : touched).insert(row.stream);
    ZT_LET(seq, tx.putOutbox(row));
    (void)seq;
    return {};
}

Result<void> Engine::Impl::receipt(Tx& tx, const wire::Receipt& r, std::set<std::string>& touched)
{
    ZT_LET(row, tx.outbox(r.id()));
    if (!row) return {};
    if (r.command_hash() != wire::commandHash(row->command.bytes())) {
        alarm = true;
        return {};
    }
    if (row->receipt) return {};
    // A receipt may be older than the log's incarnation; the version it names is one of the log as it is now.
    wire::Receipt here = r;
    here.set_incarnation(incarnation);
    if (row->state != OutboxRow::Settled) return settle(tx, std::move(*row), here, touched);
    row->receipt = here; // the person has dealt with it already
    ZT_LET(seq, tx.putOutbox(*row));
    (void)seq;
    return {};
}

Result<void> Engine::Impl::refusedAtDoor(Tx& tx, const wire::Refused& r, std::set<std::string>& touched)
{
    ZT_LET(row, tx.outbox(r.id()));
    if (!row || row->state != OutboxRow::Waiting) return {};
    if (r.why() == wire::Refused::OTHER_BYTES) alarm = true;
    touched.insert(row->stream);
    const bool author = r.why() == wire::Refused::SIGNATURE || r.why() == wire::Refused::NOT_YOURS;
    return setAside(tx, std::move(*row), author ? wire::REASON_DEVICE_REVOKED : wire::REASON_FORM);
}

Result<void> Engine::Impl::readEnd(Tx& tx, const wire::ReadEnd& end)
{
    if (const auto it = reading.find(end.stream()); it != reading.end()) {
        asked -= it->second;
        reading.erase(it);
    }
    if (end.denied()) return {};
    ZT_LET(row, tx.stream(end.stream()));
    if (!row) return {};
    // Also less than was known: a restore of the hub takes back events that this desk has heard of and never held.
    const uint64_t head = std::max(row->have, end.head());
    if (!head && !row->granted) return tx.dropStream(row->stream); // an access stream that has not begun
    if (head != row->head) {
        row->head = head;
        ZT_TRY(tx.putStream(*row));
    }
    if (row->head > row->have) requestRead(row->stream);
    return {};
}

//! Gathers the commands this desk holds beyond what both have. Nothing is cut before the hub has them: a crash in between starts again.
Result<void> Engine::Impl::gatherOffers(Tx& tx, wire::Head& common)
{
    ZT_LET(row, tx.stream(common.stream()));
    if (!row) return {};
    ZT_LET(held, tx.events(common.stream()));
    uint64_t keep = std::min<uint64_t>(common.version(), row->have);
    const uint64_t first = held.empty() ? row->have + 1 : held.front().version();
    if (keep >= first) {
        if (wire::eventHash(held[keep - first]) != common.hash()) keep = 0;
    } else if (keep) { // of the directory, in pages
        ZT_LET(paged, pagedUpTo(tx));
        if (keep != paged.version() || paged.hash() != common.hash()) keep = 0;
    }
    common.set_version(keep);
    for (const auto& e : held) {
        if (e.version() <= keep) continue;
        wire::Body body; // also of a level above this programme: the command is handed on as it is
        if (body.ParseFromString(e.body()) && body.cause().has_command()) offers.push_back(body.cause().command());
    }
    return {};
}

//! Takes this desk back to what both have.
Result<void> Engine::Impl::backTo(Tx& tx, const wire::Head& common, std::set<std::string>& touched)
{
    const std::string& stream = common.stream();
    ZT_LET(row, tx.stream(stream));
    if (!row) return {};
    ZT_TRY(tx.truncateStream(stream, common.version()));
    states.erase(stream);
    touched.insert(stream);
    if (!common.version() && stream != directory::kStream) return tx.dropStream(stream);
    row->have = row->head = common.version();
    row->haveHash = common.version() ? common.hash() : Bytes();
    if (stream == directory::kStream) {
        if (!common.version()) ZT_TRY(forgetPages(tx));
        ZT_TRY(loadDirectory(tx));
        row->frozen = dir->frozen;
    } else {
        ZT_LET(kept, tx.events(stream));
        row->frozen = holdsTooNew(kept);
    }
    return tx.putStream(*row);
}

Result<void> Engine::Impl::behind(Tx& tx, const wire::Behind& b)
{
    if (phase != Phase::Reconciling) return fail(Err::Corrupt, "behind without reconciling");
    for (wire::Head common : b.heads()) {
        ZT_TRY(gatherOffers(tx, common));
        differing.push_back(std::move(common));
    }
    if (!b.last()) return {};
    // The directory first: the others' rights rest on it.
    std::stable_partition(offers.begin(), offers.end(), [](const auto& o) {
        const auto c = wire::parseCommand(o.bytes());
        return c && c->stream() == directory::kStream;
    });
    for (const auto& o : offers) {
        wire::DeskFrame f;
        *f.mutable_offer() = o;
        send(std::move(f));
    }
    offers.clear();
    wire::DeskFrame end;
    end.mutable_offer_end();
    send(std::move(end));
    return {};
}

//! Own commands whose event the hub may have lost are waiting again, under their old ids and bytes.
Result<void> Engine::Impl::waitAgain(Tx& tx, std::set<std::string>& touched)
{
    for (const auto state : {OutboxRow::Settled, OutboxRow::Attention}) {
        ZT_LET(rows, tx.outboxIn(state));
        for (auto& row : rows) {
            if (!row.receipt || !row.receipt->version()) continue;
            ZT_LET(s, tx.stream(row.stream));
            if (s && row.receipt->version() <= s->have) continue;
            row.receipt.reset();
            row.state = OutboxRow::Waiting;
            row.stuck = wire::REASON_NONE;
            ZT_TRY(tx.putOutbox(row));
            ++unsent;
            attention -= state == OutboxRow::Attention;
            touched.insert(row.stream);
        }
    }
    return {};
}

//! What is granted, by the access stream as it is kept, and nothing else; what the hub grants again comes by the feed.
Result<void> Engine::Impl::holdWhatIsGranted(Tx& tx, std::set<std::string>& touched)
{
    ZT_LET(held, foldAccess(tx));
    ZT_LET(rows, tx.streams());
    for (auto& row : rows) {
        if (row.stream == directory::kStream || row.stream == access) continue;
        row.granted = held.granted.holds(row.stream) && !dir->erasedWhole(row.stream);
        touched.insert(row.stream);
        if (row.granted) {
            ZT_TRY(tx.putStream(row));
            continue;
        }
        states.erase(row.stream);
        ZT_TRY(tx.dropStream(row.stream));
    }
    for (const auto& [stream, granted] : held.granted.all()) {
        ZT_LET(known, tx.stream(stream));
        if (known || !granted || dir->erasedWhole(stream)) continue;
        StreamRow row;
        row.stream = stream;
        row.granted = true;
        ZT_TRY(tx.putStream(row));
    }
    return {};
}

Result<void> Engine::Impl::offersDone(Tx& tx, std::set<std::string>& touched)
{
    if (phase != Phase::Reconciling) return fail(Err::Corrupt, "offers done without reconciling");
    incarnation = std::exchange(newIncarnation, {});
    position = 0;
    ZT_TRY(tx.setMeta("incarnation", incarnation));
    ZT_TRY(tx.setMeta("reconciling", {}));
    for (const auto& common : std::exchange(differing, {})) ZT_TRY(backTo(tx, common, touched));
    ZT_TRY(holdWhatIsGranted(tx, touched));
    ZT_TRY(waitAgain(tx, touched));
    return goLive(tx);
}

} // namespace zt::sync
