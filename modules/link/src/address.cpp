#include "address.h"

#include "zt/link/link.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <ifaddrs.h>
#include <memory>
#include <net/if.h>
#include <netinet/in.h>

namespace zt::link {

namespace {

bool isHostCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

bool isLoopback(const std::string& host)
{
    in_addr v4{};
    in6_addr v6{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
    return host == "localhost";
}

bool isRoutable(const sockaddr& address)
{
    if (address.sa_family == AF_INET) {
        const uint32_t v4 = ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr);
        return v4 >> 24 != 127 && v4 >> 16 != 0xa9fe; // 169.254/16: an address a card gives itself when no network answered
    }
    if (address.sa_family == AF_INET6) {
        const in6_addr& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
        return !IN6_IS_ADDR_LOOPBACK(&v6) && !IN6_IS_ADDR_LINKLOCAL(&v6);
    }
    return false;
}

} // namespace

Result<Address> splitAddress(std::string_view text)
{
    const size_t colon = text.rfind(':');
    if (colon == text.npos || text.size() > 270) return fail(Err::Invalid, "address is not host:port");
    std::string_view host = text.substr(0, colon), port = text.substr(colon + 1);
    Address out;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (error != std::errc{} || end != port.data() + port.size() || out.port == 0) return fail(Err::Invalid, "port is not 1 to 65535");
    in6_addr v6{};
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        out.host = host.substr(1, host.size() - 2);
        if (inet_pton(AF_INET6, out.host.c_str(), &v6) != 1) return fail(Err::Invalid, "host is no IPv6 address");
        return out;
    }
    if (host.empty() || !std::all_of(host.begin(), host.end(), isHostCharacter)) return fail(Err::Invalid, "host has characters no host has");
    out.host = host;
    return out;
}

bool isAddress(std::string_view text) { return splitAddress(text).has_value(); }

bool hasNetwork(const std::string& host)
{
    if (isLoopback(host)) return true;
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return true; // unknown: let the attempt tell
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, freeifaddrs);
    for (const ifaddrs* i = list; i; i = i->ifa_next)
        if (i->ifa_addr && (i->ifa_flags & IFF_UP) && (i->ifa_flags & IFF_RUNNING) && !(i->ifa_flags & IFF_LOOPBACK) && isRoutable(*i->ifa_addr))
            return true;
    return false;
}

} // namespace zt::link
