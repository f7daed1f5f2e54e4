#pragma once

#include "boxed.h"

#include <cstdint>
#include <optional>

namespace zt::dmn {

enum class HitPolicy : std::uint8_t { Unique, Any, Priority, First, RuleOrder, OutputOrder, Collect };
enum class Aggregation : std::uint8_t { None, Sum, Min, Max, Count };

//! One input column. Cells whose tests are constants are intervals of ranks: an input's value is placed once among all the ends
//! that the column's cells name, and each cell is then two comparisons of integers. Others are evaluated.
class Column {
public:
    feel::Expression input;
    std::optional<feel::UnaryTests> allowed;
    TypeRef type; // of the input expression; may be empty
    std::string text;

    void add(feel::UnaryTests cell);
    //! After the last cell.
    void close();
    //! Drops from `alive` (row numbers) those whose cell does not hold.
    void narrow(std::vector<std::uint32_t>& alive, const Value& value, const Scope& scope, Run& run) const;
    std::size_t rows() const { return m_low.size(); }

private:
    struct Pending {
        std::uint32_t row;
        std::vector<feel::TestShape> shapes;
    };
    std::int32_t rank(const Value& v) const;
    std::int32_t dateRank(const Value& dateAndTime) const;
    bool holdsSlowly(std::uint32_t row, std::int32_t rank, const Value& value, const Scope& scope, Run& run) const;
    std::optional<std::pair<std::int32_t, std::int32_t>> interval(const feel::TestShape& s) const;

    // Per row: the interval of ranks; kEvaluated or kSeveral in m_low send to m_tests or m_several by index in m_high.
    std::vector<std::int32_t> m_low, m_high;
    std::vector<Value> m_ends; // sorted; end i has rank 2i+1, what lies below it 2i
    Kind m_kind = Kind::Null;
    std::vector<feel::UnaryTests> m_tests;
    std::vector<std::vector<std::pair<std::int32_t, std::int32_t>>> m_several;
    std::vector<Pending> m_pending;
};

class TableBox final : public Box {
public:
    struct Output {
        std::string name;
        TypeRef type;
        std::vector<Value> order; // outputValues, for P and O
        std::optional<feel::UnaryTests> allowed;
        BoxRef otherwise;         // defaultOutputEntry
    };
    std::string name;
    HitPolicy policy = HitPolicy::Unique;
    Aggregation aggregation = Aggregation::None;
    std::vector<Column> columns;
    std::vector<Output> outputs;
    std::vector<BoxRef> entries; // row by row
    std::size_t rows = 0;

    Value evaluate(const Scope& scope, Run& run) const override;

private:
    std::optional<std::vector<std::uint32_t>> hits(const Scope& scope, Run& run) const;
    std::vector<Value> row(std::uint32_t r, const Scope& scope, Run& run) const;
    Value shaped(std::vector<Value> cells) const;
    Value none(const Scope& scope, Run& run) const;
    Value collected(const std::vector<std::vector<Value>>& all, Run& run) const;
    void order(std::vector<std::vector<Value>>& all) const;
};

} // namespace zt::dmn
