#include "enrolment.h"

#include "metrics.h"
#include "zt/base/log.h"
#include "zt/base/text.h"
#include "zt/crypto/hash.h"
#include "zt/crypto/pki.h"

namespace zt::hub {

namespace {

constexpr Millis kMinute = 60'000;
constexpr Millis kDay = 86'400'000;
constexpr size_t kAddresses = 10'000;

bool proves(const wire::EnrolRequest& r)
{
    return crypto::verify(r.sign_key(), crypto::hash("zt-enrol-1", {r.secret(), r.sign_key(), r.box_key()}), r.proof());
}

rpc::Status statusOf(const Error& e)
{
    switch (e.kind) {
    case Err::Unauthenticated: return {rpc::Code::Unauthenticated, "code"};
    case Err::Invalid:
    case Err::Exists: return {rpc::Code::InvalidArgument, "keys"};
    case Err::Denied: return {rpc::Code::PermissionDenied, "person"};
    default: return {rpc::Code::Unavailable, "later"};
    }
}

//! From yesterday, for clocks differ; never longer than the root lasts.
Result<std::string> deviceCertificate(const HubFolder& folder, const Caller& of, const Bytes& key, Millis now)
{
    ZT_LET(ca, folder.caKey());
    ZT_LET(root, folder.caPem());
    ZT_LET(rootInfo, crypto::readCert(root));
    const Millis end = std::min(now + folder.config().certificateDays * kDay, rootInfo.notAfter);
    return crypto::issue(ca, root, {of.person + "/" + hex(of.device), {}, key, now - kDay, end, false});
}

Result<std::string> renewed(Loop& loop, const Peer& peer, Millis now)
{
    Core& core = loop.core();
    ZT_TRY(core.refresh());
    if (core.refused(peer.caller)) return fail(Err::Denied, "device or person");
    const std::string& present = core.directory().devices.at(peer.caller.device).certificate;
    if (const auto info = crypto::readCert(present); info && now < crypto::renewFrom(*info)) return present; // the answer was lost on its way
    ZT_LET(certificate, deviceCertificate(loop.hub().folder, peer.caller, peer.key, now));
    wire::Command command;
    command.mutable_renew_device()->set_device(peer.caller.device);
    command.mutable_renew_device()->set_certificate(certificate);
    ZT_TRY(core.submitOwn(directory::kStream, command));
    log(Level::Info, "certificate_renewed");
    return certificate;
}

} // namespace

rpc::Status renew(Loop& loop, const std::optional<Peer>& peer, const Clock& clock, wire::RenewReply& reply)
{
    if (!peer || !isKnown(loop.core(), *peer)) return {rpc::Code::Unauthenticated, "device"};
    auto certificate = renewed(loop, *peer, clock.now());
    if (!certificate) {
        log(Level::Warning, "renewal_refused", {{"error", Safe{name(certificate.error().kind)}}});
        return certificate.error().kind == Err::Denied ? rpc::Status(rpc::Code::PermissionDenied, "device")
                                                       : rpc::Status(rpc::Code::Unavailable, "later");
    }
    reply.set_certificate(std::move(*certificate));
    return rpc::Status();
}

bool TryLimit::mayTry(const std::string& address)
{
    std::lock_guard lock(m_mutex);
    const Millis now = m_clock.steady();
    if (m_tries.size() > kAddresses) std::erase_if(m_tries, [&](const auto& t) { return t.second.back() < now - kMinute; });
    if (m_tries.size() > kAddresses) return false;
    auto& tries = m_tries[address];
    while (!tries.empty() && tries.front() < now - kMinute) tries.pop_front();
    if (int(tries.size()) >= m_perMinute) return false;
    tries.push_back(now);
    return true;
}

EnrolmentService::EnrolmentService(Loop& loop, EnrolCodes& codes, const Clock& clock)
    : m_loop(loop), m_codes(codes), m_clock(clock), m_limit(loop.hub().folder.config().enrolPerMinute, clock)
{
}

void EnrolmentService::enrol(const std::string& address, const wire::EnrolRequest& request, Call::Answer answer)
{
    if (!m_limit.mayTry(address)) {
        if (Metrics* m = m_loop.metrics()) m->enrolled(Enrolled::TooOften);
        log(Level::Warning, "enrol_too_often");
        return answer({rpc::Code::ResourceExhausted, "too often"}, {});
    }
    m_loop.post([this, request, answer = std::move(answer)] {
        wire::EnrolReply reply;
        const auto status = decide(request, reply);
        answer(status, reply);
    });
}

rpc::Status EnrolmentService::decide(const wire::EnrolRequest& request, wire::EnrolReply& reply)
{
    const auto admitted = admit(request, reply);
    if (Metrics* m = m_loop.metrics()) m->enrolled(admitted ? Enrolled::Done : Enrolled::Refused);
    if (admitted) {
        log(Level::Info, "enrolled");
        return rpc::Status();
    }
    reply.Clear();
    log(Level::Warning, "enrol_refused", {{"error", Safe{name(admitted.error().kind)}}});
    return statusOf(admitted.error());
}

Result<void> EnrolmentService::admit(const wire::EnrolRequest& r, wire::EnrolReply& reply)
{
    if (r.sign_key().size() != 32 || r.box_key().size() != 32 || r.device().size() != 16 || r.secret().size() > 64) return fail(Err::Invalid, "sizes");
    if (!proves(r)) return fail(Err::Invalid, "proof");
    Core& core = m_loop.core();
    ZT_TRY(core.refresh()); // a device revoked a moment ago, by zhengtong-ctl for one, approves nothing
    ZT_LET(person, m_codes.redeem(r.secret(), crypto::hash("zt-enrol-user-1", {r.device(), r.sign_key(), r.box_key()}), m_clock.now()));
    const auto known = core.directory().people.find(person);
    if (known == core.directory().people.end() || known->second.suspended) return fail(Err::Denied, "person");
    const std::string personName = known->second.name; // the directory is another one after the command below
    const HubFolder& folder = m_loop.hub().folder;
    const HubConfig& config = folder.config();
    const auto device = core.directory().devices.find(r.device());
    if (device == core.directory().devices.end()) {
        // A further device has no certificate before somebody who may has approved it.
        const bool waits = core.directory().hasDevice(person);
        std::string certificate;
        if (!waits) {
            ZT_LET(issued, deviceCertificate(folder, {person, r.device()}, r.sign_key(), m_clock.now()));
            certificate = std::move(issued);
        }
        wire::Command command;
        auto& e = *command.mutable_enrol_device();
        e.set_device(r.device());
        e.set_person(person);
        e.set_sign_key(r.sign_key());
        e.set_box_key(r.box_key());
        e.set_certificate(certificate);
        e.set_name(cleanLine(r.device_name()).substr(0, 120));
        if (!isUtf8(e.name())) e.set_name("");
        e.set_waiting(waits);
        ZT_TRY(core.submitOwn(directory::kStream, command));
        reply.set_certificate(std::move(certificate));
        reply.set_waiting(waits);
    } else if (device->second.person == person && device->second.signKey == r.sign_key() && device->second.revoked) {
        return fail(Err::Denied, "device");
    } else if (device->second.person == person && device->second.signKey == r.sign_key()) {
        // The answer was lost on its way, or the device waits to be approved.
        reply.set_waiting(device->second.waiting);
        if (!device->second.waiting && device->second.certificate.empty()) {
            ZT_LET(certificate, renewed(m_loop, {{person, r.device()}, r.sign_key()}, m_clock.now()));
            reply.set_certificate(std::move(certificate));
        } else {
            reply.set_certificate(device->second.certificate);
        }
    } else {
        return fail(Err::Exists, "device");
    }
    reply.set_hub(config.hubId);
    reply.set_person(person);
    reply.set_person_name(personName);
    reply.set_hub_sign_key(core.publicKey());
    reply.set_hub_address(config.publicAddress);
    reply.set_recovery_key(unhex(config.recoveryKey).value_or(Bytes()));
    reply.set_province(config.province);
    return {};
}

} // namespace zt::hub
