#include "zt/document_ui/models.h"

#include <algorithm>

namespace zt::document_ui {

using widgets::StepState;
using widgets::Tone;
namespace role = widgets::role;

namespace {

using Entry = TimelineModel::Entry;

QStringList fields(std::initializer_list<QString> all)
{
    QStringList out;
    for (const QString& s : all)
        if (!s.isEmpty()) out << s;
    return out;
}

Entry said(const approval::Opinion& o, bool pending)
{
    Entry e;
    e.name = actorText(o.by);
    e.post = fields({text(o.by.post()), text(o.on().stepTitle)});
    e.time = momentText(o.time);
    e.opinion = o.text.empty() ? choiceText(o.choice) : text(o.text);
    if (o.choice == wire::CHOICE_RETURN || o.choice == wire::CHOICE_REJECT) e.state = StepState::Returned;
    if (o.late) e.time = TimelineModel::tr("%1, after the step was completed").arg(e.time);
    if (o.unproven) e.time = TimelineModel::tr("%1, time not proven").arg(e.time);
    if (pending) {
        e.state = StepState::Pending;
        e.time = TimelineModel::tr("waiting to be sent");
        e.tone = Tone::Warning;
    }
    return e;
}

Entry current(const approval::Task& task, const approval::Slot& slot, Millis dueAt, const std::string& me)
{
    Entry e;
    e.name = text(slot.name);
    e.post = fields({text(slot.post), text(task.title)});
    e.state = StepState::Current;
    const DueWords due = dueText(dueAt, {});
    const QString who = slot.person == me ? TimelineModel::tr("waiting for you") : TimelineModel::tr("in hand");
    e.time = due.text.isEmpty() ? who : TimelineModel::tr("%1 · %2", "state, due time").arg(who, due.text);
    e.tone = due.tone == Tone::Neutral && slot.person == me ? Tone::Warning : due.tone;
    return e;
}

Entry lapsed(const approval::Task& task)
{
    Entry e;
    QStringList names;
    for (const approval::Slot& s : task.slots)
        if (s.state == approval::SlotState::Cancelled) names << text(s.name);
    e.name = names.join(TimelineModel::tr(", ", "between names"));
    e.post = fields({text(task.title)});
    e.opinion = TimelineModel::tr("The time for this step ran out.");
    e.time = momentText(task.closed);
    e.state = StepState::Withdrawn;
    return e;
}

Entry waiting(const document::Wait& w)
{
    Entry e;
    e.name = w.title.empty() ? TimelineModel::tr("Waiting") : text(w.title);
    e.time = TimelineModel::tr("waits until %1").arg(momentText(w.until));
    e.state = StepState::Current;
    return e;
}

void following(const std::string& next, std::vector<Entry>& out)
{
    if (next.empty()) return;
    Entry e;
    e.name = text(next);
    e.state = StepState::Next;
    e.time = TimelineModel::tr("next");
    out.push_back(std::move(e));
}

struct Timed {
    Millis time;
    Entry entry;
};

void history(const document::Matter& m, uint64_t confirmed, std::vector<Timed>& out)
{
    for (const document::Version& v : m.versions) {
        Entry e;
        e.name = actorText(v.by);
        e.post = fields({text(v.by.post()), v.number == 1 ? TimelineModel::tr("Submitted") : TimelineModel::tr("Submitted version %1").arg(v.number)});
        e.time = momentText(v.time);
        e.opinion = text(v.note);
        if (v.number > confirmed) {
            e.state = StepState::Pending;
            e.time = TimelineModel::tr("waiting to be sent");
            e.tone = Tone::Warning;
        }
        out.push_back({v.time, e});
    }
    if (!m.number.empty()) {
        Entry e;
        e.name = TimelineModel::tr("Number given");
        e.post = {text(m.number)};
        e.time = momentText(m.signedTime);
        out.push_back({m.signedTime + 1, e});
    }
    if (!m.deliveries.empty()) {
        Entry e;
        e.name = TimelineModel::tr("Dispatched");
        e.post = {TimelineModel::tr("to %n units", nullptr, int(m.deliveries.size()))};
        Millis first = m.deliveries.front().sent;
        for (const document::Delivery& d : m.deliveries) first = std::min(first, d.sent);
        e.time = momentText(first);
        out.push_back({first + 2, e});
    }
}

std::vector<Entry> incoming(const document::Incoming& in)
{
    std::vector<Entry> out;
    const auto add = [&](const QString& name, const QString& what, Millis time, const std::string& note) {
        Entry e;
        e.name = name;
        e.post = {what};
        e.time = momentText(time);
        e.opinion = text(note);
        out.push_back(std::move(e));
    };
    add(text(in.package.issuer_name()), TimelineModel::tr("Sent"), in.package.signed_ms(), {});
    if (in.received) add(text(in.unitName), TimelineModel::tr("Received"), in.received, {});
    if (in.opened) add(actorText(in.openedBy), TimelineModel::tr("Opened"), in.opened, {});
    if (in.signedFor) {
        add(actorText(in.signedBy), TimelineModel::tr("Signed for"), in.signedFor, in.note);
    } else {
        Entry e;
        e.name = text(in.unitName);
        e.post = {TimelineModel::tr("Sign for receipt")};
        e.state = StepState::Current;
        out.push_back(std::move(e));
    }
    return out;
}

} // namespace

std::vector<Entry> timelineOf(const desk::MatterView& view, const std::string& me, bool whole)
{
    if (view.incoming) return incoming(*view.incoming);
    if (!view.matter) return {};
    const document::Matter& m = *view.matter;
    std::vector<Timed> timed;
    for (size_t i = 0; i < m.flow.opinions.size(); ++i) timed.push_back({m.flow.opinions[i].time, said(m.flow.opinions[i], i >= view.confirmedOpinions)});
    for (const approval::Task& task : m.flow.tasks)
        if (!task.open() && task.how == wire::TaskClosed::LAPSED) timed.push_back({task.closed, lapsed(task)});
    if (whole) history(m, view.confirmedVersion, timed);
    std::stable_sort(timed.begin(), timed.end(), [](const Timed& a, const Timed& b) { return a.time < b.time; });
    std::vector<Entry> out;
    for (Timed& t : timed) out.push_back(std::move(t.entry));
    for (const approval::Task& task : m.flow.tasks) {
        const auto due = view.due.find(task.id);
        for (const approval::Slot& s : task.slots)
            if (task.open() && s.state == approval::SlotState::Open) out.push_back(current(task, s, due == view.due.end() ? 0 : due->second, me));
    }
    for (const document::Wait& w : view.waits) out.push_back(waiting(w));
    if (document::endedEarly(m.stage)) {
        Entry e;
        e.name = m.endedBy.name().empty() ? TimelineModel::tr("By the process") : actorText(m.endedBy);
        e.post = {stageText(m.stage)};
        e.time = momentText(m.ended);
        e.opinion = text(m.endReason);
        e.state = m.stage == document::Stage::Rejected ? StepState::Returned : StepState::Withdrawn;
        out.push_back(std::move(e));
    } else {
        following(view.next, out);
    }
    return out;
}

TimelineModel::TimelineModel(bool whole, QObject* parent) : QAbstractListModel(parent), m_whole(whole) {}

void TimelineModel::setMatter(const desk::MatterView& view, const std::string& me)
{
    beginResetModel();
    m_entries = timelineOf(view, me, m_whole);
    m_opinions = view.matter ? int(view.matter->flow.opinions.size()) : 0;
    endResetModel();
}

void TimelineModel::clear()
{
    beginResetModel();
    m_entries.clear();
    m_opinions = 0;
    endResetModel();
}

QVariant TimelineModel::data(const QModelIndex& index, int what) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Entry& e = m_entries[size_t(index.row())];
    switch (what) {
    case Qt::DisplayRole:
    case role::Name: return e.name;
    case role::Post: return e.post;
    case role::Time: return e.time;
    case role::TimeTone: return int(e.tone);
    case role::Opinion: return e.opinion;
    case role::State: return int(e.state);
    case Qt::AccessibleTextRole: return (QStringList{e.name} + e.post + QStringList{e.time, e.opinion}).join(tr(", ", "between the parts of a sentence read out"));
    default: return {};
    }
}

} // namespace zt::document_ui
