#pragma once

#include "zt/document_ui/models.h"
#include "zt/widgets/panes.h"

#include <QFrame>

class QBoxLayout;
class QLabel;
class QStackedWidget;
class QTreeWidget;

namespace zt::widgets {
class Banner;
class Button;
class EmptyState;
class PaneHeader;
class RowList;
} // namespace zt::widgets

namespace zt::workbench {

//! Home: the date, today's tasks by due time, what was received, drafts, and how sync stands. Shows only what exists. GUI thread.
class HomePage : public QFrame {
    Q_OBJECT
public:
    explicit HomePage(document_ui::DeskPort& desk, QWidget* parent = nullptr);
    void setWidthClass(zt::widgets::WidthClass width);

Q_SIGNALS:
    void documentChosen(const QString& stream);
    void draftChosen(const zt::store::DraftRow& draft);
    void folderChosen(const QString& folder); //!< an id of DocumentsPage::setFolder
    void newDraftRequested();
    void syncCentreRequested();

private:
    class TaskTable;
    QWidget* makeTasks();
    QWidget* makeShort(const QString& title, const QString& folder, document_ui::RowsModel* model, widgets::RowList*& list, QStackedWidget*& stack, widgets::Icon icon, const QString& empty);
    QWidget* makeSync();
    void showDate();
    void showTasks();
    void showStatus();
    void showShort(QStackedWidget* stack, const document_ui::RowsModel* model, widgets::RowList* list);

    document_ui::DeskPort& m_desk;
    document_ui::DocumentListModel* m_tasks;
    document_ui::DocumentListModel* m_received;
    document_ui::DraftModel* m_drafts;
    QBoxLayout* m_columns;
    QLabel* m_date;
    QLabel* m_greeting;
    widgets::PaneHeader* m_taskHeader;
    QStackedWidget* m_taskStack;
    TaskTable* m_taskList;
    widgets::EmptyState* m_noTasks;
    widgets::RowList* m_receivedList = nullptr;
    QStackedWidget* m_receivedStack = nullptr;
    widgets::RowList* m_draftList = nullptr;
    QStackedWidget* m_draftStack = nullptr;
    QLabel* m_syncIcon;
    QLabel* m_syncTitle;
    QLabel* m_syncDetail;
    widgets::Button* m_syncButton;
};

} // namespace zt::workbench
