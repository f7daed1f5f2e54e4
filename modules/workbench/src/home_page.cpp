#include "zt/workbench/home_page.h"

#include "task_table.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/row_delegate.h"
#include "zt/widgets/states.h"

#include <QtWidgets>

namespace zt::workbench {

using namespace widgets;
using namespace document_ui;

namespace {
constexpr size_t kTasks = 50, kShort = 4;
} // namespace

HomePage::HomePage(DeskPort& desk, QWidget* parent)
    : QFrame(parent), m_desk(desk), m_tasks(new DocumentListModel(desk, store::Folder::ToDo, kTasks, this)), m_received(new DocumentListModel(desk, store::Folder::Received, kShort, this)),
      m_drafts(new DraftModel(desk, this))
{
    auto* pane = new Pane("window");
    pane->setAccessibleName(tr("Home"));
    m_date = makeLabel({}, "display");
    m_greeting = makeLabel({}, "muted");
    auto* fresh = new Button(Icon::Plus, tr("New draft"), ButtonKind::Primary);
    auto* top = new QHBoxLayout;
    top->setSpacing(px(Px::Space3));
    top->addWidget(m_date);
    top->addWidget(m_greeting, 0, Qt::AlignBottom);
    top->addStretch(1);
    top->addWidget(fresh);
    auto* left = new QVBoxLayout;
    left->setSpacing(px(Px::Space4));
    left->addLayout(top);
    left->addWidget(makeTasks(), 1);
    auto* right = new QVBoxLayout;
    right->setSpacing(px(Px::Space4));
    right->addWidget(makeSync());
    right->addWidget(makeShort(tr("Received"), QStringLiteral("received"), m_received, m_receivedList, m_receivedStack, Icon::Doc, tr("Nothing received yet")), 1);
    right->addWidget(makeShort(tr("Drafts"), QStringLiteral("drafts"), m_drafts, m_draftList, m_draftStack, Icon::Pen, tr("No drafts")), 1);
    auto* inner = new QWidget;
    m_columns = new QBoxLayout(QBoxLayout::LeftToRight, inner);
    m_columns->setContentsMargins(px(Px::Space6), px(Px::Space5), px(Px::Space6), px(Px::Space5));
    m_columns->setSpacing(px(Px::Gutter));
    m_columns->addLayout(left, 5);
    m_columns->addLayout(right, 3);
    auto* scroll = new QScrollArea;
    scroll->setWidget(inner);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->viewport()->setAutoFillBackground(false);
    inner->setAutoFillBackground(false);
    auto* box = new QVBoxLayout(pane);
    box->setContentsMargins(0, 0, 0, 0);
    box->addWidget(scroll);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(pane);
    connect(fresh, &QPushButton::clicked, this, &HomePage::newDraftRequested);
    connect(m_tasks, &RowsModel::answered, this, &HomePage::showTasks);
    connect(m_received, &RowsModel::answered, this, [this] { showShort(m_receivedStack, m_received, m_receivedList); });
    connect(m_drafts, &RowsModel::answered, this, [this] { showShort(m_draftStack, m_drafts, m_draftList); });
    connect(m_receivedList, &QListView::clicked, this, [this](const QModelIndex& i) { Q_EMIT documentChosen(m_received->key(i)); });
    connect(m_receivedList, &RowList::opened, this, [this](const QModelIndex& i) { Q_EMIT documentChosen(m_received->key(i)); });
    const auto openDraft = [this](const QModelIndex& i) {
        if (const store::DraftRow* d = m_drafts->draft(i)) Q_EMIT draftChosen(*d);
    };
    connect(m_draftList, &QListView::clicked, this, openDraft);
    connect(m_draftList, &RowList::opened, this, openDraft);
    connect(&m_desk, &DeskPort::changed, this, [this](const desk::Change& c) {
        if (c.all || c.status) showStatus();
    });
    // The day changes and due times pass while the window stays open.
    auto* minute = new QTimer(this);
    connect(minute, &QTimer::timeout, this, [this] {
        showDate();
        showStatus();
        if (isVisible()) m_tasks->refresh();
    });
    minute->start(60'000);
    showDate();
    showStatus();
    m_tasks->refresh();
    m_received->refresh();
    m_drafts->refresh();
}

QWidget* HomePage::makeTasks()
{
    auto* card = new Card(tr("To do"));
    m_taskHeader = card->findChild<PaneHeader*>();
    auto* all = new Button(tr("All"), ButtonKind::Link);
    all->setAccessibleName(tr("All that is to do"));
    m_taskHeader->addAction(all);
    m_taskList = new TaskTable(tr("To do"));
    m_taskList->setModel(m_tasks);
    m_noTasks = new EmptyState(Icon::CheckCircle, tr("Everything is done"), tr("New documents appear here by themselves."));
    m_taskStack = new QStackedWidget;
    m_taskStack->addWidget(m_taskList);
    m_taskStack->addWidget(m_noTasks);
    card->body()->setContentsMargins(0, 0, 0, 0);
    card->body()->addWidget(m_taskStack);
    connect(all, &QPushButton::clicked, this, [this] { Q_EMIT folderChosen(QStringLiteral("todo")); });
    connect(m_taskList, &QListView::clicked, this, [this](const QModelIndex& i) {
        if (!m_tasks->key(i).isEmpty()) Q_EMIT documentChosen(m_tasks->key(i));
    });
    return card;
}

QWidget* HomePage::makeShort(const QString& title, const QString& folder, RowsModel* model, RowList*& list, QStackedWidget*& stack, Icon icon, const QString& empty)
{
    auto* card = new Card(title);
    auto* all = new Button(tr("All"), ButtonKind::Link);
    all->setAccessibleName(tr("All: %1", "link to a folder").arg(title));
    card->findChild<PaneHeader*>()->addAction(all);
    list = new RowList(title);
    list->setModel(model);
    stack = new QStackedWidget;
    stack->addWidget(list);
    stack->addWidget(new EmptyState(icon, empty));
    card->body()->setContentsMargins(0, 0, 0, 0);
    card->body()->addWidget(stack);
    connect(all, &QPushButton::clicked, this, [this, folder] { Q_EMIT folderChosen(folder); });
    return card;
}

QWidget* HomePage::makeSync()
{
    auto* card = new Card;
    m_syncIcon = new QLabel;
    m_syncTitle = makeLabel({}, "strong", true);
    m_syncDetail = makeLabel({}, "label", true);
    m_syncButton = new Button(tr("Sync centre"), ButtonKind::Link);
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(m_syncTitle);
    words->addWidget(m_syncDetail);
    auto* row = new QHBoxLayout;
    row->setSpacing(px(Px::Space3));
    row->addWidget(m_syncIcon, 0, Qt::AlignTop);
    row->addLayout(words, 1);
    row->addWidget(m_syncButton, 0, Qt::AlignTop);
    card->body()->addLayout(row);
    connect(m_syncButton, &QPushButton::clicked, this, &HomePage::syncCentreRequested);
    connect(&Theme::current(), &Theme::changed, this, &HomePage::showStatus);
    return card;
}

void HomePage::setWidthClass(WidthClass width)
{
    m_columns->setDirection(width == WidthClass::Stack || width == WidthClass::Narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    m_greeting->setVisible(width != WidthClass::Stack);
}

void HomePage::showDate()
{
    const QDate today = QDateTime::fromMSecsSinceEpoch(nowMs()).date();
    m_date->setText(QLocale().toString(today, tr("dddd, MMMM d", "date at the top of the home page, Qt format; Chinese: M月d日 dddd")));
    m_greeting->setText(text(m_desk.me().unitName));
}

void HomePage::showTasks()
{
    if (m_tasks->error()) m_noTasks->setText(Icon::Warn, tr("The tasks could not be read"), errorText(*m_tasks->error(), ErrContext::Store));
    else m_noTasks->setText(Icon::CheckCircle, tr("Everything is done"), tr("New documents appear here by themselves."));
    const size_t shown = size_t(m_tasks->itemCount());
    if (shown < kTasks) m_taskHeader->setNote(shown ? QString::number(shown) : QString());
    else // there are more than the page holds
        m_desk.counts(whileAlive(this, [this](Result<desk::Counts> counts) {
            if (counts) m_taskHeader->setNote(QLocale().toString(qulonglong(counts->total[size_t(store::Folder::ToDo)])));
        }));
    m_taskStack->setCurrentIndex(m_tasks->itemCount() ? 0 : 1);
    m_taskList->setMinimumHeight(std::min(m_taskList->contentHeight(), px(Px::Row1) * 8));
}

void HomePage::showShort(QStackedWidget* stack, const RowsModel* model, RowList* list)
{
    stack->setCurrentIndex(model->itemCount() ? 0 : 1);
    list->setMinimumHeight(px(Px::Row3) + px(Px::SectionRow));
}

void HomePage::showStatus()
{
    const desk::Status s = m_desk.status();
    const LinkWords words = linkText(s);
    m_syncIcon->setPixmap(Theme::current().pixmap(words.icon, words.tone == Tone::Success ? Color::SuccessText : words.tone == Tone::Warning ? Color::WarningText : words.tone == Tone::Danger ? Color::DangerText : Color::TextSecondary, px(Px::IconDefault), devicePixelRatioF()));
    QString title = words.text;
    m_syncTitle->setText(title.replace(QStringLiteral(" · "), tr(", ", "between two facts")));
    m_syncDetail->setText(s.attention ? tr("%n acts need your attention.", nullptr, int(s.attention)) + QLatin1Char(' ') + words.detail : words.detail);
    setStyleProperty(m_syncDetail, "tone", s.attention ? toneName(Tone::Danger) : QString());
}

} // namespace zt::workbench
