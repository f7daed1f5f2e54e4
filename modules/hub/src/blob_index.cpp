#include "blob_index.h"

#include "zt/wire/sealing.h"

namespace zt::hub {

namespace {

constexpr size_t kStreamsKept = 1024;
constexpr size_t kBatch = 64;

void collect(const wire::Document& document, std::set<Bytes>& out)
{
    for (const auto& a : document.attachments()) out.insert(a.blob());
}

} // namespace

Result<bool> BlobIndex::names(EventLog& log, const std::string& stream, const Bytes& blob)
{
    if (m_streams.size() >= kStreamsKept && !m_streams.count(stream)) m_streams.clear();
    Entry& entry = m_streams[stream];
    for (;;) {
        ZT_LET(events, log.read(stream, entry.version + 1, kBatch));
        for (const auto& e : events) {
            entry.version = e.version();
            const auto body = wire::openBody(e);
            if (!body) continue; // erased: names nothing any more
            for (const auto& f : body->facts()) {
                if (f.has_document_submitted()) collect(f.document_submitted().document(), entry.blobs);
                if (f.has_delivered()) collect(f.delivered().package().document(), entry.blobs);
            }
        }
        if (events.size() < kBatch) break;
    }
    return entry.blobs.count(blob) > 0;
}

} // namespace zt::hub
