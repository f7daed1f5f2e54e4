#include "shell_parts.h"

#include "paint.h"

#include <QtWidgets>

namespace zt::widgets {

namespace {

void ring(QPainter& painter, const QWidget* w)
{
    if (w->hasFocus() && w->property("kbd").toBool()) drawFocusFrame(&painter, w->rect());
}

void ground(QPainter& painter, const QRectF& box, Color fill, Px radius)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(fill));
    painter.drawRoundedRect(box, px(radius), px(radius));
}

} // namespace

RailButton::RailButton(Icon icon, const QString& title, const QKeySequence& key, QWidget* parent) : QToolButton(parent), m_icon(icon), m_title(title)
{
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setToolTip(key.isEmpty() ? title : title + QStringLiteral("  ") + key.toString(QKeySequence::NativeText));
    name();
}

void RailButton::name() { setAccessibleName(m_count > 0 ? tr("%1, %2", "module, number of items").arg(m_title).arg(m_count) : m_title); }

void RailButton::setBadge(int count, Tone tone)
{
    m_count = count;
    m_tone = tone;
    name();
    update();
}

void RailButton::setIconOnly(bool on)
{
    m_iconOnly = on;
    updateGeometry();
    update();
}

QSize RailButton::sizeHint() const
{
    if (m_iconOnly) return {px(Px::RailNarrow) - 2 * px(Px::TextGap), px(Px::RailItemNarrow)};
    return {px(Px::RailItemWidth), px(Px::RailItemHeight)};
}

void RailButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool on = isChecked();
    if (on || underMouse()) ground(painter, rect(), on ? Color::SurfaceSelected : Color::SurfaceHover, Px::RadiusCard);
    const int side = px(Px::IconDefault), word = px(Px::Space4);
    const int all = m_iconOnly ? side : side + px(Px::Dot) + word;
    const int left = (width() - side) / 2, top = (height() - all) / 2;
    painter.drawPixmap(left, top, Theme::current().pixmap(m_icon, on ? Color::AccentText : Color::TextSecondary, side, devicePixelRatioF()));
    if (!m_iconOnly) {
        QFont f = typeFont(Type::Caption);
        f.setBold(on);
        painter.setFont(f);
        painter.setPen(color(on ? Color::AccentText : Color::TextSecondary));
        const QRect line(1, top + side + px(Px::Dot), width() - 2, word);
        painter.drawText(line, Qt::AlignCenter, painter.fontMetrics().elidedText(m_title, Qt::ElideRight, line.width()));
    }
    if (m_count > 0) {
        const QString text = m_count > 99 ? QStringLiteral("99+") : QString::number(m_count);
        const QSize size(badgeWidth(text), px(Px::BadgeHeight));
        const int x = std::min(left + side / 2 + px(Px::Dot), width() - size.width());
        drawBadge(&painter, QRect(QPoint(x, m_iconOnly ? 0 : px(Px::Dot)), size), text, m_tone == Tone::Danger ? Color::Danger : Color::Accent, Color::TextOnAccent);
    }
    ring(painter, this);
}

SearchButton::SearchButton(QWidget* parent) : QToolButton(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    setAccessibleName(tr("Search"));
    setToolTip(tr("Search everything on this computer") + QStringLiteral("  Ctrl+K"));
    setCursor(Qt::IBeamCursor);
}

void SearchButton::setIconOnly(bool on)
{
    m_iconOnly = on;
    updateGeometry();
    update();
}

QSize SearchButton::sizeHint() const
{
    const int height = px(Px::Space8);
    return m_iconOnly ? QSize(height, height) : QSize(px(m_width), height);
}

QSize SearchButton::minimumSizeHint() const
{
    const int height = px(Px::Space8);
    return m_iconOnly ? QSize(height, height) : QSize(std::min(px(m_width), px(Px::SearchMin)), height);
}

void SearchButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int side = px(Px::IconSmall), pad = px(Px::Space2);
    const int y = (height() - side) / 2;
    if (m_iconOnly) {
        if (underMouse()) ground(painter, rect(), Color::SurfaceHover, Px::RadiusControl);
        painter.drawPixmap((width() - side) / 2, y, Theme::current().pixmap(Icon::Search, Color::TextSecondary, side, devicePixelRatioF()));
        return ring(painter, this);
    }
    painter.setPen(color(underMouse() ? Color::BorderControl : Color::Border));
    painter.setBrush(color(Color::Surface));
    painter.drawRoundedRect(QRectF(rect()).adjusted(.5, .5, -.5, -.5), px(Px::RadiusControl), px(Px::RadiusControl));
    painter.drawPixmap(pad + 2, y, Theme::current().pixmap(Icon::Search, Color::TextMuted, side, devicePixelRatioF()));

    painter.setFont(typeFont(Type::Caption));
    const QString key = QStringLiteral("Ctrl K");
    QRect cap(0, 0, painter.fontMetrics().horizontalAdvance(key) + 2 * px(Px::TagPad) + 2, px(Px::TagHeight) + 2);
    cap.moveTopRight({width() - pad, (height() - cap.height()) / 2});
    painter.setPen(color(Color::Border));
    painter.setBrush(color(Color::SurfaceSunken));
    painter.drawRoundedRect(QRectF(cap).adjusted(.5, .5, -.5, -.5), px(Px::RadiusTag), px(Px::RadiusTag));
    painter.setPen(color(Color::TextMuted));
    painter.drawText(cap, Qt::AlignCenter, key);

    painter.setFont(typeFont(Type::Label));
    const QRect line(pad + 2 + side + pad, 0, cap.left() - pad - (pad + 2 + side + pad), height());
    painter.drawText(line, int(Qt::AlignVCenter) | int(Qt::AlignLeft), painter.fontMetrics().elidedText(tr("Search documents, matters, people"), Qt::ElideRight, line.width()));
    ring(painter, this);
}

UserButton::UserButton(QWidget* parent) : QToolButton(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setName({});
}

void UserButton::setName(const QString& name)
{
    m_name = name;
    setAccessibleName(name.isEmpty() ? tr("Account") : tr("Account of %1").arg(name));
    setToolTip(m_iconOnly ? name : QString());
    updateGeometry();
    update();
}

void UserButton::setIconOnly(bool on)
{
    m_iconOnly = on;
    setToolTip(on ? m_name : QString());
    updateGeometry();
    update();
}

QSize UserButton::sizeHint() const
{
    const int side = px(Px::AvatarSmall), pad = px(Px::TextGap);
    const int text = m_iconOnly || m_name.isEmpty() ? 0 : std::min(px(Px::NameMax), QFontMetrics(typeFont(Type::Label)).horizontalAdvance(m_name) + 1) + px(Px::Space2);
    return {side + text + 2 * pad, px(Px::Space8)};
}

void UserButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int side = px(Px::AvatarSmall), pad = px(Px::TextGap);
    if (underMouse()) ground(painter, rect(), Color::SurfaceHover, Px::RadiusControl);
    const QRect circle(pad, (height() - side) / 2, side, side);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(Color::SurfaceSelected));
    painter.drawEllipse(circle);
    painter.setPen(color(Color::AccentText));
    painter.setFont(typeFont(Type::Caption));
    painter.drawText(circle, Qt::AlignCenter, m_name.left(m_name.isEmpty() || !m_name.at(0).isHighSurrogate() ? 1 : 2));
    if (!m_iconOnly && !m_name.isEmpty()) {
        painter.setFont(typeFont(Type::Label));
        painter.setPen(color(Color::TextSecondary));
        const QRect line(circle.right() + 1 + px(Px::Space2), 0, width() - circle.right() - px(Px::Space2) - pad, height());
        painter.drawText(line, int(Qt::AlignVCenter) | int(Qt::AlignLeft), painter.fontMetrics().elidedText(m_name, Qt::ElideRight, line.width()));
    }
    ring(painter, this);
}

void BrandMark::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const int side = px(Px::BrandMark);
    painter.drawPixmap((width() - side) / 2, (height() - side) / 2, Theme::current().pixmap(Icon::Mark, Color::AccentText, side, devicePixelRatioF()));
}

} // namespace zt::widgets
