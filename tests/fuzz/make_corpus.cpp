// Writes the generated seeds: make_corpus <folder of corpora>. Run it again after the wire format grows.
#include "make_corpus.h"

#include "http2.h"
#include "zt/crypto/selftest.h"
#include "zt/crypto/sign.h"
#include "zt/test/world.h"

using namespace zt;
using fuzz::put;

//! Both ends of a short call, as they go over the wire; each piece with its length, and the side that reads it in front (see http2.cpp).
static void calls(const std::filesystem::path& root)
{
    struct Quiet final : rpc::Http2::Stream {
        void received(std::string) override {}
        void written() override {}
        void closed(const rpc::Status&) override {}
    } desk, hub;
    int32_t id = 0;
    const rpc::Http2::Limits limits{16u << 10, 64u << 10, 4};
    rpc::Http2 client(limits), server(limits, [&](int32_t i, const std::string&) { id = i; return &hub; });
    std::string up, down;
    auto move = [](rpc::Http2& from, rpc::Http2& to, std::string& kept) {
        for (auto bytes = from.next(); !bytes.empty(); bytes = from.next()) {
            (void)to.take(std::string(bytes));
            for (size_t at = 0; at < bytes.size(); at += 9) (kept += char(1)) += bytes.substr(at, 9);
        }
    };
    const int32_t call = client.open("/zt.wire.Hub/Sync", "hub:7443", desk);
    client.write(call, std::string("\0\0\0\0\5hello", 10));
    client.read(call);
    move(client, server, up);
    server.accept(id);
    server.write(id, std::string("\0\0\0\0\5world", 10));
    move(server, client, down);
    server.finish(id, {rpc::Code::PermissionDenied, "不"});
    client.ping();
    move(server, client, down);
    move(client, server, up);
    put(root / "http2", "server", char(1) + up);
    put(root / "http2", "client", char(0) + down);
}

static void commands(const std::filesystem::path& root)
{
    test::World w;
    int n = 0;
    auto send = [&](const wire::Command& c) {
        put(root / "command", "seed-" + std::to_string(++n), c.SerializeAsString());
        wire::DeskFrame f;
        f.mutable_submit()->set_bytes(c.SerializeAsString());
        f.mutable_submit()->set_signature(Bytes(64, 's'));
        f.mutable_submit()->set_suite(1);
        put(root / "frames", "desk-" + std::to_string(n), f.SerializeAsString());
        put(root / "session", "seed-" + std::to_string(n), fuzz::said(f));
        (void)w.submit(c);
    };
    send(w.submission("lin"));
    send(w.act("shan", wire::CHOICE_RETURN, "标题不妥。"));
    send(w.submission("lin", test::Province::notice("关于切实做好防汛工作的通知")));
    send(w.act("zeng", wire::CHOICE_AGREE, "同意"));
    send(w.opinion("lin", "补充"));
    send(w.act("zhao", wire::CHOICE_SIGN, "发"));
    send(w.withdrawal("lin"));
    for (const auto& stream : w.streams("in/")) {
        auto c = w.from(w.incoming(stream).unit == "city" ? "clerk.city" : "clerk.county", stream);
        c.mutable_sign_for()->set_note("收到");
        send(c);
    }
    for (const char* who : {"sys", "sec"}) {
        auto c = w.from(who, directory::kStream);
        c.clear_device();
        if (*who == 's' && who[1] == 'y') c.mutable_put_unit()->set_id("x"), c.mutable_put_unit()->set_name("新处");
        else *c.mutable_put_role() = test::Province::roleOf("x", wire::ROLE_AUDIT);
        send(c);
    }
    auto policy = w.from("sec", directory::kStream);
    policy.clear_device();
    auto& asked = *policy.mutable_put_policy();
    asked.set_number(1);
    asked.set_settings(R"({"idle_lock_minutes":{"at_most":15}})");
    asked.set_minimum_version("1.2.3");
    asked.set_lease_days(30);
    asked.set_address("hub.example:7601");
    asked.set_by("sec");
    send(policy);
    std::vector<wire::HubFrame> pages(2);
    const auto kept = directory::keptFacts(w.province.directory);
    for (uint32_t i = 0; i < 2; ++i) {
        wire::KeptFacts part;
        for (size_t k = i; k < kept.size(); k += 2) *part.add_facts() = kept[k];
        auto& page = *pages[i].mutable_page();
        page.set_stream(directory::kStream);
        page.set_version(100);
        page.set_head(Bytes(32, 'h'));
        page.set_index(i);
        page.set_count(2);
        page.set_facts(part.SerializeAsString());
    }
    put(root / "frames", "hub-page", pages[0].SerializeAsString());
    put(root / "desk", "seed-pages", fuzz::heard(pages));
    int e = 0;
    const std::vector<std::string> prefixes{"m/", "in/", "dir", "acc/", "reg/"};
    for (const auto& [stream, events] : w.events) {
        wire::Events list;
        list.set_stream(stream);
        for (const auto& event : events) *list.add_events() = event;
        char kind = 0;
        for (size_t i = 0; i < prefixes.size(); ++i)
            if (stream.rfind(prefixes[i], 0) == 0) kind = char(i);
        put(root / "event", "seed-" + std::to_string(++e), kind + list.SerializeAsString());
        wire::HubFrame f;
        *f.mutable_events() = list;
        put(root / "frames", "hub-" + std::to_string(e), f.SerializeAsString());
        put(root / "desk", "seed-" + std::to_string(e), fuzz::heard({f}));
    }
}

int main(int argc, char** argv)
{
    if (argc != 2 || !crypto::start()) return 1;
    calls(argv[1]);
    commands(argv[1]);
    fuzz::lines(argv[1]);
    fuzz::files(argv[1]);
    return 0;
}
