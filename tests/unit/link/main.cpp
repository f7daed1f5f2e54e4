#include "support.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sched.h>

//! The child of "no interface is No network": a network namespace of its own, with a loopback that is down.
static int withoutNetwork()
{
    using namespace zt::link;
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return 77;
    const Province province;
    Endpoint endpoint = province.endpoint(443);
    endpoint.address = "192.0.2.9:443";
    Log log;
    Line line(std::move(endpoint), log.handlers(), quick());
    line.start();
    return log.reaches(State::NoNetwork, "no_network", 3000) ? 0 : 1;
}

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN); // the servers of these tests write to whoever hung up
    for (const char* name : {"no_proxy", "NO_PROXY", "no_grpc_proxy"}) ::unsetenv(name);
    // A proxy of the environment must not be used: every test would fail through this one.
    for (const char* name : {"http_proxy", "https_proxy", "grpc_proxy"}) ::setenv(name, "http://127.0.0.1:9", 1);
    if (argc == 2 && !std::strcmp(argv[1], "--without-network")) return withoutNetwork();
    return zt::test::main(argc, argv);
}
