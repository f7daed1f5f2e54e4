#pragma once

#include "zt/base/result.h"
#include "zt/feel/feel.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

//! What a process is: flat arrays, joined by indices. Immutable once made; any number of threads.
namespace zt::process {

constexpr uint32_t kNone = 0xffffffff;
//! Beyond these a definition is read and kept but not deployed.
constexpr size_t kMaxNodes = 5'000;      //!< and four times as many flows
constexpr size_t kMaxInstances = 10'000; //!< of one multi-instance set
constexpr uint32_t kMaxScopeDepth = 24;  //!< sub-processes in each other, called ones counted

//! The same in Chinese and in English. Made where something is found, both texts side by side; never stored, hashed or sent.
struct Words {
    std::string zh, en;
};
[[nodiscard]] Words operator+(Words a, const Words& b);

enum class NodeKind : uint8_t {
    Task, UserTask, ManualTask, ServiceTask, SendTask, ReceiveTask, ScriptTask, BusinessRuleTask, CallActivity, SubProcess,
    EventSubProcess, Transaction, AdHoc, StartEvent, EndEvent, CatchEvent, ThrowEvent, BoundaryEvent, Exclusive, Inclusive, Parallel,
    EventBased, Complex,
};
[[nodiscard]] std::string_view name(NodeKind kind); //!< the element's name in the standard: "userTask"
enum class Trigger : uint8_t { None, Message, Timer, Error, Escalation, Terminate, Link, Signal, Conditional, Compensate, Cancel, Multiple };
[[nodiscard]] std::string_view name(Trigger trigger);

//! An expression as it was written and what it means. FEEL, or the part of JUEL (`${…}`) that says the same in FEEL.
struct Expr {
    std::string text, language;
    feel::Expression program; //!< empty if it does not parse
    std::string problem;      //!< why it does not
    bool literal = false;     //!< text to be taken as it stands ("demo", "PT2H")
    [[nodiscard]] bool empty() const { return text.empty(); }
};

enum class TimerForm : uint8_t { None, Date, Duration, Cycle };
struct TimerSpec {
    TimerForm form = TimerForm::None;
    Expr when;
    bool working = false; //!< counts working time only (extension attribute `workingTime`)
};

//! Multi-instance characteristics.
struct SetSpec {
    bool sequential = false;
    Expr cardinality, collection, condition;
    std::string item;              //!< name under which an instance sees its element
    std::string output, outputSet; //!< each instance's `output`, in order, becomes the list `outputSet`
};

struct Mapping {
    Expr source;
    std::string target;
};

//! Namespace of the attributes that are ours: whoever runs definitions reads them, the engine does not.
constexpr std::string_view kOwn = "urn:zhengtong:process";

//! What only some nodes have.
struct NodeMore {
    std::vector<std::pair<std::string, std::string>> own; //!< attributes of kOwn, by local name
    std::string code;     //!< error code, escalation code, message name, link name; empty on a catching event: any
    Expr correlation;     //!< of a message; empty: the matter's own key
    TimerSpec timer;
    Expr assignee, candidates; //!< who acts; candidates: persons or groups
    std::string called;   //!< process or decision called
    std::string result;   //!< name that takes a decision's result
    std::vector<Mapping> in, out; //!< of a called process
    bool allIn = false, allOut = false;
    bool multi = false, standardLoop = false;
    SetSpec set;

    //! Empty if it is not there.
    [[nodiscard]] std::string_view ownValue(std::string_view name) const;
};

struct Node {
    NodeKind kind = NodeKind::Task;
    Trigger trigger = Trigger::None;
    bool interrupting = true;     //!< boundary and event sub-process start
    bool executed = true;         //!< false: kept only; `why` says what is not
    uint32_t scope = 0;           //!< the scope it lies in
    uint32_t inner = kNone;       //!< the scope it opens (sub-process, linked call)
    uint32_t attached = kNone;    //!< boundary event: its host
    uint32_t fallback = kNone;    //!< default flow
    uint32_t more = 0;            //!< into Definition::more; 0 has nothing
    std::vector<uint32_t> in, out; //!< flows
    std::vector<uint32_t> boundary; //!< events attached to it
    std::string id, name;
    Words why;
};

struct Flow {
    uint32_t from = kNone, to = kNone, scope = 0;
    uint32_t condition = kNone; //!< into Definition::conditions
    std::string id, name;
};

//! A process, sub-process or called process: where tokens live together.
struct Scope {
    uint32_t node = kNone;   //!< whose inside it is; kNone for the process
    uint32_t parent = kNone;
    bool isolated = false;   //!< a called process does not see its caller's data
    std::vector<uint32_t> nodes, flows;
    std::vector<uint32_t> starts;         //!< where a none start puts tokens
    std::vector<uint32_t> eventSubs;      //!< start events of its event sub-processes
    std::vector<uint32_t> orJoins;        //!< inclusive gateways with several incoming flows
    std::vector<std::string> data;        //!< names of data objects declared here
};

//! One process, linked with what it calls as far as that was given.
//! Numbers: the n-th flow node and flow in document order, executed or not, so that a later build numbers alike; linked ones follow.
struct Definition {
    std::string id, name;
    std::string version;   //!< given by whoever keeps the definitions (a hash); written into Started
    bool executable = true;
    std::vector<Node> nodes;
    std::vector<Flow> flows;
    std::vector<Scope> scopes; //!< 0 is the process
    std::vector<NodeMore> more;
    std::vector<Expr> conditions;
    std::unordered_map<std::string, uint32_t> nodeOf, flowOf;
    //! References and structure that do not fit, found while reading: element id, what, what to do.
    struct Defect {
        std::string element, name;
        Words what, todo;
    };
    std::vector<Defect> defects;

    [[nodiscard]] const NodeMore& moreOf(const Node& n) const { return more[n.more]; }
    [[nodiscard]] uint32_t find(std::string_view id) const;
};

//! How findings speak of an element: 用户任务“审核”（review）, userTask review (审核); with no name 并行网关“j”, parallelGateway j.
[[nodiscard]] Words words(const Node& node);
[[nodiscard]] Words words(const Flow& flow);
[[nodiscard]] Words words(const Definition& process);
[[nodiscard]] Words words(Trigger trigger); //!< 信号, signal

//! Fills what follows from the rest: in, out, starts, eventSubs, orJoins, nodeOf. For definitions made by hand; reading does it.
void finish(Definition& d);

//! Puts the called processes inside, as scopes of their own with ids "call/id". Calls of unknown processes stay as they are and wait
//! for an answer from outside. Err::Invalid for processes that call each other in a circle, Err::TooLarge beyond kMaxNodes or depth;
//! the detail names the element.
[[nodiscard]] Result<Definition> link(const Definition& main, const std::vector<const Definition*>& library);

//! Reads an expression. `names`: those with blanks that it may use. A leading `=` (Zeebe) is dropped, `${…}` is translated. With
//! `literal` a text that is marked by neither is taken as it stands.
[[nodiscard]] Expr expression(std::string_view text, std::string_view language, const std::vector<std::string>& names, bool literal = false);

[[nodiscard]] inline bool isActivity(NodeKind k) { return k <= NodeKind::AdHoc; }
[[nodiscard]] inline bool isGateway(NodeKind k) { return k >= NodeKind::Exclusive; }

} // namespace zt::process
