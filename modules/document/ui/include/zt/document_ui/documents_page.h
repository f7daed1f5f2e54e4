#pragma once

#include "zt/document_ui/models.h"
#include "zt/widgets/panes.h"

#include <QFrame>

class QPrinter;
class QStackedWidget;

namespace zt::widgets {
class Banner;
class Button;
class EmptyState;
class NavList;
class PaneHeader;
class RowList;
class SkeletonRows;
} // namespace zt::widgets

namespace zt::document_ui {

class ReadingPane;

//! Documents: folders, list, reading pane. GUI thread; the port outlives the page.
class DocumentsPage : public QFrame {
    Q_OBJECT
public:
    explicit DocumentsPage(DeskPort& desk, QWidget* parent = nullptr);

    //! Connect Shell::widthClassChanged to it.
    void setWidthClass(zt::widgets::WidthClass width);
    //! Chooses the folder: "todo", "received", "done", "drafts", "review", "sent".
    void setFolder(const QString& folder);
    //! Opens one document in the reading pane, whichever folder it is in.
    void openStream(const QString& stream);
    void openInWindow(const QString& stream);
    void newDraft();
    void openDraft(const zt::store::DraftRow& draft);
    //! Prints what the reading pane shows, with its opinion sheet, without asking.
    void printTo(QPrinter& printer) const;
    [[nodiscard]] QString stream() const;
    //! Tab of the reading pane: 0 text, 1 attachments, 2 versions, 3 process.
    void setTab(int tab);

Q_SIGNALS:
    //! Something was done and is shown; `undo` is the act's id for DeskPort::takeBack.
    void acted(const QString& words, const QByteArray& undo);
    void syncCentreRequested();
    void countsChanged(const zt::desk::Counts& counts);
    void placeChanged(const QString& stream); //!< for the history of the shell

private:
    QWidget* makeFolders();
    QWidget* makeList();
    void choose(const QString& folder);
    void refreshCounts();
    void showList();
    void showEmpty();
    void moved(const QModelIndex& index);
    [[nodiscard]] RowsModel* model() const;

    DeskPort& m_desk;
    widgets::ThreePane* m_panes;
    widgets::NavList* m_folders;
    widgets::Button* m_compose;
    widgets::PaneHeader* m_header;
    widgets::Banner* m_error;
    QStackedWidget* m_stack;
    widgets::RowList* m_list;
    widgets::EmptyState* m_empty;
    widgets::SkeletonRows* m_skeleton;
    DocumentListModel* m_model;
    DraftModel* m_drafts;
    ReadingPane* m_reading;
    QString m_folder;
    widgets::WidthClass m_width = widgets::WidthClass::Full;
};

} // namespace zt::document_ui
