#pragma once

#include "zt/crypto/secret.h"
#include "zt/hub/event_log.h"

#include <functional>

//! What the logs that outlive their process write alike, whatever the engine.
namespace zt::hub {

constexpr size_t kSalt = 16;

//! Salt and body in one box; Err::Invalid for a salt of another length.
[[nodiscard]] Result<Bytes> sealPayload(const crypto::Secret& key, const wire::Event& event);
//! Fills in salt and body; stream and version are there.
[[nodiscard]] Result<void> openPayload(const crypto::Secret& key, BytesView payload, wire::Event& event);

[[nodiscard]] Bytes sealReceipt(const crypto::Secret& key, const ReceiptRow& row);
//! Fills in the receipt; device and id are there.
[[nodiscard]] Result<void> openReceipt(const crypto::Secret& key, BytesView sealed, ReceiptRow& row);

[[nodiscard]] Bytes sealReceiptKey(const crypto::Secret& restKey, BytesView key);
[[nodiscard]] Result<crypto::Secret> openReceiptKey(const crypto::Secret& restKey, BytesView sealed);

//! The root after one more event.
[[nodiscard]] Bytes nextRoot(BytesView root, BytesView eventHash);

//! Every event in order of position: chain, body hash, root, heads. Err::Corrupt names the first position that does not check.
[[nodiscard]] Result<void> checkEvents(EventLog& log, const std::function<void(uint64_t position)>& progress);

} // namespace zt::hub
