#include "zt/feel/decimal.h"

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <wchar.h>
extern "C" {
#include <bid_conf.h>
#include <bid_functions.h>
}

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace zt::feel {

struct DecimalAccess {
    static BID_UINT128 raw(Decimal d)
    {
        BID_UINT128 r;
        r.w[0] = d.m_lo;
        r.w[1] = d.m_hi;
        return r;
    }
    static Decimal wrap(BID_UINT128 r) { return Decimal(r.w[0], r.w[1]); }
    //! A non-negative or negative integer with exponent 0 and a coefficient below 2^62.
    static bool small(Decimal d) { return (d.m_hi & 0x7fffffffffffffff) == Decimal::kZero && d.m_lo < (1ull << 62); }
    static std::int64_t smallValue(Decimal d) { return d.m_hi == Decimal::kZero ? std::int64_t(d.m_lo) : -std::int64_t(d.m_lo); }
};

namespace {

using A = DecimalAccess;
constexpr unsigned kEven = 0; // round to nearest, ties to even

Decimal::Maybe finite(BID_UINT128 r)
{
    if (!bid128_isFinite(r)) return {};
    return A::wrap(r);
}
//! The coefficient's digits and the exponent.
struct Parts {
    bool minus = false;
    std::string digits;
    int exponent = 0;
};
Parts parts(Decimal d)
{
    Parts p;
    const BID_UINT128 r = A::raw(d);
    p.minus = r.w[1] >> 63;
    unsigned __int128 c;
    // The encodings with the two bits set hold coefficients beyond 34 digits, which count as zero; no operation makes them.
    if ((r.w[1] & 0x6000000000000000) == 0x6000000000000000) {
        c = 0;
    } else {
        p.exponent = int((r.w[1] >> 49) & 0x3fff) - 6176;
        c = (static_cast<unsigned __int128>(r.w[1] & 0x1ffffffffffff) << 64) | r.w[0];
    }
    std::array<char, 40> buffer;
    std::size_t at = buffer.size();
    if (!c) p.exponent = 0;
    while (c && c % 10 == 0) {
        c /= 10;
        ++p.exponent;
    }
    do {
        buffer[--at] = char('0' + int(c % 10));
        c /= 10;
    } while (c);
    p.digits.assign(buffer.data() + at, buffer.size() - at);
    return p;
}

} // namespace

std::optional<Decimal> Decimal::parse(std::string_view text)
{
    // Bounded: leading zeros aside, digits beyond 60 only matter as "not exactly half", which a final 1 keeps.
    std::string s;
    std::size_t i = 0;
    if (i < text.size() && text[i] == '-') s += text[i++];
    bool point = false, any = false, sticky = false;
    long exponent = 0;
    std::size_t kept = 0;
    for (; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '.') {
            if (point) return {};
            point = true;
            continue;
        }
        if (c < '0' || c > '9') break;
        any = true;
        if (point) --exponent;
        if (c == '0' && !kept) continue;
        if (kept < 60) {
            s += c;
            ++kept;
        } else {
            sticky = sticky || c != '0';
            ++exponent;
        }
    }
    if (!any) return {};
    if (sticky) {
        s += '1';
        --exponent;
    }
    if (!kept) s += '0';
    if (i < text.size()) {
        if (text[i] != 'e' && text[i] != 'E') return {};
        ++i;
        if (i < text.size() && text[i] == '+') ++i;
        long e = 0;
        const auto [end, ec] = std::from_chars(text.data() + i, text.data() + text.size(), e);
        if (ec != std::errc() || end != text.data() + text.size() || e > 1'000'000 || e < -1'000'000) return {};
        exponent += e;
    }
    if (exponent > 10'000'000 || exponent < -10'000'000) return {};
    s += 'E' + std::to_string(exponent);
    _IDEC_flags flags = 0;
    return finite(bid128_from_string(s.data(), kEven, &flags));
}

std::optional<Decimal> Decimal::ofDouble(double d)
{
    if (!std::isfinite(d)) return {};
    std::array<char, 64> b;
    const auto [end, ec] = std::to_chars(b.data(), b.data() + b.size(), d);
    return parse({b.data(), std::size_t(end - b.data())});
}

std::string Decimal::toString() const
{
    Parts p = parts(*this);
    if (p.digits == "0") return "0";
    std::string out = p.minus ? "-" : "";
    const int length = int(p.digits.size());
    const int point = length + p.exponent; // digits before the point
    if (p.exponent >= 0 && point <= 40) return out + p.digits + std::string(std::size_t(p.exponent), '0');
    if (p.exponent < 0 && point > 0) return out + p.digits.substr(0, std::size_t(point)) + '.' + p.digits.substr(std::size_t(point));
    if (p.exponent < 0 && point > -40 + length) return out + "0." + std::string(std::size_t(-point), '0') + p.digits;
    out += p.digits.substr(0, 1);
    if (length > 1) out += '.' + p.digits.substr(1);
    const int e = point - 1;
    return out + (e < 0 ? "E-" : "E+") + std::to_string(e < 0 ? -e : e);
}

double Decimal::toDouble() const
{
    const std::string s = toString();
    double d = 0;
    std::from_chars(s.data(), s.data() + s.size(), d);
    return d;
}

std::optional<std::int64_t> Decimal::integer() const
{
    if (A::small(*this)) return A::smallValue(*this);
    if (!isInteger()) return {};
    _IDEC_flags flags = 0;
    const BID_SINT64 n = bid128_to_int64_xint(A::raw(*this), &flags);
    if (flags) return {};
    return n;
}

bool Decimal::isInteger() const
{
    if (A::small(*this)) return true;
    _IDEC_flags flags = 0;
    const BID_UINT128 r = A::raw(*this);
    return bid128_quiet_equal(bid128_round_integral_zero(r, &flags), r, &flags);
}

bool Decimal::isNegative() const { return (m_hi >> 63) && !isZero(); }
bool Decimal::isZero() const { return A::small(*this) ? m_lo == 0 : bool(bid128_isZero(A::raw(*this))); }

std::size_t Decimal::hash() const
{
    if (A::small(*this)) return std::hash<std::int64_t>()(A::smallValue(*this));
    if (const auto n = integer()) return std::hash<std::int64_t>()(*n);
    const Parts p = parts(*this);
    return std::hash<std::string>()(p.digits) * 31 + std::size_t(p.exponent) * 2 + (p.minus ? 1 : 0);
}

bool operator==(Decimal a, Decimal b)
{
    if (A::small(a) && A::small(b)) return A::smallValue(a) == A::smallValue(b);
    _IDEC_flags flags = 0;
    return bid128_quiet_equal(A::raw(a), A::raw(b), &flags);
}
bool operator<(Decimal a, Decimal b)
{
    if (A::small(a) && A::small(b)) return A::smallValue(a) < A::smallValue(b);
    _IDEC_flags flags = 0;
    return bid128_quiet_less(A::raw(a), A::raw(b), &flags);
}

Decimal::Maybe Decimal::add(Decimal a, Decimal b)
{
    if (A::small(a) && A::small(b)) return of(A::smallValue(a) + A::smallValue(b));
    _IDEC_flags flags = 0;
    return finite(bid128_add(A::raw(a), A::raw(b), kEven, &flags));
}
Decimal::Maybe Decimal::sub(Decimal a, Decimal b)
{
    if (A::small(a) && A::small(b)) return of(A::smallValue(a) - A::smallValue(b));
    _IDEC_flags flags = 0;
    return finite(bid128_sub(A::raw(a), A::raw(b), kEven, &flags));
}
Decimal::Maybe Decimal::mul(Decimal a, Decimal b)
{
    std::int64_t n = 0;
    if (A::small(a) && A::small(b) && !__builtin_mul_overflow(A::smallValue(a), A::smallValue(b), &n) && n > INT64_MIN) return of(n);
    _IDEC_flags flags = 0;
    return finite(bid128_mul(A::raw(a), A::raw(b), kEven, &flags));
}
Decimal::Maybe Decimal::div(Decimal a, Decimal b)
{
    if (b.isZero()) return {};
    if (A::small(a) && A::small(b)) {
        const std::int64_t x = A::smallValue(a), y = A::smallValue(b);
        if (x % y == 0) return of(x / y);
    }
    _IDEC_flags flags = 0;
    return finite(bid128_div(A::raw(a), A::raw(b), kEven, &flags));
}

Decimal::Maybe Decimal::pow(Decimal a, Decimal b)
{
    const auto n = b.integer();
    if (!n || *n > 1'000'000 || *n < -1'000'000) {
        _IDEC_flags flags = 0;
        return finite(bid128_pow(A::raw(a), A::raw(b), kEven, &flags));
    }
    if (*n < 0) {
        const auto p = pow(a, of(-*n));
        return p ? div(of(1), *p) : p;
    }
    // By squaring: exact wherever the result fits, which the general power does not promise.
    Decimal result = of(1), base = a;
    for (std::int64_t e = *n; e; e >>= 1) {
        if (e & 1) {
            const auto r = mul(result, base);
            if (!r) return {};
            result = *r;
        }
        if (e == 1) break;
        const auto s = mul(base, base);
        if (!s) return {};
        base = *s;
    }
    return result;
}

Decimal::Maybe Decimal::modulo(Decimal a, Decimal b)
{
    if (b.isZero()) return {};
    if (A::small(a) && A::small(b)) {
        const std::int64_t x = A::smallValue(a), y = A::smallValue(b), r = x % y;
        return of(r && (r < 0) != (y < 0) ? r + y : r);
    }
    _IDEC_flags flags = 0;
    const Maybe r = finite(bid128_fmod(A::raw(a), A::raw(b), &flags)); // exact, with the dividend's sign
    if (!r || r->isZero() || r->isNegative() == b.isNegative()) return r;
    return add(*r, b);
}

Decimal::Maybe Decimal::sqrt(Decimal a)
{
    _IDEC_flags flags = 0;
    return finite(bid128_sqrt(A::raw(a), kEven, &flags));
}
Decimal::Maybe Decimal::log(Decimal a)
{
    if (a.isZero() || a.isNegative()) return {};
    _IDEC_flags flags = 0;
    return finite(bid128_log(A::raw(a), kEven, &flags));
}
Decimal::Maybe Decimal::exp(Decimal a)
{
    _IDEC_flags flags = 0;
    return finite(bid128_exp(A::raw(a), kEven, &flags));
}
Decimal Decimal::negated() const { return isZero() ? of(0) : A::wrap(bid128_negate(A::raw(*this))); }
Decimal Decimal::abs() const { return A::wrap(bid128_abs(A::raw(*this))); }

Decimal::Maybe Decimal::rounded(std::int64_t scale, Rounding how) const
{
    if (scale >= 0 && A::small(*this)) return *this;
    if (scale > 6176 || scale < -6111) return {};
    _IDEC_flags flags = 0;
    const BID_UINT128 r = A::raw(*this);
    const bool minus = r.w[1] >> 63;
    unsigned mode = 0; // BID: 0 nearest even, 1 down, 2 up, 3 to zero, 4 nearest away
    switch (how) {
    case Rounding::HalfEven: mode = 0; break;
    case Rounding::Floor: mode = 1; break;
    case Rounding::Ceiling: mode = 2; break;
    case Rounding::Up: mode = minus ? 1 : 2; break;
    case Rounding::Down: mode = 3; break;
    case Rounding::HalfUp: mode = 4; break;
    case Rounding::HalfDown: mode = 3; break;
    }
    const BID_UINT128 unit = bid128_scalbn(A::raw(of(1)), -int(scale), 0, &flags);
    flags = 0;
    const auto to = [&](unsigned m) {
        flags = 0;
        return bid128_quantize(r, unit, m, &flags);
    };
    BID_UINT128 out = to(mode);
    // Does not fit in 34 digits at that scale: it has no digits there to round.
    if (!bid128_isFinite(out)) return *this;
    if (how == Rounding::HalfDown) {
        const BID_UINT128 away = to(minus ? 1 : 2);
        if (!bid128_isFinite(away)) return *this;
        const BID_UINT128 low = bid128_abs(bid128_sub(r, out, kEven, &flags));
        const BID_UINT128 high = bid128_abs(bid128_sub(away, r, kEven, &flags));
        if (bid128_quiet_less(high, low, &flags)) out = away;
    }
    return A::wrap(out);
}

} // namespace zt::feel
