#pragma once

#include "zt/base/result.h"

namespace zt::crypto {

//! Prepares libsodium and runs known-answer tests of every primitive in use. Call once at start of every programme, before anything
//! else of this module; on an error the programme must not go on. A few milliseconds (Argon2id with its smallest parameters).
[[nodiscard]] Result<void> start();

} // namespace zt::crypto
