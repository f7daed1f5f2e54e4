#include "sheets.h"

namespace zt::document_ui {

namespace {

template <class Names>
QStringList list(const Names& names)
{
    QStringList out;
    for (const auto& n : names) out << text(n);
    return out;
}

QString baseName(const QString& file)
{
    const qsizetype dot = file.lastIndexOf(u'.');
    return dot > 0 ? file.left(dot) : file;
}

} // namespace

QString numberPlaceholder(const std::string& code)
{
    return QStringLiteral("%1〔%2〕　号").arg(text(code)).arg(document::chinaYear(nowMs()));
}

typeset::Sheet sheetOf(const wire::Document& d, const QString& issuer, const QString& number, const QStringList& recipients, const QStringList& copies, Millis date)
{
    typeset::Sheet s;
    s.letterhead = issuer;
    s.urgency = urgencyPaper(d.urgency());
    s.number = number.isEmpty() ? numberPlaceholder(d.code()) : number;
    s.title = text(d.title());
    s.recipients = recipients;
    s.body = text(d.body());
    for (const wire::Attachment& a : d.attachments()) s.attachments << baseName(text(a.name()));
    s.signature = issuer;
    s.date = paperDate(date);
    s.remark = text(d.remark());
    s.copies = copies;
    s.printer = issuer;
    s.printed = paperDate(date);
    return s;
}

typeset::Sheet sheetOf(const desk::MatterView& view)
{
    if (view.incoming) {
        const wire::Package& p = view.incoming->package;
        return sheetOf(p.document(), text(p.issuer_name()), text(p.number()), list(p.recipient_names()), list(p.copy_names()), p.signed_ms());
    }
    if (!view.matter || !view.matter->current()) return {};
    const document::Matter& m = *view.matter;
    const document::Version& v = *m.current();
    return sheetOf(v.document, text(m.issuerName), text(m.number), list(v.recipientNames), list(v.copyNames), m.signedTime ? m.signedTime : v.time);
}

typeset::OpinionSheet opinionsOf(const desk::MatterView& view)
{
    typeset::OpinionSheet out;
    if (!view.matter) return out;
    const document::Matter& m = *view.matter;
    if (m.current()) out.title = text(m.current()->document.title());
    out.number = text(m.number);
    out.issuer = text(m.issuerName);
    for (const approval::Opinion& o : m.flow.opinions) {
        // On paper in the language of paper, whatever the interface speaks.
        QString name = o.by.principal_name().empty() ? text(o.by.name()) : QStringLiteral("%1（%2代）").arg(text(o.by.principal_name()), text(o.by.name()));
        QString words = text(o.text);
        if (words.isEmpty()) words = o.choice == wire::CHOICE_RETURN ? QStringLiteral("退回") : o.choice == wire::CHOICE_REJECT ? QStringLiteral("不同意") : QStringLiteral("同意");
        const QString when = paperDate(o.time) + QLatin1Char(' ') + QDateTime::fromMSecsSinceEpoch(o.time).toString(QStringLiteral("HH:mm"));
        out.rows.append({text(o.on().stepTitle), name, text(o.by.post()), words, when});
    }
    return out;
}

} // namespace zt::document_ui
