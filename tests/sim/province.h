#pragma once

#include "prng.h"
#include "zt/crypto/sign.h"
#include "zt/hub/core.h"
#include "zt/hub/memory_log.h"

#include <vector>

namespace zt::sim {

inline constexpr Millis kStart = 1'770'000'000'000; //!< every run begins here
inline constexpr const char* kHub = "hub-sim";

//! Who exists in every run: five people in three units, six devices (p1 has two), three administrators. Made once; keys and the log of the creation are
//! shared by all seeds.
struct Province {
    struct Machine {
        std::string person;
        Bytes device;
        crypto::SigningKey key;
    };
    crypto::SigningKey hubKey, systemKey, securityKey, auditKey;
    std::vector<Machine> machines;
    hub::MemoryLog log{Bytes(16, 'a')};
};
const Province& province();

//! Flows of documents: "long" with a countersign (even) and "short" (odd). 0 and 1 are in force at first, others may be published later.
[[nodiscard]] wire::Definition definition(uint32_t variant);
//! Every hour counts, except those of an outage ("from..to", may be empty).
[[nodiscard]] wire::PutCalendar workingTime(const std::string& outage);
//! An administrator's command at the hub's door.
[[nodiscard]] hub::Core::Door adminDoor(wire::Command body, bool security, const Clock& clock, Random& random);

} // namespace zt::sim
