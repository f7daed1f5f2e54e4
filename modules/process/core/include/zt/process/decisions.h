#pragma once

#include "zt/dmn/dmn.h"
#include "zt/process/engine.h"

//! Business-rule tasks asked of DMN models: the Rules port of desk and hub.
namespace zt::process {

//! Not changed after the last add(): then any number of threads.
class Decisions final : public Rules {
public:
    //! Later models stand behind earlier ones with the same decision.
    void add(dmn::Model model) { m_models.push_back(std::move(model)); }
    //! By name or id: for CheckOptions::knowsDecision.
    [[nodiscard]] bool knows(const std::string& decision) const;
    //! Inputs are taken from the scope by their names. A null result is a refusal that says why: nobody should be routed by a decision that failed.
    [[nodiscard]] Result<feel::Value> decide(const std::string& decision, const feel::Scope& scope, Millis now) const override;

private:
    std::vector<dmn::Model> m_models;
};

} // namespace zt::process
