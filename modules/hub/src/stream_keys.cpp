#include "stream_keys.h"

#include "zt/crypto/box.h"

#include <algorithm>
#include <sodium.h>

namespace zt::hub {

namespace {
constexpr size_t kKept = 8192;
Bytes aadOf(const std::string& stream) { return "zt-stream-key-1|" + stream; }
} // namespace

StreamKeys::StreamKeys(const crypto::Secret& restKey) : m_rest(restKey.clone()), m_current(32) {}
StreamKeys::~StreamKeys() { forget(); }

Bytes StreamKeys::make(const std::string& stream, Random& random)
{
    Bytes key = random.bytes(32);
    Bytes wrapped = crypto::encrypt(m_rest, key, aadOf(stream));
    crypto::wipe(key);
    return wrapped;
}

Result<void> StreamKeys::use(int64_t id, const std::string& stream, BytesView wrapped)
{
    auto it = m_known.find(id);
    if (it == m_known.end()) {
        auto opened = crypto::decrypt(m_rest, wrapped, aadOf(stream));
        if (!opened || opened->size() != 32) return fail(Err::Corrupt, "key of a stream");
        if (m_known.size() >= kKept) forget();
        it = m_known.try_emplace(id).first;
        std::copy(opened->begin(), opened->end(), it->second.begin());
        crypto::wipe(*opened);
    }
    std::copy(it->second.begin(), it->second.end(), m_current.data());
    return {};
}

void StreamKeys::forget()
{
    for (auto& [id, key] : m_known) sodium_memzero(key.data(), key.size());
    m_known.clear();
}

} // namespace zt::hub
