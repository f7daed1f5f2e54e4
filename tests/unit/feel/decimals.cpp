// The decimal type by itself: encodings, borders of the fast path, rounding.
#include "feel_test.h"

#include <cstdint>

using namespace zt;
using namespace zt::feel;

namespace {
std::string show(const Decimal::Maybe& d) { return d ? d->toString() : "none"; }
Decimal of(const char* s) { return *Decimal::parse(s); }
} // namespace

CASE("reading: forms, limits")
{
    for (const auto& [text, expected] : Rows{{"0", "0"}, {"-0", "0"}, {"1.", "1"}, {".5", "0.5"}, {"1e3", "1000"}, {"1E+3", "1000"}, {"-1.5e-3", "-0.0015"},
             {"12345678901234567890123456789012345", "12345678901234567890123456789012340"}, {"12345678901234567890123456789012335", "12345678901234567890123456789012340"},
             {"0.00000000000000000000000000000000000000001", "1E-41"}, {"0.000000000000000000001", "0.000000000000000000001"}})
        EXPECT_EQ(show(Decimal::parse(text)), std::string(expected));
    for (const char* bad : {"", "-", ".", "e1", "1e", "1 ", " 1", "1.2.3", "0x1", "Infinity", "NaN", "1e999999", "1e-", "--1"}) EXPECT(!Decimal::parse(bad));
    // A million digits are read in one pass and rounded.
    EXPECT_EQ(show(Decimal::parse("0." + std::string(1'000'000, '3'))), "0." + std::string(34, '3'));
    EXPECT(!Decimal::parse(std::string(1'000'000, '9')));
    // Half, but for a digit far away.
    EXPECT_EQ(show(Decimal::parse("10000000000000000000000000000000005" + std::string(40, '0') + "1")), "1.000000000000000000000000000000001E+75");
}

CASE("the fast path for small integers gives what the library gives")
{
    const std::int64_t ends[] = {0, 1, -1, 7, -7, 1'000'000'007, (1ll << 62) - 1, -(1ll << 62) + 1, (1ll << 62), INT64_MAX, INT64_MIN + 1, INT64_MIN};
    for (const std::int64_t a : ends)
        for (const std::int64_t b : ends) {
            const __int128 x = a, y = b;
            const Decimal p = Decimal::of(a), q = Decimal::of(b);
            EXPECT_EQ(p == q, a == b);
            EXPECT_EQ(p < q, a < b);
            const auto text = [](__int128 n) {
                std::string s;
                const bool minus = n < 0;
                if (minus) n = -n;
                do s.insert(s.begin(), char('0' + int(n % 10)));
                while (n /= 10);
                return minus && s != "0" ? "-" + s : s;
            };
            EXPECT_EQ(show(Decimal::add(p, q)), text(x + y));
            EXPECT_EQ(show(Decimal::sub(p, q)), text(x - y));
            if (text(x * y).size() <= 34) EXPECT_EQ(show(Decimal::mul(p, q)), text(x * y));
            if (b) EXPECT_EQ(show(Decimal::modulo(p, q)), text(((x % y) + y) % y));
        }
}

CASE("amounts are equal whatever their digits; so are their hashes")
{
    for (const auto& [a, b] : Rows{{"1", "1.000"}, {"100", "1e2"}, {"0", "0.000"}, {"-0", "0"}, {"1.50", "1.5"}, {"123456789012345678901234", "1.23456789012345678901234e23"}}) {
        const Decimal x = *Decimal::parse(a), y = *Decimal::parse(b);
        EXPECT(x == y && !(x < y) && !(y < x));
        EXPECT_EQ(x.hash(), y.hash());
        EXPECT_EQ(x.toString(), y.toString());
    }
}

CASE("rounding at every sign and tie")
{
    using R = Decimal::Rounding;
    struct Row {
        const char* n;
        R how;
        const char* expected;
    };
    for (const Row& r : {Row{"2.5", R::HalfEven, "2"}, Row{"-2.5", R::HalfEven, "-2"}, Row{"2.5", R::HalfUp, "3"}, Row{"-2.5", R::HalfUp, "-3"}, Row{"2.5", R::HalfDown, "2"},
             Row{"-2.5", R::HalfDown, "-2"}, Row{"2.51", R::HalfDown, "3"}, Row{"2.1", R::Up, "3"}, Row{"-2.1", R::Up, "-3"}, Row{"2.9", R::Down, "2"}, Row{"-2.9", R::Down, "-2"},
             Row{"2.9", R::Floor, "2"}, Row{"-2.1", R::Floor, "-3"}, Row{"2.1", R::Ceiling, "3"}, Row{"-2.9", R::Ceiling, "-2"}})
        EXPECT_EQ(show(of(r.n).rounded(0, r.how)), std::string(r.expected));
    EXPECT_EQ(show(of("1234.5678").rounded(2, R::HalfEven)), std::string("1234.57"));
    EXPECT_EQ(show(of("1234").rounded(-2, R::HalfUp)), std::string("1200"));
    EXPECT_EQ(show(of("1e33").rounded(30, R::HalfEven)), std::string("1" + std::string(33, '0')));
    EXPECT(!of("1").rounded(7000, R::HalfEven) || show(of("1").rounded(7000, R::HalfEven)) == "1");
}

CASE("whole numbers")
{
    EXPECT(of("9223372036854775807").integer() == INT64_MAX);
    EXPECT(!of("9223372036854775808").integer());
    EXPECT(!of("1.5").integer() && !of("1.5").isInteger());
    EXPECT(of("1.0").integer() == 1 && of("1e3").integer() == 1000);
    EXPECT(Decimal::ofDouble(0.1)->toString() == "0.1" && !Decimal::ofDouble(1.0 / 0.0));
    EXPECT(of("0.1").toDouble() == 0.1);
}

TEST_MAIN
