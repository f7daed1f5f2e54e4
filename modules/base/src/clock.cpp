#include "zt/base/clock.h"

#include "zt/base/result.h"

#include <chrono>
#include <cstring>
#include <pthread.h>
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

void fromKernel(char* p, size_t size)
{
    while (size) {
        const ssize_t n = getrandom(p, size, 0);
        ZT_CHECK(n > 0);
        p += n;
        size -= size_t(n);
    }
}

struct Block {
    char bytes[512];
    size_t left = 0;
};
thread_local Block t_block;

//! Small requests (ids, salts, nonces) are served from a block fetched at once: a call of the kernel each is a tenth of what the hub does for an event. What was
//! handed out is wiped here; a process that was forked off begins with none, or both would hand out the same.
struct SystemRandom final : Random {
    SystemRandom() { ZT_CHECK(pthread_atfork(nullptr, nullptr, [] { t_block.left = 0; }) == 0); }
    void fill(void* out, size_t size) override
    {
        Block& block = t_block;
        auto* p = static_cast<char*>(out);
        if (size > sizeof block.bytes / 8) return fromKernel(p, size);
        if (block.left < size) {
            fromKernel(block.bytes, sizeof block.bytes);
            block.left = sizeof block.bytes;
        }
        block.left -= size;
        std::memcpy(p, block.bytes + block.left, size);
        explicit_bzero(block.bytes + block.left, size);
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
