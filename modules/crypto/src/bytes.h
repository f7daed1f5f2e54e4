#pragma once

#include "zt/base/result.h"

#include <sodium.h>
#include <string_view>

namespace zt::crypto {

inline const unsigned char* raw(std::string_view v) { return reinterpret_cast<const unsigned char*>(v.data()); }
inline unsigned char* raw(std::string& v) { return reinterpret_cast<unsigned char*>(v.data()); }

//! libsodium ready: locked memory and the choice of implementations depend on it, so nothing relies on start() having been called.
inline void ready()
{
    // Its own generator, seeded by the kernel: nonces are asked for at every event, each a call of the kernel otherwise.
    static const bool ok = randombytes_set_implementation(&randombytes_internal_implementation) == 0 && sodium_init() >= 0;
    ZT_CHECK(ok);
}

} // namespace zt::crypto
