// Allen's relations between points and ranges (DMN 1.3, table 78), and range().
#include "builtins.h"

namespace zt::feel {

namespace {

//! A point is a closed range of one.
struct Span {
    const Value *low, *high;
    bool lowClosed, highClosed, point;
};
std::optional<Span> spanOf(const Value& v)
{
    if (v.isNull()) return {};
    if (!v.is(Kind::Range)) return Span{&v, &v, true, true, true};
    const RangeParts& r = v.asRange();
    if (r.form == RangeParts::Form::NotEqual) return {};
    return Span{&r.low, &r.high, r.lowClosed, r.highClosed, false};
}

//! Order of two ends; an end that is null lies at infinity.
class Ends {
public:
    bool ok = true;
    int lows(const Span& a, const Span& b) { return order(*a.low, -1, *b.low, -1); }
    int highs(const Span& a, const Span& b) { return order(*a.high, 1, *b.high, 1); }
    int highLow(const Span& a, const Span& b) { return order(*a.high, 1, *b.low, -1); }

private:
    int order(const Value& a, int infinityA, const Value& b, int infinityB)
    {
        if (a.isNull() && b.isNull()) return infinityA < infinityB ? -1 : infinityA > infinityB ? 1 : 0;
        if (a.isNull()) return infinityA;
        if (b.isNull()) return -infinityB;
        const auto c = compare(a, b);
        if (!c) ok = false;
        return c.value_or(0);
    }
};

bool before(Ends& e, const Span& a, const Span& b)
{
    const int c = e.highLow(a, b);
    return c < 0 || (c == 0 && !(a.highClosed && b.lowClosed));
}
bool meets(Ends& e, const Span& a, const Span& b) { return a.highClosed && b.lowClosed && e.highLow(a, b) == 0; }
bool overlaps(Ends& e, const Span& a, const Span& b) { return !before(e, a, b) && !before(e, b, a); }
bool overlapsBefore(Ends& e, const Span& a, const Span& b)
{
    const int low = e.lows(a, b), high = e.highs(a, b);
    return (low < 0 || (low == 0 && a.lowClosed && !b.lowClosed)) && !before(e, a, b)
        && (high < 0 || (high == 0 && (!a.highClosed || b.highClosed)));
}
bool overlapsAfter(Ends& e, const Span& a, const Span& b)
{
    const int low = e.lows(b, a), high = e.highs(b, a);
    return (low < 0 || (low == 0 && b.lowClosed && !a.lowClosed)) && !before(e, b, a)
        && (high < 0 || (high == 0 && (!b.highClosed || a.highClosed)));
}
bool includesRange(Ends& e, const Span& a, const Span& b)
{
    const int low = e.lows(a, b), high = e.highs(a, b);
    return (low < 0 || (low == 0 && (a.lowClosed || !b.lowClosed))) && (high > 0 || (high == 0 && (a.highClosed || !b.highClosed)));
}
bool finishes(Ends& e, const Span& a, const Span& b)
{
    const int low = e.lows(b, a);
    return a.highClosed == b.highClosed && e.highs(a, b) == 0 && (low < 0 || (low == 0 && (!a.lowClosed || b.lowClosed)));
}
bool starts(Ends& e, const Span& a, const Span& b)
{
    const int high = e.highs(a, b);
    return a.lowClosed == b.lowClosed && e.lows(a, b) == 0 && (high < 0 || (high == 0 && (!a.highClosed || b.highClosed)));
}
bool coincides(Ends& e, const Span& a, const Span& b)
{
    return a.lowClosed == b.lowClosed && a.highClosed == b.highClosed && e.lows(a, b) == 0 && e.highs(a, b) == 0;
}

enum class Takes { Both, Ranges, PointFirst, RangeFirst, Same };
using Relation = bool (*)(Ends&, const Span&, const Span&);

template <Relation R, Takes T, bool Swap = false>
Value relation(const CallAt& at, Args args)
{
    const auto a = spanOf(args[0]), b = spanOf(args[1]);
    bool ok = a && b;
    if (ok) {
        switch (T) {
        case Takes::Both: break;
        case Takes::Ranges: ok = !a->point && !b->point; break;
        case Takes::PointFirst: ok = !b->point; break;
        case Takes::RangeFirst: ok = !a->point; break;
        case Takes::Same: ok = a->point == b->point; break;
        }
    }
    if (!ok) return at.null("a point or range is expected");
    Ends e;
    const bool r = Swap ? R(e, *b, *a) : R(e, *a, *b);
    return e.ok ? Value::boolean(r) : at.null("the ends are of different kinds");
}

// range("[1..3]"): literal ends only, in order.
Value range(const CallAt& at, Args a)
{
    const auto e = parse(a[0].asString());
    const Value* v = e ? e->constant() : nullptr;
    const std::string_view s = a[0].asString();
    if (!v || !v->is(Kind::Range) || v->asRange().form != RangeParts::Form::Interval) return at.null("range: not the text of a range");
    const RangeParts& r = v->asRange();
    // Calls are no literals, though they are constant here.
    if (r.low.kind() != Kind::String && s.find("(\"") != std::string_view::npos && s.find("string(") != std::string_view::npos) return at.null("range: not a literal end");
    if (compare(r.low, r.high).value_or(1) > 0) return at.null("range: its ends are the wrong way round");
    return *v;
}

Value is(const CallAt&, Args a) { return Value::boolean(exactly(a.size() > 0 ? a[0] : Value(), a.size() > 1 ? a[1] : Value())); }


constexpr BuiltinRow kRows[] = {
    {"before(point1:a, point2:a)|before(point:a, range:a)|before(range:a, point:a)|before(range1:a, range2:a)", relation<before, Takes::Both>},
    {"after(point1:a, point2:a)|after(point:a, range:a)|after(range:a, point:a)|after(range1:a, range2:a)", relation<before, Takes::Both, true>},
    {"meets(range1:r, range2:r)", relation<meets, Takes::Ranges>},
    {"met by(range1:r, range2:r)", relation<meets, Takes::Ranges, true>},
    {"overlaps(range1:r, range2:r)", relation<overlaps, Takes::Ranges>},
    {"overlaps before(range1:r, range2:r)", relation<overlapsBefore, Takes::Ranges>},
    {"overlaps after(range1:r, range2:r)", relation<overlapsAfter, Takes::Ranges>},
    {"finishes(point:a, range:r)|finishes(range1:a, range2:r)", relation<finishes, Takes::PointFirst>},
    {"finished by(range:r, point:a)|finished by(range1:r, range2:a)", relation<finishes, Takes::RangeFirst, true>},
    {"includes(range:r, point:a)|includes(range1:r, range2:a)", relation<includesRange, Takes::RangeFirst>},
    {"during(point:a, range:r)|during(range1:a, range2:r)", relation<includesRange, Takes::PointFirst, true>},
    {"starts(point:a, range:r)|starts(range1:a, range2:r)", relation<starts, Takes::PointFirst>},
    {"started by(range:r, point:a)|started by(range1:r, range2:a)", relation<starts, Takes::RangeFirst, true>},
    {"coincides(point1:a, point2:a)|coincides(range1:a, range2:a)", relation<coincides, Takes::Same>},
    {"range(from:s)", range},
    {"is(value1:A?, value2:A?)", is},
};

} // namespace

std::span<const BuiltinRow> rangeRows() { return kRows; }

} // namespace zt::feel
