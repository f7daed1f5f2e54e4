#pragma once

//! The services' methods as they are called (sync.proto). A test compares them with the descriptors.
namespace zt::wire {

inline constexpr const char* kSync = "/zt.wire.Hub/Sync";
inline constexpr const char* kBlobs = "/zt.wire.Hub/Blobs";
inline constexpr const char* kRenew = "/zt.wire.Hub/Renew";
inline constexpr const char* kEnrol = "/zt.wire.Enrolment/Enrol";
inline constexpr const char* kHealth = "/zt.wire.Health/Check";

} // namespace zt::wire
