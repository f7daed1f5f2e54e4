#include "running.h"

#include "caller.h"

#include <atomic>
#include <thread>

//! A device's certificate over the years, through the real server.

using namespace zt;
using namespace zt::test;

namespace {

struct Renewal {
    Running r;
    explicit Renewal(const std::function<void(hub::HubConfig&)>& configure = {}) : r(configure) {}

    const Desk& desk() { return r.p->desks.at("head"); }
    //! From and to in days from now.
    std::string cert(int from, int to)
    {
        const Millis now = systemClock().now();
        return *crypto::issue(*r.caKey, r.ca, {"head/" + hex(desk().device), {}, desk().key.publicKey(), now + from * kDay, now + to * kDay, false});
    }
    grpc::Status ask(const std::string& certificate, std::string* out = nullptr)
    {
        auto stub = wire::Hub::NewStub(r.channel(r.ca, certificate, *crypto::privateKeyPem(desk().key)));
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
        wire::RenewReply reply;
        const auto status = stub->Renew(&context, {}, &reply);
        if (out) *out = reply.certificate();
        return status;
    }
    std::string recorded()
    {
        EXPECT(r.p->core->refresh());
        return r.p->core->directory().devices.at(desk().device).certificate;
    }
    grpc::StatusCode sync(const std::string& certificate)
    {
        Wire w(r.channel(r.ca, certificate, *crypto::privateKeyPem(desk().key)));
        w.hello();
        w.stream->WritesDone();
        return w.end();
    }
    //! Until the server has taken in what was written beside it.
    bool settled()
    {
        auto stub = wire::Health::NewStub(r.channel("clerk"));
        for (int i = 0; i < 500; ++i) {
            grpc::ClientContext context;
            wire::HealthReply reply;
            if (stub->Check(&context, {}, &reply).ok() && reply.position() >= r.p->core->position()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return false;
    }
    void rule(const std::function<void(wire::Command&)>& fill, const char* admin = "sec")
    {
        wire::Command c;
        fill(c);
        EXPECT_EQ(r.p->rules(admin, c), wire::APPLIED);
    }
};

} // namespace

CASE("renewal: a later certificate for the same key, in the directory; asked again it is the same")
{
    Renewal t;
    REQUIRE(t.r.server);
    std::string first, again;
    EXPECT(t.ask(t.cert(-300, 100), &first).ok());
    const auto info = crypto::readCert(first);
    REQUIRE(info);
    EXPECT(info->publicKey == t.desk().key.publicKey());
    EXPECT_EQ(info->commonName, "head/" + hex(t.desk().device));
    EXPECT(crypto::issuedBy(first, t.r.ca) && info->notAfter > systemClock().now() + 390 * kDay);
    EXPECT_EQ(t.recorded(), first);
    EXPECT(t.ask(t.cert(-300, 100), &again).ok());
    EXPECT_EQ(again, first);
    EXPECT_EQ(int(t.sync(first)), int(grpc::StatusCode::OK));
}

CASE("renewal: past its half the recorded one is renewed again")
{
    Renewal t([](hub::HubConfig& c) { c.certificateDays = 1; }); // from yesterday to tomorrow: half of it is over at once
    REQUIRE(t.r.server);
    std::string first, second;
    EXPECT(t.ask(t.cert(-1, 1), &first).ok());
    EXPECT(t.ask(first, &second).ok());
    EXPECT(first != second);
    EXPECT_EQ(t.recorded(), second);
}

CASE("renewal: up to ninety days after its end an old certificate serves for the renewal, and for nothing else")
{
    Renewal t;
    REQUIRE(t.r.server);
    const std::string ended = t.cert(-400, -89);
    EXPECT_EQ(int(t.sync(ended)), int(grpc::StatusCode::UNAUTHENTICATED));
    {
        Files files(t.r.channel(t.r.ca, ended, *crypto::privateKeyPem(t.desk().key)));
        wire::BlobUp up;
        files.stream->Write(up);
        wire::BlobDown down;
        EXPECT(!files.stream->Read(&down));
        EXPECT_EQ(int(files.stream->Finish().error_code()), int(grpc::StatusCode::UNAUTHENTICATED));
    }
    {
        auto stub = wire::Health::NewStub(t.r.channel(t.r.ca, ended, *crypto::privateKeyPem(t.desk().key)));
        grpc::ClientContext context;
        wire::HealthReply reply;
        EXPECT_EQ(int(stub->Check(&context, {}, &reply).error_code()), int(grpc::StatusCode::UNAUTHENTICATED));
    }
    EXPECT_EQ(t.recorded(), std::string());
    std::string fresh;
    EXPECT(t.ask(ended, &fresh).ok());
    EXPECT_EQ(int(t.sync(fresh)), int(grpc::StatusCode::OK));
    EXPECT_EQ(int(t.ask(t.cert(-500, -91)).error_code()), int(grpc::StatusCode::UNAVAILABLE)); // the handshake already
    EXPECT_EQ(int(t.ask(t.cert(2, 100)).error_code()), int(grpc::StatusCode::UNAVAILABLE));    // not begun
}

CASE("renewal: a revoked device and a suspended person get none")
{
    Renewal t;
    REQUIRE(t.r.server);
    t.rule([&](wire::Command& c) { c.mutable_suspend_person()->set_id("head"); c.mutable_suspend_person()->set_suspended(true); });
    EXPECT_EQ(int(t.ask(t.cert(-300, 100)).error_code()), int(grpc::StatusCode::PERMISSION_DENIED));
    t.rule([&](wire::Command& c) { c.mutable_suspend_person()->set_id("head"); });
    t.rule([&](wire::Command& c) { c.mutable_revoke_device()->set_device(t.desk().device); c.mutable_revoke_device()->set_reason("换机"); });
    EXPECT_EQ(int(t.ask(t.cert(-300, 100)).error_code()), int(grpc::StatusCode::PERMISSION_DENIED));
    EXPECT_EQ(int(t.ask(t.cert(-300, -10)).error_code()), int(grpc::StatusCode::PERMISSION_DENIED));
    EXPECT_EQ(t.recorded(), std::string());
}

CASE("renewal: another's certificate, another key under the name: none")
{
    Renewal t;
    REQUIRE(t.r.server);
    const auto& clerk = t.r.p->desks.at("clerk");
    auto stub = wire::Hub::NewStub(t.r.channel(t.r.ca, t.r.certificate("head", t.desk().device, clerk.key.publicKey()), *crypto::privateKeyPem(clerk.key)));
    grpc::ClientContext context;
    wire::RenewReply reply;
    EXPECT_EQ(int(stub->Renew(&context, {}, &reply).error_code()), int(grpc::StatusCode::UNAUTHENTICATED));
    EXPECT(reply.certificate().empty());
    // Without the key a certificate gets nobody through the handshake: it is no secret.
    auto thief = wire::Hub::NewStub(t.r.channel(t.r.ca, t.cert(-300, -10), *crypto::privateKeyPem(clerk.key)));
    grpc::ClientContext other;
    other.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
    EXPECT(!thief->Renew(&other, {}, &reply).ok());
    EXPECT(reply.certificate().empty());
}

CASE("renewal: the record needs the hub's own hand and a certificate of the device's key")
{
    Renewal t;
    wire::Command c;
    c.mutable_renew_device()->set_device(t.desk().device);
    c.mutable_renew_device()->set_certificate(t.cert(0, 10));
    for (const char* admin : {"sec", "sys"}) EXPECT_EQ(t.r.p->rules(admin, c), wire::NOT_PERMITTED);
    c.mutable_renew_device()->set_certificate(t.r.certificate("head", t.desk().device, t.r.p->desks.at("clerk").key.publicKey()));
    EXPECT(!t.r.p->core->submitOwn("dir", c));
}

CASE("the desks' handshake: under any root of the set, not under one that has ended")
{
    const auto key = crypto::SigningKey::generate(systemRandom()), second = crypto::SigningKey::generate(systemRandom());
    const Millis now = systemClock().now();
    const auto old = *crypto::makeCa(key, "old", now - 10 * kDay, now + 5 * kDay), fresh = *crypto::makeCa(second, "new", now - kDay, now + 500 * kDay);
    const auto cert = [&](const auto& ca, const auto& pem, Millis to) { return *crypto::issue(ca, pem, {"p/" + std::string(32, 'a'), {}, key.publicKey(), now - 9 * kDay, to, false}); };
    const auto a = cert(key, old, now + kDay), b = cert(second, fresh, now + kDay);
    const auto may = [](const std::string& pem, const std::string& roots, Millis at) { return hub::mayShakeHands(pem, crypto::RootSet(roots), at); };
    for (const auto& set : {old + fresh, fresh + old}) EXPECT(may(a, set, now) && may(b, set, now));
    EXPECT(!may(a, fresh, now) && !may(b, old, now));
    EXPECT(!may(a, old + fresh, now + 6 * kDay) && may(b, old + fresh, now + 6 * kDay));
    EXPECT(!may(old, old, now)); // a root is no desk
    EXPECT(!may("", old, now) && !may(a, "", now));
    // What it remembers of a certificate does not outlive the certificate, its grace or its root.
    const crypto::RootSet set(old + fresh);
    for (int i = 0; i < 2; ++i) EXPECT(hub::mayShakeHands(a, set, now) && hub::mayShakeHands(b, set, now));
    EXPECT_EQ(set.remembered(), size_t(2));
    EXPECT(!hub::mayShakeHands(a, set, now + 6 * kDay) && hub::mayShakeHands(b, set, now + 6 * kDay));
    EXPECT(!hub::mayShakeHands(b, set, now + 92 * kDay) && !hub::mayShakeHands(b, set, now - 10 * kDay) && hub::mayShakeHands(b, set, now));
}

CASE("what a hub remembers of a certificate lets nobody in: one that ends and a device revoked between two handshakes")
{
    struct Shifted final : Clock {
        std::atomic<Millis> by = 0;
        Millis now() const override { return systemClock().now() + by; }
        Millis steady() const override { return systemClock().steady(); }
    } clock;
    Renewal t;
    t.r.server.reset();
    auto server = hub::Server::start(t.r.dir, clock, systemRandom(), &hub::postgresEngine());
    REQUIRE(server);
    t.r.server = std::move(*server);
    const std::string cert = t.cert(-300, 2);
    for (int i = 0; i < 2; ++i) EXPECT_EQ(int(t.sync(cert)), int(grpc::StatusCode::OK));
    clock.by = 3 * kDay;
    EXPECT_EQ(int(t.sync(cert)), int(grpc::StatusCode::UNAUTHENTICATED)); // renews, and does nothing else
    clock.by = 93 * kDay;
    EXPECT_EQ(int(t.sync(cert)), int(grpc::StatusCode::UNAVAILABLE)); // the handshake already
    clock.by = 0;
    EXPECT_EQ(int(t.sync(cert)), int(grpc::StatusCode::OK));
    t.rule([&](wire::Command& c) { c.mutable_revoke_device()->set_device(t.desk().device); c.mutable_revoke_device()->set_reason("换机"); });
    EXPECT(t.settled());
    Wire w(t.r.channel(t.r.ca, cert, *crypto::privateKeyPem(t.desk().key)));
    w.hello();
    const auto* said = w.until([](const auto& f) { return f.has_closed() || f.has_welcome(); });
    REQUIRE(said && said->has_closed());
    EXPECT_EQ(said->closed().why(), wire::Closed::REVOKED);
    t.r.server.reset(); // before its clock
}

CASE("a minimum version: an older programme and one that does not say are told so at the greeting; the rest of the word is the version")
{
    Renewal t;
    REQUIRE(t.r.server);
    t.rule([](wire::Command& c) { c.mutable_put_policy()->set_number(1); c.mutable_put_policy()->set_by("sec"); c.mutable_put_policy()->set_minimum_version("1.10.0"); });
    EXPECT(t.settled());
    for (const auto& [programme, taken] : {std::pair{"zhengtong/1.9.9", false}, {"zhengtong", false}, {"", false}, {"zhengtong/1.10.0", true}, {"zhengtong/2.0.0", true}}) {
        Wire w(t.r.channel("head"));
        wire::DeskFrame f;
        f.mutable_hello()->set_hub("hub-1");
        f.mutable_hello()->set_programme(programme);
        w.stream->Write(f);
        const auto* said = w.until([](const auto& frame) { return frame.has_closed() || frame.has_welcome(); });
        REQUIRE(said);
        EXPECT_EQ(said->has_welcome(), taken);
        if (said->has_closed()) EXPECT(said->closed().why() == wire::Closed::TOO_OLD && said->closed().reason() == "1.10.0");
    }
}
