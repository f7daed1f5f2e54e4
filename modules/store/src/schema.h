#pragma once

#include "db.h"

namespace zt::store {

constexpr int kSchema = 3;

//! Brings a store to kSchema in one transaction. Err::TooNew for a later one, which is not touched.
[[nodiscard]] Result<void> migrate(Db& db);

} // namespace zt::store
