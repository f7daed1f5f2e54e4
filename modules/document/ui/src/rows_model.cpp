#include "zt/document_ui/models.h"

#include <QSet>

namespace zt::document_ui {

using widgets::Tone;
namespace role = widgets::role;

namespace {

bool same(const RowItem& a, const RowItem& b)
{
    return a.title == b.title && a.urgency == b.urgency && a.meta == b.meta && a.due == b.due && a.dueTone == b.dueTone && a.unread == b.unread && a.pending == b.pending &&
           a.unavailable == b.unavailable && a.attachments == b.attachments && a.section == b.section && a.sectionNote == b.sectionNote;
}

// The words a screen reader needs, in one sentence.
QString sentence(const RowItem& r)
{
    QStringList parts;
    if (r.urgency != widgets::Urgency::None) parts << widgets::urgencyText(r.urgency);
    if (r.unread) parts << RowsModel::tr("unread");
    parts << r.title << r.meta;
    if (!r.due.isEmpty()) parts << r.due;
    if (r.attachments) parts << RowsModel::tr("%n attachments", nullptr, r.attachments);
    if (r.pending) parts << RowsModel::tr("waiting to be sent");
    return parts.join(RowsModel::tr(", ", "between the parts of a sentence read out"));
}

} // namespace

RowsModel::RowsModel(DeskPort& desk, QObject* parent) : QAbstractListModel(parent), m_desk(desk) {}

QVariant RowsModel::data(const QModelIndex& index, int what) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const RowItem& r = row(index.row());
    switch (what) {
    case Qt::DisplayRole: return r.section.isEmpty() ? r.title : r.section;
    case role::Title: return r.title;
    case role::Urgency: return int(r.urgency);
    case role::Meta: return r.meta;
    case role::Due: return r.due;
    case role::DueTone: return int(r.dueTone);
    case role::Unread: return r.unread;
    case role::Attachments: return r.attachments;
    case role::Pending: return r.pending;
    case role::Section: return r.section;
    case role::SectionNote: return r.sectionNote;
    case role::Unavailable: return r.unavailable;
    case Qt::AccessibleTextRole: return r.section.isEmpty() ? (r.accessible.isEmpty() ? sentence(r) : r.accessible) : r.section;
    default: return {};
    }
}

Qt::ItemFlags RowsModel::flags(const QModelIndex& index) const
{
    if (!index.isValid()) return Qt::NoItemFlags;
    return row(index.row()).section.isEmpty() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren : Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
}

QString RowsModel::key(const QModelIndex& index) const
{
    return index.isValid() && row(index.row()).section.isEmpty() ? row(index.row()).key : QString();
}

QModelIndex RowsModel::find(const QString& key) const
{
    for (int i = 0; i < rowCount(); ++i)
        if (row(i).section.isEmpty() && row(i).key == key) return index(i);
    return {};
}

void RowsModel::setError(Err kind)
{
    m_error = kind;
    settle();
}

void RowsModel::settle()
{
    m_loading = false;
    Q_EMIT answered();
}

void RowsModel::setRows(std::vector<RowItem> rows)
{
    m_error.reset();
    for (RowItem& r : rows)
        if (!r.section.isEmpty()) r.key = QStringLiteral("#") + r.section;
    QSet<QString> fresh;
    for (const RowItem& r : rows) fresh.insert(r.key);
    for (int i = rowCount() - 1; i >= 0; --i) {
        if (fresh.contains(row(i).key)) continue;
        int first = i;
        while (first > 0 && !fresh.contains(row(first - 1).key)) --first;
        beginRemoveRows({}, first, i);
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + i + 1);
        endRemoveRows();
        i = first;
    }
    QSet<QString> old;
    for (const RowItem& r : m_rows) old.insert(r.key);
    for (int i = 0; i < int(rows.size()); ++i) {
        RowItem& want = rows[size_t(i)];
        if (i < rowCount() && row(i).key == want.key) {
            if (!same(row(i), want)) {
                m_rows[size_t(i)] = want;
                Q_EMIT dataChanged(index(i), index(i));
            }
            continue;
        }
        if (!old.contains(want.key)) {
            int last = i; // a run of new rows goes in at once
            while (last + 1 < int(rows.size()) && !old.contains(rows[size_t(last) + 1].key)) ++last;
            beginInsertRows({}, i, last);
            m_rows.insert(m_rows.begin() + i, rows.begin() + i, rows.begin() + last + 1);
            endInsertRows();
            i = last;
            continue;
        }
        int from = i + 1;
        while (from < rowCount() && row(from).key != want.key) ++from;
        if (from == rowCount()) continue; // a key twice: never, but not worth a crash
        beginMoveRows({}, from, from, {}, i);
        std::rotate(m_rows.begin() + i, m_rows.begin() + from, m_rows.begin() + from + 1);
        endMoveRows();
        m_rows[size_t(i)] = want;
        Q_EMIT dataChanged(index(i), index(i));
    }
    m_items = int(std::count_if(m_rows.begin(), m_rows.end(), [](const RowItem& r) { return r.section.isEmpty(); }));
    settle();
}

} // namespace zt::document_ui
