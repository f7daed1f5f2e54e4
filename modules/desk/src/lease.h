#pragma once

#include "zt/base/clock.h"

#include <algorithm>
#include <cstdint>

namespace zt::desk {

//! How long a desk may go without its hub. Pure: the caller brings the times.
//!
//! It runs on the largest time seen since the hub was last heard, so a clock set back wins nothing; while the programme runs, its steady clock counts too. A contact
//! proves the time anew: a clock that once stood years ahead is forgotten then.
struct Lease {
    Millis contact = 0; //!< newest signed hub time
    Millis seen = 0;    //!< largest time seen since
    Millis reopened = 0; //!< a phone code's end
    uint32_t codeWeek = 0; //!< week of the last code used
    Millis steady = 0;  //!< when `seen` was looked at last, by the steady clock of this process; 0: not yet

    static constexpr Millis kDay = 86'400'000, kWeek = 7 * kDay;

    //! The hub was heard with a signed time.
    void heard(Millis hubTime)
    {
        if (hubTime <= contact) return;
        contact = seen = hubTime;
        reopened = 0;
    }
    void look(Millis wall, Millis steadyNow)
    {
        const Millis ran = steady ? std::max<Millis>(0, steadyNow - steady) : 0;
        steady = steadyNow;
        seen = std::max(seen + ran, wall);
    }
    //! 0: no lease. `days` as the policy says.
    [[nodiscard]] Millis until(uint32_t days) const { return days ? std::max(contact + Millis(days) * kDay, reopened) : 0; }
    [[nodiscard]] bool ended(uint32_t days) const { return days && seen > until(days); }
    [[nodiscard]] uint32_t week() const { return uint32_t(std::clamp<Millis>(seen / kWeek, 0, 0xffff)); }
    //! A code for week() or, where it was asked for just before, the week before; each week once.
    [[nodiscard]] bool mayUse(uint32_t codeFor) const { return codeFor > codeWeek && (codeFor == week() || codeFor + 1 == week()); }
    void reopen(uint32_t codeFor)
    {
        codeWeek = codeFor;
        reopened = seen + kWeek;
    }
};

} // namespace zt::desk
