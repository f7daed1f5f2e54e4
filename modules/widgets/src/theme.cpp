#include "zt/widgets/theme.h"

#include "style.h"

#include <QtWidgets>
#include <QIconEngine>
#include <QSvgRenderer>

// Outside any namespace: the macro declares a function of the resource's own name.
static void initThemeResource() { Q_INIT_RESOURCE(zt_theme); }

namespace zt::widgets {

namespace {

QString read(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) qFatal("resource missing");
    return QString::fromUtf8(file.readAll());
}

// Asks the theme at each paint, so a change of theme needs no new icons.
class ThemedEngine : public QIconEngine {
public:
    ThemedEngine(Icon icon, Color off, Color on) : m_icon(icon), m_off(off), m_on(on) {}
    QIconEngine* clone() const override { return new ThemedEngine(*this); }
    QString key() const override { return QStringLiteral("zt"); }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override { return scaledPixmap(size, mode, state, 1); }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal ratio) override
    {
        const Color token = mode == QIcon::Disabled ? Color::TextDisabled : state == QIcon::On ? m_on : m_off;
        const int side = std::min(size.width(), size.height());
        const QPixmap square = Theme::current().pixmap(m_icon, token, qRound(side / ratio), ratio);
        if (size.width() == size.height()) return square;
        // Wider than high: the rest is the gap to the text, which style sheets cannot set.
        QPixmap wide(size);
        wide.setDevicePixelRatio(ratio);
        wide.fill(Qt::transparent);
        QPainter(&wide).drawPixmap(0, 0, square);
        return wide;
    }
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        const qreal ratio = painter->device()->devicePixelRatioF();
        painter->drawPixmap(rect.topLeft(), scaledPixmap(rect.size() * ratio, mode, state, ratio));
    }

private:
    Icon m_icon;
    Color m_off, m_on;
};

int grown(int length, double by) { return length > 0 ? int(length * by + 0.5) : length; }

// Layouts of open windows were made with the lengths of the old text size; they grow with the new one.
void grow(QLayout* layout, double by)
{
    const QMargins m = layout->contentsMargins();
    layout->setContentsMargins(grown(m.left(), by), grown(m.top(), by), grown(m.right(), by), grown(m.bottom(), by));
    if (auto* grid = qobject_cast<QGridLayout*>(layout)) {
        grid->setHorizontalSpacing(grown(grid->horizontalSpacing(), by));
        grid->setVerticalSpacing(grown(grid->verticalSpacing(), by));
    } else {
        layout->setSpacing(grown(layout->spacing(), by));
    }
    for (int i = 0; i < layout->count(); ++i) {
        QSpacerItem* gap = layout->itemAt(i)->spacerItem();
        if (!gap) continue;
        const QSizePolicy policy = gap->sizePolicy();
        gap->changeSize(grown(gap->sizeHint().width(), by), grown(gap->sizeHint().height(), by), policy.horizontalPolicy(), policy.verticalPolicy());
    }
    layout->invalidate();
}

void grow(QWidget* widget, double by)
{
    const QSize least = widget->minimumSize(), most = widget->maximumSize();
    const auto bound = [&](int length) { return length < QWIDGETSIZE_MAX ? grown(length, by) : length; };
    if (least.isNull() && most == QSize(QWIDGETSIZE_MAX, QWIDGETSIZE_MAX)) return;
    widget->setMinimumSize(0, 0);
    widget->setMaximumSize(bound(most.width()), bound(most.height()));
    widget->setMinimumSize(grown(least.width(), by), grown(least.height(), by));
}

// What is asked for again on changed() is simply set again. Qt's own dialogs have their own lengths.
void growOpenWindows(double by)
{
    for (QWidget* top : QApplication::topLevelWidgets()) {
        const auto foreign = [](const QWidget* owner) { return !owner || qobject_cast<const QMainWindow*>(owner) || owner->window()->inherits("QFileDialog") || owner->window()->inherits("QPrintDialog"); };
        for (QLayout* layout : top->findChildren<QLayout*>())
            if (!foreign(layout->parentWidget())) grow(layout, by);
        // A new size reaches a widget at once, and it may take others away.
        QList<QPointer<QWidget>> inner;
        for (QWidget* widget : top->findChildren<QWidget*>()) inner << widget;
        for (const QPointer<QWidget>& widget : inner)
            if (widget && !foreign(widget) && !widget->isWindow()) grow(widget, by);
    }
}

QPalette makePalette(const Theme& theme)
{
    QPalette p;
    const auto set = [&](QPalette::ColorRole role, Color token) { p.setColor(role, theme.color(token)); };
    set(QPalette::Window, Color::SurfaceWindow);
    set(QPalette::WindowText, Color::Text);
    set(QPalette::Base, Color::Surface);
    set(QPalette::AlternateBase, Color::SurfaceSunken);
    set(QPalette::Text, Color::Text);
    set(QPalette::Button, Color::SurfaceRaised);
    set(QPalette::ButtonText, Color::Text);
    set(QPalette::BrightText, Color::TextOnAccent);
    set(QPalette::PlaceholderText, Color::TextMuted);
    set(QPalette::Highlight, Color::Selection);
    set(QPalette::HighlightedText, Color::SelectionText);
    set(QPalette::ToolTipBase, Color::SurfaceInverse);
    set(QPalette::ToolTipText, Color::TextInverse);
    set(QPalette::Link, Color::TextLink);
    set(QPalette::LinkVisited, Color::TextLink);
    set(QPalette::Light, Color::SurfaceRaised);
    set(QPalette::Midlight, Color::SurfaceHover);
    set(QPalette::Mid, Color::Border);
    set(QPalette::Dark, Color::BorderControl);
    set(QPalette::Shadow, Color::BorderControl);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, theme.color(Color::TextDisabled));
    return p;
}

} // namespace

Theme::Theme(QApplication* app) : QObject(app)
{
    initThemeResource();
}

Theme& Theme::current()
{
    static QPointer<Theme> theme;
    if (!theme) theme = new Theme(qobject_cast<QApplication*>(QCoreApplication::instance()));
    return *theme;
}

void Theme::apply(Scheme scheme, TextSize size, Density density)
{
    const int row = size != TextSize::Standard ? 2 : density == Density::Compact || (density == Density::Auto && m_cramped) ? 0 : 1;
    if (m_installed && scheme == m_scheme && size == m_size && row == m_row) {
        m_density = density;
        return;
    }
    const double before = scale();
    const bool open = m_installed;
    m_scheme = scheme;
    m_size = size;
    m_density = density;
    m_row = row;
    if (open && before != scale()) growOpenWindows(scale() / before);
    install();
}

void Theme::setCramped(bool cramped)
{
    m_cramped = cramped;
    if (m_installed) apply(m_scheme, m_size, m_density);
}

void Theme::install()
{
    m_pixmaps.clear();
    if (!m_installed) {
        auto* style = new ZtStyle;
        QApplication::setStyle(style);
        qApp->installEventFilter(new FocusRing(style, qApp));
        qApp->installEventFilter(new ComposingGuard(qApp));
        m_installed = true;
    }
    static const char* const kSizes[] = {"compact", "comfortable", "large", "extra-large"};
    const int sheet = m_size == TextSize::ExtraLarge ? 3 : m_row;
    QApplication::setPalette(makePalette(*this));
    QApplication::setFont(font(Type::Body));
    QToolTip::setFont(font(Type::Label));
    qApp->setStyleSheet(read(QStringLiteral(":/zt/qss/%1-%2.qss").arg(QLatin1String(kSchemeNames[int(m_scheme)]), QLatin1String(kSizes[sheet]))));
    Q_EMIT changed();
}

QColor Theme::color(Color token) const
{
    return QColor::fromRgba(kColors[int(m_scheme)][int(token)]);
}

int Theme::px(Px token) const
{
    const PxSpec& spec = kLengths[int(token)];
    const int value = spec.byDensity[m_row];
    // Rounded half up, as gen_theme.py does for the style sheet.
    if (spec.growth == Growth::Scaled) return int(value * scale() + 0.5);
    if (spec.growth == Growth::Dense && m_row == 2) return int(value * scale() / kScales[int(TextSize::Large)] + 0.5);
    return value;
}

QFont Theme::font(Type role) const
{
    const TypeSpec& spec = kTypes[int(role)];
    static const QStringList families = [] {
        QStringList list;
        for (const char* f : kFontsUi) list << QString::fromUtf8(f);
        return list;
    }();
    QFont f;
    f.setFamilies(families);
    f.setPixelSize(int(spec.size * scale() + 0.5));
    f.setWeight(spec.weight >= 700 ? QFont::Bold : QFont::Normal);
    return f;
}

int Theme::line(Type role) const { return int(kTypes[int(role)].line * scale() + 0.5); }

QPixmap Theme::pixmap(Icon icon, Color token, int size, qreal ratio) const
{
    const quint64 key = quint64(icon) << 40 | quint64(token) << 32 | quint64(size) << 16 | quint64(ratio * 100);
    if (const auto hit = m_pixmaps.constFind(key); hit != m_pixmaps.constEnd()) return *hit;
    QString svg = read(QStringLiteral(":/zt/icons/%1.svg").arg(QLatin1String(kIconNames[int(icon)])));
    // A large icon is drawn with a thinner pen, so the line stays about the same on screen.
    if (size >= px(Px::IconEmptyState)) svg.replace(QStringLiteral("stroke-width=\"1.5\""), QStringLiteral("stroke-width=\"0.9\""));
    QPixmap pix(QSize(size, size) * ratio);
    pix.setDevicePixelRatio(ratio);
    pix.fill(Qt::transparent);
    QPainter painter(&pix);
    QSvgRenderer renderer(svg.toUtf8());
    renderer.render(&painter, QRectF(0, 0, size, size));
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(QRect(0, 0, size, size), color(token));
    painter.end();
    return *m_pixmaps.insert(key, pix);
}

QIcon Theme::icon(Icon icon, Color off, Color on) const { return QIcon(new ThemedEngine(icon, off, on)); }

QIcon Theme::appIcon() const
{
    QIcon result;
    QSvgRenderer renderer(QStringLiteral(":/zt/zhengtong.svg"));
    for (const int side : {16, 22, 24, 32, 48, 64, 128, 256}) {
        QPixmap pix(side, side);
        pix.fill(Qt::transparent);
        QPainter painter(&pix);
        renderer.render(&painter, QRectF(0, 0, side, side));
        painter.end();
        result.addPixmap(pix);
    }
    return result;
}

ToneColors toneColors(Tone tone)
{
    switch (tone) {
    case Tone::Info: return {Color::AccentText, Color::AccentSubtle, Color::AccentBorder};
    case Tone::Success: return {Color::SuccessText, Color::SuccessSubtle, Color::SuccessBorder};
    case Tone::Warning: return {Color::WarningText, Color::WarningSubtle, Color::WarningBorder};
    case Tone::Danger: return {Color::DangerText, Color::DangerSubtle, Color::DangerBorder};
    case Tone::Neutral: break;
    }
    return {Color::TextSecondary, Color::SurfaceHover, Color::Border};
}

QString toneName(Tone tone)
{
    switch (tone) {
    case Tone::Info: return QStringLiteral("info");
    case Tone::Success: return QStringLiteral("success");
    case Tone::Warning: return QStringLiteral("warning");
    case Tone::Danger: return QStringLiteral("danger");
    case Tone::Neutral: break;
    }
    return {};
}

void setStyleProperty(QWidget* widget, const char* name, const QVariant& value)
{
    if (widget->property(name) == value) return;
    widget->setProperty(name, value);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
    widget->update();
}

} // namespace zt::widgets
