#pragma once

#include "record.pb.h"

#include <set>
#include <string>
#include <vector>

namespace zt::test {

//! Facts without the deputies that a task's opening admits: whose mandate runs when the hub decides a desk cannot know.
inline std::vector<wire::Fact> foretellable(const std::vector<wire::Fact>& facts)
{
    std::set<std::string> holders;
    for (const auto& f : facts)
        for (const auto& slot : f.task_opened().slots()) holders.insert(slot.person());
    std::vector<wire::Fact> out;
    for (const auto& f : facts)
        if (!f.has_reader_added() || holders.empty() || holders.count(f.reader_added().person())) out.push_back(f);
    return out;
}

} // namespace zt::test
