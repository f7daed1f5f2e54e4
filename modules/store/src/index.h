#pragma once

#include "db.h"
#include "zt/store/rows.h"
#include "zt/store/tx.h"

#include <functional>

//! The writing side of search: texts wait in `to_index` until a slice takes them in. Throw SQLite::Exception.
namespace zt::store {

void queueText(Db& db, int64_t id, Millis time, const IndexText& text);
void forgetText(Db& db, int64_t id);
//! \returns true when nothing waits
bool indexSlice(Db& db, int maxMs, const std::function<bool()>& hurry);
Result<void> putPerson(Db& db, const PersonKey& person);

} // namespace zt::store
