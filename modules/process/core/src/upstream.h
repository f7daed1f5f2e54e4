#pragma once

#include "zt/process/definition.h"

namespace zt::process {

//! Flows and nodes from which a token could get to one of `ends` without passing `gateway` (the standard's paths of the inclusive join).
struct Upstream {
    std::vector<bool> flows, nodes;
    Upstream(const Definition& d, uint32_t gateway, const std::vector<uint32_t>& ends);
};

//! Link catch events that a link throw event goes on at, in its own scope.
[[nodiscard]] std::vector<uint32_t> linkTargets(const Definition& d, uint32_t throwing);

//! Nodes that tokens get to from the scope's starts; not by the edge `without` (a flow, or flows.size() + a boundary event).
[[nodiscard]] std::vector<bool> reach(const Definition& d, const Scope& s, uint32_t without = kNone);

} // namespace zt::process
