#include "curtain.h"

#include <QAccessibleWidget>
#include <QApplication>

namespace zt::app {

namespace {

bool g_drawn = false;

class Blank : public QAccessibleWidget {
public:
    using QAccessibleWidget::QAccessibleWidget;
    QString text(QAccessible::Text) const override { return {}; }
    int childCount() const override { return 0; }
    QAccessibleInterface* child(int) const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    QAccessibleInterface* focusChild() const override { return nullptr; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    void* interface_cast(QAccessible::InterfaceType) override { return nullptr; }
};

QAccessibleInterface* blank(const QString&, QObject* object)
{
    auto* widget = g_drawn ? qobject_cast<QWidget*>(object) : nullptr;
    return widget && widget->window()->isHidden() ? new Blank(widget) : nullptr;
}

} // namespace

void drawCurtain(bool drawn)
{
    static bool installed = false;
    if (!std::exchange(installed, true)) QAccessible::installFactory(blank);
    g_drawn = drawn;
    // What was handed out before goes; the next question makes it anew.
    for (QWidget* top : QApplication::topLevelWidgets()) {
        if (!top->isHidden()) continue;
        QWidgetList all = top->findChildren<QWidget*>();
        all << top;
        for (QWidget* w : all)
            if (auto* known = QAccessible::queryAccessibleInterface(w)) QAccessible::deleteAccessibleInterface(QAccessible::uniqueId(known));
    }
}

} // namespace zt::app
