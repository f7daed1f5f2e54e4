#include "zt/link/lease_code.h"
#include "zt/link/link.h"

#include "address.h"
#include "zt/base/text.h"
#include "zt/crypto/hash.h"

namespace zt::link {

namespace {

constexpr std::string_view kPrefix = "ZT1";
constexpr char kVersion = 1, kShort = 2;
constexpr size_t kCaHash = 16, kSecret = 10, kCheck = 2, kGroup = 5;
constexpr size_t kMostText = 1000;

Bytes check(BytesView body)
{
    return crypto::hash("zt-code-1", {body}).substr(0, kCheck);
}

//! What people and input methods put between and around the characters. Null for a character no code has.
bool isFiller(char32_t c)
{
    return c <= 0x20 || c == '-' || c == 0xa0 || c == 0xad || (c >= 0x2000 && c <= 0x2015) || c == 0x2028 || c == 0x2029 || c == 0x2212
           || c == 0x3000 || c == 0xfeff;
}

//! Upper case, half width, nothing between; behind the prefix only what base32 has.
std::string plain(std::string_view text, size_t prefix)
{
    const std::string folded = foldForSearch(text);
    std::string out;
    for (size_t at = 0; at < folded.size();) {
        const char32_t c = nextCodePoint(folded, at);
        if (isFiller(c)) continue;
        if (c >= 'a' && c <= 'z') out += char(c - 'a' + 'A');
        else if (c < 0x80) out += char(c);
        else out += '?';
    }
    for (size_t i = prefix; i < out.size(); ++i) out[i] = out[i] == '0' ? 'O' : out[i] == '1' ? 'I' : out[i];
    return out;
}

} // namespace

std::string formatCode(const EnrolCode& code)
{
    const bool isShort = code.address.empty() && code.caHash.empty();
    Bytes body(1, isShort ? kShort : kVersion);
    body += code.caHash + code.secret + code.address;
    const std::string letters = base32(body + check(body));
    std::string out(kPrefix);
    for (size_t i = 0; i < letters.size(); i += kGroup) out += "-" + letters.substr(i, kGroup);
    return out;
}

Result<EnrolCode> parseCode(std::string_view text)
{
    if (text.size() > kMostText) return fail(Err::Invalid, "too long for a code");
    const std::string letters = plain(text, kPrefix.size());
    if (!letters.starts_with(kPrefix)) return fail(Err::Invalid, "does not start like a code");
    const auto bytes = unbase32(std::string_view(letters).substr(kPrefix.size()));
    if (!bytes || bytes->size() < 1 + kSecret + kCheck) return fail(Err::Invalid, "not a whole code");
    const BytesView body = BytesView(*bytes).substr(0, bytes->size() - kCheck);
    // The second condition: bits that base32 leaves unused are no place for a typing error either.
    if (check(body) != BytesView(*bytes).substr(body.size()) || base32(*bytes) != letters.substr(kPrefix.size()))
        return fail(Err::Invalid, "check sum differs");
    EnrolCode out;
    if (body[0] == kShort && body.size() == 1 + kSecret) {
        out.secret = body.substr(1);
        return out;
    }
    if (body[0] != kVersion) return fail(Err::Invalid, "code of another version");
    if (body.size() < 1 + kCaHash + kSecret) return fail(Err::Invalid, "not a whole code");
    out.caHash = body.substr(1, kCaHash);
    out.secret = body.substr(1 + kCaHash, kSecret);
    out.address = body.substr(1 + kCaHash + kSecret);
    ZT_TRY(splitAddress(out.address));
    return out;
}

namespace {

constexpr size_t kSpoken = 8, kSpokenGroup = 4, kSpokenLetters = (kSpoken + kCheck) * 8 / 5;

//! 8 bytes to be read out: with their check sum 16 characters. `purpose` keeps one kind from being taken for the other.
std::string spoken(BytesView body, std::string_view purpose)
{
    const std::string letters = base32(Bytes(body) + crypto::hash(purpose, {body}).substr(0, kCheck));
    std::string out;
    for (size_t i = 0; i < letters.size(); i += kSpokenGroup) {
        if (i) out += '-';
        out += letters.substr(i, kSpokenGroup);
    }
    return out;
}

Result<Bytes> heard(std::string_view text, std::string_view purpose)
{
    if (text.size() > kMostText) return fail(Err::Invalid, "too long for a code");
    const std::string letters = plain(text, 0);
    const auto bytes = letters.size() == kSpokenLetters ? unbase32(letters) : std::nullopt;
    if (!bytes) return fail(Err::Invalid, "not a whole code");
    const Bytes body = bytes->substr(0, kSpoken);
    if (crypto::hash(purpose, {body}).substr(0, kCheck) != bytes->substr(kSpoken)) return fail(Err::Invalid, "check sum differs");
    return body;
}

Result<Bytes> leaseTag(const LeaseOf& of, const crypto::BoxKey& own, BytesView other)
{
    ZT_LET(shared, crypto::agree(own, other));
    return crypto::hash("zt-lease-1", {shared.view(), of.hub, of.device, std::to_string(of.week)}).substr(0, kSpoken);
}

constexpr std::string_view kAsk = "zt-lease-ask-1", kAnswer = "zt-lease-code-1";

} // namespace

std::string deviceCheck(BytesView signKey, BytesView boxKey)
{
    const std::string letters = base32(crypto::hash("zt-device-check-1", {signKey, boxKey}).substr(0, 5));
    return letters.substr(0, kSpokenGroup) + '-' + letters.substr(kSpokenGroup);
}

Bytes deviceMark(BytesView device) { return crypto::hash("zt-lease-device-1", {device}).substr(0, kSpoken - 2); }

std::string formatLeaseAsk(const LeaseAsk& ask)
{
    Bytes body = ask.mark;
    body += char(ask.week & 0xff);
    body += char(ask.week >> 8 & 0xff);
    return spoken(body, kAsk);
}

Result<LeaseAsk> parseLeaseAsk(std::string_view text)
{
    ZT_LET(body, heard(text, kAsk));
    const auto byte = [&](size_t at) { return uint32_t(static_cast<unsigned char>(body[at])); };
    return LeaseAsk{body.substr(0, kSpoken - 2), byte(kSpoken - 2) | byte(kSpoken - 1) << 8};
}

Result<std::string> leaseCode(const LeaseOf& of, const crypto::BoxKey& own, BytesView other)
{
    ZT_LET(tag, leaseTag(of, own, other));
    return spoken(tag, kAnswer);
}

Result<bool> isLeaseCode(std::string_view text, const LeaseOf& of, const crypto::BoxKey& own, BytesView other)
{
    ZT_LET(said, heard(text, kAnswer));
    ZT_LET(tag, leaseTag(of, own, other));
    return crypto::equal(said, tag);
}

} // namespace zt::link
