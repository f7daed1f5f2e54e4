#include "upstream.h"

namespace zt::process {

Upstream::Upstream(const Definition& d, uint32_t gateway, const std::vector<uint32_t>& ends) : flows(d.flows.size()), nodes(d.nodes.size())
{
    std::vector<uint32_t> todo = ends;
    for (uint32_t f : ends) flows[f] = true;
    const auto reach = [&](uint32_t n) {
        if (n == gateway || nodes[n]) return;
        nodes[n] = true;
        for (uint32_t f : d.nodes[n].in)
            if (!flows[f]) {
                flows[f] = true;
                todo.push_back(f);
            }
        const Node& x = d.nodes[n];
        if (x.kind != NodeKind::CatchEvent || x.trigger != Trigger::Link) return;
        for (uint32_t o : d.scopes[x.scope].nodes) {
            const Node& t = d.nodes[o];
            if (t.kind != NodeKind::ThrowEvent || t.trigger != Trigger::Link || d.moreOf(t).code != d.moreOf(x).code || nodes[o]) continue;
            nodes[o] = true;
            for (uint32_t f : t.in)
                if (!flows[f]) {
                    flows[f] = true;
                    todo.push_back(f);
                }
        }
    };
    while (!todo.empty()) {
        const uint32_t n = d.flows[todo.back()].from;
        todo.pop_back();
        reach(n);
        if (d.nodes[n].attached != kNone) reach(d.nodes[n].attached);
    }
}

std::vector<uint32_t> linkTargets(const Definition& d, uint32_t throwing)
{
    std::vector<uint32_t> out;
    const Node& t = d.nodes[throwing];
    for (uint32_t o : d.scopes[t.scope].nodes) {
        const Node& x = d.nodes[o];
        if (x.kind == NodeKind::CatchEvent && x.trigger == Trigger::Link && d.moreOf(x).code == d.moreOf(t).code) out.push_back(o);
    }
    return out;
}

} // namespace zt::process
