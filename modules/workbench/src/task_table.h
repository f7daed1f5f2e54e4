#pragma once

#include "zt/workbench/home_page.h"

#include <QListView>
#include <QStyledItemDelegate>

namespace zt::workbench {

//! One task a line in columns: icon, urgency and title, who from, step and due time; headings between.
class HomePage::TaskTable : public QListView {
public:
    explicit TaskTable(const QString& name);
    [[nodiscard]] int contentHeight() const;

protected:
    void keyPressEvent(QKeyEvent* event) override;
};

class TaskDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace zt::workbench
