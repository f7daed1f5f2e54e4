#include "zt/hub/config.h"

#include "zt/base/bytes.h"

#include <arpa/inet.h>
#include <charconv>
#include <nlohmann/json.hpp>
#include <variant>

namespace zt::hub {

namespace {

using nlohmann::json;

struct Number {
    int HubConfig::*value;
    int least, most;
};
struct Text {
    std::string HubConfig::*value;
    bool mayBeEmpty;
};
struct Key {
    const char* name;
    std::variant<Text, Number> where;
};

const std::vector<Key>& keys()
{
    using C = HubConfig;
    static const std::vector<Key> all = {
        {"hub_id", Text{&C::hubId, false}},
        {"province", Text{&C::province, true}},
        {"listen", Text{&C::listen, false}},
        {"enrol_listen", Text{&C::enrolListen, true}},
        {"public_address", Text{&C::publicAddress, false}},
        {"database", Text{&C::database, false}},
        {"postgresql", Text{&C::postgresql, true}},
        {"blobs", Text{&C::blobs, false}},
        {"tls_ca", Text{&C::tlsCa, false}},
        {"tls_certificate", Text{&C::tlsCertificate, false}},
        {"tls_key", Text{&C::tlsKey, false}},
        {"ca_key", Text{&C::caKey, false}},
        {"sign_key", Text{&C::signKey, false}},
        {"rest_key", Text{&C::restKey, false}},
        {"recovery_key", Text{&C::recoveryKey, true}},
        {"certificate_days", Number{&C::certificateDays, 1, 3650}},
        {"max_sessions", Number{&C::maxSessions, 1, 1'000'000}},
        {"max_sessions_per_person", Number{&C::maxSessionsPerPerson, 1, 1000}},
        {"commands_per_second", Number{&C::commandsPerSecond, 1, 1'000'000}},
        {"commands_burst", Number{&C::commandsBurst, 1, 1'000'000}},
        {"max_blob_mib", Number{&C::maxBlobMib, 1, 65'536}},
        {"blob_space_mib", Number{&C::blobSpaceMib, 1, 1'000'000'000}},
        {"enrol_per_minute", Number{&C::enrolPerMinute, 1, 100'000}},
        {"metrics", Text{&C::metrics, true}},
        {"metrics_allow", Text{&C::metricsAllow, true}},
        {"log_level", Text{&C::logLevel, false}},
    };
    return all;
}

Result<void> set(HubConfig& config, const Key& key, const json& value)
{
    const std::string name = key.name;
    if (const auto* text = std::get_if<Text>(&key.where)) {
        if (!value.is_string()) return fail(Err::Invalid, name + ": write a text in quotes");
        const auto given = value.get<std::string>();
        if (given.empty() && !text->mayBeEmpty) return fail(Err::Invalid, name + ": must not be empty; leave the key out for its default");
        config.*text->value = given;
        return {};
    }
    const auto& number = std::get<Number>(key.where);
    if (!value.is_number_integer() || value < number.least || value > number.most)
        return fail(Err::Invalid, name + ": write a whole number from " + std::to_string(number.least) + " to " + std::to_string(number.most));
    config.*number.value = value.get<int>();
    return {};
}

//! Numbers only, but neither encrypted nor behind a password: beyond this machine it must be said who may read them.
Result<void> checkMetrics(const HubConfig& c)
{
    if (c.metrics.empty()) return c.metricsAllow.empty() ? Result<void>() : Result<void>(Err::Invalid, "metrics_allow: says who may read metrics, but metrics is not set");
    const auto at = parseHostPort(c.metrics);
    const auto address = at ? parseNetwork(at->host) : Result<Network>(fail(Err::Invalid, ""));
    if (!address || address->hasBits) return fail(Err::Invalid, "metrics: write an IPv4 address and a port, for example 127.0.0.1:9464");
    for (const auto& other : {c.listen, c.enrolListen})
        if (at->port != 0 && !other.empty() && parseHostPort(other)->port == at->port) return fail(Err::Invalid, "metrics: needs a port of its own");
    if (c.metricsAllow.empty() && !address->loopback)
        return fail(Err::Invalid, "metrics: anybody could read it at this address; name in metrics_allow who may, or write 127.0.0.1");
    if (!c.metricsAllow.empty() && !parseNetworks(c.metricsAllow))
        return fail(Err::Invalid, "metrics_allow: write addresses and networks with commas between, for example 10.1.2.3,10.1.4.0/24");
    return {};
}

Result<void> checkAll(const HubConfig& c)
{
    if (c.hubId.empty()) return fail(Err::Invalid, "hub_id: is missing; it was given when the province was created");
    if (c.publicAddress.empty()) return fail(Err::Invalid, "public_address: is missing; write host:port as desks reach this hub");
    for (const auto& [name, value] : {std::pair{"listen", c.listen}, std::pair{"enrol_listen", c.enrolListen}, std::pair{"public_address", c.publicAddress}})
        if (!value.empty() && !parseHostPort(value)) return fail(Err::Invalid, std::string(name) + ": write host:port, for example 0.0.0.0:7443");
    if (c.listen == c.enrolListen && parseHostPort(c.listen)->port != 0) return fail(Err::Invalid, "enrol_listen: needs a port of its own");
    ZT_TRY(checkMetrics(c));
    const auto recovery = unhex(c.recoveryKey);
    if (!c.recoveryKey.empty() && (!recovery || recovery->size() != 32)) return fail(Err::Invalid, "recovery_key: write 64 hex digits, or leave it empty");
    for (const char* level : {"debug", "info", "warning", "error"})
        if (c.logLevel == level) return {};
    return fail(Err::Invalid, "log_level: write debug, info, warning or error");
}

} // namespace

Result<HostPort> parseHostPort(std::string_view text)
{
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return fail(Err::Invalid, "host:port");
    HostPort out;
    std::string_view host = text.substr(0, colon), port = text.substr(colon + 1);
    if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos) return fail(Err::Invalid, "an IPv6 address needs brackets");
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (error != std::errc() || end != port.data() + port.size() || out.port < 0 || out.port > 65535 || host.empty()) return fail(Err::Invalid, "host:port");
    out.host = host;
    return out;
}

Result<Network> parseNetwork(std::string_view text)
{
    Network out;
    const auto slash = text.find('/');
    out.address = text.substr(0, slash);
    unsigned char bytes[4];
    if (::inet_pton(AF_INET, out.address.c_str(), bytes) != 1) return fail(Err::Invalid, "address");
    out.loopback = bytes[0] == 127;
    if (slash == std::string_view::npos) return out;
    out.hasBits = true;
    const std::string_view bits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), out.bits);
    if (error != std::errc() || end != bits.data() + bits.size() || out.bits < 0 || out.bits > 32) return fail(Err::Invalid, "bits of a network");
    return out;
}

Result<std::vector<Network>> parseNetworks(std::string_view text)
{
    std::vector<Network> out;
    for (;;) {
        const auto comma = text.find(',');
        std::string_view each = text.substr(0, comma);
        while (!each.empty() && each.front() == ' ') each.remove_prefix(1);
        while (!each.empty() && each.back() == ' ') each.remove_suffix(1);
        ZT_LET(network, parseNetwork(each));
        out.push_back(std::move(network));
        if (comma == std::string_view::npos) return out;
        text.remove_prefix(comma + 1);
    }
}

Result<HubConfig> parseConfig(std::string_view text)
{
    if (text.size() > 1u << 20) return fail(Err::TooLarge, "configuration");
    const json root = json::parse(text, nullptr, false, true);
    if (root.is_discarded() || !root.is_object()) return fail(Err::Invalid, "hub.json: is not a JSON object; check commas, quotes and braces");
    HubConfig config;
    for (const auto& [name, value] : root.items()) {
        const auto key = std::find_if(keys().begin(), keys().end(), [&](const Key& k) { return name == k.name; });
        if (key == keys().end()) return fail(Err::Invalid, "\"" + name + "\": no such key; remove it or correct its spelling");
        ZT_TRY(set(config, *key, value));
    }
    ZT_TRY(checkAll(config));
    return config;
}

std::string formatConfig(const HubConfig& config)
{
    nlohmann::ordered_json root;
    for (const Key& key : keys()) {
        if (const auto* text = std::get_if<Text>(&key.where)) root[key.name] = config.*text->value;
        else root[key.name] = config.*std::get<Number>(key.where).value;
    }
    return root.dump(2) + "\n";
}

} // namespace zt::hub
