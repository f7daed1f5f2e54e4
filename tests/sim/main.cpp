#include "world.h"

#include "zt/base/log.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

//! sim --seeds A..B [--twice N]   every seed; each N-th twice, to compare
//! sim --seed N [--trace]         one run
//! sim --bugs N                   each seeded bug must be caught within N seeds
//! Any with --bug K: with the seeded bug K (1..8).

namespace {

using namespace zt::sim;

const char* const kBugs[] = {"none", "no idempotency check", "a position before its events", "a receipt lost", "an outbox entry dropped on refusal",
                             "a feed that skips a late commit", "applied though its `after` was refused", "a fold that skips an unknown kind", "a desk that keeps what is erased"};

//! By which breach a bug must show: not by some accident next to it.
const char* const kSigns[] = {"", "a command was applied twice", "hold", "has no outcome", "a signed command is gone", "hold",
                              "applied, though what it rested on was not", "folded past what it does not know", "keeps what was erased"};

Outcome runSeed(uint64_t seed, Bug bug, bool trace)
{
    World world({seed, bug, trace});
    return world.run();
}

void print(const Stats& s)
{
    using U = unsigned long long;
    std::printf("acts %llu, refused at the desk %llu, taken back %llu, under mandates %llu; events %llu, documents delivered %llu, clocks run out %llu; predictions checked %llu; directories from pages %llu\n",
                U(s.acts), U(s.refusedHere), U(s.taken), U(s.mandated), U(s.events), U(s.delivered), U(s.clocks), U(s.predictions), U(s.paged));
    std::printf("outcomes: applied %llu, late %llu, superseded %llu, not permitted %llu, needs choice %llu, expired %llu, duplicate %llu, not understood %llu, none %llu\n",
                U(s.outcomes[1]), U(s.outcomes[2]), U(s.outcomes[3]), U(s.outcomes[4]), U(s.outcomes[5]), U(s.outcomes[6]), U(s.outcomes[7]), U(s.outcomes[8]),
                U(s.outcomes[0]));
    std::printf("desk crashes %llu, hub crashes %llu, cuts %llu, restores %llu (commands owed %llu), from the future %llu, rights revoked %llu, erasures %llu (words at desks %llu)\n",
                U(s.crashes), U(s.hubCrashes), U(s.cuts), U(s.restores), U(s.owed), U(s.frozen), U(s.revocations), U(s.erasures), U(s.erasedHere));
}

int seeds(uint64_t from, uint64_t to, uint64_t twice, Bug bug)
{
    const auto start = std::chrono::steady_clock::now();
    Stats all;
    uint64_t bad = 0;
    for (uint64_t seed = from; seed <= to; ++seed) {
        const Outcome out = runSeed(seed, bug, false);
        all.add(out.stats);
        bool ok = out.broken.empty();
        for (size_t i = 0; i < out.broken.size() && i < 4; ++i) std::printf("seed %llu: %s\n", (unsigned long long)seed, out.broken[i].c_str());
        if (twice && seed % twice == 0 && runSeed(seed, bug, false).hash != out.hash) {
            std::printf("seed %llu: two runs differ\n", (unsigned long long)seed);
            ok = false;
        }
        if (!ok && ++bad >= 25) {
            std::printf("too many\n");
            break;
        }
    }
    const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    print(all);
    std::printf("%llu seeds in %.1f s, %llu bad\n", (unsigned long long)(to - from + 1), s, (unsigned long long)bad);
    return bad ? 1 : 0;
}

int bugs(uint64_t within)
{
    int missed = 0;
    for (int b = 1; b <= 8; ++b) {
        bool caught = false;
        for (uint64_t seed = 1; seed <= within && !caught; ++seed) {
            const Outcome out = runSeed(seed, Bug(b), false);
            for (const auto& breach : out.broken) {
                if (caught || breach.find(kSigns[b]) == std::string::npos) continue;
                caught = true;
                std::printf("caught  bug %d (%s) by seed %llu: %s\n", b, kBugs[b], (unsigned long long)seed, breach.c_str());
            }
        }
        if (caught) continue;
        ++missed;
        std::printf("MISSED  bug %d (%s) in %llu seeds\n", b, kBugs[b], (unsigned long long)within);
    }
    return missed ? 1 : 0;
}

} // namespace

int main(int argc, char** argv)
{
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    zt::setLogLevel(zt::Level::Error); // a clock whose matter has moved on is a warning of the hub, thousands of times here
    uint64_t from = 1, to = 100, twice = 0, within = 0;
    bool trace = false, one = false;
    int bug = 0;
    for (int i = 1; i < argc; ++i) {
        const char* next = i + 1 < argc ? argv[i + 1] : "";
        if (!std::strcmp(argv[i], "--trace")) trace = true;
        else if (!std::strcmp(argv[i], "--seed")) one = true, from = std::strtoull(next, nullptr, 10), ++i;
        else if (!std::strcmp(argv[i], "--seeds")) {
            char* dots = nullptr;
            from = std::strtoull(next, &dots, 10);
            to = std::strncmp(dots, "..", 2) ? from : std::strtoull(dots + 2, nullptr, 10);
            ++i;
        } else if (!std::strcmp(argv[i], "--twice")) twice = std::strtoull(next, nullptr, 10), ++i;
        else if (!std::strcmp(argv[i], "--bugs")) within = std::strtoull(next, nullptr, 10), ++i;
        else if (!std::strcmp(argv[i], "--bug")) bug = std::atoi(next), ++i;
        else {
            std::fprintf(stderr, "usage: sim --seeds A..B [--twice N] | --seed N [--trace] | --bugs N  [--bug K]\n");
            return 2;
        }
    }
    if (within) return bugs(within);
    if (!one) return seeds(from, to, twice, Bug(bug));
    const Outcome out = runSeed(from, Bug(bug), trace);
    for (const auto& b : out.broken) std::printf("seed %llu: %s\n", (unsigned long long)from, b.c_str());
    print(out.stats);
    std::printf("state %s\n", zt::hex(out.hash).c_str());
    return out.broken.empty() ? 0 : 1;
}
