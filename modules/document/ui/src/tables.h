#pragma once

#include <QStyledItemDelegate>
#include <QTreeWidget>

class QLineEdit;

namespace zt::document_ui {

//! Cells with the padding of their header and rows of one height, one or two lines; Qt::UserRole + 7 of a cell may hold a widgets::Tone.
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

//! A tree of units: chevrons, the chosen row across the whole width, a muted count at the right of column 1.
class UnitTree : public QTreeWidget {
    Q_OBJECT
public:
    explicit UnitTree(const QString& name, QWidget* parent = nullptr);

protected:
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void drawBranches(QPainter* painter, const QRect& rect, const QModelIndex& index) const override;
};

//! A field to type what is looked for: placeholder as its name, icon, button to clear.
void setUpSearchField(QLineEdit* field, const QString& name);

//! Every column of the table as wide as its words need, and an equal part of what is left over.
void shareRoom(QTreeWidget* table);

//! A plain table: no branches, no grid, rows of `rowHeight`, the first column takes what is left.
void setUpTable(QTreeWidget* table, const QString& name, const QStringList& headers, int rowHeight);

} // namespace zt::document_ui
