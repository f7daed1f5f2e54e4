#pragma once

#include "zt/document_ui/desk_port.h"

#include <QScrollArea>
#include <QVector>

class QVBoxLayout;

namespace zt::document_ui {

//! One file in a list: icon, name, size, what can be done.
struct FileRow {
    QByteArray key;        //!< the caller's own
    QString name, size;
    QString state;         //!< in words; empty: here
    bool problem = false;  //!< `state` is an error
    int percent = -1;      //!< progress; -1: none
    QString action;        //!< button, e.g. "Fetch", "Save as…"; empty: none
    QString second;        //!< e.g. "Remove"
};

//! Files one below the other. Rows keep their focus while only their state changes.
class FileList : public QScrollArea {
    Q_OBJECT
public:
    explicit FileList(const QString& name, QWidget* parent = nullptr);
    void setFiles(const QVector<FileRow>& files);
    //! As high as its rows, up to six, instead of taking the room there is.
    void setFitHeight(bool fit) { m_fit = fit; }

Q_SIGNALS:
    void action(const QByteArray& key);
    void second(const QByteArray& key);

private:
    class Row;
    QVBoxLayout* m_rows;
    bool m_fit = false;
    QVector<Row*> m_shown;
};

} // namespace zt::document_ui
