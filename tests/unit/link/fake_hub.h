#pragma once

#include "support.h"

#include "sync.grpc.pb.h"

#include <atomic>
#include <grpcpp/grpcpp.h>
#include <map>
#include <set>

namespace zt::link {

//! A hub reduced to its wire: answers Read with ReadEnd, keeps blobs in memory. Not a model of the real one's rules.
class FakeHub {
public:
    struct Options {
        uint16_t port = 0;
        bool plaintext = false;      //!< no TLS at all
        bool onlyHealth = false;     //!< a TLS server that is no hub
        bool askForCertificate = true;
        bool silent = false;         //!< takes the call and never says a word
        grpc::Status door = grpc::Status::OK; //!< refuses the call with this, unless OK
        uint32_t cutAfter = 0;       //!< breaks a Blobs call after as many chunks, once
        grpc::Status enrol = grpc::Status::OK;
        wire::EnrolReply reply;
    };
    struct Blob {
        std::vector<Bytes> chunks;
        uint32_t count = 0;
    };
    struct Shared {
        Options options;
        Watched<std::map<Bytes, Blob>> blobs;
        std::atomic<int> calls = 0;
        std::atomic<uint32_t> chunks = 0; //!< moved either way, all calls together
        std::atomic<bool> cut = false;
        std::atomic<int> frames = 0;
        std::atomic<int> bundles = 0; //!< messages with more than one frame
        std::atomic<int> together = 0; //!< most frames in one
        wire::EnrolRequest enrolled;
        std::mutex mutex;
        std::set<grpc::ServerContextBase*> open;
    };

    FakeHub(const Province& province, const Province::Identity& identity, Options options);
    FakeHub(const Province& province, Options options) : FakeHub(province, province.hub(), std::move(options)) {}
    explicit FakeHub(const Province& province) : FakeHub(province, Options{}) {}
    ~FakeHub();

    uint16_t port = 0;
    std::shared_ptr<Shared> shared = std::make_shared<Shared>();

    //! Ends every call that is open, the connections stay.
    void dropCalls();

private:
    std::vector<std::unique_ptr<grpc::Service>> m_services;
    std::unique_ptr<grpc::Server> m_server;
};

} // namespace zt::link
