#include "activation.h"
#include "application.h"

#include "zt/base/log.h"
#include "zt/crypto/selftest.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QTimer>
#include <optional>
#include <sys/prctl.h>

#ifndef ZT_VERSION
#define ZT_VERSION "0"
#endif

int main(int argc, char** argv)
{
    QCoreApplication::setApplicationName(QStringLiteral("zhengtong"));
    QCoreApplication::setApplicationVersion(QStringLiteral(ZT_VERSION));
    QGuiApplication::setDesktopFileName(QString::fromLatin1(zt::app::Activation::kName));
    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    // No core dump may carry keys or content.
    prctl(PR_SET_DUMPABLE, 0);
    if (const auto good = zt::crypto::start(); !good) {
        zt::log(zt::Level::Error, "self_test_failed", {{"kind", zt::Safe{zt::name(good.error().kind)}}});
        return 3;
    }
    QApplication app(argc, argv);
    QApplication::setQuitOnLastWindowClosed(true);
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Zhengtong desktop"));
    parser.addHelpOption();
    parser.addVersionOption();
    QCommandLineOption data(QStringLiteral("data"), QStringLiteral("Folder of the stores on this computer"), QStringLiteral("folder"));
    parser.addOption(data);
#ifdef ZT_BENCH_DOOR
    QCommandLineOption door(QStringLiteral("bench-open"), QStringLiteral("Open this account folder; store key and signing seed are read from standard input"), QStringLiteral("folder"));
    parser.addOption(door);
#endif
    parser.process(app);
    const auto root = parser.isSet(data) ? std::filesystem::path(parser.value(data).toStdString()) : zt::desk::defaultRoot();
    // One desk for a person's own stores: another start shows the window of the first. A folder given by name is a desk of its own.
    std::optional<zt::app::Activation> activation;
    if (!parser.isSet(data)) {
        activation.emplace();
        if (!activation->first() && activation->showFirst()) return 0;
    }
    zt::app::Application zhengtong(root);
#ifdef ZT_BENCH_DOOR
    if (parser.isSet(door)) {
        auto keys = zt::desk::BenchDoor::readKeys(0);
        if (!keys) return 2;
        zhengtong.openWithKeys(parser.value(door).toStdString(), std::move(*keys));
        return QApplication::exec();
    }
#endif
    zhengtong.start();
    if (activation && activation->first()) {
        QObject::connect(&*activation, &zt::app::Activation::asked, &zhengtong, &zt::app::Application::bringToFront);
        QTimer::singleShot(0, &*activation, &zt::app::Activation::offer); // after the window is there: the bus takes its time
    }
    return QApplication::exec();
}
