#pragma once

#include "zt/base/result.h"
#include "zt/crypto/secret.h"
#include "zt/hub/admin.h"
#include "zt/hub/erasure.h"
#include "zt/hub/evidence.h"
#include "zt/hub/folder.h"
#include "zt/process/definition.h"

#include <CLI/CLI.hpp>
#include <string>

//! What all subcommands share: words, exit codes, passphrases.
namespace zt::ctl {

constexpr int kOk = 0, kFailed = 1, kUsage = 2, kTampered = 3;

//! Thrown by a subcommand, caught in main only: the line to print and the exit code. CLI11 runs subcommands as callbacks without a result.
struct Exit {
    int code = kFailed;
    std::string words;
};
[[noreturn]] void stop(std::string words, int code = kFailed);
//! The value, or the end with "what: why, and what to do".
template <class T>
T need(Result<T> result, const std::string& what);
void need(Result<void> result, const std::string& what);
//! Why, in words that say what to do.
[[nodiscard]] std::string words(const Error& error);

[[nodiscard]] hub::Language language();
[[nodiscard]] std::string words(const process::Words& both); //!< in that language
void setLanguage(const std::string& name); //!< "en", "zh", "" as the environment says

//! From the first line of a file if one is named, else asked on the terminal without echo (twice if `fresh`).
[[nodiscard]] crypto::Secret passphrase(const std::string& file, const std::string& prompt, bool fresh = false, int line = 1);

//! The hub's folder; the same with its log, open and read in.
[[nodiscard]] hub::HubFolder openFolder(const std::string& data);
[[nodiscard]] hub::OpenHub openHub(const std::string& data);

//! Puts another hub.json in place.
void setConfig(const hub::HubFolder& folder, const hub::HubConfig& config);

//! An administrator's key with its options.
struct AdminOption {
    std::string data, file, passphraseFile;
    void add(CLI::App& app, const std::string& role);
    [[nodiscard]] hub::AdminKey read() const;
};
//! Why the hub refused what was sent with this key, and what to do.
[[nodiscard]] std::string refusal(const wire::Receipt& receipt, const hub::AdminKey& key);
//! Sends bodies with the key; ends with words if one is refused.
hub::Sent send(hub::OpenHub& hub, const AdminOption& admin, const std::vector<wire::Command>& bodies);
hub::Sent send(hub::OpenHub& hub, const hub::AdminKey& key, const std::vector<wire::Command>& bodies);

//! Folder of what is installed beside the programme: demo data, definitions.
[[nodiscard]] std::string share(const std::string& file);
[[nodiscard]] std::vector<std::string> standardDefinitions();
//! Commands that publish the definitions in these BPMN files; ends with words if one cannot be read or matters could not run on it.
[[nodiscard]] std::vector<wire::Command> definitionsIn(const std::vector<std::string>& files);
//! The command that publishes the working-day calendar in this file; ends with words that name the line if it cannot be read.
[[nodiscard]] wire::Command calendarIn(const std::string& file);
[[nodiscard]] std::string standardCalendar();

template <class T>
T need(Result<T> result, const std::string& what)
{
    if (!result) stop(what + ": " + words(result.error()));
    return std::move(*result);
}

// ---- the subcommands, each adding itself ----
void addProvince(CLI::App& app);  //!< create
void addPeople(CLI::App& app);    //!< import, enrol-code
void addDirectory(CLI::App& app); //!< unit, post, person, device, definition, calendar, level
void addPolicy(CLI::App& app);    //!< policy set, policy show, lease-code
void addCare(CLI::App& app);      //!< backup, restore, backup-keys, restore-keys, status, check
void addLog(CLI::App& app);       //!< log migrate, log renew
void addErase(CLI::App& app);     //!< erase list, approve, run
void addEvidence(CLI::App& app);  //!< export, verify
void addDemo(CLI::App& app);
void addDoctor(CLI::App& app);    //!< doctor
void addDmnTck(CLI::App& app);    //!< dmn-tck
void addBpmn(CLI::App& app);      //!< bpmn
void addSimulate(CLI::App& app);  //!< simulate
void addRecovery(CLI::App& app);  //!< recovery create, step1, step2

struct NewProvince {
    hub::ProvinceOptions options;
    std::string data, adminDir;
    crypto::KdfParams cost;
    std::vector<crypto::Secret> passphrases; //!< system, security, audit
};
struct Created {
    hub::OpenHub hub;
    std::vector<hub::AdminKey> admins; //!< system, security, audit
    std::vector<std::string> files; //!< key files, then the recovery bundle
};
[[nodiscard]] Created createWithAdmins(NewProvince what);
size_t importPeople(hub::OpenHub& hub, const hub::AdminKey& key, const std::string& file, bool checkOnly);
[[nodiscard]] std::string enrolCode(hub::OpenHub& hub, const std::string& person, int days, bool brief = false);

} // namespace zt::ctl
