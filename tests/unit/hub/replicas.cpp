#include "running.h"
#include "timed.h"
#include "zt/crypto/hash.h"
#include "zt/test/postgres.h"

#include <future>

using namespace zt;
using namespace zt::test;

namespace {

Postgres& server() { return Postgres::shared(); }

bool serving(Running& r)
{
    const auto stub = wire::Health::NewStub(r.channel("head"));
    grpc::ClientContext context;
    wire::HealthReply reply;
    EXPECT(stub->Check(&context, {}, &reply).ok());
    return reply.serving();
}

//! One hub, and a second one with the same keys on the same database.
struct Replicas {
    Running a;
    std::filesystem::path dir = a.folder / "second";
    std::unique_ptr<hub::Server> b;

    Replicas() : a({}, server().where(server().database()))
    {
        std::filesystem::copy(a.dir, dir, std::filesystem::copy_options::recursive);
        std::filesystem::remove(dir / "hub.lock");
        Running::change(dir, [&](hub::HubConfig& c) { c.blobs = (a.dir / "blobs").string(); });
        b = Running::serve(dir);
    }
    [[nodiscard]] bool up() const { return a.server && b; }
};

std::unique_ptr<hub::Core> coreOn(hub::EventLog& log, const Province& p, Random& random)
{
    auto core = std::make_unique<hub::Core>(hub::Core::Config{"hub-1"}, log, p.hubKey, p.clock, random, catalogue::all());
    EXPECT(core->load());
    return core;
}

std::unique_ptr<hub::PostgresLog> logOn(const std::string& where)
{
    auto log = hub::PostgresLog::open(where, crypto::Secret(Bytes(32, 'k')), systemRandom());
    EXPECT(log);
    return log ? std::move(*log) : nullptr;
}

//! Two logs on a database, the first with a province in it.
struct TwoLogs {
    std::string where = server().where(server().database());
    std::unique_ptr<hub::PostgresLog> first, second;
    TwoLogs()
    {
        EXPECT(hub::PostgresLog::create(where, crypto::Secret(Bytes(32, 'k')), systemRandom()));
        first = logOn(where);
        second = logOn(where);
    }
};

} // namespace

CASE("postgresql: a hub serves on it: commands, news, enrolment, and everything after a restart")
{
    Running r({}, server().where(server().database()));
    REQUIRE(r.server);
    const auto command = r.p->sign("drafter", r.p->draft("m/1"));
    {
        Wire head(r.channel("head")), drafter(r.channel("drafter"));
        EXPECT(head.hello() && head.live());
        EXPECT(drafter.hello() && drafter.live());
        EXPECT(drafter.submit(command));
        const auto* receipt = drafter.until(isReceipt);
        REQUIRE(receipt);
        EXPECT_EQ(receipt->receipt().outcome(), wire::APPLIED);
        EXPECT(head.until([](const auto& f) { return f.has_events() && f.events().stream() == "acc/head"; }));
        EXPECT(head.read("m/1"));
        const auto* end = head.until(isReadEnd);
        REQUIRE(end);
        EXPECT(!end->read_end().denied());
    }
    const auto folder = hub::HubFolder::open(r.dir, &hub::postgresEngine());
    REQUIRE(folder);
    const auto codes = *folder->openCodes();
    const Millis now = systemClock().now();
    const Bytes secret = *codes->create("head", now + 1000, systemRandom());
    EXPECT_EQ(*codes->redeem(secret, "one", now), std::string("head"));
    EXPECT_EQ(*codes->redeem(secret, "one", now), std::string("head"));
    EXPECT(codes->redeem(secret, "two", now).error().kind == Err::Unauthenticated);
    EXPECT(codes->redeem(*codes->create("head", now - 1, systemRandom()), "one", now).error().kind == Err::Unauthenticated);
    r.server.reset();
    r.start();
    REQUIRE(r.server);
    Wire again(r.channel("drafter"));
    EXPECT(again.hello());
    EXPECT(again.submit(command));
    const auto* receipt = again.until(isReceipt);
    REQUIRE(receipt);
    EXPECT_EQ(receipt->receipt().version(), 1u);
    EXPECT(r.log->check());
    EXPECT(hub::HubFolder::open(r.dir).error().kind == Err::Unsupported);
}

CASE("postgresql: the server restarts under a running hub; it says so in health and goes on")
{
    Running r({}, server().where(server().database()));
    REQUIRE(r.server);
    EXPECT(serving(r));
    server().stop();
    while (serving(r)) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT(r.server->healthy());
    server().start();
    while (!serving(r)) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    Wire drafter(r.channel("drafter"));
    EXPECT(drafter.hello() && drafter.live());
    EXPECT(drafter.submit(r.p->sign("drafter", r.p->draft("m/1"))));
    EXPECT(drafter.until(isReceipt));
}

CASE("postgresql: a hub whose commit waits for a second server says so in health, and goes on when it is there")
{
    Running r({}, server().where(server().database()));
    REQUIRE(r.server);
    Wire drafter(r.channel("drafter"));
    EXPECT(drafter.hello() && drafter.live());
    const auto names = [](const std::string& list) {
        server().sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '" + list + "'");
        server().sql("postgres", "SELECT pg_reload_conf()");
    };
    names("absent");
    const auto waits = [] { return server().sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") != "0"; };
    for (int i = 0; !waits(); ++i) { // until the server has heard of it commits go on
        EXPECT(drafter.submit(r.p->sign("drafter", r.p->draft("m/" + std::to_string(i)))));
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    while (serving(r)) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT(r.server->healthy());
    names("");
    while (!serving(r)) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT(drafter.until(isReceipt));
}

CASE("postgresql: a new incarnation under a running hub ends it")
{
    Running r({}, server().where(server().database()));
    REQUIRE(r.server);
    Wire drafter(r.channel("drafter"));
    EXPECT(drafter.hello() && drafter.live());
    EXPECT(r.log->newIncarnation());
    drafter.submit(r.p->sign("drafter", r.p->draft("m/1")));
    EXPECT_EQ(int(drafter.end()), int(grpc::StatusCode::UNAVAILABLE));
    while (r.server->healthy()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(r.log->head("m/1")->version, 0u);
}

CASE("replicas: what is submitted at one is heard at the other; a matter goes on at either; what follows is done once")
{
    Replicas r;
    REQUIRE(r.up());
    Wire drafter(r.a.channel("drafter")), head(r.a.channel("head", r.b.get())), director(r.a.channel("director", r.b.get()));
    for (Wire* w : {&drafter, &head, &director}) EXPECT(w->hello() && w->live());
    EXPECT(drafter.submit(r.a.p->sign("drafter", r.a.p->draft("m/1"))));
    EXPECT(drafter.until(isReceipt));
    EXPECT(head.until([](const auto& f) { return f.has_events() && f.events().stream() == "acc/head"; }));
    EXPECT(head.read("m/1"));
    const auto* end = head.until(isReadEnd);
    REQUIRE(end && !end->read_end().denied());
    EXPECT_EQ(end->read_end().head(), 1u);
    EXPECT(head.submit(r.a.p->sign("head", r.a.p->act("m/1", "review#1", wire::CHOICE_AGREE))));
    const auto* receipt = head.until(isReceipt);
    REQUIRE(receipt);
    EXPECT_EQ(receipt->receipt().outcome(), wire::APPLIED);
    EXPECT(drafter.until([](const auto& f) { return f.has_events() && f.events().stream() == "m/1" && f.events().events().rbegin()->version() >= 2; }));
    EXPECT(director.until([](const auto& f) { return f.has_events() && f.events().stream() == "acc/director"; }));
    EXPECT(director.submit(r.a.p->sign("director", r.a.p->act("m/1", "sign#1", wire::CHOICE_SIGN))));
    EXPECT(director.until(isReceipt));
    // Number, dispatch and the receiving unit's matter, wherever they were made.
    Wire clerk(r.a.channel("clerk", r.b.get()));
    EXPECT(clerk.hello());
    for (uint64_t heard = 0; !heard;) {
        EXPECT(clerk.read("acc/clerk"));
        const auto* grants = clerk.until(isReadEnd);
        REQUIRE(grants && !grants->read_end().denied());
        heard = grants->read_end().head();
    }
    EXPECT_EQ(r.a.log->head("reg/示政办发/2026")->version, 1u);
    EXPECT(r.a.log->check());
}

CASE("replicas: the same command at both has one receipt; commands on one matter at both leave one history")
{
    Replicas r;
    REQUIRE(r.up());
    constexpr int kMatters = 12;
    std::vector<wire::SignedCommand> commands;
    for (int i = 0; i < kMatters; ++i) commands.push_back(r.a.p->sign("drafter", r.a.p->draft("m/" + std::to_string(i))));
    const auto send = [&](const hub::Server* at) {
        std::vector<std::string> receipts;
        Wire w(r.a.channel("drafter", at));
        EXPECT(w.hello());
        for (const auto& c : commands) EXPECT(w.submit(c));
        for (int i = 0; i < kMatters; ++i)
            if (const auto* f = w.until(isReceipt)) receipts.push_back(f->receipt().SerializeAsString());
        return receipts;
    };
    auto other = std::async(std::launch::async, send, r.b.get());
    const auto mine = send(nullptr);
    EXPECT_EQ(mine.size(), size_t(kMatters));
    EXPECT(mine == other.get());
    for (int i = 0; i < kMatters; ++i) EXPECT_EQ(r.a.log->head("m/" + std::to_string(i))->version, 1u);
    EXPECT(r.a.log->check());
}

CASE("replicas: a desk that comes from the one with a newer position is no stranger at the other")
{
    Replicas r;
    REQUIRE(r.up());
    for (int i = 0; i < 5; ++i) {
        Wire drafter(r.a.channel("drafter"));
        EXPECT(drafter.hello());
        EXPECT(drafter.submit(r.a.p->sign("drafter", r.a.p->draft("m/" + std::to_string(i)))));
        EXPECT(drafter.until(isReceipt));
        Wire moved(r.a.channel("drafter", r.b.get()));
        wire::DeskFrame f;
        f.mutable_hello()->set_hub("hub-1");
        f.mutable_hello()->set_incarnation(r.a.log->incarnation());
        f.mutable_hello()->set_position(*r.a.log->lastPosition());
        EXPECT(moved.stream->Write(f));
        const auto* welcome = moved.until([](const auto& frame) { return frame.has_welcome(); });
        REQUIRE(welcome);
        EXPECT(!welcome->welcome().new_incarnation());
    }
}

CASE("replicas: a device enrolled and a right granted elsewhere a moment ago count at once")
{
    TwoLogs logs;
    REQUIRE(logs.first && logs.second);
    Province p(logs.first.get());
    SeededRandom random;
    random.engine.seed(7);
    const auto second = coreOn(*logs.second, p, random);
    EXPECT(!*second->mayRead("head", "m/1") && !*second->mayRead("clerk", "m/1"));
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    p.settle();
    EXPECT(!*second->mayRead("head", "m/1"));
    EXPECT(*second->mayReadNow("head", "m/1"));
    EXPECT(!*second->mayReadNow("clerk", "m/1"));

    Replicas r;
    REQUIRE(r.up());
    for (int i = 0; i < 5; ++i) {
        EXPECT(r.a.p->core->catchUp());
        r.a.p->enrol("head"); // by another process, as a replica would
        Wire head(r.a.channel("head", r.b.get()));
        EXPECT(head.hello());
        EXPECT(head.live());
    }
}

CASE("replicas: when the one that does the follow-ups goes, the other does them")
{
    Replicas r;
    REQUIRE(r.up());
    r.a.server.reset();
    Wire head(r.a.channel("head", r.b.get())), drafter(r.a.channel("drafter", r.b.get()));
    EXPECT(head.hello() && head.live());
    EXPECT(drafter.hello() && drafter.live());
    EXPECT(drafter.submit(r.a.p->sign("drafter", r.a.p->draft("m/1"))));
    EXPECT(head.until([](const auto& f) { return f.has_events() && f.events().stream() == "acc/head"; }));
    r.a.start();
    REQUIRE(r.a.server);
    r.b.reset();
    Wire again(r.a.channel("drafter"));
    EXPECT(again.hello() && again.live());
    EXPECT(again.submit(r.a.p->sign("drafter", r.a.p->draft("m/2"))));
    EXPECT(again.until([](const auto& f) { return f.has_events() && f.events().stream() == "acc/drafter" && f.events().events().rbegin()->version() == 2; }));
    EXPECT(r.a.log->check());
}

CASE("replicas: a file sent half to each and fetched from both")
{
    Replicas r;
    REQUIRE(r.up());
    const Sealed s = seal(r.a.folder, (5 << 20) + 1234);
    {
        Files first(r.a.channel("drafter")), second(r.a.channel("drafter", r.b.get()));
        EXPECT_EQ(first.ask(s.offer()).state().next_chunk(), 0u);
        for (uint32_t i = 0; i < 3; ++i) EXPECT_EQ(first.ask(s.chunk(i)).state().next_chunk(), i + 1);
        EXPECT_EQ(second.ask(s.offer()).state().next_chunk(), 3u);
        EXPECT_EQ(first.ask(s.chunk(3)).state().next_chunk(), 4u); // ahead of the other, which writes the same
        for (uint32_t i = 3; i < 6; ++i) EXPECT_EQ(second.ask(s.chunk(i)).state().complete(), i == 5);
        EXPECT(first.ask(s.chunk(4)).state().complete());
        EXPECT(first.ask(s.offer()).state().complete());
    }
    auto draft = r.a.p->draft("m/1");
    auto& a = *draft.mutable_submit()->mutable_document()->add_attachments();
    a.set_name("附件.bin");
    a.set_blob(s.info.id);
    a.set_key(s.info.key);
    a.set_size(s.info.plainSize);
    a.set_sealed_size(s.info.sealedSize);
    a.set_content_hash(s.info.contentHash);
    for (const auto& c : s.info.chunkHashes) a.add_chunks(c);
    Wire drafter(r.a.channel("drafter"));
    EXPECT(drafter.hello() && drafter.live());
    EXPECT(drafter.submit(r.a.p->sign("drafter", draft)));
    EXPECT(drafter.until(isReceipt));
    for (const hub::Server* at : {static_cast<const hub::Server*>(nullptr), static_cast<const hub::Server*>(r.b.get())}) {
        Wire line(r.a.channel("drafter", at)); // has heard of the matter
        EXPECT(line.hello() && line.read("m/1"));
        const auto* read = line.until(isReadEnd);
        REQUIRE(read && !read->read_end().denied());
        Files down(r.a.channel("drafter", at));
        std::string got;
        EXPECT(down.stream->Write(s.want("m/1", 0)));
        wire::BlobDown frame;
        while (down.stream->Read(&frame) && frame.has_chunk()) got += frame.chunk().data();
        EXPECT(frame.has_end() && frame.end().why() == wire::BlobEnd::DONE);
        EXPECT(got == s.bytes);
    }
}

CASE("replicas: a clock that both fire at once fires once")
{
    TwoLogs logs;
    REQUIRE(logs.first && logs.second);
    Province p(logs.first.get());
    wire::Command publish;
    *publish.mutable_publish_definition()->mutable_definition() = timed();
    EXPECT_EQ(p.rules("sys", publish), wire::APPLIED);
    for (int i = 0; i < 6; ++i) EXPECT_EQ(p.does("drafter", timedDraft(p, "m/" + std::to_string(i))), wire::APPLIED);
    p.settle();
    SeededRandom random;
    random.engine.seed(7);
    const auto second = coreOn(*logs.second, p, random);
    EXPECT(p.core->nextTime() && p.core->nextTime() == second->nextTime());
    p.clock.t += 2 * 3600'000;
    const auto settle = [](hub::Core& core) {
        for (;;) {
            const auto more = core.followUp(2);
            if (!more || !*more) return bool(more);
        }
    };
    auto other = std::async(std::launch::async, [&] { return settle(*second); });
    EXPECT(settle(*p.core));
    EXPECT(other.get());
    EXPECT(p.core->catchUp() && second->catchUp());
    EXPECT(settle(*p.core) && settle(*second));
    for (int i = 0; i < 6; ++i) {
        const auto m = "m/" + std::to_string(i);
        EXPECT((openTasks(p, m) == std::set<std::string>{"sign#1"}));
        EXPECT_EQ(p.log->head(m)->version, 2u); // the draft, the clock
    }
    EXPECT(p.log->timesUpTo(INT64_MAX, 10)->empty());
    EXPECT(logs.first->check());
}

CASE("replicas: checkpoints of both say the same root, and none where another went on")
{
    TwoLogs logs;
    REQUIRE(logs.first && logs.second);
    Province p(logs.first.get());
    SeededRandom random;
    random.engine.seed(7);
    const auto second = coreOn(*logs.second, p, random);
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    EXPECT(!p.core->checkpoint().root().empty());
    EXPECT(second->checkpoint().root().empty());
    EXPECT(second->catchUp());
    EXPECT(second->submit({p.door("drafter", p.draft("m/2"))}));
    EXPECT(p.core->checkpoint().root().empty());
    EXPECT(p.core->catchUp());
    const auto mine = p.core->checkpoint(), theirs = second->checkpoint();
    EXPECT_EQ(mine.position(), theirs.position());
    EXPECT(mine.root() == theirs.root() && mine.incarnation() == theirs.incarnation());
    Bytes root;
    for (const auto rows = *logs.second->tail(0, 1000); const auto& row : rows) root = crypto::hash("zt-root-1", {root, wire::eventHash(row.event)});
    EXPECT(mine.root() == root);
    EXPECT(wire::checkpointIsGood("hub-1", theirs, p.hubKey.publicKey()));
}

CASE("replicas: the lead is one's, and another's when its session ends")
{
    TwoLogs logs;
    REQUIRE(logs.first && logs.second);
    EXPECT(*logs.first->leads());
    EXPECT(!*logs.second->leads());
    EXPECT(*logs.first->leads());
    logs.first.reset();
    for (int i = 0; i < 500 && !*logs.second->leads(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT(*logs.second->leads());
    server().sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 't%'");
    EXPECT(logs.second->lastPosition());
    EXPECT(*logs.second->leads()); // nobody else asked
}
