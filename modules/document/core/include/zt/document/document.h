#pragma once

#include "zt/approval/flow.h"

#include <map>
#include <set>
#include <span>

//! Official documents (公文): the elements and their rules, drafting and internal approval ("m/<id>"), a receiving unit's matter
//! ("in/<id>"), registers of numbers ("reg/<code>/<year>"). Pure, as zt/rules/rules.h says.
namespace zt::document {

//! The fifteen kinds. \see 党政机关公文处理工作条例 (2012) art. 8
[[nodiscard]] const std::vector<std::string>& kinds();

//! What is wrong with a draft, in the order of the form; empty when it may be submitted.
enum class Finding { NoTitle, TitleTooLong, UnknownKind, NoRecipient, NoBody, NoIssuer, NoCode, UnknownRecipient };
[[nodiscard]] std::vector<Finding> check(const wire::Document& document, const rules::Context& context);

//! True if the unit stands and somebody in it, not suspended, receives documents for it.
[[nodiscard]] bool canReceive(const rules::Context& context, const std::string& unit);

//! 示政办发〔2026〕1号: six-corner brackets, full year, no leading zero. \see GB/T 9704-2012 7.2.5
[[nodiscard]] std::string numberText(const std::string& code, uint32_t year, uint32_t ordinal);
//! Year of a moment in China (UTC+8).
[[nodiscard]] uint32_t chinaYear(Millis time);
[[nodiscard]] std::string registerStream(const std::string& code, uint32_t year);

struct Version {
    wire::Document document;
    uint32_t number = 0;
    Bytes hash;
    wire::Actor by;
    std::string note;
    std::vector<std::string> recipientNames, copyNames;
    Millis time = 0;
};

//! A unit's way of a dispatched document, as the sender sees it. Times are 0 until it happened.
struct Delivery {
    std::string unit, unitName, stream;
    bool copy = false;
    Millis sent = 0, received = 0, opened = 0, signedFor = 0, undeliverable = 0;
    wire::Actor openedBy, signedBy;
    std::string note;
};

enum class Stage { New, Drafting, InReview, Numbering, Dispatched, Withdrawn, Rejected, Lapsed };
//! True if the matter is over without a document having gone out.
[[nodiscard]] inline bool endedEarly(Stage s) { return s >= Stage::Withdrawn; }

//! Fold of "m/<id>".
struct Matter final : rules::State {
    [[nodiscard]] std::unique_ptr<rules::State> clone() const override { return std::make_unique<Matter>(*this); }
    [[nodiscard]] const Version* current() const { return versions.empty() ? nullptr : &versions.back(); }

    Stage stage = Stage::New;
    wire::Actor initiator;
    std::string issuer, issuerName;
    approval::Flow flow;
    std::vector<Version> versions;
    std::set<std::string> readers;
    std::map<std::string, Millis> formerReaders; //!< until when: what they did before counts
    wire::Actor signer;
    Millis signedTime = 0;
    std::string number;
    std::vector<Delivery> deliveries;
    Millis started = 0, changed = 0, ended = 0;
    std::string endReason;
    wire::Actor endedBy;
};
const rules::Kind& matterKind();

//! When an event happens, and by which calendar its clocks are set.
struct Times {
    Millis now = 0;
    const process::Calendar* calendar = nullptr;
};

//! What the engine does on the facts of one event, of which those from `from` on are new to it: a version handed in completes the drafter's item, a task
//! that closes its own, number and dispatch and the last receipt theirs, a withdrawal cancels, a clock that ran out fires. `m` is the matter before the
//! event, `run` where the engine stands. One function for who decides and who checks the record afterwards.
[[nodiscard]] Result<std::vector<process::Event>> advance(const Matter& m, const rules::Process& process, process::State& run,
                                                          std::span<const wire::Fact> facts, size_t from, const Times& times);

//! True if the engine's part of an event, and the tasks opened on it, are what the definition makes of the rest. `before`: the matter before the event.
//! `calendar`: by its hash, null if it is not known.
[[nodiscard]] bool followsDefinition(const Matter& before, const rules::Process& process, const std::vector<wire::Fact>& facts, Millis time,
                                     const std::function<const process::Calendar*(const Bytes&)>& calendar);

//! A clock of the process that nothing but time ends: a wait between two steps.
struct Wait {
    std::string title;
    Millis until = 0;
};
[[nodiscard]] std::vector<Wait> waits(const Matter& m, const rules::Process& process);

//! Title of the step that comes next if all goes well; empty when nothing is to come.
[[nodiscard]] std::string nextTitle(const Matter& m, const rules::Process& process);

//! Fold of "in/<id>": what one receiving unit holds. Without clerks it was undeliverable (its unit closed between dispatch and delivery)
//! and the sender is told so.
struct Incoming final : rules::State {
    [[nodiscard]] std::unique_ptr<rules::State> clone() const override { return std::make_unique<Incoming>(*this); }

    wire::Package package;
    std::string unit, unitName;
    std::vector<wire::Slot> clerks;
    std::set<std::string> readers, formerReaders;
    Millis received = 0, opened = 0, signedFor = 0;
    wire::Actor openedBy, signedBy;
    std::string note;
};
const rules::Kind& incomingKind();

//! Fold of "reg/<code>/<year>": numbers are gapless.
struct Register final : rules::State {
    [[nodiscard]] std::unique_ptr<rules::State> clone() const override { return std::make_unique<Register>(*this); }
    uint32_t last = 0;
    std::map<std::string, uint32_t> given; //!< matter -> ordinal
};
const rules::Kind& registerKind();

} // namespace zt::document
