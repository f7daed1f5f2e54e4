#include "terminal.h"

#include <iostream>
#include <nlohmann/json.hpp>

namespace zt::ctl {

namespace {

using Json = nlohmann::ordered_json;

// Everybody may know these: the demo province holds nothing.
constexpr const char* kDemoPassphrases[]{"demo-only-system-1", "demo-only-security-1", "demo-only-audit-1"};

struct Part {
    const char* role;
    const char* person;
};
constexpr Part kCast[]{{"drafter", "1025"}, {"head1", "1021"}, {"head2", "1022"}, {"deputy", "1023"}, {"signer", "1001"}, {"clerk1", "3002"}, {"clerk2", "4002"}};

struct Demo {
    std::string data, host = "127.0.0.1", bind = "127.0.0.1";
    int port = 7443, enrolPort = 7444;

    void run()
    {
        namespace fs = std::filesystem;
        const fs::path dir = data;
        const fs::path admins = dir / "demo-admin";
        std::error_code code;
        if (!fs::exists(dir / "hub.json", code)) create(admins);
        auto hub = openHub(data);
        const auto security = need(hub::readAdminKey(admins / "admin-security.key", crypto::Secret(std::string_view(kDemoPassphrases[1]))),
                                   "this is not a demo province; choose another --data. Its key files");
        need(hub::checkRole(*hub.core, security, wire::ROLE_SECURITY), "demo");
        const Json json = describe(hub, admins);
        fs::remove(dir / "demo.json", code);
        need(hub::writeNewFile(dir / "demo.json", json.dump(2) + "\n"), "demo.json");
        tell(json);
    }

    void create(const std::filesystem::path& admins)
    {
        NewProvince what;
        what.data = data;
        what.adminDir = admins;
        what.options.province = "示例省";
        what.options.hosts = {host, "localhost"};
        if (host != "127.0.0.1") what.options.hosts.push_back("127.0.0.1");
        what.options.bind = bind;
        what.options.port = port;
        what.options.enrolPort = enrolPort;
        what.cost = {2, 64u << 20, {}};
        for (const char* p : kDemoPassphrases) what.passphrases.emplace_back(std::string_view(p));
        auto made = createWithAdmins(std::move(what));
        send(made.hub, made.admins[0], definitionsIn(standardDefinitions()));
        send(made.hub, made.admins[0], {calendarIn(standardCalendar())});
        importPeople(made.hub, made.admins[0], share("demo/people.csv"), false);
    }

    static Json describe(hub::OpenHub& hub, const std::filesystem::path& admins)
    {
        const auto& config = hub.folder.config();
        const auto& directory = hub.core->directory();
        Json json;
        json["note"] = "DEMO ONLY: these passphrases are public";
        json["hub"] = config.hubId;
        json["province"] = config.province;
        json["data"] = std::filesystem::absolute(hub.folder.dir()).string();
        json["address"] = config.publicAddress;
        const char* names[]{"system", "security", "audit"};
        for (int i = 0; i < 3; ++i)
            json["admins"][names[i]] = {{"key", std::filesystem::absolute(admins / (std::string("admin-") + names[i] + ".key")).string()}, {"passphrase", kDemoPassphrases[i]}};
        json["definition"] = "fawen";
        json["issuer"] = "B00";
        json["recipients"] = {"Y00", "L00"};
        for (const Part& part : kCast) {
            const auto person = directory.person(part.person);
            const auto posts = directory.postsOf(part.person);
            if (!person || posts.empty()) stop("the demo's list of people holds no " + std::string(part.role));
            const auto unit = directory.unit(posts.front().unit);
            json["cast"][part.role] = {{"person", part.person},        {"name", person->name}, {"post", posts.front().title}, {"unit", posts.front().unit},
                                       {"unit_name", unit ? unit->name : ""}, {"code", enrolCode(hub, part.person, 30)}};
        }
        return json;
    }

    void tell(const Json& json) const
    {
        std::cout << "DEMO ONLY: passphrases and codes below are public.\n"
                  << json["province"].get<std::string>() << "  hub " << json["hub"].get<std::string>() << "  " << json["address"].get<std::string>() << '\n';
        for (const auto& [role, c] : json["cast"].items())
            std::cout << "  " << role << "\t" << c["name"].get<std::string>() << "  " << c["unit_name"].get<std::string>() << c["post"].get<std::string>() << "\t"
                      << c["code"].get<std::string>() << '\n';
        std::cout << "Written to " << data << "/demo.json\n";
    }
};

} // namespace

void addDemo(CLI::App& app)
{
    auto* sub = app.add_subcommand("demo", "Make the demo province 示例省 without asking; run again it makes fresh enrolment codes");
    auto demo = std::make_shared<Demo>();
    sub->add_option("--data", demo->data, "Folder of the hub; must not exist, be empty, or hold a demo province")->required();
    sub->add_option("--host", demo->host, "Name or address by which desks reach the hub")->capture_default_str();
    sub->add_option("--bind", demo->bind, "Address to listen on")->capture_default_str();
    sub->add_option("--port", demo->port, "Port for desks")->capture_default_str()->check(CLI::Range(1, 65535));
    sub->add_option("--enrol-port", demo->enrolPort, "Port for enrolment")->capture_default_str()->check(CLI::Range(1, 65535));
    sub->callback([demo] { demo->run(); });
}

} // namespace zt::ctl
