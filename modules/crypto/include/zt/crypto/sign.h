#pragma once

#include "zt/base/clock.h"
#include "zt/base/result.h"
#include "zt/crypto/secret.h"

namespace zt::crypto {

//! An Ed25519 key pair made from a 32-byte seed. Thread-safe once made.
class SigningKey {
public:
    [[nodiscard]] static SigningKey generate(Random& random);
    [[nodiscard]] static Result<SigningKey> fromSeed(const Secret& seed);
    [[nodiscard]] const Bytes& publicKey() const { return m_public; } //!< 32 bytes
    [[nodiscard]] Secret seed() const;                                //!< for storing it under a wrap
    [[nodiscard]] Bytes sign(BytesView message) const;                //!< 64 bytes
private:
    Secret m_secret;
    Bytes m_public;
};

//! False for a wrong signature, key or length; never throws.
[[nodiscard]] bool verify(BytesView publicKey, BytesView message, BytesView signature);

} // namespace zt::crypto
