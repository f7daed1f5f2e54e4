#pragma once

#include "zt/base/result.h"
#include "zt/crypto/secret.h"
#include "zt/store/rows.h"
#include "zt/sync/store.h"

#include <array>
#include <filesystem>
#include <memory>
#include <optional>

namespace zt::store {

class Db;

struct ListCounts {
    std::array<size_t, kFolders> total{}, unread{};
    size_t drafts = 0, outbox = 0, attention = 0;
};

//! What an integrity check found; all zero and empty is well.
struct CheckReport {
    size_t badPages = 0;      //!< pages whose authentication fails
    size_t structure = 0;     //!< complaints of SQLite's own check
    size_t brokenStreams = 0; //!< streams whose events are not gapless, chained and as long as noted
    size_t events = 0;        //!< events looked at
    [[nodiscard]] bool good() const { return !badPages && !structure && !brokenStreams; }
};

//! A reading connection: lists, drafts, search. One thread (the reader's); interrupt() from any. Each call sees one consistent state.
//! Errors: Corrupt, Io, Busy; Cancelled after interrupt().
class Reader {
public:
    explicit Reader(std::unique_ptr<Db> db);
    ~Reader();

    //! Newest first.
    [[nodiscard]] Result<std::vector<ListRow>> list(Folder folder, size_t offset, size_t limit);
    //! In the order asked; unknown streams are left out.
    [[nodiscard]] Result<std::vector<ListRow>> rowsOf(const std::vector<std::string>& streams);
    [[nodiscard]] Result<ListCounts> counts();
    [[nodiscard]] Result<std::vector<DraftRow>> drafts(); //!< newest first
    [[nodiscard]] Result<std::optional<DraftRow>> draft(const Bytes& id);
    [[nodiscard]] Result<std::vector<BlobRow>> blobsOf(const std::string& stream);
    [[nodiscard]] Result<std::optional<BlobRow>> blob(const Bytes& id);
    //! Waiting, then attention, by seq; then the newest `settled` settled ones, newest first.
    [[nodiscard]] Result<std::vector<sync::OutboxRow>> outbox(size_t settled);
    [[nodiscard]] Result<std::optional<Bytes>> meta(const std::string& key);

    enum class Order {
        Auto,   //!< newest first; best first when all hits fit into the answer
        Newest,
        Best,   //!< best first within the newest 2,000 hits
    };
    //! People first (by name, pinyin or initials), then texts. All that is typed is plain text; blanks separate parts that must all occur.
    [[nodiscard]] Result<SearchAnswer> search(const std::string& text, Order order = Order::Auto, size_t limit = 50);
    //! Ends the call under way, if any, with Cancelled. Any thread.
    void interrupt();

    //! Page authentication, SQLite's structure check, chain of every stream. Takes as long as the store is big.
    [[nodiscard]] Result<CheckReport> check();
    //! The plans of all statements used so far, as "statement: plan line": for the test that forbids scans.
    [[nodiscard]] std::vector<std::string> explain();

private:
    friend Result<void> backup(Reader& reader, const std::filesystem::path& folder, const crypto::Secret& key, const std::filesystem::path& target);
    std::unique_ptr<Db> m_db;
};

//! Copies the whole account folder (store as of one moment, vault, sealed files) into the new folder `target`, encrypted as it is; the store key
//! is needed to key the copy. Appears complete or not at all. Err::Exists, DiskFull, ReadOnly, Io, Invalid (target inside the account folder).
[[nodiscard]] Result<void> backup(Reader& reader, const std::filesystem::path& folder, const crypto::Secret& key, const std::filesystem::path& target);
//! Copies a backup into the account folder `target`, which must not exist. Err::Exists; NotFound or Corrupt where `source` is no backup.
[[nodiscard]] Result<void> restoreBackup(const std::filesystem::path& source, const std::filesystem::path& target);

} // namespace zt::store
