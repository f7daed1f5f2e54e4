#pragma once

#include "zt/hub/folder.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace zt::hub {

class Metrics;

//! A thread that runs what is posted, in order.
class Worker {
public:
    Worker();
    ~Worker(); //!< runs what is left
    void post(std::function<void()> task);
    [[nodiscard]] size_t waiting() const { return m_waiting; }

private:
    void run();
    std::atomic<size_t> m_waiting{0}; //!< posted and not done
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::vector<std::function<void()>> m_tasks;
    bool m_stop = false;
    std::thread m_thread;
};

//! One desk's line as the loop sees it; every function is called on the loop's thread.
class Member {
public:
    virtual ~Member() = default;
    //! Takes what came in; commands go to `doors`.
    virtual void takeIn(std::vector<Core::Door>& doors) = 0;
    virtual void answer(Core::Answer answer) = 0;
    //! Hands frames to the connection if it can take some.
    virtual void pump() = 0;
    virtual void drop() = 0;     //!< the group failed: the desk must connect and send again
    virtual void shutDown() = 0; //!< say so and close
    [[nodiscard]] virtual Session* session() = 0; //!< null before it was let in
};

//! The decider: the one thread that touches Core and Sessions. While one group commits, the next gathers.
class Loop {
public:
    Loop(OpenHub& hub, const Clock& clock);
    ~Loop();

    //! Any thread. Runs on the loop's thread before the next group.
    void post(std::function<void()> task);
    //! Any thread: this member has frames, or room for some.
    void ready(Member* member);

    // On the loop's thread:
    void add(Member* member);
    void remove(Member* member);
    [[nodiscard]] Core& core() { return *m_hub.core; }
    [[nodiscard]] OpenHub& hub() { return m_hub; }
    //! From now on the loop counts, and tells once a second how things stand. `files`: the worker whose queue is told too. Both outlive the loop.
    void measure(Metrics& metrics, const Worker& files);
    [[nodiscard]] Metrics* metrics() const { return m_metrics; } //!< any thread; null: they are off
    //! Runs whenever what the directory says may have changed.
    void onDirectory(std::function<void()> task) { m_onDirectory = std::move(task); }

    [[nodiscard]] bool healthy() const { return m_healthy; }
    //! The log answered when it was last asked, and no call to it is without an answer: a commit that waits for a second server may wait for long.
    [[nodiscard]] bool readable() const;
    [[nodiscard]] uint64_t position() const { return m_position; }
    //! Ends every line; new ones are refused by the caller. Blocks until the members were told.
    void endLines();
    void stop(); //!< runs what is left, ends the thread

private:
    void run();
    void round(std::vector<std::function<void()>> tasks, std::vector<Member*> ready);
    bool decide();
    void followUps();
    void look();
    void rest(bool busy);
    [[nodiscard]] Result<void> lookNow();
    [[nodiscard]] Result<void> follow();
    void pumpAll();
    void tellStanding();

    OpenHub& m_hub;
    const Clock& m_clock;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::vector<std::function<void()>> m_tasks;
    std::vector<Member*> m_ready;
    bool m_stop = false;
    std::atomic<bool> m_healthy{true}, m_readable{true};
    std::atomic<bool> m_news{false}; //!< another process may have appended
    std::atomic<uint64_t> m_position{0};
    std::atomic<Millis> m_turnedAt; //!< steady

    std::set<Member*> m_members;
    Spread m_spread;
    std::vector<Core::Door> m_doors;
    std::vector<Member*> m_owners; //!< of m_doors
    std::function<void()> m_onDirectory;
    std::atomic<Metrics*> m_metrics{nullptr};
    const Worker* m_files = nullptr;
    size_t m_longestQueue = 0; //!< since it was told last
    Millis m_toldAt = 0;
    uint64_t m_directoryVersion = 0;
    Millis m_lookedAt = 0, m_pumpedAt = 0, m_busyAt = 0;
    const Millis m_lookEvery; //!< for what other processes appended
    bool m_leads = false, m_followed = true; //!< the follow-ups are ours; the last ones could be done
    std::thread m_thread;
};

} // namespace zt::hub
