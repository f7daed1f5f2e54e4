#include "zt/process/bpmn.h"

#include "bpmn_read.h"

#include <functional>

namespace zt::process {

struct Document::Impl {
    pugi::xml_document doc;
    pugi::xml_node root;
    Read read;
};

Document::Document() : m(std::make_unique<Impl>()) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document> Document::read(BytesView bytes)
{
    if (bytes.size() > kMaxFile) return Result<Document>(Err::TooLarge, "the file is larger than " + std::to_string(kMaxFile >> 20) + " MiB");
    if (bytes.empty()) return Result<Document>(Err::Invalid, "the file is empty");
    ZT_LET(text, toUtf8(bytes));
    ZT_TRY(scan(text));
    Document d;
    ZT_TRY(parseXml(text, d.m->doc));
    d.m->root = d.m->doc.document_element();
    const std::string root = d.m->root.name();
    if (local(root) != "definitions") return Result<Document>(Err::Invalid, "no BPMN: the root element is " + root.substr(0, 100) + ", not definitions");
    if (!isModel(namespaceOf(d.m->root)))
        return Result<Document>(Err::Invalid, "element definitions: no BPMN 2.0, its namespace is not " + std::string(kModel));
    ZT_LET(read, Reader(d.m->root).read());
    d.m->read = std::move(read);
    return d;
}

const std::vector<Definition>& Document::processes() const { return m->read.processes; }

Result<Definition> Document::process(std::string_view id) const
{
    const Definition* found = nullptr;
    for (const Definition& d : m->read.processes) {
        if (id.empty() ? !found || (!found->executable && d.executable) || (found->nodes.empty() && !d.nodes.empty()) : d.id == id) found = &d;
        if (!id.empty() && found) break;
    }
    if (!found) return Result<Definition>(Err::NotFound, id.empty() ? "the file has no process" : "the file has no process " + std::string(id));
    std::vector<const Definition*> library;
    for (const Definition& d : m->read.processes) library.push_back(&d);
    return link(*found, library);
}

Bytes Document::write() const
{
    // Written as UTF-8 whatever it was read from: the declaration must say so.
    pugi::xml_document copy;
    const pugi::xml_document* doc = &m->doc;
    const auto declared = m->doc.first_child().attribute("encoding");
    if (m->doc.first_child().type() == pugi::node_declaration && declared && std::string_view(declared.value()) != "UTF-8") {
        copy.reset(m->doc);
        copy.first_child().attribute("encoding").set_value("UTF-8");
        doc = &copy;
    }
    return writeXml(*doc);
}

namespace {

//! What stands for a foreign namespace in a report: its usual prefix in this file.
std::string typeOf(pugi::xml_node e)
{
    const auto ns = namespaceOf(e);
    return isModel(ns) ? std::string(local(e.name())) : std::string(e.name());
}

} // namespace

Report Document::report() const
{
    Report r;
    struct Walker : pugi::xml_tree_walker {
        std::function<void(pugi::xml_node)> each;
        bool for_each(pugi::xml_node& n) override
        {
            if (n.type() == pugi::node_element) each(n);
            return true;
        }
    } walker;
    walker.each = [&](pugi::xml_node e) {
        const bool used = m->read.used.count(e.hash_value()) != 0;
        ++(used ? r.executed : r.kept)[typeOf(e)];
        if (const auto at = m->read.why.find(e.hash_value()); at != m->read.why.end())
            r.notExecuted.push_back({typeOf(e), e.attribute("id").value(), e.attribute("name").value(), at->second});
    };
    m->doc.document_element().parent().traverse(walker);
    pugi::xml_document again;
    const Bytes written = write();
    if (auto parsed = parseXml(written, again); !parsed) {
        r.lost.push_back({"definitions", "", "", {"写出的内容无法重新读入：" + parsed.error().detail, "what was written cannot be read: " + parsed.error().detail}});
    } else {
        for (auto& path : differences(m->doc, again)) r.lost.push_back({path, "", "", {"写出后与原文不同", "differs after writing"}});
    }
    return r;
}

} // namespace zt::process
