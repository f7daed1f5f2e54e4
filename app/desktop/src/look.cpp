#include "look.h"

#include "zt/widgets/theme.h"

#include <QApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

// A static library's resources are dropped by the linker unless somebody asks for them.
static void initTranslations() { Q_INIT_RESOURCE(i18n); }

namespace zt::app {

using namespace widgets;

Look::Look(QObject* parent) : QObject(parent) { initTranslations(); }
Look::~Look() = default;

QString Look::language(const desk::Settings& settings)
{
    if (settings.language == "en" || settings.language == "zh_CN") return QString::fromStdString(settings.language);
    return qgetenv("LANG").startsWith("en") ? QStringLiteral("en") : QStringLiteral("zh_CN");
}

void Look::apply(const desk::Settings& s)
{
    const QString wanted = language(s);
    if (wanted != m_language) {
        m_language = wanted;
        delete m_ours;
        delete m_qt;
        m_ours = new QTranslator(this);
        m_qt = new QTranslator(this);
        QLocale::setDefault(QLocale(wanted));
        if (m_ours->load(QStringLiteral(":/i18n/zhengtong_") + wanted)) QApplication::installTranslator(m_ours);
        if (m_qt->load(QStringLiteral("qtbase_") + wanted, QLibraryInfo::path(QLibraryInfo::TranslationsPath))) QApplication::installTranslator(m_qt);
    }
    const auto scheme = s.theme == "dark" ? Scheme::Dark : s.theme == "contrast" ? Scheme::Contrast : Scheme::Light;
    const auto size = s.textSize == "extra-large" ? TextSize::ExtraLarge : s.textSize == "large" ? TextSize::Large : TextSize::Standard;
    const auto density = s.density == "compact" ? Density::Compact : s.density == "comfortable" ? Density::Comfortable : Density::Auto;
    Theme::current().apply(scheme, size, density);
}

} // namespace zt::app
