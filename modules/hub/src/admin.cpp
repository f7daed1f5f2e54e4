#include "zt/hub/admin.h"

#include "zt/base/id.h"
#include "zt/base/text.h"
#include "zt/crypto/hash.h"
#include "zt/rules/process.h"
#include "zt/wire/sealing.h"

#include <algorithm>
#include <map>

namespace zt::hub {

namespace {

constexpr const char* kKeyFile = "zhengtong-admin-key 1";
constexpr size_t kGroup = 500;

std::string label(const AdminKeyLabel& l)
{
    return std::string(kKeyFile) + "\nid: " + l.id + "\nname: " + l.name + "\nrole: " + roleName(l.role) + "\nhub: " + l.hub + "\n";
}

wire::Role roleOf(const std::string& name)
{
    for (const auto role : {wire::ROLE_SYSTEM, wire::ROLE_SECURITY, wire::ROLE_AUDIT})
        if (roleName(role) == name) return role;
    return wire::ROLE_NONE;
}

struct KeyFile {
    AdminKeyLabel label;
    Bytes sealed;
};

Result<KeyFile> parseKeyFile(const std::string& text)
{
    KeyFile out;
    std::map<std::string, std::string> lines;
    size_t at = text.find('\n');
    if (text.substr(0, at) != kKeyFile) return fail(Err::Corrupt, "not an administrator's key file");
    while (at != std::string::npos && at + 1 < text.size()) {
        const size_t end = text.find('\n', at + 1);
        const std::string line = text.substr(at + 1, end == std::string::npos ? end : end - at - 1);
        if (const size_t colon = line.find(": "); colon != std::string::npos) lines[line.substr(0, colon)] = line.substr(colon + 2);
        at = end;
    }
    out.label = {lines["id"], lines["name"], lines["hub"], roleOf(lines["role"])};
    const auto sealed = unhex(lines["key"]);
    if (out.label.id.empty() || out.label.role == wire::ROLE_NONE || !sealed) return fail(Err::Corrupt, "administrator's key file");
    out.sealed = *sealed;
    return out;
}

constexpr size_t kSecretSize = 64 + crypto::kHashSize; // signing seed, box secret, hash of the clear lines

} // namespace

AdminKey makeAdminKey(std::string id, std::string name, wire::Role role, std::string hub, Random& random)
{
    return {std::move(id), cleanLine(name), std::move(hub), role, crypto::SigningKey::generate(random), crypto::BoxKey::generate(random)};
}

std::string roleName(wire::Role role)
{
    switch (role) {
    case wire::ROLE_SYSTEM: return "system";
    case wire::ROLE_SECURITY: return "security";
    case wire::ROLE_AUDIT: return "audit";
    default: return {};
    }
}

Result<void> writeAdminKey(const AdminKey& key, const std::filesystem::path& file, const crypto::Secret& passphrase, const crypto::KdfParams& cost)
{
    const std::string clear = label({key.id, key.name, key.hub, key.role});
    const Bytes bound = crypto::hash("zt-admin-key-1", {clear});
    crypto::Secret secret(kSecretSize);
    const crypto::Secret seed = key.sign.seed();
    std::copy_n(seed.data(), 32, secret.data());
    std::copy_n(key.box.secretKey.data(), 32, secret.data() + 32);
    std::copy_n(bound.data(), bound.size(), secret.data() + 64);
    ZT_LET(sealed, crypto::wrapWithPassphrase(secret, passphrase.view(), cost));
    return writeNewFile(file, clear + "key: " + hex(sealed) + "\n");
}

Result<AdminKeyLabel> readAdminKeyLabel(const std::filesystem::path& file)
{
    ZT_LET(text, readFile(file, 64u << 10));
    ZT_LET(parsed, parseKeyFile(text));
    return parsed.label;
}

Result<AdminKey> readAdminKey(const std::filesystem::path& file, const crypto::Secret& passphrase)
{
    ZT_LET(text, readFile(file, 64u << 10));
    ZT_LET(parsed, parseKeyFile(text));
    ZT_LET(secret, crypto::unwrapWithPassphrase(parsed.sealed, passphrase.view()));
    if (secret.size() != kSecretSize || secret.view().substr(64) != crypto::hash("zt-admin-key-1", {label(parsed.label)}))
        return fail(Err::Corrupt, "administrator's key file: its clear lines were changed");
    ZT_LET(sign, crypto::SigningKey::fromSeed(crypto::Secret(secret.view().substr(0, 32))));
    ZT_LET(box, crypto::BoxKey::fromSecret(crypto::Secret(secret.view().substr(32, 32))));
    return AdminKey{parsed.label.id, parsed.label.name, parsed.label.hub, parsed.label.role, std::move(sign), std::move(box)};
}

Result<void> putFirstRoles(Core& core, const std::vector<const AdminKey*>& keys)
{
    for (const AdminKey* key : keys) {
        wire::Command c;
        auto& put = *c.mutable_put_role();
        put.set_admin(key->id);
        put.set_name(key->name);
        put.set_role(key->role);
        put.set_sign_key(key->sign.publicKey());
        put.set_box_key(key->box.publicKey);
        ZT_TRY(core.submitOwn(directory::kStream, std::move(c)));
    }
    return {};
}

Result<void> checkRole(const Core& core, const AdminKey& key, wire::Role role)
{
    if (key.hub != core.config().hub) return fail(Err::Denied, "the key is of another hub");
    const auto& admins = core.directory().admins;
    const auto it = admins.find(key.id);
    if (it == admins.end() || it->second.signKey != key.sign.publicKey()) return fail(Err::Denied, "the directory does not know this key");
    if (role != wire::ROLE_NONE && it->second.role != role)
        return fail(Err::Denied, "this takes the " + roleName(role) + " administrator's key; the one given is the " + roleName(it->second.role) + " administrator's");
    return {};
}

Result<Sent> sendAs(Core& core, const AdminKey& key, const std::vector<wire::Command>& bodies, Random& random)
{
    ZT_TRY(checkRole(core, key, wire::ROLE_NONE));
    Sent out;
    for (size_t from = 0; from < bodies.size() && !out.refused; from += kGroup) {
        std::vector<Core::Door> doors;
        const auto& dir = core.directory();
        const wire::HubTime time = core.time();
        for (size_t i = from; i < std::min(from + kGroup, bodies.size()); ++i) {
            wire::Command c = bodies[i];
            c.set_id(newId(core.clock(), random));
            c.set_hub(key.hub);
            c.set_stream(directory::kStream);
            c.set_person(key.id);
            c.set_level(wire::levelOf(c));
            c.set_head_version(dir.version);
            c.set_head_hash(dir.head);
            c.set_incarnation(core.log().incarnation());
            c.set_hub_time_ms(time.ms());
            c.set_hub_time_sig(time.signature());
            c.set_desk_time_ms(core.clock().now());
            doors.push_back({{key.id, {}}, wire::signCommand(c, key.sign), false});
        }
        ZT_LET(answers, core.submit(doors));
        for (size_t i = 0; i < answers.size(); ++i) {
            if (!answers[i].receipt) return fail(Err::Denied, "refused at the door: " + wire::Refused::Why_Name(answers[i].refused.value_or(wire::Refused::MALFORMED)));
            const auto outcome = answers[i].receipt->outcome();
            if (outcome == wire::APPLIED || outcome == wire::APPLIED_LATE) ++out.applied;
            else if (outcome == wire::DUPLICATE) ++out.unchanged;
            else if (!out.refused) {
                out.refused = answers[i].receipt;
                out.refusedAt = from + i;
            }
        }
    }
    return out;
}

Result<wire::Definition> readDefinition(BytesView bpmn)
{
    wire::Definition d;
    d.set_bpmn(Bytes(bpmn));
    ZT_LET(process, rules::readProcess(d));
    d.set_id(process->id);
    return d;
}

process::Words wrongWith(const wire::Definition& definition)
{
    const auto process = rules::readProcess(definition);
    if (!process) return {"文件无法读取：" + process.error().detail, process.error().detail};
    const auto findings = rules::findings(**process);
    if (process::sound(findings)) return {};
    process::Words out;
    for (const auto& f : findings)
        if (f.severity == process::Finding::Severity::Error || f.code == "unproved")
            out = out + (out.en.empty() ? process::Words{} : process::Words{"\n", "\n"}) + f.what + process::Words{"；", "; "} + f.todo;
    return out;
}

} // namespace zt::hub
