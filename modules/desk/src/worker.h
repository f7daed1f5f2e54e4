#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <sys/resource.h>
#include <unistd.h>

namespace zt::desk {

//! One thread with two classes of work: `first` (keystrokes and commands) before `second` (the feed) before `idle` (index, blobs' book-keeping).
//! Work given after stop() is dropped; stop() finishes what is in the first class.
class Worker {
public:
    Worker() : m_thread([this] { run(); }) {}
    ~Worker() { stop(); }

    void first(std::function<void()> job) { add(m_first, std::move(job)); }
    void second(std::function<void()> job) { add(m_second, std::move(job)); }
    //! Run again and again while nothing else waits, as long as it returns true; woken by wakeIdle(). It begins when nothing has been asked for a
    //! moment, since what is asked next would wait for it; under work without such pauses it takes a gap every two seconds.
    void setIdle(std::function<bool()> job)
    {
        std::lock_guard lock(m_mutex);
        m_idle = std::move(job);
        wantIdle();
    }
    void wakeIdle()
    {
        std::lock_guard lock(m_mutex);
        wantIdle();
    }
    [[nodiscard]] bool firstWaits() const
    {
        std::lock_guard lock(m_mutex);
        return !m_first.empty() || m_stop;
    }
    //! For idle work that should end.
    [[nodiscard]] bool anyWaits() const
    {
        std::lock_guard lock(m_mutex);
        return !m_first.empty() || !m_second.empty() || m_stop;
    }
    [[nodiscard]] bool here() const { return std::this_thread::get_id() == m_thread.get_id(); }
    void stop()
    {
        {
            std::lock_guard lock(m_mutex);
            m_stop = true;
            m_wake.notify_one();
        }
        if (m_thread.joinable()) m_thread.join();
    }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds kPause{200}, kTurn{2000};

    void wantIdle()
    {
        if (!m_idleWanted) m_idleSince = Clock::now();
        m_idleWanted = true;
        m_wake.notify_one();
    }
    void add(std::deque<std::function<void()>>& to, std::function<void()> job)
    {
        std::lock_guard lock(m_mutex);
        if (m_stop) return;
        to.push_back(std::move(job));
        m_wake.notify_one();
    }
    void run()
    {
        // Behind whoever draws: where cores are few, the list moves first. (In Linux a nice value is a thread's own.)
        (void)::setpriority(PRIO_PROCESS, id_t(::gettid()), 5);
        std::unique_lock lock(m_mutex);
        auto asked = [&] { return m_stop || !m_first.empty() || !m_second.empty(); };
        for (;;) {
            m_wake.wait(lock, [&] { return asked() || (m_idle && m_idleWanted); });
            if (!asked()) m_wake.wait_until(lock, std::min(m_busy + kPause, m_idleSince + kTurn), asked);
            std::function<void()> job;
            if (!m_first.empty()) {
                job = std::move(m_first.front());
                m_first.pop_front();
            } else if (m_stop) {
                return;
            } else if (!m_second.empty()) {
                job = std::move(m_second.front());
                m_second.pop_front();
            } else {
                m_idleWanted = false;
                auto idle = m_idle;
                lock.unlock();
                const bool more = idle();
                lock.lock();
                m_idleWanted = m_idleWanted || more;
                m_idleSince = Clock::now();
                continue;
            }
            lock.unlock();
            job();
            job = nullptr; // captured objects go outside the lock
            lock.lock();
            m_busy = Clock::now();
        }
    }

    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_first, m_second;
    std::function<bool()> m_idle;
    bool m_idleWanted = false, m_stop = false;
    Clock::time_point m_busy{}, m_idleSince{}; //!< end of the last job; idle work asked for, or its last turn
    std::thread m_thread;
};

} // namespace zt::desk
