#pragma once

#include "zt/desk/keychain.h"
#include "zt/desk/policy.h"
#include "zt/store/vault.h"

#include <optional>

//! Between a vault and the keychain. Everything here blocks: never on the GUI's thread. A null keychain is one that does not run.
namespace zt::desk {

struct Unlocked {
    store::Opened opened;
    std::optional<store::Factor> factor; //!< the one that was needed
};

//! Unlocks with the factor the vault names: `kept`, where it is that one, or what the keychain holds. Errors of Vault::unlock, and the keychain's
//! (ofKeychain); with those no passphrase was tried or counted.
[[nodiscard]] Result<Unlocked> unlock(store::Vault& vault, const crypto::Secret& passphrase, Keychain* keychain, const std::optional<store::Factor>& kept = {});

//! A new factor, in the keychain under its id and read back from it.
[[nodiscard]] Result<store::Factor> makeFactor(Keychain* keychain, Random& random);
//! Takes it out of the keychain, where that works: nothing needs it any more.
void forgetFactor(Keychain* keychain, const Bytes& id);

//! Brings the vault to what the policy asks, under the passphrase that has just opened it. A new secret is safe in the keychain before the wrap needs it, an
//! old one goes when no wrap needs it any more: whatever ends the programme in between, the store opens as before or as after.
[[nodiscard]] SecondFactor settle(store::Vault& vault, Unlocked& unlocked, const crypto::Secret& passphrase, Asked asked, Keychain* keychain, Random& random,
                                  const std::optional<crypto::KdfParams>& kdf = std::nullopt);

} // namespace zt::desk
