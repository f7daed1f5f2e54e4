#pragma once

#include "zt/document_ui/models.h"

#include <QFrame>
#include <QHash>

class QBoxLayout;
class QLabel;
class QPrinter;
class QStackedWidget;
class QTabBar;

namespace zt::widgets {
class ActionBar;
class Banner;
class Button;
class ElidedLabel;
class EmptyState;
class IconButton;
class SkeletonRows;
class Splitter;
class Tag;
} // namespace zt::widgets

namespace zt::document_ui {

class FileList;
class OpinionPanel;
class PageTools;
class PageView;
class ProcessView;
class VersionsView;

//! One document: header, tabs, pages, opinions, and what can be done now. Keeps the words being written for each matter until they are used.
class ReadingPane : public QFrame {
    Q_OBJECT
public:
    explicit ReadingPane(DeskPort& desk, QWidget* parent = nullptr);
    ~ReadingPane() override;
    void open(const QString& stream);
    void clear(widgets::Icon icon, const QString& sentence, const QString& detail);
    [[nodiscard]] QString stream() const { return m_stream; }
    [[nodiscard]] PageView* pages() const { return m_pages; }
    void print();
    void printTo(QPrinter& printer) const;
    //! Also while the document is on its way.
    void setTab(int tab);
    void setCompact(bool noInspector);

    enum Tab { Text, Attachments, Versions, Process, OpinionsTab };

Q_SIGNALS:
    void revise(const zt::store::DraftRow& draft);
    void acted(const QString& words, const QByteArray& undo);
    void windowRequested(const QString& stream);
    void syncCentreRequested();
    void closed(); //!< back to the list, where only one shows

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    enum class Deed { Agree, Return, Reject, Sign, SignFor, AddOpinion, Withdraw, Revise };
    QWidget* makeHeader();
    QWidget* makeBody();
    QWidget* makeAttachments();
    void makeActions();
    void bindKeys();
    void ask();
    void showView(desk::MatterView view);
    void showHeader();
    void showBanner();
    void showActions();
    void showAttachments();
    void showTabs();
    [[nodiscard]] QVector<Deed> deeds() const;
    [[nodiscard]] QString verb(Deed deed) const;
    void perform(Deed deed);
    void performPrimary();
    void settled(const Result<desk::Desk::Done>& done, const QString& words);
    void attachmentAction(const QByteArray& blob);
    void setBusy(bool busy);
    [[nodiscard]] const document::Version* version() const;

    DeskPort& m_desk;
    QString m_stream;
    desk::MatterView m_view;
    bool m_shown = false, m_busy = false, m_noInspector = false;
    quint64 m_asked = 0;
    int m_wanted = Text; // the tab to show when the document comes
    QHash<QString, QString> m_words; // being written, by stream

    QStackedWidget* m_whole;
    widgets::EmptyState* m_empty;
    widgets::SkeletonRows* m_skeleton;
    widgets::ElidedLabel* m_title;
    widgets::Tag* m_urgency;
    widgets::Tag* m_state;
    widgets::ElidedLabel* m_facts;
    QTabBar* m_tabs;
    widgets::Banner* m_banner;
    QStackedWidget* m_stack;
    widgets::Splitter* m_split;
    PageView* m_pages;
    PageTools* m_tools;
    FileList* m_files;
    widgets::EmptyState* m_noFiles;
    VersionsView* m_versions;
    ProcessView* m_process;
    OpinionPanel* m_opinions;
    QWidget* m_opinionTab;
    widgets::ActionBar* m_bar;
    QVector<widgets::Button*> m_secondary; // in the order of Deed
    widgets::Button* m_primary;
    std::optional<Deed> m_primaryDeed;
};

//! Page number, zoom and search over a page view.
class PageTools : public QFrame {
    Q_OBJECT
public:
    explicit PageTools(PageView* pages, QWidget* parent = nullptr);
    void focusSearch();
    //! A word about the pages where there is room for it; empty: none.
    void setNote(const QString& word, const QString& sentence);

Q_SIGNALS:
    void printRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void showPage();
    PageView* m_pages;
    QLabel* m_page;
    QLabel* m_zoom;
    class QLineEdit* m_search;
    widgets::Tag* m_note;
    bool m_noted = false;
    widgets::IconButton* m_fit;
};

} // namespace zt::document_ui
