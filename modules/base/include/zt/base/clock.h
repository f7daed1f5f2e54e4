#pragma once

#include <cstdint>
#include <string>

namespace zt {

//! Milliseconds since 1970-01-01 UTC.
using Millis = int64_t;

//! Port for time. `now` is the wall clock and may jump; `steady` never goes back and is for intervals only.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Millis now() const = 0;
    [[nodiscard]] virtual Millis steady() const = 0;
};

//! Port for randomness. Fills `size` bytes; cannot fail (ends the process if the system has none).
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(void* out, size_t size) = 0;
    [[nodiscard]] std::string bytes(size_t size);
    [[nodiscard]] uint64_t below(uint64_t bound);
};

//! The machine's clock. Any thread.
const Clock& systemClock();
//! The kernel's random source. Any thread.
Random& systemRandom();

} // namespace zt
