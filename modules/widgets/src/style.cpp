#include "style.h"

#include "paint.h"
#include "zt/widgets/theme.h"

#include <QtWidgets>

namespace zt::widgets {

ZtStyle::ZtStyle() : QProxyStyle(QStringLiteral("Fusion")) {}

void ZtStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    switch (element) {
    case PE_FrameFocusRect:
        if (qobject_cast<const QAbstractItemView*>(widget) && widget->property("kbd").toBool()) drawFocusFrame(painter, option->rect);
        return;
    case PE_IndicatorBranch: {
        if (!(option->state & State_Children)) return;
        const int side = px(Px::IconSmall);
        QRect box(QPoint(), QSize(side, side));
        box.moveCenter(option->rect.center());
        painter->drawPixmap(box.topLeft(), Theme::current().pixmap(option->state & State_Open ? Icon::ChevD : Icon::ChevR, Color::TextMuted, side,
                                                                  painter->device()->devicePixelRatioF()));
        return;
    }
    case PE_PanelItemViewRow:
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

int ZtStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_ListViewIconSize:
    case PM_TabBarIconSize: return px(Px::IconSmall);
    case PM_ToolBarIconSize: return px(Px::IconDefault);
    case PM_ScrollBarExtent: return px(Px::Scroll);
    case PM_SplitterWidth: return px(Px::LineHairline);
    case PM_TreeViewIndentation: return px(Px::Space5);
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int ZtStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* returnData) const
{
    switch (hint) {
    case SH_ToolTip_WakeUpDelay: return kTooltipDelayMs;
    case SH_Widget_Animation_Duration: return kInstantMs;
    case SH_EtchDisabledText: return 0;
    case SH_UnderlineShortcut: return m_underline;
    case SH_ItemView_ActivateItemOnSingleClick: return 0;
    default: return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

namespace {

bool fromKeyboard(Qt::FocusReason reason)
{
    return reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason;
}

void underline(bool on, bool& flag)
{
    if (flag == on) return;
    flag = on;
    for (QWidget* w : QApplication::topLevelWidgets())
        if (w->isVisible()) w->update();
}

} // namespace

bool FocusRing::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::FocusIn:
        if (auto* w = qobject_cast<QWidget*>(watched); w && fromKeyboard(static_cast<QFocusEvent*>(event)->reason())) setStyleProperty(w, "kbd", true);
        break;
    case QEvent::FocusOut:
        if (auto* w = qobject_cast<QWidget*>(watched); w && w->property("kbd").toBool() && static_cast<QFocusEvent*>(event)->reason() != Qt::ActiveWindowFocusReason)
            setStyleProperty(w, "kbd", false);
        break;
    case QEvent::MouseButtonPress:
        if (QWidget* w = QApplication::focusWidget(); w && w->property("kbd").toBool()) setStyleProperty(w, "kbd", false);
        break;
    case QEvent::KeyPress:
    case QEvent::KeyRelease:
        if (static_cast<QKeyEvent*>(event)->key() == Qt::Key_Alt) {
            if (m_style) underline(event->type() == QEvent::KeyPress, m_style->m_underline);
        }
        break;
    default: break;
    }
    return QObject::eventFilter(watched, event);
}

namespace {

bool actsOnWords(const QKeyEvent& key)
{
    switch (key.key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Escape:
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown: return true;
    case Qt::Key_Alt: return false;
    default: return key.modifiers().testFlag(Qt::AltModifier);
    }
}

// Qt keeps it as of the last move of the field itself.
void tellPlace(const QWidget& field)
{
    const QPoint at = field.mapTo(field.window(), QPoint());
    QGuiApplication::inputMethod()->setInputItemTransform(QTransform::fromTranslate(at.x(), at.y()));
}

} // namespace

bool ComposingGuard::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::InputMethod: {
        const bool composing = !static_cast<QInputMethodEvent*>(event)->preeditString().isEmpty();
        if (composing) m_composing = watched;
        else if (watched == m_composing) m_composing = nullptr;
        if (auto* field = qobject_cast<QWidget*>(watched); field && composing && field->hasFocus()) tellPlace(*field);
        break;
    }
    case QEvent::FocusOut:
        if (watched == m_composing) m_composing = nullptr;
        break;
    case QEvent::ShortcutOverride:
        if (watched != m_composing || !actsOnWords(*static_cast<QKeyEvent*>(event))) break;
        event->accept(); // it comes as a key press then, not as a shortcut
        return true;
    case QEvent::KeyPress: {
        if (watched != m_composing) break;
        const auto& key = *static_cast<QKeyEvent*>(event);
        if (actsOnWords(key)) return true;
        if (!key.text().isEmpty() && key.text().at(0).isPrint()) m_composing = nullptr; // an input method that composes takes letters; this one was reset
        break;
    }
    default: break;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace zt::widgets
