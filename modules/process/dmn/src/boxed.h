#pragma once

#include "zt/feel/feel.h"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace zt::dmn {

using feel::Kind;
using feel::Run;
using feel::Scope;
using feel::TypeRef;
using feel::Value;

//! A few names and what lies outside.
class Frame final : public Scope {
public:
    explicit Frame(const Scope* outer = nullptr) : m_outer(outer) {}
    void set(std::string_view name, Value v);
    const Value* find(std::string_view name) const override;
    //! Everything visible from here, inner names first: what a function value keeps.
    static void collect(const Scope* scope, std::vector<std::pair<std::string, Value>>& into);

private:
    std::deque<std::pair<std::string, Value>> m_values; // a deque: what find() returned stays where it is
    const Scope* m_outer;
};

//! A boxed expression, ready to run.
class Box {
public:
    virtual ~Box() = default;
    virtual Value evaluate(const Scope& scope, Run& run) const = 0;
};
using BoxRef = std::shared_ptr<const Box>;

struct Literal final : Box {
    feel::Expression expression;
    Value evaluate(const Scope& scope, Run& run) const override { return feel::evaluate(expression, scope, run); }
};
//! What could not be read; a finding tells why.
struct Broken final : Box {
    std::string why;
    Value evaluate(const Scope&, Run& run) const override { return run.null(0, why); }
};
struct ContextBox final : Box {
    struct Item {
        std::string name; // empty: the result
        TypeRef type;
        BoxRef value;
    };
    std::vector<Item> items;
    Value evaluate(const Scope& scope, Run& run) const override;
};
struct InvocationBox final : Box {
    BoxRef callee;
    std::vector<std::pair<std::string, BoxRef>> bindings;
    Value evaluate(const Scope& scope, Run& run) const override;
};
struct ListBox final : Box {
    std::vector<BoxRef> items;
    Value evaluate(const Scope& scope, Run& run) const override;
};
struct RelationBox final : Box {
    std::vector<std::string> columns;
    std::vector<std::vector<BoxRef>> rows;
    Value evaluate(const Scope& scope, Run& run) const override;
};
struct FunctionBox final : Box {
    std::vector<feel::Param> params;
    BoxRef body;
    Value evaluate(const Scope& scope, Run& run) const override;
};
struct ConditionalBox final : Box {
    BoxRef condition, then, otherwise;
    Value evaluate(const Scope& scope, Run& run) const override;
};
struct FilterBox final : Box {
    BoxRef in, match;
    Value evaluate(const Scope& scope, Run& run) const override;
};
struct IteratorBox final : Box {
    enum class Of { For, Some, Every } of = Of::For;
    std::string variable;
    BoxRef in, body;
    Value evaluate(const Scope& scope, Run& run) const override;
};
//! A value that has to be of a type.
struct TypedBox final : Box {
    BoxRef inner;
    TypeRef type;
    std::string what;
    Value evaluate(const Scope& scope, Run& run) const override;
};

//! Null with a diagnostic where the value does not fit.
Value fitted(Value v, const TypeRef& type, const std::string& what, Run& run);
Value makeCallable(std::vector<feel::Param> params, feel::Native body, TypeRef result = {});

} // namespace zt::dmn
