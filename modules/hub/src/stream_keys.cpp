#include "stream_keys.h"

#include "zt/crypto/box.h"

#include <algorithm>
#include <sodium.h>

namespace zt::hub {

namespace {
constexpr size_t kKeysKept = 8192;
Bytes aadOf(const std::string& stream) { return "zt-stream-key-1|" + stream; }
} // namespace

StreamKeys::StreamKeys(const crypto::Secret& restKey) : m_rest(restKey.clone()), m_current(32) {}
StreamKeys::~StreamKeys() { forget(); }

void StreamKeys::keep(int64_t id, BytesView key)
{
    if (m_known.size() >= kKeysKept) forget();
    std::copy(key.begin(), key.end(), m_known[id].begin());
}

Bytes StreamKeys::make(int64_t id, const std::string& stream, Random& random)
{
    Bytes key = random.bytes(32);
    Bytes wrapped = crypto::encrypt(m_rest, key, aadOf(stream));
    keep(id, key);
    crypto::wipe(key);
    return wrapped;
}

Result<void> StreamKeys::use(int64_t id, const std::string& stream, BytesView wrapped)
{
    auto it = m_known.find(id);
    if (it == m_known.end()) {
        auto opened = crypto::decrypt(m_rest, wrapped, aadOf(stream));
        if (!opened || opened->size() != 32) return fail(Err::Corrupt, "key of a stream");
        keep(id, *opened);
        crypto::wipe(*opened);
        it = m_known.find(id);
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
