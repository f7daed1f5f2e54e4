#include "screens.h"

#include "zt/document_ui/compose_window.h"
#include "zt/document_ui/directory_page.h"
#include "zt/document_ui/documents_page.h"
#include "zt/document_ui/mandates_panel.h"
#include "zt/document_ui/search_palette.h"
#include "zt/document_ui/sync_centre_page.h"
#include "zt/workbench/home_page.h"
#include "zt/widgets/shell.h"

#include <QtWidgets>

using namespace zt;
using namespace zt::document_ui;
using namespace zt::widgets;
using test::FakeDesk;

namespace {

QString word(const char* s) { return QCoreApplication::translate("zt::app::MainWindow", s); }

// The page inside the shell, as in the application.
QWidget* shelled(FakeDesk& desk, const QString& id, std::function<QWidget*(Shell*)> make)
{
    auto* shell = new Shell;
    const auto none = [] { return new QWidget; };
    const auto add = [&](const char* name, Icon icon, const QString& title, bool bottom) {
        const bool mine = id == QLatin1String(name);
        const auto factory = [=]() -> QWidget* { return mine ? make(shell) : none(); };
        bottom ? shell->addBottomModule(QLatin1String(name), icon, title, factory) : shell->addModule(QLatin1String(name), icon, title, factory);
    };
    add("home", Icon::Desk, word("Home"), false);
    add("documents", Icon::Doc, word("Docs"), false);
    add("people", Icon::Org, word("People"), false);
    add("sync", Icon::Sync, word("Sync"), true);
    add("settings", Icon::Settings, word("Settings"), true);
    const LinkWords link = linkText(desk.status());
    shell->setSync(link.tone, link.icon, link.text);
    shell->setAttention(int(desk.status().attention));
    shell->setUser(text(desk.me().name));
    shell->setBadge(QStringLiteral("documents"), 5);
    shell->show(id);
    return shell;
}

QWidget* documents(FakeDesk& desk, const QString& folder, const QString& stream, int tab)
{
    return shelled(desk, QStringLiteral("documents"), [&desk, folder, stream, tab](Shell* shell) {
        auto* page = new DocumentsPage(desk);
        QObject::connect(shell, &Shell::widthClassChanged, page, &DocumentsPage::setWidthClass);
        page->setWidthClass(shell->widthClass());
        page->setFolder(folder);
        if (!stream.isEmpty()) page->openStream(stream);
        page->setTab(tab);
        return page;
    });
}

Screen docs(const char* name, const char* folder, const char* stream, int tab)
{
    return {name, [=](FakeDesk& desk, QSize) { return documents(desk, QLatin1String(folder), QLatin1String(stream), tab); }};
}

template <class Page>
QWidget* page(FakeDesk& desk, const char* id)
{
    return shelled(desk, QLatin1String(id), [&desk](Shell* shell) -> QWidget* {
        auto* p = new Page(desk);
        if constexpr (requires { p->setWidthClass(shell->widthClass()); }) {
            QObject::connect(shell, &Shell::widthClassChanged, p, &Page::setWidthClass);
            p->setWidthClass(shell->widthClass());
        }
        return p;
    });
}

QWidget* searching(FakeDesk& desk, const QString& words)
{
    QWidget* shell = page<workbench::HomePage>(desk, "home");
    auto* palette = new SearchPalette(desk, shell);
    palette->setCommands({{word("New draft"), Icon::Plus, {}}, {word("Settings"), Icon::Settings, {}}, {word("Lock"), Icon::Lock, {}}});
    palette->open(words);
    return shell;
}

QWidget* compose(FakeDesk& desk, bool filled)
{
    store::DraftRow draft = filled ? desk.draftRows.front() : store::DraftRow();
    if (!filled) draft.id = "fresh";
    return new ComposeWindow(desk, draft);
}

} // namespace

const std::vector<Screen>& screens()
{
    static const std::vector<Screen> all = {
        docs("todo", "todo", "m/1", 0),
        docs("attachments", "todo", "m/1", 1),
        docs("versions", "todo", "m/1", 2),
        docs("receipts", "sent", "m/4", 3),
        docs("incoming", "todo", "in/3", 0),
        docs("pending", "review", "m/5", 0),
        docs("lapsed", "todo", "m/7", 0),
        docs("drafts", "drafts", "", 0),
        {"empty", [](FakeDesk& desk, QSize) { desk.rows.clear(); return documents(desk, QStringLiteral("todo"), {}, 0); }},
        {"error", [](FakeDesk& desk, QSize) { desk.failMatter = Err::Corrupt; return documents(desk, QStringLiteral("todo"), {}, 0); }},
        {"compose", [](FakeDesk& desk, QSize) { return compose(desk, true); }},
        {"compose-new", [](FakeDesk& desk, QSize) { return compose(desk, false); }},
        {"home", [](FakeDesk& desk, QSize) { return page<workbench::HomePage>(desk, "home"); }},
        {"home-offline", [](FakeDesk& desk, QSize) { desk.goOffline(); desk.rows.clear(); return page<workbench::HomePage>(desk, "home"); }},
        {"sync", [](FakeDesk& desk, QSize) { desk.goOffline(); return page<SyncCentrePage>(desk, "sync"); }},
        {"sync-empty", [](FakeDesk& desk, QSize) { return page<SyncCentrePage>(desk, "sync"); }},
        {"people", [](FakeDesk& desk, QSize) { return page<DirectoryPage>(desk, "people"); }},
        {"mandates", [](FakeDesk& desk, QSize) { return page<MandatesPanel>(desk, "settings"); }},
        {"search", [](FakeDesk& desk, QSize) { return searching(desk, QStringLiteral("汛前")); }},
        {"search-person", [](FakeDesk& desk, QSize) { return searching(desk, QStringLiteral("cws")); }},
        {"search-none", [](FakeDesk& desk, QSize) { return searching(desk, QStringLiteral("植树造林")); }},
    };
    return all;
}
