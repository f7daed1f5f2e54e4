#include "zt/hub/erasure.h"

#include "zt/wire/sealing.h"

#include <nlohmann/json.hpp>

namespace zt::hub {

namespace {

using Json = nlohmann::ordered_json;
constexpr const char* kListFormat = "zhengtong-erasure-list 1";
constexpr size_t kMostListBytes = 256u << 20;

Result<wire::Erase> eraseOf(const Json& j, const std::string& rule)
{
    wire::Erase out;
    out.set_rule(rule);
    for (const auto& p : j.at("parts")) {
        auto& part = *out.add_parts();
        part.set_stream(p.at("stream").get<std::string>());
        part.set_version(p.value("version", uint64_t(0)));
        const auto hash = unhex(p.value("hash", std::string()));
        if (!hash) return fail(Err::Invalid, "hash");
        part.set_hash(*hash);
    }
    out.set_approver(j.value("approver", std::string()));
    const auto approval = unhex(j.value("approval", std::string()));
    if (!approval) return fail(Err::Invalid, "approval");
    out.set_approval(*approval);
    wire::Command c; // the form is that of the command which will hold it
    c.set_id(Bytes(16, '0'));
    c.set_stream(directory::kStream);
    *c.mutable_erase() = out;
    ZT_TRY(wire::checkForm(c));
    return out;
}

} // namespace

size_t EraseList::parts() const
{
    size_t n = 0;
    for (const auto& e : erasures) n += size_t(e.parts_size());
    return n;
}

std::string formatEraseList(const EraseList& list)
{
    Json j{{"format", kListFormat}, {"hub", list.hub}, {"rule", list.erasures.empty() ? std::string() : list.erasures.front().rule()}, {"erasures", Json::array()}};
    for (const auto& e : list.erasures) {
        Json parts = Json::array();
        for (const auto& p : e.parts()) {
            Json part{{"stream", p.stream()}};
            if (p.version()) part["version"] = p.version(), part["hash"] = hex(p.hash());
            parts.push_back(std::move(part));
        }
        Json one{{"parts", std::move(parts)}};
        if (!e.approval().empty()) one["approver"] = e.approver();
        if (!e.approval().empty()) one["approval"] = hex(e.approval());
        j["erasures"].push_back(std::move(one));
    }
    return j.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<EraseList> parseEraseList(BytesView bytes)
{
    if (bytes.size() > kMostListBytes) return fail(Err::TooLarge, "list");
    const Json j = Json::parse(bytes, nullptr, false);
    try {
        if (!j.is_object() || j.at("format") != kListFormat) return fail(Err::Invalid, "not a list of what to erase");
        EraseList out;
        out.hub = j.at("hub").get<std::string>();
        for (const auto& one : j.at("erasures")) {
            ZT_LET(erase, eraseOf(one, j.at("rule").get<std::string>()));
            out.erasures.push_back(std::move(erase));
        }
        return out;
    } catch (const Json::exception&) {
        return fail(Err::Invalid, "not a list of what to erase");
    }
}

} // namespace zt::hub
