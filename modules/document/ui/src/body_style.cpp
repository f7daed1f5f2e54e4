#include "body_style.h"

#include "zt/widgets/theme.h"

#include <QRegularExpression>

namespace zt::document_ui {

using namespace widgets;

namespace {

template <size_t N>
QStringList families(const char* const (&list)[N])
{
    QStringList out;
    for (const char* f : list) out << QString::fromUtf8(f);
    return out;
}

} // namespace

QFont bodyFont()
{
    QFont font = typeFont(Type::Subtitle);
    font.setFamilies(families(kFontsFangsong));
    font.setBold(false);
    return font;
}

BodyStyle::BodyStyle(QTextDocument* document) : QSyntaxHighlighter(document)
{
    connect(&Theme::current(), &Theme::changed, this, &QSyntaxHighlighter::rehighlight);
}

int BodyStyle::level(const QString& paragraph)
{
    static const QRegularExpression one(QStringLiteral("^\\s*[一二三四五六七八九十]{1,3}、"));
    static const QRegularExpression two(QStringLiteral("^\\s*[（(][一二三四五六七八九十]{1,3}[）)]"));
    return one.match(paragraph).hasMatch() ? 1 : two.match(paragraph).hasMatch() ? 2 : 0;
}

void BodyStyle::highlightBlock(const QString& text)
{
    const int n = level(text);
    if (!n) return;
    QTextCharFormat format;
    format.setFontFamilies(n == 1 ? families(kFontsHeiti) : families(kFontsKaiti));
    format.setForeground(color(Color::AccentText));
    const qsizetype stop = text.indexOf(u'。');
    setFormat(0, int(stop < 0 ? text.size() : stop + 1), format);
}

} // namespace zt::document_ui
