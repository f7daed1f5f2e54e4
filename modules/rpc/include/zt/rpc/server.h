#pragma once

#include "zt/base/result.h"
#include "zt/rpc/loop.h"
#include "zt/rpc/status.h"

#include <optional>

namespace zt::rpc {

class ServerStream;

//! One call as a server sees it. What is asked of it is done on its connection's thread, in order, and answered there, one thing at a time.
class ServerCall {
public:
    explicit ServerCall(std::shared_ptr<ServerStream> stream) : m_stream(std::move(stream)) {}
    virtual ~ServerCall() = default;
    ServerCall(const ServerCall&) = delete;
    ServerCall& operator=(const ServerCall&) = delete;

    // Any thread, until finish():
    void accept();                    //!< tells the client that it was let in; before the first write()
    void read();                      //!< answered by onRead(); one at a time
    void write(std::string framedMessage); //!< answered by onWritten(); one at a time
    void finish(Status status);       //!< what was written goes out before it; once

protected:
    virtual void onRead(std::optional<std::string> message) = 0; //!< nothing: no more will come
    virtual void onWritten(bool ok) = 0;                         //!< handed over; false: the call is broken
    virtual void onCancel() {}                                   //!< the client left; finish() is still asked for
    virtual void onDone() = 0;                                   //!< last, after finish(); nothing of the call is used any more, it may be destroyed

private:
    friend class ServerStream;
    const std::shared_ptr<ServerStream> m_stream;
};

//! Who calls what.
struct Incoming {
    std::string path;        //!< "/package.Service/Method"
    std::string certificate; //!< PEM of the client's, whose key it proved; empty where none is asked for
    std::string address;     //!< numeric, without the port
    std::shared_ptr<ServerStream> stream; //!< for ServerCall
};

//! Listens, and serves calls in gRPC's form over HTTP/2 over TLS (1.2 or later). Connections are spread over a few threads.
class Server {
public:
    struct Options {
        std::string listen;   //!< "host:port"; port 0: any. Each address of the host is listened on
        std::string chain;    //!< PEM, own certificate first
        std::string key;      //!< PEM; wiped
        std::string clientRoots; //!< PEM: the names of the roots told to clients, which choose their certificate by them
        //! Judges a client's certificate (PEM), in every handshake, also of a session taken up again; several threads. Empty: none is asked for.
        std::function<bool(const std::string& pem)> maySpeak;
        size_t mostReceived = 0; //!< bytes of a message; a longer one ends its call with ResourceExhausted
        int threads = 2;
        int mostStreams = 16;    //!< calls of one connection at a time
        Millis handshakeMs = 20'000, pingMs = 30'000, pingAnswerMs = 15'000;
        //! Connections that have not shaken hands, 38 kB each. From half of them on a new one has `crowdedMs` for it; beyond them all none is taken in until one is done.
        int mostShaking = 4096;
        Millis crowdedMs = 2000;
        Millis idleMs = 300'000; //!< a connection without a call is ended
        Millis mostAgeMs = 0;    //!< one that is older is ended whatever it does, looked at every idleMs; 0: none is too old
    };
    //! Makes the call's object, on the connection's thread, which is the object's own from then on (onDone). Null: there is no such method.
    using Open = std::function<ServerCall*(Incoming)>;

    //! Err::Invalid: certificate or key; Io: cannot listen there.
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(Options options, Open open);
    ~Server(); //!< as shutDown(0)
    [[nodiscard]] int port() const;
    //! Takes no more connections and calls, waits for the calls there are, breaks those that are left after `graceMs`, and waits for their onDone.
    void shutDown(Millis graceMs);

private:
    class Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m;
};

} // namespace zt::rpc
