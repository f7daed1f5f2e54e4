#include "zt/base/bytes.h"

namespace zt {

std::string hex(BytesView bytes)
{
    static const char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (unsigned char c : bytes) {
        out += digits[c >> 4];
        out += digits[c & 15];
    }
    return out;
}

std::optional<Bytes> unhex(std::string_view text)
{
    if (text.size() % 2) return std::nullopt;
    auto value = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
    Bytes out;
    out.reserve(text.size() / 2);
    for (size_t i = 0; i < text.size(); i += 2) {
        const int hi = value(text[i]), lo = value(text[i + 1]);
        if (hi < 0 || lo < 0) return std::nullopt;
        out += char(hi << 4 | lo);
    }
    return out;
}

static const char kBase32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::string base32(BytesView bytes)
{
    std::string out;
    uint32_t acc = 0;
    int bits = 0;
    for (unsigned char c : bytes) {
        acc = acc << 8 | c;
        bits += 8;
        while (bits >= 5) {
            out += kBase32[acc >> (bits - 5) & 31];
            bits -= 5;
        }
    }
    if (bits) out += kBase32[acc << (5 - bits) & 31];
    return out;
}

std::optional<Bytes> unbase32(std::string_view text)
{
    Bytes out;
    uint32_t acc = 0;
    int bits = 0;
    for (char c : text) {
        if (c == '-' || c == ' ' || c == '\n' || c == '\t' || c == '\r') continue;
        if (c == '0') c = 'O';
        if (c == '1') c = 'I';
        int v;
        if (c >= 'A' && c <= 'Z') v = c - 'A';
        else if (c >= 'a' && c <= 'z') v = c - 'a';
        else if (c >= '2' && c <= '7') v = c - '2' + 26;
        else return std::nullopt;
        acc = acc << 5 | uint32_t(v);
        bits += 5;
        if (bits >= 8) {
            out += char(acc >> (bits - 8));
            bits -= 8;
        }
    }
    return out;
}

} // namespace zt
