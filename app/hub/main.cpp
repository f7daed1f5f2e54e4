#include "engine.h"

#include "zt/base/clock.h"
#include "zt/base/log.h"
#include "zt/crypto/selftest.h"
#include "zt/hub/folder.h"
#include "zt/hub/server.h"

#include <csignal>
#include <cstdio>
#include <cstring>
#include <pthread.h>
#include <semaphore>
#include <thread>
#include <unistd.h>

namespace {

constexpr const char* kUsage = "usage: zhengtong-hub --data DIR [--check]\n"
                               "  --data DIR  the hub's data folder, made by zhengtong-ctl\n"
                               "  --check     check configuration, keys and every event of the log, then end\n";

constexpr auto kStop = std::chrono::seconds(10); // what stops in order needs five at most

std::binary_semaphore ended{0};

//! Takes SIGTERM and SIGINT from now on. What hangs then, in the commit of a database that is lost, cannot be called back: the process ends around it, as it may
//! at any moment; nothing was acknowledged that is not kept.
void waitForEnd()
{
    static sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr); // before any thread starts: each of them leaves them to this one
    std::thread([] {
        int which = 0;
        sigwait(&ends, &which);
        ended.release();
        std::this_thread::sleep_for(kStop);
        zt::log(zt::Level::Error, "cut_off");
        std::_Exit(1);
    }).detach();
}

int failed(const char* what, const zt::Error& error)
{
    std::fprintf(stderr, "zhengtong-hub: %s: %s (%.*s)\n", what, error.detail.c_str(), int(zt::name(error.kind).size()), zt::name(error.kind).data());
    return 1;
}

int check(const char* dir)
{
    auto hub = zt::hub::OpenHub::open(dir, zt::systemClock(), zt::systemRandom(), zt::app::postgres());
    if (!hub) return failed("the data folder is not usable", hub.error());
    if (auto checked = hub->log->check(); !checked) return failed("the log does not check", checked.error());
    std::printf("in order: %llu events\n", static_cast<unsigned long long>(hub->core->position()));
    return 0;
}

int serve(const char* dir)
{
    waitForEnd();
    auto server = zt::hub::Server::start(dir, zt::systemClock(), zt::systemRandom(), zt::app::postgres());
    if (!server) return failed("cannot start", server.error());
    while ((*server)->healthy())
        if (ended.try_acquire_for(std::chrono::seconds(1))) break;
    const bool healthy = (*server)->healthy();
    if (!healthy) kill(getpid(), SIGTERM); // its end has the same time
    zt::log(zt::Level::Info, "shutting_down");
    (*server)->shutDown();
    return healthy ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    if (auto chosen = zt::app::chooseProgramme(argc, argv); !chosen) return failed("cannot start", chosen.error());
    const char* dir = nullptr;
    bool onlyCheck = false;
    for (int i = 1; i < argc; ++i) {
        if (!std::strcmp(argv[i], "--data") && i + 1 < argc) dir = argv[++i];
        else if (!std::strcmp(argv[i], "--check")) onlyCheck = true;
        else if (!std::strcmp(argv[i], "--version")) return std::puts(ZT_VERSION), 0;
        else return std::fputs(kUsage, stderr), 2;
    }
    if (!dir) return std::fputs(kUsage, stderr), 2;
    if (auto ready = zt::crypto::start(); !ready) return failed("self test", ready.error());
    return onlyCheck ? check(dir) : serve(dir);
}
