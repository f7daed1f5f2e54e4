#pragma once

#include "zt/base/clock.h"
#include "zt/base/result.h"
#include "zt/crypto/box.h"

#include <string>
#include <vector>

//! A unit's recovery key, of which any two administrators together open a store whose passphrase is lost. Pure; any thread.
namespace zt::store {

struct RecoveryKey {
    Bytes publicKey; //!< 32 bytes: goes to desks
    Bytes bundle;    //!< the secret part, sealed to every ordered pair of administrators; not secret itself, but needed
};
//! The secret exists only inside this call. Err::Invalid: fewer than two or more than 16 administrators, a key twice or unusable.
[[nodiscard]] Result<RecoveryKey> makeRecovery(const std::vector<Bytes>& adminBoxKeys, Random& random);

//! A few letters and digits over a request, which the person and the administrator compare by voice: the request was not exchanged on the way.
[[nodiscard]] std::string requestCode(BytesView request);

//! The first administrator takes his layer off. The result opens nothing alone; only another administrator of the bundle can go on. Err::Denied: the key is none of the bundle's;
//! Corrupt: damaged; Invalid: the request is for another recovery key.
[[nodiscard]] Result<Bytes> openStep1(BytesView bundle, BytesView request, const crypto::BoxKey& first);
struct RecoveryReply {
    Bytes reply;       //!< for Vault::acceptRecovery; only the asking desk can read it
    std::string owner; //!< whose store it is, as sealed when the store was made: compare with the person who asks
};
//! The second, different one opens the request. Err::Denied: not one of the others; Corrupt.
[[nodiscard]] Result<RecoveryReply> openStep2(BytesView step1, const crypto::BoxKey& second);

} // namespace zt::store
