#pragma once

#include "zt/document_ui/desk_port.h"
#include "zt/document_ui/words.h"

#include <QAbstractListModel>
#include <QStringList>
#include <optional>

namespace zt::document_ui {

//! One row as RowDelegate paints it; `key` tells rows apart over refreshes.
struct RowItem {
    QString key, title;
    widgets::Urgency urgency = widgets::Urgency::None;
    QStringList meta;
    QString due;
    widgets::Tone dueTone = widgets::Tone::Neutral;
    bool unread = false, pending = false, unavailable = false;
    int attachments = 0;
    QString section, sectionNote; //!< set: the row is a heading
    QString accessible;
};

//! Rows for RowDelegate. A refresh asks for new rows and keeps the old ones and the selection until the answer comes, then changes only what differs.
class RowsModel : public QAbstractListModel {
    Q_OBJECT
public:
    explicit RowsModel(DeskPort& desk, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    [[nodiscard]] QString key(const QModelIndex& index) const; //!< empty for headings
    [[nodiscard]] QModelIndex find(const QString& key) const;
    //! Rows without headings.
    [[nodiscard]] int itemCount() const { return m_items; }
    [[nodiscard]] bool loading() const { return m_loading; }
    [[nodiscard]] std::optional<Err> error() const { return m_error; }

    virtual void refresh() = 0;

Q_SIGNALS:
    //! An answer came: rows, empty, or an error.
    void answered();

protected:
    //! Puts `rows` in the place of what is shown.
    void setRows(std::vector<RowItem> rows);
    void setError(Err kind);
    void asked() { m_loading = true; }
    [[nodiscard]] const RowItem& row(int i) const { return m_rows[size_t(i)]; }
    DeskPort& m_desk;

private:
    void settle();
    std::vector<RowItem> m_rows;
    int m_items = 0;
    bool m_loading = false;
    std::optional<Err> m_error;
};

//! One folder of the lists; to-do rows in sections by due time, the others by newest change.
class DocumentListModel : public RowsModel {
    Q_OBJECT
public:
    //! `limit` 0: pages of 200 as the view scrolls; else at most that many rows.
    DocumentListModel(DeskPort& desk, store::Folder folder, size_t limit = 0, QObject* parent = nullptr);
    void setFolder(store::Folder folder);
    [[nodiscard]] store::Folder folder() const { return m_folder; }
    void refresh() override;
    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;
    [[nodiscard]] const store::ListRow* listRow(const QModelIndex& index) const;

private:
    void ask(size_t limit);
    void answer(std::vector<store::ListRow> rows, size_t limit);
    store::Folder m_folder;
    size_t m_limit = 0, m_want = 0;
    bool m_more = false;
    quint64 m_asked = 0; // answers to older questions are dropped
    std::vector<store::ListRow> m_list;
};

//! Key is the draft's id in hex.
class DraftModel : public RowsModel {
    Q_OBJECT
public:
    explicit DraftModel(DeskPort& desk, QObject* parent = nullptr);
    void refresh() override;
    [[nodiscard]] const store::DraftRow* draft(const QModelIndex& index) const;

private:
    std::vector<store::DraftRow> m_drafts;
};

//! Waiting acts, those that need attention, and what was settled lately, in sections. Key is the act's id in hex.
class OutboxModel : public RowsModel {
    Q_OBJECT
public:
    enum class Filter { All, Attention, Waiting, Settled };
    explicit OutboxModel(DeskPort& desk, QObject* parent = nullptr);
    void refresh() override;
    void setFilter(Filter filter);
    [[nodiscard]] const desk::OutboxView* item(const QModelIndex& index) const;
    [[nodiscard]] int count(Filter filter) const;

private:
    void rebuild();
    std::vector<desk::OutboxView> m_all;
    Filter m_filter = Filter::All;
};

//! Opinions of a matter as a timeline for widgets::TimelineView: what was said, who is to act now, what follows.
class TimelineModel : public QAbstractListModel {
    Q_OBJECT
public:
    struct Entry {
        QString name;
        QStringList post;
        QString time;
        widgets::Tone tone = widgets::Tone::Neutral;
        QString opinion;
        widgets::StepState state = widgets::StepState::Done;
    };
    //! `whole`: also submissions, numbers and receipts, not only opinions.
    explicit TimelineModel(bool whole, QObject* parent = nullptr);
    void setMatter(const desk::MatterView& view, const std::string& me);
    void clear();
    [[nodiscard]] int opinions() const { return m_opinions; }
    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(m_entries.size()); }
    QVariant data(const QModelIndex& index, int role) const override;

private:
    bool m_whole;
    int m_opinions = 0;
    std::vector<Entry> m_entries;
};

//! The timeline's entries, for printing and tests as well.
std::vector<TimelineModel::Entry> timelineOf(const desk::MatterView& view, const std::string& me, bool whole);

} // namespace zt::document_ui
