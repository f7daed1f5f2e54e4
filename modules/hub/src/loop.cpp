#include "loop.h"

#include "metrics.h"
#include "zt/base/log.h"

#include <algorithm>
#include <future>

namespace zt::hub {

namespace {

constexpr Millis kLookEvery = 200, kLookEveryShared = 50; //!< for what zhengtong-ctl appended; for what other hubs did
constexpr Millis kPumpEvery = 1000;  //!< for times and withheld positions
constexpr Millis kTellEvery = 1000;  //!< how things stand
constexpr Millis kRestAfter = 1000;  //!< nobody asked for anything that long
constexpr Millis kStuck = 5000;      //!< a round that takes longer serves nobody
constexpr size_t kGroup = 2000;      //!< commands in one commit
constexpr size_t kFollowUps = 256;

} // namespace

Worker::Worker() : m_thread([this] { run(); }) {}

Worker::~Worker()
{
    {
        std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void Worker::post(std::function<void()> task)
{
    ++m_waiting;
    {
        std::lock_guard lock(m_mutex);
        m_tasks.push_back(std::move(task));
    }
    m_wake.notify_one();
}

void Worker::run()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_wake.wait(lock, [this] { return m_stop || !m_tasks.empty(); });
        if (m_tasks.empty()) return;
        const auto tasks = std::move(m_tasks);
        m_tasks.clear();
        lock.unlock();
        for (const auto& t : tasks) {
            t();
            --m_waiting;
        }
        lock.lock();
    }
}

Loop::Loop(OpenHub& hub, const Clock& clock)
    : m_hub(hub), m_clock(clock), m_position(hub.core->position()), m_turnedAt(clock.steady()), m_spread(*hub.core), m_directoryVersion(hub.core->directory().version),
      m_lookEvery(hub.folder.config().postgresql.empty() ? kLookEvery : kLookEveryShared), m_thread([this] { run(); })
{
    m_hub.log->onNews([this] {
        {
            std::lock_guard lock(m_mutex);
            m_news = true;
        }
        m_wake.notify_one();
    });
}

Loop::~Loop() { stop(); }

void Loop::post(std::function<void()> task)
{
    {
        std::lock_guard lock(m_mutex);
        m_tasks.push_back(std::move(task));
    }
    m_wake.notify_one();
}

bool Loop::readable() const { return m_readable && m_clock.steady() - m_turnedAt < kStuck; }

void Loop::ready(Member* member)
{
    {
        std::lock_guard lock(m_mutex);
        m_ready.push_back(member);
    }
    m_wake.notify_one();
}

void Loop::add(Member* member)
{
    m_members.insert(member);
    m_spread.add(*member->session());
}

void Loop::remove(Member* member)
{
    if (m_members.erase(member)) m_spread.remove(*member->session());
    // Its commands are decided all the same; nobody hears the answers now.
    std::replace(m_owners.begin(), m_owners.end(), member, static_cast<Member*>(nullptr));
}

void Loop::endLines()
{
    std::promise<void> done;
    post([&] {
        decide();
        followUps();
        for (Member* m : m_members) m->shutDown();
        pumpAll();
        done.set_value();
    });
    done.get_future().wait();
}

void Loop::stop()
{
    if (!m_thread.joinable()) return;
    m_hub.log->onNews({});
    {
        std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void Loop::run()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_wake.wait_for(lock, std::chrono::milliseconds(m_lookEvery), [this] { return m_stop || m_news || !m_tasks.empty() || !m_ready.empty(); });
        if (m_stop && m_tasks.empty()) return;
        auto tasks = std::move(m_tasks);
        auto ready = std::move(m_ready);
        m_tasks.clear();
        m_ready.clear();
        lock.unlock();
        m_turnedAt = m_clock.steady();
        m_longestQueue = std::max(m_longestQueue, tasks.size() + ready.size());
        round(std::move(tasks), std::move(ready));
        lock.lock();
    }
}

void Loop::round(std::vector<std::function<void()>> tasks, std::vector<Member*> ready)
{
    for (const auto& t : tasks) t();
    std::sort(ready.begin(), ready.end());
    ready.erase(std::unique(ready.begin(), ready.end()), ready.end());
    std::erase_if(ready, [&](Member* m) { return !m_members.count(m); });
    for (Member* m : ready) {
        m->takeIn(m_doors);
        m_owners.resize(m_doors.size(), m);
        if (m_doors.size() >= kGroup) decide();
    }
    decide();
    look();
    followUps();
    m_spread.spread();
    for (Member* m : ready)
        if (m_members.count(m)) m->pump();
    const Millis now = m_clock.steady();
    if (now - m_pumpedAt >= kPumpEvery) pumpAll();
    else for (Member* m : m_members)
        if (m->session()->due()) m->pump();
    if (m_metrics && now - m_toldAt >= kTellEvery) tellStanding();
    rest(!tasks.empty() || !ready.empty());
}

void Loop::rest(bool busy)
{
    const Millis now = m_clock.steady();
    if (busy) m_busyAt = now;
    else if (now - m_busyAt >= kRestAfter) core().log().rest();
}

bool Loop::decide()
{
    if (m_doors.empty()) return true;
    const auto began = Metrics::now();
    auto answers = core().submit(m_doors);
    if (m_metrics && answers) metrics()->decided(*answers, began);
    if (!answers) {
        if (m_metrics) metrics()->failed(Failure::Group);
        log(Level::Error, "group_failed", {{"error", Safe{name(answers.error().kind)}}, {"commands", m_doors.size()}});
        const std::set<Member*> hit(m_owners.begin(), m_owners.end());
        for (Member* m : hit)
            if (m && m_members.count(m)) m->drop();
    } else {
        for (size_t i = 0; i < answers->size(); ++i)
            if (m_owners[i] && m_members.count(m_owners[i])) m_owners[i]->answer(std::move((*answers)[i]));
        m_spread.spread();
        const std::set<Member*> answered(m_owners.begin(), m_owners.end());
        for (Member* m : answered)
            if (m && m_members.count(m)) m->pump(); // nobody waits for what the rest of the round brings
    }
    m_doors.clear();
    m_owners.clear();
    return bool(answers);
}

Result<void> Loop::follow()
{
    if (!m_leads) return core().keepMarks();
    for (;;) {
        ZT_LET(more, core().followUp(kFollowUps));
        if (!more) return {};
    }
}

void Loop::followUps()
{
    if (m_readable) {
        const auto done = follow();
        if (!done && m_metrics) metrics()->failed(Failure::FollowUp);
        if (!done && m_followed) log(Level::Error, "follow_up_failed", {{"error", Safe{name(done.error().kind)}}});
        m_followed = bool(done);
    }
    m_position = core().position();
    if (core().directory().version == m_directoryVersion) return;
    m_directoryVersion = core().directory().version;
    if (m_onDirectory) m_onDirectory();
}

Result<void> Loop::lookNow()
{
    ZT_TRY(core().refresh());
    ZT_LET(leads, m_hub.log->leads());
    if (leads && !m_leads && !m_hub.folder.config().postgresql.empty()) log(Level::Info, "leads");
    m_leads = leads;
    return {};
}

//! What another process did to the log.
void Loop::look()
{
    const Millis now = m_clock.steady();
    if (!m_news.exchange(false) && m_lookedAt && now - m_lookedAt < m_lookEvery) return;
    m_lookedAt = now;
    const auto looked = lookNow();
    if (!looked && m_metrics) metrics()->failed(Failure::Log);
    // Once each time it begins: a server that is away for an hour is two lines.
    if (!looked && m_readable) log(Level::Error, "log_unreadable", {{"error", Safe{name(looked.error().kind)}}});
    if (looked && !m_readable) log(Level::Info, "log_readable");
    m_readable = bool(looked);
    if (m_healthy && !m_hub.log->present()) {
        log(Level::Error, "database_gone");
        m_healthy = false;
        const auto members = m_members;
        for (Member* m : members) m->drop();
    }
}

void Loop::pumpAll()
{
    const auto members = m_members; // a pump may end a line
    for (Member* m : members)
        if (m_members.count(m)) m->pump();
    m_pumpedAt = m_clock.steady();
}

void Loop::measure(Metrics& metrics, const Worker& files)
{
    post([this, &metrics, &files] {
        m_files = &files;
        m_metrics = &metrics;
        core().watch(&metrics);
        tellStanding();
    });
}

void Loop::tellStanding()
{
    m_toldAt = m_clock.steady();
    Standing s;
    s.healthy = m_healthy;
    s.lines = m_members.size();
    s.deciderQueue = std::exchange(m_longestQueue, 0);
    s.filesQueue = m_files->waiting();
    s.position = core().position();
    s.followed = core().followed();
    if (const auto next = core().nextTime()) s.timesLate = std::max<Millis>(0, m_clock.now() - *next);
    for (Member* m : m_members) {
        const uint64_t lag = s.position - std::min(s.position, m->session()->fed().value_or(s.position));
        s.feedLag = std::max(s.feedLag, lag);
        s.linesBehind += lag > Standing::kBehind;
    }
    metrics()->stands(s);
}

} // namespace zt::hub
