#include "zt/rules/rules.h"

#include "zt/wire/sealing.h"

#include <algorithm>

namespace zt::rules {

bool Kind::follows(const State&, const std::vector<wire::Fact>&, Millis, const Archive&) const { return true; }
std::vector<FollowUp> Kind::react(const State&, const std::vector<wire::Fact>&, const Header&) const { return {}; }

Result<void> fold(const Kind& kind, State& state, const wire::Event& event)
{
    if (state.frozen) return {};
    return fold(kind, state, event, wire::openBody(event), wire::eventHash(event));
}

Result<void> fold(const Kind& kind, State& state, const wire::Event& event, const Result<wire::Body>& body, const Bytes& hash)
{
    if (state.frozen) return {};
    if (!body && body.error().kind == Err::TooNew) {
        state.frozen = true;
        return {};
    }
    if (!body && body.error().kind != Err::NotFound) return Error(body.error());
    const Header header{event.time_ms(), event.version(), hash};
    if (body)
        for (const wire::Fact& f : body->facts()) kind.evolve(state, f, header);
    else
        state.erased = true;
    state.version = event.version();
    state.head = header.hash;
    return {};
}

void foldPredicted(const Kind& kind, State& state, const std::vector<wire::Fact>& facts, Millis time)
{
    const Header header{time, state.version + 1, {}};
    for (const wire::Fact& f : facts) kind.evolve(state, f, header);
    state.version = header.version;
    state.head.clear();
}

Decision decide(const Kind& kind, const State& state, const wire::Command& command, const Context& context, const Moment& moment,
                std::optional<bool> afterApplied)
{
    if (state.frozen || command.body_case() == wire::Command::BODY_NOT_SET || command.level() > wire::kLevel
        || command.level() > std::max(1u, context.level()))
        return Decision::refuse(wire::NOT_UNDERSTOOD, wire::REASON_LEVEL);
    if (state.erased || context.erased(command.stream())) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_ERASED);
    if (kind.hubOnly() && !command.person().empty()) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_ROLE);
    if (afterApplied && !*afterApplied) return Decision::refuse(wire::NEEDS_CHOICE, wire::REASON_EARLIER_NOT_APPLIED);
    return kind.decide(state, command, context, moment);
}

ActorAnswer actorFor(const Context& context, const Interval& act, const std::string& personId, const std::string& mandateId,
                     const std::string& scope)
{
    ActorAnswer out;
    auto refuse = [&](wire::Reason why) { out.refused = why; return out; };
    const auto person = context.person(personId);
    if (!person) return refuse(wire::REASON_NO_ACTOR);
    if (person->suspended) return refuse(wire::REASON_SUSPENDED);
    wire::Actor actor;
    actor.set_person(personId);
    actor.set_name(person->name);
    const auto posts = context.postsOf(personId);
    if (!posts.empty()) {
        actor.set_unit(posts.front().unit);
        actor.set_post(posts.front().title);
        if (const auto unit = context.unit(posts.front().unit)) actor.set_unit_name(unit->name);
    }
    out.rightsOf = personId;
    if (!mandateId.empty()) {
        const auto m = context.mandate(mandateId);
        if (!m || m->deputy != personId) return refuse(wire::REASON_MANDATE_ENDED);
        const auto principal = context.person(m->principal);
        if (!principal || principal->suspended) return refuse(wire::REASON_MANDATE_ENDED);
        if (!m->scopes.empty() && std::find(m->scopes.begin(), m->scopes.end(), scope) == m->scopes.end())
            return refuse(wire::REASON_MANDATE_SCOPE);
        // A right counts if it held at some point of the interval; a right withdrawn for cause ends at the interval's start.
        Millis end = m->to;
        if (m->ended && m->ended < end) end = m->ended;
        if (act.to < m->from || act.from > end || (m->forCause && m->ended && m->ended <= act.to)) return refuse(wire::REASON_MANDATE_ENDED);
        out.unproven = act.to > end || act.from < m->from;
        actor.set_principal(m->principal);
        actor.set_principal_name(principal->name);
        actor.set_mandate(m->id);
        out.rightsOf = m->principal;
    }
    out.actor = std::move(actor);
    return out;
}

} // namespace zt::rules
