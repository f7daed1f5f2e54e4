// The key file of a store, the file of wrong tries, and what goes between a desk and the administrators who open it. The closing hash is made
// good on demand, so that the fields are reached.
#include "entry.h"
#include "recovery_format.h"
#include "tries.h"
#include "zt/crypto/sign.h"
#include "zt/store/recovery.h"
#include "zt/store/vault.h"

using namespace zt;

namespace {

Bytes mended(std::string_view magic, std::string_view fields)
{
    Bytes out(magic);
    out += char(1);
    out += fields;
    return out + crypto::hash("zt.store.frame", {out});
}

void vault(const Bytes& file, const Bytes& reply)
{
    fuzz::put(fuzz::folder() / "vault.bin", file);
    auto opened = store::Vault::read(fuzz::folder());
    if (!opened) return;
    (void)opened->waitMs();
    MUST(opened->factor().empty() || opened->factor().size() == 16);
    const auto request = opened->recoveryRequest();
    MUST(!request || opened->hasRecovery());
    if (request) MUST(store::unpackRequest(*request));
    MUST(!opened->acceptRecovery(reply, crypto::Secret(BytesView("passphrase"))));
}

void tries(const Bytes& file)
{
    fuzz::put(fuzz::folder() / "tries", file);
    store::Tries tries(fuzz::folder(), systemClock());
    MUST(tries.waitMs() <= 300'000);
    tries.failed();
    tries.takeBack();
    MUST(tries.waitMs() >= 0);
}

} // namespace

void look(std::string_view bytes)
{
    static const crypto::BoxKey admin = crypto::BoxKey::generate(systemRandom());
    const auto which = fuzz::number(bytes, 1);
    auto file = [&](std::string_view magic) { return which & 8 ? Bytes(bytes) : mended(magic, bytes); };
    switch (which & 7) {
    case 0: vault(file("ZTVT"), mended("ZTRR", bytes)); break;
    case 1: tries(file("ZTTR")); break;
    case 2:
        if (const auto request = store::unpackRequest(file("ZTRQ"))) MUST(!store::packRequest(*request).empty());
        break;
    case 3: (void)store::unpackReply(file("ZTRR")); break;
    case 4: {
        static const Bytes request = store::packRequest({Bytes(32, 'r'), Bytes(32, 'o'), Bytes(80, 's')});
        (void)store::openStep1(file("ZTRB"), request, admin);
        break;
    }
    case 5: (void)store::openStep2(file("ZTRS"), admin); break;
    case 6: {
        static const auto made = store::makeRecovery({admin.publicKey, crypto::BoxKey::generate(systemRandom()).publicKey}, systemRandom());
        MUST(made);
        (void)store::openStep1(made->bundle, file("ZTRQ"), admin);
        break;
    }
    default: (void)store::requestCode(bytes);
    }
}
