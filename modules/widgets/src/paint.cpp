#include "paint.h"

#include <QCoreApplication>
#include <QPaintDevice>

namespace zt::widgets {

QString urgencyText(Urgency urgency)
{
    switch (urgency) {
    case Urgency::Urgent: return QCoreApplication::translate("zt::widgets", "Urgent", "urgency of a document: 加急");
    case Urgency::MostUrgent: return QCoreApplication::translate("zt::widgets", "Most urgent", "urgency of a document: 特急");
    case Urgency::MustReach: return QCoreApplication::translate("zt::widgets", "Must reach", "a message everybody must confirm: 必达");
    case Urgency::None: break;
    }
    return {};
}

qreal ratioOf(const QPainter* painter) { return painter->device()->devicePixelRatioF(); }

void drawFocusFrame(QPainter* painter, const QRect& rect)
{
    const int w = px(Px::LineFocus);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(color(Color::FocusRing), w));
    painter->drawRoundedRect(QRectF(rect).adjusted(w / 2.0, w / 2.0, -w / 2.0, -w / 2.0), px(Px::RadiusTag), px(Px::RadiusTag));
    painter->restore();
}

int tagWidth(const QString& text) { return QFontMetrics(typeFont(Type::Caption)).horizontalAdvance(text) + 2 * px(Px::TagPad) + 2 * px(Px::LineHairline); }

namespace {

int tag(QPainter* painter, const QPoint& at, const QString& text, Color ink, Color fill, Color border, bool bold)
{
    QFont f = typeFont(Type::Caption);
    f.setBold(bold);
    const int width = QFontMetrics(f).horizontalAdvance(text) + 2 * px(Px::TagPad) + 2 * px(Px::LineHairline);
    const QRectF box(at.x() + .5, at.y() + .5, width - 1, px(Px::TagHeight) - 1);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(color(border));
    painter->setBrush(color(fill));
    painter->drawRoundedRect(box, px(Px::RadiusTag), px(Px::RadiusTag));
    painter->setPen(color(ink));
    painter->setFont(f);
    painter->drawText(QRect(at, QSize(width, px(Px::TagHeight))), Qt::AlignCenter, text);
    painter->restore();
    return width;
}

} // namespace

int drawTag(QPainter* painter, const QPoint& topLeft, const QString& text, Color ink, Color fill, Color border)
{
    return tag(painter, topLeft, text, ink, fill, border, false);
}

int urgencyWidth(Urgency urgency)
{
    if (urgency == Urgency::None) return 0;
    QFont f = typeFont(Type::Caption);
    f.setBold(urgency == Urgency::MostUrgent);
    return QFontMetrics(f).horizontalAdvance(urgencyText(urgency)) + 2 * px(Px::TagPad) + 2 * px(Px::LineHairline);
}

int drawUrgency(QPainter* painter, const QPoint& at, Urgency urgency)
{
    switch (urgency) {
    case Urgency::MostUrgent: return tag(painter, at, urgencyText(urgency), Color::TextOnUrgent, Color::Urgent, Color::Urgent, true);
    case Urgency::Urgent: return tag(painter, at, urgencyText(urgency), Color::WarningText, Color::WarningSubtle, Color::WarningBorder, false);
    case Urgency::MustReach: return tag(painter, at, urgencyText(urgency), Color::TextInverse, Color::SurfaceInverse, Color::SurfaceInverse, false);
    case Urgency::None: break;
    }
    return 0;
}

void drawFields(QPainter* painter, const QRect& rect, const QStringList& fields)
{
    const QFontMetrics fm(painter->font());
    const int dot = px(Px::Dot), gap = px(Px::DotGap);
    int x = rect.left();
    bool first = true;
    for (const QString& field : fields) {
        if (field.isEmpty()) continue;
        if (!first) {
            if (x + 2 * gap + dot >= rect.right()) return;
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setBrush(painter->pen().color());
            painter->setPen(Qt::NoPen);
            painter->drawEllipse(QRectF(x + gap, rect.center().y() - dot / 2.0 + 1, dot, dot));
            painter->restore();
            x += 2 * gap + dot;
        }
        first = false;
        const int room = rect.right() + 1 - x;
        if (room <= 0) return;
        const QString shown = fm.elidedText(field, Qt::ElideRight, room);
        painter->drawText(QRect(x, rect.top(), room, rect.height()), int(Qt::AlignVCenter) | int(Qt::AlignLeft) | int(Qt::TextSingleLine), shown);
        x += fm.horizontalAdvance(shown);
        if (shown != field) return;
    }
}

int badgeWidth(const QString& text)
{
    return std::max(px(Px::BadgeMin), QFontMetrics(typeFont(Type::Badge)).horizontalAdvance(text) + 2 * px(Px::BadgePad));
}

void drawBadge(QPainter* painter, const QRect& rect, const QString& text, Color fill, Color ink)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(color(fill));
    painter->drawRoundedRect(rect, rect.height() / 2.0, rect.height() / 2.0);
    painter->setPen(color(ink));
    painter->setFont(typeFont(Type::Badge));
    painter->drawText(rect, Qt::AlignCenter, text);
    painter->restore();
}

} // namespace zt::widgets
