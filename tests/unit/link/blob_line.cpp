#include "fake_hub.h"
#include "net.h"
#include "zt/crypto/blob.h"

using namespace zt;
using namespace zt::link;

namespace {

//! Files in memory, cut as zt/crypto/blob.h cuts them.
struct Files final : BlobFiles {
    std::mutex mutex;
    std::map<Bytes, std::vector<Bytes>> chunks;
    Err failKeep = Err::Internal; //!< Internal: no
    std::atomic<int> reads = 0;

    Result<Bytes> read(const Bytes& blob, uint32_t index) override
    {
        const std::lock_guard lock(mutex);
        ++reads;
        const auto it = chunks.find(blob);
        if (it == chunks.end() || index >= it->second.size()) return fail(Err::NotFound, "no such chunk");
        return it->second[index];
    }
    Result<void> keep(const Bytes& blob, uint32_t index, const Bytes& data) override
    {
        const std::lock_guard lock(mutex);
        if (failKeep != Err::Internal) return fail(failKeep, "as asked");
        if (index != chunks[blob].size()) return fail(Err::Corrupt, "out of order");
        chunks[blob].push_back(data);
        return {};
    }
    size_t count(const Bytes& blob)
    {
        const std::lock_guard lock(mutex);
        return chunks[blob].size();
    }
};

struct Moved {
    struct One {
        uint64_t done = 0;
        bool complete = false, ended = false;
        wire::BlobEnd::Why why = wire::BlobEnd::DONE;
    };
    std::map<Bytes, One> sent, fetched;
    int down = 0, completions = 0;
};

struct Fixture {
    Province province;
    std::shared_ptr<Files> files = std::make_shared<Files>();
    Watched<Moved> moved;

    BlobLine::Events events()
    {
        auto note = [this](std::map<Bytes, Moved::One> Moved::*where) {
            return [this, where](Bytes blob, uint64_t done, bool complete, wire::BlobEnd::Why why) {
                moved.change([&](Moved& m) {
                    m.completions += complete;
                    (m.*where)[blob] = {done, complete, complete || why != wire::BlobEnd::DONE, why};
                });
            };
        };
        return {note(&Moved::sent), note(&Moved::fetched), [this] { moved.change([](Moved& m) { ++m.down; }); }};
    }
    bool sent(const Bytes& blob) { return moved.until([&](Moved& m) { return m.sent[blob].ended; }); }
    bool fetched(const Bytes& blob) { return moved.until([&](Moved& m) { return m.fetched[blob].ended; }); }
    bool broke(int times) { return moved.until([&](Moved& m) { return m.down == times; }); }
};

std::vector<Bytes> content(size_t chunks, size_t lastSize = 1000)
{
    std::vector<Bytes> out;
    for (size_t i = 0; i < chunks; ++i) {
        const size_t whole = crypto::kBlobChunk + 17 + (i ? 0 : 24);
        out.push_back(Bytes(i + 1 == chunks ? lastSize : whole, char('a' + i)));
    }
    return out;
}

uint64_t sizeOf(const std::vector<Bytes>& chunks)
{
    uint64_t size = 0;
    for (const Bytes& c : chunks) size += c.size();
    return size;
}

std::vector<Bytes> hashes(size_t n) { return std::vector<Bytes>(n, Bytes(32, 'h')); }

} // namespace

CASE("files go up and down, several of them, both ways at once")
{
    Fixture f;
    FakeHub hub(f.province);
    const auto a = content(5), b = content(1), c = content(3);
    f.files->chunks = {{"a", a}, {"b", b}};
    hub.shared->blobs.change([&](auto& blobs) { blobs["c"] = {c, 3}; });
    BlobLine line(f.province.endpoint(hub.port), f.files, f.events(), quick());
    line.upload("a", sizeOf(a), hashes(5));
    line.upload("a", sizeOf(a), hashes(5)); // asked twice is done once
    line.upload("b", sizeOf(b), hashes(1));
    line.download("c", "matter", 0, 3);
    REQUIRE(f.sent("a") && f.sent("b") && f.fetched("c"));
    const Moved m = f.moved.now();
    EXPECT(m.sent.at("a").complete && m.sent.at("a").done == sizeOf(a));
    EXPECT(m.sent.at("b").complete && m.fetched.at("c").complete);
    EXPECT_EQ(m.completions, 3);
    EXPECT_EQ(m.down, 0);
    EXPECT(hub.shared->blobs.now().at("a").chunks == a);
    EXPECT(hub.shared->blobs.now().at("b").chunks == b);
    EXPECT_EQ(f.files->count("c"), 3u);
    EXPECT_EQ(hub.shared->calls.load(), 1); // one channel, one call
}

CASE("an upload cut in the middle resumes behind what the hub has")
{
    Fixture f;
    FakeHub hub(f.province, {.cutAfter = 10});
    const auto file = content(20);
    f.files->chunks["f"] = file;
    BlobLine line(f.province.endpoint(hub.port), f.files, f.events(), quick());
    line.upload("f", sizeOf(file), hashes(20));
    REQUIRE(f.broke(1));
    const size_t before = hub.shared->blobs.now().at("f").chunks.size();
    EXPECT(before >= 10 && before < 20);
    EXPECT(!f.moved.now().sent.at("f").ended);
    const int reads = f.files->reads;
    line.upload("f", sizeOf(file), hashes(20)); // what a desk does when the line is up again
    REQUIRE(f.sent("f"));
    EXPECT(f.moved.now().sent.at("f").complete);
    EXPECT_EQ(f.files->reads - reads, 20 - int(before)); // nothing twice
    EXPECT(hub.shared->blobs.now().at("f").chunks == file);
}

CASE("a download cut in the middle resumes behind what the desk keeps")
{
    Fixture f;
    FakeHub hub(f.province, {.cutAfter = 10});
    const auto file = content(20);
    hub.shared->blobs.change([&](auto& blobs) { blobs["f"] = {file, 20}; });
    BlobLine line(f.province.endpoint(hub.port), f.files, f.events(), quick());
    line.download("f", "matter", 0, 20);
    REQUIRE(f.broke(1));
    const uint32_t kept = uint32_t(f.files->count("f"));
    EXPECT(kept >= 1 && kept <= 10);
    line.download("f", "matter", kept, 20);
    REQUIRE(f.fetched("f"));
    EXPECT(f.moved.now().fetched.at("f").complete);
    EXPECT_EQ(f.moved.now().fetched.at("f").done, sizeOf(file) + crypto::kBlobChunk + 17 - 1000); // counted in whole chunks
    EXPECT(f.files->chunks["f"] == file);
    EXPECT_EQ(hub.shared->chunks.load(), 10u + 20u - kept);
}

CASE("what the hub refuses or does not have ends that transfer and no other")
{
    Fixture f;
    FakeHub hub(f.province);
    f.files->chunks = {{"denied", content(2)}, {"good", content(2)}};
    BlobLine line(f.province.endpoint(hub.port), f.files, f.events(), quick());
    line.upload("denied", 2000, hashes(2));
    line.upload("lost", 2000, hashes(2)); // our own file is gone
    line.upload("good", sizeOf(content(2)), hashes(2));
    line.download("nowhere", "matter", 0, 2);
    REQUIRE(f.sent("denied") && f.sent("lost") && f.sent("good") && f.fetched("nowhere"));
    const Moved m = f.moved.now();
    EXPECT(!m.sent.at("denied").complete && m.sent.at("denied").why == wire::BlobEnd::DENIED);
    EXPECT(!m.sent.at("lost").complete && m.sent.at("lost").why == wire::BlobEnd::NOT_HERE_YET);
    EXPECT(m.sent.at("good").complete);
    EXPECT(m.fetched.at("nowhere").why == wire::BlobEnd::NOT_HERE_YET);
    EXPECT_EQ(m.down, 0);
}

CASE("a file that is not at the hub yet comes when it is there, without being asked for again, and holds nothing up until then")
{
    Fixture f;
    FakeHub hub(f.province);
    hub.shared->blobs.change([&](auto& blobs) { blobs["there"] = {content(2), 2}; });
    auto timing = quick();
    timing.absentMs = 20;
    BlobLine line(f.province.endpoint(hub.port), f.files, f.events(), timing);
    line.download("late", "matter", 0, 3);
    REQUIRE(f.fetched("late"));
    EXPECT(f.moved.now().fetched.at("late").why == wire::BlobEnd::NOT_HERE_YET);
    line.download("there", "matter", 0, 2);
    REQUIRE(f.fetched("there"));
    EXPECT(!f.moved.now().fetched.at("late").complete);
    hub.shared->blobs.change([&](auto& blobs) { blobs["late"] = {content(3), 3}; });
    REQUIRE(f.moved.until([](Moved& m) { return m.fetched["late"].complete; }));
    EXPECT(f.files->count("late") == 3u && f.moved.now().down == 0);
    // It is not asked for any more after close().
    line.download("never", "matter", 0, 3);
    REQUIRE(f.fetched("never"));
    line.close();
    hub.shared->blobs.change([&](auto& blobs) { blobs["never"] = {content(3), 3}; });
    line.download("there", "matter", 0, 2);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT(!f.moved.now().fetched.at("never").complete);
}

CASE("a chunk that does not check or finds no room ends the download and the connection")
{
    for (const auto& [kind, why] : {std::pair{Err::Corrupt, wire::BlobEnd::BAD_CHUNK}, {Err::DiskFull, wire::BlobEnd::NO_SPACE}}) {
        Fixture f;
        FakeHub hub(f.province);
        hub.shared->blobs.change([&](auto& blobs) { blobs["f"] = {content(6), 6}; });
        f.files->failKeep = kind;
        BlobLine line(f.province.endpoint(hub.port), f.files, f.events(), quick());
        line.download("f", "matter", 0, 6);
        line.download("next", "matter", 0, 6);
        REQUIRE(f.fetched("f") && f.broke(1));
        EXPECT(f.moved.now().fetched.at("f").why == why);
        f.files->failKeep = Err::Internal;
        line.download("f", "matter", 0, 6);
        REQUIRE(f.moved.until([](Moved& m) { return m.fetched["f"].complete; }));
    }
}

CASE("no hub, a black hole, a wrong identity: down, once for each asking, and nothing blocks")
{
    Fixture f;
    const Province other;
    FakeHub stranger(other);
    const BlackHole hole;
    int downs = 0;
    for (uint16_t port : {freePort(), stranger.port, hole.port}) {
        BlobLine line(f.province.endpoint(port), f.files, f.events(), {500, 50, 200, 30'000});
        line.upload("f", 5, hashes(1));
        line.download("g", "matter", 0, 1);
        EXPECT(f.broke(++downs));
    }
    EXPECT(f.moved.now().sent.empty());
}

CASE("a rate holds both ways")
{
    Fixture f;
    FakeHub hub(f.province);
    const auto file = content(3);
    f.files->chunks["up"] = file;
    hub.shared->blobs.change([&](auto& blobs) { blobs["down"] = {file, 3}; });
    for (const bool up : {true, false}) {
        BlobLine line(f.province.endpoint(hub.port), f.files, f.events(), quick());
        line.setRate(4 << 20);
        const Millis from = systemClock().steady();
        if (up) line.upload("up", sizeOf(file), hashes(3));
        else line.download("down", "matter", 0, 3);
        REQUIRE(up ? f.sent("up") : f.fetched("down"));
        const Millis took = systemClock().steady() - from;
        EXPECT(took >= 490); // two whole chunks at 4 MiB a second come before the end
        EXPECT(took < 4000);
    }
}

CASE("close() forgets, a later asking connects again; the destructor ends everything")
{
    Fixture f;
    FakeHub hub(f.province);
    const auto file = content(8);
    f.files->chunks["f"] = file;
    {
        BlobLine line(f.province.endpoint(hub.port), f.files, f.events(), quick());
        line.setRate(1 << 20);
        line.upload("f", sizeOf(file), hashes(8));
        REQUIRE(f.moved.until([](Moved& m) { return m.sent["f"].done > 0; }));
        line.close();
        line.setRate(0);
        line.upload("f", sizeOf(file), hashes(8));
        REQUIRE(f.sent("f"));
        EXPECT_EQ(f.moved.now().down, 0);
        EXPECT_EQ(hub.shared->calls.load(), 2);
    }
    for (int round = 0; round < 20; ++round) {
        std::atomic<bool> gone = false;
        std::atomic<int> late = 0;
        hub.shared->blobs.change([](auto& blobs) { blobs.clear(); });
        auto events = BlobLine::Events{[&](auto&&...) { late += gone; }, [&](auto&&...) { late += gone; }, [&] { late += gone; }};
        {
            BlobLine line(f.province.endpoint(hub.port), f.files, events, quick());
            line.upload("f", sizeOf(file), hashes(8));
            std::this_thread::sleep_for(std::chrono::milliseconds(round));
        }
        gone = true;
        EXPECT_EQ(late.load(), 0);
    }
}

CASE("who asks again at every break does not storm a hub that refuses")
{
    Fixture f;
    FakeHub hub(f.province, {.door = {grpc::StatusCode::UNAUTHENTICATED, "no"}});
    std::atomic<int> downs = 0;
    std::unique_ptr<BlobLine> line;
    line = std::make_unique<BlobLine>(f.province.endpoint(hub.port), f.files,
                                      BlobLine::Events{{}, {}, [&] {
                                                           ++downs;
                                                           line->download("f", "matter", 0, 1);
                                                       }},
                                      Timing{2000, 600, 60'000, 30'000});
    line->download("f", "matter", 0, 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(600));
    EXPECT(downs >= 1 && downs <= 8); // without a back-off: hundreds
}
