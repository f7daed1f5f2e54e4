#include "export.h"
#include "zt/hub/erasure.h"
#include "zt/hub/sqlite_log.h"

#include <fstream>

using namespace zt;
using namespace zt::test;

namespace {

//! Two finished matters, and an audit administrator.
struct Erasable : Evidence {
    hub::AdminKey security, audit;
    std::filesystem::path folder = std::filesystem::temp_directory_path() / ("zt-erasure-" + hex(systemRandom().bytes(8)));

    Erasable() : security(keyOf("sec", wire::ROLE_SECURITY)), audit(keyOf("aud", wire::ROLE_AUDIT))
    {
        security.sign = *crypto::SigningKey::fromSeed(admins.at("sec").seed());
        wire::Command c;
        auto& r = *c.mutable_put_role();
        r.set_admin("aud");
        r.set_role(wire::ROLE_AUDIT);
        r.set_sign_key(audit.sign.publicKey());
        EXPECT_EQ(rules("sec", c), wire::APPLIED);
        std::filesystem::create_directories(folder);
    }
    ~Erasable() { std::filesystem::remove_all(folder); }
    hub::AdminKey keyOf(const std::string& id, wire::Role role) { return hub::makeAdminKey(id, id, role, "hub-1", random); }

    wire::Command erase(std::vector<std::pair<std::string, uint64_t>> parts, const std::string& rule = "保管期限10年")
    {
        wire::Command c;
        auto& e = *c.mutable_erase();
        e.set_rule(rule);
        for (const auto& [stream, version] : parts) {
            auto& p = *e.add_parts();
            p.set_stream(stream);
            p.set_version(version);
            const auto events = version ? *log->read(stream, version, 1) : std::vector<wire::Event>();
            if (version) p.set_hash(events.empty() ? Bytes(32, 'x') : wire::eventHash(events.front()));
        }
        e.set_approver("aud");
        e.set_approval(audit.sign.sign(wire::eraseHash("hub-1", e)));
        return c;
    }
    wire::Reason refused(const std::string& admin, wire::Command c)
    {
        c.set_stream("dir");
        const auto a = submit({{admin, {}}, sign(std::move(c), admin, {}, admins.at(admin)), false});
        return a.receipt && a.receipt->outcome() == wire::NOT_PERMITTED ? a.receipt->reason() : wire::REASON_NONE;
    }
    size_t saying(const std::string& stream)
    {
        const auto events = *log->read(stream, 1, 1000);
        return size_t(std::count_if(events.begin(), events.end(), [](const auto& e) { return !e.body().empty(); }));
    }
    std::string incoming()
    {
        for (const auto& s : granted("clerk"))
            if (s.rfind("in/", 0) == 0) return s;
        return {};
    }
};

} // namespace

CASE("erasure takes the security administrator, with what the audit administrator signed, on what is finished")
{
    Erasable e;
    EXPECT_EQ(e.refused("sys", e.erase({{"m/1", 0}})), wire::REASON_ROLE);
    auto unsigned_ = e.erase({{"m/1", 0}});
    unsigned_.mutable_erase()->clear_approval();
    EXPECT_EQ(e.refused("sec", unsigned_), wire::REASON_NO_APPROVAL);
    auto other = e.erase({{"m/1", 0}});
    other.mutable_erase()->mutable_parts(0)->set_stream("m/0");
    EXPECT_EQ(e.refused("sec", other), wire::REASON_NO_APPROVAL);
    auto self = e.erase({{"m/1", 0}});
    self.mutable_erase()->set_approver("sec");
    self.mutable_erase()->set_approval(e.admins.at("sec").sign(wire::eraseHash("hub-1", self.erase())));
    EXPECT_EQ(e.refused("sec", self), wire::REASON_NO_APPROVAL);
    for (const char* never : {"dir", "acc/drafter", "reg/示政办发/2026", "none"}) EXPECT_EQ(e.refused("sec", e.erase({{never, 0}})), wire::REASON_FORM);
    EXPECT_EQ(e.refused("sec", e.erase({{"m/unknown", 0}})), wire::REASON_NOT_FINISHED);
    EXPECT_EQ(e.does("drafter", e.draft("m/2")), wire::APPLIED);
    EXPECT_EQ(e.refused("sec", e.erase({{"m/1", 0}, {"m/2", 0}})), wire::REASON_NOT_FINISHED);
    EXPECT_EQ(e.refused("sec", e.erase({{"m/1", 99}})), wire::REASON_FORM);
    EXPECT_EQ(e.saying("m/1"), e.log->head("m/1")->version);
    EXPECT_EQ(e.rules("sec", e.erase({{"m/1", 0}})), wire::APPLIED);
    EXPECT_EQ(e.saying("m/1"), 0u);
    EXPECT_EQ(e.rules("sec", e.erase({{"m/1", 0}})), wire::DUPLICATE);
    EXPECT(hub::checkErasures(*e.log));
}

CASE("of an erased matter nothing is told, decided or served any more, before and after a start")
{
    Erasable e;
    const std::string in = e.incoming();
    const auto head = *e.log->head("m/1");
    EXPECT_EQ(e.rules("sec", e.erase({{"m/1", 0}, {in, 1}})), wire::APPLIED);
    const uint64_t heard = e.core->erasures();
    EXPECT(heard > 0);
    for (int i = 0; i < 2; ++i) {
        EXPECT(!*e.core->mayRead("drafter", "m/1"));
        EXPECT(*e.core->mayRead("clerk", in));
        EXPECT(e.log->head("m/1")->hash == head.hash);
        const auto rows = *e.core->tail(0, 10000);
        for (const auto& row : rows)
            if (row->event.stream() == "m/1" || (row->event.stream() == in && row->event.version() == 1)) EXPECT(row->event.body().empty() && row->event.erased_rule() == "保管期限10年");
        wire::Reason why{};
        wire::Command words;
        words.set_stream("m/1");
        words.mutable_add_opinion()->set_text("迟到的话");
        EXPECT_EQ(e.does("drafter", words, &why), wire::NOT_PERMITTED);
        EXPECT_EQ(why, wire::REASON_ERASED);
        EXPECT_EQ(e.does("drafter", e.draft("m/1"), &why), wire::NOT_PERMITTED); // nor does it begin anew
        EXPECT_EQ(why, wire::REASON_ERASED);
        wire::Command open;
        open.set_stream(in);
        open.mutable_open();
        EXPECT_EQ(e.does("clerk", open, &why), wire::NOT_PERMITTED);
        EXPECT_EQ(why, wire::REASON_ERASED);
        e.settle();
        e.restart();
    }
}

CASE("another hub on the log hears of it and forgets")
{
    Erasable e;
    hub::Core other(hub::Core::Config{"hub-1"}, *e.log, e.hubKey, e.clock, e.random, catalogue::all());
    EXPECT(other.load());
    EXPECT(!(*other.tail(0, 10000)).empty());
    EXPECT(*other.mayRead("drafter", "m/1"));
    EXPECT_EQ(e.rules("sec", e.erase({{"m/1", 0}})), wire::APPLIED);
    EXPECT(other.catchUp());
    EXPECT(!*other.mayRead("drafter", "m/1"));
    const auto rows = *other.tail(0, 10000);
    for (const auto& row : rows)
        if (row->event.stream() == "m/1") EXPECT(row->event.body().empty());
}

CASE("an erasure that comes back after a restore holds, whatever is left of the matter and whoever returns later")
{
    Erasable e;
    hub::MemoryLog before = e.memory;
    const auto events = *e.log->read("m/1", 1, 100);
    auto c = e.erase({{"m/1", 0}, {"m/later", 0}});
    c.set_stream("dir");
    const auto erasure = e.sign(std::move(c), "sec", {}, e.admins.at("sec"));
    hub::MemoryLog shorter(Bytes(16, 'n')); // the restored log lost the end of the matter
    {
        hub::Group g;
        const auto rows = *before.tail(0, 100000);
        for (const auto& row : rows)
            if (row.event.stream() != "m/1" || row.event.version() <= 2) g.events.push_back(row.event);
        g.authorityVersion = 1000;
        EXPECT(shorter.append(g));
    }
    e.memory = shorter;
    e.restart();
    auto a = e.submit({{"drafter", e.desks.at("drafter").device}, erasure, true});
    REQUIRE(a.receipt);
    EXPECT_EQ(a.receipt->outcome(), wire::APPLIED);
    EXPECT_EQ(e.saying("m/1"), 0u);
    for (const auto& event : events) {
        const auto body = wire::openBody(event);
        if (!body->cause().has_command()) continue;
        a = e.submit({{"drafter", e.desks.at("drafter").device}, body->cause().command(), true});
        REQUIRE(a.receipt);
        EXPECT(a.receipt->outcome() != wire::APPLIED);
    }
    wire::Reason why{};
    EXPECT_EQ(e.does("drafter", e.draft("m/later"), &why), wire::NOT_PERMITTED);
    EXPECT_EQ(why, wire::REASON_ERASED);
    e.settle();
    EXPECT_EQ(e.saying("m/1"), 0u);
}

CASE("the number of one event does not let another be erased that bears it after a restore")
{
    for (const bool offered : {false, true}) {
        Erasable e;
        const auto head = e.log->head("m/1")->version;
        auto c = e.erase({{"m/1", head}});
        auto& erase = *c.mutable_erase();
        erase.mutable_parts(0)->set_hash(wire::eventHash(e.log->read("m/1", head - 1, 1)->at(0)));
        erase.set_approval(e.audit.sign.sign(wire::eraseHash("hub-1", erase)));
        c.set_stream("dir");
        const auto command = e.sign(std::move(c), "sec", {}, e.admins.at("sec"));
        const auto a = offered ? e.submit({{"drafter", e.desks.at("drafter").device}, command, true}) : e.submit({{"sec", {}}, command, false});
        REQUIRE(a.receipt);
        EXPECT(a.receipt->outcome() == wire::NOT_PERMITTED && a.receipt->reason() == wire::REASON_NOT_FINISHED);
        EXPECT_EQ(e.saying("m/1"), head);
        EXPECT(!e.core->directory().erased("m/1"));
        EXPECT_EQ(e.rules("sec", e.erase({{"m/1", head}})), wire::APPLIED);
        EXPECT_EQ(e.saying("m/1"), head - 1);
    }
}

CASE("any one event of a finished matter can go: the rest folds, and the chain checks")
{
    Erasable e;
    const uint64_t versions = e.log->head("m/1")->version;
    for (uint64_t v = 1; v <= versions; ++v) {
        Erasable one;
        EXPECT_EQ(one.rules("sec", one.erase({{"m/1", v}})), wire::APPLIED);
        EXPECT_EQ(one.saying("m/1"), versions - 1);
        const auto& kind = *catalogue::all().kind("m/1");
        const auto state = kind.empty("m/1");
        const auto events = *one.log->read("m/1", 1, 100);
        for (const auto& event : events) EXPECT(zt::rules::fold(kind, *state, event));
        EXPECT(state->erased && state->version == versions && state->head == one.log->head("m/1")->hash);
        const auto verdict = one.examine(one.take());
        EXPECT(verdict.good);
        EXPECT_EQ(verdict.erased, 1u);
        EXPECT_EQ(one.rules("sec", one.erase({{"m/1", 0}}, "保管期限30年")), wire::APPLIED); // the whole, later
        EXPECT(one.examine(one.take()).good);
        EXPECT(hub::checkErasures(*one.log));
    }
}

CASE("evidence: what was erased is named with its rule; what was taken out without a record is a finding")
{
    Erasable e;
    EXPECT_EQ(e.rules("sec", e.erase({{"m/1", 2}})), wire::APPLIED);
    auto x = e.take();
    auto v = e.examine(x);
    EXPECT(v.good);
    EXPECT(v.events[1].erasedRule == "保管期限10年");
    EXPECT(std::any_of(v.directory.begin(), v.directory.end(), [](const auto& d) { return d.act == "erase" && d.restsOn == hub::RestsOn::Administrator; }));
    EXPECT(hub::report(v, hub::Language::Chinese).find("已按规则“保管期限10年”销毁") != std::string::npos);
    EXPECT(hub::report(v, hub::Language::English).find("erased under rule \"保管期限10年\"") != std::string::npos);
    // The hub that holds its own key can seal anything; that a record is missing shows all the same.
    for (const char* rule : {"保管期限10年", "another rule", hub::kWithheld}) {
        auto bad = x;
        wire::erase(e.at(bad, "m/1", 3), rule);
        hub::sealExport(bad, e.hubKey);
        v = e.examine(bad);
        EXPECT(!v.good && v.first->stream == "m/1" && v.first->version == 3);
        EXPECT(v.first->flaw == hub::Flaw::Unrecorded);
        EXPECT(hub::words(v.first->flaw, hub::Language::Chinese) == "内容被移除，但没有相应的销毁记录");
    }
    auto other = x;
    e.at(other, "m/1", 2).set_erased_rule("another rule");
    hub::sealExport(other, e.hubKey);
    v = e.examine(other);
    EXPECT(!v.good && v.first->flaw == hub::Flaw::Unrecorded);
    // In the log, found by 'check'.
    hub::Group g;
    g.authorityVersion = e.core->directory().version;
    g.erasures = {{"m/0", 1, "nobody's rule"}};
    EXPECT(e.log->append(g));
    const auto checked = hub::checkErasures(*e.log);
    EXPECT(!checked && checked.error().kind == Err::Corrupt);
}

CASE("the list: counts without content, two signatures, files nobody names any more")
{
    Erasable e;
    // A document with a file, on both sides; another matter sends the same file on.
    const Bytes alone(32, 'a'), shared(32, 's');
    for (const char* stream : {"m/file", "m/other"}) {
        auto c = e.draft(stream);
        for (const Bytes& blob : {alone, shared}) {
            if (std::string(stream) == "m/other" && blob == alone) continue;
            auto& a = *c.mutable_submit()->mutable_document()->add_attachments();
            a.set_name("附件.pdf");
            a.set_blob(blob);
            a.set_key(Bytes(32, 'k'));
            a.set_content_hash(Bytes(32, 'h'));
            a.set_size(10);
            a.set_sealed_size(10 + 24 + 17);
            a.add_chunks(Bytes(32, 'c'));
        }
        EXPECT_EQ(e.does("drafter", c), wire::APPLIED);
        wire::Command w;
        w.set_stream(stream);
        w.mutable_withdraw()->set_reason("有误");
        EXPECT_EQ(e.does("drafter", w), wire::APPLIED);
    }
    const auto files = e.folder / "blobs", pending = e.folder / "pending";
    std::filesystem::create_directories(files);
    for (const Bytes& blob : {alone, shared})
        for (const char* end : {"", ".list"}) std::ofstream(files / (hex(blob) + end)) << "x";

    e.clock.t += Millis(365) * 24 * 3600 * 1000;
    EXPECT_EQ(e.does("drafter", e.draft("m/young")), wire::APPLIED);
    wire::Command w;
    w.set_stream("m/young");
    w.mutable_withdraw()->set_reason("有误");
    EXPECT_EQ(e.does("drafter", w), wire::APPLIED);
    EXPECT_EQ(e.does("drafter", e.draft("m/running")), wire::APPLIED);

    const Millis cut = e.clock.t - 1000;
    auto due = hub::dueUnder(*e.core, {"规则一", cut, "请示"});
    EXPECT(due && due->list.parts() == 0);
    due = hub::dueUnder(*e.core, {"规则一", cut, "通知"});
    REQUIRE(due);
    EXPECT_EQ(due->list.parts(), due->byKind.at("通知").streams);
    EXPECT_EQ(due->list.parts(), 6u); // two sent and received, two withdrawn
    EXPECT(due->byKind.at("通知").events > 6u);
    const std::string text = hub::formatEraseList(due->list);
    for (const char* absent : {"防汛", "m/young", "m/running", "附件"}) EXPECT(text.find(absent) == std::string::npos);
    EXPECT(hub::listOne(*e.core, "规则一", "m/running", 0).error().kind == Err::Denied);
    EXPECT(hub::listOne(*e.core, "规则一", "m/nothing", 0).error().kind == Err::NotFound);
    EXPECT(hub::listOne(*e.core, "规则一", "dir", 0).error().kind == Err::NotFound);
    EXPECT(hub::listOne(*e.core, "规则一", "m/young", 9).error().kind == Err::NotFound);

    auto list = hub::parseEraseList(text);
    REQUIRE(list);
    EXPECT(hub::formatEraseList(*list) == text);
    auto done = hub::eraseListed(*e.core, *list, e.security, e.random, files, pending);
    EXPECT(done && done->refused && done->refused->reason() == wire::REASON_NO_APPROVAL && done->streams == 0);
    EXPECT(std::filesystem::exists(files / hex(alone)));
    EXPECT(hub::approve(*list, *e.core, e.security).error().kind == Err::Denied);
    EXPECT(hub::approve(*list, *e.core, e.audit));
    list = hub::parseEraseList(hub::formatEraseList(*list));
    REQUIRE(list);
    EXPECT(hub::eraseListed(*e.core, *list, e.audit, e.random, files, pending).error().kind == Err::Denied);

    // "m/other" is left, and names the shared file.
    auto fewer = *list;
    auto& parts = *fewer.erasures[0].mutable_parts();
    for (int i = parts.size(); i-- > 0;)
        if (parts[i].stream() == "m/other") parts.DeleteSubrange(i, 1);
    EXPECT(hub::approve(fewer, *e.core, e.audit));
    done = hub::eraseListed(*e.core, fewer, e.security, e.random, files, pending);
    REQUIRE(done && !done->refused);
    EXPECT_EQ(done->streams, 5u);
    EXPECT_EQ(done->files, 1u);
    EXPECT(!std::filesystem::exists(files / hex(alone)) && !std::filesystem::exists(files / (hex(alone) + ".list")));
    EXPECT(std::filesystem::exists(files / hex(shared)));
    EXPECT(!std::filesystem::exists(pending));
    EXPECT(hub::dueUnder(*e.core, {"规则一", cut, "通知"})->list.parts() == 1);
    EXPECT(hub::listOne(*e.core, "规则一", "m/0", 0).error().kind == Err::Exists);
    // An interruption between the record and the files: the next call goes on.
    std::ofstream(pending) << hex(shared) << "\n";
    done = hub::eraseListed(*e.core, *list, e.security, e.random, files, pending);
    REQUIRE(done && !done->refused);
    EXPECT_EQ(done->files, 1u);
    EXPECT(!std::filesystem::exists(files / hex(shared)));
    EXPECT(e.saying("m/young") == 2 && e.saying("m/running") == 1);
    EXPECT(hub::checkErasures(*e.log));
}

CASE("a list that is none")
{
    for (const char* bad : {"", "{}", "[]", "null", R"({"format":"zhengtong-erasure-list 1"})", R"({"format":"zhengtong-erasure-list 1","hub":1,"rule":"r","erasures":[]})",
                            R"({"format":"zhengtong-erasure-list 1","hub":"h","rule":"r","erasures":[{}]})",
                            R"({"format":"zhengtong-erasure-list 1","hub":"h","rule":"withheld","erasures":[{"parts":[{"stream":"m/1"}]}]})",
                            R"({"format":"zhengtong-erasure-list 1","hub":"h","rule":"","erasures":[{"parts":[{"stream":"m/1"}]}]})",
                            R"({"format":"zhengtong-erasure-list 1","hub":"h","rule":"r","erasures":[{"parts":[{"stream":"m/1"}],"approval":"xyz"}]})",
                            R"({"format":"zhengtong-erasure-list 1","hub":"h","rule":"r","erasures":[{"parts":[{"stream":"m/1","version":2}]}]})",
                            R"({"format":"zhengtong-erasure-list 1","hub":"h","rule":"r","erasures":[{"parts":[{"stream":"m/1","version":2,"hash":"00"}]}]})"})
        EXPECT(hub::parseEraseList(bad).error().kind == Err::Invalid);
}
