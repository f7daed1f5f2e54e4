#include "model.h"

#include <algorithm>

namespace zt::dmn {

std::optional<std::size_t> ModelData::find(Element::Of of, std::string_view name) const
{
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (elements[i].of == of && elements[i].file == 0 && elements[i].name == name) return i;
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (elements[i].of == of && elements[i].name == name) return i;
    // Processes refer to decisions by id.
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (elements[i].of == of && elements[i].file == 0 && elements[i].id == name && !name.empty()) return i;
    return {};
}

// What an element's expression may name: its requirements, those of an import inside a context of the import's name.
void Graph::fill(Frame& frame, const Element& e)
{
    std::vector<std::pair<std::string, std::vector<feel::Entry>>> imported;
    for (const std::size_t r : e.requires_) {
        const Element& t = m_data.elements[r];
        Value v = valueOf(r);
        if (t.file == e.file) {
            frame.set(t.name, std::move(v));
            continue;
        }
        for (const FileImport& i : m_data.files[e.file]->imports) {
            if (i.file != t.file) continue;
            if (i.prefix.empty()) {
                frame.set(t.name, v);
                continue;
            }
            auto at = std::find_if(imported.begin(), imported.end(), [&](const auto& p) { return p.first == i.prefix; });
            if (at == imported.end()) at = imported.insert(imported.end(), {i.prefix, {}});
            at->second.emplace_back(t.name, v);
        }
    }
    for (auto& [prefix, entries] : imported) frame.set(prefix, Value::context(std::move(entries)));
}

Value Graph::valueOf(std::size_t index)
{
    if (m_values[index]) return *m_values[index];
    if (!m_run.enter()) return {};
    const Element& e = m_data.elements[index];
    Value v;
    switch (e.of) {
    case Element::Of::Input: {
        const Value* given = m_inputs.entry(e.name);
        v = given ? fitted(*given, e.type, e.name, m_run) : Value();
        break;
    }
    case Element::Of::Decision: {
        if (const Value* given = e.file == 0 ? m_inputs.entry(e.name) : nullptr) {
            v = fitted(*given, e.type, e.name, m_run);
            break;
        }
        Frame frame;
        fill(frame, e);
        v = fitted(e.logic->evaluate(frame, m_run), e.type, e.name, m_run);
        break;
    }
    case Element::Of::Knowledge: v = knowledgeFunction(m_data, index); break;
    case Element::Of::Service: v = serviceFunction(m_data, index); break;
    }
    m_run.leave();
    m_values[index] = v;
    return v;
}

Value knowledgeFunction(const ModelData& data, std::size_t index)
{
    const Element& e = data.elements[index];
    return makeCallable(e.params, [model = data.shared_from_this(), index](std::span<const Value> args, Run& run) {
        const Element& k = model->elements[index];
        const Value none;
        Graph graph(*model, none, run);
        Frame frame;
        frame.set(k.name, knowledgeFunction(*model, index));
        graph.fill(frame, k);
        for (std::size_t i = 0; i < args.size(); ++i) frame.set(k.params[i].name, args[i]);
        return fitted(k.logic->evaluate(frame, run), k.type, k.name, run);
    });
}

std::vector<feel::Param> serviceParams(const ModelData& data, const Element& s)
{
    // The standard's order: input data first, as of 1.3; both in the file's order.
    std::vector<feel::Param> params;
    for (const auto* list : {&s.inputData, &s.inputDecisions})
        for (const std::size_t i : *list) params.push_back({data.elements[i].name, data.elements[i].type});
    return params;
}

Value serviceValue(Graph& graph, const ModelData& data, const Element& s)
{
    if (s.outputs.size() == 1) return graph.valueOf(s.outputs[0]);
    std::vector<feel::Entry> entries;
    for (const std::size_t o : s.outputs) entries.emplace_back(data.elements[o].name, graph.valueOf(o));
    return Value::context(std::move(entries));
}

Value serviceFunction(const ModelData& data, std::size_t index)
{
    const Element& e = data.elements[index];
    return makeCallable(serviceParams(data, e), [model = data.shared_from_this(), index](std::span<const Value> args, Run& run) {
        const Element& s = model->elements[index];
        const Value none;
        Graph graph(*model, none, run);
        std::size_t a = 0;
        for (const auto* list : {&s.inputData, &s.inputDecisions})
            for (const std::size_t i : *list) graph.preset(i, args[a++]);
        return fitted(serviceValue(graph, *model, s), s.type && s.type->of == feel::Type::Of::Function ? s.type->result : s.type, s.name, run);
    });
}

Result<Model> Model::read(std::string_view xml, std::span<const std::string_view> imports)
{
    auto data = std::make_shared<ModelData>();
    Reader reader(*data);
    ZT_TRY(reader.read(xml, imports));
    Model m;
    m.m_data = std::move(data);
    return m;
}

const std::string& Model::name() const { return m_data->files[0]->name; }
const std::string& Model::nameSpace() const { return m_data->files[0]->nameSpace; }
const std::vector<Finding>& Model::findings() const { return m_data->findings; }

static std::vector<std::string> namesOf(const ModelData& d, Element::Of of)
{
    std::vector<std::string> out;
    for (const Element& e : d.elements)
        if (e.of == of && e.file == 0) out.push_back(e.name);
    return out;
}
std::vector<std::string> Model::decisions() const { return namesOf(*m_data, Element::Of::Decision); }
std::vector<std::string> Model::services() const { return namesOf(*m_data, Element::Of::Service); }

std::vector<InputInfo> Model::inputsOf(std::string_view decision) const
{
    std::vector<InputInfo> out;
    const auto from = m_data->find(Element::Of::Decision, decision);
    if (!from) return out;
    std::vector<bool> seen(m_data->elements.size());
    std::vector<std::size_t> open{*from};
    while (!open.empty()) {
        const std::size_t i = open.back();
        open.pop_back();
        if (seen[i]) continue;
        seen[i] = true;
        const auto& e = m_data->elements[i];
        open.insert(open.end(), e.requires_.begin(), e.requires_.end());
    }
    for (std::size_t i = 0; i < seen.size(); ++i)
        if (seen[i] && m_data->elements[i].of == Element::Of::Input) out.push_back({m_data->elements[i].name, m_data->elements[i].typeName});
    return out;
}

Result<Value> Model::decide(std::string_view decision, const Value& inputs, Run& run) const
{
    const auto i = m_data->find(Element::Of::Decision, decision);
    if (!i) return fail(Err::NotFound, "there is no decision `" + std::string(decision) + "`");
    Graph graph(*m_data, inputs, run);
    return graph.valueOf(*i);
}

static Result<Value> callByName(const Value& f, const Value& inputs, Run& run)
{
    std::vector<Value> args;
    for (const feel::Param& p : f.asFunction().params) {
        const Value* v = inputs.entry(p.name);
        args.push_back(v ? *v : Value());
    }
    return feel::call(f, args, run);
}
Result<Value> Model::serve(std::string_view service, const Value& inputs, Run& run) const
{
    const auto i = m_data->find(Element::Of::Service, service);
    if (!i) return fail(Err::NotFound, "there is no decision service `" + std::string(service) + "`");
    return callByName(serviceFunction(*m_data, *i), inputs, run);
}
Result<Value> Model::invoke(std::string_view bkm, const Value& inputs, Run& run) const
{
    const auto i = m_data->find(Element::Of::Knowledge, bkm);
    if (!i) return fail(Err::NotFound, "there is no knowledge model `" + std::string(bkm) + "`");
    return callByName(knowledgeFunction(*m_data, *i), inputs, run);
}

} // namespace zt::dmn
