#pragma once

#include "zt/desk/desk.h"

#include <nlohmann/json_fwd.hpp>

namespace zt::desk {

//! Errors of the operating system as ours.
[[nodiscard]] Error osError(int code, const std::string& what);
//! Temporary name, synced, renamed, folder synced: the file is the old or the new one, never half.
[[nodiscard]] Result<void> writeWhole(const std::filesystem::path& path, BytesView bytes);
[[nodiscard]] Result<Bytes> readWhole(const std::filesystem::path& path, size_t limit);
[[nodiscard]] Result<void> writeAccount(const Account& account);
//! What a person's settings.json says, if it can be read; changes nothing.
[[nodiscard]] std::optional<nlohmann::json> settingsFile(const std::filesystem::path& root);
[[nodiscard]] std::optional<Account> readAccount(const std::filesystem::path& folder);

} // namespace zt::desk
