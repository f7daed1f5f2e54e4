#pragma once

#include "xml.h"
#include "zt/process/bpmn.h"

#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

//! From the DOM to definitions. What is understood is noted in `used`, element by element; the rest of the file is kept only.
namespace zt::process {

constexpr std::string_view kModel = "http://www.omg.org/spec/BPMN/20100524/MODEL";
[[nodiscard]] bool isModel(std::string_view ns);

using Xml = pugi::xml_node;

inline std::string attr(Xml e, const char* name) { return e.attribute(name).value(); }
inline std::string any(Xml e, std::string_view name) { return attribute(e, name).value(); }
inline bool yes(Xml e, const char* name, bool otherwise)
{
    const std::string_view v = e.attribute(name).value();
    return v.empty() ? otherwise : v == "true" || v == "1";
}

inline std::string trimmed(std::string s)
{
    constexpr const char* blank = " \t\r\n";
    const size_t a = s.find_first_not_of(blank);
    return a == std::string::npos ? std::string() : s.substr(a, s.find_last_not_of(blank) - a + 1);
}

//! Children of BPMN's own namespace with that name.
inline std::vector<Xml> children(Xml e, std::string_view name)
{
    std::vector<Xml> out;
    for (const auto& c : e.children())
        if (c.type() == pugi::node_element && local(c.name()) == name && isModel(namespaceOf(c))) out.push_back(c);
    return out;
}

inline Xml child(Xml e, std::string_view name)
{
    const auto all = children(e, name);
    return all.empty() ? Xml() : all.front();
}

//! Extension elements of any vendor with that local name.
inline std::vector<Xml> extensions(Xml e, std::string_view name)
{
    std::vector<Xml> out;
    for (const auto& box : children(e, "extensionElements"))
        for (const auto& c : box.children())
            if (c.type() == pugi::node_element && local(c.name()) == name) out.push_back(c);
    return out;
}

struct Read {
    std::vector<Definition> processes;
    std::unordered_set<size_t> used;              //!< hash values of elements whose meaning is executed
    std::unordered_map<size_t, Words> why;        //!< flow elements that are not, and why
};

class Reader {
public:
    explicit Reader(pugi::xml_node root) : m_root(root) {}
    Result<Read> read();

private:
    struct Edge {
        Xml xml;
        uint32_t flow;
    };
    void globals(Xml e);
    void names(Xml e);
    void scope(Xml e, uint32_t scope, uint32_t depth);
    void element(Xml e, std::string_view type, uint32_t scope, uint32_t depth);
    void node(Xml e, NodeKind kind, uint32_t scope, uint32_t depth);
    void activity(Xml e, Node& n);
    void events(Xml e, Node& n);
    void eventDefinition(Xml d, Node& n, size_t& count);
    void timer(Xml d, Node& n);
    void people(Xml e, Node& n);
    void loops(Xml e, Node& n);
    void set(Xml e, Node& n);
    void calls(Xml e, Node& n);
    void decision(Xml e, Node& n);
    void message(std::string_view ref, Node& n);
    void edge(Xml e, uint32_t scope);
    void dataObject(Xml e, uint32_t scope);
    void ends();
    void attach();
    NodeMore& more(Node& n);
    Expr expr(Xml e, bool literal = false);
    void use(Xml e) { m_out.used.insert(e.hash_value()); }
    void refuse(Node& n, Xml e, Words why);
    //! Of a node or a flow.
    template <class Element>
    void defect(const Element& e, const Words& what, Words todo) { m_d.defects.push_back({e.id, e.name, words(e) + Words{"：", ": "} + what, std::move(todo)}); }
    //! A defect if its id was there before.
    template <class Element>
    void ownId(const Element& e)
    {
        if (!m_ids.insert(e.id).second) defect(e, {"它的 id 与其他元素重复", "its id is used twice"}, {"请给每个元素各自的 id", "give every element an id of its own"});
    }
    [[nodiscard]] std::string dataName(std::string_view ref) const;
    [[nodiscard]] Xml global(std::string_view ref) const;

    Xml m_root;
    Read m_out;
    Definition m_d;
    std::unordered_map<std::string, Xml> m_globals;       //!< by id: messages, errors, escalations, resources, event definitions
    std::unordered_map<std::string, std::string> m_data;  //!< id -> name of data objects, references, inputs
    std::vector<std::string> m_names;                     //!< with blanks and the like, for FEEL
    std::unordered_set<std::string> m_ids;                //!< of the process being read
    std::set<std::pair<uint32_t, std::string>> m_declared; //!< data names by scope
    std::vector<Edge> m_edges;
    std::vector<std::pair<uint32_t, Xml>> m_boundaries;
    std::vector<std::pair<uint32_t, std::string>> m_defaults;
};

} // namespace zt::process
