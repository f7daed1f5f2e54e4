#include "zt/test/test.h"

TEST_MAIN
