#pragma once

#include "zt/desk/desk.h"
#include "zt/widgets/row_roles.h"
#include "zt/widgets/theme.h"

#include <QDateTime>
#include <QString>

//! Where codes of the core become words on screen: the only such place for documents.
namespace zt::document_ui {

inline QString text(const std::string& s) { return QString::fromUtf8(s.data(), qsizetype(s.size())); }
inline std::string bytes(const QString& s) { return s.toStdString(); }

//! What became of an act, whole sentences: what happened, what is safe, what to do. `time` 0: not known.
QString outcomeText(wire::Outcome outcome, wire::Reason reason, const QString& by, Millis time);
//! The same for an act whose reason is known only here, before the hub answered.
QString reasonText(wire::Reason reason);

//! 17:30 today, yesterday, 3月6日, 2025年3月6日, as the language writes it. Empty for 0.
QString timeText(Millis time);
//! With the time of day also for other days.
QString momentText(Millis time);
//! The date of a document: 2026年3月5日, in every language.
QString paperDate(Millis time);
//! "26 min ago"; empty for 0.
QString ageText(Millis since);

struct DueWords {
    QString text;
    widgets::Tone tone = widgets::Tone::Neutral;
};
//! "Review before 17:30 today", "Overdue by 1 d"; empty without a due time. `step` may be empty.
DueWords dueText(Millis due, const QString& step);
//! Which part of a list of tasks a due time belongs to.
enum class DueGroup { Overdue, Today, Week, Later };
DueGroup dueGroup(Millis due);
QString dueGroupText(DueGroup group);

//! Title of a step as the definition has it, or the words for a stage key of store::ListRow::step.
QString stepText(const std::string& step);
QString stageText(document::Stage stage);
widgets::Urgency urgencyOf(int wireUrgency);
QString urgencyPaper(int wireUrgency); //!< 特急, 加急: as printed
QString choiceText(wire::Choice choice);      //!< what was done: "Agreed"
QString choiceVerb(wire::Choice choice);      //!< the button: "Agree and send on"
QString actText(const wire::Command& command);//!< what a waiting act is: "Agree", "Submit for review"
QString wordsOf(const wire::Command& command);//!< the person's own words in it
//! 顾言清, or 顾言清（沈亦舟代） for a deputy.
QString actorText(const wire::Actor& actor);
QString sizeText(uint64_t bytes);
QString findingText(document::Finding finding);
QString scopeText(const std::string& scope);

//! What the status pill and the banner say.
struct LinkWords {
    widgets::Tone tone;
    widgets::Icon icon;
    QString text;   //!< "Offline · 3 to send"
    QString detail; //!< for the banner and the tooltip
};
LinkWords linkText(const desk::Status& status);
//! Why the keychain is asked for as second factor and is none, and what to do; empty where it is as asked.
QString factorText(desk::SecondFactor state);

//! The clock of the words above; tests and pictures set a fixed one. 0: the system's.
void setNowForTests(Millis now);
Millis nowMs();

} // namespace zt::document_ui
