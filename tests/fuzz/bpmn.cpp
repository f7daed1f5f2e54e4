// Process definitions from files: read, written back, checked, played.
#include "entry.h"
#include "zt/process/bpmn.h"
#include "zt/process/check.h"
#include "zt/process/simulate.h"

using namespace zt;
using namespace zt::process;

void look(std::string_view bytes)
{
    if (const auto s = loadState(bytes)) MUST(loadState(save(*s)).has_value());
    if (const auto e = loadEvent(bytes)) {
        State s;
        evolve(s, *e);
        MUST(loadEvent(save(*e)).has_value());
    }
    if (const auto c = Calendar::parse(bytes.substr(0, 2'000))) (void)c->addWork(1'800'000'000'000, 3'600'000);
    const auto doc = Document::read(bytes);
    if (!doc) {
        MUST(!doc.error().detail.empty());
        return;
    }
    // Nothing is lost, and what was written is the same again.
    MUST(doc->report().lost.empty());
    const auto again = Document::read(doc->write());
    MUST(again.has_value());
    MUST(again->write() == doc->write());
    for (const auto& p : doc->processes()) {
        const auto d = doc->process(p.id);
        if (!d) {
            MUST(!d.error().detail.empty());
            continue;
        }
        const auto findings = check(*d, {.maxStates = 500, .knowsDecision = {}});
        for (uint64_t seed = 1; seed <= 2; ++seed) {
            const auto played = simulate(*d, {.seed = seed, .steps = 30, .moves = seed == 2});
            State replay;
            for (const Event& e : played.events) evolve(replay, e);
            MUST(save(replay) == save(played.state));
            if (seed == 1 && sound(findings)) MUST(played.end != Simulated::End::Stuck);
        }
    }
}
