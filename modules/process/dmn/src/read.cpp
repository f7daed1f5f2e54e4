#include "model.h"

#include "zt/base/text.h"

#include <algorithm>

namespace zt::dmn {

std::string_view local(const pugi::xml_node& n)
{
    const std::string_view name = n.name();
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}
pugi::xml_node child(const pugi::xml_node& n, std::string_view name)
{
    for (const pugi::xml_node& c : n.children())
        if (local(c) == name) return c;
    return {};
}
std::vector<pugi::xml_node> children(const pugi::xml_node& n, std::string_view name)
{
    std::vector<pugi::xml_node> out;
    for (const pugi::xml_node& c : n.children())
        if (local(c) == name) out.push_back(c);
    return out;
}
std::string textOf(const pugi::xml_node& n)
{
    std::string s;
    for (const pugi::xml_node& c : n.children())
        if (c.type() == pugi::node_pcdata || c.type() == pugi::node_cdata) s += c.value();
    const auto from = s.find_first_not_of(" \t\r\n");
    if (from == std::string::npos) return {};
    return s.substr(from, s.find_last_not_of(" \t\r\n") - from + 1);
}
static std::string collapsed(std::string_view s)
{
    std::string out;
    bool gap = false;
    for (const char c : s) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            gap = !out.empty();
            continue;
        }
        if (gap) out += ' ';
        gap = false;
        out += c;
    }
    return out;
}
std::string nameOf(const pugi::xml_node& n) { return collapsed(n.attribute("name").value()); }

void Reader::finding(const pugi::xml_node& at, std::string text)
{
    if (m_data.findings.size() >= 1000) return;
    std::string name = nameOf(at);
    if (name.empty()) name = m_element;
    if (name.empty()) name = std::string(local(at));
    m_data.findings.push_back({std::move(name), at.attribute("id").value(), std::move(text)});
}

Result<void> Reader::load(std::string_view xml)
{
    if (xml.size() > (64u << 20)) return fail(Err::TooLarge, "a model of more than 64 MiB");
    auto file = std::make_unique<File>();
    const auto r = file->document.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_doctype);
    if (!r) return fail(Err::Invalid, std::string("not XML: ") + r.description() + " at byte " + std::to_string(r.offset));
    if (r.encoding == pugi::encoding_utf8 && !isUtf8(xml)) return fail(Err::Invalid, "the text is not UTF-8, though it says so or says nothing");
    for (const pugi::xml_node& n : file->document.children())
        if (n.type() == pugi::node_doctype) return fail(Err::Invalid, "a document type declaration is not accepted; remove <!DOCTYPE>");
    const pugi::xml_node root = file->document.document_element();
    if (local(root) != "definitions") return fail(Err::Invalid, "the root element is `" + std::string(root.name()) + "`, not DMN's `definitions`");
    const std::string_view prefix = std::string_view(root.name()).substr(0, std::string_view(root.name()).find(':'));
    const std::string declared = prefix == std::string_view(root.name()) ? "xmlns" : "xmlns:" + std::string(prefix);
    const std::string_view ns = root.attribute(declared.c_str()).value();
    static constexpr std::string_view known[] = {"http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/"};
    std::string_view bare = ns;
    const auto same = [&](std::string_view k) { return bare == k || bare.substr(bare.find(':') + 1) == k.substr(k.find(':') + 1); };
    if (std::none_of(std::begin(known), std::end(known), same))
        return fail(Err::Invalid, "the namespace `" + std::string(ns) + "` is none of DMN 1.1 to 1.5");
    file->name = nameOf(root);
    file->nameSpace = root.attribute("namespace").value();
    for (const auto& i : children(root, "import")) file->imports.push_back({nameOf(i), i.attribute("namespace").value(), {}});
    for (const auto& i : children(root, "itemDefinition")) file->items.emplace(nameOf(i), i);
    m_data.files.push_back(std::move(file));
    return {};
}

void Reader::linkImports()
{
    for (auto& f : m_data.files)
        for (FileImport& i : f->imports)
            for (std::size_t k = 0; k < m_data.files.size(); ++k)
                if (m_data.files[k].get() != f.get() && m_data.files[k]->nameSpace == i.nameSpace) i.file = k;
}

std::optional<std::size_t> Reader::target(std::size_t file, std::string_view href) const
{
    const auto hash = href.find('#');
    const std::string_view ns = hash == std::string_view::npos ? std::string_view() : href.substr(0, hash);
    const std::string_view id = hash == std::string_view::npos ? href : href.substr(hash + 1);
    const auto in = [&](std::size_t f) -> std::optional<std::size_t> {
        const auto at = m_data.files[f]->byId.find(id);
        return at == m_data.files[f]->byId.end() ? std::nullopt : std::optional(at->second);
    };
    if (ns.empty() || ns == m_data.files[file]->nameSpace) return in(file);
    for (std::size_t f = 0; f < m_data.files.size(); ++f)
        if (m_data.files[f]->nameSpace == ns) return in(f);
    return {};
}

Result<void> Reader::collectElements(std::size_t file)
{
    const pugi::xml_node root = m_data.files[file]->document.document_element();
    for (const pugi::xml_node& n : root.children()) {
        const std::string_view l = local(n);
        Element e;
        if (l == "inputData") e.of = Element::Of::Input;
        else if (l == "decision") e.of = Element::Of::Decision;
        else if (l == "businessKnowledgeModel") e.of = Element::Of::Knowledge;
        else if (l == "decisionService") e.of = Element::Of::Service;
        else continue;
        if (m_data.elements.size() >= 100'000) return fail(Err::TooLarge, "more than 100,000 elements");
        e.file = file;
        e.name = nameOf(n);
        e.id = n.attribute("id").value();
        if (!e.id.empty() && !m_data.files[file]->byId.emplace(e.id, m_data.elements.size()).second)
            return fail(Err::Invalid, "the id `" + e.id + "` stands twice");
        m_data.elements.push_back(std::move(e));
    }
    return {};
}

Result<void> Reader::requirements(Element& e, const pugi::xml_node& n)
{
    const auto add = [&](const pugi::xml_node& r, std::vector<std::size_t>& into) -> Result<void> {
        const std::string_view href = r.attribute("href").value();
        const auto t = target(e.file, href);
        if (!t) finding(n, "requires `" + std::string(href) + "`, which is not there");
        else if (std::find(into.begin(), into.end(), *t) == into.end()) into.push_back(*t);
        return {};
    };
    for (const pugi::xml_node& c : n.children()) {
        const std::string_view l = local(c);
        if (l == "informationRequirement" || l == "knowledgeRequirement")
            for (const pugi::xml_node& r : c.children())
                if (local(r).substr(0, 8) == "required") ZT_TRY(add(r, e.requires_));
        if (l == "outputDecision") ZT_TRY(add(c, e.outputs));
        if (l == "inputDecision") ZT_TRY(add(c, e.inputDecisions));
        if (l == "inputData" && e.of == Element::Of::Service) ZT_TRY(add(c, e.inputData));
    }
    return {};
}

// An element may require itself only through a function it calls at run time (a knowledge model that recurs).
Result<void> Reader::checkCycles() const
{
    std::vector<char> state(m_data.elements.size()); // 0 new, 1 open, 2 done
    for (std::size_t from = 0; from < state.size(); ++from) {
        std::vector<std::pair<std::size_t, std::size_t>> stack;
        if (!state[from]) stack.emplace_back(from, 0), state[from] = 1;
        while (!stack.empty()) {
            auto& [at, next] = stack.back();
            const Element& e = m_data.elements[at];
            const auto& edges = e.of == Element::Of::Service ? e.outputs : e.requires_;
            if (next == edges.size()) {
                state[at] = 2;
                stack.pop_back();
                continue;
            }
            const std::size_t to = edges[next++];
            if (to == at && e.of == Element::Of::Knowledge) continue;
            if (state[to] == 1) return fail(Err::Invalid, "`" + m_data.elements[to].name + "` requires itself, through `" + e.name + "`; remove one requirement");
            if (state[to] == 0) stack.emplace_back(to, 0), state[to] = 1;
        }
    }
    return {};
}

// Every name that may follow a dot anywhere in the model.
void Reader::collectMembers(const pugi::xml_node& n, int depth)
{
    if (depth > 100) return;
    for (const pugi::xml_node& c : n.children()) {
        const std::string_view l = local(c);
        if (l == "itemComponent" || l == "column" || l == "output" || l == "inputData" || l == "decision" || l == "businessKnowledgeModel" || l == "decisionService"
            || (l == "variable" && local(n) == "contextEntry")) {
            std::string name = nameOf(c);
            if (name.find_first_of(" -+*/.'") != std::string::npos) m_members.push_back(std::move(name));
        }
        if (l != "rule" && l != "extensionElements" && l != "DMNDI") collectMembers(c, depth + 1);
    }
}

void Reader::visibleNames(const Element& e)
{
    m_options.names.clear();
    for (const std::size_t r : e.requires_) {
        const Element& t = m_data.elements[r];
        if (t.file == e.file) {
            m_options.names.push_back(t.name);
            continue;
        }
        for (const FileImport& i : m_data.files[e.file]->imports)
            if (i.file == t.file) m_options.names.push_back(i.prefix.empty() ? t.name : i.prefix);
    }
}

Result<void> Reader::readElement(std::size_t index, const pugi::xml_node& n)
{
    Element& e = m_data.elements[index];
    m_file = e.file;
    m_element = m_owner = e.name;
    const pugi::xml_node variable = child(n, "variable");
    e.typeName = typeNameOf(variable);
    e.type = typeAt(variable);
    if (e.of == Element::Of::Input || e.of == Element::Of::Service) return {};
    visibleNames(e);
    if (e.of == Element::Of::Decision) {
        e.logic = boxIn(n);
        if (!e.logic) e.logic = broken(n, "the decision `" + e.name + "` has no logic");
    } else {
        m_options.names.push_back(e.name);
        if (const pugi::xml_node logic = child(n, "encapsulatedLogic")) e.logic = function(logic, &e.params);
        else e.logic = broken(n, "the knowledge model `" + e.name + "` has no logic");
        // The variable's type may be the function's or, as older tools write, the result's.
        if (e.type && e.type->of == feel::Type::Of::Function) e.type = e.type->result;
    }
    if (m_fatal) return *m_fatal;
    return {};
}

Result<void> Reader::read(std::string_view xml, std::span<const std::string_view> imports)
{
    ZT_TRY(load(xml));
    for (const std::string_view i : imports) ZT_TRY(load(i));
    linkImports();
    for (std::size_t f = 0; f < m_data.files.size(); ++f) {
        ZT_TRY(collectElements(f));
        collectMembers(m_data.files[f]->document.document_element(), 0);
    }
    std::sort(m_members.begin(), m_members.end());
    m_members.erase(std::unique(m_members.begin(), m_members.end()), m_members.end());
    m_options.prepared = feel::prepareMembers(m_members);
    m_options.types = [this](std::string_view name) { return type(m_file, name); };

    std::vector<pugi::xml_node> nodes;
    for (const auto& f : m_data.files)
        for (const pugi::xml_node& n : f->document.document_element().children()) {
            const std::string_view l = local(n);
            if (l == "inputData" || l == "decision" || l == "businessKnowledgeModel" || l == "decisionService") nodes.push_back(n);
        }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        m_element = m_data.elements[i].name;
        ZT_TRY(requirements(m_data.elements[i], nodes[i]));
    }
    ZT_TRY(checkCycles());
    for (std::size_t i = 0; i < nodes.size(); ++i) ZT_TRY(readElement(i, nodes[i]));
    if (m_fatal) return *m_fatal;
    for (auto& f : m_data.files) {
        f->document.reset();
        f->items.clear();
    }
    return {};
}

} // namespace zt::dmn
