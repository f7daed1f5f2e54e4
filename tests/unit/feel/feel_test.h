#pragma once

#include "zt/feel/feel.h"
#include "zt/test/test.h"

#include <string>
#include <utility>
#include <vector>

namespace zt::feel {

inline DateTime testNow()
{
    DateTime t{{2026, 3, 9}, {}};
    t.time.second = 9 * 3600 + 30 * 60;
    t.time.offset = 8 * 3600;
    return t;
}

//! The value of an expression as a literal; "?…" if it does not parse.
inline std::string eval(std::string_view text, std::string_view context = "{}", const ParseOptions& options = {})
{
    Run run({}, testNow());
    const auto c = parse(context);
    const auto e = parse(text, options);
    if (!c || !e) return "? " + (e ? c.error().detail : e.error().detail);
    const Value scope = evaluate(*c, ContextScope(Value::context({})), run);
    return toString(evaluate(*e, ContextScope(scope), run));
}

using Rows = std::vector<std::pair<std::string_view, std::string_view>>;
//! Each expression gives its value.
inline void expectAll(const Rows& rows, std::string_view context = "{}")
{
    for (const auto& [text, expected] : rows) {
        const std::string got = eval(text, context);
        if (got != expected) test::failed("feel", 0, std::string(text) + " gives " + got + ", not " + std::string(expected));
    }
}

} // namespace zt::feel
