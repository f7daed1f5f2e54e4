#pragma once

#include "zt/process/definition.h"

#include <functional>
#include <string>
#include <vector>

//! What is wrong with a definition before anybody runs it.
namespace zt::process {

struct Finding {
    enum class Severity : uint8_t {
        Error,    //!< must not be deployed
        Warning,  //!< runs, but probably not as meant
        Note,     //!< worth knowing; `unproved` among them
    };
    Severity severity = Severity::Error;
    //! Closed list: defect, too-large, not-executed, no-start, unreachable, no-exit, busy-loop, deadlock, unsynchronised, unproved, no-assignee,
    //! bad-expression, wrong-type, no-condition, no-default, unknown-data, unknown-process, unknown-decision, bad-timer, bad-event-gateway,
    //! abstract-task.
    std::string code;
    std::string element, name; //!< id and name of the element it is about
    Words what, todo;          //!< for administrators: what is wrong (it names the element), what to do
};
//! A finding about a node, or about the process if that is null: `what` follows the words that name it.
[[nodiscard]] Finding finding(Finding::Severity severity, const char* code, const Definition& definition, const Node* node, const Words& what, Words todo);
[[nodiscard]] std::string_view name(Finding::Severity severity);

struct CheckOptions {
    //! Markings looked at for each scope (fewer in scopes of thousands of elements: 64 MiB of them, about a second). When they do not suffice, a scope without loops, inclusive joins and terminating ends is explored
    //! again with one order of activities only, which still finds every deadlock and every second token there; else the finding `unproved` says so.
    size_t maxStates = 20'000;
    //! Null: decisions are not looked for.
    std::function<bool(const std::string& decision)> knowsDecision;
};

//! Findings in the order of the document. What soundness means here: from every marking that the process can reach, with conditions
//! free to be true or false (at least one true where a default is missing) and activities completing in any order, nothing waits for a token
//! that cannot come, no activity or flow holds two tokens, and an end can be reached. A non-interrupting boundary event is taken once for each
//! run of its activity; members of a set, event sub-processes and jumps are not part of the exploration (each event sub-process is a scope).
[[nodiscard]] std::vector<Finding> check(const Definition& definition, const CheckOptions& options = {});

//! No error and nothing unproved.
[[nodiscard]] bool sound(const std::vector<Finding>& findings);

} // namespace zt::process
