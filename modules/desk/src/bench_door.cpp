#include "zt/desk/bench_door.h"

#include "desk_impl.h"

#include <unistd.h>

#ifndef ZT_BENCH_DOOR
#error the door belongs to builds with -DZT_BENCH_DOOR=ON
#endif

namespace zt::desk {

void openWithKeys(std::filesystem::path folder, std::shared_ptr<store::Opened> keys, Desk::Options options, Post post, Then<std::shared_ptr<Desk>> then);

namespace {

Result<crypto::Secret> readKey(int fd)
{
    std::string line;
    for (char c; ::read(fd, &c, 1) == 1 && c != '\n';) line += c;
    auto bytes = unhex(line);
    crypto::wipe(line);
    if (!bytes || bytes->size() != 32) return fail(Err::Invalid, "not a key of 64 hex digits");
    crypto::Secret out{BytesView(*bytes)};
    crypto::wipe(*bytes);
    return out;
}

} // namespace

Result<BenchDoor::Keys> BenchDoor::readKeys(int fd)
{
    Keys keys;
    ZT_LET(store, readKey(fd));
    keys.storeKey = std::move(store);
    ZT_LET(seed, readKey(fd));
    keys.signingSeed = std::move(seed);
    ZT_LET(box, readKey(fd));
    keys.boxSecret = std::move(box);
    return keys;
}

void BenchDoor::open(std::filesystem::path folder, Keys keys, Desk::Options options, Post post, Then<std::shared_ptr<Desk>> then)
{
    auto opened = std::make_shared<store::Opened>();
    opened->storeKey = std::move(keys.storeKey);
    opened->signingSeed = std::move(keys.signingSeed);
    opened->boxSecret = std::move(keys.boxSecret);
    openWithKeys(std::move(folder), std::move(opened), std::move(options), std::move(post), std::move(then));
}

void BenchDoor::online(Desk& desk, bool on)
{
    on ? desk.m->line->start() : desk.m->line->stop();
}

} // namespace zt::desk
