#include "zt/crypto/selftest.h"
#include "zt/test/test.h"

#include <grpc/grpc.h>

int main(int argc, char** argv)
{
    if (!zt::crypto::start()) return 3;
    grpc_init(); // once for all: else gRPC goes down and up with each case's last server, on a thread that may outlive the process's end
    return zt::test::main(argc, argv);
}
