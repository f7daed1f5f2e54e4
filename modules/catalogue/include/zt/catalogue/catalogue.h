#pragma once

#include "zt/rules/rules.h"

namespace zt::catalogue {

//! Every kind of stream this build knows; the same at the desk, at the hub and in the simulation. A new feature adds its kinds here.
const rules::Catalogue& all();

} // namespace zt::catalogue
