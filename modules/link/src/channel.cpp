#include "channel.h"

#include "zt/base/log.h"
#include "zt/crypto/tls.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <mutex>

namespace zt::link {

namespace {

//! gRPC's own lines name hosts and quote peers' texts: only the place goes to our log.
void quiet(gpr_log_func_args* args)
{
    if (args->severity != GPR_LOG_SEVERITY_ERROR) return;
    std::string_view file = args->file;
    file.remove_prefix(file.rfind('/') + 1);
    log(Level::Debug, "grpc", {{"file", Safe{file}}, {"line", args->line}});
}

} // namespace

Sessions Sessions::kept()
{
    Sessions out;
    out.m_cache.reset(grpc_ssl_session_cache_create_lru(2), grpc_ssl_session_cache_destroy);
    return out;
}

void Sessions::into(grpc::ChannelArguments& args) const
{
    if (!m_cache) return;
    const grpc_arg arg = grpc_ssl_session_cache_create_channel_arg(m_cache.get());
    args.SetPointerWithVtable(arg.key, arg.value.pointer.p, arg.value.pointer.vtable);
}

std::shared_ptr<grpc::ChannelCredentials> makeCredentials(const std::string& ca, const std::string& certificate, std::string& key)
{
    static std::once_flag once;
    std::call_once(once, [] {
        gpr_set_log_function(quiet);
        crypto::offerHubsGroupFirst();
        grpc_init(); // for as long as the process lives: its threads would otherwise end and begin anew with each line
    });
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = ca;
    options.pem_cert_chain = certificate;
    options.pem_private_key = key;
    auto out = grpc::SslCredentials(options);
    crypto::wipe(options.pem_private_key);
    crypto::wipe(key);
    return out;
}

std::shared_ptr<grpc::Channel> makeChannel(const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                                           const std::string& proxy, const Sessions& sessions)
{
    grpc::ChannelArguments args;
    args.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
    args.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
    args.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    args.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    args.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10'000); // also how long one connection attempt may take
    args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    args.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    args.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
    args.SetMaxReceiveMessageSize(kMaxReceived);
    args.SetMaxSendMessageSize(kMaxMessage);
    args.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, proxy.empty() ? 0 : 1);
    if (!proxy.empty()) args.SetString(GRPC_ARG_HTTP_PROXY, proxy);
    sessions.into(args);
    return grpc::CreateCustomChannel("dns:///" + address, credentials, args);
}

} // namespace zt::link
