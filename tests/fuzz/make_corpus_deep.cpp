// Seeds that take a hub or a file of ours to make.
#include "make_corpus.h"
#include "province.h"
#include "recovery_format.h"
#include "zt/crypto/blob.h"
#include "zt/crypto/pki.h"
#include "zt/crypto/sign.h"
#include "zt/hub/evidence.h"
#include "zt/store/recovery.h"
#include "zt/store/vault.h"

using namespace zt;

namespace fuzz {

namespace {

//! What the fields of one of our small files are: without magic, version and closing hash.
std::string fields(const Bytes& file) { return file.substr(5, file.size() - 5 - crypto::kHashSize); }

void putDesk(const std::filesystem::path& root, const std::string& name, const std::function<void(wire::HubFrame&)>& fill)
{
    wire::HubFrame f;
    fill(f);
    put(root / "desk", name, heard({f}));
}

} // namespace

void lines(const std::filesystem::path& root)
{
    test::Province p;
    (void)p.does("drafter", p.draft("m/1"));
    (void)p.does("head", p.act("m/1", "review#1", wire::CHOICE_AGREE));
    (void)p.does("director", p.act("m/1", "sign#1", wire::CHOICE_SIGN));
    p.settle();
    const auto ca = crypto::makeCa(p.hubKey, "root", 0, p.clock.t + 1'000'000'000);
    const auto evidence = hub::exportMatter(*p.log, "hub-1", "m/1", ca.value_or(""), p.core->checkpoint(), p.hubKey);
    if (evidence) put(root / "evidence", "matter", evidence->SerializeAsString());

    putDesk(root, "receipt", [](auto& f) { f.mutable_receipt()->set_outcome(wire::SUPERSEDED); });
    putDesk(root, "refused", [](auto& f) { f.mutable_refused()->set_id(Bytes(16, 'i')); });
    putDesk(root, "welcome", [](auto& f) { f.mutable_welcome()->set_incarnation(Bytes(16, '2')); f.mutable_welcome()->set_new_incarnation(true); });
    putDesk(root, "position", [](auto& f) { f.mutable_position()->set_position(9); f.mutable_position()->set_live(true); });
    putDesk(root, "read_end", [](auto& f) { f.mutable_read_end()->set_stream("m/1"); f.mutable_read_end()->set_head(3); });
    putDesk(root, "closed", [](auto& f) { f.mutable_closed()->set_why(wire::Closed::REVOKED); });
    putDesk(root, "time", [](auto& f) { f.mutable_time()->set_ms(1); });

    wire::DeskFrame read, heads, offer, mark;
    read.mutable_reads()->add_reads()->set_stream("m/1");
    read.mutable_reads()->mutable_reads(0)->set_from(1);
    heads.mutable_heads();
    offer.mutable_offer();
    mark.mutable_mark()->set_stream("m/1");
    put(root / "session", "read", said(read));
    put(root / "session", "heads", said(heads));
    put(root / "session", "offer", said(offer));
    put(root / "session", "mark", said(mark));
    wire::DeskFrame submit;
    for (const auto& c : {p.draft("m/9"), p.act("m/2", "review#1", wire::CHOICE_AGREE)}) {
        submit.mutable_submit()->set_bytes(c.SerializeAsString());
        put(root / "session", c.stream() == "m/9" ? "submit" : "agree", said(submit));
    }
}

void files(const std::filesystem::path& root)
{
    const auto dir = folder() / "seeds";
    std::filesystem::create_directories(dir);
    Random& random = systemRandom();
    const auto admin = crypto::BoxKey::generate(random), other = crypto::BoxKey::generate(random);
    const auto recovery = store::makeRecovery({admin.publicKey, other.publicKey}, random);
    const crypto::Secret passphrase(BytesView("passphrase")), seed(BytesView(Bytes(32, 's')));
    store::Vault::New what{&passphrase, &seed, &seed, recovery->publicKey, "somebody", crypto::KdfParams{1, 8u << 20, Bytes(16, 's')}};
    const auto made = store::Vault::create(dir, what, random);
    auto vault = store::Vault::read(dir);
    if (!vault) return;
    std::ifstream in(dir / "vault.bin", std::ios::binary);
    const Bytes file((std::istreambuf_iterator<char>(in)), {});
    const auto factor = store::Factor::generate(random);
    if (made) (void)store::Vault::read(dir)->setFactor(*made, passphrase, &factor, what.kdf);
    std::ifstream with(dir / "vault.bin", std::ios::binary);
    put(root / "vault", "vault-factor", char(0) + fields(Bytes((std::istreambuf_iterator<char>(with)), {})));
    const auto request = vault->recoveryRequest();
    const auto step = store::openStep1(recovery->bundle, *request, admin);
    put(root / "vault", "vault", char(0) + fields(file));
    put(root / "vault", "vault-whole", char(8) + file);
    put(root / "vault", "tries", char(1) + Bytes(32, '\1'));
    put(root / "vault", "request", char(2) + fields(*request));
    put(root / "vault", "reply", char(3) + fields(store::packReply(Bytes(80, 's'))));
    put(root / "vault", "bundle", char(4) + fields(recovery->bundle));
    if (step) put(root / "vault", "step", char(5) + fields(*step));
    put(root / "vault", "request-of-bundle", char(6) + fields(*request));
    put(root / "vault", "code", char(7) + *request);

    put(root / "signature", "own", Bytes("\x01\x20\x00", 3) + Bytes(32, 'k') + Bytes("\x40\x00", 2) + Bytes(64, '\0') + "message");
    put(root / "signature", "foreign", Bytes("\x00\x20\x00", 3) + crypto::SigningKey::generate(random).publicKey() + Bytes("\x40\x00", 2) + Bytes(64, 's') + "message");
    put(root / "blob", "small", Bytes("\x10\x03\x00\x2c\x00\x01", 6) + Bytes(44, 'x'));
    put(root / "blob", "large-numbers", Bytes("\x03\xff\xff\xff\xff\xff\xff\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x7f\x02", 18));
    put(root / "settings", "settings", R"({"proxy":"http://p:1","idle_lock_minutes":10,"language":"zh","theme":"dark","text_size":1,"density":0,"notifications":true,"close_to_tray":false})");
    put(root / "settings", "account", R"({"person":"p","name":"张","unit":"办","hub":"h:1","last_used":1})");
    std::filesystem::remove_all(dir);
}

} // namespace fuzz
