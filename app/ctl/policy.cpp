#include "terminal.h"

#include "zt/base/text.h"
#include "zt/crypto/pki.h"
#include "zt/desk/policy.h"
#include "zt/link/lease_code.h"

#include <fmt/format.h>
#include <iostream>
#include <nlohmann/json.hpp>

//! The hub's policy for its desks, and the code that reopens one whose lease has ended.
namespace zt::ctl {

namespace {

using PolicyFile = nlohmann::json;

constexpr size_t kMostFile = 64u << 10;

[[noreturn]] void wrong(const std::string& key, const std::string& must) { stop("policy file: " + key + ": must be " + must); }

uint64_t number(const PolicyFile& file, const char* key, uint64_t least, uint64_t most, const std::string& must)
{
    const auto& v = file[key];
    if (!v.is_number_unsigned() || v.get<uint64_t>() < least || v.get<uint64_t>() > most) wrong(key, must);
    return v.get<uint64_t>();
}

std::string words(const PolicyFile& file, const char* key, const std::string& must)
{
    if (!file[key].is_string()) wrong(key, must);
    return file[key].get<std::string>();
}

std::string settingsIn(const PolicyFile& v)
{
    if (!v.is_object()) wrong("settings", "an object with keys of the managed policy");
    for (const char* key : {"hub_address", "hub_ca"})
        if (v.contains(key)) stop(std::string("policy file: settings: ") + key + " is said by the PC's own policy alone; where the hub is now stands under address");
    const std::string text = v.dump();
    const auto read = desk::readPolicyTexts({{desk::kHubPolicyFile, text}});
    const auto tongue = language() == hub::Language::Chinese ? desk::Tongue::Chinese : desk::Tongue::English;
    for (const auto& r : read.refused()) std::cerr << desk::words(r, tongue) << '\n';
    if (!read.refused().empty()) stop("policy file: settings cannot be used; nothing was changed");
    return text;
}

//! Names of PEM files beside the policy file, one root each.
void rootsIn(const PolicyFile& v, const std::filesystem::path& beside, wire::PutPolicy& into)
{
    if (!v.is_array() || v.size() > directory::kMostRoots) wrong("roots", fmt::format("a list of at most {} certificate files", directory::kMostRoots));
    for (const auto& name : v) {
        if (!name.is_string()) wrong("roots", "a list of certificate files");
        const auto certs = crypto::certsIn(need(hub::readFile(beside / name.get<std::string>(), kMostFile), "root " + name.get<std::string>()));
        if (certs.empty()) stop("root " + name.get<std::string>() + ": holds no certificate");
        for (const auto& cert : certs) into.add_roots(cleanText(cert));
    }
}

//! Err in words; ends the programme.
wire::PutPolicy policyIn(const std::string& file)
{
    const auto text = need(hub::readFile(file, kMostFile), "policy file");
    const PolicyFile j = PolicyFile::parse(text, nullptr, false);
    if (!j.is_object()) stop("policy file: is no JSON object");
    wire::PutPolicy out;
    if (!j.contains("number")) stop("policy file: number is missing; it must be higher than that of the policy in force (see 'policy show')");
    for (const auto& [key, value] : j.items()) {
        if (key == "number") out.set_number(number(j, "number", 1, UINT64_MAX / 2, "a whole number from 1"));
        else if (key == "lease_days") out.set_lease_days(uint32_t(number(j, "lease_days", 0, directory::kMostLeaseDays, fmt::format("0 (none) to {}", directory::kMostLeaseDays))));
        else if (key == "minimum_version") {
            out.set_minimum_version(words(j, "minimum_version", "a version like \"1.2.3\""));
            if (!out.minimum_version().empty() && !directory::Version::parse(out.minimum_version())) wrong(key, "a version like \"1.2.3\"");
        } else if (key == "address") {
            out.set_address(words(j, "address", "\"host:port\""));
            if (!out.address().empty()) need(hub::parseHostPort(out.address()), "policy file: address");
        } else if (key == "settings") out.set_settings(settingsIn(value));
        else if (key == "roots") rootsIn(value, std::filesystem::path(file).parent_path(), out);
        else stop("policy file: unknown key " + cleanLine(key));
    }
    return out;
}

//! Desks that follow such a policy would not find the hub again.
void checkReach(const hub::OpenHub& hub, const wire::PutPolicy& policy)
{
    const auto own = need(hub.folder.serverPem(), "the hub's certificate");
    std::string roots;
    for (const auto& root : policy.roots()) roots += root + "\n";
    if (!roots.empty() && !crypto::issuedUnder(own, roots, systemClock().now()))
        stop("policy file: roots: the hub's present certificate comes from none of them, so desks would refuse it. Name its root too, until the hub has a certificate of the new one");
    if (policy.address().empty()) return;
    const auto at = need(hub::parseHostPort(policy.address()), "policy file: address");
    if (!crypto::isForHost(own, at.host))
        stop("policy file: address: the hub's certificate does not hold for " + at.host + "; run 'renew-certificate' with that host first");
}

//! Without recovery no desk would make the keychain a factor, and every one would complain.
void checkRecovery(const hub::OpenHub& hub, const wire::PutPolicy& policy)
{
    const auto settings = desk::readPolicyTexts({{desk::kHubPolicyFile, policy.settings().empty() ? "{}" : policy.settings()}});
    if (hub.folder.config().recoveryKey.empty() && settings.keychain({}) == desk::Asked::Yes)
        stop("policy file: settings: keychain: this hub has no recovery key, and desks take no second factor without one; run 'recovery create' first");
}

struct Set {
    AdminOption admin;
    std::string file;

    void run()
    {
        auto hub = openHub(admin.data);
        const auto key = admin.read();
        need(hub::checkRole(*hub.core, key, wire::ROLE_SECURITY), "key file " + admin.file);
        wire::Command c;
        *c.mutable_put_policy() = policyIn(file);
        c.mutable_put_policy()->set_by(key.id);
        const auto& now = hub.core->directory().policy;
        if (c.put_policy().number() < now.number()
            || (c.put_policy().number() == now.number() && c.put_policy().SerializeAsString() != now.SerializeAsString()))
            stop(fmt::format("policy {} is in force: the number must be higher, and desks that saw it would refuse this one", now.number()));
        checkReach(hub, c.put_policy());
        checkRecovery(hub, c.put_policy());
        const auto sent = send(hub, key, {c});
        std::cout << (sent.applied ? fmt::format("Policy {} is in force; desks follow when they next hear from the hub.", c.put_policy().number())
                                   : std::string("It was so already; nothing was changed.")) << '\n';
    }
};

void show(const std::string& data)
{
    auto hub = openHub(data);
    const auto& d = hub.core->directory();
    if (!d.policy.number()) {
        std::cout << "No policy was set.\n";
        return;
    }
    nlohmann::ordered_json out{{"number", d.policy.number()}, {"by", d.policy.by()}, {"minimum_version", d.policy.minimum_version()},
                               {"lease_days", d.policy.lease_days()}, {"address", d.policy.address()}, {"roots", nlohmann::ordered_json::array()}};
    for (const auto& root : d.policy.roots()) out["roots"].push_back(root);
    out["settings"] = PolicyFile::parse(d.policy.settings().empty() ? "{}" : d.policy.settings());
    std::cout << out.dump(2) << '\n';
}

struct LeaseCode {
    AdminOption admin;
    std::string ask;

    void run()
    {
        auto hub = openHub(admin.data);
        const auto key = admin.read();
        need(hub::checkRole(*hub.core, key, wire::ROLE_SECURITY), "key file " + admin.file);
        const auto asked = link::parseLeaseAsk(ask);
        if (!asked) stop("that is not what a desk shows: a character was misheard or is missing; let it be read once more");
        const auto& d = hub.core->directory();
        const auto at = std::find_if(d.devices.begin(), d.devices.end(), [&](const auto& each) { return link::deviceMark(each.first) == asked->mark; });
        if (at == d.devices.end()) stop("no device of this hub asks so");
        const auto& device = at->second;
        const auto person = d.person(device.person);
        if (device.revoked) stop("that device was revoked; it gets no code");
        if (!person || person->suspended) stop("that person is suspended; no code");
        const auto admins = d.admins.find(key.id);
        if (admins == d.admins.end() || admins->second.boxKey != key.box.publicKey) stop("the directory does not know this key's second half; have the role put anew");
        std::cout << need(link::leaseCode({hub.folder.config().hubId, at->first, asked->week}, key.box, device.boxKey), "code") << '\n';
        const auto week = systemClock().now() / (7 * Millis(86'400'000));
        std::cerr << "For " << person->name << " (" << device.person << "), device " << device.name << ": opens it for a week, once. Be sure that it is this person who asks.\n";
        if (week != asked->week) std::cerr << fmt::format("Its clock has been {} weeks {} ours: let it be set right.\n", week > asked->week ? week - asked->week : asked->week - week, asked->week > week ? "ahead of" : "behind");
    }
};

std::vector<std::string> hostsOf(const hub::HubFolder& folder, const std::vector<std::string>& given)
{
    return given.empty() ? std::vector<std::string>{need(hub::parseHostPort(folder.config().publicAddress), "public_address").host} : given;
}

void newRoot(const std::string& data)
{
    const auto folder = openFolder(data);
    need(hub::makeNextRoot(folder, systemClock(), systemRandom()), "next root");
    std::cout << "ca.next.pem and ca.next.key are in the data folder. Next: a policy whose roots name ca.pem and ca.next.pem ('policy set'); when the desks have it,\n"
                 "'root switch', and restart the hub. Back up the keys again.\n";
}

//! Desks that do not know the next root yet would refuse the hub.
void switchRoot(const std::string& data, const std::vector<std::string>& given)
{
    auto hub = openHub(data);
    const auto next = need(crypto::readCert(need(hub::readFile(hub.folder.file("ca.next.pem"), kMostFile), "ca.next.pem")), "ca.next.pem");
    const auto& roots = hub.core->directory().policy.roots();
    const bool told = std::any_of(roots.begin(), roots.end(), [&](const auto& pem) {
        const auto root = crypto::readCert(pem);
        return root && root->hash == next.hash;
    });
    if (!told) stop("the policy in force does not name ca.next.pem among its roots: set one that does first, and give the desks time to hear of it");
    need(hub::useNextRoot(hub.folder, hostsOf(hub.folder, given), systemClock(), systemRandom()), "next root");
    std::cout << "Certificates come from the new root now. Restart the hub and back up the keys again. Desks' certificates of the old root hold until they end.\n";
}

} // namespace

void addPolicy(CLI::App& app)
{
    auto* root = app.add_subcommand("root", "A second root, before the first one ends")->require_subcommand(1);
    auto* fresh = root->add_subcommand("new", "Make the root that will follow; nothing uses it yet");
    auto rootData = std::make_shared<std::string>();
    auto hosts = std::make_shared<std::vector<std::string>>();
    auto* change = root->add_subcommand("switch", "Issue from the new root, which the policy in force must name");
    for (auto* sub : {fresh, change}) sub->add_option("--data", *rootData, "The hub's data folder")->required();
    change->add_option("--host", *hosts, "As with renew-certificate: name or address by which desks reach the hub (several allowed)");
    fresh->callback([rootData] { newRoot(*rootData); });
    change->callback([rootData, hosts] { switchRoot(*rootData, *hosts); });


    auto* policy = app.add_subcommand("policy", "What the hub asks of its desks")->require_subcommand(1);
    auto* set = policy->add_subcommand("set", "Put a policy in force, whole, signed with the key");
    set->footer("The file is JSON. number: higher than the one in force. minimum_version: desks below it send nothing. lease_days: longest time without the hub,\n"
                "0 for none. roots: files of root certificates that desks take the hub's from; none leaves it at that of the enrolment. address: where the hub is now.\n"
                "settings: keys of the managed policy; of a PC's own and this one the stricter value holds.");
    auto s = std::make_shared<Set>();
    s->admin.add(*set, "security");
    set->add_option("file", s->file, "The policy")->required();
    set->callback([s] { s->run(); });
    auto* shown = policy->add_subcommand("show", "Print the policy in force");
    auto data = std::make_shared<std::string>();
    shown->add_option("--data", *data, "The hub's data folder")->required();
    shown->callback([data] { show(*data); });

    auto* lease = app.add_subcommand("lease-code", "Answer a person on the phone whose desk was too long without the hub");
    auto l = std::make_shared<LeaseCode>();
    l->admin.add(*lease, "security");
    lease->add_option("code", l->ask, "What the desk shows, 16 characters")->required();
    lease->callback([l] { l->run(); });
}

} // namespace zt::ctl
