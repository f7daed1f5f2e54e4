#pragma once

#include "zt/document_ui/models.h"

#include <QFrame>

class QLabel;
class QPlainTextEdit;

namespace zt::widgets {
class FieldError;
class PaneHeader;
class TimelineView;
} // namespace zt::widgets

namespace zt::document_ui {

//! A text field where Ctrl+Enter submits, but never while an input method is composing, and a paste is plain.
class WordsEdit;

//! Opinions as a timeline, and the box for one's own.
class OpinionPanel : public QFrame {
    Q_OBJECT
public:
    explicit OpinionPanel(QWidget* parent = nullptr);
    void setMatter(const desk::MatterView& view, const std::string& me);
    void clear();
    //! What the box is for; empty hides it.
    void setPrompt(const QString& prompt);
    [[nodiscard]] QString words() const;
    void setWords(const QString& words);
    void setProblem(const QString& text); //!< under the box
    void focusBox();

Q_SIGNALS:
    void submitted(); //!< Ctrl+Enter

private:
    void countWords();
    TimelineModel* m_model;
    widgets::PaneHeader* m_header;
    widgets::TimelineView* m_timeline;
    QWidget* m_boxArea;
    QLabel* m_prompt;
    WordsEdit* m_box;
    QLabel* m_count;
    widgets::FieldError* m_problem;
};

} // namespace zt::document_ui
