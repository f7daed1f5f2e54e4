// Decision tables: every hit policy with its sentence of the standard (DMN 1.3, 8.2.8), cells, defaults, sizes.
#include "dmn_test.h"


using namespace zt;
using namespace zt::dmn;

namespace {

//! Who has to sign for an amount: overlapping rules on purpose.
std::string table(std::string_view policy, std::string_view rules, std::string_view outputs = "<output name=\"o\"><outputValues><text>\"省长\",\"厅长\",\"处长\"</text></outputValues></output>")
{
    return model(input("amount", "number") + input("kind", "string")
        + decision("sign", needs("Input", "i_amount") + needs("Input", "i_kind") + "<decisionTable " + std::string(policy)
            + "><input><inputExpression><text>amount</text></inputExpression></input><input><inputExpression><text>kind</text></inputExpression></input>" + std::string(outputs) + std::string(rules) + "</decisionTable>"));
}
std::string rule(std::string_view a, std::string_view k, std::string_view o, std::string_view o2 = "")
{
    const auto cell = [](std::string_view tag, std::string_view text) {
        std::string escaped;
        for (const char c : text) escaped += c == '<' ? "&lt;" : std::string(1, c);
        return "<" + std::string(tag) + "><text>" + escaped + "</text></" + std::string(tag) + ">";
    };
    return "<rule>" + cell("inputEntry", a) + cell("inputEntry", k) + cell("outputEntry", o) + (o2.empty() ? "" : cell("outputEntry", o2)) + "</rule>";
}
const std::string kOverlapping = rule("< 100", "-", "\"处长\"") + rule("[50..1000)", "-", "\"厅长\"") + rule(">= 500", "\"采购\",\"工程\"", "\"省长\"");

std::string decided(const std::string& xml, std::string_view inputs, std::string* why = nullptr) { return decide(Model::read(xml), "sign", inputs, why); }

} // namespace

CASE("U: no overlap is possible; all rules are disjoint, only one may hold")
{
    std::string why;
    const std::string xml = table("hitPolicy=\"UNIQUE\"", kOverlapping);
    EXPECT_EQ(decided(xml, "{amount: 10, kind: \"x\"}"), "\"处长\"");
    EXPECT_EQ(decided(xml, "{amount: 60, kind: \"x\"}", &why), "null");
    EXPECT(why.find("rules 1 and 2 of `sign`") != std::string::npos);
    EXPECT_EQ(decided(table("", kOverlapping), "{amount: 700, kind: \"x\"}"), "\"厅长\""); // the default policy
    EXPECT_EQ(decided(xml, "{amount: 2000, kind: \"x\"}"), "null");
}

CASE("A: rules may overlap when their outputs are equal")
{
    const std::string xml = table("hitPolicy=\"ANY\"", kOverlapping + rule("[50..60]", "-", "\"厅长\""));
    EXPECT_EQ(decided(xml, "{amount: 300, kind: \"x\"}"), "\"厅长\"");
    EXPECT_EQ(decided(xml, "{amount: 60, kind: \"x\"}"), "null");
    EXPECT_EQ(decided(table("hitPolicy=\"ANY\"", rule("< 9", "-", "1 + 1") + rule("-", "-", "2")), "{amount: 5}"), "2");
}

CASE("P: of several rules the one whose output comes first in the output values")
{
    const std::string xml = table("hitPolicy=\"PRIORITY\"", kOverlapping);
    EXPECT_EQ(decided(xml, "{amount: 60, kind: \"x\"}"), "\"厅长\"");
    EXPECT_EQ(decided(xml, "{amount: 700, kind: \"采购\"}"), "\"省长\"");
}

CASE("F: the first rule by order decides")
{
    EXPECT_EQ(decided(table("hitPolicy=\"FIRST\"", kOverlapping), "{amount: 60, kind: \"x\"}"), "\"处长\"");
    EXPECT_EQ(decided(table("hitPolicy=\"FIRST\"", kOverlapping), "{amount: 700, kind: \"工程\"}"), "\"厅长\"");
}

CASE("R: all hits in the order of the rules; O: in the order of the output values")
{
    EXPECT_EQ(decided(table("hitPolicy=\"RULE ORDER\"", kOverlapping), "{amount: 60}"), "[\"处长\", \"厅长\"]");
    EXPECT_EQ(decided(table("hitPolicy=\"OUTPUT ORDER\"", kOverlapping), "{amount: 60}"), "[\"厅长\", \"处长\"]");
    EXPECT_EQ(decided(table("hitPolicy=\"OUTPUT ORDER\"", kOverlapping), "{amount: 700, kind: \"采购\"}"), "[\"省长\", \"厅长\"]");
}

CASE("C, C+, C<, C>, C#: all hits, or one figure of them")
{
    const std::string rules = rule("> 0", "-", "10") + rule("> 5", "-", "20") + rule("> 5", "\"a\"", "5.5") + rule("> 50", "-", "99");
    const std::string out = "<output name=\"o\"/>";
    const auto with = [&](std::string_view aggregation, std::string_view inputs) { return decided(table("hitPolicy=\"COLLECT\" " + std::string(aggregation), rules, out), inputs); };
    EXPECT_EQ(with("", "{amount: 6, kind: \"a\"}"), "[10, 20, 5.5]");
    EXPECT_EQ(with("aggregation=\"SUM\"", "{amount: 6, kind: \"a\"}"), "35.5");
    EXPECT_EQ(with("aggregation=\"MIN\"", "{amount: 6, kind: \"a\"}"), "5.5");
    EXPECT_EQ(with("aggregation=\"MAX\"", "{amount: 6, kind: \"a\"}"), "20");
    EXPECT_EQ(with("aggregation=\"COUNT\"", "{amount: 6, kind: \"a\"}"), "3");
    EXPECT_EQ(with("", "{amount: -1}"), "[]");
    EXPECT_EQ(with("aggregation=\"COUNT\"", "{amount: -1}"), "0");
    EXPECT_EQ(with("aggregation=\"SUM\"", "{amount: -1}"), "null");
}

CASE("several outputs make a context; priorities go column by column; default outputs")
{
    const std::string outputs = "<output name=\"who\"><outputValues><text>\"a\",\"b\"</text></outputValues><defaultOutputEntry><text>\"nobody\"</text></defaultOutputEntry></output>"
                                "<output name=\"days\" typeRef=\"number\"><outputValues><text>5,3,1</text></outputValues></output>";
    const std::string rules = rule("> 1", "-", "\"b\"", "5") + rule("> 2", "-", "\"a\"", "1") + rule("> 3", "-", "\"a\"", "3");
    EXPECT_EQ(decided(table("hitPolicy=\"PRIORITY\"", rules, outputs), "{amount: 9}"), "{who: \"a\", days: 3}");
    EXPECT_EQ(decided(table("hitPolicy=\"OUTPUT ORDER\"", rules, outputs), "{amount: 9}"), "[{who: \"a\", days: 3}, {who: \"a\", days: 1}, {who: \"b\", days: 5}]");
    EXPECT_EQ(decided(table("hitPolicy=\"FIRST\"", rules, outputs), "{amount: 0}"), "{who: \"nobody\", days: null}");
    EXPECT_EQ(decided(table("hitPolicy=\"FIRST\"", rule("> 1", "-", "\"b\"", "\"not a number\""), outputs), "{amount: 5}"), "{who: \"b\", days: null}");
}

CASE("cells: values, intervals, lists, negation, expressions, other inputs, null")
{
    const auto meets = [](std::string_view cell, std::string_view inputs) { return decided(table("hitPolicy=\"FIRST\"", rule(cell, "-", "true") + rule("-", "-", "false")), inputs); };
    EXPECT_EQ(meets("5", "{amount: 5}"), "true");
    EXPECT_EQ(meets("5", "{amount: 5.0}"), "true");
    EXPECT_EQ(meets("(1..5)", "{amount: 5}"), "false");
    EXPECT_EQ(meets("(1..5)", "{amount: 4.999999}"), "true");
    EXPECT_EQ(meets("< 1, [3..4], > 9", "{amount: 3.5}"), "true");
    EXPECT_EQ(meets("< 1, [3..4], > 9", "{amount: 5}"), "false");
    EXPECT_EQ(meets("not(3, 4)", "{amount: 3}"), "false");
    EXPECT_EQ(meets("not(> 4)", "{amount: 3}"), "true");
    EXPECT_EQ(meets("even(?)", "{amount: 4}"), "true");
    EXPECT_EQ(meets("? > string length(kind)", "{amount: 4, kind: \"abc\"}"), "true");
    EXPECT_EQ(meets("string length(kind)", "{amount: 3, kind: \"abc\"}"), "true");
    EXPECT_EQ(meets("null", "{}"), "true");
    EXPECT_EQ(meets("< 5", "{}"), "false");
    EXPECT_EQ(meets("-", "{}"), "true");
    EXPECT_EQ(meets("[1, 2, 3]", "{amount: 2}"), "true");
    EXPECT_EQ(meets("= 5", "{amount: 5}"), "true");
    EXPECT_EQ(meets("!= 5", "{amount: 5}"), "false");
    EXPECT_EQ(meets("5..3", "{amount: 4}").substr(0, 4), "null");
    EXPECT_EQ(meets("[5..3]", "{amount: 4}"), "false");
}

CASE("cells by rank agree with cells evaluated one by one")
{
    // The same tests, once as constants (ranked), once hidden from the index behind `? … and true`.
    const char* tests[] = {"? < 10", "? <= 10", "? > 10", "? >= 10", "? = 10", "? >= 5 and ? < 15", "? > 5 and ? <= 15"};
    const char* ranked[] = {"< 10", "<= 10", "> 10", ">= 10", "10", "[5..15)", "(5..15]"};
    std::string fast, slow;
    for (int i = 0; i < 7; ++i) {
        fast += rule(ranked[i], "-", std::to_string(i));
        slow += rule(std::string(tests[i]) + " and true", "-", std::to_string(i));
    }
    const auto a = Model::read(table("hitPolicy=\"RULE ORDER\"", fast, "<output/>")), b = Model::read(table("hitPolicy=\"RULE ORDER\"", slow, "<output/>"));
    for (const char* n : {"-1", "4.9", "5", "5.1", "9.9999", "10", "10.0001", "15", "15.1", "null", "1e30"})
        EXPECT_EQ(decide(a, "sign", "{amount: " + std::string(n) + "}"), decide(b, "sign", "{amount: " + std::string(n) + "}"));
}

CASE("input values that are not allowed give null and say so")
{
    const std::string xml = model(input("k") + decision("sign", needs("Input", "i_k")
        + "<decisionTable><input><inputExpression typeRef=\"string\"><text>k</text></inputExpression><inputValues><text>\"a\",\"b\"</text></inputValues></input><output/>"
          "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable>"));
    std::string why;
    EXPECT_EQ(decided(xml, "{k: \"a\"}"), "1");
    EXPECT_EQ(decided(xml, "{k: \"z\"}", &why), "null");
    EXPECT(why.find("`k`") != std::string::npos && why.find("allowed") != std::string::npos);
}

CASE("a broken cell is named with its rule; the decision is null, the others work")
{
    const auto m = Model::read(table("", rule("< 5", "-", "1") + rule("< < 5", "-", "2")));
    REQUIRE(m.has_value());
    REQUIRE(m->findings().size() == 1);
    EXPECT(m->findings()[0].text.find("rule 2 of `sign`, input 1") != std::string::npos);
    EXPECT_EQ(decide(m, "sign", "{amount: 1}"), "null");
}

CASE("1,000 rows; 100,000 rows; more are refused by name")
{
    const auto rows = [](std::size_t n) {
        std::string s;
        for (std::size_t i = 0; i < n; ++i) s += rule("[" + std::to_string(i * 10) + ".." + std::to_string(i * 10 + 10) + ")", "\"k" + std::to_string(i % 7) + "\"", std::to_string(i));
        return s;
    };
    const auto small = Model::read(table("", rows(1'000), "<output/>"));
    EXPECT_EQ(decide(small, "sign", "{amount: 5678, kind: \"k" + std::to_string(567 % 7) + "\"}"), "567");
    EXPECT_EQ(decide(small, "sign", "{amount: 5678, kind: \"none\"}"), "null");
    const auto large = Model::read(table("", rows(100'000), "<output/>"));
    EXPECT_EQ(decide(large, "sign", "{amount: 999999, kind: \"k" + std::to_string(99'999 % 7) + "\"}"), "99999");
    const auto huge = Model::read(table("", rows(200'001), "<output/>"));
    REQUIRE(!huge);
    EXPECT(huge.error().kind == Err::TooLarge && huge.error().detail.find("`sign`") != std::string::npos);
}

TEST_MAIN
