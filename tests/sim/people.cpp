#include "world.h"

#include "zt/catalogue/catalogue.h"
#include "zt/document/document.h"
#include "zt/wire/sealing.h"

#include <algorithm>

namespace zt::sim {

using document::Incoming;
using document::Matter;
using wire::Command;

std::string World::words() { return "words " + std::to_string(++m_words); }

wire::Document World::document()
{
    wire::Document d;
    d.set_kind("通知");
    d.set_title("Title " + std::to_string(++m_words));
    d.add_recipients(m_random.oneIn(2) ? "u1" : "u2");
    if (m_random.oneIn(3)) d.add_copies(m_random.oneIn(2) ? "u0" : "u2");
    d.set_body("Body");
    d.set_issuer("u0");
    d.set_code("示");
    return d;
}

// ---- at a desk ----

void World::offerOnMatter(size_t desk, const sync::View& view, std::vector<Command>& out)
{
    const std::string& me = m_desks[desk].machine->person;
    const auto& m = static_cast<const Matter&>(*view.shown);
    if (!m.version || m.frozen) return;
    auto fresh = [&]() -> Command& { return out.emplace_back(); };
    const auto& dir = m_desks[desk].engine->directory();
    for (const auto& task : m.flow.tasks) {
        if (!task.open() && !m_random.oneIn(6)) continue; // some act on what was done already
        std::vector<std::pair<std::string, std::string>> ways{{me, ""}}; // principal, mandate
        for (const auto& [id, mandate] : dir.mandates)
            if (mandate.deputy == me) ways.push_back({mandate.principal, id});
        for (const auto& [person, mandate] : ways) {
            if (!task.slotOf(person) || task.choices.empty()) continue;
            Command& c = fresh();
            auto& a = *c.mutable_act();
            a.set_task(task.id);
            a.set_choice(m_random.oneIn(task.all ? 2 : 5) ? m_random.of(task.choices) : task.choices.front()); // mostly things go on
            a.set_opinion(m_random.oneIn(5) ? "agreed" : words());
            a.set_mandate(mandate);
            c.set_subject(m.current() ? m.current()->hash : Bytes());
        }
    }
    if (m.initiator.person() == me) {
        const auto* open = m.flow.openTask();
        if (open && open->draft()) *fresh().mutable_submit()->mutable_document() = document();
        if (m_random.oneIn(8)) fresh().mutable_withdraw()->set_reason(words());
    }
    if (m_random.oneIn(2)) {
        auto& o = *fresh().mutable_add_opinion();
        o.set_text(words());
        if (!view.attention.empty()) o.set_about(view.attention.front().id);
    }
}

std::optional<Command> World::choose(size_t desk)
{
    Desk& d = m_desks[desk];
    const std::string& me = d.machine->person;
    std::vector<Command> out;
    std::set<std::string> streams;
    for (const auto& [name, row] : d.store.data().streams) streams.insert(name);
    for (const auto& [seq, row] : d.store.data().outbox) streams.insert(row->stream);
    for (const auto& name : streams) {
        const bool matter = name.rfind("m/", 0) == 0, incoming = name.rfind("in/", 0) == 0;
        if (!matter && !incoming) continue;
        auto view = d.engine->view(name);
        if (!view) {
            breach("no view: " + view.error().detail);
            continue;
        }
        const size_t before = out.size();
        if (matter) offerOnMatter(desk, *view, out);
        if (incoming && static_cast<const Incoming&>(*view->shown).version) {
            const auto& in = static_cast<const Incoming&>(*view->shown);
            if (!in.opened) out.emplace_back().mutable_open();
            if (!in.signedFor) out.emplace_back().mutable_sign_for()->set_note(words());
        }
        for (size_t i = before; i < out.size(); ++i) out[i].set_stream(name);
    }
    if (out.empty() || m_random.oneIn(5)) {
        if (const auto* process = d.engine->directory().process(m_random.oneIn(2) ? "long" : "short")) {
            auto& s = *out.emplace_back().mutable_submit();
            *s.mutable_document() = document();
            s.set_definition(process->id);
            s.set_definition_hash(process->hash);
        }
    }
    if (m_random.oneIn(12)) {
        Command& c = out.emplace_back();
        c.set_stream("dir");
        auto& g = *c.mutable_give_mandate();
        g.set_id("g" + std::to_string(++m_words));
        g.set_principal(me);
        g.set_deputy(m_random.of(m_desks).machine->person);
        if (m_random.oneIn(2)) g.add_scopes(m_random.oneIn(2) ? "review" : "sign");
        g.set_from_ms(m_time - 3600'000);
        g.set_to_ms(m_time + m_random.between(1000, 3 * 3600'000));
        return out.back();
    }
    for (const auto& [id, mandate] : d.engine->directory().mandates)
        if (mandate.principal == me && !mandate.ended && m_random.oneIn(3)) {
            Command& c = out.emplace_back();
            c.set_stream("dir");
            c.mutable_end_mandate()->set_id(id);
            c.mutable_end_mandate()->set_for_cause(m_random.oneIn(2));
        }
    if (out.empty()) return std::nullopt;
    // Mostly people do what waits for them.
    std::vector<size_t> tasks;
    for (size_t i = 0; i < out.size(); ++i)
        if (out[i].has_act() || out[i].has_sign_for() || (out[i].has_submit() && !out[i].stream().empty())) tasks.push_back(i);
    if (!tasks.empty() && !m_random.oneIn(3)) return out[m_random.of(tasks)];
    return out[size_t(m_random.pick(out.size()))];
}

void World::act(size_t desk)
{
    Desk& d = m_desks[desk];
    if (!usable(d)) return;
    const auto& outbox = d.store.data().outbox;
    if (m_random.oneIn(5)) { // deals with what needs attention
        for (const auto& [seq, row] : outbox) {
            if (row->state != sync::OutboxRow::Attention) continue;
            const Bytes id = row->id;
            trace("desk %zu dismisses %s", desk, hex(id).substr(0, 12).c_str());
            d.dismissed.insert(id); // before: the PC may die behind the commit
            if (auto done = d.engine->dismiss(id); !done) d.dismissed.erase(id), failed(desk, done.error());
            return;
        }
    }
    if (m_random.oneIn(8)) {
        for (const auto& [seq, row] : outbox) {
            if (row->state != sync::OutboxRow::Waiting || row->sent) continue;
            const Bytes id = row->id;
            d.takenBack.insert(id);
            auto done = d.engine->takeBack(id);
            trace("desk %zu takes back: %d", desk, int(done.has_value()));
            if (done) ++m_out.stats.taken;
            else d.takenBack.erase(id);
            if (!done && done.error().kind != Err::Conflict) failed(desk, done.error());
            return;
        }
    }
    if (m_random.oneIn(10)) {
        if (auto done = d.engine->mark("dir", "read", int64_t(m_random.pick(100))); !done) failed(desk, done.error());
        return;
    }
    auto c = choose(desk);
    if (!c) return;
    const std::string stream = c->has_act() ? c->stream() : std::string();
    submit(desk, std::move(*c));
    // Who judges from a desk without a line often adds a word, which rests on the judgement.
    if (stream.empty() || d.line || !m_random.oneIn(2)) return;
    Command more;
    more.set_stream(stream);
    more.mutable_add_opinion()->set_text(words());
    submit(desk, std::move(more));
}

void World::submit(size_t desk, Command command)
{
    Desk& d = m_desks[desk];
    const bool alone = command.has_add_opinion() && m_random.oneIn(2);
    const int body = int(command.body_case());
    Foretold foretold;
    foretold.desk = desk;
    foretold.dirHead = d.engine->directory().head;
    if (!command.stream().empty())
        if (auto view = d.engine->view(command.stream())) {
            foretold.confirmed = view->confirmed->version;
            foretold.head = view->confirmed->head;
            for (const auto& p : view->pending)
                if (p.stuck == wire::REASON_NONE) foretold.pending.push_back(p.id);
        }
    const bool mandate = command.has_act() && !command.act().mandate().empty();
    const auto done = d.engine->submit(std::move(command), alone);
    if (!done) {
        failed(desk, done.error());
        return;
    }
    trace("desk %zu acts %d: %d %d, %s", desk, body, int(done->decision.outcome), int(done->decision.reason), hex(done->id).substr(0, 12).c_str());
    ++m_out.stats.acts;
    if (!done->decision.applies()) {
        ++m_out.stats.refusedHere;
        return;
    }
    d.signedHere[done->id] = d.store.data().outbox.at(d.store.data().outboxSeq.at(done->id))->stream;
    foretold.facts = done->decision.facts;
    if (!mandate) m_foretold[done->id] = std::move(foretold); // rights under a mandate hang on the time of arrival
}

// ---- administrators ----

bool World::adminAct(Command body, bool security)
{
    const int kind = int(body.body_case());
    auto answers = m_core->submit({adminDoor(std::move(body), security, m_hubClock, m_random)});
    const bool applied = answers && answers->front().receipt && answers->front().receipt->outcome() == wire::APPLIED;
    trace("administrator, %d: %d", kind, int(applied));
    tickSoon(1);
    return applied;
}

void World::admin()
{
    if (!m_core) return;
    Command c;
    const std::string person = province().machines[m_random.pick(5)].person;
    switch (m_random.pick(9)) {
    case 0:
    case 1: {
        const bool now = !m_suspended.count(person);
        c.mutable_suspend_person()->set_id(person);
        c.mutable_suspend_person()->set_suspended(now);
        if (now) m_suspended.insert(person); // also when it fails: it is lifted at the end all the same
        adminAct(std::move(c), true);
        return;
    }
    case 2:
        c.mutable_revoke_device()->set_device(m_random.of(m_desks).machine->device);
        c.mutable_revoke_device()->set_lost(m_random.oneIn(2));
        adminAct(std::move(c), true);
        return;
    case 3: c.mutable_retire_unit()->set_id("u2"); break;
    case 4:
    case 5: {
        auto& p = *c.mutable_put_post();
        p.set_person(person);
        p.set_unit("u0");
        p.set_title(m_random.oneIn(2) ? "counsel" : "leader");
        break;
    }
    case 6: {
        auto& p = *c.mutable_end_post();
        p.set_person("p3");
        p.set_unit("u0");
        p.set_title("leader");
        break;
    }
    case 7: {
        const Millis from = m_time - m_random.between(0, 7200'000);
        *c.mutable_put_calendar() = workingTime(process::instantText(from) + ".." + process::instantText(from + m_random.between(1000, 7200'000)));
        break;
    }
    default: *c.mutable_publish_definition()->mutable_definition() = definition(2 + m_variant++); break;
    }
    adminAct(std::move(c), false);
}

//! A finished matter goes, or one of its events.
void World::erase()
{
    if (!m_core) return;
    auto names = m_log->streams();
    std::vector<std::pair<std::string, uint64_t>> finished;
    for (const auto& name : *names) {
        const auto& kind = *catalogue::all().kind(name);
        const auto state = kind.empty(name);
        const auto events = *m_log->read(name, 1, SIZE_MAX);
        for (const auto& e : events)
            if (auto folded = rules::fold(kind, *state, e); !folded) return breach("fold of " + name);
        if (kind.finished(*state)) finished.emplace_back(name, state->version);
    }
    // Now and then one that is not: the hub refuses.
    const bool wrong = finished.empty() || m_random.oneIn(10);
    if (wrong && !m_random.oneIn(4)) return;
    const auto [stream, versions] = wrong ? std::pair<std::string, uint64_t>{m_random.of(*names), 1} : m_random.of(finished);
    Command c;
    auto& e = *c.mutable_erase();
    e.set_rule("rule " + std::to_string(m_random.pick(3)));
    auto& part = *e.add_parts();
    part.set_stream(stream);
    if (m_random.oneIn(3)) {
        part.set_version(uint64_t(m_random.between(1, int64_t(versions))));
        part.set_hash(wire::eventHash(m_log->read(stream, part.version(), 1)->at(0)));
    }
    e.set_approver("audit");
    e.set_approval(province().auditKey.sign(wire::eraseHash(kHub, e)));
    const bool known = std::any_of(finished.begin(), finished.end(), [&](const auto& f) { return f.first == stream; }) || m_core->directory().erased(stream);
    trace("erasure of %s %llu", stream.c_str(), static_cast<unsigned long long>(part.version()));
    const bool applied = adminAct(c, true);
    if (applied && !known) breach("what is not finished was erased: " + stream);
    m_out.stats.erasures += applied;
}

//! A newer hub wrote to a matter what this programme does not know, and after it something it would know.
void World::inject()
{
    if (!m_core) return;
    auto names = m_log->streams();
    std::erase_if(*names, [&](const auto& n) { return (n.rfind("m/", 0) != 0 && n.rfind("in/", 0) != 0) || m_injected.count(n) || m_core->directory().erased(n); });
    if (names->empty()) return;
    const std::string& stream = m_random.of(*names);
    const auto head = *m_log->head(stream);
    hub::Group group;
    group.authorityVersion = m_log->head("dir")->version;
    const bool level = m_random.oneIn(2);
    Bytes prev = head.hash;
    for (uint64_t i = 1; i <= 2; ++i) {
        wire::Body body;
        if (i == 1 && !level) body.add_facts(); // a kind without a number this build knows
        body.add_facts()->mutable_opinion_given()->set_text(words());
        wire::Event e;
        e.set_hub(kHub);
        e.set_stream(stream);
        e.set_version(head.version + i);
        e.set_prev(prev);
        e.set_time_ms(m_time);
        e.set_level(i == 1 && level ? wire::kLevel + 1 : 1);
        e.set_suite(1);
        e.set_salt(m_random.bytes(16));
        e.set_body(body.SerializeAsString());
        e.set_body_hash(wire::bodyHash(e.salt(), e.body()));
        prev = wire::eventHash(e);
        group.events.push_back(std::move(e));
    }
    if (auto last = m_log->truth().append(group); !last) return breach("injection");
    m_injected[stream] = head.version + 1;
    ++m_out.stats.frozen;
    trace("event from the future on %s", stream.c_str());
    if (auto done = m_core->catchUp(); !done) breach("catch up: " + done.error().detail);
    tickSoon(1);
}

} // namespace zt::sim
