#include "text.h"

namespace zt::feel {

char32_t codePoint(std::string_view s, std::size_t& i)
{
    const auto byte = [&](std::size_t k) { return k < s.size() ? std::uint8_t(s[k]) : std::uint8_t(0); };
    const std::uint8_t b = byte(i);
    if (b < 0x80) return ++i, b;
    const int n = b >= 0xf0 && b < 0xf5 ? 3 : b >= 0xe0 ? 2 : b >= 0xc2 ? 1 : 0;
    if (!n || b >= 0xf5) return ++i, 0xfffd;
    char32_t c = b & (0x3f >> n);
    for (int k = 1; k <= n; ++k) {
        if ((byte(i + std::size_t(k)) & 0xc0) != 0x80) return ++i, 0xfffd;
        c = c << 6 | (byte(i + std::size_t(k)) & 0x3f);
    }
    i += std::size_t(n) + 1;
    return c;
}
void append(std::string& out, char32_t c)
{
    if (c < 0x80) {
        out += char(c);
    } else if (c < 0x800) {
        out += char(0xc0 | c >> 6);
        out += char(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        out += char(0xe0 | c >> 12);
        out += char(0x80 | (c >> 6 & 0x3f));
        out += char(0x80 | (c & 0x3f));
    } else {
        out += char(0xf0 | c >> 18);
        out += char(0x80 | (c >> 12 & 0x3f));
        out += char(0x80 | (c >> 6 & 0x3f));
        out += char(0x80 | (c & 0x3f));
    }
}
std::size_t codePoints(std::string_view s)
{
    std::size_t n = 0;
    for (const char c : s) n += (c & 0xc0) != 0x80;
    return n;
}

bool nameStart(char32_t c)
{
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '?';
    return (c >= 0xc0 && c <= 0xd6) || (c >= 0xd8 && c <= 0xf6) || (c >= 0xf8 && c <= 0x2ff) || (c >= 0x370 && c <= 0x37d)
        || (c >= 0x37f && c <= 0x1fff && c != 0x1680 && c != 0x180e) || (c >= 0x200c && c <= 0x200d) || (c >= 0x2070 && c <= 0x218f)
        || (c >= 0x2c00 && c <= 0x2fef) || (c >= 0x3001 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfdcf) || (c >= 0xfdf0 && c <= 0xfffc)
        || (c >= 0x10000 && c <= 0xeffff);
}
bool namePart(char32_t c)
{
    return nameStart(c) || (c >= '0' && c <= '9') || c == 0xb7 || (c >= 0x300 && c <= 0x36f) || (c >= 0x203f && c <= 0x2040);
}
bool space(char32_t c)
{
    return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xa0 || c == 0x1680 || c == 0x180e || (c >= 0x2000 && c <= 0x200b)
        || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff;
}

NameTokens tokenise(std::string_view name)
{
    NameTokens out;
    bool gap = false;
    for (std::size_t i = 0; i < name.size();) {
        const std::size_t from = i;
        const char32_t c = codePoint(name, i);
        if (space(c)) {
            gap = true;
            continue;
        }
        if (namePart(c)) {
            for (std::size_t k = i; k < name.size() && namePart(codePoint(name, k));) i = k;
        }
        gap = gap && !out.canonical.empty();
        if (gap) out.canonical += ' ';
        out.gaps.push_back(gap);
        gap = false;
        out.tokens.emplace_back(name.substr(from, i - from));
        out.canonical += out.tokens.back();
    }
    return out;
}

} // namespace zt::feel
