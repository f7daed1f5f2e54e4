#include "zt/crypto/hash.h"

#include "bytes.h"

namespace zt::crypto {

struct Hasher::State {
    crypto_generichash_state blake;
};

Hasher::Hasher() : m_state(std::make_unique<State>())
{
    ready();
    crypto_generichash_init(&m_state->blake, nullptr, 0, kHashSize);
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::add(BytesView bytes)
{
    ZT_CHECK(m_state);
    if (!bytes.empty()) crypto_generichash_update(&m_state->blake, raw(bytes), bytes.size());
}

Bytes Hasher::finish()
{
    ZT_CHECK(m_state);
    Bytes out(kHashSize, '\0');
    crypto_generichash_final(&m_state->blake, raw(out), out.size());
    m_state.reset();
    return out;
}

Bytes hashOf(BytesView bytes)
{
    Hasher h;
    h.add(bytes);
    return h.finish();
}

Bytes hash(std::string_view domain, std::initializer_list<BytesView> parts)
{
    ready();
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, kHashSize);
    auto add = [&state](BytesView part) {
        unsigned char length[8];
        for (int i = 0; i < 8; ++i) length[i] = uint64_t(part.size()) >> (8 * i) & 0xff;
        crypto_generichash_update(&state, length, sizeof length);
        if (!part.empty()) crypto_generichash_update(&state, raw(part), part.size());
    };
    add(domain);
    for (BytesView part : parts) add(part);
    Bytes out(kHashSize, '\0');
    crypto_generichash_final(&state, raw(out), out.size());
    return out;
}

bool equal(BytesView a, BytesView b)
{
    return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

} // namespace zt::crypto
