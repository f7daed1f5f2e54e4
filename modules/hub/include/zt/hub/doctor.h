#pragma once

#include "zt/base/clock.h"
#include "zt/process/definition.h"

#include <filesystem>
#include <vector>

namespace zt::hub {

class LogEngine;

enum class Grade { Ok, Warning, Error };

//! One thing looked at. `code` is for programmes and never changes; `action` is empty where nothing is to be done.
struct Finding {
    Grade grade = Grade::Ok;
    std::string code;
    process::Words found, action;
};

struct DoctorLimits {
    Millis backupAge = 26 * 3'600'000;       //!< an older backup is an error
    uint64_t leastFree = uint64_t(1) << 30;  //!< bytes where data and attachments lie
};

//! Looks at a hub's installation: configuration, folder, keys, certificates, log, clock, ports, space, backup, limits of the machine. Reads only; a running
//! hub is not needed and not disturbed (it sees at most a TLS connection that says nothing). What the events say is not read: SqliteLog::check does that.
//! \param postgres  who opens a log on PostgreSQL; that one is opened, not walked through
[[nodiscard]] std::vector<Finding> diagnose(const std::filesystem::path& dataFolder, const Clock& clock, const DoctorLimits& limits = {}, const LogEngine* postgres = nullptr);

} // namespace zt::hub
