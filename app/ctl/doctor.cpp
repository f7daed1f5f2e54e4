#include "terminal.h"

#include "zt/base/clock.h"
#include "zt/hub/doctor.h"
#include "zt/hub/postgres_log.h"

#include <fmt/format.h>
#include <iostream>
#include <nlohmann/json.hpp>

namespace zt::ctl {

namespace {

struct Doctor {
    std::string data, config;
    bool asJson = false;
    int backupHours = 26, leastFreeMib = 1024;

    void run() const
    {
        if (data.empty() == config.empty()) stop("name either the data folder or --config FILE", kUsage);
        // hub.json lies in the folder it describes.
        const auto folder = data.empty() ? std::filesystem::absolute(config).parent_path() : std::filesystem::path(data);
        if (!config.empty() && std::filesystem::path(config).filename() != "hub.json") stop("--config: a hub reads hub.json of its data folder only; name that file", kUsage);
        const auto found = hub::diagnose(folder, systemClock(), {Millis(backupHours) * 3'600'000, uint64_t(leastFreeMib) << 20}, &hub::postgresEngine());
        size_t errors = 0, warnings = 0;
        for (const auto& f : found) {
            errors += f.grade == hub::Grade::Error;
            warnings += f.grade == hub::Grade::Warning;
            asJson ? printJson(f) : print(f);
        }
        if (!asJson) std::cout << (zh() ? fmt::format("错误 {} 项，警告 {} 项\n", errors, warnings) : fmt::format("{} errors, {} warnings\n", errors, warnings));
        if (errors) throw Exit{kFailed, {}};
    }

private:
    static bool zh() { return language() == hub::Language::Chinese; }
    static const char* gradeName(hub::Grade g) { return g == hub::Grade::Ok ? "ok" : g == hub::Grade::Warning ? "warning" : "error"; }
    static void print(const hub::Finding& f)
    {
        const char* chinese = f.grade == hub::Grade::Ok ? "正常" : f.grade == hub::Grade::Warning ? "警告" : "错误";
        std::cout << (zh() ? fmt::format("{}  {}\n", chinese, words(f.found)) : fmt::format("{:<8} {}\n", gradeName(f.grade), words(f.found)));
        if (f.grade != hub::Grade::Ok) std::cout << (zh() ? "      处理：" : "         do: ") << words(f.action) << '\n';
    }
    static void printJson(const hub::Finding& f)
    {
        nlohmann::ordered_json j{{"grade", gradeName(f.grade)}, {"code", f.code}, {"found", words(f.found)}};
        if (f.grade != hub::Grade::Ok) j["action"] = words(f.action);
        std::cout << j.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
    }
};

} // namespace

void addDoctor(CLI::App& app)
{
    auto* sub = app.add_subcommand("doctor", "Look at a hub's installation and say what to do: configuration, folder, keys, certificates, log, clock, ports, space, backup, limits");
    auto d = std::make_shared<Doctor>();
    sub->add_option("data,--data", d->data, "The hub's data folder");
    sub->add_option("--config", d->config, "Its hub.json instead");
    sub->add_option("--backup-hours", d->backupHours, "A backup older than this is an error")->capture_default_str()->check(CLI::Range(1, 100'000));
    sub->add_option("--least-free-mib", d->leastFreeMib, "Less free space than this is an error")->capture_default_str()->check(CLI::Range(0, 1'000'000'000));
    sub->add_flag("--json", d->asJson, "One JSON object a line: grade, code, found, action");
    sub->footer("Reads only; the hub may run or not. Exit codes: 0 nothing wrong or warnings alone, 1 errors, 2 wrong usage.");
    sub->callback([d] { d->run(); });
}

} // namespace zt::ctl
