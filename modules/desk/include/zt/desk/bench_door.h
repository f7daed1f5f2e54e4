#pragma once

#include "zt/desk/desk.h"

//! The bench's door: opens a store with its raw keys, so that a measured start holds no key derivation. Built only with -DZT_BENCH_DOOR=ON;
//! elsewhere nothing defines it and nothing links. Packages never have it.
namespace zt::desk {

struct BenchDoor {
    //! Three lines on a pipe: store key, signing seed and box secret, each 64 hex digits.
    struct Keys {
        crypto::Secret storeKey, signingSeed, boxSecret;
    };
    //! Err::Invalid when a line is not 64 hex digits.
    [[nodiscard]] static Result<Keys> readKeys(int fd);
    //! As Desk::open from where the vault is open.
    static void open(std::filesystem::path folder, Keys keys, Desk::Options options, Post post, Then<std::shared_ptr<Desk>> then);
    //! An outage, and its end: gives up the connection there is, or dials.
    static void online(Desk& desk, bool on);
};

} // namespace zt::desk
