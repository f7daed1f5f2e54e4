#pragma once

#include "zt/base/clock.h"
#include "zt/crypto/pki.h"
#include "zt/crypto/selftest.h"
#include "zt/rpc/channel.h"
#include "zt/test/test.h"

namespace zt::rpc {

constexpr Millis kDay = 86'400'000;

struct Identity {
    std::string certificate, key;
};
//! A root, a hub and a desk.
struct Province {
    crypto::SigningKey caKey = crypto::SigningKey::generate(systemRandom());
    std::string ca = *crypto::makeCa(caKey, "Test Root", systemClock().now() - kDay, systemClock().now() + kDay);
    Identity hub = leaf(true), desk = leaf(false);
    Identity leaf(bool server) const
    {
        const auto own = crypto::SigningKey::generate(systemRandom());
        const Millis now = systemClock().now();
        return {*crypto::issue(caKey, ca, {server ? "hub" : "p/d", server ? std::vector<std::string>{"127.0.0.1", "localhost"} : std::vector<std::string>(), own.publicKey(), now - kDay, now + kDay, server}),
                *crypto::privateKeyPem(own)};
    }
};

template <class T>
std::string errorOf(const Result<T>& r)
{
    return r ? "none" : std::string(name(r.error().kind));
}

inline std::string frameOf(std::string_view text)
{
    std::string out(5, '\0');
    for (int i = 0; i < 4; ++i) out[size_t(1 + i)] = char(uint32_t(text.size()) >> (24 - 8 * i));
    return out.append(text);
}

} // namespace zt::rpc
