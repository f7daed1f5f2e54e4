#pragma once

#include "zt/base/clock.h"
#include "zt/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

//! Working time: hours of a day, statutory holidays and working days put off to weekends (调休), declared outages. Data, no knowledge of
//! any year in the code. Times are Millis (UTC); days are counted at `offset` from UTC, which has no summer time (China: +8 h).
namespace zt::process {

//! Days since 1970-01-01 of the proleptic Gregorian calendar.
using Day = int32_t;
[[nodiscard]] Day dayOf(int year, int month, int day);
//! "2026-10-01"; nothing if that is no day.
[[nodiscard]] std::optional<Day> parseDay(std::string_view text);
[[nodiscard]] std::string dayText(Day day);

class Calendar {
public:
    using Span = std::pair<Millis, Millis>; //!< [from, to)

    //! Monday to Friday, 08:30–12:00 and 14:00–17:30, +8 h, no holidays.
    Calendar();
    //! JSON-free text, one line each: `offset +08:00`, `hours 08:30-12:00 14:00-17:30`, `week 1-5`, `holiday 2026-10-01..2026-10-07 国庆节`,
    //! `workday 2026-10-10 国庆节调休`, `outage 2026-05-01T00:00Z..2026-05-02T00:00Z`; `#` begins a comment. Err::Invalid names the line.
    static Result<Calendar> parse(std::string_view text);

    [[nodiscard]] bool isWorkday(Day day) const;
    [[nodiscard]] Day localDay(Millis t) const;
    //! Start of a local day.
    [[nodiscard]] Millis startOf(Day day) const;

    //! The instant at which `work` of working time has passed since `from`; outages do not count. Err::Invalid for negative work,
    //! Err::TooLarge when that lies more than 20 years ahead or the calendar has no working hour.
    [[nodiscard]] Result<Millis> addWork(Millis from, Millis work) const;
    //! The end of the working day that is `days` working days after the one of `from` (itself, if it is one, counts as none).
    [[nodiscard]] Result<Millis> addWorkdays(Millis from, int days) const;
    //! Working time between two instants.
    [[nodiscard]] Millis workBetween(Millis from, Millis to) const;
    //! The instant at which a clock that stands still during outages has run from `from` as long as it takes from there to `to`.
    [[nodiscard]] Millis pastOutages(Millis from, Millis to) const;

    void addHoliday(Day from, Day to);
    void addWorkday(Day day);
    void addOutage(Millis from, Millis to);
    [[nodiscard]] const std::vector<Span>& outages() const { return m_outages; }

private:
    [[nodiscard]] bool hasHours() const;
    [[nodiscard]] std::vector<Span> spansOf(Day day) const; //!< working spans without outages
    Millis m_offset = 8 * 3600'000;
    bool m_week[7] = {true, true, true, true, true, false, false}; //!< Monday first
    std::vector<std::pair<int32_t, int32_t>> m_hours;              //!< minutes of the day
    std::vector<Day> m_holidays, m_workdays;                       //!< sorted
    std::vector<Span> m_outages;                                   //!< sorted, apart
};

//! ISO 8601 durations of timers: months and years count by the calendar's date.
struct Duration {
    int32_t months = 0;
    int64_t days = 0;
    Millis time = 0;
};
[[nodiscard]] std::optional<Duration> parseDuration(std::string_view text);
//! "R3/PT1H", "R/P1D", "R2/2026-01-01T00:00:00Z/PT1H"; count kForever when none is given.
struct Cycle {
    static constexpr uint32_t kForever = 0xffffffff;
    uint32_t count = kForever;
    std::optional<Millis> start;
    Duration every;
};
[[nodiscard]] std::optional<Cycle> parseCycle(std::string_view text);
//! "2026-10-01T09:00:00+08:00"; without an offset that of `calendar`, without a time the day's start.
[[nodiscard]] std::optional<Millis> parseInstant(std::string_view text, Millis offset = 8 * 3600'000);
//! In working time (calendar given and `working`): days are working days, the rest working hours. Otherwise plain time. Outages of the calendar count in neither.
[[nodiscard]] Result<Millis> after(Millis from, const Duration& d, const Calendar* calendar, bool working);
//! "2026-10-01T01:00:00Z"
[[nodiscard]] std::string instantText(Millis t);

} // namespace zt::process
