#pragma once

#include "zt/crypto/box.h"
#include "zt/crypto/sign.h"
#include "zt/hub/core.h"
#include "zt/hub/import.h"
#include "zt/process/definition.h"

#include <filesystem>

//! What zhengtong-ctl does, apart from its command line. One thread; not the hub's.
namespace zt::hub {

//! An administrator: an id in the directory, one role, a signing key, a key for recovery. System: units, people, posts, processes, level.
//! Security: devices, suspensions, roles, enrolment codes, recovery. Audit: exports. Nobody holds two roles with one key.
struct AdminKey {
    std::string id, name, hub;
    wire::Role role = wire::ROLE_NONE;
    crypto::SigningKey sign;
    crypto::BoxKey box;
};
[[nodiscard]] AdminKey makeAdminKey(std::string id, std::string name, wire::Role role, std::string hub, Random& random);
//! "system", "security", "audit"; empty for none.
[[nodiscard]] std::string roleName(wire::Role role);

//! A key file: who it is in clear, the secrets under the passphrase. Created 0600; an existing file is not replaced (Err::Exists).
[[nodiscard]] Result<void> writeAdminKey(const AdminKey& key, const std::filesystem::path& file, const crypto::Secret& passphrase,
                                         const crypto::KdfParams& cost);
//! Err::NotFound, Unauthenticated (wrong passphrase), Corrupt (not such a file, or damaged: the clear lines are bound to the secrets).
[[nodiscard]] Result<AdminKey> readAdminKey(const std::filesystem::path& file, const crypto::Secret& passphrase);
//! Only what is in clear: id, name, hub, role. For asking for the right passphrase.
struct AdminKeyLabel {
    std::string id, name, hub;
    wire::Role role = wire::ROLE_NONE;
};
[[nodiscard]] Result<AdminKeyLabel> readAdminKeyLabel(const std::filesystem::path& file);

//! Puts the first administrators of an empty directory, on the hub's own word.
[[nodiscard]] Result<void> putFirstRoles(Core& core, const std::vector<const AdminKey*>& keys);

//! What became of commands sent with an administrator's key.
struct Sent {
    size_t applied = 0, unchanged = 0;      //!< unchanged: already so
    std::optional<wire::Receipt> refused;   //!< the first one refused; nothing behind its group was sent
    size_t refusedAt = 0;
};
//! Signs and sends bodies on the directory, in order and in groups. Err::Denied: the key is of another hub, or is not (any more) the one the
//! directory knows under its id.
[[nodiscard]] Result<Sent> sendAs(Core& core, const AdminKey& key, const std::vector<wire::Command>& bodies, Random& random);
//! Err::Denied unless the key is in force for that role.
[[nodiscard]] Result<void> checkRole(const Core& core, const AdminKey& key, wire::Role role);

//! A process definition from a BPMN file: of several processes the first executable one. Err::Invalid with the reason.
[[nodiscard]] Result<wire::Definition> readDefinition(BytesView bpmn);
//! What keeps matters from running on it and what to do, a line each; both empty if nothing does.
[[nodiscard]] process::Words wrongWith(const wire::Definition& definition);

//! Reads a whole file. Err::NotFound, Denied, TooLarge, Io.
[[nodiscard]] Result<Bytes> readFile(const std::filesystem::path& file, size_t limit);
//! Writes a new file, 0600 unless `readable`, synced. Err::Exists, Denied, DiskFull, Io.
[[nodiscard]] Result<void> writeNewFile(const std::filesystem::path& file, BytesView bytes, bool readable = false);
//! In place of what was there, whole or not at all, by way of `file`.new.
[[nodiscard]] Result<void> replaceFile(const std::filesystem::path& file, BytesView bytes, bool readable = false);

} // namespace zt::hub
