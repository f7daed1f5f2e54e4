#pragma once

#include "zt/base/clock.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace zt::link {

//! One thread's work: tasks in the order posted, and one alarm.
class Loop {
public:
    using Task = std::function<void()>;

    //! Any thread. After finish() the task is dropped.
    void post(Task task);
    //! Runs until finish(); `onAlarm` when the alarm's time has come.
    void run(const Task& onAlarm);
    //! The rest is for tasks only (the running thread).
    void finish();
    void alarmAt(Millis steady); //!< replaces the one before; 0: none

private:
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Task> m_tasks;
    Millis m_alarm = 0;
    bool m_finished = false;
};

} // namespace zt::link
