#include "mem_store.h"

#include "zt/test/store_contract.h"
#include "zt/test/test.h"

using namespace zt;

CASE("the simulation's store keeps the contract of sync's store")
{
    test::storeContract([] { return std::make_unique<sim::MemStore>(); });
}

CASE("a crash inside a transaction, or at its commit, keeps nothing; behind it, all")
{
    struct Crash {};
    sim::MemStore store;
    auto write = [&] { return store.write([](sync::Tx& tx) -> Result<void> {
        ZT_TRY(tx.setMeta("a", "1"));
        return tx.putStream({.stream = "s"});
    }); };
    int left = 1;
    store.hooks.write = [&]() -> Result<void> {
        if (left-- == 0) throw Crash{};
        return {};
    };
    try {
        EXPECT(write().has_value());
        EXPECT(false);
    } catch (const Crash&) {
    }
    EXPECT(store.data().meta.empty());
    store.hooks.write = nullptr;
    store.hooks.commit = [] { return Result<void>(Err::DiskFull, "full"); };
    EXPECT(!write());
    EXPECT(store.data().meta.empty() && store.data().streams.empty());
    store.hooks.commit = nullptr;
    store.hooks.committed = [] { throw Crash{}; };
    try {
        EXPECT(write().has_value());
        EXPECT(false);
    } catch (const Crash&) {
    }
    EXPECT_EQ(store.data().meta.at("a"), "1");
    EXPECT_EQ(store.data().streams.size(), 1u);
}
