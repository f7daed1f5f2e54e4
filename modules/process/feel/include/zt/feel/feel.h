#pragma once

//! FEEL, the expression language of DMN 1.3 (OMG formal/21-02-01, chapter 10): parse once, evaluate often.
//! Pure: no clock, no locale, no files; the same text and scope give the same value on any machine.
//! Expressions are immutable and may be evaluated by many threads at once, each with its own Run.

#include "zt/base/result.h"
#include "zt/feel/value.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace zt::feel {

//! What names mean while an expression is evaluated.
class Scope {
public:
    virtual ~Scope() = default;
    //! nullptr: no such name here or further out. The pointer holds during one evaluation.
    virtual const Value* find(std::string_view name) const = 0;
};
//! The entries of a context, then whatever lies outside.
class ContextScope final : public Scope {
public:
    explicit ContextScope(Value context, const Scope* outer = nullptr) : m_context(std::move(context)), m_outer(outer) {}
    const Value* find(std::string_view name) const override;

private:
    Value m_context;
    const Scope* m_outer;
};

//! Why a part of an evaluation gave null. Never holds values of the case at hand beyond type names and names of the text.
struct Diagnostic {
    std::size_t at = 0; //!< byte in the expression's text
    std::string text;
};
struct Limits {
    std::uint64_t steps = 5'000'000;      //!< nodes visited and elements made
    std::size_t memory = 256u << 20;      //!< bytes made, whether freed since or not
    std::uint32_t depth = 1'500;          //!< nodes and calls on the stack
    std::size_t diagnostics = 32;         //!< kept; later ones are counted only
};

//! One evaluation: its time, its budget, what went wrong. Not shared between threads. May be used for several expressions that
//! belong together (a decision with its requirements); they then share the budget.
class Run {
public:
    //! `now` is what now() and today() give; without it both give null.
    explicit Run(Limits limits = {}, std::optional<DateTime> now = {}) : m_limits(limits), m_left(limits.steps), m_memory(limits.memory), m_now(std::move(now)) {}

    //! False once a limit was reached; from then on everything is null.
    bool alive() const { return m_alive; }
    const std::vector<Diagnostic>& diagnostics() const { return m_diagnostics; }
    //! How many, kept or not.
    std::size_t problems() const { return m_problems; }
    const std::optional<DateTime>& now() const { return m_now; }

    // For bodies of functions and for DMN.
    bool step(std::uint64_t n = 1) { if (m_left >= n) { m_left -= n; return true; } return stop("too many steps"); }
    bool make(std::size_t bytes) { if (m_memory >= bytes) { m_memory -= bytes; return true; } return stop("too much memory"); }
    bool enter() { if (m_depth < m_limits.depth) { ++m_depth; return true; } return stop("nested too deep"); }
    void leave() { --m_depth; }
    //! Notes a problem; returns null for the caller to give back.
    Value null(std::size_t at, std::string text);

private:
    bool stop(const char* why);
    Limits m_limits;
    std::uint64_t m_left;
    std::size_t m_memory;
    std::uint32_t m_depth = 0;
    bool m_alive = true;
    std::size_t m_problems = 0;
    std::optional<DateTime> m_now;
    std::vector<Diagnostic> m_diagnostics;
};

class NameTable;
struct ParseOptions {
    //! Names in scope. Those with spaces or operators ("Monthly Income", "a-b") are recognised only if listed: longest first,
    //! as the standard asks. Simple names need not be listed.
    std::vector<std::string> names;
    //! Names of entries: may follow a `.` and stand inside a filter.
    std::vector<std::string> members;
    //! More of them, prepared once for many expressions.
    std::shared_ptr<const NameTable> prepared;
    //! Types that `instance of` and parameters may name besides the built-in ones; may be empty.
    std::function<TypeRef(std::string_view)> types;
    std::size_t maxBytes = 1u << 20;
    std::uint32_t maxDepth = 800; //!< of nesting in the text; parentheses, lists and calls take two each
};

std::shared_ptr<const NameTable> prepareMembers(const std::vector<std::string>& members);

class Program;
//! A parsed expression. Cheap to copy.
class Expression {
public:
    Expression() = default;
    explicit Expression(std::shared_ptr<const Program> p) : m_program(std::move(p)) {}
    explicit operator bool() const { return bool(m_program); }
    //! Names it takes from the scope, sorted; built-in functions are not among them.
    const std::vector<std::string>& names() const;
    const std::string& text() const;
    //! The kind every non-null result has, if that is plain from the text (a comparison gives Boolean).
    std::optional<Kind> resultKind() const;
    //! Its value, if it is a literal.
    const Value* constant() const;
    const Program& program() const { return *m_program; }

private:
    std::shared_ptr<const Program> m_program;
};

//! Err::Invalid with position and what was expected, Err::TooLarge beyond a limit.
Result<Expression> parse(std::string_view text, const ParseOptions& options = {});

//! One test of a decision table's cell, as far as an index can use it.
struct TestShape {
    enum class Form : std::uint8_t { Any, Equal, Range, Other };
    Form form = Form::Other;
    Value value;     //!< Equal: a number, string, boolean, date, time or duration
    RangeParts range; //!< Range: ends are numbers, dates, … or null (no bound)
};
class UnaryTests {
public:
    UnaryTests() = default;
    //! Alternatives; the cell holds if one does.
    const std::vector<TestShape>& shapes() const { return m_shapes; }
    const Expression& expression() const { return m_expression; }

private:
    friend Result<UnaryTests> parseUnaryTests(std::string_view, const ParseOptions&);
    Expression m_expression; // of the name `?`
    std::vector<TestShape> m_shapes;
};
//! `-`, `< 5`, `[1..3], 7`, `not("a")`, `? > 2 and x`.
Result<UnaryTests> parseUnaryTests(std::string_view text, const ParseOptions& options = {});

//! Never throws, never fails: null, with a diagnostic in `run`, where the standard says null or a limit is reached.
Value evaluate(const Expression& expression, const Scope& scope, Run& run);
//! Whether `input` meets the tests: true, false or null.
Value evaluate(const UnaryTests& tests, const Value& input, const Scope& scope, Run& run);
//! Calls a function value with positional arguments: coerces them to the parameters' types and the result to the declared one.
Value call(const Value& function, std::span<const Value> args, Run& run);
//! A built-in function by its name ("string length"); null if there is none.
Value builtin(std::string_view name);

//! What the text of a date, time, date and time or duration stands for (the form behind `@`); null if it is none.
Value temporal(std::string_view text);

} // namespace zt::feel
