#pragma once

#include "zt/base/bytes.h"
#include "zt/crypto/hash.h"
#include "zt/crypto/selftest.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <unistd.h>

//! What a target defines: looks at foreign bytes. A crash, a sanitizer's report or a broken MUST is a finding.
void look(std::string_view bytes);

#define MUST(cond) do { if (!(cond)) { std::fprintf(stderr, "MUST %s at %s:%d\n", #cond, __FILE__, __LINE__); std::abort(); } } while (0)

namespace fuzz {

//! A folder of this process, in memory where there is such a place: parsers of files read them from there. It goes with the process.
inline const std::filesystem::path& folder()
{
    struct Folder {
        std::filesystem::path path;
        Folder()
        {
            std::error_code ec;
            path = (std::filesystem::is_directory("/dev/shm", ec) ? "/dev/shm" : std::filesystem::temp_directory_path()) / ("zt-fuzz-" + std::to_string(::getpid()));
            std::filesystem::create_directories(path);
        }
        ~Folder()
        {
            std::error_code ec;
            std::filesystem::remove_all(path, ec);
        }
    };
    static const Folder it;
    return it.path;
}
inline void put(const std::filesystem::path& file, std::string_view bytes)
{
    std::ofstream(file, std::ios::binary | std::ios::trunc).write(bytes.data(), std::streamsize(bytes.size()));
}
//! Takes a number of `size` bytes from the front; what is missing is 0.
inline uint64_t number(std::string_view& bytes, size_t size)
{
    uint64_t v = 0;
    for (size_t i = 0; i < size && !bytes.empty(); ++i, bytes.remove_prefix(1)) v |= uint64_t(static_cast<unsigned char>(bytes[0])) << (8 * i);
    return v;
}
//! Takes what stands behind a length of two bytes.
inline std::string_view piece(std::string_view& bytes)
{
    const size_t said = number(bytes, 2), size = std::min(said, bytes.size());
    const auto out = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return out;
}
inline void addPiece(std::string& to, std::string_view piece)
{
    to += char(piece.size() & 0xff);
    to += char(piece.size() >> 8);
    to += piece;
}

} // namespace fuzz

#ifndef ZT_MAKE_CORPUS
extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    MUST(zt::crypto::start());
    return 0;
}
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    look({reinterpret_cast<const char*>(data), size});
    return 0;
}
#endif
