//! What any WebEngine editor costs at least (P5): one view with an editable page of a document, nothing of ours in it. Ends when it is told to.
//!
//! The product has no such editor yet; this is the floor it will stand on, in a process of its own as the architecture has it.
#include <QApplication>
#include <QWebEngineView>

int main(int argc, char** argv)
{
    QApplication app(argc, argv);
    QString body;
    for (int i = 1; i <= 12; ++i) body += QStringLiteral("<p>%1、各市人民政府，省政府各部门：现将有关事项通知如下，请结合实际认真贯彻落实，重要情况及时报告。</p>").arg(i);
    QWebEngineView view;
    view.resize(900, 700);
    view.setHtml(QStringLiteral("<html><body contenteditable style='width:156mm;font:16pt/28pt \"Noto Serif CJK SC\"'><h1>关于印发工作方案的通知</h1>%1</body></html>").arg(body));
    view.show();
    return QApplication::exec();
}
