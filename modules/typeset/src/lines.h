#pragma once

#include "zt/typeset/paper.h"

#include <QFont>
#include <array>

namespace zt::typeset {

//! The font of a face for a painter whose unit is 1/100 mm. `bold` is set where a substitute needs it to look like the face.
QFont fontOf(Face face, double size);
bool substituted(Face face);

constexpr double kUnit = 100; // pixel sizes are whole numbers: 1/100 mm is fine enough

//! What one line of text is made of before it has a place.
struct Token {
    int at = 0, length = 0;
    float width = 0;
    bool noStart = false, noEnd = false; //!< may not begin, end a line
    bool half = false;                   //!< full-width punctuation that may shrink by half
    bool opening = false;                //!< its ink is in the right half
    bool blank = false;
};
struct FaceRun {
    int from = 0;
    Face face = Face::Fangsong;
};
struct LineSpec {
    double size = kSize3, cell = kCell;
    double width = kCoreWidth;
    double first = 0, rest = 0; //!< indents
    bool justify = true;
};
struct Line {
    std::vector<Span> spans; //!< left is relative to the core, middle 0
    double width = 0;        //!< used, without the indent
};

//! Breaks a paragraph into lines by the rules of Chinese setting: no line begins with closing or ends with opening punctuation unless nothing else fits;
//! punctuation is squeezed before a character is sent down; words of other scripts stay whole.
class Breaker {
public:
    [[nodiscard]] std::vector<Token> tokens(const QString& text, const std::vector<FaceRun>& faces, const LineSpec& spec);
    [[nodiscard]] std::vector<Line> lines(const QString& text, const std::vector<FaceRun>& faces, const LineSpec& spec, const std::atomic_bool* stop = nullptr);
    [[nodiscard]] double width(const QString& text, Face face, const LineSpec& spec);

private:
    double advance(char32_t c, Face face, double size);
    std::array<std::array<float, 128>, 5> m_ascii{}; // per mm of size; 0: not measured yet
};

bool forbiddenAtStart(char32_t c);
bool forbiddenAtEnd(char32_t c);

} // namespace zt::typeset
