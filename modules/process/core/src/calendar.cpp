#include "zt/process/calendar.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace zt::process {

namespace {

constexpr Millis kDay = 86'400'000, kHour = 3'600'000, kMinute = 60'000;
constexpr int kHorizon = 20 * 366; // days looked ahead

// Howard Hinnant's civil-calendar arithmetic (public domain formulae).
void civil(Day z, int& y, int& m, int& d)
{
    z += 719468;
    const int era = (z >= 0 ? z : z - 146096) / 146097;
    const unsigned doe = unsigned(z - era * 146097);
    const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const unsigned mp = (5 * doy + 2) / 153;
    d = int(doy - (153 * mp + 2) / 5 + 1);
    m = int(mp < 10 ? mp + 3 : mp - 9);
    y = int(yoe) + era * 400 + (m <= 2);
}

int monthDays(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 29 : days[m - 1];
}

//! Reads digits and separators from a text; every step may fail and then everything after it does.
struct Scanner {
    std::string_view s;
    bool ok = true;
    char peek() const { return s.empty() ? '\0' : s.front(); }
    bool eat(char c)
    {
        if (peek() != c) return false;
        s.remove_prefix(1);
        return true;
    }
    void want(char c) { ok = ok && eat(c); }
    int64_t number(size_t digits = 0)
    {
        int64_t v = 0;
        size_t n = 0;
        while (n < s.size() && s[n] >= '0' && s[n] <= '9' && (!digits || n < digits) && n < 12) v = v * 10 + (s[n++] - '0');
        ok = ok && n > 0 && (!digits || n == digits);
        s.remove_prefix(n);
        return v;
    }
};

std::optional<Day> readDay(Scanner& r)
{
    const auto y = int(r.number(4));
    r.want('-');
    const auto m = int(r.number(2));
    r.want('-');
    const auto d = int(r.number(2));
    if (!r.ok || m < 1 || m > 12 || d < 1 || d > monthDays(y, m)) return {};
    return dayOf(y, m, d);
}

std::optional<Millis> readOffset(Scanner& r)
{
    if (r.eat('Z')) return 0;
    const int sign = r.peek() == '-' ? -1 : 1;
    if (!r.eat('-') && !r.eat('+')) return {};
    const auto h = r.number(2);
    r.eat(':');
    const auto m = r.number(2);
    if (!r.ok || h > 14 || m > 59) return {};
    return sign * (h * kHour + m * kMinute);
}

//! hh:mm as minutes; 24:00 is the day's end.
std::optional<int32_t> readClock(Scanner& r)
{
    const auto h = r.number(2);
    r.want(':');
    const auto m = r.number(2);
    if (!r.ok || m > 59 || h * 60 + m > 1440) return {};
    return int32_t(h * 60 + m);
}

std::string_view trim(std::string_view s)
{
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t' || s.front() == '\r' || s.front() == '\n')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r' || s.back() == '\n')) s.remove_suffix(1);
    return s;
}

std::string_view word(std::string_view& s)
{
    s = trim(s);
    const size_t n = std::min(s.find_first_of(" \t"), s.size());
    const auto w = s.substr(0, n);
    s.remove_prefix(n);
    return w;
}

Millis floorDiv(Millis a, Millis b) { return a / b - (a % b < 0); }

} // namespace

Day dayOf(int y, int m, int d)
{
    y -= m <= 2;
    const int era = (y >= 0 ? y : y - 399) / 400;
    const unsigned yoe = unsigned(y - era * 400);
    const unsigned doy = unsigned((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1);
    const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + int(doe) - 719468;
}

std::optional<Day> parseDay(std::string_view text)
{
    Scanner r{text};
    const auto day = readDay(r);
    return r.s.empty() ? day : std::nullopt;
}

std::string dayText(Day day)
{
    int y = 0, m = 0, d = 0;
    civil(day, y, m, d);
    char out[24];
    std::snprintf(out, sizeof out, "%04d-%02d-%02d", y, m, d);
    return out;
}

std::string instantText(Millis t)
{
    const Millis day = floorDiv(t, kDay), rest = t - day * kDay;
    char out[24];
    std::snprintf(out, sizeof out, "T%02d:%02d:%02dZ", int(rest / kHour), int(rest / kMinute % 60), int(rest / 1000 % 60));
    return dayText(Day(day)) + out;
}

Calendar::Calendar() : m_hours{{510, 720}, {840, 1050}} {}

void Calendar::addHoliday(Day from, Day to)
{
    for (Day d = from; d <= to; ++d)
        if (auto at = std::lower_bound(m_holidays.begin(), m_holidays.end(), d); at == m_holidays.end() || *at != d) m_holidays.insert(at, d);
}

void Calendar::addWorkday(Day d)
{
    if (auto at = std::lower_bound(m_workdays.begin(), m_workdays.end(), d); at == m_workdays.end() || *at != d) m_workdays.insert(at, d);
}

void Calendar::addOutage(Millis from, Millis to)
{
    if (from >= to) return;
    m_outages.emplace_back(from, to);
    std::sort(m_outages.begin(), m_outages.end());
    std::vector<Span> merged;
    for (const Span& o : m_outages) {
        if (!merged.empty() && o.first <= merged.back().second) merged.back().second = std::max(merged.back().second, o.second);
        else merged.push_back(o);
    }
    m_outages = std::move(merged);
}

namespace {

//! "A..B" with both ends read by `read`, or "A" alone.
template <class Read>
auto readSpan(std::string_view text, Read read) -> std::optional<std::pair<typename decltype(read(text))::value_type, typename decltype(read(text))::value_type>>
{
    const size_t dots = text.find("..");
    const auto a = read(text.substr(0, dots));
    const auto b = dots == std::string_view::npos ? a : read(text.substr(dots + 2));
    if (!a || !b || *b < *a) return {};
    return std::pair(*a, *b);
}

} // namespace

Result<Calendar> Calendar::parse(std::string_view text)
{
    Calendar c;
    size_t line = 0;
    while (!text.empty()) {
        ++line;
        const size_t end = std::min(text.find('\n'), text.size());
        std::string_view s = trim(text.substr(0, std::min(end, text.substr(0, end).find('#'))));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (s.empty()) continue;
        const auto kind = word(s);
        const auto bad = [&](const char* what) { return fail(Err::Invalid, "line " + std::to_string(line) + ": " + what); };
        if (kind == "offset") {
            Scanner r{word(s)};
            const auto o = readOffset(r);
            if (!o) return bad("an offset looks like +08:00");
            c.m_offset = *o;
        } else if (kind == "hours") {
            c.m_hours.clear();
            while (!trim(s).empty()) {
                Scanner r{word(s)};
                const auto a = readClock(r);
                r.want('-');
                const auto b = readClock(r);
                if (!r.ok || !a || !b || *b <= *a || (!c.m_hours.empty() && *a < c.m_hours.back().second)) return bad("hours look like 08:30-12:00 14:00-17:30, in order");
                c.m_hours.emplace_back(*a, *b);
            }
        } else if (kind == "week") {
            Scanner r{word(s)};
            const auto a = r.number(1);
            r.want('-');
            const auto b = r.number(1);
            if (!r.ok || a < 1 || b > 7 || b < a) return bad("a week looks like 1-5, Monday is 1");
            for (int i = 1; i <= 7; ++i) c.m_week[i - 1] = i >= a && i <= b;
        } else if (kind == "holiday" || kind == "workday") {
            const auto span = readSpan(word(s), parseDay);
            if (!span || span->second - span->first > 366) return bad("days look like 2026-10-01 or 2026-10-01..2026-10-07");
            if (kind == "holiday") c.addHoliday(span->first, span->second);
            else for (Day d = span->first; d <= span->second; ++d) c.addWorkday(d);
        } else if (kind == "outage") {
            const auto span = readSpan(word(s), [&](std::string_view t) { return parseInstant(t, c.m_offset); });
            if (!span) return bad("an outage looks like 2026-05-01T00:00Z..2026-05-02T00:00Z");
            c.addOutage(span->first, span->second);
        } else {
            return bad("the line begins with none of offset, hours, week, holiday, workday, outage");
        }
    }
    return c;
}

Day Calendar::localDay(Millis t) const { return Day(floorDiv(t + m_offset, kDay)); }
Millis Calendar::startOf(Day day) const { return Millis(day) * kDay - m_offset; }

bool Calendar::isWorkday(Day day) const
{
    if (std::binary_search(m_workdays.begin(), m_workdays.end(), day)) return true;
    if (std::binary_search(m_holidays.begin(), m_holidays.end(), day)) return false;
    return m_week[((day % 7) + 7 + 3) % 7]; // day 0 was a Thursday
}

bool Calendar::hasHours() const
{
    return !m_hours.empty() && (!m_workdays.empty() || std::any_of(std::begin(m_week), std::end(m_week), [](bool b) { return b; }));
}

std::vector<Calendar::Span> Calendar::spansOf(Day day) const
{
    std::vector<Span> out;
    if (!isWorkday(day)) return out;
    const Millis start = startOf(day);
    for (const auto& [a, b] : m_hours) out.emplace_back(start + a * kMinute, start + b * kMinute);
    return out;
}

namespace {

//! `span` without the outages.
void cut(const std::vector<Calendar::Span>& outages, Calendar::Span span, std::vector<Calendar::Span>& out)
{
    for (const auto& o : outages) {
        if (o.second <= span.first) continue;
        if (o.first >= span.second) break;
        if (o.first > span.first) out.emplace_back(span.first, o.first);
        span.first = std::max(span.first, o.second);
    }
    if (span.first < span.second) out.push_back(span);
}

} // namespace

Result<Millis> Calendar::addWork(Millis from, Millis work) const
{
    if (work < 0) return Result<Millis>(Err::Invalid, "negative working time");
    if (!hasHours()) return Result<Millis>(Err::TooLarge, "the calendar has no working hours");
    if (work == 0) return from;
    const Day first = localDay(from);
    for (Day day = first; day < first + kHorizon; ++day) {
        std::vector<Span> net;
        for (const Span& s : spansOf(day)) cut(m_outages, s, net);
        for (const Span& s : net) {
            const Millis begin = std::max(from, s.first);
            if (begin >= s.second) continue;
            if (work <= s.second - begin) return begin + work;
            work -= s.second - begin;
        }
    }
    return Result<Millis>(Err::TooLarge, "more than 20 years ahead");
}

Result<Millis> Calendar::addWorkdays(Millis from, int days) const
{
    if (days < 0) return Result<Millis>(Err::Invalid, "negative working days");
    if (!hasHours()) return Result<Millis>(Err::TooLarge, "the calendar has no working hours");
    const Day first = localDay(from);
    for (Day day = first; day < first + kHorizon; ++day) {
        if (!isWorkday(day)) continue;
        std::vector<Span> net;
        for (const Span& s : spansOf(day)) cut(m_outages, s, net);
        if (net.empty()) continue; // a day lost to an outage does not count
        if (day > first && days > 0) --days;
        if (days == 0 && net.back().second > from) return net.back().second;
    }
    return Result<Millis>(Err::TooLarge, "more than 20 years ahead");
}

Millis Calendar::workBetween(Millis from, Millis to) const
{
    Millis sum = 0;
    const Day last = std::min(localDay(to), localDay(from) + kHorizon);
    for (Day day = localDay(from); day <= last; ++day) {
        std::vector<Span> net;
        for (const Span& s : spansOf(day)) cut(m_outages, s, net);
        for (const Span& s : net) sum += std::max<Millis>(0, std::min(to, s.second) - std::max(from, s.first));
    }
    return sum;
}

Millis Calendar::pastOutages(Millis from, Millis to) const
{
    for (const auto& [begin, end] : m_outages) {
        if (end <= from) continue;
        if (begin >= to) break;
        to += end - std::max(begin, from);
    }
    return to;
}

std::optional<Duration> parseDuration(std::string_view text)
{
    Scanner r{trim(text)};
    Duration d;
    r.want('P');
    bool time = false, any = false;
    const char* order = "YMWD";
    while (r.ok && !r.s.empty()) {
        if (!time && r.eat('T')) {
            time = true;
            order = "HMS";
            continue;
        }
        const auto n = r.number();
        Millis fraction = 0;
        if (time && r.eat('.')) {
            for (Millis unit = 100; r.peek() >= '0' && r.peek() <= '9'; unit /= 10) {
                fraction += (r.peek() - '0') * unit;
                r.s.remove_prefix(1);
            }
            if (r.peek() != 'S') return {};
        }
        if (!r.ok || n > 1'000'000'000 || r.s.empty()) return {};
        const char unit = r.peek();
        // Units come once and in order.
        while (*order && *order != unit) ++order;
        if (!*order) return {};
        ++order;
        r.s.remove_prefix(1);
        any = true;
        if (unit == 'Y' || (!time && unit == 'M')) {
            if (n > 100'000) return {};
            d.months += int32_t(unit == 'Y' ? n * 12 : n);
        } else if (unit == 'W' || unit == 'D') d.days += unit == 'W' ? n * 7 : n;
        else d.time += n * (unit == 'H' ? kHour : unit == 'M' ? kMinute : 1000) + fraction;
    }
    if (!r.ok || !any || (time && d.time == 0 && text.back() == 'T')) return {};
    if (d.days > 40'000'000) return {};
    return d;
}

std::optional<Millis> parseInstant(std::string_view text, Millis offset)
{
    Scanner r{trim(text)};
    const auto day = readDay(r);
    if (!day) return {};
    Millis t = Millis(*day) * kDay;
    if (r.eat('T')) {
        const auto clock = readClock(r);
        if (!clock) return {};
        t += *clock * kMinute;
        if (r.eat(':')) {
            const auto s = r.number(2);
            if (!r.ok || s > 59) return {};
            t += s * 1000;
            if (r.eat('.'))
                for (Millis unit = 100; r.peek() >= '0' && r.peek() <= '9'; unit /= 10) {
                    t += (r.peek() - '0') * unit;
                    r.s.remove_prefix(1);
                }
        }
    }
    if (r.s.empty()) return t - offset;
    const auto o = readOffset(r);
    if (!o || !r.s.empty()) return {};
    return t - *o;
}

std::optional<Cycle> parseCycle(std::string_view text)
{
    Scanner r{trim(text)};
    Cycle c;
    r.want('R');
    if (r.peek() >= '0' && r.peek() <= '9') c.count = uint32_t(std::min<int64_t>(r.number(), 1'000'000));
    r.want('/');
    if (!r.ok) return {};
    if (const size_t slash = r.s.find('/'); slash != std::string_view::npos) {
        c.start = parseInstant(r.s.substr(0, slash));
        if (!c.start) return {};
        r.s.remove_prefix(slash + 1);
    }
    const auto d = parseDuration(r.s);
    if (!d || (d->months == 0 && d->days == 0 && d->time == 0)) return {};
    c.every = *d;
    return c;
}

Result<Millis> after(Millis from, const Duration& d, const Calendar* calendar, bool working)
{
    Millis t = from;
    if (d.months) {
        const Millis offset = calendar ? calendar->startOf(0) : -8 * kHour; // start of local day 0
        const Millis local = t - offset;
        const Day day = Day(floorDiv(local, kDay));
        int y = 0, m = 0, dd = 0;
        civil(day, y, m, dd);
        const int64_t months = int64_t(y) * 12 + m - 1 + d.months;
        if (months / 12 > 9999) return Result<Millis>(Err::TooLarge, "a duration beyond the year 9999");
        y = int(months / 12);
        m = int(months % 12) + 1;
        t += Millis(dayOf(y, m, std::min(dd, monthDays(y, m))) - day) * kDay;
    }
    if (calendar && working) {
        if (d.days) {
            auto r = calendar->addWorkdays(t, int(d.days));
            if (!r || d.time == 0) return r;
            t = *r;
        }
        return calendar->addWork(t, d.time);
    }
    t += d.days * kDay + d.time;
    return calendar ? calendar->pastOutages(from, t) : t;
}

} // namespace zt::process
