#include "fake_hub.h"

#include <algorithm>
#include <deque>

namespace zt::link {

namespace {

using SharedPtr = std::shared_ptr<FakeHub::Shared>;

template <class In, class Out>
class Session : public grpc::ServerBidiReactor<In, Out> {
public:
    Session(SharedPtr shared, grpc::CallbackServerContext* context) : m_shared(std::move(shared)), m_context(context)
    {
        ++m_shared->calls;
        const std::lock_guard lock(m_shared->mutex);
        m_shared->open.insert(context);
    }
    void begin()
    {
        if (!m_shared->options.door.ok()) return finish(m_shared->options.door);
        if (m_shared->options.silent) return;
        this->StartSendInitialMetadata();
        this->StartRead(&m_in);
    }

protected:
    virtual void take(const In& in) = 0;
    void say(Out out)
    {
        const std::lock_guard lock(m_mutex);
        m_queue.push_back(std::move(out));
        next();
    }
    void finish(const grpc::Status& status)
    {
        const std::lock_guard lock(m_mutex);
        if (m_finish) return;
        m_finish = status;
        next();
    }
    SharedPtr m_shared;

private:
    void next()
    {
        if (m_writing || m_finished) return;
        if (m_finish) {
            m_finished = true;
            this->Finish(*m_finish);
        } else if (!m_queue.empty()) {
            m_out = std::move(m_queue.front());
            m_queue.pop_front();
            m_writing = true;
            this->StartWrite(&m_out);
        }
    }
    void OnReadDone(bool ok) override
    {
        if (!ok) return finish(grpc::Status::OK);
        take(m_in);
        this->StartRead(&m_in);
    }
    void OnWriteDone(bool ok) override
    {
        const std::lock_guard lock(m_mutex);
        m_writing = false;
        if (!ok && !m_finish) m_finish = grpc::Status::CANCELLED;
        next();
    }
    void OnCancel() override { finish(grpc::Status::CANCELLED); }
    void OnDone() override
    {
        {
            const std::lock_guard lock(m_shared->mutex);
            m_shared->open.erase(m_context);
        }
        delete this;
    }

    grpc::CallbackServerContext* m_context;
    std::mutex m_mutex;
    In m_in;
    Out m_out;
    std::deque<Out> m_queue;
    bool m_writing = false, m_finished = false;
    std::optional<grpc::Status> m_finish;
};

class SyncSession final : public Session<wire::DeskFrame, wire::HubFrame> {
public:
    using Session::Session;

private:
    void take(const wire::DeskFrame& frame) override
    {
        if (frame.has_bundle()) {
            ++m_shared->bundles;
            m_shared->together = std::max(m_shared->together.load(), frame.bundle().frames_size());
            for (const auto& f : frame.bundle().frames()) take(f);
            return;
        }
        ++m_shared->frames;
        if (!frame.has_reads()) return;
        wire::HubFrame out;
        out.mutable_read_end()->set_stream(frame.reads().reads(0).stream());
        out.mutable_read_end()->set_head(frame.reads().reads(0).from());
        say(std::move(out));
    }
};

class BlobSession final : public Session<wire::BlobUp, wire::BlobDown> {
public:
    using Session::Session;

private:
    bool cutHere()
    {
        const uint32_t moved = ++m_shared->chunks;
        if (!m_shared->options.cutAfter || moved < m_shared->options.cutAfter || m_shared->cut.exchange(true)) return false;
        finish({grpc::StatusCode::UNAVAILABLE, "cut"});
        return true;
    }
    void state(const Bytes& blob)
    {
        wire::BlobDown out;
        m_shared->blobs.change([&](auto& blobs) {
            const auto& b = blobs[blob];
            out.mutable_state()->set_blob(blob);
            out.mutable_state()->set_next_chunk(uint32_t(b.chunks.size()));
            out.mutable_state()->set_complete(b.chunks.size() == b.count);
        });
        say(std::move(out));
    }
    void end(const Bytes& blob, wire::BlobEnd::Why why)
    {
        wire::BlobDown out;
        out.mutable_end()->set_blob(blob);
        out.mutable_end()->set_why(why);
        say(std::move(out));
    }
    void take(const wire::BlobUp& up) override
    {
        if (up.has_offer()) {
            if (up.offer().blob() == "denied") return end("denied", wire::BlobEnd::DENIED);
            m_shared->blobs.change([&](auto& blobs) { blobs[up.offer().blob()].count = uint32_t(up.offer().chunks_size()); });
            state(up.offer().blob());
        } else if (up.has_chunk()) {
            bool inOrder = false;
            m_shared->blobs.change([&](auto& blobs) {
                auto& b = blobs[up.chunk().blob()];
                inOrder = b.chunks.size() == up.chunk().index();
                if (inOrder) b.chunks.push_back(up.chunk().data());
            });
            if (!inOrder) return end(up.chunk().blob(), wire::BlobEnd::BAD_CHUNK);
            if (!cutHere()) state(up.chunk().blob());
        } else if (up.has_want()) {
            const auto blobs = m_shared->blobs.now();
            const auto it = blobs.find(up.want().blob());
            if (it == blobs.end()) return end(up.want().blob(), wire::BlobEnd::NOT_HERE_YET);
            for (uint32_t i = up.want().from_chunk(); i < it->second.chunks.size(); ++i) {
                wire::BlobDown out;
                out.mutable_chunk()->set_blob(it->first);
                out.mutable_chunk()->set_index(i);
                out.mutable_chunk()->set_data(it->second.chunks[i]);
                say(std::move(out));
                if (cutHere()) return;
            }
            end(it->first, wire::BlobEnd::DONE);
        }
    }
};

struct HubService final : wire::Hub::CallbackService {
    SharedPtr shared;
    explicit HubService(SharedPtr s) : shared(std::move(s)) {}
    grpc::ServerBidiReactor<wire::DeskFrame, wire::HubFrame>* Sync(grpc::CallbackServerContext* context) override
    {
        auto* session = new SyncSession(shared, context);
        session->begin();
        return session;
    }
    grpc::ServerBidiReactor<wire::BlobUp, wire::BlobDown>* Blobs(grpc::CallbackServerContext* context) override
    {
        auto* session = new BlobSession(shared, context);
        session->begin();
        return session;
    }
};

struct EnrolmentService final : wire::Enrolment::CallbackService {
    SharedPtr shared;
    explicit EnrolmentService(SharedPtr s) : shared(std::move(s)) {}
    grpc::ServerUnaryReactor* Enrol(grpc::CallbackServerContext* context, const wire::EnrolRequest* request, wire::EnrolReply* reply) override
    {
        shared->enrolled = *request;
        *reply = shared->options.reply;
        auto* reactor = context->DefaultReactor();
        reactor->Finish(shared->options.enrol);
        return reactor;
    }
};

struct HealthService final : wire::Health::CallbackService {};

std::shared_ptr<grpc::ServerCredentials> credentials(const Province& province, const Province::Identity& identity, const FakeHub::Options& options)
{
    if (options.plaintext) return grpc::InsecureServerCredentials();
    grpc::SslServerCredentialsOptions ssl(options.askForCertificate ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                                                    : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
    ssl.pem_root_certs = province.ca;
    ssl.pem_key_cert_pairs.push_back({identity.key, identity.certificate + province.ca});
    return grpc::SslServerCredentials(ssl);
}

} // namespace

FakeHub::FakeHub(const Province& province, const Province::Identity& identity, Options options)
{
    shared->options = options;
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(10 * 1024 * 1024);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    int bound = 0;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(options.port), credentials(province, identity, options), &bound);
    if (options.onlyHealth) {
        m_services.push_back(std::make_unique<HealthService>());
    } else {
        m_services.push_back(std::make_unique<HubService>(shared));
        m_services.push_back(std::make_unique<EnrolmentService>(shared));
    }
    for (auto& s : m_services) builder.RegisterService(s.get());
    m_server = builder.BuildAndStart();
    port = uint16_t(bound);
    if (!m_server || !port) throw std::runtime_error("the test's hub did not start");
}

FakeHub::~FakeHub()
{
    m_server->Shutdown(std::chrono::system_clock::now()); // cancels what is open
    m_server->Wait();
}

void FakeHub::dropCalls()
{
    const std::lock_guard lock(shared->mutex);
    for (auto* context : shared->open) context->TryCancel();
}

} // namespace zt::link
