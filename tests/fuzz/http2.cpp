// What either side of a connection may send before and behind the first call, and the messages within: a first byte says which side we are, the rest comes in
// pieces as long as each piece's first byte says.
#include "entry.h"
#include "http2.h"

using namespace zt::rpc;

namespace {

struct Heard final : Http2::Stream {
    Http2* http = nullptr;
    int32_t id = 0;
    bool closedOnce = false;
    void received(std::string message) override
    {
        MUST(!closedOnce && message.size() <= (64u << 10));
        http->write(id, std::string(5, '\0') + message);
        http->read(id);
    }
    void noMore() override { http->finish(id, {}); }
    void written() override { MUST(!closedOnce); }
    void closed(const Status&) override
    {
        MUST(!closedOnce);
        closedOnce = true;
    }
};

void feed(Http2& http, std::string_view bytes)
{
    while (!bytes.empty()) {
        const size_t size = std::min<size_t>(bytes.size(), fuzz::number(bytes, 1) * 8 + 1);
        if (!http.take(bytes.substr(0, size))) break;
        bytes.remove_prefix(std::min(size, bytes.size()));
        http.settle();
        while (!http.next().empty()) {}
        http.settle();
    }
    http.end({Code::Unavailable, {}, Fault::Broken});
    MUST(http.open() == 0);
}

} // namespace

void look(std::string_view bytes)
{
    const Http2::Limits limits{16u << 10, 64u << 10, 4};
    if (fuzz::number(bytes, 1) & 1) {
        std::vector<std::unique_ptr<Heard>> streams;
        Http2* self = nullptr;
        Http2 server(limits, [&](int32_t id, const std::string& path) -> Http2::Stream* {
            if (path == "/none") return nullptr;
            auto& s = *streams.emplace_back(std::make_unique<Heard>());
            s.http = self;
            s.id = id;
            self->accept(id);
            self->read(id);
            return &s;
        });
        self = &server;
        feed(server, bytes);
        for (const auto& s : streams) MUST(s->closedOnce);
    } else {
        Http2 client(limits);
        Heard one, two;
        for (Heard* h : {&one, &two}) {
            h->http = &client;
            h->id = client.open("/a/b", "hub:1", *h);
            client.read(h->id);
            client.write(h->id, std::string("\0\0\0\0\2hi", 7));
        }
        while (!client.next().empty()) {}
        feed(client, bytes);
        MUST(one.closedOnce && two.closedOnce);
    }
}
