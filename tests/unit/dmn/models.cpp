// Requirement graphs, boxed expressions, types, services, imports, and models that are not.
#include "dmn_test.h"

using namespace zt;
using namespace zt::dmn;

namespace {
std::string boxed(std::string_view inside, std::string_view inputs = "{}") { return decide(Model::read(model(decision("d", inside))), "d", inputs); }
std::string bkm(std::string_view name, std::string_view params, std::string_view body, std::string_view requirements = "", std::string_view kind = "")
{
    return "<businessKnowledgeModel id=\"b_" + std::string(name) + "\" name=\"" + std::string(name) + "\"><variable name=\"" + std::string(name) + "\"/><encapsulatedLogic " + std::string(kind) + ">" + std::string(params)
        + std::string(body) + "</encapsulatedLogic>" + std::string(requirements) + "</businessKnowledgeModel>";
}
} // namespace

CASE("decisions see what they require, and nothing else")
{
    const std::string xml = model(input("a", "number") + decision("b", needs("Input", "i_a") + literal("a * 2")) + decision("c d", needs("Decision", "d_b") + needs("Input", "i_a") + literal("a + b"))
        + decision("e", needs("Decision", "d_c d") + literal("c d + 1")) + decision("f", literal("a")));
    const auto m = Model::read(xml);
    EXPECT_EQ(decide(m, "e", "{a: 5}"), "16");
    EXPECT_EQ(decide(m, "f", "{a: 5}"), "null");
    EXPECT_EQ(decide(m, "e", "{a: 5, b: 100}"), "106"); // a decision may be preset
    EXPECT(decide(m, "nothing").find("no decision") != std::string::npos);
    REQUIRE(m.has_value());
    EXPECT((m->decisions() == std::vector<std::string>{"b", "c d", "e", "f"}));
    REQUIRE(m->inputsOf("e").size() == 1);
    EXPECT(m->inputsOf("e")[0].name == "a" && m->inputsOf("e")[0].type == "number");
}

CASE("versions 1.1 to 1.5, prefixes, QNames as types")
{
    for (const char* ns : {"http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/", "https://www.omg.org/spec/DMN/20191111/MODEL/",
             "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/"})
        EXPECT_EQ(decide(Model::read(model(input("a", "feel:number") + decision("d", needs("Input", "i_a") + literal("a + 1")), ns)), "d", "{a: 1}"), "2");
    EXPECT(!Model::read(model("", "urn:other")));
    EXPECT_EQ(decide(Model::read("<x:definitions xmlns:x=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"m\"><x:decision name=\"d\"><x:literalExpression><x:text>1</x:text></x:literalExpression></x:decision></x:definitions>"), "d"), "1");
}

CASE("boxed: context, result entry, list, relation, conditional, filter, for, some, every")
{
    const auto entry = [](std::string_view name, std::string_view body) { return "<contextEntry>" + (name.empty() ? std::string() : "<variable name=\"" + std::string(name) + "\"/>") + std::string(body) + "</contextEntry>"; };
    EXPECT_EQ(boxed("<context>" + entry("a b", literal("1")) + entry("c", literal("a b + 1")) + "</context>"), "{\"a b\": 1, c: 2}");
    EXPECT_EQ(boxed("<context>" + entry("a", literal("1")) + entry("", literal("a + 41")) + "</context>"), "42");
    EXPECT_EQ(boxed("<list>" + literal("1") + literal("\"x\"") + "</list>"), "[1, \"x\"]");
    EXPECT_EQ(boxed("<relation><column name=\"n\"/><column name=\"v\"/><row>" + literal("\"a\"") + literal("1") + "</row><row>" + literal("\"b\"") + literal("2") + "</row></relation>"), "[{n: \"a\", v: 1}, {n: \"b\", v: 2}]");
    EXPECT_EQ(boxed("<conditional><if>" + literal("1 < 2") + "</if><then>" + literal("\"y\"") + "</then><else>" + literal("\"n\"") + "</else></conditional>"), "\"y\"");
    EXPECT_EQ(boxed("<filter><in>" + literal("[{a: 1}, {a: 2}]") + "</in><match>" + literal("a > 1") + "</match></filter>"), "[{a: 2}]");
    EXPECT_EQ(boxed("<filter><in>" + literal("[5, 6]") + "</in><match>" + literal("item = 6") + "</match></filter>"), "[6]");
    EXPECT_EQ(boxed("<for iteratorVariable=\"x\"><in>" + literal("[1, 2]") + "</in><return>" + literal("x * 10") + "</return></for>"), "[10, 20]");
    EXPECT_EQ(boxed("<for iteratorVariable=\"x\"><in>" + literal("[1..3]") + "</in><return>" + literal("count(partial)") + "</return></for>"), "[0, 1, 2]");
    EXPECT_EQ(boxed("<some iteratorVariable=\"x\"><in>" + literal("[1, 2]") + "</in><satisfies>" + literal("x = 2") + "</satisfies></some>"), "true");
    EXPECT_EQ(boxed("<every iteratorVariable=\"x\"><in>" + literal("[1, 2]") + "</in><satisfies>" + literal("x = 2") + "</satisfies></every>"), "false");
}

CASE("boxed functions, invocation, knowledge models; recursion; a Java function is a named error")
{
    const std::string f = "<context><contextEntry><variable name=\"f\"/><functionDefinition><formalParameter name=\"x\" typeRef=\"number\"/>" + literal("x * k") + "</functionDefinition></contextEntry><contextEntry>" + literal("f(4)") + "</contextEntry></context>";
    EXPECT_EQ(boxed("<context><contextEntry><variable name=\"k\"/>" + literal("3") + "</contextEntry><contextEntry>" + f + "</contextEntry></context>"), "12");
    const std::string call = "<invocation>" + literal("fact") + "<binding><parameter name=\"n\"/>" + literal("5") + "</binding></invocation>";
    const std::string fact = bkm("fact", "<formalParameter name=\"n\" typeRef=\"number\"/>", literal("if n < 2 then 1 else n * fact(n - 1)"));
    EXPECT_EQ(decide(Model::read(model(fact + decision("d", needs("Knowledge", "b_fact") + call))), "d"), "120");
    const std::string twice = bkm("twice", "<formalParameter name=\"n\"/>", literal("2 * fact(n)"), needs("Knowledge", "b_fact"));
    EXPECT_EQ(decide(Model::read(model(fact + twice + decision("d", needs("Knowledge", "b_twice") + literal("twice(n: 4)")))), "d"), "48");
    EXPECT_EQ(decide(Model::read(model(fact + decision("d", needs("Knowledge", "b_fact") + literal("fact(\"x\")")))), "d"), "null");
    const auto java = Model::read(model(bkm("cos", "<formalParameter name=\"x\"/>", literal("{}"), "", "kind=\"Java\"") + decision("d", needs("Knowledge", "b_cos") + literal("cos(1)"))));
    REQUIRE(java.has_value() && java->findings().size() == 1);
    EXPECT(java->findings()[0].element == "cos" && java->findings()[0].text.find("Java") != std::string::npos);
    std::string why;
    EXPECT_EQ(decide(java, "d", "{}", &why), "null");
    EXPECT(why.find("Java") != std::string::npos);
}

CASE("types: what an input must be, allowed values, collections, components, coercion")
{
    const std::string types = "<itemDefinition name=\"tSize\"><typeRef>number</typeRef><allowedValues><text>[1..9]</text></allowedValues></itemDefinition>"
                              "<itemDefinition name=\"tSizes\" isCollection=\"true\"><typeRef>tSize</typeRef></itemDefinition>"
                              "<itemDefinition name=\"tPerson\"><itemComponent name=\"full name\"><typeRef>string</typeRef></itemComponent><itemComponent name=\"size\"><typeRef>tSize</typeRef></itemComponent></itemDefinition>";
    const auto of = [&](std::string_view type, std::string_view expression, std::string_view v) {
        return decide(Model::read(model(types + input("x", type) + decision("d", needs("Input", "i_x") + literal(expression)))), "d", "{x: " + std::string(v) + "}");
    };
    EXPECT_EQ(of("tSize", "x", "5"), "5");
    EXPECT_EQ(of("tSize", "x", "10"), "null");
    EXPECT_EQ(of("tSize", "x", "\"5\""), "null");
    EXPECT_EQ(of("tSize", "x", "[5]"), "5");
    EXPECT_EQ(of("tSizes", "x", "[1, 2]"), "[1, 2]");
    EXPECT_EQ(of("tSizes", "x", "[1, 20]"), "null");
    EXPECT_EQ(of("tSizes", "x", "4"), "[4]");
    EXPECT_EQ(of("tPerson", "x.full name", "{\"full name\": \"李\", size: 3}"), "\"李\"");
    EXPECT_EQ(of("tPerson", "x", "{\"full name\": 3, size: 3}"), "null");
    EXPECT_EQ(of("tPerson", "x", "{\"full name\": \"李\", size: 30}"), "null");
    EXPECT_EQ(of("tPerson", "x instance of tPerson", "{\"full name\": \"李\", size: 3, more: 1}"), "true");
    EXPECT_EQ(of("date and time", "x", "@\"2026-01-01\""), "@\"2026-01-01T00:00:00Z\"");
    EXPECT_EQ(decide(Model::read(model(decision("d", literal("\"x\""), "number"))), "d"), "null");
    EXPECT_EQ(decide(Model::read(model(types + decision("d", literal("7"), "tSizes"))), "d"), "[7]");
    const auto unknown = Model::read(model(input("x", "tNothing") + decision("d", needs("Input", "i_x") + literal("x"))));
    REQUIRE(unknown.has_value() && unknown->findings().size() == 1);
    EXPECT(unknown->findings()[0].text.find("tNothing") != std::string::npos);
}

CASE("decision services: called by name, from expressions, with several outputs")
{
    const std::string xml = model(input("a", "number") + decision("in", literal("100")) + decision("mid", needs("Input", "i_a") + needs("Decision", "d_in") + literal("a + in")) + decision("out", needs("Decision", "d_mid") + literal("mid * 2"))
        + "<decisionService id=\"s\" name=\"svc\"><variable name=\"svc\"/><outputDecision href=\"#d_out\"/><encapsulatedDecision href=\"#d_mid\"/><inputDecision href=\"#d_in\"/><inputData href=\"#i_a\"/></decisionService>"
          "<decisionService id=\"s2\" name=\"two\"><variable name=\"two\"/><outputDecision href=\"#d_out\"/><outputDecision href=\"#d_mid\"/><inputData href=\"#i_a\"/></decisionService>"
        + decision("caller", "<knowledgeRequirement><requiredKnowledge href=\"#s\"/></knowledgeRequirement>" + literal("svc(1, 2)")));
    const auto m = Model::read(xml);
    REQUIRE(m.has_value());
    feel::Run run;
    EXPECT_EQ(feel::toString(*m->serve("svc", value("{a: 1, in: 2}"), run)), "6");
    EXPECT_EQ(feel::toString(*m->serve("two", value("{a: 1}"), run)), "{out: 202, mid: 101}");
    EXPECT_EQ(decide(m, "caller"), "6");
    EXPECT_EQ(decide(m, "out", "{a: 1}"), "202");
    EXPECT((m->services() == std::vector<std::string>{"svc", "two"}));
    EXPECT(!m->serve("none", value("{}"), run));
}

CASE("imports: by prefix, through two files, and with an empty name")
{
    const std::string base = "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"base\" namespace=\"urn:base\"><itemDefinition name=\"tN\"><typeRef>number</typeRef></itemDefinition>" + input("a", "tN")
        + decision("twice it", needs("Input", "i_a") + literal("a * 2")) + "</definitions>";
    const auto over = [&](std::string_view prefix, std::string_view expression) {
        return model("<import namespace=\"urn:base\" name=\"" + std::string(prefix) + "\" importType=\"https://www.omg.org/spec/DMN/20191111/MODEL/\"/>"
            + decision("d", "<informationRequirement><requiredDecision href=\"urn:base#d_twice it\"/></informationRequirement>" + literal(expression), std::string(prefix) + (prefix.empty() ? "" : ".") + "tN"));
    };
    const std::string_view files[] = {base};
    EXPECT_EQ(decide(Model::read(over("my base", "my base.twice it + 1"), files), "d", "{a: 5}"), "11");
    EXPECT_EQ(decide(Model::read(over("", "twice it + 1"), files), "d", "{a: 5}"), "11");
    const auto missing = Model::read(over("b", "1"));
    REQUIRE(missing.has_value());
    EXPECT(!missing->findings().empty());
}

CASE("cycles are refused by name")
{
    const auto two = Model::read(model(decision("a", needs("Decision", "d_b") + literal("b")) + decision("b", needs("Decision", "d_a") + literal("a"))));
    REQUIRE(!two);
    EXPECT(two.error().kind == Err::Invalid && two.error().detail.find("`a`") != std::string::npos && two.error().detail.find("`b`") != std::string::npos);
    EXPECT(!Model::read(model(decision("a", needs("Decision", "d_a") + literal("a")))));
    std::string chain;
    for (int i = 0; i < 10'000; ++i) chain += decision("n" + std::to_string(i), needs("Decision", "d_n" + std::to_string((i + 1) % 10'000)) + literal("1"));
    EXPECT(!Model::read(model(chain)));
    const auto types = Model::read(model("<itemDefinition name=\"t\"><itemComponent name=\"x\"><typeRef>t</typeRef></itemComponent></itemDefinition>" + input("i", "t")));
    REQUIRE(!types);
    EXPECT(types.error().detail.find("`t`") != std::string::npos);
}

CASE("not models: no XML, entity bombs, wrong encodings, wrong roots, endless nesting")
{
    EXPECT(!Model::read(""));
    EXPECT(!Model::read("<definitions"));
    EXPECT(!Model::read("<html/>"));
    const auto bomb = Model::read("<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>" + model(decision("d", literal("\"&b;\""))).substr(39));
    REQUIRE(!bomb);
    EXPECT(bomb.error().detail.find("DOCTYPE") != std::string::npos);
    EXPECT(!Model::read(model(decision("d", literal("\"\xb9\xab\xce\xc4\"")))));
    std::string gbk = model(decision("d", literal("\"\xb9\xab\xce\xc4\"")));
    gbk.replace(gbk.find("UTF-8"), 5, "GB2312");
    EXPECT(!Model::read(gbk));
    std::string nested = literal("1");
    for (int i = 0; i < 10'000; ++i) nested = "<list>" + nested + "</list>";
    const auto deep = Model::read(model(decision("deep one", nested)));
    REQUIRE(!deep);
    EXPECT(deep.error().kind == Err::TooLarge && deep.error().detail.find("deep one") != std::string::npos);
    const auto twice = Model::read(model(input("a") + input("a")));
    EXPECT(!twice && twice.error().detail.find("i_a") != std::string::npos);
    std::string chain;
    for (int i = 0; i < 5'000; ++i) chain += decision("n" + std::to_string(i), (i + 1 < 5'000 ? needs("Decision", "d_n" + std::to_string(i + 1)) : "") + literal("1"));
    std::string why;
    EXPECT_EQ(decide(Model::read(model(chain)), "n0", "{}", &why), "null"); // deeper than the run allows: an end, not a crash
    EXPECT(why.find("deep") != std::string::npos);
}

TEST_MAIN
