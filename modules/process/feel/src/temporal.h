#pragma once

#include "zt/feel/value.h"

namespace zt::feel {

//! ICU's rules of one zone; the data travels with the library, so every machine with this release has the same.
class Zone {
public:
    static std::shared_ptr<const Zone> find(std::string_view id);
    const std::string& id() const { return m_id; }
    //! Seconds east of UTC at a local time (in a gap or overlap: the offset before it).
    std::int32_t offsetAtLocal(std::int64_t localSeconds) const;
    std::int32_t offsetAtUtc(std::int64_t utcSeconds) const;

    Zone();
    ~Zone();
    Zone(const Zone&) = delete;
    Zone& operator=(const Zone&) = delete;

private:
    struct Rules;
    std::string m_id;
    std::unique_ptr<Rules> m_rules;
};

using Wide = __int128;
constexpr Wide kNano = 1'000'000'000;
constexpr std::int64_t kDay = 86'400;

//! Days since 1970-01-01, proleptic Gregorian.
std::int64_t dayNumber(Date d);
//! Nothing beyond ±999,999,999 years.
std::optional<Date> dateOf(std::int64_t dayNumber);
int daysInMonth(std::int64_t year, int month);
bool valid(std::int64_t year, std::int64_t month, std::int64_t day);
int isoWeekday(Date d); //!< Monday 1 … Sunday 7
int dayOfYear(Date d);
int isoWeek(Date d);
std::optional<Date> addMonths(Date d, std::int64_t months);

std::optional<Date> parseDate(std::string_view text);
std::optional<Time> parseTime(std::string_view text);
//! Also a bare date: midnight then, if `dateAlone`.
std::optional<DateTime> parseDateTime(std::string_view text, bool dateAlone);
Value parseDuration(std::string_view text);

std::string format(Date d);
std::string format(const Time& t);
std::string format(const DateTime& t);
std::string format(DaysDuration d);
std::string format(MonthsDuration m);

bool zoned(const Time& t);
//! Offset of a zoned time: of a named zone that of the date, without one the zone's standard offset.
std::int32_t offsetOf(const Time& t, std::optional<Date> on);
//! Nanoseconds since 1970-01-01T00:00:00Z; a local time counts as UTC.
Wide instant(const DateTime& t);
//! Nanoseconds since midnight UTC; a local time counts as UTC.
Wide instant(const Time& t);
//! The instant as a time in the zone of `like`.
std::optional<DateTime> dateTimeAt(Wide instant, const Time& like);
Time timeAt(Wide instant, const Time& like);

inline Wide nanos(DaysDuration d) { return Wide(d.seconds) * kNano + d.nano; }
std::optional<DaysDuration> daysOf(Wide nanos);

} // namespace zt::feel
