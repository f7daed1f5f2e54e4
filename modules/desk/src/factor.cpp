#include "factor.h"

#include "zt/base/log.h"
#include "zt/crypto/hash.h"
#include "zt/desk/desk.h"

namespace zt::desk {

namespace {

constexpr std::string_view kKeychain = "keychain: ";

Error keychainError(const Error& e) { return fail(e.kind, std::string(kKeychain) + e.detail); }

Result<crypto::Secret> secretIn(Keychain* keychain, const Bytes& id)
{
    if (!keychain) return keychainError(fail(Err::Unavailable, "none"));
    auto secret = keychain->read(hex(id));
    if (!secret) return keychainError(secret.error());
    return secret;
}

SecondFactor problem(const Error& e)
{
    if (ofKeychain(e) && e.kind == Err::Unavailable) return SecondFactor::NoService;
    if (ofKeychain(e) && e.kind == Err::Denied) return SecondFactor::Locked;
    return SecondFactor::Failed;
}

} // namespace

bool ofKeychain(const Error& error) { return error.detail.starts_with(kKeychain); }

Result<Unlocked> unlock(store::Vault& vault, const crypto::Secret& passphrase, Keychain* keychain, const std::optional<store::Factor>& kept)
{
    std::optional<store::Factor> factor;
    if (const Bytes id = vault.factor(); !id.empty()) {
        if (kept && kept->id == id) {
            factor = kept->clone();
        } else {
            ZT_LET(secret, secretIn(keychain, id));
            factor = store::Factor{id, std::move(secret)};
        }
    }
    auto opened = vault.unlock(passphrase, factor ? &factor->secret : nullptr);
    if (!opened && opened.error().kind == Err::NotFound) return keychainError(opened.error());
    if (!opened) return Error(opened.error());
    return Unlocked{std::move(*opened), std::move(factor)};
}

Result<store::Factor> makeFactor(Keychain* keychain, Random& random)
{
    if (!keychain) return keychainError(fail(Err::Unavailable, "none"));
    auto factor = store::Factor::generate(random);
    if (const auto kept = keychain->write(hex(factor.id), factor.secret); !kept) return keychainError(kept.error());
    ZT_LET(back, secretIn(keychain, factor.id));
    if (!crypto::equal(back.view(), factor.secret.view())) return keychainError(fail(Err::Corrupt, "it gives back something else"));
    return factor;
}

void forgetFactor(Keychain* keychain, const Bytes& id)
{
    if (keychain && !id.empty() && !keychain->remove(hex(id))) log(Level::Warning, "keychain_entry_left");
}

SecondFactor settle(store::Vault& vault, Unlocked& unlocked, const crypto::Secret& passphrase, Asked asked, Keychain* keychain, Random& random,
                    const std::optional<crypto::KdfParams>& kdf)
{
    const bool has = unlocked.factor.has_value();
    const auto now = [&] { return unlocked.factor ? SecondFactor::On : SecondFactor::Off; };
    if (asked == Asked::InDoubt || has == (asked == Asked::Yes)) return now();
    if (has) {
        if (const auto done = vault.setFactor(unlocked.opened, passphrase, nullptr, kdf); !done) {
            log(Level::Warning, "keychain_factor_stays", {{"error", Safe{name(done.error().kind)}}});
            return now();
        }
        forgetFactor(keychain, unlocked.factor->id);
        unlocked.factor.reset();
        log(Level::Info, "keychain_factor", {{"on", false}});
        return now();
    }
    if (!vault.hasRecovery()) return SecondFactor::NoRecovery;
    auto fresh = makeFactor(keychain, random);
    auto done = fresh ? vault.setFactor(unlocked.opened, passphrase, &*fresh, kdf) : Result<void>(Error(fresh.error()));
    if (!done) {
        // The new secret stays in the keychain: whether the wrap reached the disk is not known.
        log(Level::Warning, "keychain_factor_missing", {{"error", Safe{name(done.error().kind)}}});
        return problem(done.error());
    }
    unlocked.factor = std::move(*fresh);
    log(Level::Info, "keychain_factor", {{"on", true}});
    return now();
}

} // namespace zt::desk
