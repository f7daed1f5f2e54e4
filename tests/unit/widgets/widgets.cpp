//! Behaviour of the shared widgets, offscreen. The looks are in gallery.cpp.

#include "zt/test/test.h"
#include "zt/widgets/audit.h"
#include "zt/widgets/controls.h"
#include "zt/widgets/enrol_page.h"
#include "zt/widgets/error_text.h"
#include "zt/widgets/nav_list.h"
#include "zt/widgets/panes.h"
#include "zt/widgets/row_delegate.h"
#include "zt/widgets/shell.h"
#include "zt/widgets/states.h"

#include <QtTest>
#include <QtWidgets>

using namespace zt::widgets;
using zt::Err;

namespace {

QString s(const char* text) { return QString::fromUtf8(text); }

Pane* paneWithField(const char* name)
{
    auto* pane = new Pane("surface");
    pane->setAccessibleName(s(name));
    auto* row = new QVBoxLayout(pane);
    auto* field = new QLineEdit;
    field->setObjectName(s(name));
    row->addWidget(field);
    return pane;
}

std::unique_ptr<Shell> makeShell(int* built = nullptr)
{
    auto shell = std::make_unique<Shell>();
    const auto module = [built] {
        if (built) ++*built;
        auto* split = new Splitter(Qt::Horizontal);
        split->addWidget(paneWithField("left"));
        split->addWidget(paneWithField("right"));
        return split;
    };
    shell->addModule(s("a"), Icon::Desk, s("A"), module);
    shell->addModule(s("b"), Icon::Doc, s("B"), module);
    shell->addBottomModule(s("sync"), Icon::Sync, s("Sync"), module);
    shell->resize(1440, 900);
    shell->QWidget::show();
    shell->activateWindow();
    EXPECT(QTest::qWaitForWindowActive(shell.get()));
    shell->show(s("a"));
    return shell;
}

class ManyRows : public QAbstractListModel {
public:
    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : 100'000; }
    QVariant data(const QModelIndex& index, int what) const override
    {
        switch (what) {
        case role::Section: return index.row() % 1000 == 0 ? s("Section") : QString();
        case role::Title: return s("关于做好2026年汛前准备工作并报送落实情况和值守人员名单的通知 %1").arg(index.row());
        case role::Meta: return QStringList{s("省政府办公厅"), s("示政办发〔2026〕12号")};
        case role::Due: return s("今日 17:30 前拟办");
        case role::Unread: return index.row() % 2 == 0;
        case role::Urgency: return index.row() % 3;
        case role::Attachments: return index.row() % 4;
        default: return {};
        }
    }
};

} // namespace

CASE("modules are built on first show, and Ctrl+number reaches them")
{
    int built = 0;
    auto shell = makeShell(&built);
    EXPECT_EQ(built, 1);
    QSignalSpy shown(shell.get(), &Shell::moduleShown);
    QTest::keyClick(shell.get(), Qt::Key_2, Qt::ControlModifier);
    EXPECT_EQ(built, 2);
    EXPECT(shell->currentModule() == s("b"));
    QTest::keyClick(shell.get(), Qt::Key_0, Qt::ControlModifier);
    EXPECT(shell->currentModule() == s("sync"));
    QTest::keyClick(shell.get(), Qt::Key_1, Qt::ControlModifier);
    EXPECT_EQ(built, 3);
    EXPECT_EQ(shown.count(), 3);
}

CASE("back and forward walk modules and the places within them")
{
    auto shell = makeShell();
    shell->pushHistory(7);
    shell->show(s("b"));
    QSignalSpy place(shell.get(), &Shell::placeRequested);
    QTest::keyClick(shell.get(), Qt::Key_Left, Qt::AltModifier);
    EXPECT(shell->currentModule() == s("a"));
    REQUIRE(place.count() == 1);
    EXPECT_EQ(place[0][1].toInt(), 7);
    QTest::keyClick(shell.get(), Qt::Key_Right, Qt::AltModifier);
    EXPECT(shell->currentModule() == s("b"));
    QTest::keyClick(shell.get(), Qt::Key_Right, Qt::AltModifier);
    EXPECT(shell->currentModule() == s("b"));
}

CASE("Ctrl+K and Ctrl+Shift+L ask for search and lock")
{
    auto shell = makeShell();
    QSignalSpy search(shell.get(), &Shell::searchRequested), lock(shell.get(), &Shell::lockRequested);
    QTest::keyClick(shell.get(), Qt::Key_K, Qt::ControlModifier);
    QTest::keyClick(shell.get(), Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(search.count(), 1);
    EXPECT_EQ(lock.count(), 1);
}

CASE("F6 goes from pane to pane and marks the focus as the keyboard's")
{
    auto shell = makeShell();
    shell->findChild<QLineEdit*>(s("left"))->setFocus();
    QTest::keyClick(shell.get(), Qt::Key_F6);
    REQUIRE(QApplication::focusWidget());
    EXPECT(QApplication::focusWidget()->objectName() == s("right"));
    EXPECT(QApplication::focusWidget()->property("kbd").toBool());
    QTest::keyClick(shell.get(), Qt::Key_F6, Qt::ShiftModifier);
    EXPECT(QApplication::focusWidget()->objectName() == s("left"));
    EXPECT(!shell->findChild<QLineEdit*>(s("right"))->property("kbd").toBool());
}

CASE("the width classes follow the window, and large text counts as a narrower one")
{
    auto shell = makeShell();
    EXPECT(shell->widthClass() == WidthClass::Full);
    shell->resize(1366, 900);
    EXPECT(shell->widthClass() == WidthClass::Compact);
    QCoreApplication::processEvents();
    EXPECT(Theme::current().compact());
    shell->resize(1100, 900);
    EXPECT(shell->widthClass() == WidthClass::Narrow);
    shell->resize(800, 600);
    EXPECT(shell->widthClass() == WidthClass::Stack);
    shell->resize(1440, 1030);
    EXPECT(shell->widthClass() == WidthClass::Full);
    Theme::current().setTextSize(TextSize::ExtraLarge);
    EXPECT(shell->widthClass() == WidthClass::Narrow);
    EXPECT(!Theme::current().compact());
    Theme::current().setTextSize(TextSize::Standard);
}

CASE("a change of theme reaches open windows, and every icon renders in both")
{
    auto shell = makeShell();
    QSignalSpy changed(&Theme::current(), &Theme::changed);
    Theme::current().setScheme(Scheme::Dark);
    EXPECT_EQ(changed.count(), 1);
    EXPECT(QApplication::palette().color(QPalette::Base) == color(Color::Surface));
    for (int i = 0; i < int(std::size(kIconNames)); ++i) {
        const QImage image = Theme::current().pixmap(Icon(i), Color::Text, 20, 1).toImage();
        int ink = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x) ink += qAlpha(image.pixel(x, y)) > 100;
        if (!ink) zt::test::failed(__FILE__, __LINE__, kIconNames[i]);
    }
    Theme::current().setScheme(Scheme::Light);
}

CASE("a change of the text size reaches the spacings of open windows, there and back")
{
    QWidget page;
    auto* column = new QVBoxLayout(&page);
    auto* grid = new QGridLayout;
    column->setContentsMargins(px(Px::Space4), px(Px::Space3), px(Px::Space2), 0);
    column->setSpacing(px(Px::Space5));
    column->addSpacing(px(Px::Space6));
    column->addLayout(grid);
    grid->setHorizontalSpacing(px(Px::Space10));
    grid->setVerticalSpacing(px(Px::Space1));
    auto* narrow = new QLabel;
    narrow->setMaximumWidth(px(Px::List));
    auto* fixed = new QFrame;
    fixed->setFixedHeight(px(Px::Space16));
    column->addWidget(narrow);
    column->addWidget(fixed);
    page.show();
    for (const TextSize size : {TextSize::Large, TextSize::ExtraLarge, TextSize::Standard}) {
        Theme::current().setTextSize(size);
        EXPECT(column->contentsMargins() == QMargins(px(Px::Space4), px(Px::Space3), px(Px::Space2), 0));
        EXPECT_EQ(column->spacing(), px(Px::Space5));
        EXPECT_EQ(column->itemAt(0)->spacerItem()->sizeHint().height(), px(Px::Space6));
        EXPECT_EQ(grid->horizontalSpacing(), px(Px::Space10));
        EXPECT_EQ(grid->verticalSpacing(), px(Px::Space1));
        EXPECT_EQ(narrow->maximumWidth(), px(Px::List));
        EXPECT_EQ(fixed->minimumHeight(), px(Px::Space16));
        EXPECT_EQ(fixed->maximumHeight(), px(Px::Space16));
    }
}

CASE("a row is as high as its title needs")
{
    QStandardItemModel model;
    for (const char* title : {"短标题", "关于进一步做好全省各级各部门防汛抗旱准备工作和值班值守的通知"}) {
        auto* item = new QStandardItem;
        item->setData(s(title), role::Title);
        model.appendRow(item);
    }
    RowList list(s("Rows"));
    list.setModel(&model);
    list.resize(336, 400);
    list.show();
    const auto height = [&](int row) { return list.visualRect(model.index(row, 0)).height(); };
    EXPECT_EQ(height(1), px(Px::Row3));
    EXPECT_EQ(height(0), px(Px::Row3) - px(Px::TitleLine));
    list.resize(1200, 400);
    EXPECT(QTest::qWaitFor([&] { return height(1) == height(0); }, 2000));
}

CASE("fields and buttons keep their size on focus")
{
    QWidget page;
    auto* row = new QHBoxLayout(&page);
    const QList<QWidget*> all{new QLineEdit, new QComboBox, new QTextEdit, new Button(s("Send")), (new Button(s("Send")))->big(), new Button(s("More"), ButtonKind::Link), new IconButton(Icon::More, s("More"))};
    for (QWidget* w : all) row->addWidget(w);
    page.show();
    page.activateWindow();
    EXPECT(QTest::qWaitForWindowActive(&page));
    for (QWidget* w : all) {
        const QSize before = w->sizeHint();
        w->setFocus(Qt::TabFocusReason);
        QCoreApplication::processEvents();
        EXPECT(w->hasFocus());
        EXPECT_EQ(w->sizeHint().height(), before.height());
        EXPECT_EQ(w->sizeHint().width(), before.width());
    }
}

CASE("a hundred thousand rows lay out and scroll fast")
{
    ManyRows model;
    RowList list(s("Rows"));
    list.setModel(&model);
    list.resize(336, 800);
    QElapsedTimer clock;
    clock.start();
    list.show();
    list.grab();
    const qint64 first = clock.restart();
    constexpr int kFrames = 100;
    for (int i = 0; i < kFrames; ++i) {
        list.verticalScrollBar()->setValue(i * 137 * 300);
        list.grab();
    }
    const double frame = double(clock.elapsed()) / kFrames;
    std::cout << "  first layout " << first << " ms, frame " << frame << " ms" << std::endl;
    EXPECT(list.verticalScrollBar()->maximum() > 99'000 * (px(Px::Row3) - px(Px::TitleLine)));
    // Wide margins: the machine may be busy. A wrapped title per row without the cache is some ten times slower.
    EXPECT(first < 4000);
    EXPECT(frame < 50);
}

CASE("the timeline gives a long opinion all its lines")
{
    QStandardItemModel model;
    auto* item = new QStandardItem;
    item->setData(s("short"), role::Opinion);
    model.appendRow(item);
    TimelineView view(s("Opinions"));
    view.setModel(&model);
    view.resize(296, 400);
    view.show();
    const int low = view.visualRect(model.index(0, 0)).height();
    item->setData(s("请秘书二科拟办，商市应急局、水利局。").repeated(10), role::Opinion);
    QCoreApplication::processEvents();
    QTRY_VERIFY_WITH_TIMEOUT(view.visualRect(model.index(0, 0)).height() >= low + 5 * Theme::current().line(Type::Body), 1000);
    const int narrow = view.visualRect(model.index(0, 0)).height();
    view.resize(800, 400);
    QTRY_VERIFY_WITH_TIMEOUT(view.visualRect(model.index(0, 0)).height() < narrow, 1000);
}

CASE("unlock hands the passphrase over once, empties the field and overwrites the bytes")
{
    UnlockPage page;
    page.setPersons({{s("x"), s("沈亦舟"), {}, {}}});
    page.show();
    auto* field = page.findChildren<QLineEdit*>().last();
    for (auto* f : page.findChildren<QLineEdit*>())
        if (f->echoMode() == QLineEdit::Password) field = f;
    QByteArray kept;
    QByteArray seen;
    QString id;
    QObject::connect(&page, &UnlockPage::unlockRequested, &page, [&](const QString& who, const QByteArray& secret) {
        id = who;
        kept = secret; // shares the bytes
        seen = QByteArray(secret.constData(), secret.size());
        EXPECT(field->text().isEmpty());
    });
    QTest::keyClicks(field, s("open sesame"));
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT(id == s("x"));
    EXPECT(seen == "open sesame");
    EXPECT(kept == QByteArray(seen.size(), '\0'));
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT(id == s("x"));
}

CASE("a lease that ended: the page shows what to read out and takes the code; the passphrase comes back afterwards, and not by choosing a person")
{
    UnlockPage page;
    page.setPersons({{s("x"), s("沈亦舟"), {}, {}}});
    page.show();
    QLineEdit* pass = nullptr;
    QLineEdit* code = nullptr;
    for (auto* f : page.findChildren<QLineEdit*>()) (f->echoMode() == QLineEdit::Password ? pass : code) = f;
    REQUIRE(pass && code);
    EXPECT(pass->isVisible() && !code->isVisible());
    page.setLease(s("ABCD-EFGH-JKLM-NPQR"));
    page.setPersons({{s("x"), s("沈亦舟"), {}, {}}}); // as every lock does
    EXPECT(!pass->isVisible() && code->isVisible());
    const auto labels = page.findChildren<QLabel*>();
    EXPECT(std::any_of(labels.begin(), labels.end(), [](const auto* l) { return l->isVisible() && l->text() == s("ABCD-EFGH-JKLM-NPQR"); }));
    QString said;
    QObject::connect(&page, &UnlockPage::leaseCodeEntered, &page, [&](const QString& text) { said = text; });
    QTest::keyClick(code, Qt::Key_Return);
    EXPECT(said.isEmpty());
    QTest::keyClicks(code, s("wxyz"));
    QTest::keyClick(code, Qt::Key_Return);
    EXPECT(said == s("wxyz"));
    page.setLeaseError(s("no"));
    EXPECT(code->text() == s("wxyz")); // to be mended, not typed anew
    page.setLease({});
    EXPECT(pass->isVisible() && !code->isVisible() && code->text().isEmpty());
}

CASE("unlock waits after wrong tries and refuses a store that no passphrase opens")
{
    UnlockPage page;
    page.setPersons({{s("x"), s("沈亦舟"), {}, {}}});
    page.show();
    QSignalSpy asked(&page, &UnlockPage::unlockRequested);
    QLineEdit* field = nullptr;
    for (auto* f : page.findChildren<QLineEdit*>())
        if (f->echoMode() == QLineEdit::Password) field = f;
    REQUIRE(field);
    page.setWait(30);
    QTest::keyClicks(field, s("abc"));
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT_EQ(asked.count(), 0);
    page.setWait(0);
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT_EQ(asked.count(), 1);
    page.setStoreProblem(errorText(Err::TooNew, ErrContext::Unlock));
    EXPECT(!field->isVisible());
}

CASE("unlock says what the keyring lacks, keeps the passphrase at hand, and offers the way by two administrators")
{
    UnlockPage page;
    page.setPersons({{s("x"), s("沈亦舟"), {}, {}}});
    page.show();
    QSignalSpy recovery(&page, &UnlockPage::recoveryRequested);
    const auto button = [&]() -> QPushButton* {
        for (auto* b : page.findChildren<QPushButton*>())
            if (b->isVisible() && b->text().startsWith(s("Open with two administrators"))) return b;
        return nullptr;
    };
    EXPECT(!button());
    QSet<QString> different;
    for (const Err kind : {Err::Unavailable, Err::Denied, Err::NotFound, Err::Io}) {
        const QString words = errorText(kind, ErrContext::Keychain);
        different << words;
        page.setFactorProblem(words);
        const auto labels = page.findChildren<QLabel*>();
        EXPECT(std::any_of(labels.begin(), labels.end(), [&](const QLabel* l) { return l->isVisible() && l->text() == words; }));
        REQUIRE(button());
        QTest::mouseClick(button(), Qt::LeftButton);
        EXPECT_EQ(recovery.takeFirst().first().toString(), s("x"));
        for (auto* f : page.findChildren<QLineEdit*>())
            if (f->echoMode() == QLineEdit::Password) EXPECT(f->isVisible());
    }
    EXPECT_EQ(int(different.size()), 4);
    page.setFactorProblem({});
    EXPECT(!button());
}

CASE("enrolment takes a code pasted over many lines and two equal passphrases only")
{
    EnrolPage page;
    page.show();
    QSignalSpy asked(&page, &EnrolPage::enrolRequested);
    auto* code = page.findChild<QPlainTextEdit*>();
    code->setPlainText(s(" AAAA\r\n BBBB\n\tCCCC "));
    QList<QLineEdit*> pass;
    for (auto* f : page.findChildren<QLineEdit*>())
        if (f->echoMode() == QLineEdit::Password) pass << f;
    REQUIRE(pass.size() == 2);
    QTest::keyClicks(pass[0], s("a long sentence"));
    QTest::keyClicks(pass[1], s("another"));
    QTest::keyClick(pass[1], Qt::Key_Return);
    EXPECT_EQ(asked.count(), 0);
    pass[1]->clear();
    QTest::keyClicks(pass[1], s("a long sentence"));
    QTest::keyClick(pass[1], Qt::Key_Return);
    REQUIRE(asked.count() == 1);
    EXPECT(asked[0][0].toString() == s("AAAABBBBCCCC"));
    EXPECT_EQ(passphraseStrength(s("1234567")), 0);
    EXPECT_EQ(passphraseStrength(s("aaaaaaaaaaaaaaaaaaaaaaa")), 1);
    EXPECT_EQ(passphraseStrength(s("春江潮水连海平海上明月")), 3);
}

CASE("every error has words in every place, and never a code")
{
    for (int k = 0; k <= int(Err::Internal); ++k)
        for (int c = 0; c <= int(ErrContext::Settings); ++c) {
            const QString words = errorText(Err(k), ErrContext(c));
            EXPECT(words.size() > 20);
            EXPECT(words.endsWith(QLatin1Char('.')));
            EXPECT(!words.contains(QLatin1Char('%')));
        }
    EXPECT(errorText(Err::Unauthenticated, ErrContext::Unlock) != errorText(Err::Unauthenticated, ErrContext::Enrol));
}

CASE("the undo bar undoes by Ctrl+Z within its time, and settles after it")
{
    auto shell = makeShell();
    UndoBar* bar = shell->undoBar();
    QSignalSpy undone(bar, &UndoBar::undone), settled(bar, &UndoBar::settled);
    bar->show(s("Agreed"));
    auto* field = shell->findChild<QLineEdit*>(s("left"));
    field->setFocus();
    QTest::keyClick(field, Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(undone.count(), 0); // the field's own undo
    field->clearFocus();
    QTest::keyClick(shell.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(undone.count(), 1);
    EXPECT(!bar->isVisible());
    bar->show(s("Agreed"));
    bar->endUndo(); // it has gone; the words stay, without a button
    EXPECT(bar->isVisible() && !bar->findChild<QPushButton*>()->isVisible());
    QTest::keyClick(shell.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(undone.count(), 1);
    bar->show(s("Agreed"), true, 20);
    QTRY_COMPARE_WITH_TIMEOUT(settled.count(), 1, 2000);
    EXPECT_EQ(undone.count(), 1);
}

CASE("folders answer to the keyboard and step over headings")
{
    NavList nav(s("Folders"));
    nav.addHeading(s("In"));
    nav.addRow(1, Icon::Inbox, s("To do"), 5);
    nav.addHeading(s("Out"));
    nav.addRow(2, Icon::Outbox, s("Sent"));
    QSignalSpy chosen(&nav, &NavList::chosen);
    nav.show();
    nav.setCurrent(1);
    QTest::keyClick(&nav, Qt::Key_Down);
    REQUIRE(chosen.count() == 2);
    EXPECT_EQ(chosen[1][0].toInt(), 2);
    EXPECT(nav.model()->index(1, 0).data(Qt::AccessibleTextRole).toString().contains(QLatin1Char('5')));
}

CASE("the audit finds a nameless button and a cut label, and passes named ones")
{
    QWidget page;
    auto* button = new QToolButton(&page);
    button->setIcon(themeIcon(Icon::More));
    auto* label = new QLabel(s("far too long for its place"), &page);
    label->setGeometry(0, 40, 30, 20);
    page.show();
    EXPECT_EQ(unnamedControls(&page).size(), 1);
    EXPECT_EQ(clippedTexts(&page).size(), 1);
    button->setAccessibleName(s("More"));
    label->setGeometry(0, 40, 400, 30);
    EXPECT(unnamedControls(&page).isEmpty());
    EXPECT(clippedTexts(&page).isEmpty());
}

CASE("while an input method composes, Enter and what acts on the words do nothing; afterwards they do")
{
    QWidget page;
    auto* field = new QLineEdit(&page);
    auto* words = new QPlainTextEdit(&page);
    words->move(0, 40);
    int entered = 0, agreed = 0, saved = 0;
    QObject::connect(field, &QLineEdit::returnPressed, &page, [&] { ++entered; });
    QObject::connect(new QShortcut(QKeySequence(s("Alt+Y")), &page), &QShortcut::activated, &page, [&] { ++agreed; });
    QObject::connect(new QShortcut(QKeySequence(s("Ctrl+S")), &page), &QShortcut::activated, &page, [&] { ++saved; });
    page.show();
    page.activateWindow();
    REQUIRE(QTest::qWaitForWindowActive(&page));
    const auto compose = [](QWidget* w, const char* text, const char* commit = "") {
        QInputMethodEvent event(s(text), {});
        event.setCommitString(s(commit));
        QApplication::sendEvent(w, &event);
    };
    const auto press = [&](QWidget* w) {
        QTest::keyClick(w, Qt::Key_Return);
        QTest::keyClick(w, Qt::Key_Enter, Qt::KeypadModifier);
        QTest::keyClick(w, Qt::Key_Y, Qt::AltModifier);
        QTest::keyClick(w, Qt::Key_Tab);
    };
    for (QWidget* w : {static_cast<QWidget*>(field), static_cast<QWidget*>(words)}) {
        w->setFocus();
        compose(w, "nihao");
        press(w);
        EXPECT(w->hasFocus());
    }
    EXPECT_EQ(entered, 0);
    EXPECT_EQ(agreed, 0);
    EXPECT(words->toPlainText().isEmpty());
    QTest::keyClick(words, Qt::Key_S, Qt::ControlModifier); // takes nothing
    EXPECT_EQ(saved, 1);
    compose(words, "", "你好");
    EXPECT_EQ(words->toPlainText(), s("你好"));
    QTest::keyClick(words, Qt::Key_Return);
    EXPECT_EQ(words->toPlainText(), s("你好\n"));
    QTest::keyClick(words, Qt::Key_Y, Qt::AltModifier);
    EXPECT_EQ(agreed, 1);
    field->setFocus();
    EXPECT_EQ(field->text(), QString()); // leaving it gave the composed text up
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT_EQ(entered, 1);
    compose(field, "nihao");
    field->clearFocus(); // the input method ends with the focus, whether it says so or not
    field->setFocus();
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT_EQ(entered, 2);
    compose(field, "nihao");
    QTest::keyClicks(field, s("a")); // letters that come as keys: it was reset without a word
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT_EQ(entered, 3);
}

CASE("an input method is told where the caret is, also after a parent has moved")
{
    QWidget page;
    page.resize(400, 300);
    QWidget box(&page);
    auto* field = new QLineEdit(&box);
    field->move(10, 10);
    box.resize(300, 100);
    page.show();
    page.activateWindow();
    REQUIRE(QTest::qWaitForWindowActive(&page));
    field->setFocus();
    box.move(50, 120);
    QInputMethodEvent event(s("nihao"), {});
    QApplication::sendEvent(field, &event);
    const QRect local = field->inputMethodQuery(Qt::ImCursorRectangle).toRect();
    EXPECT(QGuiApplication::inputMethod()->cursorRectangle().toRect().topLeft() == field->mapTo(&page, local.topLeft()));
}

int main(int argc, char** argv)
{
    QApplication app(argc, argv);
    Theme::current().apply(Scheme::Light, TextSize::Standard, Density::Auto);
    return zt::test::main(argc, argv);
}
