#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zt::feel {

//! One code point at `i`; moves `i` behind it. Broken UTF-8 gives U+FFFD, one byte each.
char32_t codePoint(std::string_view s, std::size_t& i);
void append(std::string& out, char32_t c);
std::size_t codePoints(std::string_view s);
//! The standard's name characters (grammar rules 28 and 29) without the extra symbols.
bool nameStart(char32_t c);
bool namePart(char32_t c);
bool space(char32_t c);

//! A name as it is matched: runs of name characters and single symbols. How much white space parts them does not matter, whether
//! any does: `a - b` is a difference even where a name `a-b` is known.
struct NameTokens {
    std::vector<std::string> tokens;
    std::vector<bool> gaps; // white space before the token
    std::string canonical; // as it was given, white space trimmed and collapsed
};
NameTokens tokenise(std::string_view name);

} // namespace zt::feel
