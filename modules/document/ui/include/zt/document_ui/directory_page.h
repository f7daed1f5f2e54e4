#pragma once

#include "zt/document_ui/desk_port.h"
#include "zt/widgets/panes.h"

#include <QFrame>
#include <QHash>
#include <QIcon>

class QLabel;
class QLineEdit;
class QStackedWidget;
class QTreeWidget;
class QTreeWidgetItem;

namespace zt::widgets {
class Avatar;
class Button;
class ElidedLabel;
class EmptyState;
class FieldsLabel;
} // namespace zt::widgets

namespace zt::document_ui {

//! The directory kept on this PC: units, the people in one, a person's card. Typing filters people by name, pinyin, post and unit. GUI thread.
class DirectoryPage : public QFrame {
    Q_OBJECT
public:
    explicit DirectoryPage(DeskPort& desk, QWidget* parent = nullptr);
    void setWidthClass(zt::widgets::WidthClass width);
    void showPerson(const QString& person);

Q_SIGNALS:
    //! Give this person a mandate.
    void mandateRequested(const QString& person);

private:
    QWidget* makeTree();
    QWidget* makePeople();
    QWidget* makeCard();
    void refresh();
    void rebuildTree();
    void showPeople();
    void showCard();
    [[nodiscard]] const desk::PersonView* current() const;

    DeskPort& m_desk;
    std::vector<desk::UnitView> m_units;
    std::vector<desk::PersonView> m_people;
    QHash<QString, QIcon> m_avatars;
    QString m_wanted; // person to show once people are here
    widgets::ThreePane* m_panes;
    QLineEdit* m_filter;
    QTreeWidget* m_tree;
    QHash<QString, QTreeWidgetItem*> m_byUnit;
    QLabel* m_path;
    QLabel* m_title;
    QLabel* m_count;
    QStackedWidget* m_stack;
    QTreeWidget* m_table;
    widgets::EmptyState* m_empty;
    QWidget* m_cardPane;
    widgets::Avatar* m_avatar;
    QLabel* m_name;
    QLabel* m_post;
    QLabel* m_unit;
    QLabel* m_superior;
    QLabel* m_roles;
    widgets::Button* m_mandate;
    QWidget* m_card;
};

} // namespace zt::document_ui
