#include "zt/rpc/frame.h"

#include <algorithm>
#include <cstring>

namespace zt::rpc {

Unframer::Broken Unframer::take(std::string_view piece)
{
    while (!piece.empty()) {
        if (m_headSize < sizeof m_head) {
            const size_t n = std::min(piece.size(), sizeof m_head - m_headSize);
            std::memcpy(m_head + m_headSize, piece.data(), n);
            m_headSize = uint8_t(m_headSize + n);
            piece.remove_prefix(n);
            if (m_headSize < sizeof m_head) break;
            if (m_head[0] != 0) return Broken::Compressed;
            m_size = uint32_t(m_head[1]) << 24 | uint32_t(m_head[2]) << 16 | uint32_t(m_head[3]) << 8 | m_head[4];
            if (m_size > m_most) return Broken::TooLarge;
            m_message.reserve(std::min<size_t>(m_size, 256u << 10)); // the rest when it has come
        }
        const size_t n = std::min<size_t>(piece.size(), m_size - m_message.size());
        m_message.append(piece.data(), n);
        piece.remove_prefix(n);
        if (m_message.size() < m_size) break;
        m_whole.push_back(std::move(m_message));
        m_message = {};
        m_headSize = 0;
    }
    return Broken::No;
}

std::string Unframer::next()
{
    std::string out = std::move(m_whole[m_at++]);
    if (m_at == m_whole.size()) {
        m_whole.clear();
        m_at = 0;
    }
    return out;
}

} // namespace zt::rpc
