#include "desk_impl.h"

#include "zt/base/log.h"
#include "zt/crypto/pki.h"
#include "zt/link/lease_code.h"

#include <thread>

//! What the years bring: a certificate that must be renewed, a policy that changes, a lease that runs, a hub that moves.
namespace zt::desk {

namespace {

constexpr int kRenewTimeoutMs = 15'000;
constexpr Millis kRenewEvery = 10 * 60'000; // tries
constexpr Millis kKeepEvery = 10 * 60'000;  // how much of the lease a crash may give back
constexpr const char* kPolicy = "policy";
constexpr const char* kLease = "lease";     // seen, reopened, week of the last code

std::string leaseText(const Lease& l) { return std::to_string(l.seen) + " " + std::to_string(l.reopened) + " " + std::to_string(l.codeWeek); }

Result<void> readLease(const std::string& text, Lease& into)
{
    long long seen = 0, reopened = 0;
    unsigned week = 0;
    if (std::sscanf(text.c_str(), "%lld %lld %u", &seen, &reopened, &week) != 3) return fail(Err::Corrupt, "lease");
    into.seen = seen;
    into.reopened = reopened;
    into.codeWeek = week;
    return {};
}

Policy settingsOf(const wire::PutPolicy& policy)
{
    return policy.settings().empty() ? Policy() : readPolicyTexts({{kHubPolicyFile, policy.settings()}});
}

} // namespace

link::Endpoint Desk::Impl::endpoint() const
{
    const Settings settings = options.policy.over(loadSettings(folder.parent_path()));
    link::Endpoint e{identity.me.hubAddress, identity.ca, identity.certificate, {}, settings.proxy};
    if (!standing.policy.address().empty()) e.address = standing.policy.address();
    if (standing.policy.roots_size()) {
        e.ca.clear();
        for (const auto& root : standing.policy.roots()) e.ca += root + "\n";
    }
    if (auto pem = crypto::privateKeyPem(*key)) e.key = std::move(*pem);
    return e;
}

Result<void> Desk::Impl::readStanding()
{
    ZT_TRY(store->read([&](sync::Tx& tx) -> Result<void> {
        ZT_LET(policy, tx.meta(kPolicy));
        if (policy && !standing.policy.ParseFromString(*policy)) return fail(Err::Corrupt, "policy");
        ZT_LET(lease, tx.meta(kLease));
        return lease ? readLease(*lease, standing.lease) : Result<void>();
    }));
    standing.lease.contact = engine->hubTime(); // no new contact: what was seen since stays
    standing.leaseKept = standing.lease;
    readDates();
    hubPolicy = {standing.policy.number(), {}, settingsOf(standing.policy)};
    look();
    return {};
}

void Desk::Impl::readDates()
{
    const auto info = crypto::readCert(identity.certificate);
    if (!info) return;
    standing.renewAt = crypto::renewFrom(*info);
    standing.certificateEnd = info->notAfter;
}

void Desk::Impl::look()
{
    if (const auto done = takePolicy(); !done) noteStore(&done.error());
    if (const auto done = runLease(); !done) noteStore(&done.error());
    considerRenewal();
    const auto& p = standing.policy;
    const auto least = directory::Version::parse(p.minimum_version()), own = directory::Version::parse(ZT_VERSION);
    std::lock_guard lock(statusMutex);
    status.neededVersion = least && own && *own < *least ? p.minimum_version() : std::string();
    // Raised while this desk was away: the hub says it at the door, and the policy itself comes only to a programme it lets in.
    if (const auto closed = engine->closed(); closed && closed->why() == wire::Closed::TOO_OLD && directory::Version::parse(closed->reason())) status.neededVersion = closed->reason();
    status.certificateEnded = standing.certificateEnd && now() > standing.certificateEnd;
    status.leaseUntil = standing.lease.until(p.lease_days());
    status.leaseEnded = leaseEnded;
    status.leaseAsk = leaseEnded ? link::formatLeaseAsk({link::deviceMark(identity.me.device), standing.lease.week()}) : std::string();
}

//! The directory may fall back with a restored hub; what the desk has seen does not.
Result<void> Desk::Impl::takePolicy()
{
    const auto& told = engine->directory().policy;
    if (told.number() > standing.policy.number()) {
        ZT_TRY(store->write([&](sync::Tx& tx) { return tx.setMeta(kPolicy, told.SerializeAsString()); }));
        const auto before = endpoint();
        standing.policy = told;
        const auto after = endpoint();
        if (before.address != after.address || before.ca != after.ca) {
            if (line) line->setEndpoint(after);
            if (blobs) blobs->setEndpoint(after);
        }
        log(Level::Info, "policy", {{"number", int64_t(told.number())}});
        auto fresh = settingsOf(told);
        std::lock_guard lock(statusMutex);
        hubPolicy = {told.number(), {}, std::move(fresh)};
    }
    const auto admin = engine->directory().admins.find(standing.policy.by());
    std::lock_guard lock(statusMutex);
    hubPolicy.by = admin == engine->directory().admins.end() || admin->second.name.empty() ? standing.policy.by() : admin->second.name;
    return {};
}

Result<void> Desk::Impl::runLease()
{
    Lease& l = standing.lease;
    l.heard(engine->hubTime());
    l.look(systemClock().now(), systemClock().steady());
    // On the line the hub's own time counts, whatever this PC's clock says.
    const bool ended = engine->phase() != sync::Phase::Live && l.ended(standing.policy.lease_days());
    if (leaseEnded.exchange(ended) != ended) {
        log(Level::Info, "lease", {{"ended", ended}});
        termsMoved = true; // what the windows asked for while it was locked, they ask for again
    }
    // A contact alone writes nothing: the engine keeps its time. What the store says must not be stricter than what holds, nor laxer by much.
    const Lease& kept = standing.leaseKept;
    const bool same = l.reopened == kept.reopened && l.codeWeek == kept.codeWeek && l.seen >= kept.seen && l.seen < kept.seen + kKeepEvery;
    return same || !standing.policy.lease_days() ? Result<void>() : keepLease(l);
}

Result<void> Desk::Impl::keepLease(const Lease& lease)
{
    ZT_TRY(store->write([&](sync::Tx& tx) { return tx.setMeta(kLease, leaseText(lease)); }));
    standing.leaseKept = lease;
    return {};
}

Result<void> Desk::Impl::reopen(const std::string& code)
{
    Lease& l = standing.lease;
    for (const auto& [id, admin] : engine->directory().admins) {
        if (admin.role != wire::ROLE_SECURITY || admin.boxKey.size() != 32) continue;
        for (const uint32_t week : {l.week(), l.week() - 1}) {
            ZT_LET(good, link::isLeaseCode(code, {identity.me.hub, identity.me.device, week}, *box, admin.boxKey));
            if (!good || !l.mayUse(week)) continue;
            Lease open = l;
            open.reopen(week);
            ZT_TRY(keepLease(open));
            l = open;
            look();
            emitChanges();
            return {};
        }
    }
    return fail(Err::Unauthenticated, "not a code for this desk and week");
}

void Desk::Impl::considerRenewal()
{
    auto& s = standing;
    const bool reachable = line && (line->state() == link::State::Up || line->state() == link::State::IdentityRefused);
    const Millis steady = systemClock().steady();
    if (!reachable || s.renewing || !s.renewAt || now() < s.renewAt || (s.renewTried && steady < s.renewTried + kRenewEvery)) return;
    s.renewing = true;
    s.renewTried = steady;
    std::thread([self = weak_from_this(), endpoint = std::make_shared<link::Endpoint>(endpoint())] {
        auto got = std::make_shared<Result<std::string>>(link::renew(std::move(*endpoint), kRenewTimeoutMs));
        if (const auto me = self.lock()) me->worker.first([self, got] { if (const auto m = self.lock()) m->renewed(*got); });
    }).detach();
}

void Desk::Impl::renewed(const Result<std::string>& certificate)
{
    auto& s = standing;
    s.renewing = false;
    log(Level::Info, "renewal", {{"done", bool(certificate)}, {"error", Safe{certificate ? "" : name(certificate.error().kind)}}});
    if (!certificate) return;
    if (const auto kept = store->write([&](sync::Tx& tx) { return tx.setMeta("id/certificate", *certificate); }); !kept) return noteStore(&kept.error());
    identity.certificate = *certificate;
    readDates();
    if (line) line->setEndpoint(endpoint());
    if (blobs) blobs->setEndpoint(endpoint());
    look();
    emitChanges();
}

HubPolicy Desk::hubPolicy() const
{
    std::lock_guard lock(m->statusMutex);
    return m->hubPolicy;
}

void Desk::lookAtClock()
{
    m->worker.second([self = m->weak_from_this()] {
        const auto me = self.lock();
        if (!me) return;
        const bool ended = me->leaseEnded;
        me->look();
        if (ended != me->leaseEnded) me->emitChanges();
    });
}

void Desk::reopenLease(std::string code, Then<void> then)
{
    m->onWorker<void>(std::move(then), [code = std::move(code)](Impl& me) { return me.reopen(code); }, Impl::Kind::Care);
}

} // namespace zt::desk
