#pragma once

#include "province.h"

namespace zt::test {

//! The province's process with a clock at the review: after two hours it goes to the director.
inline wire::Definition timed()
{
    auto d = definition();
    d.mutable_bpmn()->insert(d.bpmn().find("</process>"), clockAt("late", "review", "PT2H") + flow("late", "sign"));
    return d;
}
inline wire::Command timedDraft(Province& p, const std::string& stream)
{
    auto c = p.draft(stream);
    c.mutable_submit()->set_definition_hash(wire::definitionHash(timed()));
    return c;
}
inline std::set<std::string> openTasks(Province& p, const std::string& stream)
{
    std::set<std::string> out;
    const auto events = p.log->read(stream, 1, 1000);
    for (const auto& e : *events) {
        const auto body = wire::openBody(e);
        for (const auto& f : body->facts()) {
            if (f.has_task_opened()) out.insert(f.task_opened().task());
            if (f.has_task_closed()) out.erase(f.task_closed().task());
        }
    }
    return out;
}

} // namespace zt::test
