#include "doctor_machine.h"

#include <cerrno>
#include <fstream>
#include <netdb.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace zt::hub {

std::optional<int> lockHolder(const std::filesystem::path& file)
{
    struct stat s {};
    if (::stat(file.c_str(), &s) != 0) return std::nullopt;
    // "1: FLOCK  ADVISORY  WRITE 10058 fe:00:10953025 0 EOF". Devices are named otherwise by some file systems: the inode decides.
    const std::string inode = ":" + std::to_string(s.st_ino);
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words(line);
        std::string number, kind, advisory, mode, where;
        int pid = 0;
        words >> number >> kind >> advisory >> mode >> pid >> where;
        if (kind == "FLOCK" && mode == "WRITE" && where.size() > inode.size() && where.compare(where.size() - inode.size(), inode.size(), inode) == 0)
            return pid > 0 ? pid : 0;
    }
    return std::nullopt;
}

Port portAt(const std::string& host, int port)
{
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0 || !found) return Port::NoSuchAddress;
    const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    // With this a socket that does not listen takes nothing from anybody: only one that listens is in the way.
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const int error = ::bind(fd, found->ai_addr, found->ai_addrlen) == 0 ? 0 : errno;
    ::close(fd);
    ::freeaddrinfo(found);
    switch (error) {
    case 0: return Port::Free;
    case EADDRINUSE: return Port::Taken;
    case EACCES: return Port::Forbidden;
    default: return Port::NoSuchAddress;
    }
}

std::optional<Space> spaceAt(const std::filesystem::path& folder)
{
    struct statvfs s {};
    struct stat where {};
    if (::statvfs(folder.c_str(), &s) != 0 || ::stat(folder.c_str(), &where) != 0) return std::nullopt;
    return Space{uint64_t(s.f_bavail) * s.f_frsize, uint64_t(s.f_blocks) * s.f_frsize, uint64_t(where.st_dev)};
}

std::optional<uint64_t> mostFiles(int pid)
{
    if (pid == 0) {
        rlimit limit{};
        return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? std::optional<uint64_t>(limit.rlim_cur) : std::nullopt;
    }
    std::ifstream limits("/proc/" + std::to_string(pid) + "/limits");
    for (std::string line; std::getline(limits, line);) {
        if (line.rfind("Max open files", 0) != 0) continue;
        std::istringstream words(line.substr(14));
        uint64_t soft = 0;
        return words >> soft ? std::optional(soft) : std::nullopt; // "unlimited" is no number and no trouble
    }
    return std::nullopt;
}

std::optional<uint64_t> listenBacklog()
{
    std::ifstream in("/proc/sys/net/core/somaxconn");
    uint64_t value = 0;
    return in >> value ? std::optional(value) : std::nullopt;
}

} // namespace zt::hub
