#include "keys.h"
#include "places.h"

#include <fmt/format.h>

//! What the policy says, for the people who write it: report, words of refusals, schema.
namespace zt::desk {

namespace {

using Ordered = nlohmann::ordered_json;

const char* sentence(Fault fault, bool zh)
{
    switch (fault) {
    case Fault::FolderLink: return zh ? "不是文件夹（也不能是链接），其中的策略一概不用；请改为真正的文件夹" : "is not a folder (nor may it be a link): nothing in it is used; make it a real folder";
    case Fault::FolderOwner: return zh ? "不归 root 所有，其中的策略一概不用；请执行 chown root:root" : "does not belong to root: nothing in it is used; chown root:root it";
    case Fault::FolderWritable: return zh ? "root 以外的人可以写入，其中的策略一概不用；请执行 chmod go-w" : "can be written by others than root: nothing in it is used; chmod go-w it";
    case Fault::FolderUnreadable: return zh ? "无法读取，其中的策略一概不用；请执行 chmod 755" : "cannot be read: nothing in it is used; chmod 755 it";
    case Fault::FileKind: return zh ? "不是普通文件（也不能是链接），整个不用；请把文件本身放在这里" : "is not a plain file (nor may it be a link): none of it is used; put the file itself here";
    case Fault::FileOwner: return zh ? "不归 root 所有，整个不用；请执行 chown root:root" : "does not belong to root: none of it is used; chown root:root it";
    case Fault::FileWritable: return zh ? "root 以外的人可以写入，整个不用；请执行 chmod go-w" : "can be written by others than root: none of it is used; chmod go-w it";
    case Fault::FileUnreadable: return zh ? "无法读取，整个不用；请执行 chmod 644" : "cannot be read: none of it is used; chmod 644 it";
    case Fault::TooLarge: return zh ? "大于 1 MiB，整个不用；请拆分" : "is larger than 1 MiB: none of it is used; split it";
    case Fault::NotJson: return zh ? "第 {} 行：不是 JSON 对象，整个不用；请检查逗号、引号和括号" : "line {}: not a JSON object, none of it is used; check commas, quotes and braces";
    case Fault::UnknownKey: return zh ? "没有这个键，不起作用；请更正拼写或删去" : "no such key, it does nothing; correct its spelling or remove it";
    case Fault::Twice: return zh ? "同一文件中出现两次，都不用；请只留一处" : "stands twice in one file, neither is used; leave one";
    case Fault::BadValue: return zh ? "值不能用；{}" : "the value cannot be used; {}";
    }
    return "";
}

struct KeyState {
    const Key* key;
    nlohmann::json value;              //!< in a policy's words; null: not set
    const char* source;                //!< "managed", "user", "default"
    std::string file;                  //!< of what is managed, also where it only bounds
    int most = 0;                      //!< where the policy bounds what the person chooses
    bool held = false;                 //!< the bound is ours, because something was refused
};

std::vector<KeyState> states(const Policy& policy, const std::filesystem::path& root)
{
    const nlohmann::json file = settingsFile(root).value_or(nlohmann::json::object());
    Settings user;
    std::vector<bool> said;
    for (const Key& key : keys()) said.push_back(takeSetting(key, file, user));
    const Settings now = policy.over(user);
    std::vector<KeyState> out;
    for (const Key& key : keys()) {
        KeyState state{&key, inPolicyWords(key, now), said[out.size()] ? "user" : "default", {}};
        if (const Managed* managed = policy.find(key.name)) {
            state.file = managed->file;
            const auto* most = std::get_if<AtMost>(&managed->value);
            if (most) {
                state.most = most->minutes;
                state.held = managed->file.empty();
            }
            if (!most || setting(key, user) != setting(key, now)) state.source = "managed";
            if (const auto* flag = std::get_if<bool>(&managed->value); flag && state.value.is_null()) state.value = *flag;
            if (const auto* text = std::get_if<std::string>(&managed->value); text && state.value.is_null())
                state.value = std::holds_alternative<RootKind>(key.kind) ? hex(*text) : *text;
        }
        out.push_back(std::move(state));
    }
    return out;
}

std::string sourceWords(const KeyState& s, bool zh)
{
    const std::string_view source = s.source;
    std::string out = source == "managed" ? (zh ? "单位" : "managed") : source == "user" ? (zh ? "个人" : "user") : (zh ? "默认" : "default");
    if (source == "managed" && !s.file.empty()) out += (zh ? "：" : ": ") + s.file;
    if (!s.most) return out;
    const std::string from = s.held ? (zh ? "因有策略被拒绝" : "because something was refused") : s.file;
    return out + fmt::format(fmt::runtime(zh ? "（不得超过 {}，{}）" : " (at most {}, {})"), s.most, from);
}

} // namespace

std::string words(const Refusal& r, Tongue tongue)
{
    const bool zh = tongue == Tongue::Chinese;
    const Key* key = findKey(r.key);
    const std::string what = r.fault == Fault::NotJson ? fmt::format(fmt::runtime(sentence(r.fault, zh)), r.line)
        : r.fault == Fault::BadValue && key ? fmt::format(fmt::runtime(sentence(r.fault, zh)), expected(*key, tongue))
        : std::string(sentence(r.fault, zh));
    const std::string colon = zh ? "：" : ": ";
    return r.file + (r.key.empty() ? std::string() : colon + r.key) + colon + what;
}

std::string policyReport(const Policy& policy, const std::filesystem::path& policyFolder, const std::filesystem::path& root, Tongue tongue, std::optional<uint64_t> hub)
{
    const bool zh = tongue == Tongue::Chinese;
    std::error_code ec;
    std::string out = (zh ? "策略文件夹：" : "Policy folder: ") + policyFolder.string();
    if (!std::filesystem::exists(policyFolder, ec) && policy.refused().empty()) out += zh ? "（没有，一切由个人决定）" : " (not there: everything is the person's choice)";
    out += '\n';
    for (const auto& s : states(policy, root))
        out += fmt::format("  {:<18} {:<24} {}\n", s.key->name, s.value.is_null() ? std::string("-") : s.value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), sourceWords(s, zh));
    if (!hub) out += zh ? "枢纽策略不在此列：它在各人的加密库里。请看已解锁的桌面端的设置；那里保存的诊断文件含本报告与枢纽策略。\n"
                        : "The hub's policy is not in here: it lies in each person's encrypted store. See the settings of an unlocked desk; the diagnosis file saved there has this report with it.\n";
    else if (*hub) out += fmt::format(fmt::runtime(zh ? "其中含枢纽策略第 {} 号。\n" : "With the hub's policy number {}.\n"), *hub);
    if (policy.refused().empty()) return out;
    out += zh ? "被拒绝：\n" : "Refused:\n";
    for (const Refusal& r : policy.refused()) out += "  " + words(r, tongue) + '\n';
    if (policy.hub().inDoubt) out += zh ? "修复之前，本机不能登记新的人员。\n" : "Until this is repaired nobody can be enrolled on this computer.\n";
    return out;
}

std::string policyReportJson(const Policy& policy, const std::filesystem::path& policyFolder, const std::filesystem::path& root, Tongue tongue, std::optional<uint64_t> hub)
{
    Ordered out{{"folder", policyFolder.string()}, {"hub_policy", hub ? Ordered(*hub) : Ordered()}, {"keys", Ordered::object()}, {"refused", Ordered::array()}, {"enrolment_waits", policy.hub().inDoubt}};
    for (const auto& s : states(policy, root)) {
        Ordered key{{"value", s.value}, {"source", s.source}};
        if (!s.file.empty()) key["file"] = s.file;
        if (s.most) key["at_most"] = s.most;
        if (s.held) key["held"] = true;
        out["keys"][s.key->name] = std::move(key);
    }
    for (const Refusal& r : policy.refused()) {
        Ordered one{{"file", r.file}, {"why", name(r.fault)}, {"words", words(r, tongue)}};
        if (!r.key.empty()) one["key"] = r.key;
        if (r.line) one["line"] = r.line;
        out["refused"].push_back(std::move(one));
    }
    return out.dump(2, ' ', false, Ordered::error_handler_t::replace) + '\n';
}

namespace {

constexpr const char* kHostPort = "(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):[0-9]{1,5}";

Ordered schemaOf(const Key& key)
{
    Ordered out{{"description", std::string(key.en) + " / " + key.zh}};
    const auto pattern = [&](const std::string& p) {
        out["type"] = "string";
        out["pattern"] = p;
    };
    if (const auto* w = std::get_if<WordKind>(&key.kind)) {
        out["enum"] = Ordered::array();
        for (const auto& [word, own] : w->words) out["enum"].push_back(word);
    } else if (std::holds_alternative<FlagKind>(key.kind) || std::holds_alternative<RequireKind>(key.kind)) {
        out["type"] = "boolean";
    } else if (const auto* m = std::get_if<MinutesKind>(&key.kind)) {
        const auto number = [&](int least) { return Ordered{{"type", "integer"}, {"minimum", least}, {"maximum", m->most}}; };
        out["oneOf"] = Ordered::array({number(0), Ordered{{"type", "object"}, {"properties", {{"at_most", number(1)}}}, {"required", Ordered::array({"at_most"})}, {"additionalProperties", false}}});
    } else if (std::holds_alternative<ProxyKind>(key.kind)) {
        pattern(std::string("^(http://") + kHostPort + "/?)?$");
    } else if (std::holds_alternative<AddressKind>(key.kind)) {
        pattern(std::string("^") + kHostPort + "$");
    } else {
        pattern("^([0-9A-Fa-f]{64}|\\s*-----BEGIN CERTIFICATE-----[\\s\\S]*)$");
    }
    return out;
}

} // namespace

std::string policySchema()
{
    Ordered properties{{"$schema", {{"type", "string"}}}};
    for (const Key& key : keys()) properties[key.name] = schemaOf(key);
    const Ordered out{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"$id", "urn:zhengtong:policy"},
                      {"title", "Zhengtong: managed policy of a desk / 正通桌面端统一管理策略"},
                      {"description", std::string("A file *.json in ") + kPolicyFolder + ", owned by root and writable by nobody else. Files are read in the order of their names; a later one wins, key by key."},
                      {"type", "object"},
                      {"properties", properties},
                      {"additionalProperties", false}};
    return out.dump(2) + '\n';
}

} // namespace zt::desk
