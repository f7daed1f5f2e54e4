#pragma once

#include "zt/rpc/channel.h"
#include "zt/rpc/frame.h"

#include <memory>

namespace zt::link {

//! A call of the hub's with its messages read and written. What cannot be read ends it.
template <class Out, class In>
class Call final : rpc::Call::Owner {
public:
    struct Owner {
        virtual ~Owner() = default;
        virtual void opened() = 0;             //!< the server let the call in
        virtual void received(In message) = 0; //!< read() asks for the next
        virtual void written() = 0;
        virtual void ended(const rpc::Status& status) = 0; //!< the owner may destroy the call here, and at any other moment
    };
    Call(rpc::Channel& channel, const std::string& path, Owner& owner) : m_owner(owner), m_call(channel, path, *this) { m_call.read(); }

    void read() { m_call.read(); }
    [[nodiscard]] bool busy() const { return m_writing; }
    void write(const Out& message)
    {
        m_writing = true;
        m_call.write(rpc::framed(message));
    }

private:
    void opened() override { m_owner.opened(); }
    void received(std::string message) override
    {
        In in;
        if (in.ParseFromString(message)) m_owner.received(std::move(in));
        else m_owner.ended({rpc::Code::Internal, "not a message"});
    }
    void written() override
    {
        m_writing = false;
        m_owner.written();
    }
    void ended(const rpc::Status& status) override { m_owner.ended(status); }

    Owner& m_owner;
    rpc::Call m_call;
    bool m_writing = false;
};

} // namespace zt::link
