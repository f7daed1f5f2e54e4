#include "builtins.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace zt::feel {

namespace {

using List = std::vector<Value>;

// sum([1, 2]) and sum(1, 2) are the same.
Args spread(Args a) { return a.size() == 1 && a[0].is(Kind::List) ? Args(a[0].asList()) : a; }

bool allNumbers(Args a)
{
    return std::all_of(a.begin(), a.end(), [](const Value& v) { return v.is(Kind::Number); });
}
Value wrap(const Decimal::Maybe& n, const CallAt& at) { return n ? Value::number(*n) : at.null("the result is no number"); }

Value count(const CallAt&, Args a) { return Value::number(std::int64_t(a[0].asList().size())); }

Value extreme(const CallAt& at, Args args, int sign)
{
    const Args a = spread(args);
    if (a.empty()) return at.null("the list is empty");
    const Value* best = &a[0];
    for (const Value& v : a) {
        const auto c = compare(v, *best);
        if (!c) return at.null("the list's items have no order");
        if (*c * sign > 0) best = &v;
    }
    return *best;
}
Value minimum(const CallAt& at, Args a) { return extreme(at, a, -1); }
Value maximum(const CallAt& at, Args a) { return extreme(at, a, 1); }

Decimal::Maybe total(Args a)
{
    Decimal::Maybe s = Decimal::of(0);
    for (const Value& v : a) {
        s = Decimal::add(*s, v.asNumber());
        if (!s) break;
    }
    return s;
}
Value sum(const CallAt& at, Args args)
{
    const Args a = spread(args);
    if (a.empty()) return at.null("the list is empty");
    // Durations add up as well.
    if (!allNumbers(a)) {
        Value s = a[0];
        if (!s.is(Kind::DaysDuration) && !s.is(Kind::MonthsDuration)) return at.null("sum: not all are numbers");
        for (std::size_t i = 1; i < a.size() && !s.isNull(); ++i) s = a[i].kind() == s.kind() ? arithmetic('+', s, a[i], at) : Value();
        return s.isNull() ? at.null("sum: not all are numbers") : s;
    }
    return wrap(total(a), at);
}
Decimal::Maybe average(Args a)
{
    const auto s = total(a);
    return s ? Decimal::div(*s, Decimal::of(std::int64_t(a.size()))) : s;
}
Value mean(const CallAt& at, Args args)
{
    const Args a = spread(args);
    if (a.empty() || !allNumbers(a)) return at.null("mean: not all are numbers, or there are none");
    return wrap(average(a), at);
}
Value product(const CallAt& at, Args args)
{
    const Args a = spread(args);
    if (a.empty() || !allNumbers(a)) return at.null("product: not all are numbers, or there are none");
    Decimal::Maybe p = Decimal::of(1);
    for (const Value& v : a)
        if (p) p = Decimal::mul(*p, v.asNumber());
    return wrap(p, at);
}
std::vector<Decimal> sorted(Args a)
{
    std::vector<Decimal> n;
    for (const Value& v : a) n.push_back(v.asNumber());
    std::stable_sort(n.begin(), n.end());
    return n;
}
Value median(const CallAt& at, Args args)
{
    const Args a = spread(args);
    if (a.empty() || !allNumbers(a)) return at.null("median: not all are numbers, or there are none");
    const auto n = sorted(a);
    const std::size_t half = n.size() / 2;
    if (n.size() % 2) return Value::number(n[half]);
    const auto s = Decimal::add(n[half - 1], n[half]);
    return wrap(s ? Decimal::div(*s, Decimal::of(2)) : s, at);
}
Value deviation(const CallAt& at, Args args)
{
    const Args a = spread(args);
    if (a.size() < 2 || !allNumbers(a)) return at.null("stddev: not all are numbers, or fewer than two");
    const auto m = average(a);
    Decimal::Maybe s = m ? Decimal::Maybe(Decimal::of(0)) : std::nullopt;
    for (const Value& v : a) {
        if (!s) break;
        const auto d = Decimal::sub(v.asNumber(), *m);
        const auto q = d ? Decimal::mul(*d, *d) : d;
        s = q ? Decimal::add(*s, *q) : q;
    }
    if (s) s = Decimal::div(*s, Decimal::of(std::int64_t(a.size()) - 1));
    return wrap(s ? Decimal::sqrt(*s) : s, at);
}
Value mode(const CallAt& at, Args args)
{
    const Args a = spread(args);
    if (!allNumbers(a)) return at.null("mode: not all are numbers");
    const auto n = sorted(a);
    List out;
    std::size_t best = 0;
    for (std::size_t i = 0; i < n.size();) {
        std::size_t k = i;
        while (k < n.size() && n[k] == n[i]) ++k;
        if (k - i > best) out.clear(), best = k - i;
        if (k - i == best) out.push_back(Value::number(n[i]));
        i = k;
    }
    return items(std::move(out), at);
}

// Three-valued: what decides wins, then null, also for what is not boolean.
Value quantified(const CallAt& at, Args args, bool decides)
{
    const Args a = spread(args);
    bool unknown = false;
    for (const Value& v : a) {
        if (v.is(Kind::Boolean) && v.isTrue() == decides) return v;
        unknown = unknown || !v.is(Kind::Boolean);
    }
    return unknown ? at.null("not all are boolean") : Value::boolean(!decides);
}
Value all(const CallAt& at, Args a) { return quantified(at, a, false); }
Value any(const CallAt& at, Args a) { return quantified(at, a, true); }

bool equals(const Value& a, const Value& b) { return equal(a, b).value_or(false); }

Value listContains(const CallAt&, Args a)
{
    const List& l = a[0].asList();
    return Value::boolean(std::any_of(l.begin(), l.end(), [&](const Value& v) { return equals(v, a[1]); }));
}

std::optional<std::int64_t> whole(const Value& v)
{
    const auto r = v.asNumber().rounded(0, Decimal::Rounding::Down);
    return r ? r->integer() : std::nullopt;
}
// 1 … n from the front, -1 … -n from the end; as an index from 0.
std::optional<std::size_t> position(const Value& v, std::size_t n)
{
    const auto i = whole(v);
    const std::int64_t size = std::int64_t(n);
    if (!i || *i == 0 || *i > size || *i < -size) return {};
    return std::size_t(*i > 0 ? *i - 1 : size + *i);
}

Value sublist(const CallAt& at, Args a)
{
    const List& l = a[0].asList();
    const auto from = position(a[1], l.size());
    if (!from) return at.null("sublist: the list has no such position");
    std::size_t length = l.size() - *from;
    if (a.size() > 2 && !a[2].isNull()) {
        const auto n = whole(a[2]);
        if (!n || *n < 1 || std::size_t(*n) > length) return at.null("sublist: the list has not so many items");
        length = std::size_t(*n);
    }
    return items(List(l.begin() + std::ptrdiff_t(*from), l.begin() + std::ptrdiff_t(*from + length)), at);
}
Value append(const CallAt& at, Args a)
{
    Value first = a[0].is(Kind::List) ? a[0] : Value::list({a[0]});
    List out = first.asList();
    out.insert(out.end(), a.begin() + 1, a.end());
    return items(std::move(out), at);
}
Value concatenate(const CallAt& at, Args a)
{
    List out;
    for (const Value& l : a) out.insert(out.end(), l.asList().begin(), l.asList().end());
    return items(std::move(out), at);
}
Value insertBefore(const CallAt& at, Args a)
{
    List out = a[0].asList();
    const auto i = position(a[1], out.size());
    if (!i) return at.null("insert before: the list has no such position");
    out.insert(out.begin() + std::ptrdiff_t(*i), a[2]);
    return items(std::move(out), at);
}
Value removeAt(const CallAt& at, Args a)
{
    List out = a[0].asList();
    const auto i = position(a[1], out.size());
    if (!i) return at.null("remove: the list has no such position");
    out.erase(out.begin() + std::ptrdiff_t(*i));
    return items(std::move(out), at);
}
Value listReplace(const CallAt& at, Args a)
{
    List out = a[0].asList();
    if (a[1].is(Kind::Function)) {
        for (Value& v : out) {
            const Value pair[2] = {v, a[2]};
            const Value r = callFunction(a[1], pair, at);
            if (!r.is(Kind::Boolean)) return at.null("list replace: the match is no condition");
            if (r.isTrue()) v = a[2];
        }
        return items(std::move(out), at);
    }
    if (!a[1].is(Kind::Number)) return at.null("list replace: neither a position nor a match");
    const auto i = position(a[1], out.size());
    if (!i) return at.null("list replace: the list has no such position");
    out[*i] = a[2];
    return items(std::move(out), at);
}
Value reverse(const CallAt& at, Args a) { return items(List(a[0].asList().rbegin(), a[0].asList().rend()), at); }
Value indexOf(const CallAt& at, Args a)
{
    List out;
    const List& l = a[0].asList();
    for (std::size_t i = 0; i < l.size(); ++i)
        if (equals(l[i], a[1])) out.push_back(Value::number(std::int64_t(i + 1)));
    return items(std::move(out), at);
}

std::size_t hashOf(const Value& v)
{
    switch (v.kind()) {
    case Kind::Number: return v.asNumber().hash();
    case Kind::String: return std::hash<std::string_view>()(v.asString());
    default: return std::size_t(v.kind()) * 7919;
    }
}
Value distinct(const CallAt& at, Args a)
{
    List out;
    std::unordered_multimap<std::size_t, std::size_t> seen;
    for (const Value& v : a[0].asList()) {
        const std::size_t h = v.is(Kind::Date) || v.is(Kind::DateTime) ? 1 : hashOf(v);
        const auto [from, to] = seen.equal_range(h);
        bool known = false;
        for (auto i = from; i != to && !known; ++i) {
            if (!at.run.step()) return {};
            known = equals(out[i->second], v);
        }
        if (known) continue;
        seen.emplace(h, out.size());
        out.push_back(v);
    }
    return items(std::move(out), at);
}
Value unite(const CallAt& at, Args a)
{
    const Value joined[1] = {concatenate(at, a)};
    return joined[0].isNull() ? Value() : distinct(at, joined);
}
void flattenInto(List& out, const Value& v, const CallAt& at)
{
    if (!at.run.make(sizeof(Value))) return;
    if (!v.is(Kind::List)) {
        out.push_back(v);
        return;
    }
    for (const Value& i : v.asList()) flattenInto(out, i, at);
}
Value flatten(const CallAt& at, Args a)
{
    List out;
    flattenInto(out, a[0], at);
    return items(std::move(out), at);
}

// A merge sort of our own: the comparison is a function of the author's, which need not be an order, and may run out of steps.
Value sort(const CallAt& at, Args a)
{
    List v = a[0].asList(), other(v.size());
    if (!at.run.step(v.size() * 8)) return {};
    const auto before = [&](const Value& x, const Value& y) {
        if (a.size() < 2 || a[1].isNull()) return compare(x, y).value_or(0) < 0;
        const Value pair[2] = {x, y};
        return callFunction(a[1], pair, at).isTrue();
    };
    for (std::size_t width = 1; width < v.size(); width *= 2) {
        for (std::size_t lo = 0; lo < v.size(); lo += 2 * width) {
            const std::size_t mid = std::min(lo + width, v.size()), hi = std::min(lo + 2 * width, v.size());
            std::size_t i = lo, k = mid, o = lo;
            while (i < mid && k < hi) {
                if (!at.run.alive()) return {};
                if (before(v[k], v[i])) other[o++] = v[k++];
                else other[o++] = v[i++];
            }
            while (i < mid) other[o++] = v[i++];
            while (k < hi) other[o++] = v[k++];
        }
        v.swap(other);
    }
    return items(std::move(v), at);
}

constexpr BuiltinRow kRows[] = {
    {"count(list:l)", count},
    {"min(list:a...)", minimum},
    {"max(list:a...)", maximum},
    {"sum(list:a...)", sum},
    {"mean(list:a...)", mean},
    {"product(list:a...)", product},
    {"median(list:a...)", median},
    {"stddev(list:a...)", deviation},
    {"mode(list:a...)", mode},
    {"all(list:A...)", all},
    {"any(list:A...)", any},
    {"list contains(list:l, element:A)", listContains},
    {"sublist(list:l, start position:n, length:n?)", sublist},
    {"append(list:a, item:A...)", append},
    {"concatenate(list:l...)", concatenate},
    {"insert before(list:l, position:n, newItem:A)", insertBefore},
    {"remove(list:l, position:n)", removeAt},
    {"list replace(list:l, position:a, newItem:A)|list replace(list:l, match:a, newItem:A)", listReplace},
    {"reverse(list:l)", reverse},
    {"index of(list:l, match:A)", indexOf},
    {"union(list:l...)", unite},
    {"distinct values(list:l)", distinct},
    {"flatten(list:l)", flatten},
    {"sort(list:l, precedes:f?)", sort},
};

} // namespace

std::span<const BuiltinRow> listRows() { return kRows; }

} // namespace zt::feel
