#include "zt/rpc/loop.h"

#include "handles.h"
#include "zt/base/result.h"

#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

namespace zt::rpc {

class Loop::Impl {
public:
    Impl()
    {
        ZT_CHECK(uv_loop_init(&loop) == 0); // no file descriptors left: nothing would ever be heard again
        uv_async_init(&loop, &wake, [](uv_async_t* a) { static_cast<Impl*>(a->data)->drain(); });
        uv_timer_init(&loop, &alarm);
        uv_prepare_init(&loop, &before);
        uv_prepare_start(&before, [](uv_prepare_t* p) { static_cast<Impl*>(p->data)->runSoon(); });
        wake.data = alarm.data = before.data = this;
    }

    void post(Task task)
    {
        const std::lock_guard lock(mutex);
        if (finished) return;
        tasks.push_back(std::move(task));
        if (tasks.size() == 1) uv_async_send(&wake); // under the lock: the loop may be gone right behind it
    }
    void drain()
    {
        std::deque<Task> now;
        {
            const std::lock_guard lock(mutex);
            now.swap(tasks);
        }
        for (; !now.empty() && !finished; now.pop_front()) now.front()();
    }
    void runSoon()
    {
        while (!later.empty() && !finished) {
            std::vector<Task> now;
            now.swap(later);
            for (Task& task : now)
                if (!finished) task();
        }
        later.clear();
    }
    void finish()
    {
        {
            const std::lock_guard lock(mutex);
            finished = true;
        }
        uv_stop(&loop);
    }
    //! Handles end on the loop alone.
    void close()
    {
        {
            const std::lock_guard lock(mutex);
            finished = true;
        }
        std::deque<Task> rest = std::move(tasks);
        tasks.clear();
        rest.clear(); // what they hold may end connections
        later.clear();
        for (auto* h : {reinterpret_cast<uv_handle_t*>(&wake), reinterpret_cast<uv_handle_t*>(&alarm), reinterpret_cast<uv_handle_t*>(&before)}) uv_close(h, nullptr);
        uv_run(&loop, UV_RUN_DEFAULT);
        closed = uv_loop_close(&loop) == 0;
    }

    uv_loop_t loop;
    uv_async_t wake;
    uv_timer_t alarm;
    uv_prepare_t before;
    Task onAlarm;
    std::vector<Task> later;
    std::atomic<std::thread::id> thread = std::this_thread::get_id();
    std::mutex mutex;
    std::deque<Task> tasks;
    std::atomic<bool> finished = false;
    bool closed = false;
};

Loop::Loop() : m(std::make_shared<Impl>()) {}

Loop::~Loop()
{
    if (!m->closed) m->close();
}

void Loop::post(Task task) { m->post(std::move(task)); }

std::function<void(Loop::Task)> Loop::poster() const
{
    return [m = m](Task task) { m->post(std::move(task)); };
}

void Loop::run(Task onAlarm, Task atEnd)
{
    m->thread = std::this_thread::get_id();
    m->onAlarm = std::move(onAlarm);
    const auto keep = m; // the last task may destroy this object
    if (!keep->finished) uv_run(&keep->loop, UV_RUN_DEFAULT);
    if (atEnd) atEnd();
    keep->onAlarm = atEnd = {};
    keep->close();
}

void Loop::finish() { m->finish(); }

void Loop::alarmAt(Millis steady)
{
    if (!steady) {
        uv_timer_stop(&m->alarm);
        return;
    }
    uv_update_time(&m->loop);
    const Millis in = steady - systemClock().steady();
    // One more: the loop's time is cut to whole milliseconds.
    uv_timer_start(&m->alarm, [](uv_timer_t* t) {
        auto* impl = static_cast<Impl*>(t->data);
        if (!impl->finished && impl->onAlarm) impl->onAlarm();
    }, uint64_t(in > 0 ? in + 1 : 0), 0);
}

void Loop::soon(Task task) { m->later.push_back(std::move(task)); }
bool Loop::here() const { return m->thread == std::this_thread::get_id(); }
uv_loop_s* Loop::uv() { return &m->loop; }

} // namespace zt::rpc
