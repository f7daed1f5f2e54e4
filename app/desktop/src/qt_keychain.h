#pragma once

#include "zt/desk/keychain.h"

namespace zt::app {

//! desk::Keychain over QtKeychain: the Secret Service of the session (GNOME's keyring and others) or KWallet. Never a plain file in its place.
//!
//! QtKeychain's jobs run on the GUI's thread, whose event loop must run; callers wait on theirs, two minutes at most (Denied: nobody answered the system's
//! question). Outlives the application's event loop without harm: a call then ends by that time.
class QtKeychain final : public desk::Keychain {
public:
    [[nodiscard]] Result<crypto::Secret> read(const std::string& name) override;
    [[nodiscard]] Result<void> write(const std::string& name, const crypto::Secret& secret) override;
    [[nodiscard]] Result<void> remove(const std::string& name) override;
};

} // namespace zt::app
