#pragma once

#include "loop.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/client_callback.h>
#include <memory>

namespace zt::link {

//! One bidirectional call whose events arrive as tasks of a loop. gRPC's threads do nothing but post them.
//!
//! A hold keeps the stream alive until its end was seen by the loop, so the loop may start reads and writes at any moment before.
//! Lives until the owner was told `ended` or, once it was left, `gone`; the owner may destroy it there, nowhere else.
template <class Out, class In>
class Call final : public grpc::ClientBidiReactor<Out, In> {
public:
    struct Owner {
        virtual ~Owner() = default;
        virtual void opened() = 0;           //!< the server let the call in
        virtual void received(In message) = 0; //!< read() asks for the next
        virtual void written() = 0;
        virtual void ended(const grpc::Status& status) = 0;
        virtual void gone(Call&) {}            //!< the end of a call that was left
    };
    //! `loop` also keeps the owner alive.
    Call(std::shared_ptr<Loop> loop, Owner& owner) : m_loop(std::move(loop)), m_owner(owner) {}

    grpc::ClientContext context;

    void begin()
    {
        this->AddHold();
        read();
        this->StartCall();
    }
    void read()
    {
        if (m_over || m_reading) return;
        m_reading = true;
        m_in.Clear();
        this->StartRead(&m_in);
    }
    [[nodiscard]] bool busy() const { return m_writing; }
    void write(Out message, bool more)
    {
        if (m_over) return;
        m_writing = true;
        m_out = std::move(message);
        grpc::WriteOptions options;
        if (more) options.set_buffer_hint();
        this->StartWrite(&m_out, options);
    }
    void cancel()
    {
        context.TryCancel();
        read(); // a paused reader would not see the end
    }
    //! Cancels it; of what it still brings the owner hears nothing but `gone`.
    void leave()
    {
        m_left = true;
        cancel();
    }

private:
    void OnReadInitialMetadataDone(bool ok) override
    {
        if (ok) m_loop->post([this] { if (!m_left) m_owner.opened(); });
    }
    void OnReadDone(bool ok) override
    {
        m_loop->post([this, ok] { readDone(ok); });
    }
    void OnWriteDone(bool ok) override
    {
        m_loop->post([this, ok] {
            m_writing = false;
            if (ok && !m_over && !m_left) m_owner.written();
        });
    }
    void OnDone(const grpc::Status& status) override
    {
        const auto loop = m_loop; // the task may destroy this object before post() returns
        loop->post([this, status] { m_left ? m_owner.gone(*this) : m_owner.ended(status); });
    }
    void readDone(bool ok)
    {
        m_reading = false;
        if (ok) return m_left ? read() : m_owner.received(std::move(m_in));
        m_over = true;
        this->RemoveHold();
    }

    const std::shared_ptr<Loop> m_loop;
    Owner& m_owner;
    In m_in;
    Out m_out;
    bool m_reading = false, m_writing = false, m_over = false, m_left = false;
};

} // namespace zt::link
