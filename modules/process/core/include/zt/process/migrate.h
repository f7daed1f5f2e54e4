#pragma once

#include "zt/process/engine.h"

#include <map>

//! Moves a running matter to another version of its definition.
namespace zt::process {

struct MigrationLine {
    Id item = 0;          //!< 0: a token on a flow
    std::string from, to; //!< element ids; `to` empty: no place there
    std::string name;     //!< of the element it is at
    std::string problem;  //!< why it cannot go there; empty: it can
};
struct MigrationPreview {
    std::vector<MigrationLine> lines; //!< everything that is somewhere now, in the order of the state
    std::vector<std::string> dropped; //!< clocks and subscriptions of events that the next version does not have
    std::vector<std::string> added;   //!< events that it has in addition: they begin to run with the migration
    [[nodiscard]] bool possible() const;
};
//! Elements are matched by id; `instead` says where to go for others (old id -> new id).
using Instead = std::map<std::string, std::string>;
[[nodiscard]] MigrationPreview preview(const Definition& now, const State& state, const Definition& next, const Instead& instead = {});
//! The events of doing so. Err::Conflict with the first problem of the preview. Due instants that run go on running.
[[nodiscard]] Result<std::vector<Event>> migrate(const Definition& now, const State& state, const Definition& next, const Context& context, const Instead& instead = {});

} // namespace zt::process
