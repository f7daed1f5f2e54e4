#include "lines.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

namespace zt::typeset {

namespace {

bool among(char32_t c, std::u32string_view set) { return set.find(c) != std::u32string_view::npos; }

bool wide(char32_t c)
{
    if (c < 0x2000) return c == 0xB7 || c == 0xD7;
    if (c < 0x2E80) return among(c, U"‘’“”—…·×℃‰№→←↑↓■□▲△●○◆◇★☆※") || (c >= 0x2460 && c <= 0x24FF) || (c >= 0x2160 && c <= 0x217F);
    return c <= 0xA4CF || (c >= 0xAC00 && c <= 0xD7AF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE4F) ||
           (c >= 0xFF00 && c <= 0xFF60) || (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || c >= 0x20000;
}

bool joins(char32_t c)
{
    return QChar::isMark(c) || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}

char32_t codePoint(const QString& text, int at, int& length)
{
    const QChar c = text[at];
    if (c.isHighSurrogate() && at + 1 < text.size() && text[at + 1].isLowSurrogate()) {
        length = 2;
        return QChar::surrogateToUcs4(c, text[at + 1]);
    }
    length = 1;
    return c.unicode();
}

bool halves(char32_t c) { return among(c, U"，。、；：？！）〕》」』】’”（〔《「『【‘“"); }

Face faceAt(const std::vector<FaceRun>& faces, int at)
{
    Face face = Face::Fangsong;
    for (const FaceRun& r : faces)
        if (r.from <= at) face = r.face;
    return face;
}

} // namespace

bool forbiddenAtStart(char32_t c) { return among(c, U"，。、；：？！）〕》」』】’”…—·％‰℃,.;:?!)]}%"); }
bool forbiddenAtEnd(char32_t c) { return among(c, U"（〔《「『【‘“([{№"); }

double Breaker::advance(char32_t c, Face face, double size)
{
    const auto measure = [&](const QString& s) { return QFontMetricsF(fontOf(face, size)).horizontalAdvance(s) / kUnit; };
    if (c >= 128) return measure(QString::fromUcs4(&c, 1));
    float& known = m_ascii[size_t(face)][c];
    if (known == 0) known = float(std::max(0.001, measure(QString(QChar(char16_t(c)))) / size));
    return double(known) * size;
}

std::vector<Token> Breaker::tokens(const QString& text, const std::vector<FaceRun>& faces, const LineSpec& spec)
{
    std::vector<Token> out;
    out.reserve(size_t(text.size()));
    bool word = false;
    size_t run = 0;
    for (int at = 0, length = 1; at < text.size(); at += length) {
        const char32_t c = codePoint(text, at, length);
        while (run + 1 < faces.size() && faces[run + 1].from <= at) ++run, word = false;
        if (joins(c) && !out.empty()) {
            out.back().length += length;
            continue;
        }
        const Face face = faces.empty() ? Face::Fangsong : faces[run].face;
        const bool blank = c == ' ' || c == '\t' || c == 0x3000;
        Token t{at, length, float(wide(c) ? spec.cell : advance(blank ? ' ' : c, face, spec.size)), forbiddenAtStart(c), forbiddenAtEnd(c), halves(c), forbiddenAtEnd(c), blank};
        const bool inWord = !wide(c) && !blank && !t.noStart && !t.noEnd;
        if (inWord && word && double(out.back().width) < spec.width / 2) { // a longer "word" is no word: it may break
            out.back().length += length;
            out.back().width += t.width;
        } else {
            out.push_back(t);
        }
        word = inWord;
    }
    return out;
}

double Breaker::width(const QString& text, Face face, const LineSpec& spec)
{
    double sum = 0;
    for (const Token& t : tokens(text, {{0, face}}, spec)) sum += double(t.width);
    return sum;
}

namespace {

struct Range {
    size_t from = 0, to = 0;
    double width = 0, over = 0; // over: to squeeze out
};

bool canBreak(const std::vector<Token>& t, size_t before) { return !t[before].noStart && !t[before - 1].noEnd; }

double slackOf(const std::vector<Token>& t, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; ++i) sum += t[i].half ? double(t[i].width) / 2 : 0;
    return sum;
}

// Takes what fits, then what may not begin the next line if it can be squeezed in, else gives back to the last place where a line may break.
Range take(const std::vector<Token>& t, size_t from, double room)
{
    constexpr double kSlop = 1e-3;
    Range r{from, from, 0, 0};
    const auto fits = [&](size_t i) { return t[i].blank || r.width + double(t[i].width) <= room + kSlop; };
    while (r.to < t.size() && fits(r.to)) r.width += double(t[r.to++].width);
    if (r.to == t.size()) return r;
    if (r.to == from) return {from, from + 1, double(t[from].width), 0};
    size_t end = r.to;
    double width = r.width;
    while (end < t.size() && t[end].noStart && end - r.to < 3) width += double(t[end++].width);
    if (end > r.to && width - room <= slackOf(t, from, end) && (end == t.size() || canBreak(t, end))) return {from, end, width, std::max(0.0, width - room)};
    size_t back = r.to;
    while (back > from + 1 && !canBreak(t, back)) --back;
    if (back == from + 1 && !canBreak(t, back)) return r; // nothing but punctuation: break anyway
    for (size_t i = back; i < r.to; ++i) r.width -= double(t[i].width);
    r.to = back;
    return r;
}

struct Setter {
    const QString& text;
    const std::vector<Token>& tokens;
    const std::vector<FaceRun>& faces;
    const LineSpec& spec;

    Line set(const Range& r, double indent, double room, bool last) const
    {
        Line line;
        size_t gaps = 0, halfs = 0, end = r.to;
        while (end > r.from && tokens[end - 1].blank) --end;
        double width = 0;
        for (size_t i = r.from; i < end; ++i) {
            gaps += i > r.from;
            halfs += tokens[i].half;
            width += double(tokens[i].width);
        }
        const double free = room - (width - r.over);
        const double stretch = spec.justify && !last && gaps && free > 0 && free < 4 * spec.cell ? free / double(gaps) : 0;
        const double squeeze = r.over > 0 && halfs ? r.over / double(halfs) : 0;
        double x = 0;
        for (size_t i = r.from; i < r.to; ++i) {
            const Token& t = tokens[i];
            const double less = t.half ? squeeze : 0;
            put(line, t, indent, x - (t.opening ? less : 0));
            x += double(t.width) - less + stretch;
        }
        line.width = std::min(room, width - r.over + stretch * double(gaps));
        return line;
    }

    void put(Line& line, const Token& t, double indent, double x) const
    {
        const Face face = faceAt(faces, t.at);
        if (line.spans.empty() || line.spans.back().face != face) {
            Span s;
            s.left = indent;
            s.face = face;
            s.size = spec.size;
            line.spans.push_back(std::move(s));
        }
        Span& s = line.spans.back();
        s.cells.push_back({int(s.text.size()), t.length, float(x)});
        s.text += QStringView(text).mid(t.at, t.length);
    }
};

} // namespace

std::vector<Line> Breaker::lines(const QString& text, const std::vector<FaceRun>& faces, const LineSpec& spec, const std::atomic_bool* stop)
{
    const std::vector<Token> all = tokens(text, faces, spec);
    const Setter setter{text, all, faces, spec};
    std::vector<Line> out;
    for (size_t at = 0; at < all.size();) {
        if (stop && *stop) return out;
        const double indent = out.empty() ? spec.first : spec.rest, room = spec.width - indent;
        const Range r = take(all, at, room);
        out.push_back(setter.set(r, indent, room, r.to == all.size()));
        at = r.to;
    }
    if (out.empty()) out.emplace_back();
    return out;
}

} // namespace zt::typeset
