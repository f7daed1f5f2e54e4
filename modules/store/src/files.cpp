#include "files.h"

#include "zt/base/clock.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

namespace zt::store {

Error fileError(int number, std::string_view what)
{
    const Err kind = [number] {
        switch (number) {
        case ENOENT: case ENOTDIR: return Err::NotFound;
        case EEXIST: case ENOTEMPTY: return Err::Exists;
        case EACCES: case EPERM: case EROFS: return Err::ReadOnly;
        case ENOSPC: case EDQUOT: case EFBIG: return Err::DiskFull;
        default: return Err::Io;
        }
    }();
    return fail(kind, std::string(what) + ", errno " + std::to_string(number));
}

namespace {
struct Fd {
    int fd;
    ~Fd() { if (fd >= 0) ::close(fd); }
};

Result<void> writeAll(int fd, BytesView bytes)
{
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fileError(errno, "write");
        bytes.remove_prefix(size_t(n));
    }
    return {};
}
} // namespace

Result<Bytes> readSmall(const fs::path& file, size_t limit)
{
    Fd in{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    if (in.fd < 0) return fileError(errno, "open");
    Bytes out(limit + 1, '\0');
    size_t have = 0;
    while (have < out.size()) {
        const ssize_t n = ::read(in.fd, out.data() + have, out.size() - have);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fileError(errno, "read");
        if (n == 0) break;
        have += size_t(n);
    }
    if (have > limit) return fail(Err::TooLarge, "file is larger than it may be");
    out.resize(have);
    return out;
}

Result<void> syncFolder(const fs::path& folder)
{
    Fd dir{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (dir.fd < 0) return fileError(errno, "open folder");
    if (::fsync(dir.fd) != 0) return fileError(errno, "fsync folder");
    return {};
}

Result<void> writeSmall(const fs::path& file, BytesView bytes)
{
    fs::path temporary = file;
    temporary += "." + hex(systemRandom().bytes(4)) + ".part";
    auto done = [&]() -> Result<void> {
        Fd out{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
        if (out.fd < 0) return fileError(errno, "create");
        ZT_TRY(writeAll(out.fd, bytes));
        if (::fsync(out.fd) != 0) return fileError(errno, "fsync");
        if (::rename(temporary.c_str(), file.c_str()) != 0) return fileError(errno, "rename");
        return syncFolder(file.parent_path());
    }();
    if (!done) ::unlink(temporary.c_str());
    return done;
}

Result<void> copySynced(const fs::path& from, const fs::path& to)
{
    Fd in{::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (in.fd < 0) return fileError(errno, "open");
    Fd out{::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (out.fd < 0) return fileError(errno, "create");
    std::vector<char> buffer(1 << 20);
    for (;;) {
        const ssize_t n = ::read(in.fd, buffer.data(), buffer.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fileError(errno, "read");
        if (n == 0) break;
        ZT_TRY(writeAll(out.fd, {buffer.data(), size_t(n)}));
    }
    if (::fsync(out.fd) != 0) return fileError(errno, "fsync");
    return {};
}

Result<int64_t> fileSystemType(const fs::path& folder)
{
    struct statfs s {};
    if (::statfs(folder.c_str(), &s) != 0) return fileError(errno, "statfs");
    return int64_t(uint32_t(s.f_type));
}

//! Type name of the mount a folder is on ("fuse.sshfs"), from the kernel's table; empty if not found.
static std::string mountType(const fs::path& folder)
{
    struct stat s {};
    if (::stat(folder.c_str(), &s) != 0) return {};
    const std::string device = std::to_string(s.st_dev >> 8 & 0xfff) + ":" + std::to_string((s.st_dev & 0xff) | (s.st_dev >> 12 & 0xfff00));
    std::ifstream table("/proc/self/mountinfo");
    for (std::string line; std::getline(table, line);) {
        std::istringstream words(line);
        std::string id, parent, number, word;
        words >> id >> parent >> number;
        if (number != device) continue;
        while (words >> word && word != "-") {}
        words >> word;
        return word;
    }
    return {};
}

Result<void> refuseNetwork(int64_t type, const fs::path& folder)
{
    switch (type) {
    case 0x6969:              // NFS
    case 0x517b:              // SMB
    case 0xff534d42:          // CIFS
    case 0xfe534d42:          // SMB 2
    case 0x5346414f: case 0x6b414653: // AFS
    case 0x00c36400:          // Ceph
    case 0x73757245:          // Coda
    case 0x564c:              // NCP
    case 0x01021997:          // 9p
    case 0x0bd00bd0:          // Lustre
    case 0x01161970:          // GFS2
    case 0x7461636f:          // OCFS2
        return fail(Err::NetworkFs, "file system type " + std::to_string(type));
    case 0x65735546: {        // FUSE: also local disks, so the name decides
        const std::string name = mountType(folder);
        for (const char* bad : {"fuse.sshfs", "fuse.glusterfs", "fuse.rclone", "fuse.davfs", "fuse.davfs2", "fuse.s3fs", "fuse.curlftpfs", "fuse.gvfsd-fuse",
                                "fuse.smbnetfs", "fuse.ceph-fuse", "fuse.juicefs", "fuse.goofys", "fuse.mfs", "fuse.nfs"})
            if (name == bad) return fail(Err::NetworkFs, "file system over FUSE");
        if (name.empty()) return fail(Err::NetworkFs, "unknown file system over FUSE");
        return {};
    }
    default: return {};
    }
}

Result<FolderLock> FolderLock::take(const fs::path& folder)
{
    FolderLock lock(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (lock.m_fd < 0) return fileError(errno, "open lock");
    if (::flock(lock.m_fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return fail(Err::Busy, "another process has this store");
        return fileError(errno, "lock");
    }
    return lock;
}

FolderLock::~FolderLock()
{
    if (m_fd >= 0) ::close(m_fd);
}

} // namespace zt::store
