//! Adds commands to a hub that bench_fill made, until its log has taken N: bench_grow DIR N
//!
//! Opinions of the clients in DIR/load on their own matters, signed, decided and appended by hub::Core, with their follow-ups. The clients' files say the new
//! position afterwards, as if each of their desks had been on the line.
#include "load.h"

#include "zt/crypto/selftest.h"
#include "zt/hub/folder.h"
#include "zt/wire/sealing.h"

#include <filesystem>

namespace fs = std::filesystem;
using namespace zt;
using bench::must;

namespace {

struct Client {
    bench::LoadDevice device;
    crypto::SigningKey key = device.key();
};

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3 || !crypto::start()) return 2;
    const fs::path dir = argv[1];
    auto hub = must(hub::OpenHub::open(dir / "hub", systemClock(), systemRandom()), "hub");
    std::vector<Client> clients;
    size_t matters = 0;
    for (int i = 0; fs::exists(dir / "load" / (std::to_string(i) + ".seed")); ++i) {
        clients.push_back({bench::LoadDevice::read(dir / "load" / std::to_string(i))});
        matters += clients.back().device.matters.size();
    }
    if (!matters) return 3;
    const auto wanted = size_t(std::atoll(argv[2]));
    const double from = bench::nowMs();
    size_t taken = matters; // each was submitted by one
    for (size_t n = 0; n < clients.size(); ++n) {
        const auto& c = clients[n];
        const size_t until = matters + (wanted - matters) * (n + 1) / clients.size();
        for (int number = 0; taken < until;) {
            std::vector<hub::Core::Door> doors;
            const auto time = hub.core->time();
            for (const auto& m : c.device.matters)
                if (taken < until) doors.push_back({{c.device.person, c.device.id}, c.device.opinion(c.key, m, time, std::to_string(number++)), false}), ++taken;
            for (const auto& a : must(hub.core->submit(doors), "group"))
                if (!a.receipt || a.receipt->outcome() != wire::APPLIED) {
                    std::fprintf(stderr, "refused: %d\n", a.receipt ? int(a.receipt->reason()) : -1);
                    return 1;
                }
            while (must(hub.core->followUp(4096), "follow-ups")) {}
        }
    }
    for (auto& c : clients) {
        c.device.position = hub.core->position();
        std::ofstream(c.device.base + ".txt", std::ios::binary) << c.device.text();
    }
    bench::out("commands", double(taken));
    bench::out("commands_per_s", double(taken - matters) / (bench::nowMs() - from) * 1000);
    bench::out("events", double(hub.core->position()));
    return 0;
}
