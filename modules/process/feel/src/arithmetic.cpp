// Table 55 and following: what + - * / ** mean for each pair of kinds.
#include "builtins.h"
#include "evaluator.h"
#include "temporal.h"

namespace zt::feel {

std::int64_t toDayNumber(const Value& date) { return dayNumber(date.asDate()); }
Value fromDayNumber(std::int64_t day)
{
    const auto d = dateOf(day);
    return d ? Value::date(*d) : Value();
}

namespace {

Value wrong(char op, const Value& a, const Value& b, const CallAt& at)
{
    if (op == 'n') return at.null("minus " + std::string(name(a.kind())));
    return at.null(std::string(name(a.kind())) + " " + (op == '^' ? "**" : std::string(1, op)) + " " + std::string(name(b.kind())));
}
Value wrap(const Decimal::Maybe& n, const CallAt& at) { return n ? Value::number(*n) : at.null("the result is no number"); }
Value wrap(const std::optional<DaysDuration>& d, const CallAt& at) { return d ? Value::days(*d) : at.null("the duration is too long"); }

Value numbers(char op, Decimal a, Decimal b, const CallAt& at)
{
    switch (op) {
    case '+': return wrap(Decimal::add(a, b), at);
    case '-': return wrap(Decimal::sub(a, b), at);
    case '*': return wrap(Decimal::mul(a, b), at);
    case '/': return b.isZero() ? at.null("division by zero") : wrap(Decimal::div(a, b), at);
    default: return wrap(Decimal::pow(a, b), at);
    }
}

std::optional<Decimal> decimalOf(Wide n)
{
    const bool minus = n < 0;
    if (minus) n = -n;
    std::string s;
    do {
        s.insert(s.begin(), char('0' + int(n % 10)));
        n /= 10;
    } while (n);
    return Decimal::parse((minus ? "-" : "") + s);
}
// Truncated to a whole number.
std::optional<Wide> wideOf(Decimal d)
{
    const auto t = d.rounded(0, Decimal::Rounding::Down);
    if (!t) return {};
    const std::string s = t->toString();
    if (s.size() > 36 || s.find('E') != std::string::npos) return {};
    Wide n = 0;
    for (const char c : s)
        if (c != '-') n = n * 10 + (c - '0');
    return s[0] == '-' ? -n : n;
}

Value scaleDays(char op, DaysDuration d, Decimal by, const CallAt& at)
{
    if (op == '/' && by.isZero()) return at.null("division by zero");
    const auto n = decimalOf(nanos(d));
    const auto r = op == '*' ? Decimal::mul(*n, by) : Decimal::div(*n, by);
    const auto w = r ? wideOf(*r) : std::nullopt;
    return wrap(w ? daysOf(*w) : std::nullopt, at);
}
Value scaleMonths(char op, MonthsDuration d, Decimal by, const CallAt& at)
{
    if (op == '/' && by.isZero()) return at.null("division by zero");
    const auto r = op == '*' ? Decimal::mul(Decimal::of(d.months), by) : Decimal::div(Decimal::of(d.months), by);
    const auto w = r ? wideOf(*r) : std::nullopt;
    if (!w || *w > INT64_MAX || *w < -INT64_MAX) return at.null("the duration is too long");
    return Value::months({std::int64_t(*w)});
}

Value durations(char op, const Value& a, const Value& b, const CallAt& at)
{
    if (a.is(Kind::DaysDuration)) {
        const Wide x = nanos(a.asDays()), y = nanos(b.asDays());
        if (op == '/') {
            if (!y) return at.null("division by zero");
            return wrap(Decimal::div(*decimalOf(x), *decimalOf(y)), at);
        }
        return wrap(daysOf(op == '+' ? x + y : x - y), at);
    }
    const Wide x = a.asMonths().months, y = b.asMonths().months;
    if (op == '/') {
        if (!y) return at.null("division by zero");
        return wrap(Decimal::div(Decimal::of(std::int64_t(x)), Decimal::of(std::int64_t(y))), at);
    }
    const Wide r = op == '+' ? x + y : x - y;
    if (r > INT64_MAX || r < -INT64_MAX) return at.null("the duration is too long");
    return Value::months({std::int64_t(r)});
}

Value addTo(const Value& point, const Value& duration, int sign, const CallAt& at)
{
    if (duration.is(Kind::MonthsDuration)) {
        const std::int64_t m = duration.asMonths().months;
        if (point.is(Kind::Time) || m == INT64_MIN) return wrong(sign > 0 ? '+' : '-', point, duration, at);
        const auto d = addMonths(point.is(Kind::Date) ? point.asDate() : point.asDateTime().date, sign * m);
        if (!d) return at.null("the date is out of range");
        return point.is(Kind::Date) ? Value::date(*d) : Value::dateTime({*d, point.asDateTime().time});
    }
    const Wide n = nanos(duration.asDays()) * sign;
    if (point.is(Kind::Time)) return Value::time(timeAt(instant(point.asTime()) + n, point.asTime()));
    if (point.is(Kind::DateTime)) {
        auto t = dateTimeAt(instant(point.asDateTime()) + n, point.asDateTime().time);
        return t ? Value::dateTime(std::move(*t)) : at.null("the date is out of range");
    }
    const auto t = dateTimeAt(Wide(dayNumber(point.asDate())) * kDay * kNano + n, {});
    return t ? Value::date(t->date) : at.null("the date is out of range");
}

Value distance(const Value& a, const Value& b, const CallAt& at)
{
    const auto zonedPoint = [](const Value& v) { return v.is(Kind::Date) || zoned(v.asDateTime().time); };
    const auto point = [](const Value& v) { return v.is(Kind::Date) ? Wide(dayNumber(v.asDate())) * kDay * kNano : instant(v.asDateTime()); };
    // A date stands for midnight UTC, which has a distance to zoned times only.
    if (!(a.is(Kind::Date) && b.is(Kind::Date)) && zonedPoint(a) != zonedPoint(b)) return at.null("one time has a zone, the other has none");
    return wrap(daysOf(point(a) - point(b)), at);
}

bool isPoint(const Value& v) { return v.is(Kind::Date) || v.is(Kind::DateTime) || v.is(Kind::Time); }
bool isDuration(const Value& v) { return v.is(Kind::DaysDuration) || v.is(Kind::MonthsDuration); }

Value negate(const Value& a, const CallAt& at)
{
    if (a.is(Kind::Number)) return Value::number(a.asNumber().negated());
    if (a.is(Kind::DaysDuration)) return wrap(daysOf(-nanos(a.asDays())), at);
    if (a.is(Kind::MonthsDuration)) return Value::months({-a.asMonths().months});
    return wrong('n', a, a, at);
}

} // namespace

Value arithmetic(char op, const Value& a, const Value& b, const CallAt& at)
{
    if (a.is(Kind::Number) && b.is(Kind::Number)) return numbers(op, a.asNumber(), b.asNumber(), at);
    if (op == 'n') return negate(a, at);
    if (a.is(Kind::String) && b.is(Kind::String) && op == '+') {
        if (!at.run.make(a.asString().size() + b.asString().size() + 16)) return {};
        std::string s(a.asString());
        s += b.asString();
        return Value::string(s);
    }
    if ((op == '*' || op == '/') && isDuration(a) && b.is(Kind::Number))
        return a.is(Kind::DaysDuration) ? scaleDays(op, a.asDays(), b.asNumber(), at) : scaleMonths(op, a.asMonths(), b.asNumber(), at);
    if (op == '*' && a.is(Kind::Number) && isDuration(b)) return arithmetic(op, b, a, at);
    if (isDuration(a) && a.kind() == b.kind() && (op == '+' || op == '-' || op == '/')) return durations(op, a, b, at);
    if (isPoint(a) && isDuration(b) && (op == '+' || op == '-')) return addTo(a, b, op == '+' ? 1 : -1, at);
    if (isDuration(a) && isPoint(b) && op == '+') return addTo(b, a, 1, at);
    if (op == '-' && a.is(Kind::Time) && b.is(Kind::Time)) {
        if (zoned(a.asTime()) != zoned(b.asTime())) return at.null("one time has a zone, the other has none");
        return wrap(daysOf(instant(a.asTime()) - instant(b.asTime())), at);
    }
    if (op == '-' && isPoint(a) && isPoint(b) && !a.is(Kind::Time) && !b.is(Kind::Time)) return distance(a, b, at);
    return wrong(op, a, b, at);
}

// Table 61: properties of values.
static Value timeProperty(const Time& t, std::optional<Date> on, std::string_view name, const CallAt& at)
{
    if (name == "hour") return Value::number(t.second / 3600);
    if (name == "minute") return Value::number(t.second / 60 % 60);
    if (name == "second") return Value::number(t.second % 60);
    if (name == "time offset") return zoned(t) ? Value::days({offsetOf(t, on), 0}) : Value();
    if (name == "timezone") return t.zone ? Value::string(t.zone->id()) : Value();
    return at.null("there is no property `" + std::string(name) + "`");
}
static Value dateProperty(Date d, std::string_view name, const CallAt& at)
{
    if (name == "year") return Value::number(d.year);
    if (name == "month") return Value::number(d.month);
    if (name == "day") return Value::number(d.day);
    if (name == "weekday") return Value::number(isoWeekday(d));
    return at.null("there is no property `" + std::string(name) + "`");
}

Value property(const Value& of, std::string_view name, const CallAt& at)
{
    switch (of.kind()) {
    case Kind::Context:
        if (const Value* v = of.entry(name)) return *v;
        break;
    case Kind::Date: return dateProperty(of.asDate(), name, at);
    case Kind::Time: return timeProperty(of.asTime(), {}, name, at);
    case Kind::DateTime: {
        const DateTime& t = of.asDateTime();
        if (name == "year" || name == "month" || name == "day" || name == "weekday") return dateProperty(t.date, name, at);
        return timeProperty(t.time, t.date, name, at);
    }
    case Kind::DaysDuration: {
        const Wide n = nanos(of.asDays());
        const std::int64_t s = std::int64_t(n / kNano); // towards zero
        if (name == "days") return Value::number(s / kDay);
        if (name == "hours") return Value::number(s % kDay / 3600);
        if (name == "minutes") return Value::number(s % 3600 / 60);
        if (name == "seconds") return Value::number(s % 60);
        break;
    }
    case Kind::MonthsDuration:
        if (name == "years") return Value::number(of.asMonths().months / 12);
        if (name == "months") return Value::number(of.asMonths().months % 12);
        break;
    case Kind::Range: {
        const RangeParts& r = of.asRange();
        if (name == "start") return r.low;
        if (name == "end") return r.high;
        if (name == "start included") return Value::boolean(r.lowClosed);
        if (name == "end included") return Value::boolean(r.highClosed);
        break;
    }
    default: break;
    }
    return at.null(std::string(feel::name(of.kind())) + " has no `" + std::string(name) + "`");
}

} // namespace zt::feel
