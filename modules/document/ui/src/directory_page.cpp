#include "zt/document_ui/directory_page.h"

#include "tables.h"
#include "unit_picker.h"
#include "zt/document_ui/words.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/states.h"

#include <QtWidgets>

namespace zt::document_ui {

using namespace widgets;

namespace {
constexpr int kMostRows = 500, kUnitColumn = 2;

// The circle of a person as an icon for a table's row.
QIcon avatarOf(const QString& name)
{
    Avatar avatar(name);
    avatar.resize(avatar.sizeHint());
    const qreal ratio = qApp->devicePixelRatio();
    QPixmap picture(avatar.size() * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    avatar.render(&picture, {}, {}, QWidget::DrawChildren);
    return picture;
}
} // namespace

DirectoryPage::DirectoryPage(DeskPort& desk, QWidget* parent) : QFrame(parent), m_desk(desk)
{
    QWidget* tree = makeTree();
    QWidget* people = makePeople();
    m_cardPane = makeCard();
    auto* right = new Splitter(Qt::Horizontal);
    right->setChildrenCollapsible(false);
    right->addWidget(people);
    right->addWidget(m_cardPane);
    right->setStretchFactor(0, 1);
    right->setStretchFactor(1, 0);
    right->setSizes({px(Px::DecisionPanel) * 2, px(Px::DecisionPanel)});
    m_panes = new ThreePane(nullptr, tree, right);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_panes);
    connect(&m_desk, &DeskPort::changed, this, [this](const desk::Change& c) {
        if (c.all || c.directory) refresh();
    });
    connect(&Theme::current(), &Theme::changed, this, [this] {
        m_avatars.clear();
        rebuildTree();
    });
    refresh();
}

QWidget* DirectoryPage::makeTree()
{
    auto* pane = new Pane("surface");
    pane->setAccessibleName(tr("Units"));
    m_filter = new QLineEdit;
    setUpSearchField(m_filter, tr("Name, pinyin, post or unit"));
    m_tree = new UnitTree(tr("Units"));
    auto* foot = makeLabel(tr("The directory is kept on this PC"), "label");
    foot->setProperty("topline", true);
    foot->setContentsMargins(px(Px::Space4), px(Px::Space2), px(Px::Space4), px(Px::Space2));
    auto* search = new QHBoxLayout;
    search->setContentsMargins(px(Px::Space3), px(Px::Space3), px(Px::Space3), px(Px::Space3));
    search->addWidget(m_filter);
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(search);
    column->addWidget(m_tree, 1);
    column->addWidget(foot);
    connect(m_filter, &QLineEdit::textChanged, this, &DirectoryPage::showPeople);
    connect(m_tree, &QTreeWidget::currentItemChanged, this, [this] {
        if (!m_filter->text().isEmpty()) m_filter->clear();
        showPeople();
    });
    connect(m_tree, &QTreeWidget::itemActivated, this, [this] { m_panes->setReading(true); });
    connect(new QShortcut(QKeySequence::Find, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut), &QShortcut::activated, m_filter, qOverload<>(&QWidget::setFocus));
    connect(new QShortcut(QKeySequence(Qt::Key_Escape), this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut), &QShortcut::activated, this, [this] {
        m_filter->clear();
        m_panes->setReading(false);
    });
    return pane;
}

QWidget* DirectoryPage::makePeople()
{
    auto* pane = new Pane("surface");
    pane->setAccessibleName(tr("People"));
    m_path = makeLabel({}, "label", true);
    m_title = makeLabel({}, "title", true);
    m_count = makeLabel({}, "muted");
    m_table = new QTreeWidget;
    setUpTable(m_table, tr("People"), {tr("Name"), tr("Post"), tr("Unit"), tr("Role")}, px(Px::Row2));
    shareRoom(m_table);
    m_empty = new EmptyState(Icon::Org, {});
    m_stack = new QStackedWidget;
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    auto* titleRow = new QHBoxLayout;
    titleRow->setSpacing(px(Px::Space2));
    titleRow->addWidget(m_title);
    titleRow->addWidget(m_count);
    titleRow->addStretch(1);
    auto* head = new QVBoxLayout;
    head->setContentsMargins(px(Px::Space3), px(Px::Space4), px(Px::Space5), px(Px::Space3)); // in line with the table's words
    head->setSpacing(px(Px::Space1));
    head->addWidget(m_path);
    head->addLayout(titleRow);
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_stack, 1);
    connect(m_table, &QTreeWidget::currentItemChanged, this, &DirectoryPage::showCard);
    return pane;
}

QWidget* DirectoryPage::makeCard()
{
    auto* pane = new Pane("surface");
    pane->setAccessibleName(tr("Person"));
    pane->setMinimumWidth(px(Px::InspectorMin));
    m_avatar = new Avatar({}, Px::AvatarHuge);
    m_name = makeLabel({}, "title", true);
    m_post = makeLabel({}, "label", true);
    m_unit = makeLabel({}, "", true);
    m_superior = makeLabel({}, "", true);
    m_roles = makeLabel({}, "", true);
    m_mandate = new Button(Icon::Delegate, tr("Give a mandate…"));
    auto* who = new QVBoxLayout;
    who->setSpacing(0);
    who->addStretch(1);
    who->addWidget(m_name);
    who->addWidget(m_post);
    who->addStretch(1);
    auto* top = new QHBoxLayout;
    top->setSpacing(px(Px::Space4));
    top->addWidget(m_avatar);
    top->addLayout(who, 1);
    m_card = new QWidget;
    auto* column = new QVBoxLayout(m_card);
    column->setContentsMargins(px(Px::Space5), px(Px::Space6), px(Px::Space5), px(Px::Space4));
    column->setSpacing(px(Px::Space4));
    column->addLayout(top);
    column->addWidget(m_mandate);
    auto* facts = new QGridLayout;
    facts->setHorizontalSpacing(px(Px::Space4));
    facts->setVerticalSpacing(px(Px::Space3));
    facts->setColumnStretch(1, 1);
    int row = 0;
    for (auto [name, label] : {std::pair(tr("Unit"), m_unit), std::pair(tr("Head"), m_superior), std::pair(tr("Role"), m_roles)}) {
        facts->addWidget(makeLabel(name, "label"), row, 0, Qt::AlignTop);
        facts->addWidget(label, row++, 1);
    }
    column->addLayout(facts);
    column->addStretch(1);
    m_card->hide();
    auto* box = new QVBoxLayout(pane);
    box->setContentsMargins(0, 0, 0, 0);
    box->addWidget(m_card, 1);
    connect(m_mandate, &QPushButton::clicked, this, [this] {
        if (const auto* p = current()) Q_EMIT mandateRequested(text(p->id));
    });
    return pane;
}

void DirectoryPage::setWidthClass(WidthClass width)
{
    m_panes->setWidthClass(width);
    m_cardPane->setVisible(width != WidthClass::Stack);
}

void DirectoryPage::refresh()
{
    m_desk.units(whileAlive(this, [this](Result<std::vector<desk::UnitView>> units) {
        if (!units) return m_empty->setText(Icon::Warn, tr("The directory could not be read"), errorText(units.error().kind, ErrContext::Store));
        m_units = std::move(*units);
        m_desk.people(whileAlive(this, [this](Result<std::vector<desk::PersonView>> people) {
            if (people) m_people = std::move(*people);
            rebuildTree();
        }));
    }));
}

void DirectoryPage::rebuildTree()
{
    const QString was = m_tree->currentItem() ? m_tree->currentItem()->data(0, Qt::UserRole).toString() : text(m_desk.me().unit);
    const QSignalBlocker quiet(m_tree);
    m_tree->clear();
    m_byUnit.clear();
    QHash<QString, int> members;
    for (const desk::PersonView& p : m_people) ++members[text(p.unit)];
    for (const desk::UnitView& u : m_units) {
        if (u.retired) continue;
        const int n = members.value(text(u.id));
        auto* item = new QTreeWidgetItem({text(u.name), n ? QString::number(n) : QString()});
        item->setData(0, Qt::UserRole, text(u.id));
        item->setData(0, Qt::AccessibleTextRole, tr("%1, %n people", nullptr, n).arg(text(u.name)));
        item->setData(1, Qt::AccessibleTextRole, tr("%n people", nullptr, n));
        item->setSizeHint(0, QSize(0, px(Px::FolderRow)));
        item->setForeground(1, color(Color::TextMuted));
        item->setToolTip(0, text(u.name));
        m_byUnit.insert(text(u.id), item);
    }
    for (const desk::UnitView& u : m_units) {
        QTreeWidgetItem* item = m_byUnit.value(text(u.id));
        QTreeWidgetItem* parent = m_byUnit.value(text(u.parent));
        if (item && parent && parent != item) parent->addChild(item);
        else if (item) m_tree->addTopLevelItem(item);
    }
    m_tree->expandToDepth(1);
    if (QTreeWidgetItem* item = m_byUnit.value(was)) m_tree->setCurrentItem(item);
    else if (m_tree->topLevelItemCount()) m_tree->setCurrentItem(m_tree->topLevelItem(0));
    if (m_wanted.isEmpty()) showPeople();
    else showPerson(std::exchange(m_wanted, {}));
}

void DirectoryPage::showPeople()
{
    const QString typed = m_filter->text().trimmed();
    const QString unit = m_tree->currentItem() ? m_tree->currentItem()->data(0, Qt::UserRole).toString() : QString();
    const NameMatch match(typed);
    m_table->clear();
    m_table->setColumnHidden(kUnitColumn, typed.isEmpty()); // the title names it
    int found = 0;
    for (const desk::PersonView& p : m_people) {
        if (typed.isEmpty() ? text(p.unit) != unit : !(match(p.name, p.phonetic) || match(p.post) || match(p.unitName))) continue;
        if (++found > kMostRows) continue;
        const QString role = p.head ? tr("Head") : p.clerk ? tr("Receives documents") : QString();
        auto* item = new QTreeWidgetItem(m_table, {text(p.name), text(p.post), text(p.unitName), role.isEmpty() ? QStringLiteral("—") : role});
        item->setData(0, Qt::UserRole, text(p.id));
        if (!m_avatars.contains(text(p.name))) m_avatars.insert(text(p.name), avatarOf(text(p.name)));
        item->setIcon(0, m_avatars.value(text(p.name)));
        item->setData(0, Qt::AccessibleTextRole, QStringList{text(p.name), text(p.post), text(p.unitName), role}.join(tr(", ", "between the parts of a sentence read out")));
    }
    QStringList path;
    if (typed.isEmpty())
        for (QTreeWidgetItem* i = m_tree->currentItem() ? m_tree->currentItem()->parent() : nullptr; i; i = i->parent()) path.prepend(i->text(0));
    m_path->setText(path.join(QStringLiteral("  ›  ")));
    m_path->setVisible(!path.isEmpty());
    m_title->setText(typed.isEmpty() ? (m_tree->currentItem() ? m_tree->currentItem()->text(0) : QString()) : tr("Found"));
    m_count->setText(tr("%n people", nullptr, found));
    if (m_units.empty()) m_empty->setText(Icon::Org, tr("The directory is not on this PC yet"), tr("It comes with the first connection to the hub."));
    else m_empty->setText(Icon::Org, typed.isEmpty() ? tr("Nobody holds a post here") : tr("Nobody found"), typed.isEmpty() ? tr("Choose a unit below it.") : tr("A part of the name, the pinyin or its initials is enough."));
    m_stack->setCurrentIndex(found ? 0 : 1);
    if (found) m_table->setCurrentItem(m_table->topLevelItem(0));
    showCard();
}

void DirectoryPage::showPerson(const QString& person)
{
    const auto at = std::find_if(m_people.begin(), m_people.end(), [&](const desk::PersonView& p) { return text(p.id) == person; });
    if (at == m_people.end()) {
        m_wanted = m_people.empty() ? person : QString();
        return showPeople();
    }
    m_filter->clear();
    if (QTreeWidgetItem* unit = m_byUnit.value(text(at->unit))) m_tree->setCurrentItem(unit);
    showPeople();
    for (int i = 0; i < m_table->topLevelItemCount(); ++i)
        if (m_table->topLevelItem(i)->data(0, Qt::UserRole).toString() == person) m_table->setCurrentItem(m_table->topLevelItem(i));
    m_panes->setReading(true);
}

const desk::PersonView* DirectoryPage::current() const
{
    if (!m_table->currentItem()) return nullptr;
    const std::string id = bytes(m_table->currentItem()->data(0, Qt::UserRole).toString());
    const auto at = std::find_if(m_people.begin(), m_people.end(), [&](const desk::PersonView& p) { return p.id == id; });
    return at == m_people.end() ? nullptr : &*at;
}

void DirectoryPage::showCard()
{
    const desk::PersonView* p = current();
    m_card->setVisible(p != nullptr);
    if (!p) return;
    m_avatar->setName(text(p->name));
    m_name->setText(text(p->name));
    m_post->setText(text(p->unitName) + QLatin1Char(' ') + text(p->post));
    m_unit->setText(text(p->unitName));
    QString head;
    for (const desk::PersonView& q : m_people)
        if (q.unit == p->unit && q.head && q.id != p->id && head.isEmpty()) head = text(q.name) + QLatin1Char(' ') + text(q.post);
    m_superior->setText(head.isEmpty() ? QStringLiteral("—") : head);
    m_roles->setText(p->head ? tr("Head") : p->clerk ? tr("Receives documents") : QStringLiteral("—"));
    m_mandate->setVisible(p->id != m_desk.me().person);
}

} // namespace zt::document_ui
