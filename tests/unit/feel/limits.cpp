// Bad input: a clear error or null with a reason, in bounded time and memory.
#include "feel_test.h"

#include <chrono>

using namespace zt;
using namespace zt::feel;

namespace {
std::string times(std::size_t n, std::string_view s)
{
    std::string out;
    for (std::size_t i = 0; i < n; ++i) out += s;
    return out;
}
//! Milliseconds; tests allow many times what is usual, for machines under load.
template <class F>
double took(F f)
{
    const auto start = std::chrono::steady_clock::now();
    f();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}
Run ran(std::string_view text, Limits limits = {})
{
    Run run(limits);
    const auto e = parse(text);
    if (e) (void)evaluate(*e, ContextScope(Value::context({})), run);
    else run.null(0, e.error().detail);
    return run;
}
} // namespace

CASE("10,000 levels of anything are refused at once, with the place")
{
    for (const char* open : {"(", "[", "{a: ", "-", "if true then 1 else ", "not(", "for x in [1] return ", "1 + (", "1 in (", "f(", "[1][", "function(a) ", "1 in not(", "[1..(", "x[", "some x in "}) {
        const double ms = took([&] {
            const auto e = parse(times(10'000, open) + "1");
            EXPECT(!e && e.error().kind == Err::TooLarge);
        });
        EXPECT(ms < 2'000);
    }
    for (const char* link : {".a", "[1]", "()"}) EXPECT(!parse("x" + times(10'000, link)));
    const auto sum = parse("1" + times(10'000, " + x"));
    Run run;
    EXPECT(!sum || (evaluate(*sum, ContextScope(Value::context({{"x", Value::number(1)}})), run).isNull() && !run.alive()));
}

CASE("200 levels work")
{
    EXPECT_EQ(eval(times(200, "(") + "1" + times(200, ")")), "1");
    EXPECT_EQ(eval("1" + times(800, " + 1")), "801");
}

CASE("what never ends runs out of steps")
{
    for (const char* text : {"{f: function(x) f(x), r: f(1)}.r", "{f: function(x) f(x) + f(x), r: f(1)}.r", "for x in 1..1000000000 return x", "count(for a in 1..100000, b in 1..100000 return 1)",
             "for i in 1..1000000 return list contains(for k in 1..1000 return k, -i)", "count(for i in 1..1000 return count(distinct values(for k in 1..100000 return k)))",
             "every x in 1..9999999999 satisfies true", "{y: function(f) f(f), r: y(y)}.r"}) {
        bool alive = true;
        const double ms = took([&] { alive = ran(text).alive(); });
        EXPECT(!alive);
        EXPECT(ms < 20'000);
    }
    EXPECT(ran("for x in 1..100 return x", {.steps = 50}).problems() == 1);
}

CASE("what grows without end runs out of memory allowed")
{
    EXPECT(ran("(for i in 1..100 return if i = 1 then \"aaaaaaaa\" else partial[-1] + partial[-1])[-1]").problems() > 0);
    EXPECT(!ran("for i in 1..100 return string join(for k in 1..1000 return \"" + std::string(10'000, 'a') + "\")").alive());
    // Lists that hold each other twice would be 2^100 items to walk through.
    const Run r = ran("string((for i in 1..100 return [partial[-1], partial[-1]])[-1])");
    EXPECT(r.problems() > 0);
    EXPECT(ran("(for i in 1..100000 return [partial[-1]])[-1]", {.steps = 100'000}).problems() > 0);
}

CASE("numbers of a million digits, texts of megabytes")
{
    EXPECT(parse(std::string(1'000'000, '9')).error().kind == Err::TooLarge);
    EXPECT(parse("0." + std::string(1'000'000, '9')).error().kind == Err::TooLarge);
    EXPECT(parse(std::string(2u << 20, ' ')).error().kind == Err::TooLarge);
    EXPECT(parse("\"" + std::string(500'000, 'x') + "\"").has_value());
    EXPECT(eval("9999999999 ** 9999999999") == "null");
    EXPECT(eval("string length(string(10 ** 6000))") != "null");
    EXPECT(eval("decimal(1, 999999999999)") == "null");
    EXPECT(eval("@\"P999999999999999999999Y\"") == "null");
    EXPECT(eval("@\"P9999999999999999D\" * 9999999999") == "null");
}

CASE("patterns that go back and forth end in time")
{
    const double ms = took([&] { EXPECT_EQ(eval("matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\", \"^(a+)+$\")"), "null"); });
    EXPECT(ms < 10'000);
    EXPECT_EQ(eval("matches(\"a\", \"" + times(5'000, "(") + "a" + times(5'000, ")") + "\")"), "null");
}

CASE("broken UTF-8 and control characters neither crash nor spread")
{
    for (const char* text : {"\xff", "\"\xff\xfe\"", "a\xc3", "\xed\xa0\x80", "upper case(\"\xff\")", "substring(\"\xf0\x9f\", 1)", "{\xc3: 1}", "matches(\"\xff\", \".\")"}) {
        Run run;
        const auto e = parse(text);
        if (e) (void)toString(evaluate(*e, ContextScope(Value::context({})), run));
    }
    EXPECT(parse(std::string("1 + \0 2", 7)).error().kind == Err::Invalid);
}

CASE("a run that ended stays ended")
{
    Run run({.steps = 3});
    EXPECT(evaluate(*parse("[1, 2, 3, 4, 5 + x]"), ContextScope(Value::context({})), run).isNull());
    EXPECT(!run.alive() && evaluate(*parse("1"), ContextScope(Value::context({})), run).isNull());
    EXPECT(run.diagnostics().front().text.find("steps") != std::string::npos);
}

TEST_MAIN
