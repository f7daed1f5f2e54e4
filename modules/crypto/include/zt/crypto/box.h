#pragma once

#include "zt/base/clock.h"
#include "zt/base/result.h"
#include "zt/crypto/secret.h"

namespace zt::crypto {

//! Authenticated encryption with a 32-byte key: XChaCha20-Poly1305, random 24-byte nonce in front. `aad` is bound, not stored.
[[nodiscard]] Bytes encrypt(const Secret& key, BytesView plain, BytesView aad);
//! Err::Corrupt when key, aad or any byte differs.
[[nodiscard]] Result<Bytes> decrypt(const Secret& key, BytesView sealed, BytesView aad);

//! X25519 key pair for sealed boxes.
struct BoxKey {
    Bytes publicKey; //!< 32 bytes
    Secret secretKey;
    [[nodiscard]] static BoxKey generate(Random& random);
    [[nodiscard]] static Result<BoxKey> fromSecret(const Secret& secretKey);
};
//! Anonymous box to a public key (crypto_box_seal: 48 bytes longer).
[[nodiscard]] Result<Bytes> seal(BytesView publicKey, BytesView plain);
[[nodiscard]] Result<Secret> openSeal(const BoxKey& key, BytesView sealed); //!< Err::Corrupt

//! A secret that only these two keys' owners can make (X25519, hashed with both public keys). Err::Invalid for a key that is none.
[[nodiscard]] Result<Secret> agree(const BoxKey& own, BytesView other);

//! Cost of a passphrase; stored beside what it protects.
struct KdfParams {
    uint32_t operations = 3;
    uint64_t memoryBytes = 256u << 20;
    Bytes salt; //!< 16 bytes
};
//! Argon2id to 32 bytes. Takes about half a second by design: never on the GUI thread. Err::Invalid for parameters out of bounds
//! (salt not of 16 bytes, memory above 2 GiB or below 8 MiB, operations above 64): a damaged file must not make us allocate without limit.
//! Err::Busy when the machine has not that much memory free.
[[nodiscard]] Result<Secret> deriveKey(BytesView passphrase, const KdfParams& params);
//! Measures this machine and returns parameters that take about `targetMs` (at least 64 MiB and 2 operations), with a fresh salt.
//! Takes up to some five times `targetMs`; any thread but the GUI's.
[[nodiscard]] KdfParams calibrateKdf(int targetMs, Random& random);

//! A secret under a passphrase as one self-describing blob (version, KDF parameters, box), for key files and wraps.
[[nodiscard]] Result<Bytes> wrapWithPassphrase(const Secret& secret, BytesView passphrase, const KdfParams& params);
//! Err::Unauthenticated for a wrong passphrase, Corrupt for damaged bytes (a check tells them from a wrong passphrase),
//! TooNew for a later version, Unsupported for another suite.
[[nodiscard]] Result<Secret> unwrapWithPassphrase(BytesView blob, BytesView passphrase);

} // namespace zt::crypto
