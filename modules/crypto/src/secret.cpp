#include "zt/crypto/secret.h"

#include "bytes.h"

#include <cstring>
#include <utility>

namespace zt::crypto {

Secret::Secret(size_t size)
{
    if (size == 0) return;
    ready();
    m_data = static_cast<unsigned char*>(sodium_malloc(size));
    ZT_CHECK(m_data);
    sodium_memzero(m_data, size);
    m_size = size;
}

Secret::Secret(BytesView bytes) : Secret(bytes.size())
{
    if (m_size) std::memcpy(m_data, bytes.data(), m_size);
}

Secret::Secret(Secret&& other) noexcept : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept
{
    if (this != &other) {
        sodium_free(m_data);
        m_data = std::exchange(other.m_data, nullptr);
        m_size = std::exchange(other.m_size, 0);
    }
    return *this;
}

Secret::~Secret()
{
    sodium_free(m_data); // wipes
}

Secret Secret::clone() const
{
    return Secret(view());
}

void wipe(std::string& text)
{
    // The whole capacity: a text that once was longer left its end behind.
    text.resize(text.capacity());
    sodium_memzero(text.data(), text.size());
    text.clear();
}

} // namespace zt::crypto
