#pragma once

//! The test harness for everything without Qt: CASE("name") { EXPECT(...); } and one TEST_MAIN. Exit code 1 if any check failed,
//! 2 if a case was asked for that does not exist. `prog [--list] [substring…]` runs the cases whose name holds a substring.

#include <cstdio>
#include <cstring>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace zt::test {

struct Case {
    std::string name;
    std::function<void()> run;
};
inline std::vector<Case>& cases()
{
    static std::vector<Case> all;
    return all;
}
inline int& failures()
{
    static int n = 0;
    return n;
}
struct Register {
    Register(const char* name, std::function<void()> run) { cases().push_back({name, std::move(run)}); }
};
template <class T>
std::string show(const T& v)
{
    if constexpr (requires(std::ostream& o) { o << v; }) {
        std::ostringstream s;
        s << v;
        return s.str();
    } else if constexpr (std::is_enum_v<T>) {
        return std::to_string(long(v));
    } else {
        return "?";
    }
}
inline void failed(const char* file, int line, const std::string& what)
{
    ++failures();
    std::cout << "  FAILED " << file << ':' << line << ": " << what << std::endl;
}

inline int main(int argc, char** argv)
{
    int ran = 0;
    for (const Case& c : cases()) {
        bool wanted = argc < 2;
        for (int i = 1; i < argc; ++i) {
            if (!std::strcmp(argv[i], "--list")) { std::cout << c.name << '\n'; }
            else if (c.name.find(argv[i]) != std::string::npos) wanted = true;
        }
        if (!wanted) continue;
        ++ran;
        const int before = failures();
        try {
            c.run();
        } catch (const std::exception& e) {
            failed("exception", 0, e.what());
        }
        std::cout << (failures() == before ? "ok      " : "NOT OK  ") << c.name << std::endl;
    }
    std::cout << ran << " cases, " << failures() << " failures" << std::endl;
    if (!ran && argc >= 2 && std::strcmp(argv[1], "--list")) return 2;
    return failures() ? 1 : 0;
}

} // namespace zt::test

#define ZT_CAT_(a, b) a##b
#define ZT_CAT(a, b) ZT_CAT_(a, b)
#define CASE(name)                                                                       \
    static void ZT_CAT(zt_case_, __LINE__)();                                            \
    static const ::zt::test::Register ZT_CAT(zt_reg_, __LINE__)(name, ZT_CAT(zt_case_, __LINE__)); \
    static void ZT_CAT(zt_case_, __LINE__)()
#define EXPECT(cond) do { if (!(cond)) ::zt::test::failed(__FILE__, __LINE__, #cond); } while (0)
#define EXPECT_EQ(a, b) do { const auto zt_a = (a); const auto zt_b = (b); /* copies: an operand may point into a temporary */ if (!(zt_a == zt_b)) \
    ::zt::test::failed(__FILE__, __LINE__, std::string(#a " == " #b "; left ") + ::zt::test::show(zt_a) + ", right " + ::zt::test::show(zt_b)); } while (0)
//! Ends the case when it does not hold: what follows would crash.
#define REQUIRE(cond) do { if (!(cond)) { ::zt::test::failed(__FILE__, __LINE__, #cond); return; } } while (0)
#define TEST_MAIN int main(int argc, char** argv) { return ::zt::test::main(argc, argv); }
