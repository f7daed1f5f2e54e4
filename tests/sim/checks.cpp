#include "world.h"

#include "zt/catalogue/catalogue.h"
#include "zt/crypto/hash.h"
#include "zt/directory/directory.h"
#include "zt/document/document.h"
#include "zt/process/engine.h"
#include "zt/test/foretold.h"
#include "zt/wire/sealing.h"

#include <algorithm>

namespace zt::sim {

using sync::OutboxRow;

namespace {

bool applied(const wire::Receipt& r) { return r.outcome() == wire::APPLIED || r.outcome() == wire::APPLIED_LATE; }
std::string on(size_t desk) { return "desk " + std::to_string(desk) + ": "; }

} // namespace

void World::check()
{
    checkLog();
    checkReaders();
    for (size_t d = 0; d < m_desks.size(); ++d) {
        const Desk& desk = m_desks[d];
        if (desk.gone) continue;
        if (m_core->refused({desk.machine->person, desk.machine->device})) {
            if (desk.line && desk.engine->phase() == sync::Phase::Live) breach(on(d) + "a refused device is on the line");
            continue;
        }
        checkDesk(d);
    }
    checkForetold();
    checkOwed();
}

//! Versions gapless and chained, nothing applied twice, each event's command has its one receipt, what rested on a refused command was refused.
void World::checkLog()
{
    hub::MemoryLog& log = m_log->truth();
    std::map<std::pair<Bytes, Bytes>, uint64_t> seen;
    std::set<Bytes> followed;
    const auto names = *log.streams();
    for (const auto& name : names) {
        m_out.stats.delivered += name.rfind("in/", 0) == 0;
        const auto events = *log.read(name, 1, SIZE_MAX);
        const wire::Event* prev = nullptr;
        for (const auto& e : events) {
            ++m_out.stats.events;
            if (!wire::follows(e, prev)) breach("chain of " + name + " broken");
            prev = &e;
            wire::Body body;
            if (!body.ParseFromString(e.body())) breach("body");
            if (body.cause().has_follow_up()) {
                const auto c = wire::parseCommand(body.cause().follow_up().command());
                if (!followed.insert(c->id()).second) breach("a follow-up was done twice");
            }
            for (const auto& f : body.facts()) m_out.stats.clocks += f.has_timer_fired();
            if (!body.cause().has_command()) continue;
            const auto c = wire::parseCommand(body.cause().command().bytes());
            const Bytes device = c->device().empty() ? "admin/" + c->person() : c->device();
            if (!seen.insert({{device, c->id()}, e.version()}).second) breach("a command was applied twice");
            const auto receipt = *log.receipt(device, c->id());
            if (!receipt || !applied(receipt->receipt) || receipt->receipt.version() != e.version() || receipt->receipt.stream() != name)
                breach("an event without its receipt");
            m_out.stats.mandated += !c->act().mandate().empty();
            if (c->after().empty()) continue;
            const auto before = *log.receipt(device, c->after());
            if (!before || !applied(before->receipt)) breach("applied, though what it rested on was not");
        }
        if (const auto i = m_injected.find(name); i != m_injected.end() && events.size() != i->second + 1) breach("decided on a frozen stream");
    }
    if (const auto late = m_log->truth().timesUpTo(m_hubClock.now(), 1); m_time < m_healed + 86'400'000 && !late->empty()) breach("the hub's timetable is behind");
    // A hub that starts anew finds nothing left to do.
    FaultyLog copy(log, 1);
    const uint64_t last = *copy.lastPosition();
    hub::Core again({kHub, 1000}, copy, province().hubKey, m_hubClock, m_random, catalogue::all());
    if (!again.load()) breach("the log does not load");
    for (auto more = again.followUp(1000); more && *more;) more = again.followUp(1000);
    if (*copy.lastPosition() != last) breach("follow-ups left over");
    std::vector<Bytes> authors{"admin/system", "admin/security"};
    for (const auto& machine : province().machines) authors.push_back(machine.device);
    for (const auto& [id, heard] : m_heard) {
        bool known = false;
        for (const Bytes& author : authors)
            if (const auto r = *log.receipt(author, id)) known = known || r->receipt.SerializeAsString() == heard.SerializeAsString();
        if (!known) breach("an acknowledged command is not in the log as it was acknowledged");
    }
}

//! Who reads a matter has a reason: it is his, he has or had a task, acted or spoke, or a mandate that runs admits him.
void World::checkReaders()
{
    hub::MemoryLog& log = m_log->truth();
    directory::Directory dir;
    const auto authority = *log.read("dir", 1, SIZE_MAX);
    for (const auto& e : authority)
        if (auto folded = rules::fold(directory::directoryKind(), dir, e); !folded) breach("directory fold");
    const auto names = *log.streams();
    for (const auto& name : names) {
        if (name.rfind("m/", 0) != 0 || m_injected.count(name)) continue;
        const auto& kind = *catalogue::all().kind(name);
        const auto state = kind.empty(name);
        const auto events = *log.read(name, 1, SIZE_MAX);
        for (const auto& e : events)
            if (auto folded = rules::fold(kind, *state, e); !folded) breach("fold of " + name);
        if (state->erased || dir.erased(name)) continue; // what the reasons were is gone; and nothing is decided any more, the end of a mandate neither
        // Nobody reads whom Spread would pass over.
        if (std::set<std::string> all; m_core->eachReader(name, [&](const std::string& person) { all.insert(person); }))
            for (const auto& [person, known] : dir.people)
                if (const auto may = m_core->mayRead(person, name); may && *may && !all.count(person)) breach(person + " reads " + name + " without being its reader");
        const auto& matter = static_cast<const document::Matter&>(*state);
        for (const auto& reader : matter.readers) {
            if (const auto may = m_core->mayRead(reader, name); !may || !*may) continue; // the right was taken from him
            bool reason = reader == matter.initiator.person();
            for (const auto& o : matter.flow.opinions) reason = reason || o.by.person() == reader;
            for (const auto& task : matter.flow.tasks)
                for (const auto& slot : task.slots) {
                    reason = reason || slot.person == reader || slot.by.person() == reader;
                    for (const auto& m : dir.mandatesFor(slot.person)) reason = reason || (m.deputy == reader && m.to >= m_hubClock.now());
                }
            if (!reason) breach(reader + " reads " + name + " for no reason");
        }
    }
}

void World::checkDesk(size_t d)
{
    Desk& desk = m_desks[d];
    if (!desk.engine || !desk.engine->live()) return breach(on(d) + "not live at the end");
    checkOutbox(d);
    checkStreams(d);
    checkErased(d);
}

//! What the directory says was erased is nowhere any more: not at the hub, not here, neither in the record nor among the words it was made of.
void World::checkErased(size_t d)
{
    const auto& dir = m_core->directory();
    const auto& data = m_desks[d].store.data();
    for (const auto& [stream, erasure] : dir.erasures) {
        const auto theirs = *m_log->truth().read(stream, 1, SIZE_MAX);
        for (const auto& e : theirs)
            if (const auto* rule = dir.erasedRule(stream, e.version()); rule && (!e.body().empty() || !e.salt().empty() || e.erased_rule().empty())) breach("the hub keeps what was erased: " + stream);
        if (const auto events = data.events.find(stream); events != data.events.end())
            for (const auto& e : *events->second)
                if (dir.erasedRule(stream, e->version()) && (!e->body().empty() || dir.erasedWhole(stream))) breach(on(d) + "keeps what was erased: " + stream);
    }
    for (const auto& [seq, row] : data.outbox)
        if (row->receipt && row->receipt->version() && dir.erasedRule(row->stream, row->receipt->version())) breach(on(d) + "keeps the words of what was erased: " + row->stream);
}

//! Every command has its one outcome, known here; words of the refused are under attention or were dealt with.
void World::checkOutbox(size_t d)
{
    Desk& desk = m_desks[d];
    const auto& data = desk.store.data();
    size_t waiting = 0, attention = 0;
    for (const auto& [id, stream] : desk.signedHere) {
        if (data.outboxSeq.count(id)) continue;
        // Words that had become part of what was erased; and with a whole matter what the person was done with.
        const auto known = *m_log->truth().receipt(desk.machine->device, id);
        const bool done = desk.dismissed.count(id) || desk.takenBack.count(id) || (known && known->receipt.outcome() == wire::DUPLICATE);
        const bool erased = m_log->erased.count({desk.machine->device, id}) || (done && (m_core->directory().erasedWhole(stream) || desk.erased.count(stream)));
        if (!erased) breach(on(d) + "a signed command is gone: " + hex(id).substr(0, 12) + " " + stream);
        m_out.stats.erasedHere += erased;
    }
    for (const auto& [seq, row] : data.outbox) {
        waiting += row->state == OutboxRow::Waiting;
        attention += row->state == OutboxRow::Attention;
        const auto known = *m_log->truth().receipt(desk.machine->device, row->id);
        const std::string which = on(d) + hex(row->id).substr(0, 12) + " ";
        if (row->state == OutboxRow::Waiting) breach(which + "has no outcome");
        if (known && row->receipt && (known->receipt.outcome() != row->receipt->outcome() || known->receipt.version() != row->receipt->version())
            && applied(known->receipt) != applied(*row->receipt))
            breach(which + "has two outcomes");
        // One who set the words aside after the right had ended asks no more.
        const bool setAside = desk.dismissed.count(row->id) && (row->stuck == wire::REASON_NOT_READER || row->stuck == wire::REASON_ERASED);
        if (known && !row->receipt && !setAside) breach(which + "has an outcome the desk does not know");
        if (!known && row->receipt && applied(*row->receipt)) breach(which + "is lost at the hub");
        const bool taken = desk.takenBack.count(row->id) && row->state == OutboxRow::Settled && !row->sent;
        if (taken && known) breach(which + "was taken back, but sent");
        const wire::Outcome outcome = row->receipt ? row->receipt->outcome() : wire::OUTCOME_UNKNOWN;
        ++m_out.stats.outcomes.at(size_t(outcome));
        if (outcome == wire::APPLIED || outcome == wire::DUPLICATE || taken) continue;
        if (row->state != OutboxRow::Attention && !desk.dismissed.count(row->id)) breach(which + "was refused and its words are nowhere shown: state " + std::to_string(int(row->state)) + ", outcome "
                   + std::to_string(int(outcome)) + ", stuck " + std::to_string(int(row->stuck)) + (row->sent ? ", sent" : ""));
    }
    if (desk.engine->unsent() != waiting) breach(on(d) + "counts unsent wrongly");
    if (desk.engine->attention() != attention) breach(on(d) + "counts attention wrongly");
}

//! Whether the events come to this directory, fact for fact.
static bool foldsTo(const directory::Directory& held, const std::vector<wire::Event>& events)
{
    directory::Directory all;
    for (const auto& e : events)
        if (!rules::fold(directory::directoryKind(), all, e)) return false;
    const auto ours = directory::keptFacts(held), theirs = directory::keptFacts(all);
    return held.version == all.version && held.head == all.head && held.frozen == all.frozen
        && std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end(), [](const auto& a, const auto& b) { return a.SerializeAsString() == b.SerializeAsString(); });
}

//! The desk holds what its access stream says, byte for byte, and shows that.
void World::checkStreams(size_t d)
{
    Desk& desk = m_desks[d];
    const auto& data = desk.store.data();
    hub::MemoryLog& log = m_log->truth();
    const std::string acc = directory::accessStream(desk.machine->person);
    std::set<std::string> due{"dir"};
    if (log.head(acc)->version) due.insert(acc);
    directory::Access access;
    const auto grants = *log.read(acc, 1, SIZE_MAX);
    for (const auto& e : grants)
        if (auto folded = rules::fold(directory::accessKind(), access, e); !folded) breach("access fold");
    for (const auto& [name, held] : access.granted.all())
        if (held && log.head(name)->version && !m_core->directory().erasedWhole(name)) due.insert(name);
    for (const auto& name : due) {
        const auto theirs = *log.read(name, 1, SIZE_MAX);
        const auto row = data.streams.find(name);
        const auto events = data.events.find(name);
        if (row == data.streams.end() || (events == data.events.end() && name != "dir")) {
            breach(on(d) + "does not hold " + name);
            continue;
        }
        // The directory's first events may be here as pages: then what they come to is compared.
        const size_t held = events == data.events.end() ? 0 : events->second->size(), paged = name == "dir" ? theirs.size() - std::min(held, theirs.size()) : 0;
        bool same = held + paged == theirs.size() && row->second.have == theirs.size() && row->second.head == theirs.size();
        for (size_t i = paged; same && i < theirs.size(); ++i) same = (*events->second)[i - paged]->SerializeAsString() == theirs[i].SerializeAsString();
        if (paged) same = same && foldsTo(desk.engine->directory(), theirs);
        m_out.stats.paged += paged > 0;
        if (!same) breach(on(d) + "holds " + name + " differently");
        if (name != "dir" && name != acc && !row->second.granted) breach(on(d) + "holds " + name + " without knowing its grant");
        if (m_injected.count(name) != size_t(row->second.frozen)) breach(on(d) + "frozen wrongly: " + name);
    }
    for (const auto& [name, row] : data.streams)
        if (!due.count(name)) breach(on(d) + "holds what it should not: " + name);
    for (const auto& [name, events] : data.events)
        if (!due.count(name)) breach(on(d) + "keeps events it should not: " + name);
    for (const auto& [key, row] : data.meta) {
        if (key.rfind("row/", 0) != 0) continue;
        const std::string name = key.substr(4);
        auto view = desk.engine->view(name);
        if (!view) {
            breach(on(d) + "no view of " + name);
            continue;
        }
        const bool shown = view->row.have || !view->pending.empty() || !view->attention.empty();
        if (row != (shown ? Rows::summary(*view) : std::string())) breach(on(d) + "shows " + name + " wrongly: [" + row + "] for [" + Rows::summary(*view) + "]");
        const auto injected = m_injected.find(name);
        const uint64_t folded = injected == m_injected.end() || !view->row.have ? view->row.have : injected->second - 1;
        if (view->confirmed->version != folded) breach(on(d) + "folded past what it does not know: " + name);
    }
}

//! A fact without the instants that clocks of the process were set to: when the hub decides a desk cannot know.
static std::string timeless(const wire::Fact& fact)
{
    if (!fact.has_advanced()) return fact.SerializeAsString();
    auto events = process::loadEvents(fact.advanced().events());
    if (!events) return fact.SerializeAsString();
    for (auto& e : *events) e.since = e.due = 0;
    wire::Fact out = fact;
    out.mutable_advanced()->set_events(process::save(*events));
    return out.SerializeAsString();
}

//! What a desk foretold is what came, when nobody else acted in between.
void World::checkForetold()
{
    hub::MemoryLog& log = m_log->truth();
    std::map<std::string, std::vector<wire::Event>> streams;
    Bytes dirHead;
    const auto rows = *log.tail(0, SIZE_MAX);
    for (const auto& row : rows) {
        const wire::Event& e = row.event;
        auto& history = streams[e.stream()];
        history.push_back(e);
        const Bytes dirBefore = dirHead;
        if (e.stream() == "dir") dirHead = wire::eventHash(e);
        const auto body = wire::openBody(e);
        if (!body || !body->cause().has_command()) continue;
        const auto c = wire::parseCommand(body->cause().command().bytes());
        const auto it = m_foretold.find(c->id());
        if (it == m_foretold.end() || it->second.dirHead != dirBefore) continue;
        const Foretold& f = it->second;
        if (e.version() != f.confirmed + f.pending.size() + 1) continue;
        if (f.confirmed && wire::eventHash(history[f.confirmed - 1]) != f.head) continue;
        bool alone = true;
        for (size_t i = 0; alone && i < f.pending.size(); ++i) {
            const auto between = wire::openBody(history[f.confirmed + i]);
            const auto cause = between ? wire::parseCommand(between->cause().command().bytes()) : Result<wire::Command>(Err::Invalid, "");
            alone = cause && cause->id() == f.pending[i];
        }
        if (!alone) continue;
        ++m_out.stats.predictions;
        const auto foretold = test::foretellable(f.facts), came = test::foretellable({body->facts().begin(), body->facts().end()});
        if (!std::equal(foretold.begin(), foretold.end(), came.begin(), came.end(), [](const auto& a, const auto& b) { return timeless(a) == timeless(b); })) breach(on(f.desk) + "foretold something else than what came");
    }
}

//! After a restore: what a returning desk held has its outcome again.
void World::checkOwed()
{
    for (const auto& [key, owed] : m_owed) {
        // Somebody who held it did return.
        const bool returned = std::any_of(owed.holders.begin(), owed.holders.end(), [&](size_t i) {
            return !m_desks[i].gone && !m_core->refused({m_desks[i].machine->person, m_desks[i].machine->device});
        });
        if (!returned) continue;
        ++m_out.stats.owed;
        const auto& devices = m_core->directory().devices;
        if (const auto d = devices.find(key.first); d == devices.end()) continue;
        const auto receipt = *m_log->truth().receipt(key.first, key.second);
        const auto c = wire::parseCommand(owed.command.bytes());
        if (!receipt && m_core->directory().erasedWhole(c->stream())) continue; // whoever heard so before he could offer it has dropped it, as he must
        if (!receipt) breach("a command a returning desk held is lost: " + hex(key.second).substr(0, 12) + " of " + c->person() + " on " + c->stream());
    }
}

Bytes World::fingerprint()
{
    Bytes all = std::to_string(m_trail) + *m_log->truth().root();
    for (const Desk& d : m_desks) {
        const auto& data = d.store.data();
        for (const auto& [k, v] : data.meta) all += k + '=' + v;
        for (const auto& [name, row] : data.streams) all += name + std::to_string(row.have) + row.haveHash;
        for (const auto& [seq, row] : data.outbox) all += row->id + std::to_string(int(row->state));
    }
    return crypto::hashOf(all);
}

} // namespace zt::sim
