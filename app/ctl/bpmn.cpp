#include "terminal.h"

#include "zt/process/bpmn.h"
#include "zt/process/check.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace zt::ctl {

namespace {

using Json = nlohmann::ordered_json;

Json findings(const std::vector<process::Finding>& list)
{
    Json out = Json::array();
    for (const auto& f : list)
        out.push_back({{"severity", process::name(f.severity)}, {"code", f.code}, {"element", f.element}, {"name", f.name}, {"what", words(f.what)}, {"todo", words(f.todo)}});
    return out;
}

//! `linked`: with what it calls, or why that cannot be.
std::vector<process::Finding> checked(const process::Definition& p, const Result<process::Definition>& linked)
{
    if (linked) return process::check(*linked);
    const std::string& detail = linked.error().detail;
    return {process::finding(process::Finding::Severity::Error, "defect", p, nullptr, {"无法并入所调用的流程：" + detail, detail},
                             {"请不要让流程循环调用，也不要嵌套过深", "let the processes not call each other in a circle, nor too deep"})};
}

Json elements(const std::vector<process::Report::Element>& list)
{
    Json out = Json::array();
    for (const auto& e : list) out.push_back({{"type", e.type}, {"id", e.id}, {"name", e.name}, {"why", words(e.why)}});
    return out;
}

size_t sum(const std::map<std::string, size_t>& counts)
{
    size_t n = 0;
    for (const auto& [type, count] : counts) n += count;
    return n;
}

//! What one file comes to; "ok" is false when it cannot be read or something would be lost.
Json examine(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) return {{"file", file}, {"ok", false}, {"error", "the file cannot be opened"}};
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (in.bad()) return {{"file", file}, {"ok", false}, {"error", "the file cannot be read"}};
    const auto doc = process::Document::read(bytes);
    if (!doc) return {{"file", file}, {"ok", false}, {"error", doc.error().detail}};
    const process::Report r = doc->report();
    Json j{{"file", file}, {"ok", r.lost.empty()}, {"executed", sum(r.executed)}, {"kept", sum(r.kept)}, {"lost", elements(r.lost)}};
    j["executed_by_type"] = r.executed;
    j["kept_by_type"] = r.kept;
    j["not_executed"] = elements(r.notExecuted);
    j["processes"] = Json::array();
    for (const auto& p : doc->processes()) {
        Json line{{"id", p.id}, {"name", p.name}, {"elements", p.nodes.size()}, {"flows", p.flows.size()}};
        const auto found = checked(p, doc->process(p.id));
        line["sound"] = process::sound(found);
        line["findings"] = findings(found);
        j["processes"].push_back(std::move(line));
    }
    return j;
}

struct Bpmn {
    std::vector<std::string> files;

    void run() const
    {
        size_t bad = 0;
        for (const auto& f : files) {
            const Json j = examine(f);
            bad += !j["ok"].get<bool>();
            std::cout << j.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
        }
        if (bad) stop(std::to_string(bad) + " of " + std::to_string(files.size()) + " files could not be read or kept whole");
    }
};

} // namespace

void addBpmn(CLI::App& app)
{
    auto* c = app.add_subcommand("bpmn", "Read BPMN 2.0 files, check them, write them back to memory; one JSON line for each: what is executed, kept, lost");
    auto what = std::make_shared<Bpmn>();
    c->add_option("FILE", what->files, "BPMN files")->required();
    c->callback([what] { what->run(); });
}

} // namespace zt::ctl
