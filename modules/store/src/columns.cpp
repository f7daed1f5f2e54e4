#include "columns.h"

namespace zt::store {

template <class M>
static void parse(M& message, const Bytes& bytes)
{
    if (!message.ParseFromString(bytes)) throw SQLite::Exception("stored message", SQLITE_CORRUPT);
}

int flagsOf(const ListRow& r)
{
    return (r.unread ? Unread : 0) | (r.pending ? Pending : 0) | (r.attention ? Attention : 0) | (r.frozen ? Frozen : 0);
}

ListRow listRow(const Query& q)
{
    ListRow r;
    r.stream = q.text(0);
    r.folders = uint32_t(q.number(1));
    r.timeMs = q.number(2);
    r.dueMs = q.number(3);
    r.urgency = int(q.number(4));
    r.attachments = int(q.number(5));
    const auto flags = q.number(6);
    r.unread = flags & Unread;
    r.pending = flags & Pending;
    r.attention = flags & Attention;
    r.frozen = flags & Frozen;
    r.version = uint64_t(q.number(7));
    r.title = q.text(8);
    r.party = q.text(9);
    r.number = q.text(10);
    r.step = q.text(11);
    return r;
}

sync::StreamRow streamRow(const Query& q)
{
    sync::StreamRow r;
    r.stream = q.text(0);
    r.granted = q.flag(1);
    r.have = uint64_t(q.number(2));
    r.haveHash = q.bytes(3);
    r.head = uint64_t(q.number(4));
    r.frozen = q.flag(5);
    r.heardMs = q.number(6);
    return r;
}

sync::OutboxRow outboxRow(const Query& q)
{
    sync::OutboxRow r;
    r.seq = uint64_t(q.number(0));
    r.id = q.bytes(1);
    r.stream = q.text(2);
    r.state = sync::OutboxRow::State(q.number(3));
    parse(r.command, q.bytes(4));
    if (!q.null(5)) parse(r.receipt.emplace(), q.bytes(5));
    r.stuck = wire::Reason(q.number(6));
    r.madeMs = q.number(7);
    r.settledMs = q.number(8);
    r.sent = q.flag(9);
    return r;
}

BlobRow blobRow(const Query& q)
{
    BlobRow b;
    b.blob = q.bytes(0);
    b.stream = q.text(1);
    b.sealedSize = uint64_t(q.number(2));
    b.have = uint64_t(q.number(3));
    b.complete = q.flag(4);
    b.upload = q.flag(5);
    b.uploaded = q.flag(6);
    b.sent = uint64_t(q.number(7));
    const Bytes chunks = q.bytes(8);
    if (chunks.size() % 32) throw SQLite::Exception("stored hash list", SQLITE_CORRUPT);
    for (size_t at = 0; at < chunks.size(); at += 32) b.chunks.push_back(chunks.substr(at, 32));
    return b;
}

DraftRow draftRow(const Query& q)
{
    DraftRow d;
    d.id = q.bytes(0);
    parse(d.document, q.bytes(1));
    d.note = q.text(2);
    d.revises = q.text(3);
    d.savedMs = q.number(4);
    return d;
}

} // namespace zt::store
