#include "zt/widgets/controls.h"

#include "paint.h"

#include <QtWidgets>

namespace zt::widgets {

namespace {

Color inkOf(ButtonKind kind)
{
    switch (kind) {
    case ButtonKind::Primary: return Color::TextOnAccent;
    case ButtonKind::Danger: return Color::DangerText;
    case ButtonKind::Link: return Color::TextLink;
    default: return Color::TextSecondary;
    }
}

QString wordOf(ButtonKind kind)
{
    switch (kind) {
    case ButtonKind::Primary: return QStringLiteral("primary");
    case ButtonKind::Flat: return QStringLiteral("flat");
    case ButtonKind::Danger: return QStringLiteral("danger");
    case ButtonKind::Link: return QStringLiteral("link");
    case ButtonKind::Secondary: break;
    }
    return {};
}

} // namespace

Button::Button(const QString& text, ButtonKind kind, QWidget* parent) : QPushButton(text, parent)
{
    setProperty("kind", wordOf(kind));
    setCursor(kind == ButtonKind::Link ? Qt::PointingHandCursor : Qt::ArrowCursor);
    setAutoDefault(false);
}

Button::Button(Icon name, const QString& text, ButtonKind kind, QWidget* parent) : Button(text, kind, parent)
{
    setIcon(themeIcon(name, inkOf(kind), inkOf(kind)));
    const auto fit = [this] { setIconSize({px(Px::IconSmall) + px(Px::TextGap), px(Px::IconSmall)}); };
    fit();
    connect(&Theme::current(), &Theme::changed, this, fit);
}

Button* Button::big()
{
    setProperty("big", true);
    return this;
}

Button* Button::quiet()
{
    setProperty("quiet", true);
    return this;
}

IconButton::IconButton(Icon name, const QString& label, const QKeySequence& key, QWidget* parent) : QToolButton(parent)
{
    setThemeIcon(name);
    setAccessibleName(label);
    setToolTip(key.isEmpty() ? label : label + QStringLiteral("  ") + key.toString(QKeySequence::NativeText));
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    const auto fit = [this] { setIconSize(QSize(1, 1) * px(m_small ? Px::IconSmall : Px::IconDefault)); updateGeometry(); };
    fit();
    connect(&Theme::current(), &Theme::changed, this, fit);
}

void IconButton::setThemeIcon(Icon name) { setIcon(themeIcon(name)); }

void IconButton::setSmall(bool small)
{
    m_small = small;
    setIconSize(QSize(1, 1) * px(m_small ? Px::IconSmall : Px::IconDefault));
    updateGeometry();
}

QSize IconButton::sizeHint() const
{
    const int side = m_small ? std::max(px(Px::NavButton), px(Px::TargetMin) - px(Px::TextGap)) : px(Px::TargetMin);
    return {side, side};
}

Pill::Pill(QWidget* parent) : QToolButton(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setFocusPolicy(Qt::StrongFocus);
    connect(&Theme::current(), &Theme::changed, this, [this] { updateGeometry(); });
}

void Pill::setState(Tone tone, Icon name, const QString& text)
{
    m_tone = tone;
    m_icon = name;
    m_words = text;
    setAccessibleName(text);
    setToolTip(m_iconOnly ? text : QString());
    updateGeometry();
    update();
    // Said to screen readers as a change of name; Qt 6.4 has no announcement event.
    QAccessibleEvent changed(this, QAccessible::NameChanged);
    QAccessible::updateAccessibility(&changed);
}

void Pill::setIconOnly(bool on)
{
    m_iconOnly = on;
    setToolTip(on ? m_words : QString());
    updateGeometry();
    update();
}

QSize Pill::sizeHint() const
{
    const int height = px(Px::PillHeight), side = px(Px::IconSmall);
    if (m_iconOnly) return {height + px(Px::TextGap), height};
    const QStringList parts = m_words.split(QStringLiteral(" · "));
    const QFontMetrics fm(typeFont(Type::Label));
    int width = px(Px::Space2) + side + px(Px::DotGap) + px(Px::Space3) + 1;
    for (const QString& part : parts) width += fm.horizontalAdvance(part);
    width += int(parts.size() - 1) * (2 * px(Px::DotGap) + px(Px::Dot));
    return {width, height};
}

void Pill::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const ToneColors tone = toneColors(m_tone);
    const bool plain = m_tone == Tone::Neutral || m_tone == Tone::Success || m_tone == Tone::Info;
    const QRectF box = QRectF(rect()).adjusted(.5, .5, -.5, -.5);
    const qreal round = box.height() / 2;
    if (!plain || underMouse()) {
        painter.setPen(color(plain ? Color::SurfaceHover : tone.border));
        painter.setBrush(color(plain ? Color::SurfaceHover : tone.fill));
        painter.drawRoundedRect(box, round, round);
    }
    if (hasFocus() && property("kbd").toBool()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(color(Color::FocusRing), px(Px::LineFocus)));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), round, round);
    }
    const int side = px(Px::IconSmall);
    const int left = m_iconOnly ? (width() - side) / 2 : px(Px::Space2);
    painter.drawPixmap(left, (height() - side) / 2, Theme::current().pixmap(m_icon, m_tone == Tone::Success ? Color::Success : tone.text, side, devicePixelRatioF()));
    if (m_iconOnly) return;
    painter.setFont(typeFont(Type::Label));
    painter.setPen(color(plain ? Color::TextSecondary : tone.text));
    drawFields(&painter, QRect(left + side + px(Px::DotGap), 0, width(), height()), m_words.split(QStringLiteral(" · ")));
}

SegmentedControl::SegmentedControl(const QString& name, const QStringList& choices, QWidget* parent) : QFrame(parent), m_group(new QButtonGroup(this))
{
    setObjectName(QStringLiteral("Segments"));
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(px(Px::LineFocus), px(Px::LineFocus), px(Px::LineFocus), px(Px::LineFocus));
    row->setSpacing(px(Px::LineFocus));
    m_group->setExclusive(true);
    for (const QString& text : choices) {
        auto* b = new QToolButton;
        b->setText(text);
        b->setAccessibleName(text);
        b->setCheckable(true);
        b->setFocusPolicy(Qt::StrongFocus);
        m_group->addButton(b, m_group->buttons().size());
        row->addWidget(b);
    }
    if (!choices.isEmpty()) m_group->button(0)->setChecked(true);
    connect(m_group, &QButtonGroup::idClicked, this, &SegmentedControl::chosen);
}

int SegmentedControl::current() const { return m_group->checkedId(); }

void SegmentedControl::setCurrent(int index)
{
    if (auto* b = m_group->button(index)) b->setChecked(true);
}

void SegmentedControl::setText(int index, const QString& text)
{
    if (auto* b = m_group->button(index)) {
        b->setText(text);
        b->setAccessibleName(text);
    }
}

} // namespace zt::widgets
