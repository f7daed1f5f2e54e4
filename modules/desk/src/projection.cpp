#include "projection.h"

#include "zt/wire/sealing.h"

#include <algorithm>

namespace zt::desk {

namespace {

uint32_t bit(store::Folder f) { return 1u << int(f); }

bool openSlot(const approval::Task& task, const std::string& person)
{
    const auto* slot = task.slotOf(person);
    return slot && slot->state == approval::SlotState::Open;
}

bool covers(const rules::Mandate& m, const std::string& scope)
{
    return m.scopes.empty() || std::find(m.scopes.begin(), m.scopes.end(), scope) != m.scopes.end();
}

std::string joined(const std::vector<std::string>& parts)
{
    std::string out;
    for (const auto& p : parts) {
        if (p.empty()) continue;
        if (!out.empty()) out += ' ';
        out += p;
    }
    return out;
}

} // namespace

MyTask myTask(const approval::Flow& flow, const rules::Context& context, const std::string& person, Millis now)
{
    MyTask out;
    for (const auto& t : flow.tasks) {
        if (!t.open()) continue;
        if (openSlot(t, person)) return {&t, {}, {}, {}};
        for (const auto& slot : t.slots) {
            if (slot.state != approval::SlotState::Open) continue;
            for (const auto& m : context.mandatesFor(slot.person))
                if (m.deputy == person && covers(m, t.scope) && m.from <= now && now <= m.to) out = {&t, m.id, slot.person, slot.name};
        }
    }
    return out;
}

const wire::Document* documentOf(const rules::State& state)
{
    if (const auto* m = dynamic_cast<const document::Matter*>(&state)) return m->current() ? &m->current()->document : nullptr;
    if (const auto* in = dynamic_cast<const document::Incoming*>(&state)) return in->version ? &in->package.document() : nullptr;
    return nullptr;
}

namespace {

void matterRow(store::ListRow& row, const document::Matter& m, const rules::Context& context, const std::string& person, Millis now)
{
    const bool mine = m.initiator.person() == person;
    const bool ended = m.ended != 0 || m.erased; // only what has ended is erased, in whichever event that stood
    const MyTask task = ended ? MyTask{} : myTask(m.flow, context, person, now);
    const approval::Task* open = m.flow.openTask();
    if (task.task) row.folders |= bit(store::Folder::ToDo);
    if (mine && !ended && m.stage != document::Stage::Dispatched && !task.task) row.folders |= bit(store::Folder::InReview);
    if (mine && m.stage == document::Stage::Dispatched) row.folders |= bit(store::Folder::Sent);
    const bool acted = std::any_of(m.flow.opinions.begin(), m.flow.opinions.end(), [&](const auto& o) { return o.by.person() == person; });
    if ((acted && !task.task && !mine) || (mine && ended)) row.folders |= bit(store::Folder::Done);
    row.number = m.number;
    row.timeMs = m.changed;
    row.party = joined({m.initiator.unit_name(), m.initiator.name()});
    if (m.stage == document::Stage::Withdrawn) row.step = "withdrawn";
    else if (m.stage == document::Stage::Rejected) row.step = "rejected";
    else if (m.stage == document::Stage::Lapsed) row.step = "lapsed";
    else if (m.stage == document::Stage::Numbering) row.step = "number";
    else if (m.stage == document::Stage::Dispatched) row.step = "dispatched";
    else if (open) row.step = open->title;
    else if (const auto* process = context.processOf(m.flow.run.version)) {
        if (const auto waiting = document::waits(m, *process); !waiting.empty()) row.step = waiting.front().title;
    }
    if (open && !ended) row.dueMs = m.flow.due(*open, context.calendar());
    if (mine && open && !task.task) {
        std::vector<std::string> names;
        for (const auto& s : open->slots)
            if (s.state == approval::SlotState::Open && names.size() < 3) names.push_back(s.name);
        row.party = joined(names);
    }
}

void incomingRow(store::ListRow& row, const document::Incoming& in, const std::string& person)
{
    row.folders |= bit(store::Folder::Received);
    const bool clerk = std::any_of(in.clerks.begin(), in.clerks.end(), [&](const auto& s) { return s.person() == person; });
    if (!in.signedFor && !in.erased && clerk) row.folders |= bit(store::Folder::ToDo);
    row.number = in.package.number();
    row.party = in.package.issuer_name();
    row.timeMs = std::max({in.received, in.opened, in.signedFor});
    row.step = in.signedFor ? "signed_for" : "to_sign_for";
}

} // namespace

store::ListRow listRow(const sync::View& view, const rules::Context& context, const std::string& person, uint64_t readUpTo, Millis now)
{
    store::ListRow row;
    const rules::State& state = *view.shown;
    row.stream = view.row.stream;
    row.frozen = view.row.frozen || state.frozen;
    row.version = view.confirmed->version;
    row.pending = !view.pending.empty();
    row.attention = !view.attention.empty() || std::any_of(view.pending.begin(), view.pending.end(), [](const auto& r) { return r.stuck != wire::REASON_NONE; });
    if (const auto* d = documentOf(state)) {
        row.title = d->title();
        row.urgency = d->urgency();
        row.attachments = d->attachments_size();
    } else if (!view.attention.empty() || !view.pending.empty()) {
        // The matter itself is not (or no longer) here, the person's words are.
        const auto& rows = view.pending.empty() ? view.attention : view.pending;
        if (const auto c = wire::parseCommand(rows.front().command.bytes()); c && c->has_submit()) row.title = c->submit().document().title();
    }
    if (const auto* m = dynamic_cast<const document::Matter*>(&state)) matterRow(row, *m, context, person, now);
    else if (const auto* in = dynamic_cast<const document::Incoming*>(&state); in && in->version) incomingRow(row, *in, person);
    const bool concerns = (row.folders & (bit(store::Folder::ToDo) | bit(store::Folder::Received))) != 0;
    row.unread = concerns && row.version > readUpTo;
    return row;
}

store::IndexText indexText(const rules::State& state)
{
    store::IndexText t;
    const auto* d = documentOf(state);
    if (!d) return t;
    t.title = d->title();
    t.body = d->body();
    for (const auto& a : d->attachments()) t.attachments += a.name() + "\n";
    if (const auto* m = dynamic_cast<const document::Matter*>(&state)) {
        t.number = m->number;
        t.people = m->initiator.name() + "\n" + m->signer.name() + "\n";
        for (const auto& o : m->flow.opinions) {
            t.opinions += o.text + "\n";
            t.people += o.by.name() + "\n";
        }
    } else if (const auto* in = dynamic_cast<const document::Incoming*>(&state)) {
        t.number = in->package.number();
        t.people = in->package.issuer_name() + "\n" + in->package.signer_name() + "\n";
    }
    return t;
}

Actions actionsFor(const sync::View& view, const rules::Context& context, const std::string& person, Millis now)
{
    Actions a;
    const rules::State& state = *view.shown;
    if (view.row.frozen || state.frozen) {
        a.blocked = wire::REASON_LEVEL;
        return a;
    }
    if (state.erased) {
        a.blocked = wire::REASON_ERASED;
        return a;
    }
    if (const auto* in = dynamic_cast<const document::Incoming*>(&state)) {
        a.signFor = in->version && !in->signedFor && std::any_of(in->clerks.begin(), in->clerks.end(), [&](const auto& s) { return s.person() == person; });
        return a;
    }
    const auto* m = dynamic_cast<const document::Matter*>(&state);
    if (!m || !m->version) return a;
    const bool mine = m->initiator.person() == person;
    a.addOpinion = m->readers.count(person) > 0;
    if (m->ended) return a;
    a.withdraw = mine && !m->signedTime;
    const MyTask t = myTask(m->flow, context, person, now);
    if (!t.task) return a;
    a.task = t.task->id;
    a.taskTitle = t.task->title;
    if (mine && t.task->draft()) {
        a.revise = true;
        return a;
    }
    a.choices = t.task->choices;
    a.mandate = t.mandate;
    a.principalName = t.principalName;
    return a;
}

OutboxView outboxView(const sync::OutboxRow& row, const std::string& title)
{
    OutboxView v;
    v.id = row.id;
    v.stream = row.stream;
    v.title = title;
    if (const auto c = wire::parseCommand(row.command.bytes())) {
        v.command = *c;
        if (v.title.empty() && c->has_submit()) v.title = c->submit().document().title();
    }
    v.state = row.state == sync::OutboxRow::Waiting && row.stuck != wire::REASON_NONE ? sync::OutboxRow::Attention : row.state;
    v.receipt = row.receipt;
    v.stuck = row.stuck;
    v.madeMs = row.madeMs;
    v.sent = row.sent;
    return v;
}

} // namespace zt::desk
