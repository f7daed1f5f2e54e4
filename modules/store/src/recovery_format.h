#pragma once

#include "zt/base/bytes.h"
#include "zt/base/result.h"

//! What goes between a desk and the administrators.
namespace zt::store {

struct Request {
    Bytes recoveryKey; //!< public, 32
    Bytes oneTimeKey;  //!< public, 32
    Bytes sealed;      //!< store key and owner, to the recovery key
};
[[nodiscard]] Bytes packRequest(const Request& request);
[[nodiscard]] Result<Request> unpackRequest(BytesView bytes);
[[nodiscard]] Bytes packReply(BytesView sealed);
[[nodiscard]] Result<Bytes> unpackReply(BytesView bytes);

} // namespace zt::store
