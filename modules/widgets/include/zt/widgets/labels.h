#pragma once

#include "zt/widgets/row_roles.h"
#include "zt/widgets/theme.h"

#include <QLabel>

namespace zt::widgets {

//! A label in one of the roles of the style sheet: "display", "title", "subtitle", "strong", "label", "caption", "muted" or "" (body).
//! `wrap` lets it take more lines.
QLabel* makeLabel(const QString& text, const char* role = "", bool wrap = false);

//! One line that elides instead of asking for room; the whole text is its tooltip while cut, and its accessible name always.
class ElidedLabel : public QLabel {
    Q_OBJECT
public:
    explicit ElidedLabel(const QString& text = {}, const char* role = "", QWidget* parent = nullptr);
    void setText(const QString& text);
    void setElideMode(Qt::TextElideMode mode);
    QString fullText() const { return m_text; }
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
    Qt::TextElideMode m_mode = Qt::ElideRight;
};

//! Fields on one line with a painted dot between, each in a tone; elides at the end. (A typed middle dot is as wide as a character.)
class FieldsLabel : public QWidget {
    Q_OBJECT
public:
    struct Field {
        QString text;
        Tone tone = Tone::Neutral;
    };
    explicit FieldsLabel(Type type = Type::Label, QWidget* parent = nullptr);
    void setFields(const QVector<Field>& fields);
    void setFields(const QStringList& fields);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVector<Field> m_fields;
    Type m_type;
};

//! A small lock beside something on this screen that the organisation decides; says so as tooltip and to screen readers, and makes `control` say it too.
//! Hidden until told.
class ManagedMark : public QWidget {
    Q_OBJECT
public:
    explicit ManagedMark(QWidget* control = nullptr, QWidget* parent = nullptr);
    //! The control is disabled and shows what holds.
    void setFixed();
    //! The control stays; `words` say within which bounds.
    void setBounded(const QString& words);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void say(const QString& words);
    QWidget* m_control;
};

//! A small word on a ground: an urgency, or any text in a tone (Neutral is grey; `outlined` white with a line).
class Tag : public QWidget {
    Q_OBJECT
public:
    explicit Tag(Urgency urgency, QWidget* parent = nullptr);
    explicit Tag(const QString& text, Tone tone = Tone::Neutral, bool outlined = false, QWidget* parent = nullptr);
    void setUrgency(Urgency urgency); //!< hides itself for None
    void setText(const QString& text, Tone tone);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Urgency m_urgency = Urgency::None;
    QString m_text;
    Tone m_tone = Tone::Neutral;
    bool m_outlined = false;
};

//! A count in a rounded field; hidden at 0, "99+" beyond 99.
class Badge : public QWidget {
    Q_OBJECT
public:
    explicit Badge(int count = 0, Tone tone = Tone::Info, QWidget* parent = nullptr);
    void setCount(int count);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
    Tone m_tone;
};

//! The given name (its last two characters when there is room, else the first of the name) in a coloured circle; the colour
//! follows the name. Decoration: screen readers read the name beside it.
class Avatar : public QWidget {
    Q_OBJECT
public:
    explicit Avatar(const QString& name, Px size = Px::Avatar, QWidget* parent = nullptr);
    void setName(const QString& name);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_name;
    Px m_size;
};

//! An error under a field: icon and words; hidden while empty. Marks the field `invalid` and describes it to screen readers.
class FieldError : public QWidget {
    Q_OBJECT
public:
    explicit FieldError(QWidget* field, QWidget* parent = nullptr);
    //! Empty takes the error away. A Warning is a hint and does not mark the field.
    void setText(const QString& text, Tone tone = Tone::Danger);
    QString text() const;

private:
    QWidget* m_field;
    QLabel* m_icon;
    QLabel* m_label;
};

} // namespace zt::widgets
