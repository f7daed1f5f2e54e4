#include "ctl.h"

#include "zt/link/lease_code.h"

using namespace zt;
using namespace zt::test;

namespace {

void write(const DemoProvince& p, const nlohmann::json& policy) { spill(p / "policy.json", policy.dump()); }

} // namespace

CASE("policy set: signed by the security administrator, a rising number, shown back")
{
    DemoProvince p;
    EXPECT(ctl({"policy", "show", "--data", p.data}).says("No policy"));
    write(p, {{"number", 2}, {"minimum_version", "0.1.0"}, {"lease_days", 30}, {"settings", {{"idle_lock_minutes", {{"at_most", 10}}}}}});
    EXPECT_EQ(p.as("system", {"policy", "set", p / "policy.json"}).code, 1);
    const auto set = p.as("security", {"policy", "set", p / "policy.json"});
    EXPECT_EQ(set.code, 0);
    EXPECT(set.says("Policy 2"));
    const auto shown = nlohmann::json::parse(ctl({"policy", "show", "--data", p.data}).out);
    EXPECT_EQ(shown["number"], 2);
    EXPECT_EQ(shown["lease_days"], 30);
    EXPECT_EQ(shown["settings"]["idle_lock_minutes"]["at_most"], 10);
    EXPECT(p.as("security", {"policy", "set", p / "policy.json"}).says("so already"));
    for (const int number : {1, 2}) {
        write(p, {{"number", number}, {"lease_days", 90}});
        const auto lower = p.as("security", {"policy", "set", p / "policy.json"});
        EXPECT_EQ(lower.code, 1);
        EXPECT(lower.says("policy 2 is in force"));
    }
    // The record refuses it too, whatever the command line was talked into.
    auto hub = p.open();
    const auto key = *hub::readAdminKey(p.keyFile("security"), crypto::Secret(BytesView("demo-only-security-1")));
    wire::Command c;
    c.mutable_put_policy()->set_number(1);
    c.mutable_put_policy()->set_by(key.id);
    const auto sent = hub::sendAs(*hub.core, key, {c}, systemRandom());
    REQUIRE(sent);
    EXPECT(sent->refused && sent->refused->reason() == wire::REASON_EXISTS);
    // Nor does it go under another's name.
    c.mutable_put_policy()->set_number(9);
    c.mutable_put_policy()->set_by("somebody");
    const auto other = hub::sendAs(*hub.core, key, {c}, systemRandom());
    REQUIRE(other);
    EXPECT(other->refused && other->refused->reason() == wire::REASON_FORM);
}

CASE("policy set: what is wrong is named, and nothing is put")
{
    DemoProvince p;
    struct Bad { nlohmann::json policy; const char* word; };
    for (const auto& [policy, word] : {Bad{{{"lease_days", 3}}, "number"}, Bad{{{"number", 0}}, "number"}, Bad{{{"number", 1}, {"lease_days", 99999}}, "lease_days"},
                                       Bad{{{"number", 1}, {"minimum_version", "new"}}, "minimum_version"}, Bad{{{"number", 1}, {"surprise", 1}}, "surprise"},
                                       Bad{{{"number", 1}, {"settings", {{"hub_address", "h:1"}}}}, "hub_address"},
                                       Bad{{{"number", 1}, {"settings", {{"idle_lock_minutes", "soon"}}}}, "idle_lock_minutes"},
                                       Bad{{{"number", 1}, {"address", "nowhere"}}, "address"}, Bad{{{"number", 1}, {"address", "other.example:7443"}}, "renew-certificate"},
                                       Bad{{{"number", 1}, {"roots", {"missing.pem"}}}, "missing.pem"}}) {
        write(p, policy);
        const auto ran = p.as("security", {"policy", "set", p / "policy.json"});
        EXPECT_EQ(ran.code, 1);
        if (!ran.says(word)) failed(word, ran.code, ran.out);
    }
    // Roots that do not hold the hub's present certificate would lock every desk out.
    const auto key = crypto::SigningKey::generate(systemRandom());
    spill(p / "other.pem", *crypto::makeCa(key, "other", systemClock().now() - 1000, systemClock().now() + 1'000'000'000));
    write(p, {{"number", 1}, {"roots", {"other.pem"}}});
    EXPECT(p.as("security", {"policy", "set", p / "policy.json"}).says("comes from none of them"));
    EXPECT(ctl({"policy", "show", "--data", p.data}).says("No policy"));
}

CASE("a second root: made, named by a policy, then used; not before the policy names it")
{
    DemoProvince p;
    EXPECT_EQ(ctl({"root", "switch", "--data", p.data}).code, 1);
    EXPECT_EQ(ctl({"root", "new", "--data", p.data}).code, 0);
    EXPECT_EQ(ctl({"root", "new", "--data", p.data}).code, 1); // one at a time
    const auto early = ctl({"root", "switch", "--data", p.data});
    EXPECT_EQ(early.code, 1);
    EXPECT(early.says("does not name"));
    const std::string before = slurp(p.data + "/ca.pem"), next = slurp(p.data + "/ca.next.pem");
    spill(p.data + "/policy.json", nlohmann::json{{"number", 1}, {"roots", {"ca.pem", "ca.next.pem"}}}.dump());
    EXPECT_EQ(p.as("security", {"policy", "set", p.data + "/policy.json"}).code, 0);
    const auto changed = ctl({"root", "switch", "--data", p.data});
    EXPECT_EQ(changed.code, 0);
    EXPECT_EQ(slurp(p.data + "/ca.pem"), next + before);
    EXPECT(crypto::issuedBy(slurp(p.data + "/hub.pem"), next));
    EXPECT(!fs::exists(p.data + "/ca.next.key"));
    EXPECT_EQ(ctl({"doctor", "--data", p.data}).says("certificate_chain"), false);
    // A code made now names the new root.
    const auto code = p.as("security", {"enrol-code", "--person", p.json()["cast"]["drafter"]["person"]});
    const auto parsed = link::parseCode(code.out.substr(0, code.out.find('\n')));
    REQUIRE(parsed);
    EXPECT(crypto::readCert(next)->hash.starts_with(parsed->caHash));
}

CASE("lease-code: for a device of this hub, in force, by the security administrator; a misheard question is told")
{
    DemoProvince p;
    const std::string person = p.json()["cast"]["drafter"]["person"];
    const auto box = crypto::BoxKey::generate(systemRandom());
    const Bytes device(16, 'd');
    {
        auto hub = p.open();
        wire::Command c;
        auto& e = *c.mutable_enrol_device();
        e.set_device(device);
        e.set_person(person);
        e.set_sign_key(crypto::SigningKey::generate(systemRandom()).publicKey());
        e.set_box_key(box.publicKey);
        e.set_name("PC 7");
        EXPECT(hub.core->submitOwn("dir", c));
    }
    const std::string ask = link::formatLeaseAsk({link::deviceMark(device), 2965});
    EXPECT_EQ(p.as("system", {"lease-code", ask}).code, 1);
    const auto ran = p.as("security", {"lease-code", ask});
    EXPECT_EQ(ran.code, 0);
    EXPECT(ran.says("PC 7") && ran.says(person));
    auto hub = p.open();
    const auto admin = std::find_if(hub.core->directory().admins.begin(), hub.core->directory().admins.end(), [](const auto& a) { return a.second.role == wire::ROLE_SECURITY; });
    const auto good = link::isLeaseCode(ran.out.substr(0, 19), {hub.folder.config().hubId, device, 2965}, box, admin->second.boxKey);
    EXPECT(good && *good);
    std::string misheard = ask;
    misheard[0] = misheard[0] == 'A' ? 'B' : 'A';
    EXPECT(p.as("security", {"lease-code", misheard}).says("misheard"));
    EXPECT(p.as("security", {"lease-code", link::formatLeaseAsk({link::deviceMark(Bytes(16, 'x')), 2965})}).says("no device"));
    EXPECT_EQ(p.as("security", {"device", "revoke", "--device", hex(device), "--reason", "换机"}).code, 0);
    EXPECT(p.as("security", {"lease-code", ask}).says("revoked"));
}

CASE("a further device: two administrators approve it, each with his own key; one refuses it")
{
    DemoProvince p;
    const std::string person = p.json()["cast"]["drafter"]["person"];
    const auto enrol = [&](char id, bool waiting) {
        auto hub = p.open();
        wire::Command c;
        auto& e = *c.mutable_enrol_device();
        e.set_device(Bytes(16, id));
        e.set_person(person);
        e.set_sign_key(Bytes(32, id));
        e.set_box_key(Bytes(32, id));
        e.set_name("PC");
        e.set_waiting(waiting);
        EXPECT(hub.core->submitOwn("dir", c));
        return hex(Bytes(16, id));
    };
    const auto list = [&] { return ctl({"device", "list", "--data", p.data}); };
    enrol('a', false);
    const auto b = enrol('b', true), c = enrol('c', true);
    EXPECT(list().says("waits to be approved, " + link::deviceCheck(Bytes(32, 'b'), Bytes(32, 'b'))));
    EXPECT_EQ(p.as("audit", {"device", "approve", "--device", b}).code, 1);
    EXPECT_EQ(p.as("security", {"device", "approve", "--device", b}).code, 0);
    EXPECT(p.as("security", {"device", "approve", "--device", b}).says("so already"));
    EXPECT(list().says("waits to be approved, " + link::deviceCheck(Bytes(32, 'b'), Bytes(32, 'b'))));
    EXPECT_EQ(p.as("system", {"device", "approve", "--device", b}).code, 0);
    EXPECT(!list().says(link::deviceCheck(Bytes(32, 'b'), Bytes(32, 'b'))));
    EXPECT_EQ(p.as("system", {"device", "refuse", "--device", c}).code, 0);
    EXPECT(list().says("revoked"));
    EXPECT_EQ(p.as("security", {"device", "approve", "--device", c}).code, 1);
}

CASE("policy set: the keychain is asked for only where administrators can recover a store")
{
    DemoProvince p;
    write(p, {{"number", 1}, {"settings", {{"keychain", true}}}});
    const auto file = p.data + "/hub.json";
    const auto whole = slurp(file);
    auto config = nlohmann::json::parse(whole);
    config.erase("recovery_key");
    spill(file, config.dump());
    const auto refused = p.as("security", {"policy", "set", p / "policy.json"});
    EXPECT(refused.code == 1 && refused.says("no recovery key"));
    EXPECT(ctl({"policy", "show", "--data", p.data}).says("No policy"));
    spill(file, whole);
    EXPECT_EQ(p.as("security", {"policy", "set", p / "policy.json"}).code, 0);
}
