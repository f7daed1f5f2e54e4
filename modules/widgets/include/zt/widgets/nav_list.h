#pragma once

#include "zt/widgets/theme.h"

#include <QListView>
#include <QVariant>

class QStandardItemModel;

namespace zt::widgets {

//! Folders of a module: headings, and rows with icon, text and count. Up and Down move and choose; as a strip it shows icons only,
//! with the text as tooltip.
class NavList : public QListView {
    Q_OBJECT
public:
    explicit NavList(const QString& name, QWidget* parent = nullptr);
    void addHeading(const QString& text);
    //! `id` is the caller's own, sent by chosen().
    void addRow(const QVariant& id, Icon icon, const QString& text, int count = 0);
    void setCount(const QVariant& id, int count);
    void setCurrent(const QVariant& id); //!< sends chosen() if it changes
    QVariant current() const;
    void clear();
    void setStrip(bool strip);
    bool isStrip() const { return m_strip; }

Q_SIGNALS:
    void chosen(const QVariant& id);

protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    QModelIndex find(const QVariant& id) const;
    QStandardItemModel* m_model;
    bool m_strip = false;
};

} // namespace zt::widgets
