#include "lines.h"
#include "zt/widgets/tokens.h"

#include <QFontDatabase>
#include <QPainter>
#include <span>

namespace zt::typeset {

namespace {

std::span<const char* const> chain(Face face)
{
    switch (face) {
    case Face::Heiti: return widgets::kFontsHeiti;
    case Face::Kaiti: return widgets::kFontsKaiti;
    case Face::Xiaobiaosong: return widgets::kFontsXiaobiaosong;
    case Face::Songti: return widgets::kFontsSongti;
    case Face::Fangsong: break;
    }
    return widgets::kFontsFangsong;
}

bool standsIn(const char* family) { return QLatin1String(family).startsWith(QLatin1String("Noto ")); }

struct Found {
    QStringList families;
    bool substituted = true;
};

const Found& found(Face face)
{
    static const std::array<Found, 5> all = [] {
        std::array<Found, 5> out;
        const QStringList have = QFontDatabase::families();
        for (int i = 0; i < 5; ++i) {
            for (const char* family : chain(Face(i))) {
                const QString name = QString::fromUtf8(family);
                out[i].families << name;
                if (have.contains(name) && !standsIn(family)) out[i].substituted = false;
            }
            if (!out[i].families.contains(QStringLiteral("Noto Serif CJK SC"))) out[i].families << QStringLiteral("Noto Serif CJK SC");
        }
        return out;
    }();
    return all[size_t(face)];
}

} // namespace

bool substituted(Face face) { return found(face).substituted; }

QFont fontOf(Face face, double size)
{
    QFont font(found(face).families);
    font.setPixelSize(std::max(1, qRound(size * kUnit)));
    font.setHintingPreference(QFont::PreferNoHinting);
    font.setStyleStrategy(QFont::PreferAntialias);
    if (face == Face::Xiaobiaosong && substituted(face)) font.setBold(true);
    return font;
}

QString Page::text() const
{
    QString out;
    double middle = -1;
    for (const Span& s : spans) {
        if (!out.isEmpty() && s.middle != middle) out += QLatin1Char('\n');
        middle = s.middle;
        out += s.text;
    }
    return out;
}

void paint(QPainter& painter, const Page& page, const Inks& inks)
{
    const auto ink = [&](Ink i) { return i == Ink::Red ? inks.red : inks.black; };
    painter.save();
    painter.scale(1 / kUnit, 1 / kUnit);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    for (const Rule& r : page.rules) {
        painter.setPen(QPen(ink(r.ink), r.thickness * kUnit, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(QLineF(r.line.p1() * kUnit, r.line.p2() * kUnit));
    }
    for (const Span& s : page.spans) {
        painter.setFont(fontOf(s.face, s.size));
        painter.setPen(ink(s.ink));
        // The em square of a Chinese face reaches from 0.88 above to 0.12 below the base line in every face in use.
        const double base = (s.middle + 0.38 * s.size) * kUnit;
        for (const Span::Cell& c : s.cells) painter.drawText(QPointF((s.left + double(c.x)) * kUnit, base), s.text.mid(c.at, c.length));
    }
    painter.restore();
}

} // namespace zt::typeset
