#pragma once

#include "db.h"
#include "zt/store/reader.h"

namespace zt::store {

//! The reading side of search, inside a transaction. Throws SQLite::Exception.
[[nodiscard]] SearchAnswer searchAll(Db& db, const std::string& text, Reader::Order order, size_t limit);

//! A piece of `text` of about 60 characters around the first place where one of the folded parts occurs, each occurrence between U+E000 and
//! U+E001; empty if none occurs. Looks at the first 64 Ki bytes.
[[nodiscard]] std::string snippet(std::string_view text, const std::vector<std::string>& foldedParts);

} // namespace zt::store
