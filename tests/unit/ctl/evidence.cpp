#include "ctl.h"

#include "zt/hub/evidence.h"

#include <set>

using namespace zt;
using namespace zt::test;

namespace {

struct Author {
    std::string person;
    Bytes device;
    crypto::SigningKey key;
};

//! The cast with enrolled devices, and a matter from draft to receipt over the real log.
struct Acted : DemoProvince {
    std::map<std::string, Author> authors;
    Acted()
    {
        auto hub = open();
        const auto json = this->json();
        for (const char* role : {"drafter", "head1", "signer", "clerk1"}) enrol(hub, role, json["cast"][role]["person"]);
        wire::Command c;
        c.set_stream("m/1");
        auto& s = *c.mutable_submit();
        s.set_definition("fawen");
        s.set_definition_hash(hub.core->directory().process("fawen")->hash);
        auto& d = *s.mutable_document();
        d.set_kind("通知");
        d.set_title("关于做好防汛工作的通知");
        d.add_recipients("Y00");
        d.add_recipients("L00");
        d.set_body("各单位：\n请认真贯彻落实。");
        d.set_issuer("B00");
        d.set_code("示政办发");
        const Bytes subject = wire::documentHash(d);
        does(hub, "drafter", c);
        act(hub, "head1", "review#1", wire::CHOICE_AGREE, subject);
        act(hub, "signer", "sign#1", wire::CHOICE_SIGN, subject);
        const auto streams = hub.log->streams();
        for (const auto& stream : *streams) {
            if (stream.rfind("in/", 0) != 0 || !*hub.core->mayRead(authors.at("clerk1").person, stream)) continue;
            wire::Command sign;
            sign.set_stream(stream);
            sign.mutable_sign_for()->set_note("收悉");
            does(hub, "clerk1", sign);
        }
    }
    void enrol(hub::OpenHub& hub, const std::string& role, const std::string& person)
    {
        Author a{person, newId(systemClock(), systemRandom()), crypto::SigningKey::generate(systemRandom())};
        crypto::CertRequest request;
        request.commonName = person + "/" + hex(a.device);
        request.publicKey = a.key.publicKey();
        request.notBefore = systemClock().now() - 1000;
        request.notAfter = systemClock().now() + 86'400'000;
        const auto caKey = hub.folder.caKey();
        const auto certificate = crypto::issue(*caKey, *hub.folder.caPem(), request);
        ZT_CHECK(certificate);
        wire::Command c;
        auto& e = *c.mutable_enrol_device();
        e.set_device(a.device);
        e.set_person(person);
        e.set_sign_key(a.key.publicKey());
        e.set_box_key(Bytes(32, 'b'));
        e.set_certificate(*certificate);
        EXPECT(hub.core->submitOwn("dir", c));
        authors.emplace(role, std::move(a));
    }
    void act(hub::OpenHub& hub, const std::string& role, const std::string& task, wire::Choice choice, const Bytes& subject)
    {
        wire::Command c;
        c.set_stream("m/1");
        c.set_subject(subject);
        c.mutable_act()->set_task(task);
        c.mutable_act()->set_choice(choice);
        c.mutable_act()->set_opinion("同意");
        does(hub, role, c);
    }
    void does(hub::OpenHub& hub, const std::string& role, wire::Command c)
    {
        const Author& a = authors.at(role);
        const auto time = hub.core->time();
        c.set_id(newId(systemClock(), systemRandom()));
        c.set_hub(hub.core->config().hub);
        c.set_person(a.person);
        c.set_device(a.device);
        c.set_level(1);
        c.set_hub_time_ms(time.ms());
        c.set_hub_time_sig(time.signature());
        const auto answers = hub.core->submit({{{a.person, a.device}, wire::signCommand(c, a.key), false}});
        EXPECT(answers && answers->front().receipt && answers->front().receipt->outcome() == wire::APPLIED);
        for (auto more = hub.core->followUp(64); more && *more;) more = hub.core->followUp(64);
    }
};

} // namespace

CASE("export and verify: good, proven, in both languages and as JSON")
{
    Acted a;
    const std::string file = a / "matter.zt";
    const auto taken = a.as("audit", {"export", "--matter", "m/1", "--to", file});
    EXPECT_EQ(taken.code, 0);
    EXPECT((fs::status(file).permissions() & fs::perms(077)) == fs::perms::none);
    EXPECT_EQ(a.as("audit", {"export", "--matter", "m/1", "--to", file}).code, 1); // not written over
    const std::string hubKey = hex(a.open().key->publicKey()), root = a.data + "/ca.pem";

    const auto english = ctl({"--lang", "en", "verify", file, "--root", root, "--hub-key", hubKey});
    EXPECT_EQ(english.code, 0);
    EXPECT(english.says("Nothing was tampered with") && english.says("the hub's word alone") && english.says("the person's key"));
    const auto chinese = ctl({"--lang", "zh", "verify", file});
    EXPECT_EQ(chinese.code, 0);
    EXPECT(chinese.says("核验通过") && chinese.says("单晓屿") && chinese.says("仅凭节点记载") && chinese.says("未给定节点公钥"));
    const auto json = nlohmann::json::parse(ctl({"verify", file, "--json", "--root", root}).out);
    EXPECT(json["good"] == true && json["root_proven"] == true && json["hub_key_proven"] == false);
    EXPECT(json["rests_on"]["persons"] == 4);

    // Another province's root and key.
    DemoProvince other;
    EXPECT_EQ(ctl({"verify", file, "--root", other.data + "/ca.pem"}).code, 3);
    EXPECT_EQ(ctl({"verify", file, "--hub-key", hex(other.open().key->publicKey())}).code, 3);
    EXPECT_EQ(ctl({"verify", file, "--hub-key", "12"}).code, 2);
    EXPECT_EQ(ctl({"verify", a / "none"}).code, 1);
    spill(a / "text", "no evidence at all");
    EXPECT_EQ(ctl({"verify", a / "text"}).code, 1);
}

CASE("tampered evidence: exit 3, and the event is named")
{
    Acted a;
    const std::string file = a / "matter.zt";
    EXPECT_EQ(a.as("audit", {"export", "--matter", "m/1", "--to", file}).code, 0);
    wire::Export x;
    EXPECT(x.ParseFromString(slurp(file)));
    auto& body = *x.mutable_events(1)->mutable_body();
    body[body.size() / 2] ^= 1;
    spill(a / "bad.zt", x.SerializeAsString());
    const auto bad = ctl({"--lang", "en", "verify", a / "bad.zt"});
    EXPECT_EQ(bad.code, 3);
    EXPECT(bad.says("stream m/1, version 2: its content was changed"));
    EXPECT(ctl({"--lang", "zh", "verify", a / "bad.zt"}).says("流 m/1，版本 2：事件内容被改动"));
    const auto json = nlohmann::json::parse(ctl({"verify", a / "bad.zt", "--json"}).out);
    EXPECT(json["good"] == false && json["first"]["stream"] == "m/1" && json["first"]["version"] == 2);
}

CASE("erase: list, approval, run, while the hub has its log open; the evidence names the rule")
{
    Acted a;
    auto running = a.open(); // takes in what another process did, as the served hub does
    std::string in;
    const auto streams = running.log->streams();
    for (const auto& s : *streams)
        if (s.rfind("in/", 0) == 0 && *running.core->mayRead(a.authors.at("clerk1").person, s)) in = s;
    const std::string rule = "保管期限10年";
    EXPECT_EQ(ctl({"erase", "list", "--data", a.data, "--rule", rule}).code, 2);
    EXPECT_EQ(ctl({"erase", "list", "--data", a.data, "--rule", rule, "--years", "1", "--stream", in}).code, 2);
    const auto none = ctl({"erase", "list", "--data", a.data, "--rule", rule, "--years", "1", "--to", a / "none"});
    EXPECT(none.code == 0 && none.says("0 to erase") && !fs::exists(a / "none"));
    const auto unfinished = ctl({"erase", "list", "--data", a.data, "--rule", rule, "--stream", "m/1"});
    EXPECT(unfinished.code == 1 && unfinished.says("not finished"));
    const auto dry = ctl({"erase", "list", "--data", a.data, "--rule", rule, "--stream", in});
    EXPECT(dry.code == 0 && dry.says("1 to erase") && dry.says("Nothing was written or erased") && !dry.says("防汛"));
    EXPECT_EQ(ctl({"erase", "list", "--data", a.data, "--rule", rule, "--stream", in, "--version", "2", "--to", a / "list"}).code, 0);
    EXPECT(slurp(a / "list").find("防汛") == std::string::npos);

    const auto early = a.as("security", {"erase", "run", "--list", a / "list"});
    EXPECT(early.code == 1 && early.says("erase approve"));
    EXPECT_EQ(a.as("security", {"erase", "approve", "--list", a / "list", "--to", a / "bad"}).code, 1);
    EXPECT_EQ(a.as("system", {"erase", "run", "--list", a / "list"}).code, 1);
    EXPECT_EQ(a.as("audit", {"erase", "approve", "--list", a / "list", "--to", a / "approved"}).code, 0);
    EXPECT_EQ(a.as("audit", {"erase", "run", "--list", a / "approved"}).code, 1);
    EXPECT(running.log->read(in, 2, 1)->front().erased_rule().empty());
    const auto run = a.as("security", {"erase", "run", "--list", a / "approved"});
    EXPECT(run.code == 0 && run.says("1 single events"));
    EXPECT(running.core->catchUp());
    EXPECT(running.log->read(in, 2, 1)->front().erased_rule() == rule);
    EXPECT_EQ(a.as("security", {"erase", "run", "--list", a / "approved"}).code, 0); // again

    const std::string file = a / "matter.zt";
    EXPECT_EQ(a.as("audit", {"export", "--matter", "m/1", "--to", file}).code, 0);
    const auto verified = ctl({"--lang", "en", "verify", file});
    EXPECT(verified.code == 0 && verified.says("erased under rule \"" + rule + "\"") && verified.says("erased 1,"));
    EXPECT(ctl({"--lang", "zh", "verify", file}).says("已按规则“" + rule + "”销毁内容"));
    EXPECT_EQ(ctl({"check", "--data", a.data}).code, 0);

    // The whole, then something without a record.
    EXPECT_EQ(ctl({"erase", "list", "--data", a.data, "--rule", rule, "--stream", in, "--to", a / "whole"}).code, 0);
    EXPECT_EQ(a.as("audit", {"erase", "approve", "--list", a / "whole", "--to", a / "whole.approved"}).code, 0);
    EXPECT_EQ(a.as("security", {"erase", "run", "--list", a / "whole.approved"}).code, 0);
    EXPECT(running.core->catchUp());
    EXPECT(!*running.core->mayRead(a.authors.at("clerk1").person, in));
    EXPECT_EQ(ctl({"check", "--data", a.data}).code, 0);
    hub::Group g;
    g.authorityVersion = running.core->directory().version;
    g.erasures = {{"m/1", 1, rule}};
    EXPECT(running.log->append(g));
    const auto checked = ctl({"check", "--data", a.data});
    EXPECT(checked.code == 1 && checked.says("erased without a record"));
    EXPECT_EQ(a.as("audit", {"export", "--matter", "m/1", "--to", a / "bad.zt"}).code, 0);
    const auto bad = ctl({"--lang", "en", "verify", a / "bad.zt"});
    EXPECT(bad.code == 3 && bad.says("without a record of it"));
}

CASE("a device's certificate of another root")
{
    Acted a;
    const auto file = a / "matter.zt";
    EXPECT_EQ(a.as("audit", {"export", "--matter", "m/1", "--to", file}).code, 0);
    DemoProvince other;
    wire::Export x;
    EXPECT(x.ParseFromString(slurp(file)));
    x.set_ca(slurp(other.data + "/ca.pem"));
    spill(a / "bad.zt", x.SerializeAsString());
    const auto bad = ctl({"--lang", "en", "verify", a / "bad.zt"});
    EXPECT_EQ(bad.code, 3);
    EXPECT(bad.says("stream dir") && bad.says("certificate"));
}
