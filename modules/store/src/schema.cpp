#include "schema.h"

namespace zt::store {

// Every released number stays as it is for ever; a change of the tables is a further step. Each has a fixture in tests/unit/store.
static constexpr const char* kSteps[] = {
    // 1
    R"(
CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE names(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE streams(id INTEGER PRIMARY KEY, granted INT NOT NULL, have INT NOT NULL, have_hash BLOB NOT NULL, head INT NOT NULL,
  frozen INT NOT NULL, heard INT NOT NULL);
CREATE INDEX streams_gap ON streams(id) WHERE head > have OR (granted = 1 AND have = 0);
CREATE TABLE events(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE outbox(seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, stream TEXT NOT NULL, state INT NOT NULL, command BLOB NOT NULL,
  receipt BLOB, stuck INT NOT NULL, made INT NOT NULL, settled INT NOT NULL);
CREATE INDEX outbox_stream ON outbox(stream);
CREATE INDEX outbox_state ON outbox(state);
CREATE TABLE marks(stream TEXT NOT NULL, key TEXT NOT NULL, value INT NOT NULL, sent INT NOT NULL, PRIMARY KEY(stream, key)) WITHOUT ROWID;
CREATE INDEX marks_unsent ON marks(stream, key) WHERE sent = 0;

CREATE TABLE list(stream INTEGER PRIMARY KEY, folders INT NOT NULL, time INT NOT NULL, due INT NOT NULL, urgency INT NOT NULL,
  attachments INT NOT NULL, flags INT NOT NULL, version INT NOT NULL, title TEXT NOT NULL, party TEXT NOT NULL, number TEXT NOT NULL,
  step TEXT NOT NULL);
CREATE TABLE folder_rows(folder INT NOT NULL, time INT NOT NULL, stream INT NOT NULL, PRIMARY KEY(folder, time DESC, stream DESC)) WITHOUT ROWID;
CREATE TABLE counts(kind INTEGER PRIMARY KEY, total INT NOT NULL, unread INT NOT NULL);

CREATE TABLE drafts(id BLOB PRIMARY KEY, document BLOB NOT NULL, note TEXT NOT NULL, revises TEXT NOT NULL, saved INT NOT NULL) WITHOUT ROWID;
CREATE TABLE blobs(id BLOB PRIMARY KEY, stream TEXT NOT NULL, size INT NOT NULL, have INT NOT NULL, complete INT NOT NULL, upload INT NOT NULL,
  uploaded INT NOT NULL, sent INT NOT NULL, chunks BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX blobs_stream ON blobs(stream);
CREATE INDEX blobs_upload ON blobs(id) WHERE upload = 1 AND uploaded = 0;
CREATE TABLE blob_trash(id BLOB PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE people(id TEXT PRIMARY KEY, name TEXT NOT NULL, place TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE people_keys(key TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY(key, person)) WITHOUT ROWID;
CREATE INDEX people_keys_person ON people_keys(person);

CREATE TABLE texts(stream INTEGER PRIMARY KEY, time INT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, opinions TEXT NOT NULL,
  attachments TEXT NOT NULL, number TEXT NOT NULL, people TEXT NOT NULL);
CREATE TABLE to_index(time INT NOT NULL, stream INT NOT NULL, PRIMARY KEY(time DESC, stream DESC)) WITHOUT ROWID;
CREATE TABLE docs(doc INTEGER PRIMARY KEY, stream INT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE search USING fts5(title, body, opinions, attachments, number, people, keys, content='', contentless_delete=1,
  tokenize='zt');
INSERT INTO search(search, rank) VALUES('pgsz', 3990);
INSERT INTO search(search, rank) VALUES('automerge', 0);
INSERT INTO search(search, rank) VALUES('crisismerge', 1000);
INSERT INTO search(search, rank) VALUES('usermerge', 16);
)",
    // 2: a smaller index (decisions/search.md). It is filled again in slices, newest first.
    R"(
DROP TABLE search;
DELETE FROM docs;
CREATE VIRTUAL TABLE search USING fts5(body, title, opinions, attachments, number, people, keys, content='', contentless_delete=1,
  tokenize='zt');
INSERT INTO search(search, rank) VALUES('pgsz', 3990);
INSERT INTO search(search, rank) VALUES('automerge', 0);
INSERT INTO search(search, rank) VALUES('crisismerge', 1000);
INSERT INTO search(search, rank) VALUES('usermerge', 8);
INSERT INTO search(search, rank) VALUES('hashsize', 4194304);
INSERT OR IGNORE INTO to_index(time, stream) SELECT time, stream FROM texts;
)",
    // 3: whether a command may have left this PC. Of those from before nobody knows.
    "ALTER TABLE outbox ADD COLUMN sent INT NOT NULL DEFAULT 1",
};
static_assert(std::size(kSteps) == kSchema);

static int versionOf(Db& db)
{
    Query q = db.query("PRAGMA user_version");
    return q.next() ? int(q.number(0)) : 0;
}

Result<void> migrate(Db& db)
{
    return db.guard("schema", [&]() -> Result<void> {
        const int found = versionOf(db);
        if (found > kSchema) return fail(Err::TooNew, "schema " + std::to_string(found));
        if (found < 0) return fail(Err::Corrupt, "schema below zero");
        if (found == kSchema) return {};
        return db.transaction("BEGIN IMMEDIATE", [&]() -> Result<void> {
            for (int n = found; n < kSchema; ++n) db.exec(kSteps[n]);
            db.exec(("PRAGMA user_version = " + std::to_string(kSchema)).c_str());
            return {};
        });
    });
}

} // namespace zt::store
