// Certificates and wrapped secrets from files and from the line.
#include "entry.h"
#include "zt/crypto/box.h"
#include "zt/crypto/pki.h"

using namespace zt;

void look(std::string_view bytes)
{
    if (const auto cert = crypto::readCert(bytes)) {
        MUST(cert->publicKey.empty() || cert->publicKey.size() == 32);
        MUST(cert->hash.size() == 32);
    }
    (void)crypto::issuedBy(bytes, bytes);
    for (const auto& one : crypto::certsIn(bytes)) MUST(crypto::readCert(one));
    (void)crypto::issuedUnder(bytes, bytes, 1'793'000'000'000);
    // The header alone is looked at cheaply: a blob whose parameters are in bounds would cost a key derivation each time.
    if (bytes.size() < 64) MUST(!crypto::unwrapWithPassphrase(bytes, "passphrase"));
}
