#pragma once

#include "zt/document_ui/desk_port.h"

#include <QDialog>
#include <QFrame>
#include <QSet>
#include <QStringList>

class QLabel;
class QLineEdit;
class QTreeWidget;
class QTreeWidgetItem;

namespace zt::widgets {
class Button;
class ElidedLabel;
class FieldError;
} // namespace zt::widgets

namespace zt::document_ui {

//! True if typed letters or characters mean `name`: a part of it, its pinyin or initials.
class NameMatch {
public:
    explicit NameMatch(const QString& typed);
    [[nodiscard]] bool operator()(const std::string& name, const std::string& phonetic = {}) const;

private:
    std::string m_typed;
    bool m_letters = false;
};

//! The tree of units with checks; typing filters, also by pinyin. Emits `chosen` on accept.
class UnitPicker : public QDialog {
    Q_OBJECT
public:
    UnitPicker(const QString& title, const std::vector<desk::UnitView>& units, const QStringList& checked, QWidget* parent);

Q_SIGNALS:
    void chosen(const QStringList& units);

private:
    void filter(const QString& typed);
    void count();
    QLineEdit* m_filter;
    QTreeWidget* m_tree;
    QLabel* m_count;
    QList<QTreeWidgetItem*> m_items;
};

//! The units chosen, as words, and a button that opens the picker.
class UnitField : public QFrame {
    Q_OBJECT
public:
    explicit UnitField(const QString& name, QWidget* parent = nullptr);
    void setUnits(std::shared_ptr<const std::vector<desk::UnitView>> units);
    void setIds(const QStringList& ids);
    [[nodiscard]] QStringList ids() const { return m_ids; }
    [[nodiscard]] QStringList names() const;
    void pick();
    [[nodiscard]] QWidget* control() const;

Q_SIGNALS:
    void changed();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void show();
    void elide();
    QString m_name, m_words;
    QStringList m_ids;
    std::shared_ptr<const std::vector<desk::UnitView>> m_units;
    widgets::Button* m_button;
};

} // namespace zt::document_ui
