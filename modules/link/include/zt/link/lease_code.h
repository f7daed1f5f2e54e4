#pragma once

#include "zt/base/result.h"
#include "zt/crypto/box.h"

#include <string>

//! What two people read to each other on the phone when a desk's lease has ended. The desk names itself and its week; a security administrator's key answers
//! with a code that opens this device in this week and nothing else. 16 characters each, in groups of four; typing errors are found. Pure; any thread.
//!
//! The code is proof between two keys (X25519 of the administrator's and the device's box keys), since a signature would be 103 characters: only the
//! administrator and this device can make it. Who can read the device's keys out of its open store could; the lease binds people, not those.
namespace zt::link {

struct LeaseAsk {
    Bytes mark;        //!< 6 bytes: deviceMark of who asks
    uint32_t week = 0; //!< since 1970, by the largest time the desk has seen
};
inline constexpr uint32_t kMostWeek = 0xffff;
[[nodiscard]] Bytes deviceMark(BytesView device);
[[nodiscard]] std::string formatLeaseAsk(const LeaseAsk& ask);
[[nodiscard]] Result<LeaseAsk> parseLeaseAsk(std::string_view text); //!< Err::Invalid: mistyped

//! One device of one hub in one week.
struct LeaseOf {
    std::string hub;
    Bytes device;
    uint32_t week = 0;
};
//! \param own, other  the administrator's pair and the device's public key; or, to check, the device's pair and the administrator's public key
[[nodiscard]] Result<std::string> leaseCode(const LeaseOf& of, const crypto::BoxKey& own, BytesView other);
//! True if it is that code. Err::Invalid: mistyped.
[[nodiscard]] Result<bool> isLeaseCode(std::string_view text, const LeaseOf& of, const crypto::BoxKey& own, BytesView other);

} // namespace zt::link
