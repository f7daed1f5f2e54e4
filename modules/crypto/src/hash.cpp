#include "zt/crypto/hash.h"

#include "bytes.h"

namespace zt::crypto {

namespace {

struct Blake {
    crypto_generichash_state state;

    Blake()
    {
        ready();
        crypto_generichash_init(&state, nullptr, 0, kHashSize);
    }
    void add(BytesView bytes)
    {
        if (!bytes.empty()) crypto_generichash_update(&state, raw(bytes), bytes.size());
    }
    Bytes finish()
    {
        Bytes out(kHashSize, '\0');
        crypto_generichash_final(&state, raw(out), out.size());
        return out;
    }
};

} // namespace

struct Hasher::State : Blake {};

Hasher::Hasher() : m_state(std::make_unique<State>()) {}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::add(BytesView bytes)
{
    ZT_CHECK(m_state);
    m_state->add(bytes);
}

Bytes Hasher::finish()
{
    ZT_CHECK(m_state);
    Bytes out = m_state->finish();
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
    Blake h; // not a Hasher, which has memory of its own: the hub asks several times an event
    auto add = [&h](BytesView part) {
        char length[8];
        for (int i = 0; i < 8; ++i) length[i] = char(uint64_t(part.size()) >> (8 * i) & 0xff);
        h.add({length, sizeof length});
        h.add(part);
    };
    add(domain);
    for (BytesView part : parts) add(part);
    return h.finish();
}

bool equal(BytesView a, BytesView b)
{
    return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

} // namespace zt::crypto
