#pragma once

#include "zt/base/bytes.h"
#include "zt/desk/settings.h"

#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <variant>
#include <vector>

//! What an organisation fixes for the desks of its PCs: *.json in one folder that nobody but root can write. Per key: managed, else the
//! person's, else the default. Files are read in the order of their names, a later one wins, key by key.
namespace zt::desk {

//! What the hub's policy is called where a file would be named (Managed::file).
inline constexpr const char* kHubPolicyFile = "hub";
inline constexpr const char* kPolicyFolder = "/etc/zhengtong/policy.d";

//! Why a folder, a file or a key was refused. Closed; the words are in src/policy_report.cpp.
enum class Fault {
    FolderLink, FolderOwner, FolderWritable, FolderUnreadable,            // nothing of the folder is believed
    FileKind, FileOwner, FileWritable, FileUnreadable, TooLarge, NotJson, // nothing of the file is believed
    UnknownKey, Twice, BadValue,                                          // nothing of the key is believed
};
[[nodiscard]] std::string_view name(Fault fault);

struct Refusal {
    std::string file; //!< the file's name, or the path of a folder
    std::string key;  //!< empty: the whole of it
    Fault fault = Fault::NotJson;
    size_t line = 0;  //!< of NotJson
};

//! A value the person may go below, not above.
struct AtMost {
    int minutes = 0;
    bool operator==(const AtMost&) const = default;
};

struct Managed {
    std::variant<bool, int, AtMost, std::string> value; //!< a text is the setting's own, e.g. "" for a language as the system
    std::string file;                                   //!< empty: nothing readable says so; the key is held no laxer than its default because something was refused
};

//! The hub this PC enrols at.
struct HubPreset {
    std::string address; //!< "host:port" of enrolment; empty: as the code says
    Bytes root;          //!< hash of the root certificate, 32 bytes; empty: as the code says
    bool inDoubt = false; //!< something was refused that may have said it: no enrolment until that is repaired
};

//! What a policy says of the keychain as second factor.
enum class Asked {
    No,
    Yes,
    InDoubt, //!< something was refused that may have asked for it: what is, stays
};

//! Whether a code leads to the hub of this PC.
enum class CodeFit {
    Good,
    Unreadable,
    NeedsPreset,   //!< a short code, and nothing says where the hub is
    OtherHub,      //!< the code names another root than the preset
    PresetInDoubt,
};
[[nodiscard]] CodeFit codeFit(std::string_view code, const HubPreset& hub);

class Policy {
public:
    [[nodiscard]] const Managed* find(std::string_view key) const;
    //! True where the person cannot choose. A key with AtMost is not fixed.
    [[nodiscard]] bool fixes(std::string_view key) const;
    //! The most minutes of the idle lock the person may choose; 0: any, or never.
    [[nodiscard]] int mostIdleMinutes() const;
    [[nodiscard]] HubPreset hub() const;
    //! Of this PC's policy and the hub's.
    [[nodiscard]] Asked keychain(const Policy& hub) const;
    //! What is in force for a person with these settings.
    [[nodiscard]] Settings over(Settings user) const;
    //! The person's own settings after `wanted` was chosen where `over(user)` was shown: what was not changed, or is fixed, stays as it was below the
    //! policy and is in force again when the policy goes.
    [[nodiscard]] Settings chosen(Settings user, const Settings& wanted) const;
    //! This PC's policy with the hub's: of both the stricter value holds. Stricter is the earlier lock, the keychain as second factor, and false for notifications
    //! and the tray, which leave something on the screen. Where nothing is safer (language, theme, text size, density, proxy) the PC's goes before the hub's; where the hub is, only
    //! the PC's says.
    [[nodiscard]] Policy with(const Policy& hub) const;
    [[nodiscard]] const std::vector<Refusal>& refused() const { return m_refused; }

private:
    friend Policy readPolicyTexts(const std::vector<std::pair<std::string, Bytes>>&, std::vector<Refusal>);
    [[nodiscard]] bool inDoubt(std::string_view key) const;
    std::map<std::string, Managed, std::less<>> m_managed;
    std::vector<Refusal> m_refused;
};

//! Reads a folder; none is no policy. Every folder on the way to it and every file must belong to root (or to `owner`, for tests) and be writable by nobody
//! else; links are not followed. Names that do not end in .json, and hidden ones, are left alone.
[[nodiscard]] Policy readPolicy(const std::filesystem::path& folder = kPolicyFolder, uid_t owner = 0);
//! The part without files: names with their contents, in the order in which they count; `refused` is what was refused before.
[[nodiscard]] Policy readPolicyTexts(const std::vector<std::pair<std::string, Bytes>>& files, std::vector<Refusal> refused = {});
//! A log line for each refusal: names of files and keys only.
void logPolicy(const Policy& policy);

enum class Tongue { English, Chinese };
//! A refusal in one sentence: what, and what to do.
[[nodiscard]] std::string words(const Refusal& refusal, Tongue tongue);
//! What `zhengtong --policy-report` prints: for every key the value in force and where it comes from, then what was refused and why.
//! \param hub  number of the hub's policy that `policy` was taken together with (Policy::with), 0 if the hub has none; nothing where no store is open, and the
//!             report says that the hub's is missing
[[nodiscard]] std::string policyReport(const Policy& policy, const std::filesystem::path& policyFolder, const std::filesystem::path& root, Tongue tongue, std::optional<uint64_t> hub = {});
[[nodiscard]] std::string policyReportJson(const Policy& policy, const std::filesystem::path& policyFolder, const std::filesystem::path& root, Tongue tongue, std::optional<uint64_t> hub = {});
//! The JSON Schema (draft 2020-12) of a policy file, made from the table of keys; resources/policy.schema.json is a copy.
[[nodiscard]] std::string policySchema();

} // namespace zt::desk
