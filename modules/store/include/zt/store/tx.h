#pragma once

#include "zt/store/rows.h"
#include "zt/sync/store.h"

#include <map>

namespace zt::store {

class Db;

//! A person of the directory as search finds them.
struct PersonKey {
    std::string id, name, place; //!< place: unit and post, one line
};

struct MarkRow {
    std::string stream, key;
    int64_t value = 0;
    bool sent = false;
};

//! sync::Tx and all else a desk keeps, in the same transaction. Valid only inside the function it was given to, on the worker thread.
//! Errors as sync::Tx; an error must end the transaction by being returned.
class Tx final : public sync::Tx {
public:
    explicit Tx(Db& db) : m_db(db) {}
    //! The store's own transaction behind the port. Only for a Tx that came from SqlStore.
    [[nodiscard]] static Tx& of(sync::Tx& tx) { return static_cast<Tx&>(tx); }

    [[nodiscard]] Result<std::optional<Bytes>> meta(const std::string& key) override;
    [[nodiscard]] Result<void> setMeta(const std::string& key, BytesView value) override;
    [[nodiscard]] Result<std::optional<sync::StreamRow>> stream(const std::string& stream) override;
    [[nodiscard]] Result<std::vector<sync::StreamRow>> streams() override;
    [[nodiscard]] Result<std::vector<sync::StreamRow>> gaps() override;
    [[nodiscard]] Result<void> putStream(const sync::StreamRow& row) override;
    //! Overwrites what it removes. The sealed files of its blobs are named by trash() from then on.
    [[nodiscard]] Result<void> dropStream(const std::string& stream) override;
    [[nodiscard]] Result<void> appendEvent(const wire::Event& event) override;
    [[nodiscard]] Result<std::vector<wire::Event>> events(const std::string& stream, uint64_t from = 1) override;
    [[nodiscard]] Result<void> truncateStream(const std::string& stream, uint64_t keep) override;
    //! Overwrites what it removes.
    [[nodiscard]] Result<void> eraseEvent(const std::string& stream, uint64_t version, const std::string& rule) override;
    [[nodiscard]] Result<uint64_t> putOutbox(const sync::OutboxRow& row) override;
    [[nodiscard]] Result<void> waitingLeaves() override;
    [[nodiscard]] Result<std::optional<sync::OutboxRow>> outbox(const Bytes& id) override;
    [[nodiscard]] Result<void> dropOutbox(const Bytes& id) override; //!< overwrites it
    [[nodiscard]] Result<std::vector<sync::OutboxRow>> outboxOf(const std::string& stream) override;
    [[nodiscard]] Result<std::vector<sync::OutboxRow>> outboxIn(sync::OutboxRow::State state) override;
    [[nodiscard]] Result<void> putMark(const std::string& stream, const std::string& key, int64_t value, bool sent) override;
    [[nodiscard]] Result<std::optional<int64_t>> mark(const std::string& stream, const std::string& key) override;
    [[nodiscard]] Result<std::vector<MarkRow>> unsentMarks();

    //! Writes a stream's row: every folder list, the counts, and the text to be indexed later (none: the indexed text stays).
    [[nodiscard]] Result<void> putRow(const ListRow& row, const IndexText* text);
    [[nodiscard]] Result<std::optional<ListRow>> row(const std::string& stream);
    //! Takes the stream out of every list and of search.
    [[nodiscard]] Result<void> removeRow(const std::string& stream);
    [[nodiscard]] Result<std::vector<std::string>> streamsIn(Folder folder);

    [[nodiscard]] Result<void> putDraft(const DraftRow& draft);
    [[nodiscard]] Result<std::optional<DraftRow>> draft(const Bytes& id);
    [[nodiscard]] Result<void> deleteDraft(const Bytes& id);

    [[nodiscard]] Result<void> putBlob(const BlobRow& blob);
    [[nodiscard]] Result<std::optional<BlobRow>> blob(const Bytes& id);
    [[nodiscard]] Result<std::vector<BlobRow>> blobsOf(const std::string& stream);
    [[nodiscard]] Result<std::vector<BlobRow>> uploads(); //!< made here and not yet at the hub
    [[nodiscard]] Result<void> deleteBlob(const Bytes& id); //!< the row; its file is named by trash()
    //! Blobs whose rows are gone and whose files are still to be removed. Forget each once its file is.
    [[nodiscard]] Result<std::vector<Bytes>> trash();
    [[nodiscard]] Result<void> forgetTrash(const Bytes& id);

    [[nodiscard]] Result<void> putPerson(const PersonKey& person);
    [[nodiscard]] Result<void> clearPeople();

    //! Puts waiting texts into the search index, newest first, until about `maxMs` have passed or `hurry` says that somebody waits; at least one.
    //! Longer slices cost less in all, but commit more at once. A very long text (megabytes) takes as long as it takes.
    //! \returns true when nothing waits any more
    [[nodiscard]] Result<bool> indexSlice(int maxMs = kIndexMs, const std::function<bool()>& hurry = {});
    static constexpr int kIndexMs = 100;

private:
    [[nodiscard]] int64_t idOf(const std::string& stream);           //!< 0: not known
    [[nodiscard]] int64_t idFor(const std::string& stream);          //!< known from now on
    void dropBlobs(const std::string& stream); //!< their files become trash
    void forgetRow(int64_t id);
    void forgetText(int64_t id);
    void count(int kind, int64_t total, int64_t unread);
    Db& m_db;
};

} // namespace zt::store
