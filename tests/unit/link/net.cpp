#include "net.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace zt::link {

namespace {

sockaddr_in loopback(uint16_t port)
{
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(port);
    out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return out;
}

int listenOn(uint16_t& port, int backlog)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(fd, backlog);
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    return fd;
}

//! Moves what there is from one to the other; false at an end.
bool pass(int from, int to)
{
    char buffer[16384];
    const ssize_t n = ::recv(from, buffer, sizeof buffer, 0);
    for (ssize_t done = 0; done < n;) {
        const ssize_t w = ::send(to, buffer + done, size_t(n - done), MSG_NOSIGNAL);
        if (w <= 0) return false;
        done += w;
    }
    return n > 0;
}

} // namespace

Listener::Listener(std::function<void(int)> serve) : m_fd(listenOn(port, 16)), m_serve(std::move(serve))
{
    m_thread = std::thread([this] { accept(); });
}

void Listener::accept()
{
    while (!m_stop) {
        pollfd p{m_fd, POLLIN, 0};
        if (::poll(&p, 1, 50) != 1) continue;
        const int fd = ::accept(m_fd, nullptr, nullptr);
        if (fd < 0) continue;
        ++connections;
        const timeval limit{3, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        m_served.emplace_back([this, fd] {
            m_serve(fd);
            ::close(fd);
        });
    }
}

Listener::~Listener()
{
    m_stop = true;
    m_thread.join();
    for (auto& t : m_served) t.join();
    ::close(m_fd);
}

BlackHole::BlackHole()
{
    m_fds.push_back(listenOn(port, 0));
    const sockaddr_in address = loopback(port);
    for (int i = 0; i < 4; ++i) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        m_fds.push_back(fd);
        pollfd p{fd, POLLOUT, 0};
        ::poll(&p, 1, 50);
    }
}

BlackHole::~BlackHole()
{
    for (int fd : m_fds) ::close(fd);
}

Proxy::Proxy() : m_listener([this](int fd) { serve(fd); }) {}

void Proxy::serve(int fd)
{
    std::string head;
    char c;
    while (head.size() < 4096 && !head.ends_with("\r\n\r\n") && ::recv(fd, &c, 1, 0) == 1) head += c;
    const size_t colon = head.find(':');
    if (!head.starts_with("CONNECT ") || colon == head.npos) return;
    const sockaddr_in address = loopback(uint16_t(std::stoi(head.substr(colon + 1))));
    const int hub = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(hub, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        const int number = ++tunnels;
        static const std::string ok = "HTTP/1.1 200 Connection established\r\n\r\n";
        ::send(fd, ok.data(), ok.size(), MSG_NOSIGNAL);
        pollfd both[2] = {{fd, POLLIN, 0}, {hub, POLLIN, 0}};
        while (::poll(both, 2, 10'000) > 0) {
            if (number <= frozen) {
                pollfd end{fd, POLLRDHUP, 0};
                if (::poll(&end, 1, 20) > 0) break;
                continue;
            }
            if (both[0].revents && !pass(fd, hub)) break;
            if (both[1].revents && !pass(hub, fd)) break;
        }
    }
    ::close(hub);
}

} // namespace zt::link
