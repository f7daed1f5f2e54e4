#include "zt/widgets/labels.h"

#include "paint.h"

#include <QtWidgets>

namespace zt::widgets {

QLabel* makeLabel(const QString& text, const char* role, bool wrap)
{
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    if (*role) label->setProperty("role", QString::fromLatin1(role));
    label->setWordWrap(wrap);
    return label;
}

ElidedLabel::ElidedLabel(const QString& text, const char* role, QWidget* parent) : QLabel(parent)
{
    setTextFormat(Qt::PlainText);
    if (*role) setProperty("role", QString::fromLatin1(role));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setText(text);
}

void ElidedLabel::setText(const QString& text)
{
    m_text = text;
    m_text.replace(QLatin1Char('\n'), QLatin1Char(' '));
    setAccessibleName(m_text);
    updateGeometry();
    update();
}

void ElidedLabel::setElideMode(Qt::TextElideMode mode)
{
    m_mode = mode;
    update();
}

QSize ElidedLabel::sizeHint() const
{
    ensurePolished();
    return {fontMetrics().horizontalAdvance(m_text) + 1, fontMetrics().height()};
}

QSize ElidedLabel::minimumSizeHint() const
{
    ensurePolished();
    return {std::min(sizeHint().width(), fontMetrics().averageCharWidth() * 4), fontMetrics().height()};
}

void ElidedLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setPen(palette().color(isEnabled() ? QPalette::Active : QPalette::Disabled, foregroundRole()));
    const QString shown = fontMetrics().elidedText(m_text, m_mode, width());
    painter.drawText(rect(), int(Qt::AlignVCenter) | int(Qt::AlignLeft) | int(Qt::TextSingleLine), shown);
    if (const QString tip = shown == m_text ? QString() : m_text; toolTip() != tip) setToolTip(tip);
}

FieldsLabel::FieldsLabel(Type type, QWidget* parent) : QWidget(parent), m_type(type) { setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed); }

void FieldsLabel::setFields(const QVector<Field>& fields)
{
    m_fields = fields;
    QStringList words;
    for (const Field& f : fields) words << f.text;
    setAccessibleName(words.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

void FieldsLabel::setFields(const QStringList& fields)
{
    QVector<Field> all;
    for (const QString& f : fields) all << Field{f};
    setFields(all);
}

QSize FieldsLabel::sizeHint() const
{
    const QFontMetrics fm(typeFont(m_type));
    int width = 1;
    for (const Field& f : m_fields) width += fm.horizontalAdvance(f.text) + (width > 1 ? 2 * px(Px::DotGap) + px(Px::Dot) : 0);
    return {width, Theme::current().line(m_type)};
}

QSize FieldsLabel::minimumSizeHint() const { return {std::min(sizeHint().width(), px(Px::Space16)), Theme::current().line(m_type)}; }

void FieldsLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(typeFont(m_type));
    const int gap = 2 * px(Px::DotGap) + px(Px::Dot);
    int x = 0;
    for (qsizetype i = 0; i < m_fields.size() && x < width(); ++i) {
        painter.setPen(color(Color::TextMuted));
        if (i > 0) {
            drawFields(&painter, QRect(x - gap, 0, width() - x + gap, height()), {QString(QChar(0x200B)), QString(QChar(0x200B))});
        }
        if (m_fields[i].tone != Tone::Neutral) painter.setPen(color(toneColors(m_fields[i].tone).text));
        drawFields(&painter, QRect(x, 0, width() - x, height()), {m_fields[i].text});
        x += painter.fontMetrics().horizontalAdvance(m_fields[i].text) + gap;
    }
}

Tag::Tag(Urgency urgency, QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setUrgency(urgency);
}

Tag::Tag(const QString& text, Tone tone, bool outlined, QWidget* parent) : QWidget(parent), m_outlined(outlined)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setText(text, tone);
}

void Tag::setUrgency(Urgency urgency)
{
    m_urgency = urgency;
    m_text = urgencyText(urgency);
    setAccessibleName(m_text);
    setVisible(urgency != Urgency::None);
    updateGeometry();
    update();
}

void Tag::setText(const QString& text, Tone tone)
{
    m_urgency = Urgency::None;
    m_text = text;
    m_tone = tone;
    setAccessibleName(text);
    updateGeometry();
    update();
}

QSize Tag::sizeHint() const { return {m_urgency == Urgency::None ? tagWidth(m_text) : urgencyWidth(m_urgency), px(Px::TagHeight)}; }

void Tag::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (m_urgency != Urgency::None) {
        drawUrgency(&painter, {0, 0}, m_urgency);
        return;
    }
    const ToneColors c = toneColors(m_tone);
    drawTag(&painter, {0, 0}, m_text, c.text, m_outlined ? Color::Surface : c.fill, m_outlined ? c.border : c.fill);
}

Badge::Badge(int count, Tone tone, QWidget* parent) : QWidget(parent), m_tone(tone)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setCount(count);
}

void Badge::setCount(int count)
{
    m_text = count > 99 ? QStringLiteral("99+") : QString::number(count);
    setVisible(count > 0);
    resize(sizeHint());
    updateGeometry();
    update();
}

QSize Badge::sizeHint() const { return {badgeWidth(m_text), px(Px::BadgeHeight)}; }

void Badge::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const bool quiet = m_tone == Tone::Neutral;
    drawBadge(&painter, rect(), m_text, quiet ? Color::SurfacePressed : m_tone == Tone::Danger ? Color::Danger : Color::Accent,
              quiet ? Color::TextSecondary : Color::TextOnAccent);
}

Avatar::Avatar(const QString& name, Px size, QWidget* parent) : QWidget(parent), m_name(name), m_size(size)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Avatar::setName(const QString& name)
{
    m_name = name;
    update();
}

QSize Avatar::sizeHint() const { return {px(m_size), px(m_size)}; }

void Avatar::paintEvent(QPaintEvent*)
{
    static constexpr Color kGrounds[] = {Color::Avatar1, Color::Avatar2, Color::Avatar3, Color::Avatar4, Color::Avatar5, Color::Avatar6};
    static constexpr Color kInks[] = {Color::AvatarInk1, Color::AvatarInk2, Color::AvatarInk3, Color::AvatarInk4, Color::AvatarInk5, Color::AvatarInk6};
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    // Code points, not UTF-16 units: rare characters of names lie outside the BMP. The sum of them is the same at every start.
    const auto letters = m_name.toUcs4();
    uint sum = 0;
    for (const uint c : letters) sum += c;
    const bool small = m_size == Px::AvatarSmall;
    painter.setBrush(color(kGrounds[sum % std::size(kGrounds)]));
    painter.drawEllipse(QRectF(rect()));
    const bool han = !letters.isEmpty() && letters.front() > 0x2E7F;
    const auto part = small || !han ? letters.mid(0, 1) : letters.mid(std::max<qsizetype>(letters.size() > 2 ? 1 : 0, letters.size() - 2));
    const QString text = QString::fromUcs4(reinterpret_cast<const char32_t*>(part.constData()), part.size());
    painter.setPen(color(kInks[sum % std::size(kInks)]));
    QFont f = typeFont(m_size == Px::AvatarHuge ? Type::Title : m_size == Px::AvatarLarge ? Type::Body : Type::Caption);
    f.setBold(false);
    painter.setFont(f);
    painter.drawText(rect(), Qt::AlignCenter, text);
}

ManagedMark::ManagedMark(QWidget* control, QWidget* parent) : QWidget(parent), m_control(control)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    hide();
}

void ManagedMark::setFixed()
{
    if (m_control) m_control->setEnabled(false);
    say(tr("Managed by your organisation"));
}

void ManagedMark::setBounded(const QString& words) { say(words); }

void ManagedMark::say(const QString& words)
{
    setToolTip(words);
    setAccessibleName(words);
    if (m_control) {
        m_control->setToolTip(words);
        m_control->setAccessibleDescription(words);
    }
    show();
}

QSize ManagedMark::sizeHint() const { return QSize(1, 1) * px(Px::IconSmall); }

void ManagedMark::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.drawPixmap(0, 0, Theme::current().pixmap(Icon::Lock, Color::TextMuted, px(Px::IconSmall), devicePixelRatioF()));
}

FieldError::FieldError(QWidget* field, QWidget* parent) : QWidget(parent), m_field(field), m_icon(new QLabel), m_label(makeLabel({}, "label", true))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, px(Px::TextGap), 0, 0);
    row->setSpacing(px(Px::DotGap));
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addWidget(m_label, 1);
    m_label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    hide();
}

void FieldError::setText(const QString& text, Tone tone)
{
    m_label->setText(text);
    m_label->setAccessibleName(text);
    setStyleProperty(m_label, "tone", toneName(tone));
    const int side = px(Px::IconSmall);
    m_icon->setPixmap(Theme::current().pixmap(tone == Tone::Danger ? Icon::XCircle : Icon::Info, toneColors(tone).text, side, devicePixelRatioF()));
    setVisible(!text.isEmpty());
    if (!m_field) return;
    m_field->setAccessibleDescription(text);
    setStyleProperty(m_field, "invalid", !text.isEmpty() && tone == Tone::Danger);
}

QString FieldError::text() const { return m_label->text(); }

} // namespace zt::widgets
