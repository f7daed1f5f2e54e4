#pragma once

#include "zt/dmn/dmn.h"
#include "zt/test/test.h"

#include <string>

namespace zt::dmn {

//! A model around some elements, in the namespace of a version.
inline std::string model(std::string_view inside, std::string_view version = "https://www.omg.org/spec/DMN/20191111/MODEL/")
{
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<definitions xmlns=\"" + std::string(version) + "\" name=\"m\" id=\"m\" namespace=\"urn:zt:m\">" + std::string(inside) + "</definitions>";
}
inline std::string input(std::string_view name, std::string_view type = "")
{
    std::string s = "<inputData id=\"i_" + std::string(name) + "\" name=\"" + std::string(name) + "\"><variable name=\"" + std::string(name) + "\"";
    return s + (type.empty() ? "" : " typeRef=\"" + std::string(type) + "\"") + "/></inputData>";
}
inline std::string needs(std::string_view kind, std::string_view id)
{
    const std::string_view element = kind == "Knowledge" ? "knowledgeRequirement" : "informationRequirement";
    return "<" + std::string(element) + "><required" + std::string(kind) + " href=\"#" + std::string(id) + "\"/></" + std::string(element) + ">";
}
inline std::string literal(std::string_view text)
{
    std::string escaped;
    for (const char c : text) escaped += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
    return "<literalExpression><text>" + escaped + "</text></literalExpression>";
}
inline std::string decision(std::string_view name, std::string_view inside, std::string_view type = "")
{
    std::string s = "<decision id=\"d_" + std::string(name) + "\" name=\"" + std::string(name) + "\"><variable name=\"" + std::string(name) + "\"";
    return s + (type.empty() ? "" : " typeRef=\"" + std::string(type) + "\"") + "/>" + std::string(inside) + "</decision>";
}

inline feel::Value value(std::string_view literalText)
{
    feel::Run run;
    const auto e = feel::parse(literalText);
    return e ? feel::evaluate(*e, feel::ContextScope(feel::Value::context({})), run) : feel::Value();
}
inline std::string problems(const feel::Run& run)
{
    std::string s;
    for (const auto& d : run.diagnostics()) s += d.text + "; ";
    return s;
}
//! The decision's value as a literal; "! kind detail" for an error.
inline std::string decide(const Result<Model>& m, std::string_view name, std::string_view inputs = "{}", std::string* why = nullptr)
{
    if (!m) return "! " + m.error().detail;
    feel::Run run;
    const auto v = m->decide(name, value(inputs), run);
    if (why) *why = problems(run);
    return v ? feel::toString(*v) : "! " + v.error().detail;
}

} // namespace zt::dmn
