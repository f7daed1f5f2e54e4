#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zt::feel {

//! A finite decimal number of at most 34 significant digits: IEEE 754-2008 decimal128, ties to even, the same on any machine.
//! Operations that leave the range or have no value (1/0, sqrt(-1)) give nothing. Values are equal by amount: 1.0 == 1.
class Decimal {
public:
    constexpr Decimal() = default;
    static constexpr Decimal of(std::int64_t n)
    {
        return n < 0 ? Decimal(0u - std::uint64_t(n), kMinusZero) : Decimal(std::uint64_t(n), kZero);
    }
    //! FEEL's own form: digits, a point, an exponent, a leading minus; longer numbers are rounded to 34 digits.
    static std::optional<Decimal> parse(std::string_view text);
    //! The shortest decimal that reads back as this double; nothing for infinities and NaN.
    static std::optional<Decimal> ofDouble(double d);

    //! Plain notation without trailing zeros; with an exponent only where plain notation would need more than 40 digits.
    std::string toString() const;
    double toDouble() const;
    //! The integer this is exactly, if it is one that fits.
    std::optional<std::int64_t> integer() const;
    bool isInteger() const;
    bool isNegative() const;
    bool isZero() const;
    //! The same for equal amounts.
    std::size_t hash() const;

    friend bool operator==(Decimal a, Decimal b);
    friend bool operator<(Decimal a, Decimal b);
    friend bool operator<=(Decimal a, Decimal b) { return !(b < a); }

    using Maybe = std::optional<Decimal>;
    static Maybe add(Decimal a, Decimal b);
    static Maybe sub(Decimal a, Decimal b);
    static Maybe mul(Decimal a, Decimal b);
    static Maybe div(Decimal a, Decimal b);
    static Maybe pow(Decimal a, Decimal b);
    //! a - b*floor(a/b): the sign is the divisor's.
    static Maybe modulo(Decimal a, Decimal b);
    static Maybe sqrt(Decimal a);
    static Maybe log(Decimal a);
    static Maybe exp(Decimal a);
    Decimal negated() const;
    Decimal abs() const;

    enum class Rounding { HalfEven, Floor, Ceiling, Up, Down, HalfUp, HalfDown };
    //! To `scale` digits behind the point (before it, when negative).
    Maybe rounded(std::int64_t scale, Rounding how) const;

private:
    constexpr Decimal(std::uint64_t lo, std::uint64_t hi) : m_lo(lo), m_hi(hi) {}
    friend struct DecimalAccess;
    static constexpr std::uint64_t kZero = 0x3040000000000000, kMinusZero = 0xb040000000000000;
    std::uint64_t m_lo = 0, m_hi = kZero; // the BID encoding
};

} // namespace zt::feel
