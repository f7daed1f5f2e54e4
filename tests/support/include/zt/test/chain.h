#pragma once

//! A linear chain as a BPMN definition: where a choice is return the matter goes back to the first step, where it is reject it ends.

#include "record.pb.h"

#include <string>
#include <vector>

namespace zt::test {

struct Step {
    std::string key, title, who, scope;
    std::string choices; //!< "agree return"
    std::string does;    //!< of a service task
    bool all = false, strict = false;
    int dueHours = 0;
};

//! number -> dispatch -> receipt: the end of most chains.
inline std::vector<Step> withTail(std::vector<Step> steps)
{
    steps.push_back({"number", "编号", {}, {}, {}, "number"});
    steps.push_back({"dispatch", "发文", {}, {}, {}, "dispatch"});
    steps.push_back({"receipt", "签收", {}, {}, {}, "receipt"});
    return steps;
}

//! A process around the given elements, in the namespace that the product's own attributes have.
inline wire::Definition bpmn(const std::string& id, const std::string& title, const std::string& elements)
{
    wire::Definition d;
    d.set_id(id);
    d.set_bpmn("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:zt=\"urn:zhengtong:process\" id=\"d\" "
               "targetNamespace=\"urn:zhengtong:process\"><process id=\"" + id + "\" name=\"" + title + "\" isExecutable=\"true\">" + elements + "</process></definitions>\n");
    return d;
}
inline std::string flow(const std::string& from, const std::string& to, const std::string& condition = {})
{
    const std::string head = "<sequenceFlow id=\"" + from + "_" + to + "\" sourceRef=\"" + from + "\" targetRef=\"" + to + "\"";
    return condition.empty() ? head + "/>" : head + "><conditionExpression>" + condition + "</conditionExpression></sequenceFlow>";
}
inline std::string element(const Step& s)
{
    const auto attribute = [](const char* name, const std::string& value) { return value.empty() ? std::string() : std::string(" ") + name + "=\"" + value + "\""; };
    return (s.does.empty() ? "<userTask" : "<serviceTask") + attribute("id", s.key) + attribute("name", s.title) + attribute("zt:assignee", s.who) + attribute("zt:scope", s.scope)
        + attribute("zt:choices", s.choices) + attribute("zt:does", s.does) + (s.all ? " zt:all=\"true\"" : "") + (s.strict ? " zt:strict=\"true\"" : "")
        + (s.dueHours ? " zt:dueHours=\"" + std::to_string(s.dueHours) + "\"" : "") + "/>";
}

//! A clock at the border of a task; `when`: PT2H. \param attributes of its definition, e.g. zt:workingTime="true"
inline std::string clockAt(const std::string& id, const std::string& task, const std::string& when, bool interrupting = true, const std::string& attributes = {})
{
    return "<boundaryEvent id=\"" + id + "\" attachedToRef=\"" + task + "\"" + (interrupting ? "" : " cancelActivity=\"false\"") + "><timerEventDefinition " + attributes
        + "><timeDuration>" + when + "</timeDuration></timerEventDefinition></boundaryEvent>";
}

inline wire::Definition chain(const std::string& id, const std::string& title, const std::vector<Step>& steps)
{
    std::string out = "<startEvent id=\"start\"/><endEvent id=\"end\"/>";
    std::string from = "start";
    bool rejects = false;
    for (const Step& s : steps) {
        out += element(s) + flow(from, s.key);
        from = s.key;
        const bool back = s.choices.find("return") != std::string::npos, reject = s.choices.find("reject") != std::string::npos;
        if (!back && !reject) continue;
        const std::string gate = s.key + "_choice";
        const size_t next = size_t(&s - steps.data()) + 1;
        out += "<exclusiveGateway id=\"" + gate + "\" default=\"" + gate + "_" + (next < steps.size() ? steps[next].key : "end") + "\"/>" + flow(s.key, gate);
        if (back) out += flow(gate, steps.front().key, "choice = \"return\"");
        if (reject) out += flow(gate, "rejected", "choice = \"reject\"");
        rejects = rejects || reject;
        from = gate;
    }
    return bpmn(id, title, out + flow(from, "end") + (rejects ? "<endEvent id=\"rejected\"/>" : ""));
}

} // namespace zt::test
