#include "zt/document_ui/models.h"

#include <QDateTime>
#include <algorithm>

namespace zt::document_ui {

using store::Folder;
using widgets::Tone;

namespace {

constexpr size_t kPage = 200, kToDoLimit = 1000;

RowItem heading(const QString& text, int count = 0)
{
    RowItem r;
    r.section = text;
    if (count) r.sectionNote = QString::number(count);
    return r;
}

RowItem itemOf(const store::ListRow& row, Folder folder)
{
    RowItem r;
    r.key = text(row.stream);
    r.title = row.title.empty() ? DocumentListModel::tr("Document no longer here") : text(row.title); // erased, or the right to read it is gone
    r.urgency = urgencyOf(row.urgency);
    for (const std::string* s : {&row.party, &row.number})
        if (!s->empty()) r.meta << text(*s);
    const DueWords due = dueText(folder == Folder::ToDo ? row.dueMs : 0, stepText(row.step));
    r.due = due.text;
    r.dueTone = due.tone;
    if (folder != Folder::ToDo) r.meta << timeText(row.timeMs);
    if (row.attention) {
        r.due = DocumentListModel::tr("Needs attention");
        r.dueTone = Tone::Danger;
    }
    r.unread = row.unread;
    r.pending = row.pending;
    r.attachments = row.attachments;
    return r;
}

QString changedGroup(Millis time)
{
    const QDate day = QDateTime::fromMSecsSinceEpoch(time).date(), today = QDateTime::fromMSecsSinceEpoch(nowMs()).date();
    if (day >= today) return DocumentListModel::tr("Today");
    if (day > today.addDays(-today.dayOfWeek())) return DocumentListModel::tr("This week");
    if (day.year() == today.year() && day.month() == today.month()) return DocumentListModel::tr("This month");
    return DocumentListModel::tr("Earlier");
}

} // namespace

DocumentListModel::DocumentListModel(DeskPort& desk, Folder folder, size_t limit, QObject* parent) : RowsModel(desk, parent), m_folder(folder), m_limit(limit)
{
    connect(&desk, &DeskPort::changed, this, [this](const desk::Change& c) {
        if (c.all || !c.streams.empty() || c.directory) refresh();
    });
}

void DocumentListModel::setFolder(Folder folder)
{
    if (folder == m_folder) return refresh();
    m_folder = folder;
    m_want = 0;
    m_more = false;
    m_list.clear();
    setRows({});
    refresh();
}

void DocumentListModel::refresh() { ask(std::max(m_want, m_limit ? m_limit : m_folder == Folder::ToDo ? kToDoLimit : kPage)); }

bool DocumentListModel::canFetchMore(const QModelIndex& parent) const { return !parent.isValid() && m_more && !loading() && !m_limit; }

void DocumentListModel::fetchMore(const QModelIndex&) { ask(m_list.size() + kPage); }

void DocumentListModel::ask(size_t limit)
{
    asked();
    m_want = limit;
    const quint64 number = ++m_asked;
    m_desk.list(m_folder, 0, limit, whileAlive(this, [this, number, limit](Result<std::vector<store::ListRow>> rows) {
        if (number != m_asked) return;
        if (!rows) return setError(rows.error().kind);
        answer(std::move(*rows), limit);
    }));
}

void DocumentListModel::answer(std::vector<store::ListRow> rows, size_t limit)
{
    m_more = rows.size() >= limit;
    m_list = std::move(rows);
    std::vector<RowItem> out;
    if (m_folder == Folder::ToDo) {
        std::stable_sort(m_list.begin(), m_list.end(), [](const store::ListRow& a, const store::ListRow& b) {
            const auto key = [](const store::ListRow& r) { return std::pair(int(dueGroup(r.dueMs)), -r.urgency); };
            return key(a) < key(b);
        });
    }
    QString group;
    for (const store::ListRow& r : m_list) {
        const QString mine = m_folder == Folder::ToDo ? dueGroupText(dueGroup(r.dueMs)) : changedGroup(r.timeMs);
        if (mine != group) out.push_back(heading(mine));
        group = mine;
        out.push_back(itemOf(r, m_folder));
    }
    setRows(std::move(out));
}

const store::ListRow* DocumentListModel::listRow(const QModelIndex& index) const
{
    const std::string stream = bytes(key(index));
    const auto at = std::find_if(m_list.begin(), m_list.end(), [&](const store::ListRow& r) { return r.stream == stream; });
    return stream.empty() || at == m_list.end() ? nullptr : &*at;
}

DraftModel::DraftModel(DeskPort& desk, QObject* parent) : RowsModel(desk, parent)
{
    connect(&desk, &DeskPort::changed, this, [this](const desk::Change& c) {
        if (c.all || c.drafts) refresh();
    });
}

void DraftModel::refresh()
{
    asked();
    m_desk.drafts(whileAlive(this, [this](Result<std::vector<store::DraftRow>> drafts) {
        if (!drafts) return setError(drafts.error().kind);
        m_drafts = std::move(*drafts);
        std::vector<RowItem> rows;
        for (const store::DraftRow& d : m_drafts) {
            RowItem r;
            r.key = text(hex(d.id));
            r.title = d.document.title().empty() ? tr("Untitled draft") : text(d.document.title());
            r.urgency = urgencyOf(d.document.urgency());
            if (!d.document.kind().empty()) r.meta << text(d.document.kind());
            r.meta << (d.document.recipients().empty() ? tr("no recipient yet") : tr("%n recipients", nullptr, d.document.recipients_size()));
            r.due = d.revises.empty() ? tr("Saved %1").arg(momentText(d.savedMs)) : tr("Being revised, saved %1").arg(momentText(d.savedMs));
            r.attachments = d.document.attachments_size();
            rows.push_back(std::move(r));
        }
        setRows(std::move(rows));
    }));
}

const store::DraftRow* DraftModel::draft(const QModelIndex& index) const
{
    const std::string id = bytes(key(index));
    const auto at = std::find_if(m_drafts.begin(), m_drafts.end(), [&](const store::DraftRow& d) { return hex(d.id) == id; });
    return id.empty() || at == m_drafts.end() ? nullptr : &*at;
}

OutboxModel::OutboxModel(DeskPort& desk, QObject* parent) : RowsModel(desk, parent)
{
    connect(&desk, &DeskPort::changed, this, [this](const desk::Change& c) {
        if (c.all || c.status || !c.streams.empty()) refresh();
    });
}

void OutboxModel::refresh()
{
    asked();
    m_desk.outbox(whileAlive(this, [this](Result<std::vector<desk::OutboxView>> all) {
        if (!all) return setError(all.error().kind);
        m_all = std::move(*all);
        rebuild();
    }));
}

void OutboxModel::setFilter(Filter filter)
{
    m_filter = filter;
    rebuild();
}

namespace {

OutboxModel::Filter filterOf(const desk::OutboxView& v)
{
    using F = OutboxModel::Filter;
    return v.state == sync::OutboxRow::Attention ? F::Attention : v.state == sync::OutboxRow::Waiting ? F::Waiting : F::Settled;
}

QString shortOutcome(const desk::OutboxView& v)
{
    const wire::Outcome o = v.receipt ? v.receipt->outcome() : wire::OUTCOME_UNKNOWN;
    switch (o) {
    case wire::SUPERSEDED: return OutboxModel::tr("%1 acted first").arg(text(v.receipt->by_name())); // it may be the person, at another desk
    case wire::APPLIED_LATE: return OutboxModel::tr("Kept as an opinion");
    case wire::NOT_PERMITTED: return OutboxModel::tr("Not permitted");
    case wire::NEEDS_CHOICE: return OutboxModel::tr("Decide anew");
    case wire::EXPIRED: return OutboxModel::tr("Time limit passed");
    case wire::NOT_UNDERSTOOD: return OutboxModel::tr("Update needed");
    default: return v.state == sync::OutboxRow::Attention ? OutboxModel::tr("Decide anew") : QString();
    }
}

RowItem itemOf(const desk::OutboxView& v)
{
    RowItem r;
    r.key = text(hex(v.id));
    r.title = v.title.empty() ? actText(v.command) : text(v.title);
    r.meta << actText(v.command) << momentText(v.madeMs);
    if (v.state == sync::OutboxRow::Attention) {
        r.due = shortOutcome(v);
        r.dueTone = Tone::Danger;
        r.unread = true;
    } else if (v.state == sync::OutboxRow::Waiting) {
        r.due = v.sent ? OutboxModel::tr("Sent, no answer yet") : OutboxModel::tr("Waiting to be sent");
        r.dueTone = Tone::Warning;
        r.pending = true;
    } else {
        const QString o = shortOutcome(v);
        r.due = o.isEmpty() ? OutboxModel::tr("Done") : o;
    }
    return r;
}

} // namespace

void OutboxModel::rebuild()
{
    std::vector<RowItem> rows;
    const auto part = [&](Filter f, const QString& name) {
        if ((m_filter != Filter::All && m_filter != f) || !count(f)) return;
        rows.push_back(heading(name, count(f)));
        for (const desk::OutboxView& v : m_all)
            if (filterOf(v) == f) rows.push_back(itemOf(v));
    };
    part(Filter::Attention, tr("Needs attention"));
    part(Filter::Waiting, tr("To be sent, in this order"));
    part(Filter::Settled, tr("Settled lately"));
    setRows(std::move(rows));
}

int OutboxModel::count(Filter filter) const
{
    if (filter == Filter::All) return int(m_all.size());
    return int(std::count_if(m_all.begin(), m_all.end(), [&](const desk::OutboxView& v) { return filterOf(v) == filter; }));
}

const desk::OutboxView* OutboxModel::item(const QModelIndex& index) const
{
    const std::string id = bytes(key(index));
    const auto at = std::find_if(m_all.begin(), m_all.end(), [&](const desk::OutboxView& v) { return hex(v.id) == id; });
    return id.empty() || at == m_all.end() ? nullptr : &*at;
}

} // namespace zt::document_ui
