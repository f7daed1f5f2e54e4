#include "builtins.h"
#include "temporal.h"

namespace zt::feel {

namespace {

Value wrap(const Decimal::Maybe& n, const CallAt& at) { return n ? Value::number(*n) : at.null("the result is no number"); }

template <Decimal::Rounding R>
Value rounded(const CallAt& at, Args a)
{
    std::int64_t scale = 0;
    if (a.size() > 1) {
        const auto s = a[1].isNull() ? std::nullopt : a[1].asNumber().rounded(0, Decimal::Rounding::Down)->integer();
        if (!s || *s > 6176 || *s < -6111) return at.null("the scale is out of range");
        scale = *s;
    }
    return wrap(a[0].asNumber().rounded(scale, R), at);
}

Value absolute(const CallAt& at, Args a)
{
    const Value& v = a[0];
    if (v.is(Kind::Number)) return Value::number(v.asNumber().abs());
    if (v.is(Kind::DaysDuration)) return nanos(v.asDays()) < 0 ? arithmetic('n', v, v, at) : v;
    if (v.is(Kind::MonthsDuration)) return Value::months({std::abs(v.asMonths().months)});
    return at.null("abs: " + std::string(name(v.kind())));
}
Value modulo(const CallAt& at, Args a) { return wrap(Decimal::modulo(a[0].asNumber(), a[1].asNumber()), at); }
Value squareRoot(const CallAt& at, Args a) { return wrap(Decimal::sqrt(a[0].asNumber()), at); }
Value logarithm(const CallAt& at, Args a) { return wrap(Decimal::log(a[0].asNumber()), at); }
Value exponential(const CallAt& at, Args a) { return wrap(Decimal::exp(a[0].asNumber()), at); }
Value parity(const CallAt&, Args a, bool odd)
{
    const auto r = Decimal::modulo(a[0].asNumber(), Decimal::of(2));
    return Value::boolean(r && (odd ? *r == Decimal::of(1) : r->isZero()));
}
Value odd(const CallAt& at, Args a) { return parity(at, a, true); }
Value even(const CallAt& at, Args a) { return parity(at, a, false); }

// number(text, grouping separator, decimal separator)
Value number(const CallAt& at, Args a)
{
    const auto separator = [&](std::size_t i, std::string_view allowed, char& out) {
        if (a.size() <= i || a[i].isNull()) return true;
        const std::string_view s = a[i].asString();
        if (s.size() != 1 || allowed.find(s[0]) == std::string_view::npos) return false;
        out = s[0];
        return true;
    };
    char group = 0, point = 0;
    if (!separator(1, " ,.", group) || !separator(2, ",.", point) || (group && group == point)) return at.null("number: a separator is not as the standard says");
    std::string plain;
    for (const char c : a[0].asString()) {
        if (group && c == group) continue;
        if (c == (point ? point : '.')) plain += '.';
        else if (c == '.') return at.null("number: the text is no number");
        else plain += c;
    }
    const auto n = Decimal::parse(plain);
    return n ? Value::number(*n) : at.null("number: the text is no number");
}

constexpr BuiltinRow kRows[] = {
    {"decimal(n:n, scale:n)", rounded<Decimal::Rounding::HalfEven>},
    {"floor(n:n, scale:n?)", rounded<Decimal::Rounding::Floor>},
    {"ceiling(n:n, scale:n?)", rounded<Decimal::Rounding::Ceiling>},
    {"round up(n:n, scale:n)", rounded<Decimal::Rounding::Up>},
    {"round down(n:n, scale:n)", rounded<Decimal::Rounding::Down>},
    {"round half up(n:n, scale:n)", rounded<Decimal::Rounding::HalfUp>},
    {"round half down(n:n, scale:n)", rounded<Decimal::Rounding::HalfDown>},
    {"abs(n:a)", absolute},
    {"modulo(dividend:n, divisor:n)", modulo},
    {"sqrt(number:n)", squareRoot},
    {"log(number:n)", logarithm},
    {"exp(number:n)", exponential},
    {"odd(number:n)", odd},
    {"even(number:n)", even},
    {"number(from:s, grouping separator:S, decimal separator:S)|number(from:s)", number},
};

} // namespace

std::span<const BuiltinRow> numberRows() { return kRows; }

} // namespace zt::feel
