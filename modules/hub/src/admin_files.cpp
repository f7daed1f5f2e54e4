#include "zt/hub/admin.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zt::hub {

namespace {

Error diskError(int number, const char* what)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR: return fail(Err::NotFound, what);
    case EACCES:
    case EPERM: return fail(Err::Denied, what);
    case EEXIST: return fail(Err::Exists, what);
    case ENOSPC:
    case EDQUOT: return fail(Err::DiskFull, what);
    case EROFS: return fail(Err::ReadOnly, what);
    default: return fail(Err::Io, what);
    }
}

struct Descriptor {
    int fd;
    ~Descriptor()
    {
        if (fd >= 0) ::close(fd);
    }
};

} // namespace

Result<Bytes> readFile(const std::filesystem::path& file, size_t limit)
{
    const Descriptor d{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (d.fd < 0) return diskError(errno, "open");
    struct stat status {};
    if (::fstat(d.fd, &status) != 0) return diskError(errno, "stat");
    if (!S_ISREG(status.st_mode)) return fail(Err::Invalid, "not a regular file");
    if (size_t(status.st_size) > limit) return fail(Err::TooLarge, "file");
    Bytes out(size_t(status.st_size), '\0');
    size_t at = 0;
    while (at < out.size()) {
        const ssize_t n = ::read(d.fd, out.data() + at, out.size() - at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return diskError(errno, "read");
        if (n == 0) break;
        at += size_t(n);
    }
    out.resize(at);
    return out;
}

Result<void> writeNewFile(const std::filesystem::path& file, BytesView bytes, bool readable)
{
    const Descriptor d{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, readable ? 0644 : 0600)};
    if (d.fd < 0) return diskError(errno, "create");
    auto failed = [&](const char* what) {
        const Error e = diskError(errno, what);
        ::unlink(file.c_str());
        return e;
    };
    while (!bytes.empty()) {
        const ssize_t n = ::write(d.fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failed("write");
        bytes.remove_prefix(size_t(n));
    }
    if (::fsync(d.fd) != 0) return failed("sync");
    return {};
}

Result<void> replaceFile(const std::filesystem::path& file, BytesView bytes, bool readable)
{
    const std::filesystem::path fresh = file.string() + ".new";
    std::error_code code;
    std::filesystem::remove(fresh, code);
    ZT_TRY(writeNewFile(fresh, bytes, readable));
    std::filesystem::rename(fresh, file, code);
    if (code) return fail(Err::Io, file.filename().string() + ": " + code.message());
    const Descriptor folder{::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return folder.fd >= 0 && ::fsync(folder.fd) == 0 ? Result<void>() : Result<void>(diskError(errno, "sync"));
}

} // namespace zt::hub
