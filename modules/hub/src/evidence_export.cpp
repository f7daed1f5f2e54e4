#include "evidence_chain.h"
#include "states.h"
#include "zt/catalogue/catalogue.h"
#include "zt/crypto/hash.h"
#include "zt/directory/directory.h"
#include "zt/wire/sealing.h"

#include <algorithm>
#include <map>
#include <set>

namespace zt::hub {

namespace {

constexpr size_t kBatch = 256;

Result<std::vector<wire::Event>> readAll(EventLog& log, const std::string& stream)
{
    std::vector<wire::Event> out;
    for (;;) {
        ZT_LET(more, log.read(stream, out.size() + 1, kBatch));
        const size_t count = more.size();
        std::move(more.begin(), more.end(), std::back_inserter(out));
        if (count < kBatch) return out;
    }
}

//! Streams that the events of this one lead to, in the order they were led to.
Result<std::vector<std::string>> ledTo(const std::string& stream, const std::vector<wire::Event>& events)
{
    const rules::Kind* kind = catalogue::all().kind(stream);
    auto state = kind->empty(stream);
    std::vector<std::string> out;
    for (const auto& e : events) {
        ZT_TRY(rules::fold(*kind, *state, e));
        const auto body = wire::openBody(e);
        if (!body) continue;
        const std::vector<wire::Fact> facts(body->facts().begin(), body->facts().end());
        for (const auto& next : kind->react(*state, facts, {e.time_ms(), e.version(), state->head}))
            if (std::find(out.begin(), out.end(), next.stream) == out.end()) out.push_back(next.stream);
    }
    return out;
}

//! People and devices an export speaks of, gathered from the matter's events.
struct Concerned {
    std::set<std::string> people, definitions, streams;
    std::set<Bytes> devices;

    void add(const wire::Actor& actor)
    {
        people.insert(actor.person());
        if (!actor.principal().empty()) people.insert(actor.principal());
    }
    void add(const wire::Event& event)
    {
        const auto body = wire::openBody(event);
        if (!body) return;
        if (body->cause().has_command())
            if (const auto c = wire::parseCommand(body->cause().command().bytes())) people.insert(c->person());
        for (const auto& f : body->facts()) {
            if (f.has_matter_started()) definitions.insert(f.matter_started().definition());
            if (f.has_slot_done()) add(f.slot_done().by());
            if (f.has_receipt_recorded()) add(f.receipt_recorded().by());
        }
    }
    //! Whether the body of a directory's event is part of the evidence.
    bool wants(const wire::Fact& f)
    {
        auto has = [&](const std::string& person) { return people.count(person) > 0; };
        if (f.has_device_enrolled()) return has(f.device_enrolled().person()) && devices.insert(f.device_enrolled().device()).second;
        if (f.has_device_revoked()) return devices.count(f.device_revoked().device()) > 0;
        if (f.has_device_renewed()) return devices.count(f.device_renewed().device()) > 0;
        if (f.has_device_approved()) return devices.count(f.device_approved().device()) > 0;
        if (f.has_mandate_given()) return has(f.mandate_given().principal()) || has(f.mandate_given().deputy());
        if (f.has_person_put()) return has(f.person_put().id());
        if (f.has_post_put()) return has(f.post_put().person());
        if (f.has_post_ended()) return has(f.post_ended().person());
        if (f.has_person_suspended()) return has(f.person_suspended().id());
        if (f.has_definition_published()) return definitions.count(f.definition_published().definition().id()) > 0;
        if (f.has_erased())
            return std::any_of(f.erased().parts().begin(), f.erased().parts().end(), [&](const auto& p) { return streams.count(p.stream()) > 0; });
        return f.has_role_put() || f.has_mandate_ended() || f.has_level_set() || f.has_calendar_put();
    }
};

void withhold(wire::Event& event)
{
    if (event.erased_rule().empty()) wire::erase(event, kWithheld);
}

//! Bodies of a register that are about other matters go.
void withholdOthers(std::vector<wire::Event>& events, const std::string& matter)
{
    for (auto& e : events) {
        const auto body = wire::openBody(e);
        const bool ours = body && std::any_of(body->facts().begin(), body->facts().end(), [&](const wire::Fact& f) {
            return f.has_number_allocated() && f.number_allocated().matter() == matter;
        });
        if (!ours) withhold(e);
    }
}

//! Mandates are given by principals, who may be nobody else in the matter: their devices belong to it too.
void addPrincipals(Concerned& concerned, const std::vector<wire::Event>& directory)
{
    std::set<std::string> more;
    for (const auto& e : directory) {
        const auto body = wire::openBody(e);
        if (!body) continue;
        for (const auto& f : body->facts())
            if (f.has_mandate_given() && concerned.people.count(f.mandate_given().deputy())) more.insert(f.mandate_given().principal());
    }
    concerned.people.merge(more);
}

} // namespace

void sealExport(wire::Export& out, const crypto::SigningKey& hubKey)
{
    const wire::Checkpoint log = out.checkpoints().empty() ? wire::Checkpoint() : *out.checkpoints().rbegin();
    out.clear_checkpoints();
    auto seal = [&](const std::string& stream, const auto& list) {
        std::vector<const wire::Event*> events;
        for (const auto& e : list)
            if (e.stream() == stream) events.push_back(&e);
        auto& s = *out.add_checkpoints();
        s.set_hub(out.hub());
        s.set_incarnation(log.incarnation());
        s.set_time_ms(log.time_ms());
        if (!events.empty()) {
            s.set_position(events.back()->version());
            s.set_root(wire::eventHash(*events.back()));
        }
        s.set_signature(hubKey.sign(sealBytes(s, stream, events)));
    };
    for (const auto& stream : out.streams()) seal(stream, out.events());
    seal(directory::kStream, out.directory());
    *out.add_checkpoints() = log;
}

Result<wire::Export> exportMatter(EventLog& log, const std::string& hub, const std::string& matter, const std::string& ca,
                                  const wire::Checkpoint& now, const crypto::SigningKey& hubKey)
{
    if (matter.rfind("m/", 0) != 0) return fail(Err::NotFound, "not the name of a matter");
    wire::Export out;
    out.set_hub(hub);
    out.set_hub_sign_key(hubKey.publicKey());
    out.set_ca(ca);
    Concerned concerned;
    auto add = [&](const std::string& stream, std::vector<wire::Event> events) {
        out.add_streams(stream);
        concerned.streams.insert(stream);
        for (auto& e : events) {
            concerned.add(e);
            *out.add_events() = std::move(e);
        }
    };
    ZT_LET(events, readAll(log, matter));
    if (events.empty()) return fail(Err::NotFound, "matter");
    ZT_LET(streams, ledTo(matter, events));
    add(matter, std::move(events));
    for (const auto& stream : streams) {
        const bool isRegister = stream.rfind("reg/", 0) == 0;
        if (!isRegister && stream.rfind("in/", 0) != 0) continue;
        ZT_LET(more, readAll(log, stream));
        if (more.empty()) continue; // a follow-up not done yet, or refused
        if (isRegister) withholdOthers(more, matter);
        add(stream, std::move(more));
    }
    ZT_LET(directory, readAll(log, directory::kStream));
    addPrincipals(concerned, directory);
    for (auto& e : directory) {
        const auto body = wire::openBody(e);
        const bool wanted = body && std::any_of(body->facts().begin(), body->facts().end(), [&](const wire::Fact& f) { return concerned.wants(f); });
        if (!wanted) withhold(e);
        *out.add_directory() = std::move(e);
    }
    *out.add_checkpoints() = now;
    sealExport(out, hubKey);
    return out;
}

} // namespace zt::hub
