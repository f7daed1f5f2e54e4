#include "terminal.h"

#include "zt/base/log.h"
#include "zt/crypto/selftest.h"

#include <iostream>

int main(int argc, char** argv)
{
    using namespace zt;
    if (auto ready = crypto::start(); !ready) {
        std::cerr << "zhengtong-ctl: the self-test of the cryptography failed; nothing was done\n";
        return ctl::kFailed;
    }
    CLI::App app("Administration of a Zhengtong hub: it works on the hub's data folder, whether the hub runs or not.");
    app.set_version_flag("--version", ZT_VERSION);
    app.require_subcommand(1);
    app.footer("Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 evidence was tampered with.");
    std::string language;
    app.add_option("--lang", language, "Language of reports: en or zh; otherwise as the environment says")->check(CLI::IsMember({"en", "zh"}));
    app.parse_complete_callback([&] {
        ctl::setLanguage(language);
        setLogLevel(Level::Warning);
    });
    ctl::addProvince(app);
    ctl::addPeople(app);
    ctl::addDirectory(app);
    ctl::addPolicy(app);
    ctl::addCare(app);
    ctl::addLog(app);
    ctl::addErase(app);
    ctl::addEvidence(app);
    ctl::addDoctor(app);
    ctl::addRecovery(app);
    ctl::addBpmn(app);
    ctl::addSimulate(app);
    ctl::addDemo(app);
    ctl::addDmnTck(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? ctl::kOk : ctl::kUsage;
    } catch (const ctl::Exit& e) {
        if (!e.words.empty()) std::cerr << "zhengtong-ctl: " << e.words << '\n';
        return e.code;
    }
    return ctl::kOk;
}
