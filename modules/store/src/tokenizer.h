#pragma once

#include <sqlite3.h>
#include <string>
#include <string_view>
#include <vector>

namespace zt::store {

//! How Han text is cut. Bigrams are what the store uses (decisions/search.md); unigrams stay for the measurement.
enum class Cut { Bigram, Unigram };

//! Registers the FTS5 tokenizer `zt` (`zt unigram` for the other cut) and the function `zt_rank(search)`. Throws SQLite::Exception.
//!
//! Text comes folded (foldForSearch). Han, kana, hangul, private-use characters and emoji are single characters; other letters and digits
//! are words, cut where letters meet digits. A phrase never matches across punctuation or blanks unless it holds them too.
void registerTokenizer(sqlite3* db);

//! An FTS5 query in which all that was typed is plain text: blanks separate parts that must all occur. Empty if nothing can be looked for.
[[nodiscard]] std::string matchQuery(std::string_view folded, Cut cut = Cut::Bigram);

//! The parts of matchQuery, as they are looked for in a text: for snippets.
[[nodiscard]] std::vector<std::string> queryParts(std::string_view folded);

} // namespace zt::store
