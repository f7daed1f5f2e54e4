#include "main_window.h"

#include "settings_page.h"

#include "zt/document_ui/compose_window.h"
#include "zt/document_ui/directory_page.h"
#include "zt/document_ui/documents_page.h"
#include "zt/document_ui/search_palette.h"
#include "zt/document_ui/sync_centre_page.h"
#include "zt/document_ui/words.h"
#include "zt/workbench/home_page.h"
#include "zt/widgets/states.h"

#include <QApplication>
#include <QCloseEvent>
#include <QShortcut>

namespace zt::app {

using namespace widgets;
using document_ui::DocumentsPage;

namespace {
constexpr int kDefaultWidth = 1440, kDefaultHeight = 900;
}

MainWindow::MainWindow(std::shared_ptr<desk::Desk> desk, desk::Settings settings, QWidget* parent)
    : Shell(parent), m_desk(std::move(desk)), m_settings(std::move(settings)), m_port(std::make_unique<document_ui::DeskAdapter>(m_desk))
{
    setWindowTitle(tr("Zhengtong"));
    resize(kDefaultWidth, kDefaultHeight);
    setUser(document_ui::text(m_desk->me().name));
    addModules();
    connect(this, &Shell::searchRequested, this, &MainWindow::openSearch);
    connect(this, &Shell::syncClicked, this, [this] { show(QStringLiteral("sync")); });
    connect(this, &Shell::attentionClicked, this, [this] { show(QStringLiteral("sync")); });
    connect(undoBar(), &UndoBar::undone, this, [this] {
        if (!m_undo.isEmpty()) m_port->takeBack(m_undo.toStdString(), [](Result<void>) {});
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

MainWindow::~MainWindow() = default;

DocumentsPage* MainWindow::documents()
{
    return static_cast<DocumentsPage*>(module(QStringLiteral("documents")));
}

void MainWindow::addRailModules()
{
    addModule(QStringLiteral("home"), Icon::Desk, tr("Home"), [this] {
        auto* page = new workbench::HomePage(*m_port);
        connect(page, &workbench::HomePage::streamRequested, this, &MainWindow::openStream);
        connect(page, &workbench::HomePage::folderRequested, this, [this](const QString& folder) {
            show(QStringLiteral("documents"));
            documents()->setFolder(folder);
        });
        connect(page, &workbench::HomePage::newDraftRequested, this, [this] { documents()->newDraft(); });
        connect(page, &workbench::HomePage::syncRequested, this, [this] { show(QStringLiteral("sync")); });
        connect(this, &Shell::widthClassChanged, page, &workbench::HomePage::setWidthClass);
        page->setWidthClass(widthClass());
        return page;
    });
    addModule(QStringLiteral("documents"), Icon::Doc, tr("Documents"), [this] {
        auto* page = new DocumentsPage(*m_port);
        connect(page, &DocumentsPage::acted, this, [this](const QString& words, const QByteArray& undo) {
            m_undo = undo;
            undoBar()->show(words, !undo.isEmpty());
        });
        connect(page, &DocumentsPage::syncCentreRequested, this, [this] { show(QStringLiteral("sync")); });
        connect(page, &DocumentsPage::placeChanged, this, [this](const QString& stream) { pushHistory(stream); });
        connect(this, &Shell::widthClassChanged, page, &DocumentsPage::setWidthClass);
        page->setWidthClass(widthClass());
        return page;
    });
    addModule(QStringLiteral("directory"), Icon::Org, tr("People"), [this] {
        auto* page = new document_ui::DirectoryPage(*m_port);
        connect(this, &Shell::widthClassChanged, page, &document_ui::DirectoryPage::setWidthClass);
        page->setWidthClass(widthClass());
        return page;
    });
}

void MainWindow::addModules()
{
    addRailModules();
    addBottomModule(QStringLiteral("sync"), Icon::Sync, tr("Sync"), [this] {
        auto* page = new document_ui::SyncCentrePage(*m_port);
        connect(page, &document_ui::SyncCentrePage::streamRequested, this, &MainWindow::openStream);
        connect(this, &Shell::widthClassChanged, page, &document_ui::SyncCentrePage::setWidthClass);
        page->setWidthClass(widthClass());
        return page;
    });
    addBottomModule(QStringLiteral("settings"), Icon::Settings, tr("Settings"), [this] {
        auto* page = new SettingsPage(m_desk, m_settings);
        connect(page, &SettingsPage::changed, this, [this](const desk::Settings& s) {
            m_settings = s;
            Q_EMIT settingsChanged(s);
        });
        return page;
    });
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
        connect(m_palette, &document_ui::SearchPalette::streamRequested, this, &MainWindow::openStream);
        connect(m_palette, &document_ui::SearchPalette::personRequested, this, [this](const QString& person) {
            show(QStringLiteral("directory"));
            static_cast<document_ui::DirectoryPage*>(module(QStringLiteral("directory")))->openPerson(person);
        });
        m_palette->addCommand(Icon::Pen, tr("New draft"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N), [this] { documents()->newDraft(); });
        m_palette->addCommand(Icon::Settings, tr("Settings"), {}, [this] { show(QStringLiteral("settings")); });
        m_palette->addCommand(Icon::Sync, tr("Sync"), QKeySequence(Qt::CTRL | Qt::Key_0), [this] { show(QStringLiteral("sync")); });
        m_palette->addCommand(Icon::Lock, tr("Lock"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L), [this] { Q_EMIT lockRequested(); });
    }
    m_palette->open();
}

void MainWindow::notify(const desk::Change& change)
{
    m_port->notify(change);
    refreshStatus();
    if (change.all || change.drafts || !change.streams.empty()) refreshCounts();
}

void MainWindow::refreshStatus()
{
    const auto status = m_port->status();
    const auto words = document_ui::linkText(status);
    setSync(words.tone, words.icon, words.text);
    setAttention(int(status.attention));
    setBadge(QStringLiteral("sync"), int(status.attention), Tone::Danger);
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
