#include "zt/process/decisions.h"

#include <algorithm>

namespace zt::process {

bool Decisions::knows(const std::string& decision) const
{
    const feel::Value nothing = feel::Value::context({});
    return std::any_of(m_models.begin(), m_models.end(), [&](const dmn::Model& m) {
        const auto names = m.decisions();
        if (std::find(names.begin(), names.end(), decision) != names.end()) return true;
        feel::Run run({.steps = 10'000, .memory = 1u << 20}); // an id is known to the model alone
        const auto r = m.decide(decision, nothing, run);
        return r || r.error().kind != Err::NotFound;
    });
}

Result<feel::Value> Decisions::decide(const std::string& decision, const feel::Scope& scope, Millis) const
{
    for (const dmn::Model& m : m_models) {
        std::vector<feel::Entry> inputs;
        for (const auto& input : m.inputsOf(decision))
            if (const feel::Value* v = scope.find(input.name)) inputs.emplace_back(input.name, *v);
        feel::Run run({.steps = 2'000'000, .memory = 128u << 20});
        auto r = m.decide(decision, feel::Value::context(std::move(inputs)), run);
        if (!r && r.error().kind == Err::NotFound) continue;
        if (r && r->isNull())
            return Result<feel::Value>(Err::Invalid, "decision " + decision + " gives nothing" + (run.diagnostics().empty() ? std::string() : ": " + run.diagnostics().front().text));
        return r;
    }
    return Result<feel::Value>(Err::NotFound, "no decision " + decision);
}

} // namespace zt::process
