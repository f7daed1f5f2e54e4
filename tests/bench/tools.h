#pragma once

#include "zt/base/bytes.h"
#include "zt/base/result.h"
#include "zt/crypto/secret.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace bench {

inline double nowMs() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

//! One line for run.py: key=value.
inline void out(const char* key, double value) { std::printf("%s=%.4f\n", key, value), std::fflush(stdout); }

//! p in 0..1; the values are sorted.
inline double percentile(std::vector<double>& v, double p)
{
    if (v.empty()) return -1;
    std::sort(v.begin(), v.end());
    return v[std::min(v.size() - 1, size_t(double(v.size()) * p))];
}

template <class T>
T must(zt::Result<T> r, const char* what)
{
    if (r) {
        if constexpr (std::is_void_v<T>) return;
        else return std::move(*r);
    }
    std::fprintf(stderr, "%s: %s %s\n", what, std::string(zt::name(r.error().kind)).c_str(), r.error().detail.c_str());
    std::exit(1);
}

//! A thread's queue, in the place of an event loop.
class Loop {
public:
    void post(std::function<void()> f)
    {
        std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(f));
        m_wake.notify_one();
    }
    //! Runs what comes until `done` says so; false after `seconds`.
    bool until(const std::function<bool()>& done, double seconds)
    {
        const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
        std::unique_lock lock(m_mutex);
        while (!done()) {
            if (!m_wake.wait_until(lock, end, [&] { return !m_jobs.empty(); })) return false;
            auto job = std::move(m_jobs.front());
            m_jobs.pop_front();
            lock.unlock();
            job();
            lock.lock();
        }
        return true;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_jobs;
};

} // namespace bench
