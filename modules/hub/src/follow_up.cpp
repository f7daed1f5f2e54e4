#include "core_impl.h"

#include "zt/crypto/hash.h"
#include "zt/wire/sealing.h"

namespace zt::hub {

namespace {
constexpr uint64_t kPositionsAtOnce = 4096;
}

//! Fills `reactions` for every position up to `upTo` that this process did not make itself, folding each stream once.
Result<void> Core::Impl::react(uint64_t upTo)
{
    std::map<std::string, std::unique_ptr<rules::State>> behind;
    for (uint64_t p = followed + 1; p <= upTo; ++p) {
        if (reactions.count(p)) continue;
        ZT_LET(rows, log.tail(p - 1, 1));
        if (rows.empty() || rows.front().position != p) return fail(Err::Corrupt, "a position is missing");
        const wire::Event& e = rows.front().event;
        Reaction& reaction = reactions[p];
        reaction.hash = wire::eventHash(e);
        const rules::Kind* kind = catalogue.kind(e.stream());
        auto body = wire::openBody(e);
        if (!kind || (!body && (body.error().kind == Err::TooNew || body.error().kind == Err::NotFound))) continue;
        if (!body) return Error(body.error());
        auto& state = behind[e.stream()];
        if (!state || state->version >= e.version()) {
            ZT_LET(folded, states.upTo(e.stream(), e.version()));
            state = std::move(folded);
        } else {
            for (uint64_t v = state->version + 1; v <= e.version(); ++v) {
                ZT_LET(next, log.read(e.stream(), v, 1));
                if (next.size() != 1) return fail(Err::Corrupt, "a version is missing");
                ZT_TRY(rules::fold(*kind, *state, next.front()));
            }
        }
        if (state->frozen) continue;
        const std::vector<wire::Fact> facts(body->facts().begin(), body->facts().end());
        reaction.list = kind->react(*state, facts, {e.time_ms(), e.version(), reaction.hash});
    }
    return {};
}

Result<bool> Core::Impl::followUp(size_t limit)
{
    const uint64_t from = followed;
    const uint64_t end = std::min<uint64_t>(position, from + kPositionsAtOnce);
    if (auto known = react(end); !known) {
        reactions.clear();
        return Error(known.error());
    }
    // Most events have no follow-ups: `limit` counts those that have.
    uint64_t upTo = from;
    for (size_t found = 0; upTo < end && found < limit; ++upTo) found += !reactions.at(upTo + 1).list.empty();
    if (upTo == from && marks.empty()) return false;
    ZT_TRY(commit([&](Work& work) -> Result<void> {
        for (uint64_t p = from + 1; p <= upTo; ++p) ZT_TRY(follow(work, reactions.at(p)));
        work.followedUpTo = upTo;
        return {};
    }));
    reactions.erase(reactions.begin(), reactions.upper_bound(followed));
    return followed < position;
}

Result<void> Core::Impl::follow(Work& work, const Reaction& reaction)
{
    uint32_t index = 0;
    for (const rules::FollowUp& next : reaction.list) {
        wire::Command command = next.body;
        if (next.everyMatterOf.empty()) {
            command.set_id(wire::followUpId(reaction.hash, index));
            ZT_TRY(own(work, next.stream, std::move(command), reaction.hash, index));
        } else {
            ZT_LET(state, states.at(directory::accessStream(next.everyMatterOf)));
            const auto granted = static_cast<const directory::Access&>(*state).granted; // a copy: the group may change it
            for (const auto& [stream, held] : granted) {
                if (!held || stream.rfind("m/", 0) != 0) continue;
                command.set_id(wire::followUpId(crypto::hash("zt-follow-each-1", {reaction.hash, stream}), index));
                ZT_TRY(own(work, stream, command, reaction.hash, index));
            }
        }
        ++index;
    }
    return {};
}

Result<void> Core::Impl::own(Work& work, const std::string& stream, wire::Command command, BytesView eventHash, uint32_t index, wire::Receipt* out)
{
    command.clear_person();
    command.clear_device();
    command.set_hub(config.hub);
    command.set_stream(stream);
    command.set_level(wire::levelOf(command));
    ZT_LET(known, receiptOf(work, {}, command.id()));
    if (known) {
        if (out) *out = std::move(*known);
        return {};
    }
    const Millis time = now();
    Candidate candidate{command, {}, {time, time}, {}, {}, std::nullopt};
    auto& cause = *candidate.cause.mutable_follow_up();
    cause.set_event_hash(Bytes(eventHash));
    cause.set_index(index);
    if (!command.SerializeToString(cause.mutable_command())) return fail(Err::Internal, "follow-up");
    candidate.commandHash = wire::commandHash(cause.command());
    ZT_LET(receipt, decide(work, std::move(candidate)));
    if (out) *out = std::move(receipt);
    return {};
}

} // namespace zt::hub
