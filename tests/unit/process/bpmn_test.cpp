// Files: vendors' manners, encodings, what must not hurt.
#include "play.h"
#include "zt/test/findings.h"

using namespace zt;
using namespace zt::test;

namespace {

std::string utf16(const std::string& text, bool big, bool mark)
{
    std::string out;
    const auto unit = [&](unsigned u) {
        out += char(big ? u >> 8 : u & 255);
        out += char(big ? u & 255 : u >> 8);
    };
    if (mark) unit(0xfeff);
    for (size_t i = 0; i < text.size();) {
        const char32_t c = nextCodePoint(text, i);
        if (c < 0x10000) unit(unsigned(c));
        else {
            unit(unsigned(0xd800 + ((c - 0x10000) >> 10)));
            unit(unsigned(0xdc00 + ((c - 0x10000) & 0x3ff)));
        }
    }
    return out;
}
std::string refused(const std::string& bytes)
{
    const auto d = Document::read(bytes);
    return d ? std::string("was read") : d.error().detail;
}
bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

const std::string kVendors = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<!-- drawn by hand -->
<?vendor keep="this"?>
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:flowable="http://flowable.org/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="x" exporter='A &amp; "B"'>
  <b:collaboration id="c"><b:participant id="pa" name="某厅" processRef="p"/></b:collaboration>
  <b:process id="p" name="发文" isExecutable="true" camunda:versionTag="1">
    <b:documentation><![CDATA[Text with <tags> & more]]></b:documentation>
    <b:extensionElements><camunda:properties><camunda:property name="a" value="1&#10;2"/></camunda:properties></b:extensionElements>
    <b:laneSet id="ls"><b:lane id="l"><b:flowNodeRef>a</b:flowNodeRef></b:lane></b:laneSet>
    <b:startEvent id="s"><b:outgoing>f1</b:outgoing></b:startEvent>
    <b:userTask id="a" name="拟稿" camunda:assignee="${drafter}" camunda:formKey="embedded:app"><b:incoming>f1</b:incoming></b:userTask>
    <b:userTask id="b" flowable:candidateGroups="heads"><b:multiInstanceLoopCharacteristics isSequential="true" flowable:collection="${heads}" flowable:elementVariable="head">
      <b:completionCondition xsi:type="b:tFormalExpression" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${nrOfCompletedInstances/nrOfInstances >= 0.5}</b:completionCondition></b:multiInstanceLoopCharacteristics></b:userTask>
    <b:userTask id="c1"><b:extensionElements><zeebe:assignmentDefinition assignee="= boss" candidateGroups="x"/></b:extensionElements></b:userTask>
    <b:exclusiveGateway id="g" default="f4"/>
    <b:sequenceFlow id="f1" sourceRef="s" targetRef="a"/><b:sequenceFlow id="f2" sourceRef="a" targetRef="g"/>
    <b:sequenceFlow id="f3" sourceRef="g" targetRef="b"><b:conditionExpression>${kind == 'urgent' &amp;&amp; !(done || late)}</b:conditionExpression></b:sequenceFlow>
    <b:sequenceFlow id="f4" sourceRef="g" targetRef="c1"/>
    <b:association id="as" sourceRef="a" targetRef="ta"/><b:textAnnotation id="ta"><b:text>note</b:text></b:textAnnotation>
  </b:process>
  <bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="pl" bpmnElement="p"><bpmndi:BPMNShape id="sh" bpmnElement="a"><dc:Bounds x="1" y="2" width="100" height="80"/></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</b:definitions>
)";

} // namespace

CASE("a file of several vendors' manners is read, runs, and is written back whole: prefixes, extensions, diagram, comments, CDATA, processing instructions")
{
    const auto doc = Document::read(kVendors);
    REQUIRE(doc);
    // Byte for byte, but for what canonical XML does not tell apart: quotes, blanks inside tags, > in text.
    std::string expected = kVendors;
    expected.replace(expected.find("'A &amp; \"B\"'"), 13, "\"A &amp; &quot;B&quot;\"").replace(expected.find("\n  xmlns:camunda"), 3, " ").replace(expected.find(">= 0.5"), 1, "&gt;");
    EXPECT_EQ(doc->write(), expected);
    const auto report = doc->report();
    EXPECT(report.lost.empty() && report.notExecuted.empty());
    EXPECT_EQ(report.kept.at("bpmndi:BPMNShape"), 1u);
    EXPECT_EQ(report.kept.at("association"), 1u);
    EXPECT_EQ(report.executed.at("userTask"), 3u);
    const auto d = doc->process();
    REQUIRE(d);
    EXPECT_EQ(d->name, "发文");
    EXPECT(codes(check(*d)).empty());
    Play p(*d);
    EXPECT(p.start({{"drafter", text("张三")}, {"boss", text("李四")}, {"heads", list({"h1", "h2"})}}));
    EXPECT_EQ(p.who(), "张三");
    Play q(*d);
    EXPECT(q.start({{"heads", list({"h1", "h2"})}}));
    EXPECT(q.done("a", {{"kind", text("urgent")}, {"done", no()}, {"late", no()}}));
    EXPECT_EQ(q.open(), "b");
    EXPECT(q.done("b"));
    EXPECT(q.over());
    EXPECT(p.done("a", {{"kind", text("plain")}, {"done", no()}, {"late", no()}}));
    EXPECT_EQ(p.who(), "李四");
}

CASE("what is written reads as the same canonical document, whatever the encoding it came in")
{
    const std::string plain = file(kStart + element("userTask", "a", "name=\"审核 𠮷\" z:assignee=\"x\"") + flows("s>a"));
    const auto as = [&](const std::string& encoding) { return std::string(plain).replace(plain.find("UTF-8"), 5, encoding); };
    for (const bool big : {true, false})
        for (const bool mark : {true, false}) {
            const auto doc = Document::read(utf16(as("UTF-16"), big, mark));
            REQUIRE(doc);
            EXPECT_EQ(doc->processes()[0].nodes[1].name, "审核 𠮷");
            EXPECT(doc->write().find("encoding=\"UTF-8\"") != std::string::npos);
            EXPECT(doc->report().lost.empty());
            EXPECT(Document::read(doc->write())->write() == doc->write());
        }
    EXPECT(Document::read("\xef\xbb\xbf" + plain).has_value());
    EXPECT(Document::read(as("utf-8")).has_value());
    const std::string gb = std::string(file(kStart + element("userTask", "a", "name=\"\xc9\xf3\xba\xcb\"") + flows("s>a")));
    for (const char* name : {"GB18030", "gbk", "GB2312"}) {
        const auto doc = Document::read(std::string(gb).replace(gb.find("UTF-8"), 5, name));
        REQUIRE(doc);
        EXPECT_EQ(doc->processes()[0].nodes[1].name, "审核");
        EXPECT(doc->report().lost.empty());
    }
    EXPECT(has(refused(gb), "not UTF-8") && has(refused(gb), "line 1"));
    EXPECT(has(refused(as("KOI-99")), "not known"));
    EXPECT(has(refused(std::string(gb).replace(gb.find("\xc9\xf3"), 2, "\xff\xff").replace(gb.find("UTF-8"), 5, "GB18030")), "not in the encoding"));
    EXPECT(has(refused(utf16(plain, true, true).substr(0, 101)), ""));
}

CASE("bad files end in one clear sentence: no XML, no BPMN, cut off, entities, other namespaces")
{
    EXPECT(has(refused(""), "empty"));
    EXPECT(has(refused("hello"), "does not begin with an element"));
    EXPECT(has(refused("{\"a\": 1}"), "does not begin with an element"));
    EXPECT(has(refused("<definitions"), "without end"));
    const std::string good = file(kStart);
    EXPECT(refused(good) == "was read");
    for (size_t cut = 1; cut < good.size(); ++cut) EXPECT(refused(good.substr(0, cut)) != "was read");
    EXPECT(has(refused(good + "<x/>"), "second root"));
    EXPECT(has(refused(good + "text"), "behind the root"));
    EXPECT(has(refused("<html/>"), "root element is html"));
    EXPECT(has(refused("<definitions xmlns=\"urn:other\"/>"), "element definitions"));
    EXPECT(has(refused("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"><a></b></definitions>"), "line 1"));
    EXPECT(has(refused("<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]>\n" + good.substr(good.find("<definitions"))), "entities"));
    EXPECT(has(refused("<!DOCTYPE x SYSTEM \"file:///etc/passwd\" [\n]>" + good.substr(good.find("<definitions"))), "entities"));
    EXPECT(has(refused(file("<startEvent id=\"s\" name=\"&xxe;\"/>")), "entity"));
    EXPECT(has(refused(file("<startEvent id=\"s\" name=\"a & b\"/>")), "&"));
    EXPECT(has(refused(file("<startEvent id=\"s\" name=\"a < b\"/>")), "attribute"));
    EXPECT(has(refused(file(std::string("a\0b", 3))), "control"));
    EXPECT(has(refused(file("<startEvent id=\"a\x01\"/>")), "control"));
    EXPECT(has(refused(file("&#0;")), "no character"));
}

CASE("deep nesting, many elements, many nodes: a clear answer in bounded time")
{
    std::string deep, end;
    for (int i = 0; i < 100'000; ++i) {
        deep += "<x" + std::to_string(i) + ">";
        end = "</x" + std::to_string(i) + ">" + end.substr(0, 10);
    }
    EXPECT(has(refused(file(deep)), "nested deeper"));
    std::string nested, close;
    for (int i = 0; i < 100; ++i) {
        nested += "<subProcess id=\"n" + std::to_string(i) + "\">";
        close += "</subProcess>";
    }
    const auto inside = Document::read(file(nested + users("a") + close));
    REQUIRE(inside);
    EXPECT(codes(check(*inside->process())).count("too-large n24"));
    std::string many, chain;
    for (int i = 0; i < 10'000; ++i) {
        many += user("t" + std::to_string(i));
        if (i) chain += "t" + std::to_string(i - 1) + ">t" + std::to_string(i) + " ";
    }
    const auto big = Document::read(file(kStart + many + flows("s>t0 " + chain)));
    REQUIRE(big);
    EXPECT(big->report().lost.empty());
    EXPECT(codes(check(*big->process())) == std::set<std::string>{"too-large p"});
    std::string wide;
    for (int i = 0; i < 1'100'000; ++i) wide += "<y/>";
    EXPECT(has(refused(file(wide)), "more than"));
}

CASE("references that lead nowhere, flows across borders and double ids are defects with the element's id; nothing falls over")
{
    const auto defects = [](const std::string& inside) {
        std::set<std::string> out;
        const auto d = define(file(inside));
        for (const auto& x : d.defects) out.insert(x.element);
        Play p(d);
        p.start();
        return out;
    };
    EXPECT(defects(kStart + users("a") + flows("s>a a>gone gone>a")) == (std::set<std::string>{"a-gone", "gone-a"}));
    EXPECT(defects(kStart + users("a a") + flows("s>a")) == std::set<std::string>{"a"});
    EXPECT(defects(kStart + users("a") + element("subProcess", "x", "", users("b")) + flows("s>a a>b")) == std::set<std::string>{"a-b"});
    EXPECT(defects(kStart + users("a") + kEnd + flows("s>a e>a a>s")) == (std::set<std::string>{"e-a", "a-s"}));
    EXPECT(defects(kStart + users("a") + "<boundaryEvent id=\"b\" attachedToRef=\"none\"><timerEventDefinition/></boundaryEvent>" + flows("s>a")) == std::set<std::string>{"b"});
    EXPECT(defects(kStart + users("a") + "<exclusiveGateway id=\"g\" default=\"s-g\"/>" + flows("s>g g>a")) == std::set<std::string>{"g"});
    EXPECT(defects(kStart + "<intermediateCatchEvent id=\"m\"><messageEventDefinition messageRef=\"none\"/></intermediateCatchEvent>" + flows("s>m")) == std::set<std::string>{"m"});
    EXPECT(codes(check(define(file("")))).count("no-start p"));
    const auto none = Document::read("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"/>");
    REQUIRE(none);
    EXPECT(!none->process());
}

CASE("not executed is named with the reason, kept, and does not stop the rest of the file")
{
    const auto doc = Document::read(file(kStart + kNotExecuted));
    REQUIRE(doc);
    const auto report = doc->report();
    EXPECT_EQ(report.notExecuted.size(), 10u);
    for (const auto& x : report.notExecuted) EXPECT(!x.why.en.empty() && isChinese(x.why.zh) && x.id[0] == 'x');
    EXPECT_EQ(report.kept.at("script"), 1u);
    EXPECT(report.lost.empty());
}

CASE("large and tangled definitions are checked in bounded time; what cannot be proved is said")
{
    // A ladder of inclusive gateways, each waiting for all before it, and a forest of tasks beside.
    std::string inside = kStart, lines = "s>g0 ";
    for (int i = 0; i < 600; ++i) {
        const std::string n = std::to_string(i), next = std::to_string(i + 1);
        inside += element("inclusiveGateway", "g" + n) + user("a" + n) + user("b" + n);
        lines += "g" + n + ">a" + n + "[x] g" + n + ">b" + n + "[y] a" + n + ">g" + next + " b" + n + ">g" + next + " ";
    }
    const auto d = define(file(inside + element("inclusiveGateway", "g600") + flows(lines)));
    EXPECT(codes(check(d)).empty());
    std::string star = kStart + "<parallelGateway id=\"g\"/><inclusiveGateway id=\"j\"/>", rays = "s>g ";
    for (int i = 0; i < 2'000; ++i) {
        const std::string n = std::to_string(i);
        star += user("t" + n);
        rays += "g>t" + n + " t" + n + ">j ";
    }
    const auto found = codes(check(define(file(star + flows(rays)))), Finding::Severity::Note);
    EXPECT(found.count("unproved p") && codes(check(define(file(star + flows(rays))))).empty());
}
