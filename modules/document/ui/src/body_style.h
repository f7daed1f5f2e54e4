#pragma once

#include <QSyntaxHighlighter>

namespace zt::document_ui {

//! Shows headings in the body as they will be set: 一、 in heiti, （一） in kaiti up to the first full stop.
class BodyStyle : public QSyntaxHighlighter {
    Q_OBJECT
public:
    explicit BodyStyle(QTextDocument* document);
    //! 1 for 一、, 2 for （一）, else 0.
    static int level(const QString& paragraph);

protected:
    void highlightBlock(const QString& text) override;
};

//! The face of the body on the screen: the paper's, in a readable size.
QFont bodyFont();

} // namespace zt::document_ui
