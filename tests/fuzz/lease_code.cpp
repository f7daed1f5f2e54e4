// What is read out on the phone when a lease has ended, as it is typed at the other end.
#include "entry.h"
#include "zt/link/lease_code.h"

using namespace zt;

void look(std::string_view bytes)
{
    static const auto admin = crypto::BoxKey::generate(systemRandom()), desk = crypto::BoxKey::generate(systemRandom());
    if (const auto ask = link::parseLeaseAsk(bytes)) {
        const auto again = link::parseLeaseAsk(link::formatLeaseAsk(*ask));
        MUST(again && again->mark == ask->mark && again->week == ask->week && ask->week <= link::kMostWeek);
    }
    const auto good = link::isLeaseCode(bytes, {"hub", Bytes(16, 'd'), 2965}, desk, admin.publicKey);
    MUST(!good || !*good); // the keys are new in each process: no seed can be a code
}
