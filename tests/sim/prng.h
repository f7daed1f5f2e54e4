#pragma once

#include "zt/base/clock.h"

#include <cstring>

namespace zt::sim {

//! splitmix64: small, fast, the same on every machine. Everything random in a run comes from one of these, made from the seed.
class Prng final : public Random {
public:
    explicit Prng(uint64_t seed) : m_state(seed * 0x9e3779b97f4a7c15ull + 0x1234567) {}

    uint64_t next()
    {
        uint64_t z = (m_state += 0x9e3779b97f4a7c15ull);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        return z ^ (z >> 31);
    }
    void fill(void* out, size_t size) override
    {
        auto* to = static_cast<unsigned char*>(out);
        while (size) {
            const uint64_t v = next();
            const size_t n = size < 8 ? size : 8;
            std::memcpy(to, &v, n);
            to += n;
            size -= n;
        }
    }
    //! In [0, bound); 0 for bound 0.
    uint64_t pick(uint64_t bound) { return bound ? next() % bound : 0; }
    //! In [low, high].
    int64_t between(int64_t low, int64_t high) { return low + int64_t(pick(uint64_t(high - low + 1))); }
    //! True once in `n` times; never for 0.
    bool oneIn(uint64_t n) { return n && next() % n == 0; }
    template <class C>
    const auto& of(const C& c) { return c[size_t(pick(c.size()))]; }

private:
    uint64_t m_state;
};

} // namespace zt::sim
