#include "caller.h"

#include "zt/crypto/pki.h"

namespace zt::hub {

std::optional<Peer> peerOf(const grpc::ServerContextBase& context)
{
    const auto auth = context.auth_context();
    if (!auth || !auth->IsPeerAuthenticated()) return std::nullopt;
    const auto pem = auth->FindPropertyValues("x509_pem_cert");
    if (pem.size() != 1) return std::nullopt;
    const auto cert = crypto::readCert(std::string_view(pem.front().data(), pem.front().size()));
    if (!cert || cert->publicKey.size() != 32) return std::nullopt;
    const auto slash = cert->commonName.rfind('/');
    if (slash == std::string::npos) return std::nullopt;
    const auto device = unhex(std::string_view(cert->commonName).substr(slash + 1));
    if (!device || device->size() != 16) return std::nullopt;
    return Peer{{cert->commonName.substr(0, slash), *device}, cert->publicKey};
}

bool isKnown(Core& core, const Peer& peer)
{
    const auto known = [&] {
        const auto& devices = core.directory().devices;
        const auto it = devices.find(peer.caller.device);
        return it != devices.end() && it->second.person == peer.caller.person && it->second.signKey == peer.key;
    };
    return known() || (core.refresh() && known());
}

} // namespace zt::hub
