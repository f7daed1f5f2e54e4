// From XML to boxed expressions.
#include "model.h"
#include "table.h"

#include <algorithm>

namespace zt::dmn {

//! Names declared since are forgotten at its end.
struct NamesMark {
    Reader& r;
    std::size_t size;
    explicit NamesMark(Reader& reader) : r(reader), size(reader.m_options.names.size()) {}
    ~NamesMark() { r.m_options.names.resize(size); }
};

namespace {
constexpr std::string_view kExpressions[] = {"literalExpression", "decisionTable", "context", "invocation", "list", "relation", "functionDefinition", "conditional",
    "filter", "for", "some", "every"};
bool isExpression(std::string_view l) { return std::find(std::begin(kExpressions), std::end(kExpressions), l) != std::end(kExpressions); }
} // namespace

BoxRef Reader::broken(const pugi::xml_node& n, std::string why)
{
    finding(n, why);
    auto b = std::make_shared<Broken>();
    b->why = std::move(why);
    return b;
}

BoxRef Reader::boxIn(const pugi::xml_node& parent)
{
    for (const pugi::xml_node& c : parent.children()) {
        if (!isExpression(local(c))) continue;
        BoxRef b = box(c);
        const TypeRef t = typeAt(c);
        if (!b || !t || t->of == feel::Type::Of::Any || local(c) == "functionDefinition") return b;
        auto typed = std::make_shared<TypedBox>();
        typed->inner = std::move(b);
        typed->type = t;
        typed->what = m_owner;
        return typed;
    }
    return {};
}

BoxRef Reader::literal(const pugi::xml_node& n, const std::string& text)
{
    if (text.empty()) return broken(n, "an expression is empty");
    auto e = feel::parse(text, m_options);
    if (!e) return broken(n, "an expression does not parse: " + e.error().detail);
    auto b = std::make_shared<Literal>();
    b->expression = std::move(*e);
    return b;
}

BoxRef Reader::box(const pugi::xml_node& n)
{
    if (m_fatal) return {};
    struct Depth {
        int& d;
        ~Depth() { --d; }
    } const depth{m_depth};
    if (++m_depth > 100) {
        m_fatal = fail(Err::TooLarge, "`" + m_element + "` nests boxed expressions more than 100 deep");
        return {};
    }
    const auto part = [&](std::string_view name) {
        const pugi::xml_node c = child(n, name);
        BoxRef b = c ? boxIn(c) : BoxRef();
        return b ? b : broken(n, "`" + std::string(local(n)) + "` has no `" + std::string(name) + "`");
    };
    const std::string_view l = local(n);
    if (l == "literalExpression") {
        const std::string language = n.attribute("expressionLanguage").value();
        if (!language.empty() && language.find("FEEL") == std::string::npos && language.find("feel") == std::string::npos)
            return broken(n, "the expression language `" + language + "` is not supported; write FEEL");
        return literal(n, textOf(child(n, "text")));
    }
    if (l == "decisionTable") return table(n);
    if (l == "context") return context(n);
    if (l == "functionDefinition") return function(n, nullptr);
    if (l == "for" || l == "some" || l == "every") return iterator(n);
    if (l == "list") {
        auto b = std::make_shared<ListBox>();
        for (const pugi::xml_node& c : n.children())
            if (isExpression(local(c))) b->items.push_back(box(c));
        return b;
    }
    if (l == "relation") {
        auto b = std::make_shared<RelationBox>();
        for (const auto& c : children(n, "column")) b->columns.push_back(nameOf(c));
        for (const auto& r : children(n, "row")) {
            auto& row = b->rows.emplace_back();
            for (const pugi::xml_node& c : r.children())
                if (isExpression(local(c))) row.push_back(box(c));
            if (row.size() != b->columns.size()) return broken(n, "a row has " + std::to_string(row.size()) + " cells for " + std::to_string(b->columns.size()) + " columns");
        }
        return b;
    }
    if (l == "invocation") {
        auto b = std::make_shared<InvocationBox>();
        b->callee = boxIn(n);
        if (!b->callee) return broken(n, "an invocation names no function");
        for (const auto& c : children(n, "binding")) {
            BoxRef v = boxIn(c);
            const std::string parameter = nameOf(child(c, "parameter"));
            b->bindings.emplace_back(parameter, v ? v : broken(c, "the binding of `" + parameter + "` has no expression"));
        }
        return b;
    }
    if (l == "conditional") {
        auto b = std::make_shared<ConditionalBox>();
        b->condition = part("if");
        b->then = part("then");
        b->otherwise = part("else");
        return b;
    }
    // filter
    auto b = std::make_shared<FilterBox>();
    b->in = part("in");
    const NamesMark mark(*this);
    m_options.names.push_back("item");
    m_options.names.insert(m_options.names.end(), m_members.begin(), m_members.end());
    b->match = part("match");
    return b;
}

BoxRef Reader::iterator(const pugi::xml_node& n)
{
    auto b = std::make_shared<IteratorBox>();
    const std::string_view l = local(n);
    b->of = l == "for" ? IteratorBox::Of::For : l == "some" ? IteratorBox::Of::Some : IteratorBox::Of::Every;
    b->variable = n.attribute("iteratorVariable").value();
    if (b->variable.empty()) return broken(n, "`" + std::string(l) + "` names no iterator variable");
    const pugi::xml_node in = child(n, "in"), body = child(n, l == "for" ? "return" : "satisfies");
    b->in = in ? boxIn(in) : BoxRef();
    const NamesMark mark(*this);
    m_options.names.push_back(b->variable);
    m_options.names.push_back("partial");
    b->body = body ? boxIn(body) : BoxRef();
    return b->in && b->body ? BoxRef(b) : broken(n, "`" + std::string(l) + "` has no `in` or no body");
}

BoxRef Reader::context(const pugi::xml_node& n)
{
    auto b = std::make_shared<ContextBox>();
    const NamesMark mark(*this);
    const std::string owner = m_owner;
    for (const auto& e : children(n, "contextEntry")) {
        const pugi::xml_node variable = child(e, "variable");
        ContextBox::Item item;
        item.name = nameOf(variable);
        if (variable && item.name.empty()) return broken(n, "an entry of a context has no name");
        if (!item.name.empty()) m_owner = item.name;
        for (const auto& o : b->items)
            if (o.name == item.name) return broken(n, "the entry `" + item.name + "` stands twice");
        item.type = variable ? typeAt(variable) : TypeRef();
        item.value = boxIn(e);
        if (!item.value) item.value = broken(e, "the entry `" + item.name + "` has no expression");
        if (!item.name.empty()) m_options.names.push_back(item.name);
        b->items.push_back(std::move(item));
    }
    m_owner = owner;
    return b;
}

// With `params`: a knowledge model's logic, whose body alone is wanted.
BoxRef Reader::function(const pugi::xml_node& n, std::vector<feel::Param>* params)
{
    const std::string kind = n.attribute("kind").value();
    const NamesMark mark(*this);
    auto b = std::make_shared<FunctionBox>();
    for (const auto& p : children(n, "formalParameter")) {
        b->params.push_back({nameOf(p), typeAt(p)});
        m_options.names.push_back(b->params.back().name);
    }
    if (!kind.empty() && kind != "FEEL" && kind != "F") {
        b->body = broken(n, "functions of the kind `" + kind + "` are not supported; write the body in FEEL");
        // The value itself is null then, as of any function that cannot be made.
        if (!params) return b->body;
    } else {
        b->body = boxIn(n);
        if (!b->body) b->body = broken(n, "a function has no body");
    }
    if (!params) return b;
    *params = b->params;
    return b->body;
}

struct TableBuild {
    std::shared_ptr<TableBox> table;
    std::size_t cells = 0;
};

namespace {
std::optional<HitPolicy> policyOf(std::string_view s)
{
    static constexpr std::pair<std::string_view, HitPolicy> all[] = {{"", HitPolicy::Unique}, {"UNIQUE", HitPolicy::Unique}, {"ANY", HitPolicy::Any},
        {"PRIORITY", HitPolicy::Priority}, {"FIRST", HitPolicy::First}, {"RULE ORDER", HitPolicy::RuleOrder}, {"OUTPUT ORDER", HitPolicy::OutputOrder},
        {"COLLECT", HitPolicy::Collect}};
    for (const auto& [name, p] : all)
        if (name == s) return p;
    return {};
}
std::optional<Aggregation> aggregationOf(std::string_view s)
{
    static constexpr std::pair<std::string_view, Aggregation> all[] = {{"", Aggregation::None}, {"SUM", Aggregation::Sum}, {"MIN", Aggregation::Min},
        {"MAX", Aggregation::Max}, {"COUNT", Aggregation::Count}};
    for (const auto& [name, a] : all)
        if (name == s) return a;
    return {};
}
} // namespace

BoxRef Reader::table(const pugi::xml_node& n)
{
    TableBuild build{std::make_shared<TableBox>()};
    TableBox& t = *build.table;
    t.name = m_owner;
    const auto policy = policyOf(n.attribute("hitPolicy").value());
    const auto aggregation = aggregationOf(n.attribute("aggregation").value());
    if (!policy || !aggregation) return broken(n, "the hit policy or aggregation of `" + t.name + "` is none of the standard's");
    t.policy = *policy;
    t.aggregation = *policy == HitPolicy::Collect ? *aggregation : Aggregation::None;
    for (const auto& i : children(n, "input")) {
        Column c;
        const pugi::xml_node e = child(i, "inputExpression");
        c.text = textOf(child(e, "text"));
        auto parsed = feel::parse(c.text, m_options);
        if (!parsed) return broken(n, "the input `" + c.text + "` of `" + t.name + "` does not parse: " + parsed.error().detail);
        c.input = std::move(*parsed);
        c.type = typeAt(e);
        if (const std::string values = textOf(child(child(i, "inputValues"), "text")); !values.empty()) {
            auto tests = feel::parseUnaryTests(values, m_options);
            if (!tests) return broken(n, "the input values of `" + c.text + "` in `" + t.name + "` do not parse: " + tests.error().detail);
            c.allowed = std::move(*tests);
        }
        t.columns.push_back(std::move(c));
    }
    for (const auto& o : children(n, "output")) {
        TableBox::Output out;
        out.name = nameOf(o);
        out.type = typeAt(o);
        if (const std::string values = textOf(child(child(o, "outputValues"), "text")); !values.empty()) {
            auto tests = feel::parseUnaryTests(values, m_options);
            if (!tests) return broken(n, "the output values of `" + t.name + "` do not parse: " + tests.error().detail);
            for (const feel::TestShape& s : tests->shapes()) out.order.push_back(s.form == feel::TestShape::Form::Equal ? s.value : Value());
            out.allowed = std::move(*tests);
        }
        if (const std::string other = textOf(child(child(o, "defaultOutputEntry"), "text")); !other.empty()) out.otherwise = literal(n, other);
        t.outputs.push_back(std::move(out));
    }
    if (t.outputs.empty()) return broken(n, "`" + t.name + "` has no output");
    if (auto r = tableRows(build, n); !r) {
        if (r.error().kind != Err::TooLarge) return broken(n, r.error().detail);
        m_fatal = r.error();
        return {};
    }
    return build.table;
}

Result<void> Reader::tableRows(TableBuild& build, const pugi::xml_node& n)
{
    TableBox& t = *build.table;
    const NamesMark mark(*this);
    m_options.names.push_back("?");
    for (const pugi::xml_node& rule : n.children()) {
        if (local(rule) != "rule") continue;
        ++t.rows;
        const std::string where = "rule " + std::to_string(t.rows) + " of `" + t.name + "`";
        if (t.rows > 200'000 || (build.cells += t.columns.size() + t.outputs.size()) > 2'000'000)
            return fail(Err::TooLarge, "the table `" + t.name + "` has more than 200,000 rules or 2,000,000 cells");
        std::size_t in = 0, out = 0;
        for (const pugi::xml_node& cell : rule.children()) {
            const std::string_view l = local(cell);
            if (l == "inputEntry") {
                if (in == t.columns.size()) return fail(Err::Invalid, where + " has more inputs than columns");
                const std::string text = textOf(child(cell, "text"));
                auto tests = feel::parseUnaryTests(text.empty() ? "-" : text, m_options);
                if (!tests) return fail(Err::Invalid, where + ", input " + std::to_string(in + 1) + ", does not parse: " + tests.error().detail);
                t.columns[in++].add(std::move(*tests));
            } else if (l == "outputEntry") {
                if (out == t.outputs.size()) return fail(Err::Invalid, where + " has more outputs than columns");
                const std::string text = textOf(child(cell, "text"));
                auto e = feel::parse(text.empty() ? "null" : text, m_options);
                if (!e) return fail(Err::Invalid, where + ", output " + std::to_string(out + 1) + ", does not parse: " + e.error().detail);
                auto b = std::make_shared<Literal>();
                b->expression = std::move(*e);
                t.entries.push_back(std::move(b));
                ++out;
            }
        }
        if (in != t.columns.size() || out != t.outputs.size()) return fail(Err::Invalid, where + " has fewer cells than columns");
    }
    for (Column& c : t.columns) c.close();
    return {};
}

} // namespace zt::dmn
