#pragma once

#include "zt/base/clock.h"
#include "zt/link/link.h"

#include <algorithm>

namespace zt::link {

//! How long to wait after `failures` earlier failures: exponential with full jitter, so that the desks of an office do not come back together.
inline Millis backoff(const Timing& timing, int failures)
{
    const Millis most = std::min<Millis>(timing.mostBackoffMs, Millis(timing.firstBackoffMs) << std::min(failures, 20));
    return 1 + Millis(systemRandom().below(uint64_t(std::max<Millis>(1, most))));
}

} // namespace zt::link
