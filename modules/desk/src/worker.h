#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace zt::desk {

//! One thread with two classes of work: `first` (keystrokes and commands) before `second` (the feed) before `idle` (index, blobs' book-keeping).
//! Work given after stop() is dropped; stop() finishes what is in the first class.
class Worker {
public:
    Worker() : m_thread([this] { run(); }) {}
    ~Worker() { stop(); }

    void first(std::function<void()> job) { add(m_first, std::move(job)); }
    void second(std::function<void()> job) { add(m_second, std::move(job)); }
    //! Run again and again while nothing else waits, as long as it returns true; woken by wakeIdle() and by other work.
    void setIdle(std::function<bool()> job)
    {
        std::lock_guard lock(m_mutex);
        m_idle = std::move(job);
        m_idleWanted = true;
        m_wake.notify_one();
    }
    void wakeIdle()
    {
        std::lock_guard lock(m_mutex);
        m_idleWanted = true;
        m_wake.notify_one();
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
    void add(std::deque<std::function<void()>>& to, std::function<void()> job)
    {
        std::lock_guard lock(m_mutex);
        if (m_stop) return;
        to.push_back(std::move(job));
        m_wake.notify_one();
    }
    void run()
    {
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_wake.wait(lock, [&] { return m_stop || !m_first.empty() || !m_second.empty() || (m_idle && m_idleWanted); });
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
                continue;
            }
            lock.unlock();
            job();
            job = nullptr; // captured objects go outside the lock
            lock.lock();
        }
    }

    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_first, m_second;
    std::function<bool()> m_idle;
    bool m_idleWanted = false, m_stop = false;
    std::thread m_thread;
};

} // namespace zt::desk
