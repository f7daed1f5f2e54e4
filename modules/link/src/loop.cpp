#include "loop.h"

namespace zt::link {

void Loop::post(Task task)
{
    const std::lock_guard lock(m_mutex);
    if (m_finished) return;
    m_tasks.push_back(std::move(task));
    m_wake.notify_one(); // under the lock: the loop may be gone right behind it
}

void Loop::run(const Task& onAlarm)
{
    std::unique_lock lock(m_mutex);
    while (!m_finished) {
        Task task;
        if (!m_tasks.empty()) {
            task = std::move(m_tasks.front());
            m_tasks.pop_front();
        } else if (const Millis now = systemClock().steady(); m_alarm && m_alarm <= now) {
            m_alarm = 0;
            task = onAlarm;
        } else if (m_alarm) {
            m_wake.wait_for(lock, std::chrono::milliseconds(m_alarm - now));
        } else {
            m_wake.wait(lock);
        }
        if (!task) continue;
        lock.unlock();
        task();
        task = nullptr; // what it holds may post when it goes
        lock.lock();
    }
    std::deque<Task> rest = std::move(m_tasks);
    m_tasks.clear();
    lock.unlock();
}

void Loop::finish()
{
    const std::lock_guard lock(m_mutex);
    m_finished = true;
}

void Loop::alarmAt(Millis steady)
{
    const std::lock_guard lock(m_mutex);
    m_alarm = steady;
}

} // namespace zt::link
