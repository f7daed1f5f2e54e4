#include "fake_desk.h"
#include "zt/document_ui/compose_window.h"
#include "zt/document_ui/directory_page.h"
#include "zt/document_ui/documents_page.h"
#include "zt/document_ui/mandates_panel.h"
#include "zt/document_ui/page_view.h"
#include "zt/document_ui/search_palette.h"
#include "zt/document_ui/sync_centre_page.h"
#include "zt/test/test.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/labels.h"
#include "zt/widgets/row_delegate.h"
#include "zt/widgets/states.h"
#include "zt/widgets/theme.h"
#include "zt/workbench/home_page.h"

#include <QAbstractItemModelTester>
#include <QPrinter>
#include <QSignalSpy>
#include <QTest>
#include <QtWidgets>
#include <ctime>
#include <limits>

using namespace zt;
using namespace zt::document_ui;
using test::FakeDesk;

namespace {

template <class F>
bool until(F done, int ms = 10'000)
{
    return QTest::qWaitFor(done, ms);
}

template <class W>
W* named(QWidget& root, const QString& accessible)
{
    for (W* w : root.findChildren<W*>())
        if (w->accessibleName() == accessible) return w;
    return nullptr;
}

QPushButton* button(QWidget& root, const QString& words)
{
    for (QPushButton* b : root.findChildren<QPushButton*>())
        if (b->text() == words && b->isVisible() && b->isEnabled()) return b;
    return nullptr;
}

// Presses the button as soon as it is there; false if it never comes.
bool press(QWidget& root, const QString& words)
{
    QPushButton* b = nullptr;
    if (!until([&] { return (b = button(root, words)) != nullptr; })) return false;
    b->click();
    return true;
}

// Fails the test instead of printing a warning.
struct Tester {
    explicit Tester(QAbstractItemModel* model) : m_tester(model, QAbstractItemModelTester::FailureReportingMode::Fatal) {}
    QAbstractItemModelTester m_tester;
};

store::DraftRow fresh()
{
    store::DraftRow d;
    d.id = "0123456789abcdef";
    d.document.set_kind("通知");
    d.document.set_issuer("u-office");
    d.document.set_code("示政办发");
    return d;
}

} // namespace

CASE("models keep the rules of models through changes, and the selection with them")
{
    FakeDesk desk;
    DocumentListModel model(desk, store::Folder::ToDo);
    Tester tester(&model);
    QListView view;
    view.setModel(&model);
    model.refresh();
    EXPECT(until([&] { return model.itemCount() == 5; }));
    const QModelIndex first = model.find(QStringLiteral("m/2"));
    EXPECT(first.isValid());
    view.setCurrentIndex(first);
    // a row goes, one comes, one changes, one moves to another section
    desk.rows.erase(desk.rows.begin());
    store::ListRow added = desk.rows.front();
    added.stream = "m/99";
    added.title = "关于新情况的通知";
    desk.rows.push_back(added);
    for (store::ListRow& r : desk.rows)
        if (r.stream == "in/3") r.dueMs = FakeDesk::kNow - 1000, r.title = "改过的标题";
    model.refresh();
    EXPECT(model.key(view.currentIndex()) == QStringLiteral("m/2")); // until the answer comes
    EXPECT(until([&] { return model.find(QStringLiteral("m/99")).isValid(); }));
    EXPECT(model.key(view.currentIndex()) == QStringLiteral("m/2"));
    EXPECT(!model.find(QStringLiteral("m/1")).isValid());
    EXPECT(model.data(model.find(QStringLiteral("in/3")), widgets::role::Title).toString() == QStringLiteral("改过的标题"));
    for (int i = 0; i < model.rowCount(); ++i) {
        const QModelIndex at = model.index(i);
        const bool heading = !at.data(widgets::role::Section).toString().isEmpty();
        EXPECT(bool(at.flags() & Qt::ItemIsSelectable) == !heading);
        EXPECT(!at.data(Qt::AccessibleTextRole).toString().isEmpty());
    }
    desk.failList = Err::Io;
    QSignalSpy answered(&model, &RowsModel::answered);
    model.refresh();
    EXPECT(until([&] { return answered.count() == 1; }));
    EXPECT(model.error() == Err::Io && model.itemCount() == 5); // what was shown stays
}

CASE("random refreshes leave exactly the rows asked for")
{
    FakeDesk desk;
    DocumentListModel model(desk, store::Folder::Received);
    Tester tester(&model);
    uint32_t seed = 7;
    const auto next = [&] { return seed = seed * 1664525u + 1013904223u; };
    for (int round = 0; round < 60; ++round) {
        desk.rows.clear();
        for (int i = 0; i < 30; ++i) {
            if (next() % 3 == 0) continue;
            store::ListRow r;
            r.stream = "m/" + std::to_string(i);
            r.title = "t" + std::to_string(next() % 4);
            r.folders = 1u << int(store::Folder::Received);
            r.timeMs = FakeDesk::kNow - Millis(next() % 40) * 24 * 3600'000;
            desk.rows.push_back(r);
        }
        QSignalSpy answered(&model, &RowsModel::answered);
        model.refresh();
        EXPECT(until([&] { return answered.count() > 0; }));
        EXPECT_EQ(model.itemCount(), int(desk.rows.size()));
        std::vector<store::ListRow> want = desk.rows;
        for (const store::ListRow& r : want) EXPECT(model.data(model.find(text(r.stream)), widgets::role::Title).toString() == text(r.title));
    }
}

CASE("a long list comes by pages as it is scrolled")
{
    FakeDesk desk;
    desk.rows.clear();
    for (int i = 0; i < 1000; ++i) {
        store::ListRow r;
        r.stream = "m/" + std::to_string(i);
        r.title = "通知";
        r.folders = 1u << int(store::Folder::Done);
        r.timeMs = FakeDesk::kNow - i;
        desk.rows.push_back(r);
    }
    DocumentListModel model(desk, store::Folder::Done);
    Tester tester(&model);
    model.refresh();
    EXPECT(until([&] { return model.itemCount() == 200; }));
    EXPECT(model.canFetchMore({}));
    model.fetchMore({});
    EXPECT(until([&] { return model.itemCount() == 400; }));
}

CASE("drafts, outbox and timeline models keep the rules")
{
    FakeDesk desk;
    desk.goOffline();
    DraftModel drafts(desk);
    OutboxModel outbox(desk);
    TimelineModel timeline(true);
    Tester a(&drafts), b(&outbox), c(&timeline);
    drafts.refresh();
    outbox.refresh();
    EXPECT(until([&] { return drafts.itemCount() == 2 && outbox.itemCount() == 4; }));
    EXPECT_EQ(outbox.count(OutboxModel::Filter::Attention), 1);
    outbox.setFilter(OutboxModel::Filter::Waiting);
    EXPECT_EQ(outbox.itemCount(), 2);
    outbox.setFilter(OutboxModel::Filter::All);
    timeline.setMatter(desk.matters["m/1"], desk.m_me.person);
    EXPECT(timeline.rowCount() >= 6);
    EXPECT_EQ(timeline.opinions(), 3);
    timeline.setMatter(desk.matters["m/4"], desk.m_me.person);
    timeline.clear();
    EXPECT_EQ(timeline.rowCount(), 0);
}

CASE("the timeline names principal and deputy, who is to act and what follows")
{
    FakeDesk desk;
    const auto entries = timelineOf(desk.matters["m/1"], desk.m_me.person, false);
    const auto has = [&](auto f) { return std::any_of(entries.begin(), entries.end(), f); };
    EXPECT(has([](const auto& e) { return e.name.contains(QStringLiteral("罗景行")) && e.name.contains(QStringLiteral("沈亦舟")); }));
    EXPECT(has([](const auto& e) { return e.state == widgets::StepState::Current && e.name == QStringLiteral("沈亦舟"); }));
    EXPECT(entries.back().state == widgets::StepState::Next && entries.back().name == QStringLiteral("签发"));
    EXPECT(has([](const auto& e) { return e.state == widgets::StepState::Returned; }));
}

CASE("the timeline says where time ran out, what is waited for and that a clock ended the matter")
{
    FakeDesk desk;
    auto view = desk.matters["m/1"];
    auto m = std::make_shared<document::Matter>(*view.matter);
    approval::Task& task = m->flow.tasks.back();
    REQUIRE(task.open() && !task.slots.empty());
    const QString name = QString::fromStdString(task.slots.front().name);
    task.closed = FakeDesk::kNow - 60000;
    task.how = wire::TaskClosed::LAPSED;
    for (auto& s : task.slots) s.state = approval::SlotState::Cancelled;
    view.matter = m;
    view.waits = {{"公示期", FakeDesk::kNow + 3600'000}};
    const auto shown = [&](const std::vector<TimelineModel::Entry>& entries, auto f) { return std::count_if(entries.begin(), entries.end(), f); };
    auto entries = timelineOf(view, desk.m_me.person, false);
    EXPECT_EQ(shown(entries, [&](const auto& e) { return e.name == name && e.state == widgets::StepState::Withdrawn && e.opinion == QStringLiteral("The time for this step ran out."); }), 1);
    EXPECT_EQ(shown(entries, [](const auto& e) { return e.name == QStringLiteral("公示期") && e.state == widgets::StepState::Current && e.time.contains(QStringLiteral("10:41")); }), 1);
    EXPECT_EQ(shown(entries, [&](const auto& e) { return e.state == widgets::StepState::Current && e.name == name; }), 0);
    view.waits.clear();
    m->stage = document::Stage::Lapsed;
    m->ended = FakeDesk::kNow;
    entries = timelineOf(view, desk.m_me.person, false);
    EXPECT(entries.back().name == QStringLiteral("By the process") && entries.back().post == QStringList{QStringLiteral("Ended, time ran out")});
    const QString late = outcomeText(wire::APPLIED_LATE, wire::REASON_LAPSED, {}, FakeDesk::kNow - 60000), over = outcomeText(wire::SUPERSEDED, wire::REASON_LAPSED, {}, FakeDesk::kNow - 60000);
    EXPECT(late.contains(QStringLiteral("09:40")) && late.contains(QStringLiteral("kept as an opinion")) && over.contains(QStringLiteral("not applied")));
}

CASE("a larger text while a document is open: panes move into tabs and their dividers go")
{
    FakeDesk desk;
    DocumentsPage page(desk);
    page.resize(1300, 800);
    page.show();
    page.openStream(QStringLiteral("m/1"));
    EXPECT(until([&] { return button(page, QStringLiteral("Agree and send on")) != nullptr; }));
    for (const auto size : {widgets::TextSize::ExtraLarge, widgets::TextSize::Standard, widgets::TextSize::Large, widgets::TextSize::Standard}) {
        widgets::Theme::current().setTextSize(size);
        QTest::qWait(10);
        EXPECT(button(page, QStringLiteral("Agree and send on")) != nullptr);
    }
}

CASE("every outcome and reason has its own words")
{
    QSet<QString> said;
    for (int o = wire::APPLIED; o <= wire::NOT_UNDERSTOOD; ++o) {
        const QString words = outcomeText(wire::Outcome(o), wire::REASON_NONE, QStringLiteral("江慕白"), FakeDesk::kNow - 60000);
        EXPECT(!words.isEmpty() && !said.contains(words));
        said.insert(words);
    }
    const QString superseded = outcomeText(wire::SUPERSEDED, wire::REASON_TASK_CLOSED, QStringLiteral("江慕白"), FakeDesk::kNow - 60000);
    EXPECT(superseded.contains(QStringLiteral("江慕白")) && superseded.contains(QStringLiteral("09:40")));
    said.clear();
    for (int r = wire::REASON_TASK_CLOSED; r <= wire::REASON_NO_APPROVAL; ++r) {
        const QString words = reasonText(wire::Reason(r));
        EXPECT(!words.isEmpty() && !said.contains(words));
        said.insert(words);
    }
}

CASE("agreeing sends the opinion with the version that was on screen")
{
    FakeDesk desk;
    DocumentsPage page(desk);
    page.resize(1400, 850);
    page.show();
    EXPECT(until([&] { return page.findChild<PageView*>()->pageCount() > 0; }));
    page.openStream(QStringLiteral("m/1"));
    QPushButton* agree = nullptr;
    EXPECT(until([&] { return (agree = button(page, QStringLiteral("Agree and send on"))) != nullptr; }));
    auto* box = named<QPlainTextEdit>(page, QStringLiteral("My opinion: 审核"));
    EXPECT(box != nullptr);
    box->setPlainText(QStringLiteral("同意，送签。"));
    QSignalSpy acted(&page, &DocumentsPage::acted);
    agree->click();
    EXPECT(until([&] { return acted.count() == 1; }));
    EXPECT_EQ(int(desk.acts.size()), 1);
    EXPECT_EQ(desk.acts[0].choice, wire::CHOICE_AGREE);
    EXPECT_EQ(desk.acts[0].subject, Bytes("hash-2"));
    EXPECT_EQ(desk.acts[0].words, std::string("同意，送签。"));
    EXPECT(box->toPlainText().isEmpty());
}

CASE("a return without words is not sent; words stay with their document")
{
    FakeDesk desk;
    DocumentsPage page(desk);
    page.resize(1400, 850);
    page.show();
    page.openStream(QStringLiteral("m/1"));
    QPushButton* back = nullptr;
    EXPECT(until([&] { return (back = button(page, QStringLiteral("Return"))) != nullptr; }));
    back->click();
    QTest::qWait(20);
    EXPECT(desk.acts.empty());
    auto* box = named<QPlainTextEdit>(page, QStringLiteral("My opinion: 审核"));
    box->setPlainText(QStringLiteral("请补充数据。"));
    page.openStream(QStringLiteral("m/2"));
    EXPECT(until([&] { return named<QPlainTextEdit>(page, QStringLiteral("My opinion: 签发")) != nullptr; }));
    EXPECT(box->toPlainText().isEmpty());
    page.openStream(QStringLiteral("m/1"));
    EXPECT(until([&] { return named<QPlainTextEdit>(page, QStringLiteral("My opinion: 审核")) != nullptr; }));
    EXPECT(box->toPlainText() == QStringLiteral("请补充数据。"));
    EXPECT(press(page, QStringLiteral("Return")));
    EXPECT(until([&] { return desk.acts.size() == 1; }));
    EXPECT_EQ(desk.acts[0].choice, wire::CHOICE_RETURN);
}

CASE("a refused act keeps the words and says why")
{
    FakeDesk desk;
    desk.nextDone.outcome = wire::SUPERSEDED;
    desk.nextDone.byName = "江慕白";
    DocumentsPage page(desk);
    page.resize(1400, 850);
    page.show();
    page.openStream(QStringLiteral("m/1"));
    EXPECT(until([&] { return button(page, QStringLiteral("Agree and send on")) != nullptr; }));
    auto* box = named<QPlainTextEdit>(page, QStringLiteral("My opinion: 审核"));
    box->setPlainText(QStringLiteral("同意。"));
    EXPECT(press(page, QStringLiteral("Agree and send on")));
    EXPECT(until([&] {
        for (QLabel* l : page.findChildren<QLabel*>())
            if (l->isVisible() && l->text().contains(QStringLiteral("江慕白")) && l->text().contains(QStringLiteral("kept"))) return true;
        return false;
    }));
    EXPECT(box->toPlainText() == QStringLiteral("同意。"));
}

CASE("a received document is signed for; a returned one opens for revision; an attachment is fetched")
{
    FakeDesk desk;
    DocumentsPage page(desk);
    page.resize(1400, 850);
    page.show();
    page.openStream(QStringLiteral("in/3"));
    EXPECT(press(page, QStringLiteral("Sign for receipt")));
    EXPECT(until([&] { return !desk.acts.empty() && desk.acts[0].what == "signFor"; }));
    desk.matters["m/5"].actions.revise = true;
    page.openStream(QStringLiteral("m/5"));
    EXPECT(press(page, QStringLiteral("Revise")));
    ComposeWindow* window = nullptr;
    EXPECT(until([&] {
        for (QWidget* w : QApplication::topLevelWidgets())
            if (auto* c = qobject_cast<ComposeWindow*>(w)) window = c;
        return window != nullptr;
    }));
    EXPECT(window->findChild<QLineEdit*>(QStringLiteral("Title"))->text().contains(QStringLiteral("粮食安全")));
    QPointer<ComposeWindow> open = window;
    window->close();
    EXPECT(until([&] { return !open; }));
    page.openStream(QStringLiteral("m/1"));
    page.setTab(1);
    EXPECT(press(page, QStringLiteral("Fetch")));
    EXPECT(until([&] { return desk.fetched == 1 && button(page, QStringLiteral("Fetch")) == nullptr; }));
}

CASE("what is typed is given to the desk within a second, also while typing goes on")
{
    FakeDesk desk;
    QPointer<ComposeWindow> window = ComposeWindow::openFor(desk, fresh());
    auto* body = window->findChild<QPlainTextEdit*>(QStringLiteral("Body"));
    body->setFocus();
    QElapsedTimer clock;
    clock.start();
    QTest::keyClicks(body, QStringLiteral("a"));
    EXPECT(until([&] { return !desk.savedDrafts.empty(); }, 1000));
    desk.savedDrafts.clear();
    clock.restart();
    constexpr int kKey = 60;
    qint64 firstSave = 0, late = 0; // late: what a busy machine adds
    while (clock.elapsed() < 1600) {
        const qint64 before = clock.elapsed();
        QTest::keyClicks(body, QStringLiteral("b"));
        QTest::qWait(kKey);
        if (firstSave) continue;
        if (desk.savedDrafts.empty()) late += clock.elapsed() - before - kKey;
        else firstSave = clock.elapsed();
    }
    EXPECT(firstSave > 0 && firstSave <= 1000 + late);
    EXPECT(until([&] { return QString::fromStdString(desk.savedDrafts.back().document.body()) == body->toPlainText(); }));
    QTest::keyClicks(body, QStringLiteral("last"));
    const QString all = body->toPlainText();
    window->close();
    EXPECT(until([&] { return !window; }));
    EXPECT(QString::fromStdString(desk.savedDrafts.back().document.body()) == all);
}

CASE("closing gives the last words to the desk at once and waits for it; a failing disk keeps the window")
{
    FakeDesk desk;
    QPointer<ComposeWindow> window = ComposeWindow::openFor(desk, fresh());
    window->findChild<QLineEdit*>(QStringLiteral("Title"))->setText(QStringLiteral("关于汛前准备工作的通知"));
    desk.failSave = Err::DiskFull;
    window->close();
    EXPECT(!until([&] { return !window; }, 300));
    EXPECT(window->isVisible());
    desk.failSave.reset();
    window->close();
    EXPECT(until([&] { return !window; }));
    EXPECT(!desk.savedDrafts.empty() && desk.savedDrafts.back().document.title() == "关于汛前准备工作的通知");
}

CASE("a window whose desk has ended closes; answers still on their way find nobody")
{
    auto desk = std::make_unique<FakeDesk>();
    desk->delayMs = 20;
    QPointer<ComposeWindow> window = ComposeWindow::openFor(*desk, desk->draftRows.front());
    auto page = std::make_unique<DocumentsPage>(*desk);
    page->show();
    page->openStream(QStringLiteral("m/1"));
    page->openInWindow(QStringLiteral("m/2"));
    QTest::keyClicks(window->findChild<QPlainTextEdit*>(QStringLiteral("Body")), QStringLiteral("unsaved"));
    window->setPreview(true);
    page.reset(); // asked, not answered
    QTest::qWait(60);
    window->submit();
    desk.reset();
    EXPECT(until([&] { return !window; }));
    EXPECT(until([] { return QApplication::topLevelWidgets().isEmpty(); }));
}

CASE("an untouched new draft leaves nothing behind")
{
    FakeDesk desk;
    QPointer<ComposeWindow> window = ComposeWindow::openFor(desk, fresh());
    window->close();
    EXPECT(until([&] { return !window; }));
    EXPECT_EQ(desk.deleted, 1);
    EXPECT(desk.savedDrafts.empty());
}

CASE("text an input method is composing is not saved, and Ctrl+Enter while composing submits nothing")
{
    FakeDesk desk;
    QPointer<ComposeWindow> window = ComposeWindow::openFor(desk, desk.draftRows.front());
    auto* body = window->findChild<QPlainTextEdit*>(QStringLiteral("Body"));
    const std::string before = window->current().document.body();
    desk.savedDrafts.clear();
    QInputMethodEvent composing(QStringLiteral("fangxun"), {});
    QApplication::sendEvent(body, &composing);
    auto* title = window->findChild<QLineEdit*>(QStringLiteral("Title"));
    QApplication::sendEvent(title, &composing);
    EXPECT(!title->text().contains(QStringLiteral("fangxun")));
    QApplication::sendEvent(body, &composing);
    QTest::qWait(1000);
    EXPECT(desk.savedDrafts.empty());
    EXPECT_EQ(window->current().document.body(), before);
    QTest::keyClick(body, Qt::Key_Return, Qt::ControlModifier);
    QTest::qWait(50);
    EXPECT(desk.acts.empty());
    QInputMethodEvent commit;
    commit.setCommitString(QStringLiteral("防汛"));
    QApplication::sendEvent(body, &commit);
    EXPECT(until([&] { return !desk.savedDrafts.empty(); }, 1000));
    EXPECT(window->current().document.body() == "防汛" + before);
    QTest::keyClick(body, Qt::Key_Return, Qt::ControlModifier);
    EXPECT(until([&] { return desk.acts.size() == 1 && !window; }));
}

CASE("an incomplete draft is not submitted and says what is missing; a complete one closes its window")
{
    FakeDesk desk;
    QPointer<ComposeWindow> window = ComposeWindow::openFor(desk, fresh());
    window->findChild<QLineEdit*>(QStringLiteral("Title"))->setText(QStringLiteral("通知"));
    window->submit();
    QTest::qWait(100);
    EXPECT(desk.acts.empty() && window);
    EXPECT(until([&] { return named<QListWidget>(*window, QStringLiteral("What is missing"))->count() == 2; }));
    window->close();
    EXPECT(until([&] { return !window; }));
    window = ComposeWindow::openFor(desk, desk.draftRows.front());
    QSignalSpy done(window, &ComposeWindow::submitted);
    window->submit();
    EXPECT(until([&] { return !window; }));
    EXPECT_EQ(int(desk.acts.size()), 1);
}

CASE("attachments: taken in, refused with words, empty ones marked; foreign text is cleaned")
{
    FakeDesk desk;
    QTemporaryDir folder;
    const auto write = [&](const QString& name, const QByteArray& content) {
        QFile f(folder.filePath(name));
        f.open(QIODevice::WriteOnly);
        f.write(content);
        return f.fileName();
    };
    QPointer<ComposeWindow> window = ComposeWindow::openFor(desk, fresh());
    window->attachFiles({write(QStringLiteral("名单.txt"), "abc"), write(QStringLiteral("空.txt"), {}), folder.filePath(QStringLiteral("missing.doc"))});
    EXPECT(until([&] { return window->current().document.attachments_size() == 2; }));
    QStringList words;
    for (auto* l : window->findChildren<widgets::ElidedLabel*>()) words << l->fullText();
    EXPECT(words.filter(QStringLiteral("the file is empty")).size() == 1);
    EXPECT(words.filter(widgets::errorText(Err::NotFound, widgets::ErrContext::Attachment)).size() == 1);
    window->importText(write(QStringLiteral("gb.txt"), QByteArray("\xb7\xc0\xd1\xb4\r\nA\x01", 8)));
    EXPECT(window->current().document.body() == "防汛\nA");
    window->importText(write(QStringLiteral("bin.dat"), QByteArray("\xff\xfe\x80\x81\xff", 5)));
    EXPECT(window->current().document.body() == "防汛\nA");
    window->close();
    EXPECT(until([&] { return !window; }));
}

CASE("the sync centre: words under needs attention can be added, copied, dropped; a waiting act taken back")
{
    FakeDesk desk;
    desk.goOffline();
    SyncCentrePage page(desk);
    page.resize(1200, 800);
    page.show();
    EXPECT(until([&] { return button(page, QStringLiteral("Add as opinion")) != nullptr; }));
    EXPECT(press(page, QStringLiteral("Copy words")));
    EXPECT(QGuiApplication::clipboard()->text().contains(QStringLiteral("雨量阈值")));
    EXPECT(press(page, QStringLiteral("Add as opinion")));
    EXPECT(until([&] { return desk.acts.size() == 1 && desk.acts[0].what == "opinion"; }));
    EXPECT(QString::fromStdString(desk.acts[0].words).contains(QStringLiteral("雨量阈值")));
    EXPECT(press(page, QStringLiteral("Done")));
    EXPECT(until([&] { return desk.dismissed == 1 && button(page, QStringLiteral("Take back")) != nullptr; }));
    EXPECT(press(page, QStringLiteral("Take back")));
    EXPECT(until([&] { return desk.takenBack == 1; }));
    EXPECT(press(page, QStringLiteral("Retry now")));
    EXPECT_EQ(desk.retried, 1);
}

CASE("the palette: every key asks, only the last answer shows, keys alone are enough")
{
    FakeDesk desk;
    QWidget window;
    window.resize(1200, 800);
    window.show();
    SearchPalette palette(desk, &window);
    bool ran = false;
    palette.setCommands({{QStringLiteral("Lock"), widgets::Icon::Lock, [&] { ran = true; }}});
    palette.open();
    auto* query = palette.findChild<QLineEdit*>();
    desk.delayMs = 30;
    QTest::keyClicks(query, QStringLiteral("cws"));
    EXPECT_EQ(int(desk.searches.size()), 3);
    auto* results = palette.findChild<QListView*>();
    EXPECT(until([&] { return results->model()->index(1, 0).data().toString() == QStringLiteral("程望舒"); }));
    QSignalSpy person(&palette, &SearchPalette::personChosen);
    QTest::keyClick(query, Qt::Key_Return);
    EXPECT_EQ(person.count(), 1);
    EXPECT(!palette.isVisible());
    palette.open(QStringLiteral("汛前"));
    QSignalSpy chosen(&palette, &SearchPalette::documentChosen);
    EXPECT(until([&] { return palette.resultCount() > 3; }));
    QTest::keyClick(query, Qt::Key_Down);
    QTest::keyClick(query, Qt::Key_Return, Qt::ControlModifier);
    EXPECT(chosen.count() == 1 && chosen[0][1].toBool());
    palette.open(QStringLiteral(">lo"));
    QTest::keyClick(query, Qt::Key_Return);
    EXPECT(ran);
}

CASE("mandates are given for a person, a period and scopes, and ended")
{
    FakeDesk desk;
    MandatesPanel panel(desk);
    panel.show();
    panel.propose(QStringLiteral("p-jiang"));
    EXPECT(until([&] { return panel.findChild<QComboBox*>()->currentText().contains(QStringLiteral("江慕白")); }));
    EXPECT(press(panel, QStringLiteral("Give the mandate")));
    EXPECT(until([&] { return desk.acts.size() == 1; }));
    const desk::MandateView m = desk.mandateRows.back();
    EXPECT(m.deputy == "p-jiang" && m.scopes == std::vector<std::string>{"review"} && m.to > m.from);
    auto* table = panel.findChild<QTreeWidget*>();
    EXPECT(until([&] { return table->topLevelItemCount() == 2; }));
    table->setCurrentItem(table->topLevelItem(1));
    EXPECT(press(panel, QStringLiteral("End the mandate")));
    EXPECT(until([&] { return desk.mandateRows.back().ended != 0; }));
}

CASE("the directory finds people by initials")
{
    FakeDesk desk;
    DirectoryPage page(desk);
    page.show();
    auto* table = named<QTreeWidget>(page, QStringLiteral("People"));
    EXPECT(until([&] { return table->topLevelItemCount() > 0; }));
    page.findChild<QLineEdit*>()->setText(QStringLiteral("gyq"));
    EXPECT_EQ(table->topLevelItemCount(), 1);
    EXPECT(table->topLevelItem(0)->text(0) == QStringLiteral("顾言清"));
}

CASE("a document prints with its opinion sheet")
{
    FakeDesk desk;
    DocumentsPage page(desk);
    page.resize(1400, 850);
    page.show();
    page.openStream(QStringLiteral("m/1"));
    EXPECT(until([&] { return button(page, QStringLiteral("Agree and send on")) && page.findChild<PageView*>()->pageCount() > 1; }));
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("out.pdf"));
    QPrinter printer(QPrinter::HighResolution);
    printer.setPageSize(QPageSize(QPageSize::A4));
    printer.setOutputFormat(QPrinter::PdfFormat);
    printer.setOutputFileName(file);
    page.printTo(printer);
    QFile pdf(file);
    EXPECT(pdf.open(QIODevice::ReadOnly));
    const QByteArray content = pdf.readAll();
    EXPECT(content.startsWith("%PDF") && content.size() > 10'000);
    EXPECT_EQ(int(content.count("/Type /Page\n")), page.findChild<PageView*>()->pageCount() + 1);
}

CASE("home opens what is chosen and says good news when there is nothing")
{
    FakeDesk desk;
    workbench::HomePage page(desk);
    page.resize(1300, 850);
    page.show();
    auto* tasks = named<QListView>(page, QStringLiteral("To do"));
    EXPECT(until([&] { return tasks->model()->rowCount() > 5; }));
    QSignalSpy chosen(&page, &workbench::HomePage::documentChosen);
    tasks->setCurrentIndex(tasks->model()->index(1, 0));
    tasks->setFocus();
    QTest::keyClick(tasks, Qt::Key_Return);
    EXPECT_EQ(chosen.count(), 1);
    const auto says = [&page](const QString& words) {
        return until([&] {
            for (QLabel* l : page.findChildren<QLabel*>())
                if (l->isVisible() && l->text() == words) return true;
            return false;
        });
    };
    desk::Change all;
    all.all = true;
    auto row = desk.rows.front();
    row.folders = 1u << int(store::Folder::ToDo);
    desk.rows.clear();
    for (int i = 0; i < 1234; ++i) {
        row.stream = "m/" + std::to_string(i);
        desk.rows.push_back(row);
    }
    desk.tell(all);
    EXPECT(says(QLocale().toString(1234))); // more than the page holds
    desk.rows.clear();
    desk.tell(all);
    EXPECT(says(QStringLiteral("Everything is done")));
}

CASE("a keychain that is asked for and missing is said on the line that is well, each reason in its own words; worse things go first")
{
    using desk::SecondFactor;
    desk::Status s;
    s.link = desk::Link::Online;
    s.live = true;
    s.lastContact = FakeDesk::kNow;
    const QString well = linkText(s).text;
    QSet<QString> said;
    for (const auto state : {SecondFactor::NoService, SecondFactor::Locked, SecondFactor::Failed, SecondFactor::NoRecovery}) {
        s.secondFactor = state;
        EXPECT(linkText(s).tone == widgets::Tone::Warning && linkText(s).detail == factorText(state));
        said << factorText(state);
    }
    EXPECT_EQ(int(said.size()), 4);
    s.storeFailing = true;
    EXPECT(linkText(s).tone == widgets::Tone::Danger);
    s.storeFailing = false;
    for (const auto state : {SecondFactor::Off, SecondFactor::On}) {
        s.secondFactor = state;
        EXPECT(linkText(s).text == well && factorText(state).isEmpty());
    }
}

CASE("times of the years 1 and 9999 and beyond have words or none, and nothing else; another time zone in mid-session moves what the day is called, and no paper's date")
{
    constexpr Millis kYear1 = -62'135'596'800'000, kYear9999 = 253'402'300'799'000, kEvening = 1'767'196'800'000; // 2026-01-01 00:00 in Beijing
    struct Zone {
        QByteArray before = qgetenv("TZ");
        static void set(const QByteArray& zone)
        {
            zone.isEmpty() ? qunsetenv("TZ") : qputenv("TZ", zone);
            tzset();
        }
        ~Zone()
        {
            set(before);
            setNowForTests(FakeDesk::kNow);
        }
    } zone;
    Zone::set("Asia/Shanghai");
    setNowForTests(kEvening);
    EXPECT(momentText(kYear9999 - 86'400'000).contains(QStringLiteral("9999")));
    EXPECT_EQ(paperDate(kYear9999 - 86'400'000), QStringLiteral("9999年12月31日"));
    EXPECT_EQ(paperDate(kYear1 + 86'400'000), QStringLiteral("1年1月2日"));
    EXPECT(!timeText(kYear1 + 86'400'000).isEmpty());
    for (const Millis t : {std::numeric_limits<Millis>::min(), std::numeric_limits<Millis>::max()}) {
        EXPECT(momentText(t).size() < 80);
        EXPECT(paperDate(t).size() < 40);
    }
    const QString here = timeText(kEvening), paper = paperDate(kEvening);
    EXPECT_EQ(here, QStringLiteral("00:00"));
    EXPECT_EQ(paper, QStringLiteral("2026年1月1日"));
    Zone::set("America/Los_Angeles");
    EXPECT_EQ(timeText(kEvening), QStringLiteral("08:00"));
    EXPECT_EQ(paperDate(kEvening), paper);
}

int main(int argc, char** argv)
{
    qputenv("TZ", "Asia/Shanghai");
    QApplication app(argc, argv);
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    setNowForTests(FakeDesk::kNow);
    widgets::Theme::current().apply(widgets::Scheme::Light, widgets::TextSize::Standard, widgets::Density::Auto);
    return zt::test::main(argc, argv);
}
