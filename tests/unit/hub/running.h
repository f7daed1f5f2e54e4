#pragma once

#include "folder.h"
#include "province.h"

#include "sync.grpc.pb.h"
#include "zt/crypto/blob.h"
#include "zt/crypto/pki.h"
#include "zt/hub/folder.h"
#include "zt/hub/postgres_log.h"
#include "zt/hub/server.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <functional>
#include <grpcpp/grpcpp.h>

//! The real server in a test's folder, and desks on real lines.
namespace zt::test {

inline constexpr Millis kDay = 86'400'000;

inline bool isReceipt(const wire::HubFrame& f) { return f.has_receipt(); }
inline bool isReadEnd(const wire::HubFrame& f) { return f.has_read_end(); }

//! A province in a folder, people in it, and the real server on free ports.
struct Running {
    Folder folder;
    std::filesystem::path dir = folder / "hub";
    std::unique_ptr<hub::KeptLog> log; //!< as another process would have it open
    std::unique_ptr<Province> p;
    std::unique_ptr<hub::Server> server;
    std::string ca;
    std::unique_ptr<crypto::SigningKey> caKey;

    //! \param database  a PostgreSQL one for the log, as hub.json says it
    explicit Running(const std::function<void(hub::HubConfig&)>& configure = {}, const std::string& database = {})
    {
        hub::ProvinceOptions o;
        o.hubId = "hub-1";
        o.bind = "127.0.0.1";
        o.port = o.enrolPort = 0;
        auto made = hub::createProvince(dir, o, systemClock(), systemRandom());
        EXPECT(made);
        ca = *made->caPem();
        caKey = std::make_unique<crypto::SigningKey>(*made->caKey());
        if (!database.empty()) {
            EXPECT(hub::PostgresLog::create(database, *made->restKey(), systemRandom()));
            std::filesystem::remove(dir / "hub.db");
            change(dir, [&](hub::HubConfig& c) { c.postgresql = database; });
            made = hub::HubFolder::open(dir, &hub::postgresEngine());
            EXPECT(made);
        }
        log = std::move(*made->openLog(systemRandom()));
        const auto key = *made->signKey();
        p = std::make_unique<Province>(log.get(), &key, systemClock().now());
        if (configure) change(dir, configure);
        start();
    }
    void start() { server = serve(dir); }
    static std::unique_ptr<hub::Server> serve(const std::filesystem::path& dir)
    {
        auto s = hub::Server::start(dir, systemClock(), systemRandom(), &hub::postgresEngine());
        if (!s) failed("server", 0, s.error().detail);
        return s ? std::move(*s) : nullptr;
    }
    static void change(const std::filesystem::path& dir, const std::function<void(hub::HubConfig&)>& what)
    {
        std::ifstream in(dir / "hub.json");
        auto config = *hub::parseConfig(std::string{std::istreambuf_iterator<char>(in), {}});
        in.close();
        what(config);
        std::ofstream(dir / "hub.json") << hub::formatConfig(config);
    }
    std::string certificate(const std::string& person, const Bytes& device, const Bytes& key)
    {
        const Millis now = systemClock().now();
        return *crypto::issue(*caKey, ca, {person + "/" + hex(device), {}, key, now - kDay, now + kDay, false});
    }
    std::shared_ptr<grpc::Channel> channel(const std::string& root, const std::string& cert, const std::string& key, const hub::Server* at = nullptr)
    {
        grpc::SslCredentialsOptions o{root, key, cert};
        grpc::ChannelArguments args;
        args.SetMaxReceiveMessageSize(-1);
        args.SetMaxSendMessageSize(-1);
        args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        return grpc::CreateCustomChannel("localhost:" + std::to_string((at ? at : server.get())->port()), grpc::SslCredentials(o), args);
    }
    std::shared_ptr<grpc::Channel> channel(const std::string& person, const hub::Server* at = nullptr)
    {
        const Desk& d = p->desks.at(person);
        return channel(ca, certificate(person, d.device, d.key.publicKey()), *crypto::privateKeyPem(d.key), at);
    }
};

//! A desk's line through the real stack; blocking.
struct Wire {
    grpc::ClientContext context;
    std::unique_ptr<wire::Hub::Stub> stub;
    std::unique_ptr<grpc::ClientReaderWriter<wire::DeskFrame, wire::HubFrame>> stream;
    std::deque<wire::HubFrame> waiting;
    std::vector<wire::HubFrame> heard;

    explicit Wire(std::shared_ptr<grpc::Channel> channel) : stub(wire::Hub::NewStub(channel))
    {
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
        stream = stub->Sync(&context);
    }
    bool hello()
    {
        wire::DeskFrame f;
        f.mutable_hello()->set_hub("hub-1");
        return stream->Write(f);
    }
    bool submit(const wire::SignedCommand& c)
    {
        wire::DeskFrame f;
        *f.mutable_submit() = c;
        return stream->Write(f);
    }
    bool read(const std::string& name)
    {
        wire::DeskFrame f;
        auto& read = *f.mutable_reads()->add_reads();
        read.set_stream(name);
        read.set_from(1);
        return stream->Write(f);
    }
    //! The next frame for which `test` holds; null when the line ended.
    template <class Test>
    const wire::HubFrame* until(Test test)
    {
        for (;;) {
            while (!waiting.empty()) {
                heard.push_back(std::move(waiting.front()));
                waiting.pop_front();
                if (test(heard.back())) return &heard.back();
            }
            wire::HubFrame f;
            if (!stream->Read(&f)) return nullptr;
            if (!f.has_bundle()) waiting.push_back(std::move(f));
            else for (auto& each : *f.mutable_bundle()->mutable_frames()) waiting.push_back(std::move(each));
        }
    }
    template <class Test>
    size_t count(Test test) const { return size_t(std::count_if(heard.begin(), heard.end(), test)); }
    const wire::HubFrame* live()
    {
        return until([](const auto& f) { return f.has_position() && f.position().live(); });
    }
    grpc::StatusCode end()
    {
        until([](const auto&) { return false; });
        return stream->Finish().error_code();
    }
};

struct Files {
    grpc::ClientContext context;
    std::unique_ptr<wire::Hub::Stub> stub;
    std::unique_ptr<grpc::ClientReaderWriter<wire::BlobUp, wire::BlobDown>> stream;
    explicit Files(std::shared_ptr<grpc::Channel> channel) : stub(wire::Hub::NewStub(channel))
    {
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
        stream = stub->Blobs(&context);
    }
    wire::BlobDown ask(const wire::BlobUp& up)
    {
        wire::BlobDown down;
        EXPECT(stream->Write(up));
        EXPECT(stream->Read(&down));
        return down;
    }
};

struct Sealed {
    crypto::BlobInfo info;
    std::string bytes;
    wire::BlobUp offer() const
    {
        wire::BlobUp up;
        auto& o = *up.mutable_offer();
        o.set_blob(info.id);
        o.set_sealed_size(info.sealedSize);
        for (const auto& c : info.chunkHashes) o.add_chunks(c);
        return up;
    }
    wire::BlobUp chunk(uint32_t i) const
    {
        wire::BlobUp up;
        const auto range = crypto::chunkRange(info, i);
        up.mutable_chunk()->set_blob(info.id);
        up.mutable_chunk()->set_index(i);
        up.mutable_chunk()->set_data(bytes.substr(range.offset, range.size));
        return up;
    }
    wire::BlobUp want(const std::string& stream, uint32_t from) const
    {
        wire::BlobUp up;
        up.mutable_want()->set_blob(info.id);
        up.mutable_want()->set_stream(stream);
        up.mutable_want()->set_from_chunk(from);
        return up;
    }
};

inline Sealed seal(const Folder& f, size_t size)
{
    std::string plain(size, 'x');
    for (size_t i = 0; i < size; i += 7) plain[i] = char(i * 31);
    std::ofstream(f / "plain", std::ios::binary) << plain;
    Sealed out{*crypto::sealFile(f / "plain", f / "sealed", 1u << 30, systemRandom()), {}};
    std::ifstream in(f / "sealed", std::ios::binary);
    out.bytes.assign(std::istreambuf_iterator<char>(in), {});
    return out;
}

} // namespace zt::test
