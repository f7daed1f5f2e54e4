#include "terminal.h"

#include "zt/process/bpmn.h"
#include "zt/process/simulate.h"

#include <fstream>
#include <iostream>
#include <iterator>

namespace zt::ctl {

namespace {

struct Simulate {
    std::string file, process, calendar;
    uint64_t seed = 1;
    size_t steps = 1'000;
    bool moves = false;

    static std::string read(const std::string& name)
    {
        std::ifstream in(name, std::ios::binary);
        if (!in) stop("file " + name + " cannot be opened");
        return {std::istreambuf_iterator<char>(in), {}};
    }

    void run() const
    {
        const auto doc = process::Document::read(read(file));
        if (!doc) stop(file + ": " + doc.error().detail);
        const auto definition = doc->process(process);
        if (!definition) stop(file + ": " + definition.error().detail);
        process::Calendar days;
        if (!calendar.empty()) {
            auto parsed = process::Calendar::parse(read(calendar));
            if (!parsed) stop(calendar + ": " + parsed.error().detail);
            days = std::move(*parsed);
        }
        process::SimulateOptions options;
        options.seed = seed;
        options.steps = steps;
        options.moves = moves;
        options.calendar = &days;
        const auto played = process::simulate(*definition, options);
        for (const auto& line : played.lines) std::cout << line << '\n';
        using End = process::Simulated::End;
        switch (played.end) {
        case End::Ended: std::cout << "The process came to its end.\n"; return;
        case End::Steps: std::cout << "Stopped after " << steps << " acts; the process runs on.\n"; return;
        case End::Stuck: std::cout << std::flush; stop("the process stands still: " + played.problem);
        case End::Refused: std::cout << std::flush; stop("nobody can go on: " + played.problem);
        }
    }
};

} // namespace

void addSimulate(CLI::App& app)
{
    auto* c = app.add_subcommand("simulate", "Play a BPMN definition with random people and print the history");
    auto what = std::make_shared<Simulate>();
    c->add_option("FILE", what->file, "BPMN file")->required();
    c->add_option("--seed", what->seed, "The same number gives the same history");
    c->add_option("--process", what->process, "Id of the process; otherwise the first executable one");
    c->add_option("--steps", what->steps, "Acts at most")->check(CLI::Range(size_t(1), size_t(1'000'000)));
    c->add_option("--calendar", what->calendar, "Working-day calendar");
    c->add_flag("--moves", what->moves, "People also add, take out, send back");
    c->callback([what] { what->run(); });
}

} // namespace zt::ctl
