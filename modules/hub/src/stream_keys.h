#pragma once

#include "zt/base/clock.h"
#include "zt/base/result.h"
#include "zt/crypto/secret.h"

#include <array>
#include <string>
#include <unordered_map>

namespace zt::hub {

//! The streams' keys, wrapped by the at-rest key; those used lately are kept unwrapped, in bounded number. One user at a time.
class StreamKeys {
public:
    explicit StreamKeys(const crypto::Secret& restKey);
    ~StreamKeys();
    StreamKeys(const StreamKeys&) = delete;

    //! A new key for a stream, wrapped.
    [[nodiscard]] Bytes make(int64_t id, const std::string& stream, Random& random);
    //! Makes this stream's key the current one. Err::Corrupt if the wrap does not open.
    [[nodiscard]] Result<void> use(int64_t id, const std::string& stream, BytesView wrapped);
    [[nodiscard]] const crypto::Secret& current() const { return m_current; }
    void forget();

private:
    void keep(int64_t id, BytesView key);

    using Key = std::array<unsigned char, 32>;
    const crypto::Secret m_rest;
    crypto::Secret m_current; //!< one locked page for all: a page for each key would not fit into what may be locked
    std::unordered_map<int64_t, Key> m_known;
};

} // namespace zt::hub
