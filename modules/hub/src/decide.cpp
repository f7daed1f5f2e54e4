#include "core_impl.h"

#include "zt/crypto/hash.h"
#include "zt/wire/sealing.h"

namespace zt::hub {

namespace {

constexpr int kAttempts = 8;
constexpr size_t kTimesKept = 4096;
constexpr uint64_t kCursorLag = 1024;
constexpr size_t kOpenedAtOnce = 128; //!< taken apart and asked for together, and still in the processor's cache when they are decided

using rules::Decision;

wire::Receipt receiptFor(const Candidate& c, const Decision& d, const Bytes& incarnation)
{
    wire::Receipt r;
    r.set_id(c.command.id());
    r.set_command_hash(c.commandHash);
    r.set_outcome(d.outcome);
    r.set_reason(d.reason);
    r.set_stream(c.command.stream());
    r.set_by_name(d.byName);
    r.set_by_post(d.byPost);
    r.set_by_ms(d.byTime);
    r.set_time_ms(c.act.to);
    r.set_incarnation(incarnation);
    return r;
}

Opened opened(const Core::Door& door)
{
    Opened out;
    if (door.command.bytes().size() > wire::kMaxCommandBytes) {
        out.refused = wire::Refused::TOO_LARGE;
        return out;
    }
    auto command = wire::parseCommand(door.command.bytes());
    if (!command || command->id().size() != 16) return out;
    // An empty device is an administrator's; his receipts are kept under his name, since the hub's own are kept under none.
    out.device = command->device().empty() ? "admin/" + command->person() : command->device();
    out.command = std::move(*command);
    return out;
}

} // namespace

Result<void> Core::Impl::commit(const std::function<Result<void>(Work&)>& fill)
{
    states.trim();
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        Work work;
        work.followedUpTo = followed;
        work.group.authorityVersion = directory->version;
        auto forget = [&] { for (const auto& s : work.touched) states.forget(s); };
        if (auto filled = fill(work); !filled) {
            forget();
            return filled;
        }
        for (const auto& [key, value] : marks) work.group.marks.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), value});
        // A cursor that passed events without follow-ups can wait for the next group.
        if (work.group.events.empty() && work.group.receipts.empty() && work.group.marks.empty() && work.group.timesAdded.empty()
            && work.group.timesDone.empty() && work.followedUpTo < followedKept + kCursorLag) {
            followed = work.followedUpTo;
            return {};
        }
        work.group.followedUpTo = work.followedUpTo;
        if (watch) watch->commitBegins();
        auto last = log.append(work.group);
        if (watch) watch->commitEnds(last ? std::nullopt : std::optional(last.error().kind));
        if (last) return appended(work, *last);
        forget();
        if (last.error().kind != Err::Conflict && last.error().kind != Err::Exists) return Error(last.error());
        ZT_TRY(catchUp());
    }
    return fail(Err::Busy, "another process keeps writing to the log");
}

Result<void> Core::Impl::appended(Work& work, uint64_t last)
{
    followed = std::max(followed, work.followedUpTo); // another hub may have gone further meanwhile
    followedKept = std::max(followedKept, work.followedUpTo);
    marks.clear();
    for (const TimeRow& t : work.group.timesAdded) nextTime = std::min(nextTime.value_or(t.due), t.due);
    if (!work.group.timesDone.empty()) ZT_TRY(readTimes());
    if (work.directory) directory = std::move(work.directory);
    const size_t count = work.group.events.size();
    if (count == 0) return {};
    const uint64_t before = last - count;
    if (reactions.size() > kReactionsKept) reactions.clear();
    for (size_t i = 0; i < count; ++i) reactions[before + 1 + i] = std::move(work.reactions[i]);
    if (before != position) return catchUp(); // another process wrote in between, to other streams
    for (size_t i = 0; i < count; ++i) {
        floor = std::max<Millis>(floor, work.group.events[i].time_ms());
        remember(std::make_shared<const LogRow>(LogRow{before + 1 + i, std::move(work.group.events[i])}));
    }
    position = last;
    forgetErased(work.group.erasures);
    return {};
}

Result<std::vector<Core::Answer>> Core::Impl::submit(const std::vector<Door>& doors)
{
    std::vector<Answer> answers;
    ZT_TRY(commit([&](Work& work) -> Result<void> {
        answers.clear();
        std::vector<Opened> some;
        for (size_t i = 0; i < doors.size(); ++i) {
            if (i % kOpenedAtOnce == 0) {
                some.clear();
                std::vector<ReceiptKey> keys;
                for (size_t j = i; j < std::min(i + kOpenedAtOnce, doors.size()); ++j) {
                    const Opened& o = some.emplace_back(opened(doors[j]));
                    if (!o.command) continue;
                    keys.push_back({o.device, o.command->id()});
                    if (!o.command->after().empty()) keys.push_back({o.device, o.command->after()});
                }
                ZT_TRY(askReceipts(work, std::move(keys)));
            }
            ZT_LET(answer, decideDoor(work, doors[i], some[i % kOpenedAtOnce]));
            answers.push_back(std::move(answer));
        }
        return {};
    }));
    return answers;
}

//! Asks the log for those that are neither made by this group nor asked for yet.
Result<void> Core::Impl::askReceipts(Work& work, std::vector<ReceiptKey> keys)
{
    std::erase_if(keys, [&](const ReceiptKey& k) { return !work.receipts.try_emplace(k).second; });
    if (keys.empty()) return {};
    ZT_LET(rows, log.receipts(keys));
    for (ReceiptRow& row : rows) work.receipts[{std::move(row.device), std::move(row.id)}].had = std::move(row.receipt);
    return {};
}

Result<std::optional<wire::Receipt>> Core::Impl::receiptOf(Work& work, const Bytes& device, const Bytes& id)
{
    auto it = work.receipts.find({device, id});
    if (it == work.receipts.end()) {
        ZT_TRY(askReceipts(work, {{device, id}}));
        it = work.receipts.find({device, id});
    }
    return it->second.made ? std::optional(work.group.receipts[*it->second.made].receipt) : it->second.had;
}

Result<Core::Answer> Core::Impl::decideDoor(Work& work, const Door& door, const Opened& opened)
{
    Answer answer;
    const auto& [command, device, refused] = opened;
    if (!command) {
        answer.refused = refused;
        return answer;
    }
    answer.id = command->id();
    auto refuse = [&](wire::Refused::Why why) {
        answer.refused = why;
        return answer;
    };
    // Before the receipt is looked up: nobody learns what became of another's command.
    if (!door.offered && (command->person() != door.caller.person || command->device() != door.caller.device)) return refuse(wire::Refused::NOT_YOURS);
    Bytes hash = wire::commandHash(door.command.bytes());
    ZT_LET(known, receiptOf(work, device, command->id()));
    if (known) {
        if (known->command_hash() != hash) return refuse(wire::Refused::OTHER_BYTES);
        answer.receipt = std::move(known);
        return answer;
    }
    if (const auto why = checkDoor(work, door, *command)) return refuse(*why);
    const auto act = intervalOf(work, *command);
    if (!act) return refuse(wire::Refused::MALFORMED);

    Candidate candidate{*command, {}, *act, device, std::move(hash), refuseAuthor(work, *command, *act), door.offered};
    *candidate.cause.mutable_command() = door.command;
    ZT_LET(receipt, decide(work, std::move(candidate)));
    answer.receipt = std::move(receipt);
    return answer;
}

std::optional<wire::Refused::Why> Core::Impl::checkDoor(const Work& work, const Door& door, const wire::Command& command)
{
    if (command.hub() != config.hub) return wire::Refused::WRONG_HUB;
    const directory::Directory& dir = directoryIn(work);
    const Bytes* signKey = nullptr;
    if (command.device().empty()) {
        const auto admin = dir.admins.find(command.person());
        if (admin != dir.admins.end()) signKey = &admin->second.signKey;
    } else {
        const auto device = dir.devices.find(command.device());
        if (device != dir.devices.end() && device->second.person == command.person() && !device->second.waiting) signKey = &device->second.signKey;
    }
    if (!signKey) return wire::Refused::NOT_YOURS;
    if (door.checkedUnder != *signKey && !wire::checkSignature(door.command, config.hub, *signKey)) return wire::Refused::SIGNATURE;
    if (const auto form = wire::checkForm(command); !form)
        return form.error().kind == Err::TooLarge ? wire::Refused::TOO_LARGE : wire::Refused::MALFORMED;
    return std::nullopt;
}

//! Nothing if the hub time inside is not one this hub signed.
std::optional<rules::Interval> Core::Impl::intervalOf(const Work& work, const wire::Command& command)
{
    if (command.hub_time_ms() == 0) {
        // Made before this desk ever heard a time: not before its device was enrolled.
        const auto& devices = directoryIn(work).devices;
        const auto device = devices.find(command.device());
        const Millis to = now();
        return rules::Interval{device == devices.end() ? to : std::min(device->second.enrolled, to), to};
    }
    // Desks sign many commands under one time.
    if (const auto it = goodTimes.find(command.hub_time_ms()); it == goodTimes.end() || it->second != command.hub_time_sig()) {
        wire::HubTime time;
        time.set_ms(command.hub_time_ms());
        time.set_signature(command.hub_time_sig());
        if (!wire::timeIsGood(config.hub, time, key.publicKey())) return std::nullopt;
        if (goodTimes.size() >= kTimesKept) goodTimes.clear();
        goodTimes[time.ms()] = time.signature();
    }
    // Proof that it was that late already, whatever the clock says after a restore.
    floor = std::max<Millis>(floor, command.hub_time_ms());
    return rules::Interval{command.hub_time_ms(), now()};
}

//! What is decided by who signed alone. A revocation in force lies before the interval's end; one for loss counts from its start.
std::optional<Decision> Core::Impl::refuseAuthor(const Work& work, const wire::Command& command, const rules::Interval& act) const
{
    const directory::Directory& dir = directoryIn(work);
    const bool isDirectory = command.stream() == directory::kStream;
    if (command.device().empty()) // administrators act on the directory and nowhere else
        return isDirectory ? std::nullopt : std::optional(Decision::refuse(wire::NOT_PERMITTED, wire::REASON_ROLE));
    const auto& device = dir.devices.at(command.device());
    if (device.revoked && (device.lost || act.from >= device.revoked)) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_DEVICE_REVOKED);
    // A person who bears an administrator's id has none of his powers: those hang on the administrator's key.
    if (isDirectory && dir.admins.count(command.person())) return Decision::refuse(wire::NOT_PERMITTED, wire::REASON_ROLE);
    return std::nullopt;
}

Result<wire::Receipt> Core::Impl::decide(Work& work, Candidate candidate)
{
    const wire::Command& c = candidate.command;
    const rules::Kind* kind = catalogue.kind(c.stream());
    rules::State* state = nullptr;
    Decision decision = candidate.decided.value_or(Decision{});
    if (!candidate.decided && !kind) decision = Decision::refuse(wire::NOT_UNDERSTOOD, wire::REASON_LEVEL);
    else if (!candidate.decided) {
        std::optional<bool> afterApplied;
        if (!c.after().empty()) {
            // A desk sends a stream's commands in order: one that left no receipt was refused at the door or never came.
            ZT_LET(before, receiptOf(work, candidate.device, c.after()));
            afterApplied = before && (before->outcome() == wire::APPLIED || before->outcome() == wire::APPLIED_LATE);
        }
        const directory::Directory& dir = directoryIn(work);
        const rules::State* judged = &dir;
        if (c.stream() != directory::kStream) {
            ZT_LET(found, states.at(c.stream()));
            state = found;
            judged = state;
        }
        decision = rules::decide(*kind, *judged, c, dir, {candidate.act, false}, afterApplied);
    }
    if (decision.applies() && c.has_erase()) {
        ZT_LET(refused, mayErase(work, c.erase(), candidate.offered));
        if (refused != wire::REASON_NONE) decision = Decision::refuse(wire::NOT_PERMITTED, refused);
    }
    wire::Receipt receipt = receiptFor(candidate, decision, log.incarnation());
    if (decision.applies()) {
        if (!state) {
            if (!work.directory) work.directory = std::make_unique<directory::Directory>(*directory);
            state = work.directory.get();
        }
        ZT_TRY(keepEvent(work, *kind, *state, candidate, std::move(decision.facts), receipt));
    }
    if (candidate.again && receipt.outcome() == wire::NOT_PERMITTED) return receipt;
    work.receipts[{candidate.device, c.id()}].made = work.group.receipts.size();
    work.group.receipts.push_back({candidate.device, c.id(), candidate.commandHash, receipt});
    return receipt;
}

//! After a restore another event may have the number of the one that is to be erased.
Result<bool> Core::Impl::isAnother(const Work& work, const wire::ErasedPart& part)
{
    ZT_LET(events, log.read(part.stream(), part.version(), 1));
    if (!events.empty()) return wire::eventHash(events.front()) != part.hash();
    for (const auto& e : work.group.events)
        if (e.stream() == part.stream() && e.version() == part.version()) return wire::eventHash(e) != part.hash();
    return false;
}

//! Only what is finished is erased. One that comes back after a restore was found so in a log that had more than this one.
Result<wire::Reason> Core::Impl::mayErase(const Work& work, const wire::Erase& erase, bool offered)
{
    for (const auto& part : erase.parts()) {
        const rules::Kind* kind = catalogue.kind(part.stream());
        if (!kind || kind->hubOnly() || part.stream() == directory::kStream) return wire::REASON_FORM;
        if (part.version()) {
            ZT_LET(other, isAnother(work, part));
            if (other) return wire::REASON_NOT_FINISHED;
        }
        if (offered || directoryIn(work).erased(part.stream())) continue;
        ZT_LET(state, states.at(part.stream()));
        if (!state->erased && !kind->finished(*state)) return wire::REASON_NOT_FINISHED;
        if (part.version() > state->version) return wire::REASON_FORM;
    }
    return wire::REASON_NONE;
}

Result<void> Core::Impl::keepEvent(Work& work, const rules::Kind& kind, rules::State& state, const Candidate& candidate,
                                   std::vector<wire::Fact> facts, wire::Receipt& receipt)
{
    wire::Body body;
    for (const auto& f : facts) *body.add_facts() = f;
    *body.mutable_cause() = candidate.cause;
    wire::Event e;
    e.set_hub(config.hub);
    e.set_stream(candidate.command.stream());
    e.set_version(state.version + 1);
    e.set_prev(state.head);
    e.set_time_ms(receipt.time_ms());
    e.set_level(std::max(1u, wire::levelOf(candidate.command)));
    e.set_suite(crypto::kSuiteSodium);
    e.set_salt(random.bytes(16));
    if (!body.SerializeToString(e.mutable_body())) return fail(Err::Internal, "event body");
    e.set_body_hash(wire::bodyHash(e.salt(), e.body()));
    if (&state != work.directory.get()) work.touched.insert(e.stream());
    for (const auto& f : facts) collectErasures(f, work.group.erasures);
    ZT_TRY(rules::fold(kind, state, e));
    receipt.set_version(e.version());
    const rules::Header header{e.time_ms(), e.version(), state.head};
    work.reactions.push_back({state.head, kind.react(state, facts, header)});
    work.group.events.push_back(std::move(e));
    return {};
}

} // namespace zt::hub
