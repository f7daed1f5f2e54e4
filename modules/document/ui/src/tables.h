#pragma once

#include <QStyledItemDelegate>
#include <QTreeWidget>

namespace zt::document_ui {

//! Cells with the padding of their header and rows of one height; Qt::UserRole + 7 of a cell may hold a widgets::Tone.
class CellDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit CellDelegate(int height, QObject* parent) : QStyledItemDelegate(parent), m_height(height) {}
    static constexpr int kToneRole = Qt::UserRole + 7;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    int m_height;
};

//! A plain table: no branches, no grid, rows of `rowHeight`, the first column takes what is left.
void setUpTable(QTreeWidget* table, const QString& name, const QStringList& headers, int rowHeight);

} // namespace zt::document_ui
