#pragma once

#include "keys.h"
#include "zt/base/clock.h"
#include "zt/crypto/pki.h"
#include "zt/test/test.h"

#include <algorithm>

//! For every key: two values a policy may give, what a policy may not give, and what a person chose in settings.json.
namespace zt::test {

using nlohmann::json;

struct Sample {
    std::string key;
    json good, other;
    std::vector<json> bad;
    json user;          //!< null: no setting of a person
    json userInPolicy;  //!< the same in a policy's words
};

inline std::string rootPem()
{
    static const std::string pem = [] {
        const auto key = crypto::SigningKey::generate(systemRandom());
        const Millis now = systemClock().now();
        return crypto::makeCa(key, "示例省", now, now + 86'400'000).value();
    }();
    return pem;
}
inline std::string leafPem()
{
    const auto key = crypto::SigningKey::generate(systemRandom());
    const Millis now = systemClock().now();
    const auto ca = crypto::makeCa(key, "CA", now, now + 86'400'000).value();
    return crypto::issue(key, ca, {"p/d", {}, key.publicKey(), now, now + 1000, false}).value();
}

inline const std::vector<Sample>& samples()
{
    static const std::vector<Sample> all = {
        {"language", "en", "system", {"", "fr", 1, nullptr, true, json::array()}, "zh_CN", "zh_CN"},
        {"theme", "dark", "light", {"", "black", 2, false}, "dark", "dark"},
        {"text_size", "large", "standard", {"", "huge", 14}, "extra-large", "extra-large"},
        {"density", "compact", "auto", {"", "large", 0}, "comfortable", "comfortable"},
        {"notifications", false, true, {"false", 0, nullptr}, false, false},
        {"close_to_tray", false, true, {"yes", 1, json::object()}, false, false},
        {"idle_lock_minutes", 5, json{{"at_most", 15}},
         {-1, 1441, 2.5, "5", true, json{{"at_most", 0}}, json{{"at_most", 1441}}, json{{"at_most", "5"}}, json{{"at_most", 5}, {"least", 1}}, json::object(), 1e30, 18446744073709551615u}, 60, 60},
        {"proxy", "http://proxy.example:3128", "", {"proxy.example:3128", "https://proxy.example:1", "http://proxy.example", "http://a b:1", 3128, "http://proxy.example:99999"},
         "http://own.example:8080", "http://own.example:8080"},
        {"keychain", true, false, {"true", 1, nullptr, json::object()}, nullptr, nullptr},
        {"hub_address", "hub.example:7444", "[fd00::1]:7444", {"", "hub.example", "hub.example:0", "http://hub.example:1", "hub.example:70000", 7444}, nullptr, nullptr},
        {"hub_ca", rootPem(), std::string(64, 'a'), {"", std::string(63, 'a'), std::string(64, 'g'), "/etc/zhengtong/ca.pem", leafPem(), rootPem() + rootPem(), rootPem().substr(0, 200), 1}, nullptr, nullptr},
    };
    return all;
}

inline desk::Policy policyOf(std::initializer_list<std::pair<std::string, json>> files)
{
    std::vector<std::pair<std::string, Bytes>> texts;
    for (const auto& [name, j] : files) texts.emplace_back(name, j.is_string() ? j.get<std::string>() : j.dump());
    return desk::readPolicyTexts(texts);
}

//! A refusal as "file key fault".
inline std::vector<std::string> refusals(const desk::Policy& policy)
{
    std::vector<std::string> out;
    for (const auto& r : policy.refused()) out.push_back(r.file + " " + r.key + " " + std::string(desk::name(r.fault)));
    std::sort(out.begin(), out.end());
    return out;
}

} // namespace zt::test
