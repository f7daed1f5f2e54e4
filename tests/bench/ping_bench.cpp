//! What one gRPC call takes here, alone, over TLS: bench_ping HUB SECONDS. HUB is a hub's folder, whose certificate the server shows.
//!
//! The floor of an answered command (H3) beside one fdatasync: 256 bytes there and back, nothing done with them.
#include "load.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace zt;
using bench::nowMs;
using bench::readAll;

namespace {

class Echo final : public grpc::CallbackGenericService {
    class Call final : public grpc::ServerGenericBidiReactor {
    public:
        Call() { StartRead(&m_bytes); }
        void OnReadDone(bool ok) override
        {
            if (ok) StartWriteAndFinish(&m_bytes, {}, grpc::Status::OK);
            else Finish(grpc::Status::OK);
        }
        void OnDone() override { delete this; }

    private:
        grpc::ByteBuffer m_bytes;
    };
    grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override { return new Call; }
};

int serve(const std::string& hub, int port)
{
    Echo echo;
    grpc::SslServerCredentialsOptions tls;
    tls.pem_key_cert_pairs.push_back({readAll(hub + "/hub.key"), readAll(hub + "/hub.pem")});
    int bound = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(tls), &bound);
    builder.RegisterCallbackGenericService(&echo);
    const auto server = builder.BuildAndStart();
    if (!server || write(port, &bound, sizeof bound) != sizeof bound) return 3;
    server->Wait();
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3) return 2;
    const std::string hub = argv[1];
    int ends[2];
    if (pipe(ends)) return 3;
    const pid_t server = fork(); // before gRPC begins here
    if (!server) return serve(hub, ends[1]);
    int port = 0;
    if (server < 0 || read(ends[0], &port, sizeof port) != sizeof port) return 3;

    grpc::SslCredentialsOptions tls{readAll(hub + "/ca.pem"), {}, {}};
    grpc::GenericStub stub(grpc::CreateChannel("dns:///127.0.0.1:" + std::to_string(port), grpc::SslCredentials(tls)));
    const std::string body(256, 'x');
    const grpc::Slice slice(body);
    grpc::ByteBuffer request(&slice, 1), answer;
    grpc::CompletionQueue queue;
    std::vector<double> took;
    for (const double end = nowMs() + std::atof(argv[2]) * 1000; nowMs() < end;) {
        grpc::ClientContext context;
        grpc::Status status;
        const double from = nowMs();
        const auto call = stub.PrepareUnaryCall(&context, "/bench/Echo", request, &queue);
        call->StartCall();
        call->Finish(&answer, &status, nullptr);
        void* tag = nullptr;
        bool ok = false;
        queue.Next(&tag, &ok);
        if (!status.ok()) {
            std::fprintf(stderr, "call: %s\n", status.error_message().c_str());
            break;
        }
        took.push_back(nowMs() - from);
    }
    kill(server, SIGTERM);
    waitpid(server, nullptr, 0);
    if (took.size() < 100) return 4;
    bench::out("unary_p50_ms", bench::percentile(took, 0.5));
    bench::out("unary_p99_ms", bench::percentile(took, 0.99));
    return 0;
}
