#include "zt/widgets/audit.h"

#include "zt/widgets/controls.h"
#include "zt/widgets/labels.h"

#include <QtWidgets>
#include <QAccessible>

namespace zt::widgets {

namespace {

QString pathOf(const QWidget* w)
{
    QStringList parts;
    for (; w; w = w->parentWidget())
        parts.prepend(QString::fromLatin1(w->metaObject()->className()) + (w->objectName().isEmpty() ? QString() : QLatin1Char('#') + w->objectName()));
    return parts.join(QLatin1Char('/'));
}

bool interactive(QAccessible::Role role)
{
    switch (role) {
    case QAccessible::PushButton:
    case QAccessible::ButtonMenu:
    case QAccessible::ButtonDropDown:
    case QAccessible::CheckBox:
    case QAccessible::RadioButton:
    case QAccessible::ComboBox:
    case QAccessible::EditableText:
    case QAccessible::SpinBox:
    case QAccessible::Slider:
    case QAccessible::List:
    case QAccessible::Tree:
    case QAccessible::Table:
    case QAccessible::ListItem:
    case QAccessible::TreeItem:
    case QAccessible::PageTab:
    case QAccessible::MenuItem:
    case QAccessible::Link: return true;
    default: return false;
    }
}

void visit(QAccessibleInterface* node, const QString& path, QStringList& found, int depth)
{
    constexpr int kDeepest = 40, kMostRows = 50; // a long list names its rows by one rule
    if (!node || !node->isValid() || depth > kDeepest) return;
    const QAccessible::State state = node->state();
    if (state.invisible) return;
    const auto* widget = qobject_cast<QWidget*>(node->object());
    const QString here = widget ? pathOf(widget) : path;
    if (interactive(node->role()) && node->text(QAccessible::Name).trimmed().isEmpty()) {
        // Headings of a list cannot be chosen, and scroll bars have their own words.
        if (!(node->role() == QAccessible::ListItem && !state.selectable)) found << here + QStringLiteral(" role ") + QString::number(int(node->role()));
    }
    const int n = std::min(node->childCount(), kMostRows);
    for (int i = 0; i < n; ++i) visit(node->child(i), here + QStringLiteral("/[%1]").arg(i), found, depth + 1);
}

bool cut(const QLabel* label)
{
    if (qobject_cast<const ElidedLabel*>(label) || label->text().isEmpty()) return false;
    const QRect room = label->contentsRect();
    const QFontMetrics fm = label->fontMetrics();
    if (!label->wordWrap()) return fm.size(Qt::TextSingleLine, label->text()).width() > room.width() + 1 || fm.height() > room.height() + 1;
    const QRect need = fm.boundingRect(QRect(0, 0, room.width(), QWIDGETSIZE_MAX), int(Qt::TextWordWrap), label->text());
    return need.height() > room.height() + 2 || need.width() > room.width() + 1;
}

bool cut(const QAbstractButton* button)
{
    if (button->text().isEmpty()) return false;
    if (auto* tool = qobject_cast<const QToolButton*>(button)) {
        if (tool->toolButtonStyle() == Qt::ToolButtonIconOnly && !tool->icon().isNull()) return false;
        const int room = tool->width();
        return tool->fontMetrics().size(Qt::TextShowMnemonic, tool->text()).width() > room;
    }
    const QSize hint = button->sizeHint();
    return hint.width() > button->width() + 1 || button->fontMetrics().height() > button->height();
}

} // namespace

QStringList unnamedControls(QWidget* root)
{
    QStringList found;
    visit(QAccessible::queryAccessibleInterface(root), {}, found, 0);
    return found;
}

QStringList clippedTexts(QWidget* root)
{
    QStringList found;
    const auto note = [&](const QWidget* w, const QString& text) { found << pathOf(w) + QStringLiteral(" \"") + text + QLatin1Char('"'); };
    for (const QWidget* w : root->findChildren<QWidget*>()) {
        if (!w->isVisible()) continue;
        if (auto* label = qobject_cast<const QLabel*>(w)) {
            if (cut(label)) note(w, label->text());
        } else if (auto* button = qobject_cast<const QAbstractButton*>(w)) {
            if (cut(button)) note(w, button->text());
        } else if (auto* tabs = qobject_cast<const QTabBar*>(w)) {
            for (int i = 0; i < tabs->count(); ++i)
                if (tabs->fontMetrics().horizontalAdvance(tabs->tabText(i)) > tabs->tabRect(i).width()) note(w, tabs->tabText(i));
        }
    }
    return found;
}

} // namespace zt::widgets
