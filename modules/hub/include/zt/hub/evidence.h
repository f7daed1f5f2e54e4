#pragma once

#include "sync.pb.h"
#include "zt/base/bytes.h"
#include "zt/base/clock.h"
#include "zt/crypto/sign.h"
#include "zt/hub/event_log.h"
#include "zt/rules/rules.h"

#include <optional>
#include <string>
#include <vector>

//! Evidence: one matter taken out of the hub with all that its signatures rest on, and its examination without the hub.
//!
//! An export holds whole streams, every event of each. Events of the directory and of a register that do not concern the matter are
//! there with their body left out (erased_rule kWithheld): the chain still verifies. What was erased is shown with its rule, and is good only if the
//! directory's record of that erasure is there too. checkpoints[i] is the seal of the
//! i-th stream, the directory's last: position = its last version, root = its last hash, signed under "zt-head-1" with the stream's name; without
//! it an end that was cut off would not show. A further checkpoint is the log's own at the time of the export.
namespace zt::hub {

inline constexpr const char* kWithheld = "withheld";
constexpr size_t kMaxExportBytes = 1u << 30;

//! The matter's stream, the receiving units' streams it led to, the registers its number comes from, the directory.
//! Err::NotFound: no such matter, or the name is not a matter's.
[[nodiscard]] Result<wire::Export> exportMatter(EventLog& log, const std::string& hub, const std::string& matter, const std::string& ca,
                                                const wire::Checkpoint& now, const crypto::SigningKey& hubKey);
//! Signs the heads of what the export holds; exportMatter does it last.
void sealExport(wire::Export& out, const crypto::SigningKey& hubKey);

enum class RestsOn {
    Person,        //!< a signature under a key enrolled for the person
    Administrator, //!< a signature under an administrator's key
    Hub,           //!< the hub's word alone: follow-ups, enrolments by code, the first roles
    Nothing,       //!< the body is gone (erased) or was left out; only its place in the chain is shown
};

//! What does not check.
enum class Flaw {
    None,
    HubKey,         //!< the export's hub key is not the one given
    Root,           //!< the export's root certificate is not the one given
    Order,          //!< another version stands in this place
    Missing,        //!< the event is not there
    Header,         //!< stream, version, time, level or another part of the event's head was changed
    BodyChanged,    //!< body or salt do not give the chained hash
    BodyForm,       //!< the body cannot be read
    NoCause,        //!< neither a signed command nor an event it follows from
    Signature,      //!< the command's signature is not good under the key of whoever is named
    UnknownKey,     //!< the device or administrator named had no key then
    Revoked,        //!< the device was revoked before
    OtherCommand,   //!< the signed command is for another stream, hub or person
    Replayed,       //!< the same signed command stands behind an earlier event
    History,        //!< the person signed on another history than the one before it
    Facts,          //!< the event says something else than the person signed
    NoPersonsKey,   //!< a person's act without a person's signature
    FollowUpId,     //!< the id does not derive from the event it names
    FollowUpOther,  //!< not what the rules make of the event it names
    Certificate,    //!< a device's certificate is not of the root or not for the key
    Seal,           //!< the hub's signature over the streams' heads or a checkpoint is not good
    Unrecorded,     //!< what it said is gone, and no administrator's record in the directory says so
    TooNew,         //!< written by a newer version: not judged, not called good
};

struct Examined {
    std::string stream;
    uint64_t version = 0;
    Millis time = 0;
    std::string act;      //!< name of the command, e.g. "act", "assign_number"
    RestsOn restsOn = RestsOn::Nothing;
    std::string person, name; //!< who signed; the name as the directory or the event says it
    Bytes device;
    std::string erasedRule;   //!< not empty: erased under it, or kWithheld
    bool timeUnproven = false;//!< signed before, decided after the device was revoked
    Flaw flaw = Flaw::None;
};

struct Verdict {
    bool good = false;
    std::optional<Examined> first;    //!< the first event that was tampered with; stream empty: the export as a whole
    std::vector<Examined> events;     //!< of all streams but the directory's, in the export's order
    std::vector<Examined> directory;  //!< only those with a body
    size_t persons = 0, administrators = 0, hub = 0, erased = 0, withheld = 0, flaws = 0;
    bool hubKeyProven = false;        //!< the hub key was given and is the one
    bool rootProven = false;          //!< the root was given and is the one
    Bytes hubKey;
    Bytes rootHash;
    Millis sealed = 0;                //!< when the hub signed the heads
};

//! What the examiner knows from elsewhere. Without either, an export can only be shown to agree with itself.
struct Trust {
    Bytes hubKey;   //!< 32 bytes or empty
    std::string ca; //!< PEM or empty
};

//! Pure; any thread. Safe on any bytes an export can hold. Looks at everything: later flaws are named at their events too.
[[nodiscard]] Verdict examine(const wire::Export& evidence, const rules::Catalogue& catalogue, const Trust& trust);
//! Err::Invalid: not an export; TooLarge.
[[nodiscard]] Result<wire::Export> parseExport(BytesView bytes);

enum class Language { English, Chinese };
//! One line for a flaw.
[[nodiscard]] std::string words(Flaw flaw, Language language);
[[nodiscard]] std::string words(RestsOn restsOn, Language language);
//! The report for people: verdict, first flaw, every event with what it rests on.
[[nodiscard]] std::string report(const Verdict& verdict, Language language);

} // namespace zt::hub
