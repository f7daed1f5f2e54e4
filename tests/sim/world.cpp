#include "world.h"

#include "zt/catalogue/catalogue.h"
#include "zt/crypto/hash.h"
#include "zt/wire/sealing.h"

#include <cstdarg>
#include <cstdio>

namespace zt::sim {

namespace {

constexpr Millis kSecond = 1000, kMinute = 60 * kSecond;
constexpr uint64_t kMostSteps = 60'000; //!< a run that has not come to rest by then never will

} // namespace

void Stats::add(const Stats& o)
{
    for (auto [to, from] : {std::pair{&acts, o.acts}, {&refusedHere, o.refusedHere}, {&taken, o.taken}, {&crashes, o.crashes}, {&hubCrashes, o.hubCrashes},
                            {&cuts, o.cuts}, {&restores, o.restores}, {&frozen, o.frozen}, {&revocations, o.revocations}, {&predictions, o.predictions},
                            {&events, o.events}, {&owed, o.owed}, {&delivered, o.delivered}, {&mandated, o.mandated}, {&clocks, o.clocks}, {&paged, o.paged},
                            {&erasures, o.erasures}, {&erasedHere, o.erasedHere}})
        *to += from;
    for (size_t i = 0; i < outcomes.size(); ++i) outcomes[i] += o.outcomes[i];
}

World::World(Options options) : m_options(options), m_random(options.seed)
{
    m_hubClock.time = &m_time;
    m_log = std::make_unique<FaultyLog>(province().log, m_random.next());
    m_log->bugs.forgetsReceipts = options.bug == Bug::NoIdempotency;
    m_log->bugs.skipsLate = options.bug == Bug::TailSkips;
    m_log->bugs.refusedIsApplied = options.bug == Bug::AfterIgnored;
    m_log->hooks.before = [this]() -> Result<void> {
        if (m_quiet || !m_random.oneIn(m_faultRate)) return {};
        if (m_random.oneIn(2)) throw HubCrash{};
        return fail(Err::DiskFull, "seeded");
    };
    m_log->hooks.after = [this] { if (!m_quiet && m_random.oneIn(m_faultRate)) throw HubCrash{}; };
}

World::~World()
{
    for (auto& line : m_lines) line.session.reset();
}

void World::trace(const char* format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    std::vsnprintf(text, sizeof text, format, list);
    va_end(list);
    for (const char* c = text; *c; ++c) m_trail = (m_trail ^ uint8_t(*c)) * 1099511628211ull;
    if (m_options.trace) std::printf("%9lld %s\n", static_cast<long long>(m_time - kStart), text);
}

void World::breach(std::string what)
{
    if (m_options.trace) std::printf("%9lld BREACH %s\n", static_cast<long long>(m_time - kStart), what.c_str());
    m_out.broken.push_back(std::move(what));
}

void World::setHooks(size_t d)
{
    auto& hooks = m_desks[d].store.hooks;
    auto strike = [this, d](uint64_t rate) -> Result<void> {
        if (m_quiet || !m_random.oneIn(rate)) return {};
        if (m_random.oneIn(2)) throw DeskCrash{d};
        return fail(Err::DiskFull, "seeded");
    };
    hooks.write = [this, strike] { return strike(m_faultRate * 8); };
    hooks.commit = [this, strike] { return strike(m_faultRate); };
    hooks.committed = [this, d] { if (!m_quiet && m_random.oneIn(m_faultRate)) throw DeskCrash{d}; };
    hooks.between = [this, d] { if (!m_quiet && m_random.oneIn(8)) throw DeskCrash{d}; };
}

// ---- what happens when ----

void World::plan()
{
    const Millis length = m_random.between(20, 240) * kMinute;
    m_faultRate = m_random.oneIn(5) ? 0 : uint64_t(m_random.oneIn(2) ? m_random.between(15, 60) : m_random.between(60, 400));
    const size_t desks = size_t(m_random.between(3, 5));
    // A drafter, his head and a leader are always there.
    std::vector<size_t> machines{0, 1, 2, 3, 4, 5};
    while (machines.size() > desks) machines.erase(machines.begin() + m_random.between(3, int64_t(machines.size()) - 1));
    for (const size_t machine : machines) {
        Desk& d = m_desks.emplace_back();
        d.machine = &province().machines[machine];
        d.clock.time = &m_time;
        d.clock.offset = m_random.between(-5 * kMinute, 5 * kMinute);
        d.store.bugs.positionFirst = m_options.bug == Bug::PositionFirst;
        d.store.bugs.losesReceipts = m_options.bug == Bug::ReceiptLost;
        d.store.bugs.dropsAttention = m_options.bug == Bug::AttentionDropped;
        d.store.bugs.skipsUnknown = m_options.bug == Bug::UnknownSkipped;
        d.store.bugs.keepsErased = m_options.bug == Bug::ErasureIgnored;
        setHooks(m_desks.size() - 1);
    }
    bootHub();
    for (size_t d = 0; d < m_desks.size(); ++d) at(m_time + m_random.between(0, kMinute), What::DeskOn, d);
    auto scatter = [&](What what, int64_t count, bool perDesk) {
        for (int64_t i = 0; i < count; ++i) {
            const Millis when = m_time + m_random.between(kSecond, length);
            at(when, what, perDesk ? m_random.pick(m_desks.size()) : 0);
            // People work in spells; so do faults come.
            if (perDesk && m_random.oneIn(2)) at(when + m_random.between(0, 20 * kSecond), what, m_random.pick(m_desks.size()));
        }
    };
    scatter(What::Act, m_random.between(16, 38), true);
    scatter(What::Fault, m_random.between(5, 25), false);
    scatter(What::Admin, m_random.between(0, 6), false);
    scatter(What::Erase, m_random.between(0, 4), false);
    scatter(What::Backup, m_random.between(0, 2), false);
    drain(m_time + length);
}

void World::drain(Millis until)
{
    uint64_t steps = 0;
    while (!m_queue.empty() && m_queue.top().at <= until) {
        if (++steps > kMostSteps) return breach("does not come to rest");
        const Event e = m_queue.top();
        m_queue.pop();
        m_time = std::max(m_time, e.at);
        try {
            handle(e);
        } catch (const DeskCrash& c) {
            crashDesk(c.desk, "inside a write");
        } catch (const HubCrash&) {
            crashHub("at an append");
        }
    }
    if (until < kStart * 2) m_time = std::max(m_time, until);
}

void World::handle(const Event& e)
{
    switch (e.what) {
    case What::Act: return m_quiet ? void() : act(e.which);
    case What::Fault: return m_quiet ? void() : fault();
    case What::Admin: return m_quiet ? void() : admin();
    case What::Erase: return m_quiet ? void() : erase();
    case What::Backup:
        if (!m_quiet) m_backup = m_log->truth();
        return;
    case What::Connect: return connect(e.which);
    case What::Up: return upArrives(e.which);
    case What::Down: return downArrives(e.which);
    case What::Tick: return tick();
    case What::Alarm: return tickSoon(0);
    case What::DeskOn: return boot(e.which);
    case What::HubOn: return bootHub();
    case What::HubEnd: return closeHubEnd(m_lines[e.which]);
    case What::DeskEnd: return closeDeskEnd(m_lines[e.which]);
    }
}

// ---- desks ----

bool World::usable(const Desk& d) const { return d.engine && !d.gone; }

void World::boot(size_t i)
{
    Desk& d = m_desks[i];
    if (d.engine || d.gone) return;
    d.engine = std::make_unique<sync::Engine>(sync::Identity{kHub, province().hubKey.publicKey(), d.machine->person, d.machine->device, "sim"}, d.machine->key,
                                              sync::Engine::Ports{d.store, d.clock, m_random, catalogue::all(), d.rows});
    trace("desk %zu starts", i);
    if (auto loaded = d.engine->load(); !loaded) breach("a desk does not load: " + loaded.error().detail);
    learnErased(d);
    reconnectLater(i);
}

void World::crashDesk(size_t i, const char* where)
{
    Desk& d = m_desks[i];
    trace("desk %zu dies %s", i, where);
    ++m_out.stats.crashes;
    d.engine.reset();
    if (d.line) closeDeskEnd(*d.line);
    at(m_time + m_random.between(kSecond, 10 * kMinute), What::DeskOn, i);
}

void World::reconnectLater(size_t i)
{
    Desk& d = m_desks[i];
    if (d.connecting || d.gone) return;
    if (m_quiet && m_core && m_core->refused({d.machine->person, d.machine->device}) && d.engine && d.engine->closed()) return; // it was told, and told for good
    d.connecting = true;
    at(m_time + (m_quiet ? m_random.between(1, 100) : m_random.oneIn(6) ? m_random.between(kMinute, 30 * kMinute) : m_random.between(100, 20 * kSecond)), What::Connect, i);
}

World::Line& World::openLine(size_t i)
{
    Line& line = m_lines.emplace_back();
    line.index = m_lines.size() - 1;
    line.desk = i;
    line.restores = m_out.stats.restores;
    line.delay = m_quiet ? 5 : m_random.oneIn(6) ? m_random.between(500, 20 * kSecond) : m_random.between(1, 200);
    line.wire.world = this;
    line.wire.line = &line;
    hub::SessionLimits limits;
    limits.commandsPerSecond = 1e6;
    limits.burst = 1e6;
    limits.timeEvery = 20 * kMinute; // each costs a signature here and a check there
    limits.checkpointEvery = 60 * kMinute;
    if (m_random.oneIn(3)) limits.frameBytes = m_random.between(1, 4000); // what is missing comes in many pieces
    limits.eventsOfDirectory = m_random.oneIn(2) ? m_random.between(1, 40) : 1000; // pages, new ones on top of old ones, or none
    line.session = std::make_unique<hub::Session>(*m_core, hub::Caller{m_desks[i].machine->person, m_desks[i].machine->device}, limits);
    m_spread->add(*line.session);
    return line;
}

void World::connect(size_t i)
{
    Desk& d = m_desks[i];
    d.connecting = false;
    if (!usable(d) || d.line) return;
    if (!m_core || (!m_quiet && m_random.oneIn(8))) return reconnectLater(i);
    Line& line = openLine(i);
    trace("desk %zu connects, line %zu", i, line.index);
    d.line = &line;
    d.engine->connected(line.wire);
    // It gives up waiting and tries again; the hub may see both.
    if (!m_quiet && d.line == &line && m_random.oneIn(10)) closeDeskEnd(line);
}

void World::closeDeskEnd(Line& line)
{
    if (!line.deskOpen) return;
    line.deskOpen = false;
    line.down.clear();
    while (!line.up.empty() && m_random.oneIn(2)) line.up.pop_back(); // in flight: a part still arrives
    Desk& d = m_desks[line.desk];
    if (d.line == &line) {
        d.line = nullptr;
        if (d.engine) d.engine->disconnected();
        reconnectLater(line.desk);
    }
    if (line.hubOpen) at(m_time + (m_quiet ? 10 : m_random.between(1, 2 * kMinute)), What::HubEnd, line.index);
}

bool World::failed(size_t i, const Error& error)
{
    Desk& d = m_desks[i];
    trace("desk %zu: %s", i, error.detail.c_str());
    if (error.detail != "seeded") breach("desk: " + std::string(name(error.kind)) + " " + error.detail);
    if (d.line) closeDeskEnd(*d.line);
    return false;
}

void World::sendUp(Line& line, const wire::DeskFrame& frame)
{
    if (!m_quiet && m_random.oneIn(m_faultRate * 2)) throw DeskCrash{line.desk}; // between commit and sending
    if (!line.deskOpen || !line.hubOpen) return;
    line.upLast = std::max(line.upLast, m_time + m_random.between(1, line.delay));
    line.up.emplace_back(line.upLast, frame);
    at(line.upLast, What::Up, line.index);
}

void World::learnErased(Desk& desk)
{
    const directory::Directory& dir = desk.engine->directory();
    for (const auto& [stream, what] : dir.erasures)
        if (dir.erasedWhole(stream)) desk.erased.insert(stream);
}

void World::downArrives(size_t index)
{
    Line& line = m_lines[index];
    if (!line.deskOpen) return;
    std::vector<sync::Heard> frames;
    while (!line.down.empty() && line.down.front().first <= m_time) {
        frames.push_back(std::move(line.down.front().second));
        line.down.pop_front();
    }
    if (frames.empty()) return;
    trace("desk %zu hears %zu frames from %d", line.desk, frames.size(), int(frames.front().frame.kind_case()));
    Desk& d = m_desks[line.desk];
    if (auto taken = d.engine->receive(frames); !taken) {
        failed(line.desk, taken.error());
        return;
    }
    learnErased(d);
    if (d.engine->takeAlarm()) breach("a desk raised the alarm");
    bool over = false;
    for (const auto& [f, events] : frames) {
        if (f.has_receipt() && line.restores == m_out.stats.restores) m_heard[f.receipt().id()] = f.receipt();
        over = over || f.has_closed();
        // It gave up what another hub had taken, and that hub is lost too: nobody holds it.
        if (f.has_offer_done() && line.restores != m_out.stats.restores)
            for (auto& [key, owed] : m_owed) owed.holders.erase(line.desk);
    }
    if (over) closeDeskEnd(line);
}

// ---- the hub ----

void World::bootHub()
{
    if (m_core) return;
    trace("hub starts");
    m_core = std::make_unique<hub::Core>(hub::Core::Config{kHub, 20}, *m_log, province().hubKey, m_hubClock, m_random, catalogue::all());
    if (auto loaded = m_core->load(); !loaded) breach("the hub does not load: " + loaded.error().detail);
    m_spread = std::make_unique<hub::Spread>(*m_core);
    tickSoon(1);
}

void World::crashHub(const char* where)
{
    trace("hub dies %s", where);
    ++m_out.stats.hubCrashes;
    m_doors.clear();
    for (Line& line : m_lines) {
        if (!line.hubOpen) continue;
        while (!line.down.empty() && m_random.oneIn(2)) line.down.pop_back();
        closeHubEnd(line);
    }
    m_spread.reset();
    m_core.reset();
    at(m_time + m_random.between(kSecond, 5 * kMinute), What::HubOn);
}

void World::closeHubEnd(Line& line)
{
    if (!line.hubOpen) return;
    line.hubOpen = false;
    line.up.clear();
    m_spread->remove(*line.session);
    line.session.reset();
    if (line.deskOpen) at(std::max(m_time, line.downLast) + (m_quiet ? 10 : m_random.between(1, kMinute)), What::DeskEnd, line.index);
}

void World::upArrives(size_t index)
{
    Line& line = m_lines[index];
    if (!line.hubOpen) return;
    while (!line.up.empty() && line.up.front().first <= m_time) {
        const wire::DeskFrame frame = std::move(line.up.front().second);
        line.up.pop_front();
        trace("hub hears desk %zu: %d", line.desk, int(frame.kind_case()));
        std::vector<hub::Core::Door> doors;
        if (auto taken = line.session->take(frame, doors); !taken) {
            breach("the hub does not take a frame: " + taken.error().detail);
            return closeHubEnd(line);
        }
        for (auto& door : doors) m_doors.emplace_back(index, std::move(door));
    }
    tickSoon(m_quiet ? 1 : m_random.between(0, 50));
}

void World::tickSoon(Millis delay)
{
    if (m_tickDue) return;
    m_tickDue = true;
    at(m_time + delay, What::Tick);
}

//! The real hub looks at its timetable all the time. At the end what waits for its turn gets a day: what nobody may do is tried for ever.
void World::alarm()
{
    const auto next = m_core->nextTime();
    if (!next || (*next == m_alarm && !m_quiet)) return;
    m_alarm = *next;
    const Millis when = m_time + std::max<Millis>(1, *next - m_core->clock().now());
    if (!m_quiet || when < m_healed + 24 * 60 * kMinute) at(when, What::Alarm);
}

void World::tick()
{
    m_tickDue = false;
    if (!m_core) return;
    if (!m_doors.empty()) {
        const auto from = std::exchange(m_doors, {});
        std::vector<hub::Core::Door> doors;
        for (const auto& [line, door] : from) doors.push_back(door);
        auto answers = m_core->submit(doors);
        trace("hub decides %zu: %s", doors.size(), answers ? "kept" : "not kept");
        if (!answers && answers.error().detail != "seeded") breach("hub: " + answers.error().detail);
        for (size_t i = 0; i < from.size(); ++i) {
            Line& line = m_lines[from[i].first];
            if (!line.session) continue;
            if (answers) line.session->answer((*answers)[i]);
            else closeHubEnd(line);
        }
    }
    if (m_quiet || !m_random.oneIn(4)) {
        auto more = m_core->followUp(size_t(m_random.between(1, 40)));
        if (!more && more.error().detail != "seeded") breach("hub, follow-up: " + more.error().detail);
        if (!more || *more) tickSoon(m_random.between(1, 100));
        alarm();
    } else {
        tickSoon(m_random.between(1, kSecond));
    }
    pump();
}

void World::pump()
{
    if (m_core && !m_random.oneIn(8)) m_spread->spread(); // what was not handed over is read from the log
    for (Line& line : m_lines) {
        if (!line.session) continue;
        std::vector<wire::HubFrame> frames;
        const size_t budget = m_random.oneIn(3) ? 300 : 65536;
        auto more = line.session->pump(frames, budget);
        if (!more) {
            breach("pump: " + more.error().detail);
            closeHubEnd(line);
            continue;
        }
        give(line, std::move(frames));
        if (line.session->closing()) closeHubEnd(line);
        else if (*more) tickSoon(m_random.between(1, 50));
    }
}

void World::give(Line& line, std::vector<wire::HubFrame> frames)
{
    if (!line.deskOpen || frames.empty()) return;
    for (auto& f : frames) {
        if (m_random.oneIn(2)) line.downLast += m_random.between(0, line.delay);
        line.downLast = std::max(line.downLast, m_time + m_random.between(1, line.delay));
        line.down.emplace_back(line.downLast, std::move(f));
        at(line.downLast, What::Down, line.index);
    }
}

void World::restoreHub()
{
    if (!m_backup) return;
    if (m_core) crashHub("for a restore");
    // What a desk that returns holds is not lost: its own commands the hub answered, and those inside events.
    m_owed.clear(); // of an earlier restore: who has not returned yet still holds it
    for (size_t i = 0; i < m_desks.size(); ++i) {
        const Desk& d = m_desks[i];
        auto owe = [&](const Bytes& device, const Bytes& id, const wire::SignedCommand& command) {
            auto& owed = m_owed[{device, id}];
            owed.command = command;
            owed.holders.insert(i);
        };
        for (const auto& [seq, row] : d.store.data().outbox)
            if (row->receipt && row->receipt->version()) owe(d.machine->device, row->id, row->command);
        for (const auto& [stream, events] : d.store.data().events)
            for (const auto& e : *events) {
                wire::Body body;
                if (!body.ParseFromString(e->body()) || !body.cause().has_command()) continue;
                const auto c = wire::parseCommand(body.cause().command().bytes());
                if (c && !c->device().empty()) owe(c->device(), c->id(), body.cause().command());
            }
    }
    m_log->restore(*m_backup, m_random.bytes(16));
    std::erase_if(m_injected, [&](const auto& i) { return m_log->truth().head(i.first)->version < i.second; });
    m_heard.clear();
    ++m_out.stats.restores;
    trace("hub restored from a backup");
}

// ---- faults and their end ----

void World::cut(size_t index)
{
    Line& line = m_lines[index];
    trace("line %zu is cut", index);
    ++m_out.stats.cuts;
    while (!line.down.empty() && m_random.oneIn(2)) line.down.pop_back();
    if (m_random.oneIn(2)) closeDeskEnd(line);
    else closeHubEnd(line);
}

void World::fault()
{
    const uint64_t what = m_random.pick(100);
    const size_t desk = m_random.pick(m_desks.size());
    if (what < 45) {
        if (m_desks[desk].line) cut(m_desks[desk].line->index);
    } else if (what < 60) {
        if (usable(m_desks[desk])) crashDesk(desk, "of a power cut");
    } else if (what < 68) {
        if (m_core) crashHub("of a power cut");
    } else if (what < 80) {
        m_desks[desk].clock.offset = m_random.between(-24 * 60, 24 * 60) * kMinute;
        trace("clock of desk %zu jumps", desk);
    } else if (what < 85) {
        inject();
    } else if (what < 92) {
        restoreHub();
    } else if (what < 94) {
        if (m_desks.size() > 3 && usable(m_desks[desk])) {
            crashDesk(desk, "for ever");
            m_desks[desk].gone = true;
        }
    } else if (m_core && usable(m_desks[desk])) {
        // The right to read one stream goes; now and then it comes back.
        std::vector<std::string> held;
        for (const auto& [name, row] : m_desks[desk].store.data().streams)
            if ((name.rfind("m/", 0) == 0 || name.rfind("in/", 0) == 0) && m_log->head(name)->version) held.push_back(name);
        if (held.empty()) return;
        wire::Command c;
        const std::string& stream = m_random.of(held);
        const std::string acc = "acc/" + m_desks[desk].machine->person;
        const bool back = m_random.oneIn(3);
        if (back) c.mutable_grant()->set_stream(stream);
        else c.mutable_revoke()->set_stream(stream);
        const auto done = m_core->submitOwn(acc, c);
        trace("%s of %s for desk %zu: %d", back ? "grant" : "revocation", stream.c_str(), desk, int(done.has_value()));
        if (done && !back) ++m_out.stats.revocations;
        tickSoon(1);
    }
}

void World::heal()
{
    trace("all is well again");
    m_quiet = true;
    m_healed = m_time;
    bootHub();
    // Desks that return bring suspensions back which a restore had taken: those are lifted too.
    do {
        for (const auto& [id, person] : m_core->directory().people)
            if (person.suspended) m_suspended.insert(id);
        for (const auto& person : std::exchange(m_suspended, {})) {
            wire::Command c;
            c.mutable_suspend_person()->set_id(person);
            adminAct(std::move(c), true);
        }
        for (size_t i = 0; i < m_lines.size(); ++i) {
            closeDeskEnd(m_lines[i]);
            closeHubEnd(m_lines[i]);
        }
        for (size_t i = 0; i < m_desks.size(); ++i) {
            m_desks[i].clock.offset = 0;
            boot(i);
            m_desks[i].connecting = false;
            if (usable(m_desks[i])) reconnectLater(i);
        }
        drain(INT64_MAX);
    } while (m_core && std::any_of(m_core->directory().people.begin(), m_core->directory().people.end(), [](const auto& p) { return p.second.suspended; }));
}

Outcome World::run()
{
    plan();
    heal();
    if (m_out.broken.empty() || m_options.bug != Bug::None) check();
    m_out.hash = fingerprint();
    return std::move(m_out);
}

// ---- the list rows of a desk ----

std::string World::Rows::summary(const sync::View& v)
{
    std::string out = std::to_string(v.shown->version) + " " + std::to_string(v.pending.size()) + " " + std::to_string(v.attention.size()) + " "
        + std::to_string(v.row.have) + (v.confirmed->frozen ? " frozen" : "");
    for (const auto& p : v.pending) out += " " + std::to_string(int(p.stuck));
    return out;
}

Result<void> World::Rows::project(sync::Tx& tx, const std::string& stream, const sync::View* view)
{
    return tx.setMeta("row/" + stream, view ? summary(*view) : std::string());
}

} // namespace zt::sim
