#pragma once

#include "zt/base/bytes.h"
#include "zt/base/result.h"

#include <filesystem>

//! Small files and folders of an account, with errors as kinds.
namespace zt::store {

[[nodiscard]] Error fileError(int number, std::string_view what);
//! Err::TooLarge above `limit`, NotFound, Io.
[[nodiscard]] Result<Bytes> readSmall(const std::filesystem::path& file, size_t limit);
//! Complete and synced under its name, or not at all (temporary name, fsync, rename, fsync of the folder); mode 0600.
[[nodiscard]] Result<void> writeSmall(const std::filesystem::path& file, BytesView bytes);
[[nodiscard]] Result<void> syncFolder(const std::filesystem::path& folder);
//! Copies the bytes of one regular file and syncs; the target must not exist.
[[nodiscard]] Result<void> copySynced(const std::filesystem::path& from, const std::filesystem::path& to);

//! statfs f_type.
[[nodiscard]] Result<int64_t> fileSystemType(const std::filesystem::path& folder);
//! Err::NetworkFs where locks and shared memory cannot be relied on.
[[nodiscard]] Result<void> refuseNetwork(int64_t type, const std::filesystem::path& folder);

//! An exclusive lock on `<folder>/lock`, held while it lives, also against other processes. Err::Busy, ReadOnly, NotFound.
class FolderLock {
public:
    [[nodiscard]] static Result<FolderLock> take(const std::filesystem::path& folder);
    FolderLock(FolderLock&& other) noexcept : m_fd(other.m_fd) { other.m_fd = -1; }
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

private:
    explicit FolderLock(int fd) : m_fd(fd) {}
    int m_fd;
};

} // namespace zt::store
