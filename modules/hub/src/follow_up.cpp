#include "core_impl.h"

#include "zt/base/log.h"
#include "zt/crypto/hash.h"
#include "zt/wire/sealing.h"

namespace zt::hub {

namespace {
constexpr uint64_t kPositionsAtOnce = 4096;
constexpr Millis kTryAgain = 600'000;
}

//! What follows from the event at a position. `folded`: states as far as calls before this one brought them.
Result<Reaction> Core::Impl::reactionTo(uint64_t p, std::map<std::string, std::unique_ptr<rules::State>>& folded)
{
    ZT_LET(rows, log.tail(p - 1, 1));
    if (rows.empty() || rows.front().position != p) return fail(Err::Corrupt, "a position is missing");
    const wire::Event& e = rows.front().event;
    Reaction reaction{wire::eventHash(e), {}};
    const rules::Kind* kind = catalogue.kind(e.stream());
    auto body = wire::openBody(e);
    if (!kind || (!body && (body.error().kind == Err::TooNew || body.error().kind == Err::NotFound))) return reaction;
    if (!body) return Error(body.error());
    auto& state = folded[e.stream()];
    if (!state || state->version >= e.version()) {
        ZT_LET(fresh, states.upTo(e.stream(), e.version()));
        state = std::move(fresh);
    } else {
        for (uint64_t v = state->version + 1; v <= e.version(); ++v) {
            ZT_LET(next, log.read(e.stream(), v, 1));
            if (next.size() != 1) return fail(Err::Corrupt, "a version is missing");
            ZT_TRY(rules::fold(*kind, *state, next.front()));
        }
    }
    if (state->frozen) return reaction;
    const std::vector<wire::Fact> facts(body->facts().begin(), body->facts().end());
    reaction.list = kind->react(*state, facts, {e.time_ms(), e.version(), reaction.hash});
    return reaction;
}

//! Fills `reactions` for every position up to `upTo` that this process did not make itself, folding each stream once.
Result<void> Core::Impl::react(uint64_t upTo)
{
    std::map<std::string, std::unique_ptr<rules::State>> folded;
    for (uint64_t p = followed + 1; p <= upTo; ++p) {
        if (reactions.count(p)) continue;
        ZT_LET(reaction, reactionTo(p, folded));
        reactions[p] = std::move(reaction);
    }
    return {};
}

Result<void> Core::Impl::keepMarks()
{
    reactions.erase(reactions.begin(), reactions.upper_bound(followed));
    return marks.empty() ? Result<void>() : commit([](Work&) { return Result<void>(); });
}

Result<bool> Core::Impl::followUp(size_t limit)
{
    reactions.erase(reactions.begin(), reactions.upper_bound(followed));
    const uint64_t from = followed;
    const uint64_t end = std::min<uint64_t>(position, from + kPositionsAtOnce);
    if (auto known = react(end); !known) {
        reactions.clear();
        return Error(known.error());
    }
    // Most events have no follow-ups: `limit` counts those that have.
    uint64_t upTo = from;
    for (size_t found = 0; upTo < end && found < limit; ++upTo) found += !reactions.at(upTo + 1).list.empty();
    if (upTo == from && marks.empty()) return fire(limit);
    ZT_TRY(commit([&](Work& work) -> Result<void> {
        std::vector<ReceiptKey> keys; // of those whose ids are known before they are done
        for (uint64_t p = from + 1; p <= upTo; ++p)
            for (uint32_t i = 0; i < reactions.at(p).list.size(); ++i) keys.push_back({{}, wire::followUpId(reactions.at(p).hash, i)});
        ZT_TRY(askReceipts(work, std::move(keys)));
        for (uint64_t p = from + 1; p <= upTo; ++p) ZT_TRY(follow(work, p, reactions.at(p)));
        work.followedUpTo = upTo;
        return {};
    }));
    reactions.erase(reactions.begin(), reactions.upper_bound(followed));
    return followed < position || (nextTime && *nextTime <= now());
}

Result<void> Core::Impl::follow(Work& work, uint64_t at, const Reaction& reaction)
{
    for (uint32_t index = 0; index < reaction.list.size(); ++index) {
        const Millis due = reaction.list[index].notBefore;
        if (due > 0) work.group.timesAdded.push_back({due, at, index});
        else ZT_TRY(doFollowUp(work, reaction, index, false));
    }
    return {};
}

Result<std::vector<std::string>> Core::Impl::streamsOf(const rules::FollowUp& next)
{
    std::vector<std::string> out;
    if (next.everyClock) {
        ZT_LET(timed, log.timedStreams());
        std::copy_if(timed.begin(), timed.end(), std::back_inserter(out), [](const auto& stream) { return stream != directory::kStream; });
        return out;
    }
    ZT_LET(state, states.at(directory::accessStream(next.everyMatterOf)));
    for (const auto& [stream, held] : static_cast<const directory::Access&>(*state).granted.all())
        if (held && stream.rfind("m/", 0) == 0) out.push_back(stream);
    return out;
}

//! False if the rules do not permit it yet.
Result<bool> Core::Impl::doFollowUp(Work& work, const Reaction& reaction, uint32_t index, bool again)
{
    const rules::FollowUp& next = reaction.list[index];
    wire::Command command = next.body;
    if (!next.everyClock && next.everyMatterOf.empty()) {
        command.set_id(wire::followUpId(reaction.hash, index));
        ZT_LET(receipt, own(work, next.stream, std::move(command), reaction.hash, index, again));
        if (again && receipt.outcome() == wire::NOT_PERMITTED) zt::log(Level::Warning, "timer_not_permitted", {{"reason", Safe{wire::Reason_Name(receipt.reason())}}});
        return receipt.outcome() != wire::NOT_PERMITTED;
    }
    ZT_LET(streams, streamsOf(next));
    for (const auto& stream : streams) {
        command.set_id(wire::followUpId(crypto::hash("zt-follow-each-1", {reaction.hash, stream}), index));
        ZT_TRY(own(work, stream, command, reaction.hash, index));
    }
    return true;
}

Result<void> Core::Impl::readTimes()
{
    ZT_LET(first, log.timesUpTo(INT64_MAX, 1));
    nextTime = first.empty() ? std::nullopt : std::optional(first.front().due);
    return {};
}

//! Does what the timetable holds up to now. What the rules do not permit yet (nobody holds the post that should act next) is tried again later.
Result<bool> Core::Impl::fire(size_t limit)
{
    if (!nextTime || *nextTime > now()) return false;
    ZT_LET(due, log.timesUpTo(now(), limit));
    if (due.empty()) { // another process did it
        ZT_TRY(readTimes());
        return false;
    }
    std::map<std::string, std::unique_ptr<rules::State>> folded;
    std::map<uint64_t, Reaction> known;
    for (const TimeRow& t : due) {
        if (known.count(t.position)) continue;
        ZT_LET(reaction, reactionTo(t.position, folded));
        known[t.position] = std::move(reaction);
    }
    ZT_TRY(commit([&](Work& work) -> Result<void> {
        for (const TimeRow& t : due) {
            work.group.timesDone.push_back(t);
            const Reaction& reaction = known.at(t.position);
            if (t.index >= reaction.list.size()) continue; // erased since, or not understood
            ZT_LET(done, doFollowUp(work, reaction, t.index, true));
            if (!done) work.group.timesAdded.push_back({now() + kTryAgain, t.position, t.index});
        }
        return {};
    }));
    return followed < position || (nextTime && *nextTime <= now()); // what was done has follow-ups of its own
}

Result<wire::Receipt> Core::Impl::own(Work& work, const std::string& stream, wire::Command command, BytesView eventHash, uint32_t index, bool again)
{
    command.clear_person();
    command.clear_device();
    command.set_hub(config.hub);
    command.set_stream(stream);
    command.set_level(wire::levelOf(command));
    ZT_LET(known, receiptOf(work, {}, command.id()));
    if (known) return std::move(*known);
    const Millis time = now();
    Candidate candidate{command, {}, {time, time}, {}, {}, std::nullopt, false, again};
    auto& cause = *candidate.cause.mutable_follow_up();
    cause.set_event_hash(Bytes(eventHash));
    cause.set_index(index);
    if (!command.SerializeToString(cause.mutable_command())) return fail(Err::Internal, "follow-up");
    candidate.commandHash = wire::commandHash(cause.command());
    return decide(work, std::move(candidate));
}

} // namespace zt::hub
