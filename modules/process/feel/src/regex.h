#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zt::feel {

//! A pattern of XPath 2.0 functions (fn:matches, fn:replace, fn:tokenize), run by ICU within a bounded time.
class Pattern {
public:
    //! Nothing: not a pattern, or unknown flags (known: s m i x q).
    static std::optional<Pattern> make(std::string_view pattern, std::string_view flags);
    //! Nothing: it took too long.
    std::optional<bool> matches(std::string_view text) const;
    //! Nothing: a bad replacement, a pattern that matches nothing at all, or too long.
    std::optional<std::string> replace(std::string_view text, std::string_view replacement) const;
    std::optional<std::vector<std::string>> split(std::string_view text) const;

private:
    struct Code;
    std::shared_ptr<const Code> m_code;
    bool m_literal = false;
};

} // namespace zt::feel
