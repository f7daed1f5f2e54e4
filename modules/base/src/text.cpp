#include "zt/base/text.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <mutex>
#include <set>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

namespace zt {

namespace {

//! Length of the well-formed sequence at `at`, 0 if there is none.
int sequence(std::string_view s, size_t at, char32_t& c)
{
    auto byte = [&](size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
    auto cont = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const unsigned b = byte(at);
    if (b < 0x80) { c = b; return 1; }
    if (b >= 0xC2 && b <= 0xDF && cont(at + 1)) { c = (b & 0x1F) << 6 | (byte(at + 1) & 0x3F); return 2; }
    if (b >= 0xE0 && b <= 0xEF && cont(at + 1) && cont(at + 2)) {
        c = (b & 0x0F) << 12 | (byte(at + 1) & 0x3F) << 6 | (byte(at + 2) & 0x3F);
        return c >= 0x800 && !(c >= 0xD800 && c <= 0xDFFF) ? 3 : 0;
    }
    if (b >= 0xF0 && b <= 0xF4 && cont(at + 1) && cont(at + 2) && cont(at + 3)) {
        c = (b & 0x07) << 18 | (byte(at + 1) & 0x3F) << 12 | (byte(at + 2) & 0x3F) << 6 | (byte(at + 3) & 0x3F);
        return c >= 0x10000 && c <= 0x10FFFF ? 4 : 0;
    }
    return 0;
}

bool isUnwanted(char32_t c)
{
    return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c <= 0x9F) || (c >= 0x202A && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0x061C || c == 0xFEFF;
}

} // namespace

bool isUtf8(std::string_view text)
{
    char32_t c;
    for (size_t i = 0; i < text.size();) {
        const int n = sequence(text, i, c);
        if (!n) return false;
        i += size_t(n);
    }
    return true;
}

char32_t nextCodePoint(std::string_view text, size_t& at)
{
    char32_t c = 0xFFFD;
    const int n = sequence(text, at, c);
    if (!n) {
        ++at;
        return 0xFFFD;
    }
    at += size_t(n);
    return c;
}

void appendUtf8(std::string& out, char32_t c)
{
    if (c < 0x80) out += char(c);
    else if (c < 0x800) { out += char(0xC0 | c >> 6); out += char(0x80 | (c & 0x3F)); }
    else if (c < 0x10000) { out += char(0xE0 | c >> 12); out += char(0x80 | (c >> 6 & 0x3F)); out += char(0x80 | (c & 0x3F)); }
    else { out += char(0xF0 | c >> 18); out += char(0x80 | (c >> 12 & 0x3F)); out += char(0x80 | (c >> 6 & 0x3F)); out += char(0x80 | (c & 0x3F)); }
}

std::string cleanText(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size();) {
        if (text[i] == '\r') {
            out += '\n';
            i += i + 1 < text.size() && text[i + 1] == '\n' ? 2 : 1;
            continue;
        }
        const char32_t c = nextCodePoint(text, i);
        if (!isUnwanted(c)) appendUtf8(out, c);
    }
    return out;
}

std::string cleanLine(std::string_view text)
{
    const std::string s = cleanText(text);
    std::string out;
    for (size_t i = 0; i < s.size();) {
        char32_t c = nextCodePoint(s, i);
        if (c == '\n' || c == '\t' || c == 0x2028 || c == 0x2029) c = ' ';
        if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
        appendUtf8(out, c);
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

namespace {

void trimName(std::string& s)
{
    while (!s.empty() && (s.front() == '.' || s.front() == ' ')) s.erase(0, 1);
    while (!s.empty() && (s.back() == '.' || s.back() == ' ')) s.pop_back();
}

//! Windows takes the part before the first dot, blanks at its end left out.
bool isReserved(std::string_view name)
{
    std::string stem(name.substr(0, name.find('.')));
    while (!stem.empty() && stem.back() == ' ') stem.pop_back();
    std::transform(stem.begin(), stem.end(), stem.begin(), [](unsigned char c) { return char(std::toupper(c)); });
    static const std::set<std::string> words{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
    if (words.count(stem)) return true;
    return stem.size() == 4 && (stem.rfind("COM", 0) == 0 || stem.rfind("LPT", 0) == 0) && stem[3] >= '0' && stem[3] <= '9';
}

//! The first `maxBytes` bytes, cut at a character.
std::string cut(const std::string& s, size_t maxBytes)
{
    if (s.size() <= maxBytes) return s;
    while (maxBytes && (static_cast<unsigned char>(s[maxBytes]) & 0xC0) == 0x80) --maxBytes;
    return s.substr(0, maxBytes);
}

} // namespace

std::string safeFileName(std::string_view name, size_t maxBytes)
{
    std::string s = cleanLine(name);
    if (const auto slash = s.find_last_of("/\\"); slash != std::string::npos) s.erase(0, slash + 1);
    for (char& c : s)
        if (std::string_view("<>:\"|?*").find(c) != std::string_view::npos) c = '_';
    trimName(s);
    if (isReserved(s)) s.insert(0, "_");
    if (s.size() > maxBytes) {
        const auto dot = s.rfind('.');
        const bool keep = dot != std::string::npos && s.size() - dot <= 16 && s.size() - dot < maxBytes;
        const std::string ext = keep ? s.substr(dot) : std::string();
        s = cut(s, maxBytes - ext.size());
        trimName(s); // the cut may end in a blank or a dot
        s += ext;
        trimName(s);
        if (isReserved(s)) s[0] = '_';
    }
    return s.empty() ? cut("file", maxBytes) : s;
}

std::string decodeText(std::string_view bytes, bool& ok)
{
    ok = true;
    if (bytes.substr(0, 3) == "\xEF\xBB\xBF") bytes.remove_prefix(3);
    if (isUtf8(bytes)) return std::string(bytes);
    UErrorCode err = U_ZERO_ERROR;
    std::unique_ptr<UConverter, decltype(&ucnv_close)> conv(ucnv_open("gb18030", &err), &ucnv_close);
    if (U_FAILURE(err)) { ok = false; return {}; }
    ucnv_setToUCallBack(conv.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &err);
    icu::UnicodeString u(bytes.data(), int32_t(bytes.size()), conv.get(), err);
    if (U_FAILURE(err)) { ok = false; return {}; }
    std::string out;
    u.toUTF8String(out);
    return out;
}

namespace {

class Reader {
public:
    explicit Reader(const char* id)
    {
        UErrorCode err = U_ZERO_ERROR;
        m_t.reset(icu::Transliterator::createInstance(icu::UnicodeString(id), UTRANS_FORWARD, err));
    }
    void read(std::string_view text, Pinyin& into) const
    {
        if (!m_t) return;
        icu::UnicodeString u = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), int32_t(text.size())));
        m_t->transliterate(u);
        std::string latin;
        u.toUTF8String(latin);
        std::string full, initials;
        bool start = true;
        for (unsigned char c : latin) {
            if (std::isalnum(c)) {
                full += char(std::tolower(c));
                if (start) initials += char(std::tolower(c));
                start = false;
            } else {
                start = true;
            }
        }
        if (!full.empty() && std::find(into.full.begin(), into.full.end(), full) == into.full.end()) into.full.push_back(full);
        if (!initials.empty() && std::find(into.initials.begin(), into.initials.end(), initials) == into.initials.end()) into.initials.push_back(initials);
    }

private:
    std::unique_ptr<icu::Transliterator> m_t;
};

} // namespace

Pinyin pinyin(std::string_view text)
{
    // Transliterators may keep state while they run, so one at a time.
    static std::mutex mutex;
    static const Reader names("Han-Latin/Names; Latin-ASCII"), plain("Han-Latin; Latin-ASCII");
    std::lock_guard lock(mutex);
    Pinyin out;
    names.read(text, out);
    plain.read(text, out);
    return out;
}

std::string foldForSearch(std::string_view text)
{
    UErrorCode err = U_ZERO_ERROR;
    static const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCCasefoldInstance(err);
    if (!nfkc) return std::string(text);
    err = U_ZERO_ERROR;
    std::string valid, out;
    if (!isUtf8(text)) text = valid = cleanText(text);
    icu::StringByteSink<std::string> sink(&out);
    nfkc->normalizeUTF8(0, icu::StringPiece(text.data(), int32_t(text.size())), sink, nullptr, err);
    return U_SUCCESS(err) ? out : std::string(text);
}

size_t countCodePoints(std::string_view text)
{
    return size_t(std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

} // namespace zt
