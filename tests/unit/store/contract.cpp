#include "support.h"
#include "zt/test/store_contract.h"

namespace zt::store {

CASE("the SQLCipher store keeps the contract of sync's store")
{
    // Each store lives in a folder of its own, which goes with it.
    struct Kept final : sync::Store {
        TempFolder folder;
        std::unique_ptr<SqlStore> inner;
        Result<void> write(const std::function<Result<void>(sync::Tx&)>& work) override { return inner->write(work); }
        Result<void> read(const std::function<Result<void>(sync::Tx&)>& work) override { return inner->read(work); }
    };
    test::storeContract([]() -> std::unique_ptr<sync::Store> {
        auto kept = std::make_unique<Kept>();
        auto made = SqlStore::create(kept->folder.path, keyOf('k'));
        EXPECT_EQ(errorOf(made), std::string("none"));
        kept->inner = std::move(*made);
        return kept;
    });
}

CASE("what was written is there after closing and opening again")
{
    TempFolder dir;
    {
        auto store = SqlStore::create(dir.path, keyOf('k'));
        REQUIRE(store);
        EXPECT((*store)->write([](sync::Tx& tx) { return tx.setMeta("position", "17"); }));
    }
    auto store = SqlStore::open(dir.path, keyOf('k'));
    REQUIRE(store);
    EXPECT((*store)->read([](sync::Tx& tx) -> Result<void> {
        ZT_LET(value, tx.meta("position"));
        EXPECT(value == Bytes("17"));
        return {};
    }));
}

} // namespace zt::store
