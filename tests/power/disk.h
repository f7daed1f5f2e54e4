#pragma once

#include "zt/base/bytes.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

//! A disk that keeps book of what SQLite writes and syncs, so that any moment of it can be shown as a loss of power would leave it; and one that fails
//! on demand. Linked before the first use of SQLite: its VFS becomes the default of the process.
namespace zt::power {

//! What the next loss keeps of the writes that were not synced.
enum class Kept { None, All, Some, Torn }; //!< Torn: some of them, and of each only some sectors of 512 bytes

class Disk {
public:
    //! Watches the files of a folder from now on, until it is gone. One at a time.
    explicit Disk(std::filesystem::path folder);
    ~Disk();
    Disk(const Disk&) = delete;
    //! Told when a commit has returned: from here on that is promised.
    void acknowledge(uint64_t n);
    [[nodiscard]] size_t operations() const { return m_ops.size(); }
    //! Operations from the `n`th from now on fail (1: the next). 0: none. Counted: writes, syncs, truncations; reads too if asked.
    static void failFrom(uint64_t n, bool reads);
    [[nodiscard]] static uint64_t counted();

    struct Op {
        enum Kind { Write, Truncate, Sync, Delete, Create, Acknowledge } kind;
        std::string file;
        uint64_t at = 0; //!< offset; size of a truncation; number of an acknowledgement
        Bytes data;
    };
    void did(Op op);
    [[nodiscard]] const std::vector<Op>& ops() const { return m_ops; }
    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }

private:
    std::filesystem::path m_folder;
    std::vector<Op> m_ops;
};

//! Walks through what a disk did, forwards only.
class Loss {
public:
    //! \param before the folder as it was when the disk began to watch
    Loss(const Disk& disk, const std::filesystem::path& before);
    //! Up to before operation `at`; not less than the last time.
    void goTo(size_t at);
    //! The folder as the loss leaves it, in an empty folder.
    void show(const std::filesystem::path& to, Kept kept, std::mt19937_64& random) const;
    [[nodiscard]] uint64_t acknowledged() const { return m_acknowledged; }

private:
    struct File {
        Bytes safe;
        bool there = false;             //!< safe too
        std::vector<const Disk::Op*> open; //!< since the last sync
    };
    const Disk& m_disk;
    size_t m_at = 0;
    uint64_t m_acknowledged = 0;
    std::map<std::string, File> m_files;
};

} // namespace zt::power
