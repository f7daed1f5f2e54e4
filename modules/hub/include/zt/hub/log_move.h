#pragma once

#include "zt/hub/folder.h"

namespace zt::hub {

struct Moved {
    uint64_t events = 0;
    size_t receipts = 0, marks = 0, times = 0, codes = 0;
};

//! Copies all that a log holds into an empty one, then reads both and compares: every event byte by byte, heads, root, cursor, receipts, marks, timetable, codes.
//! Nobody may write to either meanwhile. Err::Exists: `to` is not empty, nothing was copied; Corrupt: `from` does not check, or the copy is not like it.
//! \param progress  positions copied, then compared
[[nodiscard]] Result<Moved> moveLog(KeptLog& from, EnrolCodes& fromCodes, KeptLog& to, EnrolCodes& toCodes, const std::function<void(uint64_t)>& progress = {});

} // namespace zt::hub
