#pragma once

#include "record.pb.h"
#include "zt/base/bytes.h"
#include "zt/process/check.h"

#include <map>
#include <memory>

//! A published definition, read: what the engine runs, and who acts at its tasks.
//!
//! A user task says `assignee` (heads, initiator, post:<title>, person:<id>), and with the attributes of process::kOwn `choices` (agree return
//! sign reject), `all` (会签), `dueHours` (working hours), `strict`, `scope` (a mandate's word). The initiator's tasks are done by handing in a version and offer
//! no choices. A service task says what it `does`: number, dispatch, receipt. Timers wait on their own or stand at the border of a user task or the receipts;
//! those with the attribute `workingTime` count working hours, and all stand still during declared outages. Conditions may use `choice` (of the task just done), `returned` (somebody has
//! since the version was handed in), and the document's `kind`, `urgency` (none, pressing, urgent), `code`, `recipients` (how many).
namespace zt::rules {

struct Step {
    wire::StepKind kind = wire::STEP_TASK;
    std::string key, title, who, scope;
    bool all = false, strict = false;
    std::vector<wire::Choice> choices;
    uint32_t dueHours = 0;
};

//! As a definition writes it and conditions ask for it: agree, return, sign, reject; empty for none.
[[nodiscard]] std::string_view choiceWord(wire::Choice choice);

//! Immutable; any number of threads.
struct Process {
    std::string id, title;
    Bytes hash; //!< wire::definitionHash: what a matter writes down
    process::Definition definition;
    std::map<uint32_t, Step> steps; //!< by node, in the order of the file

    [[nodiscard]] const Step* step(std::string_view key) const;
};

//! Err::Invalid or TooLarge where the file cannot be read; the detail says why. What is read may still be unfit: see findings().
[[nodiscard]] Result<std::shared_ptr<const Process>> readProcess(const wire::Definition& definition);

//! A definition as the directory keeps it: read when it is first asked for, since a desk meets few of all those ever published. Any threads.
class Published {
public:
    explicit Published(wire::Definition definition);
    [[nodiscard]] const Bytes& hash() const { return m_hash; }
    [[nodiscard]] const wire::Definition& definition() const { return m_definition; }
    //! Null if it cannot be read. Lives as long as this.
    [[nodiscard]] const Process* process() const;

private:
    const wire::Definition m_definition;
    const Bytes m_hash;
    mutable std::shared_ptr<const Process> m_process; // once set, never replaced; only by std::atomic_… of <memory>
};

//! Why matters cannot run on it; none of them an Error if they can. Those of process::check and, with codes of their own: not-ours (an element matters do
//! not use), no-draft, no-title, unknown-who, no-choices, unknown-service, unsigned-number, order.
[[nodiscard]] std::vector<process::Finding> findings(const Process& process);

} // namespace zt::rules
