#pragma once

#include "zt/widgets/panes.h"
#include "zt/widgets/theme.h"

#include <QMainWindow>
#include <QSet>
#include <functional>
#include <vector>

class QHBoxLayout;
class QStackedWidget;
class QVBoxLayout;

namespace zt::widgets {

class Avatar;
class Badge;
class Button;
class ElidedLabel;
class IconButton;
class Pill;
class UndoBar;

//! The main window: top bar, rail, and a stack of modules built on first use. Knows nothing of what modules show.
//!
//! Keys: Ctrl+1…7 modules, Ctrl+0 the first bottom item, Ctrl+K search, F6 / Shift+F6 panes, Alt+Left / Right history,
//! Ctrl+Shift+L lock, F1 keys of this screen. A module takes part in F6 by giving its panes an accessible name (class Pane),
//! and in history by pushHistory().
class Shell : public QMainWindow {
    Q_OBJECT
public:
    using Factory = std::function<QWidget*()>;

    explicit Shell(QWidget* parent = nullptr);
    ~Shell() override;

    //! `id` names the module in show(), history and signals; `factory` is called at first show, the window owns the widget.
    void addModule(const QString& id, Icon icon, const QString& title, Factory factory);
    void addBottomModule(const QString& id, Icon icon, const QString& title, Factory factory);
    void show(const QString& id);
    using QWidget::show;
    QString currentModule() const;
    QWidget* module(const QString& id); //!< builds it if need be; null for an unknown id

    void setBadge(const QString& id, int count, Tone tone = Tone::Info);
    void setSync(Tone tone, Icon icon, const QString& text);
    void setAttention(int count); //!< "Needs attention N"; hidden at 0
    void setUser(const QString& name);
    UndoBar* undoBar();
    WidthClass widthClass() const { return m_width; }
    //! The class of a window of this size, in the theme's text size.
    static WidthClass widthClassOf(QSize size);

    //! Remembers a place within the current module; going back sends placeRequested. Equal to the last: ignored.
    void pushHistory(const QVariant& place);
    //! More keys for the list F1 shows, for one module.
    void setKeys(const QString& id, const QList<QPair<QString, QString>>& keysAndWords);

Q_SIGNALS:
    void moduleShown(const QString& id);
    void placeRequested(const QString& id, const QVariant& place);
    void searchRequested();
    void syncClicked();
    void attentionClicked();
    void lockRequested();
    void userClicked();
    //! A module built later asks widthClass() once.
    void widthClassChanged(zt::widgets::WidthClass width);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Module;
    struct Place {
        QString id;
        QVariant place;
    };
    void buildTop();
    void buildRail();
    void bindKeys();
    void add(const QString& id, Icon icon, const QString& title, Factory factory, bool bottom);
    void open(Module& module);
    void go(int step);
    void nextPane(bool back);
    void showKeys();
    void refit();
    void layOutTop();
    void retheme();
    Module* find(const QString& id);

    QFrame* m_top = nullptr;
    QWidget* m_brand = nullptr;
    IconButton* m_back = nullptr;
    IconButton* m_forward = nullptr;
    ElidedLabel* m_title = nullptr;
    QWidget* m_search = nullptr;
    QWidget* m_right = nullptr;
    Pill* m_sync = nullptr;
    Pill* m_attention = nullptr;
    IconButton* m_lock = nullptr;
    QWidget* m_user = nullptr;
    QFrame* m_rail = nullptr;
    QVBoxLayout* m_railTop = nullptr;
    QVBoxLayout* m_railBottom = nullptr;
    QStackedWidget* m_stack = nullptr;
    UndoBar* m_undo = nullptr;
    std::vector<std::unique_ptr<Module>> m_modules;
    std::vector<Place> m_history;
    int m_at = -1;
    bool m_moving = false;
    WidthClass m_width = WidthClass::Full;
};

} // namespace zt::widgets
