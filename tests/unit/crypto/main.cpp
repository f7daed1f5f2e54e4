#include "zt/crypto/selftest.h"
#include "zt/test/test.h"

int main(int argc, char** argv)
{
    if (auto ok = zt::crypto::start(); !ok) {
        std::cout << ok.error().detail << std::endl;
        return 1;
    }
    return zt::test::main(argc, argv);
}
