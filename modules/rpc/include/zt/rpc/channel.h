#pragma once

#include "zt/base/result.h"
#include "zt/rpc/loop.h"
#include "zt/rpc/status.h"

#include <vector>

namespace zt::rpc {

//! Who we are and whom we trust, as a client. TLS 1.2 or later, the given roots and no others. Remembers the last TLS session, in memory, which spares both ends the
//! certificates the next time. One identity at one address; any thread makes it, one loop uses it.
class Credentials {
public:
    //! \param roots  PEM, one after another
    //! \param chain, key  PEM; both empty: none of ours is shown. The key is wiped. What cannot be read fails each call with Fault::OwnRefused or OtherRoot.
    [[nodiscard]] static std::shared_ptr<Credentials> make(const std::string& roots, const std::string& chain, std::string& key);
    ~Credentials();

private:
    friend class Channel;
    friend struct Look;
    Credentials();
    class Impl;
    std::unique_ptr<Impl> m;
};

//! One HTTP/2 connection, dialled when it is made and never again. Everything on the loop's thread.
class Channel {
public:
    struct To {
        std::string host;  //!< name or address, without brackets
        uint16_t port = 0;
        std::string proxy; //!< "" or "http://host:port", asked for a tunnel with CONNECT; no other proxy is ever used
        size_t mostReceived = 0; //!< bytes of a message; a longer one ends its call with ResourceExhausted
    };
    Channel(Loop& loop, std::shared_ptr<Credentials> credentials, To to);
    ~Channel(); //!< after its calls
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    [[nodiscard]] bool ready() const; //!< the handshake is done and another call may be made

private:
    friend class Call;
    class Connection;
    std::shared_ptr<Connection> m;
};

//! One call with messages both ways. Made at any time, also while the channel is dialled: what is written then goes out behind the handshake.
class Call {
public:
    //! On the loop's thread, never from within a function of Call. May destroy call and channel.
    struct Owner {
        virtual ~Owner() = default;
        virtual void opened() {}                          //!< the other side let the call in; comes before its first message
        virtual void received(std::string message) = 0;   //!< one for each read()
        virtual void written() {}                         //!< what was written is on its way; one for each write()
        virtual void ended(const Status& status) = 0;     //!< last, after the messages that came; a reader that pauses hears it when it reads again
    };
    //! \param path  "/package.Service/Method"
    Call(Channel& channel, const std::string& path, Owner& owner);
    ~Call(); //!< cancels it; the owner hears nothing more
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    void read();                       //!< asks for one message; while none is asked for the other side has to wait
    void write(std::string framedMessage); //!< see framed()
    void endWriting();

private:
    class Stream;
    std::unique_ptr<Stream> m;
};

//! One message each way, waited for. \return the answer's bytes, or what became of the call. Blocks `timeoutMs` at most (Code::DeadlineExceeded).
struct Answer {
    Status status;
    std::string message;
};
[[nodiscard]] Answer ask(const Channel::To& to, std::shared_ptr<Credentials> credentials, const std::string& path, std::string framedMessage, int timeoutMs);

//! Shakes hands without judging, and returns the PEM certificates offered, leaf first, ten at most. Only for finding the root whose hash an enrolment code names: the
//! handshake ends once they were shown, nothing is sent. Blocks `timeoutMs` at most. Err::Unavailable, or Err::Invalid if it speaks no TLS.
[[nodiscard]] Result<std::vector<std::string>> offeredChain(const Channel::To& to, int timeoutMs);

} // namespace zt::rpc
