#pragma once

#include "handles.h"
#include "zt/rpc/loop.h"
#include "zt/rpc/status.h"

#include <memory>
#include <string>
#include <vector>

struct addrinfo;

namespace zt::rpc {

//! Finds a way to a host: looks its name up, tries its addresses (the next one a little later, so that a dead one costs little), all of them once more each second, asks a proxy for a tunnel.
//! On one loop. No time limit of its own beyond TCP's: whoever made it destroys it, which ends everything but a look-up under way, of which nobody hears.
class Dialer {
public:
    //! Called once, from the loop: a connected socket, the caller's from then on, or -1 and why.
    using Done = std::function<void(int fd, Fault fault)>;
    Dialer(Loop& loop, std::string host, uint16_t port, const std::string& proxy, Done done);
    ~Dialer();

private:
    struct Attempt {
        int fd;
        std::unique_ptr<Watch> watch;
    };
    using Addresses = std::shared_ptr<addrinfo>;
    void begin(const std::string& host, uint16_t port);
    void found(Addresses addresses, int error);
    void tryNext();
    void tried(int fd);
    void connected(int fd);
    void askProxy();
    void proxyAnswers();
    void end(int fd, Fault fault);

    Loop& m_loop;
    const std::string m_host;
    const uint16_t m_port;
    Done m_done;
    bool m_viaProxy = false;
    Addresses m_addresses;
    const addrinfo* m_next = nullptr;
    bool m_again = false; //!< every address was tried, and did not answer yet
    std::vector<Attempt> m_attempts;
    std::unique_ptr<Timer> m_stagger;
    Fault m_fault = Fault::NoAnswer;
    int m_tunnel = -1;
    std::unique_ptr<Watch> m_watch;
    std::string m_answer;
    const std::shared_ptr<char> m_alive = std::make_shared<char>();
};

//! Addresses of a host; `error` of getaddrinfo. Blocks, unless only numbers are looked at.
[[nodiscard]] std::shared_ptr<addrinfo> lookUp(const std::string& host, uint16_t port, int flags, int* error = nullptr);

} // namespace zt::rpc
