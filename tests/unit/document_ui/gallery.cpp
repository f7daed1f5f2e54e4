//! Shows every screen over the fake desk in every look, takes a picture of each, and asks audit.h about each. Arguments: substrings of what to show.

#include "fake_desk.h"
#include "screens.h"
#include "zt/document_ui/words.h"
#include "zt/test/test.h"
#include "zt/widgets/audit.h"
#include "zt/widgets/theme.h"

#include <QtWidgets>

using namespace zt::widgets;
using zt::test::FakeDesk;

namespace {

struct Look {
    const char* name;
    Scheme scheme;
    TextSize text;
    QSize size;
};
const Look kLooks[] = {
    {"light", Scheme::Light, TextSize::Standard, {1440, 900}},   {"dark", Scheme::Dark, TextSize::Standard, {1440, 900}},   {"large", Scheme::Light, TextSize::Large, {1440, 900}},
    {"1366x768", Scheme::Light, TextSize::Standard, {1366, 768}}, {"1024x768", Scheme::Dark, TextSize::Standard, {1024, 768}},
};

// Until the desk has answered everything, the pages are laid out and nothing is left to paint.
void settle(const FakeDesk& desk)
{
    constexpr int kQuiet = 3, kLongest = 5000;
    QElapsedTimer t;
    t.start();
    for (int quiet = 0; quiet < kQuiet && t.elapsed() < kLongest;) {
        QCoreApplication::processEvents();
        const bool busy = desk.pending > 0 || QThreadPool::globalInstance()->activeThreadCount() > 0;
        quiet = busy ? 0 : quiet + 1;
        QThread::msleep(1);
    }
    EXPECT(t.elapsed() < kLongest);
}

constexpr int kQuick = 80; // little compression, no loss

void take(const Look& look, const Screen& screen, const QString& language)
{
    Theme::current().apply(look.scheme, look.text, Density::Auto);
    Theme::current().setCramped(look.size.height() < 820 || look.size.width() < 1400);
    FakeDesk desk;
    std::unique_ptr<QWidget> page(screen.make(desk, look.size));
    page->resize(look.size);
    page->show();
    page->activateWindow();
    settle(desk);
    const QString file = QStringLiteral("%1/doc-%2-%3%4.png").arg(QStringLiteral(ZT_SHOTS), QString::fromLatin1(screen.name), QString::fromLatin1(look.name), language);
    EXPECT(page->grab().save(file, "PNG", kQuick));
    const std::string where = std::string(look.name) + " " + screen.name + language.toStdString() + ": ";
    for (const QString& found : unnamedControls(page.get())) zt::test::failed("unnamed", 0, where + found.toStdString());
    for (const QString& found : clippedTexts(page.get())) zt::test::failed("clipped", 0, where + found.toStdString());
    EXPECT_EQ(page->width(), look.size.width());
}

} // namespace

int main(int argc, char** argv)
{
    qputenv("TZ", "Asia/Shanghai");
    QApplication app(argc, argv);
    QDir().mkpath(QStringLiteral(ZT_SHOTS));
    zt::document_ui::setNowForTests(FakeDesk::kNow);
    const QStringList wanted = app.arguments().mid(1);
    const auto all = [&](const QString& language) {
        for (const Look& look : kLooks)
            for (const Screen& screen : screens()) {
                const QString name = QStringLiteral("doc-%1-%2%3").arg(QString::fromLatin1(screen.name), QString::fromLatin1(look.name), language);
                if (language.isEmpty() && look.scheme == Scheme::Dark && wanted.isEmpty()) continue; // the words are the same in the dark
                const bool shown = wanted.isEmpty() || std::any_of(wanted.begin(), wanted.end(), [&](const QString& w) { return name.contains(w); });
                if (shown) take(look, screen, language);
            }
    };
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    all({});
    QTranslator chinese;
    for (const char* file : {ZT_QM, ":/i18n/zhengtong_zh_CN.qm"}) {
        if (!chinese.load(QString::fromUtf8(file))) continue;
        app.installTranslator(&chinese);
        QLocale::setDefault(QLocale(QLocale::Chinese, QLocale::China));
        all(QStringLiteral("-zh"));
        break;
    }
    std::cout << zt::test::failures() << " failures" << std::endl;
    return zt::test::failures() ? 1 : 0;
}
