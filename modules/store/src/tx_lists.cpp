#include "columns.h"
#include "index.h"
#include "zt/store/tx.h"

namespace zt::store {

void Tx::count(int kind, int64_t total, int64_t unread)
{
    if (!total && !unread) return;
    m_db.query("INSERT INTO counts(kind, total, unread) VALUES(?, ?, ?) ON CONFLICT(kind) DO UPDATE SET total = total + excluded.total, "
               "unread = unread + excluded.unread")
        .bind(kind, total, unread)
        .run();
}

void Tx::forgetRow(int64_t id)
{
    uint32_t folders = 0;
    Millis time = 0;
    bool unread = false;
    {
        Query q = m_db.query("SELECT folders, time, flags FROM list WHERE stream = ?");
        if (!q.bind(id).next()) return;
        folders = uint32_t(q.number(0));
        time = q.number(1);
        unread = q.number(2) & Unread;
    }
    for (int f = 0; f < kFolders; ++f) {
        if (!(folders >> f & 1)) continue;
        m_db.query("DELETE FROM folder_rows WHERE folder = ? AND time = ? AND stream = ?").bind(f, time, id).run();
        count(f, -1, unread ? -1 : 0);
    }
    m_db.query("DELETE FROM list WHERE stream = ?").bind(id).run();
}

Result<void> Tx::putRow(const ListRow& r, const IndexText* text)
{
    if (r.stream.empty()) return fail(Err::Invalid, "row without a stream");
    return m_db.guard("row", [&]() -> Result<void> {
        const int64_t id = idFor(r.stream);
        forgetRow(id);
        m_db.query("INSERT INTO list(stream, folders, time, due, urgency, attachments, flags, version, title, party, number, step) "
                   "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(id, r.folders, r.timeMs, r.dueMs, r.urgency, r.attachments, flagsOf(r), r.version, r.title, r.party, r.number, r.step)
            .run();
        for (int f = 0; f < kFolders; ++f) {
            if (!(r.folders >> f & 1)) continue;
            m_db.query("INSERT INTO folder_rows(folder, time, stream) VALUES(?, ?, ?)").bind(f, r.timeMs, id).run();
            count(f, 1, r.unread ? 1 : 0);
        }
        if (text) queueText(m_db, id, r.timeMs, *text);
        return {};
    });
}

Result<std::optional<ListRow>> Tx::row(const std::string& stream)
{
    return m_db.guard("row", [&]() -> Result<std::optional<ListRow>> {
        Query q = m_db.query("SELECT " ZT_LIST_COLUMNS " FROM names n JOIN list l ON l.stream = n.id WHERE n.name = ?");
        if (!q.bind(stream).next()) return std::optional<ListRow>();
        return std::optional(listRow(q));
    });
}

Result<std::vector<std::string>> Tx::streamsIn(Folder folder)
{
    return m_db.guard("list", [&]() -> Result<std::vector<std::string>> {
        std::vector<std::string> out;
        Query q = m_db.query("SELECT n.name FROM folder_rows f JOIN names n ON n.id = f.stream WHERE f.folder = ?");
        q.bind(int(folder));
        while (q.next()) out.push_back(q.text(0));
        return out;
    });
}

Result<void> Tx::removeRow(const std::string& stream)
{
    return m_db.guard("row", [&]() -> Result<void> {
        const int64_t id = idOf(stream);
        if (!id) return {};
        forgetRow(id);
        forgetText(id);
        return {};
    });
}

void Tx::forgetText(int64_t id)
{
    store::forgetText(m_db, id);
}

Result<bool> Tx::indexSlice(int maxMs, const std::function<bool()>& hurry)
{
    return m_db.guard("index", [&]() -> Result<bool> { return store::indexSlice(m_db, maxMs, hurry); });
}

Result<void> Tx::putDraft(const DraftRow& d)
{
    if (d.id.empty()) return fail(Err::Invalid, "draft without an id");
    return m_db.guard("draft", [&]() -> Result<void> {
        const Bytes document = d.document.SerializeAsString();
        bool known = false;
        {
            Query q = m_db.query("SELECT 1 FROM drafts WHERE id = ?");
            known = q.bind(Blob{d.id}).next();
        }
        m_db.query("INSERT OR REPLACE INTO drafts(id, document, note, revises, saved) VALUES(?, ?, ?, ?, ?)")
            .bind(Blob{d.id}, Blob{document}, d.note, d.revises, d.savedMs)
            .run();
        if (!known) count(kDraftCount, 1, 0);
        return {};
    });
}

Result<std::optional<DraftRow>> Tx::draft(const Bytes& id)
{
    return m_db.guard("draft", [&]() -> Result<std::optional<DraftRow>> {
        Query q = m_db.query("SELECT " ZT_DRAFT_COLUMNS " FROM drafts WHERE id = ?");
        if (!q.bind(Blob{id}).next()) return std::optional<DraftRow>();
        return std::optional(draftRow(q));
    });
}

Result<void> Tx::deleteDraft(const Bytes& id)
{
    return m_db.guard("draft", [&]() -> Result<void> {
        m_db.query("DELETE FROM drafts WHERE id = ?").bind(Blob{id}).run();
        count(kDraftCount, -sqlite3_changes64(m_db.handle()), 0);
        return {};
    });
}

Result<void> Tx::putBlob(const BlobRow& b)
{
    if (b.blob.empty()) return fail(Err::Invalid, "blob without an id");
    Bytes chunks;
    for (const Bytes& c : b.chunks) {
        if (c.size() != 32) return fail(Err::Invalid, "chunk hash is not 32 bytes");
        chunks += c;
    }
    return m_db.guard("blob", [&]() -> Result<void> {
        m_db.query("INSERT OR REPLACE INTO blobs(id, stream, size, have, complete, upload, uploaded, sent, chunks) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(Blob{b.blob}, b.stream, b.sealedSize, b.have, b.complete, b.upload, b.uploaded, b.sent, Blob{chunks})
            .run();
        // Named again: its file is wanted.
        m_db.query("DELETE FROM blob_trash WHERE id = ?").bind(Blob{b.blob}).run();
        return {};
    });
}

Result<std::optional<BlobRow>> Tx::blob(const Bytes& id)
{
    return m_db.guard("blob", [&]() -> Result<std::optional<BlobRow>> {
        Query q = m_db.query("SELECT " ZT_BLOB_COLUMNS " FROM blobs WHERE id = ?");
        if (!q.bind(Blob{id}).next()) return std::optional<BlobRow>();
        return std::optional(blobRow(q));
    });
}

Result<std::vector<BlobRow>> Tx::blobsOf(const std::string& stream)
{
    return m_db.guard("blobs", [&]() -> Result<std::vector<BlobRow>> {
        std::vector<BlobRow> out;
        Query q = m_db.query("SELECT " ZT_BLOB_COLUMNS " FROM blobs WHERE stream = ?");
        q.bind(stream);
        while (q.next()) out.push_back(blobRow(q));
        return out;
    });
}

Result<std::vector<BlobRow>> Tx::uploads()
{
    return m_db.guard("blobs", [&]() -> Result<std::vector<BlobRow>> {
        std::vector<BlobRow> out;
        Query q = m_db.query("SELECT " ZT_BLOB_COLUMNS " FROM blobs INDEXED BY blobs_upload WHERE upload = 1 AND uploaded = 0 AND id > x''");
        while (q.next()) out.push_back(blobRow(q));
        return out;
    });
}

Result<void> Tx::deleteBlob(const Bytes& id)
{
    return m_db.guard("blob", [&]() -> Result<void> {
        m_db.query("DELETE FROM blobs WHERE id = ?").bind(Blob{id}).run();
        if (sqlite3_changes64(m_db.handle())) m_db.query("INSERT OR IGNORE INTO blob_trash(id) VALUES(?)").bind(Blob{id}).run();
        return {};
    });
}

Result<std::vector<Bytes>> Tx::trash()
{
    return m_db.guard("trash", [&]() -> Result<std::vector<Bytes>> {
        std::vector<Bytes> out;
        Query q = m_db.query("SELECT id FROM blob_trash WHERE id > x''");
        while (q.next()) out.push_back(q.bytes(0));
        return out;
    });
}

Result<void> Tx::forgetTrash(const Bytes& id)
{
    return m_db.guard("trash", [&]() -> Result<void> {
        m_db.query("DELETE FROM blob_trash WHERE id = ?").bind(Blob{id}).run();
        return {};
    });
}

Result<void> Tx::putPerson(const PersonKey& p)
{
    if (p.id.empty()) return fail(Err::Invalid, "person without an id");
    return m_db.guard("person", [&]() -> Result<void> { return store::putPerson(m_db, p); });
}

Result<void> Tx::clearPeople()
{
    return m_db.guard("people", [&]() -> Result<void> {
        m_db.query("DELETE FROM people_keys").run();
        m_db.query("DELETE FROM people").run();
        return {};
    });
}

} // namespace zt::store
