#include "xml.h"

#include "zt/base/text.h"
#include "zt/process/bpmn.h"

#include <algorithm>
#include <sstream>
#include <unicode/ucnv.h>

namespace zt::process {

namespace {

std::string lineOf(std::string_view text, size_t at)
{
    return "line " + std::to_string(1 + std::count(text.begin(), text.begin() + long(std::min(at, text.size())), '\n'));
}

Result<std::string> convert(BytesView bytes, const std::string& encoding)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter* from = ucnv_open(encoding.c_str(), &status);
    if (U_FAILURE(status)) return Result<std::string>(Err::Invalid, "the encoding the file names is not known");
    ucnv_setToUCallBack(from, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
    std::u16string wide(bytes.size() + 1, u'\0');
    const int32_t n = ucnv_toUChars(from, wide.data(), int32_t(wide.size()), bytes.data(), int32_t(bytes.size()), &status);
    ucnv_close(from);
    if (U_FAILURE(status) && status != U_STRING_NOT_TERMINATED_WARNING)
        return Result<std::string>(Err::Invalid, "the text is not in the encoding the file names (" + encoding + "): save it again, best as UTF-8");
    std::string out;
    out.reserve(size_t(n) + size_t(n) / 2);
    for (int32_t i = 0; i < n; ++i) {
        char32_t c = wide[size_t(i)];
        const bool high = c >= 0xd800 && c < 0xdc00, pair = high && i + 1 < n && wide[size_t(i) + 1] >= 0xdc00 && wide[size_t(i) + 1] < 0xe000;
        if (pair) c = 0x10000 + ((c - 0xd800) << 10) + (wide[size_t(++i)] - 0xdc00);
        else if (c >= 0xd800 && c < 0xe000) return Result<std::string>(Err::Invalid, "half a character of UTF-16");
        if (c == 0xfeff && out.empty()) continue;
        appendUtf8(out, c);
    }
    return out;
}

//! What the XML declaration says; "" without one. Only for encodings that write ASCII as ASCII.
std::string declaredEncoding(BytesView bytes)
{
    if (bytes.substr(0, 5) != "<?xml") return {};
    const auto head = bytes.substr(0, std::min<size_t>(bytes.find("?>"), 400));
    size_t at = head.find("encoding");
    if (at == BytesView::npos) return {};
    at = head.find_first_of("\"'", at);
    if (at == BytesView::npos) return {};
    const size_t end = head.find(head[at], at + 1);
    return end == BytesView::npos ? std::string() : std::string(head.substr(at + 1, end - at - 1));
}

bool sameName(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

Result<std::string> toUtf8(BytesView bytes)
{
    const auto starts = [&](BytesView s) { return bytes.substr(0, s.size()) == s; };
    using namespace std::string_view_literals;
    if (starts("\xff\xfe\0\0"sv) || starts("<\0\0\0"sv)) return convert(bytes, "UTF-32LE");
    if (starts("\0\0\xfe\xff"sv) || starts("\0\0\0<"sv)) return convert(bytes, "UTF-32BE");
    if (starts("\xff\xfe"sv) || starts("<\0"sv)) return convert(bytes, "UTF-16LE");
    if (starts("\xfe\xff"sv) || starts("\0<"sv)) return convert(bytes, "UTF-16BE");
    const bool mark = starts("\xef\xbb\xbf"sv);
    const BytesView body = mark ? bytes.substr(3) : bytes;
    const std::string declared = declaredEncoding(body);
    if (mark || declared.empty() || sameName(declared, "UTF-8") || sameName(declared, "UTF8") || sameName(declared, "US-ASCII")) {
        if (isUtf8(body)) return std::string(body);
        size_t bad = 0, at = 0;
        while (at < body.size()) {
            bad = at;
            const char32_t c = nextCodePoint(body, at);
            if (c == 0xfffd && body.substr(bad, 3) != "\xef\xbf\xbd"sv) break;
        }
        return Result<std::string>(Err::Invalid, lineOf(body, bad) + ": the text is not UTF-8 although the file says so: save it again, or name its encoding");
    }
    // A file that names UTF-16 but is written byte by byte was converted by something that left the declaration alone.
    if (declared.size() >= 6 && sameName(std::string_view(declared).substr(0, 6), "UTF-16") && isUtf8(body)) return std::string(body);
    return convert(body, declared);
}

namespace {

struct Scanner {
    std::string_view s;
    size_t i = 0, depth = 0, elements = 0;
    bool root = false;

    Error bad(const std::string& what) const { return fail(Err::Invalid, lineOf(s, i) + ": " + what); }
    Result<void> skip(std::string_view end, size_t from, const char* what)
    {
        const size_t at = s.find(end, from);
        if (at == std::string_view::npos) return bad(std::string(what) + " without end");
        i = at + end.size();
        return {};
    }
    //! Only the five entities of XML and numbers: others would need a definition, which is where bombs come from.
    Result<void> reference() const
    {
        const size_t end = s.substr(i, 12).find(';');
        if (end == std::string_view::npos) return bad("a & that begins no character reference");
        const auto name = s.substr(i + 1, end - 1);
        for (const auto* known : {"amp", "lt", "gt", "quot", "apos"})
            if (name == known) return {};
        const bool hexadecimal = name.size() > 2 && name[1] == 'x';
        const auto digits = name.size() > 1 && name[0] == '#' ? name.substr(hexadecimal ? 2 : 1) : std::string_view();
        uint32_t code = 0;
        for (char c : digits) {
            const int d = c >= '0' && c <= '9' ? c - '0' : hexadecimal && c >= 'a' && c <= 'f' ? c - 'a' + 10 : hexadecimal && c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
            if (d < 0) return bad("a character reference that is none");
            code = code * (hexadecimal ? 16 : 10) + uint32_t(d);
            if (code > 0x10ffff) return bad("a character reference beyond Unicode");
        }
        if (digits.empty()) return bad("an entity that XML itself does not know");
        if (code < 0x20 ? code != 9 && code != 10 && code != 13 : (code >= 0xd800 && code < 0xe000) || code == 0xfffe || code == 0xffff) return bad("a character reference to what is no character of XML");
        return {};
    }
    Result<void> tag()
    {
        const bool close = s.substr(i, 2) == "</";
        const size_t name = i + (close ? 2 : 1);
        size_t end = name;
        while (end < s.size() && std::string_view(" \t\r\n/>").find(s[end]) == std::string_view::npos) ++end;
        if (end == name) return bad("a < that begins no element");
        if (!close) {
            if (++elements > kMaxElements) return fail(Err::TooLarge, lineOf(s, i) + ": more than " + std::to_string(kMaxElements) + " elements");
            if (depth >= kMaxXmlDepth) return fail(Err::TooLarge, lineOf(s, i) + ": element " + std::string(s.substr(name, std::min<size_t>(end - name, 100))) + " is nested deeper than " + std::to_string(kMaxXmlDepth));
            if (depth == 0 && root) return bad("a second root element");
            root = true;
        } else if (depth == 0) {
            return bad("an end tag without its start");
        }
        i = end;
        while (i < s.size() && s[i] != '>') {
            if (s[i] == '"' || s[i] == '\'') {
                const char quote = s[i];
                for (++i; i < s.size() && s[i] != quote; ++i) {
                    if (s[i] == '<') return bad("a < inside an attribute");
                    if (s[i] == '&') ZT_TRY(reference());
                }
                if (i >= s.size()) break;
            } else if (s[i] == '<') {
                return bad("a tag without end");
            }
            ++i;
        }
        if (i >= s.size()) return bad("a tag without end");
        if (close) --depth;
        else if (s[i - 1] != '/') ++depth;
        ++i;
        return {};
    }
};

} // namespace

Result<void> scan(std::string_view text)
{
    Scanner c{text};
    // Wherever they stand, attributes and comments included.
    for (; c.i < text.size(); ++c.i)
        if (const auto u = uint8_t(text[c.i]); (u < 0x20 && u != 9 && u != 10 && u != 13) || (u == 0xef && (text.substr(c.i, 3) == "\xef\xbf\xbe" || text.substr(c.i, 3) == "\xef\xbf\xbf")))
            return c.bad("a control character, which XML does not allow");
    c.i = 0;
    while (c.i < text.size()) {
        const char at = text[c.i];
        if (at == '&') {
            ZT_TRY(c.reference());
            ++c.i;
        } else if (at != '<') {
            const auto u = uint8_t(at);
            if (c.depth == 0 && u > 0x20) return c.bad(c.root ? "text behind the root element" : "no XML: it does not begin with an element");
            ++c.i;
        } else if (text.substr(c.i, 4) == "<!--") {
            ZT_TRY(c.skip("-->", c.i + 4, "a comment"));
        } else if (text.substr(c.i, 9) == "<![CDATA[") {
            ZT_TRY(c.skip("]]>", c.i + 9, "a CDATA section"));
        } else if (text.substr(c.i, 2) == "<?") {
            ZT_TRY(c.skip("?>", c.i + 2, "a processing instruction"));
        } else if (text.substr(c.i, 2) == "<!") {
            const size_t end = text.find('>', c.i);
            if (text.substr(c.i, end == std::string_view::npos ? end : end - c.i).find('[') != std::string_view::npos)
                return c.bad("a document type with declarations of its own (entities); such files are not read: remove <!DOCTYPE …>");
            ZT_TRY(c.skip(">", c.i, "a document type"));
        } else {
            ZT_TRY(c.tag());
        }
    }
    if (c.depth) return c.bad("the file ends inside an element");
    if (!c.root) return c.bad("no XML: there is no element");
    return {};
}

Result<void> parseXml(std::string_view text, pugi::xml_document& doc)
{
    constexpr unsigned flags = pugi::parse_full | pugi::parse_ws_pcdata;
    const auto r = doc.load_buffer(text.data(), text.size(), flags, pugi::encoding_utf8);
    if (!r) return Result<void>(Err::Invalid, lineOf(text, size_t(std::max<ptrdiff_t>(0, r.offset))) + ": " + r.description());
    return {};
}

std::string writeXml(const pugi::xml_document& doc)
{
    std::ostringstream out;
    // What stands beside the root element comes on lines of its own; inside nothing is added.
    for (const auto& c : doc.children()) {
        c.print(out, "", pugi::format_raw, pugi::encoding_utf8);
        out << '\n';
    }
    return std::move(out).str();
}

std::string_view prefixOf(std::string_view name)
{
    const size_t colon = name.find(':');
    return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

std::string_view namespaceOf(pugi::xml_node e, std::string_view prefix)
{
    for (; e.type() == pugi::node_element; e = e.parent())
        for (const auto& a : e.attributes()) {
            const std::string_view n = a.name();
            if (prefix.empty() ? n == "xmlns" : n.size() == prefix.size() + 6 && n.substr(0, 6) == "xmlns:" && n.substr(6) == prefix) return a.value();
        }
    return {};
}

std::string textOf(pugi::xml_node e)
{
    std::string out;
    for (const auto& c : e.children())
        if (c.type() == pugi::node_pcdata || c.type() == pugi::node_cdata) out += c.value();
    return out;
}

pugi::xml_attribute attribute(pugi::xml_node e, std::string_view name)
{
    pugi::xml_attribute found;
    for (const auto& a : e.attributes()) {
        if (std::string_view(a.name()) == name) return a;
        if (!found && local(a.name()) == name && prefixOf(a.name()) != "xmlns") found = a;
    }
    return found;
}

namespace {

struct Flat {
    std::vector<pugi::xml_node> nodes;
    std::vector<std::string> texts; //!< text before each node, and behind the last
};

Flat flatten(const pugi::xml_node& n)
{
    Flat f;
    f.texts.emplace_back();
    for (const auto& c : n.children()) {
        if (c.type() == pugi::node_pcdata || c.type() == pugi::node_cdata) f.texts.back() += c.value();
        else if (c.type() != pugi::node_declaration) {
            f.nodes.push_back(c);
            f.texts.emplace_back();
        }
    }
    return f;
}

std::vector<std::pair<std::string_view, std::string_view>> attributesOf(const pugi::xml_node& n)
{
    std::vector<std::pair<std::string_view, std::string_view>> out;
    for (const auto& a : n.attributes()) out.emplace_back(a.name(), a.value());
    std::sort(out.begin(), out.end());
    return out;
}

void compare(const pugi::xml_node& a, const pugi::xml_node& b, const std::string& path, std::vector<std::string>& out, size_t limit)
{
    if (out.size() >= limit) return;
    const std::string here = path + "/" + a.name();
    if (std::string_view(a.name()) != b.name() || a.type() != b.type() || std::string_view(a.value()) != b.value() || attributesOf(a) != attributesOf(b)) {
        out.push_back(here);
        return;
    }
    const Flat x = flatten(a), y = flatten(b);
    if (x.nodes.size() != y.nodes.size() || x.texts != y.texts) {
        out.push_back(here);
        return;
    }
    for (size_t i = 0; i < x.nodes.size(); ++i) compare(x.nodes[i], y.nodes[i], here, out, limit);
}

} // namespace

std::vector<std::string> differences(const pugi::xml_node& a, const pugi::xml_node& b, size_t limit)
{
    std::vector<std::string> out;
    compare(a, b, "", out, limit);
    return out;
}

} // namespace zt::process
