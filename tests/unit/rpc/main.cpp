#include "support.h"

#include <csignal>

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN); // the TLS server of these tests writes to whoever hung up
    if (!zt::crypto::start()) return 2;
    return zt::test::main(argc, argv);
}
