#pragma once

#include "zt/base/result.h"
#include "zt/crypto/secret.h"

#include <string>

namespace zt::desk {

//! The operating system's keychain: small secrets by name, kept for the OS account. A port: the Qt adapter is in app/desktop, fakes are in the tests.
//!
//! Every call blocks until the keychain has answered, as long as the system asks the person to open it: never on the GUI's thread, any other will do, several
//! at once. Errors: Unavailable (no such service runs here), Denied (locked and not opened, or refused), Io (anything else it complains of).
class Keychain {
public:
    virtual ~Keychain() = default;
    //! Err::NotFound: it is open and holds nothing under this name.
    [[nodiscard]] virtual Result<crypto::Secret> read(const std::string& name) = 0;
    //! Replaces what was there.
    [[nodiscard]] virtual Result<void> write(const std::string& name, const crypto::Secret& secret) = 0;
    //! No error where nothing was.
    [[nodiscard]] virtual Result<void> remove(const std::string& name) = 0;
};

//! The keychain as second factor of one store.
enum class SecondFactor {
    Off,        //!< not asked for, and not there
    On,         //!< the passphrase opens the store only together with the keychain's secret
    // The policy asks for it and it could not be made. The passphrase alone still opens the store, and every unlock tries again.
    NoService,
    Locked,     //!< the keychain stays locked, or refused
    Failed,     //!< it did not keep what it was given, or the vault could not be written
    NoRecovery, //!< no administrators could open the store if the keychain lost its secret
};

} // namespace zt::desk
