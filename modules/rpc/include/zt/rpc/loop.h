#pragma once

#include "zt/base/clock.h"

#include <functional>
#include <memory>

struct uv_loop_s;

namespace zt::rpc {

//! One thread's work: tasks in the order posted, one alarm, and the connections that were given this loop. Sleeps until something happens.
class Loop {
public:
    using Task = std::function<void()>;

    Loop();
    ~Loop(); //!< after run() has returned, or without it
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    //! Any thread. After finish() the task is dropped.
    void post(Task task);
    //! What others may hold to post: works, and drops what it is given, when the loop is gone.
    [[nodiscard]] std::function<void(Task)> poster() const;
    //! Runs until finish(); `onAlarm` when the alarm's time has come. Connections of this loop must be gone behind `atEnd`, which runs last.
    void run(Task onAlarm = {}, Task atEnd = {});

    // On the running thread (before run(), on the one that will run it):
    void finish();               //!< the rest is for tasks only, and they are dropped
    void alarmAt(Millis steady); //!< replaces the one before; 0: none
    void soon(Task task);        //!< before the thread sleeps again
    [[nodiscard]] bool here() const;
    [[nodiscard]] uv_loop_s* uv();

private:
    class Impl;
    std::shared_ptr<Impl> m;
};

} // namespace zt::rpc
