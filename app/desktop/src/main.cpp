#include "activation.h"
#include "application.h"
#include "qt_keychain.h"

#include "zt/base/log.h"
#include "zt/crypto/selftest.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QTimer>

#include <cstdio>
#include <cstring>
#include <optional>
#include <sys/prctl.h>

#ifndef ZT_VERSION
#define ZT_VERSION "0"
#endif

namespace {

struct Options {
    QCommandLineOption data{QStringLiteral("data"), QStringLiteral("Folder of the stores on this computer"), QStringLiteral("folder")};
    QCommandLineOption report{QStringLiteral("policy-report"), QStringLiteral("Print every setting in force, where it comes from, and what of the managed policy was refused; exit code 1 if anything was")};
    QCommandLineOption folder{QStringLiteral("policy-folder"), QStringLiteral("With --policy-report: look at this folder, e.g. before it is rolled out. The windows always use %1").arg(QLatin1String(zt::desk::kPolicyFolder)), QStringLiteral("folder")};
    QCommandLineOption json{QStringLiteral("json"), QStringLiteral("With --policy-report: print JSON")};
    QCommandLineOption language{QStringLiteral("lang"), QStringLiteral("With --policy-report: zh or en; otherwise as the environment says"), QStringLiteral("language")};
    QCommandLineOption schema{QStringLiteral("policy-schema"), QStringLiteral("Print the JSON Schema of a policy file")};

    void add(QCommandLineParser& parser) const
    {
        parser.setApplicationDescription(QStringLiteral("Zhengtong desktop"));
        parser.addHelpOption();
        parser.addVersionOption();
        parser.addOptions({data, report, folder, json, language, schema});
    }
    [[nodiscard]] std::filesystem::path root(const QCommandLineParser& parser) const
    {
        return parser.isSet(data) ? std::filesystem::path(parser.value(data).toStdString()) : zt::desk::defaultRoot();
    }
};

bool given(int argc, char** argv, const char* option)
{
    for (int i = 1; i < argc; ++i)
        if (!std::strcmp(argv[i], option)) return true;
    return false;
}

//! For administrators, over ssh too: needs no screen and opens no store.
int policyReport(int argc, char** argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    const Options options;
    options.add(parser);
    parser.process(app);
    if (parser.isSet(options.schema)) {
        std::fputs(zt::desk::policySchema().c_str(), stdout);
        return 0;
    }
    QString language = parser.value(options.language);
    for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (language.isEmpty()) language = qEnvironmentVariable(variable);
    const auto tongue = language.startsWith(QLatin1String("zh")) ? zt::desk::Tongue::Chinese : zt::desk::Tongue::English;
    const std::filesystem::path folder = parser.isSet(options.folder) ? parser.value(options.folder).toStdString() : std::string(zt::desk::kPolicyFolder);
    const auto policy = zt::desk::readPolicy(folder);
    const auto print = parser.isSet(options.json) ? zt::desk::policyReportJson : zt::desk::policyReport;
    std::fputs(print(policy, folder, options.root(parser), tongue, std::nullopt).c_str(), stdout);
    return policy.refused().empty() ? 0 : 1;
}

} // namespace

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
    if (given(argc, argv, "--policy-report") || given(argc, argv, "--policy-schema")) return policyReport(argc, argv);
    QApplication app(argc, argv);
    QApplication::setQuitOnLastWindowClosed(true);
    QCommandLineParser parser;
    const Options options;
    options.add(parser);
#ifdef ZT_BENCH_DOOR
    QCommandLineOption door(QStringLiteral("bench-open"), QStringLiteral("Open this account folder; store key and signing seed are read from standard input"), QStringLiteral("folder"));
    parser.addOption(door);
#endif
    parser.process(app);
    // One desk for a person's own stores: another start shows the window of the first. A folder given by name is a desk of its own.
    std::optional<zt::app::Activation> activation;
    if (!parser.isSet(options.data)) {
        activation.emplace();
        if (!activation->first() && activation->showFirst()) return 0;
    }
    zt::app::Application zhengtong(options.root(parser), zt::desk::readPolicy(), std::make_shared<zt::app::QtKeychain>());
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
