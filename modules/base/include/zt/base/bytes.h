#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zt {

//! Bytes that are not text. The same type protobuf uses for its `bytes`, so nothing is copied at that border.
using Bytes = std::string;
using BytesView = std::string_view;

[[nodiscard]] std::string hex(BytesView bytes);
//! Lower or upper case; nothing for odd length or other characters.
[[nodiscard]] std::optional<Bytes> unhex(std::string_view text);

//! RFC 4648 base32 without padding, upper case: for codes people read out. Decoding ignores blanks and '-', takes 0 for O, 1 for I.
[[nodiscard]] std::string base32(BytesView bytes);
[[nodiscard]] std::optional<Bytes> unbase32(std::string_view text);

} // namespace zt
