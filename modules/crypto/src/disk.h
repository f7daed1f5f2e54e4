#pragma once

#include "zt/base/bytes.h"
#include "zt/base/clock.h"
#include "zt/base/result.h"

#include <filesystem>
#include <sys/stat.h>

namespace zt::crypto {

//! The kind an errno is; `what` names the call.
[[nodiscard]] Error diskError(int number, std::string_view what);

//! A descriptor that closes itself.
class File {
public:
    explicit File(int fd = -1) : m_fd(fd) {}
    File(File&& other) noexcept : m_fd(other.m_fd) { other.m_fd = -1; }
    File& operator=(File&&) = delete;
    ~File();
    [[nodiscard]] int fd() const { return m_fd; }

    //! A regular file for reading. Err::Invalid for anything else.
    [[nodiscard]] static Result<File> openForReading(const std::filesystem::path& path);
    //! Up to `size` bytes; fewer only at the end of the file.
    [[nodiscard]] Result<size_t> read(char* out, size_t size);
    [[nodiscard]] Result<struct stat> status() const;

private:
    int m_fd;
};

//! A file that appears under its name complete and synced, or not at all: written beside it under another name, which is removed
//! unless commit() succeeded.
class NewFile {
public:
    NewFile(NewFile&&) noexcept;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();
    [[nodiscard]] static Result<NewFile> create(const std::filesystem::path& target, Random& random);
    [[nodiscard]] Result<void> write(BytesView bytes);
    [[nodiscard]] Result<void> commit();

private:
    NewFile(int fd, std::filesystem::path target, std::filesystem::path temporary);
    int m_fd;
    std::filesystem::path m_target, m_temporary;
};

} // namespace zt::crypto
