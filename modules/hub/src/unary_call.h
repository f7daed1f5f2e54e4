#pragma once

#include "zt/rpc/frame.h"
#include "zt/rpc/server.h"

namespace zt::hub {

//! One message in, one out. `Work` gets the request and answers once, from any thread, at once or later. Deletes itself when it is over.
template <class Request, class Reply>
class UnaryCall final : public rpc::ServerCall {
public:
    using Answer = std::function<void(const rpc::Status&, const Reply&)>;
    using Work = std::function<void(const Request&, Answer)>;
    UnaryCall(std::shared_ptr<rpc::ServerStream> stream, Work work) : rpc::ServerCall(std::move(stream)), m_work(std::move(work)) { read(); }

private:
    void onRead(std::optional<std::string> message) override
    {
        Request request;
        if (!message || !request.ParseFromString(*message)) return finish({rpc::Code::InvalidArgument, "not a message"});
        // Alive until finish().
        m_work(request, [this](const rpc::Status& status, const Reply& reply) {
            if (status.ok()) {
                accept();
                write(rpc::framed(reply));
            }
            finish(status);
        });
    }
    void onWritten(bool) override {}
    void onDone() override { delete this; }

    const Work m_work;
};

} // namespace zt::hub
