#include "temporal.h"

#include "zt/feel/feel.h"

#include <charconv>
#include <unicode/timezone.h>

namespace zt::feel {

struct Zone::Rules {
    std::unique_ptr<icu::TimeZone> zone;
};
Zone::Zone() = default;
Zone::~Zone() = default;

std::shared_ptr<const Zone> Zone::find(std::string_view id)
{
    if (id.empty() || id.size() > 64) return {};
    for (const char c : id)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '/' || c == '-' || c == '+')) return {};
    const icu::UnicodeString name(id.data(), std::int32_t(id.size()), US_INV);
    auto zone = std::make_shared<Zone>();
    zone->m_rules = std::make_unique<Rules>();
    zone->m_rules->zone.reset(icu::TimeZone::createTimeZone(name));
    if (!zone->m_rules->zone || *zone->m_rules->zone == icu::TimeZone::getUnknown()) return {};
    icu::UnicodeString real;
    // ICU also makes zones up ("GMT+3:07"); only names of the IANA data count.
    UErrorCode status = U_ZERO_ERROR;
    UBool system = false;
    icu::TimeZone::getCanonicalID(name, real, system, status);
    if (U_FAILURE(status) || !system) return {};
    zone->m_id = std::string(id);
    return zone;
}

namespace {
// ICU counts milliseconds in a double; far from today only the last rule matters.
std::int32_t offsetAt(const icu::TimeZone& zone, std::int64_t seconds, bool local)
{
    constexpr std::int64_t kFar = 200'000'000'000; // some 6,300 years
    const UDate at = double(std::min(std::max(seconds, -kFar), kFar)) * 1000.0;
    std::int32_t raw = 0, saving = 0;
    UErrorCode status = U_ZERO_ERROR;
    zone.getOffset(at, local, raw, saving, status);
    return U_FAILURE(status) ? 0 : (raw + saving) / 1000;
}
} // namespace

std::int32_t Zone::offsetAtLocal(std::int64_t s) const { return offsetAt(*m_rules->zone, s, true); }
std::int32_t Zone::offsetAtUtc(std::int64_t s) const { return offsetAt(*m_rules->zone, s, false); }

std::int64_t dayNumber(Date d)
{
    const std::int64_t y = std::int64_t(d.year) - (d.month <= 2);
    const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
    const std::int64_t yoe = y - era * 400;
    const std::int64_t doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    return era * 146'097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719'468;
}
std::optional<Date> dateOf(std::int64_t z)
{
    constexpr std::int64_t kMost = 366'000'000'000;
    if (z > kMost || z < -kMost) return {};
    z += 719'468;
    const std::int64_t era = (z >= 0 ? z : z - 146'096) / 146'097;
    const std::int64_t doe = z - era * 146'097;
    const std::int64_t yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
    const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const std::int64_t mp = (5 * doy + 2) / 153;
    const std::int64_t month = mp < 10 ? mp + 3 : mp - 9, year = yoe + era * 400 + (month <= 2);
    if (year > 999'999'999 || year < -999'999'999) return {};
    return Date{std::int32_t(year), std::uint8_t(month), std::uint8_t(doy - (153 * mp + 2) / 5 + 1)};
}
int daysInMonth(std::int64_t year, int month)
{
    if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}
bool valid(std::int64_t year, std::int64_t month, std::int64_t day)
{
    return year >= -999'999'999 && year <= 999'999'999 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, int(month));
}
int isoWeekday(Date d)
{
    const std::int64_t n = (dayNumber(d) + 3) % 7;
    return int(n < 0 ? n + 7 : n) + 1;
}
int dayOfYear(Date d) { return int(dayNumber(d) - dayNumber({d.year, 1, 1})) + 1; }
int isoWeek(Date d)
{
    const auto weeks = [](std::int32_t year) { // a year has 53 weeks if it starts or ends on a Thursday
        return isoWeekday({year, 1, 1}) == 4 || isoWeekday({year, 12, 31}) == 4 ? 53 : 52;
    };
    const int week = (dayOfYear(d) - isoWeekday(d) + 10) / 7;
    if (week < 1) return weeks(d.year - 1);
    return week > weeks(d.year) ? 1 : week;
}
std::optional<Date> addMonths(Date d, std::int64_t months)
{
    Wide m = Wide(d.year) * 12 + d.month - 1 + months;
    if (m > Wide(999'999'999) * 12 + 11 || m < Wide(-999'999'999) * 12) return {};
    const std::int64_t n = std::int64_t(m);
    const std::int64_t year = (n >= 0 ? n : n - 11) / 12;
    const int month = int(n - year * 12) + 1;
    return Date{std::int32_t(year), std::uint8_t(month), std::uint8_t(std::min<int>(d.day, daysInMonth(year, month)))};
}

namespace {

//! Reads a text from left to right.
struct Reader {
    std::string_view s;
    bool take(char c)
    {
        if (s.empty() || s[0] != c) return false;
        s.remove_prefix(1);
        return true;
    }
    bool digit() const { return !s.empty() && s[0] >= '0' && s[0] <= '9'; }
    std::size_t digits() const
    {
        std::size_t n = 0;
        while (n < s.size() && s[n] >= '0' && s[n] <= '9') ++n;
        return n;
    }
    std::optional<std::int64_t> fixed(std::size_t n)
    {
        if (digits() < n) return {};
        std::int64_t v = 0;
        std::from_chars(s.data(), s.data() + n, v);
        s.remove_prefix(n);
        return v;
    }
    //! 1 … 18 digits, all there are.
    std::optional<std::int64_t> number()
    {
        const std::size_t n = digits();
        if (!n || n > 18) return {};
        return fixed(n);
    }
    //! Digits of a fraction as nanoseconds; further ones are cut off.
    std::optional<std::int32_t> fraction()
    {
        const std::size_t n = digits();
        if (!n) return {};
        std::int32_t nano = 0;
        for (std::size_t i = 0; i < 9; ++i) nano = nano * 10 + (i < n ? s[i] - '0' : 0);
        s.remove_prefix(n);
        return nano;
    }
};

std::optional<Date> readDate(Reader& r)
{
    const bool minus = r.take('-');
    const std::size_t n = r.digits();
    if (n < 4 || n > 9 || (n > 4 && r.s[0] == '0')) return {};
    std::int64_t year = *r.fixed(n);
    if (minus) year = -year;
    if (!r.take('-')) return {};
    const auto month = r.fixed(2);
    if (!month || !r.take('-')) return {};
    const auto day = r.fixed(2);
    if (!day || !valid(year, *month, *day)) return {};
    return Date{std::int32_t(year), std::uint8_t(*month), std::uint8_t(*day)};
}

bool readZone(Reader& r, Time& t)
{
    if (r.s.empty()) return true;
    if (r.take('@')) {
        t.zone = Zone::find(r.s);
        r.s = {};
        return bool(t.zone);
    }
    if (r.take('Z')) {
        t.offset = 0;
        return r.s.empty();
    }
    const bool minus = r.s[0] == '-';
    if (!r.take('+') && !r.take('-')) return false;
    const auto h = r.fixed(2);
    if (!h || !r.take(':')) return false;
    const auto m = r.fixed(2);
    if (!m) return false;
    std::int64_t s = 0;
    if (r.take(':')) {
        const auto sec = r.fixed(2);
        if (!sec) return false;
        s = *sec;
    }
    if (!r.s.empty() || *h > 18 || *m > 59 || s > 59 || *h * 3600 + *m * 60 + s > 18 * 3600) return false;
    const std::int64_t off = *h * 3600 + *m * 60 + s;
    t.offset = std::int32_t(minus ? -off : off);
    return true;
}

std::optional<Time> readTime(Reader& r)
{
    Time t;
    const auto h = r.fixed(2);
    if (!h || !r.take(':')) return {};
    const auto m = r.fixed(2);
    if (!m || !r.take(':')) return {};
    const auto s = r.fixed(2);
    if (!s || *h > 23 || *m > 59 || *s > 59) return {};
    t.second = std::int32_t(*h * 3600 + *m * 60 + *s);
    if (r.take('.')) {
        const auto f = r.fraction();
        if (!f) return {};
        t.nano = *f;
    }
    if (!readZone(r, t)) return {};
    return t;
}

std::string two(std::int64_t n)
{
    std::string s = std::to_string(n);
    return s.size() < 2 ? "0" + s : s;
}
std::string fractionText(std::int32_t nano)
{
    if (!nano) return {};
    std::string s = std::to_string(nano);
    s.insert(0, 9 - s.size(), '0');
    while (s.back() == '0') s.pop_back();
    return "." + s;
}

} // namespace

std::optional<Date> parseDate(std::string_view text)
{
    Reader r{text};
    const auto d = readDate(r);
    return r.s.empty() ? d : std::nullopt;
}
std::optional<Time> parseTime(std::string_view text)
{
    Reader r{text};
    return readTime(r);
}
std::optional<DateTime> parseDateTime(std::string_view text, bool dateAlone)
{
    Reader r{text};
    const auto d = readDate(r);
    if (!d) return {};
    if (r.s.empty()) return dateAlone ? std::optional(DateTime{*d, {}}) : std::nullopt;
    if (!r.take('T')) return {};
    const auto t = readTime(r);
    if (!t) return {};
    return DateTime{*d, *t};
}

Value parseDuration(std::string_view text)
{
    Reader r{text};
    const bool minus = r.take('-');
    if (!r.take('P') || r.s.empty()) return {};
    Wide months = 0, seconds = 0;
    std::int32_t nano = 0;
    bool month = false, day = false;
    int last = 0; // designators come in order: Y M D (T) H M S
    bool time = false;
    while (!r.s.empty()) {
        if (!time && r.take('T')) {
            if (r.s.empty()) return {};
            time = true;
            last = 3;
            continue;
        }
        const auto n = r.number();
        if (!n) return {};
        std::optional<std::int32_t> f;
        if (time && r.take('.')) {
            f = r.digit() ? r.fraction() : 0; // "PT0.S" is a duration, too
        }
        if (r.s.empty()) return {};
        const char c = r.s[0];
        r.s.remove_prefix(1);
        const int rank = !time ? (c == 'Y' ? 1 : c == 'M' ? 2 : c == 'D' ? 3 : 0) : (c == 'H' ? 4 : c == 'M' ? 5 : c == 'S' ? 6 : 0);
        if (!rank || rank <= last || (f && rank != 6)) return {};
        last = rank;
        if (rank == 1) months += Wide(*n) * 12, month = true;
        if (rank == 2) months += *n, month = true;
        if (rank == 3) seconds += Wide(*n) * kDay, day = true;
        if (rank == 4) seconds += Wide(*n) * 3600, day = true;
        if (rank == 5) seconds += Wide(*n) * 60, day = true;
        if (rank == 6) seconds += *n, nano = f.value_or(0), day = true;
    }
    if (month == day) return {}; // neither, or both
    if (month) {
        if (months > INT64_MAX) return {};
        return Value::months({std::int64_t(minus ? -months : months)});
    }
    const Wide total = seconds * kNano + nano;
    const auto d = daysOf(minus ? -total : total);
    return d ? Value::days(*d) : Value();
}

Value temporal(std::string_view text)
{
    if (text.empty()) return {};
    if (text[0] == 'P' || text.substr(0, 2) == "-P") return parseDuration(text);
    if (const auto d = parseDate(text)) return Value::date(*d);
    if (auto t = parseDateTime(text, false)) return Value::dateTime(std::move(*t));
    if (auto t = parseTime(text)) return Value::time(std::move(*t));
    return {};
}

std::string format(Date d)
{
    std::string y = std::to_string(d.year < 0 ? -std::int64_t(d.year) : d.year);
    if (y.size() < 4) y.insert(0, 4 - y.size(), '0');
    return (d.year < 0 ? "-" : "") + y + "-" + two(d.month) + "-" + two(d.day);
}
std::string format(const Time& t)
{
    std::string s = two(t.second / 3600) + ":" + two(t.second / 60 % 60) + ":" + two(t.second % 60) + fractionText(t.nano);
    if (t.zone) return s + "@" + t.zone->id();
    if (!t.offset) return s;
    if (!*t.offset) return s + "Z";
    const std::int32_t o = std::abs(*t.offset);
    s += *t.offset < 0 ? "-" : "+";
    s += two(o / 3600) + ":" + two(o / 60 % 60);
    return o % 60 ? s + ":" + two(o % 60) : s;
}
std::string format(const DateTime& t) { return format(t.date) + "T" + format(t.time); }
std::string format(DaysDuration d)
{
    Wide n = nanos(d);
    if (!n) return "PT0S";
    std::string s = n < 0 ? "-P" : "P";
    if (n < 0) n = -n;
    const std::int64_t sec = std::int64_t(n / kNano);
    const std::int32_t nano = std::int32_t(n % kNano);
    if (sec / kDay) s += std::to_string(sec / kDay) + "D";
    const std::int64_t rest = sec % kDay;
    if (!rest && !nano) return s;
    s += "T";
    if (rest / 3600) s += std::to_string(rest / 3600) + "H";
    if (rest / 60 % 60) s += std::to_string(rest / 60 % 60) + "M";
    if (rest % 60 || nano) s += std::to_string(rest % 60) + fractionText(nano) + "S";
    return s;
}
std::string format(MonthsDuration m)
{
    if (!m.months) return "P0M";
    std::string s = m.months < 0 ? "-P" : "P";
    const std::uint64_t n = m.months < 0 ? 0u - std::uint64_t(m.months) : std::uint64_t(m.months);
    if (n / 12) s += std::to_string(n / 12) + "Y";
    if (n % 12) s += std::to_string(n % 12) + "M";
    return s;
}

bool zoned(const Time& t) { return t.offset || t.zone; }
std::int32_t offsetOf(const Time& t, std::optional<Date> on)
{
    if (t.offset) return *t.offset;
    if (!t.zone) return 0;
    return t.zone->offsetAtLocal(dayNumber(on.value_or(Date{1970, 1, 1})) * kDay + t.second);
}
Wide instant(const DateTime& t)
{
    return (Wide(dayNumber(t.date)) * kDay + t.time.second - offsetOf(t.time, t.date)) * kNano + t.time.nano;
}
Wide instant(const Time& t) { return (Wide(t.second) - offsetOf(t, {})) * kNano + t.nano; }

std::optional<DateTime> dateTimeAt(Wide at, const Time& like)
{
    const auto floorDiv = [](Wide a, Wide b) { return a / b - (a % b < 0 ? 1 : 0); };
    const Wide utc = floorDiv(at, kNano);
    if (utc > Wide(INT64_MAX / 2) || utc < Wide(INT64_MIN / 2)) return {};
    const std::int32_t offset = like.offset ? *like.offset : like.zone ? like.zone->offsetAtUtc(std::int64_t(utc)) : 0;
    const Wide local = utc + offset;
    const Wide day = floorDiv(local, kDay);
    const auto date = dateOf(std::int64_t(day));
    if (!date) return {};
    DateTime t{*date, like};
    t.time.second = std::int32_t(local - day * kDay);
    t.time.nano = std::int32_t(at - utc * kNano);
    return t;
}
Time timeAt(Wide at, const Time& like)
{
    const Wide whole = Wide(kDay) * kNano;
    Wide local = (at + Wide(offsetOf(like, {})) * kNano) % whole;
    if (local < 0) local += whole;
    Time t = like;
    t.second = std::int32_t(local / kNano);
    t.nano = std::int32_t(local % kNano);
    return t;
}
std::optional<DaysDuration> daysOf(Wide n)
{
    Wide s = n / kNano, f = n % kNano;
    if (f < 0) f += kNano, --s;
    if (s > INT64_MAX || s < INT64_MIN + 1) return {};
    return DaysDuration{std::int64_t(s), std::int32_t(f)};
}

} // namespace zt::feel
