#pragma once

#include "zt/desk/desk.h"
#include "zt/document_ui/desk_port.h"
#include "zt/widgets/shell.h"

#include <QPointer>
#include <set>

namespace zt::document_ui {
class DocumentsPage;
class SearchPalette;
class SyncCentrePage;
}
namespace zt::workbench {
class HomePage;
}

namespace zt::app {

class SettingsPage;

//! The main window: the shell with this build's modules, wired to one unlocked desk. Composition only.
class MainWindow : public widgets::Shell {
    Q_OBJECT
public:
    MainWindow(std::shared_ptr<desk::Desk> desk, desk::Settings settings, desk::Policy policy, QWidget* parent = nullptr);
    ~MainWindow() override;

    void notify(const desk::Change& change);
    void openStream(const QString& stream);
    //! Drafts in open windows are saved; for the moment before the screen locks.
    void saveAll();
    //! Hides this window and every other of the unlocked desk.
    void hideAll();
    void showAll();
    void setPolicy(const desk::Settings& settings, const desk::Policy& policy);
    void setSettings(const desk::Settings& settings);
    void setTray(bool closeToTray) { m_closeToTray = closeToTray; }

Q_SIGNALS:
    void settingsChanged(const zt::desk::Settings& settings);
    void tasksCounted(int tasks);
    void removed(); //!< the store goes when the desk is closed: close it

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void addModules();
    void addRailModules();
    void refreshStatus();
    void refreshCounts();
    void refreshFactor();
    void askForDevices();
    void openSearch();
    void showSync(bool attention = false);
    void said(const QString& words, const QByteArray& undo);
    template <class Page>
    Page* fitted(Page* page);
    document_ui::DocumentsPage* documents();
    std::shared_ptr<desk::Desk> m_desk;
    desk::Settings m_settings;
    desk::Policy m_policy;
    QPointer<SettingsPage> m_settingsPage;
    std::unique_ptr<document_ui::DeskAdapter> m_port;
    document_ui::SearchPalette* m_palette = nullptr;
    QList<QPointer<QWidget>> m_hidden;
    std::set<Bytes> m_askedFor; //!< devices this person was asked about since the desk was opened
    QByteArray m_undo;
    size_t m_attention = 0; //!< as it was last shown
    desk::SecondFactor m_factor = desk::SecondFactor::Off; //!< as it was last shown
    bool m_closeToTray = false;
};

} // namespace zt::app
