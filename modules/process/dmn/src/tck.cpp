#include "zt/dmn/tck.h"

#include "model.h"

#include <algorithm>

namespace zt::dmn {

namespace {

bool isNil(const pugi::xml_node& n)
{
    for (const pugi::xml_attribute& a : n.attributes()) {
        const std::string_view name = a.name();
        if ((name == "nil" || (name.size() > 4 && name.substr(name.size() - 4) == ":nil")) && a.as_bool()) return true;
    }
    return false;
}
std::string typeAttribute(const pugi::xml_node& n)
{
    for (const pugi::xml_attribute& a : n.attributes()) {
        const std::string_view name = a.name();
        if (name == "type" || (name.size() > 5 && name.substr(name.size() - 5) == ":type")) {
            const std::string_view v = a.value();
            return std::string(v.substr(v.find(':') + 1));
        }
    }
    return {};
}

//! A value of the kit's XML; `bad` is set where it cannot be read.
Value simple(const pugi::xml_node& n, bool& bad)
{
    if (isNil(n)) return {};
    const std::string type = typeAttribute(n), raw = n.text().get(), text = textOf(n);
    if (type.empty() || type == "string") return Value::string(raw);
    if (type == "boolean") return Value::boolean(text == "true" || text == "1");
    if (type == "decimal" || type == "double" || type == "integer" || type == "int" || type == "long" || type == "float") {
        const auto d = feel::Decimal::parse(text.empty() || text[0] != '+' ? text : text.substr(1));
        if (d) return Value::number(*d);
    } else {
        Value v = feel::temporal(text);
        if (!v.isNull()) return v;
    }
    bad = true;
    return Value::string(raw);
}
Value valueIn(const pugi::xml_node& n, bool& bad)
{
    if (isNil(n)) return {};
    std::vector<feel::Entry> entries;
    for (const pugi::xml_node& c : n.children()) {
        const std::string_view l = local(c);
        if (l == "value") return simple(c, bad);
        if (l == "list") {
            if (isNil(c)) return {};
            std::vector<Value> items;
            for (const pugi::xml_node& i : c.children())
                if (local(i) == "item") items.push_back(valueIn(i, bad));
            return Value::list(std::move(items));
        }
        if (l == "component") entries.emplace_back(c.attribute("name").value(), valueIn(c, bad));
    }
    return entries.empty() ? Value() : Value::context(std::move(entries));
}

// Expected figures are rounded, some to 8 digits.
bool near(feel::Decimal a, feel::Decimal b)
{
    if (a == b) return true;
    const auto d = feel::Decimal::sub(a, b);
    const double scale = std::max(1.0, std::abs(b.toDouble()));
    return d && d->abs().toDouble() <= 1e-8 * scale;
}
bool fits(const Value& got, const Value& expected)
{
    if (got.is(Kind::Number) && expected.is(Kind::Number)) return near(got.asNumber(), expected.asNumber());
    if (got.is(Kind::List) && expected.is(Kind::List)) {
        const auto &a = got.asList(), &b = expected.asList();
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), fits);
    }
    if (got.is(Kind::Context) && expected.is(Kind::Context)) {
        if (got.asContext().size() != expected.asContext().size()) return false;
        return std::all_of(expected.asContext().begin(), expected.asContext().end(), [&](const feel::Entry& e) {
            const Value* v = got.entry(e.first);
            return v && fits(*v, e.second);
        });
    }
    return feel::equal(got, expected).value_or(false);
}

std::string whyOf(const Run& run)
{
    std::string s;
    for (const feel::Diagnostic& d : run.diagnostics()) {
        if (!s.empty()) s += "; ";
        s += d.text;
        if (s.size() > 300) break;
    }
    return s;
}

class Cases {
public:
    Cases(std::string folder, const std::vector<TckFile>& files) : m_folder(std::move(folder)), m_files(files) {}
    TckReport report;

    void file(const TckFile& f)
    {
        pugi::xml_document doc;
        if (!doc.load_buffer(f.bytes.data(), f.bytes.size(), pugi::parse_default | pugi::parse_ws_pcdata_single)) return fail(f.name, "", "", "the test file is not XML");
        const pugi::xml_node root = doc.document_element();
        if (local(root) != "testCases") return;
        const std::string modelName = textOf(child(root, "modelName"));
        const auto main = std::find_if(m_files.begin(), m_files.end(), [&](const TckFile& o) { return o.name == modelName; });
        if (main == m_files.end()) return fail(f.name, "", "", "the model " + modelName + " is not there");
        std::vector<std::string_view> imports;
        for (const TckFile& o : m_files)
            if (&o != &*main && o.name.size() > 4 && o.name.substr(o.name.size() - 4) == ".dmn") imports.push_back(o.bytes);
        const auto model = Model::read(main->bytes, imports);
        for (const auto& c : children(root, "testCase")) one(f.name, model, c);
    }

private:
    void fail(std::string id, std::string expected, std::string got, std::string why)
    {
        ++report.failed;
        report.failures.push_back({m_folder + "/" + std::move(id), std::move(expected), std::move(got), std::move(why)});
    }
    void one(const std::string& file, const Result<Model>& model, const pugi::xml_node& c)
    {
        bool bad = false;
        std::vector<feel::Entry> inputs;
        for (const auto& n : children(c, "inputNode")) inputs.emplace_back(n.attribute("name").value(), valueIn(n, bad));
        const Value given = Value::context(std::move(inputs));
        const std::string type = c.attribute("type").value(), invocable = c.attribute("invocableName").value();
        feel::Run shared({}, feel::DateTime{{2026, 1, 5}, *utcNoon()});
        for (const auto& r : children(c, "resultNode")) {
            const std::string name = r.attribute("name").value();
            const std::string id = file + "#" + c.attribute("id").value() + " " + name;
            const pugi::xml_node e = child(r, "expected");
            const Value expected = e ? valueIn(e, bad) : Value();
            if (!model) {
                fail(id, feel::toString(expected), "", model.error().detail);
                continue;
            }
            feel::Run run({}, shared.now());
            auto got = type == "decisionService" ? model->serve(invocable, given, run) : type == "bkm" ? model->invoke(invocable, given, run) : model->decide(name, given, run);
            // Of a service with several outputs a node names one.
            if (type == "decisionService" && got && !fits(*got, expected))
                if (const Value* one = got->entry(name)) got = Value(*one);
            if (got && (fits(*got, expected) || (r.attribute("errorResult").as_bool() && got->isNull()))) {
                ++report.passed;
                continue;
            }
            fail(id, feel::toString(expected), got ? feel::toString(*got) : "", got ? whyOf(run) + foundAt(*model, name) : got.error().detail);
        }
    }
    static std::optional<feel::Time> utcNoon()
    {
        feel::Time t;
        t.second = 12 * 3600;
        t.offset = 0;
        return t;
    }
    static std::string foundAt(const Model& m, const std::string& name)
    {
        for (const Finding& f : m.findings())
            if (f.element == name) return " [" + f.text + "]";
        return {};
    }

    std::string m_folder;
    const std::vector<TckFile>& m_files;
};

} // namespace

TckReport runTck(const std::string& folder, const std::vector<TckFile>& files)
{
    Cases cases(folder, files);
    for (const TckFile& f : files)
        if (f.name.size() > 4 && f.name.substr(f.name.size() - 4) == ".xml") cases.file(f);
    return std::move(cases.report);
}

} // namespace zt::dmn
