#pragma once

#include "zt/base/clock.h"

#include <filesystem>

namespace zt::store {

//! Wrong tries at a passphrase and the wait they earn: 0, 0, 0, 5, 15, 60, 300 seconds, then 300 each. In the file `tries`, written before a
//! passphrase is tried, so that ending the programme does not save a try. What cannot be written is kept for this run.
class Tries {
public:
    Tries(std::filesystem::path folder, const Clock& clock);
    [[nodiscard]] Millis waitMs(); //!< notes the time that has passed
    void failed();                 //!< call before a try
    void takeBack();               //!< the try did not happen
    void passed();                 //!< and this if it was right

private:
    void save();
    void settle();
    std::filesystem::path m_file;
    const Clock& m_clock;
    uint64_t m_count = 0;
    Millis m_left = 0, m_wall = 0, m_steady = 0; //!< wait left when it was last looked at, and when that was
};

} // namespace zt::store
