#pragma once

#include "zt/base/bytes.h"
#include "zt/base/clock.h"
#include "zt/base/result.h"
#include "zt/test/test.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace zt {

template <class T>
std::string errorOf(const Result<T>& r)
{
    return r ? "none" : std::string(name(r.error().kind));
}

//! The same bytes every run; not for anything but tests.
struct CountingRandom final : Random {
    uint64_t state = 1;
    void fill(void* out, size_t size) override
    {
        for (size_t i = 0; i < size; ++i) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            static_cast<unsigned char*>(out)[i] = static_cast<unsigned char>(state >> 56);
        }
    }
};

struct TempFolder {
    std::filesystem::path path;
    TempFolder() : path(std::filesystem::temp_directory_path() / ("zt-test-" + hex(systemRandom().bytes(8)))) { std::filesystem::create_directories(path); }
    ~TempFolder() { std::filesystem::remove_all(path); }
    TempFolder(const TempFolder&) = delete;
    std::filesystem::path operator/(const char* name) const { return path / name; }
    size_t count() const
    {
        size_t n = 0;
        for ([[maybe_unused]] const auto& e : std::filesystem::directory_iterator(path)) ++n;
        return n;
    }
};

inline void writeFile(const std::filesystem::path& path, BytesView bytes)
{
    std::ofstream(path, std::ios::binary).write(bytes.data(), std::streamsize(bytes.size()));
}
inline Bytes readFile(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

} // namespace zt
