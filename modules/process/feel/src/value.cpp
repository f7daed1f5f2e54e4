#include "zt/feel/value.h"

#include "zt/base/result.h"
#include "objects.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <numeric>

namespace zt::feel {

struct Value::Object {
    std::uint32_t refs = 1;
    std::uint32_t depth = 0;
    std::uint32_t weight = 1;
};

namespace {

struct StringObject : Value::Object {
    std::size_t size = 0;
    const char* data() const { return reinterpret_cast<const char*>(this + 1); }
    char* data() { return reinterpret_cast<char*>(this + 1); }
};
struct TimeObject : Value::Object { Time v; };
struct DateTimeObject : Value::Object { DateTime v; };
struct ListObject : Value::Object { std::vector<Value> v; };
struct ContextObject : Value::Object {
    std::vector<Entry> v;
    std::vector<std::uint32_t> sorted; // by name, once there are many
};
struct RangeObject : Value::Object { RangeParts v; };
struct FunctionObject : Value::Object { FunctionParts v; };

constexpr std::size_t kManyEntries = 12;

// Plain integers with the compiler's atomics: objects travel between threads, but this module starts none.
void keep(Value::Object* o) { __atomic_fetch_add(&o->refs, 1, __ATOMIC_RELAXED); }
bool drop(Value::Object* o) { return __atomic_sub_fetch(&o->refs, 1, __ATOMIC_ACQ_REL) == 0; }

} // namespace

struct ValueAccess {
    static Value make(Kind k, std::uint64_t a = 0, std::uint64_t b = 0)
    {
        Value v;
        v.m_kind = k;
        v.m_a = a;
        v.m_b = b;
        return v;
    }
    static Value wrap(Kind k, Value::Object* o) { return make(k, reinterpret_cast<std::uintptr_t>(o)); }
    template <class T>
    static T* object(const Value& v) { return static_cast<T*>(reinterpret_cast<Value::Object*>(v.m_a)); }
    static std::uint64_t a(const Value& v) { return v.m_a; }
    static std::uint64_t b(const Value& v) { return v.m_b; }
};
using A = ValueAccess;

std::string_view name(Kind kind)
{
    switch (kind) {
    case Kind::Null: return "null";
    case Kind::Boolean: return "boolean";
    case Kind::Number: return "number";
    case Kind::Date: return "date";
    case Kind::DaysDuration: return "days and time duration";
    case Kind::MonthsDuration: return "years and months duration";
    case Kind::String: return "string";
    case Kind::Time: return "time";
    case Kind::DateTime: return "date and time";
    case Kind::List: return "list";
    case Kind::Context: return "context";
    case Kind::Range: return "range";
    case Kind::Function: return "function";
    }
    return "?";
}

Value::Value(const Value& o) noexcept : m_kind(o.m_kind), m_a(o.m_a), m_b(o.m_b)
{
    if (m_kind >= Kind::String) keep(A::object<Object>(*this));
}
Value& Value::operator=(const Value& o) noexcept
{
    if (this != &o) *this = Value(o);
    return *this;
}
Value& Value::operator=(Value&& o) noexcept
{
    std::swap(m_kind, o.m_kind);
    std::swap(m_a, o.m_a);
    std::swap(m_b, o.m_b);
    return *this;
}

void Value::release() noexcept
{
    Object* o = A::object<Object>(*this);
    if (!drop(o)) return;
    switch (m_kind) {
    case Kind::String: ::operator delete(o); break;
    case Kind::Time: delete static_cast<TimeObject*>(o); break;
    case Kind::DateTime: delete static_cast<DateTimeObject*>(o); break;
    case Kind::List: delete static_cast<ListObject*>(o); break;
    case Kind::Context: delete static_cast<ContextObject*>(o); break;
    case Kind::Range: delete static_cast<RangeObject*>(o); break;
    case Kind::Function: delete static_cast<FunctionObject*>(o); break;
    default: break;
    }
}

Value Value::boolean(bool b) { return A::make(Kind::Boolean, b); }
Value Value::number(Decimal n)
{
    static_assert(sizeof(Decimal) == 16);
    std::uint64_t w[2];
    std::memcpy(w, &n, sizeof w);
    return A::make(Kind::Number, w[0], w[1]);
}
Value Value::string(std::string_view utf8)
{
    auto* o = new (::operator new(sizeof(StringObject) + utf8.size())) StringObject;
    o->size = utf8.size();
    o->weight = std::uint32_t(std::min<std::size_t>(1 + utf8.size() / 64, kMaxWeight));
    if (!utf8.empty()) std::memcpy(o->data(), utf8.data(), utf8.size());
    return A::wrap(Kind::String, o);
}
Value Value::date(Date d) { return A::make(Kind::Date, std::uint64_t(std::int64_t(d.year)), std::uint64_t(d.month) << 8 | d.day); }
Value Value::days(DaysDuration d) { return A::make(Kind::DaysDuration, std::uint64_t(d.seconds), std::uint64_t(d.nano)); }
Value Value::months(MonthsDuration m) { return A::make(Kind::MonthsDuration, std::uint64_t(m.months)); }
Value Value::time(Time t)
{
    auto* o = new TimeObject;
    o->v = std::move(t);
    return A::wrap(Kind::Time, o);
}
Value Value::dateTime(DateTime t)
{
    auto* o = new DateTimeObject;
    o->v = std::move(t);
    return A::wrap(Kind::DateTime, o);
}
Value Value::list(std::vector<Value> items)
{
    std::uint32_t depth = 0;
    std::uint64_t weight = 1;
    for (const Value& v : items) depth = std::max(depth, v.depth()), weight += v.weight();
    if (depth >= kMaxDepth || weight > kMaxWeight) return {};
    auto* o = new ListObject;
    o->depth = depth + 1;
    o->weight = std::uint32_t(weight);
    o->v = std::move(items);
    return A::wrap(Kind::List, o);
}
Value Value::context(std::vector<Entry> entries)
{
    std::uint32_t depth = 0;
    std::uint64_t weight = 1;
    for (const Entry& e : entries) depth = std::max(depth, e.second.depth()), weight += e.second.weight() + e.first.size() / 64;
    if (depth >= kMaxDepth || weight > kMaxWeight) return {};
    auto* o = new ContextObject;
    o->depth = depth + 1;
    o->weight = std::uint32_t(weight);
    o->v = std::move(entries);
    if (o->v.size() <= kManyEntries) {
        for (std::size_t i = 0; i < o->v.size(); ++i)
            for (std::size_t k = i + 1; k < o->v.size();) {
                if (o->v[k].first != o->v[i].first) { ++k; continue; }
                o->v[i].second = std::move(o->v[k].second);
                o->v.erase(o->v.begin() + std::ptrdiff_t(k));
            }
    } else {
        std::vector<std::uint32_t> order(o->v.size());
        std::iota(order.begin(), order.end(), 0u);
        std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return o->v[a].first < o->v[b].first; });
        std::vector<bool> gone(order.size());
        bool twice = false;
        for (std::size_t i = order.size(); i-- > 1;) {
            if (o->v[order[i - 1]].first != o->v[order[i]].first) continue;
            o->v[order[i - 1]].second = std::move(o->v[order[i]].second);
            gone[order[i]] = twice = true;
        }
        if (twice) {
            std::vector<Entry> left;
            for (std::size_t i = 0; i < o->v.size(); ++i)
                if (!gone[i]) left.push_back(std::move(o->v[i]));
            delete o;
            return context(std::move(left));
        }
        o->sorted = std::move(order);
    }
    return A::wrap(Kind::Context, o);
}
Value Value::range(Value low, bool lowClosed, Value high, bool highClosed)
{
    return range(RangeParts{std::move(low), std::move(high), lowClosed, highClosed});
}
Value Value::range(RangeParts parts)
{
    auto* o = new RangeObject;
    o->depth = std::max(parts.low.depth(), parts.high.depth());
    o->v = std::move(parts);
    return A::wrap(Kind::Range, o);
}
Value makeFunction(FunctionParts parts, std::uint32_t depth)
{
    if (depth >= Value::kMaxDepth) return {};
    auto* o = new FunctionObject;
    o->depth = depth + 1;
    o->v = std::move(parts);
    return A::wrap(Kind::Function, o);
}
Value Value::function(std::vector<Param> params, Native body, TypeRef result, std::string name)
{
    return makeFunction({std::move(name), std::move(params), std::move(result), std::move(body), false}, 0);
}

bool Value::asBoolean() const
{
    ZT_CHECK(m_kind == Kind::Boolean);
    return m_a;
}
Decimal Value::asNumber() const
{
    ZT_CHECK(m_kind == Kind::Number);
    Decimal d;
    const std::uint64_t w[2] = {m_a, m_b};
    std::memcpy(static_cast<void*>(&d), w, sizeof w);
    return d;
}
std::string_view Value::asString() const
{
    ZT_CHECK(m_kind == Kind::String);
    const auto* o = A::object<StringObject>(*this);
    return {o->data(), o->size};
}
Date Value::asDate() const
{
    ZT_CHECK(m_kind == Kind::Date);
    return {std::int32_t(m_a), std::uint8_t(m_b >> 8), std::uint8_t(m_b)};
}
const Time& Value::asTime() const
{
    ZT_CHECK(m_kind == Kind::Time);
    return A::object<TimeObject>(*this)->v;
}
const DateTime& Value::asDateTime() const
{
    ZT_CHECK(m_kind == Kind::DateTime);
    return A::object<DateTimeObject>(*this)->v;
}
DaysDuration Value::asDays() const
{
    ZT_CHECK(m_kind == Kind::DaysDuration);
    return {std::int64_t(m_a), std::int32_t(m_b)};
}
MonthsDuration Value::asMonths() const
{
    ZT_CHECK(m_kind == Kind::MonthsDuration);
    return {std::int64_t(m_a)};
}
const std::vector<Value>& Value::asList() const
{
    ZT_CHECK(m_kind == Kind::List);
    return A::object<ListObject>(*this)->v;
}
const std::vector<Entry>& Value::asContext() const
{
    ZT_CHECK(m_kind == Kind::Context);
    return A::object<ContextObject>(*this)->v;
}
const RangeParts& Value::asRange() const
{
    ZT_CHECK(m_kind == Kind::Range);
    return A::object<RangeObject>(*this)->v;
}
const FunctionParts& Value::asFunction() const
{
    ZT_CHECK(m_kind == Kind::Function);
    return A::object<FunctionObject>(*this)->v;
}

const Value* Value::entry(std::string_view name) const
{
    if (m_kind != Kind::Context) return nullptr;
    const auto* o = A::object<ContextObject>(*this);
    if (o->sorted.empty()) {
        for (const Entry& e : o->v)
            if (e.first == name) return &e.second;
        return nullptr;
    }
    const auto at = std::lower_bound(o->sorted.begin(), o->sorted.end(), name, [&](auto i, std::string_view n) { return o->v[i].first < n; });
    return at != o->sorted.end() && o->v[*at].first == name ? &o->v[*at].second : nullptr;
}

std::uint32_t Value::depth() const { return m_kind >= Kind::String ? A::object<Object>(*this)->depth : 0; }
std::uint32_t Value::weight() const { return m_kind >= Kind::String ? A::object<Object>(*this)->weight : 1; }
bool identical(const Value& a, const Value& b) { return a.kind() == b.kind() && A::a(a) == A::a(b) && A::b(a) == A::b(b); }

} // namespace zt::feel
