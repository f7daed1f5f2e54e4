#pragma once

#include "zt/test/port.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace zt::link {

//! A TCP server on the loopback; each connection gets `serve` on a thread of its own, joined at the end.
class Listener {
public:
    explicit Listener(std::function<void(int fd)> serve);
    ~Listener();
    uint16_t port = 0;
    std::atomic<int> connections = 0;

private:
    void accept();
    int m_fd;
    std::function<void(int)> m_serve;
    std::atomic<bool> m_stop = false;
    std::thread m_thread;
    std::vector<std::thread> m_served;
};

//! A port whose queue of connections is full: the kernel drops every further SYN, as a firewall does.
class BlackHole {
public:
    BlackHole();
    ~BlackHole();
    uint16_t port = 0;

private:
    std::vector<int> m_fds;
};

//! An HTTP proxy that knows CONNECT. A frozen tunnel swallows everything, as a connection whose way is gone.
class Proxy {
public:
    Proxy();
    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_listener.port); }
    std::atomic<int> tunnels = 0;
    std::atomic<int> frozen = 0; //!< so many of the first tunnels

private:
    void serve(int fd);
    Listener m_listener;
};

//! A port nobody listens on (at this moment).
using test::freePort;

} // namespace zt::link
