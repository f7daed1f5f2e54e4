#include "unit_picker.h"

#include "tables.h"
#include "zt/base/text.h"
#include "zt/document_ui/words.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/labels.h"

#include <QtWidgets>

namespace zt::document_ui {

using namespace widgets;

NameMatch::NameMatch(const QString& typed) : m_typed(foldForSearch(bytes(typed.trimmed())))
{
    m_letters = !m_typed.empty() && std::all_of(m_typed.begin(), m_typed.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == ' '; });
    if (m_letters) std::erase(m_typed, ' ');
}

bool NameMatch::operator()(const std::string& name, const std::string& phonetic) const
{
    if (m_typed.empty() || foldForSearch(name).find(m_typed) != std::string::npos) return true;
    if (!m_letters) return false;
    if (phonetic.find(m_typed) != std::string::npos) return true;
    const Pinyin p = pinyin(name);
    const auto holds = [&](const std::string& s) { return s.find(m_typed) != std::string::npos; };
    return std::any_of(p.full.begin(), p.full.end(), holds) || std::any_of(p.initials.begin(), p.initials.end(), holds);
}

UnitPicker::UnitPicker(const QString& title, const std::vector<desk::UnitView>& units, const QStringList& checked, QWidget* parent)
    : QDialog(parent), m_filter(new QLineEdit), m_tree(new UnitTree(title)), m_count(makeLabel({}, "label"))
{
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    const QSize room = (parent ? parent : this)->screen()->availableSize();
    resize(QSize(px(Px::DialogSmall), px(Px::PaletteHeight)).boundedTo(room - QSize(0, px(Px::Topbar)))); // the window's frame
    setUpSearchField(m_filter, tr("Name or pinyin of the unit"));
    QHash<QString, QTreeWidgetItem*> byId;
    for (const desk::UnitView& u : units) {
        if (u.retired && !checked.contains(text(u.id))) continue;
        auto* item = new QTreeWidgetItem({text(u.name)});
        item->setData(0, Qt::UserRole, text(u.id));
        item->setSizeHint(0, QSize(0, px(Px::FolderRow)));
        item->setData(1, Qt::AccessibleTextRole, u.receives ? tr("receives documents") : tr("nobody there receives documents"));
        if (u.receives || checked.contains(text(u.id))) item->setCheckState(0, checked.contains(text(u.id)) ? Qt::Checked : Qt::Unchecked);
        if (!u.receives) item->setToolTip(0, tr("Nobody there receives documents"));
        byId.insert(text(u.id), item);
        m_items << item;
    }
    for (const desk::UnitView& u : units) {
        QTreeWidgetItem* item = byId.value(text(u.id));
        if (!item) continue;
        if (QTreeWidgetItem* parentItem = byId.value(text(u.parent)); parentItem && parentItem != item) parentItem->addChild(item);
        else m_tree->addTopLevelItem(item);
    }
    m_tree->expandToDepth(1);
    auto* cancel = new Button(tr("Cancel"), ButtonKind::Flat);
    auto* take = new Button(tr("Use these units"), ButtonKind::Primary);
    take->setDefault(true);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_count, 1);
    foot->addWidget(cancel);
    foot->addWidget(take);
    auto* all = new QVBoxLayout(this);
    all->addWidget(m_filter);
    all->addWidget(m_tree, 1);
    all->addLayout(foot);
    connect(m_filter, &QLineEdit::textChanged, this, &UnitPicker::filter);
    connect(m_tree, &QTreeWidget::itemChanged, this, &UnitPicker::count);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(take, &QPushButton::clicked, this, [this] {
        QStringList ids;
        for (QTreeWidgetItem* i : m_items)
            if (i->data(0, Qt::CheckStateRole).isValid() && i->checkState(0) == Qt::Checked) ids << i->data(0, Qt::UserRole).toString();
        Q_EMIT chosen(ids);
        accept();
    });
    count();
    m_filter->setFocus();
}

void UnitPicker::filter(const QString& typed)
{
    const NameMatch match(typed);
    for (QTreeWidgetItem* i : m_items) i->setHidden(!match(bytes(i->text(0))));
    for (QTreeWidgetItem* i : m_items) {
        if (i->isHidden()) continue;
        for (QTreeWidgetItem* up = i->parent(); up; up = up->parent()) {
            up->setHidden(false);
            up->setExpanded(true);
        }
    }
}

void UnitPicker::count()
{
    int n = 0;
    for (QTreeWidgetItem* i : m_items) n += i->data(0, Qt::CheckStateRole).isValid() && i->checkState(0) == Qt::Checked;
    m_count->setText(tr("%n units chosen", nullptr, n));
}

UnitField::UnitField(const QString& name, QWidget* parent) : QFrame(parent), m_name(name), m_button(new Button({}))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_button);
    m_button->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_button->setMinimumWidth(px(Px::Space16)); // narrower than its words: they elide
    m_button->setProperty("field", true);
    connect(m_button, &QPushButton::clicked, this, &UnitField::pick);
    show();
}

QWidget* UnitField::control() const { return m_button; }

void UnitField::setUnits(std::shared_ptr<const std::vector<desk::UnitView>> units)
{
    m_units = std::move(units);
    show();
}

void UnitField::setIds(const QStringList& ids)
{
    m_ids = ids;
    show();
}

QStringList UnitField::names() const
{
    QStringList out;
    for (const QString& id : m_ids) {
        QString name = id;
        if (m_units)
            for (const desk::UnitView& u : *m_units)
                if (text(u.id) == id) name = text(u.name);
        out << name;
    }
    return out;
}

void UnitField::show()
{
    const QStringList all = names();
    const QString words = all.isEmpty() ? tr("Choose…") : all.size() == 1 ? all.front() : tr("%1 and %n more", nullptr, int(all.size()) - 1).arg(all.front());
    m_words = words;
    elide();
    m_button->setToolTip(all.join(QLatin1Char('\n')));
    m_button->setAccessibleName(tr("%1: %2", "field, units").arg(m_name, all.isEmpty() ? tr("none") : all.join(tr(", ", "between the parts of a sentence read out"))));
}

void UnitField::elide() { m_button->setText(m_button->fontMetrics().elidedText(m_words, Qt::ElideRight, std::max(0, m_button->width() - 2 * px(Px::Space4)))); }

void UnitField::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    QTimer::singleShot(0, this, &UnitField::elide);
}

void UnitField::pick()
{
    if (!m_units) return;
    auto* picker = new UnitPicker(m_name, *m_units, m_ids, window());
    connect(picker, &UnitPicker::chosen, this, [this](const QStringList& ids) {
        // The order of choosing is the order on paper: what stays keeps its place, what is new goes behind.
        QStringList kept;
        for (const QString& id : m_ids)
            if (ids.contains(id)) kept << id;
        for (const QString& id : ids)
            if (!kept.contains(id)) kept << id;
        setIds(kept);
        Q_EMIT changed();
    });
    connect(picker, &QDialog::finished, m_button, [this] { m_button->setFocus(Qt::OtherFocusReason); });
    picker->open();
}

} // namespace zt::document_ui
