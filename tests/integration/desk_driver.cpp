//! A desk without windows, driven by JSON lines: one command a line on stdin ({"id":1,"do":"list",…}), one answer a line on stdout
//! ({"id":1,"ok":true,…}), events in between ({"event":"arrived",…}). For tests over real processes only; no package carries it.

#include "zt/base/text.h"
#include "zt/crypto/hash.h"
#include "zt/crypto/selftest.h"
#include "zt/desk/desk.h"

#include <condition_variable>
#include <deque>
#include <fstream>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

using nlohmann::json;
using namespace zt;

namespace {

class Loop {
public:
    void post(std::function<void()> f)
    {
        std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(f));
        m_wake.notify_one();
    }
    void run()
    {
        std::unique_lock lock(m_mutex);
        while (!m_quit) {
            m_wake.wait(lock, [&] { return !m_jobs.empty(); });
            auto job = std::move(m_jobs.front());
            m_jobs.pop_front();
            lock.unlock();
            job();
            lock.lock();
        }
    }
    void quit() { post([this] { std::lock_guard lock(m_mutex); m_quit = true; }); }

private:
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_jobs;
    bool m_quit = false;
};

Loop g_loop;
std::shared_ptr<desk::Desk> g_desk;

void say(const json& j) { std::cout << j.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl; }

void answer(const json& request, json reply)
{
    reply["id"] = request.value("id", 0);
    if (!reply.contains("ok")) reply["ok"] = true;
    say(reply);
}

void refuse(const json& request, const Error& e) { answer(request, {{"ok", false}, {"error", std::string(name(e.kind))}, {"detail", e.detail}}); }

template <class T, class F>
desk::Then<T> then(json request, F make)
{
    return [request, make](Result<T> r) {
        if (!r) return refuse(request, r.error());
        if constexpr (std::is_void_v<T>) answer(request, make());
        else answer(request, make(*r));
    };
}

desk::Then<void> plain(const json& request)
{
    return then<void>(request, [] { return json::object(); });
}

json show(const wire::Actor& a)
{
    return {{"person", a.person()}, {"name", a.name()}, {"principal", a.principal()}, {"principal_name", a.principal_name()},
            {"shown", a.principal_name().empty() ? a.name() : a.principal_name() + "(" + a.name() + "代)"}};
}

json show(const store::ListRow& r)
{
    return {{"stream", r.stream}, {"title", r.title}, {"number", r.number}, {"step", r.step}, {"due", r.dueMs}, {"unread", r.unread}, {"pending", r.pending},
            {"attention", r.attention}, {"party", r.party}, {"folders", r.folders}};
}

json show(const desk::OutboxView& o)
{
    json j{{"id", hex(o.id)}, {"stream", o.stream}, {"title", o.title}, {"state", int(o.state)}, {"stuck", int(o.stuck)}, {"sent", o.sent}};
    if (o.command.has_act()) j["words"] = o.command.act().opinion();
    if (o.command.has_add_opinion()) j["words"] = o.command.add_opinion().text();
    if (o.receipt) {
        j["outcome"] = wire::Outcome_Name(o.receipt->outcome());
        j["by"] = o.receipt->by_name();
        j["by_ms"] = o.receipt->by_ms();
    }
    return j;
}

json show(const desk::MatterView& v)
{
    json j{{"stream", v.stream}, {"pending", v.pending.size()}, {"attention", v.attention.size()}, {"frozen", v.frozen}};
    j["actions"] = {{"task", v.actions.task}, {"choices", v.actions.choices.size()}, {"revise", v.actions.revise}, {"sign_for", v.actions.signFor},
                    {"mandate", v.actions.mandate}, {"principal", v.actions.principalName}};
    j["attachments"] = json::array();
    for (const auto& a : v.attachments)
        j["attachments"].push_back({{"name", a.attachment.name()}, {"blob", hex(a.attachment.blob())}, {"size", a.attachment.size()}, {"here", a.here},
                                    {"have", a.have}, {"uploading", a.uploading}, {"sent", a.sent}, {"content_hash", hex(a.attachment.content_hash())}});
    if (v.matter) {
        const auto& m = *v.matter;
        static const char* stages[] = {"new", "drafting", "in_review", "numbering", "dispatched", "withdrawn", "rejected", "lapsed"};
        j["stage"] = stages[int(m.stage)];
        j["number"] = m.number;
        j["versions"] = m.versions.size();
        if (m.current()) {
            j["subject"] = hex(m.current()->hash);
            j["title"] = m.current()->document.title();
            j["body_bytes"] = m.current()->document.body().size();
        }
        j["opinions"] = json::array();
        for (const auto& o : m.flow.opinions)
            j["opinions"].push_back({{"by", show(o.by)}, {"text", o.text}, {"choice", wire::Choice_Name(o.choice)}, {"late", o.late}, {"time", o.time}});
        j["deliveries"] = json::array();
        for (const auto& d : m.deliveries)
            j["deliveries"].push_back({{"unit", d.unit}, {"sent", d.sent}, {"received", d.received}, {"opened", d.opened}, {"signed", d.signedFor}, {"undeliverable", d.undeliverable}});
        if (m.versions.size() > 1) {
            int changedParagraphs = 0;
            for (const auto& p : document::compare(m.versions[m.versions.size() - 2].document.body(), m.versions.back().document.body())) changedParagraphs += p.changed();
            j["changed_paragraphs"] = changedParagraphs;
        }
    } else if (v.incoming) {
        j["number"] = v.incoming->package.number();
        j["title"] = v.incoming->package.document().title();
        j["received"] = v.incoming->received;
        j["opened"] = v.incoming->opened;
        j["signed"] = v.incoming->signedFor;
    }
    return j;
}

json show(const desk::Desk::Done& d)
{
    return {{"command", hex(d.id)}, {"stream", d.stream}, {"outcome", wire::Outcome_Name(d.outcome)}, {"reason", wire::Reason_Name(d.reason)}, {"by", d.byName}};
}

json show(const desk::Status& s)
{
    static const char* links[] = {"online", "connecting", "no_network", "hub_unreachable", "identity_refused"};
    json j{{"link", links[int(s.link)]}, {"live", s.live}, {"last_contact", s.lastContact}, {"unsent", s.unsent}, {"uploads", s.uploads}, {"attention", s.attention},
           {"alarm", s.alarm}, {"clock_wrong", s.clockWrong}, {"store_failing", s.storeFailing}};
    if (s.closed) j["closed"] = wire::Closed_Why_Name(s.closed->why());
    return j;
}

std::string str(const json& r, const char* key, const std::string& fallback = {}) { return r.value(key, fallback); }
Bytes bin(const json& r, const char* key) { return unhex(str(r, key)).value_or(""); }

std::string readFile(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

void fillDraft(store::DraftRow& d, const json& r)
{
    if (r.contains("title")) d.document.set_title(cleanLine(str(r, "title")));
    if (r.contains("body")) d.document.set_body(cleanText(str(r, "body")));
    if (r.contains("body_file")) d.document.set_body(cleanText(readFile(str(r, "body_file"))));
    if (r.contains("urgency")) d.document.set_urgency(wire::Urgency(r["urgency"].get<int>()));
    if (r.contains("note")) d.note = str(r, "note");
    if (r.contains("recipients")) {
        d.document.clear_recipients();
        for (const auto& u : r["recipients"]) d.document.add_recipients(u.get<std::string>());
    }
}

//! Reads the draft, changes it, goes on with it.
void withDraft(const json& r, std::function<void(store::DraftRow)> go)
{
    g_desk->draft(bin(r, "draft"), [r, go](Result<store::DraftRow> d) {
        if (!d) return refuse(r, d.error());
        fillDraft(*d, r);
        go(std::move(*d));
    });
}

using Handler = std::function<void(const json&)>;

void actOn(const json& r)
{
    const std::string stream = str(r, "stream");
    g_desk->matter(stream, [r, stream](Result<desk::MatterView> v) {
        if (!v) return refuse(r, v.error());
        const Bytes subject = v->matter && v->matter->current() ? v->matter->current()->hash : Bytes();
        wire::Choice choice = wire::CHOICE_NONE;
        wire::Choice_Parse("CHOICE_" + str(r, "choice"), &choice);
        g_desk->act(stream, str(r, "task", v->actions.task), choice, str(r, "opinion"), str(r, "mandate", v->actions.mandate), subject,
                    then<desk::Desk::Done>(r, [](const auto& d) { return show(d); }));
    });
}

desk::Desk::Options options(const json& r)
{
    desk::Desk::Options o;
    o.connect = r.value("connect", true);
    o.changed = [](const desk::Change&) { say({{"event", "changed"}}); };
    o.arrived = [](const desk::Arrival& a) { say({{"event", "arrived"}, {"stream", a.stream}, {"title", a.title}, {"step", a.step}, {"incoming", a.incoming}}); };
    return o;
}

const std::map<std::string, Handler>& handlers()
{
    using desk::Desk;
    auto done = [](const json& r) { return then<Desk::Done>(r, [](const auto& d) { return show(d); }); };
    static const std::map<std::string, Handler> all{
        {"enrol", [](const json& r) {
             desk::EnrolInput in{str(r, "code"), crypto::Secret(BytesView(str(r, "passphrase"))), str(r, "device", "test"), {}, str(r, "root")};
             desk::enrol(std::move(in), {}, [](auto f) { g_loop.post(std::move(f)); },
                         then<desk::Account>(r, [](const auto& a) { return json{{"folder", a.folder.string()}, {"person", a.person}, {"name", a.name}}; }));
         }},
        {"open", [](const json& r) {
             Desk::open(str(r, "folder"), crypto::Secret(BytesView(str(r, "passphrase"))), options(r), [](auto f) { g_loop.post(std::move(f)); },
                        [r](Result<std::shared_ptr<Desk>> d) {
                            if (!d) return refuse(r, d.error());
                            g_desk = *d;
                            answer(r, {{"person", g_desk->me().person}, {"unit", g_desk->me().unit}});
                        });
         }},
        {"me", [](const json& r) { const auto& me = g_desk->me(); answer(r, {{"person", me.person}, {"name", me.name}, {"unit", me.unit}, {"post", me.post}}); }},
        {"status", [](const json& r) { answer(r, show(g_desk->status())); }},
        {"retry", [](const json& r) { g_desk->retryNow(); answer(r, {}); }},
        {"list", [](const json& r) {
             g_desk->list(store::Folder(r.value("folder", 0)), r.value("offset", size_t(0)), r.value("limit", size_t(200)), then<std::vector<store::ListRow>>(r, [](const auto& rows) {
                 json j{{"rows", json::array()}};
                 for (const auto& row : rows) j["rows"].push_back(show(row));
                 return j;
             }));
         }},
        {"counts", [](const json& r) {
             g_desk->counts(then<desk::Counts>(r, [](const auto& c) { return json{{"total", c.total}, {"unread", c.unread}, {"drafts", c.drafts}, {"outbox", c.outbox}, {"attention", c.attention}}; }));
         }},
        {"outbox", [](const json& r) {
             g_desk->outbox(then<std::vector<desk::OutboxView>>(r, [](const auto& rows) {
                 json j{{"rows", json::array()}};
                 for (const auto& o : rows) j["rows"].push_back(show(o));
                 return j;
             }));
         }},
        {"matter", [](const json& r) { g_desk->matter(str(r, "stream"), then<desk::MatterView>(r, [](const auto& v) { return show(v); })); }},
        {"read", [](const json& r) { g_desk->markRead(str(r, "stream")); answer(r, {}); }},
        {"search", [](const json& r) {
             g_desk->search(str(r, "text"), then<store::SearchAnswer>(r, [](const auto& a) {
                 json j{{"hits", json::array()}, {"ranked", a.ranked}, {"building", a.building}};
                 for (const auto& h : a.hits) j["hits"].push_back({{"stream", h.stream}, {"title", h.row.title}, {"person", h.person}});
                 return j;
             }));
         }},
        {"drafts", [](const json& r) {
             g_desk->drafts(then<std::vector<store::DraftRow>>(r, [](const auto& rows) {
                 json j{{"rows", json::array()}};
                 for (const auto& d : rows) j["rows"].push_back({{"draft", hex(d.id)}, {"title", d.document.title()}, {"body_bytes", d.document.body().size()}, {"saved", d.savedMs}, {"attachments", d.document.attachments_size()}});
                 return j;
             }));
         }},
        {"new_draft", [](const json& r) { g_desk->newDraft(then<store::DraftRow>(r, [](const auto& d) { return json{{"draft", hex(d.id)}}; })); }},
        {"draft_from", [](const json& r) { g_desk->draftFrom(str(r, "stream"), then<store::DraftRow>(r, [](const auto& d) { return json{{"draft", hex(d.id)}, {"body", d.document.body()}}; })); }},
        {"save_draft", [](const json& r) { withDraft(r, [r](store::DraftRow d) { g_desk->saveDraft(std::move(d), plain(r)); }); }},
        {"attach", [](const json& r) {
             g_desk->attach(str(r, "file"), {}, [r](Result<wire::Attachment> a) {
                 if (!a) return refuse(r, a.error());
                 withDraft(r, [r, a = *a](store::DraftRow d) {
                     *d.document.add_attachments() = a;
                     g_desk->saveDraft(std::move(d), then<void>(r, [a] { return json{{"blob", hex(a.blob())}, {"content_hash", hex(a.content_hash())}}; }));
                 });
             });
         }},
        {"submit", [done](const json& r) { withDraft(r, [r, done](store::DraftRow d) { g_desk->submitDraft(std::move(d), done(r)); }); }},
        {"act", actOn},
        {"opinion", [done](const json& r) { g_desk->addOpinion(str(r, "stream"), str(r, "text"), bin(r, "about"), done(r)); }},
        {"withdraw", [done](const json& r) { g_desk->withdraw(str(r, "stream"), str(r, "reason"), done(r)); }},
        {"sign_for", [done](const json& r) { g_desk->signFor(str(r, "stream"), str(r, "note"), done(r)); }},
        {"mandate", [done](const json& r) {
             const auto now = systemClock().now();
             std::vector<std::string> scopes;
             if (r.contains("scopes")) scopes = r["scopes"].get<std::vector<std::string>>();
             g_desk->giveMandate(str(r, "deputy"), scopes, now - 60'000, now + Millis(r.value("days", 7)) * 86'400'000, done(r));
         }},
        {"dismiss", [](const json& r) { g_desk->dismiss(bin(r, "command"), plain(r)); }},
        {"take_back", [](const json& r) { g_desk->takeBack(bin(r, "command"), plain(r)); }},
        {"fetch", [](const json& r) { g_desk->fetch(str(r, "stream"), bin(r, "blob")); answer(r, {}); }},
        {"save_attachment", [](const json& r) {
             g_desk->saveAttachment(str(r, "stream"), bin(r, "blob"), str(r, "target"), then<void>(r, [r] {
                 crypto::Hasher h;
                 h.add(readFile(str(r, "target")));
                 return json{{"content_hash", hex(h.finish())}};
             }));
         }},
        {"integrity", [](const json& r) { g_desk->integrity(then<std::vector<std::string>>(r, [](const auto& f) { return json{{"findings", f}}; })); }},
        {"diagnostics", [](const json& r) { g_desk->diagnostics(str(r, "target"), plain(r)); }},
        {"backup", [](const json& r) { g_desk->backup(str(r, "target"), plain(r)); }},
    };
    return all;
}

} // namespace

int main()
{
    if (!crypto::start()) return 1;
    std::thread input([] {
        std::string line;
        while (std::getline(std::cin, line)) {
            auto r = json::parse(line, nullptr, false);
            if (r.is_discarded()) continue;
            g_loop.post([r] {
                const auto it = handlers().find(r.value("do", std::string()));
                if (it == handlers().end()) return refuse(r, fail(Err::Invalid, "no such command"));
                if (!g_desk && it->first != "enrol" && it->first != "open") return refuse(r, fail(Err::Invalid, "open a store first"));
                it->second(r);
            });
        }
        g_loop.quit();
    });
    g_loop.run();
    g_desk.reset();
    input.join();
    return 0;
}
