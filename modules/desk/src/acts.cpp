#include "desk_impl.h"

#include "zt/base/log.h"
#include "zt/wire/sealing.h"

#include <algorithm>

//! What a person does: drafts and acts.
namespace zt::desk {

Result<Desk::Done> Desk::Impl::submit(wire::Command command, const sync::Engine::Also& also)
{
    std::string stream = command.stream();
    Bytes id;
    auto made = engine->submit(std::move(command), false, [&](sync::Tx& tx, const wire::Command& c) -> Result<void> {
        stream = c.stream();
        return also ? also(tx, c) : Result<void>{};
    });
    noteStore(made ? nullptr : &made.error());
    worker.wakeIdle(); // into the index, also with no network to bring anything
    emitChanges();
    if (!made) return Error(made.error());
    return Done{made->id, stream, made->decision.outcome, made->decision.reason, made->decision.byName};
}

void Desk::saveDraft(store::DraftRow draft, Then<void> then)
{
    m->onWorker<void>(std::move(then), [draft = std::move(draft)](Impl& me) mutable -> Result<void> {
        draft.savedMs = systemClock().now();
        const auto done = me.store->write([&](sync::Tx& tx) { return store::Tx::of(tx).putDraft(draft); });
        me.noteStore(done ? nullptr : &done.error());
        Change c;
        c.drafts = true;
        me.emitChanges(std::move(c));
        return done;
    }, Impl::Kind::Care);
}

void Desk::draft(Bytes id, Then<store::DraftRow> then)
{
    m->onWorker<store::DraftRow>(std::move(then), [id = std::move(id)](Impl& me) -> Result<store::DraftRow> {
        std::optional<store::DraftRow> row;
        ZT_TRY(me.store->read([&](sync::Tx& tx) -> Result<void> {
            ZT_LET(found, store::Tx::of(tx).draft(id));
            row = std::move(found);
            return {};
        }));
        if (!row) return fail(Err::NotFound, "draft");
        return std::move(*row);
    });
}

void Desk::deleteDraft(Bytes id, Then<void> then)
{
    m->onWorker<void>(std::move(then), [id = std::move(id)](Impl& me) -> Result<void> {
        const auto done = me.store->write([&](sync::Tx& port) -> Result<void> {
            auto& tx = store::Tx::of(port);
            ZT_LET(row, tx.draft(id));
            if (!row) return {};
            for (const auto& a : row->document.attachments()) {
                ZT_LET(blob, tx.blob(a.blob()));
                if (blob && blob->stream.empty()) ZT_TRY(tx.deleteBlob(a.blob()));
            }
            return tx.deleteDraft(id);
        });
        Change c;
        c.drafts = true;
        me.emitChanges(std::move(c));
        return done;
    });
}

namespace {

//! The nearest unit upwards that issues documents under a code of its own.
void fillIssuer(wire::Document& d, const directory::Directory& dir, const std::string& person)
{
    const auto posts = dir.postsOf(person);
    std::string unit = posts.empty() ? std::string() : posts.front().unit;
    for (int depth = 0; !unit.empty() && depth < 16; ++depth) {
        const auto u = dir.unit(unit);
        if (!u) return;
        if (!u->code.empty()) {
            d.set_issuer(u->id);
            d.set_code(u->code);
            return;
        }
        unit = u->parent;
    }
}

} // namespace

void Desk::newDraft(Then<store::DraftRow> then)
{
    m->onWorker<store::DraftRow>(std::move(then), [](Impl& me) -> Result<store::DraftRow> {
        store::DraftRow row;
        row.id = newId(systemClock(), systemRandom());
        row.document.set_kind("通知");
        fillIssuer(row.document, me.engine->directory(), me.identity.me.person);
        row.savedMs = systemClock().now();
        ZT_TRY(me.store->write([&](sync::Tx& tx) { return store::Tx::of(tx).putDraft(row); }));
        Change c;
        c.drafts = true;
        me.emitChanges(std::move(c));
        return row;
    });
}

void Desk::draftFrom(std::string stream, Then<store::DraftRow> then)
{
    m->onWorker<store::DraftRow>(std::move(then), [stream = std::move(stream)](Impl& me) -> Result<store::DraftRow> {
        // One draft a returned matter: opened again, it goes on where it was.
        ZT_LET(view, me.engine->view(stream));
        const auto* matter = dynamic_cast<const document::Matter*>(view.shown.get());
        if (!matter || !matter->current()) return fail(Err::NotFound, "matter");
        store::DraftRow row;
        row.id = crypto::hashOf("draft-of " + stream + " " + std::to_string(matter->current()->number)).substr(0, 16);
        std::optional<store::DraftRow> old;
        ZT_TRY(me.store->write([&](sync::Tx& port) -> Result<void> {
            auto& tx = store::Tx::of(port);
            ZT_LET(found, tx.draft(row.id));
            old = std::move(found);
            if (old) return {};
            row.document = matter->current()->document;
            row.revises = stream;
            row.savedMs = systemClock().now();
            return tx.putDraft(row);
        }));
        Change c;
        c.drafts = true;
        me.emitChanges(std::move(c));
        return old ? *old : row;
    });
}

void Desk::check(wire::Document document, Then<std::vector<document::Finding>> then)
{
    m->onWorker<std::vector<document::Finding>>(std::move(then), [document = std::move(document)](Impl& me) -> Result<std::vector<document::Finding>> {
        return document::check(document, me.engine->directory());
    });
}

namespace {

//! The shortest process whose every post is held in the issuing organ; nothing if there is none.
const rules::Process* processFor(const directory::Directory& dir, const wire::Document& document)
{
    const rules::Process* best = nullptr;
    for (const auto& [id, published] : dir.processes) {
        const rules::Process* p = published->process();
        if (!p) continue;
        const bool held = std::all_of(p->steps.begin(), p->steps.end(), [&](const auto& step) {
            return step.second.who.rfind("post:", 0) != 0 || !dir.postsTitled(step.second.who.substr(5), document.issuer()).empty();
        });
        if (held && (!best || p->steps.size() < best->steps.size())) best = p;
    }
    return best;
}

} // namespace

void Desk::submitDraft(store::DraftRow draft, Then<Done> then)
{
    m->onWorker<Done>(std::move(then), [draft = std::move(draft)](Impl& me) -> Result<Done> {
        const auto* process = processFor(me.engine->directory(), draft.document);
        if (!process) return Done{{}, {}, wire::NOT_PERMITTED, wire::REASON_NO_DEFINITION, {}};
        wire::Command c;
        c.set_stream(draft.revises);
        auto& s = *c.mutable_submit();
        *s.mutable_document() = draft.document;
        s.set_note(draft.note);
        s.set_definition(process->id);
        s.set_definition_hash(process->hash);
        auto done = me.submit(std::move(c), [&](sync::Tx& port, const wire::Command& made) -> Result<void> {
            auto& tx = store::Tx::of(port);
            for (const auto& a : draft.document.attachments()) {
                ZT_LET(blob, tx.blob(a.blob()));
                if (!blob || blob->uploaded) continue;
                blob->stream = made.stream();
                blob->upload = blob->complete;
                ZT_TRY(tx.putBlob(*blob));
            }
            return tx.deleteDraft(draft.id);
        });
        if (done && done->outcome == wire::APPLIED) {
            me.queueUploads();
            Change change;
            change.drafts = true;
            me.emitChanges(std::move(change));
        }
        return done;
    });
}

void Desk::act(std::string stream, std::string task, wire::Choice choice, std::string opinion, std::string mandate, Bytes subject, Then<Done> then)
{
    wire::Command c;
    c.set_stream(stream);
    c.set_subject(subject);
    c.mutable_act()->set_task(task);
    c.mutable_act()->set_choice(choice);
    c.mutable_act()->set_opinion(opinion);
    c.mutable_act()->set_mandate(mandate);
    m->onWorker<Done>(std::move(then), [c = std::move(c)](Impl& me) { return me.submit(c); });
}

void Desk::addOpinion(std::string stream, std::string text, Bytes about, Then<Done> then)
{
    wire::Command c;
    c.set_stream(stream);
    c.mutable_add_opinion()->set_text(text);
    c.mutable_add_opinion()->set_about(about);
    m->onWorker<Done>(std::move(then), [c = std::move(c), about](Impl& me) -> Result<Done> {
        auto done = me.submit(c);
        // After the new words are durable, never before.
        if (done && done->outcome == wire::APPLIED && !about.empty()) {
            if (const auto dealt = me.engine->dismiss(about); !dealt && dealt.error().kind != Err::NotFound) return Error(dealt.error());
            me.emitChanges();
        }
        return done;
    });
}

void Desk::withdraw(std::string stream, std::string reason, Then<Done> then)
{
    wire::Command c;
    c.set_stream(stream);
    c.mutable_withdraw()->set_reason(reason);
    m->onWorker<Done>(std::move(then), [c = std::move(c)](Impl& me) { return me.submit(c); });
}

void Desk::signFor(std::string stream, std::string note, Then<Done> then)
{
    wire::Command c;
    c.set_stream(stream);
    c.mutable_sign_for()->set_note(note);
    m->onWorker<Done>(std::move(then), [c = std::move(c)](Impl& me) { return me.submit(c); });
}

void Desk::giveMandate(std::string deputy, std::vector<std::string> scopes, Millis from, Millis to, Then<Done> then)
{
    wire::Command c;
    c.set_stream(directory::kStream);
    auto& g = *c.mutable_give_mandate();
    g.set_id(hex(newId(systemClock(), systemRandom())));
    g.set_deputy(deputy);
    g.set_from_ms(from);
    g.set_to_ms(to);
    for (const auto& s : scopes) g.add_scopes(s);
    m->onWorker<Done>(std::move(then), [c = std::move(c)](Impl& me) mutable {
        c.mutable_give_mandate()->set_principal(me.identity.me.person);
        return me.submit(c);
    });
}

void Desk::endMandate(std::string id, Then<Done> then)
{
    wire::Command c;
    c.set_stream(directory::kStream);
    c.mutable_end_mandate()->set_id(id);
    m->onWorker<Done>(std::move(then), [c = std::move(c)](Impl& me) { return me.submit(c); });
}

void Desk::approveDevice(Bytes device, bool approve, Then<Done> then)
{
    wire::Command c;
    c.set_stream(directory::kStream);
    c.mutable_approve_device()->set_device(device);
    c.mutable_approve_device()->set_refused(!approve);
    c.mutable_approve_device()->set_by(m->identity.me.person);
    m->onWorker<Done>(std::move(then), [c = std::move(c)](Impl& me) { return me.submit(c); });
}

void Desk::dismiss(Bytes id, Then<void> then)
{
    m->onWorker<void>(std::move(then), [id = std::move(id)](Impl& me) -> Result<void> {
        const auto done = me.engine->dismiss(id);
        me.emitChanges();
        return done;
    });
}

void Desk::takeBack(Bytes id, Then<void> then)
{
    m->onWorker<void>(std::move(then), [id = std::move(id)](Impl& me) -> Result<void> {
        const auto done = me.engine->takeBack(id, [](sync::Tx& port, const wire::Command& c) -> Result<void> {
            if (!c.has_submit()) return {};
            auto& tx = store::Tx::of(port);
            store::DraftRow row;
            row.id = c.id();
            row.document = c.submit().document();
            row.note = c.submit().note();
            ZT_LET(known, port.stream(c.stream()));
            if (known && known->have) row.revises = c.stream();
            row.savedMs = systemClock().now();
            for (const auto& a : row.document.attachments()) {
                ZT_LET(blob, tx.blob(a.blob()));
                if (!blob || blob->stream != c.stream() || blob->uploaded) continue;
                blob->stream = row.revises;
                blob->upload = false;
                ZT_TRY(tx.putBlob(*blob));
            }
            return tx.putDraft(row);
        });
        Change c;
        c.drafts = true;
        me.queueUploads();
        me.emitChanges(std::move(c));
        return done;
    });
}

void Desk::markRead(std::string stream)
{
    m->onWorker<void>({}, [stream = std::move(stream)](Impl& me) -> Result<void> {
        ZT_LET(view, me.engine->view(stream));
        std::optional<store::ListRow> row;
        ZT_TRY(me.store->read([&](sync::Tx& tx) -> Result<void> {
            ZT_LET(found, store::Tx::of(tx).row(stream));
            row = std::move(found);
            return {};
        }));
        if (row && row->unread) ZT_TRY(me.engine->mark(stream, "read", int64_t(view.confirmed->version)));
        const auto* in = dynamic_cast<const document::Incoming*>(view.shown.get());
        if (in && in->version && !in->opened && !view.row.frozen) {
            wire::Command c;
            c.set_stream(stream);
            c.mutable_open();
            ZT_LET(done, me.submit(std::move(c)));
            (void)done;
        }
        me.emitChanges();
        return {};
    });
}

} // namespace zt::desk
