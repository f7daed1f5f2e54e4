#pragma once

#include "zt/process/engine.h"
#include "zt/rules/process.h"
#include "zt/rules/rules.h"

#include <memory>

//! Tasks (待办), slots, opinions (意见): who must act on a matter, who did, and where the engine stands. A part of a matter's state, not a stream
//! of its own. Pure, as zt/rules/rules.h says.
namespace zt::approval {

//! Who did something, as the record names him. Copies share him: few people say all that is said in a flow, and a hub keeps thousands of flows in memory.
class Who {
public:
    Who() = default;
    Who(const wire::Actor& actor) : m_actor(std::make_shared<const wire::Actor>(actor)) {}
    operator const wire::Actor&() const { return m_actor ? *m_actor : wire::Actor::default_instance(); }
    [[nodiscard]] const wire::Actor& operator*() const { return *this; }
    [[nodiscard]] const std::string& person() const { return (**this).person(); }
    [[nodiscard]] const std::string& name() const { return (**this).name(); }
    [[nodiscard]] const std::string& post() const { return (**this).post(); }
    [[nodiscard]] const std::string& principal() const { return (**this).principal(); }
    [[nodiscard]] const std::string& principal_name() const { return (**this).principal_name(); }
    [[nodiscard]] const std::string& mandate() const { return (**this).mandate(); }

private:
    std::shared_ptr<const wire::Actor> m_actor; //!< null: nobody yet
};

enum class SlotState { Open, Done, Returned, Cancelled };

struct Slot {
    std::string person, name, unit, unitName, post;
    SlotState state = SlotState::Open;
    wire::Choice choice = wire::CHOICE_NONE;
    Who by;
    Millis time = 0;
    bool unproven = false;
};

struct Task {
    std::string id, step, title, scope;
    process::Id item = 0; //!< the engine's; done with the task
    std::vector<Slot> slots;
    bool all = false;
    std::vector<wire::Choice> choices;
    uint32_t dueHours = 0; //!< working hours; 0: no term
    bool strict = false;
    Millis opened = 0, closed = 0; //!< closed 0: open
    wire::TaskClosed::How how = wire::TaskClosed::DONE;
    std::string lastDone; //!< person of the slot done last

    [[nodiscard]] bool open() const { return closed == 0; }
    //! The drafter's: done by handing in a version.
    [[nodiscard]] bool draft() const { return choices.empty(); }
    //! When its term ends, by the calendar as it is now; 0: none, or none within twenty years.
    [[nodiscard]] Millis due(const process::Calendar& calendar) const;
    [[nodiscard]] const Slot* slotOf(const std::string& person) const;
};

//! What an opinion was given on; many have it in common.
struct Occasion {
    std::string task, stepTitle;
    Bytes about;
    uint32_t documentVersion = 0;
    bool operator==(const Occasion&) const = default;
};

struct Opinion {
    std::shared_ptr<const Occasion> occasion; //!< null: nothing of it is known
    std::string text;
    Who by;
    wire::Choice choice = wire::CHOICE_NONE;
    bool late = false, unproven = false;
    Millis time = 0;

    [[nodiscard]] const Occasion& on() const;
};

struct Flow {
    process::State run;
    std::string step;      //!< key of the step reached last
    bool returned = false; //!< by somebody, since the version in force was handed in
    std::vector<Task> tasks;
    std::vector<Opinion> opinions;

    [[nodiscard]] const Task* task(const std::string& id) const;
    [[nodiscard]] const Task* openTask() const; //!< the one opened last
    //! When the task's term ends, or else when a clock of the process at it runs out; 0: neither.
    [[nodiscard]] Millis due(const Task& task, const process::Calendar& calendar) const;
};

//! What the matter around the flow supplies.
struct Surroundings {
    std::string initiator;                    //!< may not act on his own item, under any mandate
    std::string initiatorUnit, issuer;
    Bytes subject;                            //!< hash of the document in force
    uint32_t documentVersion = 0;
    Millis now = 0;                           //!< mandates that are over admit nobody
    const rules::Process* process = nullptr;  //!< what the matter runs on; null if it is not known here
};

//! Opens the task of a step where the engine opened `item`: TaskOpened and the readers it brings. Refusal NOT_PERMITTED with REASON_NO_ACTOR when
//! nobody holds the post. The initiator is left out of "heads" and "post:" steps; heads are looked for upwards until somebody is found.
[[nodiscard]] rules::Decision openTask(const Flow& flow, const rules::Step& step, process::Id item, const Surroundings& around, const rules::Context& context);

//! A person's act on a task: every outcome of the architecture page. What the engine makes of a task that it closes is the matter's part. The post a slot was opened for must still be held, or have been held
//! at some point of the act (then the time is unproven); steps that name a person ask for none. \see 党政机关公文处理工作条例 art. 22 for a bare signature as consent
[[nodiscard]] rules::Decision act(const Flow& flow, const wire::Command& command, const Surroundings& around, const rules::Context& context,
                                  const rules::Moment& moment);

//! While a mandate runs: admits the deputy to a matter where the principal has an open task in its scope. When it is over: he reads the matter no more,
//! unless he began it, has or had a task, acted or spoke in it, or another mandate still admits him. DUPLICATE if there is nothing to do.
[[nodiscard]] rules::Decision admitDeputy(const Flow& flow, const std::string& mandate, const std::string& initiator, const std::set<std::string>& readers,
                                          const rules::Context& context, const rules::Moment& moment);

//! True if the fact was one of the flow's.
bool evolve(Flow& flow, const wire::Fact& fact, const rules::Header& header);

} // namespace zt::approval
