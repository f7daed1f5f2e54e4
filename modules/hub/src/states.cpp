#include "states.h"

namespace zt::hub {

Result<rules::State*> States::at(const std::string& stream)
{
    if (const auto it = m_states.find(stream); it != m_states.end()) {
        m_uses.splice(m_uses.begin(), m_uses, it->second.use);
        return it->second.state.get();
    }
    ZT_LET(state, upTo(stream, UINT64_MAX));
    m_uses.push_front(stream);
    return m_states.emplace(stream, Entry{std::move(state), m_uses.begin()}).first->second.state.get();
}

rules::State* States::held(const std::string& stream)
{
    const auto it = m_states.find(stream);
    return it == m_states.end() ? nullptr : it->second.state.get();
}

void States::forget(const std::string& stream)
{
    const auto it = m_states.find(stream);
    if (it == m_states.end()) return;
    m_uses.erase(it->second.use);
    m_states.erase(it);
}

void States::trim()
{
    while (m_states.size() > m_max) {
        m_states.erase(m_uses.back());
        m_uses.pop_back();
    }
}

Result<std::unique_ptr<rules::State>> States::upTo(const std::string& stream, uint64_t version)
{
    const rules::Kind* kind = m_catalogue.kind(stream);
    if (!kind) return fail(Err::NotFound, "kind of stream");
    auto state = kind->empty(stream);
    constexpr size_t kBatch = 256;
    uint64_t next = 1;
    for (;;) {
        ZT_LET(events, m_log.read(stream, next, kBatch));
        for (const auto& e : events) {
            if (e.version() > version) return state;
            ZT_TRY(rules::fold(*kind, *state, e));
            if (state->frozen) return state;
            next = e.version() + 1;
        }
        if (events.size() < kBatch) return state;
    }
}

} // namespace zt::hub
