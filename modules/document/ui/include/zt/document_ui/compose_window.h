#pragma once

#include "zt/document_ui/desk_port.h"

#include <QHash>
#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QTimer;

namespace zt::widgets {
class Banner;
class Button;
class ElidedLabel;
class FieldError;
class Pill;
class SegmentedControl;
class Splitter;
class Tag;
} // namespace zt::widgets

namespace zt::document_ui {

class FileList;
class PageView;
class UnitField;
class WordsEdit;

//! A window to write one document: elements, body, live pages, attachments.
//!
//! What is typed is given to DeskPort::saveDraft 600 ms after the last key, at most 900 ms after the first unsaved one, and at once when the window
//! closes or loses the focus; it closes only when the desk has it. Text an input method is still composing counts as not typed.
//! An untouched new draft goes when its window closes.
class ComposeWindow : public QWidget {
    Q_OBJECT
public:
    //! The window of this draft: shown and in front, made if there is none.
    static ComposeWindow* openFor(DeskPort& desk, const store::DraftRow& draft);
    ComposeWindow(DeskPort& desk, store::DraftRow draft, QWidget* parent = nullptr);
    ~ComposeWindow() override;

    [[nodiscard]] const Bytes& draftId() const { return m_draft.id; }
    //! What the window holds now.
    [[nodiscard]] store::DraftRow current() const;
    void attachFiles(const QStringList& files);
    void importText(const QString& file);
    void setPreview(bool on);
    void submit();
    //! Gives the desk what is not saved yet, at once.
    void save();

Q_SIGNALS:
    //! Submitted and pending; `undo` is the act's id.
    void submitted(const QString& words, const QByteArray& undo);

protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    struct File;
    QWidget* makeHeader();
    QWidget* makeOutline();
    QWidget* makeCentre();
    QWidget* makePanel();
    QWidget* makeForm();
    QWidget* makeFoot();
    void watchChanges();
    void fill();
    void touched();
    void saved(const Result<void>& result, quint64 generation);
    void showSaved();
    void showStatus();
    void afterPause();
    void showOutline();
    void showPreview();
    void showFindings(const std::vector<document::Finding>& findings);
    void showFiles();
    void jumpTo(document::Finding finding);
    void settle(const Result<desk::Desk::Done>& done);

    DeskPort& m_desk;
    store::DraftRow m_draft;
    quint64 m_generation = 0, m_savedGeneration = 0, m_pause = 0;
    bool m_filling = false, m_closing = false, m_gone = false, m_touched = false, m_submitting = false, m_saveFailed = false;
    std::vector<std::shared_ptr<File>> m_files;
    std::shared_ptr<const std::vector<desk::UnitView>> m_units;

    widgets::ElidedLabel* m_heading;
    QLabel* m_savedWords;
    widgets::Pill* m_sync;
    widgets::Button* m_previewButton;
    widgets::Button* m_submit;
    widgets::Banner* m_banner;
    widgets::Splitter* m_split;
    QWidget* m_outlinePane;
    QListWidget* m_outline;
    WordsEdit* m_body;
    PageView* m_pages;
    QComboBox* m_kind;
    QLineEdit* m_title;
    widgets::SegmentedControl* m_urgency;
    UnitField* m_recipients;
    UnitField* m_copies;
    QLineEdit* m_code;
    QLineEdit* m_remark;
    WordsEdit* m_note;
    widgets::FieldError* m_titleError;
    widgets::FieldError* m_recipientError;
    QListWidget* m_findings;
    QLabel* m_findingsTitle;
    FileList* m_fileList;
    QLabel* m_count;
    QTimer* m_idle;
    QTimer* m_latest;
    QTimer* m_pauseTimer;
};

} // namespace zt::document_ui
