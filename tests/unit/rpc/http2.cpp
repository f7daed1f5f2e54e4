#include "http2.h"
#include "support.h"

using namespace zt;
using namespace zt::rpc;

namespace {

struct Heard final : Http2::Stream {
    void opened() override { ++opens; }
    void received(std::string message) override
    {
        messages.push_back(std::move(message));
        if (onMessage) onMessage();
    }
    void noMore() override { ended = true; }
    void written() override { ++writes; }
    void closed(const Status& s) override { status = s; }
    std::function<void()> onMessage;
    std::vector<std::string> messages;
    int opens = 0, writes = 0;
    bool ended = false;
    std::optional<Status> status;
};

//! A client and a server without anything between them but a number of bytes at a time.
struct Pair {
    static constexpr size_t kMost = 1u << 20;
    Heard desk, hub;
    int32_t id = 0;
    Http2 server{{64u << 10, kMost, 4}, [this](int32_t i, const std::string& path) -> Http2::Stream* {
                     id = i;
                     asked = path;
                     return path == "/none" ? nullptr : &hub;
                 }};
    Http2 client{{64u << 10, kMost}};
    std::string asked;
    size_t piece = 1u << 20;

    bool move(Http2& from, Http2& to)
    {
        bool moved = false;
        for (auto bytes = from.next(); !bytes.empty(); bytes = from.next()) {
            moved = true;
            const std::string held(bytes);
            for (size_t at = 0; at < held.size(); at += piece)
                if (!to.take(std::string_view(held).substr(at, piece))) return false;
        }
        from.settle();
        return moved;
    }
    void run()
    {
        for (bool moved = true; moved;) {
            moved = move(client, server);
            server.settle();
            moved = move(server, client) || moved;
            client.settle();
        }
    }
};

} // namespace

CASE("http2: a call, messages both ways and a last word, whatever the pieces they travel in")
{
    for (const size_t piece : {1u, 7u, 100'000u}) {
        Pair p;
        p.piece = piece;
        const int32_t id = p.client.open("/a/b", "hub:1", p.desk);
        p.client.write(id, frameOf("greeting"));
        p.client.read(id);
        p.run();
        EXPECT_EQ(p.asked, std::string("/a/b"));
        EXPECT_EQ(p.desk.writes, 1);
        EXPECT_EQ(p.desk.opens, 0);
        EXPECT(p.hub.messages.empty()); // it was not asked for
        p.server.accept(p.id);
        p.server.read(p.id);
        p.run();
        EXPECT_EQ(p.desk.opens, 1);
        REQUIRE(p.hub.messages.size() == 1 && p.hub.messages[0] == "greeting");
        p.server.write(p.id, frameOf(""));
        p.server.write(p.id, frameOf("two"));
        p.server.finish(p.id, {Code::PermissionDenied, "不行 50%\n"});
        p.run();
        REQUIRE(p.desk.messages.size() == 1 && p.desk.messages[0].empty());
        EXPECT(!p.desk.status); // a message is still to be read before the end
        p.client.read(id);
        p.client.settle();
        REQUIRE(p.desk.messages.size() == 2 && p.desk.messages[1] == "two");
        p.client.read(id);
        p.client.settle();
        REQUIRE(p.desk.status);
        EXPECT(p.desk.status->code == Code::PermissionDenied);
        EXPECT_EQ(p.desk.status->words, std::string("不行 50%\n"));
        EXPECT(p.hub.status && p.hub.status->ok());
        EXPECT_EQ(p.client.open(), 0u);
        EXPECT_EQ(p.server.open(), 0u);
    }
}

CASE("http2: who does not read makes the other side wait, and gets everything later")
{
    Pair p;
    const int32_t id = p.client.open("/a/b", "hub", p.desk);
    p.run();
    p.server.accept(p.id);
    const std::string message(30'000, 'm');
    for (int i = 0; i < 20; ++i) p.server.write(p.id, frameOf(message));
    p.run();
    EXPECT(p.hub.writes >= 2 && p.hub.writes < 4); // a window of 64 KiB
    EXPECT(p.desk.messages.empty());
    p.desk.onMessage = [&] { p.client.read(id); };
    p.client.read(id);
    p.client.settle();
    p.run();
    EXPECT_EQ(p.desk.messages.size(), 20u);
    EXPECT_EQ(p.hub.writes, 20);
    for (const auto& m : p.desk.messages) EXPECT(m == message);
}

CASE("http2: a message longer than the window arrives; one longer than the limit ends its call and no other")
{
    Pair p;
    Heard other;
    const int32_t id = p.client.open("/a/b", "hub", p.desk);
    p.client.write(id, frameOf(std::string(Pair::kMost, 'x')));
    p.run();
    p.server.accept(p.id);
    p.server.read(p.id);
    p.run();
    REQUIRE(p.hub.messages.size() == 1);
    EXPECT_EQ(p.hub.messages[0].size(), Pair::kMost);
    p.client.write(id, frameOf(std::string(Pair::kMost + 1, 'x')));
    p.client.read(id);
    p.server.read(p.id);
    p.run();
    REQUIRE(p.desk.status);
    EXPECT(p.desk.status->code == Code::ResourceExhausted);
    EXPECT(p.hub.status.has_value());
    EXPECT_EQ(p.hub.messages.size(), 1u);
    p.hub.status.reset();
    const int32_t next = p.client.open("/a/b", "hub", other);
    p.client.read(next);
    p.run();
    p.server.finish(p.id, {});
    p.run();
    EXPECT(other.status && other.status->ok());
}

CASE("http2: compressed messages, unknown methods and cut messages are told")
{
    Pair p;
    int32_t id = p.client.open("/none", "hub", p.desk);
    p.client.read(id);
    p.run();
    EXPECT(p.desk.status && p.desk.status->code == Code::Unimplemented);
    Heard desk;
    id = p.client.open("/a", "hub", desk);
    std::string frame = frameOf("x");
    frame[0] = 1;
    p.client.write(id, frame);
    p.client.read(id);
    p.run();
    p.server.read(p.id);
    p.run();
    EXPECT(desk.status && desk.status->code == Code::Unimplemented);
    Heard cut;
    p.hub = {};
    id = p.client.open("/a", "hub", cut);
    p.client.read(id);
    p.run();
    p.server.accept(p.id);
    p.server.write(p.id, frameOf("whole").substr(0, 7));
    p.server.finish(p.id, {});
    p.run();
    EXPECT(cut.status && cut.status->code == Code::Internal);
}

CASE("http2: a client that leaves is heard of; one forgotten hears nothing; an ended connection closes all")
{
    Pair p;
    const int32_t id = p.client.open("/a", "hub", p.desk);
    p.run();
    p.server.accept(p.id);
    p.run();
    p.client.forget(id);
    p.run();
    EXPECT(p.hub.status && p.hub.status->code == Code::Cancelled);
    EXPECT(!p.desk.status);
    Heard one, two;
    const int32_t first = p.client.open("/a", "hub", one);
    (void)p.client.open("/a", "hub", two);
    p.client.read(first);
    p.client.end({Code::Unavailable, "gone", Fault::Broken});
    EXPECT(one.status && one.status->fault == Fault::Broken);
    EXPECT(two.status.has_value());
    EXPECT_EQ(p.client.open(), 0u);
}

CASE("http2: what is not HTTP/2 ends the connection; a client that half-closes is heard of")
{
    Pair p;
    EXPECT(!p.server.take("GET / HTTP/1.1\r\nHost: hub\r\n\r\n"));
    Pair q;
    const int32_t id = q.client.open("/a", "hub", q.desk);
    q.client.write(id, frameOf("last"));
    q.client.endWriting(id);
    q.run();
    q.hub.onMessage = [&] { q.server.read(q.id); };
    q.server.read(q.id);
    q.server.settle();
    EXPECT_EQ(q.hub.messages.size(), 1u);
    EXPECT(q.hub.ended);
}

CASE("http2: who asks and asks and takes no answer is cut off")
{
    Pair q;
    int pings = 0;
    for (; pings < 100'000; ++pings) {
        q.client.ping();
        std::string ping;
        for (auto bytes = q.client.next(); !bytes.empty(); bytes = q.client.next()) ping += bytes;
        if (!q.server.take(ping)) break;
    }
    EXPECT(pings < 10'000);
}

CASE("http2: an announced end lets what there is go on and takes nothing new")
{
    Pair p;
    const int32_t id = p.client.open("/a", "hub", p.desk);
    p.client.read(id);
    p.run();
    p.server.goAway();
    p.run();
    Heard late;
    EXPECT(!p.client.mayOpen());
    EXPECT(p.client.open("/a", "hub", late) < 0);
    p.server.accept(p.id);
    p.server.write(p.id, frameOf("still"));
    p.server.finish(p.id, {});
    p.run();
    EXPECT_EQ(p.desk.messages.size(), 1u);
    p.client.read(id);
    p.client.settle();
    EXPECT(p.desk.status && p.desk.status->ok());
    p.run();
    EXPECT(p.server.over());
}
