#pragma once

#include "zt/base/clock.h"
#include "zt/base/result.h"
#include "zt/crypto/box.h"
#include "zt/crypto/secret.h"

#include <filesystem>
#include <memory>
#include <optional>

namespace zt::store {

//! What a vault gives when it opens.
struct Opened {
    crypto::Secret storeKey;    //!< 32 bytes: SqlStore
    crypto::Secret signingSeed; //!< 32 bytes: the device's Ed25519 key
    crypto::Secret boxSecret;   //!< 32 bytes: the device's X25519 key
};

//! A second factor beside the passphrase, kept elsewhere (the operating system's keychain). The id names it there and tells nothing.
struct Factor {
    Bytes id;              //!< 16 bytes
    crypto::Secret secret; //!< 32 bytes
    [[nodiscard]] static Factor generate(Random& random);
    [[nodiscard]] Factor clone() const { return {id, secret.clone()}; }
};

//! `vault.bin` of an account folder: the store key under independent wraps (passphrase, alone or with a second factor; recovery by two
//! administrators), the device's keys under the store key. Changing the passphrase rewrites this file only. Format: decisions/format.md.
//!
//! Any one thread at a time, never the GUI's: a passphrase takes about half a second by design. The lockout after wrong tries lives in the file
//! `tries`: it slows the person at the screen, survives a restart, is not shortened by setting the clock back, and deletes nothing.
class Vault {
public:
    struct New {
        const crypto::Secret* passphrase = nullptr;
        const crypto::Secret* signingSeed = nullptr; //!< 32 bytes
        const crypto::Secret* boxSecret = nullptr;   //!< 32 bytes
        Bytes recoveryKey;   //!< the unit's recovery public key (makeRecovery); empty: no recovery
        std::string owner;   //!< person and device in words, at most 200 bytes: shown to the administrators who open it; sealed with the key
        std::optional<crypto::KdfParams> kdf; //!< cost of a try; none: measured to about half a second (takes some seconds)
    };
    //! Makes the file in an existing folder, with a fresh store key. Err::Exists, Invalid, DiskFull, ReadOnly, Io.
    [[nodiscard]] static Result<Opened> create(const std::filesystem::path& folder, const New& what, Random& random);
    //! Reads the file without opening it. Err::NotFound, Corrupt (damaged), TooNew.
    [[nodiscard]] static Result<Vault> read(const std::filesystem::path& folder, const Clock& clock = systemClock(), Random& random = systemRandom());

    //! Id of the factor without which the passphrase opens nothing; empty: there is none.
    [[nodiscard]] Bytes factor() const;
    //! Err::Unauthenticated: wrong passphrase (counted). Busy: locked out, the detail is "wait <seconds>"; nothing was tried. NotFound: a factor is
    //! needed and `secret` is none or another's; nothing was tried or counted. Where none is needed, `secret` is not looked at.
    [[nodiscard]] Result<Opened> unlock(const crypto::Secret& passphrase, const crypto::Secret* secret = nullptr);
    //! How long until the next try counts; 0: now.
    [[nodiscard]] Millis waitMs() const;
    //! The old passphrase is checked under the same lockout. The old one opens nothing afterwards, except older copies of this file. A factor stays.
    [[nodiscard]] Result<void> changePassphrase(const crypto::Secret& old, const crypto::Secret& fresh,
                                                const std::optional<crypto::KdfParams>& kdf = std::nullopt, const crypto::Secret* secret = nullptr);
    //! From now on the passphrase opens with this factor only, or alone again (null). The factor must be safe in its place before; the passphrase is
    //! taken as right: the caller has just unlocked with it. Err::NotFound: this store has no recovery, and gets no factor without.
    [[nodiscard]] Result<void> setFactor(const Opened& opened, const crypto::Secret& passphrase, const Factor* factor,
                                         const std::optional<crypto::KdfParams>& kdf = std::nullopt);
    //! Gives the store a recovery wrap, or replaces it.
    [[nodiscard]] Result<void> setRecovery(const Opened& opened, BytesView recoveryKey, const std::string& owner);
    [[nodiscard]] bool hasRecovery() const;

    //! For a forgotten passphrase or a lost factor: what the person hands to the administrators (no secret; see requestCode). The one-time key that will read
    //! the answer is kept in the file `recovery`; a further request replaces it. Err::NotFound: this store has no recovery.
    [[nodiscard]] Result<Bytes> recoveryRequest();
    //! Opens the administrators' answer and sets a new passphrase, with this factor or, without one, alone. Err::Corrupt: damaged, or an answer to
    //! another request; NotFound: no request was made here; Unauthenticated: the key in it is not this store's.
    [[nodiscard]] Result<Opened> acceptRecovery(BytesView reply, const crypto::Secret& newPassphrase,
                                                const std::optional<crypto::KdfParams>& kdf = std::nullopt, const Factor* factor = nullptr);

    Vault(Vault&&) noexcept;
    Vault& operator=(Vault&&) noexcept;
    ~Vault();

private:
    class Impl;
    explicit Vault(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m;
};

} // namespace zt::store
