#include "zt/hub/server.h"

#include "blob_call.h"
#include "enrolment.h"
#include "metrics.h"
#include "sync_call.h"
#include "zt/base/log.h"

#include <absl/synchronization/mutex.h>
#include <csignal>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

namespace zt::hub {

namespace {

constexpr int kMaxReceive = 10 << 20;
constexpr auto kGrace = std::chrono::milliseconds(2500);

using Roots = std::shared_ptr<const crypto::RootSet>; // those of this start: the hub begins anew with others

class HubService final : public wire::Hub::CallbackService {
public:
    HubService(Loop& loop, Lines& lines, BlobLines& blobs, SessionLimits limits, std::string hub, Roots roots, const Clock& clock)
        : m_loop(loop), m_lines(lines), m_blobs(blobs), m_limits(limits), m_hub(std::move(hub)), m_roots(std::move(roots)), m_clock(clock)
    {
    }
    grpc::ServerBidiReactor<wire::DeskFrame, wire::HubFrame>* Sync(grpc::CallbackServerContext* context) override
    {
        return new SyncCall(m_loop, m_lines, m_limits, m_hub, peerOf(*context, *m_roots, m_clock.now()));
    }
    grpc::ServerBidiReactor<wire::BlobUp, wire::BlobDown>* Blobs(grpc::CallbackServerContext* context) override
    {
        return new BlobCall(m_blobs, peerOf(*context, *m_roots, m_clock.now()));
    }
    grpc::ServerUnaryReactor* Renew(grpc::CallbackServerContext* context, const wire::RenewRequest*, wire::RenewReply* reply) override
    {
        auto* reactor = context->DefaultReactor();
        m_loop.post([this, reactor, reply, peer = renewingPeer(*context, *m_roots)] { reactor->Finish(renew(m_loop, peer, m_clock, *reply)); });
        return reactor;
    }

private:
    Loop& m_loop;
    Lines& m_lines;
    BlobLines& m_blobs;
    const SessionLimits m_limits;
    const std::string m_hub;
    const Roots m_roots;
    const Clock& m_clock;
};

class HealthService final : public wire::Health::CallbackService {
public:
    HealthService(const Loop& loop, std::string hub, Roots roots, const Clock& clock) : m_loop(loop), m_hub(std::move(hub)), m_roots(std::move(roots)), m_clock(clock) {}
    grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context, const wire::HealthRequest*, wire::HealthReply* reply) override
    {
        auto* reactor = context->DefaultReactor();
        if (!peerOf(*context, *m_roots, m_clock.now())) {
            reactor->Finish({grpc::StatusCode::UNAUTHENTICATED, "certificate"});
            return reactor;
        }
        reply->set_serving(m_loop.healthy() && m_loop.readable());
        reply->set_hub(m_hub);
        reply->set_version(ZT_VERSION);
        reply->set_position(m_loop.position());
        reactor->Finish(grpc::Status::OK);
        return reactor;
    }

private:
    const Loop& m_loop;
    const std::string m_hub;
    const Roots m_roots;
    const Clock& m_clock;
};

//! OpenSSL's own check knows no grace after a certificate's end. This one decides inside the handshake, so nobody else gets as far as a call.
class DeskCheck final : public grpc::experimental::ExternalCertificateVerifier {
public:
    DeskCheck(Roots roots, const Clock& clock) : m_roots(std::move(roots)), m_clock(clock) {}
    bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>, grpc::Status* status) override
    {
        const auto pem = request->peer_cert();
        if (!mayShakeHands({pem.data(), pem.size()}, *m_roots, m_clock.now())) *status = {grpc::StatusCode::UNAUTHENTICATED, "certificate"};
        return true;
    }
    void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest*) override {}

private:
    const Roots m_roots;
    const Clock& m_clock;
};

std::shared_ptr<grpc::ServerCredentials> mutualCredentials(const std::string& ca, Roots roots, const std::string& chain, const std::string& key, const Clock& clock)
{
    using namespace grpc::experimental;
    TlsServerCredentialsOptions options(std::make_shared<StaticDataCertificateProvider>(ca, std::vector<IdentityKeyCertPair>{{key, chain}}));
    options.watch_identity_key_cert_pairs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_BUT_DONT_VERIFY); // it proves its key; the rest is DeskCheck's
    options.set_certificate_verifier(ExternalCertificateVerifier::Create<DeskCheck>(std::move(roots), clock));
    options.set_check_call_host(false);
    return TlsServerCredentials(options);
}

Result<std::shared_ptr<grpc::ServerCredentials>> credentials(const HubFolder& folder, Roots clients, const Clock& clock)
{
    ZT_LET(ca, folder.caPem());
    ZT_LET(certificate, folder.serverPem());
    ZT_LET(key, folder.serverKeyPem());
    // The root goes along: an enrolling desk looks for the one whose hash its code names.
    const std::string chain = certificate + (certificate.empty() || certificate.back() == '\n' ? "" : "\n") + ca;
    std::shared_ptr<grpc::ServerCredentials> out;
    if (clients) {
        out = mutualCredentials(ca, std::move(clients), chain, key, clock);
    } else {
        grpc::SslServerCredentialsOptions options(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
        options.pem_key_cert_pairs.push_back({key, chain});
        out = grpc::SslServerCredentials(options);
    }
    crypto::wipe(key);
    return out;
}

void setLimits(grpc::ServerBuilder& builder)
{
    builder.SetMaxReceiveMessageSize(kMaxReceive);
    builder.SetMaxSendMessageSize(-1); // an event may hold a document twice: as fact and inside its cause
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 15'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 5);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 16); // one desk's connection: two lines and what is ending
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);         // a second hub on this port is an error, not half of the calls
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 16 << 10);
    builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 20'000); // a desk gives up after ten
}

//! gRPC's own words become lines of ours: place and severity; its text may hold addresses and names.
void logOfGrpc(gpr_log_func_args* args)
{
    if (args->severity != GPR_LOG_SEVERITY_ERROR) return;
    std::string_view file = args->file;
    file.remove_prefix(file.rfind('/') + 1);
    log(Level::Info, "grpc", {{"file", Safe{file}}, {"line", args->line}});
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
          health(loop, hub.folder.config().hubId, roots, clock), service(loop, lines, blobs, sessionLimits(hub.folder.config()), hub.folder.config().hubId, roots, clock), clock(clock)
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

    FolderLock lock;
    OpenHub hub;
    std::unique_ptr<EnrolCodes> codes;
    const Roots roots;
    std::unique_ptr<Metrics> metrics; //!< null: off
    Loop loop;
    Lines lines; //!< on the loop's thread
    BlobLines blobs;
    EnrolmentService enrolment;
    HealthService health;
    HubService service;
    const Clock& clock;
    std::unique_ptr<grpc::Server> main, enrol;
    int port = 0, enrolPort = 0;
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
    ZT_LET(mutual, credentials(hub.folder, roots, clock));
    grpc::ServerBuilder builder;
    setLimits(builder);
    builder.AddListeningPort(c.listen, mutual, &port);
    builder.RegisterService(&service);
    builder.RegisterService(&health);
    main = builder.BuildAndStart();
    if (!main || !port) return fail(Err::Io, "listen: cannot listen on " + c.listen + "; is the port taken, are the certificate and key a pair?");
    if (c.enrolListen.empty()) return {};
    ZT_LET(open, credentials(hub.folder, nullptr, clock));
    grpc::ServerBuilder second;
    setLimits(second);
    second.SetMaxReceiveMessageSize(64 << 10);
    second.AddListeningPort(c.enrolListen, open, &enrolPort);
    second.RegisterService(&enrolment);
    enrol = second.BuildAndStart();
    if (!enrol || !enrolPort) return fail(Err::Io, "enrol_listen: cannot listen on " + c.enrolListen + "; is the port taken?");
    return {};
}

void Server::Impl::shutDown()
{
    if (down) return;
    down = true;
    loop.post([this] { lines.ending = true; });
    loop.endLines();
    blobs.endAll();
    const auto deadline = std::chrono::system_clock::now() + kGrace;
    if (enrol) enrol->Shutdown(deadline);
    if (main) main->Shutdown(deadline);
    if (enrol) enrol->Wait();
    if (main) main->Wait();
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
    gpr_set_log_function(logOfGrpc);
    // Debian's Abseil looks for cycles at each of gRPC's locks, a help for who develops it: a twentieth of a session's time.
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    ZT_LET(folder, HubFolder::open(dir, postgres));
    setLevel(folder.config().logLevel);
    ZT_LET(lock, FolderLock::take(folder));
    ZT_LET(hub, OpenHub::open(dir, clock, random, postgres));
    ZT_LET(codes, folder.openCodes());
    ZT_LET(ca, hub.folder.caPem());
    std::unique_ptr<Server> server(new Server(std::make_unique<Impl>(std::move(hub), std::move(lock), std::move(codes), ca, clock)));
    ZT_TRY(server->m->listen());
    log(Level::Info, "serving", {{"port", server->m->port}, {"enrol_port", server->m->enrolPort}, {"position", int64_t(server->m->loop.position())}});
    return server;
}

void Server::shutDown() { m->shutDown(); }
bool Server::healthy() const { return m->loop.healthy(); }
int Server::port() const { return m->port; }
int Server::enrolPort() const { return m->enrolPort; }
int Server::metricsPort() const { return m->metrics ? m->metrics->port() : 0; }

} // namespace zt::hub
