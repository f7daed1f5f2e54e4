#include "terminal.h"

#include "zt/catalogue/catalogue.h"
#include "zt/crypto/pki.h"

#include <iostream>
#include <nlohmann/json.hpp>

namespace zt::ctl {

namespace {

using Json = nlohmann::ordered_json;

struct Export {
    AdminOption admin;
    std::string matter, to;

    void run()
    {
        auto hub = openHub(admin.data);
        need(hub::checkRole(*hub.core, admin.read(), wire::ROLE_AUDIT), "key file " + admin.file);
        const auto evidence = need(hub::exportMatter(*hub.log, hub.folder.config().hubId, matter, need(hub.folder.caPem(), "root certificate"), hub.core->checkpoint(), *hub.key),
                                   "matter " + matter);
        need(hub::writeNewFile(to, evidence.SerializeAsString()), "file " + to);
        std::cout << "Written to " << to << ": " << evidence.events_size() << " events of " << evidence.streams_size() << " streams.\n"
                  << "It holds the matter in clear; keep it as you keep the matter. Hub key for verify: " << hex(hub.key->publicKey()) << '\n';
    }
};

Json eventJson(const hub::Examined& e)
{
    Json j{{"stream", e.stream}, {"version", e.version}, {"time_ms", e.time}, {"act", e.act}, {"rests_on", hub::words(e.restsOn, hub::Language::English)}};
    if (!e.person.empty()) j["person"] = e.person;
    if (!e.name.empty()) j["name"] = e.name;
    if (!e.device.empty()) j["device"] = hex(e.device);
    if (!e.erasedRule.empty()) j["erased_rule"] = e.erasedRule;
    if (e.timeUnproven) j["time_unproven"] = true;
    if (e.flaw != hub::Flaw::None) j["flaw"] = hub::words(e.flaw, hub::Language::English);
    return j;
}

std::string json(const hub::Verdict& v)
{
    Json j{{"good", v.good}, {"hub_key", hex(v.hubKey)}, {"hub_key_proven", v.hubKeyProven}, {"root_proven", v.rootProven}, {"sealed_ms", v.sealed}};
    j["rests_on"] = {{"persons", v.persons}, {"administrators", v.administrators}, {"hub", v.hub}, {"erased", v.erased}, {"withheld", v.withheld}};
    j["first"] = v.first ? eventJson(*v.first) : Json();
    j["events"] = Json::array();
    for (const auto& e : v.events) j["events"].push_back(eventJson(e));
    j["directory"] = Json::array();
    for (const auto& e : v.directory) j["directory"].push_back(eventJson(e));
    return j.dump(2, ' ', false, Json::error_handler_t::replace);
}

struct Verify {
    std::string file, root, hubKey;
    bool asJson = false;

    void run()
    {
        hub::Trust trust;
        if (!root.empty()) {
            trust.ca = need(hub::readFile(root, 1u << 20), "root certificate " + root);
            need(crypto::readCert(trust.ca), "root certificate " + root);
        }
        if (!hubKey.empty()) {
            const auto key = unhex(hubKey);
            if (!key || key->size() != 32) stop("--hub-key must be 64 hex digits", kUsage);
            trust.hubKey = *key;
        }
        const auto evidence = need(hub::parseExport(need(hub::readFile(file, hub::kMaxExportBytes), "evidence " + file)), "evidence " + file);
        const auto verdict = hub::examine(evidence, catalogue::all(), trust);
        std::cout << (asJson ? json(verdict) + "\n" : hub::report(verdict, language()));
        if (!verdict.good) throw Exit{kTampered, {}};
    }
};

} // namespace

void addEvidence(CLI::App& app)
{
    auto* take = app.add_subcommand("export", "Take one matter out as evidence, with all its signatures rest on");
    auto e = std::make_shared<Export>();
    e->admin.add(*take, "audit");
    take->add_option("--matter", e->matter, "Stream of the matter: m/…")->required();
    take->add_option("--to", e->to, "File to write; must not exist")->required();
    take->callback([e] { e->run(); });

    auto* check = app.add_subcommand("verify", "Check exported evidence, without the hub: chain, signatures, who spoke and what is the hub's word alone");
    auto v = std::make_shared<Verify>();
    check->add_option("file", v->file, "The evidence")->required();
    check->add_option("--root", v->root, "Root certificate of the province, from elsewhere than the file");
    check->add_option("--hub-key", v->hubKey, "Public key of the hub (hex), from elsewhere than the file");
    check->add_flag("--json", v->asJson, "Report as JSON");
    check->callback([v] { v->run(); });
}

} // namespace zt::ctl
