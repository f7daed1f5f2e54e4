// Text and names from elsewhere.
#include "entry.h"
#include "zt/base/bytes.h"
#include "zt/base/text.h"

using namespace zt;

void look(std::string_view bytes)
{
    const std::string text = cleanText(bytes), line = cleanLine(bytes);
    MUST(isUtf8(text) && isUtf8(line));
    MUST(cleanText(text) == text && cleanLine(line) == line);
    MUST(line.find('\n') == std::string::npos && text.find('\0') == std::string::npos);
    for (size_t max : {size_t(4), size_t(20), size_t(200), size_t(255)}) {
        const std::string name = safeFileName(bytes, max);
        MUST(!name.empty() && name.size() <= max && isUtf8(name));
        MUST(name.find_first_of("/\\") == std::string::npos && name.front() != '.');
        MUST(safeFileName(name, max) == name);
    }
    bool ok = false;
    const std::string decoded = decodeText(bytes, ok);
    MUST(!ok || isUtf8(decoded));
    MUST(isUtf8(foldForSearch(bytes)));
    if (bytes.size() < 200) (void)pinyin(text);
    if (const auto raw = unbase32(bytes)) MUST(unbase32(base32(*raw)) == raw);
    if (const auto raw = unhex(bytes)) MUST(unhex(hex(*raw)) == raw);
}
