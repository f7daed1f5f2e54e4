#pragma once

#include "record.pb.h"
#include "sync.pb.h"
#include "zt/base/result.h"
#include "zt/crypto/sign.h"

//! The exact bytes that are signed, hashed and chained. Pure; any thread.
namespace zt::wire {

constexpr size_t kMaxCommandBytes = 8u << 20;  //!< a body of 5 MB text and its attachments' hash lists fit
constexpr int kMaxErased = 500;                //!< parts of one erasure
constexpr int kMaxTogether = 512;              //!< frames of a DeskBundle
constexpr uint32_t kLevel = 1;                 //!< the highest level this build understands

//! Serialises and signs. Signature over hash("zt-command-1", hub id, suite as 4 bytes little endian, bytes).
[[nodiscard]] SignedCommand signCommand(const Command& command, const crypto::SigningKey& key);
//! Checks suite and signature, then parses; the form is checkForm's. Err::Unauthenticated, Unsupported (suite), TooLarge, Invalid (does not parse).
[[nodiscard]] Result<Command> openCommand(const SignedCommand& signedCommand, std::string_view hub, BytesView publicKey);
//! The same without parsing, for who parses the bytes anyway.
[[nodiscard]] Result<void> checkSignature(const SignedCommand& command, std::string_view hub, BytesView publicKey);
//! Parses without judging the signature (it was judged before it was stored). Err::Invalid.
[[nodiscard]] Result<Command> parseCommand(BytesView bytes);
//! Checks form: ids' sizes, clean text (cleanText, cleanLine, safeFileName change nothing), limits of lengths, an attachment's sizes against its
//! chunks. Err::Invalid or TooLarge with the field's name.
[[nodiscard]] Result<void> checkForm(const Command& command);

[[nodiscard]] Bytes commandHash(BytesView bytes);
[[nodiscard]] Bytes bodyHash(BytesView salt, BytesView body);
[[nodiscard]] Bytes eventHash(const Event& event);
//! Id of follow-up `index` of an event: the first 16 bytes of hash("zt-follow-1", event hash, index).
[[nodiscard]] Bytes followUpId(BytesView eventHash, uint32_t index);
//! Hash of a document as `subject` names it: over its serialised form, which is deterministic for messages without maps.
[[nodiscard]] Bytes documentHash(const Document& document);
[[nodiscard]] Bytes definitionHash(const Definition& definition);
[[nodiscard]] Bytes calendarHash(const std::string& text); //!< empty for the one that holds while none was published

//! What the audit administrator signs of an erasure: everything it says but his signature.
[[nodiscard]] Bytes eraseHash(std::string_view hub, const Erase& erase);

[[nodiscard]] HubTime signTime(std::string_view hub, Millis ms, const crypto::SigningKey& key);
[[nodiscard]] bool timeIsGood(std::string_view hub, const HubTime& time, BytesView hubKey);

//! Signs what the checkpoint says; its hub is set before.
void signCheckpoint(Checkpoint& checkpoint, const crypto::SigningKey& key);
[[nodiscard]] bool checkpointIsGood(std::string_view hub, const Checkpoint& checkpoint, BytesView hubKey);
//! Pages: see sync.proto.
void signPage(std::string_view hub, Page& page, const crypto::SigningKey& key);
[[nodiscard]] bool pageIsGood(std::string_view hub, const Page& page, BytesView hubKey);

//! True if `event` follows `prev` (null for version 1): version, prev hash and, unless erased, the body hash.
[[nodiscard]] bool follows(const Event& event, const Event* prev);
//! The facts and cause; Err::Corrupt when they do not parse, TooNew when a fact is of a kind this build does not know,
//! NotFound when erased.
[[nodiscard]] Result<Body> openBody(const Event& event);
//! Takes out what the event says; what the chain needs stays.
void erase(Event& event, const std::string& rule);
//! Level a command's body needs.
[[nodiscard]] uint32_t levelOf(const Command& command);

} // namespace zt::wire
