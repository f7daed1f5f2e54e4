#include "builtins.h"
#include "regex.h"
#include "text.h"

#include <unicode/locid.h>
#include <unicode/unistr.h>

namespace zt::feel {

namespace {

std::string cased(std::string_view s, bool upper)
{
    icu::UnicodeString u = icu::UnicodeString::fromUTF8(icu::StringPiece(s.data(), std::int32_t(s.size())));
    if (upper) u.toUpper(icu::Locale::getRoot());
    else u.toLower(icu::Locale::getRoot());
    std::string out;
    u.toUTF8String(out);
    return out;
}
Value upperCase(const CallAt& at, Args a) { return text(cased(a[0].asString(), true), at); }
Value lowerCase(const CallAt& at, Args a) { return text(cased(a[0].asString(), false), at); }
Value stringLength(const CallAt&, Args a) { return Value::number(std::int64_t(codePoints(a[0].asString()))); }

// Byte of code point number n.
std::size_t byteOf(std::string_view s, std::size_t n)
{
    std::size_t i = 0;
    while (n-- && i < s.size()) codePoint(s, i);
    return i;
}
Value substring(const CallAt& at, Args a)
{
    const std::string_view s = a[0].asString();
    const auto whole = [](const Value& v) { return v.asNumber().rounded(0, Decimal::Rounding::Down)->integer(); };
    const auto start = whole(a[1]);
    const std::int64_t size = std::int64_t(codePoints(s));
    if (!start || *start == 0 || *start > size || *start < -size) return at.null("substring: the text has no such position");
    const std::int64_t from = *start > 0 ? *start - 1 : size + *start;
    std::int64_t length = size - from;
    if (a.size() > 2 && !a[2].isNull()) {
        const auto n = whole(a[2]);
        if (!n || *n < 1) return at.null("substring: no such length");
        length = std::min(length, *n);
    }
    const std::size_t begin = byteOf(s, std::size_t(from));
    return text(s.substr(begin, byteOf(s.substr(begin), std::size_t(length))), at);
}
Value substringBefore(const CallAt& at, Args a)
{
    const auto i = a[0].asString().find(a[1].asString());
    return text(i == std::string_view::npos ? std::string_view() : a[0].asString().substr(0, i), at);
}
Value substringAfter(const CallAt& at, Args a)
{
    const auto i = a[0].asString().find(a[1].asString());
    return text(i == std::string_view::npos ? std::string_view() : a[0].asString().substr(i + a[1].asString().size()), at);
}
Value contains(const CallAt&, Args a) { return Value::boolean(a[0].asString().find(a[1].asString()) != std::string_view::npos); }
Value startsWith(const CallAt&, Args a) { return Value::boolean(a[0].asString().starts_with(a[1].asString())); }
Value endsWith(const CallAt&, Args a) { return Value::boolean(a[0].asString().ends_with(a[1].asString())); }

Value tooLong(const CallAt& at)
{
    at.run.step(200'000); // it used up the time a pattern gets
    return at.null("the pattern takes too long");
}
std::optional<Pattern> pattern(const CallAt& at, Args a, std::size_t flagsAt)
{
    const std::string_view flags = a.size() > flagsAt && !a[flagsAt].isNull() ? a[flagsAt].asString() : std::string_view();
    auto p = at.run.step(100 + a[0].asString().size() / 16) ? Pattern::make(a[1].asString(), flags) : std::nullopt;
    if (!p) at.null("the pattern or its flags are none of XPath");
    return p;
}
Value matches(const CallAt& at, Args a)
{
    const auto p = pattern(at, a, 2);
    if (!p) return {};
    const auto m = p->matches(a[0].asString());
    return m ? Value::boolean(*m) : tooLong(at);
}
Value replace(const CallAt& at, Args a)
{
    const auto p = pattern(at, a, 3);
    if (!p) return {};
    const auto s = p->replace(a[0].asString(), a[2].asString());
    if (s) return text(*s, at);
    at.run.step(200'000); // it may have used up the time a pattern gets
    return at.null("replace: a bad replacement, a pattern that matches nothing, or one that takes too long");
}
Value split(const CallAt& at, Args a)
{
    const auto p = pattern(at, a, 99);
    if (!p) return {};
    const auto parts = p->split(a[0].asString());
    if (!parts) return at.null("split: the delimiter matches nothing, or takes too long");
    std::vector<Value> out;
    for (const std::string& s : *parts) out.push_back(text(s, at));
    return items(std::move(out), at);
}
Value stringJoin(const CallAt& at, Args a)
{
    std::string out;
    const std::string_view by = a.size() > 1 && !a[1].isNull() ? a[1].asString() : std::string_view();
    bool first = true;
    for (const Value& v : a[0].asList()) {
        if (v.isNull()) continue;
        if (!v.is(Kind::String)) return at.null("string join: not all are strings");
        if (!at.run.make(v.asString().size() + by.size())) return {};
        if (!first) out += by;
        first = false;
        out += v.asString();
    }
    return text(out, at);
}
Value string(const CallAt& at, Args a)
{
    if (!at.run.make(std::size_t(a[0].weight()) * 32)) return {};
    return text(toText(a[0]), at);
}

constexpr BuiltinRow kRows[] = {
    {"string(from:a)", string},
    {"string length(string:s)", stringLength},
    {"upper case(string:s)", upperCase},
    {"lower case(string:s)", lowerCase},
    {"substring(string:s, start position:n, length:n?)", substring},
    {"substring before(string:s, match:s)", substringBefore},
    {"substring after(string:s, match:s)", substringAfter},
    {"contains(string:s, match:s)", contains},
    {"starts with(string:s, match:s)", startsWith},
    {"ends with(string:s, match:s)", endsWith},
    {"matches(input:s, pattern:s, flags:s?)", matches},
    {"replace(input:s, pattern:s, replacement:s, flags:s?)", replace},
    {"split(string:s, delimiter:s)", split},
    {"string join(list:l, delimiter:s?)", stringJoin},
};

} // namespace

std::span<const BuiltinRow> stringRows() { return kRows; }

} // namespace zt::feel
