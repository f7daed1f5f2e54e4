#include "log_rows.h"

#include "zt/crypto/box.h"
#include "zt/crypto/hash.h"
#include "zt/wire/sealing.h"

#include <unordered_map>

namespace zt::hub {

namespace {

Bytes payloadAad(const wire::Event& e) { return "zt-payload-1|" + e.stream() + "|" + std::to_string(e.version()); }
Bytes receiptAad(const ReceiptRow& r) { return "zt-receipt-1|" + hex(r.device) + "|" + hex(r.id); }

} // namespace

Result<Bytes> sealPayload(const crypto::Secret& key, const wire::Event& e)
{
    if (e.salt().size() != kSalt) return fail(Err::Invalid, "salt");
    return crypto::encrypt(key, e.salt() + e.body(), payloadAad(e));
}

Result<void> openPayload(const crypto::Secret& key, BytesView payload, wire::Event& e)
{
    ZT_LET(plain, crypto::decrypt(key, payload, payloadAad(e)));
    if (plain.size() < kSalt) return fail(Err::Corrupt, "payload");
    e.set_salt(plain.substr(0, kSalt));
    e.set_body(plain.substr(kSalt));
    return {};
}

Bytes sealReceipt(const crypto::Secret& key, const ReceiptRow& row) { return crypto::encrypt(key, row.receipt.SerializeAsString(), receiptAad(row)); }

Result<void> openReceipt(const crypto::Secret& key, BytesView sealed, ReceiptRow& row)
{
    ZT_LET(plain, crypto::decrypt(key, sealed, receiptAad(row)));
    return row.receipt.ParseFromString(plain) ? Result<void>() : Result<void>(Err::Corrupt, "receipt");
}

Bytes sealReceiptKey(const crypto::Secret& restKey, BytesView key) { return crypto::encrypt(restKey, key, "zt-receipt-key-1"); }

Result<crypto::Secret> openReceiptKey(const crypto::Secret& restKey, BytesView sealed)
{
    auto key = crypto::decrypt(restKey, sealed, "zt-receipt-key-1");
    if (!key) return fail(Err::Unauthenticated, "the at-rest key is not this database's");
    crypto::Secret out(*key);
    crypto::wipe(*key);
    return out;
}

Bytes nextRoot(BytesView root, BytesView eventHash) { return crypto::hash("zt-root-1", {root, eventHash}); }

Result<void> checkEvents(EventLog& log, const std::function<void(uint64_t)>& progress)
{
    std::unordered_map<std::string, HeadRow> seen;
    Bytes running;
    uint64_t position = 0;
    constexpr size_t kBatch = 256;
    for (;;) {
        auto rows = log.tail(position, kBatch);
        if (!rows) return fail(rows.error().kind, rows.error().detail + " after position " + std::to_string(position));
        for (const LogRow& row : *rows) {
            const wire::Event& e = row.event;
            HeadRow& before = seen[e.stream()];
            const bool whole = !e.erased_rule().empty() || e.body_hash() == wire::bodyHash(e.salt(), e.body());
            if (row.position != position + 1 || e.version() != before.version + 1 || e.prev() != before.hash || !whole)
                return fail(Err::Corrupt, "position " + std::to_string(position + 1));
            before = {e.version(), wire::eventHash(e)};
            running = nextRoot(running, before.hash);
            position = row.position;
        }
        if (progress) progress(position);
        if (rows->size() < kBatch) break;
    }
    ZT_LET(kept, log.root());
    ZT_LET(end, log.lastPosition());
    if (end == position && kept != running) return fail(Err::Corrupt, "root");
    for (const auto& [name, s] : seen) {
        ZT_LET(h, log.head(name));
        if (end == position && (h.version != s.version || h.hash != s.hash)) return fail(Err::Corrupt, "head of a stream");
    }
    return {};
}

} // namespace zt::hub
