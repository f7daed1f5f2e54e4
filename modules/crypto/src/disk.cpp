#include "disk.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace zt::crypto {

Error diskError(int number, std::string_view what)
{
    const Err kind = [number] {
        switch (number) {
        case ENOENT: case ENOTDIR: return Err::NotFound;
        case EACCES: case EPERM: return Err::Denied;
        case ENOSPC: case EDQUOT: return Err::DiskFull;
        case EFBIG: return Err::TooLarge;
        case EROFS: return Err::ReadOnly;
        default: return Err::Io;
        }
    }();
    return fail(kind, std::string(what) + " failed, errno " + std::to_string(number));
}

File::~File()
{
    if (m_fd >= 0) ::close(m_fd);
}

Result<File> File::openForReading(const std::filesystem::path& path)
{
    // Without O_NONBLOCK a named pipe would hold us here for ever.
    File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.fd() < 0) return diskError(errno, "open");
    ZT_LET(status, file.status());
    if (!S_ISREG(status.st_mode)) return fail(Err::Invalid, "not a regular file");
    return file;
}

Result<size_t> File::read(char* out, size_t size)
{
    size_t done = 0;
    while (done < size) {
        const ssize_t n = ::read(m_fd, out + done, size - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return diskError(errno, "read");
        if (n == 0) break;
        done += size_t(n);
    }
    return done;
}

Result<struct stat> File::status() const
{
    struct stat s;
    if (::fstat(m_fd, &s) != 0) return diskError(errno, "fstat");
    return s;
}

NewFile::NewFile(int fd, std::filesystem::path target, std::filesystem::path temporary)
    : m_fd(fd), m_target(std::move(target)), m_temporary(std::move(temporary))
{
}

NewFile::NewFile(NewFile&& other) noexcept
    : m_fd(std::exchange(other.m_fd, -1)), m_target(std::move(other.m_target)), m_temporary(std::exchange(other.m_temporary, {}))
{
}

NewFile::~NewFile()
{
    if (m_fd >= 0) ::close(m_fd);
    if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
}

Result<NewFile> NewFile::create(const std::filesystem::path& target, Random& random)
{
    std::filesystem::path temporary = target;
    // Not derived from the target's name, which may already be as long as a name can be.
    temporary.replace_filename(".zt-" + hex(random.bytes(8)) + ".part");
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return diskError(errno, "create");
    return NewFile(fd, target, std::move(temporary));
}

Result<void> NewFile::write(BytesView bytes)
{
    while (!bytes.empty()) {
        const ssize_t n = ::write(m_fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return diskError(errno, "write");
        bytes.remove_prefix(size_t(n));
    }
    return {};
}

Result<void> NewFile::commit()
{
    if (::fsync(m_fd) != 0) return diskError(errno, "fsync");
    // Network file systems report a full quota only here.
    if (::close(std::exchange(m_fd, -1)) != 0) return diskError(errno, "close");
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) return diskError(errno, "rename");
    m_temporary.clear();
    const auto folder = m_target.has_parent_path() ? m_target.parent_path() : std::filesystem::path(".");
    File dir(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (dir.fd() < 0 || ::fsync(dir.fd()) != 0) return diskError(errno, "fsync of the folder");
    return {};
}

} // namespace zt::crypto
