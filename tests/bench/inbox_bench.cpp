//! S2: a first sync from an empty store, until the list is of use: bench_inbox FOLDER KEYS
//!
//! The list is asked for its first page as the window does it: after each change, one question at a time. `newest` is the moment from which that page held the
//! newest matters and stayed so; `rows` the moment it held anything; `live` the end of the sync. All from the hub's being dialled.
#include "tools.h"

#include "zt/crypto/selftest.h"
#include "zt/desk/bench_door.h"

#include <fcntl.h>
#include <unistd.h>

using namespace zt;
using bench::must;
using bench::nowMs;

namespace {

constexpr size_t kPage = 30; // more than a window shows

bench::Loop g_loop;

struct Answer {
    double at;
    std::vector<std::string> streams;
};

struct Inbox {
    std::shared_ptr<desk::Desk> desk;
    std::vector<Answer> answers;
    double openedAt = 0, liveAt = 0;
    bool asking = false, again = false;

    void heard()
    {
        if (!desk) return;
        if (!liveAt && desk->status().live) liveAt = nowMs();
        ask();
    }
    void ask()
    {
        if (asking) {
            again = true;
            return;
        }
        asking = true;
        again = false;
        desk->list(store::Folder::ToDo, 0, kPage, [this](Result<std::vector<store::ListRow>> rows) {
            Answer a{nowMs(), {}};
            for (const auto& r : must(std::move(rows), "list")) a.streams.push_back(r.stream);
            if (answers.empty() || answers.back().streams != a.streams) answers.push_back(std::move(a));
            asking = false;
            if (again) ask();
        });
    }
};

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3 || !crypto::start()) return 2;
    Inbox in;
    const int fd = ::open(argv[2], O_RDONLY | O_CLOEXEC);
    auto keys = must(desk::BenchDoor::readKeys(fd), "keys");
    ::close(fd);
    desk::Desk::Options options;
    options.changed = [&in](const desk::Change&) { in.heard(); };
    desk::BenchDoor::open(argv[1], std::move(keys), std::move(options), [](std::function<void()> f) { g_loop.post(std::move(f)); },
                          [&in](Result<std::shared_ptr<desk::Desk>> d) {
                              in.desk = must(std::move(d), "open");
                              in.openedAt = nowMs();
                              in.ask();
                          });
    if (!g_loop.until([&] { return in.liveAt > 0 && !in.asking; }, 1200)) return 3;
    in.ask(); // what the last change brought
    if (!g_loop.until([&] { return !in.asking; }, 60) || in.answers.back().streams.size() < kPage) return 4;
    const auto filled = std::find_if(in.answers.begin(), in.answers.end(), [](const Answer& a) { return !a.streams.empty(); });
    bench::out("rows_ms", filled->at - in.openedAt);
    bench::out("newest_ms", in.answers.back().at - in.openedAt);
    bench::out("live_ms", in.liveAt - in.openedAt);
    in.desk.reset();
    return 0;
}
