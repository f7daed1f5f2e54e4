#include "ctl.h"

using namespace zt;
using namespace zt::test;

namespace {
const std::string kFile = R"(<?xml version="1.0"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t"><process id="p" isExecutable="true">
<startEvent id="s"/><userTask id="a" name="拟稿" assignee="x"/><scriptTask id="b" name="编号"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="e"/></process></definitions>)";
}

CASE("bpmn: one JSON line a file, whatever the file is; simulate: the same seed, the same history")
{
    Temp t;
    spill(t / "good.bpmn", kFile);
    spill(t / "bad.bpmn", "<!DOCTYPE x [<!ENTITY a \"b\">]><definitions/>");
    const auto good = ctl({"bpmn", t / "good.bpmn"});
    EXPECT_EQ(good.code, 0);
    EXPECT(good.says("\"lost\":[]") && good.says("scripts are not executed") && good.says("\"not-executed\"") && good.says("编号"));
    const auto chinese = ctl({"--lang", "zh", "bpmn", t / "good.bpmn"});
    EXPECT(chinese.says("脚本任务“编号”（b）：不支持执行脚本") && chinese.says("请换成支持执行的元素") && chinese.says("\"not-executed\"") && !chinese.says("scripts are"));
    const std::string call = R"(<process id="p"><callActivity id="c" calledElement="p"/></process>)";
    spill(t / "circle.bpmn", R"(<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">)" + call + "</definitions>");
    EXPECT(ctl({"bpmn", t / "circle.bpmn"}).says("a part of") && ctl({"--lang", "zh", "bpmn", t / "circle.bpmn"}).says("循环调用"));
    const auto both = ctl({"bpmn", t / "bad.bpmn", t / "good.bpmn", t / "none.bpmn"});
    EXPECT_EQ(both.code, 1);
    EXPECT(both.says("entities") && both.says("\"ok\":true") && both.says("cannot be opened") && both.says("2 of 3"));
    const auto one = ctl({"simulate", t / "good.bpmn", "--seed", "7"}), two = ctl({"simulate", t / "good.bpmn", "--seed", "7"});
    EXPECT_EQ(one.code, 0);
    EXPECT(one.out == two.out && one.says("拟稿 [a]") && one.says("came to its end"));
    EXPECT_EQ(ctl({"simulate", t / "bad.bpmn"}).code, 1);
    EXPECT_EQ(ctl({"simulate", t / "good.bpmn", "--process", "q"}).code, 1);
}
