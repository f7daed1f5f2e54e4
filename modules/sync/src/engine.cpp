#include "engine_impl.h"

#include "zt/base/id.h"
#include "zt/base/log.h"
#include "zt/crypto/hash.h"

#include <algorithm>
#include <map>

namespace zt::sync {

using wire::HubFrame;

Engine::Impl::Impl(Identity who, const crypto::SigningKey& k, Ports p)
    : identity(std::move(who)), key(k), ports(p), access(directory::accessStream(identity.person))
{
}

Result<void> Engine::Impl::load()
{
    states.clear();
    reading.clear();
    outgoing.clear();
    ZT_TRY(ports.store.read([&](Tx& tx) -> Result<void> {
        auto number = [&](const char* name, uint64_t& into) -> Result<void> {
            ZT_LET(v, tx.meta(name));
            into = v && !v->empty() ? std::strtoull(v->c_str(), nullptr, 10) : 0;
            return {};
        };
        ZT_TRY(number("position", position));
        keptPosition = position;
        uint64_t ms = 0;
        ZT_TRY(number("hub_time", ms));
        time.set_ms(Millis(ms));
        keptTime = time.ms();
        ZT_LET(sig, tx.meta("hub_time_sig"));
        time.set_signature(sig.value_or(""));
        ZT_LET(inc, tx.meta("incarnation"));
        incarnation = inc.value_or("");
        ZT_LET(pendingInc, tx.meta("reconciling"));
        newIncarnation = pendingInc.value_or("");
        ZT_TRY(loadDirectory(tx));
        ZT_TRY(loadEnded(tx));
        ZT_LET(waiting, tx.outboxIn(OutboxRow::Waiting));
        ZT_LET(words, tx.outboxIn(OutboxRow::Attention));
        unsent = waiting.size();
        stuck = size_t(std::count_if(waiting.begin(), waiting.end(), [](const auto& r) { return r.stuck != wire::REASON_NONE; }));
        attention = words.size();
        ZT_LET(level, tx.meta("level"));
        levelMoved = !level || *level != std::to_string(wire::kLevel);
        otherLevel = level && levelMoved;
        return {};
    }));
    return otherLevel ? understandMore() : Result<void>();
}

Result<void> Engine::Impl::understandMore()
{
    return write([&](Tx& tx) -> Result<void> {
        ZT_LET(rows, tx.streams());
        for (auto& row : rows) {
            if (!row.frozen) continue;
            ZT_LET(events, tx.events(row.stream));
            if (row.stream == directory::kStream ? dir->frozen : holdsTooNew(events)) continue;
            row.frozen = false;
            ZT_TRY(tx.putStream(row));
            ZT_TRY(project(tx, row.stream));
        }
        return tx.setMeta("level", std::to_string(wire::kLevel));
    });
}

//! Kept beside the access stream, which is as long as all one ever got: a start must not read it.
Result<void> Engine::Impl::loadEnded(Tx& tx)
{
    ended.clear();
    endedMoved = false;
    ZT_LET(kept, tx.meta("ended"));
    if (!kept) {
        ZT_LET(held, foldAccess(tx));
        return {};
    }
    for (size_t at = 0, end; (end = kept->find('\n', at)) != Bytes::npos; at = end + 1) ended.insert(kept->substr(at, end - at));
    return {};
}

Result<void> Engine::Impl::keepEnded(Tx& tx)
{
    if (!std::exchange(endedMoved, false)) return {};
    Bytes names;
    for (const auto& stream : ended) names += stream + "\n";
    return tx.setMeta("ended", names);
}

Result<directory::Access> Engine::Impl::foldAccess(Tx& tx)
{
    directory::Access held;
    ZT_LET(events, tx.events(access));
    for (const auto& e : events) ZT_TRY(rules::fold(directory::accessKind(), held, e));
    ended.clear();
    endedMoved = true;
    for (const auto& [stream, granted] : held.granted.all())
        if (!granted) ended.insert(stream);
    return held;
}

std::shared_ptr<rules::State>& Engine::Impl::cached(const std::string& stream)
{
    constexpr size_t kMost = 2000;
    if (states.size() >= kMost && !states.count(stream)) states.clear();
    return states[stream];
}

rules::State* Engine::Impl::foldable(const std::string& stream)
{
    if (stream == directory::kStream) {
        if (dir.use_count() > 1) dir = std::make_shared<directory::Directory>(*dir);
        return dir.get();
    }
    const auto held = states.find(stream);
    if (held == states.end()) return nullptr;
    if (held->second.use_count() > 1) held->second = held->second->clone();
    return held->second.get();
}

Result<std::shared_ptr<const rules::State>> Engine::Impl::confirmed(Tx& tx, const std::string& stream, uint64_t have)
{
    const rules::Kind* kind = ports.catalogue.kind(stream);
    if (!kind) return fail(Err::NotFound, "stream of no known kind");
    if (stream == directory::kStream) return std::shared_ptr<const rules::State>(dir);
    if (const auto it = states.find(stream); it != states.end() && it->second->version == have) return std::shared_ptr<const rules::State>(it->second);
    std::shared_ptr<rules::State> state = kind->empty(stream);
    ZT_LET(events, tx.events(stream));
    for (const auto& e : events) ZT_TRY(rules::fold(*kind, *state, e));
    cached(stream) = state;
    return std::shared_ptr<const rules::State>(std::move(state));
}

//! Decides the pending commands again on top of what is confirmed.
void Engine::Impl::predict(const rules::Kind& kind, View& view, rules::State& shown)
{
    if (ended.count(view.row.stream)) {
        // Nothing to decide on: the stream is gone from here.
        for (OutboxRow& row : view.pending)
            if (!row.receipt) row.stuck = wire::REASON_NOT_READER;
        return;
    }
    for (OutboxRow& row : view.pending) {
        const auto command = wire::parseCommand(row.command.bytes());
        if (!command) continue;
        std::optional<bool> afterApplied;
        if (!command->after().empty())
            for (const auto* list : {&view.pending, &view.attention})
                for (const auto& other : *list)
                    if (other.id == command->after()) afterApplied = other.stuck == wire::REASON_NONE && other.state != OutboxRow::Attention;
        const Millis to = std::max(row.madeMs, Millis(command->hub_time_ms()));
        const rules::Moment moment{{command->hub_time_ms() ? command->hub_time_ms() : to, to}, true};
        const auto decision = rules::decide(kind, shown, *command, *dir, moment, afterApplied);
        if (decision.applies()) {
            rules::foldPredicted(kind, shown, decision.facts, to);
            row.stuck = wire::REASON_NONE;
        } else if (!row.receipt) {
            row.stuck = decision.reason == wire::REASON_NONE ? wire::REASON_DOCUMENT_CHANGED : decision.reason;
        }
    }
}

//! The hub applied it, and its event is still to come.
bool Engine::Impl::underway(const OutboxRow& row, uint64_t have) const
{
    return row.state == OutboxRow::Settled && row.receipt && row.receipt->version() > have && row.receipt->incarnation() == incarnation && !ended.count(row.stream);
}

Result<View> Engine::Impl::view(Tx& tx, const std::string& stream)
{
    ZT_LET(rows, tx.outboxOf(stream));
    return view(tx, stream, std::move(rows));
}

Result<View> Engine::Impl::view(Tx& tx, const std::string& stream, std::vector<OutboxRow> rows)
{
    const rules::Kind* kind = ports.catalogue.kind(stream);
    if (!kind) return fail(Err::NotFound, "stream of no known kind");
    View v;
    ZT_LET(row, tx.stream(stream));
    if (row) v.row = *row;
    v.row.stream = stream;
    ZT_LET(state, confirmed(tx, stream, v.row.have));
    v.confirmed = v.shown = std::move(state);
    for (auto& r : rows) {
        if (r.state == OutboxRow::Waiting || underway(r, v.row.have)) v.pending.push_back(std::move(r));
        else if (r.state == OutboxRow::Attention) v.attention.push_back(std::move(r));
    }
    if (v.pending.empty()) return v;
    std::shared_ptr<rules::State> shown = v.confirmed->clone();
    predict(*kind, v, *shown);
    v.shown = std::move(shown);
    return v;
}

//! Rewrites a stream's rows and remembers which pending commands stopped deciding.
Result<void> Engine::Impl::project(Tx& tx, const std::string& stream)
{
    changed.insert(stream);
    // Nothing is shown of one's own access stream, and it is as long as all one ever got.
    if (stream == access) return {};
    ZT_LET(before, tx.outboxOf(stream));
    std::map<Bytes, wire::Reason> stuckBefore;
    for (const auto& row : before) stuckBefore[row.id] = row.stuck;
    ZT_LET(v, view(tx, stream, std::move(before)));
    for (const auto& row : v.pending) {
        const auto old = stuckBefore.find(row.id);
        if (old == stuckBefore.end() || old->second == row.stuck) continue;
        if (row.state == OutboxRow::Waiting) {
            stuck += row.stuck != wire::REASON_NONE;
            stuck -= old->second != wire::REASON_NONE;
        }
        ZT_TRY(tx.putOutbox(row));
    }
    const bool empty = !v.row.have && v.pending.empty() && v.attention.empty();
    return ports.projector.project(tx, stream, empty ? nullptr : &v);
}

void Engine::Impl::send(wire::DeskFrame frame)
{
    if (sender) outgoing.push_back(std::move(frame));
}

void Engine::Impl::flush()
{
    auto frames = std::move(outgoing);
    outgoing.clear();
    if (sender)
        for (const auto& f : frames) sender->send(f);
}

wire::Command Engine::Impl::fill(wire::Command c, const View& v, bool alone)
{
    c.set_id(newId(ports.clock, ports.random));
    c.set_hub(identity.hub);
    c.set_person(identity.person);
    c.set_device(identity.device);
    c.set_level(wire::levelOf(c));
    c.clear_after();
    if (!alone)
        for (const auto& r : v.pending)
            if (r.state == OutboxRow::Waiting && r.stuck == wire::REASON_NONE) c.set_after(r.id);
    c.set_head_version(v.confirmed->version);
    c.set_head_hash(v.confirmed->head);
    c.set_hub_time_ms(time.ms());
    c.set_hub_time_sig(time.signature());
    c.set_desk_time_ms(ports.clock.now());
    c.set_incarnation(incarnation);
    return c;
}

Result<Prediction> Engine::Impl::submit(wire::Command body, bool alone, const Engine::Also& also)
{
    Prediction out;
    OutboxRow row;
    if (body.stream().empty()) {
        if (!body.has_submit()) return fail(Err::Invalid, "no stream");
        body.set_stream("m/" + hex(newId(ports.clock, ports.random)));
    }
    const std::string stream = body.stream();
    auto written = ports.store.write([&](Tx& tx) -> Result<void> {
        ZT_LET(v, view(tx, stream));
        const wire::Command c = fill(std::move(body), v, alone);
        ZT_TRY(wire::checkForm(c));
        if (ended.count(stream)) {
            out.decision = rules::Decision::refuse(wire::NOT_PERMITTED, wire::REASON_NOT_READER);
            return {};
        }
        const Millis to = std::max(ports.clock.now(), Millis(time.ms()));
        const rules::Moment moment{{time.ms() ? time.ms() : to, to}, true};
        out.decision = rules::decide(*ports.catalogue.kind(stream), *v.shown, c, *dir, moment, std::nullopt);
        if (!out.decision.applies()) return {};
        row.id = out.id = c.id();
        row.stream = stream;
        row.command = wire::signCommand(c, key);
        row.madeMs = ports.clock.now();
        row.sent = phase == Phase::Live;
        ZT_TRY(tx.putOutbox(row));
        ++unsent;
        if (also) ZT_TRY(also(tx, c));
        return project(tx, stream);
    });
    if (!written) {
        const Error e = written.error();
        // Nothing was kept; what was counted on the way is read again.
        if (!out.id.empty()) ZT_TRY(reload());
        return e;
    }
    if (!out.id.empty() && phase == Phase::Live) {
        wire::DeskFrame f;
        *f.mutable_submit() = row.command;
        send(std::move(f));
    }
    flush();
    return out;
}

//! A write that leaves the line open when it fails: what was counted on the way is taken back.
Result<void> Engine::Impl::write(const std::function<Result<void>(Tx&)>& work)
{
    const auto before = std::tuple(unsent, attention, stuck);
    auto done = ports.store.write(work);
    if (!done) std::tie(unsent, attention, stuck) = before;
    return done;
}

//! After a failed write: memory must say what the store says. The line stays closed until it is opened again.
Result<void> Engine::Impl::reload()
{
    disconnected();
    return load();
}

void Engine::Impl::disconnected()
{
    sender = nullptr;
    phase = Phase::Offline;
    isLive = hubLive = false;
    reading.clear();
    asked = 0;
    wanted.clear();
    outgoing.clear();
}

Engine::Engine(Identity identity, const crypto::SigningKey& key, Ports ports) : m(std::make_unique<Impl>(std::move(identity), key, ports)) {}
Engine::~Engine() = default;

Result<void> Engine::load() { return m->load(); }
Result<Prediction> Engine::submit(wire::Command body, bool alone, const Also& also) { return m->submit(std::move(body), alone, also); }

Result<void> Engine::dismiss(const Bytes& id)
{
    auto done = m->write([&](Tx& tx) -> Result<void> {
        ZT_LET(row, tx.outbox(id));
        if (!row || row->state != OutboxRow::Attention) return fail(Err::NotFound, "nothing to deal with");
        if (m->dir->erasedWhole(row->stream)) { // dealt with, and never to be brought back
            ZT_TRY(tx.dropOutbox(id));
            return m->project(tx, row->stream);
        }
        row->state = OutboxRow::Settled;
        row->settledMs = m->ports.clock.now();
        ZT_TRY(tx.putOutbox(*row));
        return m->project(tx, row->stream);
    });
    ZT_TRY(done);
    --m->attention;
    return {};
}

Result<void> Engine::takeBack(const Bytes& id, const Also& also)
{
    auto done = m->write([&](Tx& tx) -> Result<void> {
        ZT_LET(row, tx.outbox(id));
        if (!row || row->state != OutboxRow::Waiting) return fail(Err::NotFound, "not waiting");
        if (row->stuck != wire::REASON_NONE) return fail(Err::Conflict, "it needs attention");
        if (row->sent) return fail(Err::Conflict, "it may have left this PC");
        ZT_LET(others, tx.outboxOf(row->stream));
        for (const auto& other : others)
            if (const auto c = wire::parseCommand(other.command.bytes()); c && c->after() == id) return fail(Err::Conflict, "a later act rests on it");
        row->state = OutboxRow::Settled;
        row->settledMs = m->ports.clock.now();
        ZT_TRY(tx.putOutbox(*row));
        if (also) {
            ZT_LET(command, wire::parseCommand(row->command.bytes()));
            ZT_TRY(also(tx, command));
        }
        return m->project(tx, row->stream);
    });
    ZT_TRY(done);
    --m->unsent;
    return {};
}

Result<void> Engine::mark(const std::string& stream, const std::string& key, int64_t value)
{
    ZT_TRY(m->write([&](Tx& tx) -> Result<void> {
        ZT_TRY(tx.putMark(stream, key, value, m->phase == Phase::Live));
        return m->project(tx, stream);
    }));
    if (m->phase == Phase::Live) {
        wire::DeskFrame f;
        f.mutable_mark()->set_stream(stream);
        f.mutable_mark()->set_key(key);
        f.mutable_mark()->set_value(value);
        m->send(std::move(f));
        m->flush();
    }
    return {};
}

void Engine::connected(Sender& sender)
{
    m->disconnected();
    m->sender = &sender;
    m->phase = Phase::Greeting;
    m->closed.reset();
    wire::DeskFrame f;
    auto& h = *f.mutable_hello();
    h.set_hub(m->identity.hub);
    h.set_incarnation(m->incarnation);
    h.set_position(m->position);
    h.set_level(wire::kLevel);
    h.set_programme(m->identity.programme);
    m->send(std::move(f));
    m->flush();
}

void Engine::disconnected() { m->disconnected(); }

Result<size_t> Engine::receive(const std::vector<Heard>& frames, const std::function<bool(size_t)>& yield)
{
    // Rows are rewritten every so many streams, so that what is left to do when somebody waits is little.
    constexpr size_t kProjectAt = 32;
    size_t taken = 0, projected = 0;
    auto written = m->ports.store.write([&](Tx& tx) -> Result<void> {
        std::set<std::string> touched;
        bool newDirectory = false;
        auto projectAll = [&]() -> Result<void> {
            newDirectory = newDirectory || touched.count(directory::kStream);
            for (const auto& s : touched) ZT_TRY(m->project(tx, s));
            projected += touched.size();
            touched.clear();
            return {};
        };
        for (const auto& f : frames) {
            ZT_TRY(m->take(tx, f, touched));
            ++taken;
            if (touched.size() >= kProjectAt) ZT_TRY(projectAll());
            if (yield && yield(projected + touched.size())) break;
        }
        ZT_TRY(projectAll());
        if (newDirectory) {
            // What is pending anywhere was decided on the directory as it was.
            ZT_LET(waiting, tx.outboxIn(OutboxRow::Waiting));
            for (const auto& row : waiting) touched.insert(row.stream);
            ZT_TRY(projectAll());
        }
        ZT_TRY(m->askForMissing(tx));
        return m->keepCursor(tx);
    });
    if (!written) {
        const Error e = written.error();
        ZT_TRY(m->reload());
        return e;
    }
    m->flush();
    return taken;
}

Result<View> Engine::view(const std::string& stream)
{
    std::optional<Result<View>> out;
    ZT_TRY(m->ports.store.read([&](Tx& tx) -> Result<void> {
        out = m->view(tx, stream);
        return {};
    }));
    return std::move(*out);
}

Result<View> Engine::view(Tx& tx, const std::string& stream) { return m->view(tx, stream); }
Phase Engine::phase() const { return m->phase; }
bool Engine::live() const { return m->phase == Phase::Live && m->isLive; }
Millis Engine::hubTime() const { return m->time.ms(); }
uint64_t Engine::position() const { return m->position; }
size_t Engine::unsent() const { return m->unsent; }
size_t Engine::attention() const { return m->attention + m->stuck; }
const directory::Directory& Engine::directory() const { return *m->dir; }
std::optional<wire::Closed> Engine::closed() const { return m->closed; }

std::set<std::string> Engine::takeChanged() { return std::exchange(m->changed, {}); }
bool Engine::takeAlarm() { return std::exchange(m->alarm, false); }

} // namespace zt::sync
