#include "diagnose.h"

#include "address.h"
#include "zt/crypto/pki.h"

#include <algorithm>

namespace zt::link {

namespace {

constexpr int kProbeMs = 2000;

bool has(const std::string& text, const char* words)
{
    return text.find(words) != text.npos;
}

//! Somebody took the connection and then it failed: the certificates tell whose fault it is.
Diagnosis probe(const Endpoint& endpoint, const Address& at, const std::string& words)
{
    const auto chain = crypto::offeredChain(at.host, at.port, kProbeMs, endpoint.proxy);
    if (!chain) {
        if (chain.error().kind == Err::Invalid) return {State::IdentityRefused, "not_a_hub"};
        return {State::Unreachable, "no_answer"};
    }
    const auto leaf = crypto::readCert(chain->front());
    const auto roots = crypto::certsIn(endpoint.ca);
    const auto root = std::find_if(roots.begin(), roots.end(), [&](const auto& r) { return crypto::issuedBy(chain->front(), r); });
    if (!leaf || root == roots.end()) return {State::IdentityRefused, "hub_certificate_other_root"};
    const Millis now = systemClock().now();
    if (leaf->notAfter < now) return {State::IdentityRefused, "hub_certificate_expired"};
    if (leaf->notBefore > now) return {State::IdentityRefused, "hub_certificate_not_yet_valid"};
    if (const auto its = crypto::readCert(*root); its && (its->notAfter < now || its->notBefore > now))
        return {State::IdentityRefused, "root_expired"};
    if (has(words, "not in peer certificate")) return {State::IdentityRefused, "hub_certificate_other_host"};
    if (has(words, "ALPN")) return {State::IdentityRefused, "not_a_hub"};
    if (has(words, "handshake failed") || has(words, "Handshake failed")) return {State::IdentityRefused, "hub_certificate_refused"};
    if (const auto own = crypto::readCert(endpoint.certificate); !own || own->notAfter < now || own->notBefore > now
                                                                 || !crypto::issuedUnder(endpoint.certificate, endpoint.ca, now))
        return {State::IdentityRefused, "device_certificate_refused"};
    return {State::Unreachable, "dropped"};
}

Diagnosis unavailable(const Endpoint& endpoint, const std::string& words)
{
    const auto at = splitAddress(endpoint.address);
    if (!at) return {State::Unreachable, "bad_address"};
    if (!hasNetwork(at->host) || has(words, "Network is unreachable")) return {State::NoNetwork, "no_network"};
    if (has(words, "Connection refused")) return {State::Unreachable, "connection_refused"};
    if (has(words, "No route to host")) return {State::Unreachable, "no_route"};
    if (has(words, "DNS resolution failed")) return {State::Unreachable, "name_not_found"};
    return probe(endpoint, *at, words);
}

} // namespace

Diagnosis diagnose(const Endpoint& endpoint, const grpc::Status& status)
{
    switch (status.error_code()) {
    case grpc::StatusCode::UNAUTHENTICATED: return {State::IdentityRefused, "device_certificate_refused"};
    case grpc::StatusCode::PERMISSION_DENIED: return {State::IdentityRefused, "refused"};
    case grpc::StatusCode::UNIMPLEMENTED: return {State::IdentityRefused, "not_a_hub"};
    case grpc::StatusCode::UNKNOWN: return {State::IdentityRefused, "not_a_hub"};
    case grpc::StatusCode::RESOURCE_EXHAUSTED: return {State::Unreachable, "busy"};
    case grpc::StatusCode::DEADLINE_EXCEEDED: return {State::Unreachable, "timeout"};
    case grpc::StatusCode::UNAVAILABLE: return unavailable(endpoint, status.error_message());
    default: return {State::Unreachable, "hub_error"};
    }
}

} // namespace zt::link
