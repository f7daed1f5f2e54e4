#include "zt/store/recovery.h"

#include "frame.h"
#include "recovery_format.h"

#include <set>

namespace zt::store {

namespace {

constexpr std::string_view kRequestMagic = "ZTRQ", kReplyMagic = "ZTRR", kBundleMagic = "ZTRB", kStepMagic = "ZTRS";
constexpr size_t kMostAdmins = 16, kKeySize = 32, kMostSealed = 1024;

Result<Bytes> keyField(FrameReader& in)
{
    ZT_LET(key, in.field(kKeySize));
    if (key.size() != kKeySize) return fail(Err::Corrupt, "key is not 32 bytes");
    return key;
}

} // namespace

Bytes packRequest(const Request& r)
{
    Writer out(kRequestMagic, 1);
    out.field(r.recoveryKey);
    out.field(r.oneTimeKey);
    out.field(r.sealed);
    return out.finish();
}

Result<Request> unpackRequest(BytesView bytes)
{
    ZT_LET(in, FrameReader::open(bytes, kRequestMagic, 1));
    ZT_LET(recoveryKey, keyField(in));
    ZT_LET(oneTime, keyField(in));
    ZT_LET(sealed, in.field(kMostSealed));
    if (!in.atEnd()) return fail(Err::Corrupt, "request is too long");
    return Request{std::move(recoveryKey), std::move(oneTime), std::move(sealed)};
}

Bytes packReply(BytesView sealed)
{
    Writer out(kReplyMagic, 1);
    out.field(sealed);
    return out.finish();
}

Result<Bytes> unpackReply(BytesView bytes)
{
    ZT_LET(in, FrameReader::open(bytes, kReplyMagic, 1));
    ZT_LET(sealed, in.field(kMostSealed));
    if (!in.atEnd()) return fail(Err::Corrupt, "reply is too long");
    return sealed;
}

std::string requestCode(BytesView request)
{
    const std::string all = base32(crypto::hash("zt.recovery.code", {request}));
    return all.substr(0, 4) + "-" + all.substr(4, 4) + "-" + all.substr(8, 4);
}

// A bundle holds, for every ordered pair of administrators, the secret sealed to the second and that sealed to the first: any two, in either order,
// open it, and no one alone.
Result<RecoveryKey> makeRecovery(const std::vector<Bytes>& admins, Random& random)
{
    if (admins.size() < 2 || admins.size() > kMostAdmins) return fail(Err::Invalid, "recovery needs 2 to 16 administrators");
    if (std::set<Bytes>(admins.begin(), admins.end()).size() != admins.size()) return fail(Err::Invalid, "an administrator is named twice");
    const crypto::BoxKey key = crypto::BoxKey::generate(random);
    Writer out(kBundleMagic, 1);
    out.field(key.publicKey);
    out.number(admins.size(), 1);
    for (const Bytes& a : admins) {
        if (a.size() != kKeySize) return fail(Err::Invalid, "box key is not 32 bytes");
        out.field(a);
    }
    for (size_t i = 0; i < admins.size(); ++i)
        for (size_t j = 0; j < admins.size(); ++j) {
            if (i == j) continue;
            ZT_LET(inner, crypto::seal(admins[j], key.secretKey.view()));
            ZT_LET(outer, crypto::seal(admins[i], inner));
            out.field(outer);
        }
    return RecoveryKey{key.publicKey, out.finish()};
}

Result<Bytes> openStep1(BytesView bundle, BytesView request, const crypto::BoxKey& first)
{
    ZT_LET(asked, unpackRequest(request));
    ZT_LET(in, FrameReader::open(bundle, kBundleMagic, 1));
    ZT_LET(recoveryKey, keyField(in));
    if (recoveryKey != asked.recoveryKey) return fail(Err::Invalid, "request is for another recovery key");
    ZT_LET(count, in.number(1));
    if (count < 2 || count > kMostAdmins) return fail(Err::Corrupt, "number of administrators out of bounds");
    std::vector<Bytes> admins;
    for (uint64_t i = 0; i < count; ++i) {
        ZT_LET(a, keyField(in));
        admins.push_back(std::move(a));
    }
    Writer out(kStepMagic, 1);
    out.field(request);
    out.number(count - 1, 1);
    bool known = false;
    for (size_t i = 0; i < count; ++i)
        for (size_t j = 0; j < count; ++j) {
            if (i == j) continue;
            ZT_LET(outer, in.field(kMostSealed));
            if (admins[i] != first.publicKey) continue;
            known = true;
            ZT_LET(inner, crypto::openSeal(first, outer));
            out.field(admins[j]);
            out.field(inner.view());
        }
    if (!in.atEnd()) return fail(Err::Corrupt, "bundle is too long");
    if (!known) return fail(Err::Denied, "not an administrator of this recovery key");
    return out.finish();
}

Result<RecoveryReply> openStep2(BytesView step1, const crypto::BoxKey& second)
{
    ZT_LET(in, FrameReader::open(step1, kStepMagic, 1));
    ZT_LET(request, in.field(4096));
    ZT_LET(asked, unpackRequest(request));
    ZT_LET(count, in.number(1));
    for (uint64_t i = 0; i < count; ++i) {
        ZT_LET(admin, keyField(in));
        ZT_LET(sealed, in.field(kMostSealed));
        if (admin != second.publicKey) continue;
        ZT_LET(secret, crypto::openSeal(second, sealed));
        ZT_LET(key, crypto::BoxKey::fromSecret(secret));
        if (key.publicKey != asked.recoveryKey) return fail(Err::Corrupt, "bundle holds another key than it names");
        ZT_LET(plain, crypto::openSeal(key, asked.sealed));
        if (plain.size() < kKeySize) return fail(Err::Corrupt, "sealed store key is too short");
        ZT_LET(reply, crypto::seal(asked.oneTimeKey, plain.view().substr(0, kKeySize)));
        return RecoveryReply{packReply(reply), std::string(plain.view().substr(kKeySize))};
    }
    return fail(Err::Denied, "not one of the other administrators");
}

} // namespace zt::store
