#pragma once

#include "zt/desk/desk.h"
#include "zt/sync/engine.h"

//! From a folded stream to what lists and panes show. Pure.
namespace zt::desk {

//! The task this person may act on now, and in whose name.
struct MyTask {
    const approval::Task* task = nullptr;
    std::string mandate, principal, principalName;
};
[[nodiscard]] MyTask myTask(const approval::Flow& flow, const rules::Context& context, const std::string& person, Millis now);

//! \param readUpTo version this person has read; `now` bounds mandates
[[nodiscard]] store::ListRow listRow(const sync::View& view, const rules::Context& context, const std::string& person, uint64_t readUpTo, Millis now);
[[nodiscard]] store::IndexText indexText(const rules::State& state);
[[nodiscard]] Actions actionsFor(const sync::View& view, const rules::Context& context, const std::string& person, Millis now);
[[nodiscard]] const wire::Document* documentOf(const rules::State& state);
[[nodiscard]] OutboxView outboxView(const sync::OutboxRow& row, const std::string& title);

} // namespace zt::desk
