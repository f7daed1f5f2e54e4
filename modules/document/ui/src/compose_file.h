#pragma once

#include "zt/document_ui/compose_window.h"

namespace zt::document_ui {

//! A file of the draft: sealed already, being sealed, or refused.
struct ComposeWindow::File {
    QByteArray key;
    QString name;
    std::optional<wire::Attachment> attachment;
    uint64_t done = 0, total = 0;
    QString problem;
    QString hint;
};

} // namespace zt::document_ui
