#pragma once

#include "zt/feel/value.h"

namespace zt::feel {

//! As Value::function, for closures: `depth` is what they captured.
Value makeFunction(FunctionParts parts, std::uint32_t depth);
//! The same object, or the same inline content.
bool identical(const Value& a, const Value& b);

} // namespace zt::feel
