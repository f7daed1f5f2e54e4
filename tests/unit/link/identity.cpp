#include "fake_hub.h"
#include "net.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace zt;
using namespace zt::link;

namespace {

void expectRefused(Endpoint endpoint, const char* why)
{
    Log log;
    Line line(std::move(endpoint), log.handlers(), {4000, 60'000, 60'000, 30'000});
    line.start();
    const bool refused = log.reaches(State::IdentityRefused, why);
    EXPECT(refused);
    if (!refused) std::cout << "  expected " << why << ", got " << log.last() << std::endl;
    EXPECT(line.nextRetryMs() != 0 || !refused); // it goes on trying: the hub may get the right certificate
    const auto seen = log.seen.now();
    for (const auto& told : seen.states) EXPECT(told.state != State::Up);
}

template <class T>
T* fromPem(const std::string& pem, T* (*read)(BIO*, T**, pem_password_cb*, void*))
{
    BIO* bio = BIO_new_mem_buf(pem.data(), int(pem.size()));
    T* out = read(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    return out;
}

//! A web server of the province: right root, TLS, no HTTP/2.
void serveHttps(const Province::Identity& identity, int fd)
{
    SSL_CTX* ctx = SSL_CTX_new(TLS_server_method());
    X509* leaf = fromPem(identity.certificate, PEM_read_bio_X509);
    EVP_PKEY* key = fromPem(identity.key, PEM_read_bio_PrivateKey);
    SSL_CTX_use_certificate(ctx, leaf);
    SSL_CTX_use_PrivateKey(ctx, key);
    SSL* ssl = SSL_new(ctx);
    SSL_set_fd(ssl, fd);
    char buffer[1024];
    if (SSL_accept(ssl) == 1 && SSL_read(ssl, buffer, sizeof buffer) > 0) SSL_write(ssl, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    EVP_PKEY_free(key);
    X509_free(leaf);
}

} // namespace

CASE("a hub of another root is refused")
{
    const Province province, other;
    FakeHub hub(other);
    expectRefused(province.endpoint(hub.port), "hub_certificate_other_root");
}

CASE("a hub whose certificate has expired, or does not hold yet, is refused")
{
    const Province province;
    const Millis now = systemClock().now();
    FakeHub old(province, province.leaf(true, {"127.0.0.1"}, now - 2 * kDay, now - kDay), {});
    expectRefused(province.endpoint(old.port), "hub_certificate_expired");
    FakeHub early(province, province.leaf(true, {"127.0.0.1"}, now + kDay, now + 2 * kDay), {});
    expectRefused(province.endpoint(early.port), "hub_certificate_not_yet_valid");
}

CASE("a hub whose certificate is for another host is refused")
{
    const Province province;
    const Millis now = systemClock().now();
    FakeHub hub(province, province.leaf(true, {"other.example"}, now - kDay, now + kDay), {});
    expectRefused(province.endpoint(hub.port), "hub_certificate_other_host");
}

CASE("a device posing as the hub is refused: its certificate is for clients")
{
    const Province province;
    const Millis now = systemClock().now();
    FakeHub hub(province, province.leaf(false, {"127.0.0.1"}, now - kDay, now + kDay), {});
    expectRefused(province.endpoint(hub.port), "hub_certificate_refused");
}

CASE("a server without TLS is no hub, and gets nothing of ours in plain text")
{
    const Province province;
    FakeHub plain(province, {.plaintext = true});
    expectRefused(province.endpoint(plain.port), "not_a_hub");
    EXPECT_EQ(plain.shared->calls.load(), 0);
    Listener http([](int fd) {
        char buffer[4096];
        if (::recv(fd, buffer, sizeof buffer, 0) <= 0) return;
        static const std::string answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
        ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
        ::shutdown(fd, SHUT_WR);
        while (::recv(fd, buffer, sizeof buffer, 0) > 0) {}
    });
    expectRefused(province.endpoint(http.port), "not_a_hub");
}

CASE("a TLS server of the province that is something else is no hub")
{
    const Province province;
    FakeHub health(province, {.onlyHealth = true});
    expectRefused(province.endpoint(health.port), "not_a_hub");
    const auto identity = province.hub();
    Listener https([&](int fd) { serveHttps(identity, fd); });
    expectRefused(province.endpoint(https.port), "not_a_hub");
}

CASE("a device whose own certificate is of another root or expired is told so")
{
    const Province province, other;
    FakeHub hub(province);
    Endpoint endpoint = other.endpoint(hub.port);
    endpoint.ca = province.ca;
    expectRefused(std::move(endpoint), "device_certificate_refused");
    const Millis now = systemClock().now();
    auto old = province.leaf(false, {}, now - 2 * kDay, now - kDay);
    expectRefused({"127.0.0.1:" + std::to_string(hub.port), province.ca, old.certificate, old.key, ""}, "device_certificate_refused");
}

CASE("what the hub's door says is told apart from a hub in trouble")
{
    const Province province;
    FakeHub unknown(province, {.door = {grpc::StatusCode::UNAUTHENTICATED, "no"}});
    expectRefused(province.endpoint(unknown.port), "device_certificate_refused");
    FakeHub revoked(province, {.door = {grpc::StatusCode::PERMISSION_DENIED, "no"}});
    expectRefused(province.endpoint(revoked.port), "refused");
    for (const auto& [code, why] : {std::pair{grpc::StatusCode::RESOURCE_EXHAUSTED, "busy"}, {grpc::StatusCode::INTERNAL, "hub_error"}}) {
        FakeHub hub(province, {.door = {code, "x"}});
        Log log;
        Line line(province.endpoint(hub.port), log.handlers(), quick());
        line.start();
        EXPECT(log.reaches(State::Unreachable, why));
    }
}

CASE("a revocation while the line is up is Identity refused")
{
    const Province province;
    FakeHub hub(province);
    Log log;
    Line line(province.endpoint(hub.port), log.handlers(), quick());
    line.start();
    REQUIRE(log.reaches(State::Up));
    hub.shared->options.door = {grpc::StatusCode::PERMISSION_DENIED, "revoked"};
    hub.dropCalls();
    EXPECT(log.reaches(State::IdentityRefused, "refused"));
}

CASE("behind a proxy the reasons are the same")
{
    const Province province, other;
    FakeHub stranger(other);
    Proxy proxy;
    Endpoint endpoint = province.endpoint(stranger.port);
    endpoint.proxy = proxy.url();
    expectRefused(std::move(endpoint), "hub_certificate_other_root");
}
