#pragma once

#include "zt/rpc/frame.h"
#include "zt/rpc/status.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <nghttp2/nghttp2.h>
#include <vector>

namespace zt::rpc {

//! HTTP/2 of one connection in gRPC's form: bytes in, bytes out, no socket, no clock, no thread. What the other side sends is not to be trusted.
class Http2 {
public:
    struct Limits {
        uint32_t window = 1u << 20;  //!< bytes of a call that may come before they are asked for
        size_t mostReceived = 0;     //!< bytes of a message
        int mostStreams = 16;        //!< a server's
    };
    //! One call's side of it. From within take(), settle() and end() alone.
    class Stream {
    public:
        virtual ~Stream() = default;
        virtual void opened() {}                      //!< a client's: let in
        virtual void received(std::string message) = 0; //!< one for each read()
        virtual void noMore() {}                      //!< a server's: instead of a message
        virtual void written() = 0;                   //!< one for each write()
        virtual void closed(const Status& status) = 0; //!< last
    };
    //! A server's: the stream to hear of it, or null where there is no such method. From within take().
    using OnRequest = std::function<Stream*(int32_t id, const std::string& path)>;

    explicit Http2(Limits limits, OnRequest onRequest); //!< a server
    explicit Http2(Limits limits);                      //!< a client
    ~Http2();
    Http2(const Http2&) = delete;
    Http2& operator=(const Http2&) = delete;

    [[nodiscard]] int32_t open(const std::string& path, const std::string& authority, Stream& stream); //!< a client's; negative: not possible any more
    [[nodiscard]] bool mayOpen() const;
    void forget(int32_t id); //!< its Stream hears nothing more; what is not over is cancelled
    void accept(int32_t id);
    void read(int32_t id);
    void write(int32_t id, std::string framedMessage);
    void endWriting(int32_t id);
    void finish(int32_t id, Status status);
    void ping();
    void goAway();

    [[nodiscard]] bool take(std::string_view bytes); //!< false: the other side broke the rules, the connection must end
    //! Bytes to be sent next, valid until the next call; empty: none.
    [[nodiscard]] std::string_view next();
    [[nodiscard]] bool over() const; //!< nothing will be sent or received any more
    void settle();                   //!< tells what read() found waiting and what was written
    void end(const Status& status);  //!< the connection is gone: closes all
    [[nodiscard]] size_t open() const { return m_open; } //!< streams somebody hears

private:
    struct Entry;
    using EntryPtr = std::shared_ptr<Entry>;
    struct Callbacks;
    void begin();
    EntryPtr find(int32_t id) const;
    void headersDone(const EntryPtr& e, bool first, bool last);
    void deliver(const EntryPtr& e);
    void breakOff(const EntryPtr& e, Status status);
    void hear(const EntryPtr& e, Stream* stream);
    ssize_t fill(Entry& e, uint8_t* out, size_t size, uint32_t* flags);

    const Limits m_limits;
    const OnRequest m_onRequest;
    const bool m_server;
    nghttp2_session* m_session = nullptr;
    std::map<int32_t, EntryPtr> m_entries;
    std::vector<EntryPtr> m_due;
    size_t m_open = 0;
};

} // namespace zt::rpc
