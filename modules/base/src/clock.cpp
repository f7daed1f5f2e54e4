#include "zt/base/clock.h"

#include "zt/base/result.h"

#include <chrono>
#include <cstring>
#include <sys/random.h>

namespace zt {

std::string Random::bytes(size_t size)
{
    std::string out(size, '\0');
    fill(out.data(), size);
    return out;
}

uint64_t Random::below(uint64_t bound)
{
    uint64_t v;
    fill(&v, sizeof v);
    return bound ? v % bound : 0;
}

namespace {

struct SystemClock final : Clock {
    Millis now() const override
    {
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    }
    Millis steady() const override
    {
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
};

struct SystemRandom final : Random {
    void fill(void* out, size_t size) override
    {
        auto* p = static_cast<char*>(out);
        while (size) {
            const ssize_t n = getrandom(p, size, 0);
            ZT_CHECK(n > 0);
            p += n;
            size -= size_t(n);
        }
    }
};

} // namespace

const Clock& systemClock()
{
    static const SystemClock clock;
    return clock;
}

Random& systemRandom()
{
    static SystemRandom random;
    return random;
}

} // namespace zt
