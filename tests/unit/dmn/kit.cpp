// The runner of the kit's cases, on cases of our own: what passes, what fails, how a failure is told.
#include "dmn_test.h"
#include "zt/dmn/tck.h"

using namespace zt;
using namespace zt::dmn;

namespace {
std::string cases(std::string_view inside, std::string_view model = "m.dmn")
{
    return "<testCases xmlns=\"http://www.omg.org/spec/DMN/20160719/testcase\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><modelName>" + std::string(model)
        + "</modelName>" + std::string(inside) + "</testCases>";
}
std::string result(std::string_view node, std::string_view expected, std::string_view more = "")
{
    return "<resultNode name=\"" + std::string(node) + "\"" + std::string(more) + "><expected>" + std::string(expected) + "</expected></resultNode>";
}
std::string of(std::string_view type, std::string_view text) { return "<value xsi:type=\"xsd:" + std::string(type) + "\">" + std::string(text) + "</value>"; }
TckReport ran(const std::string& model, const std::string& tests) { return runTck("f", {{"m.dmn", model}, {"m-test-01.xml", tests}}); }
} // namespace

CASE("values of every type are read and compared")
{
    const std::string m = model(input("x") + decision("d", needs("Input", "i_x") + literal("x")));
    const auto same = [&](std::string_view value) {
        const auto r = ran(m, cases("<testCase id=\"1\"><inputNode name=\"x\">" + std::string(value) + "</inputNode>" + result("d", value) + "</testCase>"));
        return r.passed == 1 && r.failed == 0;
    };
    EXPECT(same(of("string", " a ")));
    EXPECT(same(of("boolean", "true")));
    EXPECT(same(of("decimal", "1.50")));
    EXPECT(same(of("date", "2026-03-09")));
    EXPECT(same(of("time", "10:00:00+08:00")));
    EXPECT(same(of("dateTime", "2026-03-09T10:00:00Z")));
    EXPECT(same(of("duration", "P1DT2H")));
    EXPECT(same("<value xsi:nil=\"true\"/>"));
    EXPECT(same("<list><item>" + of("decimal", "1") + "</item><item><list><item>" + of("string", "a") + "</item></list></item></list>"));
    EXPECT(same("<component name=\"a\">" + of("decimal", "1") + "</component><component name=\"b\"><value xsi:nil=\"true\"/></component>"));
}

CASE("what differs fails, with the case, both values and the reason")
{
    const std::string m = model(decision("d", literal("1 / 0")) + decision("e", literal("[1, 2]")));
    const auto r = ran(m, cases("<testCase id=\"007\">" + result("d", of("decimal", "1")) + result("e", "<list><item>" + of("decimal", "1") + "</item></list>") + result("d", "<value xsi:nil=\"true\"/>", " errorResult=\"true\"")
        + result("none", of("string", "a")) + "</testCase>"));
    EXPECT_EQ(r.passed, 1u);
    REQUIRE(r.failed == 3 && r.failures.size() == 3);
    EXPECT_EQ(r.failures[0].id, std::string("f/m-test-01.xml#007 d"));
    EXPECT_EQ(r.failures[0].expected, std::string("1"));
    EXPECT_EQ(r.failures[0].got, std::string("null"));
    EXPECT(r.failures[0].why.find("division by zero") != std::string::npos);
    EXPECT_EQ(r.failures[1].got, std::string("[1, 2]"));
    EXPECT(r.failures[2].why.find("no decision") != std::string::npos);
}

CASE("rounded figures are near enough, wrong ones are not")
{
    const std::string m = model(decision("d", literal("2 / 3 * 1000")));
    EXPECT_EQ(ran(m, cases("<testCase id=\"1\">" + result("d", of("decimal", "666.666666667")) + "</testCase>")).passed, 1u);
    EXPECT_EQ(ran(m, cases("<testCase id=\"1\">" + result("d", of("decimal", "666.6667")) + "</testCase>")).failed, 1u);
}

CASE("missing models and broken files are failures, not silence")
{
    EXPECT_EQ(runTck("f", {{"t.xml", cases("", "gone.dmn")}}).failed, 1u);
    EXPECT_EQ(runTck("f", {{"t.xml", "<open"}}).failed, 1u);
    EXPECT_EQ(ran("<broken", cases("<testCase id=\"1\">" + result("d", of("decimal", "1")) + "</testCase>")).failed, 1u);
    EXPECT_EQ(runTck("f", {{"other.xml", "<something/>"}}).failed, 0u);
}

TEST_MAIN
