#include "running.h"

#include "zt/crypto/box.h"
#include "zt/crypto/hash.h"
#include "zt/hub/backup_stamp.h"

#include <arpa/inet.h>
#include <atomic>
#include <fstream>
#include <regex>
#include <set>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace zt;
using namespace zt::test;

namespace {

bool isRefused(const wire::HubFrame& f) { return f.has_refused(); }
bool isClosed(const wire::HubFrame& f) { return f.has_closed(); }

Millis since(Millis start) { return systemClock().steady() - start; }

} // namespace

CASE("server: a command over mutual TLS, its receipt, and the news at another's desk within a second")
{
    Running r;
    REQUIRE(r.server);
    Wire head(r.channel("head")), drafter(r.channel("drafter"));
    EXPECT(head.hello());
    EXPECT(head.live());
    EXPECT(drafter.hello());
    EXPECT(drafter.live());
    const Millis start = systemClock().steady();
    EXPECT(drafter.submit(r.p->sign("drafter", r.p->draft("m/1"))));
    const auto* receipt = drafter.until(isReceipt);
    REQUIRE(receipt);
    EXPECT_EQ(receipt->receipt().outcome(), wire::APPLIED);
    EXPECT(head.until([](const auto& f) { return f.has_events() && f.events().stream() == "acc/head"; }));
    EXPECT(since(start) < 1000);
    EXPECT(head.read("m/1"));
    const auto* end = head.until(isReadEnd);
    REQUIRE(end);
    EXPECT(!end->read_end().denied());
}

CASE("server: when nobody has asked for anything for a second, what was written is in the database itself")
{
    Running r;
    REQUIRE(r.server);
    Wire drafter(r.channel("drafter"));
    EXPECT(drafter.hello());
    EXPECT(drafter.live());
    EXPECT(drafter.submit(r.p->sign("drafter", r.p->draft("m/1"))));
    REQUIRE(drafter.until(isReceipt));
    const auto words = [&] {
        std::ifstream in(r.dir / "hub.db", std::ios::binary);
        return std::string{std::istreambuf_iterator<char>(in), {}}.find("m/1") != std::string::npos;
    };
    const Millis start = systemClock().steady();
    while (!words() && since(start) < 20'000) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT(words());
}

CASE("server: five hundred sign-ins at once are all let in while another desk works; more lines than max_sessions are refused, and only those")
{
#ifdef ZT_SANITIZED
    constexpr int kAtOnce = 50, kThreads = 5; // a handshake costs many times as much there
#else
    constexpr int kAtOnce = 500, kThreads = 10;
#endif
    Running r([](hub::HubConfig& c) { c.maxSessions = c.maxSessionsPerPerson = kAtOnce + 1; });
    REQUIRE(r.server);
    Wire drafter(r.channel("drafter"));
    EXPECT(drafter.hello());
    EXPECT(drafter.live());
    std::vector<std::unique_ptr<Wire>> lines(kAtOnce);
    std::atomic<int> in = 0, done = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
        threads.emplace_back([&, t] {
            for (int i = t; i < kAtOnce; i += kThreads) lines[size_t(i)] = std::make_unique<Wire>(r.channel("head")); // the handshakes begin
            for (int i = t; i < kAtOnce; i += kThreads) in += lines[size_t(i)]->hello() && lines[size_t(i)]->live();
            ++done;
        });
    bool served = true;
    int sent = 0;
    do {
        EXPECT(drafter.submit(r.p->sign("drafter", r.p->draft("m/" + std::to_string(sent++)))));
        served = drafter.until(isReceipt);
    } while (served && done < kThreads);
    for (auto& t : threads) t.join();
    EXPECT(served);
    EXPECT_EQ(in.load(), kAtOnce);
    Wire more(r.channel("clerk"));
    more.hello();
    EXPECT_EQ(more.end(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT(drafter.submit(r.p->sign("drafter", r.p->draft("m/last"))));
    EXPECT(drafter.until(isReceipt));
}

CASE("server: more commands than the limits let in wait in their order; none is lost or refused")
{
    Running r([](hub::HubConfig& c) {
        c.commandsPerSecond = 20;
        c.commandsBurst = 2;
    });
    REQUIRE(r.server);
    Wire drafter(r.channel("drafter"));
    EXPECT(drafter.hello());
    EXPECT(drafter.live());
    std::vector<Bytes> ids, answered;
    for (int i = 0; i < 12; ++i) {
        const auto c = r.p->sign("drafter", r.p->draft("m/" + std::to_string(i)));
        ids.push_back(wire::parseCommand(c.bytes())->id());
        EXPECT(drafter.submit(c));
    }
    for (int i = 0; i < 12; ++i) {
        const auto* receipt = drafter.until(isReceipt);
        REQUIRE(receipt);
        EXPECT_EQ(receipt->receipt().outcome(), wire::APPLIED);
        answered.push_back(receipt->receipt().id());
    }
    EXPECT(answered == ids);
    EXPECT_EQ(drafter.count(isRefused), 0u);
}

CASE("server: no plaintext, no other root, no certificate, none of another root")
{
    Running r;
    REQUIRE(r.server);
    const Desk& d = r.p->desks.at("head");
    {
        Wire plain(grpc::CreateChannel("localhost:" + std::to_string(r.server->port()), grpc::InsecureChannelCredentials()));
        plain.hello();
        EXPECT_EQ(int(plain.end()), int(grpc::StatusCode::UNAVAILABLE));
    }
    const auto otherKey = crypto::SigningKey::generate(systemRandom());
    const Millis now = systemClock().now();
    const auto otherCa = *crypto::makeCa(otherKey, "other", now - kDay, now + kDay);
    const auto otherCert = *crypto::issue(otherKey, otherCa, {"head/" + hex(d.device), {}, d.key.publicKey(), now - kDay, now + kDay, false});
    const auto pem = *crypto::privateKeyPem(d.key);
    {
        Wire wrongRoot(r.channel(otherCa, r.certificate("head", d.device, d.key.publicKey()), pem));
        EXPECT_EQ(int(wrongRoot.end()), int(grpc::StatusCode::UNAVAILABLE));
    }
    {
        Wire wrongCert(r.channel(r.ca, otherCert, pem));
        EXPECT_EQ(int(wrongCert.end()), int(grpc::StatusCode::UNAVAILABLE));
    }
    {
        Wire none(grpc::CreateChannel("localhost:" + std::to_string(r.server->port()), grpc::SslCredentials({r.ca, "", ""})));
        EXPECT_EQ(int(none.end()), int(grpc::StatusCode::UNAVAILABLE));
    }
    Wire good(r.channel("head"));
    EXPECT(good.hello());
    EXPECT(good.live());
}

CASE("server: a client that lies about who it is")
{
    Running r;
    REQUIRE(r.server);
    const Desk& clerk = r.p->desks.at("clerk");
    const auto pem = *crypto::privateKeyPem(clerk.key);
    // the clerk's key under the head's name; the clerk's device under the head's name; a device nobody enrolled
    for (const auto& [person, device] : {std::pair{std::string("head"), r.p->desks.at("head").device}, std::pair{std::string("head"), clerk.device},
                                         std::pair{std::string("clerk"), Bytes(16, 'u')}}) {
        Wire liar(r.channel(r.ca, r.certificate(person, device, clerk.key.publicKey()), pem));
        liar.hello();
        EXPECT_EQ(int(liar.end()), int(grpc::StatusCode::UNAUTHENTICATED));
        EXPECT(liar.heard.empty());
    }
    Wire odd(r.channel(r.ca, *crypto::issue(*r.caKey, r.ca, {"clerk", {}, clerk.key.publicKey(), systemClock().now() - kDay, systemClock().now() + kDay, false}), pem));
    EXPECT_EQ(int(odd.end()), int(grpc::StatusCode::UNAUTHENTICATED));
}

CASE("server: another's command is refused, another's stream is denied")
{
    Running r;
    REQUIRE(r.server);
    const auto stolen = r.p->sign("drafter", r.p->draft("m/1"));
    Wire clerk(r.channel("clerk"));
    EXPECT(clerk.hello());
    EXPECT(clerk.live());
    EXPECT(clerk.submit(stolen));
    const auto* refused = clerk.until(isRefused);
    REQUIRE(refused);
    EXPECT_EQ(refused->refused().why(), wire::Refused::NOT_YOURS);
    Wire drafter(r.channel("drafter"));
    EXPECT(drafter.hello());
    EXPECT(drafter.submit(stolen));
    EXPECT(drafter.until(isReceipt));
    for (const char* stream : {"m/1", "acc/drafter", "m/none"}) {
        EXPECT(clerk.read(stream));
        const auto* end = clerk.until(isReadEnd);
        REQUIRE(end);
        EXPECT(end->read_end().denied());
    }
    for (const auto& f : clerk.heard) EXPECT(!f.has_events() || f.events().stream() == "dir" || f.events().stream() == "acc/clerk");
}

CASE("server: a device revoked by another process is told and closed within a second")
{
    Running r;
    REQUIRE(r.server);
    Wire head(r.channel("head"));
    EXPECT(head.hello());
    EXPECT(head.live());
    r.p->clock.t = systemClock().now();
    EXPECT(r.p->core->catchUp());
    wire::Command c;
    c.mutable_revoke_device()->set_device(r.p->desks.at("head").device);
    c.mutable_revoke_device()->set_lost(true);
    const Millis start = systemClock().steady();
    EXPECT_EQ(r.p->rules("sec", c), wire::APPLIED);
    const auto* closed = head.until(isClosed);
    REQUIRE(closed);
    EXPECT_EQ(closed->closed().why(), wire::Closed::REVOKED);
    EXPECT_EQ(int(head.end()), int(grpc::StatusCode::OK));
    EXPECT(since(start) < 1000);
    Wire again(r.channel("head"));
    again.hello();
    EXPECT(again.until(isClosed));
    EXPECT_EQ(again.heard.size(), 1u);
}

CASE("server: malformed and oversized messages end that line only")
{
    Running r;
    REQUIRE(r.server);
    Wire good(r.channel("drafter"));
    EXPECT(good.hello());
    EXPECT(good.live());
    {
        Wire early(r.channel("head"));
        EXPECT(early.read("dir"));
        EXPECT_EQ(int(early.end()), int(grpc::StatusCode::INVALID_ARGUMENT));
    }
    {
        Wire large(r.channel("head"));
        EXPECT(large.hello());
        wire::SignedCommand c;
        c.set_bytes(Bytes(11 << 20, 'x'));
        large.submit(c);
        EXPECT(int(large.end()) != int(grpc::StatusCode::OK));
    }
    {
        Wire wrong(r.channel("head"));
        EXPECT(wrong.hello());
        wire::SignedCommand c;
        c.set_bytes("\x01\x02garbage");
        EXPECT(wrong.submit(c));
        const auto* refused = wrong.until(isRefused);
        REQUIRE(refused);
        EXPECT_EQ(refused->refused().why(), wire::Refused::MALFORMED);
    }
    for (const bool nested : {true, false}) {
        Wire many(r.channel("head"));
        EXPECT(many.hello());
        wire::DeskFrame f;
        for (int i = 0; i < (nested ? 1 : wire::kMaxTogether + 1); ++i) f.mutable_bundle()->add_frames()->mutable_ping();
        wire::DeskFrame outer;
        *outer.mutable_bundle()->add_frames() = f;
        EXPECT(many.stream->Write(nested ? outer : f));
        EXPECT_EQ(int(many.end()), int(grpc::StatusCode::INVALID_ARGUMENT));
    }
    EXPECT(good.submit(r.p->sign("drafter", r.p->draft("m/1"))));
    EXPECT(good.until(isReceipt));
}

CASE("server: frames of one message are taken in their order, each command under its own signature")
{
    Running r;
    REQUIRE(r.server);
    Wire drafter(r.channel("drafter"));
    wire::DeskFrame together;
    together.mutable_bundle()->add_frames()->mutable_hello()->set_hub("hub-1");
    std::vector<wire::SignedCommand> commands;
    for (int i = 0; i < 100; ++i) commands.push_back(r.p->sign("drafter", r.p->draft("m/" + std::to_string(i))));
    commands[40] = r.p->sign("head", r.p->draft("m/40")); // not his
    (*commands[60].mutable_signature())[5] ^= 1;
    for (const auto& c : commands) *together.mutable_bundle()->add_frames()->mutable_submit() = c;
    EXPECT(drafter.stream->Write(together));
    for (size_t i = 0; i < commands.size(); ++i) {
        const auto* answer = drafter.until([](const wire::HubFrame& f) { return f.has_receipt() || f.has_refused(); });
        REQUIRE(answer);
        if (i == 40) EXPECT_EQ(answer->refused().why(), wire::Refused::NOT_YOURS);
        else if (i == 60) EXPECT_EQ(answer->refused().why(), wire::Refused::SIGNATURE);
        else EXPECT(answer->receipt().outcome() == wire::APPLIED && answer->receipt().stream() == "m/" + std::to_string(i));
    }
}

CASE("server: a body of five megabytes goes in, and out to its readers")
{
    Running r;
    REQUIRE(r.server);
    Wire drafter(r.channel("drafter"));
    EXPECT(drafter.hello());
    EXPECT(drafter.live());
    EXPECT(drafter.submit(r.p->sign("drafter", r.p->draft("m/1", std::string(5'000'000, 'x')))));
    const auto* receipt = drafter.until(isReceipt);
    REQUIRE(receipt);
    EXPECT_EQ(receipt->receipt().outcome(), wire::APPLIED);
    EXPECT(drafter.read("m/1"));
    const auto* end = drafter.until(isReadEnd);
    REQUIRE(end);
    EXPECT_EQ(end->read_end().head(), 1u);
}

CASE("server: shutting down is said, the port is free again, nothing acknowledged is lost")
{
    Running r;
    REQUIRE(r.server);
    Wire drafter(r.channel("drafter"));
    EXPECT(drafter.hello());
    EXPECT(drafter.live());
    const auto command = r.p->sign("drafter", r.p->draft("m/1"));
    EXPECT(drafter.submit(command));
    EXPECT(drafter.until(isReceipt));
    EXPECT(!hub::Server::start(r.dir, systemClock(), systemRandom())); // two hubs on one folder
    const Millis start = systemClock().steady();
    r.server->shutDown();
    EXPECT(since(start) < 5000);
    const auto* closed = drafter.until(isClosed);
    REQUIRE(closed);
    EXPECT_EQ(closed->closed().why(), wire::Closed::SHUTDOWN);
    r.server.reset();
    r.start();
    REQUIRE(r.server);
    Wire again(r.channel("drafter"));
    EXPECT(again.hello());
    EXPECT(again.submit(command));
    const auto* receipt = again.until(isReceipt);
    REQUIRE(receipt);
    EXPECT_EQ(receipt->receipt().version(), 1u);
}

CASE("server: a database that went away stops the hub instead of taking commits nobody can read")
{
    Running r;
    REQUIRE(r.server);
    Wire drafter(r.channel("drafter"));
    EXPECT(drafter.hello());
    EXPECT(drafter.live());
    std::filesystem::rename(r.dir / "hub.db", r.dir / "elsewhere.db");
    EXPECT_EQ(int(drafter.end()), int(grpc::StatusCode::UNAVAILABLE));
    EXPECT(!r.server->healthy());
}

CASE("server: health answers desks")
{
    Running r;
    REQUIRE(r.server);
    const auto stub = wire::Health::NewStub(r.channel("head"));
    grpc::ClientContext context;
    wire::HealthReply reply;
    EXPECT(stub->Check(&context, {}, &reply).ok());
    EXPECT(reply.serving());
    EXPECT_EQ(reply.hub(), std::string("hub-1"));
    EXPECT(reply.position() > 0);
}

namespace {

struct NewDesk {
    Desk desk;
    crypto::BoxKey box = crypto::BoxKey::generate(systemRandom());
    wire::EnrolRequest request;
    explicit NewDesk(const Bytes& secret) : desk{"", newId(systemClock(), systemRandom()), crypto::SigningKey::generate(systemRandom())}
    {
        request.set_secret(secret);
        request.set_device(desk.device);
        request.set_sign_key(desk.key.publicKey());
        request.set_box_key(box.publicKey);
        request.set_device_name("新电脑");
        request.set_proof(desk.key.sign(crypto::hash("zt-enrol-1", {secret, request.sign_key(), request.box_key()})));
    }
};

grpc::Status enrol(const Running& r, const wire::EnrolRequest& request, wire::EnrolReply& reply)
{
    const auto stub = wire::Enrolment::NewStub(grpc::CreateChannel("localhost:" + std::to_string(r.server->enrolPort()), grpc::SslCredentials({r.ca, "", ""})));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    return stub->Enrol(&context, request, &reply);
}

//! A person who has no device yet: "fresh".
void withoutDevice(Running& r)
{
    wire::Command c;
    c.mutable_put_person()->set_id("fresh");
    c.mutable_put_person()->set_name("新来的人");
    EXPECT_EQ(r.p->rules("sys", c), wire::APPLIED);
}

} // namespace

CASE("enrolment: a code makes one device's certificate; wrong, used and expired codes do not")
{
    Running r;
    REQUIRE(r.server);
    withoutDevice(r);
    const auto folder = hub::HubFolder::open(r.dir);
    REQUIRE(folder);
    const auto codes = *folder->openCodes();
    const Millis now = systemClock().now();
    const Bytes secret = *codes->create("fresh", now + kDay, systemRandom());
    const Bytes expired = *codes->create("fresh", now - 1, systemRandom());
    EXPECT_EQ(secret.size(), 10u);

    wire::EnrolReply reply;
    NewDesk first(secret);
    EXPECT(enrol(r, first.request, reply).ok());
    EXPECT_EQ(reply.person(), std::string("fresh"));
    EXPECT_EQ(reply.hub(), std::string("hub-1"));
    EXPECT(crypto::issuedBy(reply.certificate(), r.ca));
    EXPECT(reply.hub_sign_key() == r.p->hubKey.publicKey());
    const std::string certificate = reply.certificate();
    EXPECT(enrol(r, first.request, reply).ok()); // its answer was lost
    EXPECT(reply.certificate() == certificate);
    NewDesk second(secret), late(expired), wrong(Bytes(10, 'w'));
    for (const auto* d : {&second, &late, &wrong}) EXPECT_EQ(int(enrol(r, d->request, reply).error_code()), int(grpc::StatusCode::UNAUTHENTICATED));
    NewDesk unproven(*codes->create("fresh", now + kDay, systemRandom()));
    unproven.request.set_proof(Bytes(64, 'p'));
    EXPECT_EQ(int(enrol(r, unproven.request, reply).error_code()), int(grpc::StatusCode::INVALID_ARGUMENT));

    Wire line(r.channel(r.ca, certificate, *crypto::privateKeyPem(first.desk.key)));
    EXPECT(line.hello());
    EXPECT(line.live());
    // the desks' port takes no enrolments, the enrolment port no desks
    const auto other = wire::Enrolment::NewStub(r.channel("head"));
    grpc::ClientContext context;
    EXPECT_EQ(int(other->Enrol(&context, first.request, &reply).error_code()), int(grpc::StatusCode::UNIMPLEMENTED));
    for (int i = 0; i < 10; ++i) (void)enrol(r, wrong.request, reply);
    EXPECT_EQ(int(enrol(r, wrong.request, reply).error_code()), int(grpc::StatusCode::RESOURCE_EXHAUSTED));
}

CASE("enrolment: a further device waits without certificate or line; approved, the same request brings the certificate; refused, nothing does")
{
    Running r;
    REQUIRE(r.server);
    const auto folder = hub::HubFolder::open(r.dir);
    const auto codes = *folder->openCodes();
    wire::EnrolReply reply;
    for (const bool approve : {true, false}) {
        NewDesk further(*codes->create("head", systemClock().now() + kDay, systemRandom()));
        EXPECT(enrol(r, further.request, reply).ok());
        EXPECT(reply.waiting() && reply.certificate().empty());
        {
            // With a certificate of its own making it is let in as little.
            Wire line(r.channel(r.ca, r.certificate("head", further.request.device(), further.desk.key.publicKey()), *crypto::privateKeyPem(further.desk.key)));
            line.hello();
            EXPECT_EQ(int(line.end()), int(grpc::StatusCode::UNAUTHENTICATED));
        }
        EXPECT(enrol(r, further.request, reply).ok());
        EXPECT(reply.waiting());
        EXPECT(r.p->core->refresh());
        wire::Command c;
        c.set_stream("dir");
        c.mutable_approve_device()->set_device(further.request.device());
        c.mutable_approve_device()->set_refused(!approve);
        c.mutable_approve_device()->set_by("head");
        EXPECT_EQ(r.p->does("head", c), wire::APPLIED);
        const auto answered = enrol(r, further.request, reply);
        if (!approve) {
            EXPECT_EQ(int(answered.error_code()), int(grpc::StatusCode::PERMISSION_DENIED));
            continue;
        }
        EXPECT(answered.ok() && !reply.waiting() && crypto::issuedBy(reply.certificate(), r.ca));
        Wire line(r.channel(r.ca, reply.certificate(), *crypto::privateKeyPem(further.desk.key)));
        EXPECT(line.hello());
        EXPECT(line.live());
    }
}

CASE("files: sent and fetched in chunks, resumed both ways, only by those who may read a record that names them")
{
    Running r;
    REQUIRE(r.server);
    const Sealed s = seal(r.folder, (5 << 20) + 1234);
    EXPECT_EQ(s.info.chunkHashes.size(), 6u);
    {
        Files up(r.channel("drafter"));
        EXPECT_EQ(up.ask(s.offer()).state().next_chunk(), 0u);
        for (uint32_t i = 0; i < 3; ++i) EXPECT_EQ(up.ask(s.chunk(i)).state().next_chunk(), i + 1);
        auto bad = s.chunk(3);
        (*bad.mutable_chunk()->mutable_data())[5] ^= 1;
        EXPECT_EQ(up.ask(bad).end().why(), wire::BlobEnd::BAD_CHUNK);
        EXPECT_EQ(up.ask(s.chunk(5)).end().why(), wire::BlobEnd::BAD_CHUNK); // not the next
        up.context.TryCancel();
    }
    r.server.reset(); // the hub restarts at half
    r.start();
    REQUIRE(r.server);
    Files up(r.channel("drafter"));
    const auto state = up.ask(s.offer());
    EXPECT_EQ(state.state().next_chunk(), 3u);
    EXPECT(!state.state().complete());
    for (uint32_t i = 3; i < 6; ++i) EXPECT_EQ(up.ask(s.chunk(i)).state().complete(), i == 5);
    EXPECT(up.ask(s.offer()).state().complete());

    // nobody reads it before a record names it
    EXPECT_EQ(up.ask(s.want("m/1", 0)).end().why(), wire::BlobEnd::DENIED);
    auto draft = r.p->draft("m/1");
    auto& a = *draft.mutable_submit()->mutable_document()->add_attachments();
    a.set_name("附件.bin");
    a.set_blob(s.info.id);
    a.set_key(s.info.key);
    a.set_size(s.info.plainSize);
    a.set_sealed_size(s.info.sealedSize);
    a.set_content_hash(s.info.contentHash);
    for (const auto& c : s.info.chunkHashes) a.add_chunks(c);
    Wire drafter(r.channel("drafter"));
    EXPECT(drafter.hello());
    EXPECT(drafter.live());
    EXPECT(drafter.submit(r.p->sign("drafter", draft)));
    const auto* receipt = drafter.until(isReceipt);
    REQUIRE(receipt);
    EXPECT_EQ(receipt->receipt().outcome(), wire::APPLIED);

    Files down(r.channel("head"));
    std::string got = s.bytes.substr(0, crypto::chunkRange(s.info, 2).offset);
    EXPECT(down.stream->Write(s.want("m/1", 2)));
    wire::BlobDown frame;
    while (down.stream->Read(&frame) && frame.has_chunk()) got += frame.chunk().data();
    EXPECT(frame.has_end() && frame.end().why() == wire::BlobEnd::DONE);
    EXPECT(got == s.bytes);
    Files clerk(r.channel("clerk"));
    EXPECT_EQ(clerk.ask(s.want("m/1", 0)).end().why(), wire::BlobEnd::DENIED);
    EXPECT_EQ(clerk.ask(s.want("dir", 0)).end().why(), wire::BlobEnd::DENIED);
    Sealed none = s;
    none.info.id[0] ^= 1;
    EXPECT_EQ(down.ask(none.want("m/1", 0)).end().why(), wire::BlobEnd::DENIED);
}

CASE("files: lists that contradict themselves, too large ones and lies about the whole are refused")
{
    Running r;
    REQUIRE(r.server);
    Files files(r.channel("drafter"));
    const Sealed s = seal(r.folder, 100);
    auto offer = s.offer();
    offer.mutable_offer()->set_sealed_size(s.info.sealedSize + (2 << 20));
    EXPECT_EQ(files.ask(offer).end().why(), wire::BlobEnd::BAD_CHUNK);
    offer.mutable_offer()->set_sealed_size(uint64_t(1) << 40);
    EXPECT_EQ(files.ask(offer).end().why(), wire::BlobEnd::TOO_LARGE);
    Sealed lie = s;
    lie.info.id = Bytes(32, 'l');
    EXPECT_EQ(files.ask(lie.offer()).state().next_chunk(), 0u);
    EXPECT_EQ(files.ask(lie.chunk(0)).end().why(), wire::BlobEnd::BAD_CHUNK);
    EXPECT_EQ(files.ask(s.chunk(0)).end().why(), wire::BlobEnd::BAD_CHUNK); // not offered
    EXPECT_EQ(files.ask(s.offer()).state().next_chunk(), 0u);
    EXPECT(files.ask(s.chunk(0)).state().complete());
}

namespace {

//! What a Prometheus server would read; empty when it gets no page.
std::string metricsPage(int port, const char* address = "127.0.0.1")
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(uint16_t(port));
    ::inet_pton(AF_INET, address, &to.sin_addr);
    std::string page;
    const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0 && ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == ssize_t(request.size())) {
        char buffer[65536];
        for (ssize_t n; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) page.append(buffer, size_t(n));
    }
    ::close(fd);
    return page.rfind("HTTP/1.1 200", 0) == 0 ? page : std::string();
}

//! The value of a series as it stands in the page; "" if it is not there.
std::string valueOf(const std::string& page, const std::string& series)
{
    const auto at = page.find("\n" + series + " ");
    if (at == std::string::npos) return {};
    const auto from = at + series.size() + 2;
    return page.substr(from, page.find_first_of("\r\n", from) - from);
}

std::set<std::string> wordsWith(const std::string& text, const std::string& pattern)
{
    const std::regex word(pattern);
    std::set<std::string> out;
    for (std::sregex_iterator it(text.begin(), text.end(), word), end; it != end; ++it) out.insert((*it)[1]);
    return out;
}

std::string textOf(const std::filesystem::path& file)
{
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

void withMetrics(Running& r, const std::string& allow = {}, const std::string& at = "127.0.0.1:0")
{
    r.server.reset();
    auto config = *hub::parseConfig(textOf(r.dir / "hub.json"));
    config.metrics = at;
    config.metricsAllow = allow;
    std::ofstream(r.dir / "hub.json") << hub::formatConfig(config);
}

//! The page once the series has the value: how things stand is told once a second.
std::string pageWith(const Running& r, const std::string& series, const std::string& value)
{
    std::string page;
    for (int i = 0; i < 400; ++i) {
        page = metricsPage(r.server->metricsPort());
        if (valueOf(page, series) == value) return page;
        std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
    failed("series", 0, series + " is " + valueOf(page, series) + ", not " + value);
    return page;
}

} // namespace

CASE("server: metrics are off unless configured, and count what happened")
{
    Running r;
    REQUIRE(r.server);
    EXPECT_EQ(r.server->metricsPort(), 0);
    withMetrics(r);
    r.start();
    REQUIRE(r.server && r.server->metricsPort());
    Wire drafter(r.channel("drafter"));
    EXPECT(drafter.hello());
    EXPECT(drafter.live());
    EXPECT(drafter.submit(r.p->sign("drafter", r.p->draft("m/1"))));
    EXPECT(drafter.until(isReceipt));
    EXPECT(drafter.submit(r.p->sign("head", r.p->draft("m/2")))); // not his
    EXPECT(drafter.until(isRefused));
    Wire unknown(r.channel(r.ca, r.certificate("head", Bytes(16, 'u'), r.p->desks.at("head").key.publicKey()), *crypto::privateKeyPem(r.p->desks.at("head").key)));
    EXPECT_EQ(int(unknown.end()), int(grpc::StatusCode::UNAUTHENTICATED));

    const Sealed s = seal(r.folder, 1000);
    Files files(r.channel("drafter"));
    (void)files.ask(s.offer());
    EXPECT(files.ask(s.chunk(0)).state().complete());
    EXPECT_EQ(files.ask(s.want("m/9", 0)).end().why(), wire::BlobEnd::DENIED);
    wire::EnrolReply reply;
    EXPECT(!enrol(r, NewDesk(Bytes(10, 'n')).request, reply).ok());

    EXPECT(hub::leaveStamp(r.dir, {1'700'000'000'000, 3}));
    const auto last = [&] { return std::to_string(*r.log->lastPosition()); };
    pageWith(r, "zhengtong_follow_ups_behind", "0");
    const auto page = pageWith(r, "zhengtong_log_position", last());
    for (const auto& [series, value] :
         {std::pair{"zhengtong_lines_open", "1"}, {"zhengtong_healthy", "1"}, {"zhengtong_commands_total{outcome=\"applied\"}", "1"},
          {"zhengtong_commands_total{outcome=\"superseded\"}", "0"}, {"zhengtong_commands_refused_total{why=\"not_yours\"}", "1"},
          {"zhengtong_commands_refused_total{why=\"signature\"}", "0"}, {"zhengtong_lines_refused_total{why=\"device\"}", "1"},
          {"zhengtong_group_commands_sum", "2"}, {"zhengtong_failures_total{what=\"group\"}", "0"}, {"zhengtong_timetable_late_seconds", "0"},
          {"zhengtong_last_backup_timestamp_seconds", "1700000000"}, {"zhengtong_blob_bytes_total{direction=\"out\"}", "0"},
          {"zhengtong_blobs_refused_total{why=\"denied\"}", "1"}, {"zhengtong_enrolments_total{result=\"refused\"}", "1"}, {"zhengtong_enrolments_total{result=\"done\"}", "0"}})
        EXPECT_EQ(valueOf(page, series), std::string(value));
    EXPECT_EQ(valueOf(page, "zhengtong_blob_bytes_total{direction=\"in\"}"), std::to_string(s.info.sealedSize));
    EXPECT(std::stoi("0" + valueOf(page, "zhengtong_commit_seconds_count")) > 0);
    EXPECT(std::stod("0" + valueOf(page, "process_resident_memory_bytes")) > 1e6);
    EXPECT(std::stod("0" + valueOf(page, "process_open_fds")) > 3);
    EXPECT(std::stod("0" + valueOf(page, "zhengtong_disk_free_bytes{folder=\"blobs\"}")) > 0);
    EXPECT(std::stod("0" + valueOf(page, "zhengtong_certificate_end_timestamp_seconds{certificate=\"root\"}")) > 1.7e9);

    // Labels are of a closed list, and no value comes from outside.
    const auto labels = wordsWith(page, R"([{,]([a-z_]+)=")");
    EXPECT((labels == std::set<std::string>{"outcome", "why", "what", "result", "direction", "queue", "folder", "certificate", "version", "le", "quantile"}));
    const auto body = page.substr(page.find("\r\n\r\n"));
    for (const auto& [person, desk] : r.p->desks) EXPECT(body.find("\"" + person + "\"") == std::string::npos && body.find(hex(desk.device)) == std::string::npos);
    EXPECT(body.find("m/1") == std::string::npos && body.find("acc/") == std::string::npos);
}

CASE("server: every metric of the alert rules and of the documents is there, and the documents have them all")
{
    Running r;
    withMetrics(r);
    r.start();
    REQUIRE(r.server && r.server->metricsPort());
    const auto page = metricsPage(r.server->metricsPort());
    const auto families = wordsWith(page, R"(# TYPE (\w+) )");
    std::string expressions;
    for (const auto& line : wordsWith(textOf(ZT_MONITORING "/alerts.yml"), R"(\n\s*expr: ([^\n]+))")) expressions += line + "\n";
    const auto used = wordsWith(expressions, R"(\b((?:zhengtong|process)_\w+))");
    EXPECT(used.size() >= 12);
    for (auto name : used) {
        for (const std::string end : {"_bucket", "_sum", "_count"})
            if (!families.count(name) && name.size() > end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0) name.resize(name.size() - end.size());
        if (!families.count(name)) failed("alerts.yml", 0, name + " is not in the hub's page");
    }
    // Label values the rules choose by exist too.
    for (const auto& alternatives : wordsWith(expressions, R"re((?:why|result)=~?"([^"]+)")re"))
        for (const auto& word : wordsWith(alternatives, R"((\w+))"))
            if (page.find("\"" + word + "\"}") == std::string::npos) failed("alerts.yml", 0, word + " is no label of the hub's page");
    const auto described = wordsWith(textOf(ZT_MONITORING "/README.md"), R"re(`((?:zhengtong|process)_\w+)`)re");
    for (const auto& name : described) if (!families.count(name)) failed("README.md", 0, name + " is not in the hub's page");
    for (const auto& name : families) if (name.rfind("exposer_", 0) != 0 && !described.count(name)) failed("README.md", 0, name + " is not described");
}

CASE("server: metrics are for those named only, and a taken port stops the start")
{
    Running r;
    withMetrics(r, "10.99.0.0/16,192.0.2.7");
    r.start();
    REQUIRE(r.server && r.server->metricsPort());
    EXPECT(metricsPage(r.server->metricsPort()).empty());
    withMetrics(r, "10.99.0.0/16, 127.0.0.1");
    r.start();
    REQUIRE(r.server && r.server->metricsPort());
    EXPECT(!metricsPage(r.server->metricsPort()).empty());
    EXPECT(metricsPage(r.server->metricsPort(), "127.0.0.2").empty()); // it listens on 127.0.0.1 alone

    Running other;
    withMetrics(other, {}, "127.0.0.1:" + std::to_string(r.server->metricsPort()));
    const auto refused = hub::Server::start(other.dir, systemClock(), systemRandom());
    EXPECT(!refused && refused.error().detail.rfind("metrics: cannot listen", 0) == 0);
}
