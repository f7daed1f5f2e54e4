#pragma once

#include "zt/process/engine.h"

#include <string>
#include <vector>

//! Plays a definition with random people: for authors of definitions, and for tests.
namespace zt::process {

//! One event in plain English, with the names of elements.
[[nodiscard]] std::string describe(const Definition& definition, const Event& event);

struct SimulateOptions {
    uint64_t seed = 1;
    size_t steps = 1'000; //!< acts at most
    Millis start = 1'767'571'200'000; //!< 2026-01-05T00:00Z
    const Calendar* calendar = nullptr;
    bool moves = false;   //!< also adds, removes, sends back
};
struct Simulated {
    enum class End : uint8_t { Ended, Stuck, Refused, Steps };
    End end = End::Steps;
    State state;
    std::vector<Event> events;
    std::vector<std::string> lines; //!< the history, an act or event each; the same for one seed on any machine
    std::string problem;            //!< Stuck: where; Refused: why
};
//! Data that are missing are made up: a condition is true or false, a collection has one to four persons, a decision says nothing.
[[nodiscard]] Simulated simulate(const Definition& definition, const SimulateOptions& options);

} // namespace zt::process
