#pragma once

#include "boxed.h"
#include "zt/dmn/dmn.h"

#include <map>
#include <optional>
#include <pugixml.hpp>

namespace zt::dmn {

//! One node of the requirement graph.
struct Element {
    enum class Of { Input, Decision, Knowledge, Service } of = Of::Input;
    std::size_t file = 0;
    std::string name, id, typeName;
    TypeRef type;
    BoxRef logic;                         // Decision; Knowledge: the body
    std::vector<feel::Param> params;      // Knowledge
    std::vector<std::size_t> requires_;   // what its expression may name
    std::vector<std::size_t> outputs, inputDecisions, inputData; // Service
};

struct FileImport {
    std::string prefix, nameSpace;
    std::optional<std::size_t> file; // empty: not given, or no DMN
};
struct File {
    std::string name, nameSpace;
    std::vector<FileImport> imports;
    pugi::xml_document document; // dropped when everything is read
    std::map<std::string, pugi::xml_node, std::less<>> items; // item definitions by name
    std::map<std::string, TypeRef, std::less<>> types;
    std::map<std::string, std::size_t, std::less<>> byId; // elements
};

struct ModelData : std::enable_shared_from_this<ModelData> {
    std::vector<std::unique_ptr<File>> files; // the first is the model
    std::vector<Element> elements;
    std::vector<Finding> findings;

    std::optional<std::size_t> find(Element::Of of, std::string_view name) const;
};

//! One evaluation of (part of) the graph: every element at most once.
class Graph {
public:
    Graph(const ModelData& data, const Value& inputs, Run& run) : m_data(data), m_inputs(inputs), m_run(run), m_values(data.elements.size()) {}
    Value valueOf(std::size_t element);
    void preset(std::size_t element, Value v) { m_values[element] = std::move(v); }
    void fill(Frame& frame, const Element& e);

private:
    const ModelData& m_data;
    const Value& m_inputs;
    Run& m_run;
    std::vector<std::optional<Value>> m_values;
};
Value knowledgeFunction(const ModelData& data, std::size_t element);
Value serviceFunction(const ModelData& data, std::size_t element);
Value serviceValue(Graph& graph, const ModelData& data, const Element& service);
std::vector<feel::Param> serviceParams(const ModelData& data, const Element& service);

// XML, whatever prefix it uses.
std::string_view local(const pugi::xml_node& n);
pugi::xml_node child(const pugi::xml_node& n, std::string_view name);
std::vector<pugi::xml_node> children(const pugi::xml_node& n, std::string_view name);
std::string textOf(const pugi::xml_node& n);
//! A name as expressions see it: white space collapsed.
std::string nameOf(const pugi::xml_node& n);

//! Reads files into a ModelData. Errors that spoil the whole model end it; broken expressions become findings.
class Reader {
public:
    explicit Reader(ModelData& data) : m_data(data) {}
    Result<void> read(std::string_view xml, std::span<const std::string_view> imports);

private:
    // read.cpp
    Result<void> load(std::string_view xml);
    void linkImports();
    Result<void> collectElements(std::size_t file);
    Result<void> readElement(std::size_t element, const pugi::xml_node& n);
    Result<void> requirements(Element& e, const pugi::xml_node& n);
    std::optional<std::size_t> target(std::size_t file, std::string_view href) const;
    Result<void> checkCycles() const;
    void collectMembers(const pugi::xml_node& n, int depth);
    void visibleNames(const Element& e);
    void finding(const pugi::xml_node& at, std::string text);

    // types.cpp
    TypeRef type(std::size_t file, std::string_view name);
    TypeRef itemType(std::size_t file, const pugi::xml_node& n, int depth);
    std::string typeNameOf(const pugi::xml_node& n) const;
    TypeRef typeAt(const pugi::xml_node& n);

    // boxed_read.cpp
    BoxRef boxIn(const pugi::xml_node& parent);
    BoxRef box(const pugi::xml_node& n);
    BoxRef literal(const pugi::xml_node& n, const std::string& text);
    BoxRef table(const pugi::xml_node& n);
    Result<void> tableRows(struct TableBuild& b, const pugi::xml_node& n);
    BoxRef context(const pugi::xml_node& n);
    BoxRef function(const pugi::xml_node& n, std::vector<feel::Param>* params);
    BoxRef iterator(const pugi::xml_node& n);
    BoxRef broken(const pugi::xml_node& n, std::string why);

    ModelData& m_data;
    std::size_t m_file = 0;
    feel::ParseOptions m_options; // names grow and shrink with what is visible
    std::vector<std::string> m_members; // names of more than a word that may follow a dot anywhere
    std::vector<std::string> m_typesOpen;
    std::string m_element; // being read, for findings
    std::string m_owner;   // name given to tables without one
    int m_depth = 0;
    std::optional<Error> m_fatal;
    friend struct NamesMark;
};

} // namespace zt::dmn
