#pragma once

#include "zt/process/check.h"

namespace zt::process {

//! Explores the markings of one scope; adds deadlock, unsynchronised and unproved.
void explore(const Definition& d, uint32_t scope, const CheckOptions& options, std::vector<Finding>& out);

} // namespace zt::process
