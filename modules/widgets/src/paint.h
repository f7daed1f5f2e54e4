#pragma once

#include "zt/widgets/row_roles.h"
#include "zt/widgets/theme.h"

#include <QPainter>

namespace zt::widgets {

//! 2 px ring inside the rectangle.
void drawFocusFrame(QPainter* painter, const QRect& rect);
//! A filled or outlined tag; returns its width.
int drawTag(QPainter* painter, const QPoint& topLeft, const QString& text, Color text_color, Color fill, Color border);
int tagWidth(const QString& text);
//! 特急 filled, 加急 outlined, 必达 inverse; returns its width, 0 for none.
int drawUrgency(QPainter* painter, const QPoint& topLeft, Urgency urgency);
int urgencyWidth(Urgency urgency);
//! Fields on one line, parted by painted dots, elided at the end. Uses the painter's font and pen.
void drawFields(QPainter* painter, const QRect& rect, const QStringList& fields);
//! A rounded count.
void drawBadge(QPainter* painter, const QRect& rect, const QString& text, Color fill, Color text_color);
int badgeWidth(const QString& text);
qreal ratioOf(const QPainter* painter);

} // namespace zt::widgets
