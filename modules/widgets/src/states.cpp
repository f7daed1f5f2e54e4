#include "zt/widgets/states.h"

#include "zt/widgets/controls.h"

#include <QtWidgets>

namespace zt::widgets {

EmptyState::EmptyState(Icon icon, const QString& sentence, const QString& detail, QWidget* parent)
    : QWidget(parent), m_name(icon), m_icon(new QLabel), m_sentence(makeLabel({}, "subtitle", true)), m_detail(makeLabel({}, "muted", true)),
      m_button(new Button({}))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(px(Px::Space10), px(Px::Space6), px(Px::Space10), px(Px::Space6));
    column->setSpacing(px(Px::TextGap));
    column->addStretch(1);
    column->addWidget(m_icon, 0, Qt::AlignHCenter);
    column->addSpacing(px(Px::Space2));
    for (QLabel* label : {m_sentence, m_detail}) {
        label->setAlignment(Qt::AlignCenter);
        column->addWidget(label);
    }
    column->addSpacing(px(Px::Space3));
    column->addWidget(m_button, 0, Qt::AlignHCenter);
    column->addStretch(1);
    m_button->hide();
    setText(icon, sentence, detail);
    connect(m_button, &QPushButton::clicked, this, &EmptyState::action);
    connect(&Theme::current(), &Theme::changed, this, &EmptyState::drawIcon);
}

void EmptyState::setText(Icon icon, const QString& sentence, const QString& detail)
{
    m_name = icon;
    m_sentence->setText(sentence);
    m_detail->setText(detail);
    m_detail->setVisible(!detail.isEmpty());
    setAccessibleName(sentence);
    drawIcon();
}

void EmptyState::setAction(const QString& text)
{
    m_button->setText(text);
    m_button->setVisible(!text.isEmpty());
}

void EmptyState::drawIcon()
{
    m_icon->setPixmap(Theme::current().pixmap(m_name, Color::TextMuted, px(Px::IconEmptyState), devicePixelRatioF()));
}

Banner::Banner(Tone tone, const QString& text, QWidget* parent)
    : QFrame(parent), m_icon(new QLabel), m_text(makeLabel({}, "", true)), m_button(new Button({}, ButtonKind::Link))
{
    setObjectName(QStringLiteral("Banner"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(px(Px::Space3), px(Px::BannerPad), px(Px::Space2), px(Px::BannerPad));
    row->setSpacing(px(Px::Space2));
    row->addWidget(m_icon);
    row->addWidget(m_text, 1);
    row->addWidget(m_button);
    setMessage(tone, text);
    connect(m_button, &QPushButton::clicked, this, &Banner::action);
    connect(&Theme::current(), &Theme::changed, this, &Banner::drawIcon);
}

void Banner::setMessage(Tone tone, const QString& text, const QString& action)
{
    m_tone = tone;
    m_name = tone == Tone::Success ? Icon::CheckCircle : tone == Tone::Info || tone == Tone::Neutral ? Icon::Info : Icon::Warn;
    m_text->setText(text);
    m_button->setText(action);
    m_button->setVisible(!action.isEmpty());
    setAccessibleName(text);
    setStyleProperty(this, "tone", toneName(tone));
    for (QWidget* w : {static_cast<QWidget*>(m_text), static_cast<QWidget*>(m_button)}) {
        w->style()->unpolish(w);
        w->style()->polish(w);
    }
    drawIcon();
    setVisible(!text.isEmpty());
    if (!text.isEmpty()) {
        QAccessibleEvent alert(this, QAccessible::Alert);
        QAccessible::updateAccessibility(&alert);
    }
}

void Banner::setIcon(Icon icon)
{
    m_name = icon;
    drawIcon();
}

void Banner::setSquare(bool square) { setStyleProperty(this, "square", square); }

void Banner::drawIcon()
{
    m_icon->setPixmap(Theme::current().pixmap(m_name, toneColors(m_tone).text, px(Px::IconSmall), devicePixelRatioF()));
}

SkeletonRows::SkeletonRows(QWidget* parent) : QWidget(parent), m_delay(new QTimer(this))
{
    setAccessibleName(tr("Loading"));
    m_delay->setSingleShot(true);
    m_delay->setInterval(kLoadingDelayMs);
    connect(m_delay, &QTimer::timeout, this, [this] {
        m_on = true;
        update();
    });
}

void SkeletonRows::start()
{
    if (!m_on && !m_delay->isActive()) m_delay->start();
}

void SkeletonRows::stop()
{
    m_delay->stop();
    m_on = false;
    update();
}

void SkeletonRows::paintEvent(QPaintEvent*)
{
    if (!m_on) return;
    // Percent of the row; uneven as words are.
    static constexpr int kWide[][2] = {{82, 46}, {66, 52}, {90, 38}, {58, 44}, {74, 40}};
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const int row = px(Px::Row2), bar = px(Px::SkeletonBar), round = px(Px::RadiusTag), left = px(Px::Indent), tail = px(Px::FolderStrip);
    const int room = width() - left - px(Px::Space4) - tail - px(Px::Space2);
    int y = 0;
    for (const auto& wide : kWide) {
        painter.setBrush(color(Color::SurfaceHover));
        const int top = y + (row - bar - px(Px::SkeletonGap)) / 2;
        painter.drawRoundedRect(left, top, room * wide[0] / 100, bar, round, round);
        painter.drawRoundedRect(width() - px(Px::Space4) - tail, top, tail, bar, round, round);
        painter.drawRoundedRect(left, top + px(Px::SkeletonGap), room * wide[1] / 100, bar, round, round);
        y += row;
        painter.fillRect(QRect(0, y - 1, width(), px(Px::LineHairline)), color(Color::BorderSubtle));
    }
}

UndoBar::UndoBar(QWidget* over)
    : QFrame(over), m_icon(new QLabel), m_text(makeLabel({})), m_undo(new Button(tr("Undo"), ButtonKind::Flat)),
      m_key(makeLabel(QKeySequence(QKeySequence::Undo).toString(QKeySequence::NativeText))), m_timer(new QTimer(this))
{
    setObjectName(QStringLiteral("UndoBar"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(px(Px::Space4), px(Px::TextGap), px(Px::Space4), px(Px::TextGap));
    row->setSpacing(px(Px::Space2));
    row->addWidget(m_icon);
    row->addWidget(m_text);
    row->addWidget(m_undo);
    row->addWidget(m_key);
    m_timer->setSingleShot(true);
    connect(m_timer, &QTimer::timeout, this, &UndoBar::settle);
    connect(m_undo, &QPushButton::clicked, this, &UndoBar::undo);
    over->installEventFilter(this);
    hide();
}

void UndoBar::show(const QString& text, bool undoable, int ms)
{
    if (isVisible()) settle();
    m_icon->setPixmap(Theme::current().pixmap(Icon::Check, Color::TextInverse, px(Px::IconSmall), devicePixelRatioF()));
    m_text->setText(text);
    m_undo->setVisible(undoable);
    m_key->setVisible(undoable);
    setAccessibleName(text);
    place();
    QFrame::show();
    raise();
    m_timer->start(ms);
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void UndoBar::undo()
{
    if (!isVisible() || m_undo->isHidden()) return;
    m_timer->stop();
    hide();
    Q_EMIT undone();
}

void UndoBar::endUndo()
{
    m_undo->hide();
    m_key->hide();
    place();
}

void UndoBar::settle()
{
    m_timer->stop();
    hide();
    Q_EMIT settled();
}

void UndoBar::place()
{
    ensurePolished();
    layout()->activate();
    adjustSize();
    const QSize room = parentWidget()->size();
    move((room.width() - width()) / 2, room.height() - height() - px(Px::ActionBar) - px(Px::Space2));
}

bool UndoBar::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize && !isHidden()) place();
    return QFrame::eventFilter(watched, event);
}

} // namespace zt::widgets
