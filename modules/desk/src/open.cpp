#include "desk_impl.h"
#include "places.h"

#include "zt/base/log.h"
#include "zt/base/text.h"
#include "zt/catalogue/catalogue.h"
#include "zt/crypto/pki.h"
#include "zt/store/recovery.h"
#include "zt/wire/sealing.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

//! From a folder and a passphrase to a running desk, and back; enrolment.
namespace zt::desk {

namespace fs = std::filesystem;

namespace {

constexpr int kNetworkTimeoutMs = 15'000;
constexpr Millis kLookEvery = 200; // whether the person gave up waiting

Result<std::string> need(sync::Tx& tx, const char* key)
{
    ZT_LET(v, tx.meta(key));
    if (!v) return fail(Err::Corrupt, std::string("the store lacks ") + key);
    return std::move(*v);
}

//! The wraps first, and durably: without them the rest is noise, whatever a crash or a snapshot of the disk leaves of it.
void destroyStore(const fs::path& folder)
{
    std::error_code ec;
    const auto vault = folder / "vault.bin";
    const auto size = fs::file_size(vault, ec);
    if (const auto done = ec ? Result<void>(osError(ec.value(), "vault")) : writeWhole(vault, systemRandom().bytes(size)); !done)
        log(Level::Warning, "vault_not_overwritten", {{"error", Safe{name(done.error().kind)}}});
    fs::remove(vault, ec);
    fs::remove_all(folder, ec);
    log(ec ? Level::Error : Level::Info, "store_removed", {{"whole", !ec}});
}

//! Work that blocks, on a thread of its own; the answer goes to the poster.
template <class T>
void aside(Post post, Then<T> then, std::function<Result<T>()> work)
{
    std::thread([post = std::move(post), then = std::move(then), work = std::move(work)] {
        auto result = std::make_shared<Result<T>>(work());
        post([then, result] { then(std::move(*result)); });
    }).detach();
}

} // namespace

Desk::Impl::Impl(fs::path f, Options o, Post p) : folder(std::move(f)), options(std::move(o)), post(std::move(p)) {}

Desk::Impl::~Impl() { close(); }

void Desk::Impl::close()
{
    if (line) line->stop();
    if (blobs) blobs->close();
    files.stop();
    ++searchGeneration;
    if (reader) reader->interrupt();
    readers.stop();
    worker.stop();
    line.reset();
    blobs.reset();
    reader.reset();
    engine.reset();
    store.reset();
    if (!destroy.exchange(false)) return;
    destroyStore(folder);
    // Aside: the keychain answers through the thread this runs on.
    if (const auto gone = keptFactor()) std::thread([keychain = options.keychain, id = gone->id] { forgetFactor(keychain.get(), id); }).detach();
}

Millis Desk::Impl::now() const { return std::max(systemClock().now(), engine ? engine->hubTime() : 0); }

Result<void> Desk::Impl::readIdentity()
{
    return store->read([&](sync::Tx& tx) -> Result<void> {
        auto into = [&](const char* key, std::string& v) -> Result<void> {
            ZT_LET(found, need(tx, key));
            v = std::move(found);
            return {};
        };
        Me& me = identity.me;
        ZT_TRY(into("id/hub", me.hub));
        ZT_TRY(into("id/person", me.person));
        ZT_TRY(into("id/name", me.name));
        ZT_TRY(into("id/device", me.device));
        ZT_TRY(into("id/device_name", me.deviceName));
        ZT_TRY(into("id/address", me.hubAddress));
        ZT_TRY(into("id/province", me.province));
        ZT_TRY(into("id/hub_key", identity.hubKey));
        ZT_TRY(into("id/ca", identity.ca));
        return into("id/certificate", identity.certificate);
    });
}

Result<void> Desk::Impl::openStore(const crypto::Secret& passphrase)
{
    ZT_LET(vault, store::Vault::read(folder));
    ZT_LET(unlocked, unlock(vault, passphrase, options.keychain.get()));
    ZT_TRY(openKeys(unlocked.opened));
    settleFactor(vault, std::move(unlocked), passphrase);
    return {};
}

void Desk::Impl::settleFactor(store::Vault& vault, Unlocked unlocked, const crypto::Secret& passphrase)
{
    Policy hub;
    {
        std::lock_guard lock(statusMutex);
        hub = hubPolicy.settings;
    }
    const auto now = settle(vault, unlocked, passphrase, options.policy.keychain(hub), options.keychain.get(), systemRandom());
    {
        std::lock_guard lock(statusMutex);
        factor = std::move(unlocked.factor);
        if (std::exchange(status.secondFactor, now) == now) return;
    }
    Change change;
    change.status = true;
    if (options.changed) post([changed = options.changed, change] { changed(change); });
}

std::optional<store::Factor> Desk::Impl::keptFactor() const
{
    std::lock_guard lock(statusMutex);
    return factor ? std::optional(factor->clone()) : std::nullopt;
}

Result<void> Desk::Impl::checkPassphrase(const crypto::Secret& passphrase)
{
    ZT_LET(vault, store::Vault::read(folder));
    ZT_LET(unlocked, unlock(vault, passphrase, options.keychain.get(), keptFactor()));
    settleFactor(vault, std::move(unlocked), passphrase);
    return {};
}

Result<void> Desk::Impl::changePassphrase(const crypto::Secret& old, const crypto::Secret& fresh)
{
    ZT_LET(vault, store::Vault::read(folder));
    const auto kept = keptFactor();
    return vault.changePassphrase(old, fresh, std::nullopt, kept ? &kept->secret : nullptr);
}

Result<void> Desk::Impl::openKeys(const store::Opened& opened)
{
    ZT_LET(db, store::SqlStore::open(folder, opened.storeKey));
    store = std::move(db);
    storeKey = opened.storeKey.clone();
    ZT_LET(signing, crypto::SigningKey::fromSeed(opened.signingSeed));
    key.emplace(std::move(signing));
    ZT_LET(agreeing, crypto::BoxKey::fromSecret(opened.boxSecret));
    box.emplace(std::move(agreeing));
    ZT_TRY(readIdentity());
    ZT_LET(r, store->reader());
    reader = std::move(r);
    std::error_code ec;
    fs::create_directories(folder / "blobs", ec);
    blobFolder = std::make_shared<BlobFolder>(folder / "blobs");
    engine = std::make_unique<sync::Engine>(sync::Identity{identity.me.hub, identity.hubKey, identity.me.person, identity.me.device, "zhengtong/" ZT_VERSION},
                                            *key, sync::Engine::Ports{*store, systemClock(), systemRandom(), catalogue::all(), *this});
    ZT_TRY(engine->load());
    quiet = engine->position() == 0;
    const auto& dir = engine->directory();
    indexedPeople = dir.authorityVersion;
    calendarText = dir.calendarText;
    if (const auto posts = dir.postsOf(identity.me.person); !posts.empty()) {
        identity.me.unit = posts.front().unit;
        identity.me.post = posts.front().title;
        if (const auto unit = dir.unit(posts.front().unit)) identity.me.unitName = unit->name;
    }
    ZT_TRY(readStanding());
    refreshStatus();
    return {};
}

void Desk::Impl::startLine()
{
    worker.setIdle([self = weak_from_this()] {
        const auto me = self.lock();
        return me && me->idle();
    });
    if (!options.connect) {
        status.link = Link::NoNetwork;
        return;
    }
    blobs = std::make_unique<link::BlobLine>(endpoint(), blobFolder, link::BlobLine::Events{
        [self = weak_from_this()](Bytes b, uint64_t n, bool c, wire::BlobEnd::Why w) { if (const auto me = self.lock()) me->blobSent(b, n, c, w); },
        [self = weak_from_this()](Bytes b, uint64_t n, bool c, wire::BlobEnd::Why w) { if (const auto me = self.lock()) me->blobFetched(b, n, c, w); },
        [self = weak_from_this()] {
            // The channel broke while the line may be up: ask again in a while, from what each side has.
            if (const auto me = self.lock())
                me->worker.second([self] {
                    if (const auto m = self.lock(); m && m->engine->phase() == sync::Phase::Live) m->resumeTransfers();
                });
        }});
    line = std::make_unique<link::Line>(endpoint(), link::Handlers{
        [self = weak_from_this()](link::State s, std::string why) { if (const auto me = self.lock()) me->lineState(s, why); },
        [self = weak_from_this()](wire::HubFrame f) { if (const auto me = self.lock()) me->lineFrame(std::move(f)); },
        [self = weak_from_this()](uint64_t connection) { if (const auto me = self.lock()) me->lineDialled(connection); }});
    line->start();
}

Desk::Desk() = default;

Desk::~Desk()
{
    if (m) m->close();
}

void Desk::open(fs::path folder, crypto::Secret passphrase, Options options, Post post, Then<std::shared_ptr<Desk>> then)
{
    auto secret = std::make_shared<crypto::Secret>(std::move(passphrase));
    Impl::build(std::move(folder), std::move(options), std::move(post), std::move(then), [secret](Impl& impl) { return impl.openStore(*secret); });
}

void Desk::Impl::build(fs::path folder, Options options, Post post, Then<std::shared_ptr<Desk>> then, std::function<Result<void>(Impl&)> open)
{
    aside<std::shared_ptr<Desk>>(post, std::move(then), [folder = std::move(folder), options = std::move(options), post, open = std::move(open)]() -> Result<std::shared_ptr<Desk>> {
        auto impl = std::make_shared<Impl>(folder, options, post);
        // The store's connection belongs to the worker from the first call on.
        std::optional<Result<void>> opened;
        std::mutex mutex;
        std::condition_variable done;
        impl->worker.first([&] {
            auto r = open(*impl);
            std::lock_guard lock(mutex);
            opened = std::move(r);
            done.notify_one();
        });
        {
            std::unique_lock lock(mutex);
            done.wait(lock, [&] { return opened.has_value(); });
        }
        if (!*opened) {
            impl->close();
            return Error(opened->error());
        }
        if (auto account = readAccount(folder)) {
            account->lastUsed = systemClock().now();
            (void)writeAccount(*account);
        }
        impl->startLine();
        std::shared_ptr<Desk> desk(new Desk);
        desk->m = std::move(impl);
        return desk;
    });
}

const Me& Desk::me() const { return m->identity.me; }

Status Desk::status() const
{
    std::lock_guard lock(m->statusMutex);
    Status s = m->status;
    s.nextRetry = m->line ? m->line->nextRetryMs() : 0;
    return s;
}

void Desk::retryNow()
{
    if (m->line) m->line->retryNow();
}

void Desk::reconnect()
{
    if (m->line) m->line->reconnect();
}

void Desk::setProxy(std::string proxy)
{
    if (m->line) m->line->setProxy(proxy);
    if (m->blobs) m->blobs->setProxy(proxy);
}

void Desk::checkPassphrase(crypto::Secret passphrase, Then<void> then)
{
    auto secret = std::make_shared<crypto::Secret>(std::move(passphrase));
    aside<void>(m->post, std::move(then), [me = m, secret] { return me->checkPassphrase(*secret); });
}

void Desk::changePassphrase(crypto::Secret old, crypto::Secret fresh, Then<void> then)
{
    auto secrets = std::make_shared<std::pair<crypto::Secret, crypto::Secret>>(std::move(old), std::move(fresh));
    aside<void>(m->post, std::move(then), [me = m, secrets] { return me->changePassphrase(secrets->first, secrets->second); });
}

int lockoutSeconds(const fs::path& folder)
{
    const auto vault = store::Vault::read(folder);
    return vault ? int((vault->waitMs() + 999) / 1000) : 0;
}

void recoveryRequest(fs::path folder, fs::path target, Post post, Then<std::string> then)
{
    aside<std::string>(std::move(post), std::move(then), [folder = std::move(folder), target = std::move(target)]() -> Result<std::string> {
        ZT_LET(vault, store::Vault::read(folder));
        ZT_LET(request, vault.recoveryRequest());
        ZT_TRY(writeWhole(target, request));
        return store::requestCode(request);
    });
}

void acceptRecovery(fs::path folder, fs::path reply, crypto::Secret fresh, std::shared_ptr<Keychain> keychain, Post post, Then<void> then)
{
    auto secret = std::make_shared<crypto::Secret>(std::move(fresh));
    aside<void>(std::move(post), std::move(then), [folder = std::move(folder), reply = std::move(reply), secret, keychain = std::move(keychain)]() -> Result<void> {
        ZT_LET(bytes, readWhole(reply, 1u << 20));
        ZT_LET(vault, store::Vault::read(folder));
        std::optional<store::Factor> factor;
        const Bytes lost = vault.factor();
        if (!lost.empty())
            if (auto made = makeFactor(keychain.get(), systemRandom())) factor = std::move(*made);
        const auto opened = vault.acceptRecovery(bytes, *secret, std::nullopt, factor ? &*factor : nullptr);
        if (opened) {
            forgetFactor(keychain.get(), lost);
            return {};
        }
        // Not this store's answer: nothing was written that could need the new secret.
        const Err why = opened.error().kind;
        if (factor && (why == Err::Corrupt || why == Err::NotFound || why == Err::Unauthenticated)) forgetFactor(keychain.get(), factor->id);
        return Error(opened.error());
    });
}

namespace {

struct Enrolling {
    EnrolInput input;
    std::function<void(int)> progress;
    Post post;

    void step(int n) const
    {
        if (progress) post([p = progress, n] { p(n); });
    }
    Result<Account> run() const;
    Result<void> fill(const fs::path& folder, const link::Enrolled& got, const std::string& address, const crypto::SigningKey& key,
                      const crypto::BoxKey& box, const Bytes& device) const;
};

Result<void> Enrolling::fill(const fs::path& folder, const link::Enrolled& got, const std::string& address, const crypto::SigningKey& key,
                             const crypto::BoxKey& box, const Bytes& device) const
{
    const crypto::Secret seed = key.seed();
    store::Vault::New what;
    what.passphrase = &input.passphrase;
    what.signingSeed = &seed;
    what.boxSecret = &box.secretKey;
    what.recoveryKey = got.reply.recovery_key();
    what.owner = got.reply.person_name() + " / " + input.deviceName;
    ZT_LET(opened, store::Vault::create(folder, what, systemRandom()));
    ZT_LET(db, store::SqlStore::create(folder, opened.storeKey));
    return db->write([&](sync::Tx& tx) -> Result<void> {
        const std::pair<const char*, std::string> rows[] = {
            {"id/hub", got.reply.hub()}, {"id/hub_key", got.reply.hub_sign_key()}, {"id/person", got.reply.person()},
            {"id/name", got.reply.person_name()}, {"id/device", device}, {"id/device_name", input.deviceName}, {"id/address", address},
            {"id/province", got.reply.province()}, {"id/ca", got.ca}, {"id/certificate", got.reply.certificate()}};
        for (const auto& [k, v] : rows) ZT_TRY(tx.setMeta(k, v));
        return {};
    });
}

//! The hub's own address: what it says, or the host the code named.
std::string lineAddress(const wire::EnrolReply& reply, const std::string& enrolAddress)
{
    if (!reply.hub_address().empty()) return reply.hub_address();
    return enrolAddress;
}

Result<Account> Enrolling::run() const
{
    switch (codeFit(input.code, input.hub)) {
    case CodeFit::Good: break;
    case CodeFit::OtherHub: return fail(Err::Unauthenticated, "the code names another root than the policy");
    case CodeFit::PresetInDoubt: return fail(Err::Conflict, "what of the policy was refused may name the hub");
    case CodeFit::NeedsPreset: return fail(Err::Invalid, "a short code, and no hub is set");
    case CodeFit::Unreadable: return fail(Err::Invalid, "not a code");
    }
    ZT_LET(code, link::parseCode(input.code));
    if (!input.hub.address.empty()) code.address = input.hub.address;
    if (!input.hub.root.empty()) code.caHash = input.hub.root;
    const Bytes device = systemRandom().bytes(16);
    const auto key = crypto::SigningKey::generate(systemRandom());
    const auto box = crypto::BoxKey::generate(systemRandom());
    wire::EnrolRequest request;
    request.set_secret(code.secret);
    request.set_sign_key(key.publicKey());
    request.set_box_key(box.publicKey);
    request.set_device(device);
    request.set_device_name(cleanLine(input.deviceName));
    request.set_proof(key.sign(crypto::hash("zt-enrol-1", {code.secret, key.publicKey(), box.publicKey})));

    std::error_code ec;
    fs::create_directories(input.root, ec);
    if (ec) return osError(ec.value(), "folder");
    // The place is made first: a full or read-only disk must not cost the code.
    const fs::path temp = input.root / (hex(device) + ".new");
    fs::create_directories(temp / "blobs", ec);
    if (ec) return osError(ec.value(), "folder");
    fs::permissions(temp, fs::perms::owner_all, ec);
    bool waited = false;
    auto undo = [&](Error e) -> Result<Account> {
        std::error_code ignored;
        fs::remove_all(temp, ignored);
        return e;
    };
    auto got = link::enrol(code, request, input.proxy, kNetworkTimeoutMs, [this](int n) { step(n); });
    if (got && got->reply.waiting() && input.waits) post([waits = input.waits, check = link::deviceCheck(key.publicKey(), box.publicKey)] { waits(check); });
    // A hub that is away for a while ends nothing: it is asked again.
    while ((got && got->reply.waiting()) || (!got && got.error().kind == Err::Unavailable && waited)) {
        waited = true;
        for (Millis slept = 0; slept < input.askEvery; slept += kLookEvery) {
            if (input.cancelled && *input.cancelled) return undo(fail(Err::Cancelled, "waiting for approval"));
            std::this_thread::sleep_for(std::chrono::milliseconds(std::min(kLookEvery, input.askEvery)));
        }
        got = link::enrol(code, request, input.proxy, kNetworkTimeoutMs, {});
        if (!got && got.error().kind == Err::Busy) got = fail(Err::Unavailable, "asked too often");
    }
    if (!got) return undo(Error(got.error()));
    step(4);
    const std::string address = lineAddress(got->reply, code.address);
    const fs::path folder = input.root / safeFileName(got->reply.person() + "@" + got->reply.hub());
    if (fs::exists(folder, ec)) return undo(fail(Err::Exists, "a store of this person is here"));
    if (const auto filled = fill(temp, *got, address, key, box, device); !filled) return undo(Error(filled.error()));
    Account account{temp, got->reply.person(), got->reply.person_name(), got->reply.province(), address, 0};
    if (const auto written = writeAccount(account); !written) return undo(Error(written.error()));
    fs::rename(temp, folder, ec);
    if (ec) return undo(osError(ec.value(), "folder"));
    account.folder = folder;
    return account;
}

} // namespace

void enrol(EnrolInput input, std::function<void(int)> progress, Post post, Then<Account> then)
{
    auto work = std::make_shared<Enrolling>(Enrolling{std::move(input), std::move(progress), post});
    aside<Account>(std::move(post), std::move(then), [work] { return work->run(); });
}

void Desk::backup(fs::path target, Then<void> then)
{
    m->onReader<void>(std::move(then), [target = std::move(target)](Impl& me, store::Reader& r) { return store::backup(r, me.folder, me.storeKey, target); }, Impl::Kind::Care);
}

void Desk::integrity(Then<std::vector<std::string>> then)
{
    m->onReader<std::vector<std::string>>(std::move(then), [](Impl&, store::Reader& r) -> Result<std::vector<std::string>> {
        ZT_LET(report, r.check());
        std::vector<std::string> out;
        if (report.badPages) out.push_back("pages whose authentication fails: " + std::to_string(report.badPages));
        if (report.structure) out.push_back("complaints about the structure: " + std::to_string(report.structure));
        if (report.brokenStreams) out.push_back("streams that do not chain: " + std::to_string(report.brokenStreams));
        return out;
    }, Impl::Kind::Care);
}

void Desk::diagnostics(fs::path target, Then<void> then)
{
    m->onReader<void>(std::move(then), [target = std::move(target)](Impl& me, store::Reader& r) -> Result<void> {
        ZT_LET(counts, r.counts());
        nlohmann::json j;
        HubPolicy hub;
        {
            std::lock_guard lock(me.statusMutex);
            j["link"] = int(me.status.link);
            j["live"] = me.status.live;
            j["last_contact_ms"] = me.status.lastContact;
            j["clock_difference_ms"] = me.status.behindClock;
            j["unsent"] = me.status.unsent;
            j["uploads"] = me.status.uploads;
            j["attention"] = me.status.attention;
            j["alarm"] = me.status.alarm;
            j["store_failing"] = me.status.storeFailing;
            j["second_factor"] = int(me.status.secondFactor);
            hub = me.hubPolicy;
        }
        j["policy"] = nlohmann::json::parse(policyReportJson(readPolicy().with(hub.settings), kPolicyFolder, me.folder.parent_path(), Tongue::English, hub.number));
        j["lists"] = counts.total;
        j["drafts"] = counts.drafts;
        j["level"] = wire::kLevel;
        j["made_ms"] = systemClock().now();
        std::error_code ec;
        for (const char* file : {"store.db", "store.db-wal", "vault.bin"}) j["bytes"][file] = fs::exists(me.folder / file, ec) ? int64_t(fs::file_size(me.folder / file, ec)) : -1;
        j["free_bytes"] = int64_t(fs::space(me.folder, ec).available);
        std::ifstream version("/etc/debian_version");
        std::string system;
        std::getline(version, system);
        j["system"] = system;
        return writeWhole(target, j.dump(1));
    }, Impl::Kind::Care);
}

} // namespace zt::desk
