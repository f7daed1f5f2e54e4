#pragma once

#include <QString>
#include <Qt>

namespace zt::widgets {

enum class Urgency { None, Urgent, MostUrgent, MustReach }; //!< 平件, 加急, 特急, 必达
//! The word on the tag, in the language of the interface.
QString urgencyText(Urgency urgency);

//! What RowDelegate and TimelineDelegate ask of a model. All are cheap: asked at every paint, Section for every row at layout.
namespace role {
enum : int {
    Title = Qt::UserRole + 1000, //!< QString
    Urgency,                     //!< int of widgets::Urgency
    Meta,                        //!< QStringList; painted dots between
    Due,                         //!< QString, e.g. "Review before 17:30"
    DueTone,                     //!< int of widgets::Tone
    Unread,                      //!< bool
    Attachments,                 //!< int; 0 shows nothing
    Pending,                     //!< bool: not yet at the hub
    Section,                     //!< QString: the row is a heading with this text and cannot be selected; empty for rows
    SectionNote,                 //!< QString at the right of a heading
    Unavailable,                 //!< bool: content not on this machine
    // timeline
    Name,                        //!< QString
    Post,                        //!< QStringList: post, step
    Time,                        //!< QString
    TimeTone,                    //!< int of widgets::Tone
    Opinion,                     //!< QString, any length
    State,                       //!< int of widgets::StepState
    FileName,                    //!< QString; empty for none
    FileSize,                    //!< QString
};
inline constexpr int AccessibleText = Qt::AccessibleTextRole; //!< one sentence for the screen reader
} // namespace role

enum class StepState { Done, Current, Next, Returned, Pending, Withdrawn };

} // namespace zt::widgets
