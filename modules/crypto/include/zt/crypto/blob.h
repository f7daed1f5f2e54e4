#pragma once

#include "zt/base/clock.h"
#include "zt/base/result.h"
#include "zt/crypto/secret.h"

#include <filesystem>
#include <functional>
#include <vector>

namespace zt::crypto {

constexpr size_t kBlobChunk = 1u << 20; //!< plain bytes in a chunk; a sealed chunk is 17 bytes longer

//! What describes a sealed blob: the key opens it, the hashes let every chunk be checked before it is kept.
struct BlobInfo {
    Bytes id;                       //!< BLAKE2b-256 of the whole ciphertext: its address
    Bytes key;                      //!< 32 bytes; secret of those who may read the record that carries it
    uint64_t plainSize = 0;
    uint64_t sealedSize = 0;
    Bytes contentHash;              //!< BLAKE2b-256 of the plain bytes
    std::vector<Bytes> chunkHashes; //!< of each sealed chunk, in order; the first is preceded in the file by the 24-byte header, hashed with it
};

//! Seals a file (libsodium secretstream, 1 MiB chunks, last one tagged final) into `target` (written to a temporary name,
//! synced, renamed). An empty file gives one chunk. `progress` is called
//! after each chunk with the plain bytes done. Errors: Invalid (not a regular file), NotFound, Denied, TooLarge (above `limit`), DiskFull, Io,
//! Conflict (the source changed while it was read), Cancelled (progress returned false). Not on the GUI thread.
[[nodiscard]] Result<BlobInfo> sealFile(const std::filesystem::path& source, const std::filesystem::path& target, uint64_t limit,
                                        Random& random, const std::function<bool(uint64_t done)>& progress = {});
//! Opens a sealed blob into `target` (temporary name, then renamed). Err::Corrupt if any byte, the order or the end differs, or
//! if `info` contradicts itself; nothing appears under `target` then. NotFound, Denied, DiskFull, Io of the disk. Not on the GUI thread.
[[nodiscard]] Result<void> openFile(const std::filesystem::path& sealed, const BlobInfo& info, const std::filesystem::path& target);
//! True if the chunk is the one the list names.
[[nodiscard]] bool chunkMatches(const BlobInfo& info, size_t index, BytesView sealedChunk);
//! Offset and length of sealed chunk `index` in the file, the header counted with the first; {sealedSize, 0} past the last.
struct ChunkRange { uint64_t offset; uint64_t size; };
[[nodiscard]] ChunkRange chunkRange(const BlobInfo& info, size_t index);

} // namespace zt::crypto
