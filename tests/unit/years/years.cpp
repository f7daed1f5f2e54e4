#include "running.h"

#include "zt/desk/desk.h"
#include "zt/link/lease_code.h"
#include "zt/link/link.h"
#include "zt/store/recovery.h"
#include "zt/store/sql_store.h"
#include "zt/store/vault.h"
#include "zt/test/keychain.h"
#include "zt/test/port.h"

#include <condition_variable>
#include <mutex>

using namespace zt;
using namespace zt::test;

namespace {

constexpr const char* kPass = "a passphrase for the years";

//! A hub with a public address, one person's desk enrolled at it by code.
struct Years {
    int port = freePort();
    Running r;
    std::filesystem::path account;
    std::shared_ptr<FakeKeychain> keychain = std::make_shared<FakeKeychain>();
    std::shared_ptr<desk::Desk> desk;
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<std::function<void()>> jobs;

    explicit Years(const std::function<void(hub::HubConfig&)>& more = {})
        : r([this, more](hub::HubConfig& c) {
              c.listen = "127.0.0.1:" + std::to_string(port);
              c.publicAddress = "localhost:" + std::to_string(port);
              if (more) more(c);
          })
    {
        // The person's only device is the one enrolled here.
        rule([&](wire::Command& c) { c.mutable_revoke_device()->set_device(r.p->desks.at("head").device); });
        auto folder = hub::HubFolder::open(r.dir);
        auto codes = folder->openCodes();
        desk::EnrolInput in;
        in.code = link::formatCode({"localhost:" + std::to_string(r.server->enrolPort()), crypto::readCert(r.ca)->hash.substr(0, 16),
                                    *(*codes)->create("head", systemClock().now() + kDay, systemRandom())});
        in.passphrase = crypto::Secret(BytesView(kPass));
        in.deviceName = "PC 1";
        in.root = r.folder / "desk";
        const auto got = ask<desk::Account>([&](auto then) { desk::enrol(std::move(in), {}, post(), then); });
        EXPECT(got);
        if (got) account = got->folder;
        else failed("enrol", 0, got.error().detail);
    }
    ~Years() { desk.reset(); }

    desk::Post post()
    {
        return [this](std::function<void()> f) {
            std::lock_guard lock(mutex);
            jobs.push_back(std::move(f));
            wake.notify_one();
        };
    }
    template <class Test>
    bool until(Test test, int seconds = 60)
    {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
        while (!test()) {
            std::unique_lock lock(mutex);
            if (jobs.empty()) wake.wait_for(lock, std::chrono::milliseconds(20));
            if (jobs.empty()) {
                if (std::chrono::steady_clock::now() > end) return false;
                continue;
            }
            auto job = std::move(jobs.front());
            jobs.pop_front();
            lock.unlock();
            job();
        }
        return true;
    }
    template <class T, class Call>
    Result<T> ask(Call call)
    {
        auto got = std::make_shared<std::optional<Result<T>>>();
        call([got](Result<T> r) { got->emplace(std::move(r)); });
        if (!until([&] { return got->has_value(); }, 120)) return fail(Err::Unavailable, "no answer");
        return std::move(**got);
    }
    Result<void> open(bool connect = true) { return open(account, connect); }
    Result<void> open(const std::filesystem::path& folder, bool connect, std::string_view passphrase = kPass)
    {
        desk.reset();
        desk::Desk::Options options;
        options.connect = connect;
        options.keychain = keychain;
        auto opened = ask<std::shared_ptr<desk::Desk>>([&](auto then) { desk::Desk::open(folder, crypto::Secret(passphrase), options, post(), then); });
        if (!opened) return Error(opened.error());
        desk = *opened;
        return {};
    }
    bool online() { return until([&] { return desk->status().link == desk::Link::Online && desk->status().live; }); }
    void close() { desk.reset(); }
    //! What time does to a store, done by hand.
    void change(const std::function<Result<void>(sync::Tx&)>& what)
    {
        close();
        auto vault = store::Vault::read(account);
        auto opened = vault->unlock(crypto::Secret(BytesView(kPass)));
        REQUIRE(opened);
        auto db = store::SqlStore::open(account, opened->storeKey);
        REQUIRE(db);
        EXPECT((*db)->write(what));
    }
    Bytes device() const { return desk->me().device; }
    std::string recorded()
    {
        EXPECT(r.p->core->refresh());
        return r.p->core->directory().devices.at(device()).certificate;
    }
    void rule(const std::function<void(wire::Command&)>& fill)
    {
        wire::Command c;
        fill(c);
        EXPECT_EQ(r.p->rules("sec", c), wire::APPLIED);
    }
    void policy(uint64_t number, const std::function<void(wire::PutPolicy&)>& fill)
    {
        rule([&](wire::Command& c) {
            c.mutable_put_policy()->set_number(number);
            c.mutable_put_policy()->set_by("sec");
            fill(*c.mutable_put_policy());
        });
    }
    bool follows(uint64_t number) { return until([&] { return desk->hubPolicy().number == number; }); }
    Result<std::vector<store::ListRow>> list() { return ask<std::vector<store::ListRow>>([&](auto then) { desk->list(store::Folder::ToDo, 0, 10, then); }); }
};

std::string nowPlus(Millis ms) { return std::to_string(systemClock().now() + ms) + " 0 0"; }

} // namespace

CASE("a desk renews its certificate from half of its life, by itself, and goes on with it")
{
    Years y([](hub::HubConfig& c) { c.certificateDays = 1; }); // from yesterday to tomorrow
    EXPECT(y.r.p->core->refresh());
    std::string first;
    for (const auto& [id, d] : y.r.p->core->directory().devices)
        if (d.person == "head" && d.inForce()) first = d.certificate;
    EXPECT(!first.empty());
    REQUIRE(y.open());
    EXPECT(y.online());
    EXPECT(y.until([&] { return y.recorded() != first; }));
    y.close();
    REQUIRE(y.open());
    EXPECT(y.online());
    EXPECT(!y.desk->status().certificateEnded);
}

CASE("after an absence the old key renews: the certificate ended, the desk comes back by itself")
{
    Years y;
    REQUIRE(y.open());
    const auto device = y.device();
    const auto key = crypto::readCert(y.recorded())->publicKey;
    const Millis now = systemClock().now();
    const auto ended = [&](int days) { return *crypto::issue(*y.r.caKey, y.r.ca, {"head/" + hex(device), {}, key, now - 400 * kDay, now - days * kDay, false}); };
    // The hub has no better one either, or it would give that.
    wire::Command c;
    c.mutable_renew_device()->set_device(device);
    c.mutable_renew_device()->set_certificate(ended(80));
    EXPECT(y.r.p->core->submitOwn("dir", c));
    y.change([&](sync::Tx& tx) { return tx.setMeta("id/certificate", ended(80)); });
    REQUIRE(y.open());
    EXPECT(y.online());
    EXPECT(!y.desk->status().certificateEnded);
    EXPECT(crypto::readCert(y.recorded())->notAfter > now);
    // Longer than that: the desk says so, and everything is still there to read.
    y.change([&](sync::Tx& tx) { return tx.setMeta("id/certificate", ended(95)); });
    REQUIRE(y.open());
    EXPECT(y.until([&] { return y.desk->status().link == desk::Link::IdentityRefused && y.desk->status().certificateEnded; }));
    EXPECT(y.list());
}

CASE("a further device waits until one of the person's own approves it; refused, it is told so; meanwhile it may nothing")
{
    Years y;
    REQUIRE(y.open());
    EXPECT(y.online());
    const auto enrol = [&](const char* where, std::string& check, std::shared_ptr<std::optional<Result<desk::Account>>> got) {
        auto folder = hub::HubFolder::open(y.r.dir);
        auto codes = folder->openCodes();
        desk::EnrolInput in;
        in.code = link::formatCode({"localhost:" + std::to_string(y.r.server->enrolPort()), crypto::readCert(y.r.ca)->hash.substr(0, 16),
                                    *(*codes)->create("head", systemClock().now() + kDay, systemRandom())});
        in.passphrase = crypto::Secret(BytesView(kPass));
        in.deviceName = "PC 2";
        in.root = y.r.folder / where;
        in.askEvery = 100;
        in.waits = [&check](const std::string& c) { check = c; };
        in.cancelled = std::make_shared<std::atomic<bool>>(false);
        const auto stop = in.cancelled;
        desk::enrol(std::move(in), {}, y.post(), [got](Result<desk::Account> a) { got->emplace(std::move(a)); });
        return stop;
    };
    const auto waiting = [&] { return y.ask<std::vector<desk::WaitingDevice>>([&](auto then) { y.desk->waitingDevices(then); }); };
    const auto answer = [&](const Bytes& device, bool approve) { return y.ask<desk::Desk::Done>([&](auto then) { y.desk->approveDevice(device, approve, then); }); };
    const auto fresh = [] { return std::make_shared<std::optional<Result<desk::Account>>>(); };

    std::string check;
    auto got = fresh();
    enrol("second", check, got);
    EXPECT(y.until([&] { return !check.empty(); }));
    Result<std::vector<desk::WaitingDevice>> asked = std::vector<desk::WaitingDevice>();
    EXPECT(y.until([&] { asked = waiting(); return asked && asked->size() == 1; }));
    EXPECT_EQ(asked->front().check, check);
    EXPECT_EQ(asked->front().name, std::string("PC 2"));
    EXPECT(!got->has_value());
    EXPECT(y.r.p->core->refresh());
    EXPECT(y.r.p->core->directory().devices.at(asked->front().device).certificate.empty());
    const auto said = answer(asked->front().device, true);
    EXPECT(said && said->outcome == wire::APPLIED);
    EXPECT(waiting()->empty()); // answered here, though it is still on its way
    EXPECT(y.until([&] { return got->has_value(); }));
    REQUIRE(*got && **got);
    const auto first = y.account;
    y.account = (**got)->folder;
    REQUIRE(y.open());
    EXPECT(y.online()); // the new device
    y.account = first;
    REQUIRE(y.open());
    EXPECT(y.online());

    got = fresh();
    check.clear();
    enrol("third", check, got);
    EXPECT(y.until([&] { asked = waiting(); return asked && asked->size() == 1; }));
    EXPECT(answer(asked->front().device, false));
    EXPECT(y.until([&] { return got->has_value(); }));
    EXPECT(*got && !**got && (*got)->error().kind == Err::Denied);
    EXPECT(std::filesystem::is_empty(y.r.folder / "third"));

    got = fresh();
    check.clear();
    const auto stop = enrol("fourth", check, got);
    EXPECT(y.until([&] { return !check.empty(); }));
    *stop = true;
    EXPECT(y.until([&] { return got->has_value(); }));
    EXPECT(*got && !**got && (*got)->error().kind == Err::Cancelled);
    EXPECT(std::filesystem::is_empty(y.r.folder / "fourth"));
}

CASE("a second root: told by policy, then used by the hub; the desk goes on, with its old certificate and with a new one")
{
    Years y;
    REQUIRE(y.open());
    EXPECT(y.online());
    auto folder = hub::HubFolder::open(y.r.dir);
    const auto next = hub::makeNextRoot(*folder, systemClock(), systemRandom());
    REQUIRE(next);
    y.policy(1, [&](wire::PutPolicy& p) { p.add_roots(y.r.ca); p.add_roots(*next); });
    EXPECT(y.follows(1));
    EXPECT(hub::useNextRoot(*folder, {"localhost"}, systemClock(), systemRandom()));
    y.r.server.reset();
    y.r.start();
    REQUIRE(y.r.server);
    EXPECT(crypto::issuedBy(*folder->serverPem(), *next));
    y.desk->retryNow();
    EXPECT(y.online());
    REQUIRE(y.open()); // also after a start
    EXPECT(y.online());
    const auto own = y.recorded();
    EXPECT(crypto::issuedBy(own, y.r.ca)); // of the old root, and taken
    // Renewed under the new one.
    const auto key = crypto::readCert(own)->publicKey;
    const Millis now = systemClock().now();
    const auto half = *crypto::issue(*y.r.caKey, y.r.ca, {"head/" + hex(y.device()), {}, key, now - 300 * kDay, now + 100 * kDay, false});
    wire::Command c;
    c.mutable_renew_device()->set_device(y.device());
    c.mutable_renew_device()->set_certificate(half);
    EXPECT(y.r.p->core->refresh());
    EXPECT(y.r.p->core->submitOwn("dir", c));
    y.change([&](sync::Tx& tx) { return tx.setMeta("id/certificate", half); });
    REQUIRE(y.open());
    EXPECT(y.until([&] { return crypto::issuedBy(y.recorded(), *next); }));
    // A policy without the old root: a desk that missed the first one knows no root of the hub's.
    y.policy(2, [&](wire::PutPolicy& p) { p.add_roots(*next); });
    EXPECT(y.follows(2));
    REQUIRE(y.open());
    EXPECT(y.online());
}

CASE("a replaced PC: what was never sent is named before anything is destroyed; anything else stops it")
{
    Years y;
    REQUIRE(y.open());
    EXPECT(y.online());
    const auto unsent = [&] { return y.ask<desk::UnsentWork>([&](auto then) { y.desk->unsentWork(then); }); };
    const auto remove = [&](desk::UnsentWork named) { return y.ask<void>([&](auto then) { y.desk->remove(std::move(named), then); }); };
    EXPECT(unsent()->none());
    auto draft = y.ask<store::DraftRow>([&](auto then) { y.desk->newDraft(then); });
    REQUIRE(draft);
    draft->document.set_title("关于防汛工作的请示");
    EXPECT(y.ask<void>([&](auto then) { y.desk->saveDraft(*draft, then); }));
    REQUIRE(y.open(false));
    const auto given = y.ask<desk::Desk::Done>([&](auto then) { y.desk->giveMandate("head2", {"*"}, systemClock().now(), systemClock().now() + kDay, then); });
    EXPECT(given && given->outcome == wire::APPLIED);
    const auto found = unsent();
    REQUIRE(found);
    EXPECT(found->drafts == std::vector<std::string>{"关于防汛工作的请示"});
    EXPECT_EQ(found->waiting.size(), 1u);
    EXPECT(remove({}).error().kind == Err::Conflict); // not named
    y.close();
    EXPECT(std::filesystem::exists(y.account / "vault.bin"));
    REQUIRE(y.open(false));
    EXPECT(remove(*found));
    EXPECT(std::filesystem::exists(y.account / "store.db")); // until it is closed
    y.close();
    EXPECT(!std::filesystem::exists(y.account));
    EXPECT(desk::accounts(y.r.folder / "desk").empty());
}

CASE("a hub that moves: the policy says where, and the desk goes there")
{
    Years y;
    REQUIRE(y.open());
    EXPECT(y.online());
    const int moved = freePort();
    y.policy(1, [&](wire::PutPolicy& p) { p.set_address("localhost:" + std::to_string(moved)); });
    EXPECT(y.follows(1));
    y.r.server.reset();
    Running::change(y.r.dir, [&](hub::HubConfig& c) {
        c.listen = "127.0.0.1:" + std::to_string(moved);
        c.publicAddress = "localhost:" + std::to_string(moved);
    });
    y.r.start();
    REQUIRE(y.r.server);
    EXPECT(y.until([&] { return y.desk->status().link != desk::Link::Online; }));
    y.desk->retryNow();
    EXPECT(y.online());
    REQUIRE(y.open());
    EXPECT(y.online());
}

CASE("the hub's policy reaches the desk with its number and its signer; a lower one, of a restored hub, does not undo it")
{
    Years y;
    REQUIRE(y.open());
    EXPECT(y.online());
    y.policy(3, [](wire::PutPolicy& p) { p.set_settings(R"({"idle_lock_minutes":{"at_most":5}})"); });
    EXPECT(y.follows(3));
    EXPECT_EQ(y.desk->hubPolicy().settings.mostIdleMinutes(), 5);
    EXPECT_EQ(y.desk->hubPolicy().by, std::string("sec"));
    wire::PutPolicy higher;
    higher.set_number(9);
    higher.set_by("sec");
    higher.set_settings(R"({"idle_lock_minutes":{"at_most":2}})");
    y.change([&](sync::Tx& tx) { return tx.setMeta("policy", higher.SerializeAsString()); });
    REQUIRE(y.open());
    EXPECT(y.online());
    y.policy(4, [](wire::PutPolicy&) {});
    EXPECT(y.until([&] { return y.r.p->core->directory().policy.number() == 4 && y.desk->status().live; }));
    EXPECT_EQ(y.desk->hubPolicy().number, 9u);
    EXPECT_EQ(y.desk->hubPolicy().settings.mostIdleMinutes(), 2);
    y.policy(10, [](wire::PutPolicy&) {});
    EXPECT(y.follows(10));
    EXPECT_EQ(y.desk->hubPolicy().settings.mostIdleMinutes(), 0);
}

CASE("the lease: content locks, drafts are kept, a phone code opens it for a week, once; the hub's voice opens it for good")
{
    Years y;
    const auto box = crypto::BoxKey::generate(systemRandom());
    y.rule([&](wire::Command& c) {
        auto& role = *c.mutable_put_role();
        role.set_admin("sec2");
        role.set_role(wire::ROLE_SECURITY);
        role.set_sign_key(crypto::SigningKey::generate(systemRandom()).publicKey());
        role.set_box_key(box.publicKey);
    });
    y.policy(1, [](wire::PutPolicy& p) { p.set_lease_days(30); });
    REQUIRE(y.open());
    EXPECT(y.online() && y.follows(1));
    EXPECT(!y.desk->status().leaseEnded);
    const auto draft = y.ask<store::DraftRow>([&](auto then) { y.desk->newDraft(then); });
    REQUIRE(draft);
    EXPECT(y.ask<void>([&](auto then) { y.desk->saveDraft(*draft, then); }));
    y.change([&](sync::Tx& tx) { return tx.setMeta("lease", nowPlus(29 * kDay)); });
    REQUIRE(y.open(false));
    EXPECT(!y.desk->status().leaseEnded && y.list());
    y.change([&](sync::Tx& tx) { return tx.setMeta("lease", nowPlus(31 * kDay)); });
    REQUIRE(y.open(false));
    EXPECT(y.desk->status().leaseEnded);
    const auto locked = y.list();
    EXPECT(!locked && locked.error().kind == Err::Denied);
    EXPECT(!y.ask<store::DraftRow>([&](auto then) { y.desk->draft(draft->id, then); }));
    EXPECT(y.ask<void>([&](auto then) { y.desk->saveDraft(*draft, then); })); // keystrokes under way are not lost
    EXPECT(y.ask<void>([&](auto then) { y.desk->backup(y.r.folder / "backup", then); }));

    const auto asked = link::parseLeaseAsk(y.desk->status().leaseAsk);
    REQUIRE(asked);
    EXPECT(asked->mark == link::deviceMark(y.device()));
    const Bytes deskBox = y.r.p->core->directory().devices.at(y.device()).boxKey;
    const auto code = *link::leaseCode({"hub-1", y.device(), asked->week}, box, deskBox);
    const auto reopen = [&](const std::string& text) { return y.ask<void>([&](auto then) { y.desk->reopenLease(text, then); }); };
    auto mistyped = code;
    mistyped[3] = mistyped[3] == 'A' ? 'B' : 'A';
    EXPECT(reopen(mistyped).error().kind == Err::Invalid);
    EXPECT(reopen(*link::leaseCode({"hub-1", y.device(), asked->week + 1}, box, deskBox)).error().kind == Err::Unauthenticated);
    EXPECT(reopen(*link::leaseCode({"hub-1", y.device(), asked->week}, crypto::BoxKey::generate(systemRandom()), deskBox)).error().kind == Err::Unauthenticated);
    EXPECT(!y.list());
    EXPECT(reopen(code));
    EXPECT(!y.desk->status().leaseEnded && y.list());
    EXPECT(y.ask<store::DraftRow>([&](auto then) { y.desk->draft(draft->id, then); }));
    REQUIRE(y.open(false)); // it holds over a restart
    EXPECT(y.list());
    EXPECT(reopen(code).error().kind == Err::Unauthenticated); // used

    y.change([&](sync::Tx& tx) { return tx.setMeta("lease", nowPlus(60 * kDay)); });
    REQUIRE(y.open(false));
    EXPECT(!y.list());
    REQUIRE(y.open());
    EXPECT(y.online());
    EXPECT(y.until([&] { return !y.desk->status().leaseEnded; }) && y.list());
}

CASE("a minimum version raised while the desk was away: it says which, sends nothing, and what was not sent can be read")
{
    Years y;
    REQUIRE(y.open());
    EXPECT(y.online());
    REQUIRE(y.open(false));
    const auto draft = y.ask<store::DraftRow>([&](auto then) { y.desk->newDraft(then); });
    REQUIRE(draft);
    EXPECT(y.ask<void>([&](auto then) { y.desk->saveDraft(*draft, then); }));
    y.policy(1, [](wire::PutPolicy& p) { p.set_minimum_version("999.0.0"); });
    REQUIRE(y.open());
    EXPECT(y.until([&] { return y.desk->status().closed && y.desk->status().closed->why() == wire::Closed::TOO_OLD; }));
    EXPECT_EQ(y.desk->status().neededVersion, std::string("999.0.0"));
    EXPECT(y.ask<store::DraftRow>([&](auto then) { y.desk->draft(draft->id, then); }) && y.list());
    // Lowered again, it is let in at its next try.
    y.policy(2, [](wire::PutPolicy& p) { p.set_minimum_version("0.1.0"); });
    y.desk->retryNow();
    EXPECT(y.online());
    EXPECT_EQ(y.desk->status().neededVersion, std::string());
}

CASE("the hub's policy asks for the keychain: it is a factor from the next unlock on, that of a locked screen too, and no longer when it asks no more")
{
    using desk::SecondFactor;
    const auto a = crypto::BoxKey::generate(systemRandom()), b = crypto::BoxKey::generate(systemRandom());
    const auto recovery = store::makeRecovery({a.publicKey, b.publicKey}, systemRandom());
    REQUIRE(recovery);
    Years y([&](hub::HubConfig& c) { c.recoveryKey = hex(recovery->publicKey); });
    const auto unlockScreen = [&] { return y.ask<void>([&](auto then) { y.desk->checkPassphrase(crypto::Secret(BytesView(kPass)), then); }); };
    const auto missing = [](const Result<void>& r) { return !r && r.error().kind == Err::NotFound && desk::ofKeychain(r.error()); };
    REQUIRE(y.open());
    EXPECT(y.online());
    y.policy(1, [](wire::PutPolicy& p) { p.set_settings(R"({"keychain": true})"); });
    EXPECT(y.follows(1));
    EXPECT_EQ(y.desk->status().secondFactor, SecondFactor::Off);
    EXPECT(unlockScreen());
    EXPECT_EQ(y.desk->status().secondFactor, SecondFactor::On);
    EXPECT_EQ(y.keychain->names().size(), size_t(1));

    // What becomes of the keyring while the desk is open does not matter to it; a backup is as the store is.
    const auto kept = y.keychain->entries;
    y.keychain->entries.clear();
    EXPECT(unlockScreen());
    EXPECT(y.ask<void>([&](auto then) { y.desk->changePassphrase(crypto::Secret(BytesView(kPass)), crypto::Secret(BytesView("another passphrase")), then); }));
    const auto copy = y.r.folder / "backup", elsewhere = y.r.folder / "desk" / "elsewhere";
    EXPECT(y.ask<void>([&](auto then) { y.desk->backup(copy, then); }));
    EXPECT(store::restoreBackup(copy, elsewhere));
    EXPECT(missing(y.open(elsewhere, false, "another passphrase")));
    EXPECT(missing(y.open(y.account, false, "another passphrase")));
    y.keychain->entries = kept;
    EXPECT(y.open(elsewhere, false, "another passphrase"));
    REQUIRE(y.open(y.account, true, "another passphrase"));
    EXPECT(y.ask<void>([&](auto then) { y.desk->changePassphrase(crypto::Secret(BytesView("another passphrase")), crypto::Secret(BytesView(kPass)), then); }));

    y.policy(2, [](wire::PutPolicy&) {});
    EXPECT(y.online() && y.follows(2));
    EXPECT_EQ(y.desk->status().secondFactor, SecondFactor::On);
    EXPECT(unlockScreen());
    EXPECT_EQ(y.desk->status().secondFactor, SecondFactor::Off);
    EXPECT(y.keychain->names().empty() && y.open());

    // A store that is removed takes its secret with it.
    y.policy(3, [](wire::PutPolicy& p) { p.set_settings(R"({"keychain": true})"); });
    EXPECT(y.online() && y.follows(3));
    REQUIRE(y.open(false));
    EXPECT_EQ(y.keychain->names().size(), size_t(1));
    EXPECT(y.ask<void>([&](auto then) { y.desk->remove({}, then); }));
    y.close();
    EXPECT(y.until([&] { return y.keychain->names().empty(); }));
}
