#include "zt/link/link.h"

#include "address.h"
#include "channel.h"
#include "sync.pb.h"
#include "zt/crypto/hash.h"
#include "zt/crypto/pki.h"
#include "zt/rpc/frame.h"
#include "zt/wire/methods.h"

#include <algorithm>

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

Error toError(const rpc::Status& status)
{
    switch (status.code) {
    // The hub proved to be the one the code names; it is the code that does not hold (any more).
    case rpc::Code::Unauthenticated:
    case rpc::Code::NotFound: return fail(Err::NotFound, "the hub refused the code");
    case rpc::Code::PermissionDenied: return fail(Err::Denied, "the hub refused the person");
    case rpc::Code::ResourceExhausted: return fail(Err::Busy, "too many enrolments at this moment");
    case rpc::Code::InvalidArgument: return fail(Err::Invalid, "the hub does not take these keys");
    case rpc::Code::Unimplemented:
    case rpc::Code::Unknown: return fail(Err::Invalid, "not a hub");
    case rpc::Code::DeadlineExceeded: return fail(Err::Unavailable, "the hub did not answer in time");
    case rpc::Code::Unavailable: break;
    default: return fail(Err::Unavailable, "the hub could not do it");
    }
    switch (status.fault) {
    case rpc::Fault::OtherRoot:
    case rpc::Fault::Expired:
    case rpc::Fault::NotYet:
    case rpc::Fault::OtherHost:
    case rpc::Fault::RootOver:
    case rpc::Fault::BadCertificate: return fail(Err::Unauthenticated, "the hub's certificate does not hold");
    case rpc::Fault::NoHttp2: return fail(Err::Invalid, "not a hub");
    default: return fail(Err::Unavailable, "the hub does not answer");
    }
}

Result<wire::EnrolReply> call(const std::string& address, const std::string& ca, const std::string& proxy, const wire::EnrolRequest& request, int timeoutMs)
{
    std::string noKey;
    const auto answer = rpc::ask(toHub(address, proxy), rpc::Credentials::make(ca, {}, noKey), wire::kEnrol, rpc::framed(request), timeoutMs);
    if (!answer.status.ok()) return toError(answer.status);
    wire::EnrolReply reply;
    if (!reply.ParseFromString(answer.message)) return fail(Err::Invalid, "not a hub");
    return reply;
}

} // namespace

Result<Enrolled> enrol(const EnrolCode& code, const wire::EnrolRequest& request, const std::string& proxy, int timeoutMs,
                       const std::function<void(int step)>& progress)
{
    auto step = [&progress](int n) { if (progress) progress(n); };
    ZT_TRY(splitAddress(code.address));
    step(1);
    const auto chain = rpc::offeredChain(toHub(code.address, proxy), timeoutMs);
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
    const auto answer = rpc::ask(toHub(endpoint.address, endpoint.proxy), credentialsOf(endpoint), wire::kRenew, rpc::framed(wire::RenewRequest()), timeoutMs);
    wire::RenewReply reply;
    switch (answer.status.code) {
    case rpc::Code::Ok: break;
    case rpc::Code::PermissionDenied: return fail(Err::Denied, "the hub renews no certificate of this device");
    case rpc::Code::Unauthenticated: return fail(Err::Unauthenticated, "the hub does not know this device");
    default: return fail(Err::Unavailable, "the hub did not renew");
    }
    if (!reply.ParseFromString(answer.message)) return fail(Err::Unavailable, "the hub did not renew");
    const auto fresh = crypto::issuedUnder(reply.certificate(), endpoint.ca, systemClock().now());
    if (!fresh || fresh->publicKey != present.publicKey || fresh->commonName != present.commonName || fresh->notAfter <= present.notAfter)
        return fail(Err::Unauthenticated, "the certificate given is not ours, of another root or not later");
    return reply.certificate();
}

} // namespace zt::link
