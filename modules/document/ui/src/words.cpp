#include "zt/document_ui/words.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTimeZone>

namespace zt::document_ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(zt::document_ui::Words)
};

Millis g_now = 0;

QDateTime local(Millis t) { return QDateTime::fromMSecsSinceEpoch(t); }
QString clock(Millis t) { return local(t).toString(QStringLiteral("HH:mm")); }

QString dayText(Millis t)
{
    const QDate day = local(t).date(), today = local(nowMs()).date();
    const int away = int(day.daysTo(today));
    if (away == 0) return Words::tr("today");
    if (away == 1) return Words::tr("yesterday");
    if (away == -1) return Words::tr("tomorrow");
    if (day.year() == today.year()) return QLocale().toString(day, Words::tr("MMM d", "date without year, Qt format"));
    return QLocale().toString(day, Words::tr("MMM d, yyyy", "date with year, Qt format"));
}

QString by(const QString& name, Millis time)
{
    if (name.isEmpty()) return time ? Words::tr("somebody else (%1)").arg(momentText(time)) : Words::tr("somebody else");
    return time ? Words::tr("%1 (%2)", "name, time").arg(name, momentText(time)) : name;
}

} // namespace

void setNowForTests(Millis now) { g_now = now; }
Millis nowMs() { return g_now ? g_now : systemClock().now(); }

QString reasonText(wire::Reason reason)
{
    switch (reason) {
    case wire::REASON_TASK_CLOSED: return Words::tr("Somebody else has already completed this step.");
    case wire::REASON_MATTER_ENDED: return Words::tr("The matter has ended.");
    case wire::REASON_NOT_YOUR_TASK: return Words::tr("This step is not assigned to you.");
    case wire::REASON_MANDATE_ENDED: return Words::tr("The mandate you acted under has ended.");
    case wire::REASON_MANDATE_SCOPE: return Words::tr("The mandate does not cover this step.");
    case wire::REASON_SUSPENDED: return Words::tr("Your account was suspended at that time.");
    case wire::REASON_DEVICE_REVOKED: return Words::tr("This device was no longer admitted at that time.");
    case wire::REASON_DOCUMENT_CHANGED: return Words::tr("The document has changed since you read it.");
    case wire::REASON_EARLIER_NOT_APPLIED: return Words::tr("An earlier act of yours on this matter was not applied.");
    case wire::REASON_UNIT_GONE: return Words::tr("A recipient unit no longer exists.");
    case wire::REASON_FORM: return Words::tr("The document's elements are incomplete.");
    case wire::REASON_NO_ACTOR: return Words::tr("Nobody holds the post that the next step needs.");
    case wire::REASON_DEFINITION_CHANGED: return Words::tr("The process has been changed since.");
    case wire::REASON_NOT_DRAFTER: return Words::tr("Only the drafter can do this.");
    case wire::REASON_NO_DEFINITION: return Words::tr("The process this document needs is not known here yet.");
    case wire::REASON_TOO_LATE_TO_WITHDRAW: return Words::tr("It is too late to withdraw: the document has been signed.");
    case wire::REASON_ROLE: return Words::tr("This needs an administrator's role.");
    case wire::REASON_LEVEL: return Words::tr("This matter was handled by a newer version. Update to go on.");
    case wire::REASON_OWN_ITEM: return Words::tr("The drafter cannot decide on their own document.");
    case wire::REASON_ALREADY_DONE: return Words::tr("You have already done this.");
    case wire::REASON_NOT_READER: return Words::tr("You no longer have access to this matter.");
    case wire::REASON_DUE_PASSED: return Words::tr("The time limit of this step has passed.");
    case wire::REASON_EXISTS: return Words::tr("It exists already.");
    case wire::REASON_UNKNOWN_PERSON: return Words::tr("The person is not in the directory.");
    case wire::REASON_NO_RECIPIENT: return Words::tr("The document names no recipient.");
    case wire::REASON_LAPSED: return Words::tr("The time for this step ran out.");
    case wire::REASON_ERASED: return Words::tr("This matter, or a part of it, was erased under a retention rule.");
    case wire::REASON_NOT_FINISHED: return Words::tr("The matter is not finished.");
    case wire::REASON_NO_APPROVAL: return Words::tr("The audit administrator has not approved it.");
    default: return {};
    }
}

QString outcomeText(wire::Outcome outcome, wire::Reason reason, const QString& name, Millis time)
{
    const QString why = reasonText(reason);
    const auto with = [&](const QString& what) { return why.isEmpty() ? what : Words::tr("%1 %2", "two sentences").arg(why, what); };
    if (reason == wire::REASON_LAPSED) {
        const QString gone = Words::tr("The time for this step ran out on %1 and the matter went on.").arg(momentText(time));
        return Words::tr("%1 %2", "two sentences").arg(gone, outcome == wire::APPLIED_LATE ? Words::tr("Your words were kept as an opinion.") : Words::tr("Your act was not applied; your words are kept below."));
    }
    switch (outcome) {
    case wire::APPLIED: return Words::tr("Done. The hub has recorded it.");
    case wire::APPLIED_LATE: return Words::tr("The step had been completed by %1. Your words were kept as an opinion.").arg(by(name, time));
    case wire::SUPERSEDED: return Words::tr("%1 completed this step before your act arrived. It was not applied; your words are kept below.").arg(by(name, time));
    case wire::NOT_PERMITTED: return with(Words::tr("Your act was not applied; your words are kept below."));
    case wire::NEEDS_CHOICE: return with(Words::tr("Please look again and decide anew; your words are kept below."));
    case wire::EXPIRED: return Words::tr("The time limit had passed before you acted. Your act was not applied; your words are kept below.");
    case wire::DUPLICATE: return Words::tr("The same act had already been recorded. Nothing more is needed.");
    case wire::NOT_UNDERSTOOD: return Words::tr("The hub needs a newer version of this programme for it. Your words are kept below; update, then do it again.");
    default: break;
    }
    return why.isEmpty() ? Words::tr("Not settled yet. Your words are kept on this PC.") : with(Words::tr("Your words are kept below."));
}

QString timeText(Millis time)
{
    if (!time) return {};
    const QDate day = local(time).date(), today = local(nowMs()).date();
    return day == today ? clock(time) : dayText(time);
}

QString momentText(Millis time) { return time ? Words::tr("%1 %2", "day, time of day").arg(dayText(time), clock(time)) : QString(); }

QString paperDate(Millis time)
{
    const QDate day = QDateTime::fromMSecsSinceEpoch(time ? time : nowMs(), QTimeZone("Asia/Shanghai")).date();
    return QStringLiteral("%1年%2月%3日").arg(day.year()).arg(day.month()).arg(day.day());
}

QString ageText(Millis since)
{
    if (!since) return {};
    const Millis minutes = std::max<Millis>(0, (nowMs() - since) / 60000);
    if (minutes < 1) return Words::tr("just now");
    if (minutes < 60) return Words::tr("%n min ago", nullptr, int(minutes));
    if (minutes < 24 * 60) return Words::tr("%n h ago", nullptr, int(minutes / 60));
    return Words::tr("%n d ago", nullptr, int(minutes / (24 * 60)));
}

DueGroup dueGroup(Millis due)
{
    if (!due) return DueGroup::Later;
    if (due < nowMs()) return DueGroup::Overdue;
    const QDate today = local(nowMs()).date(), day = local(due).date();
    if (day == today) return DueGroup::Today;
    return day <= today.addDays(7 - today.dayOfWeek()) ? DueGroup::Week : DueGroup::Later;
}

QString dueGroupText(DueGroup group)
{
    switch (group) {
    case DueGroup::Overdue: return Words::tr("Overdue");
    case DueGroup::Today: return Words::tr("Due today");
    case DueGroup::Week: return Words::tr("This week");
    case DueGroup::Later: break;
    }
    return Words::tr("Later");
}

DueWords dueText(Millis due, const QString& step)
{
    if (!due) return {step, widgets::Tone::Neutral};
    if (due < nowMs()) {
        const int days = int((nowMs() - due) / (24 * 3600'000));
        const QString late = days ? Words::tr("overdue by %n d", nullptr, days) : Words::tr("overdue since %1").arg(clock(due));
        return {step.isEmpty() ? late : Words::tr("%1, %2", "step, how late").arg(step, late), widgets::Tone::Danger};
    }
    const bool today = dueGroup(due) == DueGroup::Today;
    const QString until = today ? momentText(due) : dayText(due);
    return {step.isEmpty() ? Words::tr("before %1").arg(until) : Words::tr("%2 before %1", "time, step").arg(until, step), today ? widgets::Tone::Warning : widgets::Tone::Neutral};
}

QString stepText(const std::string& step)
{
    if (step == "number") return Words::tr("Waiting for a number");
    if (step == "dispatched") return Words::tr("Dispatched");
    if (step == "withdrawn") return Words::tr("Withdrawn");
    if (step == "rejected") return Words::tr("Rejected");
    if (step == "lapsed") return Words::tr("Ended, time ran out");
    if (step == "to_sign_for") return Words::tr("Sign for receipt");
    if (step == "signed_for") return Words::tr("Signed for");
    if (step == "returned") return Words::tr("Returned");
    return text(step);
}

QString stageText(document::Stage stage)
{
    switch (stage) {
    case document::Stage::New: return Words::tr("New");
    case document::Stage::Drafting: return Words::tr("Returned to the drafter");
    case document::Stage::InReview: return Words::tr("In review");
    case document::Stage::Numbering: return Words::tr("Waiting for a number");
    case document::Stage::Dispatched: return Words::tr("Dispatched");
    case document::Stage::Withdrawn: return Words::tr("Withdrawn");
    case document::Stage::Rejected: return Words::tr("Rejected");
    case document::Stage::Lapsed: return Words::tr("Ended, time ran out");
    }
    return {};
}

widgets::Urgency urgencyOf(int urgency)
{
    return urgency == wire::URGENCY_URGENT ? widgets::Urgency::MostUrgent : urgency == wire::URGENCY_PRESSING ? widgets::Urgency::Urgent : widgets::Urgency::None;
}

QString urgencyPaper(int urgency)
{
    return urgency == wire::URGENCY_URGENT ? QStringLiteral("特急") : urgency == wire::URGENCY_PRESSING ? QStringLiteral("加急") : QString();
}

QString choiceText(wire::Choice choice)
{
    switch (choice) {
    case wire::CHOICE_AGREE: return Words::tr("Agreed");
    case wire::CHOICE_RETURN: return Words::tr("Returned");
    case wire::CHOICE_SIGN: return Words::tr("Signed");
    case wire::CHOICE_REJECT: return Words::tr("Rejected");
    default: return {};
    }
}

QString choiceVerb(wire::Choice choice)
{
    switch (choice) {
    case wire::CHOICE_AGREE: return Words::tr("Agree and send on");
    case wire::CHOICE_RETURN: return Words::tr("Return");
    case wire::CHOICE_SIGN: return Words::tr("Sign and issue");
    case wire::CHOICE_REJECT: return Words::tr("Reject");
    default: return {};
    }
}

QString actText(const wire::Command& command)
{
    switch (command.body_case()) {
    case wire::Command::kSubmit: return Words::tr("Submit for review");
    case wire::Command::kAct: return choiceVerb(command.act().choice());
    case wire::Command::kAddOpinion: return Words::tr("Add opinion");
    case wire::Command::kWithdraw: return Words::tr("Withdraw");
    case wire::Command::kSignFor: return Words::tr("Sign for receipt");
    case wire::Command::kOpen: return Words::tr("Open");
    case wire::Command::kGiveMandate: return Words::tr("Give a mandate");
    case wire::Command::kEndMandate: return Words::tr("End a mandate");
    default: return Words::tr("Change");
    }
}

QString wordsOf(const wire::Command& command)
{
    switch (command.body_case()) {
    case wire::Command::kSubmit: return text(command.submit().note());
    case wire::Command::kAct: return text(command.act().opinion());
    case wire::Command::kAddOpinion: return text(command.add_opinion().text());
    case wire::Command::kWithdraw: return text(command.withdraw().reason());
    case wire::Command::kSignFor: return text(command.sign_for().note());
    default: return {};
    }
}

QString actorText(const wire::Actor& actor)
{
    if (actor.principal_name().empty()) return text(actor.name());
    return Words::tr("%2 for %1", "%1 principal, %2 deputy; Chinese: %1（%2代）").arg(text(actor.principal_name()), text(actor.name()));
}

QString sizeText(uint64_t size)
{
    return QLocale().formattedDataSize(qint64(size), size < 1024 * 1024 ? 0 : 1, QLocale::DataSizeTraditionalFormat);
}

QString findingText(document::Finding finding)
{
    switch (finding) {
    case document::Finding::NoTitle: return Words::tr("The title is missing");
    case document::Finding::TitleTooLong: return Words::tr("The title is too long");
    case document::Finding::UnknownKind: return Words::tr("The kind is not one of the fifteen");
    case document::Finding::NoRecipient: return Words::tr("No main recipient");
    case document::Finding::NoBody: return Words::tr("The body is empty");
    case document::Finding::NoIssuer: return Words::tr("The issuing organ is missing");
    case document::Finding::NoCode: return Words::tr("The organ code is missing");
    case document::Finding::UnknownRecipient: return Words::tr("A recipient no longer exists");
    }
    return {};
}

QString scopeText(const std::string& scope)
{
    if (scope == "review") return Words::tr("Reviewing");
    if (scope == "sign") return Words::tr("Signing");
    return text(scope);
}

} // namespace zt::document_ui
