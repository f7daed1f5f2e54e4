#include "factor.h"

#include "zt/desk/desk.h"
#include "zt/store/recovery.h"
#include "zt/test/keychain.h"
#include "zt/test/test.h"

#include <csignal>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <sys/wait.h>
#include <unistd.h>

using namespace zt;
using namespace zt::desk;
using namespace zt::test;
namespace fs = std::filesystem;

namespace {

long g_callsLeft = -1; //!< the process ends before the last of them; below 0: never

void count()
{
    if (g_callsLeft > 0 && --g_callsLeft == 0) ::raise(SIGKILL);
}
template <class F>
F real(const char* name, F)
{
    return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

} // namespace

// Every call that makes something last, also the keychain's of these tests: in place of libc's.
extern "C" int rename(const char* from, const char* to) noexcept
{
    count();
    return real("rename", ::rename)(from, to);
}
extern "C" int unlink(const char* file) noexcept
{
    count();
    return real("unlink", ::unlink)(file);
}
extern "C" int fsync(int fd)
{
    count();
    return real("fsync", ::fsync)(fd);
}

namespace {

crypto::KdfParams cheap() { return {1, 8u << 20, {}}; }
crypto::Secret word(std::string_view text = "passphrase 1") { return crypto::Secret(BytesView(text)); }

//! A person's vault, and the two who can open it otherwise.
struct Home {
    fs::path folder = fs::temp_directory_path() / ("zt-factor-" + hex(systemRandom().bytes(8)));
    crypto::BoxKey a = crypto::BoxKey::generate(systemRandom()), b = crypto::BoxKey::generate(systemRandom());
    store::RecoveryKey key = *store::makeRecovery({a.publicKey, b.publicKey}, systemRandom());
    Bytes storeKey;

    explicit Home(bool recovery = true)
    {
        fs::create_directories(folder);
        const crypto::Secret passphrase = word(), seed(Bytes(32, 's')), box(Bytes(32, 'b'));
        store::Vault::New what{&passphrase, &seed, &box, recovery ? key.publicKey : Bytes(), "owner", cheap()};
        const auto made = store::Vault::create(folder, what, systemRandom());
        EXPECT(made);
        if (made) storeKey = Bytes(made->storeKey.view());
    }
    ~Home() { fs::remove_all(folder); }

    Result<Unlocked> unlock(Keychain* keychain, const crypto::Secret& passphrase = word(), const std::optional<store::Factor>& kept = {}) const
    {
        ZT_LET(vault, store::Vault::read(folder));
        return desk::unlock(vault, passphrase, keychain, kept);
    }
    //! Unlocks and does what the policy asks, as a desk does.
    SecondFactor settle(Keychain* keychain, Asked asked) const
    {
        auto vault = store::Vault::read(folder);
        auto unlocked = vault ? desk::unlock(*vault, word(), keychain) : Error(vault.error());
        EXPECT(unlocked);
        return unlocked ? desk::settle(*vault, *unlocked, word(), asked, keychain, systemRandom(), cheap()) : SecondFactor::Failed;
    }
    bool opens(Keychain* keychain, const crypto::Secret& passphrase = word()) const
    {
        const auto unlocked = unlock(keychain, passphrase);
        return unlocked && unlocked->opened.storeKey.view() == storeKey;
    }
    std::string refusal(Keychain* keychain) const
    {
        const auto unlocked = unlock(keychain);
        return unlocked ? "none" : std::string(ofKeychain(unlocked.error()) ? "keychain " : "") + std::string(name(unlocked.error().kind));
    }
    bool tried() const { return fs::exists(folder / "tries"); }
    //! \param other in place of the administrators' answer
    bool accept(Keychain* keychain, std::string_view passphrase, const Bytes& other = {}) const
    {
        auto vault = store::Vault::read(folder);
        const auto request = vault->recoveryRequest();
        EXPECT(request);
        const auto reply = store::openStep2(*store::openStep1(key.bundle, *request, a), b);
        std::ofstream(folder / "reply", std::ios::binary) << (other.empty() ? reply->reply : other);
        auto done = std::make_shared<std::promise<bool>>();
        desk::acceptRecovery(folder, folder / "reply", word(passphrase), {keychain, [](auto*) {}}, [](const std::function<void()>& job) { job(); },
                             [done](const Result<void>& r) { done->set_value(bool(r)); });
        return done->get_future().get();
    }
};

} // namespace

CASE("the keychain becomes a factor at the unlock after policy asks, and the passphrase alone opens the store no more")
{
    const Home home;
    FakeKeychain keychain, elsewhere;
    EXPECT_EQ(home.settle(&keychain, Asked::No), SecondFactor::Off);
    EXPECT(keychain.names().empty());
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::On);
    EXPECT(home.opens(&keychain));
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::On);
    EXPECT_EQ(keychain.names().size(), size_t(1));
    // The folder on another PC, by the right passphrase.
    EXPECT_EQ(home.refusal(&elsewhere), "keychain not_found");
    EXPECT_EQ(home.refusal(nullptr), "keychain unavailable");
    EXPECT(!home.tried());
    // The keychain without the passphrase.
    EXPECT(!home.opens(&keychain, word("guess")));
}

CASE("the factor goes when policy asks no longer, and stays while that is in doubt")
{
    const Home home;
    FakeKeychain keychain;
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::On);
    EXPECT_EQ(home.settle(&keychain, Asked::InDoubt), SecondFactor::On);
    EXPECT(!home.opens(nullptr));
    EXPECT_EQ(home.settle(&keychain, Asked::No), SecondFactor::Off);
    EXPECT(keychain.names().empty());
    EXPECT(home.opens(nullptr));
    EXPECT_EQ(home.settle(&keychain, Asked::InDoubt), SecondFactor::Off);
}

CASE("no service, a locked keyring, an emptied one, another's secret: each refused as what it is, and none counts as a wrong passphrase")
{
    const Home home;
    FakeKeychain keychain;
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::On);
    for (int i = 0; i < 9; ++i) {
        keychain.fails = Err::Unavailable;
        EXPECT_EQ(home.refusal(&keychain), "keychain unavailable");
        keychain.fails = Err::Denied;
        EXPECT_EQ(home.refusal(&keychain), "keychain denied");
        keychain.fails.reset();
        const auto kept = keychain.entries;
        keychain.entries.begin()->second = Bytes(32, 'x');
        EXPECT_EQ(home.refusal(&keychain), "keychain not_found");
        keychain.entries.clear();
        EXPECT_EQ(home.refusal(&keychain), "keychain not_found");
        keychain.entries = kept;
    }
    EXPECT(!home.tried());
    EXPECT(home.opens(&keychain));
}

CASE("where the factor cannot be made, the store opens as before, the reason is told, and the next unlock tries again")
{
    const Home home, alone(false);
    FakeKeychain keychain;
    EXPECT_EQ(home.settle(nullptr, Asked::Yes), SecondFactor::NoService);
    keychain.fails = Err::Unavailable;
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::NoService);
    keychain.fails = Err::Denied;
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::Locked);
    keychain.fails = Err::Io;
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::Failed);
    keychain.fails.reset();
    keychain.forgets = true; // takes everything, keeps nothing: found by reading back
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::Failed);
    EXPECT(home.opens(nullptr));
    keychain.forgets = false;
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::On);
    FakeKeychain other;
    EXPECT_EQ(alone.settle(&other, Asked::Yes), SecondFactor::NoRecovery);
    EXPECT(other.names().empty() && alone.opens(nullptr));
}

CASE("several people on one PC have an entry each; one's does not open the other's")
{
    const Home one, two;
    FakeKeychain keychain;
    EXPECT_EQ(one.settle(&keychain, Asked::Yes), SecondFactor::On);
    EXPECT_EQ(two.settle(&keychain, Asked::Yes), SecondFactor::On);
    EXPECT_EQ(keychain.names().size(), size_t(2));
    EXPECT(one.opens(&keychain) && two.opens(&keychain));
    std::swap(keychain.entries.begin()->second, std::next(keychain.entries.begin())->second);
    EXPECT_EQ(one.refusal(&keychain), "keychain not_found");
}

CASE("an open desk keeps the factor: what becomes of the keyring meanwhile does not lock the person out of it")
{
    const Home home;
    FakeKeychain keychain;
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::On);
    const auto open = home.unlock(&keychain);
    REQUIRE(open);
    keychain.entries.clear();
    EXPECT(home.unlock(&keychain, word(), open->factor));
    EXPECT(home.unlock(nullptr, word(), open->factor));
    const auto wrong = home.unlock(nullptr, word("wrong"), open->factor);
    EXPECT(!wrong && wrong.error().kind == Err::Unauthenticated && !ofKeychain(wrong.error()));
    // The factor of another time does not do.
    EXPECT(!home.unlock(nullptr, word(), store::Factor::generate(systemRandom())));
}

CASE("an emptied keyring: two administrators open the store, with a new secret in the keyring")
{
    const Home home;
    FakeKeychain keychain;
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::On);
    const auto lost = keychain.names();
    keychain.entries.clear();
    EXPECT(home.accept(&keychain, "another passphrase"));
    EXPECT_EQ(keychain.names().size(), size_t(1));
    EXPECT(keychain.names() != lost);
    EXPECT(home.opens(&keychain, word("another passphrase")));
    EXPECT(!home.opens(nullptr, word("another passphrase")));
}

CASE("an answer that is not this store's leaves nothing in the keyring, and the store as it was")
{
    const Home home;
    FakeKeychain keychain;
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::On);
    const auto before = keychain.names();
    EXPECT(!home.accept(&keychain, "another passphrase", Bytes("no answer")));
    EXPECT(keychain.names() == before && home.opens(&keychain));
}

CASE("a keyring that stays locked: two administrators open the store all the same, and the next unlock makes it a factor again")
{
    const Home home;
    FakeKeychain keychain;
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::On);
    keychain.fails = Err::Denied;
    EXPECT(home.accept(&keychain, "passphrase 1"));
    EXPECT(home.opens(nullptr));
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::Locked);
    keychain.fails.reset();
    EXPECT_EQ(home.settle(&keychain, Asked::Yes), SecondFactor::On);
    EXPECT(!home.opens(nullptr));
}

CASE("killed before any step of making or taking away the factor, the store opens as before or as after")
{
    for (const auto& [from, to] : {std::pair{Asked::No, Asked::Yes}, std::pair{Asked::Yes, Asked::No}}) {
        const Home home;
        const fs::path kept = home.folder / "keychain";
        fs::create_directories(kept);
        {
            FileKeychain keychain(kept);
            (void)home.settle(&keychain, from);
        }
        const fs::path start = home.folder.string() + ".start";
        fs::copy(home.folder, start, fs::copy_options::recursive);
        int kills = 0, needed = 0;
        for (long n = 1;; ++n) {
            fs::remove_all(home.folder);
            fs::copy(start, home.folder, fs::copy_options::recursive);
            const pid_t child = ::fork();
            if (child == 0) {
                FileKeychain keychain(kept);
                auto vault = store::Vault::read(home.folder);
                auto unlocked = desk::unlock(*vault, word(), &keychain);
                g_callsLeft = n;
                (void)desk::settle(*vault, *unlocked, word(), to, &keychain, systemRandom(), cheap());
                ::_exit(0);
            }
            int status = -1;
            ::waitpid(child, &status, 0);
            FileKeychain keychain(kept);
            EXPECT(home.opens(&keychain));
            const auto vault = store::Vault::read(home.folder);
            needed += vault && !vault->factor().empty();
            // And goes on from there.
            EXPECT_EQ(home.settle(&keychain, to), to == Asked::Yes ? SecondFactor::On : SecondFactor::Off);
            if (WIFEXITED(status)) break;
            EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
            ++kills;
        }
        EXPECT(kills >= 4);
        EXPECT(needed > 0 && needed <= kills); // some died before the wrap was replaced, some after
        fs::remove_all(start);
    }
}

CASE("of the PC's policy and the hub's the one that asks for the keychain holds; what was refused asks for nothing and takes nothing away")
{
    const auto policy = [](const char* text) { return readPolicyTexts({{"a.json", text}}); };
    const Policy none, yes = policy(R"({"keychain": true})"), no = policy(R"({"keychain": false})"), broken = policy("{"), bad = policy(R"({"keychain": 1})");
    EXPECT_EQ(none.keychain(none), Asked::No);
    for (const Policy* p : {&none, &no, &broken, &bad}) {
        EXPECT_EQ(p->keychain(yes), Asked::Yes);
        EXPECT_EQ(yes.keychain(*p), Asked::Yes);
    }
    EXPECT_EQ(no.keychain(none), Asked::No);
    for (const Policy* p : {&broken, &bad}) {
        EXPECT_EQ(p->keychain(no), Asked::InDoubt);
        EXPECT_EQ(none.keychain(*p), Asked::InDoubt);
    }
    EXPECT(no.with(yes).fixes("keychain") && std::get<bool>(no.with(yes).find("keychain")->value));
    EXPECT(std::get<bool>(yes.with(no).find("keychain")->value));
}
