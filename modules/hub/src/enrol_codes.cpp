#include "zt/crypto/hash.h"
#include "zt/hub/folder.h"

namespace zt::hub {

namespace {
constexpr size_t kSecret = 10;
Bytes hashOfSecret(BytesView secret) { return crypto::hash("zt-enrol-code-1", {secret}); }
} // namespace

Result<Bytes> EnrolCodes::create(const std::string& person, Millis expires, Random& random)
{
    Bytes secret = random.bytes(kSecret);
    ZT_TRY(keep(hashOfSecret(secret), person, expires));
    return secret;
}

Result<std::string> EnrolCodes::redeem(BytesView secret, BytesView user, Millis now)
{
    ZT_LET(person, use(hashOfSecret(secret), Bytes(user), now));
    if (!person) return fail(Err::Unauthenticated, "enrolment code");
    return std::move(*person);
}

} // namespace zt::hub
