#include "caller.h"

namespace zt::hub {

std::optional<Peer> renewingPeer(const std::string& certificate, const crypto::RootSet& roots)
{
    const auto cert = roots.read(certificate);
    if (!cert || cert->publicKey.size() != 32) return std::nullopt;
    const auto slash = cert->commonName.rfind('/');
    if (slash == std::string::npos) return std::nullopt;
    const auto device = unhex(std::string_view(cert->commonName).substr(slash + 1));
    if (!device || device->size() != 16) return std::nullopt;
    return Peer{{cert->commonName.substr(0, slash), *device}, cert->publicKey, cert->notAfter};
}

std::optional<Peer> peerOf(const std::string& certificate, const crypto::RootSet& roots, Millis now)
{
    auto peer = renewingPeer(certificate, roots);
    return peer && now <= peer->notAfter ? peer : std::nullopt;
}

bool mayShakeHands(std::string_view pem, const crypto::RootSet& roots, Millis now)
{
    const auto cert = roots.issued(pem, now);
    return cert && !cert->isCa && cert->notBefore <= now && now <= cert->notAfter + crypto::kRenewalGrace;
}

bool isKnown(Core& core, const Peer& peer)
{
    const auto known = [&] {
        const auto& devices = core.directory().devices;
        const auto it = devices.find(peer.caller.device);
        return it != devices.end() && it->second.person == peer.caller.person && it->second.signKey == peer.key && !it->second.waiting;
    };
    return known() || (core.refresh() && known());
}

} // namespace zt::hub
