#include "zt/crypto/sign.h"

#include "bytes.h"
#include "signer_table.h"

namespace zt::crypto {

SigningKey SigningKey::generate(Random& random)
{
    Secret seed(crypto_sign_SEEDBYTES);
    random.fill(seed.data(), seed.size());
    return std::move(*fromSeed(seed));
}

Result<SigningKey> SigningKey::fromSeed(const Secret& seed)
{
    if (seed.size() != crypto_sign_SEEDBYTES) return fail(Err::Invalid, "signing seed is not 32 bytes");
    ready();
    SigningKey key;
    key.m_secret = Secret(crypto_sign_SECRETKEYBYTES);
    key.m_public.resize(crypto_sign_PUBLICKEYBYTES);
    crypto_sign_seed_keypair(raw(key.m_public), key.m_secret.data(), seed.data());
    return key;
}

Secret SigningKey::seed() const
{
    ZT_CHECK(!m_secret.empty());
    return Secret(m_secret.view().substr(0, crypto_sign_SEEDBYTES));
}

Bytes SigningKey::sign(BytesView message) const
{
    ZT_CHECK(!m_secret.empty());
    Bytes out(crypto_sign_BYTES, '\0');
    crypto_sign_detached(raw(out), nullptr, raw(message), message.size(), m_secret.data());
    return out;
}

bool verify(BytesView publicKey, BytesView message, BytesView signature)
{
    if (publicKey.size() != crypto_sign_PUBLICKEYBYTES || signature.size() != crypto_sign_BYTES) return false;
    ready();
    if (const auto table = tableOf(publicKey)) return table->verify(message, signature);
    return crypto_sign_verify_detached(raw(signature), raw(message), message.size(), raw(publicKey)) == 0;
}

} // namespace zt::crypto
