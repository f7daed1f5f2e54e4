#pragma once

#include "zt/feel/decimal.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zt::feel {

class Value;
class Run;
struct Type;
using TypeRef = std::shared_ptr<const Type>;

//! The kinds from String on live on the heap, shared.
enum class Kind : std::uint8_t {
    Null, Boolean, Number, Date, DaysDuration, MonthsDuration, String, Time, DateTime, List, Context, Range, Function
};
//! As the standard writes it: "date and time", "days and time duration" ...
std::string_view name(Kind kind);

struct Date {
    std::int32_t year = 1970; //!< -999,999,999 … 999,999,999
    std::uint8_t month = 1, day = 1;
    friend bool operator==(const Date&, const Date&) = default;
};
class Zone; //!< a named zone of the IANA data (ICU's copy)
struct Time {
    std::int32_t second = 0; //!< of the day
    std::int32_t nano = 0;
    std::optional<std::int32_t> offset; //!< seconds east of UTC, when written so
    std::shared_ptr<const Zone> zone;   //!< when written as @Area/City; then offset is empty
};
struct DateTime {
    Date date;
    Time time;
};
struct DaysDuration {
    std::int64_t seconds = 0; //!< floored
    std::int32_t nano = 0;    //!< 0 … 999,999,999
    friend bool operator==(const DaysDuration&, const DaysDuration&) = default;
};
struct MonthsDuration {
    std::int64_t months = 0;
    friend bool operator==(const MonthsDuration&, const MonthsDuration&) = default;
};
struct RangeParts; // low, high, whether closed
using Entry = std::pair<std::string, Value>;

struct Param {
    std::string name;
    TypeRef type; //!< may be empty: anything
};
//! Code behind a function value. `args` has one value per parameter, already coerced; a variadic body gets them all.
using Native = std::function<Value(std::span<const Value> args, Run& run)>;

//! A FEEL value: immutable, cheap to copy, shared between threads freely. Default: null.
//! Lists and contexts nest at most kMaxDepth deep and weigh at most kMaxWeight; making one beyond gives null, so that walking
//! through any value is bounded.
class Value {
public:
    static constexpr std::uint32_t kMaxDepth = 400, kMaxWeight = 2'000'000;

    Value() = default;
    Value(const Value& o) noexcept;
    Value(Value&& o) noexcept : m_kind(o.m_kind), m_a(o.m_a), m_b(o.m_b) { o.m_kind = Kind::Null; }
    Value& operator=(const Value& o) noexcept;
    Value& operator=(Value&& o) noexcept;
    ~Value() { if (m_kind >= Kind::String) release(); }

    static Value boolean(bool b);
    static Value number(Decimal n);
    static Value number(std::int64_t n) { return number(Decimal::of(n)); }
    static Value string(std::string_view utf8);
    static Value date(Date d);
    static Value time(Time t);
    static Value dateTime(DateTime t);
    static Value days(DaysDuration d);
    static Value months(MonthsDuration m);
    static Value list(std::vector<Value> items);
    //! Entries keep their order; of two with one name the later wins.
    static Value context(std::vector<Entry> entries);
    //! An endpoint may be null: the range has no bound there.
    static Value range(Value low, bool lowClosed, Value high, bool highClosed);
    static Value range(RangeParts parts);
    static Value function(std::vector<Param> params, Native body, TypeRef result = {}, std::string name = {});

    Kind kind() const { return m_kind; }
    bool isNull() const { return m_kind == Kind::Null; }
    bool isTrue() const { return m_kind == Kind::Boolean && m_a; }
    bool isFalse() const { return m_kind == Kind::Boolean && !m_a; }
    bool is(Kind k) const { return m_kind == k; }

    // Each is to be called for a value of that kind only (checked).
    bool asBoolean() const;
    Decimal asNumber() const;
    std::string_view asString() const;
    Date asDate() const;
    const Time& asTime() const;
    const DateTime& asDateTime() const;
    DaysDuration asDays() const;
    MonthsDuration asMonths() const;
    const std::vector<Value>& asList() const;
    const std::vector<Entry>& asContext() const;
    const RangeParts& asRange() const;
    const struct FunctionParts& asFunction() const;

    //! Entry of a context; nullptr when this is none or has no such entry. Lives as long as a copy of this value.
    const Value* entry(std::string_view name) const;
    //! How deep lists, contexts and closures nest.
    std::uint32_t depth() const;
    //! How much there is to walk through, shared parts counted each time they are met.
    std::uint32_t weight() const;

    struct Object;

private:
    friend struct ValueAccess;
    void release() noexcept;
    Kind m_kind = Kind::Null;
    std::uint64_t m_a = 0, m_b = 0;
};

struct RangeParts {
    //! How it was written: `[a..b]`, or `(<a)`, `(=a)` ...; ranges of different forms are not equal.
    enum class Form : std::uint8_t { Interval, Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual };
    Value low, high;
    bool lowClosed = false, highClosed = false;
    Form form = Form::Interval;
};
struct FunctionParts {
    std::string name; //!< built-ins only
    std::vector<Param> params;
    TypeRef result;
    Native body;
    bool variadic = false;
};

//! FEEL's `=` where both kinds are comparable; nothing where the standard says null (1 = "a").
std::optional<bool> equal(const Value& a, const Value& b);
//! Same kind and same content, deep; null is null, functions by identity. What tests and indexes need.
bool same(const Value& a, const Value& b);
//! -1, 0, 1; nothing where the kinds have no order.
std::optional<int> compare(const Value& a, const Value& b);
//! A FEEL literal that parses back to a `same` value (functions: a description). Deterministic, no locale.
std::string toString(const Value& v);
//! What FEEL's string() gives: as toString, but text, dates, times and durations stand bare.
std::string toText(const Value& v);

//! A FEEL type: of `instance of`, parameters and DMN item definitions.
struct Type {
    enum class Of : std::uint8_t { Any, Null, Kind, List, Context, Range, Function };
    Of of = Of::Any;
    Kind kind = Kind::Null;                              //!< Of::Kind
    TypeRef element;                                     //!< List, Range
    std::vector<std::pair<std::string, TypeRef>> fields; //!< Context
    std::vector<TypeRef> params;                         //!< Function
    TypeRef result;                                      //!< Function
    std::string name;                                    //!< for messages
    //! An item definition's allowed values; empty: all.
    std::function<bool(const Value&)> allowed;
};
//! The type a built-in name stands for ("number", "date and time", "Any" …); empty for others.
TypeRef typeOf(std::string_view name);
//! What `instance of` asks; allowed values do not count there. Null is an instance of Null only, but may stand inside any value.
bool conforms(const Value& v, const Type& type);
//! The value as the type wants it (singleton list ↔ element, date → date and time); null where it does not fit or is not allowed.
Value coerce(const Value& v, const Type& type);

} // namespace zt::feel
