// A sealed attachment with the description its command gives of it. The hashes are made good on demand, so that what is behind them is reached.
#include "entry.h"
#include "zt/crypto/blob.h"

using namespace zt;

void look(std::string_view bytes)
{
    const auto how = fuzz::number(bytes, 1);
    crypto::BlobInfo info;
    info.plainSize = fuzz::number(bytes, how & 1 ? 8 : 2);
    info.sealedSize = fuzz::number(bytes, how & 2 ? 8 : 2);
    const auto chunks = fuzz::number(bytes, 1);
    const std::string_view body = bytes;
    info.key = Bytes(how & 4 ? 31 : 32, 'k');
    info.id = info.contentHash = Bytes(32, 'h');
    for (size_t i = 0; i < chunks; ++i) {
        const auto range = crypto::chunkRange(info, i);
        MUST(range.offset <= info.sealedSize || range.offset + range.size >= range.offset);
        info.chunkHashes.push_back(how & 8 ? Bytes(32, 'h') : crypto::hashOf(body.substr(std::min<size_t>(body.size(), range.offset), range.size)));
        (void)crypto::chunkMatches(info, i, body);
    }
    if (how & 16) info.sealedSize = body.size();
    fuzz::put(fuzz::folder() / "sealed", body);
    MUST(!crypto::openFile(fuzz::folder() / "sealed", info, fuzz::folder() / "open"));
    MUST(!std::filesystem::exists(fuzz::folder() / "open"));
}
