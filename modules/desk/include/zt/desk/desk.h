#pragma once

#include "zt/approval/flow.h"
#include "zt/base/result.h"
#include "zt/crypto/secret.h"
#include "zt/desk/keychain.h"
#include "zt/desk/policy.h"
#include "zt/document/compare.h"
#include "zt/document/document.h"
#include "zt/store/rows.h"

#include <array>
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

//! The client without windows: one worker thread that owns the writing connection and the engine, one reader thread for lists and search, the line to the hub.
//! The windows call it, never wait, and are called back through `post`.
namespace zt::desk {

//! Runs a function later on the caller's own thread (the GUI's). Must not run it inside the call.
using Post = std::function<void(std::function<void()>)>;
template <class T>
using Then = std::function<void(Result<T>)>;

enum class Link { Online, Connecting, NoNetwork, HubUnreachable, IdentityRefused };

//! What the status pill says.
struct Status {
    Link link = Link::Connecting;
    bool live = false;          //!< nothing newer at the hub when last heard
    Millis lastContact = 0;     //!< newest hub time known: the age of the data
    Millis nextRetry = 0;       //!< steady ms until the next attempt; 0 when connected
    size_t unsent = 0;          //!< commands waiting to be sent
    size_t uploads = 0;         //!< files waiting to be sent
    size_t attention = 0;
    std::optional<wire::Closed> closed; //!< why the hub refuses this desk
    bool alarm = false;         //!< the hub's history contradicts what this desk holds
    bool clockWrong = false;    //!< this PC's clock is more than five minutes from the hub's
    bool storeFailing = false;  //!< the last write failed (disk full, read-only): nothing was lost, nothing more is kept until it works
    Err storeError = Err::Io;
    Millis behindClock = 0;     //!< this PC's clock minus hub time, where clockWrong
    std::string neededVersion;  //!< the hub takes nothing from this version of the programme; empty: it does
    bool leaseEnded = false;    //!< too long without the hub: content is locked, nothing was deleted
    Millis leaseUntil = 0;      //!< 0: there is no lease
    std::string leaseAsk;       //!< where leaseEnded: what to read out to the security administrator
    SecondFactor secondFactor = SecondFactor::Off;
    bool certificateEnded = false; //!< the device's certificate ended and the hub did not renew it
};

//! The hub's policy for its desks, as far as this desk has seen.
struct HubPolicy {
    uint64_t number = 0; //!< 0: none
    std::string by;      //!< name of the administrator who signed it
    Policy settings;
};

struct Counts {
    std::array<size_t, store::kFolders> total{}, unread{};
    size_t drafts = 0, outbox = 0, attention = 0;
};

//! What may change on screen after a transaction.
struct Change {
    std::set<std::string> streams; //!< empty and `all`: anything
    bool all = false, status = false, drafts = false, directory = false, blobs = false;
};

//! A task that newly came to this person: for a notification.
struct Arrival {
    std::string stream, title, party, step;
    int urgency = 0;
    bool incoming = false; //!< a received document, else a task
};

//! What the person may do on a matter now.
struct Actions {
    std::string task;                    //!< open task with a slot for this person (or a principal)
    std::string taskTitle;
    std::vector<wire::Choice> choices;
    std::string mandate, principalName;  //!< acting for somebody
    bool revise = false;                 //!< returned to this drafter
    bool withdraw = false;
    bool addOpinion = false;
    bool signFor = false;                //!< 签收
    wire::Reason blocked = wire::REASON_NONE; //!< read-only because: REASON_LEVEL (update first), REASON_ERASED
    std::string erasedRule;              //!< the rule under which a part of it was erased
};

struct AttachmentView {
    wire::Attachment attachment;
    bool here = false;       //!< wholly on this PC
    uint64_t have = 0;       //!< sealed bytes here
    bool uploading = false;
    uint64_t sent = 0;
};

//! An act of this desk that is not settled yet, or whose words wait.
struct OutboxView {
    Bytes id;
    std::string stream, title;
    wire::Command command;   //!< its words are in the body
    sync::OutboxRow::State state = sync::OutboxRow::Waiting;
    std::optional<wire::Receipt> receipt;
    wire::Reason stuck = wire::REASON_NONE;
    Millis madeMs = 0;
    bool sent = false;       //!< may have left this PC: cannot be taken back
};

//! Everything the reading pane shows; folded from confirmed and pending. Exactly one of matter and incoming is set.
struct MatterView {
    std::string stream;
    std::shared_ptr<const document::Matter> matter;
    std::shared_ptr<const document::Incoming> incoming;
    std::vector<AttachmentView> attachments; //!< of the newest version
    std::vector<OutboxView> pending, attention;
    Actions actions;
    std::map<std::string, Millis> due; //!< when the open tasks are due, by task
    std::vector<document::Wait> waits; //!< clocks that the process waits for
    std::string next;              //!< title of the step that comes next if all goes well
    bool frozen = false;
    uint64_t confirmedVersion = 0; //!< versions above are this desk's own, pending
    size_t confirmedOpinions = 0;  //!< opinions from here on are pending
};

struct PersonView {
    std::string id, name, unit, unitName, post, phonetic;
    bool head = false, clerk = false;
};
struct UnitView {
    std::string id, name, shortName, parent, code;
    bool retired = false;
    bool receives = false; //!< somebody there receives documents
};
struct MandateView {
    std::string id, principal, principalName, deputy, deputyName;
    std::vector<std::string> scopes;
    Millis from = 0, to = 0, ended = 0;
    bool mine = false;     //!< given by this person
};

//! A further device of this person that asks to be let in.
struct WaitingDevice {
    Bytes device;
    std::string name, check; //!< check: compare with what the new device shows
    Millis since = 0;
};

//! What is on this PC and nowhere else, by the titles of the documents; a title is empty where there is none yet.
struct UnsentWork {
    std::vector<std::string> drafts;    //!< never submitted
    std::vector<std::string> waiting;   //!< acts the hub has not answered
    std::vector<std::string> attention; //!< words that did not become what was meant
    std::vector<std::string> files;     //!< documents with files that the hub does not have
    [[nodiscard]] bool none() const { return drafts.empty() && waiting.empty() && attention.empty() && files.empty(); }
    bool operator==(const UnsentWork&) const = default;
};

struct Me {
    std::string person, name, unit, unitName, post, hub, province, hubAddress;
    Bytes device;
    std::string deviceName;
};

//! A store of one person on this PC, before it is opened.
struct Account {
    std::filesystem::path folder;
    std::string person, name, unitName, hubAddress;
    Millis lastUsed = 0;
};

//! People with a store under `root`.
[[nodiscard]] std::vector<Account> accounts(const std::filesystem::path& root);

//! Makes keys, asks the hub for a certificate under the code, creates the store. Blocks (network, Argon2id): call through a thread of your own, or
//! `enrol` below. Nothing is left behind on an error. Errors: Invalid (code unreadable, or the server is not a hub), Unauthenticated (hub's root is not
//! the one the code names), NotFound (code wrong, used or ended), Denied (the person may not enrol, or the device was refused), Cancelled, Unavailable, Exists (this person has a store here already), DiskFull, NetworkFs …
struct EnrolInput {
    std::string code;           //!< as given by the administrator
    crypto::Secret passphrase;
    std::string deviceName, proxy;
    std::filesystem::path root;
    std::function<void(std::string check)> waits{}; //!< by the poster, once: the device must be approved; the code is shown where that is done
    std::shared_ptr<std::atomic<bool>> cancelled{};  //!< set to end the waiting (Err::Cancelled); the hub keeps the request until somebody refuses it
    Millis askEvery = 10'000;                        //!< while it waits
    HubPreset hub{}; //!< goes before what the code says; the code must fit it (codeFit), else Invalid, Unauthenticated or, where it is in doubt, Conflict
};
void enrol(EnrolInput input, std::function<void(int step)> progress, Post post, Then<Account> then); //!< steps: 1 finding hub 2 checking it 3 keys and certificate 4 store

//! For a forgotten passphrase: writes the request the person hands to two administrators, and answers with the code both compare by voice.
//! Err::NotFound: this store has no recovery.
void recoveryRequest(std::filesystem::path folder, std::filesystem::path target, Post post, Then<std::string> then);
//! Opens the administrators' answer and sets a new passphrase. Errors of store::Vault::acceptRecovery. A store that needed the keychain gets a new secret
//! there; where the keychain keeps none, the new passphrase opens it alone, and the next unlock tries again and says so.
void acceptRecovery(std::filesystem::path folder, std::filesystem::path reply, crypto::Secret fresh, std::shared_ptr<Keychain> keychain, Post post, Then<void> then);
//! True for an error that came from the keychain, not from the store: Unavailable, Denied, Io as Keychain says; NotFound: what it holds does not open this
//! store, and two administrators must.
[[nodiscard]] bool ofKeychain(const Error& error);
//! Seconds until the next passphrase counts; 0: now.
[[nodiscard]] int lockoutSeconds(const std::filesystem::path& folder);

class Desk {
public:
    struct Options {
        bool connect = true;                       //!< false: stay offline (tests)
        Policy policy;                             //!< what the organisation fixed; its proxy goes before the person's
        std::shared_ptr<Keychain> keychain{};      //!< null: none runs here
        std::function<void(const Change&)> changed; //!< on the poster's thread
        std::function<void(const Arrival&)> arrived;
    };
    //! While Status::leaseEnded, what would give content answers Err::Denied; drafts are still saved, and backup, check and diagnosis work.
    //! Unlocks and opens a store. Purely local: needs no network. Errors: Unauthenticated (wrong passphrase; see lockout), Busy (another process has it;
    //! or lockout: the detail holds "wait <seconds>"), the keychain's (ofKeychain: no passphrase was tried), Corrupt, TooNew, ReadOnly, NetworkFs, Io.
    static void open(std::filesystem::path folder, crypto::Secret passphrase, Options options, Post post, Then<std::shared_ptr<Desk>> then);
    //! Stops threads, closes the store, wipes keys. Drafts given to saveDraft before are durable.
    ~Desk();

    [[nodiscard]] const Me& me() const;
    [[nodiscard]] Status status() const;             //!< any thread
    void retryNow();                                 //!< does not wait for the next attempt
    void reconnect();                                //!< anew, also where a connection seems to be up: the PC slept and it may be dead
    void setProxy(std::string proxy);
    [[nodiscard]] HubPolicy hubPolicy() const;       //!< any thread
    void lookAtClock();                              //!< any thread; call once a minute: the lease runs
    //! A security administrator's answer to leaseAsk: content is open again for a week. Err::Invalid: mistyped; Unauthenticated: for another desk, another
    //! week, or used already.
    void reopenLease(std::string code, Then<void> then);
    //! True if the passphrase opens the store: to unlock a locked screen without closing it. Same lockout. The keychain is not asked again.
    void checkPassphrase(crypto::Secret passphrase, Then<void> then);
    void changePassphrase(crypto::Secret old, crypto::Secret fresh, Then<void> then);

    // lists: on the reader thread; an answer may be for an older state, `changed` then follows
    void list(store::Folder folder, size_t offset, size_t limit, Then<std::vector<store::ListRow>> then);
    void rowsOf(std::vector<std::string> streams, Then<std::vector<store::ListRow>> then);
    void counts(Then<Counts> then);
    void drafts(Then<std::vector<store::DraftRow>> then);
    void outbox(Then<std::vector<OutboxView>> then); //!< waiting, then attention, newest settled last (50)
    void people(Then<std::vector<PersonView>> then);
    void units(Then<std::vector<UnitView>> then);
    void mandates(Then<std::vector<MandateView>> then);
    void waitingDevices(Then<std::vector<WaitingDevice>> then); //!< `changed.directory` tells when to ask
    //! Each call cancels the one before; a cancelled one answers Err::Cancelled.
    void search(std::string text, Then<store::SearchAnswer> then);

    void matter(std::string stream, Then<MatterView> then);
    void markRead(std::string stream);               //!< also says Open for a received document, once

    // writing
    void saveDraft(store::DraftRow draft, Then<void> then); //!< durable when it answers
    void draft(Bytes id, Then<store::DraftRow> then);
    void deleteDraft(Bytes id, Then<void> then);
    void newDraft(Then<store::DraftRow> then);       //!< with the drafter's organ, code and kind filled in
    void draftFrom(std::string stream, Then<store::DraftRow> then); //!< to revise a returned matter
    //! Seals a file into the store. Errors with their words: NotFound, Denied, TooLarge, Conflict (changed while read), DiskFull, Invalid (a folder or device).
    void attach(std::filesystem::path file, std::function<void(uint64_t done, uint64_t total)> progress, Then<wire::Attachment> then);
    //! What would be refused; empty when it may be submitted.
    void check(wire::Document document, Then<std::vector<document::Finding>> then);
    struct Done {
        Bytes id;
        std::string stream;
        wire::Outcome outcome = wire::OUTCOME_UNKNOWN; //!< predicted; APPLIED: kept and shown as pending
        wire::Reason reason = wire::REASON_NONE;
        std::string byName;
    };
    void submitDraft(store::DraftRow draft, Then<Done> then); //!< the draft is gone when it applies
    void act(std::string stream, std::string task, wire::Choice choice, std::string opinion, std::string mandate, Bytes subject, Then<Done> then);
    void addOpinion(std::string stream, std::string text, Bytes about, Then<Done> then); //!< with `about`, the old words are dealt with
    void withdraw(std::string stream, std::string reason, Then<Done> then);
    void signFor(std::string stream, std::string note, Then<Done> then);
    void giveMandate(std::string deputy, std::vector<std::string> scopes, Millis from, Millis to, Then<Done> then);
    void endMandate(std::string id, Then<Done> then);
    void approveDevice(Bytes device, bool approve, Then<Done> then); //!< false: refused for good
    void dismiss(Bytes id, Then<void> then);         //!< words under needs attention are dealt with
    void takeBack(Bytes id, Then<void> then);        //!< never sent: true undo; a submitted draft comes back as a draft

    // files
    void fetch(std::string stream, Bytes blob);      //!< asks the hub for it; resumes; `changed.blobs` tells progress
    //! Opens a sealed file into a plain one at `target` (a folder of the person's choice).
    void saveAttachment(std::string stream, Bytes blob, std::filesystem::path target, Then<void> then);

    void unsentWork(Then<UnsentWork> then);
    //! For a PC that is given away: this store is destroyed when the desk is closed, which the caller does next. Only what was `named` to the person may go with it:
    //! Err::Conflict if there is anything else by now; nothing is destroyed then.
    void remove(UnsentWork named, Then<void> then);
    void backup(std::filesystem::path target, Then<void> then);  //!< encrypted, with the wraps: with SecondFactor::On it needs this PC's keychain, or two administrators
    void diagnostics(std::filesystem::path target, Then<void> then); //!< no content, no names
    void integrity(Then<std::vector<std::string>> then);

private:
    Desk();
    class Impl;
    std::shared_ptr<Impl> m;
    friend class Impl;
    friend struct BenchDoor; // defined by the builds of the bench alone
};

} // namespace zt::desk
