#pragma once

#include "zt/desk/desk.h"

#include <QObject>

class QTranslator;

namespace zt::app {

//! Language, theme, text size and density from the settings, applied to the whole application. One per process, GUI thread.
class Look : public QObject {
    Q_OBJECT
public:
    explicit Look(QObject* parent = nullptr);
    ~Look() override;
    void apply(const desk::Settings& settings);
    //! Language in force: "zh_CN" or "en". Chinese unless the settings or the system say English.
    [[nodiscard]] static QString language(const desk::Settings& settings);

private:
    QTranslator* m_ours = nullptr;
    QTranslator* m_qt = nullptr;
    QString m_language;
};

} // namespace zt::app
