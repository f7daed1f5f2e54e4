#pragma once

#include "zt/rules/process.h"
#include "zt/rules/rules.h"

#include "sync.pb.h"

#include <array>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>

//! Units, posts, people, mandates (委托), devices, administrators, definitions: the hub's directory, one stream ("dir").
//! Also the access streams ("acc/<person>"): what a person's desk should hold.
namespace zt::directory {

inline constexpr const char* kStream = "dir";
[[nodiscard]] std::string accessStream(const std::string& person);
[[nodiscard]] std::string accessOwner(const std::string& stream); //!< whose access stream it is; empty: none is

//! "1.2.3", ordered by its numbers.
struct Version {
    std::array<uint32_t, 3> parts{};
    auto operator<=>(const Version&) const = default;
    //! Exactly three numbers of at most six digits.
    [[nodiscard]] static std::optional<Version> parse(std::string_view text);
};
inline constexpr uint32_t kMostLeaseDays = 3650;
inline constexpr size_t kMostRoots = 8, kMostPolicyBytes = 32u << 10; //!< it travels in one page

struct Device {
    Bytes id, signKey, boxKey;
    std::string person, name, certificate;
    Millis enrolled = 0, revoked = 0; //!< revoked 0: in force
    bool lost = false;
    std::string reason;
    bool waiting = false; //!< a further device: it may nothing until it is approved
    std::set<std::string> approvedBy = {}; //!< administrators, while it waits

    [[nodiscard]] bool inForce() const { return !waiting && !revoked && !id.empty(); }
};
struct Admin {
    std::string id, name;
    wire::Role role = wire::ROLE_NONE;
    Bytes signKey, boxKey;
};

//! What was erased of a stream, and under which rule.
struct Erasure {
    std::string rule;                      //!< of the whole stream; empty: of some events only
    std::map<uint64_t, std::string> events; //!< version -> rule
};

//! The directory's fold; answers decide's look-ups for every kind.
struct Directory final : rules::State, rules::Context {
    [[nodiscard]] std::unique_ptr<rules::State> clone() const override { return std::make_unique<Directory>(*this); }

    [[nodiscard]] std::optional<rules::Person> person(const std::string& id) const override;
    [[nodiscard]] std::optional<rules::Unit> unit(const std::string& id) const override;
    [[nodiscard]] std::vector<rules::Post> postsOf(const std::string& person) const override;
    [[nodiscard]] std::vector<rules::Post> postsIn(const std::string& unit) const override;
    [[nodiscard]] std::vector<rules::Post> postsTitled(const std::string& title, const std::string& unit) const override;
    [[nodiscard]] std::optional<Millis> postEnded(const std::string& person, const std::string& unit, const std::string& title) const override;
    [[nodiscard]] std::optional<rules::Mandate> mandate(const std::string& id) const override;
    [[nodiscard]] std::vector<rules::Mandate> mandatesFor(const std::string& principal) const override;
    [[nodiscard]] const rules::Process* process(const std::string& id) const override;
    [[nodiscard]] const rules::Process* processOf(const Bytes& hash) const override;
    [[nodiscard]] const process::Calendar& calendar() const override { return *workingTime; }
    [[nodiscard]] Bytes calendarHash() const override;
    [[nodiscard]] wire::Role role(const std::string& admin) const override;
    [[nodiscard]] uint32_t level() const override { return raisedLevel; }
    [[nodiscard]] bool erased(const std::string& stream) const override { return erasures.count(stream) > 0; }
    //! The rule under which an event was erased; null if it was not.
    [[nodiscard]] const std::string* erasedRule(const std::string& stream, uint64_t version) const;
    [[nodiscard]] bool erasedWhole(const std::string& stream) const;
    //! True if a new device of this person must be approved: there is one that can.
    [[nodiscard]] bool hasDevice(const std::string& person) const;

    std::map<std::string, rules::Person> people;
    std::map<std::string, rules::Unit> units;
    std::vector<rules::Post> posts;
    std::map<std::tuple<std::string, std::string, std::string>, Millis> endedPosts; //!< (person, unit, title) -> when
    std::map<std::string, rules::Mandate> mandates;
    std::map<std::string, std::shared_ptr<const rules::Published>> processes; //!< by id: what was published last
    std::map<Bytes, std::shared_ptr<const rules::Published>> everyProcess;    //!< by hash: matters run on what they began with
    std::string calendarText; //!< as published; empty: none was, and Monday to Friday count
    std::shared_ptr<const process::Calendar> workingTime = std::make_shared<const process::Calendar>();
    std::map<Bytes, Device> devices;
    std::map<std::string, Admin> admins;
    std::map<std::string, Erasure> erasures; //!< by stream, for ever: what comes back after a restore must meet it
    wire::PutPolicy policy; //!< number 0: none was put
    uint32_t raisedLevel = 1;
    //! Version of the last change of posts, mandates, suspensions, revocations or definitions: what a decision may rest on.
    uint64_t authorityVersion = 0;
};

//! Who may write: a person his own mandates (give, end); a system administrator units, people, posts, definitions, level; a security
//! administrator devices, suspensions, roles, recoveries, the desks' policy, whose number only rises, and erasures that an audit administrator has signed too. A further
//! device is approved by a device of the person's own, or by two administrators; either may refuse it. A device's later certificate is the hub's own word. The first roles of an empty directory are put by the hub itself
//! (no person), as are device enrolments, which rest on a code a security administrator made. Nobody gives himself a role. What is so
//! already is DUPLICATE. A definition is published only if every matter can go through it (see wrong() in directory.cpp).
const rules::Kind& directoryKind();

//! The facts a directory rests on, and no more: what replaced nothing and was replaced by nothing. Folded by foldKept they give the same directory.
//! That of a directory that is frozen is not told.
[[nodiscard]] std::vector<wire::KeptFact> keptFacts(const Directory& directory);
//! Into a new directory, pages in order. A fact of a kind this programme does not know freezes it.
void foldKept(Directory& directory, const wire::KeptFacts& facts, uint64_t version, const Bytes& head);

//! Names of streams, and whether each is granted still. A person may have had a hundred thousand, and a hub has many persons on the line: names of the usual form,
//! "<kind>/<32 hex digits>", take a third of what their text would.
class Grants {
public:
    void put(std::string_view stream, bool held);
    [[nodiscard]] bool holds(std::string_view stream) const; //!< false too for one never granted
    [[nodiscard]] std::vector<std::pair<std::string, bool>> all() const; //!< by name, kind by kind; unusual names behind them

private:
    using Id = std::array<char, 16>;
    static std::optional<Id> idIn(std::string_view stream, size_t slash);
    std::map<std::string, std::map<Id, bool>, std::less<>> m_usual; //!< by what stands before the id, the slash in it
    std::map<std::string, bool, std::less<>> m_others;
};

struct Access final : rules::State {
    [[nodiscard]] std::unique_ptr<rules::State> clone() const override { return std::make_unique<Access>(*this); }
    Grants granted;
};
const rules::Kind& accessKind();

} // namespace zt::directory
