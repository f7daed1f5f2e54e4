#include "secret_field.h"

#include <QtWidgets>

namespace zt::widgets {

QLineEdit* makeSecretField(const QString& name)
{
    auto* field = new QLineEdit;
    field->setAccessibleName(name);
    field->setProperty("big", true);
    field->setEchoMode(QLineEdit::Password);
    field->setInputMethodHints(Qt::ImhHiddenText | Qt::ImhNoPredictiveText | Qt::ImhNoAutoUppercase | Qt::ImhSensitiveData);
    field->setContextMenuPolicy(Qt::NoContextMenu);
    auto* eye = field->addAction(themeIcon(Icon::EyeOff, Color::TextMuted), QLineEdit::TrailingPosition);
    eye->setText(QCoreApplication::translate("zt::widgets", "Show passphrase"));
    eye->setToolTip(eye->text());
    QObject::connect(eye, &QAction::triggered, field, [field, eye] {
        const bool show = field->echoMode() == QLineEdit::Password;
        field->setEchoMode(show ? QLineEdit::Normal : QLineEdit::Password);
        eye->setIcon(themeIcon(show ? Icon::Eye : Icon::EyeOff, Color::TextMuted));
        eye->setText(show ? QCoreApplication::translate("zt::widgets", "Hide passphrase") : QCoreApplication::translate("zt::widgets", "Show passphrase"));
    });
    for (auto* button : field->findChildren<QToolButton*>()) button->setAccessibleName(eye->text());
    return field;
}

QByteArray takeSecret(QLineEdit* field)
{
    QString text = field->text();
    QByteArray bytes = text.toUtf8();
    field->setEchoMode(QLineEdit::Password);
    field->setText(QString(text.size(), QLatin1Char('x')));
    field->clear();
    text.detach();
    text.fill(QLatin1Char(0));
    return bytes;
}

void wipe(QByteArray& bytes)
{
    // In place, copies that share the bytes included (data() would detach and wipe a fresh copy); volatile, or the stores are left out.
    volatile char* p = const_cast<char*>(bytes.constData());
    for (qsizetype i = 0; i < bytes.size(); ++i) p[i] = 0;
    bytes.clear();
}

bool capsLockLooksOn(const QKeyEvent& event)
{
    if (event.text().size() != 1 || event.modifiers() & (Qt::ControlModifier | Qt::AltModifier)) return false;
    const QChar c = event.text().at(0);
    const bool shift = event.modifiers().testFlag(Qt::ShiftModifier);
    return (c >= QLatin1Char('A') && c <= QLatin1Char('Z') && !shift) || (c >= QLatin1Char('a') && c <= QLatin1Char('z') && shift);
}

namespace {

class NoteIcon : public QWidget {
public:
    NoteIcon(Icon icon, Color tint) : m_icon(icon), m_tint(tint) { setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed); }
    QSize sizeHint() const override { return QSize(1, 1) * px(Px::IconDefault); }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter p(this);
        p.drawPixmap(0, 0, Theme::current().pixmap(m_icon, m_tint, px(Px::IconDefault), devicePixelRatioF()));
    }

private:
    Icon m_icon;
    Color m_tint;
};

class RuledNote : public QWidget {
public:
    explicit RuledNote(bool ruled) : m_ruled(ruled) {}

protected:
    void paintEvent(QPaintEvent*) override
    {
        if (!m_ruled) return;
        QPainter p(this);
        p.fillRect(QRect(0, 0, width(), px(Px::LineHairline)), color(Color::BorderSubtle));
    }

private:
    bool m_ruled;
};

} // namespace

QWidget* makeNote(Icon icon, Color tint, QLabel* text, bool ruled)
{
    auto* note = new RuledNote(ruled);
    auto* row = new QHBoxLayout(note);
    row->setContentsMargins(0, ruled ? px(Px::Space4) : px(Px::Space2), 0, 0);
    row->setSpacing(px(Px::Space2) + 2);
    row->addWidget(new NoteIcon(icon, tint), 0, Qt::AlignTop);
    row->addWidget(text, 1);
    return note;
}

} // namespace zt::widgets
