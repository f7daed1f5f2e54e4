#include "zt/directory/directory.h"

#include "zt/wire/sealing.h"

namespace zt::directory {

namespace {

//! Collects facts, each with the time it took place.
class Kept {
public:
    wire::Fact& at(Millis time)
    {
        auto& kept = out.emplace_back();
        kept.set_time_ms(time);
        return *kept.mutable_fact();
    }
    std::vector<wire::KeptFact> out;
};

void keepUnit(Kept& kept, const std::string& id, const rules::Unit& unit)
{
    if (!unit.id.empty()) {
        auto& u = *kept.at(0).mutable_unit_put();
        u.set_id(id);
        u.set_name(unit.name);
        u.set_short_name(unit.shortName);
        u.set_parent(unit.parent);
        u.set_code(unit.code);
        u.set_order(unit.order);
    }
    if (unit.retired) kept.at(0).mutable_unit_retired()->set_id(id);
}

void keepPerson(Kept& kept, const std::string& id, const rules::Person& person)
{
    if (!person.id.empty()) {
        auto& p = *kept.at(0).mutable_person_put();
        p.set_id(id);
        p.set_name(person.name);
    }
    if (!person.suspended && !person.id.empty()) return; // without an id only the suspension was told
    auto& s = *kept.at(0).mutable_person_suspended();
    s.set_id(id);
    s.set_suspended(person.suspended);
}

void keepPosts(Kept& kept, const Directory& d)
{
    // In this order: an ended post ends, a post put makes it one that is held again.
    for (const auto& [key, time] : d.endedPosts) {
        auto& p = *kept.at(time).mutable_post_ended();
        p.set_person(std::get<0>(key));
        p.set_unit(std::get<1>(key));
        p.set_title(std::get<2>(key));
    }
    for (const auto& post : d.posts) {
        auto& p = *kept.at(0).mutable_post_put();
        p.set_person(post.person);
        p.set_unit(post.unit);
        p.set_title(post.title);
        p.set_head(post.head);
        p.set_clerk(post.clerk);
        p.set_order(post.order);
    }
}

void keepMandate(Kept& kept, const std::string& id, const rules::Mandate& mandate)
{
    if (!mandate.id.empty()) {
        auto& m = *kept.at(0).mutable_mandate_given();
        m.set_id(id);
        m.set_principal(mandate.principal);
        m.set_deputy(mandate.deputy);
        for (const auto& scope : mandate.scopes) m.add_scopes(scope);
        m.set_from_ms(mandate.from);
        m.set_to_ms(mandate.to);
    }
    if (!mandate.ended && !mandate.forCause) return;
    auto& e = *kept.at(mandate.ended).mutable_mandate_ended();
    e.set_id(id);
    e.set_for_cause(mandate.forCause);
}

//! Those in force last: what was published last under an id is the one that counts.
void keepProcesses(Kept& kept, const Directory& d)
{
    auto keep = [&](const rules::Published& p) { *kept.at(0).mutable_definition_published()->mutable_definition() = p.definition(); };
    for (const auto& [hash, published] : d.everyProcess) {
        const auto current = d.processes.find(published->definition().id());
        if (current == d.processes.end() || current->second->hash() != hash) keep(*published);
    }
    for (const auto& [id, published] : d.processes) keep(*published);
}

void keepDevice(Kept& kept, const Bytes& id, const Device& device)
{
    if (!device.id.empty()) {
        auto& e = *kept.at(device.enrolled).mutable_device_enrolled();
        e.set_device(id);
        e.set_person(device.person);
        e.set_sign_key(device.signKey);
        e.set_box_key(device.boxKey);
        e.set_certificate(device.certificate);
        e.set_name(device.name);
        e.set_waiting(device.waiting);
    }
    for (const auto& admin : device.approvedBy) {
        auto& a = *kept.at(device.enrolled).mutable_device_approved();
        a.set_device(id);
        a.set_by(admin);
    }
    if (!device.revoked && !device.lost && device.reason.empty()) return;
    auto& r = *kept.at(device.revoked).mutable_device_revoked();
    r.set_device(id);
    r.set_reason(device.reason);
    r.set_lost(device.lost);
}

void keepAdmin(Kept& kept, const std::string& id, const Admin& admin)
{
    auto& r = *kept.at(0).mutable_role_put();
    r.set_admin(id);
    r.set_name(admin.name);
    r.set_role(admin.role);
    r.set_sign_key(admin.signKey);
    r.set_box_key(admin.boxKey);
}

//! Streams of one rule together, in facts that fit into a page.
void keepErasures(Kept& kept, const Directory& d)
{
    wire::Erase* open = nullptr;
    const auto part = [&](const std::string& stream, uint64_t version, const std::string& rule) {
        if (!open || open->rule() != rule || open->parts_size() >= wire::kMaxErased) {
            open = kept.at(0).mutable_erased();
            open->set_rule(rule);
        }
        auto& p = *open->add_parts();
        p.set_stream(stream);
        p.set_version(version);
    };
    for (const auto& [stream, erasure] : d.erasures) {
        for (const auto& [version, rule] : erasure.events) part(stream, version, rule);
        if (!erasure.rule.empty()) part(stream, 0, erasure.rule);
    }
}

} // namespace

std::vector<wire::KeptFact> keptFacts(const Directory& d)
{
    Kept kept;
    for (const auto& [id, unit] : d.units) keepUnit(kept, id, unit);
    for (const auto& [id, person] : d.people) keepPerson(kept, id, person);
    keepPosts(kept, d);
    for (const auto& [id, mandate] : d.mandates) keepMandate(kept, id, mandate);
    keepProcesses(kept, d);
    if (!d.calendarText.empty()) kept.at(0).mutable_calendar_put()->set_text(d.calendarText);
    for (const auto& [id, device] : d.devices) keepDevice(kept, id, device);
    for (const auto& [id, admin] : d.admins) keepAdmin(kept, id, admin);
    keepErasures(kept, d);
    if (d.policy.number()) *kept.at(0).mutable_policy_put() = d.policy;
    kept.at(0).mutable_level_set()->set_level(d.raisedLevel);
    return std::move(kept.out);
}

void foldKept(Directory& d, const wire::KeptFacts& facts, uint64_t version, const Bytes& head)
{
    for (const auto& kept : facts.facts()) {
        if (kept.fact().kind_case() == wire::Fact::KIND_NOT_SET) d.frozen = true;
        if (d.frozen) return;
        directoryKind().evolve(d, kept.fact(), {kept.time_ms(), version, head});
    }
    d.version = version;
    d.head = head;
}

} // namespace zt::directory
