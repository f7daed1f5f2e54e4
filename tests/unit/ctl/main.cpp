#include "zt/base/log.h"
#include "zt/crypto/selftest.h"
#include "zt/test/test.h"

int main(int argc, char** argv)
{
    if (!zt::crypto::start()) return 3;
    zt::setLogLevel(zt::Level::Warning);
    return zt::test::main(argc, argv);
}
