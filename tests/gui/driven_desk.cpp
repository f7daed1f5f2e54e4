// The windows of the real client, driven by JSON lines on standard input, as a person would: by words, mouse and keys. Tests only; no package carries it.
// Each line {"id":n,"do":"…",…} is answered by {"id":n,"ok":true,…}; what happens by itself comes as {"event":…}.
#include "application.h"
#include "finder.h"
#include "main_window.h"
#include "qt_keychain.h"

#include "zt/crypto/selftest.h"
#include "zt/test/keychain.h"
#include "zt/widgets/audit.h"

#include <QAbstractItemModelTester>
#include <QtTest>
#include <QtWidgets>

#include <chrono>
#include <iostream>
#include <map>
#include <thread>
#include <unistd.h>

using namespace zt;
using gui::json;
using gui::Kind;

namespace {

app::Application* g_app = nullptr;
QStringList g_warnings, g_modelFaults;
int g_models = 0;

void say(const json& j) { std::cout << j.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl; }

QString text(const json& r, const char* key) { return QString::fromStdString(r.value(key, std::string())); }
json strings(const QStringList& list)
{
    json out = json::array();
    for (const QString& s : list) out.push_back(s.toStdString());
    return out;
}

//! Qt's own words of trouble are collected: a test asks for them at the end.
void collect(QtMsgType type, const QMessageLogContext& context, const QString& message)
{
    if (type == QtDebugMsg || type == QtInfoMsg) return;
    if (qstrcmp(context.category, "qt.modeltest") == 0) g_modelFaults << message;
    else g_warnings << message;
    std::cerr << message.toStdString() << std::endl;
}

struct Missing {
    std::string what;
};

QWidget* need(const json& r, Kind kind)
{
    const json target = r.contains("target") ? r["target"] : json::object();
    if (QWidget* w = gui::find(target, kind)) return w;
    throw Missing{"nothing on the screen matches " + target.dump()};
}

void activate(QWidget* w)
{
    const QPointer<QWidget> top = w->window(), wanted = w;
    if (top->isActiveWindow() || top->windowType() == Qt::Popup) return;
    top->raise();
    top->activateWindow();
    const bool active = QTest::qWaitFor([&] { return !wanted || !top || top->isActiveWindow(); }, 300);
    if (!wanted || !top) throw Missing{"it went away before it could be used"};
    if (!active) QApplication::setActiveWindow(top);
}

void show(QWidget* w)
{
    for (QWidget* p = w->parentWidget(); p; p = p->parentWidget())
        if (auto* area = qobject_cast<QScrollArea*>(p)) area->ensureWidgetVisible(w);
}

json click(const json& r)
{
    QWidget* w = need(r, r.contains("kind") ? Kind::Any : Kind::Button);
    if (!w->isEnabled()) throw Missing{"it is there but cannot be used now"};
    activate(w);
    show(w);
    const bool check = qobject_cast<QCheckBox*>(w) || qobject_cast<QRadioButton*>(w);
    QTest::mouseClick(w, Qt::LeftButton, {}, check ? QPoint(8, w->height() / 2) : w->rect().center());
    return {};
}

json tab(const json& r)
{
    const auto words = gui::pattern(r["like"]);
    for (int nth = 0;; ++nth) {
        auto* bar = qobject_cast<QTabBar*>(gui::find({{"nth", nth}}, Kind::Tabs));
        if (!bar) throw Missing{"no such tab"};
        for (int i = 0; i < bar->count(); ++i) {
            if (!words.match(QString(bar->tabText(i)).remove(QLatin1Char('&'))).hasMatch()) continue;
            activate(bar);
            QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(i).center());
            return {};
        }
    }
}

void typeOne(QWidget* w, const QString& cluster)
{
    if (cluster == QLatin1String("\n")) return QTest::keyClick(w, Qt::Key_Return);
    if (cluster.size() == 1 && cluster.at(0).unicode() < 0x80) return QTest::keyClick(w, cluster.at(0).toLatin1());
    // As an input method does it: composing first, then the word.
    QInputMethodEvent composing(QStringLiteral("pin"), {});
    QApplication::sendEvent(w, &composing);
    QInputMethodEvent done;
    done.setCommitString(cluster);
    QApplication::sendEvent(w, &done);
}

json type(const json& r)
{
    QWidget* w = r.contains("target") ? need(r, Kind::Edit) : QApplication::focusWidget();
    if (!w) throw Missing{"nothing has the focus"};
    activate(w);
    show(w);
    if (r.contains("target")) {
        w->setFocus(Qt::OtherFocusReason);
        if (r.value("clear", false)) {
            QTest::keySequence(w, QKeySequence::SelectAll);
            QTest::keyClick(w, Qt::Key_Delete);
        }
        if (r.value("end", false)) QTest::keyClick(w, Qt::Key_End, Qt::ControlModifier);
    }
    const int every = r.value("every_ms", 0);
    int n = 0;
    for (const uint c : text(r, "text").toUcs4()) {
        const char32_t one = c;
        typeOne(w, QString::fromUcs4(&one, 1));
        if (every) {
            say({{"event", "typed"}, {"n", ++n}, {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count()}});
            QTest::qWait(every);
        }
    }
    return {};
}

json paste(const json& r)
{
    QWidget* w = need(r, Kind::Edit);
    activate(w);
    w->setFocus(Qt::OtherFocusReason);
    QApplication::clipboard()->setText(text(r, "text"));
    QTest::keySequence(w, QKeySequence::Paste);
    return {};
}

json keys(const json& r)
{
    QWidget* top = r.contains("target") ? need(r, Kind::Any)->window() : gui::front();
    if (!top) throw Missing{"no window"};
    activate(top);
    QWidget* w = top->focusWidget();
    QTest::keySequence(w ? w : top, QKeySequence(text(r, "keys")));
    return {};
}

json rows(const json& r)
{
    auto* view = static_cast<QAbstractItemView*>(need(r, Kind::View));
    json out = json::array();
    for (int i = 0; view->model() && i < view->model()->rowCount(view->rootIndex()); ++i) out.push_back(strings(gui::rowTexts(view->model()->index(i, 0, view->rootIndex()))));
    return {{"rows", out}};
}

json pick(const json& r)
{
    const auto words = gui::pattern(r["like"]);
    json target = r.contains("target") ? r["target"] : json::object();
    const int from = target.value("nth", 0);
    for (int nth = from;; ++nth) {
        target["nth"] = nth;
        auto* view = static_cast<QAbstractItemView*>(gui::find(target, Kind::View));
        if (!view) throw Missing{"no such row"};
        const QModelIndex row = gui::findRow(view, words);
        if (!row.isValid()) continue;
        activate(view);
        view->scrollTo(row);
        const QPoint at = view->visualRect(row).center();
        const std::string how = r.value("how", "click");
        if (how == "check") {
            view->setCurrentIndex(row);
            view->setFocus(Qt::OtherFocusReason);
            QTest::keyClick(view, Qt::Key_Space);
        } else {
            QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, at);
            if (how == "double") QTest::mouseDClick(view->viewport(), Qt::LeftButton, {}, at);
            if (how == "enter") QTest::keyClick(view, Qt::Key_Return);
        }
        return {};
    }
}

json choose(const json& r)
{
    auto* combo = static_cast<QComboBox*>(need(r, Kind::Combo));
    const auto words = gui::pattern(r["like"]);
    for (int i = 0; i < combo->count(); ++i) {
        if (!words.match(combo->itemText(i)).hasMatch()) continue;
        activate(combo);
        show(combo);
        combo->showPopup();
        combo->view()->setCurrentIndex(combo->model()->index(i, combo->modelColumn()));
        QTest::keyClick(combo->view(), Qt::Key_Return);
        return {};
    }
    throw Missing{"no such choice"};
}

json file(const json& r)
{
    for (QWidget* w : gui::windows()) {
        auto* dialog = qobject_cast<QFileDialog*>(w);
        if (!dialog) continue;
        auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
        if (!name) break;
        activate(dialog);
        name->setText(text(r, "path"));
        QTest::keyClick(name, Qt::Key_Return);
        return {};
    }
    throw Missing{"no window asks for a file"};
}

json drop(const json& r)
{
    QWidget* w = need(r, Kind::Any);
    activate(w);
    QMimeData mime;
    QList<QUrl> urls;
    for (const auto& f : r["files"]) urls << QUrl::fromLocalFile(QString::fromStdString(f.get<std::string>()));
    mime.setUrls(urls);
    const QPoint at = w->rect().center();
    QDragEnterEvent enter(at, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(w, &enter);
    if (!enter.isAccepted()) throw Missing{"the window does not take files"};
    QDropEvent event(at, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(w, &event);
    return {};
}

QString wordsIn(const QWidget* field)
{
    for (const char* p : {"plainText", "currentText"})
        if (const QVariant v = field->property(p); v.isValid()) return v.toString();
    return field->property("text").toString();
}

json value(const json& r)
{
    return {{"value", wordsIn(need(r, Kind::Any)).toStdString()}};
}

json status()
{
    const auto desk = g_app->desk();
    if (!desk) return {{"open", false}};
    const desk::Status s = desk->status();
    static const char* factors[] = {"off", "on", "no_service", "locked", "failed", "no_recovery"};
    static const char* links[] = {"online", "connecting", "no_network", "hub_unreachable", "identity_refused"};
    return {{"open", true}, {"locked", g_app->isLocked()}, {"link", links[int(s.link)]}, {"live", s.live}, {"last_contact", s.lastContact}, {"unsent", s.unsent},
            {"uploads", s.uploads}, {"attention", s.attention}, {"factor", factors[int(s.secondFactor)]}, {"closed", s.closed.has_value()}, {"clock_wrong", s.clockWrong}, {"unit", desk->me().unit}, {"person", desk->me().person}};
}

json look(const json& r)
{
    desk::Settings s = g_app->settings();
    const auto set = [&](const char* key, std::string& member) { if (r.contains(key)) member = r[key].get<std::string>(); };
    set("language", s.language);
    set("theme", s.theme);
    set("textSize", s.textSize);
    set("density", s.density);
    s.idleLockMinutes = r.value("idle", s.idleLockMinutes);
    g_app->changeSettings(s);
    if (r.contains("width"))
        if (QWidget* w = gui::front()) w->window()->resize(r["width"].get<int>(), r["height"].get<int>());
    return {};
}

void watchModels()
{
    for (QWidget* top : QApplication::topLevelWidgets())
        for (auto* m : top->findChildren<QAbstractItemModel*>()) {
            // Qt's own tree model gives every column the same children, which the tester does not like.
            const bool qts = qstrncmp(m->metaObject()->className(), "Q", 1) == 0 && !qobject_cast<QStandardItemModel*>(m);
            if (qts || m->property("zt_tested").toBool()) continue;
            m->setProperty("zt_tested", true);
            new QAbstractItemModelTester(m, QAbstractItemModelTester::FailureReportingMode::Warning, m);
            ++g_models;
        }
}

//! Sees every paint of every window.
class Painting : public QObject {
public:
    explicit Painting(QObject* app) : QObject(app) { app->installEventFilter(this); }
    QElapsedTimer last;

protected:
    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Paint || event->type() == QEvent::Show || event->type() == QEvent::LayoutRequest) last.start();
        return false;
    }
};

// Until nothing was painted for a while and no page is being laid out. A blinking cursor is slower than that.
json still(const json& r)
{
    static auto* painting = new Painting(qApp);
    const int quiet = r.value("quiet_ms", 100), longest = 5000;
    QElapsedTimer all;
    all.start();
    painting->last.start();
    const auto busy = [&] { return painting->last.elapsed() < quiet || QThreadPool::globalInstance()->activeThreadCount() > 0; };
    while (busy() && all.elapsed() < longest) QTest::qWait(5);
    return {};
}

json audit()
{
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest); // as before a paint
    QStringList unnamed, clipped;
    for (QWidget* w : gui::windows()) {
        unnamed << widgets::unnamedControls(w);
        clipped << widgets::clippedTexts(w);
    }
    return {{"unnamed", strings(unnamed)}, {"clipped", strings(clipped)}};
}

QRect caret(const QWidget* field)
{
    const QRect r = field->inputMethodQuery(Qt::ImCursorRectangle).toRect();
    return {field->mapToGlobal(r.topLeft()), r.size()};
}

// What an input method and Enter would find wrong in one field while text is being composed in it.
QStringList composeIn(QWidget* field)
{
    const QString composed = QStringLiteral("nihao"), name = QStringLiteral("%1 %2: ").arg(QLatin1String(field->metaObject()->className()), field->accessibleName());
    QStringList faults;
    const auto need = [&](bool good, const char* what) { if (!good) faults << name + QLatin1String(what); };
    activate(field);
    show(field);
    field->setFocus(Qt::OtherFocusReason);
    if (!field->hasFocus()) return {name + QLatin1String("does not take the focus")};
    const QString before = wordsIn(field);
    const bool invalid = field->property("invalid").toBool();
    const QWidgetList windows = gui::windows();
    const QRect empty = caret(field);
    const auto compose = [&](const QString& text) {
        QInputMethodEvent event(text, {{QInputMethodEvent::Cursor, int(text.size()), 1, {}}});
        QApplication::sendEvent(field, &event);
    };
    compose(composed);
    const QRect full = caret(field);
    const QRect told = QGuiApplication::inputMethod()->cursorRectangle().toRect().translated(field->window()->mapToGlobal(QPoint()));
    need(wordsIn(field) == before, "composed text counts as typed");
    need(full.height() > 0 && QRect(field->mapToGlobal(QPoint()), field->size()).contains(full.center()), "the caret an input method is told of is outside the field");
    need((told.topLeft() - full.topLeft()).manhattanLength() <= 2, "the input method has another place for the caret");
    auto* line = qobject_cast<QLineEdit*>(field);
    const bool hidden = line && line->echoMode() != QLineEdit::Normal;
    const bool room = empty.x() + 2 * field->fontMetrics().horizontalAdvance(composed) < field->mapToGlobal(QPoint(field->width(), 0)).x();
    if (!hidden && room && full.y() == empty.y()) need(std::abs(full.x() - empty.x() - field->fontMetrics().horizontalAdvance(composed)) <= 3, "the caret is not behind the composed text");
    for (const auto& [key, with] : {std::pair(Qt::Key_Return, Qt::NoModifier), {Qt::Key_Enter, Qt::KeypadModifier}, {Qt::Key_Return, Qt::ControlModifier}, {Qt::Key_Escape, Qt::NoModifier},
                                    {Qt::Key_Down, Qt::NoModifier}, {Qt::Key_Tab, Qt::NoModifier}, {Qt::Key_Y, Qt::AltModifier}}) {
        QTest::keyClick(field, key, with);
        need(field->hasFocus() && field->isVisible() && gui::windows() == windows, "a key acts while text is being composed");
        need(wordsIn(field) == before && field->property("invalid").toBool() == invalid, "a key takes the words while text is being composed");
        if (!faults.isEmpty()) break;
    }
    compose({});
    need(wordsIn(field) == before, "composing given up leaves something");
    return faults;
}

json composing()
{
    QStringList faults, fields;
    const QPointer<QWidget> focus = QApplication::focusWidget();
    QWidget* top = gui::front();
    if (!top) return {{"fields", 0}};
    for (QWidget* w : top->findChildren<QWidget*>()) {
        const bool text = qobject_cast<QLineEdit*>(w) || qobject_cast<QPlainTextEdit*>(w) || qobject_cast<QTextEdit*>(w) || qobject_cast<QComboBox*>(w) || qobject_cast<QAbstractSpinBox*>(w);
        if (!w->isVisible() || w->window() != top || !w->isEnabled() || w->focusProxy()) continue;
        const bool takes = w->testAttribute(Qt::WA_InputMethodEnabled) && w->inputMethodQuery(Qt::ImEnabled).toBool();
        if (!text && takes) faults << QLatin1String(w->metaObject()->className()) + QStringLiteral(": takes an input method but no text");
        if (!text || !takes || w->property("readOnly").toBool() || w->focusPolicy() == Qt::NoFocus) continue;
        fields << w->accessibleName();
        faults << composeIn(w);
    }
    if (focus) focus->setFocus(Qt::OtherFocusReason);
    return {{"fields", strings(fields)}, {"faults", strings(faults)}};
}

json see(const json& r)
{
    const auto words = gui::pattern(r["like"]);
    for (const QString& s : gui::visibleTexts())
        if (words.match(s).hasMatch()) return {{"seen", true}, {"text", s.toStdString()}};
    return {{"seen", false}};
}

json info(const json& r)
{
    QWidget* w = gui::find(r["target"], Kind::Any);
    if (!w) return {{"there", false}};
    json items = json::array();
    if (auto* combo = qobject_cast<QComboBox*>(w))
        for (int i = 0; i < combo->count(); ++i) items.push_back(combo->itemText(i).toStdString());
    return {{"there", true}, {"description", w->accessibleDescription().toStdString()}, {"tooltip", w->toolTip().toStdString()}, {"items", items}, {"enabled", w->isEnabled()}, {"focus", w->hasFocus()}, {"class", w->metaObject()->className()}, {"width", w->width()}, {"height", w->height()}};
}

json focus(const json& r)
{
    QWidget* w = r.contains("target") ? need(r, Kind::Any)->window()->focusWidget() : QApplication::focusWidget();
    if (!w) return {{"there", false}};
    return {{"there", true}, {"class", w->metaObject()->className()}, {"object", w->objectName().toStdString()}, {"name", w->accessibleName().toStdString()}, {"window", w->window()->windowTitle().toStdString()}};
}

json closeWindow(const json& r)
{
    QWidget* w = r.contains("target") ? need(r, Kind::Any)->window() : gui::front();
    if (w) w->close();
    return {};
}

//! "session": the real one; a folder: one in it; nothing: none.
std::shared_ptr<desk::Keychain> keychain(const std::string& where)
{
    if (where.empty()) return nullptr;
    if (where == "session") return std::make_shared<app::QtKeychain>();
    return std::make_shared<test::FileKeychain>(where);
}

using Handler = std::function<json(const json&)>;

const std::map<std::string, Handler>& handlers()
{
    static const std::map<std::string, Handler> all{
        {"click", click}, {"tab", tab}, {"type", type}, {"paste", paste}, {"keys", keys}, {"rows", rows}, {"pick", pick}, {"choose", choose}, {"file", file},
        {"drop", drop}, {"value", value}, {"look", look}, {"still", still}, {"see", see}, {"info", info}, {"close", closeWindow},
        {"focus", focus},
        {"status", [](const json&) { return status(); }},
        {"audit", [](const json&) { return audit(); }},
        {"composing", [](const json&) { return composing(); }},
        {"texts", [](const json&) { return json{{"texts", strings(gui::visibleTexts())}}; }},
        {"retry", [](const json&) { if (g_app->desk()) g_app->desk()->retryNow(); return json::object(); }},
        {"minute", [](const json& r) { g_app->setMinuteForTests(r["ms"].get<int>()); return json::object(); }},
        {"shot", [](const json& r) { return json{{"saved", gui::picture(r.contains("target") ? need(r, Kind::Any)->window() : nullptr).save(text(r, "path"))}}; }},
        {"models", [](const json&) { watchModels(); return json{{"models", g_models}, {"faults", strings(g_modelFaults)}}; }},
        {"warnings", [](const json&) { return json{{"warnings", strings(g_warnings)}}; }},
        {"quit", [](const json&) { QCoreApplication::quit(); return json::object(); }},
    };
    return all;
}

void handle(const json& r)
{
    json reply;
    try {
        const auto it = handlers().find(r.value("do", std::string()));
        reply = it == handlers().end() ? throw Missing{"no such command"} : it->second(r);
        if (reply.is_null()) reply = json::object();
        reply["ok"] = true;
    } catch (const Missing& m) {
        reply = {{"ok", false}, {"error", m.what}};
    } catch (const json::exception& e) {
        reply = {{"ok", false}, {"error", e.what()}};
    }
    reply["id"] = r.value("id", 0);
    say(reply);
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication::setApplicationName(QStringLiteral("zhengtong"));
    QCoreApplication::setApplicationVersion(QStringLiteral("0.1.0"));
    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QCoreApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    if (!crypto::start()) return 3;
    qInstallMessageHandler(collect);
    QApplication qt(argc, argv);
    std::map<std::string, std::string> options;
    for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
    if (!options.contains("--data")) return 2;
    const auto policy = options.contains("--policy") ? desk::readPolicy(options["--policy"], geteuid()) : desk::Policy();
    app::Application zhengtong{std::filesystem::path(options["--data"]), policy, keychain(options["--keychain"])};
    g_app = &zhengtong;
    QObject::connect(&zhengtong, &app::Application::notified, &zhengtong,
                     [](const QString& title, const QString& words) { say({{"event", "notified"}, {"title", title.toStdString()}, {"text", words.toStdString()}}); });
    zhengtong.start();
    std::thread input([] {
        std::string line;
        while (std::getline(std::cin, line)) {
            auto r = json::parse(line, nullptr, false);
            if (!r.is_discarded()) QMetaObject::invokeMethod(qApp, [r] { handle(r); }, Qt::QueuedConnection);
        }
        QMetaObject::invokeMethod(qApp, [] { QCoreApplication::quit(); }, Qt::QueuedConnection);
    });
    const int code = QApplication::exec();
    // The reader waits in getline for a line that may never come.
    input.detach();
    return code;
}
