#include "zt/base/result.h"

#include <cstdio>
#include <cstdlib>

namespace zt {

std::string_view name(Err kind)
{
    switch (kind) {
    case Err::Invalid: return "invalid";
    case Err::NotFound: return "not_found";
    case Err::Denied: return "denied";
    case Err::Unauthenticated: return "unauthenticated";
    case Err::Exists: return "exists";
    case Err::Conflict: return "conflict";
    case Err::Corrupt: return "corrupt";
    case Err::TooNew: return "too_new";
    case Err::TooLarge: return "too_large";
    case Err::Busy: return "busy";
    case Err::DiskFull: return "disk_full";
    case Err::ReadOnly: return "read_only";
    case Err::Io: return "io";
    case Err::NetworkFs: return "network_fs";
    case Err::Unavailable: return "unavailable";
    case Err::Cancelled: return "cancelled";
    case Err::Unsupported: return "unsupported";
    case Err::Internal: return "internal";
    }
    return "internal";
}

void die(std::string_view what, const char* file, int line)
{
    std::fprintf(stderr, "invariant broken: %.*s at %s:%d\n", int(what.size()), what.data(), file, line);
    std::abort();
}

} // namespace zt
