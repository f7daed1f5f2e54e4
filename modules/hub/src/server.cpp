#include "zt/hub/server.h"

#include "blob_call.h"
#include "enrolment.h"
#include "metrics.h"
#include "sync_call.h"
#include "zt/base/log.h"
#include "zt/wire/methods.h"

#include <csignal>

namespace zt::hub {

namespace {

constexpr size_t kMostReceived = 10u << 20, kMostOfEnrolment = 64u << 10;
constexpr Millis kGrace = 2500;
constexpr Millis kEnrolIdleMs = 30'000, kEnrolAgeMs = 120'000; //!< nobody has shown who he is there, and an enrolment takes a moment
constexpr int kMostThreads = 4; //!< of the network: they read, check signatures, encrypt

using Roots = std::shared_ptr<const crypto::RootSet>; // those of this start: the hub begins anew with others

int threads()
{
    return std::clamp(int(std::thread::hardware_concurrency()), 2, kMostThreads);
}

void setLevel(const std::string& word)
{
    setLogLevel(word == "debug" ? Level::Debug : word == "warning" ? Level::Warning : word == "error" ? Level::Error : Level::Info);
}

} // namespace

class Server::Impl {
public:
    Impl(OpenHub h, FolderLock l, std::unique_ptr<EnrolCodes> c, const std::string& ca, const Clock& clock)
        : lock(std::move(l)), hub(std::move(h)), codes(std::move(c)), roots(std::make_shared<crypto::RootSet>(ca)), loop(hub, clock),
          blobs{loop, BlobStore(hub.folder.file(hub.folder.config().blobs), blobLimits(hub.folder.config()))}, enrolment(loop, *codes, clock),
          limits(sessionLimits(hub.folder.config())), hubId(hub.folder.config().hubId), clock(clock)
    {
        lines.most = hub.folder.config().maxSessions;
        lines.mostOfOne = hub.folder.config().maxSessionsPerPerson;
        loop.post([this] { loop.onDirectory([this] { blobs.review(); }); });
    }

    static BlobStore::Limits blobLimits(const HubConfig& c) { return {uint64_t(c.maxBlobMib) << 20, uint64_t(c.blobSpaceMib) << 20}; }
    static SessionLimits sessionLimits(const HubConfig& c)
    {
        SessionLimits limits;
        limits.commandsPerSecond = c.commandsPerSecond;
        limits.burst = c.commandsBurst;
        limits.positionEvery = 1000;
        return limits;
    }

    Result<void> listen();
    void shutDown();
    [[nodiscard]] Result<rpc::Server::Options> options(const std::string& at);
    rpc::ServerCall* open(rpc::Incoming in);
    [[nodiscard]] std::pair<rpc::Status, wire::HealthReply> health(const std::string& certificate) const;

    FolderLock lock;
    OpenHub hub;
    std::unique_ptr<EnrolCodes> codes;
    const Roots roots;
    std::unique_ptr<Metrics> metrics; //!< null: off
    Loop loop;
    Lines lines; //!< on the loop's thread
    BlobLines blobs;
    EnrolmentService enrolment;
    const SessionLimits limits;
    const std::string hubId;
    const Clock& clock;
    std::unique_ptr<rpc::Server> main, enrol;
    bool down = false;
};

Result<void> Server::Impl::listen()
{
    const HubConfig& c = hub.folder.config();
    ZT_TRY(blobs.store.open());
    if (!c.metrics.empty()) {
        ZT_LET(started, Metrics::start(hub.folder));
        metrics = std::move(started);
        ZT_LET(kept, hub.log->redundancy());
        metrics->opened(kept);
        loop.measure(*metrics, blobs.worker);
    }
    ZT_LET(mutual, options(c.listen));
    ZT_LET(ca, hub.folder.caPem());
    mutual.clientRoots = ca;
    mutual.mostReceived = kMostReceived;
    mutual.maySpeak = [this](const std::string& pem) { return mayShakeHands(pem, *roots, clock.now()); };
    auto started = rpc::Server::start(std::move(mutual), [this](rpc::Incoming in) { return open(std::move(in)); });
    if (!started) return fail(Err::Io, "listen: cannot listen on " + c.listen + "; is the port taken, are the certificate and key a pair?");
    main = std::move(*started);
    if (c.enrolListen.empty()) return {};
    ZT_LET(plain, options(c.enrolListen));
    plain.mostReceived = kMostOfEnrolment;
    plain.threads = 1;
    plain.mostStreams = 1;
    plain.idleMs = kEnrolIdleMs;
    plain.mostAgeMs = kEnrolAgeMs;
    started = rpc::Server::start(std::move(plain), [this](rpc::Incoming in) -> rpc::ServerCall* {
        if (in.path != wire::kEnrol) return nullptr;
        return new EnrolmentService::Call(std::move(in.stream), [this, address = in.address](const wire::EnrolRequest& request, auto answer) {
            enrolment.enrol(address, request, std::move(answer));
        });
    });
    if (!started) return fail(Err::Io, "enrol_listen: cannot listen on " + c.enrolListen + "; is the port taken?");
    enrol = std::move(*started);
    return {};
}

Result<rpc::Server::Options> Server::Impl::options(const std::string& at)
{
    ZT_LET(ca, hub.folder.caPem());
    ZT_LET(certificate, hub.folder.serverPem());
    ZT_LET(key, hub.folder.serverKeyPem());
    rpc::Server::Options out;
    out.listen = at;
    // The root goes along: an enrolling desk looks for the one whose hash its code names.
    out.chain = certificate + (certificate.empty() || certificate.back() == '\n' ? "" : "\n") + ca;
    out.key = std::move(key);
    out.threads = threads();
    return out;
}

rpc::ServerCall* Server::Impl::open(rpc::Incoming in)
{
    if (in.path == wire::kSync) return new SyncCall(std::move(in.stream), loop, lines, limits, hubId, peerOf(in.certificate, *roots, clock.now()));
    if (in.path == wire::kBlobs) return new BlobCall(std::move(in.stream), blobs, peerOf(in.certificate, *roots, clock.now()));
    if (in.path == wire::kRenew)
        return new UnaryCall<wire::RenewRequest, wire::RenewReply>(std::move(in.stream), [this, peer = renewingPeer(in.certificate, *roots)](const auto&, auto answer) {
            loop.post([this, peer, answer = std::move(answer)] {
                wire::RenewReply reply;
                const auto status = renew(loop, peer, clock, reply);
                answer(status, reply);
            });
        });
    if (in.path == wire::kHealth)
        return new UnaryCall<wire::HealthRequest, wire::HealthReply>(std::move(in.stream), [this, certificate = in.certificate](const auto&, auto answer) {
            const auto [status, reply] = health(certificate);
            answer(status, reply);
        });
    return nullptr;
}

std::pair<rpc::Status, wire::HealthReply> Server::Impl::health(const std::string& certificate) const
{
    wire::HealthReply reply;
    if (!peerOf(certificate, *roots, clock.now())) return {{rpc::Code::Unauthenticated, "certificate"}, reply};
    reply.set_serving(loop.healthy() && loop.readable());
    reply.set_hub(hubId);
    reply.set_version(ZT_VERSION);
    reply.set_position(loop.position());
    return {{}, reply};
}

void Server::Impl::shutDown()
{
    if (down) return;
    down = true;
    loop.post([this] { lines.ending = true; });
    loop.endLines();
    blobs.endAll();
    if (enrol) enrol->shutDown(kGrace);
    if (main) main->shutDown(kGrace);
    main.reset();
    enrol.reset();
    loop.stop(); // before the worker: what the loop still hands over finds it
}

Server::Server(std::unique_ptr<Impl> impl) : m(std::move(impl)) {}

Server::~Server()
{
    if (m) m->shutDown();
}

Result<std::unique_ptr<Server>> Server::start(const std::filesystem::path& dir, const Clock& clock, Random& random, const LogEngine* postgres)
{
    std::signal(SIGPIPE, SIG_IGN);
    ZT_LET(folder, HubFolder::open(dir, postgres));
    setLevel(folder.config().logLevel);
    ZT_LET(lock, FolderLock::take(folder));
    ZT_LET(hub, OpenHub::open(dir, clock, random, postgres));
    ZT_LET(codes, folder.openCodes());
    ZT_LET(ca, hub.folder.caPem());
    std::unique_ptr<Server> server(new Server(std::make_unique<Impl>(std::move(hub), std::move(lock), std::move(codes), ca, clock)));
    ZT_TRY(server->m->listen());
    log(Level::Info, "serving", {{"port", server->port()}, {"enrol_port", server->enrolPort()}, {"position", int64_t(server->m->loop.position())}});
    return server;
}

void Server::shutDown() { m->shutDown(); }
bool Server::healthy() const { return m->loop.healthy(); }
int Server::port() const { return m->main ? m->main->port() : 0; }
int Server::enrolPort() const { return m->enrol ? m->enrol->port() : 0; }
int Server::metricsPort() const { return m->metrics ? m->metrics->port() : 0; }

} // namespace zt::hub
