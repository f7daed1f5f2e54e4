#pragma once

#include <QPlainTextEdit>

namespace zt::document_ui {

//! Plain text where Ctrl+Enter submits (while an input method is composing, the key does not come). Pasted and dropped text is cleaned (zt/base/text.h).
class WordsEdit : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit WordsEdit(QWidget* parent = nullptr);

Q_SIGNALS:
    void typed();           //!< the text changed; not for what an input method is still composing
    void submitted();
    void left();            //!< focus went away
    void filesDropped(const QStringList& files);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void inputMethodEvent(QInputMethodEvent* event) override;
    void insertFromMimeData(const QMimeData* source) override;
    bool canInsertFromMimeData(const QMimeData* source) const override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    bool m_inMethod = false;
};

} // namespace zt::document_ui
