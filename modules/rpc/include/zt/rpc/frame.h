#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zt::rpc {

//! A message as it travels: gRPC's length-prefixed form, never compressed. `M` is a message of protobuf.
template <class M>
[[nodiscard]] std::string framed(const M& message)
{
    const size_t size = message.ByteSizeLong();
    std::string out(5 + size, '\0');
    for (int i = 0; i < 4; ++i) out[size_t(1 + i)] = char(uint32_t(size) >> (24 - 8 * i));
    message.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(out.data()) + 5);
    return out;
}

//! Puts messages together again from the pieces that come. Not for several threads.
class Unframer {
public:
    enum class Broken { No, TooLarge, Compressed };
    explicit Unframer(size_t most) : m_most(most) {}
    //! What came; nothing more is taken once broken.
    [[nodiscard]] Broken take(std::string_view piece);
    [[nodiscard]] bool whole() const { return m_at < m_whole.size(); }
    [[nodiscard]] std::string next(); //!< where whole()
    [[nodiscard]] bool between() const { return m_headSize == 0; } //!< no part of a message is held

private:
    const size_t m_most;
    unsigned char m_head[5];
    uint8_t m_headSize = 0;
    uint32_t m_size = 0;
    std::string m_message;
    std::vector<std::string> m_whole;
    size_t m_at = 0;
};

} // namespace zt::rpc
