#pragma once

#include "zt/widgets/row_roles.h"

#include <QListView>
#include <QStyledItemDelegate>
#include <memory>

namespace zt::widgets {

//! Paints list rows: unread dot, urgency tag, title on up to two lines, fields, due line, attachments; and section headings.
//!
//! Every row has the height of the density (Px::Row3), every heading Px::SectionRow. Reads the roles of row_roles.h only, from
//! any model; wrapped titles are cached by (text, width), so a model may answer with fresh strings.
class RowDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit RowDelegate(QObject* parent);
    ~RowDelegate() override;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    struct Cache;
    void paintBody(QPainter* painter, const QRect& body, const QModelIndex& index) const;
    std::unique_ptr<Cache> m_cache;
};

//! A list view set up for RowDelegate: follows the theme, one column, extended selection, Enter and double click send `opened`.
class RowList : public QListView {
    Q_OBJECT
public:
    //! `name` is what a screen reader calls the list.
    explicit RowList(const QString& name, QWidget* parent = nullptr);

Q_SIGNALS:
    //! Enter; `newWindow` with Ctrl or by double click.
    void opened(const QModelIndex& index, bool newWindow);
    //! The current row changed, by key or pointer; invalid when none.
    void currentMoved(const QModelIndex& index);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
};

//! The opinions of a matter as a timeline; rows as high as their text.
class TimelineView : public QListView {
    Q_OBJECT
public:
    explicit TimelineView(const QString& name, QWidget* parent = nullptr);

Q_SIGNALS:
    //! The attachment chip of a row was pressed (or Enter on the row).
    void fileOpened(const QModelIndex& index);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
};

} // namespace zt::widgets
