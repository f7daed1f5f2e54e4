#include "support.h"
#include "zt/crypto/hash.h"
#include "zt/store/recovery.h"

namespace zt::store {

namespace {

struct Made {
    TempFolder dir;
    crypto::Secret seed = keyOf('s'), box = keyOf('b');
    Opened opened;
    explicit Made(const Bytes& recoveryKey = {}, const std::string& owner = {})
    {
        const auto word = secret("correct horse 正确");
        auto r = Vault::create(dir.path, {.passphrase = &word, .signingSeed = &seed, .boxSecret = &box, .recoveryKey = recoveryKey, .owner = owner, .kdf = cheap()},
                               systemRandom());
        EXPECT_EQ(errorOf(r), std::string("none"));
        if (r) opened = std::move(*r);
    }
};

//! A unit's recovery key and two administrators of it.
struct Admins {
    crypto::BoxKey a = crypto::BoxKey::generate(systemRandom()), b = crypto::BoxKey::generate(systemRandom());
    RecoveryKey key = *makeRecovery({a.publicKey, b.publicKey}, systemRandom());
    Bytes answer(const Bytes& request) const { return openStep2(*openStep1(key.bundle, request, a), b)->reply; }
};

const std::string kNone = "none", kNotFound(name(Err::NotFound)), kWrong(name(Err::Unauthenticated));

} // namespace

CASE("a vault opens with its passphrase and gives back every key")
{
    Made made;
    EXPECT_EQ(made.opened.storeKey.size(), size_t(32));
    auto vault = Vault::read(made.dir.path);
    REQUIRE(vault);
    auto opened = vault->unlock(secret("correct horse 正确"));
    REQUIRE(opened);
    EXPECT(opened->storeKey.view() == made.opened.storeKey.view());
    EXPECT(opened->signingSeed.view() == made.seed.view());
    EXPECT(opened->boxSecret.view() == made.box.view());
    EXPECT(!vault->hasRecovery());
    EXPECT_EQ(errorOf(vault->recoveryRequest()), std::string(name(Err::NotFound)));
    const Bytes file = readFile(made.dir / "vault.bin");
    for (const auto* s : {&made.opened.storeKey, &made.seed, &made.box}) EXPECT(file.find(s->view()) == file.npos);
}

CASE("a wrong passphrase is refused as such")
{
    Made made;
    auto vault = Vault::read(made.dir.path);
    REQUIRE(vault);
    EXPECT_EQ(errorOf(vault->unlock(secret("correct horse"))), std::string(name(Err::Unauthenticated)));
    EXPECT_EQ(errorOf(vault->unlock(secret(""))), std::string(name(Err::Unauthenticated)));
    EXPECT(vault->unlock(secret("correct horse 正确")));
}

CASE("a second vault is not made over the first")
{
    Made made;
    const auto word = secret("x");
    const Bytes before = readFile(made.dir / "vault.bin");
    EXPECT_EQ(errorOf(Vault::create(made.dir.path, {.passphrase = &word, .signingSeed = &made.seed, .boxSecret = &made.box, .kdf = cheap()}, systemRandom())),
              std::string(name(Err::Exists)));
    EXPECT(readFile(made.dir / "vault.bin") == before);
}

CASE("changing the passphrase changes the wrap and not the store key")
{
    Made made;
    auto vault = Vault::read(made.dir.path);
    REQUIRE(vault);
    EXPECT_EQ(errorOf(vault->changePassphrase(secret("wrong"), secret("new"), cheap())), std::string(name(Err::Unauthenticated)));
    EXPECT(vault->changePassphrase(secret("correct horse 正确"), secret("new"), cheap()));
    auto again = Vault::read(made.dir.path);
    REQUIRE(again);
    EXPECT_EQ(errorOf(again->unlock(secret("correct horse 正确"))), std::string(name(Err::Unauthenticated)));
    auto opened = again->unlock(secret("new"));
    REQUIRE(opened);
    EXPECT(opened->storeKey.view() == made.opened.storeKey.view());
}

CASE("wrong tries cost more and more waiting, and a restart does not help")
{
    Made made;
    FakeClock clock;
    const Millis expected[] = {0, 0, 0, 5'000, 15'000, 60'000, 300'000, 300'000};
    for (Millis wait : expected) {
        auto vault = Vault::read(made.dir.path, clock); // a new process each time
        REQUIRE(vault);
        EXPECT_EQ(errorOf(vault->unlock(secret("wrong"))), std::string(name(Err::Unauthenticated)));
        EXPECT_EQ(vault->waitMs(), wait);
        auto restarted = Vault::read(made.dir.path, clock);
        REQUIRE(restarted);
        EXPECT_EQ(restarted->waitMs(), wait);
        if (wait) {
            auto locked = restarted->unlock(secret("correct horse 正确")); // even the right one waits
            EXPECT_EQ(errorOf(locked), std::string(name(Err::Busy)));
            EXPECT_EQ(detailOf(locked), "wait " + std::to_string(wait / 1000));
        }
        clock.pass(wait);
    }
    auto vault = Vault::read(made.dir.path, clock);
    REQUIRE(vault);
    EXPECT(vault->unlock(secret("correct horse 正确")));
    EXPECT(!fs::exists(made.dir / "tries"));
    EXPECT_EQ(errorOf(vault->unlock(secret("wrong"))), std::string(name(Err::Unauthenticated)));
    EXPECT_EQ(vault->waitMs(), Millis(0)); // counted from the beginning again
}

CASE("setting the clock back or restarting the machine does not shorten the wait")
{
    Made made;
    FakeClock clock;
    auto wrong = [&](int times) {
        for (int i = 0; i < times; ++i) {
            auto vault = Vault::read(made.dir.path, clock);
            REQUIRE(vault);
            EXPECT_EQ(errorOf(vault->unlock(secret("wrong"))), std::string(name(Err::Unauthenticated)));
        }
    };
    auto wait = [&] {
        auto vault = Vault::read(made.dir.path, clock);
        return vault ? vault->waitMs() : -1;
    };
    wrong(4);
    EXPECT_EQ(wait(), Millis(5'000));
    clock.wall -= 86'400'000; // clock a day back
    EXPECT_EQ(wait(), Millis(5'000));
    clock.wall += 2 * 86'400'000; // and forward: the steady clock decides
    EXPECT_EQ(wait(), Millis(5'000));
    clock.pass(2'000);
    EXPECT_EQ(wait(), Millis(3'000));
    clock.running = 10; // the machine was started again, with the clock back
    clock.wall -= 3 * 86'400'000;
    EXPECT_EQ(wait(), Millis(3'000));
    clock.pass(1'000);
    EXPECT_EQ(wait(), Millis(2'000)); // and it ends all the same
    clock.pass(2'000);
    EXPECT_EQ(wait(), Millis(0));
}

CASE("a damaged file of tries locks nobody out and deletes nothing")
{
    Made made;
    FakeClock clock;
    {
        auto vault = Vault::read(made.dir.path, clock);
        REQUIRE(vault);
        for (int i = 0; i < 4; ++i) EXPECT(!vault->unlock(secret("wrong")));
    }
    EXPECT(fs::exists(made.dir / "tries"));
    // A damaged file of tries lets the person in and deletes nothing.
    writeFile(made.dir / "tries", "rubbish");
    auto vault = Vault::read(made.dir.path, clock);
    REQUIRE(vault);
    EXPECT_EQ(vault->waitMs(), Millis(0));
    EXPECT(vault->unlock(secret("correct horse 正确")));
}

CASE("any two administrators in any order open a store; one alone, one twice, or a stranger does not")
{
    std::vector<crypto::BoxKey> admins;
    std::vector<Bytes> publics;
    for (int i = 0; i < 4; ++i) {
        admins.push_back(crypto::BoxKey::generate(systemRandom()));
        publics.push_back(admins.back().publicKey);
    }
    auto recovery = makeRecovery(publics, systemRandom());
    REQUIRE(recovery);
    Made made(recovery->publicKey, "王小明 / 办公室一号机");
    auto vault = Vault::read(made.dir.path);
    REQUIRE(vault);
    EXPECT(vault->hasRecovery());
    auto request = vault->recoveryRequest();
    REQUIRE(request);
    EXPECT(request->find(made.opened.storeKey.view()) == request->npos);
    EXPECT_EQ(requestCode(*request).size(), size_t(14));
    for (size_t i = 0; i < admins.size(); ++i) {
        auto step = openStep1(recovery->bundle, *request, admins[i]);
        REQUIRE(step);
        EXPECT_EQ(errorOf(openStep2(*step, admins[i])), std::string(name(Err::Denied)));
        for (size_t j = 0; j < admins.size(); ++j) {
            if (i == j) continue;
            auto reply = openStep2(*step, admins[j]);
            REQUIRE(reply);
            EXPECT_EQ(reply->owner, std::string("王小明 / 办公室一号机"));
            EXPECT(reply->reply.find(made.opened.storeKey.view()) == std::string::npos);
        }
    }
    const auto stranger = crypto::BoxKey::generate(systemRandom());
    EXPECT_EQ(errorOf(openStep1(recovery->bundle, *request, stranger)), std::string(name(Err::Denied)));
    auto step = openStep1(recovery->bundle, *request, admins[0]);
    REQUIRE(step);
    EXPECT_EQ(errorOf(openStep2(*step, stranger)), std::string(name(Err::Denied)));
}

CASE("a forgotten passphrase ends with the store open under a new one")
{
    const auto a = crypto::BoxKey::generate(systemRandom()), b = crypto::BoxKey::generate(systemRandom());
    auto recovery = makeRecovery({a.publicKey, b.publicKey}, systemRandom());
    REQUIRE(recovery);
    Made made(recovery->publicKey, "owner");
    Bytes request;
    {
        auto vault = Vault::read(made.dir.path);
        REQUIRE(vault);
        for (int i = 0; i < 5; ++i) (void)vault->unlock(secret("forgotten"));
        request = *vault->recoveryRequest();
    }
    auto step = openStep1(recovery->bundle, request, b);
    REQUIRE(step);
    auto answer = openStep2(*step, a);
    REQUIRE(answer);
    auto vault = Vault::read(made.dir.path); // days later, after a restart
    REQUIRE(vault);
    auto opened = vault->acceptRecovery(answer->reply, secret("remembered"), cheap());
    REQUIRE(opened);
    EXPECT(opened->storeKey.view() == made.opened.storeKey.view());
    EXPECT_EQ(vault->waitMs(), Millis(0));
    EXPECT(!fs::exists(made.dir / "recovery"));
    auto again = Vault::read(made.dir.path);
    REQUIRE(again);
    EXPECT_EQ(errorOf(again->unlock(secret("correct horse 正确"))), std::string(name(Err::Unauthenticated)));
    EXPECT(again->unlock(secret("remembered")));
    EXPECT(again->hasRecovery());
    // The answer works once.
    EXPECT_EQ(errorOf(again->acceptRecovery(answer->reply, secret("x"), cheap())), std::string(name(Err::NotFound)));
}

CASE("an answer to another request, or of another store, is refused and changes nothing")
{
    const auto a = crypto::BoxKey::generate(systemRandom()), b = crypto::BoxKey::generate(systemRandom());
    auto recovery = makeRecovery({a.publicKey, b.publicKey}, systemRandom());
    auto other = makeRecovery({a.publicKey, b.publicKey}, systemRandom());
    REQUIRE(recovery && other);
    Made made(recovery->publicKey), second(recovery->publicKey);
    auto vault = Vault::read(made.dir.path);
    auto vault2 = Vault::read(second.dir.path);
    REQUIRE(vault && vault2);
    const Bytes old = *vault->recoveryRequest(), request = *vault->recoveryRequest(), foreign = *vault2->recoveryRequest();
    EXPECT_EQ(errorOf(openStep1(other->bundle, request, a)), std::string(name(Err::Invalid)));
    auto answer = [&](const Bytes& to) { return openStep2(*openStep1(recovery->bundle, to, a), b)->reply; };
    const Bytes before = readFile(made.dir / "vault.bin");
    EXPECT_EQ(errorOf(vault->acceptRecovery(answer(old), secret("n"), cheap())), std::string(name(Err::Corrupt)));
    EXPECT_EQ(errorOf(vault->acceptRecovery(answer(foreign), secret("n"), cheap())), std::string(name(Err::Corrupt)));
    EXPECT_EQ(errorOf(vault->acceptRecovery("", secret("n"), cheap())), std::string(name(Err::Corrupt)));
    EXPECT(readFile(made.dir / "vault.bin") == before);
    EXPECT(vault->acceptRecovery(answer(request), secret("n"), cheap()));
}

CASE("recovery needs two to sixteen different administrators with usable keys")
{
    const auto a = crypto::BoxKey::generate(systemRandom()), b = crypto::BoxKey::generate(systemRandom());
    EXPECT_EQ(errorOf(makeRecovery({a.publicKey}, systemRandom())), std::string(name(Err::Invalid)));
    EXPECT_EQ(errorOf(makeRecovery({a.publicKey, a.publicKey}, systemRandom())), std::string(name(Err::Invalid)));
    EXPECT_EQ(errorOf(makeRecovery({a.publicKey, "short"}, systemRandom())), std::string(name(Err::Invalid)));
    EXPECT_EQ(errorOf(makeRecovery({a.publicKey, Bytes(32, '\0')}, systemRandom())), std::string(name(Err::Invalid)));
    EXPECT_EQ(errorOf(makeRecovery(std::vector<Bytes>(17, b.publicKey), systemRandom())), std::string(name(Err::Invalid)));
}

CASE("bundle, request, first step and answer refuse every cut and every flipped bit")
{
    const auto a = crypto::BoxKey::generate(systemRandom()), b = crypto::BoxKey::generate(systemRandom());
    auto recovery = makeRecovery({a.publicKey, b.publicKey}, systemRandom());
    REQUIRE(recovery);
    Made made(recovery->publicKey);
    auto vault = Vault::read(made.dir.path);
    REQUIRE(vault);
    const Bytes request = *vault->recoveryRequest(), step = *openStep1(recovery->bundle, request, a);
    const Bytes answer = openStep2(step, b)->reply;
    auto each = [](const Bytes& good, const std::function<bool(const Bytes&)>& refused) {
        size_t wrong = 0;
        for (size_t n = 0; n < good.size(); ++n) wrong += !refused(good.substr(0, n));
        for (size_t bit = 0; bit < good.size() * 8; ++bit) {
            Bytes bad = good;
            bad[bit / 8] = char(bad[bit / 8] ^ (1 << (bit % 8)));
            wrong += !refused(bad);
        }
        EXPECT_EQ(wrong, size_t(0));
    };
    each(recovery->bundle, [&](const Bytes& x) { return !openStep1(x, request, a); });
    each(request, [&](const Bytes& x) { return !openStep1(recovery->bundle, x, a); });
    each(step, [&](const Bytes& x) { return !openStep2(x, b); });
    each(answer, [&](const Bytes& x) { return !vault->acceptRecovery(x, secret("n"), cheap()); });
}

CASE("with a factor the passphrase alone opens nothing, and a factor that is missing or another's is no wrong try")
{
    const Admins admins;
    Made made(admins.key.publicKey);
    const auto word = secret("correct horse 正确");
    const auto factor = Factor::generate(systemRandom()), other = Factor::generate(systemRandom());
    {
        auto vault = Vault::read(made.dir.path);
        REQUIRE(vault);
        EXPECT(vault->factor().empty());
        EXPECT_EQ(errorOf(vault->setFactor(made.opened, word, &factor, cheap())), kNone);
    }
    auto vault = Vault::read(made.dir.path);
    REQUIRE(vault);
    EXPECT(vault->factor() == factor.id);
    for (int i = 0; i < 9; ++i) {
        EXPECT_EQ(errorOf(vault->unlock(word)), kNotFound);
        EXPECT_EQ(errorOf(vault->unlock(word, &other.secret)), kNotFound);
    }
    EXPECT_EQ(vault->waitMs(), Millis(0));
    EXPECT(!fs::exists(made.dir / "tries"));
    EXPECT_EQ(errorOf(vault->unlock(secret("wrong"), &factor.secret)), kWrong);
    EXPECT(fs::exists(made.dir / "tries"));
    auto opened = vault->unlock(word, &factor.secret);
    REQUIRE(opened);
    EXPECT(opened->storeKey.view() == made.opened.storeKey.view());
    EXPECT(readFile(made.dir / "vault.bin").find(factor.secret.view()) == std::string::npos);
}

CASE("a factor stays when the passphrase changes, and goes when it is taken away; the file is of version 2 as long as it is there")
{
    const Admins admins;
    Made made(admins.key.publicKey);
    const auto factor = Factor::generate(systemRandom());
    auto vault = Vault::read(made.dir.path);
    REQUIRE(vault);
    EXPECT_EQ(int(readFile(made.dir / "vault.bin")[4]), 1);
    EXPECT(vault->setFactor(made.opened, secret("correct horse 正确"), &factor, cheap()));
    EXPECT_EQ(int(readFile(made.dir / "vault.bin")[4]), 2);
    EXPECT_EQ(errorOf(vault->changePassphrase(secret("correct horse 正确"), secret("new"), cheap())), kNotFound);
    EXPECT_EQ(errorOf(vault->changePassphrase(secret("correct horse 正确"), secret("new"), cheap(), &factor.secret)), kNone);
    auto again = Vault::read(made.dir.path);
    REQUIRE(again);
    EXPECT(again->factor() == factor.id);
    EXPECT_EQ(errorOf(again->unlock(secret("new"))), kNotFound);
    EXPECT_EQ(errorOf(again->unlock(secret("correct horse 正确"), &factor.secret)), kWrong);
    EXPECT(again->unlock(secret("new"), &factor.secret));
    EXPECT_EQ(errorOf(again->setFactor(made.opened, secret("new"), nullptr, cheap())), kNone);
    auto alone = Vault::read(made.dir.path);
    REQUIRE(alone);
    EXPECT(alone->factor().empty());
    EXPECT(alone->unlock(secret("new")));
    EXPECT_EQ(int(readFile(made.dir / "vault.bin")[4]), 1);
}

CASE("a store that nobody could recover gets no factor")
{
    Made made;
    const auto factor = Factor::generate(systemRandom());
    const Bytes before = readFile(made.dir / "vault.bin");
    auto vault = Vault::read(made.dir.path);
    REQUIRE(vault);
    EXPECT_EQ(errorOf(vault->setFactor(made.opened, secret("correct horse 正确"), &factor, cheap())), kNotFound);
    EXPECT(readFile(made.dir / "vault.bin") == before);
    EXPECT(vault->unlock(secret("correct horse 正确")));
}

CASE("a lost factor ends with the store open under a new one")
{
    const Admins admins;
    Made made(admins.key.publicKey);
    const auto lost = Factor::generate(systemRandom()), fresh = Factor::generate(systemRandom());
    auto vault = Vault::read(made.dir.path);
    REQUIRE(vault);
    EXPECT(vault->setFactor(made.opened, secret("correct horse 正确"), &lost, cheap()));
    const auto request = vault->recoveryRequest();
    REQUIRE(request);
    auto opened = vault->acceptRecovery(admins.answer(*request), secret("new"), cheap(), &fresh);
    REQUIRE(opened);
    EXPECT(opened->storeKey.view() == made.opened.storeKey.view());
    auto again = Vault::read(made.dir.path);
    REQUIRE(again);
    EXPECT_EQ(errorOf(again->unlock(secret("new"))), kNotFound);
    EXPECT_EQ(errorOf(again->unlock(secret("new"), &lost.secret)), kNotFound);
    EXPECT(again->unlock(secret("new"), &fresh.secret));
}

CASE("a vault that opens with and without a factor is damaged: the factor would be worth nothing")
{
    const Admins admins;
    Made made(admins.key.publicKey);
    const auto factor = Factor::generate(systemRandom());
    const auto wraps = [&] { return readFile(made.dir / "vault.bin"); };
    const Bytes alone = wraps();
    EXPECT(Vault::read(made.dir.path)->setFactor(made.opened, secret("correct horse 正确"), &factor, cheap()));
    const Bytes with = wraps();
    // magic, version, count | kind, length, bytes …: the passphrase's wrap of the one put before those of the other
    const size_t head = 6, first = 1 + 4 + static_cast<unsigned char>(alone[7]) + 256u * static_cast<unsigned char>(alone[8]);
    EXPECT_EQ(int(alone[6]), 1);
    Bytes both = with.substr(0, head) + alone.substr(head, first) + with.substr(head, with.size() - head - crypto::kHashSize);
    both[5] = char(both[5] + 1);
    both += crypto::hash("zt.store.frame", {both});
    writeFile(made.dir / "vault.bin", both);
    EXPECT_EQ(errorOf(Vault::read(made.dir.path)), std::string(name(Err::Corrupt)));
}

CASE("a vault cut at any byte or with any bit flipped is damaged, not a wrong passphrase, and stays as it is")
{
    const Admins admins;
    Made made(admins.key.publicKey);
    const auto factor = Factor::generate(systemRandom());
    for (const bool withFactor : {false, true}) {
        if (withFactor) EXPECT(Vault::read(made.dir.path)->setFactor(made.opened, secret("p"), &factor, cheap()));
        const Bytes good = readFile(made.dir / "vault.bin");
        size_t wrong = 0;
        auto bad = [&](const Bytes& bytes) {
            writeFile(made.dir / "vault.bin", bytes);
            const auto vault = Vault::read(made.dir.path);
            wrong += vault || vault.error().kind != Err::Corrupt;
            wrong += readFile(made.dir / "vault.bin") != bytes;
        };
        for (size_t n = 0; n < good.size(); ++n) bad(good.substr(0, n));
        for (size_t bit = 0; bit < good.size() * 8; ++bit) {
            Bytes b = good;
            b[bit / 8] = char(b[bit / 8] ^ (1 << (bit % 8)));
            bad(b);
        }
        bad(good + "x");
        bad(Bytes(70'000, 'x'));
        EXPECT_EQ(wrong, size_t(0));
        writeFile(made.dir / "vault.bin", good);
    }
    fs::remove(made.dir / "vault.bin");
    EXPECT_EQ(errorOf(Vault::read(made.dir.path)), std::string(name(Err::NotFound)));
}

} // namespace zt::store
