#include "zt/document_ui/documents_page.h"

#include "reading_pane.h"
#include "zt/document_ui/compose_window.h"
#include "zt/document_ui/page_view.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/nav_list.h"
#include "zt/widgets/row_delegate.h"
#include "zt/widgets/states.h"

#include <QtWidgets>

namespace zt::document_ui {

using namespace widgets;
using store::Folder;

namespace {

struct FolderLook {
    const char* id;
    Icon icon;
    int folder; // of the store; -1: drafts
};
constexpr FolderLook kFolders[] = {{"todo", Icon::Inbox, int(Folder::ToDo)},  {"received", Icon::Doc, int(Folder::Received)}, {"done", Icon::CheckCircle, int(Folder::Done)},
                                   {"drafts", Icon::Pen, -1},                  {"review", Icon::Hourglass, int(Folder::InReview)}, {"sent", Icon::Outbox, int(Folder::Sent)}};

QString folderName(const QString& id)
{
    if (id == QLatin1String("todo")) return DocumentsPage::tr("To do");
    if (id == QLatin1String("received")) return DocumentsPage::tr("Received");
    if (id == QLatin1String("done")) return DocumentsPage::tr("Done");
    if (id == QLatin1String("drafts")) return DocumentsPage::tr("Drafts");
    if (id == QLatin1String("review")) return DocumentsPage::tr("In review");
    return DocumentsPage::tr("Sent");
}

const FolderLook& look(const QString& id)
{
    for (const FolderLook& f : kFolders)
        if (id == QLatin1String(f.id)) return f;
    return kFolders[0];
}

} // namespace

DocumentsPage::DocumentsPage(DeskPort& desk, QWidget* parent)
    : QFrame(parent), m_desk(desk), m_model(new DocumentListModel(desk, Folder::ToDo, 0, this)), m_drafts(new DraftModel(desk, this)), m_reading(new ReadingPane(desk))
{
    QWidget* folders = makeFolders();
    QWidget* list = makeList();
    m_reading->setAccessibleName(tr("Document"));
    m_panes = new ThreePane(folders, list, m_reading);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_panes);
    connect(m_panes, &ThreePane::foldersAsStrip, this, [this](bool strip) {
        m_folders->setStrip(strip);
        m_compose->setText(strip ? QString() : tr("New draft"));
    });
    for (RowsModel* m : {static_cast<RowsModel*>(m_model), static_cast<RowsModel*>(m_drafts)}) connect(m, &RowsModel::answered, this, &DocumentsPage::showList);
    connect(m_reading, &ReadingPane::acted, this, &DocumentsPage::acted);
    connect(m_reading, &ReadingPane::revise, this, &DocumentsPage::openDraft);
    connect(m_reading, &ReadingPane::windowRequested, this, &DocumentsPage::openInWindow);
    connect(m_reading, &ReadingPane::syncCentreRequested, this, &DocumentsPage::syncCentreRequested);
    connect(&m_desk, &DeskPort::changed, this, &DocumentsPage::refreshCounts);
    const auto bind = [this](const char* key, auto act) { connect(new QShortcut(QKeySequence(QLatin1String(key)), this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut), &QShortcut::activated, this, act); };
    bind("Ctrl+N", [this] { newDraft(); });
    bind("Esc", [this] { m_panes->setReading(false); });
    refreshCounts();
    choose(QStringLiteral("todo"));
}

QWidget* DocumentsPage::makeFolders()
{
    auto* pane = new Pane("window");
    pane->setAccessibleName(tr("Folders"));
    m_folders = new NavList(tr("Folders"));
    m_folders->addHeading(tr("Incoming"));
    for (int i = 0; i < 3; ++i) m_folders->addRow(QLatin1String(kFolders[i].id), kFolders[i].icon, folderName(QLatin1String(kFolders[i].id)));
    m_folders->addHeading(tr("Outgoing"));
    for (int i = 3; i < 6; ++i) m_folders->addRow(QLatin1String(kFolders[i].id), kFolders[i].icon, folderName(QLatin1String(kFolders[i].id)));
    m_compose = new Button(Icon::Plus, tr("New draft"), ButtonKind::Primary);
    m_compose->setAccessibleName(tr("New draft"));
    m_compose->setToolTip(tr("New draft (Ctrl+Shift+N)"));
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, px(Px::Space2), 0, px(Px::Space3));
    column->addWidget(m_folders, 1);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(px(Px::Space2), 0, px(Px::Space2), 0);
    foot->addWidget(m_compose);
    column->addLayout(foot);
    connect(m_folders, &NavList::chosen, this, [this](const QVariant& id) { choose(id.toString()); });
    connect(m_compose, &QPushButton::clicked, this, &DocumentsPage::newDraft);
    return pane;
}

QWidget* DocumentsPage::makeList()
{
    auto* pane = new Pane("surface");
    pane->setAccessibleName(tr("List of documents"));
    m_header = new PaneHeader({});
    m_error = new Banner;
    m_error->setSquare(true);
    m_error->setMessage(Tone::Danger, {});
    m_list = new RowList(tr("Documents"));
    m_empty = new EmptyState(Icon::CheckCircle, {});
    m_skeleton = new SkeletonRows;
    m_stack = new QStackedWidget;
    m_stack->addWidget(m_list);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_skeleton);
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_error);
    column->addWidget(m_stack, 1);
    connect(m_list, &RowList::currentMoved, this, &DocumentsPage::moved);
    connect(m_list, &RowList::opened, this, [this](const QModelIndex& index, bool window) {
        if (const store::DraftRow* d = m_folder == QLatin1String("drafts") ? m_drafts->draft(index) : nullptr) return openDraft(*d);
        const QString stream = model()->key(index);
        if (stream.isEmpty()) return;
        if (window) return openInWindow(stream);
        m_panes->setReading(true);
        m_reading->pages()->setFocus(Qt::OtherFocusReason);
    });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& index) {
        if (!model()->key(index).isEmpty()) m_panes->setReading(true);
    });
    connect(m_error, &Banner::action, this, [this] { model()->refresh(); });
    connect(m_empty, &EmptyState::action, this, &DocumentsPage::newDraft);
    return pane;
}

void DocumentsPage::setWidthClass(WidthClass width)
{
    m_width = width;
    m_panes->setWidthClass(width);
}

RowsModel* DocumentsPage::model() const { return m_folder == QLatin1String("drafts") ? static_cast<RowsModel*>(m_drafts) : m_model; }

void DocumentsPage::setFolder(const QString& folder) { m_folders->setCurrent(folder); }

void DocumentsPage::choose(const QString& folder)
{
    if (folder == m_folder) return;
    m_folder = folder;
    m_folders->setCurrent(folder);
    m_header->setTitle(folderName(folder));
    m_header->setNote({});
    m_skeleton->start();
    m_stack->setCurrentWidget(m_skeleton);
    m_reading->clear(Icon::Doc, tr("Choose a document"), {});
    if (folder == QLatin1String("drafts")) m_drafts->refresh();
    else m_model->setFolder(Folder(look(folder).folder));
    m_list->setModel(model());
    refreshCounts();
}

void DocumentsPage::refreshCounts()
{
    m_desk.counts(whileAlive(this, [this](Result<desk::Counts> counts) {
        if (!counts) return;
        for (const FolderLook& f : kFolders) {
            const bool unreadOnly = f.folder == int(Folder::Done) || f.folder == int(Folder::Sent) || f.folder == int(Folder::Received);
            const size_t n = f.folder < 0 ? counts->drafts : unreadOnly ? counts->unread[size_t(f.folder)] : counts->total[size_t(f.folder)];
            m_folders->setCount(QLatin1String(f.id), int(n));
        }
        const FolderLook& now = look(m_folder);
        const size_t total = now.folder < 0 ? counts->drafts : counts->total[size_t(now.folder)];
        m_header->setNote(total ? QLocale().toString(qulonglong(total)) : QString());
        Q_EMIT countsChanged(*counts);
    }));
}

void DocumentsPage::showList()
{
    if (sender() != model()) return;
    m_skeleton->stop();
    if (model()->error()) {
        m_error->setMessage(Tone::Danger, errorText(*model()->error(), ErrContext::Store), tr("Try again"));
        if (!model()->itemCount()) m_stack->setCurrentWidget(m_list);
        return;
    }
    m_error->setMessage(Tone::Danger, {});
    if (!model()->itemCount()) return showEmpty();
    m_stack->setCurrentWidget(m_list);
    if (m_list->currentIndex().isValid()) return;
    if (!m_reading->stream().isEmpty()) { // opened from elsewhere while the list was on its way
        m_list->setCurrentIndex(model()->find(m_reading->stream()));
        return;
    }
    if (m_width == WidthClass::Stack) return;
    for (int i = 0; i < model()->rowCount(); ++i) {
        const QModelIndex index = model()->index(i);
        if (model()->key(index).isEmpty()) continue;
        m_list->setCurrentIndex(index);
        return;
    }
}

void DocumentsPage::showEmpty()
{
    if (m_folder == QLatin1String("todo")) m_empty->setText(Icon::CheckCircle, tr("Everything is done"), tr("New documents appear here by themselves."));
    else if (m_folder == QLatin1String("drafts")) m_empty->setText(Icon::Pen, tr("No drafts"), tr("What you write is kept on this PC as you type."));
    else m_empty->setText(Icon::Doc, tr("Nothing here yet"), {});
    m_empty->setAction(m_folder == QLatin1String("drafts") ? tr("New draft") : QString());
    m_stack->setCurrentWidget(m_empty);
    if (m_reading->stream().isEmpty()) m_reading->clear(Icon::Doc, tr("Choose a document"), {});
}

void DocumentsPage::moved(const QModelIndex& index)
{
    if (const store::DraftRow* d = m_folder == QLatin1String("drafts") ? m_drafts->draft(index) : nullptr) {
        m_reading->clear(Icon::Pen, d->document.title().empty() ? tr("Untitled draft") : text(d->document.title()), tr("Enter opens the draft in its own window."));
        return;
    }
    const QString stream = model()->key(index);
    if (stream.isEmpty()) return;
    m_reading->open(stream);
    Q_EMIT placeChanged(stream);
}

void DocumentsPage::openStream(const QString& stream)
{
    const QModelIndex at = model()->find(stream);
    if (at.isValid()) m_list->setCurrentIndex(at);
    else m_list->clearSelection();
    m_reading->open(stream);
    m_panes->setReading(true);
    Q_EMIT placeChanged(stream);
}

void DocumentsPage::openInWindow(const QString& stream)
{
    auto* window = new ReadingPane(m_desk);
    window->setAttribute(Qt::WA_DeleteOnClose);
    window->setWindowFlag(Qt::Window);
    window->setWindowTitle(tr("Document"));
    window->resize(px(Px::Folders) + px(Px::List) + px(Px::Inspector), height());
    connect(window, &ReadingPane::acted, this, &DocumentsPage::acted);
    connect(window, &ReadingPane::revise, this, &DocumentsPage::openDraft);
    connect(window, &ReadingPane::syncCentreRequested, this, &DocumentsPage::syncCentreRequested);
    connect(this, &QObject::destroyed, window, &QWidget::close);
    window->open(stream);
    window->show();
}

void DocumentsPage::newDraft()
{
    m_desk.newDraft(whileAlive(this, [this](Result<store::DraftRow> draft) {
        if (draft) openDraft(*draft);
        else m_error->setMessage(Tone::Danger, errorText(draft.error().kind, ErrContext::Store));
    }));
}

void DocumentsPage::openDraft(const store::DraftRow& draft)
{
    ComposeWindow* window = ComposeWindow::openFor(m_desk, draft);
    connect(window, &ComposeWindow::submitted, this, &DocumentsPage::acted, Qt::UniqueConnection);
    connect(this, &QObject::destroyed, window, &QWidget::close, Qt::UniqueConnection);
}

void DocumentsPage::printTo(QPrinter& printer) const { m_reading->printTo(printer); }
QString DocumentsPage::stream() const { return m_reading->stream(); }
void DocumentsPage::setTab(int tab) { m_reading->setTab(tab); }

} // namespace zt::document_ui
