// The language: literals, operators, names, control, three-valued logic. Numbers of tables and rules are those of DMN 1.3.
#include "feel_test.h"

using namespace zt;
using namespace zt::feel;

CASE("literals: numbers, strings, escapes, comments")
{
    expectAll({
        {"1", "1"}, {"007", "7"}, {".5", "0.5"}, {"-0.0", "0"}, {"1.10", "1.1"}, {"1.2e3", "1200"}, {"1.2E-3", "0.0012"}, {"1e40", "1E+40"},
        {"\"a\\\"b\"", "\"a\\\"b\""}, {"\"\\u4e2d\\u6587\"", "\"中文\""}, {"\"\\U01F40E\"", "\"🐎\""}, {"\"\\ud83d\\udc0e\"", "\"🐎\""}, {"\"\\d\"", "\"\\\\d\""},
        {"1 /* one */ + // two\n 2", "3"}, {"true", "true"}, {"null", "null"}, {"[]", "[]"}, {"{}", "{}"}, {"[1, [2]]", "[1, [2]]"},
        {"@\"2026-03-09\"", "@\"2026-03-09\""}, {"@\"nothing\"", "null"},
    });
}

CASE("operators bind as the grammar says")
{
    expectAll({
        {"1 + 2 * 3 ** 2", "19"}, {"(1 + 2) * 3", "9"}, {"-2 ** 2", "4"}, {"2 ** 3 ** 2", "64"}, {"2 ** -1", "0.5"}, {"1 - -1", "2"}, {"10 - 4 - 3", "3"},
        {"8 / 4 / 2", "1"}, {"1 < 2 and 2 < 3 or false", "true"}, {"true or false and false", "true"}, {"not(1 = 2)", "true"}, {"1 + 1 = 2", "true"},
        {"3 between 1 + 1 and 2 * 2", "true"}, {"2 in [1..3] and true", "true"}, {"1 instance of number and true", "true"}, {"-1 instance of number", "true"}, {"1-1", "0"}, {"1 -1", "0"}, {"-[1, 2][2]", "-2"},
    });
}

CASE("decimals: 34 digits, ties to even, no rounding in between")
{
    expectAll({
        {"0.1 + 0.2", "0.3"}, {"1 / 3", "0.3333333333333333333333333333333333"}, {"2 / 3", "0.6666666666666666666666666666666667"},
        {"1 / 3 * 3", "0.9999999999999999999999999999999999"}, {"9223372036854775807 + 1", "9223372036854775808"}, {"4611686018427387904 * 4", "18446744073709551616"},
        {"99999999999999999999999999999999999", "100000000000000000000000000000000000"}, {"10 ** 32 + 0.1", "100000000000000000000000000000000.1"},
        {"10 ** 34 + 0.1", "10000000000000000000000000000000000"}, {"1 / 0", "null"}, {"10 ** 7000", "null"}, {"(-8) ** 0.5", "null"}, {"0 ** 0", "1"}, {"1.15 * 100", "115"},
    });
}

CASE("strings join; other kinds do not mix")
{
    expectAll({
        {"\"a\" + \"b\"", "\"ab\""}, {"\"a\" + 1", "null"}, {"1 + null", "null"}, {"true + true", "null"}, {"\"a\" * 2", "null"}, {"- \"a\"", "null"}, {"[1] + 1", "null"},
    });
}

CASE("three values: and, or, not (table 50)")
{
    expectAll({
        {"true and true", "true"}, {"true and false", "false"}, {"true and null", "null"}, {"false and null", "false"}, {"null and false", "false"}, {"null and null", "null"},
        {"true or null", "true"}, {"null or true", "true"}, {"false or null", "null"}, {"null or null", "null"}, {"false or false", "false"},
        {"1 and true", "null"}, {"1 and false", "false"}, {"\"x\" or true", "true"}, {"\"x\" or false", "null"}, {"not(null)", "null"}, {"not(1)", "null"}, {"not(true)", "false"},
    });
}

CASE("comparison: of one kind only, null equals null")
{
    expectAll({
        {"1 = 1.0", "true"}, {"1 = \"1\"", "null"}, {"null = null", "true"}, {"1 = null", "false"}, {"null != 1", "true"}, {"1 < null", "null"}, {"\"a\" < \"b\"", "true"},
        {"\"Z\" < \"a\"", "true"}, {"true < false", "null"}, {"[1, 2] = [1, 2]", "true"}, {"[1, 2] = [2, 1]", "false"}, {"{a: 1, b: 2} = {b: 2, a: 1}", "true"},
        {"{a: 1} = {a: 2}", "false"}, {"[1..3] = [1..3]", "true"}, {"[1..3] = (1..3]", "false"}, {"(< 3) = (< 3)", "true"}, {"1 != 2", "true"}, {"[] = null", "false"},
        {"5 between 1 and 5", "true"}, {"5 between 6 and null", "false"}, {"5 between 1 and null", "null"},
    });
}

CASE("in: values, ranges, lists, several tests")
{
    expectAll({
        {"1 in 1", "true"}, {"1 in (2, 1)", "true"}, {"1 in [2, 3]", "false"}, {"5 in > 3", "true"}, {"5 in (> 3, < 1)", "true"}, {"5 in (3..5)", "false"}, {"5 in (3..5]", "true"},
        {"5 in ]3..5]", "true"}, {"5 in [3..5[", "false"}, {"5 in [[1..2], [4..6]]", "true"}, {"\"b\" in [\"a\"..\"c\"]", "true"}, {"5 in != 5", "false"}, {"5 in = 5", "true"},
        {"[1, 2] in [[1, 2], 3]", "true"}, {"1 in \"a\"", "null"}, {"null in null", "true"}, {"5 in [1..null]", "null"}, {"2 in (1 + 1)", "true"}, {"3 in (1 + 1) + 1", "true"},
        {"@\"2026-02-01\" in [@\"2026-01-01\"..@\"2026-03-01\")", "true"},
    });
}

CASE("names: with spaces and operators where they are known, the longest first")
{
    ParseOptions options;
    options.names = {"Monthly Income", "Monthly", "a", "a-b", "b", "in stock", "x and y"};
    options.members = {"due date", "due"};
    const auto with = [&](std::string_view text, std::string_view context) { return eval(text, context, options); };
    EXPECT_EQ(with("Monthly Income * 12", "{\"Monthly Income\": 10}"), "120");
    EXPECT_EQ(with("Monthly   Income", "{\"Monthly Income\": 10}"), "10");
    EXPECT_EQ(with("a-b", "{\"a-b\": 7, a: 1, b: 2}"), "7");
    EXPECT_EQ(with("a - b", "{\"a-b\": 7, a: 1, b: 2}"), "-1");
    EXPECT_EQ(with("in stock and a", "{\"in stock\": true, a: true}"), "true");
    EXPECT_EQ(with("x and y", "{\"x and y\": 3}"), "3");
    EXPECT_EQ(with("a.due date", "{a: {\"due date\": 5}}"), "5");
    EXPECT_EQ(with("[{due date: 1}, {due date: 2}][due date > 1]", "{}"), "[{\"due date\": 2}]");
    EXPECT_EQ(eval("unknown name"), "null");
    EXPECT_EQ(eval("金额 > 100 and 类别 = \"公文\"", "{金额: 200, 类别: \"公文\"}"), "true");
    const auto e = parse("甲 + 乙 + count(丙) + 甲");
    REQUIRE(e.has_value());
    EXPECT((e->names() == std::vector<std::string>{"丙", "乙", "甲"}));
}

CASE("built-in names may be covered by names in scope")
{
    ParseOptions options;
    options.names = {"count", "date"};
    EXPECT_EQ(eval("count + 1", "{count: 2}", options), "3");
    EXPECT_EQ(eval("date(\"2026-01-01\") > date", "{date: @\"2025-01-01\"}", options), "true"); // what is called and is no function is the built-in
}

CASE("if, for, some, every")
{
    expectAll({
        {"if 1 < 2 then \"a\" else \"b\"", "\"a\""}, {"if null then 1 else 2", "2"}, {"if 1 then 1 else 2", "null"}, {"for x in [1, 2] return x * 2", "[2, 4]"},
        {"for x in 1..3, y in [x, 10] return x * y", "[1, 10, 4, 20, 9, 30]"}, {"for x in 3..1 return x", "[3, 2, 1]"}, {"for x in [1..3) return x", "[1, 2]"},
        {"for d in @\"2026-02-27\"..@\"2026-03-01\" return day of week(d)", "[\"Friday\", \"Saturday\", \"Sunday\"]"},
        {"for x in 0..5 return if x < 2 then 1 else partial[-1] + partial[-2]", "[1, 1, 2, 3, 5, 8]"}, {"for x in 5 return x", "[5]"}, {"for x in null return x", "null"},
        {"for x in \"a\"..\"b\" return x", "null"}, {"for x in [[1, 2], [3]], y in x return y", "[1, 2, 3]"}, {"some x in [1, 2] satisfies x > 1", "true"},
        {"every x in [1, 2] satisfies x > 1", "false"}, {"every x in [] satisfies false", "true"}, {"some x in [] satisfies true", "false"},
        {"some x in [1, null] satisfies x > 5", "null"}, {"some x in [null, 9] satisfies x > 5", "true"}, {"every x in [null, 1] satisfies x > 5", "false"},
    });
}

CASE("filters and paths")
{
    expectAll({
        {"[1, 2, 3][1]", "1"}, {"[1, 2, 3][-1]", "3"}, {"[1, 2, 3][0]", "null"}, {"[1, 2, 3][4]", "null"}, {"[1, 2, 3][item > 1]", "[2, 3]"}, {"5[1]", "5"}, {"5[item = 6]", "[]"},
        {"[{a: 1, b: 2}, {a: 2}][a = 1].b", "[2]"}, {"[{a: 1}, {b: 2}][a = 1]", "[{a: 1}]"}, {"[{item: 1}, {item: 2}][item = 2]", "[{item: 2}]"},
        {"[{a: [{b: 1}, {b: 2}]}][count(a[b > 1]) = 1].a", "[[{b: 1}, {b: 2}]]"}, {"{a: {b: 1}}.a.b", "1"}, {"[{a: 1}, {a: 2}].a", "[1, 2]"}, {"{a: 1}.b", "null"}, {"null.a", "null"},
        {"[1, 2][\"x\"]", "null"}, {"[[1, 2], [3]][1][2]", "2"},
        {"{limit: 2, r: [1, 2, 3][item > limit]}.r", "[3]"},
    });
}

CASE("contexts: later entries see earlier ones; a key stands once")
{
    expectAll({
        {"{a: 1, b: a + 1, c: {d: b}}.c.d", "2"}, {"{\"a b\": 1}.a b", "1"}, {"{a+b: 1, c: a+b}.c", "1"}, {"{a: 1, b: {a: 2, c: a}}.b.c", "2"},
    });
    EXPECT(!parse("{a: 1, a: 2}"));
}

CASE("functions: closures, recursion, named arguments, types of parameters")
{
    expectAll({
        {"(function(a, b) a - b)(b: 1, a: 5)", "4"}, {"{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(25)}.r", "15511210043330985984000000"},
        {"{k: 10, f: function(x) function(y) x + y + k, r: f(1)(2)}.r", "13"}, {"for f in [sum, max] return f([1, 5])", "[6, 5]"}, {"(function(a: number) a)(\"x\")", "null"},
        {"(function(a: number) a)([7])", "7"}, {"(function(a: list<number>) a)(7)", "[7]"}, {"(function(d: date and time) d)(@\"2026-01-01\")", "@\"2026-01-01T00:00:00Z\""},
        {"(function(a) a)()", "null"}, {"(function(a) a)(b: 1)", "null"}, {"1(2)", "null"}, {"(function(a) external {java: {class: \"x\"}})(1)", "null"},
        {"sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]"},
    });
}

CASE("instance of")
{
    expectAll({
        {"1 instance of number", "true"}, {"null instance of Any", "false"}, {"[1, 2] instance of list<number>", "true"}, {"[1, \"a\"] instance of list<number>", "false"},
        {"{a: 1} instance of context<a: number>", "true"}, {"{b: 1} instance of context<a: number>", "false"}, {"@\"P1D\" instance of days and time duration", "true"},
        {"@\"P1M\" instance of days and time duration", "false"}, {"[1..2] instance of range<number>", "true"}, {"(function(a) a) instance of function<Any> -> Any", "true"},
        {"@\"2026-01-01T00:00:00\" instance of date and time", "true"}, {"1 instance of string", "false"},
    });
    EXPECT(!parse("1 instance of nothing known"));
}

CASE("the kind of a result, where the text alone says it")
{
    const std::pair<const char*, std::optional<Kind>> rows[] = {{"a > 1", Kind::Boolean}, {"count(a)", Kind::Number}, {"not(a)", Kind::Boolean}, {"\"a\"", Kind::String}, {"a", {}}, {"a + 1", {}},
        {"if a then 1 else 2", Kind::Number}, {"if a then 1 else \"x\"", {}}, {"date(a)", Kind::Date}, {"duration(a)", {}}, {"[a]", Kind::List}, {"for x in a return x", Kind::List}, {"sum(a)", {}}};
    for (const auto& [text, kind] : rows) {
        const auto e = parse(text);
        if (!e || e->resultKind() != kind) test::failed("feel", 0, std::string("another kind: ") + text);
    }
    EXPECT(parse("1 + 2")->constant() && !parse("a")->constant());
}

CASE("what does not parse is told with its place")
{
    for (const char* bad : {"", "1 +", "(1", "[1, 2", "{a 1}", "if 1 then 2", "for x return 1", "\"open", "1 2", "a.", "@5", "some x in [1]", "function(a", "1 ++ 2", ")", "/* open", "[1..2", "in 3", "{1: 2}"}) {
        const auto e = parse(bad);
        if (e) test::failed("feel", 0, std::string("parses: ") + bad);
        else EXPECT(e.error().kind == Err::Invalid && e.error().detail.find("byte") != std::string::npos);
    }
}

CASE("unary tests")
{
    const auto meets = [](std::string_view cell, const Value& input) {
        ParseOptions options;
        options.names = {"?"};
        const auto t = parseUnaryTests(cell, options);
        if (!t) return std::string("? ") + t.error().detail;
        Run run;
        return toString(evaluate(*t, input, ContextScope(Value::context({{"x", Value::number(4)}})), run));
    };
    const Value five = Value::number(5), a = Value::string("a");
    EXPECT_EQ(meets("-", five), "true");
    EXPECT_EQ(meets("5", five), "true");
    EXPECT_EQ(meets("< 5", five), "false");
    EXPECT_EQ(meets("<= 5, 9", five), "true");
    EXPECT_EQ(meets("[1..5)", five), "false");
    EXPECT_EQ(meets("not(1, 5)", five), "false");
    EXPECT_EQ(meets("not(> 5)", five), "true");
    EXPECT_EQ(meets("> x", five), "true");
    EXPECT_EQ(meets("? > x and ? < 9", five), "true");
    EXPECT_EQ(meets("x + 1", five), "true");
    EXPECT_EQ(meets("x = 4", five), "true");
    EXPECT_EQ(meets("\"a\", \"b\"", a), "true");
    EXPECT_EQ(meets("starts with(?, \"a\")", a), "true");
    EXPECT_EQ(meets("not(contains(?, \"a\"))", a), "false");
    EXPECT_EQ(meets("null", Value()), "true");
    EXPECT_EQ(meets("true", Value::boolean(false)), "false");
    EXPECT_EQ(meets("false", Value::boolean(false)), "true");
    EXPECT_EQ(meets("< 5", a), "null");
    EXPECT_EQ(meets("< 5", Value()), "null");
    EXPECT(parseUnaryTests("1, 2")->shapes().size() == 2);
    EXPECT(parseUnaryTests("-")->shapes()[0].form == TestShape::Form::Any);
    EXPECT(parseUnaryTests("< 5")->shapes()[0].form == TestShape::Form::Range);
    EXPECT(parseUnaryTests("\"a\"")->shapes()[0].form == TestShape::Form::Equal);
    EXPECT(parseUnaryTests("x")->shapes()[0].form == TestShape::Form::Other);
}

TEST_MAIN
