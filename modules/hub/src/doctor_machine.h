#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

//! What the machine says, for the doctor.
namespace zt::hub {

//! The process that holds a file under flock: its pid, 0 if it is not ours to see; nothing if none does. Takes no lock itself.
[[nodiscard]] std::optional<int> lockHolder(const std::filesystem::path& file);

enum class Port { Free, Taken, NoSuchAddress, Forbidden };
//! Whether a server could listen there now.
[[nodiscard]] Port portAt(const std::string& host, int port);

struct Space {
    uint64_t free = 0, size = 0;
    uint64_t device = 0;
};
[[nodiscard]] std::optional<Space> spaceAt(const std::filesystem::path& folder);

//! Most open files of a process (0: this one).
[[nodiscard]] std::optional<uint64_t> mostFiles(int pid);
[[nodiscard]] std::optional<uint64_t> listenBacklog();

} // namespace zt::hub
