#pragma once

#include "zt/hub/admin.h"

#include <map>

//! Erasure, apart from its command line: what is due, the list that two administrators sign, what is done with it. Reads of a matter what a retention
//! rule asks for (finished when, of what kind) and tells counts, never what it says. One thread; not the hub's.
namespace zt::hub {

//! Who destroys what: the list of one occasion (销毁清册), in parts as large as one command holds. The audit administrator approves it, the security
//! administrator sends it; neither can alone.
struct EraseList {
    std::string hub;
    std::vector<wire::Erase> erasures;
    [[nodiscard]] size_t parts() const;
};
//! Readable JSON: the rule, names of streams and versions, the approvals. \see parseEraseList
[[nodiscard]] std::string formatEraseList(const EraseList& list);
//! Err::Invalid: not such a list; TooLarge.
[[nodiscard]] Result<EraseList> parseEraseList(BytesView bytes);

struct Retention {
    std::string rule;     //!< its name, as it will stand in the place of what was erased; it names no matter
    Millis endedBefore = 0;
    std::string kind;     //!< of document; empty: any
};
struct DueCount {
    size_t streams = 0, events = 0;
};
struct Due {
    EraseList list; //!< not approved
    std::map<std::string, DueCount> byKind;
};
//! All that is finished, of that kind, since before that time, and not erased yet.
[[nodiscard]] Result<Due> dueUnder(Core& core, const Retention& retention);
//! One event (or with version 0 a stream). Err::NotFound: not there; Denied: not finished; Exists: erased already.
[[nodiscard]] Result<Due> listOne(Core& core, const std::string& rule, const std::string& stream, uint64_t version);

//! Signs every part. Err::Denied unless it is the audit administrator's key, in force.
[[nodiscard]] Result<void> approve(EraseList& list, const Core& core, const AdminKey& audit);

struct Erased {
    size_t streams = 0, events = 0; //!< as listed
    size_t files = 0;               //!< deleted since nothing names them any more
    std::optional<wire::Receipt> refused;
};
//! Sends the list, part by part, with the security administrator's key; then looks through the log for files that only the erased events named, and deletes
//! them from `files`. What is left undone by an interruption is done by the next call: erasing again is no error, and the files to look for are kept in
//! `pending` until they were looked for. Err::Denied: no approval, or the keys' roles.
//! \param progress  called with positions of the log while files are looked for
[[nodiscard]] Result<Erased> eraseListed(Core& core, const EraseList& list, const AdminKey& security, Random& random, const std::filesystem::path& files,
                                         const std::filesystem::path& pending, const std::function<void(uint64_t position)>& progress = {});

//! Err::Corrupt names the first event whose body is gone without a record of it in the directory.
[[nodiscard]] Result<void> checkErasures(EventLog& log);

} // namespace zt::hub
