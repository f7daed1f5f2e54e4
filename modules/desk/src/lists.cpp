#include "desk_impl.h"

#include "zt/base/text.h"

#include <algorithm>

//! What the windows show.
namespace zt::desk {

void Desk::list(store::Folder folder, size_t offset, size_t limit, Then<std::vector<store::ListRow>> then)
{
    m->onReader<std::vector<store::ListRow>>(std::move(then), [=](Impl&, store::Reader& r) { return r.list(folder, offset, limit); });
}

void Desk::rowsOf(std::vector<std::string> streams, Then<std::vector<store::ListRow>> then)
{
    m->onReader<std::vector<store::ListRow>>(std::move(then), [streams = std::move(streams)](Impl&, store::Reader& r) { return r.rowsOf(streams); });
}

void Desk::counts(Then<Counts> then)
{
    m->onReader<Counts>(std::move(then), [](Impl& me, store::Reader& r) -> Result<Counts> {
        ZT_LET(c, r.counts());
        Counts out;
        out.total = c.total;
        out.unread = c.unread;
        out.drafts = c.drafts;
        std::lock_guard lock(me.statusMutex);
        out.outbox = me.status.unsent;
        out.attention = me.status.attention;
        return out;
    });
}

void Desk::drafts(Then<std::vector<store::DraftRow>> then)
{
    m->onReader<std::vector<store::DraftRow>>(std::move(then), [](Impl&, store::Reader& r) { return r.drafts(); });
}

void Desk::outbox(Then<std::vector<OutboxView>> then)
{
    m->onReader<std::vector<OutboxView>>(std::move(then), [](Impl&, store::Reader& r) -> Result<std::vector<OutboxView>> {
        ZT_LET(rows, r.outbox(50));
        std::vector<std::string> streams;
        for (const auto& row : rows) streams.push_back(row.stream);
        ZT_LET(lists, r.rowsOf(streams));
        std::map<std::string, std::string> titles;
        for (const auto& l : lists) titles[l.stream] = l.title;
        std::vector<OutboxView> out;
        for (const auto& row : rows) out.push_back(outboxView(row, titles[row.stream]));
        return out;
    });
}

void Desk::Impl::findUnsent(Then<UnsentWork> then)
{
    worker.first([self = weak_from_this(), then = std::move(then)] {
        const auto me = self.lock();
        if (!me) return;
        std::vector<std::string> uploads;
        const auto looked = me->store->read([&](sync::Tx& tx) -> Result<void> {
            ZT_LET(rows, store::Tx::of(tx).uploads());
            for (const auto& row : rows)
                if (!row.stream.empty()) uploads.push_back(row.stream); // a draft's own are the draft's
            return {};
        });
        if (!looked) return then(Error(looked.error()));
        me->readers.first([self, then, uploads] {
            const auto m = self.lock();
            if (!m || !m->reader) return;
            then([&]() -> Result<UnsentWork> {
                if (m->leaseEnded) return fail(Err::Denied, "the lease has ended");
                UnsentWork out;
                ZT_LET(drafts, m->reader->drafts());
                for (const auto& d : drafts) out.drafts.push_back(d.document.title());
                ZT_LET(rows, m->reader->outbox(0));
                std::vector<std::string> streams = uploads;
                for (const auto& row : rows) streams.push_back(row.stream);
                ZT_LET(lists, m->reader->rowsOf(streams));
                std::map<std::string, std::string> titles;
                for (const auto& l : lists) titles[l.stream] = l.title;
                for (const auto& row : rows) {
                    if (row.state == sync::OutboxRow::Waiting) out.waiting.push_back(titles[row.stream]);
                    if (row.state == sync::OutboxRow::Attention) out.attention.push_back(titles[row.stream]);
                }
                std::set<std::string> files(uploads.begin(), uploads.end());
                for (const auto& stream : files) out.files.push_back(titles[stream]);
                return out;
            }());
        });
    });
}

void Desk::unsentWork(Then<UnsentWork> then)
{
    m->findUnsent([self = m->weak_from_this(), then = std::move(then)](Result<UnsentWork> found) {
        if (const auto me = self.lock()) me->reply<UnsentWork>(then, std::make_shared<Result<UnsentWork>>(std::move(found)));
    });
}

void Desk::remove(UnsentWork named, Then<void> then)
{
    m->findUnsent([self = m->weak_from_this(), named = std::move(named), then = std::move(then)](Result<UnsentWork> found) {
        const auto me = self.lock();
        if (!me) return;
        Result<void> done = !found ? Result<void>(Error(found.error())) : *found == named ? Result<void>() : fail(Err::Conflict, "something else was not sent");
        if (done) me->destroy = true;
        me->reply<void>(then, std::make_shared<Result<void>>(std::move(done)));
    });
}

void Desk::search(std::string text, Then<store::SearchAnswer> then)
{
    const uint64_t mine = ++m->searchGeneration;
    if (m->searching && m->reader) m->reader->interrupt(); // only a search is cut short, never a list
    m->onReader<store::SearchAnswer>(std::move(then), [text = std::move(text), mine](Impl& me, store::Reader& r) -> Result<store::SearchAnswer> {
        if (me.searchGeneration != mine) return fail(Err::Cancelled, "a newer search");
        me.searching = true;
        auto answer = r.search(text);
        me.searching = false;
        return answer;
    });
}

void Desk::people(Then<std::vector<PersonView>> then)
{
    m->onWorker<std::vector<PersonView>>(std::move(then), [](Impl& me) -> Result<std::vector<PersonView>> {
        const auto& dir = me.engine->directory();
        std::vector<PersonView> out;
        for (const auto& [id, person] : dir.people) {
            if (person.suspended) continue;
            PersonView v;
            v.id = id;
            v.name = person.name;
            const auto posts = dir.postsOf(id);
            if (!posts.empty()) {
                v.unit = posts.front().unit;
                v.post = posts.front().title;
                if (const auto unit = dir.unit(v.unit)) v.unitName = unit->name;
                v.head = std::any_of(posts.begin(), posts.end(), [](const auto& p) { return p.head; });
                v.clerk = std::any_of(posts.begin(), posts.end(), [](const auto& p) { return p.clerk; });
            }
            auto it = me.phonetics.find(person.name);
            if (it == me.phonetics.end()) it = me.phonetics.emplace(person.name, pinyin(person.name)).first;
            for (const auto& list : {it->second.full, it->second.initials})
                for (const auto& p : list) v.phonetic += p + " ";
            out.push_back(std::move(v));
        }
        return out;
    });
}

void Desk::units(Then<std::vector<UnitView>> then)
{
    m->onWorker<std::vector<UnitView>>(std::move(then), [](Impl& me) -> Result<std::vector<UnitView>> {
        const auto& dir = me.engine->directory();
        std::vector<UnitView> out;
        for (const auto& [id, u] : dir.units) {
            const auto posts = dir.postsIn(id);
            out.push_back({id, u.name, u.shortName, u.parent, u.code, u.retired, std::any_of(posts.begin(), posts.end(), [](const auto& p) { return p.clerk; })});
        }
        std::stable_sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return dir.units.at(a.id).order < dir.units.at(b.id).order; });
        return out;
    });
}

void Desk::waitingDevices(Then<std::vector<WaitingDevice>> then)
{
    m->onWorker<std::vector<WaitingDevice>>(std::move(then), [](Impl& me) -> Result<std::vector<WaitingDevice>> {
        std::vector<WaitingDevice> out;
        ZT_LET(view, me.engine->view(directory::kStream)); // with what was answered here and is on its way
        for (const auto& [id, d] : static_cast<const directory::Directory&>(*view.shown).devices)
            if (d.waiting && !d.revoked && d.person == me.identity.me.person) out.push_back({id, d.name, link::deviceCheck(d.signKey, d.boxKey), d.enrolled});
        return out;
    });
}

void Desk::mandates(Then<std::vector<MandateView>> then)
{
    m->onWorker<std::vector<MandateView>>(std::move(then), [](Impl& me) -> Result<std::vector<MandateView>> {
        // Mandates just given show at once: the pending state of the directory.
        ZT_LET(view, me.engine->view(directory::kStream));
        const auto& dir = static_cast<const directory::Directory&>(*view.shown);
        auto nameOf = [&](const std::string& id) { const auto p = dir.person(id); return p ? p->name : id; };
        const std::string& self = me.identity.me.person;
        std::vector<MandateView> out;
        for (const auto& [id, man] : dir.mandates)
            if (man.principal == self || man.deputy == self)
                out.push_back({id, man.principal, nameOf(man.principal), man.deputy, nameOf(man.deputy), man.scopes, man.from, man.to, man.ended, man.principal == self});
        std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.from > b.from; });
        return out;
    });
}

Result<MatterView> Desk::Impl::matterView(const std::string& stream)
{
    ZT_LET(view, engine->view(stream));
    MatterView out;
    out.stream = stream;
    out.frozen = view.row.frozen || view.shown->frozen;
    out.confirmedVersion = view.confirmed->version;
    out.actions = actionsFor(view, engine->directory(), identity.me.person, now());
    if (const auto erasure = engine->directory().erasures.find(stream); erasure != engine->directory().erasures.end() && !erasure->second.events.empty())
        out.actions.erasedRule = erasure->second.events.begin()->second;
    const auto* document = documentOf(*view.shown);
    const std::string title = document ? document->title() : std::string();
    for (const auto& row : view.pending) (row.stuck == wire::REASON_NONE ? out.pending : out.attention).push_back(outboxView(row, title));
    for (const auto& row : view.attention) out.attention.push_back(outboxView(row, title));
    if (document)
        ZT_TRY(store->read([&](sync::Tx& port) -> Result<void> {
            for (const auto& a : document->attachments()) {
                AttachmentView v;
                v.attachment = a;
                ZT_LET(blob, store::Tx::of(port).blob(a.blob()));
                if (blob) {
                    v.here = blob->complete;
                    v.have = blob->have;
                    v.uploading = blob->upload && !blob->uploaded;
                    v.sent = blob->sent;
                }
                out.attachments.push_back(std::move(v));
            }
            return {};
        }));
    if (const auto* matter = dynamic_cast<const document::Matter*>(view.confirmed.get())) {
        out.confirmedOpinions = matter->flow.opinions.size();
        out.matter = std::shared_ptr<const document::Matter>(static_cast<document::Matter*>(view.shown->clone().release())); // read on another thread
        if (!out.matter->version && out.attention.empty()) return fail(Err::NotFound, "matter");
        for (const auto& t : out.matter->flow.tasks)
            if (const Millis due = t.open() ? out.matter->flow.due(t, engine->directory().calendar()) : 0; due) out.due[t.id] = due;
        if (const auto* process = engine->directory().processOf(out.matter->flow.run.version)) {
            out.next = document::nextTitle(*out.matter, *process);
            out.waits = document::waits(*out.matter, *process);
        }
    } else if (dynamic_cast<const document::Incoming*>(view.confirmed.get())) {
        out.incoming = std::shared_ptr<const document::Incoming>(static_cast<document::Incoming*>(view.shown->clone().release()));
        if (!out.incoming->version) return fail(Err::NotFound, "document");
    } else {
        return fail(Err::NotFound, "not a matter");
    }
    return out;
}

void Desk::matter(std::string stream, Then<MatterView> then)
{
    m->onWorker<MatterView>(std::move(then), [stream = std::move(stream)](Impl& me) { return me.matterView(stream); });
}

} // namespace zt::desk
