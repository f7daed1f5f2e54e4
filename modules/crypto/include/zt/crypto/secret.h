#pragma once

#include "zt/base/bytes.h"

#include <cstddef>
#include <string>

namespace zt::crypto {

//! Bytes that must not be seen: locked in memory (kept out of swap and core dumps where the system allows), wiped when released,
//! movable, never copied by accident, never printed. Not thread-safe; one owner.
class Secret {
public:
    Secret() = default;
    explicit Secret(size_t size);          //!< zeroed
    explicit Secret(BytesView bytes);      //!< copies; the caller wipes its own
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    [[nodiscard]] Secret clone() const;
    [[nodiscard]] unsigned char* data() { return m_data; }
    [[nodiscard]] const unsigned char* data() const { return m_data; }
    [[nodiscard]] size_t size() const { return m_size; }
    [[nodiscard]] bool empty() const { return m_size == 0; }
    //! Valid as long as this object; do not keep.
    [[nodiscard]] BytesView view() const { return {reinterpret_cast<const char*>(m_data), m_size}; }

private:
    unsigned char* m_data = nullptr;
    size_t m_size = 0;
};

//! Overwrites a string's bytes before clearing it.
void wipe(std::string& text);

} // namespace zt::crypto
