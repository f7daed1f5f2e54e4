#include "builtins.h"
#include "temporal.h"

#include <array>

namespace zt::feel {

namespace {

std::optional<std::int64_t> whole(const Value& v) { return v.is(Kind::Number) && v.asNumber().isInteger() ? v.asNumber().integer() : std::nullopt; }
Date dateOfPoint(const Value& v) { return v.is(Kind::Date) ? v.asDate() : v.asDateTime().date; }
Time utc()
{
    Time t;
    t.offset = 0;
    return t;
}

Value date(const CallAt& at, Args a)
{
    if (a.size() == 3) {
        const auto y = whole(a[0]), m = whole(a[1]), d = whole(a[2]);
        if (!y || !m || !d || !valid(*y, *m, *d)) return at.null("date: no such day");
        return Value::date({std::int32_t(*y), std::uint8_t(*m), std::uint8_t(*d)});
    }
    if (a[0].is(Kind::Date) || a[0].is(Kind::DateTime)) return Value::date(dateOfPoint(a[0]));
    const auto d = a[0].is(Kind::String) ? parseDate(a[0].asString()) : std::nullopt;
    return d ? Value::date(*d) : at.null("date: not a date");
}

Value dateAndTime(const CallAt& at, Args a)
{
    if (a.size() == 2) {
        if (!a[1].is(Kind::Time)) return at.null("date and time: the second is no time");
        return Value::dateTime({dateOfPoint(a[0]), a[1].asTime()});
    }
    if (a[0].is(Kind::DateTime)) return a[0];
    if (a[0].is(Kind::Date)) return Value::dateTime({a[0].asDate(), utc()});
    auto t = a[0].is(Kind::String) ? parseDateTime(a[0].asString(), true) : std::nullopt;
    return t ? Value::dateTime(std::move(*t)) : at.null("date and time: not a date and time");
}

Value timeOfParts(const CallAt& at, Args a)
{
    const auto h = whole(a[0]), m = whole(a[1]);
    const auto floor = a[2].asNumber().rounded(0, Decimal::Rounding::Floor);
    const auto s = floor ? floor->integer() : std::nullopt;
    if (!h || !m || !s || *h < 0 || *h > 23 || *m < 0 || *m > 59 || *s < 0 || *s > 59) return at.null("time: no such time");
    Time t;
    t.second = std::int32_t(*h * 3600 + *m * 60 + *s);
    const auto fraction = Decimal::mul(*Decimal::sub(a[2].asNumber(), *floor), Decimal::of(1'000'000'000));
    t.nano = std::int32_t(fraction->rounded(0, Decimal::Rounding::Down)->integer().value_or(0));
    if (a.size() > 3 && !a[3].isNull()) {
        if (!a[3].is(Kind::DaysDuration)) return at.null("time: the offset is no days and time duration");
        const std::int64_t o = a[3].asDays().seconds;
        if (o > 18 * 3600 || o < -18 * 3600) return at.null("time: no such offset");
        t.offset = std::int32_t(o);
    }
    return Value::time(std::move(t));
}
Value time(const CallAt& at, Args a)
{
    if (a.size() >= 3) return timeOfParts(at, a);
    if (a[0].is(Kind::Time)) return a[0];
    if (a[0].is(Kind::DateTime)) return Value::time(a[0].asDateTime().time);
    if (a[0].is(Kind::Date)) return Value::time(utc());
    auto t = a[0].is(Kind::String) ? parseTime(a[0].asString()) : std::nullopt;
    return t ? Value::time(std::move(*t)) : at.null("time: not a time");
}
Value duration(const CallAt& at, Args a)
{
    if (a[0].is(Kind::DaysDuration) || a[0].is(Kind::MonthsDuration)) return a[0];
    const Value d = a[0].is(Kind::String) ? parseDuration(a[0].asString()) : Value();
    return d.isNull() ? at.null("duration: not a duration") : d;
}

// Whole months from one day to the other, towards zero; times do not count.
Value monthsBetween(const CallAt&, Args a)
{
    const Date from = dateOfPoint(a[0]), to = dateOfPoint(a[1]);
    std::int64_t months = (std::int64_t(to.year) - from.year) * 12 + (to.month - from.month);
    if (months > 0 && to.day < from.day) --months;
    if (months < 0 && to.day > from.day) ++months;
    return Value::months({months});
}

Value dayOfYearOf(const CallAt&, Args a) { return Value::number(dayOfYear(dateOfPoint(a[0]))); }
Value weekOfYear(const CallAt&, Args a) { return Value::number(isoWeek(dateOfPoint(a[0]))); }
Value dayOfWeek(const CallAt&, Args a)
{
    static constexpr std::array<std::string_view, 7> names = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    return Value::string(names[std::size_t(isoWeekday(dateOfPoint(a[0])) - 1)]);
}
Value monthOfYear(const CallAt&, Args a)
{
    static constexpr std::array<std::string_view, 12> names = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December"};
    return Value::string(names[std::size_t(dateOfPoint(a[0]).month - 1)]);
}
Value now(const CallAt& at, Args)
{
    if (!at.run.now()) return at.null("now: no time is given here");
    return Value::dateTime(*at.run.now());
}
Value today(const CallAt& at, Args)
{
    if (!at.run.now()) return at.null("today: no time is given here");
    return Value::date(at.run.now()->date);
}

constexpr BuiltinRow kRows[] = {
    {"date(from:a)|date(year:n, month:n, day:n)", date},
    {"date and time(from:a)|date and time(date:t, time:a)", dateAndTime},
    {"time(from:a)|time(hour:n, minute:n, second:n, offset:a?)", time},
    {"duration(from:a)", duration},
    {"years and months duration(from:t, to:t)", monthsBetween},
    {"day of year(date:t)", dayOfYearOf},
    {"day of week(date:t)", dayOfWeek},
    {"month of year(date:t)", monthOfYear},
    {"week of year(date:t)", weekOfYear},
    {"now()", now, false},
    {"today()", today, false},
};

} // namespace

std::span<const BuiltinRow> temporalRows() { return kRows; }

} // namespace zt::feel
