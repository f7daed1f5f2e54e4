#include "zt/store/vault.h"

#include "files.h"
#include "frame.h"
#include "recovery_format.h"
#include "tries.h"
#include "zt/store/recovery.h"

#include <system_error>
#include <vector>

namespace fs = std::filesystem;

namespace zt::store {

namespace {

constexpr std::string_view kMagic = "ZTVT", kOneTimeMagic = "ZTRK";
constexpr size_t kLargest = 64 * 1024, kMostWraps = 16, kMostOwner = 200;
constexpr size_t kIdSize = 16;
constexpr int kTryMs = 500;

enum WrapKind : uint8_t {
    kPassphrase = 1, //!< crypto::wrapWithPassphrase
    kRecovery = 2,   //!< recovery public key (32) and the sealed box
    kKeychain = 3,   //!< instead of 1: id of the factor (16), check (32), crypto::wrapWithPassphrase of passphrase and factor together
};

struct Wrap {
    uint8_t kind = 0;
    Bytes bytes;
};

//! The device's keys, encrypted under a key of their own made from the store key.
crypto::Secret deviceKey(const crypto::Secret& storeKey)
{
    Bytes k = crypto::hash("zt.vault.device", {storeKey.view()});
    crypto::Secret out{BytesView(k)};
    crypto::wipe(k);
    return out;
}

//! Tells another secret from a wrong passphrase before anything is tried; of 32 random bytes it gives nothing away.
Bytes checkOf(BytesView id, const crypto::Secret& secret) { return crypto::hash("zt.vault.factor.check", {id, secret.view()}); }

//! What Argon2id gets where there is a factor: without the secret nobody can even try passphrases.
crypto::Secret together(const crypto::Secret& passphrase, const crypto::Secret& secret)
{
    Bytes both = crypto::hash("zt.vault.factor", {secret.view(), passphrase.view()});
    crypto::Secret out{BytesView(both)};
    crypto::wipe(both);
    return out;
}

} // namespace

class Vault::Impl {
public:
    Impl(fs::path f, const Clock& clock, Random& r) : folder(std::move(f)), random(r), tries(folder, clock) {}

    fs::path folder;
    Random& random;
    mutable Tries tries;
    std::vector<Wrap> wraps;
    Bytes device;

    [[nodiscard]] const Wrap* find(uint8_t kind) const
    {
        for (const Wrap& w : wraps)
            if (w.kind == kind) return &w;
        return nullptr;
    }
    void drop(uint8_t kind)
    {
        std::erase_if(wraps, [kind](const Wrap& w) { return w.kind == kind; });
    }
    void set(uint8_t kind, Bytes bytes)
    {
        drop(kind);
        wraps.push_back({kind, std::move(bytes)});
    }
    [[nodiscard]] Bytes factor() const
    {
        const Wrap* w = find(kKeychain);
        return w ? w->bytes.substr(0, kIdSize) : Bytes();
    }
    [[nodiscard]] Result<void> save() const
    {
        // A programme that knows no factor says that the file is newer, not that it is damaged.
        Writer out(kMagic, find(kKeychain) ? 2 : 1);
        out.number(wraps.size(), 1);
        for (const Wrap& w : wraps) {
            out.number(w.kind, 1);
            out.field(w.bytes);
        }
        out.field(device);
        return writeSmall(folder / "vault.bin", out.finish());
    }
    [[nodiscard]] Result<void> load()
    {
        ZT_LET(bytes, readSmall(folder / "vault.bin", kLargest));
        ZT_LET(in, FrameReader::open(bytes, kMagic, 2));
        ZT_LET(count, in.number(1));
        if (count > kMostWraps) return fail(Err::Corrupt, "too many wraps");
        for (uint64_t i = 0; i < count; ++i) {
            ZT_LET(kind, in.number(1));
            ZT_LET(body, in.field(kLargest));
            wraps.push_back({uint8_t(kind), std::move(body)}); // kinds not known here are kept as they are
        }
        ZT_LET(sealed, in.field(kLargest));
        device = std::move(sealed);
        // Never both: a passphrase that opens alone beside one that needs a factor would make the factor worth nothing.
        if (!in.atEnd() || !find(kPassphrase) == !find(kKeychain)) return fail(Err::Corrupt, "vault is malformed");
        if (const Wrap* w = find(kKeychain); w && w->bytes.size() <= kIdSize + crypto::kHashSize) return fail(Err::Corrupt, "vault is malformed");
        return {};
    }
    //! The store key is right exactly if it opens the device's keys.
    [[nodiscard]] Result<Opened> open(crypto::Secret storeKey) const
    {
        if (storeKey.size() != 32) return fail(Err::Unauthenticated, "not a store key");
        auto plain = crypto::decrypt(deviceKey(storeKey), device, kMagic);
        if (!plain || plain->size() != 64) return fail(Err::Unauthenticated, "not this store's key");
        Opened out{std::move(storeKey), crypto::Secret(BytesView(*plain).substr(0, 32)), crypto::Secret(BytesView(*plain).substr(32))};
        crypto::wipe(*plain);
        return out;
    }
    [[nodiscard]] Result<crypto::Secret> unwrap(const crypto::Secret& passphrase, const crypto::Secret* secret) const
    {
        const Wrap* w = find(kKeychain);
        if (!w) return crypto::unwrapWithPassphrase(find(kPassphrase)->bytes, passphrase.view());
        return crypto::unwrapWithPassphrase(BytesView(w->bytes).substr(kIdSize + crypto::kHashSize), together(passphrase, *secret).view());
    }
    [[nodiscard]] bool fits(const crypto::Secret* secret) const
    {
        const Wrap* w = find(kKeychain);
        return !w || (secret && crypto::equal(checkOf(factor(), *secret), BytesView(w->bytes).substr(kIdSize, crypto::kHashSize)));
    }
    [[nodiscard]] Result<void> wrapPassphrase(const crypto::Secret& storeKey, const crypto::Secret& passphrase, const Factor* factor, const std::optional<crypto::KdfParams>& kdf)
    {
        if (passphrase.empty()) return fail(Err::Invalid, "empty passphrase");
        crypto::KdfParams params = kdf ? *kdf : crypto::calibrateKdf(kTryMs, random);
        if (params.salt.empty()) params.salt = random.bytes(16);
        if (!factor) {
            ZT_LET(wrap, crypto::wrapWithPassphrase(storeKey, passphrase.view(), params));
            drop(kKeychain);
            set(kPassphrase, std::move(wrap));
            return {};
        }
        if (factor->id.size() != kIdSize || factor->secret.size() != 32) return fail(Err::Invalid, "not a factor");
        if (!find(kRecovery)) return fail(Err::NotFound, "this store has no recovery, and gets no factor");
        ZT_LET(wrap, crypto::wrapWithPassphrase(storeKey, together(passphrase, factor->secret).view(), params));
        drop(kPassphrase);
        set(kKeychain, factor->id + checkOf(factor->id, factor->secret) + wrap);
        return {};
    }
    [[nodiscard]] Result<void> wrapRecovery(const crypto::Secret& storeKey, BytesView recoveryKey, const std::string& owner)
    {
        if (owner.size() > kMostOwner) return fail(Err::Invalid, "owner is too long");
        crypto::Secret plain(32 + owner.size());
        std::copy(storeKey.data(), storeKey.data() + 32, plain.data());
        std::copy(owner.begin(), owner.end(), plain.data() + 32);
        ZT_LET(sealed, crypto::seal(recoveryKey, plain.view()));
        set(kRecovery, Bytes(recoveryKey) + sealed);
        return {};
    }
    //! Restores what was on a failed save.
    template <class F>
    [[nodiscard]] Result<void> change(F&& work)
    {
        std::vector<Wrap> before = wraps;
        Result<void> done = work();
        if (done) done = save();
        if (!done) wraps = std::move(before);
        return done;
    }
};

Factor Factor::generate(Random& random)
{
    Factor out{random.bytes(kIdSize), crypto::Secret(32)};
    random.fill(out.secret.data(), out.secret.size());
    return out;
}

Vault::Vault(std::unique_ptr<Impl> impl) : m(std::move(impl)) {}
Vault::Vault(Vault&&) noexcept = default;
Vault& Vault::operator=(Vault&&) noexcept = default;
Vault::~Vault() = default;

Result<Opened> Vault::create(const fs::path& folder, const New& what, Random& random)
{
    if (!what.passphrase || !what.signingSeed || what.signingSeed->size() != 32 || !what.boxSecret || what.boxSecret->size() != 32)
        return fail(Err::Invalid, "a new vault needs a passphrase and two keys of 32 bytes");
    std::error_code ec;
    if (fs::exists(folder / "vault.bin", ec)) return fail(Err::Exists, "there is a vault already");
    Impl impl(folder, systemClock(), random);
    crypto::Secret storeKey(32);
    random.fill(storeKey.data(), storeKey.size());
    ZT_TRY(impl.wrapPassphrase(storeKey, *what.passphrase, nullptr, what.kdf));
    if (!what.recoveryKey.empty()) ZT_TRY(impl.wrapRecovery(storeKey, what.recoveryKey, what.owner));
    crypto::Secret device(64);
    std::copy(what.signingSeed->data(), what.signingSeed->data() + 32, device.data());
    std::copy(what.boxSecret->data(), what.boxSecret->data() + 32, device.data() + 32);
    impl.device = crypto::encrypt(deviceKey(storeKey), device.view(), kMagic);
    ZT_TRY(impl.save());
    return impl.open(std::move(storeKey));
}

Result<Vault> Vault::read(const fs::path& folder, const Clock& clock, Random& random)
{
    auto impl = std::make_unique<Impl>(folder, clock, random);
    auto loaded = impl->load();
    // A vault grown beyond its bounds is damaged like any other.
    if (!loaded && loaded.error().kind == Err::TooLarge) return fail(Err::Corrupt, "vault is too large");
    ZT_TRY(std::move(loaded));
    return Vault(std::move(impl));
}

Bytes Vault::factor() const { return m->factor(); }

Result<Opened> Vault::unlock(const crypto::Secret& passphrase, const crypto::Secret* secret)
{
    if (const Millis wait = m->tries.waitMs(); wait > 0) return fail(Err::Busy, "wait " + std::to_string((wait + 999) / 1000));
    if (!m->fits(secret)) return fail(Err::NotFound, "not the factor of this store");
    m->tries.failed();
    auto storeKey = m->unwrap(passphrase, secret);
    if (!storeKey) {
        // Only a wrong passphrase is a try; a machine short of memory is not.
        if (storeKey.error().kind != Err::Unauthenticated) m->tries.takeBack();
        return Error(std::move(storeKey.error()));
    }
    m->tries.passed();
    auto opened = m->open(std::move(*storeKey));
    if (!opened) return fail(Err::Corrupt, "device keys do not open under the store key");
    return opened;
}

Millis Vault::waitMs() const { return m->tries.waitMs(); }

Result<void> Vault::changePassphrase(const crypto::Secret& old, const crypto::Secret& fresh, const std::optional<crypto::KdfParams>& kdf, const crypto::Secret* secret)
{
    if (fresh.empty()) return fail(Err::Invalid, "empty passphrase");
    ZT_LET(opened, unlock(old, secret));
    if (factor().empty()) return setFactor(opened, fresh, nullptr, kdf);
    const Factor same{factor(), secret->clone()};
    return setFactor(opened, fresh, &same, kdf);
}

Result<void> Vault::setFactor(const Opened& opened, const crypto::Secret& passphrase, const Factor* factor, const std::optional<crypto::KdfParams>& kdf)
{
    return m->change([&] { return m->wrapPassphrase(opened.storeKey, passphrase, factor, kdf); });
}

Result<void> Vault::setRecovery(const Opened& opened, BytesView recoveryKey, const std::string& owner)
{
    return m->change([&] { return m->wrapRecovery(opened.storeKey, recoveryKey, owner); });
}

bool Vault::hasRecovery() const { return m->find(kRecovery) != nullptr; }

Result<Bytes> Vault::recoveryRequest()
{
    const Wrap* wrap = m->find(kRecovery);
    if (!wrap || wrap->bytes.size() < 32) return fail(Err::NotFound, "this store has no recovery");
    const crypto::BoxKey once = crypto::BoxKey::generate(m->random);
    Writer key(kOneTimeMagic, 1);
    key.field(once.secretKey.view());
    Bytes file = key.finish();
    auto kept = writeSmall(m->folder / "recovery", file);
    crypto::wipe(file);
    ZT_TRY(std::move(kept));
    const BytesView bytes = wrap->bytes;
    return packRequest({Bytes(bytes.substr(0, 32)), once.publicKey, Bytes(bytes.substr(32))});
}

Result<Opened> Vault::acceptRecovery(BytesView reply, const crypto::Secret& newPassphrase, const std::optional<crypto::KdfParams>& kdf, const Factor* factor)
{
    ZT_LET(file, readSmall(m->folder / "recovery", 256));
    ZT_LET(in, FrameReader::open(file, kOneTimeMagic, 1));
    ZT_LET(secret, in.field(32));
    ZT_LET(once, crypto::BoxKey::fromSecret(crypto::Secret(BytesView(secret))));
    crypto::wipe(secret);
    crypto::wipe(file);
    ZT_LET(sealed, unpackReply(reply));
    ZT_LET(storeKey, crypto::openSeal(once, sealed));
    ZT_LET(opened, m->open(std::move(storeKey)));
    ZT_TRY(m->change([&] { return m->wrapPassphrase(opened.storeKey, newPassphrase, factor, kdf); }));
    m->tries.passed();
    std::error_code ec;
    fs::remove(m->folder / "recovery", ec);
    return opened;
}

} // namespace zt::store
