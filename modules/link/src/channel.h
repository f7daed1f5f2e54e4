#pragma once

#include "zt/base/result.h"
#include "zt/link/link.h"

#include <grpc/grpc_security.h>
#include <grpcpp/grpcpp.h>

namespace zt::link {

//! TLS sessions that a later connection of the same owner takes up again, which spares both ends the certificates. One for each identity: the hub takes a session's
//! client for the one who began it. In memory only. A default-made one keeps none.
class Sessions {
public:
    Sessions() = default;
    [[nodiscard]] static Sessions kept();
    void into(grpc::ChannelArguments& args) const;

private:
    std::shared_ptr<grpc_ssl_session_cache> m_cache;
};

//! The only way this module makes a channel: TLS 1.2 or later, the pinned root and nothing else, no proxy but the given one, a connection of its
//! own (never one that another channel holds), keep-alive, no retries and no service configuration from DNS.
[[nodiscard]] std::shared_ptr<grpc::Channel> makeChannel(const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                                                         const std::string& proxy, const Sessions& sessions);
//! Without key and certificate: for enrolment only. gRPC keeps a copy of the key as long as the credentials live; ours is wiped.
[[nodiscard]] std::shared_ptr<grpc::ChannelCredentials> makeCredentials(const std::string& ca, const std::string& certificate, std::string& key);

constexpr int kMaxMessage = 10 * 1024 * 1024;  //!< bytes we send; the hub takes no more
constexpr int kMaxReceived = 24 * 1024 * 1024; //!< one event holds its document in the fact and in the cause: 17 MB at most

} // namespace zt::link
