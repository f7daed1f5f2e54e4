#include "samples.h"

#include "zt/base/log.h"
#include "zt/crypto/selftest.h"
#include "zt/link/link.h"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

using namespace zt;
using namespace zt::desk;
using namespace zt::test;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / ("zt-desk-policy-" + hex(systemRandom().bytes(8)));
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    void user(const json& settings) const { std::ofstream(path / "settings.json") << settings.dump(); }
};

//! As much of JSON Schema as ours has.
bool valid(const json& schema, const json& v)
{
    const std::string type = schema.value("type", "");
    if (type == "string" && !v.is_string()) return false;
    if (type == "boolean" && !v.is_boolean()) return false;
    if (type == "integer" && !v.is_number_integer()) return false;
    if (type == "object" && !v.is_object()) return false;
    for (const auto& [word, rule] : schema.items()) {
        if (word == "enum" && std::find(rule.begin(), rule.end(), v) == rule.end()) return false;
        if (word == "pattern" && !std::regex_search(v.get<std::string>(), std::regex(rule.get<std::string>()))) return false;
        if (word == "minimum" && v.get<double>() < rule.get<double>()) return false;
        if (word == "maximum" && v.get<double>() > rule.get<double>()) return false;
        if (word == "oneOf" && std::count_if(rule.begin(), rule.end(), [&](const json& one) { return valid(one, v); }) != 1) return false;
        if (word == "required" && !std::all_of(rule.begin(), rule.end(), [&](const json& key) { return v.contains(key.get<std::string>()); })) return false;
        if (word == "properties" && v.is_object())
            for (const auto& [key, value] : v.items())
                if (rule.contains(key) ? !valid(rule[key], value) : !schema.value("additionalProperties", true)) return false;
        const std::set<std::string> known{"type", "enum", "pattern", "minimum", "maximum", "oneOf", "required", "properties", "additionalProperties", "description", "title", "$id", "$schema"};
        EXPECT(known.contains(word));
    }
    return true;
}

json report(const Policy& policy, const fs::path& root) { return json::parse(policyReportJson(policy, "/etc/p", root, Tongue::English)); }

} // namespace

CASE("every key has samples, and every sample a key")
{
    std::set<std::string> inTable, inSamples;
    for (const Key& k : keys()) inTable.insert(k.name);
    for (const Sample& s : samples()) inSamples.insert(s.key);
    EXPECT(inTable == inSamples);
}

CASE("every key: managed beats the person's, the person's beats the default; the report says which and from where")
{
    for (const Sample& s : samples()) {
        const Folder none, chosen;
        if (!s.user.is_null()) chosen.user({{s.key, s.user}});
        const Policy empty = policyOf({});
        for (const json& good : {s.good, s.other}) {
            const Policy managed = policyOf({{"10-a.json", {{s.key, good}}}});
            EXPECT(managed.refused().empty());
            EXPECT(managed.find(s.key) != nullptr);
            const json said = report(managed, chosen.path)["keys"][s.key];
            EXPECT_EQ(said["file"], json("10-a.json"));
            EXPECT_EQ(said["source"], json("managed"));
            const bool bound = good.is_object();
            EXPECT_EQ(managed.fixes(s.key), !bound);
            if (s.key == "hub_ca") EXPECT_EQ(said["value"].get<std::string>().size(), size_t(64));
            else EXPECT_EQ(said["value"], bound ? good["at_most"] : good);
        }
        const json own = report(empty, chosen.path)["keys"][s.key];
        EXPECT_EQ(own["source"], json(s.user.is_null() ? "default" : "user"));
        EXPECT_EQ(own["value"], s.userInPolicy);
        const json plain = report(empty, none.path)["keys"][s.key];
        EXPECT_EQ(plain["source"], json("default"));
        EXPECT_EQ(plain["value"], inPolicyWords(*findKey(s.key), Settings{}));
        EXPECT(!own.contains("file") && !plain.contains("file"));
    }
}

CASE("every key: the person's choice does not get past the policy, and is in force again when the policy goes")
{
    for (const Sample& s : samples()) {
        if (s.user.is_null()) continue;
        const Key& key = *findKey(s.key);
        Settings own;
        EXPECT(takeSetting(key, {{s.key, s.user}}, own));
        const Policy policy = policyOf({{"a.json", {{s.key, s.good}}}});
        const Settings inForce = policy.over(own);
        EXPECT_EQ(inPolicyWords(key, inForce), s.good);
        // Something else is changed while the managed value shows; then the managed one itself.
        Settings wanted = inForce;
        wanted.closeToTray = !wanted.closeToTray;
        wanted.theme = wanted.theme == "dark" ? "" : "dark";
        const Settings after = policy.chosen(own, wanted);
        EXPECT_EQ(setting(key, after), setting(key, own));
        EXPECT_EQ(inPolicyWords(key, policy.over(after)), s.good);
        EXPECT_EQ(inPolicyWords(key, policyOf({}).over(after)), s.userInPolicy);
        EXPECT_EQ(after.closeToTray, s.key == "close_to_tray" ? own.closeToTray : wanted.closeToTray);
    }
}

CASE("the idle lock has an upper bound: shorter is the person's choice, longer and never are not")
{
    const Policy policy = policyOf({{"a.json", {{"idle_lock_minutes", {{"at_most", 15}}}}}});
    EXPECT_EQ(policy.mostIdleMinutes(), 15);
    for (const auto& [own, inForce] : {std::pair{5, 5}, std::pair{15, 15}, std::pair{16, 15}, std::pair{60, 15}, std::pair{0, 15}}) {
        Settings s;
        s.idleLockMinutes = own;
        EXPECT_EQ(policy.over(s).idleLockMinutes, inForce);
    }
    Settings own;
    own.idleLockMinutes = 60;
    Settings wanted = policy.over(own);
    EXPECT_EQ(policy.chosen(own, wanted).idleLockMinutes, 60); // not touched: it stays
    wanted.idleLockMinutes = 5;
    EXPECT_EQ(policy.chosen(own, wanted).idleLockMinutes, 5);
    const Folder f;
    f.user({{"idle_lock_minutes", 5}});
    const json shorter = report(policy, f.path)["keys"]["idle_lock_minutes"];
    EXPECT_EQ(shorter, (json{{"value", 5}, {"source", "user"}, {"file", "a.json"}, {"at_most", 15}}));
    EXPECT(!policyOf({{"a.json", {{"idle_lock_minutes", 0}}}}).mostIdleMinutes());
    EXPECT_EQ(policyOf({{"a.json", {{"idle_lock_minutes", 0}}}}).over(own).idleLockMinutes, 0); // an organisation may say never
}

CASE("files count in their order, later wins per key; what a later file does not say stays")
{
    const Policy policy = policyOf({{"10-base.json", {{"theme", "dark"}, {"language", "en"}, {"idle_lock_minutes", 5}}}, {"20-site.json", {{"theme", "light"}, {"idle_lock_minutes", {{"at_most", 30}}}}}});
    EXPECT(policy.refused().empty());
    EXPECT_EQ(policy.find("theme")->file, "20-site.json");
    EXPECT_EQ(policy.find("language")->file, "10-base.json");
    EXPECT_EQ(policy.over({}).theme, "");
    EXPECT_EQ(policy.mostIdleMinutes(), 30);
    EXPECT(!policy.fixes("idle_lock_minutes"));
}

CASE("every key: a bad value is refused by file and key, says what to write, and stops no other key")
{
    for (const Sample& s : samples()) {
        for (const json& bad : s.bad) {
            const std::string neighbour = s.key == "theme" ? "language" : "theme";
            const json right = neighbour == "theme" ? "dark" : "en";
            const Policy policy = policyOf({{"30-x.json", {{s.key, bad}, {neighbour, right}}}});
            EXPECT_EQ(refusals(policy), (std::vector<std::string>{"30-x.json " + s.key + " bad_value"}));
            EXPECT(policy.find(neighbour) != nullptr);
            EXPECT(s.key == "idle_lock_minutes" || !policy.find(s.key));
            if (policy.refused().empty()) continue;
            const auto& refusal = policy.refused().front();
            for (const Tongue t : {Tongue::English, Tongue::Chinese}) {
                const std::string said = words(refusal, t);
                EXPECT(said.starts_with("30-x.json"));
                EXPECT(said.find(s.key) != said.npos);
                EXPECT(said.find(expected(*findKey(s.key), t)) != said.npos);
            }
        }
    }
}

CASE("a bad value never makes anything laxer: what an earlier file says stays in force")
{
    for (const Sample& s : samples())
        for (const json& bad : s.bad) {
            const Policy policy = policyOf({{"10.json", {{s.key, s.good}}}, {"20.json", {{s.key, bad}}}});
            REQUIRE(policy.find(s.key) != nullptr);
            EXPECT_EQ(policy.find(s.key)->file, "10.json");
            EXPECT(policy.find(s.key)->value == *policyValue(*findKey(s.key), s.good));
            EXPECT_EQ(refusals(policy), (std::vector<std::string>{"20.json " + s.key + " bad_value"}));
            EXPECT(!policy.hub().inDoubt || !s.key.starts_with("hub_"));
        }
}

CASE("a bad value never makes anything laxer: with no other, the idle lock is held at its default and enrolment waits")
{
    Settings never;
    never.idleLockMinutes = 0;
    const auto held = [&](const Policy& policy) { return policy.over(never).idleLockMinutes == 10 && policy.mostIdleMinutes() == 10 && policy.find("idle_lock_minutes")->file.empty(); };
    EXPECT(held(policyOf({{"a.json", {{"idle_lock_minutes", 1441}}}})));
    EXPECT(held(policyOf({{"a.json", "{\"idle_lock_minutes\": 5, \"idle_lock_minutes\": 600}"}})));
    EXPECT(held(policyOf({{"a.json", "{"}})));
    EXPECT(!policyOf({{"a.json", {{"idle_lock_minutes", 1441}}}}).hub().inDoubt);
    EXPECT(policyOf({{"a.json", "{"}}).hub().inDoubt);
    EXPECT(policyOf({{"a.json", {{"hub_ca", "x"}}}}).hub().inDoubt);
    EXPECT(policyOf({{"a.json", {{"hub_address", "x"}, {"hub_ca", std::string(64, 'a')}}}}).hub().inDoubt);
    // A wrong colour, or a key nobody knows, is no reason for either.
    for (const json& harmless : {json{{"theme", "x"}}, json{{"idle_lock", 5}}}) {
        const Policy policy = policyOf({{"a.json", harmless}});
        EXPECT_EQ(policy.refused().size(), size_t(1));
        EXPECT_EQ(policy.over(never).idleLockMinutes, 0);
        EXPECT(!policy.hub().inDoubt);
    }
    // With a whole preset from another file nothing is in doubt.
    EXPECT(!policyOf({{"a.json", {{"hub_address", "h:1"}, {"hub_ca", std::string(64, 'a')}}}, {"b.json", "{"}}).hub().inDoubt);
    const Folder f;
    const json said = report(policyOf({{"a.json", "{"}}), f.path);
    EXPECT_EQ(said["keys"]["idle_lock_minutes"], (json{{"value", 10}, {"source", "default"}, {"at_most", 10}, {"held", true}}));
    EXPECT_EQ(said["enrolment_waits"], json(true));
}

CASE("unknown keys are reported and do not stop the known ones")
{
    const Policy policy = policyOf({{"a.json", {{"them", "dark"}, {"theme", "dark"}, {"", 1}, {"$schema", "policy.schema.json"}}}});
    EXPECT_EQ(refusals(policy), (std::vector<std::string>{"a.json \"\" unknown_key", "a.json them unknown_key"}));
    EXPECT_EQ(policy.over({}).theme, "dark");
}

CASE("a key that stands twice in one file is refused, neither value is used")
{
    const Policy policy = policyOf({{"a.json", "{\"theme\": \"dark\", \"language\": \"en\", \"theme\": \"light\"}"}});
    EXPECT_EQ(refusals(policy), (std::vector<std::string>{"a.json theme twice"}));
    EXPECT(!policy.find("theme"));
    EXPECT(policy.fixes("language"));
    EXPECT(policyOf({{"a.json", "{\"idle_lock_minutes\": {\"at_most\": 5}, \"at_most\": 1}"}}).refused().size() == 1); // not the same key: another depth
}

CASE("what is no JSON object is refused whole, with the line")
{
    const std::pair<const char*, size_t> bad[] = {{"", 1}, {"[]", 1}, {"null", 1}, {"\"x\"", 1}, {"{\"theme\": \"dark\",}", 1}, {"{\n  \"theme\": \"dark\"\n  \"language\": \"en\"\n}", 3},
                                                  {"{\"theme\": \"\xff\"}", 1}, {"{\"theme\": \"dark\"} x", 1}, {"// no comments\n{}", 1}, {"{\"proxy\": 1e999}", 1}};
    for (const auto& [text, line] : bad) {
        const Policy policy = policyOf({{"a.json", text}, {"b.json", {{"language", "en"}}}});
        EXPECT_EQ(refusals(policy), (std::vector<std::string>{"a.json  not_json"}));
        EXPECT_EQ(policy.refused().front().line, line);
        EXPECT(!policy.find("theme"));
        EXPECT(policy.fixes("language"));
        EXPECT(words(policy.refused().front(), Tongue::English).find("line " + std::to_string(line) + ":") != std::string::npos);
    }
}

CASE("the report says whether the hub's policy is in it")
{
    const Folder f;
    const Policy own = policyOf({{"10.json", {{"text_size", "large"}}}});
    const Policy hub = policyOf({{kHubPolicyFile, {{"idle_lock_minutes", {{"at_most", 5}}}}}});
    for (const auto& [tongue, without, with] : {std::tuple{Tongue::English, "The hub's policy is not in here", "With the hub's policy number 7."}, {Tongue::Chinese, "枢纽策略不在此列", "含枢纽策略第 7 号"}}) {
        EXPECT(policyReport(own, "/etc/p", f.path, tongue).find(without) != std::string::npos);
        const std::string both = policyReport(own.with(hub), "/etc/p", f.path, tongue, 7);
        EXPECT(both.find(with) != std::string::npos && both.find(without) == std::string::npos);
        const std::string none = policyReport(own, "/etc/p", f.path, tongue, 0);
        EXPECT(none.find(with) == std::string::npos && none.find(without) == std::string::npos);
    }
    EXPECT(report(own, f.path)["hub_policy"].is_null());
    const auto both = json::parse(policyReportJson(own.with(hub), "/etc/p", f.path, Tongue::English, 7));
    EXPECT(both["hub_policy"] == 7 && both["keys"]["idle_lock_minutes"]["at_most"] == 5 && both["keys"]["idle_lock_minutes"]["file"] == kHubPolicyFile);
    EXPECT(both["keys"]["text_size"]["file"] == "10.json");
}

CASE("names from files cannot write on a terminal or fill it")
{
    const Policy policy = policyOf({{"a\x1b[31m.json", {{"x\n\x1b[2Jy", 1}, {std::string(5000, 'z'), 1}}}});
    REQUIRE(policy.refused().size() == 2);
    const Folder f;
    const std::string said = policyReport(policy, "/etc/p", f.path, Tongue::English);
    EXPECT_EQ(said.find('\x1b'), said.npos);
    EXPECT(said.size() < 2000);
}

CASE("the report says every key in both languages, and what was refused")
{
    const Folder f;
    f.user({{"theme", "dark"}, {"language", "klingon"}, {"idle_lock_minutes", 30}});
    const Policy policy = policyOf({{"10.json", {{"text_size", "large"}, {"idle_lock_minutes", {{"at_most", 20}}}, {"proxy", ""}}}, {"20.json", {{"density", "x"}}}});
    for (const Tongue t : {Tongue::English, Tongue::Chinese}) {
        const std::string said = policyReport(policy, "/etc/p", f.path, t);
        for (const Key& k : keys()) EXPECT(said.find("  " + std::string(k.name) + " ") != said.npos);
        EXPECT(said.find("20.json") != said.npos);
    }
    const std::string said = policyReport(policy, "/etc/p", f.path, Tongue::English);
    for (const char* line : {"  theme              \"dark\"                   user\n", "  language           \"system\"                 default\n", "  text_size          \"large\"                  managed: 10.json\n",
                             "  idle_lock_minutes  20                       managed: 10.json (at most 20, 10.json)\n", "  proxy              \"\"                       managed: 10.json\n",
                             "  hub_ca             -                        default\n", "  20.json: density: the value cannot be used; write one of \"auto\", \"compact\", \"comfortable\"\n"})
        EXPECT(said.find(line) != said.npos);
}

CASE("the log names files and keys, never values")
{
    std::vector<std::string> lines;
    setLogSink([&](std::string_view line) { lines.emplace_back(line); });
    logPolicy(policyOf({{"10.json", {{"proxy", "http://user:geheim@x"}, {"wrong", "geheim"}}}, {"20.json", "{\"geheim\""}}));
    setLogSink({});
    EXPECT_EQ(lines.size(), size_t(3));
    std::string all;
    for (const auto& l : lines) all += l;
    EXPECT_EQ(all.find("geheim"), all.npos);
    for (const char* said : {"policy_refused", "10.json", "20.json", "proxy", "wrong", "bad_value", "unknown_key", "not_json"}) EXPECT(all.find(said) != all.npos);
}

CASE("the preset of the hub: PEM and hash come to the same")
{
    const auto info = crypto::readCert(rootPem());
    REQUIRE(info);
    for (const json& root : {json(rootPem()), json(hex(info->hash)), json("\n" + rootPem() + "\n")}) {
        const auto preset = policyOf({{"a.json", {{"hub_ca", root}, {"hub_address", "hub.example:7444"}}}}).hub();
        EXPECT_EQ(preset.root, info->hash);
        EXPECT_EQ(preset.address, "hub.example:7444");
        EXPECT(!preset.inDoubt);
    }
    const auto none = policyOf({}).hub();
    EXPECT(none.address.empty() && none.root.empty() && !none.inDoubt);
}

CASE("a code must fit the hub of this PC")
{
    const Bytes ours(32, 'o'), others(32, 'x');
    const auto code = [](const Bytes& root) { return link::formatCode({"hub.example:1", root.substr(0, 16), Bytes(10, 's')}); };
    const std::string brief = link::formatCode({{}, {}, Bytes(10, 's')});
    const HubPreset none, whole{"hub.example:7444", ours, false}, address{"hub.example:7444", {}, false}, root{{}, ours, false}, doubt{"hub.example:7444", {}, true};
    const std::tuple<std::string, HubPreset, CodeFit> cases[] = {
        {code(ours), none, CodeFit::Good}, {code(ours), whole, CodeFit::Good}, {code(ours), address, CodeFit::Good}, {code(ours), root, CodeFit::Good},
        {code(others), whole, CodeFit::OtherHub}, {code(others), root, CodeFit::OtherHub}, {code(others), address, CodeFit::Good},
        {brief, whole, CodeFit::Good}, {brief, none, CodeFit::NeedsPreset}, {brief, address, CodeFit::NeedsPreset}, {brief, root, CodeFit::NeedsPreset},
        {brief, doubt, CodeFit::PresetInDoubt}, {code(ours), doubt, CodeFit::PresetInDoubt}, {"hello", whole, CodeFit::Unreadable}, {"", none, CodeFit::Unreadable}};
    for (const auto& [text, hub, fit] : cases) EXPECT_EQ(codeFit(text, hub), fit);
}

CASE("schema, table and documentation name the same keys; the schema is the table's")
{
    const auto slurp = [](const std::string& file) {
        std::ifstream in(std::string(ZT_SOURCE) + "/" + file);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const std::string shipped = slurp("resources/policy.schema.json");
    EXPECT(shipped == policySchema()); // zhengtong --policy-schema > resources/policy.schema.json
    const json schema = json::parse(shipped, nullptr, false);
    REQUIRE(schema.is_object());
    EXPECT_EQ(schema["$schema"], json("https://json-schema.org/draft/2020-12/schema"));
    std::set<std::string> inSchema, inTable{"$schema"}, inDocs;
    for (const auto& [name, ignored] : schema["properties"].items()) inSchema.insert(name);
    for (const Key& k : keys()) inTable.insert(k.name);
    EXPECT(inSchema == inTable);
    EXPECT_EQ(schema["additionalProperties"], json(false));
    // The rows of the table under "Managed policy".
    const std::string docs = slurp("modules/desk/README.md");
    size_t at = docs.find("## Managed policy");
    REQUIRE(at != docs.npos);
    const size_t end = docs.find("\n## ", at + 1);
    while ((at = docs.find("\n| `", at)) < end) {
        at += 4;
        inDocs.insert(docs.substr(at, docs.find('`', at) - at));
    }
    inTable.erase("$schema");
    EXPECT(inDocs == inTable);
}

CASE("the schema and the parser judge alike; what a pattern cannot know, the parser alone refuses")
{
    const json schema = json::parse(policySchema());
    const std::set<std::string> beyondPatterns{"hub.example:0", "hub.example:70000", "http://proxy.example:99999"};
    for (const Sample& s : samples()) {
        for (const json& good : {s.good, s.other}) EXPECT(valid(schema, {{s.key, good}}));
        for (const json& bad : s.bad) {
            const std::string text = bad.is_string() ? bad.get<std::string>() : std::string();
            EXPECT_EQ(valid(schema, {{s.key, bad}}), beyondPatterns.contains(text) || text.starts_with("-----BEGIN"));
        }
    }
    EXPECT(!valid(schema, {{"them", "dark"}}));
    EXPECT(!valid(schema, json::array()));
    EXPECT(valid(schema, json{{"$schema", "x"}, {"theme", "dark"}}));
}

int main(int argc, char** argv)
{
    if (!crypto::start()) return 3;
    return test::main(argc, argv);
}
