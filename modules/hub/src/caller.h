#pragma once

#include "zt/hub/core.h"

#include <grpcpp/grpcpp.h>
#include <optional>

namespace zt::hub {

//! Who holds the certificate of this call, as TLS proved it: common name "<person>/<device in hex>", and the key inside.
struct Peer {
    Caller caller;
    Bytes key;
};
[[nodiscard]] std::optional<Peer> peerOf(const grpc::ServerContextBase& context);
//! True if the directory knows this device with this key as this person's; revoked or not. Another hub may have enrolled it a moment ago.
[[nodiscard]] bool isKnown(Core& core, const Peer& peer);

} // namespace zt::hub
