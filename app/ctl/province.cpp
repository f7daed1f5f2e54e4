#include "terminal.h"

#include "zt/base/id.h"
#include "zt/base/text.h"
#include "zt/store/recovery.h"

#include <iostream>

namespace zt::ctl {

namespace {

struct AdminKind {
    wire::Role role;
    const char* id;
    const char* name;
};
constexpr AdminKind kAdmins[]{{wire::ROLE_SYSTEM, "admin-system", "系统管理员"}, {wire::ROLE_SECURITY, "admin-security", "安全管理员"}, {wire::ROLE_AUDIT, "admin-audit", "审计管理员"}};

struct Create {
    NewProvince what;
    std::string passphraseFile;
    std::vector<std::string> hosts, definitions;
    std::string calendar;

    void run()
    {
        if (!hosts.empty()) what.options.hosts = hosts;
        for (int i = 0; i < 3; ++i)
            what.passphrases.push_back(passphrase(passphraseFile, std::string("New passphrase for the ") + hub::roleName(kAdmins[i].role) + " administrator", true, i + 1));
        what.cost = crypto::calibrateKdf(500, systemRandom());
        auto made = createWithAdmins(std::move(what));
        send(made.hub, made.admins[0], definitionsIn(definitions.empty() ? standardDefinitions() : definitions));
        send(made.hub, made.admins[0], {calendarIn(calendar.empty() ? standardCalendar() : calendar)});
        const auto& config = made.hub.folder.config();
        std::cout << "The province " << config.province << " is made.\n"
                  << "  hub id        " << config.hubId << "\n  data folder   " << made.hub.folder.dir().string() << "\n  desks connect " << config.publicAddress << '\n';
        for (const auto& file : made.files) std::cout << "  key file      " << file << '\n';
        std::cout << "Give each key file to its administrator and keep none of them on this machine. Next: zhengtong-ctl import\n";
    }
};

} // namespace

Created createWithAdmins(NewProvince what)
{
    namespace fs = std::filesystem;
    std::error_code code;
    if (what.options.hubId.empty()) what.options.hubId = "hub-" + hex(newId(systemClock(), systemRandom())).substr(0, 24);
    const fs::path admins = what.adminDir;
    for (const auto& kind : kAdmins)
        if (fs::exists(admins / (std::string(kind.id) + ".key"), code)) stop("key file " + (admins / kind.id).string() + ".key is there already; choose another --admin-dir");
    std::vector<hub::AdminKey> keys;
    for (const auto& kind : kAdmins) keys.push_back(hub::makeAdminKey(kind.id, kind.name, kind.role, what.options.hubId, systemRandom()));

    std::vector<Bytes> boxKeys;
    for (const auto& key : keys) boxKeys.push_back(key.box.publicKey);
    const auto recovery = need(store::makeRecovery(boxKeys, systemRandom()), "recovery key");
    what.options.recoveryKey = hex(recovery.publicKey);

    need(hub::createProvince(what.data, what.options, systemClock(), systemRandom()), "data folder " + what.data);
    fs::create_directories(admins, code);
    fs::permissions(admins, fs::perms::owner_all, code);
    std::vector<std::string> files;
    for (size_t i = 0; i < keys.size(); ++i) {
        const fs::path file = admins / (keys[i].id + ".key");
        crypto::KdfParams cost = what.cost;
        cost.salt = systemRandom().bytes(16);
        need(hub::writeAdminKey(keys[i], file, what.passphrases.at(i), cost), "key file " + file.string());
        files.push_back(file);
    }
    need(hub::writeNewFile(admins / "recovery.bundle", recovery.bundle), "recovery bundle");
    files.push_back(admins / "recovery.bundle");
    Created out{openHub(what.data), std::move(keys), std::move(files)};
    need(hub::putFirstRoles(*out.hub.core, {&out.admins[0], &out.admins[1], &out.admins[2]}), "administrators");
    return out;
}

void addProvince(CLI::App& app)
{
    auto* sub = app.add_subcommand("create", "Make a province: root certificate, hub, three administrators' key files, the standard processes");
    auto state = std::make_shared<Create>();
    sub->add_option("--data", state->what.data, "Folder of the hub; must not exist or be empty")->required();
    sub->add_option("--admin-dir", state->what.adminDir, "Folder for the administrators' key files; better a medium that is taken away")->required();
    sub->add_option("--province", state->what.options.province, "Name of the province")->capture_default_str();
    sub->add_option("--host", state->hosts, "Name or address by which desks reach the hub; the first is told to them (several allowed)");
    sub->add_option("--port", state->what.options.port, "Port for desks")->capture_default_str()->check(CLI::Range(1, 65535));
    sub->add_option("--enrol-port", state->what.options.enrolPort, "Port for enrolment")->capture_default_str()->check(CLI::Range(1, 65535));
    sub->add_option("--bind", state->what.options.bind, "Address to listen on")->capture_default_str();
    sub->add_option("--calendar", state->calendar, "Working-day calendar to publish instead of the standard one");
    sub->add_option("--definitions", state->definitions, "Process definitions (BPMN files) to publish instead of the standard ones");
    sub->add_option("--passphrase-file", state->passphraseFile, "File with three lines: the system, security and audit administrators' new passphrases");
    sub->callback([state] { state->run(); });
}

} // namespace zt::ctl
