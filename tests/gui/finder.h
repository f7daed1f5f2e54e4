#pragma once

#include <QRegularExpression>
#include <QWidget>
#include <nlohmann/json.hpp>

class QAbstractItemView;
class QModelIndex;

//! Finding in the visible windows what a person would find, by its words. GUI thread.
namespace zt::gui {

using nlohmann::json;

//! Visible top-level windows, the one in front last.
QWidgetList windows();
//! What the window in front is: a dialog counts, a pop-up or a tooltip does not.
QWidget* front();

//! A pattern that has to match the whole of a text; `&` of a mnemonic is not part of it.
QRegularExpression pattern(const json& words);

enum class Kind { Any, Button, Edit, View, Tabs, Combo };
//! The frontmost visible widget of the kind whose accessible name, text, title or object name matches {"like"|"object"|"class"|"window"|"nth"}.
QWidget* find(const json& target, Kind kind);

//! Everything that can be read on the screen now: labels, buttons, fields (never passphrases), rows, tabs, titles, what the accessibility tree says.
QStringList visibleTexts();
//! One row in the words of its model, the parts a delegate paints included.
QStringList rowTexts(const QModelIndex& index);
//! The first row with a part that matches; the tree is opened on the way.
QModelIndex findRow(QAbstractItemView* view, const QRegularExpression& words);
//! A picture of the window (null: the one in front) with what lies over it.
QPixmap picture(QWidget* top = nullptr);

} // namespace zt::gui
