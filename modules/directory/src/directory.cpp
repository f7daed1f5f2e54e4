#include "zt/directory/directory.h"

#include "zt/crypto/pki.h"
#include "zt/crypto/sign.h"
#include "zt/wire/sealing.h"

#include <algorithm>
#include <set>

namespace zt::directory {

using rules::Decision;
using wire::Command;
using wire::Fact;

std::optional<Version> Version::parse(std::string_view text)
{
    Version out;
    for (size_t i = 0; i < out.parts.size(); ++i) {
        const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
        if (digits == 0 || digits > 6) return std::nullopt;
        for (char c : text.substr(0, digits)) out.parts[i] = out.parts[i] * 10 + uint32_t(c - '0');
        text.remove_prefix(digits);
        if (i + 1 < out.parts.size()) {
            if (!text.starts_with('.')) return std::nullopt;
            text.remove_prefix(1);
        }
    }
    return text.empty() ? std::optional(out) : std::nullopt;
}

std::string accessStream(const std::string& person) { return "acc/" + person; }
std::string accessOwner(const std::string& stream)
{
    if (stream.rfind("acc/", 0) != 0) return {};
    return stream.substr(4);
}

std::optional<rules::Person> Directory::person(const std::string& id) const
{
    const auto it = people.find(id);
    return it == people.end() ? std::nullopt : std::optional(it->second);
}

std::optional<rules::Unit> Directory::unit(const std::string& id) const
{
    const auto it = units.find(id);
    return it == units.end() ? std::nullopt : std::optional(it->second);
}

namespace {

template <class Test>
std::vector<rules::Post> select(const std::vector<rules::Post>& posts, Test test)
{
    std::vector<rules::Post> out;
    std::copy_if(posts.begin(), posts.end(), std::back_inserter(out), test);
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.order < b.order; });
    return out;
}

} // namespace

std::vector<rules::Post> Directory::postsOf(const std::string& id) const
{
    return select(posts, [&](const auto& p) { return p.person == id; });
}

std::vector<rules::Post> Directory::postsIn(const std::string& id) const
{
    return select(posts, [&](const auto& p) { return p.unit == id; });
}

std::vector<rules::Post> Directory::postsTitled(const std::string& title, const std::string& id) const
{
    return select(posts, [&](const auto& p) { return p.title == title && p.unit == id; });
}

std::optional<Millis> Directory::postEnded(const std::string& person, const std::string& unit, const std::string& title) const
{
    const auto it = endedPosts.find({person, unit, title});
    return it == endedPosts.end() ? std::nullopt : std::optional(it->second);
}

std::optional<rules::Mandate> Directory::mandate(const std::string& id) const
{
    const auto it = mandates.find(id);
    return it == mandates.end() ? std::nullopt : std::optional(it->second);
}

std::vector<rules::Mandate> Directory::mandatesFor(const std::string& principal) const
{
    std::vector<rules::Mandate> out;
    for (const auto& [id, m] : mandates)
        if (m.principal == principal && !m.ended) out.push_back(m);
    return out;
}

const rules::Process* Directory::process(const std::string& id) const
{
    const auto it = processes.find(id);
    return it == processes.end() ? nullptr : it->second->process();
}
const std::string* Directory::erasedRule(const std::string& stream, uint64_t version) const
{
    const auto it = erasures.find(stream);
    if (it == erasures.end()) return nullptr;
    if (const auto event = it->second.events.find(version); event != it->second.events.end()) return &event->second;
    return it->second.rule.empty() ? nullptr : &it->second.rule;
}

bool Directory::erasedWhole(const std::string& stream) const
{
    const auto it = erasures.find(stream);
    return it != erasures.end() && !it->second.rule.empty();
}

Bytes Directory::calendarHash() const { return wire::calendarHash(calendarText); }

const rules::Process* Directory::processOf(const Bytes& hash) const
{
    const auto it = everyProcess.find(hash);
    return it == everyProcess.end() ? nullptr : it->second->process();
}

wire::Role Directory::role(const std::string& admin) const
{
    const auto it = admins.find(admin);
    return it == admins.end() ? wire::ROLE_NONE : it->second.role;
}

bool Directory::hasDevice(const std::string& person) const
{
    return std::any_of(devices.begin(), devices.end(), [&](const auto& d) { return d.second.person == person && d.second.inForce(); });
}

namespace {

constexpr size_t kAdminsToApprove = 2;

wire::Role roleNeeded(Command::BodyCase body)
{
    switch (body) {
    case Command::kPutUnit:
    case Command::kRetireUnit:
    case Command::kPutPerson:
    case Command::kPutPost:
    case Command::kEndPost:
    case Command::kPublishDefinition:
    case Command::kPutCalendar:
    case Command::kSetLevel: return wire::ROLE_SYSTEM;
    default: return wire::ROLE_SECURITY;
    }
}

std::optional<Fact> factOf(const Command& c)
{
    Fact f;
    switch (c.body_case()) {
    case Command::kPutUnit: *f.mutable_unit_put() = c.put_unit(); break;
    case Command::kRetireUnit: *f.mutable_unit_retired() = c.retire_unit(); break;
    case Command::kPutPerson: *f.mutable_person_put() = c.put_person(); break;
    case Command::kSuspendPerson: *f.mutable_person_suspended() = c.suspend_person(); break;
    case Command::kPutPost: *f.mutable_post_put() = c.put_post(); break;
    case Command::kEndPost: *f.mutable_post_ended() = c.end_post(); break;
    case Command::kGiveMandate: *f.mutable_mandate_given() = c.give_mandate(); break;
    case Command::kEndMandate: *f.mutable_mandate_ended() = c.end_mandate(); break;
    case Command::kPublishDefinition: *f.mutable_definition_published() = c.publish_definition(); break;
    case Command::kPutCalendar: *f.mutable_calendar_put() = c.put_calendar(); break;
    case Command::kEnrolDevice: *f.mutable_device_enrolled() = c.enrol_device(); break;
    case Command::kRevokeDevice: *f.mutable_device_revoked() = c.revoke_device(); break;
    case Command::kPutRole: *f.mutable_role_put() = c.put_role(); break;
    case Command::kSetLevel: *f.mutable_level_set() = c.set_level(); break;
    case Command::kErase: *f.mutable_erased() = c.erase(); break;
    case Command::kRenewDevice: *f.mutable_device_renewed() = c.renew_device(); break;
    case Command::kApproveDevice: *f.mutable_device_approved() = c.approve_device(); break;
    case Command::kPutPolicy: *f.mutable_policy_put() = c.put_policy(); break;
    case Command::kRecordRecovery: *f.mutable_recovery_recorded() = c.record_recovery(); break;
    default: return std::nullopt;
    }
    return f;
}

bool isAbove(const Directory& d, const std::string& unit, std::string below)
{
    for (size_t depth = 0; !below.empty() && depth <= d.units.size(); ++depth) {
        if (below == unit) return true;
        const auto it = d.units.find(below);
        below = it == d.units.end() ? std::string() : it->second.parent;
    }
    return false;
}

bool isUsable(const wire::Definition& definition)
{
    if (definition.id().empty()) return false;
    const auto process = rules::readProcess(definition);
    return process && process::sound(rules::findings(**process));
}

//! True if the command asks for what is so already.
bool isSo(const Directory& d, const Command& c)
{
    switch (c.body_case()) {
    case Command::kRetireUnit: {
        const auto it = d.units.find(c.retire_unit().id());
        return it != d.units.end() && it->second.retired;
    }
    case Command::kSuspendPerson: {
        const auto it = d.people.find(c.suspend_person().id());
        return it != d.people.end() && it->second.suspended == c.suspend_person().suspended();
    }
    case Command::kEndPost:
        return d.postEnded(c.end_post().person(), c.end_post().unit(), c.end_post().title()).has_value();
    case Command::kEndMandate: {
        const auto it = d.mandates.find(c.end_mandate().id());
        return it != d.mandates.end() && it->second.ended && (it->second.forCause || !c.end_mandate().for_cause());
    }
    case Command::kRevokeDevice: {
        const auto it = d.devices.find(c.revoke_device().device());
        return it != d.devices.end() && it->second.revoked && (it->second.lost || !c.revoke_device().lost());
    }
    case Command::kEnrolDevice: {
        const auto it = d.devices.find(c.enrol_device().device());
        return it != d.devices.end() && it->second.person == c.enrol_device().person() && it->second.signKey == c.enrol_device().sign_key();
    }
    case Command::kPutRole: return c.put_role().ended() && !d.admins.count(c.put_role().admin());
    case Command::kSetLevel: return c.set_level().level() == d.raisedLevel;
    case Command::kPublishDefinition: {
        const auto it = d.processes.find(c.publish_definition().definition().id());
        return it != d.processes.end() && it->second->hash() == wire::definitionHash(c.publish_definition().definition());
    }
    case Command::kPutCalendar: return c.put_calendar().text() == d.calendarText;
    case Command::kErase:
        return std::all_of(c.erase().parts().begin(), c.erase().parts().end(), [&](const auto& p) {
            return p.version() ? d.erasedRule(p.stream(), p.version()) != nullptr : d.erasedWhole(p.stream());
        });
    case Command::kApproveDevice: {
        const auto it = d.devices.find(c.approve_device().device());
        if (it == d.devices.end()) return false;
        const Device& device = it->second;
        if (!device.waiting) return c.approve_device().refused() == (device.revoked != 0);
        return !c.approve_device().refused() && device.approvedBy.count(c.person());
    }
    case Command::kPutPolicy: return c.put_policy().SerializeAsString() == d.policy.SerializeAsString();
    default: return false;
    }
}

wire::Reason wrongPolicy(const Directory& d, const wire::PutPolicy& p)
{
    if (p.number() <= d.policy.number()) return wire::REASON_EXISTS;
    if (!p.minimum_version().empty() && !Version::parse(p.minimum_version())) return wire::REASON_FORM;
    if (p.lease_days() > kMostLeaseDays || p.roots_size() > int(kMostRoots) || p.ByteSizeLong() > kMostPolicyBytes) return wire::REASON_FORM;
    const bool good = std::all_of(p.roots().begin(), p.roots().end(), [](const auto& root) {
        const auto cert = crypto::readCert(root);
        return cert && cert->isCa && crypto::certsIn(root).size() == 1;
    });
    return good ? wire::REASON_NONE : wire::REASON_FORM;
}

//! What is wrong with the content, whoever sends it.
wire::Reason wrong(const Directory& d, const Command& c)
{
    switch (c.body_case()) {
    case Command::kPutUnit:
        if (c.put_unit().id().empty() || c.put_unit().name().empty()) return wire::REASON_FORM;
        if (!c.put_unit().parent().empty() && !d.units.count(c.put_unit().parent())) return wire::REASON_UNIT_GONE;
        return isAbove(d, c.put_unit().id(), c.put_unit().parent()) ? wire::REASON_FORM : wire::REASON_NONE;
    case Command::kRetireUnit: return d.units.count(c.retire_unit().id()) ? wire::REASON_NONE : wire::REASON_UNIT_GONE;
    case Command::kPutPerson: return c.put_person().id().empty() || c.put_person().name().empty() ? wire::REASON_FORM : wire::REASON_NONE;
    case Command::kSuspendPerson: return d.people.count(c.suspend_person().id()) ? wire::REASON_NONE : wire::REASON_UNKNOWN_PERSON;
    case Command::kPutPost:
        if (!d.people.count(c.put_post().person())) return wire::REASON_UNKNOWN_PERSON;
        if (const auto unit = d.unit(c.put_post().unit()); !unit || unit->retired) return wire::REASON_UNIT_GONE;
        return c.put_post().title().empty() ? wire::REASON_FORM : wire::REASON_NONE;
    case Command::kEndPost: {
        const auto posts = d.postsTitled(c.end_post().title(), c.end_post().unit());
        const bool held = std::any_of(posts.begin(), posts.end(), [&](const auto& p) { return p.person == c.end_post().person(); });
        return held ? wire::REASON_NONE : wire::REASON_UNKNOWN_PERSON;
    }
    case Command::kEnrolDevice:
        if (!d.people.count(c.enrol_device().person())) return wire::REASON_UNKNOWN_PERSON;
        if (c.enrol_device().device().size() != 16 || c.enrol_device().sign_key().size() != 32 || c.enrol_device().box_key().size() != 32) return wire::REASON_FORM;
        return d.devices.count(c.enrol_device().device()) ? wire::REASON_EXISTS : wire::REASON_NONE;
    case Command::kRenewDevice: {
        const auto it = d.devices.find(c.renew_device().device());
        if (it == d.devices.end() || !it->second.inForce()) return wire::REASON_DEVICE_REVOKED;
        const auto cert = crypto::readCert(c.renew_device().certificate());
        return cert && cert->publicKey == it->second.signKey && cert->commonName == it->second.person + "/" + hex(it->first) ? wire::REASON_NONE : wire::REASON_FORM;
    }
    case Command::kApproveDevice: {
        const auto it = d.devices.find(c.approve_device().device());
        if (it == d.devices.end() || !it->second.waiting || it->second.revoked) return wire::REASON_DEVICE_REVOKED;
        return c.approve_device().by() == c.person() ? wire::REASON_NONE : wire::REASON_FORM;
    }
    case Command::kPutPolicy: return c.put_policy().by() == c.person() ? wrongPolicy(d, c.put_policy()) : wire::REASON_FORM;
    case Command::kRevokeDevice: return d.devices.count(c.revoke_device().device()) ? wire::REASON_NONE : wire::REASON_FORM;
    case Command::kPutRole: {
        const auto& r = c.put_role();
        if (r.admin().empty()) return wire::REASON_FORM;
        if (r.ended()) return wire::REASON_NONE;
        const bool known = r.role() == wire::ROLE_SYSTEM || r.role() == wire::ROLE_SECURITY || r.role() == wire::ROLE_AUDIT;
        return known && r.sign_key().size() == 32 ? wire::REASON_NONE : wire::REASON_FORM;
    }
    case Command::kPublishDefinition: return isUsable(c.publish_definition().definition()) ? wire::REASON_NONE : wire::REASON_FORM;
    case Command::kPutCalendar: return process::Calendar::parse(c.put_calendar().text()) ? wire::REASON_NONE : wire::REASON_FORM;
    case Command::kSetLevel:
        return c.set_level().level() < d.raisedLevel || c.set_level().level() > wire::kLevel ? wire::REASON_LEVEL : wire::REASON_NONE;
    case Command::kErase: {
        // Two persons, of two roles: who keeps the keys destroys nothing that who looks on has not signed.
        const auto& e = c.erase();
        const auto approver = d.admins.find(e.approver());
        if (approver == d.admins.end() || approver->second.role != wire::ROLE_AUDIT) return wire::REASON_NO_APPROVAL;
        return crypto::verify(approver->second.signKey, wire::eraseHash(c.hub(), e), e.approval()) ? wire::REASON_NONE : wire::REASON_NO_APPROVAL;
    }
    case Command::kRecordRecovery: {
        const std::set<std::string> admins(c.record_recovery().admins().begin(), c.record_recovery().admins().end());
        if (!d.people.count(c.record_recovery().person())) return wire::REASON_UNKNOWN_PERSON;
        return admins.size() >= 2 ? wire::REASON_NONE : wire::REASON_FORM;
    }
    case Command::kGiveMandate: {
        const auto& m = c.give_mandate();
        if (m.id().empty() || m.from_ms() >= m.to_ms() || m.deputy() == m.principal()) return wire::REASON_FORM;
        if (!d.people.count(m.deputy()) || !d.people.count(m.principal())) return wire::REASON_UNKNOWN_PERSON;
        if (d.people.at(m.principal()).suspended) return wire::REASON_SUSPENDED;
        return d.mandates.count(m.id()) ? wire::REASON_EXISTS : wire::REASON_NONE;
    }
    default: return wire::REASON_NONE;
    }
}

class DirectoryKind final : public rules::Kind {
public:
    std::unique_ptr<rules::State> empty(const std::string& stream) const override
    {
        auto s = std::make_unique<Directory>();
        s->stream = stream;
        return s;
    }
    Decision decide(const rules::State& state, const Command& c, const rules::Context&, const rules::Moment&) const override
    {
        const auto& d = static_cast<const Directory&>(state);
        auto fact = factOf(c);
        if (!fact) return Decision::refuse(wire::NOT_UNDERSTOOD, wire::REASON_FORM);
        if (const auto refused = refuse(d, c)) return Decision::refuse(wire::NOT_PERMITTED, *refused);
        if (isSo(d, c)) return Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE);
        if (const auto reason = wrong(d, c); reason != wire::REASON_NONE) return Decision::refuse(wire::NOT_PERMITTED, reason);
        return Decision::apply({*fact});
    }
    void evolve(rules::State& state, const Fact& f, const rules::Header& h) const override;
    std::vector<rules::FollowUp> react(const rules::State& state, const std::vector<Fact>& facts, const rules::Header&) const override
    {
        std::vector<rules::FollowUp> out;
        for (const Fact& f : facts) {
            rules::FollowUp next;
            if (f.has_mandate_given()) {
                next.everyMatterOf = f.mandate_given().principal();
                next.body.mutable_admit_deputy()->set_mandate(f.mandate_given().id());
                out.push_back(next);
                next.everyMatterOf = f.mandate_given().deputy();
                next.notBefore = f.mandate_given().to_ms() + 1;
            } else if (f.has_mandate_ended()) {
                const auto mandate = static_cast<const Directory&>(state).mandate(f.mandate_ended().id());
                if (!mandate || mandate->deputy.empty()) continue;
                next.everyMatterOf = mandate->deputy;
                next.body.mutable_admit_deputy()->set_mandate(mandate->id);
            } else if (f.has_calendar_put()) {
                next.everyClock = true;
                next.body.mutable_move_clocks();
            } else {
                continue;
            }
            out.push_back(std::move(next));
        }
        return out;
    }

private:
    static std::optional<wire::Reason> refuse(const Directory& d, const Command& c)
    {
        const bool byHub = c.person().empty();
        switch (c.body_case()) {
        case Command::kGiveMandate:
            return byHub || c.person() != c.give_mandate().principal() ? std::optional(wire::REASON_NOT_YOUR_TASK) : std::nullopt;
        case Command::kEndMandate: {
            const auto it = d.mandates.find(c.end_mandate().id());
            if (it == d.mandates.end()) return wire::REASON_MANDATE_ENDED;
            if (it->second.principal == c.person() || d.role(c.person()) == wire::ROLE_SECURITY) return std::nullopt;
            return wire::REASON_NOT_YOUR_TASK;
        }
        case Command::kPutRole:
            if (byHub && d.admins.empty()) return std::nullopt;
            if (byHub && d.admins.size() < 16 && d.devices.empty() && d.people.empty()) return std::nullopt; // creation of a province
            if (c.person() == c.put_role().admin()) return wire::REASON_ROLE;
            break;
        case Command::kEnrolDevice:
            if (byHub) return std::nullopt; // the code was made by a security administrator; the hub checked it
            break;
        case Command::kRecordRecovery:
            if (byHub) return std::nullopt;
            break;
        case Command::kApproveDevice: {
            if (byHub) return wire::REASON_ROLE;
            if (c.device().empty()) {
                const auto role = d.role(c.person());
                const auto it = d.devices.find(c.approve_device().device());
                if (it != d.devices.end() && it->second.person == c.person()) return wire::REASON_ROLE; // his own name is not his key
                return role == wire::ROLE_SYSTEM || role == wire::ROLE_SECURITY ? std::nullopt : std::optional(wire::REASON_ROLE);
            }
            const auto asked = d.devices.find(c.approve_device().device()), own = d.devices.find(c.device());
            const bool theirs = asked != d.devices.end() && own != d.devices.end() && asked->second.person == c.person() && own->second.person == c.person();
            return theirs && own->second.inForce() ? std::nullopt : std::optional(wire::REASON_ROLE);
        }
        case Command::kRenewDevice: // the hub issued the certificate
            return byHub ? std::nullopt : std::optional(wire::REASON_ROLE);
        default: break;
        }
        return d.role(c.person()) == roleNeeded(c.body_case()) ? std::nullopt : std::optional(wire::REASON_ROLE);
    }
};

void putPost(Directory& d, const wire::PutPost& p)
{
    rules::Post post{p.person(), p.unit(), p.title(), p.head(), p.clerk(), p.order()};
    d.endedPosts.erase({post.person, post.unit, post.title});
    for (auto& old : d.posts)
        if (old.person == post.person && old.unit == post.unit && old.title == post.title) {
            old = post;
            return;
        }
    d.posts.push_back(std::move(post));
}

void approve(Directory& d, const wire::ApproveDevice& a, Millis time)
{
    const auto it = d.devices.find(a.device());
    if (it == d.devices.end() || !it->second.waiting) return;
    Device& device = it->second;
    if (a.refused()) {
        if (!device.revoked) device.revoked = time;
        device.waiting = false;
    } else if (a.by() == device.person) {
        device.waiting = false;
    } else {
        device.approvedBy.insert(a.by());
        device.waiting = device.approvedBy.size() < kAdminsToApprove;
    }
    if (!device.waiting) device.approvedBy.clear();
}

void DirectoryKind::evolve(rules::State& state, const Fact& f, const rules::Header& h) const
{
    auto& d = static_cast<Directory&>(state);
    d.authorityVersion = h.version;
    switch (f.kind_case()) {
    case Fact::kUnitPut: {
        const auto& u = f.unit_put();
        d.units[u.id()] = {u.id(), u.name(), u.short_name(), u.parent(), u.code(), false, u.order()};
        break;
    }
    case Fact::kUnitRetired: d.units[f.unit_retired().id()].retired = true; break;
    case Fact::kPersonPut: {
        auto& p = d.people[f.person_put().id()];
        p.id = f.person_put().id();
        p.name = f.person_put().name();
        break;
    }
    case Fact::kPersonSuspended: d.people[f.person_suspended().id()].suspended = f.person_suspended().suspended(); break;
    case Fact::kPostPut: putPost(d, f.post_put()); break;
    case Fact::kPostEnded:
        std::erase_if(d.posts, [&](const auto& p) {
            return p.person == f.post_ended().person() && p.unit == f.post_ended().unit() && p.title == f.post_ended().title();
        });
        d.endedPosts[{f.post_ended().person(), f.post_ended().unit(), f.post_ended().title()}] = h.time;
        break;
    case Fact::kMandateGiven: {
        const auto& m = f.mandate_given();
        d.mandates[m.id()] = {m.id(), m.principal(), m.deputy(), {m.scopes().begin(), m.scopes().end()}, m.from_ms(), m.to_ms(), 0, false};
        break;
    }
    case Fact::kMandateEnded: {
        auto& m = d.mandates[f.mandate_ended().id()];
        if (!m.ended) m.ended = h.time; // a cause found later does not move the end
        m.forCause = f.mandate_ended().for_cause();
        break;
    }
    case Fact::kDefinitionPublished: {
        auto published = std::make_shared<const rules::Published>(f.definition_published().definition());
        d.processes[f.definition_published().definition().id()] = d.everyProcess[published->hash()] = published;
        break;
    }
    case Fact::kCalendarPut:
        if (auto calendar = process::Calendar::parse(f.calendar_put().text())) {
            d.calendarText = f.calendar_put().text();
            d.workingTime = std::make_shared<const process::Calendar>(std::move(*calendar));
        }
        break;
    case Fact::kDeviceEnrolled: {
        const auto& e = f.device_enrolled();
        d.devices[e.device()] = {e.device(), e.sign_key(), e.box_key(), e.person(), e.name(), e.certificate(), h.time, 0, false, {}, e.waiting()};
        break;
    }
    case Fact::kDeviceRevoked: {
        auto& dev = d.devices[f.device_revoked().device()];
        if (!dev.revoked) dev.revoked = h.time; // a loss reported later does not move the end
        dev.lost = f.device_revoked().lost();
        dev.reason = f.device_revoked().reason();
        break;
    }
    case Fact::kRolePut: {
        const auto& r = f.role_put();
        if (r.ended()) d.admins.erase(r.admin());
        else d.admins[r.admin()] = {r.admin(), r.name(), r.role(), r.sign_key(), r.box_key()};
        break;
    }
    case Fact::kErased:
        for (const auto& part : f.erased().parts()) {
            // The first rule stays: it is the one in the log.
            auto& erasure = d.erasures[part.stream()];
            if (!erasure.rule.empty()) continue;
            if (part.version()) erasure.events.emplace(part.version(), f.erased().rule());
            else erasure.rule = f.erased().rule();
        }
        break;
    case Fact::kDeviceRenewed:
        if (const auto it = d.devices.find(f.device_renewed().device()); it != d.devices.end() && !it->second.id.empty()) it->second.certificate = f.device_renewed().certificate();
        break;
    case Fact::kDeviceApproved: approve(d, f.device_approved(), h.time); break;
    case Fact::kPolicyPut: d.policy = f.policy_put(); break;
    case Fact::kLevelSet: d.raisedLevel = f.level_set().level(); break;
    default: break;
    }
}

class AccessKind final : public rules::Kind {
public:
    std::unique_ptr<rules::State> empty(const std::string& stream) const override
    {
        auto s = std::make_unique<Access>();
        s->stream = stream;
        return s;
    }
    bool hubOnly() const override { return true; }
    Decision decide(const rules::State& state, const Command& c, const rules::Context&, const rules::Moment&) const override
    {
        const auto& a = static_cast<const Access&>(state);
        Fact f;
        if (c.has_grant()) {
            if (a.granted.holds(c.grant().stream())) return Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE);
            f.mutable_granted()->set_stream(c.grant().stream());
            f.mutable_granted()->set_kind(c.grant().kind());
        } else if (c.has_revoke()) {
            if (!a.granted.holds(c.revoke().stream())) return Decision::refuse(wire::DUPLICATE, wire::REASON_ALREADY_DONE);
            f.mutable_revoked()->set_stream(c.revoke().stream());
            f.mutable_revoked()->set_reason(c.revoke().reason());
        } else {
            return Decision::refuse(wire::NOT_UNDERSTOOD, wire::REASON_FORM);
        }
        return Decision::apply({f});
    }
    void evolve(rules::State& state, const Fact& f, const rules::Header&) const override
    {
        auto& a = static_cast<Access&>(state);
        if (f.has_granted()) a.granted.put(f.granted().stream(), true);
        if (f.has_revoked()) a.granted.put(f.revoked().stream(), false);
    }
};

} // namespace

std::optional<Grants::Id> Grants::idIn(std::string_view stream, size_t slash)
{
    if (slash == stream.npos || stream.size() - slash != 33) return std::nullopt;
    Id id{};
    for (size_t i = 0; i < 32; ++i) { // at every event for whoever is on the line: nothing is allocated
        const char c = stream[slash + 1 + i];
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) return std::nullopt; // with capitals it is another name
        id[i / 2] = char(uint8_t(id[i / 2]) << 4 | digit);
    }
    return id;
}

void Grants::put(std::string_view stream, bool held)
{
    const size_t slash = stream.rfind('/');
    if (const auto id = idIn(stream, slash)) m_usual[std::string(stream.substr(0, slash + 1))][*id] = held;
    else m_others[std::string(stream)] = held;
}

bool Grants::holds(std::string_view stream) const
{
    const size_t slash = stream.rfind('/');
    if (const auto id = idIn(stream, slash)) {
        const auto kind = m_usual.find(stream.substr(0, slash + 1));
        if (kind == m_usual.end()) return false;
        const auto it = kind->second.find(*id);
        return it != kind->second.end() && it->second;
    }
    const auto it = m_others.find(stream);
    return it != m_others.end() && it->second;
}

std::vector<std::pair<std::string, bool>> Grants::all() const
{
    std::vector<std::pair<std::string, bool>> out;
    for (const auto& [kind, ids] : m_usual)
        for (const auto& [id, held] : ids) out.emplace_back(kind + hex(BytesView(id.data(), id.size())), held);
    out.insert(out.end(), m_others.begin(), m_others.end());
    return out;
}

const rules::Kind& directoryKind()
{
    static const DirectoryKind kind;
    return kind;
}

const rules::Kind& accessKind()
{
    static const AccessKind kind;
    return kind;
}

} // namespace zt::directory
