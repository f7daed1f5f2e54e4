#pragma once

#include "zt/widgets/theme.h"

#include <QDateTime>
#include <QFrame>
#include <QVector>

class QComboBox;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace zt::widgets {

class Avatar;
class Banner;
class Button;
class ElidedLabel;
class FieldError;
class Pill;

//! The left half with the mark 正 and its five strokes, the right half for a form. Gives way to the form where there is no room.
//! The foot has language, text size and theme; what they do is the caller's.
class WelcomePage : public QFrame {
    Q_OBJECT
public:
    explicit WelcomePage(QWidget* parent = nullptr);
    void setFoot(const QString& province, const QString& version);
    //! What the organisation decides rests and says so.
    void setManaged(bool language, bool textSize, bool theme);
    void setSync(Tone tone, Icon icon, const QString& text);

Q_SIGNALS:
    void languageClicked();
    void textSizeClicked();
    void themeClicked();

protected:
    void resizeEvent(QResizeEvent* event) override;
    //! The column of the form, 360 wide and centred.
    QVBoxLayout* form() const { return m_form; }

private:
    void refit();
    QWidget* makeFoot();
    QWidget* m_art;
    QWidget* m_column;
    QVBoxLayout* m_form;
    Pill* m_sync;
    QLabel* m_province;
    QLabel* m_version;
    Button* m_language;
    Button* m_size;
    Button* m_theme;
};

//! A person with a store on this computer.
struct StoreEntry {
    QString id;         //!< the caller's own; comes back in unlockRequested
    QString name, unit; //!< as shown
    QString lastUnlock; //!< in words, empty if never
};

//! Asks for the passphrase of one of the stores on this computer. Errors stay on the page and take nothing away.
class UnlockPage : public WelcomePage {
    Q_OBJECT
public:
    explicit UnlockPage(QWidget* parent = nullptr);
    void setPersons(const QVector<StoreEntry>& persons, const QString& selectedId = {});
    //! While true the field and the button rest and the button says so.
    void setBusy(bool busy);
    //! What went wrong under the field (errorText); the passphrase is selected again. Empty clears it.
    void setError(const QString& text);
    //! A store that cannot be opened by any passphrase: damaged, newer, on a network drive. `action` names the one way on.
    void setStoreProblem(const QString& text, const QString& action = {});
    //! The store opens only together with the computer's keyring, and that does not help now: says so above the passphrase, which stays, and offers the way by
    //! two administrators (recoveryRequested). Empty clears it.
    void setFactorProblem(const QString& text);
    //! The store is open and its content locked, since the hub was not heard for too long: instead of the passphrase the page shows `ask`, what to read out to the
    //! security administrator, and takes the answer. Empty: back to the passphrase.
    void setLease(const QString& ask);
    void setLeaseError(const QString& text);
    //! After wrong tries: no try before this many seconds; counts down on the button.
    void setWait(int seconds);

Q_SIGNALS:
    //! `passphrase` is UTF-8 and overwritten when the signal returns, shared copies too: connect directly and copy it into locked
    //! memory. The field is empty already.
    void unlockRequested(const QString& storeId, const QByteArray& passphrase);
    void recoveryRequested(const QString& storeId);
    void enrolRequested();
    void problemAction(const QString& storeId);
    void leaseCodeEntered(const QString& code);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildFactor();
    void buildLease();
    void submit();
    void showPerson();
    void showButton();
    QVector<StoreEntry> m_persons;
    Avatar* m_avatar;
    ElidedLabel* m_name;
    ElidedLabel* m_unit;
    QComboBox* m_choice;
    QLabel* m_label;
    QLineEdit* m_field;
    FieldError* m_error;
    Banner* m_problem;
    QWidget* m_factor;
    Banner* m_factorText;
    Button* m_go;
    Button* m_forgot;
    Button* m_other;
    QWidget* m_lease;
    QLabel* m_ask;
    QLineEdit* m_code;
    FieldError* m_codeError;
    QLabel* m_last;
    QWidget* m_lastRow;
    QTimer* m_tick;
    int m_wait = 0;
    bool m_busy = false;
};

} // namespace zt::widgets
