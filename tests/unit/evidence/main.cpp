#include "zt/crypto/selftest.h"
#include "zt/test/test.h"

int main(int argc, char** argv)
{
    if (!zt::crypto::start()) return 3;
    return zt::test::main(argc, argv);
}
