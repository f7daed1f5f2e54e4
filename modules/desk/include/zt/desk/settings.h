#pragma once

#include "zt/base/result.h"

#include <filesystem>
#include <string>

namespace zt::desk {

//! What a person chooses for this OS account. The keys, their words and their bounds are one table: src/keys.cpp.
struct Settings {
    std::string proxy;          //!< "" none, "http://host:port"
    int idleLockMinutes = 10;   //!< 0: never
    std::string language;       //!< "" as the system, "zh_CN", "en"
    std::string theme;          //!< "" or "light", "dark", "contrast"
    std::string textSize;       //!< "" or "standard", "large", "extra-large"
    std::string density;        //!< "" by the window's size, "compact", "comfortable"
    bool notifications = true;
    bool closeToTray = true;

    bool operator==(const Settings&) const = default;
};

//! Where the stores of this OS account are unless the caller says otherwise.
[[nodiscard]] std::filesystem::path defaultRoot();

//! Settings of this OS account, kept beside the stores (settings.json, written whole, synced, renamed). A damaged file is set aside and
//! defaults are used; a value that is no value of its key is the default.
[[nodiscard]] Settings loadSettings(const std::filesystem::path& root);
//! Writes what differs from what the file says, and leaves the rest of it: the file names only what the person chose.
[[nodiscard]] Result<void> saveSettings(const std::filesystem::path& root, const Settings& settings);

} // namespace zt::desk
