#pragma once

#include "zt/crypto/secret.h"
#include "zt/store/reader.h"
#include "zt/store/tx.h"

#include <filesystem>
#include <memory>

namespace zt::store {

//! One person's encrypted store in an account folder: SQLCipher 4, `store.db`, write-ahead log, synchronous FULL.
//!
//! The object is the writing connection: one thread, the desk's worker. Readers have connections of their own. While it lives, no
//! other process can open the store. It must outlive its readers.
class SqlStore final : public sync::Store {
public:
    struct Options {
        const Clock* clock = &systemClock();
        //! File system type of a folder (statfs f_type); a port for tests.
        Result<int64_t> (*fileSystem)(const std::filesystem::path&) = nullptr;
    };
    //! Makes an empty store in an existing folder. Err::Exists if there is one; else as open.
    [[nodiscard]] static Result<std::unique_ptr<SqlStore>> create(const std::filesystem::path& folder, const crypto::Secret& key,
                                                                  const Options& options);
    [[nodiscard]] static Result<std::unique_ptr<SqlStore>> create(const std::filesystem::path& folder, const crypto::Secret& key);
    //! Opens and, where older, migrates. The time does not depend on the store's size. Errors:
    //! NotFound (no store here), Busy (another process has it), NetworkFs, ReadOnly, DiskFull, Io,
    //! TooNew (left untouched), Corrupt: the files were set aside in the same folder, the detail names them ("set aside as <name>"), and
    //! nothing of them was written to. Unauthenticated is the vault's to tell: the key is taken as right.
    [[nodiscard]] static Result<std::unique_ptr<SqlStore>> open(const std::filesystem::path& folder, const crypto::Secret& key,
                                                                const Options& options);
    [[nodiscard]] static Result<std::unique_ptr<SqlStore>> open(const std::filesystem::path& folder, const crypto::Secret& key);
    //! Checkpoints, closes, wipes this thread's key cache.
    ~SqlStore() override;

    [[nodiscard]] Result<void> write(const std::function<Result<void>(sync::Tx&)>& work) override;
    [[nodiscard]] Result<void> read(const std::function<Result<void>(sync::Tx&)>& work) override;
    //! A connection for another thread, which alone may use it.
    [[nodiscard]] Result<std::unique_ptr<Reader>> reader();
    //! Empties the write-ahead log into the file as far as readers let it. For idle moments; also happens by itself between 4 and 32 MiB.
    [[nodiscard]] Result<void> checkpoint();
    //! The plans of all statements used so far, as "statement: plan line": for the test that forbids scans.
    [[nodiscard]] std::vector<std::string> explain();

private:
    class Impl;
    explicit SqlStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m;
};

} // namespace zt::store
