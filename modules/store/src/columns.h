#pragma once

#include "db.h"
#include "zt/store/rows.h"
#include "zt/sync/store.h"

//! Rows of tables to values and back: the one place that knows the columns' order. Throw SQLite::Exception, SQLITE_CORRUPT for stored messages that do not parse.
namespace zt::store {

#define ZT_LIST_COLUMNS "n.name, l.folders, l.time, l.due, l.urgency, l.attachments, l.flags, l.version, l.title, l.party, l.number, l.step"
#define ZT_OUTBOX_COLUMNS "seq, id, stream, state, command, receipt, stuck, made, settled, sent"
#define ZT_STREAM_COLUMNS "n.name, s.granted, s.have, s.have_hash, s.head, s.frozen, s.heard"
#define ZT_BLOB_COLUMNS "id, stream, size, have, complete, upload, uploaded, sent, chunks"
#define ZT_DRAFT_COLUMNS "id, document, note, revises, saved"

enum ListFlag : int { Unread = 1, Pending = 2, Attention = 4, Frozen = 8 };
constexpr int kDraftCount = 100; //!< the drafts' row in `counts`; folders have their own numbers

[[nodiscard]] int flagsOf(const ListRow& row);
[[nodiscard]] ListRow listRow(const Query& q);
[[nodiscard]] sync::StreamRow streamRow(const Query& q);
[[nodiscard]] sync::OutboxRow outboxRow(const Query& q);
[[nodiscard]] BlobRow blobRow(const Query& q);
[[nodiscard]] DraftRow draftRow(const Query& q);

//! Events of one stream are neighbours: id = stream's number * 2^32 + version.
constexpr uint64_t kMostVersions = 0xffffffffu;
constexpr int64_t eventId(int64_t stream, uint64_t version) { return (stream << 32) | int64_t(version); }

} // namespace zt::store
