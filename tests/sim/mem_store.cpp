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
    MemTx(const Data& d, const Hooks& hooks, const Bugs& bugs) : m_at(&d), m_hooks(hooks), m_bugs(bugs) {}

    //! What a commit would keep; null if nothing was written.
    Data* written() { return m_copy ? &*m_copy : nullptr; }

    Result<std::optional<Bytes>> meta(const std::string& key) override
    {
        const auto it = m_at->meta.find(key);
        return it == m_at->meta.end() ? std::optional<Bytes>() : std::optional(it->second);
    }
    Result<void> setMeta(const std::string& key, BytesView value) override
    {
        ZT_TRY(writing());
        m_copy->meta[key] = Bytes(value);
        return {};
    }
    Result<std::optional<StreamRow>> stream(const std::string& stream) override
    {
        const auto it = m_at->streams.find(stream);
        return it == m_at->streams.end() ? std::optional<StreamRow>() : std::optional(it->second);
    }
    Result<std::vector<StreamRow>> streams() override
    {
        std::vector<StreamRow> out;
        for (const auto& [name, row] : m_at->streams) out.push_back(row);
        return out;
    }
    Result<std::vector<StreamRow>> gaps() override
    {
        std::vector<StreamRow> out;
        for (const auto& [name, row] : m_at->streams)
            if (row.head > row.have || (row.granted && row.have == 0)) out.push_back(row);
        return out;
    }
    Result<void> putStream(const StreamRow& row) override
    {
        ZT_TRY(writing());
        m_copy->streams[row.stream] = row;
        return {};
    }
    Result<void> dropStream(const std::string& stream) override
    {
        ZT_TRY(writing());
        m_copy->streams.erase(stream);
        m_copy->events.erase(stream);
        return {};
    }
    Result<void> appendEvent(const wire::Event& event) override
    {
        ZT_TRY(writing());
        auto& held = m_copy->events[event.stream()];
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
        const auto it = m_at->events.find(stream);
        if (it == m_at->events.end()) return out;
        for (const auto& e : *it->second)
            if (e->version() >= from) out.push_back(m_bugs.skipsUnknown ? overlooked(*e) : *e);
        return out;
    }
    Result<void> truncateStream(const std::string& stream, uint64_t keep) override
    {
        ZT_TRY(writing());
        const auto it = m_copy->events.find(stream);
        if (it == m_copy->events.end()) return {};
        auto fewer = std::make_shared<std::vector<EventPtr>>(*it->second);
        std::erase_if(*fewer, [&](const auto& e) { return e->version() > keep; });
        if (fewer->empty()) m_copy->events.erase(it);
        else it->second = std::move(fewer);
        return {};
    }
    Result<void> eraseEvent(const std::string& stream, uint64_t version, const std::string& rule) override
    {
        ZT_TRY(writing());
        const auto it = m_copy->events.find(stream);
        if (it == m_copy->events.end() || m_bugs.keepsErased) return {};
        auto other = std::make_shared<std::vector<EventPtr>>(*it->second);
        for (auto& e : *other) {
            if (e->version() != version || !e->erased_rule().empty()) continue;
            wire::Event erased = *e;
            wire::erase(erased, rule);
            e = std::make_shared<const wire::Event>(std::move(erased));
        }
        it->second = std::move(other);
        return {};
    }
    Result<uint64_t> putOutbox(const OutboxRow& row) override
    {
        ZT_TRY(writing());
        const auto known = m_copy->outboxSeq.find(row.id);
        auto kept = std::make_shared<OutboxRow>(row);
        kept->seq = known == m_copy->outboxSeq.end() ? m_copy->lastSeq + 1 : known->second;
        if (known != m_copy->outboxSeq.end()) {
            if (m_bugs.losesReceipts && row.receipt) return kept->seq;
            if (m_bugs.dropsAttention && row.state == OutboxRow::Attention) {
                m_copy->outbox.erase(kept->seq);
                m_copy->outboxSeq.erase(known);
                return kept->seq;
            }
        } else {
            m_copy->lastSeq = kept->seq;
            m_copy->outboxSeq[row.id] = kept->seq;
        }
        const uint64_t seq = kept->seq;
        m_copy->outbox[seq] = std::move(kept);
        return seq;
    }
    Result<void> waitingLeaves() override
    {
        ZT_TRY(writing());
        for (auto& [seq, row] : m_copy->outbox) {
            if (row->state != OutboxRow::Waiting || row->sent) continue;
            auto left = std::make_shared<OutboxRow>(*row);
            left->sent = true;
            row = std::move(left);
        }
        return {};
    }
    Result<std::optional<OutboxRow>> outbox(const Bytes& id) override
    {
        const auto it = m_at->outboxSeq.find(id);
        return it == m_at->outboxSeq.end() ? std::optional<OutboxRow>() : std::optional(*m_at->outbox.at(it->second));
    }
    Result<void> dropOutbox(const Bytes& id) override
    {
        ZT_TRY(writing());
        const auto it = m_copy->outboxSeq.find(id);
        if (it == m_copy->outboxSeq.end()) return {};
        m_copy->outbox.erase(it->second);
        m_copy->outboxSeq.erase(it);
        return {};
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
        m_copy->marks[{stream, key}] = {value, sent};
        return {};
    }
    Result<std::optional<int64_t>> mark(const std::string& stream, const std::string& key) override
    {
        const auto it = m_at->marks.find({stream, key});
        return it == m_at->marks.end() ? std::optional<int64_t>() : std::optional(it->second.value);
    }

private:
    Result<void> writing()
    {
        if (m_hooks.write) ZT_TRY(m_hooks.write());
        if (!m_copy) m_at = &m_copy.emplace(*m_at);
        return {};
    }
    template <class Test>
    std::vector<OutboxRow> rows(Test test) const
    {
        std::vector<OutboxRow> out;
        for (const auto& [seq, row] : m_at->outbox)
            if (test(*row)) out.push_back(*row);
        return out;
    }

    const Data* m_at;
    std::optional<Data> m_copy; //!< from the first write on
    const Hooks& m_hooks;
    const Bugs& m_bugs;
};

Result<void> MemStore::write(const std::function<Result<void>(sync::Tx&)>& work)
{
    MemTx tx(m_data, hooks, bugs);
    ZT_TRY(work(tx));
    if (hooks.commit) ZT_TRY(hooks.commit());
    if (Data* written = tx.written()) {
        if (bugs.positionFirst) {
            if (const auto it = written->meta.find("position"); it != written->meta.end()) m_data.meta[it->first] = it->second;
            if (hooks.between) hooks.between();
        }
        m_data = std::move(*written);
    }
    if (hooks.committed) hooks.committed();
    return {};
}

Result<void> MemStore::read(const std::function<Result<void>(sync::Tx&)>& work)
{
    static const Hooks none;
    MemTx tx(m_data, none, bugs);
    return work(tx);
}

} // namespace zt::sim
