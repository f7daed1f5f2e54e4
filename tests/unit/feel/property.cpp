// Properties over random values and expressions: what is printed reads back; the same gives the same; nothing random crashes it.
#include "feel_test.h"

#include <iostream>
#include <rapidcheck.h>

using namespace zt;
using namespace zt::feel;

namespace {

using rc::gen::element;
using rc::gen::inRange;

Decimal anyDecimal()
{
    std::string s = *inRange(0, 2) ? "-" : "";
    const int n = *inRange(1, 36);
    for (int i = 0; i < n; ++i) s += char('0' + *inRange(0, 10));
    if (*inRange(0, 2)) s += "e" + std::to_string(*inRange(-60, 60));
    return *Decimal::parse(s);
}
std::string anyText()
{
    std::string s;
    const int n = *inRange(0, 12);
    for (int i = 0; i < n; ++i) s += *element<std::string>("a", "Z", "0", " ", "\"", "\\", "\n", "\t", "中", "é", "🐎", "n", "u0041", "'", "{", "}");
    return s;
}
Value anyScalar()
{
    const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    const auto clock = [&] { return two(*inRange(0, 24)) + ":" + two(*inRange(0, 60)) + ":" + two(*inRange(0, 60)) + *element<std::string>("", ".5", ".000000001") ; };
    const auto zone = [&] { return *element<std::string>("", "Z", "+08:00", "-03:30", "@Asia/Shanghai", "+01:02:03"); };
    const auto day = [&] { return *element<std::string>("", "-") + std::to_string(*inRange(1000, 12000)) + "-" + two(*inRange(1, 13)) + "-" + two(*inRange(1, 29)); };
    switch (*inRange(0, 9)) {
    case 0: return {};
    case 1: return Value::boolean(*inRange(0, 2));
    case 2: return Value::number(anyDecimal());
    case 3: return Value::string(anyText());
    case 4: return temporal(day());
    case 5: return temporal(clock() + zone());
    case 6: return temporal(day() + "T" + clock() + zone());
    case 7: return Value::days({*inRange<std::int64_t>(-1'000'000'000, 1'000'000'000), *element(0, 1, 500'000'000)});
    default: return Value::months({*inRange<std::int64_t>(-100'000, 100'000)});
    }
}
Value anyValue(int depth)
{
    if (!depth || *inRange(0, 3)) return anyScalar();
    const int n = *inRange(0, 4);
    switch (*inRange(0, 3)) {
    case 0: {
        std::vector<Value> items;
        for (int i = 0; i < n; ++i) items.push_back(anyValue(depth - 1));
        return Value::list(std::move(items));
    }
    case 1: {
        std::vector<Entry> entries;
        for (int i = 0; i < n; ++i) entries.emplace_back(anyText(), anyValue(depth - 1));
        return Value::context(std::move(entries));
    }
    default: {
        const auto a = Decimal::of(*inRange(-50, 50)), b = Decimal::of(*inRange(-50, 50));
        return Value::range(Value::number(a), *inRange(0, 2), Value::number(b), *inRange(0, 2));
    }
    }
}

std::string anyExpression(int depth)
{
    if (!depth) return *element<std::string>("1", "2.5", "x", "y", "\"a\"", "true", "null", "@\"2026-03-09\"", "@\"P1D\"", "[1, 2, 3]", "{a: 1}", "[1..5]", "item", "partial", "a");
    const auto sub = [&] { return anyExpression(depth - 1); };
    switch (*inRange(0, 14)) {
    case 0: return "(" + sub() + *element<std::string>(" + ", " - ", " * ", " / ", " ** ") + sub() + ")";
    case 1: return "(" + sub() + *element<std::string>(" = ", " != ", " < ", " <= ", " > ", " >= ") + sub() + ")";
    case 2: return "(" + sub() + *element<std::string>(" and ", " or ") + sub() + ")";
    case 3: return "(if " + sub() + " then " + sub() + " else " + sub() + ")";
    case 4: return "(for x in " + sub() + " return " + sub() + ")";
    case 5: return "(some y in " + sub() + " satisfies " + sub() + ")";
    case 6: return "(" + sub() + ")[" + sub() + "]";
    case 7: return "[" + sub() + ", " + sub() + "]";
    case 8: return "{a: " + sub() + ", b: " + sub() + "}.a";
    case 9: return *element<std::string>("count", "sum", "not", "string", "flatten", "distinct values", "reverse", "min", "abs", "floor", "date", "string length") + "(" + sub() + ")";
    case 10: return "(" + sub() + " in " + sub() + ")";
    case 11: return "(" + sub() + " between " + sub() + " and " + sub() + ")";
    case 12: return "(function(x, y) " + sub() + ")(" + sub() + ", " + sub() + ")";
    default: return "(" + sub() + " instance of " + *element<std::string>("number", "list<Any>", "context<a: number>", "date") + ")";
    }
}

std::string outcome(const Expression& e)
{
    Run run({.steps = 20'000, .memory = 1u << 22}, testNow());
    std::string s = toString(evaluate(e, ContextScope(Value::context({{"x", Value::number(3)}, {"y", Value::string("b")}})), run));
    for (const Diagnostic& d : run.diagnostics()) s += "|" + std::to_string(d.at) + d.text;
    return s;
}
} // namespace

CASE("what toString writes, parse reads back")
{
    EXPECT(rc::check("parse(toString(v)) == v", [] {
        const Value v = anyValue(3);
        const std::string s = toString(v);
        const auto e = parse(s);
        RC_ASSERT(e.has_value());
        Run run;
        const Value back = evaluate(*e, ContextScope(Value::context({})), run);
        if (!same(back, v)) std::cerr << s << " came back as " << toString(back) << '\n';
        RC_ASSERT(same(back, v));
        RC_ASSERT(toString(back) == s);
    }));
}

CASE("the same text gives the same value and the same diagnostics")
{
    EXPECT(rc::check("evaluation is deterministic", [] {
        const std::string text = anyExpression(4);
        const auto a = parse(text), b = parse(text);
        RC_ASSERT(a.has_value() && b.has_value());
        const std::string first = outcome(*a);
        RC_ASSERT(first == outcome(*a));
        RC_ASSERT(first == outcome(*b));
    }));
}

CASE("addition undone, order total")
{
    EXPECT(rc::check("a < b, a = b or a > b; a + b = b + a", [] {
        const Decimal a = anyDecimal(), b = anyDecimal();
        RC_ASSERT((a < b) + (a == b) + (b < a) == 1);
        RC_ASSERT(Decimal::add(a, b) == Decimal::add(b, a));
        RC_ASSERT(Decimal::mul(a, b) == Decimal::mul(b, a));
        RC_ASSERT(*Decimal::sub(a, a) == Decimal::of(0));
        RC_ASSERT(Decimal::parse(a.toString()) == a);
    }));
    EXPECT(rc::check("a date plus days minus days is the date", [] {
        const Value d = Value::date({*inRange(-9000, 9000), std::uint8_t(*inRange(1, 13)), std::uint8_t(*inRange(1, 29))});
        const std::string n = std::to_string(*inRange(-800'000, 800'000));
        Run run;
        const Value back = evaluate(*parse("d + @\"P1D\" * (" + n + ") - @\"P1D\" * (" + n + ") = d"), ContextScope(Value::context({{"d", d}})), run);
        RC_ASSERT(back.isTrue());
    }));
}

TEST_MAIN
