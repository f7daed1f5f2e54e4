#include "zt/link/link.h"

#include "address.h"
#include "channel.h"
#include "sync.grpc.pb.h"
#include "zt/crypto/hash.h"
#include "zt/crypto/pki.h"

#include <algorithm>
#include <future>

namespace zt::link {

namespace {

//! The root among the certificates offered, if it is the one the code names and the hub's own certificate comes from it.
Result<std::string> findRoot(const std::vector<std::string>& chain, BytesView caHash)
{
    for (const std::string& pem : chain) {
        const auto info = crypto::readCert(pem);
        if (!info || !info->isCa || caHash.empty() || !crypto::equal(info->hash.substr(0, caHash.size()), caHash)) continue;
        if (crypto::issuedBy(chain.front(), pem)) return pem;
    }
    return fail(Err::Unauthenticated, "the hub's root is not the one the code names");
}

Error toError(const grpc::Status& status)
{
    switch (status.error_code()) {
    // The hub proved to be the one the code names; it is the code that does not hold (any more).
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::NOT_FOUND: return fail(Err::NotFound, "the hub refused the code");
    case grpc::StatusCode::PERMISSION_DENIED: return fail(Err::Denied, "the hub refused the person");
    case grpc::StatusCode::RESOURCE_EXHAUSTED: return fail(Err::Busy, "too many enrolments at this moment");
    case grpc::StatusCode::INVALID_ARGUMENT: return fail(Err::Invalid, "the hub does not take these keys");
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::UNKNOWN: return fail(Err::Invalid, "not a hub");
    case grpc::StatusCode::UNAVAILABLE:
        // The certificates were read a moment ago: a handshake that fails now fails for them (dates, host name).
        if (status.error_message().find("andshake failed") != std::string::npos || status.error_message().find("peer") != std::string::npos)
            return fail(Err::Unauthenticated, "the hub's certificate does not hold");
        return fail(Err::Unavailable, "the hub does not answer");
    case grpc::StatusCode::DEADLINE_EXCEEDED: return fail(Err::Unavailable, "the hub did not answer in time");
    default: return fail(Err::Unavailable, "the hub could not do it");
    }
}

//! One call, waited for.
template <class Start>
grpc::Status waitFor(int timeoutMs, Start start)
{
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(timeoutMs));
    // Shared: set_value() may still be running when get() has returned.
    const auto done = std::make_shared<std::promise<grpc::Status>>();
    start(&context, [done](grpc::Status status) { done->set_value(std::move(status)); });
    return done->get_future().get();
}

Result<wire::EnrolReply> call(const std::string& address, const std::string& ca, const std::string& proxy, const wire::EnrolRequest& request, int timeoutMs)
{
    std::string noKey;
    const auto stub = wire::Enrolment::NewStub(makeChannel(address, makeCredentials(ca, {}, noKey), proxy, {}));
    wire::EnrolReply reply;
    const auto status = waitFor(timeoutMs, [&](auto* context, auto done) { stub->async()->Enrol(context, &request, &reply, std::move(done)); });
    if (!status.ok()) return toError(status);
    return reply;
}

} // namespace

Result<Enrolled> enrol(const EnrolCode& code, const wire::EnrolRequest& request, const std::string& proxy, int timeoutMs,
                       const std::function<void(int step)>& progress)
{
    auto step = [&progress](int n) { if (progress) progress(n); };
    ZT_LET(at, splitAddress(code.address));
    step(1);
    const auto chain = crypto::offeredChain(at.host, at.port, timeoutMs, proxy);
    if (!chain) return chain.error().kind == Err::Invalid ? fail(Err::Invalid, "not a hub") : Error(chain.error());
    step(2);
    ZT_LET(ca, findRoot(*chain, code.caHash));
    step(3);
    ZT_LET(reply, call(code.address, ca, proxy, request, timeoutMs));
    if (reply.waiting()) return Enrolled{std::move(reply), std::move(ca)};
    const auto own = crypto::readCert(reply.certificate());
    if (!own || own->publicKey != request.sign_key() || !crypto::issuedBy(reply.certificate(), ca))
        return fail(Err::Unauthenticated, "the certificate given is not for our key and from this root");
    return Enrolled{std::move(reply), std::move(ca)};
}

Result<std::string> renew(Endpoint endpoint, int timeoutMs)
{
    ZT_LET(present, crypto::readCert(endpoint.certificate));
    const auto stub = wire::Hub::NewStub(makeChannel(endpoint.address, makeCredentials(endpoint.ca, endpoint.certificate, endpoint.key), endpoint.proxy, {}));
    const wire::RenewRequest request;
    wire::RenewReply reply;
    const auto status = waitFor(timeoutMs, [&](auto* context, auto done) { stub->async()->Renew(context, &request, &reply, std::move(done)); });
    switch (status.error_code()) {
    case grpc::StatusCode::OK: break;
    case grpc::StatusCode::PERMISSION_DENIED: return fail(Err::Denied, "the hub renews no certificate of this device");
    case grpc::StatusCode::UNAUTHENTICATED: return fail(Err::Unauthenticated, "the hub does not know this device");
    default: return fail(Err::Unavailable, "the hub did not renew");
    }
    const auto fresh = crypto::issuedUnder(reply.certificate(), endpoint.ca, systemClock().now());
    if (!fresh || fresh->publicKey != present.publicKey || fresh->commonName != present.commonName || fresh->notAfter <= present.notAfter)
        return fail(Err::Unauthenticated, "the certificate given is not ours, of another root or not later");
    return reply.certificate();
}

} // namespace zt::link
