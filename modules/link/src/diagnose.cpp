#include "diagnose.h"

#include "address.h"
#include "zt/crypto/pki.h"

namespace zt::link {

namespace {

//! A hub that hangs up without a word has mostly seen a certificate of ours that it does not like.
bool ownHolds(const Endpoint& endpoint)
{
    const Millis now = systemClock().now();
    const auto own = crypto::issuedUnder(endpoint.certificate, endpoint.ca, now);
    return own && own->notBefore <= now && now <= own->notAfter;
}

Diagnosis ofWay(const Endpoint& endpoint, rpc::Fault fault)
{
    switch (fault) {
    case rpc::Fault::NoNetwork: return {State::NoNetwork, "no_network"};
    case rpc::Fault::NoName: return {State::Unreachable, "name_not_found"};
    case rpc::Fault::NoRoute: return {State::Unreachable, "no_route"};
    case rpc::Fault::Refused: return {State::Unreachable, "connection_refused"};
    case rpc::Fault::NoTls:
    case rpc::Fault::NoHttp2: return {State::IdentityRefused, "not_a_hub"};
    case rpc::Fault::OtherRoot: return {State::IdentityRefused, "hub_certificate_other_root"};
    case rpc::Fault::Expired: return {State::IdentityRefused, "hub_certificate_expired"};
    case rpc::Fault::NotYet: return {State::IdentityRefused, "hub_certificate_not_yet_valid"};
    case rpc::Fault::OtherHost: return {State::IdentityRefused, "hub_certificate_other_host"};
    case rpc::Fault::RootOver: return {State::IdentityRefused, "root_expired"};
    case rpc::Fault::BadCertificate: return {State::IdentityRefused, "hub_certificate_refused"};
    case rpc::Fault::OwnRefused: return {State::IdentityRefused, "device_certificate_refused"};
    case rpc::Fault::NoAnswer: return {State::Unreachable, "no_answer"};
    case rpc::Fault::Broken:
    case rpc::Fault::None: break;
    }
    if (!ownHolds(endpoint)) return {State::IdentityRefused, "device_certificate_refused"};
    return {State::Unreachable, "dropped"};
}

} // namespace

Diagnosis diagnose(const Endpoint& endpoint, const rpc::Status& status)
{
    switch (status.code) {
    case rpc::Code::Unauthenticated: return {State::IdentityRefused, "device_certificate_refused"};
    case rpc::Code::PermissionDenied: return {State::IdentityRefused, "refused"};
    case rpc::Code::Unimplemented:
    case rpc::Code::Unknown: return {State::IdentityRefused, "not_a_hub"};
    case rpc::Code::ResourceExhausted: return {State::Unreachable, "busy"};
    case rpc::Code::DeadlineExceeded: return {State::Unreachable, "timeout"};
    case rpc::Code::Unavailable: break;
    default: return {State::Unreachable, "hub_error"};
    }
    const auto at = splitAddress(endpoint.address);
    if (!at) return {State::Unreachable, "bad_address"};
    if (!hasNetwork(at->host)) return {State::NoNetwork, "no_network"};
    return ofWay(endpoint, status.fault);
}

} // namespace zt::link
