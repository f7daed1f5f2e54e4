#include "keys.h"

#include "zt/crypto/pki.h"
#include "zt/link/link.h"

#include <algorithm>

namespace zt::desk {

namespace {

using nlohmann::json;
constexpr int kDay = 24 * 60;
constexpr size_t kRootHash = 32;
constexpr std::string_view kPem = "-----BEGIN CERTIFICATE-----", kHttp = "http://", kBlank = " \t\r\n";

bool isProxy(std::string_view text)
{
    if (text.empty()) return true;
    if (!text.starts_with(kHttp)) return false;
    text.remove_prefix(kHttp.size());
    if (text.ends_with('/')) text.remove_suffix(1);
    return link::isAddress(text);
}

//! The hash of a root given as PEM or as the hash itself.
std::optional<Bytes> rootHash(std::string_view text)
{
    if (const auto hash = unhex(text); hash && hash->size() == kRootHash) return hash;
    const size_t start = text.find_first_not_of(kBlank);
    if (start == text.npos || !text.substr(start).starts_with(kPem)) return std::nullopt;
    // Which of two would be meant?
    if (text.find(kPem, start + 1) != text.npos) return std::nullopt;
    const auto info = crypto::readCert(text);
    if (!info || !info->isCa) return std::nullopt;
    return info->hash;
}

std::string trueOrFalse(bool zh) { return zh ? "请写 true 或 false，不加引号" : "write true or false, without quotes"; }

template <class... F>
struct Each : F... { using F::operator()...; };
template <class... F>
Each(F...) -> Each<F...>;

} // namespace

const std::vector<Key>& keys()
{
    using S = Settings;
    static const std::vector<Key> all = {
        {"language", WordKind{&S::language, {{"system", ""}, {"zh_CN", "zh_CN"}, {"en", "en"}}}, "Language of the windows", "界面语言"},
        {"theme", WordKind{&S::theme, {{"light", ""}, {"dark", "dark"}, {"contrast", "contrast"}}}, "Light, dark or high contrast", "浅色、深色或高对比度"},
        {"text_size", WordKind{&S::textSize, {{"standard", ""}, {"large", "large"}, {"extra-large", "extra-large"}}}, "Size of text and of all that grows with it", "字号（各处尺寸随之变化）"},
        {"density", WordKind{&S::density, {{"auto", ""}, {"compact", "compact"}, {"comfortable", "comfortable"}}}, "Height of rows", "行距"},
        {"notifications", FlagKind{&S::notifications}, "Notify of new tasks and documents", "有新待办和来文时提醒"},
        {"close_to_tray", FlagKind{&S::closeToTray}, "Keep running in the tray when the window is closed", "关闭窗口后在托盘中继续运行"},
        {"idle_lock_minutes", MinutesKind{&S::idleLockMinutes, kDay}, "Minutes without input until the desk locks, 0 for never; at_most: the person may choose fewer, not more",
         "无操作多少分钟后锁定，0 为从不；at_most：个人可以改短，不能改长"},
        {"proxy", ProxyKind{&S::proxy}, "HTTP proxy on the way to the hub, empty for none", "连接枢纽所用的 HTTP 代理，空为不用"},
        {"keychain", RequireKind{}, "The store opens only with the passphrase and a secret in the system's keyring together (needs recovery by two administrators)", "本机数据须由口令和系统密钥环中的密钥共同打开（须已设两名管理员恢复）"},
        {"hub_address", AddressKind{}, "Where this computer enrols: host and enrolment port of the hub", "本机登记的枢纽：主机名和登记端口"},
        {"hub_ca", RootKind{}, "The hub's root certificate: PEM text, or the BLAKE2b-256 hash of its DER form in hex", "枢纽的根证书：PEM 文本，或其 DER 形式的 BLAKE2b-256 散列（十六进制）"},
    };
    return all;
}

const Key* findKey(std::string_view name)
{
    const auto it = std::find_if(keys().begin(), keys().end(), [&](const Key& k) { return name == k.name; });
    return it == keys().end() ? nullptr : &*it;
}

std::optional<decltype(Managed::value)> policyValue(const Key& key, const json& value)
{
    using Out = std::optional<decltype(Managed::value)>;
    const auto text = value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
    const auto number = [](const json& j, int least, int most) { return j.is_number_integer() && j >= least && j <= most; };
    return std::visit(Each{
        [&](const WordKind& k) -> Out {
            for (const auto& [word, own] : k.words)
                if (text == word) return std::string(own);
            return {};
        },
        [&](const FlagKind&) -> Out { return value.is_boolean() ? Out(value.get<bool>()) : Out(); },
        [&](const MinutesKind& k) -> Out {
            if (number(value, 0, k.most)) return value.get<int>();
            const bool bound = value.is_object() && value.size() == 1 && value.contains("at_most") && number(value["at_most"], 1, k.most);
            return bound ? Out(AtMost{value["at_most"].get<int>()}) : Out();
        },
        [&](const ProxyKind&) -> Out { return text && isProxy(*text) ? Out(*text) : Out(); },
        [&](const RequireKind&) -> Out { return value.is_boolean() ? Out(value.get<bool>()) : Out(); },
        [&](const AddressKind&) -> Out { return text && link::isAddress(*text) ? Out(*text) : Out(); },
        [&](const RootKind&) -> Out {
            const auto hash = text ? rootHash(*text) : std::nullopt;
            return hash ? Out(*hash) : Out();
        },
    }, key.kind);
}

std::string expected(const Key& key, Tongue tongue)
{
    const bool zh = tongue == Tongue::Chinese;
    const auto minutes = [zh](int most) {
        const std::string n = std::to_string(most);
        return zh ? "请写 0（从不）到 " + n + " 的整数，或写 {\"at_most\": 1 到 " + n + " 的整数}"
                  : "write a whole number from 0 (never) to " + n + ", or {\"at_most\": a whole number from 1 to " + n + "}";
    };
    return std::visit(Each{
        [&](const WordKind& k) -> std::string {
            std::string out = zh ? "请写下列之一：" : "write one of ";
            for (size_t i = 0; i < k.words.size(); ++i) out += std::string(i ? (zh ? "、" : ", ") : "") + '"' + k.words[i].first + '"';
            return out;
        },
        [&](const FlagKind&) -> std::string { return trueOrFalse(zh); },
        [&](const MinutesKind& k) -> std::string { return minutes(k.most); },
        [&](const ProxyKind&) -> std::string { return zh ? "请写 \"http://主机:端口\"，不用代理则写 \"\"" : "write \"http://host:port\", or \"\" for none"; },
        [&](const RequireKind&) -> std::string { return trueOrFalse(zh); },
        [&](const AddressKind&) -> std::string { return zh ? "请写 \"主机:端口\"" : "write \"host:port\""; },
        [&](const RootKind&) -> std::string {
            return zh ? "请写一份根证书（CA）的 PEM 文本，换行写作 \\n；或写 64 位十六进制散列" : "write one root (CA) certificate as PEM text with \\n for its line ends, or its hash as 64 hex digits";
        },
    }, key.kind);
}

bool takeSetting(const Key& key, const json& file, Settings& into)
{
    const auto it = file.find(key.name);
    if (it == file.end()) return false;
    return std::visit(Each{
        [&](const WordKind& k) {
            if (!it->is_string()) return false;
            const auto text = it->get<std::string>();
            const bool known = std::any_of(k.words.begin(), k.words.end(), [&](const auto& w) { return text == w.first || text == w.second; });
            // "system" and "auto" are a policy's words for what the settings write as nothing.
            const bool policyOnly = text == k.words.front().first && (text == "system" || text == "auto");
            if (!known || policyOnly) return false;
            into.*k.at = text;
            return true;
        },
        [&](const FlagKind& k) {
            if (it->is_boolean()) into.*k.at = it->get<bool>();
            return it->is_boolean();
        },
        [&](const MinutesKind& k) {
            if (!it->is_number_integer()) return false;
            into.*k.at = int(it->is_number_unsigned() ? std::min(it->get<uint64_t>(), uint64_t(k.most)) : uint64_t(std::clamp<int64_t>(it->get<int64_t>(), 0, k.most)));
            return true;
        },
        [&](const ProxyKind& k) {
            if (it->is_string()) into.*k.at = it->get<std::string>();
            return it->is_string();
        },
        [&](const auto&) { return false; },
    }, key.kind);
}

json setting(const Key& key, const Settings& s)
{
    return std::visit([&](const auto& k) -> json {
        if constexpr (requires { k.at; }) return s.*k.at;
        else return {};
    }, key.kind);
}

json inPolicyWords(const Key& key, const Settings& s)
{
    if (const auto* k = std::get_if<WordKind>(&key.kind))
        for (const auto& [word, own] : k->words)
            if (s.*k->at == own || s.*k->at == word) return word;
    return setting(key, s);
}

void copySetting(const Key& key, const Settings& from, Settings& to)
{
    std::visit([&](const auto& k) {
        if constexpr (requires { k.at; }) to.*k.at = from.*k.at;
    }, key.kind);
}

void putSetting(const Key& key, const Managed& managed, Settings& into)
{
    std::visit([&](const auto& k) {
        if constexpr (requires { k.at; }) {
            using T = std::remove_reference_t<decltype(into.*k.at)>;
            if (const auto* value = std::get_if<T>(&managed.value)) into.*k.at = *value;
            if constexpr (std::is_same_v<T, int>)
                if (const auto* most = std::get_if<AtMost>(&managed.value); most && (into.*k.at == 0 || into.*k.at > most->minutes)) into.*k.at = most->minutes;
        }
    }, key.kind);
}

} // namespace zt::desk
