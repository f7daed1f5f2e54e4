#pragma once

#include <atomic>
#include <filesystem>
#include <unistd.h>

namespace zt::test {

//! A folder that goes with the test.
struct Folder {
    std::filesystem::path path;
    Folder()
    {
        static std::atomic<int> count{0};
        path = std::filesystem::temp_directory_path() / ("zt-hub-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    ~Folder()
    {
        std::error_code code;
        std::filesystem::remove_all(path, code);
    }
    std::filesystem::path operator/(const std::string& name) const { return path / name; }
};

} // namespace zt::test
