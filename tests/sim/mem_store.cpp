#include "mem_store.h"

#include "zt/wire/sealing.h"

#include <algorithm>

namespace zt::sim {

using sync::OutboxRow;
using sync::StreamRow;

namespace {

//! A seeded bug: the event as a programme would read it that overlooks what it does not know.
wire::Event overlooked(const wire::Event& event)
{
    if (const auto body = wire::openBody(event); body || body.error().kind != Err::TooNew) return event;
    wire::Event out = event;
    wire::Body body;
    if (!body.ParseFromString(event.body())) return event;
    wire::Body known;
    *known.mutable_cause() = body.cause();
    for (const auto& f : body.facts())
        if (f.kind_case() != wire::Fact::KIND_NOT_SET) *known.add_facts() = f;
    out.set_level(1);
    out.set_body(known.SerializeAsString());
    return out;
}

} // namespace

class MemStore::MemTx final : public sync::Tx {
public:
    MemTx(Data& d, const Hooks& hooks, const Bugs& bugs, bool writable) : m_d(d), m_hooks(hooks), m_bugs(bugs), m_writable(writable) {}

    Result<std::optional<Bytes>> meta(const std::string& key) override
    {
        const auto it = m_d.meta.find(key);
        return it == m_d.meta.end() ? std::optional<Bytes>() : std::optional(it->second);
    }
    Result<void> setMeta(const std::string& key, BytesView value) override
    {
        ZT_TRY(writing());
        m_d.meta[key] = Bytes(value);
        return {};
    }
    Result<std::optional<StreamRow>> stream(const std::string& stream) override
    {
        const auto it = m_d.streams.find(stream);
        return it == m_d.streams.end() ? std::optional<StreamRow>() : std::optional(it->second);
    }
    Result<std::vector<StreamRow>> streams() override
    {
        std::vector<StreamRow> out;
        for (const auto& [name, row] : m_d.streams) out.push_back(row);
        return out;
    }
    Result<std::vector<StreamRow>> gaps() override
    {
        std::vector<StreamRow> out;
        for (const auto& [name, row] : m_d.streams)
            if (row.head > row.have || (row.granted && row.have == 0)) out.push_back(row);
        return out;
    }
    Result<void> putStream(const StreamRow& row) override
    {
        ZT_TRY(writing());
        m_d.streams[row.stream] = row;
        return {};
    }
    Result<void> dropStream(const std::string& stream) override
    {
        ZT_TRY(writing());
        m_d.streams.erase(stream);
        m_d.events.erase(stream);
        return {};
    }
    Result<void> appendEvent(const wire::Event& event) override
    {
        ZT_TRY(writing());
        auto& held = m_d.events[event.stream()];
        auto more = held ? std::make_shared<std::vector<EventPtr>>(*held) : std::make_shared<std::vector<EventPtr>>();
        if (std::any_of(more->begin(), more->end(), [&](const auto& e) { return e->version() == event.version(); }))
            return fail(Err::Exists, "version is there");
        more->push_back(std::make_shared<const wire::Event>(event));
        held = std::move(more);
        return {};
    }
    Result<std::vector<wire::Event>> events(const std::string& stream, uint64_t from) override
    {
        std::vector<wire::Event> out;
        const auto it = m_d.events.find(stream);
        if (it == m_d.events.end()) return out;
        for (const auto& e : *it->second)
            if (e->version() >= from) out.push_back(m_bugs.skipsUnknown ? overlooked(*e) : *e);
        return out;
    }
    Result<void> truncateStream(const std::string& stream, uint64_t keep) override
    {
        ZT_TRY(writing());
        const auto it = m_d.events.find(stream);
        if (it == m_d.events.end()) return {};
        auto fewer = std::make_shared<std::vector<EventPtr>>(*it->second);
        std::erase_if(*fewer, [&](const auto& e) { return e->version() > keep; });
        if (fewer->empty()) m_d.events.erase(it);
        else it->second = std::move(fewer);
        return {};
    }
    Result<uint64_t> putOutbox(const OutboxRow& row) override
    {
        ZT_TRY(writing());
        const auto known = m_d.outboxSeq.find(row.id);
        auto kept = std::make_shared<OutboxRow>(row);
        kept->seq = known == m_d.outboxSeq.end() ? m_d.lastSeq + 1 : known->second;
        if (known != m_d.outboxSeq.end()) {
            if (m_bugs.losesReceipts && row.receipt) return kept->seq;
            if (m_bugs.dropsAttention && row.state == OutboxRow::Attention) {
                m_d.outbox.erase(kept->seq);
                m_d.outboxSeq.erase(known);
                return kept->seq;
            }
        } else {
            m_d.lastSeq = kept->seq;
            m_d.outboxSeq[row.id] = kept->seq;
        }
        const uint64_t seq = kept->seq;
        m_d.outbox[seq] = std::move(kept);
        return seq;
    }
    Result<std::optional<OutboxRow>> outbox(const Bytes& id) override
    {
        const auto it = m_d.outboxSeq.find(id);
        return it == m_d.outboxSeq.end() ? std::optional<OutboxRow>() : std::optional(*m_d.outbox.at(it->second));
    }
    Result<std::vector<OutboxRow>> outboxOf(const std::string& stream) override
    {
        return rows([&](const OutboxRow& r) { return r.stream == stream; });
    }
    Result<std::vector<OutboxRow>> outboxIn(OutboxRow::State state) override
    {
        return rows([&](const OutboxRow& r) { return r.state == state; });
    }
    Result<void> putMark(const std::string& stream, const std::string& key, int64_t value, bool sent) override
    {
        ZT_TRY(writing());
        m_d.marks[{stream, key}] = {value, sent};
        return {};
    }
    Result<std::optional<int64_t>> mark(const std::string& stream, const std::string& key) override
    {
        const auto it = m_d.marks.find({stream, key});
        return it == m_d.marks.end() ? std::optional<int64_t>() : std::optional(it->second.value);
    }

private:
    Result<void> writing()
    {
        if (!m_writable) return fail(Err::ReadOnly, "a reading transaction");
        return m_hooks.write ? m_hooks.write() : Result<void>();
    }
    template <class Test>
    std::vector<OutboxRow> rows(Test test) const
    {
        std::vector<OutboxRow> out;
        for (const auto& [seq, row] : m_d.outbox)
            if (test(*row)) out.push_back(*row);
        return out;
    }

    Data& m_d;
    const Hooks& m_hooks;
    const Bugs& m_bugs;
    const bool m_writable;
};

Result<void> MemStore::write(const std::function<Result<void>(sync::Tx&)>& work)
{
    Data copy = m_data;
    MemTx tx(copy, hooks, bugs, true);
    ZT_TRY(work(tx));
    if (hooks.commit) ZT_TRY(hooks.commit());
    if (bugs.positionFirst) {
        if (const auto it = copy.meta.find("position"); it != copy.meta.end()) m_data.meta[it->first] = it->second;
        if (hooks.between) hooks.between();
    }
    m_data = std::move(copy);
    if (hooks.committed) hooks.committed();
    return {};
}

Result<void> MemStore::read(const std::function<Result<void>(sync::Tx&)>& work)
{
    MemTx tx(m_data, hooks, bugs, false);
    return work(tx);
}

} // namespace zt::sim
