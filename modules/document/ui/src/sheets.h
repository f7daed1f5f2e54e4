#pragma once

#include "zt/document_ui/words.h"
#include "zt/typeset/paper.h"

namespace zt::document_ui {

//! What is printed of a document: the sheet of its newest version, or of a package received.
typeset::Sheet sheetOf(const desk::MatterView& view);
typeset::Sheet sheetOf(const wire::Document& document, const QString& issuer, const QString& number, const QStringList& recipients, const QStringList& copies, Millis date);
//! 示政办发〔2026〕  号: before the register has given a number.
QString numberPlaceholder(const std::string& code);
typeset::OpinionSheet opinionsOf(const desk::MatterView& view);

} // namespace zt::document_ui
