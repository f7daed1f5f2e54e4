//! Makes what the bench measures on: bench_fill DIR MATTERS CLIENTS PORT [MATTERS OF A CLIENT | course]
//!
//!     course             each matter goes its whole way: submitted, returned with an opinion, revised, agreed, signed, numbered, dispatched
//!     DIR/hub            data folder of a hub whose head of office holds MATTERS documents to review
//!     DIR/head, writer   account folders of two desks, enrolled and empty; DIR/head.keys their raw keys for the door
//!     DIR/load/NN.*      CLIENTS device certificates, keys and names for bench_hub, each with own matters
//!
//! Everything goes the product's way: commands are signed, decided and appended by hub::Core, grants are its follow-ups. Only the desks' keys are
//! made here instead of over the enrolment port.
#include "load.h"
#include "texts.h"

#include "zt/base/id.h"
#include "zt/crypto/pki.h"
#include "zt/crypto/selftest.h"
#include "zt/hub/admin.h"
#include "zt/hub/folder.h"
#include "zt/store/sql_store.h"
#include "zt/store/vault.h"
#include "zt/test/chain.h"
#include "zt/wire/sealing.h"

#include <filesystem>

namespace fs = std::filesystem;
using namespace zt;
using bench::must;

namespace {

constexpr Millis kDay = 86'400'000;
constexpr int kMattersOfClient = 150, kClientPersons = 64;

struct Device {
    std::string person, name;
    Bytes id;
    crypto::SigningKey key;
    std::string certificate;
};

wire::Definition definition()
{
    return test::chain("gw", "发文", test::withTail({{"draft", "拟稿", "initiator", "draft", ""}, {"review", "审核", "heads", "review", "agree return"}, {"sign", "签发", "post:主任", "sign", "sign return"}}));
}

class Filler {
public:
    Filler(fs::path dir, int port, int clients) : m_dir(std::move(dir))
    {
        hub::ProvinceOptions options;
        options.hubId = "hub-bench";
        options.hosts = {"127.0.0.1", "localhost"};
        options.bind = "127.0.0.1";
        options.port = port;
        options.enrolPort = port + 1;
        must(hub::createProvince(m_dir / "hub", options, systemClock(), systemRandom()), "province");
        m_hub = must(hub::OpenHub::open(m_dir / "hub", systemClock(), systemRandom()), "hub");
        people(std::max(clients, kClientPersons));
    }

    Device enrol(const std::string& person, const std::string& name)
    {
        Device d{person, name, newId(systemClock(), systemRandom()), crypto::SigningKey::generate(systemRandom()), {}};
        const auto ca = must(m_hub.folder.caKey(), "ca");
        const auto root = must(m_hub.folder.caPem(), "root");
        const Millis now = systemClock().now();
        d.certificate = must(crypto::issue(ca, root, {person + "/" + hex(d.id), {}, d.key.publicKey(), now - kDay, now + 365 * kDay, false}), "certificate");
        wire::Command c;
        auto& e = *c.mutable_enrol_device();
        e.set_device(d.id);
        e.set_person(person);
        e.set_sign_key(d.key.publicKey());
        e.set_box_key(Bytes(32, 'b'));
        e.set_certificate(d.certificate);
        must(m_hub.core->submitOwn("dir", c), "device");
        return d;
    }

    void matters(const Device& by, const std::string& unit, int count, uint32_t firstText, std::vector<std::string>* names = nullptr, const std::vector<const Device*>& way = {})
    {
        constexpr int kGroup = 500;
        std::vector<hub::Core::Door> doors;
        std::vector<wire::Command> submitted;
        const auto hash = wire::definitionHash(definition());
        for (int i = 0; i < count; ++i) {
            if (i % kGroup == 0) m_time = m_hub.core->time();
            const auto text = bench::document(firstText + uint32_t(i));
            wire::Command c;
            c.set_stream("m/" + hex(newId(systemClock(), systemRandom())));
            if (names) names->push_back(c.stream());
            auto& s = *c.mutable_submit();
            s.set_definition("gw");
            s.set_definition_hash(hash);
            auto& d = *s.mutable_document();
            d.set_kind("通知");
            d.set_title(text.title);
            d.set_body(text.body);
            d.set_urgency(i % 50 == 0 ? wire::URGENCY_PRESSING : wire::URGENCY_NONE);
            d.add_recipients("town");
            d.set_issuer(unit);
            d.set_code("示政办发");
            if (!way.empty()) submitted.push_back(c);
            doors.push_back({{by.person, by.id}, sign(by, std::move(c)), false});
            if (int(doors.size()) < kGroup && i + 1 < count) continue;
            flush(doors);
            if (!way.empty()) course(by, *way[0], *way[1], std::exchange(submitted, {}));
        }
    }

    //! What head and director do with documents just submitted.
    void course(const Device& by, const Device& head, const Device& director, std::vector<wire::Command> matters)
    {
        auto each = [&](const Device& who, auto fill) {
            std::vector<hub::Core::Door> doors;
            for (auto& m : matters) {
                wire::Command c;
                c.set_stream(m.stream());
                fill(m, c);
                doors.push_back({{who.person, who.id}, sign(who, std::move(c)), false});
            }
            flush(doors);
        };
        auto act = [&](const Device& who, const char* task, wire::Choice choice, const char* opinion) {
            each(who, [&](wire::Command& m, wire::Command& c) {
                c.set_subject(wire::documentHash(m.submit().document()));
                c.mutable_act()->set_task(task);
                c.mutable_act()->set_choice(choice);
                c.mutable_act()->set_opinion(opinion);
            });
        };
        act(head, "review#1", wire::CHOICE_RETURN, "第二部分请补充时限和责任单位，报送前与财务处会商。");
        each(by, [](wire::Command& m, wire::Command& c) {
            auto& d = *m.mutable_submit()->mutable_document();
            d.set_body(d.body() + "\n各单位于月底前报送落实情况，由综合处汇总。");
            *c.mutable_submit()->mutable_document() = d;
            c.mutable_submit()->set_note("已按意见修改");
        });
        act(head, "review#2", wire::CHOICE_AGREE, "同意，请主任签发。");
        act(director, "sign#1", wire::CHOICE_SIGN, "同意签发。");
    }

    void account(const Device& d, const std::string& folder)
    {
        const fs::path dir = m_dir / folder;
        fs::create_directories(dir / "blobs");
        const crypto::Secret pass(BytesView("bench"));
        const crypto::Secret seed = d.key.seed();
        const auto box = crypto::BoxKey::generate(systemRandom());
        store::Vault::New what;
        what.passphrase = &pass;
        what.signingSeed = &seed;
        what.boxSecret = &box.secretKey;
        what.owner = d.name;
        what.kdf = crypto::KdfParams{2, 64u << 20, systemRandom().bytes(16)};
        const auto opened = must(store::Vault::create(dir, what, systemRandom()), "vault");
        auto db = must(store::SqlStore::create(dir, opened.storeKey), "store");
        const auto& config = m_hub.folder.config();
        const std::pair<const char*, std::string> rows[] = {
            {"id/hub", config.hubId}, {"id/hub_key", m_hub.core->publicKey()}, {"id/person", d.person}, {"id/name", d.name}, {"id/device", d.id},
            {"id/device_name", "bench"}, {"id/address", config.publicAddress}, {"id/province", config.province}, {"id/ca", must(m_hub.folder.caPem(), "root")},
            {"id/certificate", d.certificate}};
        must(db->write([&](sync::Tx& tx) -> Result<void> {
            for (const auto& [k, v] : rows) ZT_TRY(tx.setMeta(k, v));
            return {};
        }), "identity");
        db.reset();
        write(m_dir / (folder + ".keys"), hex(Bytes(opened.storeKey.view())) + "\n" + hex(Bytes(seed.view())) + "\n" + hex(Bytes(box.secretKey.view())) + "\n");
    }

    void client(const Device& d, int number, const std::vector<std::string>& matters)
    {
        const fs::path base = m_dir / "load" / std::to_string(number);
        write(base.string() + ".pem", d.certificate);
        write(base.string() + ".key", must(crypto::privateKeyPem(d.key), "key"));
        write(base.string() + ".seed", Bytes(d.key.seed().view()));
        write(base.string() + ".txt", bench::LoadDevice{base.string(), d.person, d.id, m_hub.log->incarnation(), m_hub.core->position(), matters}.text());
    }

    [[nodiscard]] uint64_t position() const { return m_hub.core->position(); }
    //! Mean size of the events there are, in bytes.
    [[nodiscard]] double meanEvent() const
    {
        constexpr size_t kAtOnce = 4096;
        uint64_t bytes = 0, count = 0;
        for (uint64_t at = 0;;) {
            const auto rows = must(m_hub.log->tail(at, kAtOnce), "events");
            for (const auto& r : rows) bytes += r.event.ByteSizeLong(), ++count, at = r.position;
            if (rows.size() < kAtOnce) return double(bytes) / double(std::max<uint64_t>(1, count));
        }
    }

private:
    static void write(const fs::path& file, const std::string& bytes)
    {
        std::ofstream(file, std::ios::binary) << bytes;
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    }

    wire::SignedCommand sign(const Device& by, wire::Command c)
    {
        c.set_id(newId(systemClock(), systemRandom()));
        c.set_hub("hub-bench");
        c.set_person(by.person);
        c.set_device(by.id);
        c.set_level(wire::levelOf(c));
        c.set_hub_time_ms(m_time.ms());
        c.set_hub_time_sig(m_time.signature());
        return wire::signCommand(c, by.key);
    }

    void flush(std::vector<hub::Core::Door>& doors)
    {
        for (const auto& a : must(m_hub.core->submit(doors), "group"))
            if (!a.receipt || a.receipt->outcome() != wire::APPLIED) {
                std::fprintf(stderr, "refused: %d %d\n", a.receipt ? int(a.receipt->reason()) : -1, a.refused ? int(*a.refused) : -1);
                std::exit(1);
            }
        doors.clear();
        while (must(m_hub.core->followUp(4096), "follow-ups")) {}
    }

    void people(int clients)
    {
        auto admin = hub::makeAdminKey("sys", "系统", wire::ROLE_SYSTEM, "hub-bench", systemRandom());
        must(hub::putFirstRoles(*m_hub.core, {&admin}), "roles");
        std::vector<wire::Command> all;
        auto unit = [&](const char* id, const char* name, const char* parent) {
            auto& u = *all.emplace_back().mutable_put_unit();
            u.set_id(id);
            u.set_name(name);
            u.set_parent(parent);
        };
        auto person = [&](const std::string& id, const std::string& name, const char* in, const char* title, bool head, bool clerk) {
            all.emplace_back().mutable_put_person()->set_id(id);
            all.back().mutable_put_person()->set_name(name);
            auto& p = *all.emplace_back().mutable_put_post();
            p.set_person(id);
            p.set_unit(in);
            p.set_title(title);
            p.set_head(head);
            p.set_clerk(clerk);
        };
        unit("office", "示例省人民政府办公厅", "");
        unit("doc", "文电处", "office");
        unit("load", "综合处", "office");
        unit("town", "云州市人民政府", "");
        person("writer", "林小满", "doc", "科员", false, false);
        person("head", "单晓宇", "doc", "处长", true, false);
        person("director", "赵长庚", "office", "主任", true, false);
        person("clerk", "钱收文", "town", "收文员", false, true);
        person("loadhead", "仇海", "load", "处长", true, false);
        for (int i = 0; i < clients; ++i) person("c" + std::to_string(i), "何川" + std::to_string(i), "load", "科员", false, false);
        *all.emplace_back().mutable_publish_definition()->mutable_definition() = definition();
        const auto sent = must(hub::sendAs(*m_hub.core, admin, all, systemRandom()), "people");
        if (sent.refused) {
            std::fprintf(stderr, "the directory refused record %zu, reason %d\n", sent.refusedAt, int(sent.refused->reason()));
            std::exit(1);
        }
    }

    const fs::path m_dir;
    hub::OpenHub m_hub;
    wire::HubTime m_time;
};

} // namespace

int main(int argc, char** argv)
{
    if (argc < 5 || argc > 6 || !crypto::start()) return 2;
    const bool course = argc == 6 && argv[5] == std::string("course");
    const fs::path dir = argv[1];
    const int matters = std::atoi(argv[2]), clients = std::atoi(argv[3]), ofClient = argc == 6 && !course ? std::atoi(argv[5]) : kMattersOfClient;
    fs::create_directories(dir / "load");
    Filler filler(dir, std::atoi(argv[4]), clients);
    const Device writer = filler.enrol("writer", "林小满"), head = filler.enrol("head", "单晓宇");
    const double from = bench::nowMs();
    const Device director = filler.enrol("director", "赵长庚");
    filler.matters(writer, "office", matters, 0, nullptr, course ? std::vector{&head, &director} : std::vector<const Device*>{});
    bench::out("fill_matters_per_s", matters / (bench::nowMs() - from) * 1000);
    filler.account(writer, "writer");
    filler.account(head, "head");
    std::vector<Device> devices;
    std::vector<std::vector<std::string>> names(static_cast<size_t>(clients));
    for (int i = 0; i < clients; ++i) {
        devices.push_back(filler.enrol("c" + std::to_string(i), "何川"));
        filler.matters(devices.back(), "office", ofClient, uint32_t(matters + i * ofClient), &names[size_t(i)]);
    }
    for (int i = 0; i < clients; ++i) filler.client(devices[size_t(i)], i, names[size_t(i)]);
    bench::out("events", double(filler.position()));
    bench::out("event_bytes", filler.meanEvent());
    std::ofstream(dir / "made") << filler.meanEvent() << "\n";
    return 0;
}
