#pragma once

#include "zt/crypto/selftest.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

//! What a target defines: looks at foreign bytes. A crash, a sanitizer's report or a broken MUST is a finding.
void look(std::string_view bytes);

#define MUST(cond) do { if (!(cond)) { std::fprintf(stderr, "MUST %s at %s:%d\n", #cond, __FILE__, __LINE__); std::abort(); } } while (0)

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    MUST(zt::crypto::start());
    return 0;
}
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    look({reinterpret_cast<const char*>(data), size});
    return 0;
}
