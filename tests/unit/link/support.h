#pragma once

#include "zt/base/clock.h"
#include "zt/crypto/pki.h"
#include "zt/link/link.h"
#include "zt/test/test.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace zt::link {

constexpr Millis kDay = 86'400'000;

//! A root, and what it signs.
struct Province {
    crypto::SigningKey caKey = crypto::SigningKey::generate(systemRandom());
    std::string ca = *crypto::makeCa(caKey, "Test Root", systemClock().now() - kDay, systemClock().now() + kDay);

    struct Identity {
        std::string certificate, key;
    };
    Identity leaf(bool server, const std::vector<std::string>& hosts, Millis from, Millis to) const
    {
        const auto own = crypto::SigningKey::generate(systemRandom());
        return {*crypto::issue(caKey, ca, {server ? "hub" : "person/device", hosts, own.publicKey(), from, to, server}), *crypto::privateKeyPem(own)};
    }
    Identity hub() const { return leaf(true, {"127.0.0.1", "localhost"}, systemClock().now() - kDay, systemClock().now() + kDay); }
    Identity device() const { return leaf(false, {}, systemClock().now() - kDay, systemClock().now() + kDay); }
    Endpoint endpoint(uint16_t port) const
    {
        Identity d = device();
        return {"127.0.0.1:" + std::to_string(port), ca, std::move(d.certificate), std::move(d.key), ""};
    }
};

//! Something shared between threads and waited for.
template <class T>
class Watched {
public:
    template <class F>
    void change(F f)
    {
        const std::lock_guard lock(m_mutex);
        f(m_value);
        m_wake.notify_all();
    }
    template <class F>
    bool until(F holds, int ms = 8000)
    {
        std::unique_lock lock(m_mutex);
        return m_wake.wait_for(lock, std::chrono::milliseconds(ms), [&] { return holds(m_value); });
    }
    T now()
    {
        const std::lock_guard lock(m_mutex);
        return m_value;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_wake;
    T m_value{};
};

//! What a line told, in order.
struct Log {
    struct Told {
        State state;
        std::string why;
    };
    struct Seen {
        std::vector<Told> states;
        std::vector<wire::HubFrame> frames;
    };
    Watched<Seen> seen;
    Handlers handlers()
    {
        return {[this](State state, std::string why) { seen.change([&](Seen& s) { s.states.push_back({state, why}); }); },
                [this](wire::HubFrame frame) { seen.change([&](Seen& s) { s.frames.push_back(std::move(frame)); }); }};
    }
    bool reaches(State state, const std::string& why = {}, int ms = 8000)
    {
        return seen.until([&](const Seen& s) { return !s.states.empty() && s.states.back().state == state && (why.empty() || s.states.back().why == why); }, ms);
    }
    std::string last()
    {
        const Seen s = seen.now();
        return s.states.empty() ? "nothing" : s.states.back().why;
    }
};

inline Timing quick() { return {2000, 50, 200, 30'000}; }

template <class T>
std::string errorOf(const Result<T>& r)
{
    return r ? "none" : std::string(name(r.error().kind));
}

} // namespace zt::link
