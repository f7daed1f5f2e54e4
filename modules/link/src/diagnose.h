#pragma once

#include "zt/link/link.h"
#include "zt/rpc/status.h"

namespace zt::link {

struct Diagnosis {
    State state;
    const char* why; //!< one of the words in README.md
};
//! What a call that was not let in (or was ended) says about the way to the hub.
[[nodiscard]] Diagnosis diagnose(const Endpoint& endpoint, const rpc::Status& status);

} // namespace zt::link
