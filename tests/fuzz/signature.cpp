// A signature by a key that has a table of its own: it must say what libsodium says. Either everything is foreign, or the key is ours and the signature good
// but for what the input changes in it.
#include "entry.h"
#include "signer_table.h"
#include "zt/crypto/sign.h"

#include <sodium.h>

using namespace zt;

void look(std::string_view bytes)
{
    const auto raw = [](std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); };
    const auto how = fuzz::number(bytes, 1);
    Bytes key(fuzz::piece(bytes)), signature(fuzz::piece(bytes));
    key.resize(32);
    signature.resize(64);
    if (how & 1) {
        const auto own = crypto::SigningKey::fromSeed(crypto::Secret(BytesView(key)));
        MUST(own);
        key = own->publicKey();
        Bytes good = own->sign(bytes);
        for (size_t i = 0; i < good.size(); ++i) good[i] = char(good[i] ^ signature[i]);
        signature = good;
    }
    const bool is = crypto_sign_verify_detached(raw(signature), raw(bytes), bytes.size(), raw(key)) == 0;
    const auto table = crypto::SignerTable::make(key);
    MUST(!(how & 1) || table);
    if (table) MUST(table->verify(bytes, signature) == is);
    MUST(crypto::verify(key, bytes, signature) == is);
}
