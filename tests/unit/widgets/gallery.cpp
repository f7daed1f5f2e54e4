//! Shows everything of widgets in every look, takes a picture of each, and asks audit.h about each.

#include "gallery_screens.h"

#include "zt/test/test.h"
#include "zt/widgets/audit.h"
#include "zt/widgets/theme.h"

#include <QtWidgets>

using namespace zt::widgets;

namespace {

struct Look {
    const char* name;
    Scheme scheme;
    TextSize text;
    QSize size;
};

const Look kLooks[] = {
    {"light", Scheme::Light, TextSize::Standard, {1440, 900}},
    {"dark", Scheme::Dark, TextSize::Standard, {1440, 900}},
    {"large", Scheme::Light, TextSize::Large, {1440, 900}},
    {"extra-large", Scheme::Dark, TextSize::ExtraLarge, {1440, 900}},
    {"1366x768", Scheme::Light, TextSize::Standard, {1366, 768}},
    {"683x384", Scheme::Light, TextSize::Standard, {683, 384}},
};

void wait(int ms)
{
    QElapsedTimer t;
    t.start();
    while (t.elapsed() < ms) QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
}

void take(const Look& look, const char* name, QWidget* (*make)(), bool scrolls)
{
    // Widgets read lengths when they are made, as after a start; a change while open is tested in unit_widgets.
    Theme::current().apply(look.scheme, look.text, Density::Auto);
    Theme::current().setCramped(look.size.height() < 800);
    std::unique_ptr<QWidget> page(make());
    page->resize(look.size);
    page->show();
    page->activateWindow();
    wait(350);
    if (auto* rows = page->findChild<QWidget*>(QStringLiteral("rows"))) rows->setFocus(Qt::MouseFocusReason);
    if (auto* focus = page->findChild<QWidget*>(QStringLiteral("focus"))) focus->setFocus(Qt::TabFocusReason);
    wait(50);
    const QString file = QStringLiteral("%1/%2-%3@%4.png").arg(QStringLiteral(ZT_SHOTS), QString::fromLatin1(name), QString::fromLatin1(look.name)).arg(page->devicePixelRatioF());
    EXPECT(page->grab().save(file));
    for (const QString& found : unnamedControls(page.get())) zt::test::failed("unnamed", 0, std::string(look.name) + " " + name + ": " + found.toStdString());
    if (scrolls && page->size() != look.size) return; // a board of widgets asks for more room than this look has
    EXPECT_EQ(page->width(), look.size.width());
    for (const QString& found : clippedTexts(page.get())) zt::test::failed("clipped", 0, std::string(look.name) + " " + name + ": " + found.toStdString());
}

} // namespace

int main(int argc, char** argv)
{
    QApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication app(argc, argv);
    QDir().mkpath(QStringLiteral(ZT_SHOTS));
    for (const Look& look : kLooks) {
        take(look, "documents", gallery::documents, false);
        take(look, "unlock", gallery::unlock, false);
        take(look, "unlock-problem", gallery::unlockProblem, false);
        take(look, "enrol", gallery::enrol, false);
        take(look, "components", gallery::components, true);
        take(look, "states", gallery::states, true);
    }
    std::cout << zt::test::failures() << " failures" << std::endl;
    return zt::test::failures() ? 1 : 0;
}
