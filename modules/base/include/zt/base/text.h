#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zt {

//! True for well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] bool isUtf8(std::string_view text);

//! What foreign text becomes before it is kept: invalid sequences become U+FFFD; NUL and C0/C1 controls other than tab and
//! line feed go; CR LF and CR become LF; marks of direction (U+202A..E, U+2066..9, U+200E, U+200F, U+061C) go, since they can make a
//! title read as something else; U+FEFF goes. Every other character is kept, those outside the BMP included. Idempotent.
[[nodiscard]] std::string cleanText(std::string_view text);
//! As cleanText, on one line: line ends (U+2028 and U+2029 too), tabs and runs of blanks become one blank, ends are trimmed. Idempotent.
[[nodiscard]] std::string cleanLine(std::string_view text);

//! A name for a file that came from elsewhere, safe to create in a folder: no separators, no leading dots, no controls,
//! no names reserved on Windows, at most `maxBytes` (at least 4) bytes with a short extension kept. Never empty. Idempotent for one `maxBytes`.
[[nodiscard]] std::string safeFileName(std::string_view name, size_t maxBytes = 200);

//! Decodes one code point at `at` and moves `at` behind it; U+FFFD for a bad sequence (one byte consumed).
[[nodiscard]] char32_t nextCodePoint(std::string_view text, size_t& at);
void appendUtf8(std::string& out, char32_t c);

//! GB18030 (2005 tables of ICU) or UTF-8 with or without BOM to UTF-8; `ok` is false when bytes fit neither.
[[nodiscard]] std::string decodeText(std::string_view bytes, bool& ok);

//! Pinyin without tones, lower case, one entry per word or name; both the reading used for surnames and the plain one where
//! they differ (单: shan, dan). For matching typed letters, never for display.
struct Pinyin {
    std::vector<std::string> full;     //!< "shanxiaoyu", "danxiaoyu"
    std::vector<std::string> initials; //!< "sxy", "dxy"
};
//! Any thread; the first call builds ICU's tables (about 20 ms).
[[nodiscard]] Pinyin pinyin(std::string_view text);

//! NFKC and case fold: what search compares.
[[nodiscard]] std::string foldForSearch(std::string_view text);

[[nodiscard]] size_t countCodePoints(std::string_view text);

} // namespace zt
