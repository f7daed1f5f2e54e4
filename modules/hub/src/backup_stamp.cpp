#include "zt/hub/backup_stamp.h"

#include "zt/hub/admin.h"

#include <nlohmann/json.hpp>

namespace zt::hub {

namespace {
constexpr const char* kStampFile = "backup.last";
}

Result<void> leaveStamp(const std::filesystem::path& dataFolder, const BackupStamp& stamp)
{
    return replaceFile(dataFolder / kStampFile, nlohmann::json{{"time_ms", stamp.time}, {"position", stamp.position}}.dump() + "\n", true);
}

std::optional<BackupStamp> readStamp(const std::filesystem::path& dataFolder)
{
    const auto text = readFile(dataFolder / kStampFile, 4096);
    if (!text) return std::nullopt;
    const auto json = nlohmann::json::parse(*text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    const auto time = json.find("time_ms"), position = json.find("position");
    if (time == json.end() || !time->is_number_integer() || position == json.end() || !position->is_number_unsigned()) return std::nullopt;
    return BackupStamp{time->get<Millis>(), position->get<uint64_t>()};
}

} // namespace zt::hub
