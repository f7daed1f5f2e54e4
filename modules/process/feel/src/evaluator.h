#pragma once

#include "program.h"

namespace zt::feel {

//! Value of a node without variables.
Value evaluateConstant(const Program& program, NodeId id, Run& run);

//! Days since 1970-01-01 of a date value, and back.
std::int64_t toDayNumber(const Value& date);
Value fromDayNumber(std::int64_t day);

//! Walks one program's nodes. `names` are looked up in the scope once each.
class Machine {
public:
    Machine(const Program& program, const Scope* scope, Run& run) : m_p(program), m_scope(scope), m_run(run) {}
    Value start();
    Value at(NodeId id, Value* frame);

private:
    Value call(const Node& n, Value* frame);
    Value callNamed(const Node& n, Value* frame);
    Value builtinCall(const Node& n, Value* frame);
    Value binary(const Node& n, Value* frame);
    Value logic(const Node& n, Value* frame);
    Value equality(const Node& n, const Value& a, const Value& b);
    Value ordering(Op op, const Value& a, const Value& b, std::size_t at);
    Value between(const Node& n, Value* frame);
    Value in(const Node& n, Value* frame);
    Value loop(const Node& n, Value* frame);
    bool loopVariable(const Node& n, Value* frame, std::uint32_t variable, std::vector<Value>& out, Value& verdict);
    bool loopBody(const Node& n, Value* frame, std::vector<Value>& out, Value& verdict);
    Value list(const Node& n, Value* frame);
    Value context(const Node& n, Value* frame);
    Value range(const Node& n, Value* frame);
    Value path(const Node& n, Value* frame);
    Value filter(const Node& n, Value* frame);
    Value filterName(const Node& n, Value* frame);
    Value function(const Node& n, Value* frame);
    const Value& global(std::uint32_t index, std::size_t at);
    CallAt where(const Node& n) { return {m_run, n.at}; }
    const std::uint32_t* kids(const Node& n) const { return m_p.kids.data() + n.kids; }

    static Native makeBody(std::shared_ptr<const Program> program, std::uint32_t index, std::vector<Value> held, std::uint32_t depth);

    const Program& m_p;
    const Scope* m_scope;
    Run& m_run;
    std::vector<const Value*> m_globals;
    bool m_failed = false; // the loop that runs has nothing to run over
};

} // namespace zt::feel
