#pragma once

#include <functional>
#include <utility>
#include <uv.h>

namespace zt::rpc {

//! A handle of libuv with what it calls. Ends when this object does; its memory when the loop has let go of it.
template <class Handle, class Function>
class Held {
public:
    explicit Held(Function function) : m(new Body{{}, std::move(function)}) { m->handle.data = m; }
    ~Held()
    {
        uv_close(reinterpret_cast<uv_handle_t*>(&m->handle), [](uv_handle_t* h) { delete static_cast<Body*>(h->data); });
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

protected:
    struct Body {
        Handle handle;
        Function function;
    };
    Body* const m;
};

class Timer : Held<uv_timer_t, std::function<void()>> {
public:
    Timer(uv_loop_t* loop, std::function<void()> due) : Held(std::move(due)) { uv_timer_init(loop, &m->handle); }
    void in(int64_t ms)
    {
        uv_update_time(m->handle.loop);
        uv_timer_start(&m->handle, [](uv_timer_t* t) { static_cast<Body*>(t->data)->function(); }, uint64_t(ms), 0);
    }
    void stop() { uv_timer_stop(&m->handle); }
};

//! Whether a socket can be read or written. The socket may be closed once this object is gone.
class Watch : Held<uv_poll_t, std::function<void(bool failed)>> {
public:
    Watch(uv_loop_t* loop, int fd, std::function<void(bool)> ready) : Held(std::move(ready)) { uv_poll_init(loop, &m->handle, fd); }
    void want(int events) //!< UV_READABLE, UV_WRITABLE; 0: nothing
    {
        if (events == m_events) return;
        m_events = events;
        if (!events) uv_poll_stop(&m->handle);
        else uv_poll_start(&m->handle, events, [](uv_poll_t* p, int status, int) { static_cast<Body*>(p->data)->function(status < 0); });
    }

private:
    int m_events = 0;
};

} // namespace zt::rpc
