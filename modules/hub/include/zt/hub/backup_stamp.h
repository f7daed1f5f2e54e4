#pragma once

#include "zt/base/clock.h"
#include "zt/base/result.h"

#include <filesystem>
#include <optional>

namespace zt::hub {

//! What the last backup leaves in the data folder (`backup.last`), so that the hub's metrics and `zhengtong-ctl doctor` know how old it is.
struct BackupStamp {
    Millis time = 0;       //!< when it was finished
    uint64_t position = 0; //!< it holds the log at least up to here
};
[[nodiscard]] Result<void> leaveStamp(const std::filesystem::path& dataFolder, const BackupStamp& stamp);
//! Nothing if there was no backup, or the file cannot be read.
[[nodiscard]] std::optional<BackupStamp> readStamp(const std::filesystem::path& dataFolder);

} // namespace zt::hub
