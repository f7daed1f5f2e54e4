#pragma once

#include "zt/hub/evidence.h"

namespace zt::hub {

//! One place in a stream's history: what stands there and what is wrong with its place, head or body hash.
struct Link {
    const wire::Event* event = nullptr; //!< null: missing
    uint64_t version = 0;               //!< the version that belongs here
    Flaw flaw = Flaw::None;
};
//! Checks versions, previous hashes, body hashes and the sealed head. A broken pair is blamed on the event that its other neighbour does not confirm.
[[nodiscard]] std::vector<Link> checkChain(const std::vector<const wire::Event*>& events, const std::string& hub, const std::string& stream,
                                           const wire::Checkpoint* seal);

//! What the hub signs for a stream's head, with what was erased in it.
[[nodiscard]] Bytes sealBytes(const wire::Checkpoint& seal, const std::string& stream, const std::vector<const wire::Event*>& events);

//! True if the event says what its cause lets it say; judges neither signature nor chain.
[[nodiscard]] Flaw checkFacts(const wire::Command& command, const wire::Body& body);

} // namespace zt::hub
