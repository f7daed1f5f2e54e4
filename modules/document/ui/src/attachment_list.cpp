#include "attachment_list.h"

#include "zt/widgets/controls.h"
#include "zt/widgets/labels.h"

#include <QtWidgets>

namespace zt::document_ui {

using namespace widgets;

class FileList::Row : public QFrame {
public:
    explicit Row(FileList* list)
        : m_icon(new QLabel), m_name(new ElidedLabel), m_size(new ElidedLabel({}, "caption")), m_bar(new QProgressBar), m_action(new Button({}, ButtonKind::Secondary)), m_second(new Button({}, ButtonKind::Flat))
    {
        setProperty("card", true);
        m_name->setElideMode(Qt::ElideMiddle);
        m_bar->setTextVisible(false);
        m_bar->setRange(0, 100);
        auto* words = new QVBoxLayout;
        words->setSpacing(0);
        words->addWidget(m_name);
        words->addWidget(m_size);
        words->addWidget(m_bar);
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(px(Px::Space3), px(Px::Space2), px(Px::Space2), px(Px::Space2));
        row->setSpacing(px(Px::Space3));
        row->addWidget(m_icon);
        row->addLayout(words, 1);
        row->addWidget(m_second);
        row->addWidget(m_action);
        connect(m_action, &QPushButton::clicked, list, [this, list] { Q_EMIT list->action(m_file.key); });
        connect(m_second, &QPushButton::clicked, list, [this, list] { Q_EMIT list->second(m_file.key); });
    }

    void set(const FileRow& file)
    {
        m_file = file;
        const int side = px(Px::IconDefault);
        m_icon->setPixmap(Theme::current().pixmap(file.problem ? Icon::Warn : Icon::File, file.problem ? Color::DangerText : Color::TextSecondary, side, devicePixelRatioF()));
        m_name->setText(file.name);
        m_size->setText(file.state.isEmpty() ? file.size : file.size.isEmpty() ? file.state : tr("%1, %2", "size, state").arg(file.size, file.state));
        setStyleProperty(m_size, "tone", file.problem ? toneName(Tone::Danger) : QString());
        m_bar->setVisible(file.percent >= 0);
        m_bar->setValue(std::max(0, file.percent));
        m_bar->setAccessibleName(tr("Progress of %1").arg(file.name));
        button(m_action, file.action);
        button(m_second, file.second);
    }

private:
    void button(Button* b, const QString& words)
    {
        b->setVisible(!words.isEmpty());
        b->setText(words);
        b->setAccessibleName(tr("%1: %2", "button, file").arg(words, m_file.name));
    }
    FileRow m_file;
    QLabel* m_icon;
    ElidedLabel* m_name;
    ElidedLabel* m_size;
    QProgressBar* m_bar;
    Button* m_action;
    Button* m_second;
};

FileList::FileList(const QString& name, QWidget* parent) : QScrollArea(parent), m_rows(new QVBoxLayout)
{
    setAccessibleName(name);
    setWidgetResizable(true);
    setFrameShape(NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* inner = new QWidget;
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(px(Px::Space2));
    m_rows->addStretch(1);
    inner->setLayout(m_rows);
    setWidget(inner);
    // A scroll area paints its ground in the window's colour unless told not to.
    viewport()->setAutoFillBackground(false);
    inner->setAutoFillBackground(false);
    setFocusPolicy(Qt::NoFocus);
}

void FileList::setFiles(const QVector<FileRow>& files)
{
    while (m_shown.size() > files.size()) delete m_shown.takeLast();
    while (m_shown.size() < files.size()) {
        m_shown << new Row(this);
        m_rows->insertWidget(int(m_shown.size()) - 1, m_shown.last());
    }
    for (int i = 0; i < files.size(); ++i) m_shown[i]->set(files[i]);
    if (m_fit) setFixedHeight(std::min(m_rows->sizeHint().height(), px(Px::Row2) * 6));
}

} // namespace zt::document_ui
