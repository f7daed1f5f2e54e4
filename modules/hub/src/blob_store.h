#pragma once

#include "sync.pb.h"
#include "zt/base/bytes.h"
#include "zt/base/result.h"

#include <filesystem>
#include <map>

namespace zt::hub {

//! Sealed attachments in a folder: "<hex>" complete, "<hex>.part" on its way, "<hex>.list" size and chunk hashes as first offered. One thread at a
//! time. Nothing here can be opened by the hub's files alone: keys are in the records.
class BlobStore {
public:
    struct Limits {
        uint64_t blob = 512u << 20, space = uint64_t(100) << 30;
    };
    BlobStore(std::filesystem::path dir, Limits limits);
    [[nodiscard]] Result<void> open(); //!< makes the folder, counts what is there

    //! How much is here of a blob. Takes an offer's list if none is known (or another one, whose chunks then come anew). Err::Invalid (the list
    //! contradicts itself), TooLarge, DiskFull.
    [[nodiscard]] Result<wire::BlobState> offer(const wire::BlobOffer& offer);
    //! The next chunk. Err::Corrupt (not the one the list names; after the last: the whole is not what its address says, and everything of it is
    //! dropped), Invalid (not offered, not the next), DiskFull, Io. Synced every eighth chunk and at the end.
    [[nodiscard]] Result<wire::BlobState> put(const Bytes& blob, uint32_t index, BytesView data);
    //! Err::NotFound if it is not complete; Invalid past the end.
    [[nodiscard]] Result<Bytes> get(const Bytes& blob, uint32_t index);
    [[nodiscard]] Result<uint32_t> count(const Bytes& blob); //!< of chunks of a complete blob; Err::NotFound

private:
    struct Entry {
        wire::BlobOffer list;
        uint32_t next = 0;
        bool complete = false;
    };
    [[nodiscard]] Result<Entry*> find(const Bytes& blob); //!< null if unknown
    [[nodiscard]] Result<void> finish(const Bytes& blob, Entry& entry);
    void drop(const Bytes& blob);
    [[nodiscard]] std::filesystem::path path(const Bytes& blob, const char* end = "") const;

    std::filesystem::path m_dir;
    Limits m_limits;
    uint64_t m_used = 0;
    std::map<Bytes, Entry> m_known; //!< of late; bounded
};

} // namespace zt::hub
