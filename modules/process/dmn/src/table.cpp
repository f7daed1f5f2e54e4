#include "table.h"

#include <algorithm>
#include <limits>

namespace zt::dmn {

namespace {
constexpr std::int32_t kLowest = std::numeric_limits<std::int32_t>::min(), kHighest = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t kEvaluated = kHighest, kSeveral = kHighest - 1; // in m_low: no rank is that high
constexpr std::int32_t kNullRank = -1, kNoRank = -2;                   // what is no value of the column's kind meets only `-`

using Form = feel::TestShape::Form;

bool rankable(Kind k)
{
    return k == Kind::Number || k == Kind::String || k == Kind::Boolean || k == Kind::Date || k == Kind::DaysDuration || k == Kind::MonthsDuration;
}
// Values of one rankable kind.
int order(const Value& a, const Value& b)
{
    if (a.is(Kind::Boolean)) return int(a.isTrue()) - int(b.isTrue());
    return feel::compare(a, b).value_or(0);
}
} // namespace

void Column::add(feel::UnaryTests cell)
{
    const std::uint32_t row = std::uint32_t(m_low.size());
    m_low.push_back(kLowest);
    m_high.push_back(kHighest);
    const auto& shapes = cell.shapes();
    if (shapes.size() == 1 && shapes[0].form == Form::Any) return;
    bool simple = true;
    const auto see = [&](const Value& v) {
        if (v.isNull()) return;
        if (!rankable(v.kind()) || (m_kind != Kind::Null && m_kind != v.kind())) {
            simple = false;
            return;
        }
        m_kind = v.kind();
        m_ends.push_back(v);
    };
    for (const feel::TestShape& s : shapes) {
        if (s.form == Form::Equal) see(s.value);
        else if (s.form == Form::Range) see(s.range.low), see(s.range.high);
        else simple = false;
        if (s.form == Form::Range && s.range.low.isNull() && s.range.high.isNull()) simple = false;
    }
    if (simple) {
        m_pending.push_back({row, shapes});
        return;
    }
    m_low[row] = kEvaluated;
    m_high[row] = std::int32_t(m_tests.size());
    m_tests.push_back(std::move(cell));
}

std::optional<std::pair<std::int32_t, std::int32_t>> Column::interval(const feel::TestShape& s) const
{
    if (s.form == Form::Equal) {
        const std::int32_t r = s.value.isNull() ? kNullRank : rank(s.value);
        return std::pair(r, r);
    }
    const std::int32_t top = std::int32_t(2 * m_ends.size());
    const std::int32_t low = s.range.low.isNull() ? 0 : rank(s.range.low) + (s.range.lowClosed ? 0 : 1);
    const std::int32_t high = s.range.high.isNull() ? top : rank(s.range.high) - (s.range.highClosed ? 0 : 1);
    if (low > high) return {};
    return std::pair(low, high);
}

void Column::close()
{
    std::sort(m_ends.begin(), m_ends.end(), [](const Value& a, const Value& b) { return order(a, b) < 0; });
    m_ends.erase(std::unique(m_ends.begin(), m_ends.end(), [](const Value& a, const Value& b) { return order(a, b) == 0; }), m_ends.end());
    for (const Pending& p : m_pending) {
        std::vector<std::pair<std::int32_t, std::int32_t>> all;
        for (const feel::TestShape& s : p.shapes)
            if (const auto i = interval(s)) all.push_back(*i);
        if (all.size() == 1) {
            m_low[p.row] = all[0].first;
            m_high[p.row] = all[0].second;
        } else {
            m_low[p.row] = kSeveral;
            m_high[p.row] = std::int32_t(m_several.size());
            m_several.push_back(std::move(all));
        }
    }
    m_pending.clear();
    m_pending.shrink_to_fit();
}

std::int32_t Column::rank(const Value& v) const
{
    if (v.isNull()) return kNullRank;
    if (v.kind() != m_kind) return kNoRank;
    const auto at = std::lower_bound(m_ends.begin(), m_ends.end(), v, [](const Value& a, const Value& b) { return order(a, b) < 0; });
    const std::int32_t i = std::int32_t(at - m_ends.begin());
    return at != m_ends.end() && order(*at, v) == 0 ? 2 * i + 1 : 2 * i;
}

bool Column::holdsSlowly(std::uint32_t row, std::int32_t rank, const Value& value, const Scope& scope, Run& run) const
{
    if (m_low[row] == kEvaluated) return feel::evaluate(m_tests[std::size_t(m_high[row])], value, scope, run).isTrue();
    for (const auto& [low, high] : m_several[std::size_t(m_high[row])])
        if (low <= rank && rank <= high) return true;
    return false;
}

void Column::narrow(std::vector<std::uint32_t>& alive, const Value& given, const Scope& scope, Run& run) const
{
    // A list of one stands for its item; a date and time among dates (or the other way round) is left to the evaluator's comparison.
    Value value = given;
    if (value.is(Kind::List) && value.asList().size() == 1 && rankable(m_kind) && m_tests.empty()) {
        Value one = value.asList()[0];
        value = std::move(one);
    }
    const std::int32_t r = value.is(Kind::DateTime) && m_kind == Kind::Date ? dateRank(value) : rank(value);
    std::size_t kept = 0;
    for (const std::uint32_t row : alive) {
        const std::int32_t low = m_low[row];
        const bool holds = low < kSeveral ? low <= r && r <= m_high[row] : holdsSlowly(row, r, value, scope, run);
        alive[kept] = row;
        kept += holds;
    }
    alive.resize(kept);
    run.step(alive.size() / 8 + 1);
}

std::int32_t Column::dateRank(const Value& v) const
{
    const auto at = std::lower_bound(m_ends.begin(), m_ends.end(), v, [](const Value& a, const Value& b) { return feel::compare(a, b).value_or(0) < 0; });
    const std::int32_t i = std::int32_t(at - m_ends.begin());
    return at != m_ends.end() && feel::compare(*at, v) == 0 ? 2 * i + 1 : 2 * i;
}

std::optional<std::vector<std::uint32_t>> TableBox::hits(const Scope& scope, Run& run) const
{
    std::vector<std::uint32_t> alive(rows);
    for (std::size_t i = 0; i < rows; ++i) alive[i] = std::uint32_t(i);
    for (const Column& c : columns) {
        Value v = feel::evaluate(c.input, scope, run);
        if (c.type && !v.isNull()) {
            v = fitted(std::move(v), c.type, c.text, run);
        }
        if (c.allowed && !v.isNull() && !feel::evaluate(*c.allowed, v, scope, run).isTrue()) {
            run.null(0, "the input `" + c.text + "` of `" + name + "` is none of its allowed values");
            return {};
        }
        c.narrow(alive, v, scope, run);
        if (!run.alive()) return {};
    }
    return alive;
}

std::vector<Value> TableBox::row(std::uint32_t r, const Scope& scope, Run& run) const
{
    std::vector<Value> out;
    for (std::size_t i = 0; i < outputs.size(); ++i)
        out.push_back(fitted(entries[r * outputs.size() + i]->evaluate(scope, run), outputs[i].type, outputs[i].name.empty() ? name : outputs[i].name, run));
    return out;
}

Value TableBox::shaped(std::vector<Value> cells) const
{
    if (outputs.size() == 1) return cells.empty() ? Value() : cells[0];
    std::vector<feel::Entry> entries;
    for (std::size_t i = 0; i < outputs.size(); ++i) entries.emplace_back(outputs[i].name, std::move(cells[i]));
    return Value::context(std::move(entries));
}

// No rule holds: the default outputs, if there are any.
Value TableBox::none(const Scope& scope, Run& run) const
{
    if (std::any_of(outputs.begin(), outputs.end(), [](const Output& o) { return bool(o.otherwise); })) {
        std::vector<Value> cells;
        for (const Output& o : outputs) cells.push_back(o.otherwise ? fitted(o.otherwise->evaluate(scope, run), o.type, o.name, run) : Value());
        Value v = shaped(std::move(cells));
        const bool several = policy == HitPolicy::RuleOrder || policy == HitPolicy::OutputOrder || policy == HitPolicy::Collect;
        return several && aggregation == Aggregation::None && !v.is(Kind::List) ? Value::list({v}) : v;
    }
    if (policy == HitPolicy::Collect && aggregation == Aggregation::None) return Value::list({});
    if (policy == HitPolicy::Collect && aggregation == Aggregation::Count) return Value::number(0);
    return run.null(0, "no rule of `" + name + "` holds");
}

// By the outputs' allowed values, the first column first; what is not among them goes last.
void TableBox::order(std::vector<std::vector<Value>>& all) const
{
    const auto place = [](const Output& o, const Value& v) {
        for (std::size_t i = 0; i < o.order.size(); ++i)
            if (feel::equal(o.order[i], v).value_or(false)) return i;
        return o.order.size();
    };
    std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) {
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            const std::size_t x = place(outputs[i], a[i]), y = place(outputs[i], b[i]);
            if (x != y) return x < y;
        }
        return false;
    });
}

Value TableBox::collected(const std::vector<std::vector<Value>>& all, Run& run) const
{
    if (aggregation == Aggregation::Count) return Value::number(std::int64_t(all.size()));
    if (aggregation == Aggregation::None) {
        std::vector<Value> list;
        for (const auto& r : all) list.push_back(shaped(r));
        return Value::list(std::move(list));
    }
    const char* function = aggregation == Aggregation::Sum ? "sum" : aggregation == Aggregation::Min ? "min" : "max";
    std::vector<Value> cells;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        std::vector<Value> column;
        for (const auto& r : all) column.push_back(r[i]);
        const Value args[1] = {Value::list(std::move(column))};
        cells.push_back(feel::call(feel::builtin(function), args, run));
    }
    return shaped(std::move(cells));
}

Value TableBox::evaluate(const Scope& scope, Run& run) const
{
    const auto found = hits(scope, run);
    if (!found) return {};
    if (found->empty()) return none(scope, run);
    if (policy == HitPolicy::First) return shaped(row(found->front(), scope, run));
    if (policy == HitPolicy::Unique) {
        if (found->size() > 1)
            return run.null(0, "rules " + std::to_string(found->front() + 1) + " and " + std::to_string((*found)[1] + 1) + " of `" + name + "` hold, but only one may");
        return shaped(row(found->front(), scope, run));
    }
    std::vector<std::vector<Value>> all;
    for (const std::uint32_t r : *found) {
        all.push_back(row(r, scope, run));
        if (!run.alive()) return {};
    }
    switch (policy) {
    case HitPolicy::Any: {
        const Value first = shaped(all.front());
        for (const auto& r : all)
            if (!feel::equal(first, shaped(r)).value_or(false)) return run.null(0, "rules of `" + name + "` that hold give different outputs");
        return first;
    }
    case HitPolicy::Priority: order(all); return shaped(all.front());
    case HitPolicy::OutputOrder: order(all); return collected(all, run);
    default: return collected(all, run);
    }
}

} // namespace zt::dmn
