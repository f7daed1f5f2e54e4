#pragma once

#include "zt/widgets/unlock_page.h"

class QPlainTextEdit;
class QProgressBar;

namespace zt::widgets {

//! First start: the enrolment code of the unit's administrator, and a passphrase for this computer.
class EnrolPage : public WelcomePage {
    Q_OBJECT
public:
    enum class Field { Code, Passphrase, Whole }; //!< where an error belongs

    explicit EnrolPage(QWidget* parent = nullptr);
    //! Whether "Back to unlock" shows: there is a store on this computer already.
    void setCanGoBack(bool can);
    //! The hub that the organisation set for this computer: shown, and a short code will do. Empty: the code says it.
    void setHub(const QString& address);
    //! While true nothing can be changed and the steps show; `setStep` moves them.
    void setBusy(bool busy);
    //! 0 check code, 1 make keys, 2 ask the hub, 3 make the store; 4 done.
    void setStep(int step);
    //! While busy: the hub waits for somebody's approval. `check` is what to compare there.
    void setWaiting(const QString& check);
    //! Ends busy and says what went wrong at its place; what was filled in stays (passphrases too, until they leave).
    void setError(Field field, const QString& text);

Q_SIGNALS:
    //! `code` without blanks and line breaks; `passphrase` as in UnlockPage.
    void enrolRequested(const QString& code, const QByteArray& passphrase);
    void backRequested();
    void cancelRequested(); //!< of the waiting

private:
    void check();
    void submit();
    QString code() const;
    QWidget* m_hubRow;
    ElidedLabel* m_hub;
    QPlainTextEdit* m_code;
    FieldError* m_codeError;
    QLineEdit* m_first;
    QProgressBar* m_strength;
    QLabel* m_hint;
    QLineEdit* m_second;
    FieldError* m_passError;
    Banner* m_problem;
    QVector<QLabel*> m_steps;
    QWidget* m_stepBox;
    QWidget* m_fields;
    Button* m_go;
    Button* m_back;
    Button* m_cancel;
    bool m_busy = false;
};

//! A rough measure of a passphrase for the hint under the field: 0 too short to accept, 1 weak, 2 fair, 3 strong. Length counts most;
//! few different characters count less.
int passphraseStrength(const QString& passphrase);

} // namespace zt::widgets
