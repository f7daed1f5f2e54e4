#pragma once

#include "zt/base/bytes.h"

#include <memory>

struct decaf_255_precomputed_s;

namespace zt::crypto {

//! Multiples of one public key, kept so that its signatures are checked in three quarters of the time (libdecaf's tables). `verify` takes
//! exactly the signatures libsodium takes for this key: the point s·B - h·A is worked out, encoded and compared with the signature's, byte
//! for byte. libdecaf knows points only up to those of small order; that says the same where A has no part of small order, which is asked
//! when the table is made, and after a multiplication by eight in all, which the scalars take into account. 9 kB each, immutable, any thread.
class SignerTable {
public:
    //! Null for a key with a part of small order, or that is none: libsodium alone judges those. `publicKey` has 32 bytes.
    [[nodiscard]] static std::shared_ptr<const SignerTable> make(BytesView publicKey);
    [[nodiscard]] bool verify(BytesView message, BytesView signature) const; //!< `signature` has 64 bytes
    ~SignerTable();
    SignerTable(const SignerTable&) = delete;
    SignerTable& operator=(const SignerTable&) = delete;

private:
    SignerTable() = default;
    Bytes m_key;
    decaf_255_precomputed_s* m_points = nullptr;
};

//! The table of a key that keeps coming, or null. A key must come four times before one is made (80 µs), and a key in use is displaced
//! only by one that comes more often, so that whoever signs with many keys costs no more than without tables. Any thread; at most 9.5 MB.
[[nodiscard]] std::shared_ptr<const SignerTable> tableOf(BytesView publicKey);

} // namespace zt::crypto
