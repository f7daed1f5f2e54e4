#pragma once

#include "zt/crypto/pki.h"
#include "zt/hub/core.h"

#include <optional>

namespace zt::hub {

//! Who holds the certificate (PEM) of this call, as TLS proved it: common name "<person>/<device in hex>", and the key inside.
struct Peer {
    Caller caller;
    Bytes key;
    Millis notAfter = 0; //!< of the certificate
};
//! Whatever its dates: for a renewal. The handshake let it in (see DeskCheck).
[[nodiscard]] std::optional<Peer> renewingPeer(const std::string& certificate, const crypto::RootSet& roots);
//! Nothing where the certificate is over.
[[nodiscard]] std::optional<Peer> peerOf(const std::string& certificate, const crypto::RootSet& roots, Millis now);
//! What a handshake on the desks' port asks of a certificate: one of these roots issued it, it has begun and did not end more than crypto::kRenewalGrace ago.
[[nodiscard]] bool mayShakeHands(std::string_view pem, const crypto::RootSet& roots, Millis now);
//! True if the directory knows this device with this key as this person's; revoked or not. Another hub may have enrolled it a moment ago.
[[nodiscard]] bool isKnown(Core& core, const Peer& peer);

} // namespace zt::hub
