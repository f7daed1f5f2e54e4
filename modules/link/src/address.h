#pragma once

#include "zt/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace zt::link {

struct Address {
    std::string host; //!< without brackets
    uint16_t port = 0;
};
//! "host:port", "1.2.3.4:port" or "[v6]:port". Err::Invalid for anything else, a scheme included.
[[nodiscard]] Result<Address> splitAddress(std::string_view text);

//! False if no interface but the loopback is up with an address of more than link scope, and the host is not this machine itself.
[[nodiscard]] bool hasNetwork(const std::string& host);

} // namespace zt::link
