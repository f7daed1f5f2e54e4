#include "finder.h"

#include "zt/widgets/labels.h"
#include "zt/widgets/row_roles.h"

#include <QtWidgets>

namespace zt::gui {

namespace {

QString plain(QString s)
{
    return s.remove(QLatin1Char('&')).simplified();
}

QStringList namesOf(const QWidget* w)
{
    QStringList out{w->accessibleName(), w->windowTitle()};
    if (auto* elided = qobject_cast<const widgets::ElidedLabel*>(w)) out << elided->fullText();
    for (const char* p : {"text", "title", "placeholderText"}) {
        const QVariant v = w->property(p);
        auto* line = qobject_cast<const QLineEdit*>(w);
        if (line && QLatin1String(p) == QLatin1String("text")) continue; // what was typed is no name
        if (v.isValid()) out << v.toString();
    }
    for (QString& s : out) s = plain(s);
    out.removeAll(QString());
    return out;
}

bool isKind(const QWidget* w, Kind kind)
{
    switch (kind) {
    case Kind::Any: return true;
    case Kind::Button: return qobject_cast<const QAbstractButton*>(w);
    case Kind::Edit: return qobject_cast<const QLineEdit*>(w) || qobject_cast<const QPlainTextEdit*>(w) || qobject_cast<const QTextEdit*>(w) || qobject_cast<const QAbstractSpinBox*>(w);
    case Kind::View: return qobject_cast<const QAbstractItemView*>(w);
    case Kind::Tabs: return qobject_cast<const QTabBar*>(w);
    case Kind::Combo: return qobject_cast<const QComboBox*>(w);
    }
    return false;
}

bool matches(const QWidget* w, const json& t, const QRegularExpression& like)
{
    if (t.contains("object") && w->objectName() != QString::fromStdString(t["object"].get<std::string>())) return false;
    if (t.contains("class") && !QString::fromLatin1(w->metaObject()->className()).endsWith(QString::fromStdString(t["class"].get<std::string>()))) return false;
    if (!t.contains("like")) return true;
    for (const QString& s : namesOf(w))
        if (like.match(s).hasMatch()) return true;
    return false;
}

void readRows(const QAbstractItemView* view, QStringList& out)
{
    if (!view->model()) return;
    constexpr int kMost = 400;
    int n = 0;
    const std::function<void(const QModelIndex&)> walk = [&](const QModelIndex& parent) {
        for (int r = 0; r < view->model()->rowCount(parent) && n < kMost; ++r)
            for (int c = 0; c < view->model()->columnCount(parent); ++c) {
                const QModelIndex i = view->model()->index(r, c, parent);
                ++n;
                out << rowTexts(i);
                if (c == 0) walk(i);
            }
    };
    walk(view->rootIndex());
}

void read(const QWidget* w, QStringList& out)
{
    out << namesOf(w);
    if (auto* view = qobject_cast<const QAbstractItemView*>(w)) readRows(view, out);
    else if (auto* text = qobject_cast<const QPlainTextEdit*>(w)) out << text->toPlainText();
    else if (auto* rich = qobject_cast<const QTextEdit*>(w)) out << rich->toPlainText();
    else if (auto* combo = qobject_cast<const QComboBox*>(w)) out << combo->currentText();
    else if (auto* line = qobject_cast<const QLineEdit*>(w); line && line->echoMode() == QLineEdit::Normal) out << line->text();
    else if (auto* tabs = qobject_cast<const QTabBar*>(w))
        for (int i = 0; i < tabs->count(); ++i) out << plain(tabs->tabText(i));
    if (!w->accessibleDescription().isEmpty()) out << w->accessibleDescription();
}

} // namespace

QWidgetList windows()
{
    QWidgetList all;
    for (QWidget* w : QApplication::topLevelWidgets())
        if (w->isVisible() && w->windowType() != Qt::ToolTip && w->windowType() != Qt::Desktop) all << w;
    const auto rank = [](QWidget* w) {
        if (w == QApplication::activePopupWidget()) return 4;
        if (w == QApplication::activeModalWidget()) return 3;
        if (w == QApplication::activeWindow()) return 2;
        return w->windowType() == Qt::Popup ? 1 : 0;
    };
    std::stable_sort(all.begin(), all.end(), [&](QWidget* a, QWidget* b) { return rank(a) < rank(b); });
    return all;
}

QWidget* front()
{
    if (auto* modal = QApplication::activeModalWidget()) return modal;
    if (auto* active = QApplication::activeWindow(); active && active->isVisible()) return active;
    const auto all = windows();
    return all.isEmpty() ? nullptr : all.last();
}

QRegularExpression pattern(const json& words)
{
    QStringList any;
    if (words.is_array())
        for (const auto& w : words) any << QString::fromStdString(w.get<std::string>());
    else any << QString::fromStdString(words.get<std::string>());
    return QRegularExpression(QStringLiteral("\\A(?:") + any.join(QLatin1Char('|')) + QStringLiteral(")\\z"), QRegularExpression::DotMatchesEverythingOption);
}

QWidget* find(const json& t, Kind kind)
{
    const QRegularExpression like = t.contains("like") ? pattern(t["like"]) : QRegularExpression();
    const QRegularExpression window = t.contains("window") ? pattern(t["window"]) : QRegularExpression();
    int nth = t.value("nth", 0);
    auto all = windows();
    std::reverse(all.begin(), all.end());
    for (QWidget* top : all) {
        if (t.contains("window") && !window.match(top->windowTitle()).hasMatch()) continue;
        QWidgetList candidates{top};
        candidates << top->findChildren<QWidget*>();
        for (QWidget* w : candidates) {
            if (!w->isVisible() || w->window() != top || !isKind(w, kind) || !matches(w, t, like)) continue;
            if (nth-- == 0) return w;
        }
    }
    return nullptr;
}

QStringList rowTexts(const QModelIndex& i)
{
    QStringList out;
    for (int r : {int(Qt::DisplayRole), int(Qt::AccessibleTextRole), int(widgets::role::Title), int(widgets::role::Due), int(widgets::role::Section), int(widgets::role::SectionNote),
                  int(widgets::role::Name), int(widgets::role::Time), int(widgets::role::Opinion), int(widgets::role::FileName)})
        if (const QString s = i.data(r).toString().trimmed(); !s.isEmpty()) out << s;
    for (int r : {int(widgets::role::Meta), int(widgets::role::Post)})
        for (const QString& s : i.data(r).toStringList()) out << s;
    return out;
}

QModelIndex findRow(QAbstractItemView* view, const QRegularExpression& words)
{
    const std::function<QModelIndex(const QModelIndex&)> walk = [&](const QModelIndex& parent) -> QModelIndex {
        for (int r = 0; r < view->model()->rowCount(parent); ++r) {
            const QModelIndex i = view->model()->index(r, 0, parent);
            for (const QString& s : rowTexts(i))
                if ((i.flags() & Qt::ItemIsEnabled) && words.match(s).hasMatch()) return i;
            if (const QModelIndex below = walk(i); below.isValid()) return below;
        }
        return {};
    };
    const QModelIndex found = view->model() ? walk(view->rootIndex()) : QModelIndex();
    if (auto* tree = qobject_cast<QTreeView*>(view))
        for (QModelIndex up = found.parent(); up.isValid(); up = up.parent()) tree->expand(up);
    return found;
}

QStringList visibleTexts()
{
    QStringList out;
    for (QWidget* top : windows()) {
        read(top, out);
        for (const QWidget* w : top->findChildren<QWidget*>())
            if (w->isVisible() && w->window() == top) read(w, out);
    }
    out.removeAll(QString());
    out.removeDuplicates();
    return out;
}

QPixmap picture(QWidget* top)
{
    if (!top) top = front();
    if (!top) return {};
    QWidget* base = top;
    while (base->parentWidget() && base->parentWidget()->window()->isVisible()) base = base->parentWidget()->window();
    QPixmap all = base->grab();
    QPainter painter(&all);
    for (QWidget* w : windows()) {
        if (w == base) continue;
        const bool over = w == top || w->windowType() == Qt::Popup || (w->parentWidget() && w->parentWidget()->window() == base);
        if (over) painter.drawPixmap(w->mapToGlobal(QPoint()) - base->mapToGlobal(QPoint()), w->grab());
    }
    return all;
}

} // namespace zt::gui
