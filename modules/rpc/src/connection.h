#pragma once

#include "handles.h"
#include "http2.h"
#include "tls.h"
#include "zt/rpc/loop.h"

namespace zt::rpc {

//! TLS and HTTP/2 over one socket, on one loop. Owned by shared_ptr: whoever it tells something may let go of it there.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    struct Times {
        Millis pingMs = 0, pingAnswerMs = 0; //!< silence until the other side is asked whether it is there, and how long it may take
        Millis handshakeMs = 0; //!< 0: the owner looks after it
        Millis unackedMs = 0; //!< what was sent, and again, while nothing was acknowledged for so long ends the connection; 0: TCP's own time, many minutes
        int probeS = 0;       //!< silence until the system asks the other one whether it still knows of the connection, three times; 0: never
    };
    //! \param http  null: greeted() gives it, so that who has not shaken hands costs little
    Connection(Loop& loop, std::unique_ptr<Http2> http, Times times);
    virtual ~Connection();

    void begin(int fd, SslPtr ssl); //!< owns the socket from then on; starts the handshake
    [[nodiscard]] Http2& http() { return *m_http; } //!< a server's: where ready()
    [[nodiscard]] Loop& loop() { return m_loop; }
    void touch();                   //!< something was asked of http(): it is told and sent before the loop sleeps
    void shut(Status status);       //!< closes all streams with it and the socket; what can be sent at once still is
    [[nodiscard]] bool ready() const { return m_ready && !m_shut; }
    [[nodiscard]] bool isShut() const { return m_shut; }

protected:
    //! The handshake is done. A fault ends the connection.
    virtual Fault greeted(SSL*) { return Fault::None; }
    virtual void over() {} //!< shut() was called, by whomever
    Loop& m_loop;
    std::unique_ptr<Http2> m_http;

private:
    void onSocket(bool failed);
    void shakeHands();
    void readAll();
    void flush();
    bool fill();
    int writeAll();
    void onTimer();
    void lookUnacked();
    void broke();

    const Times m_times;
    int m_fd = -1;
    SslPtr m_ssl;
    std::unique_ptr<Watch> m_watch;
    std::unique_ptr<Timer> m_timer, m_again, m_unacked;
    std::string m_out; //!< waits to be encrypted
    size_t m_outAt = 0;
    bool m_ready = false, m_shut = false, m_touched = false, m_pinged = false, m_wantsWrite = false, m_taking = false, m_broken = false;
    bool m_looking = false; //!< whether what was sent is acknowledged
    Millis m_heardAt = 0;
};

} // namespace zt::rpc
