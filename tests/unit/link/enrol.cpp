#include "fake_hub.h"
#include "net.h"

using namespace zt;
using namespace zt::link;

namespace {

struct Fixture {
    Province province;
    crypto::SigningKey device = crypto::SigningKey::generate(systemRandom());
    wire::EnrolRequest request;
    std::vector<int> steps;

    Fixture()
    {
        request.set_secret("0123456789");
        request.set_sign_key(device.publicKey());
        request.set_device_name("desk");
    }
    FakeHub::Options hub() const
    {
        FakeHub::Options out;
        out.askForCertificate = false;
        out.reply.set_person("p1");
        const Millis now = systemClock().now();
        out.reply.set_certificate(*crypto::issue(province.caKey, province.ca, {"p1/d1", {}, device.publicKey(), now - kDay, now + kDay, false}));
        return out;
    }
    EnrolCode code(uint16_t port) const
    {
        return {"127.0.0.1:" + std::to_string(port), crypto::readCert(province.ca)->hash.substr(0, 16), "0123456789"};
    }
    Result<Enrolled> run(uint16_t port, const std::string& proxy = {})
    {
        steps.clear();
        return link::enrol(code(port), request, proxy, 3000, [this](int n) { steps.push_back(n); });
    }
};

const std::string kUnauthenticated(name(Err::Unauthenticated)), kInvalid(name(Err::Invalid)), kUnavailable(name(Err::Unavailable));

} // namespace

CASE("a device enrols: root found by its hash, keys sent, certificate checked")
{
    Fixture f;
    FakeHub hub(f.province, f.hub());
    const auto done = f.run(hub.port);
    EXPECT_EQ(errorOf(done), std::string("none"));
    REQUIRE(done);
    EXPECT(crypto::readCert(done->ca)->hash == crypto::readCert(f.province.ca)->hash);
    EXPECT_EQ(done->reply.person(), std::string("p1"));
    EXPECT_EQ(hub.shared->enrolled.secret(), std::string("0123456789"));
    EXPECT(f.steps == std::vector<int>({1, 2, 3}));
}

CASE("a hub of another root gets nothing: Unauthenticated")
{
    Fixture f;
    const Province other;
    FakeHub hub(other, f.hub());
    EXPECT_EQ(errorOf(f.run(hub.port)), kUnauthenticated);
    EXPECT(hub.shared->enrolled.secret().empty());
    EXPECT(f.steps == std::vector<int>({1, 2}));
}

CASE("the right root shown beside somebody else's certificate does not help: Unauthenticated")
{
    Fixture f;
    const Province other;
    auto identity = other.hub();
    identity.certificate += f.province.ca;
    FakeHub hub(other, identity, f.hub());
    EXPECT_EQ(errorOf(f.run(hub.port)), kUnauthenticated);
    EXPECT(hub.shared->enrolled.secret().empty());
}

CASE("a hub certificate that is expired or for another host: Unauthenticated, nothing sent")
{
    Fixture f;
    const Millis now = systemClock().now();
    for (const auto& identity : {f.province.leaf(true, {"127.0.0.1"}, now - 2 * kDay, now - kDay), f.province.leaf(true, {"x.example"}, now - kDay, now + kDay)}) {
        FakeHub hub(f.province, identity, f.hub());
        EXPECT_EQ(errorOf(f.run(hub.port)), kUnauthenticated);
        EXPECT(hub.shared->enrolled.secret().empty());
    }
}

CASE("what the hub says becomes one of our errors")
{
    Fixture f;
    for (const auto& [code, error] : {std::pair{grpc::StatusCode::UNAUTHENTICATED, Err::NotFound}, {grpc::StatusCode::NOT_FOUND, Err::NotFound}, {grpc::StatusCode::PERMISSION_DENIED, Err::Denied},
                                      {grpc::StatusCode::RESOURCE_EXHAUSTED, Err::Busy}, {grpc::StatusCode::UNAVAILABLE, Err::Unavailable},
                                      {grpc::StatusCode::INTERNAL, Err::Unavailable}}) {
        auto options = f.hub();
        options.enrol = {code, "x"};
        FakeHub hub(f.province, options);
        EXPECT_EQ(errorOf(f.run(hub.port)), std::string(name(error)));
    }
}

CASE("no hub there, a black hole, no TLS, another service")
{
    Fixture f;
    EXPECT_EQ(errorOf(f.run(freePort())), kUnavailable);
    const BlackHole hole;
    const Millis from = systemClock().steady();
    EXPECT_EQ(errorOf(link::enrol(f.code(hole.port), f.request, "", 400, {})), kUnavailable);
    EXPECT(systemClock().steady() - from < 2000);
    FakeHub plain(f.province, {.plaintext = true});
    EXPECT_EQ(errorOf(f.run(plain.port)), kInvalid);
    FakeHub other(f.province, {.onlyHealth = true, .askForCertificate = false});
    EXPECT_EQ(errorOf(f.run(other.port)), kInvalid);
}

CASE("a certificate for another key or of another root is not taken")
{
    Fixture f;
    auto options = f.hub();
    const auto stranger = crypto::SigningKey::generate(systemRandom());
    const Millis now = systemClock().now();
    options.reply.set_certificate(*crypto::issue(f.province.caKey, f.province.ca, {"p/d", {}, stranger.publicKey(), now, now + kDay, false}));
    {
        FakeHub hub(f.province, options);
        EXPECT_EQ(errorOf(f.run(hub.port)), kUnauthenticated);
    }
    const Province other;
    options.reply.set_certificate(*crypto::issue(other.caKey, other.ca, {"p/d", {}, f.device.publicKey(), now, now + kDay, false}));
    {
        FakeHub hub(f.province, options);
        EXPECT_EQ(errorOf(f.run(hub.port)), kUnauthenticated);
    }
    options.reply.clear_certificate();
    FakeHub hub(f.province, options);
    EXPECT_EQ(errorOf(f.run(hub.port)), kUnauthenticated);
}

CASE("enrolment goes through the proxy given; one that is not there or makes no tunnel is Unavailable")
{
    Fixture f;
    FakeHub hub(f.province, f.hub());
    Proxy proxy;
    EXPECT_EQ(errorOf(f.run(hub.port, proxy.url())), std::string("none"));
    EXPECT_EQ(proxy.tunnels.load(), 2); // the look at the certificates, the call
    EXPECT_EQ(errorOf(f.run(freePort(), proxy.url())), kUnavailable);
    EXPECT_EQ(errorOf(f.run(hub.port, "http://127.0.0.1:" + std::to_string(freePort()))), kUnavailable);
    EXPECT_EQ(errorOf(f.run(hub.port, "socks5://127.0.0.1:1")), kUnavailable);
}
