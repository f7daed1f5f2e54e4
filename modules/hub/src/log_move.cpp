#include "zt/hub/log_move.h"

namespace zt::hub {

namespace {

constexpr size_t kEventsMoved = 64;
constexpr size_t kRowsMoved = 2000;

Group groupWith(uint64_t followedUpTo)
{
    Group g;
    g.authorityVersion = UINT64_MAX; // what it holds was decided long ago
    g.followedUpTo = followedUpTo;
    return g;
}

Result<void> copyEvents(KeptLog& from, KeptLog& to, const std::function<void(uint64_t)>& progress)
{
    ZT_LET(followed, from.followedUpTo());
    for (uint64_t position = 0;;) {
        ZT_LET(rows, from.tail(position, kEventsMoved));
        if (rows.empty()) return {};
        Group g = groupWith(0);
        for (auto& row : rows) g.events.push_back(std::move(row.event));
        position = rows.back().position;
        g.followedUpTo = std::min(followed, position);
        ZT_LET(last, to.append(g));
        if (last != position) return fail(Err::Conflict, "somebody else writes to the new log");
        if (progress) progress(position);
    }
}

//! Calls `each` with every page of receipts.
Result<void> eachReceipts(KeptLog& log, const std::function<Result<void>(std::vector<ReceiptRow>&)>& each)
{
    for (Bytes id, device;;) {
        ZT_LET(rows, log.receiptsAfter(id, device, kRowsMoved));
        if (rows.empty()) return {};
        id = rows.back().id;
        device = rows.back().device;
        ZT_TRY(each(rows));
    }
}

Result<Moved> copyRest(KeptLog& from, EnrolCodes& fromCodes, KeptLog& to, EnrolCodes& toCodes)
{
    Moved moved;
    ZT_LET(last, from.lastPosition());
    ZT_LET(followed, from.followedUpTo());
    moved.events = last;
    ZT_TRY(eachReceipts(from, [&](std::vector<ReceiptRow>& rows) -> Result<void> {
        moved.receipts += rows.size();
        Group g = groupWith(followed);
        g.receipts = std::move(rows);
        ZT_TRY(to.append(g));
        return {};
    }));
    Group g = groupWith(followed);
    ZT_LET(marks, from.allMarks());
    ZT_LET(times, from.timesUpTo(INT64_MAX, INT32_MAX));
    ZT_LET(codes, fromCodes.all());
    moved.marks = marks.size();
    moved.times = times.size();
    moved.codes = codes.size();
    g.marks = std::move(marks);
    g.timesAdded = std::move(times);
    ZT_TRY(to.append(g));
    ZT_TRY(toCodes.put(codes));
    return moved;
}

Error differs(const std::string& what) { return fail(Err::Corrupt, "the copy differs: " + what); }

bool same(const ReceiptRow& a, const ReceiptRow& b)
{
    return a.device == b.device && a.id == b.id && a.commandHash == b.commandHash && a.receipt.SerializeAsString() == b.receipt.SerializeAsString();
}
bool same(const MarkRow& a, const MarkRow& b) { return a.person == b.person && a.stream == b.stream && a.key == b.key && a.value == b.value; }

Result<void> compareEvents(KeptLog& from, KeptLog& to, const std::function<void(uint64_t)>& progress)
{
    for (uint64_t position = 0;;) {
        ZT_LET(ours, from.tail(position, kEventsMoved));
        ZT_LET(theirs, to.tail(position, kEventsMoved));
        if (ours.size() != theirs.size()) return differs("number of events");
        if (ours.empty()) return {};
        for (size_t i = 0; i < ours.size(); ++i)
            if (ours[i].position != theirs[i].position || ours[i].event.SerializeAsString() != theirs[i].event.SerializeAsString())
                return differs("position " + std::to_string(ours[i].position));
        position = ours.back().position;
        if (progress) progress(position);
    }
}

Result<void> compareHeads(KeptLog& from, KeptLog& to)
{
    ZT_LET(ours, from.streams());
    ZT_LET(theirs, to.streams());
    if (ours != theirs) return differs("streams");
    for (const auto& name : ours) {
        ZT_LET(a, from.head(name));
        ZT_LET(b, to.head(name));
        if (a.version != b.version || a.hash != b.hash) return differs("head of a stream");
    }
    ZT_LET(root, from.root());
    ZT_LET(rootThere, to.root());
    ZT_LET(followed, from.followedUpTo());
    ZT_LET(followedThere, to.followedUpTo());
    if (root != rootThere || followed != followedThere) return differs("root or cursor");
    return from.incarnation() == to.incarnation() ? Result<void>() : Result<void>(differs("incarnation"));
}

Result<void> compareReceipts(KeptLog& from, KeptLog& to, size_t count)
{
    Bytes id, device;
    ZT_TRY(eachReceipts(from, [&](std::vector<ReceiptRow>& ours) -> Result<void> {
        ZT_LET(theirs, to.receiptsAfter(id, device, kRowsMoved));
        if (!std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end(), [](const auto& a, const auto& b) { return same(a, b); })) return differs("receipts");
        id = ours.back().id;
        device = ours.back().device;
        count -= ours.size();
        return {};
    }));
    ZT_LET(more, to.receiptsAfter(id, device, 1));
    return count == 0 && more.empty() ? Result<void>() : Result<void>(differs("receipts"));
}

Result<void> compareRest(KeptLog& from, EnrolCodes& fromCodes, KeptLog& to, EnrolCodes& toCodes)
{
    ZT_LET(marks, from.allMarks());
    ZT_LET(marksThere, to.allMarks());
    if (!std::equal(marks.begin(), marks.end(), marksThere.begin(), marksThere.end(), [](const auto& a, const auto& b) { return same(a, b); })) return differs("marks");
    ZT_LET(times, from.timesUpTo(INT64_MAX, INT32_MAX));
    ZT_LET(timesThere, to.timesUpTo(INT64_MAX, INT32_MAX));
    if (times != timesThere) return differs("timetable");
    ZT_LET(codes, fromCodes.all());
    ZT_LET(codesThere, toCodes.all());
    return codes == codesThere ? Result<void>() : Result<void>(differs("codes"));
}

} // namespace

Result<Moved> moveLog(KeptLog& from, EnrolCodes& fromCodes, KeptLog& to, EnrolCodes& toCodes, const std::function<void(uint64_t)>& progress)
{
    ZT_LET(there, to.lastPosition());
    ZT_LET(receipts, to.receiptsAfter({}, {}, 1));
    ZT_LET(codes, toCodes.all());
    if (there || !receipts.empty() || !codes.empty()) return fail(Err::Exists, "the new log is not empty");
    ZT_TRY(from.check());
    ZT_TRY(copyEvents(from, to, progress));
    ZT_LET(moved, copyRest(from, fromCodes, to, toCodes));
    ZT_TRY(compareEvents(from, to, progress));
    ZT_TRY(compareHeads(from, to));
    ZT_TRY(compareReceipts(from, to, moved.receipts));
    ZT_TRY(compareRest(from, fromCodes, to, toCodes));
    return moved;
}

} // namespace zt::hub
