#include "evidence_chain.h"

#include "zt/crypto/hash.h"
#include "zt/wire/sealing.h"

#include <algorithm>

namespace zt::hub {

namespace {

Bytes number(uint64_t value)
{
    Bytes out;
    for (int i = 0; i < 8; ++i) out += char(value >> (8 * i));
    return out;
}

void blame(Link& link, Flaw flaw)
{
    if (link.flaw == Flaw::None) link.flaw = flaw;
}

//! Puts each event at the version that belongs to its place.
std::vector<Link> place(const std::vector<const wire::Event*>& events, const wire::Checkpoint* seal)
{
    std::vector<Link> out;
    uint64_t expected = 1;
    auto elsewhere = [&](uint64_t version) {
        return std::any_of(events.begin(), events.end(), [&](const auto* e) { return e->version() == version; });
    };
    for (size_t i = 0; i < events.size(); ++i) {
        const uint64_t found = events[i]->version();
        Flaw flaw = Flaw::None;
        if (found != expected) {
            const bool lastHere = i + 1 < events.size() ? events[i + 1]->version() == expected + 1 : seal && seal->position() == expected;
            if (elsewhere(expected) || found < expected) {
                flaw = lastHere && found < expected ? Flaw::Header : Flaw::Order;
            } else if (lastHere) {
                flaw = Flaw::Header;
            } else {
                out.push_back({nullptr, expected, Flaw::Missing});
                expected = found;
            }
        }
        out.push_back({events[i], expected++, flaw});
    }
    if (seal && seal->position() >= expected) out.push_back({nullptr, expected, Flaw::Missing});
    return out;
}

} // namespace

std::vector<Link> checkChain(const std::vector<const wire::Event*>& events, const std::string& hub, const std::string& stream,
                             const wire::Checkpoint* seal)
{
    std::vector<Link> links = place(events, seal);
    std::vector<Bytes> hashes(links.size());
    for (size_t i = 0; i < links.size(); ++i) {
        Link& link = links[i];
        if (!link.event) continue;
        const wire::Event& e = *link.event;
        hashes[i] = wire::eventHash(e);
        if (e.stream() != stream || e.hub() != hub || e.suite() != crypto::kSuiteSodium) blame(link, Flaw::Header);
        if (link.version == 1 && !e.prev().empty()) blame(link, Flaw::Header);
        const bool erased = !e.erased_rule().empty();
        if (erased ? !e.body().empty() || !e.salt().empty() : e.body_hash() != wire::bodyHash(e.salt(), e.body())) blame(link, Flaw::BodyChanged);
    }
    auto adjacent = [&](size_t i) { return i + 1 < links.size() && links[i].event && links[i + 1].event; };
    // Whether what comes after link i knows it by this hash.
    auto confirmed = [&](size_t i) {
        if (adjacent(i)) return links[i + 1].event->prev() == hashes[i];
        return i + 1 != links.size() || !seal || seal->root() == hashes[i];
    };
    for (size_t i = 0; i + 1 < links.size(); ++i) {
        if (!adjacent(i) || confirmed(i) || links[i].flaw == Flaw::Order || links[i + 1].flaw == Flaw::Order) continue;
        blame(links[confirmed(i + 1) ? i : i + 1], Flaw::Header);
    }
    if (!links.empty() && links.back().event && !confirmed(links.size() - 1)) blame(links.back(), Flaw::Header);
    if (seal && !links.empty() && links.back().event && links.back().version > seal->position()) blame(links.back(), Flaw::Seal);
    return links;
}

Bytes sealBytes(const wire::Checkpoint& s, const std::string& stream, const std::vector<const wire::Event*>& events)
{
    // The chain does not cover what was erased under which rule; the seal does.
    crypto::Hasher erasures;
    for (const auto* e : events)
        if (!e->erased_rule().empty()) erasures.add(number(e->version()) + number(e->erased_rule().size()) + e->erased_rule());
    return crypto::hash("zt-head-1", {s.hub(), s.incarnation(), stream, number(s.position()), s.root(), number(uint64_t(s.time_ms())), erasures.finish()});
}

} // namespace zt::hub
