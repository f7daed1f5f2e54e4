// A race planted on purpose, and the same with the lock it needs: ThreadSanitizer must find the first and be silent on the second.
#include <cstdio>
#include <cstring>
#include <mutex>
#include <thread>

int main(int argc, char** argv)
{
    const bool locked = argc > 1 && !std::strcmp(argv[1], "locked");
    int count = 0;
    std::mutex mutex;
    auto add = [&] {
        for (int i = 0; i < 1000; ++i) {
            std::unique_lock lock(mutex, std::defer_lock);
            if (locked) lock.lock();
            ++count;
        }
    };
    std::thread other(add);
    add();
    other.join();
    std::printf("counted %d\n", count);
    return 0;
}
