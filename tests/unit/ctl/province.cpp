#include "ctl.h"

using namespace zt;
using namespace zt::test;

CASE("usage: help everywhere, wrong usage says so")
{
    EXPECT_EQ(ctl({"--help"}).code, 0);
    EXPECT(ctl({"--version"}).code == 0);
    for (const char* sub : {"create", "import", "enrol-code", "desk-policy", "backup", "restore", "backup-keys", "restore-keys", "status", "check", "export", "verify", "demo"}) {
        const auto help = ctl({sub, "--help"});
        EXPECT_EQ(help.code, 0);
        EXPECT(help.says("--"));
    }
    EXPECT_EQ(ctl({"device", "revoke", "--help"}).code, 0);
    EXPECT_EQ(ctl({}).code, 2);
    EXPECT_EQ(ctl({"nonsense"}).code, 2);
    EXPECT_EQ(ctl({"import"}).code, 2);
    EXPECT_EQ(ctl({"status", "--data", "/nonexistent"}).code, 1);
}

CASE("a definition that matters could not run on is refused with words")
{
    DemoProvince p;
    const std::string good = slurp(ZT_DEMO "/fawen.bpmn");
    for (const auto& [from, to, word] : {std::tuple("zt:assignee=\"heads\"", "zt:assignee=\"everybody\"", "userTask review (审核)"), {"targetRef=\"end\"", "targetRef=\"sign\"", "sign"}, {"</bpmn:definitions>", "", "bad.bpmn"}}) {
        std::string bad = good;
        REQUIRE(bad.find(from) != std::string::npos);
        bad.replace(bad.find(from), std::string(from).size(), to);
        spill(p / "bad.bpmn", bad);
        const auto ran = p.as("system", {"definition", "publish", p / "bad.bpmn"});
        EXPECT_EQ(ran.code, 1);
        EXPECT(ran.says("bad.bpmn") && ran.says(word));
    }
    std::string bad = good;
    bad.replace(bad.find("heads"), 5, "all");
    spill(p / "bad.bpmn", bad);
    const auto ran = p.as("system", {"--lang", "zh", "definition", "publish", p / "bad.bpmn"});
    EXPECT_EQ(ran.code, 1);
    EXPECT(ran.says("不能发布") && ran.says("用户任务“审核”（review）：不清楚由谁办理；请将 assignee 设为"));
}

CASE("the demo province has its people, its processes and codes that work")
{
    DemoProvince p;
    auto hub = p.open();
    const auto& d = hub.core->directory();
    EXPECT_EQ(d.people.size(), 40u);
    EXPECT_EQ(d.admins.size(), 3u);
    EXPECT(d.process("fawen") && d.process("fawen-huiqian") && d.process("fawen-bumen"));
    const auto json = p.json();
    for (const char* role : {"drafter", "head1", "head2", "deputy", "signer", "clerk1", "clerk2"}) {
        const auto& part = json["cast"][role];
        const auto code = link::parseCode(part["code"].get<std::string>());
        REQUIRE(code);
        EXPECT_EQ(code->address, "127.0.0.1:7444");
        EXPECT(code->caHash == crypto::readCert(*hub.folder.caPem())->hash.substr(0, 16));
        const auto codes = hub.folder.openCodes();
        REQUIRE(codes);
        const auto person = (*codes)->redeem(code->secret, Bytes(32, 'u'), systemClock().now());
        REQUIRE(person);
        EXPECT_EQ(*person, part["person"].get<std::string>());
        EXPECT(!d.postsOf(*person).empty());
    }
    // Who reviews, who signs, who receives.
    const auto heads = d.postsIn(json["cast"]["drafter"]["unit"].get<std::string>());
    EXPECT_EQ(std::count_if(heads.begin(), heads.end(), [](const auto& post) { return post.head; }), 2);
    EXPECT(d.postsTitled("主任", json["issuer"].get<std::string>()).front().person == json["cast"]["signer"]["person"].get<std::string>());
    EXPECT(d.postsOf(json["cast"]["clerk1"]["person"].get<std::string>()).front().clerk);

    // Once more: the province stays, the codes are fresh.
    EXPECT_EQ(ctl({"demo", "--data", p.data}).code, 0);
    EXPECT(p.json()["hub"] == json["hub"]);
    EXPECT(p.json()["cast"]["drafter"]["code"] != json["cast"]["drafter"]["code"]);
}

CASE("a province made by hand: create, import, enrol-code")
{
    Temp t;
    spill(t / "pass", "system passphrase\nsecurity passphrase\naudit passphrase\n");
    spill(t / "security", "security passphrase\n");
    spill(t / "wrong", "no such passphrase\n");
    const auto made = ctl({"create", "--data", t / "hub", "--admin-dir", t / "keys", "--province", "示例省", "--host", "hub.example", "--port", "9443", "--enrol-port", "9444",
                           "--definitions", ZT_DEMO "/fawen.bpmn", "--passphrase-file", t / "pass"});
    EXPECT_EQ(made.code, 0);
    for (const char* name : {"admin-system.key", "admin-security.key", "admin-audit.key"}) {
        const auto file = t.path / "keys" / name;
        EXPECT(fs::exists(file));
        EXPECT((fs::status(file).permissions() & fs::perms(077)) == fs::perms::none);
    }
    EXPECT_EQ(ctl({"create", "--data", t / "hub", "--admin-dir", t / "keys2", "--passphrase-file", t / "pass"}).code, 1);
    EXPECT_EQ(ctl({"create", "--data", t / "hub2", "--admin-dir", t / "keys", "--passphrase-file", t / "pass"}).code, 1);
    EXPECT(!fs::exists(t / "hub2"));

    const std::string system = t / "keys/admin-system.key", security = t / "keys/admin-security.key";
    const auto list = [&](const std::string& name, const std::string& text) {
        spill(t / name, "单位编号,单位,上级编号,代字,工号,姓名,职务,负责人,收文\n" + text);
        return ctl({"import", "--data", t / "hub", "--admin", system, "--passphrase-file", t / "pass", t / name});
    };
    const auto wrong = list("bad.csv", "A,甲厅,,,1,张一,处长,是,否\nA,,,,2,李二,科员,也许,\n");
    EXPECT_EQ(wrong.code, 1);
    EXPECT(wrong.says("line 3") && wrong.says("负责人") && wrong.says("nothing was changed"));
    const auto zh = ctl({"--lang", "zh", "import", "--data", t / "hub", "--admin", system, "--passphrase-file", t / "pass", t / "bad.csv"});
    EXPECT(zh.code == 1 && zh.says("第 3 行"));
    EXPECT_EQ(list("good.csv", "A,甲厅,,甲发,1,张一,处长,是,否\nA,,,,2,李二,科员,,\n").code, 0);
    EXPECT(list("good.csv", "A,甲厅,,甲发,1,张一,处长,是,否\nA,,,,2,李二,科员,,\n").says("units 0, people 0, posts 0"));
    const auto check = ctl({"import", "--check", "--data", t / "hub", "--admin", system, "--passphrase-file", t / "pass", ZT_DEMO "/people.csv"});
    EXPECT(check.code == 0 && check.says("people 40"));

    const auto code = ctl({"enrol-code", "--data", t / "hub", "--admin", security, "--passphrase-file", t / "security", "--person", "2"});
    EXPECT_EQ(code.code, 0);
    const auto parsed = link::parseCode(code.out.substr(0, code.out.find('\n')));
    // Both streams are mixed: the code is the line that starts with ZT1.
    const size_t at = code.out.find("ZT1");
    const auto good = parsed ? parsed : link::parseCode(code.out.substr(at, code.out.find('\n', at) - at));
    REQUIRE(good);
    EXPECT_EQ(good->address, "hub.example:9444");
    const auto brief = ctl({"enrol-code", "--short", "--data", t / "hub", "--admin", security, "--passphrase-file", t / "security", "--person", "2"});
    const size_t from = brief.out.find("ZT1");
    const auto alone = link::parseCode(brief.out.substr(from, brief.out.find('\n', from) - from));
    EXPECT(alone && alone->address.empty() && alone->caHash.empty() && alone->secret != good->secret);
    const auto preset = nlohmann::json::parse(ctl({"desk-policy", "--data", t / "hub"}).out, nullptr, false);
    EXPECT_EQ(preset.value("hub_address", ""), "hub.example:9444");
    const auto root = crypto::readCert(preset.value("hub_ca", ""));
    EXPECT(root && root->hash.starts_with(good->caHash));
    EXPECT_EQ(ctl({"enrol-code", "--data", t / "hub", "--admin", security, "--passphrase-file", t / "security", "--person", "nobody"}).code, 1);

    const auto denied = ctl({"enrol-code", "--data", t / "hub", "--admin", security, "--passphrase-file", t / "wrong", "--person", "2"});
    EXPECT(denied.code == 1 && denied.says("wrong passphrase"));
    const auto silent = ctl({"enrol-code", "--data", t / "hub", "--admin", security, "--person", "2"});
    EXPECT(silent.code == 1 && silent.says("--passphrase-file"));
    auto key = slurp(security);
    key.replace(key.find("role: security"), 14, "role: system  ");
    spill(t / "changed.key", key);
    EXPECT_EQ(ctl({"enrol-code", "--data", t / "hub", "--admin", t / "changed.key", "--passphrase-file", t / "security", "--person", "2"}).code, 1);
}

CASE("each role does its own and nothing else, in words")
{
    DemoProvince p;
    const Bytes device(16, 'd');
    {
        auto hub = p.open();
        wire::Command c;
        auto& e = *c.mutable_enrol_device();
        e.set_device(device);
        e.set_person("1025");
        e.set_sign_key(Bytes(32, 'k'));
        e.set_box_key(Bytes(32, 'b'));
        EXPECT(hub.core->submitOwn("dir", c));
    }
    const std::string definitions = ZT_DEMO "/fawen.bpmn";
    struct Line {
        const char* role;
        std::vector<std::string> args;
    };
    const std::vector<Line> lines{
        {"system", {"unit", "put", "--id", "Z00", "--name", "示例省某局", "--parent", "S00"}},
        {"system", {"unit", "retire", "--id", "F00"}},
        {"system", {"post", "put", "--person", "1025", "--unit", "B01", "--title", "科员"}},
        {"system", {"post", "end", "--person", "1025", "--unit", "B01", "--title", "科员"}},
        {"system", {"definition", "publish", definitions}},
        {"system", {"calendar", "publish", ZT_DEMO "/calendar.txt"}},
        {"system", {"level", "set", "1"}},
        {"system", {"import", ZT_DEMO "/people.csv", "--check"}},
        {"security", {"person", "suspend", "--person", "1014", "--reason", "离职"}},
        {"security", {"device", "revoke", "--device", hex(device), "--reason", "遗失", "--lost"}},
        {"security", {"enrol-code", "--person", "1025"}},
        {"audit", {"export", "--matter", "m/none", "--to", p / "none"}},
    };
    for (const Line& line : lines)
        for (const char* role : {"system", "security", "audit"}) {
            const auto ran = p.as(role, line.args);
            if (std::string(role) != line.role) {
                EXPECT_EQ(ran.code, 1);
                EXPECT(ran.says("role") || ran.says(std::string("takes the ") + line.role + " administrator's key"));
                EXPECT(!ran.says("there is no"));
            }
        }
    for (const Line& line : lines) {
        const auto ran = p.as(line.role, line.args);
        if (std::string(line.role) == "audit" || line.args[1] == "put" || line.args[1] == "publish") continue;
        if (line.args[1] == "end" || line.args[1] == "import") continue; // ended and retired above
        if (line.args[0] == "import") EXPECT(ran.says("撤销") || ran.says("retired"));
        else EXPECT_EQ(ran.code, 0);
    }
    auto hub = p.open();
    const auto& d = hub.core->directory();
    EXPECT(d.units.at("F00").retired && d.units.count("Z00"));
    EXPECT_EQ(d.postsOf("1025").size(), 1u);
    EXPECT(d.people.at("1014").suspended);
    EXPECT(d.devices.at(device).revoked && d.devices.at(device).lost);
    EXPECT(ctl({"device", "list", "--data", p.data}).says("revoked, lost: 遗失"));
    EXPECT_EQ(p.as("security", {"device", "revoke", "--device", "12", "--reason", "x"}).code, 2);
    EXPECT_EQ(p.as("security", {"device", "revoke", "--device", std::string(32, '0'), "--reason", "x"}).code, 1);
    EXPECT_EQ(p.as("security", {"person", "suspend", "--person", "1014", "--lift"}).code, 0);
}
