#pragma once

#include "zt/base/clock.h"
#include "zt/link/link.h"

#include <algorithm>

namespace zt::link {

//! How long to wait when it has been down for `downMs`: up to a second, or a tenth of that, with full jitter, so that the desks of an office do not come back together.
//! After an outage of some seconds they are back within two, after a long one nobody storms the hub.
inline Millis backoff(const Timing& timing, Millis downMs)
{
    const Millis most = std::clamp<Millis>(downMs / 10, timing.firstBackoffMs, std::max(timing.firstBackoffMs, timing.mostBackoffMs));
    return 1 + Millis(systemRandom().below(uint64_t(std::max<Millis>(1, most))));
}

} // namespace zt::link
