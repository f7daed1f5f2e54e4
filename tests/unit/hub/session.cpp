#include "province.h"

using namespace zt;
using namespace zt::test;

namespace {

//! A desk's end of a session, by hand.
struct Line {
    Province& p;
    hub::Session session;
    std::vector<wire::HubFrame> heard;

    Line(Province& province, const std::string& person, hub::SessionLimits limits = {})
        : p(province), session(*province.core, {person, province.desks.at(person).device}, limits)
    {
    }
    Result<void> say(const wire::DeskFrame& frame)
    {
        std::vector<hub::Core::Door> doors;
        auto ok = session.take(frame, doors);
        if (doors.empty()) return ok;
        const auto answers = p.core->submit(doors);
        EXPECT(answers);
        for (const auto& a : *answers) session.answer(a);
        return ok;
    }
    Result<void> hello(const Bytes& incarnation = {}, uint64_t position = 0, const std::string& hub = "hub-1")
    {
        wire::DeskFrame f;
        f.mutable_hello()->set_hub(hub);
        f.mutable_hello()->set_incarnation(incarnation);
        f.mutable_hello()->set_position(position);
        return say(f);
    }
    void pump(size_t budget = 64 << 10)
    {
        for (int i = 0; i < 10000; ++i) {
            const auto more = session.pump(heard, budget);
            EXPECT(more);
            if (!more || !*more) return;
        }
        EXPECT(false); // it never ends
    }
    template <class Test>
    size_t count(Test test) const { return size_t(std::count_if(heard.begin(), heard.end(), test)); }
    std::set<std::string> streams() const
    {
        std::set<std::string> out;
        for (const auto& f : heard)
            if (f.has_events()) out.insert(f.events().stream());
        return out;
    }
    const wire::HubFrame* last() const { return heard.empty() ? nullptr : &heard.back(); }
};

wire::DeskFrame readFrame(const std::string& stream, uint64_t from)
{
    wire::DeskFrame f;
    auto& read = *f.mutable_reads()->add_reads();
    read.set_stream(stream);
    read.set_from(from);
    return f;
}

} // namespace

CASE("session: nothing goes before Hello, and only one Hello")
{
    Province p;
    Line line(p, "head");
    EXPECT(!line.say(readFrame("dir", 1)));
    wire::DeskFrame submit;
    *submit.mutable_submit() = p.sign("head", p.draft("m/1"));
    EXPECT(!line.say(submit));
    EXPECT(line.heard.empty());
    EXPECT(line.hello());
    EXPECT(!line.hello());
    EXPECT(!line.say(wire::DeskFrame()));
    wire::DeskFrame heads;
    heads.mutable_heads();
    EXPECT(!line.say(heads)); // not asked for
    wire::DeskFrame offer;
    offer.mutable_offer();
    EXPECT(!line.say(offer));
}

CASE("session: another hub's name closes the line")
{
    Province p;
    Line line(p, "head");
    EXPECT(line.hello({}, 0, "hub-2"));
    line.pump();
    REQUIRE(line.last() && line.last()->has_closed());
    EXPECT_EQ(line.last()->closed().why(), wire::Closed::WRONG_HUB);
    EXPECT(line.session.closing());
}

CASE("session: feed gives only what may be read, gapless, and says when it is live")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    p.settle();
    Line line(p, "clerk");
    EXPECT(line.hello(p.log->incarnation(), 1));
    line.pump(1000); // small budgets
    EXPECT(line.heard.front().has_welcome());
    EXPECT(wire::timeIsGood("hub-1", line.heard.front().welcome().time(), line.heard.front().welcome().sign_key()));
    EXPECT((line.streams() == std::set<std::string>{"dir"}));
    EXPECT_EQ(line.count([](const auto& f) { return f.has_position() && f.position().live(); }), 1u);
    uint64_t position = 1, version = 1;
    for (const auto& f : line.heard) {
        if (f.has_events()) {
            for (const auto& e : f.events().events()) EXPECT_EQ(e.version(), ++version);
            EXPECT(f.events().position() > position);
            position = f.events().position();
        } else if (f.has_position()) {
            position = f.position().position();
        }
    }
    EXPECT_EQ(version, p.log->head("dir")->version);
    EXPECT_EQ(position, *p.log->lastPosition());
    // what comes later: only skipped rows
    line.heard.clear();
    EXPECT_EQ(p.does("drafter", p.draft("m/2")), wire::APPLIED);
    line.pump();
    EXPECT(line.streams().empty());
    REQUIRE(line.heard.size() == 1);
    EXPECT_EQ(line.heard[0].position().position(), *p.log->lastPosition());
    line.heard.clear();
    line.pump();
    EXPECT(line.heard.empty()); // silence while nothing happens
}

CASE("spread: a line that is handed what may be its person's hears the same as one that reads the log, and has nothing to do for the rest")
{
    Province p;
    hub::Spread spread(*p.core);
    struct Two {
        Line handed, reading;
    };
    std::map<std::string, std::unique_ptr<Two>> lines;
    const uint64_t from = p.core->position();
    for (const char* person : {"drafter", "head", "clerk"}) {
        auto& two = *(lines[person] = std::unique_ptr<Two>(new Two{Line(p, person), Line(p, person)}));
        for (Line* l : {&two.handed, &two.reading}) {
            EXPECT(l->hello(p.log->incarnation(), from));
            l->pump();
        }
        spread.add(two.handed.session);
    }
    auto events = [](const Line& l) {
        std::vector<std::string> out;
        for (const auto& f : l.heard)
            for (const auto& e : f.events().events()) out.push_back(e.stream() + " " + std::to_string(e.version()));
        return out;
    };
    for (int round = 0; round < 40; ++round) {
        const std::string stream = "m/" + std::to_string(round);
        EXPECT_EQ(p.does("drafter", p.draft(stream)), wire::APPLIED);
        if (round % 3) p.settle();
        if (round == 20) // more than is handed over at once
            for (int i = 0; i < 600; ++i) EXPECT_EQ(p.does("drafter", p.draft("m/many" + std::to_string(i))), wire::APPLIED);
        if (round % 7 != 3) spread.spread();
        if (round % 3 == 0 && round % 7 != 3 && round != 20) EXPECT(!lines["clerk"]->handed.session.due());
        for (auto& [person, two] : lines) {
            if (round % 5 == 2 && person == "head") continue; // falls behind
            two->handed.pump(round % 2 ? 64 << 10 : 500);
            two->reading.pump();
        }
    }
    p.settle();
    spread.spread();
    for (auto& [person, two] : lines) {
        two->handed.pump();
        two->reading.pump();
        EXPECT(events(two->handed) == events(two->reading));
        EXPECT(person == "clerk" || events(two->handed).size() > 40);
        EXPECT(two->handed.last()->position().live() && two->handed.session.fed() == p.core->position());
        spread.remove(two->handed.session);
    }
    EXPECT_EQ(p.does("drafter", p.draft("m/after")), wire::APPLIED);
    spread.spread(); // nobody is left
}

CASE("session: a desk goes on from its position")
{
    Province p;
    const auto position = *p.log->lastPosition();
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    p.settle();
    Line line(p, "head");
    EXPECT(line.hello(p.log->incarnation(), position));
    line.pump();
    EXPECT(!line.heard.front().welcome().new_incarnation());
    EXPECT((line.streams() == std::set<std::string>{"m/1", "acc/head"}));
}

CASE("session: a desk that begins is told where it stands, and reads; first what it shows first")
{
    Province p;
    for (int i = 1; i <= 5; ++i) EXPECT_EQ(p.does("drafter", p.draft("m/" + std::to_string(i))), wire::APPLIED);
    p.settle();
    wire::Command c;
    c.mutable_revoke()->set_stream("m/4");
    EXPECT(p.core->submitOwn("acc/head", c));
    p.restart(); // nothing of the access stream is in memory
    Line line(p, "head");
    EXPECT(line.hello());
    line.pump();
    EXPECT(line.streams().empty());
    REQUIRE(line.last() && line.last()->has_checkpoint());
    EXPECT_EQ(line.count([&](const auto& f) { return f.has_position() && f.position().live() && f.position().position() == *p.log->lastPosition(); }), 1u);
    const auto begins = [&](const char* stream, uint32_t newest) {
        auto frame = readFrame("dir", 1);
        *frame.mutable_reads()->add_reads() = readFrame(stream, 1).reads().reads(0);
        frame.mutable_reads()->mutable_reads(1)->set_newest(newest);
        return frame;
    };
    const auto order = [](const Line& l) {
        std::vector<std::string> out;
        for (const auto& f : l.heard)
            if (f.has_events() && (out.empty() || out.back() != f.events().stream())) out.push_back(f.events().stream());
        return out;
    };
    line.heard.clear();
    EXPECT(!line.say(begins("acc/drafter", 3))); // another's, and what a stream is not
    EXPECT(line.say(begins("acc/head", 4)));
    line.pump(100);
    EXPECT((order(line) == std::vector<std::string>{"dir", "m/5", "m/3"})); // the last four events of the access stream; one says that m/4 is not his any more
    EXPECT_EQ(line.count([](const auto& f) { return f.has_read_end() && !f.read_end().denied(); }), 4u);
    // What the access stream says later ends what it said before.
    Line second(p, "head");
    EXPECT(second.hello());
    EXPECT(second.say(begins("acc/head", 4)));
    while (second.heard.empty() || !second.last()->has_read_end()) EXPECT(second.session.pump(second.heard, 1)); // the directory
    EXPECT(second.session.pump(second.heard, 1));
    REQUIRE(second.streams().count("m/5") && !second.streams().count("m/3"));
    c.mutable_revoke()->set_stream("m/3");
    EXPECT(p.core->submitOwn("acc/head", c));
    second.pump();
    EXPECT(!second.streams().count("m/3"));
    EXPECT_EQ(second.last()->read_end().head(), p.log->head("acc/head")->version);
}

CASE("session: reads fill gaps, are checked each time, and too many at once wait or are refused")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    EXPECT_EQ(p.does("head", p.act("m/1", "review#1", wire::CHOICE_AGREE)), wire::APPLIED);
    p.settle();
    Line line(p, "head");
    EXPECT(line.hello(p.log->incarnation(), *p.log->lastPosition()));
    EXPECT(line.say(readFrame("m/1", 2)));
    EXPECT(line.say(readFrame("acc/drafter", 1)));
    EXPECT(line.say(readFrame("m/none", 1)));
    line.pump();
    REQUIRE(line.heard.size() == 7);
    EXPECT(line.heard[1].has_position() && line.heard[2].has_checkpoint());
    EXPECT(line.heard[3].has_events());
    EXPECT_EQ(line.heard[3].events().position(), 0u);
    EXPECT_EQ(line.heard[3].events().events(0).version(), 2u);
    EXPECT_EQ(line.heard[4].read_end().head(), 2u);
    EXPECT(!line.heard[4].read_end().denied());
    for (const int i : {5, 6}) {
        EXPECT(line.heard[i].read_end().denied());
        EXPECT_EQ(line.heard[i].read_end().head(), 0u);
    }
    hub::SessionLimits limits;
    limits.reads = 2;
    Line narrow(p, "head", limits);
    EXPECT(narrow.hello());
    auto two = readFrame("m/1", 1);
    *two.mutable_reads()->add_reads() = two.reads().reads(0);
    EXPECT(narrow.say(two));
    const auto busy = narrow.say(readFrame("m/1", 1));
    EXPECT(!busy && busy.error().kind == Err::Busy);
    narrow.pump();
    EXPECT(narrow.say(readFrame("m/1", 1)));
    *two.mutable_reads()->add_reads() = two.reads().reads(0);
    const auto never = narrow.say(two);
    EXPECT(!never && never.error().kind == Err::Invalid);
}

CASE("session: long streams come in frames of at most 64 KiB")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1", std::string(300'000, 'x'))), wire::APPLIED);
    for (int i = 0; i < 200; ++i) {
        wire::Command c;
        c.set_stream("m/1");
        c.mutable_add_opinion()->set_text(std::string(3000, 'y'));
        EXPECT_EQ(p.does("drafter", c), wire::APPLIED);
    }
    p.settle();
    Line line(p, "drafter");
    EXPECT(line.hello(p.log->incarnation(), *p.log->lastPosition()));
    EXPECT(line.say(readFrame("m/1", 1)));
    line.pump();
    uint64_t version = 0;
    for (const auto& f : line.heard) {
        if (!f.has_events()) continue;
        EXPECT(f.events().events_size() == 1 || f.ByteSizeLong() <= (64u << 10) + 64);
        for (const auto& e : f.events().events()) EXPECT_EQ(e.version(), ++version);
    }
    EXPECT_EQ(version, 201u);
    EXPECT(line.count([](const auto& f) { return f.has_events(); }) < 30);
}

CASE("session: a desk that begins gets a long directory in pages, then what came since")
{
    Province p;
    hub::SessionLimits limits;
    limits.eventsOfDirectory = 10;
    auto addPeople = [&](int count) {
        for (int i = 0; i < count; ++i) {
            wire::Command c;
            c.set_stream("dir");
            c.mutable_put_person()->set_id("p" + std::to_string(p.core->directory().version));
            c.mutable_put_person()->set_name(std::string(200, 'n'));
            EXPECT_EQ(p.rules("sys", c), wire::APPLIED);
        }
    };
    addPeople(1000);
    Line line(p, "drafter", limits);
    EXPECT(line.hello());
    EXPECT(line.say(readFrame("dir", 1)));
    while (line.heard.empty() || !line.last()->has_page()) EXPECT(line.session.pump(line.heard, 1));
    REQUIRE(line.last()->has_page());
    const uint64_t version = line.last()->page().version();
    addPeople(5);
    line.pump();
    directory::Directory held;
    uint32_t pages = 0;
    for (const auto& f : line.heard) {
        if (f.has_page()) {
            EXPECT(f.ByteSizeLong() <= (64u << 10) && f.page().index() == pages++ && f.page().version() == version);
            EXPECT(wire::pageIsGood("hub-1", f.page(), p.core->publicKey()));
            wire::KeptFacts facts;
            EXPECT(facts.ParseFromString(f.page().facts()));
            directory::foldKept(held, facts, f.page().version(), f.page().head());
        } else if (f.has_events() && f.events().stream() == "dir") {
            for (const auto& e : f.events().events())
                if (e.version() == held.version + 1) EXPECT(rules::fold(directory::directoryKind(), held, e));
        }
    }
    EXPECT(pages > 3 && held.version == p.core->directory().version && held.version == version + 5);
    EXPECT_EQ(held.people.size(), p.core->directory().people.size());
    // The next desk gets the same pages, made once, and the events since; one that misses few gets events only.
    Line second(p, "head", limits);
    EXPECT(second.hello());
    EXPECT(second.say(readFrame("dir", 1)));
    second.pump();
    EXPECT_EQ(second.count([&](const auto& f) { return f.has_page() && f.page().version() == version; }), size_t(pages));
    EXPECT(second.say(readFrame("dir", version)));
    second.heard.clear();
    second.pump();
    EXPECT(!second.count([](const auto& f) { return f.has_page(); }) && second.streams() == std::set<std::string>{"dir"});
}

CASE("session: receipts and refusals answer commands; what comes too fast is asked to wait")
{
    Province p;
    hub::SessionLimits limits;
    limits.burst = 2;
    limits.commandsPerSecond = 1;
    Line line(p, "drafter", limits);
    EXPECT(line.hello());
    for (int i = 0; i < 3; ++i) {
        wire::DeskFrame f;
        *f.mutable_submit() = p.sign("drafter", p.draft("m/" + std::to_string(i)));
        if (i == 1) f.mutable_submit()->set_signature("no");
        EXPECT(bool(line.say(f)) == (i < 2));
    }
    line.pump();
    EXPECT_EQ(line.count([](const auto& f) { return f.has_receipt() && f.receipt().outcome() == wire::APPLIED; }), 1u);
    EXPECT_EQ(line.count([](const auto& f) { return f.has_refused() && f.refused().why() == wire::Refused::SIGNATURE; }), 1u);
    p.clock.t += 1000;
    wire::DeskFrame f;
    *f.mutable_submit() = p.sign("drafter", p.draft("m/9"));
    EXPECT(line.say(f));
    line.heard.clear();
    line.pump();
    EXPECT_EQ(line.count([](const auto& x) { return x.has_receipt(); }), 1u);
}

CASE("session: a revoked device is told so and hears nothing more")
{
    Province p;
    Line line(p, "head");
    EXPECT(line.hello());
    line.pump();
    line.heard.clear();
    wire::Command revoke;
    revoke.mutable_revoke_device()->set_device(p.desks.at("head").device);
    revoke.mutable_revoke_device()->set_reason("丢失");
    EXPECT_EQ(p.rules("sec", revoke), wire::APPLIED);
    line.pump();
    REQUIRE(line.heard.size() == 1);
    EXPECT_EQ(line.heard[0].closed().why(), wire::Closed::REVOKED);
    EXPECT_EQ(line.heard[0].closed().reason(), std::string("丢失"));
    EXPECT(line.session.closing());
    line.pump();
    EXPECT_EQ(line.heard.size(), 1u);
}

CASE("session: a withdrawn grant ends reading in the feed and in reads")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    p.settle();
    Line line(p, "head2");
    EXPECT(line.hello(p.log->incarnation(), 1));
    line.pump();
    EXPECT(line.streams().count("m/1"));
    wire::Command c;
    c.mutable_revoke()->set_stream("m/1");
    EXPECT(p.core->submitOwn("acc/head2", c));
    EXPECT_EQ(p.does("head", p.act("m/1", "review#1", wire::CHOICE_AGREE)), wire::APPLIED);
    line.heard.clear();
    EXPECT(line.say(readFrame("m/1", 1)));
    line.pump();
    EXPECT((line.streams() == std::set<std::string>{"acc/head2"}));
    EXPECT_EQ(line.count([](const auto& f) { return f.has_read_end() && f.read_end().denied(); }), 1u);
}

CASE("session: a hub that has just started reads no person's access stream for matters that were never his, nor for what only the hub writes")
{
    struct Watched final : hub::MemoryLog {
        using MemoryLog::MemoryLog;
        Result<std::vector<wire::Event>> read(const std::string& stream, uint64_t from, size_t limit) override
        {
            ++reads[stream];
            return MemoryLog::read(stream, from, limit);
        }
        std::map<std::string, int> reads;
    } watched(Bytes(16, 'w'));
    Province p(&watched);
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    p.settle();
    const uint64_t position = *watched.lastPosition();
    p.restart();
    watched.reads.clear();
    Line head(p, "head"), clerk(p, "clerk");
    for (Line* line : {&head, &clerk}) EXPECT(line->hello(watched.incarnation(), position));
    EXPECT_EQ(p.does("head", p.act("m/1", "review#1", wire::CHOICE_AGREE)), wire::APPLIED);
    p.settle();
    for (Line* line : {&head, &clerk}) line->pump();
    EXPECT((head.streams() == std::set<std::string>{"m/1"}));
    EXPECT(clerk.streams().empty());
    EXPECT(watched.reads["acc/head"] > 0);
    EXPECT_EQ(watched.reads["acc/clerk"], 0);
    // What is granted to him later he gets.
    EXPECT_EQ(p.does("director", p.act("m/1", "sign#1", wire::CHOICE_SIGN)), wire::APPLIED);
    p.settle();
    clerk.pump();
    EXPECT(!clerk.streams().empty());
}

CASE("session: marks come back at the next Hello")
{
    Province p;
    Line line(p, "head");
    EXPECT(line.hello());
    wire::DeskFrame f;
    f.mutable_mark()->set_stream("dir");
    f.mutable_mark()->set_key("read");
    f.mutable_mark()->set_value(7);
    EXPECT(line.say(f));
    f.mutable_mark()->set_stream("m/other");
    EXPECT(line.say(f)); // not his to mark
    p.settle();
    p.restart();
    Line again(p, "head");
    EXPECT(again.hello());
    again.pump();
    EXPECT_EQ(again.count([](const auto& x) { return x.has_mark(); }), 1u);
    EXPECT_EQ(again.heard[1].mark().value(), 7);
}

CASE("session: signed times come every half minute, shutting down is said")
{
    Province p;
    Line line(p, "head");
    EXPECT(line.hello());
    line.pump();
    line.heard.clear();
    p.clock.t += 31'000;
    line.pump();
    REQUIRE(line.heard.size() == 1 && line.heard[0].has_time());
    EXPECT(wire::timeIsGood("hub-1", line.heard[0].time(), p.hubKey.publicKey()));
    line.session.shutDown();
    line.pump();
    EXPECT_EQ(line.last()->closed().why(), wire::Closed::SHUTDOWN);
}

CASE("session: after a restore the desk tells its heads, offers what is missing, and gets the history from the start")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    p.settle();
    const hub::MemoryLog backup = p.memory;
    EXPECT_EQ(p.does("head", p.act("m/1", "review#1", wire::CHOICE_AGREE)), wire::APPLIED);
    EXPECT_EQ(p.does("drafter", p.draft("m/2")), wire::APPLIED);
    p.settle();
    const Bytes old = p.log->incarnation();
    const auto position = *p.log->lastPosition();
    std::map<std::string, std::vector<wire::Event>> held;
    for (const auto s : {"m/1", "m/2", "dir", "acc/head"}) held[s] = *p.log->read(s, 1, 1000);

    p.memory = backup;
    p.memory.newIncarnation(Bytes(16, 'n'));
    p.restart();
    Line line(p, "head");
    EXPECT(line.hello(old, position));
    line.pump();
    REQUIRE(line.heard.size() == 1);
    EXPECT(line.heard[0].welcome().new_incarnation());
    wire::DeskFrame f;
    for (const auto& [stream, events] : held) {
        auto& h = *f.mutable_heads()->add_heads();
        h.set_stream(stream);
        h.set_version(events.back().version());
        h.set_hash(wire::eventHash(events.back()));
    }
    f.mutable_heads()->set_last(true);
    EXPECT(line.say(f));
    line.pump();
    REQUIRE(line.last()->has_behind() && line.last()->behind().last());
    std::map<std::string, uint64_t> behind;
    for (const auto& h : line.last()->behind().heads()) {
        behind[h.stream()] = h.version();
        if (h.version()) EXPECT(h.hash() == wire::eventHash(held[h.stream()][h.version() - 1]));
    }
    const auto accHad = p.log->head("acc/head")->version;
    EXPECT((behind == std::map<std::string, uint64_t>{{"acc/head", accHad}, {"m/1", 1}, {"m/2", 0}}));
    for (const auto& [stream, common] : behind)
        for (const auto& e : held[stream]) {
            const auto body = wire::openBody(e);
            if (e.version() <= common || !body->cause().has_command()) continue;
            wire::DeskFrame offer;
            *offer.mutable_offer() = body->cause().command();
            EXPECT(line.say(offer));
        }
    line.heard.clear();
    line.pump();
    EXPECT_EQ(line.count([](const auto& x) { return x.has_receipt() && x.receipt().outcome() == wire::APPLIED; }), 2u);
    EXPECT_EQ(line.count([](const auto& x) { return x.has_events() || x.has_position(); }), 0u); // the feed waits
    wire::DeskFrame end;
    end.mutable_offer_end();
    EXPECT(line.say(end));
    p.settle();
    for (const char* stream : {"dir", "acc/head", "m/1", "m/2"}) EXPECT(line.say(readFrame(stream, 1)));
    line.pump();
    EXPECT_EQ(line.count([](const auto& x) { return x.has_offer_done(); }), 1u);
    EXPECT_EQ(line.count([](const auto& x) { return x.has_read_end() && x.read_end().denied(); }), 0u);
    EXPECT((line.streams() == std::set<std::string>{"dir", "acc/head", "m/1", "m/2"}));
    EXPECT_EQ(p.log->head("m/1")->version, 2u);
    EXPECT(!line.say(end));
}

CASE("session: a position beyond the log means a restore too; a head that differs is told from the start")
{
    Province p;
    EXPECT_EQ(p.does("drafter", p.draft("m/1")), wire::APPLIED);
    p.settle();
    Line line(p, "head");
    EXPECT(line.hello(p.log->incarnation(), *p.log->lastPosition() + 5));
    wire::DeskFrame f;
    auto head = [&](const std::string& s, uint64_t v, const Bytes& hash) {
        auto& h = *f.mutable_heads()->add_heads();
        h.set_stream(s);
        h.set_version(v);
        h.set_hash(hash);
    };
    head("m/1", 1, Bytes(32, 'x'));
    head("dir", 1, wire::eventHash(p.log->read("dir", 1, 1)->front()));
    head("reg/示政办发/2026", 9, Bytes(32, 'x'));
    f.mutable_heads()->set_last(true);
    EXPECT(line.say(f));
    line.pump();
    REQUIRE(line.last()->has_behind());
    std::set<std::string> told;
    for (const auto& h : line.last()->behind().heads()) told.insert(h.stream());
    EXPECT((told == std::set<std::string>{"m/1", "reg/示政办发/2026"})); // the register is unknown to the hub: nothing is given away
    EXPECT_EQ(line.last()->behind().heads(0).version(), 0u);
}
