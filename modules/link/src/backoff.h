#pragma once

#include "zt/base/clock.h"
#include "zt/link/link.h"

#include <algorithm>
#include <optional>

namespace zt::link {

//! How long to wait before the next try: a random time up to half of how long it has not worked so far, within the bounds of the timing. So a short outage is
//! over soon after it ends, however many tries fell into it, and the desks of an office do not come back together.
class Backoff {
public:
    Millis next(const Timing& timing, Millis now)
    {
        if (!m_since) m_since = now;
        const Millis most = std::max<Millis>(1, std::clamp<Millis>((now - *m_since) / 2, timing.firstBackoffMs, timing.mostBackoffMs));
        return 1 + Millis(systemRandom().below(uint64_t(most)));
    }
    void over() { m_since.reset(); }

private:
    std::optional<Millis> m_since; //!< steady ms of the first failure
};

} // namespace zt::link
