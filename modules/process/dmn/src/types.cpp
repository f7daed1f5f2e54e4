// Item definitions as FEEL types.
#include "model.h"

#include <algorithm>

namespace zt::dmn {

std::string Reader::typeNameOf(const pugi::xml_node& n) const
{
    if (!n) return {};
    std::string name = n.attribute("typeRef").value();
    if (name.empty()) name = textOf(child(n, "typeRef"));
    // DMN 1.1 wrote QNames: feel:string, the model's own prefix, or one of an import's namespace.
    const auto colon = name.find(':');
    if (colon == std::string::npos) return name;
    const std::string prefix = name.substr(0, colon), rest = name.substr(colon + 1);
    for (pugi::xml_node at = n; at; at = at.parent()) {
        const pugi::xml_attribute ns = at.attribute(("xmlns:" + prefix).c_str());
        if (!ns) continue;
        for (const FileImport& i : m_data.files[m_file]->imports)
            if (i.nameSpace == ns.value() && i.file) return i.prefix.empty() ? rest : i.prefix + "." + rest;
        break;
    }
    return rest;
}

TypeRef Reader::typeAt(const pugi::xml_node& n)
{
    const std::string name = typeNameOf(n);
    if (name.empty()) return {};
    TypeRef t = type(m_file, name);
    if (!t && !m_fatal) finding(n, "there is no type `" + name + "`");
    return t;
}

TypeRef Reader::type(std::size_t file, std::string_view name)
{
    File& f = *m_data.files[file];
    if (const auto known = f.types.find(name); known != f.types.end()) return known->second;
    if (const auto item = f.items.find(name); item != f.items.end()) {
        const std::string key = std::to_string(file) + "#" + std::string(name);
        if (std::find(m_typesOpen.begin(), m_typesOpen.end(), key) != m_typesOpen.end() || m_typesOpen.size() > 100) {
            m_fatal = fail(Err::Invalid, "the type `" + std::string(name) + "` is made of itself");
            return {};
        }
        m_typesOpen.push_back(key);
        const std::size_t before = m_file;
        m_file = file;
        TypeRef t = itemType(file, item->second, 0);
        m_file = before;
        m_typesOpen.pop_back();
        f.types.emplace(std::string(name), t);
        return t;
    }
    for (const FileImport& i : f.imports) {
        if (!i.file) continue;
        if (i.prefix.empty()) {
            if (m_data.files[*i.file]->items.contains(std::string(name))) return type(*i.file, name);
        } else if (name.size() > i.prefix.size() + 1 && name.substr(0, i.prefix.size()) == i.prefix && name[i.prefix.size()] == '.') {
            return type(*i.file, name.substr(i.prefix.size() + 1));
        }
    }
    return feel::typeOf(name);
}

namespace {
//! Whether a value meets unary tests; of a collection each item has to.
std::function<bool(const Value&)> allowedBy(feel::UnaryTests tests)
{
    return [tests = std::move(tests)](const Value& v) {
        feel::Run run({.steps = 100'000, .memory = 1u << 20, .depth = 500});
        return feel::evaluate(tests, v, Frame(), run).isTrue();
    };
}
} // namespace

TypeRef Reader::itemType(std::size_t file, const pugi::xml_node& n, int depth)
{
    if (depth > 60) {
        m_fatal = fail(Err::TooLarge, "the type `" + nameOf(n) + "` is nested too deep");
        return {};
    }
    auto t = std::make_shared<feel::Type>();
    const auto components = children(n, "itemComponent");
    if (const pugi::xml_node f = child(n, "functionItem")) {
        t->of = feel::Type::Of::Function;
        if (const std::string out = f.attribute("outputTypeRef").value(); !out.empty()) t->result = type(file, out);
        for (const auto& p : children(f, "parameters")) t->params.push_back(typeAt(p));
    } else if (!components.empty()) {
        t->of = feel::Type::Of::Context;
        for (const auto& c : components) t->fields.emplace_back(nameOf(c), itemType(file, c, depth + 1));
    } else if (const std::string ref = typeNameOf(n); !ref.empty()) {
        if (const TypeRef base = type(file, ref)) *t = *base;
        else if (!m_fatal) finding(n, "there is no type `" + ref + "`");
    }
    const auto restrict = [&](const pugi::xml_node& where) {
        if (!where || m_fatal) return;
        const std::string text = textOf(child(where, "text"));
        auto tests = feel::parseUnaryTests(text);
        if (!tests) {
            finding(n, "the allowed values do not parse: " + tests.error().detail);
            return;
        }
        auto own = allowedBy(std::move(*tests));
        if (t->allowed) t->allowed = [inner = t->allowed, own](const Value& v) { return inner(v) && own(v); };
        else t->allowed = own;
    };
    const bool collection = n.attribute("isCollection").as_bool();
    restrict(child(n, "allowedValues"));
    if (!collection) restrict(child(n, "typeConstraint"));
    t->name = nameOf(n);
    if (!collection) return t;
    auto list = std::make_shared<feel::Type>();
    list->of = feel::Type::Of::List;
    list->name = t->name;
    list->element = t;
    t = list;
    restrict(child(n, "typeConstraint"));
    return t;
}

} // namespace zt::dmn
