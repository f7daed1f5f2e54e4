#include "zt/base/id.h"

namespace zt {

Bytes newId(const Clock& clock, Random& random)
{
    Bytes id = random.bytes(16);
    const auto ms = uint64_t(clock.now());
    for (int i = 0; i < 6; ++i) id[size_t(i)] = char(ms >> (40 - 8 * i));
    id[6] = char((id[6] & 0x0f) | 0x70);
    id[8] = char((id[8] & 0x3f) | 0x80);
    return id;
}

} // namespace zt
