#include "main_window.h"

#include "approval_dialog.h"
#include "settings_page.h"

#include "zt/document_ui/compose_window.h"
#include "zt/document_ui/directory_page.h"
#include "zt/document_ui/documents_page.h"
#include "zt/document_ui/mandates_panel.h"
#include "zt/document_ui/search_palette.h"
#include "zt/document_ui/sync_centre_page.h"
#include "zt/document_ui/words.h"
#include "zt/workbench/home_page.h"
#include "zt/widgets/states.h"

#include <QApplication>
#include <QCloseEvent>
#include <QBoxLayout>
#include <QShortcut>

namespace zt::app {

using namespace widgets;
using document_ui::DocumentsPage;

MainWindow::MainWindow(std::shared_ptr<desk::Desk> desk, desk::Settings settings, desk::Policy policy, QWidget* parent)
    : Shell(parent), m_desk(std::move(desk)), m_settings(std::move(settings)), m_policy(std::move(policy)), m_port(std::make_unique<document_ui::DeskAdapter>(m_desk))
{
    setWindowTitle(tr("Zhengtong"));
    setUser(document_ui::text(m_desk->me().name));
    addModules();
    connect(this, &Shell::searchRequested, this, &MainWindow::openSearch);
    connect(this, &Shell::syncClicked, this, [this] { showSync(); });
    connect(this, &Shell::attentionClicked, this, [this] { showSync(true); });
    connect(undoBar(), &UndoBar::undone, this, [this] {
        if (m_undo.isEmpty()) return;
        m_port->takeBack(m_undo.toStdString(), document_ui::whileAlive(this, [this](Result<void> back) {
            undoBar()->show(back ? tr("Taken back") : tr("It has been sent already and cannot be taken back."), false);
        }));
        m_undo.clear();
    });
    connect(this, &Shell::placeRequested, this, [this](const QString& id, const QVariant& place) {
        if (id == QLatin1String("documents")) documents()->openStream(place.toString());
    });
    auto* compose = new QShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N), this);
    connect(compose, &QShortcut::activated, this, [this] { documents()->newDraft(); });
    show(QStringLiteral("home"));
    refreshStatus();
    refreshCounts();
}

MainWindow::~MainWindow()
{
    // The pages ask the port, which goes before what the base class holds.
    delete takeCentralWidget();
    delete m_palette;
}

DocumentsPage* MainWindow::documents()
{
    return static_cast<DocumentsPage*>(module(QStringLiteral("documents")));
}

template <class Page>
Page* MainWindow::fitted(Page* page)
{
    connect(this, &Shell::widthClassChanged, page, &Page::setWidthClass);
    page->setWidthClass(widthClass());
    return page;
}

void MainWindow::said(const QString& words, const QByteArray& undo)
{
    // With a hub it is sent at once, and what was sent is not taken back.
    m_undo = m_port->status().link == desk::Link::Online ? QByteArray() : undo;
    undoBar()->show(words, !m_undo.isEmpty());
}

void MainWindow::showSync(bool attention)
{
    show(QStringLiteral("sync"));
    if (attention) static_cast<document_ui::SyncCentrePage*>(module(QStringLiteral("sync")))->showAttention();
}

void MainWindow::addRailModules()
{
    addModule(QStringLiteral("home"), Icon::Desk, tr("Home"), [this] {
        auto* page = new workbench::HomePage(*m_port);
        connect(page, &workbench::HomePage::documentChosen, this, &MainWindow::openStream);
        connect(page, &workbench::HomePage::draftChosen, this, [this](const store::DraftRow& draft) { documents()->openDraft(draft); });
        connect(page, &workbench::HomePage::folderChosen, this, [this](const QString& folder) {
            show(QStringLiteral("documents"));
            documents()->setFolder(folder);
        });
        connect(page, &workbench::HomePage::newDraftRequested, this, [this] { documents()->newDraft(); });
        connect(page, &workbench::HomePage::syncCentreRequested, this, [this] { showSync(); });
        return fitted(page);
    });
    addModule(QStringLiteral("documents"), Icon::Doc, tr("Docs"), [this] {
        auto* page = new DocumentsPage(*m_port);
        connect(page, &DocumentsPage::acted, this, &MainWindow::said);
        connect(page, &DocumentsPage::syncCentreRequested, this, [this] { showSync(true); });
        connect(page, &DocumentsPage::placeChanged, this, [this](const QString& stream) { pushHistory(stream); });
        return fitted(page);
    });
    addModule(QStringLiteral("people"), Icon::Org, tr("People"), [this] {
        auto* page = new document_ui::DirectoryPage(*m_port);
        connect(page, &document_ui::DirectoryPage::mandateRequested, this, [this](const QString& person) {
            show(QStringLiteral("mandates"));
            module(QStringLiteral("mandates"))->findChild<document_ui::MandatesPanel*>()->propose(person);
        });
        return fitted(page);
    });
    addModule(QStringLiteral("mandates"), Icon::Delegate, tr("Deputy"), [this] {
        auto* page = new Pane("window");
        auto* scroll = new QScrollArea; // a low window does not hold the form
        scroll->setWidget(page);
        scroll->setWidgetResizable(true);
        scroll->setFrameShape(QFrame::NoFrame);
        scroll->setFocusPolicy(Qt::NoFocus);
        scroll->setAccessibleName(tr("Deputy"));
        auto* panel = new document_ui::MandatesPanel(*m_port);
        panel->setMaximumWidth(px(Px::DialogMedium) * 3 / 2);
        connect(panel, &document_ui::MandatesPanel::acted, this, &MainWindow::said);
        auto* row = new QHBoxLayout(page);
        row->setContentsMargins(px(Px::Space6), px(Px::Space5), px(Px::Space6), px(Px::Space5));
        row->addStretch();
        row->addWidget(panel, 10);
        row->addStretch();
        return scroll;
    });
}

void MainWindow::addModules()
{
    addRailModules();
    addBottomModule(QStringLiteral("sync"), Icon::Sync, tr("Sync"), [this] {
        auto* page = new document_ui::SyncCentrePage(*m_port);
        connect(page, &document_ui::SyncCentrePage::openRequested, this, &MainWindow::openStream);
        connect(page, &document_ui::SyncCentrePage::acted, this, &MainWindow::said);
        return fitted(page);
    });
    addBottomModule(QStringLiteral("settings"), Icon::Settings, tr("Settings"), [this] {
        auto* page = new SettingsPage(m_desk, m_settings, m_policy);
        m_settingsPage = page;
        connect(page, &SettingsPage::changed, this, [this](const desk::Settings& s) {
            m_settings = s;
            Q_EMIT settingsChanged(s);
        });
        connect(page, &SettingsPage::removed, this, &MainWindow::removed);
        askForDevices();
        return page;
    });
}

void MainWindow::setSettings(const desk::Settings& settings)
{
    m_settings = settings;
    if (m_settingsPage) m_settingsPage->setSettings(settings);
}

void MainWindow::openStream(const QString& stream)
{
    if (stream.isEmpty()) return;
    show(QStringLiteral("documents"));
    documents()->openStream(stream);
}

void MainWindow::openSearch()
{
    if (!m_palette) {
        m_palette = new document_ui::SearchPalette(*m_port, this);
        connect(m_palette, &document_ui::SearchPalette::documentChosen, this, [this](const QString& stream, bool newWindow) {
            newWindow ? documents()->openInWindow(stream) : openStream(stream);
        });
        connect(m_palette, &document_ui::SearchPalette::personChosen, this, [this](const QString& person) {
            show(QStringLiteral("people"));
            static_cast<document_ui::DirectoryPage*>(module(QStringLiteral("people")))->showPerson(person);
        });
        m_palette->setCommands({{tr("New draft"), Icon::Pen, [this] { documents()->newDraft(); }},
                                {tr("Settings"), Icon::Settings, [this] { show(QStringLiteral("settings")); }},
                                {tr("Sync"), Icon::Sync, [this] { showSync(); }},
                                {tr("Lock"), Icon::Lock, [this] { Q_EMIT lockRequested(); }}});
    }
    m_palette->open();
}

void MainWindow::notify(const desk::Change& change)
{
    m_port->notify(change);
    refreshStatus();
    if (change.status && m_port->status().secondFactor != m_factor) refreshFactor();
    if (change.all || change.drafts || !change.streams.empty()) refreshCounts();
    if (change.all || change.directory) askForDevices();
}

void MainWindow::askForDevices()
{
    m_desk->waitingDevices(document_ui::whileAlive(this, [this](Result<std::vector<desk::WaitingDevice>> waiting) {
        if (!waiting) return;
        if (m_settingsPage) m_settingsPage->setWaiting(*waiting);
        if (!isVisible()) return; // locked, or in the tray: asked when it is seen again
        for (const auto& device : *waiting) {
            if (!m_askedFor.insert(device.device).second) continue;
            auto* dialog = new ApprovalDialog(m_desk, device, this);
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            dialog->open();
        }
    }));
}

void MainWindow::setPolicy(const desk::Settings& settings, const desk::Policy& policy)
{
    m_settings = settings;
    m_policy = policy;
    if (m_settingsPage) m_settingsPage->setPolicy(settings, policy);
}

void MainWindow::refreshStatus()
{
    const auto status = m_port->status();
    const auto words = document_ui::linkText(status);
    const bool clock = status.clockWrong && status.link == desk::Link::Online && !status.closed && !status.alarm && !status.storeFailing;
    clock ? setSync(Tone::Warning, Icon::Clock, tr("This PC's clock is wrong")) : setSync(words.tone, words.icon, words.text);
    setAttention(int(status.attention));
    if (status.attention > std::exchange(m_attention, status.attention)) undoBar()->settle(); // what it says is done may be what was refused
    setBadge(QStringLiteral("sync"), int(status.attention), Tone::Danger);
    if (status.link == desk::Link::Online && !std::exchange(m_undo, {}).isEmpty()) undoBar()->endUndo();
}

void MainWindow::refreshFactor()
{
    const auto now = m_port->status().secondFactor;
    if (std::exchange(m_factor, now) != now && m_settingsPage) m_settingsPage->setPolicy(m_settings, m_policy);
    const bool missing = !document_ui::factorText(now).isEmpty();
    setBadge(QStringLiteral("settings"), missing, Tone::Warning);
    if (missing) said(tr("The keyring is not in use. The settings say why."), {});
}

void MainWindow::refreshCounts()
{
    m_port->counts(document_ui::whileAlive(this, [this](Result<desk::Counts> counts) {
        if (!counts) return;
        const int tasks = int(counts->total[size_t(store::Folder::ToDo)]);
        setBadge(QStringLiteral("documents"), tasks);
        Q_EMIT tasksCounted(tasks);
    }));
}

void MainWindow::saveAll()
{
    for (auto* w : QApplication::topLevelWidgets())
        if (auto* compose = qobject_cast<document_ui::ComposeWindow*>(w)) compose->save();
}

void MainWindow::hideAll()
{
    m_hidden.clear();
    for (auto* w : QApplication::topLevelWidgets())
        if (w != this && w->isVisible()) {
            m_hidden << w;
            w->hide();
        }
    hide();
}

void MainWindow::showAll()
{
    QWidget::show();
    for (const auto& w : std::exchange(m_hidden, {}))
        if (w) w->show();
    refreshStatus();
    refreshFactor();
    askForDevices();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_closeToTray) {
        event->ignore();
        hide();
        return;
    }
    saveAll();
    Shell::closeEvent(event);
    QApplication::quit();
}

} // namespace zt::app
