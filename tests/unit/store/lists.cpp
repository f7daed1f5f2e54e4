#include "support.h"

#include <stdexcept>

namespace zt::store {

namespace {

struct Open {
    TempFolder dir;
    std::unique_ptr<SqlStore> store;
    std::unique_ptr<Reader> reader;
    Open()
    {
        auto made = SqlStore::create(dir.path, keyOf('k'));
        EXPECT_EQ(errorOf(made), std::string("none"));
        store = std::move(*made);
        reader = std::move(*store->reader());
    }
    void row(const ListRow& r) { EXPECT(put(*store, [&](Tx& tx) { return tx.putRow(r, nullptr); })); }
};

std::string names(const Result<std::vector<ListRow>>& rows)
{
    std::string out;
    if (rows)
        for (const auto& r : *rows) out += r.stream + " ";
    return out;
}

} // namespace

CASE("a list is newest first, in pages, and a stream stands in each of its folders")
{
    Open o;
    o.row(rowOf("a", 10, bit(Folder::ToDo) | bit(Folder::Received)));
    o.row(rowOf("b", 30, bit(Folder::ToDo)));
    o.row(rowOf("c", 20, bit(Folder::ToDo)));
    o.row(rowOf("d", 20, bit(Folder::Sent)));
    EXPECT_EQ(names(o.reader->list(Folder::ToDo, 0, 50)), std::string("b c a "));
    EXPECT_EQ(names(o.reader->list(Folder::ToDo, 1, 1)), std::string("c "));
    EXPECT_EQ(names(o.reader->list(Folder::ToDo, 3, 50)), std::string(""));
    EXPECT_EQ(names(o.reader->list(Folder::Received, 0, 50)), std::string("a "));
    EXPECT_EQ(names(o.reader->rowsOf({"d", "nothing", "a"})), std::string("d a "));
    o.row(rowOf("a", 40, bit(Folder::Done)));
    EXPECT_EQ(names(o.reader->list(Folder::ToDo, 0, 50)), std::string("b c "));
    EXPECT_EQ(names(o.reader->list(Folder::Received, 0, 50)), std::string(""));
    EXPECT_EQ(names(o.reader->list(Folder::Done, 0, 50)), std::string("a "));
    EXPECT(put(*o.store, [](Tx& tx) { return tx.removeRow("b"); }));
    EXPECT_EQ(names(o.reader->list(Folder::ToDo, 0, 50)), std::string("c "));
}

CASE("every field of a row comes back")
{
    Open o;
    ListRow r = rowOf("a", 10, bit(Folder::InReview), "标题 𠀀");
    r.urgency = 2;
    r.number = "示政办发〔2026〕1号";
    r.dueMs = 99;
    r.attachments = 3;
    r.unread = r.attention = true;
    r.version = 7;
    o.row(r);
    auto rows = o.reader->list(Folder::InReview, 0, 1);
    REQUIRE(rows && rows->size() == 1);
    const ListRow& b = rows->front();
    EXPECT(b.stream == r.stream && b.folders == r.folders && b.title == r.title && b.urgency == 2 && b.party == r.party && b.number == r.number);
    EXPECT(b.step == r.step && b.dueMs == 99 && b.timeMs == 10 && b.attachments == 3 && b.unread && !b.pending && b.attention && !b.frozen && b.version == 7);
}

CASE("counts are kept through every change and given back on a failed transaction")
{
    Open o;
    auto unread = rowOf("a", 1, bit(Folder::ToDo) | bit(Folder::Received));
    unread.unread = true;
    o.row(unread);
    o.row(rowOf("b", 2, bit(Folder::ToDo)));
    auto counted = [&](Folder f) {
        auto c = o.reader->counts();
        return c ? std::to_string(c->unread[size_t(f)]) + "/" + std::to_string(c->total[size_t(f)]) : errorOf(c);
    };
    EXPECT_EQ(counted(Folder::ToDo), std::string("1/2"));
    EXPECT_EQ(counted(Folder::Received), std::string("1/1"));
    EXPECT(!put(*o.store, [&](Tx& tx) -> Result<void> {
        ZT_TRY(tx.removeRow("a"));
        return fail(Err::Conflict, "given up");
    }));
    EXPECT_EQ(counted(Folder::ToDo), std::string("1/2"));
    unread.unread = false;
    o.row(unread);
    o.row(unread);
    EXPECT_EQ(counted(Folder::ToDo), std::string("0/2"));
    EXPECT(put(*o.store, [](Tx& tx) -> Result<void> {
        ZT_TRY(tx.removeRow("a"));
        ZT_TRY(tx.removeRow("a"));
        return tx.dropStream("b");
    }));
    EXPECT_EQ(counted(Folder::ToDo), std::string("0/0"));
    EXPECT_EQ(counted(Folder::Received), std::string("0/0"));
}

CASE("outbox and attention are counted, settled ones come newest first")
{
    Open o;
    EXPECT(put(*o.store, [](Tx& tx) -> Result<void> {
        for (int i = 0; i < 6; ++i) {
            sync::OutboxRow row;
            row.id = "c" + std::to_string(i);
            row.stream = "s";
            row.state = i < 3 ? sync::OutboxRow::Settled : i < 5 ? sync::OutboxRow::Waiting : sync::OutboxRow::Attention;
            ZT_LET(seq, tx.putOutbox(row));
            EXPECT_EQ(seq, uint64_t(i + 1));
        }
        return {};
    }));
    auto c = o.reader->counts();
    REQUIRE(c);
    EXPECT_EQ(c->outbox, size_t(2));
    EXPECT_EQ(c->attention, size_t(1));
    auto rows = o.reader->outbox(2);
    REQUIRE(rows);
    std::string order;
    for (const auto& r : *rows) order += r.id + " ";
    EXPECT_EQ(order, std::string("c3 c4 c5 c2 c1 "));
}

CASE("drafts are kept, counted and deleted")
{
    Open o;
    DraftRow d;
    d.id = Bytes("\0\1\2", 3);
    d.document.set_title("通知");
    d.document.set_body("第一段\n第二段 𠀀");
    d.note = "请审阅";
    d.revises = "matter/9";
    d.savedMs = 5;
    DraftRow later = d;
    later.id = "later";
    later.savedMs = 6;
    EXPECT(put(*o.store, [&](Tx& tx) -> Result<void> {
        ZT_TRY(tx.putDraft(d));
        ZT_TRY(tx.putDraft(d));
        return tx.putDraft(later);
    }));
    auto all = o.reader->drafts();
    REQUIRE(all && all->size() == 2);
    EXPECT(all->front().id == "later");
    EXPECT_EQ(o.reader->counts()->drafts, size_t(2));
    auto one = o.reader->draft(d.id);
    REQUIRE(one && *one);
    EXPECT((*one)->document.SerializeAsString() == d.document.SerializeAsString() && (*one)->note == d.note && (*one)->revises == d.revises && (*one)->savedMs == 5);
    EXPECT(put(*o.store, [&](Tx& tx) -> Result<void> {
        ZT_TRY(tx.deleteDraft(d.id));
        return tx.deleteDraft(d.id);
    }));
    EXPECT_EQ(o.reader->counts()->drafts, size_t(1));
    EXPECT(put(*o.store, [&](Tx& tx) -> Result<void> {
        ZT_LET(gone, tx.draft(d.id));
        EXPECT(!gone);
        return {};
    }));
}

CASE("blobs: what waits to be sent is found, and a dropped stream names the files to remove")
{
    Open o;
    BlobRow b;
    b.blob = Bytes(32, 'b');
    b.stream = "matter/1";
    b.sealedSize = 20'000'000;
    b.have = 5;
    b.upload = true;
    b.sent = 3;
    b.chunks = {Bytes(32, '\0'), Bytes(32, 'x')};
    BlobRow received = b;
    received.blob = Bytes(32, 'r');
    received.upload = false;
    EXPECT(put(*o.store, [&](Tx& tx) -> Result<void> {
        ZT_TRY(tx.putBlob(b));
        ZT_TRY(tx.putBlob(received));
        ZT_LET(uploads, tx.uploads());
        EXPECT(uploads.size() == 1 && uploads[0].blob == b.blob && uploads[0].chunks == b.chunks && uploads[0].sent == 3 && uploads[0].have == 5);
        b.uploaded = b.complete = true;
        ZT_TRY(tx.putBlob(b));
        ZT_LET(none, tx.uploads());
        EXPECT(none.empty());
        ZT_LET(of, tx.blobsOf("matter/1"));
        EXPECT_EQ(of.size(), size_t(2));
        return {};
    }));
    b.chunks = {"short"};
    EXPECT_EQ(errorOf(put(*o.store, [&](Tx& tx) { return tx.putBlob(b); })), std::string(name(Err::Invalid)));
    EXPECT(put(*o.store, [&](Tx& tx) -> Result<void> {
        ZT_TRY(tx.dropStream("matter/1"));
        ZT_LET(left, tx.blobsOf("matter/1"));
        EXPECT(left.empty());
        ZT_LET(trash, tx.trash());
        EXPECT_EQ(trash.size(), size_t(2));
        ZT_TRY(tx.forgetTrash(trash[0]));
        ZT_TRY(tx.putBlob(received)); // wanted again before its file went
        ZT_LET(rest, tx.trash());
        for (const Bytes& id : rest) EXPECT(id != received.blob);
        return {};
    }));
}

CASE("a reader sees nothing of a transaction before its commit, and all of it after")
{
    Open o;
    EXPECT(put(*o.store, [&](Tx& tx) -> Result<void> {
        ZT_TRY(tx.putRow(rowOf("a", 1, bit(Folder::ToDo)), nullptr));
        EXPECT_EQ(names(o.reader->list(Folder::ToDo, 0, 9)), std::string(""));
        EXPECT_EQ(o.reader->counts()->total[0], size_t(0));
        return {};
    }));
    EXPECT_EQ(names(o.reader->list(Folder::ToDo, 0, 9)), std::string("a "));
}

CASE("an exception inside a transaction gives it up and leaves the store usable")
{
    Open o;
    bool thrown = false;
    try {
        (void)put(*o.store, [](Tx& tx) -> Result<void> {
            ZT_TRY(tx.setMeta("a", "1"));
            throw std::runtime_error("a defect elsewhere");
        });
    } catch (const std::runtime_error&) {
        thrown = true;
    }
    EXPECT(thrown);
    EXPECT(put(*o.store, [](Tx& tx) -> Result<void> {
        ZT_LET(a, tx.meta("a"));
        EXPECT(!a);
        return tx.setMeta("b", "2");
    }));
}

CASE("marks not yet sent are found")
{
    Open o;
    EXPECT(put(*o.store, [](Tx& tx) -> Result<void> {
        ZT_TRY(tx.putMark("s", "read", 3, false));
        ZT_TRY(tx.putMark("t", "read", 4, true));
        ZT_LET(unsent, tx.unsentMarks());
        EXPECT(unsent.size() == 1 && unsent[0].stream == "s" && unsent[0].value == 3);
        return {};
    }));
}

} // namespace zt::store
