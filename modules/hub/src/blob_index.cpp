#include "blob_index.h"

#include "zt/wire/sealing.h"

namespace zt::hub {

namespace {

constexpr size_t kStreamsIndexed = 1024;
constexpr size_t kEventsRead = 64;

void collect(const wire::Document& document, std::set<Bytes>& out)
{
    for (const auto& a : document.attachments()) out.insert(a.blob());
}

} // namespace

std::set<Bytes> filesNamedIn(const wire::Event& event)
{
    std::set<Bytes> out;
    const auto body = wire::openBody(event);
    if (!body) return out;
    for (const auto& f : body->facts()) {
        if (f.has_document_submitted()) collect(f.document_submitted().document(), out);
        if (f.has_delivered()) collect(f.delivered().package().document(), out);
    }
    return out;
}

void BlobIndex::since(uint64_t erasures)
{
    if (std::exchange(m_erasures, erasures) != erasures) m_streams.clear();
}

Result<bool> BlobIndex::names(EventLog& log, const std::string& stream, const Bytes& blob)
{
    if (m_streams.size() >= kStreamsIndexed && !m_streams.count(stream)) m_streams.clear();
    Entry& entry = m_streams[stream];
    for (;;) {
        ZT_LET(events, log.read(stream, entry.version + 1, kEventsRead));
        for (const auto& e : events) {
            entry.version = e.version();
            entry.blobs.merge(filesNamedIn(e));
        }
        if (events.size() < kEventsRead) break;
    }
    return entry.blobs.count(blob) > 0;
}

} // namespace zt::hub
