#pragma once

#include "zt/link/link.h"

#include <grpcpp/grpcpp.h>

namespace zt::link {

struct Diagnosis {
    State state;
    const char* why; //!< one of the words in README.md
};
//! What a call that was not let in (or was ended) says about the way to the hub. gRPC tells every failure below HTTP/2 as UNAVAILABLE with
//! words: unless those are plain, the address is asked for its certificates. Blocks up to two seconds then.
[[nodiscard]] Diagnosis diagnose(const Endpoint& endpoint, const grpc::Status& status);

} // namespace zt::link
