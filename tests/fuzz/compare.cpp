// Two versions of a text, the second behind the first 0x1E byte.
#include "entry.h"
#include "zt/base/text.h"
#include "zt/document/compare.h"

#include <utility>

using namespace zt;

void look(std::string_view bytes)
{
    const auto cut = bytes.find('\x1E');
    const std::string before = cleanText(bytes.substr(0, cut));
    const std::string after = cut == std::string_view::npos ? before : cleanText(bytes.substr(cut + 1));
    std::string old, now;
    bool firstOld = true, firstNow = true;
    for (const auto& p : document::compare(before, after)) {
        if (p.before && !std::exchange(firstOld, false)) old += '\n';
        if (p.after && !std::exchange(firstNow, false)) now += '\n';
        for (const auto& piece : p.pieces) {
            if (piece.change != document::Change::Added) old += piece.text;
            if (piece.change != document::Change::Removed) now += piece.text;
        }
    }
    MUST(old == before && now == after);
}
