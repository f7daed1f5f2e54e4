#include "zt/store/reader.h"

#include "columns.h"
#include "db.h"

namespace zt::store {

Reader::Reader(std::unique_ptr<Db> db) : m_db(std::move(db)) {}

Reader::~Reader() = default;

void Reader::interrupt() { m_db->interrupt(); }

std::vector<std::string> Reader::explain() { return m_db->plans(); }

Result<std::vector<ListRow>> Reader::list(Folder folder, size_t offset, size_t limit)
{
    return m_db->guard("list", [&]() -> Result<std::vector<ListRow>> {
        std::vector<ListRow> out;
        // The inner part skips in the index alone.
        Query q = m_db->query("SELECT " ZT_LIST_COLUMNS " FROM (SELECT time, stream FROM folder_rows WHERE folder = ? ORDER BY time DESC, stream DESC "
                              "LIMIT ? OFFSET ?) f CROSS JOIN list l ON l.stream = f.stream CROSS JOIN names n ON n.id = f.stream");
        q.bind(int(folder), limit, offset);
        while (q.next()) out.push_back(listRow(q));
        return out;
    });
}

Result<std::vector<ListRow>> Reader::rowsOf(const std::vector<std::string>& streams)
{
    Result<std::vector<ListRow>> out = std::vector<ListRow>();
    ZT_TRY(m_db->transaction("BEGIN", [&]() -> Result<void> {
        for (const std::string& s : streams) {
            Query q = m_db->query("SELECT " ZT_LIST_COLUMNS " FROM names n JOIN list l ON l.stream = n.id WHERE n.name = ?");
            if (q.bind(s).next()) out->push_back(listRow(q));
        }
        return {};
    }));
    return out;
}

Result<ListCounts> Reader::counts()
{
    ListCounts c;
    ZT_TRY(m_db->transaction("BEGIN", [&]() -> Result<void> {
        {
            Query q = m_db->query("SELECT kind, total, unread FROM counts");
            while (q.next()) {
                const auto kind = q.number(0);
                if (kind == kDraftCount) c.drafts = size_t(q.number(1));
                if (kind < 0 || kind >= kFolders) continue;
                c.total[size_t(kind)] = size_t(q.number(1));
                c.unread[size_t(kind)] = size_t(q.number(2));
            }
        }
        // Waiting ones are few: what has not been answered yet.
        for (auto [state, to] : {std::pair(sync::OutboxRow::Waiting, &c.outbox), std::pair(sync::OutboxRow::Attention, &c.attention)}) {
            Query q = m_db->query("SELECT count(*) FROM outbox WHERE state = ?");
            if (q.bind(int(state)).next()) *to = size_t(q.number(0));
        }
        return {};
    }));
    return c;
}

Result<std::vector<DraftRow>> Reader::drafts()
{
    return m_db->guard("drafts", [&]() -> Result<std::vector<DraftRow>> {
        std::vector<DraftRow> out;
        Query q = m_db->query("SELECT " ZT_DRAFT_COLUMNS " FROM drafts ORDER BY saved DESC, id DESC");
        while (q.next()) out.push_back(draftRow(q));
        return out;
    });
}

Result<std::optional<DraftRow>> Reader::draft(const Bytes& id)
{
    return m_db->guard("draft", [&]() -> Result<std::optional<DraftRow>> {
        Query q = m_db->query("SELECT " ZT_DRAFT_COLUMNS " FROM drafts WHERE id = ?");
        if (!q.bind(Blob{id}).next()) return std::optional<DraftRow>();
        return std::optional(draftRow(q));
    });
}

Result<std::vector<BlobRow>> Reader::blobsOf(const std::string& stream)
{
    return m_db->guard("blobs", [&]() -> Result<std::vector<BlobRow>> {
        std::vector<BlobRow> out;
        Query q = m_db->query("SELECT " ZT_BLOB_COLUMNS " FROM blobs WHERE stream = ?");
        q.bind(stream);
        while (q.next()) out.push_back(blobRow(q));
        return out;
    });
}

Result<std::optional<BlobRow>> Reader::blob(const Bytes& id)
{
    return m_db->guard("blob", [&]() -> Result<std::optional<BlobRow>> {
        Query q = m_db->query("SELECT " ZT_BLOB_COLUMNS " FROM blobs WHERE id = ?");
        if (!q.bind(Blob{id}).next()) return std::optional<BlobRow>();
        return std::optional(blobRow(q));
    });
}

Result<std::vector<sync::OutboxRow>> Reader::outbox(size_t settled)
{
    std::vector<sync::OutboxRow> out;
    ZT_TRY(m_db->transaction("BEGIN", [&]() -> Result<void> {
        for (auto state : {sync::OutboxRow::Waiting, sync::OutboxRow::Attention}) {
            Query q = m_db->query("SELECT " ZT_OUTBOX_COLUMNS " FROM outbox WHERE state = ? ORDER BY seq");
            q.bind(int(state));
            while (q.next()) out.push_back(outboxRow(q));
        }
        Query q = m_db->query("SELECT " ZT_OUTBOX_COLUMNS " FROM outbox WHERE state = ? ORDER BY seq DESC LIMIT ?");
        q.bind(int(sync::OutboxRow::Settled), settled);
        while (q.next()) out.push_back(outboxRow(q));
        return {};
    }));
    return out;
}

Result<std::optional<Bytes>> Reader::meta(const std::string& key)
{
    return m_db->guard("meta", [&]() -> Result<std::optional<Bytes>> {
        Query q = m_db->query("SELECT value FROM meta WHERE key = ?");
        if (!q.bind(key).next()) return std::optional<Bytes>();
        return std::optional<Bytes>(q.bytes(0));
    });
}

} // namespace zt::store
