#include "zt/hub/memory_log.h"

#include "zt/crypto/hash.h"
#include "zt/wire/sealing.h"

namespace zt::hub {

namespace {

std::string keyOf(const Bytes& device, const Bytes& id) { return std::to_string(device.size()) + ':' + device + id; }

} // namespace

Result<void> MemoryLog::check(const Group& group) const
{
    if (const auto dir = m_streams.find("dir"); dir != m_streams.end() && dir->second.events.size() > group.authorityVersion)
        return fail(Err::Conflict, "directory moved");
    std::map<std::string, uint64_t> versions;
    for (const auto& e : group.events) {
        auto [it, fresh] = versions.try_emplace(e.stream(), 0);
        if (fresh)
            if (const auto s = m_streams.find(e.stream()); s != m_streams.end()) {
                if (s->second.erased) return fail(Err::Invalid, "the stream was erased");
                it->second = s->second.events.size();
            }
        if (e.version() != ++it->second) return fail(Err::Conflict, "stream moved");
    }
    std::set<std::string> keys;
    for (const auto& r : group.receipts)
        if (const auto key = keyOf(r.device, r.id); m_receipts.count(key) || !keys.insert(key).second) return fail(Err::Exists, "receipt");
    return {};
}

void MemoryLog::erase(const ErasureRow& erasure)
{
    const auto it = m_streams.find(erasure.stream);
    if (it == m_streams.end()) return;
    Stream& s = it->second;
    s.erased = s.erased || !erasure.version;
    for (size_t i = 0; i < s.events.size(); ++i) {
        if ((erasure.version && erasure.version != i + 1) || !s.events[i]->erased_rule().empty()) continue;
        wire::Event e = *s.events[i];
        wire::erase(e, erasure.rule);
        m_events[s.positions[i] - 1] = s.events[i] = std::make_shared<const wire::Event>(std::move(e)); // copies of this log keep theirs
    }
}

Result<uint64_t> MemoryLog::append(const Group& group)
{
    ZT_TRY(check(group));
    for (const auto& e : group.events) {
        auto shared = std::make_shared<const wire::Event>(e);
        Stream& s = m_streams[e.stream()];
        s.head = wire::eventHash(e);
        m_root = crypto::hash("zt-root-1", {m_root, s.head});
        s.events.push_back(shared);
        m_events.push_back(std::move(shared));
        s.positions.push_back(m_events.size());
    }
    for (const auto& r : group.receipts) m_receipts.emplace(keyOf(r.device, r.id), r);
    for (const auto& m : group.marks) m_marks[{m.person, m.stream, m.key}] = m.value;
    for (const auto& t : group.timesDone) m_times.erase(t);
    for (const auto& t : group.timesAdded) m_times.insert(t);
    for (const auto& e : group.erasures) erase(e);
    if (group.followedUpTo) m_followed = std::max(m_followed, *group.followedUpTo);
    return m_events.size();
}

Result<HeadRow> MemoryLog::head(const std::string& stream)
{
    const auto s = m_streams.find(stream);
    return s == m_streams.end() ? HeadRow{} : HeadRow{s->second.events.size(), s->second.head};
}

Result<std::vector<wire::Event>> MemoryLog::read(const std::string& stream, uint64_t from, size_t limit)
{
    std::vector<wire::Event> out;
    const auto s = m_streams.find(stream);
    if (s == m_streams.end()) return out;
    for (uint64_t v = std::max<uint64_t>(from, 1); v <= s->second.events.size() && out.size() < limit; ++v) out.push_back(*s->second.events[v - 1]);
    return out;
}

Result<std::vector<LogRow>> MemoryLog::tail(uint64_t after, size_t limit)
{
    std::vector<LogRow> out;
    for (uint64_t p = after + 1; p <= m_events.size() && out.size() < limit; ++p) out.push_back({p, *m_events[p - 1]});
    return out;
}

Result<std::vector<ReceiptRow>> MemoryLog::receipts(const std::vector<ReceiptKey>& keys)
{
    std::vector<ReceiptRow> out;
    for (const ReceiptKey& k : keys)
        if (const auto it = m_receipts.find(keyOf(k.device, k.id)); it != m_receipts.end()) out.push_back(it->second);
    return out;
}

Result<std::vector<std::string>> MemoryLog::streams()
{
    std::vector<std::string> out;
    for (const auto& [name, s] : m_streams) out.push_back(name);
    return out;
}

Result<std::vector<MarkRow>> MemoryLog::marks(const std::string& person)
{
    std::vector<MarkRow> out;
    for (auto it = m_marks.lower_bound({person, {}, {}}); it != m_marks.end() && std::get<0>(it->first) == person; ++it)
        out.push_back({person, std::get<1>(it->first), std::get<2>(it->first), it->second});
    return out;
}

Result<std::vector<TimeRow>> MemoryLog::timesUpTo(Millis instant, size_t limit)
{
    std::vector<TimeRow> out;
    for (const auto& t : m_times) {
        if (t.due > instant || out.size() == limit) break;
        out.push_back(t);
    }
    return out;
}

Result<std::vector<std::string>> MemoryLog::timedStreams()
{
    std::set<std::string> out;
    for (const auto& t : m_times) out.insert(m_events[t.position - 1]->stream());
    return std::vector<std::string>(out.begin(), out.end());
}

} // namespace zt::hub
