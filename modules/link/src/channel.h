#pragma once

#include "address.h"
#include "zt/link/link.h"
#include "zt/rpc/channel.h"

namespace zt::link {

constexpr size_t kMostReceived = 24u << 20; //!< one event holds its document in the fact and in the cause: 17 MB at most. The hub takes no more than 10 MiB

//! Where the endpoint's address, which must be one, leads.
[[nodiscard]] inline rpc::Channel::To toHub(const std::string& address, const std::string& proxy)
{
    const auto at = splitAddress(address);
    return {at ? at->host : std::string(), at ? at->port : uint16_t(0), proxy, kMostReceived};
}
[[nodiscard]] inline std::shared_ptr<rpc::Credentials> credentialsOf(Endpoint& endpoint)
{
    return rpc::Credentials::make(endpoint.ca, endpoint.certificate, endpoint.key); // wipes the key
}

} // namespace zt::link
