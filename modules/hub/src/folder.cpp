#include "zt/hub/folder.h"

#include "sqlite_codes.h"
#include "zt/base/text.h"
#include "zt/catalogue/catalogue.h"
#include "zt/crypto/pki.h"
#include "zt/hub/sqlite_log.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zt::hub {

namespace fs = std::filesystem;

namespace {

constexpr Millis kDay = 86'400'000;
constexpr Millis kRootLife = 7300 * kDay;
constexpr size_t kSeed = 32;

Error ioError(const std::string& what)
{
    const Err kind = errno == ENOSPC || errno == EDQUOT ? Err::DiskFull : errno == EACCES || errno == EPERM ? Err::Denied : errno == EROFS ? Err::ReadOnly
        : errno == EEXIST                               ? Err::Exists : errno == ENOENT ? Err::NotFound : Err::Io;
    return fail(kind, what + ": " + std::strerror(errno));
}

//! Written whole and synced under a temporary name, then put in place.
Result<void> writeFile(const fs::path& file, BytesView bytes, mode_t mode)
{
    const fs::path part = file.string() + ".new";
    ::unlink(part.c_str());
    const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) return ioError(file.filename());
    bool ok = true;
    for (size_t done = 0; ok && done < bytes.size();) {
        const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR) continue;
        ok = n > 0;
        if (ok) done += size_t(n);
    }
    ok = ok && ::fchmod(fd, mode) == 0 && ::fsync(fd) == 0;
    const int error = errno;
    ::close(fd);
    errno = error;
    if (!ok || ::rename(part.c_str(), file.c_str()) != 0) return ioError(file.filename());
    return {};
}

Result<Bytes> readFile(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(Err::NotFound, file.filename().string() + ": cannot be read");
    return Bytes(std::istreambuf_iterator<char>(in), {});
}

Result<Bytes> readKeyFile(const HubFolder::KeyFile& key)
{
    const fs::path& file = key.path;
    struct stat s {};
    if (::stat(file.c_str(), &s) != 0) return fail(Err::NotFound, file.filename().string() + ": is missing");
    // systemd lets the service's account read a credential by an access list, which shows as a right of the group.
    if (s.st_mode & (key.credential ? 037 : 077)) return fail(Err::Denied, file.filename().string() + ": others may read this key; run chmod 600 on it");
    return readFile(file);
}

Result<crypto::Secret> readSeed(const HubFolder::KeyFile& file)
{
    ZT_LET(bytes, readKeyFile(file));
    if (bytes.size() != kSeed) return fail(Err::Corrupt, file.path.filename().string() + ": must hold 32 bytes");
    crypto::Secret secret(bytes);
    crypto::wipe(bytes);
    return secret;
}

Result<crypto::SigningKey> readSigningKey(const HubFolder::KeyFile& file)
{
    ZT_LET(seed, readSeed(file));
    return crypto::SigningKey::fromSeed(seed);
}

Result<void> writeServer(const HubFolder& folder, const crypto::SigningKey& ca, const std::vector<std::string>& hosts, const Clock& clock, Random& random)
{
    if (hosts.empty()) return fail(Err::Invalid, "hosts: name at least one");
    if (folder.keyFile(HubFolder::Key::Tls).credential) return fail(Err::Denied, "tls_key: comes as a credential; make the certificate where the key is kept");
    const auto key = crypto::SigningKey::generate(random);
    ZT_LET(root, folder.caPem());
    crypto::CertRequest request{hosts.front(), hosts, key.publicKey(), clock.now() - kDay, clock.now() + 730 * kDay, true};
    ZT_LET(certificate, crypto::issue(ca, root, request));
    ZT_LET(pem, crypto::privateKeyPem(key));
    ZT_TRY(writeFile(folder.file(folder.config().tlsKey), pem, 0600));
    crypto::wipe(pem);
    return writeFile(folder.file(folder.config().tlsCertificate), certificate, 0644);
}

} // namespace

fs::path HubFolder::file(const std::string& configured) const { return m_dir / configured; }

HubFolder::KeyNames HubFolder::names(const HubConfig& config, Key key)
{
    switch (key) {
    case Key::Tls: return {"zhengtong.tls_key", config.tlsKey};
    case Key::Ca: return {"zhengtong.ca_key", config.caKey};
    case Key::Sign: return {"zhengtong.sign_key", config.signKey};
    case Key::Rest: break;
    }
    return {"zhengtong.rest_key", config.restKey};
}

HubFolder::KeyFile HubFolder::keyFile(Key key) const
{
    const KeyNames called = names(m_config, key);
    if (const char* given = std::getenv("CREDENTIALS_DIRECTORY"); given && *given) {
        const fs::path path = fs::path(given) / called.credential;
        if (std::error_code code; fs::exists(path, code)) return {path, true};
    }
    return {file(called.file), false};
}

Result<HubFolder> HubFolder::open(const fs::path& dir, const LogEngine* postgres)
{
    HubFolder f;
    f.m_postgres = postgres;
    f.m_dir = dir;
    ZT_LET(text, readFile(dir / "hub.json"));
    ZT_LET(config, parseConfig(text));
    f.m_config = std::move(config);
    const HubConfig& c = f.m_config;
    if (!c.postgresql.empty() && !postgres) return fail(Err::Unsupported, "postgresql: this programme does not know PostgreSQL");
    std::vector<std::string> needed = {c.tlsCa, c.tlsCertificate};
    if (c.postgresql.empty()) needed.push_back(c.database);
    for (const auto& name : needed)
        if (std::error_code code; !fs::exists(f.file(name), code)) return fail(Err::NotFound, name + ": is missing from the data folder");
    for (const Key key : kKeys) {
        ZT_LET(bytes, f.keyBytes(key));
        crypto::wipe(bytes);
    }
    return f;
}

Result<std::string> HubFolder::caPem() const { return readFile(file(m_config.tlsCa)); }
Result<std::string> HubFolder::serverPem() const { return readFile(file(m_config.tlsCertificate)); }
Result<Bytes> HubFolder::keyBytes(Key key) const { return readKeyFile(keyFile(key)); }
Result<std::string> HubFolder::serverKeyPem() const { return keyBytes(Key::Tls); }
Result<crypto::SigningKey> HubFolder::caKey() const { return readSigningKey(keyFile(Key::Ca)); }
Result<crypto::SigningKey> HubFolder::signKey() const { return readSigningKey(keyFile(Key::Sign)); }
Result<crypto::Secret> HubFolder::restKey() const { return readSeed(keyFile(Key::Rest)); }

Result<std::unique_ptr<KeptLog>> HubFolder::openLog(Random& random) const
{
    ZT_LET(key, restKey());
    if (!m_config.postgresql.empty()) return m_postgres->open(m_config.postgresql, key, random);
    ZT_LET(log, SqliteLog::open(file(m_config.database), key, random));
    return log;
}

Result<std::unique_ptr<EnrolCodes>> HubFolder::openCodes() const
{
    return m_config.postgresql.empty() ? SqliteCodes::open(file(m_config.database)) : m_postgres->codes(m_config.postgresql);
}

Result<HubFolder> createProvince(const fs::path& dir, const ProvinceOptions& o, const Clock& clock, Random& random)
{
    std::error_code code;
    if (fs::exists(dir, code) && !fs::is_empty(dir, code)) return fail(Err::Exists, "the folder is not empty");
    if (o.hosts.empty()) return fail(Err::Invalid, "hosts: name at least one");
    fs::create_directories(dir / "blobs", code);
    if (code) return fail(Err::Io, "the folder cannot be made: " + code.message());
    fs::permissions(dir, fs::perms::owner_all, code);

    HubFolder f;
    f.m_dir = dir;
    HubConfig& c = f.m_config;
    c.hubId = o.hubId.empty() ? "hub-" + hex(random.bytes(6)) : o.hubId;
    c.province = cleanLine(o.province);
    const bool v6 = o.hosts.front().find(':') != std::string::npos;
    c.publicAddress = (v6 ? "[" + o.hosts.front() + "]" : o.hosts.front()) + ":" + std::to_string(o.port);
    c.listen = o.bind + ":" + std::to_string(o.port);
    c.enrolListen = o.bind + ":" + std::to_string(o.enrolPort);
    c.recoveryKey = o.recoveryKey;
    const std::string json = formatConfig(c);
    ZT_TRY(parseConfig(json)); // what is written must be accepted at start

    const auto ca = crypto::SigningKey::generate(random);
    const auto sign = crypto::SigningKey::generate(random);
    const crypto::Secret rest(random.bytes(kSeed));
    ZT_LET(root, crypto::makeCa(ca, c.province.empty() ? c.hubId : c.province, clock.now() - kDay, clock.now() + kRootLife));
    ZT_TRY(writeFile(f.file(c.caKey), ca.seed().view(), 0600));
    ZT_TRY(writeFile(f.file(c.signKey), sign.seed().view(), 0600));
    ZT_TRY(writeFile(f.file(c.restKey), rest.view(), 0600));
    ZT_TRY(writeFile(f.file(c.tlsCa), root, 0644));
    ZT_TRY(writeServer(f, ca, o.hosts, clock, random));
    ZT_TRY(SqliteLog::create(f.file(c.database), rest, random));
    fs::permissions(f.file(c.database), fs::perms::owner_read | fs::perms::owner_write, code);
    // Last: a folder with a configuration is whole.
    ZT_TRY(writeFile(dir / "hub.json", json, 0644));
    return f;
}

Result<void> renewServer(const HubFolder& folder, const std::vector<std::string>& hosts, const Clock& clock, Random& random)
{
    ZT_LET(ca, folder.caKey());
    return writeServer(folder, ca, hosts, clock, random);
}

namespace {
constexpr const char* kNextRoot = "ca.next.pem";
constexpr const char* kNextKey = "ca.next.key";
} // namespace

Result<std::string> makeNextRoot(const HubFolder& folder, const Clock& clock, Random& random)
{
    if (folder.keyFile(HubFolder::Key::Ca).credential) return fail(Err::Denied, "ca_key: comes as a credential; make the next root where the key is kept");
    std::error_code code;
    if (fs::exists(folder.file(kNextRoot), code)) return fail(Err::Exists, std::string(kNextRoot) + ": is there already");
    const auto key = crypto::SigningKey::generate(random);
    const auto& c = folder.config();
    ZT_LET(root, crypto::makeCa(key, c.province.empty() ? c.hubId : c.province, clock.now() - kDay, clock.now() + kRootLife));
    ZT_TRY(writeFile(folder.file(kNextKey), key.seed().view(), 0600));
    ZT_TRY(writeFile(folder.file(kNextRoot), root, 0644));
    return root;
}

Result<void> useNextRoot(const HubFolder& folder, const std::vector<std::string>& hosts, const Clock& clock, Random& random)
{
    if (folder.keyFile(HubFolder::Key::Ca).credential || folder.keyFile(HubFolder::Key::Tls).credential) return fail(Err::Denied, "ca_key, tls_key: come as credentials");
    ZT_LET(next, readFile(folder.file(kNextRoot)));
    ZT_LET(key, readSigningKey({folder.file(kNextKey), false}));
    ZT_LET(info, crypto::readCert(next));
    if (info.publicKey != key.publicKey()) return fail(Err::Corrupt, std::string(kNextKey) + ": is not the key of " + kNextRoot);
    ZT_LET(present, folder.caPem());
    // In this order: whatever breaks off leaves a folder on which the step can be taken again, or one where it is done.
    if (present.find(next) == present.npos) ZT_TRY(writeFile(folder.file(folder.config().tlsCa), next + present, 0644));
    ZT_TRY(writeFile(folder.file(folder.config().caKey), key.seed().view(), 0600));
    ZT_TRY(writeServer(folder, key, hosts, clock, random));
    std::error_code code;
    fs::remove(folder.file(kNextKey), code);
    fs::remove(folder.file(kNextRoot), code);
    return {};
}

Result<OpenHub> OpenHub::open(const fs::path& dir, const Clock& clock, Random& random, const LogEngine* postgres)
{
    OpenHub hub;
    ZT_LET(folder, HubFolder::open(dir, postgres));
    hub.folder = std::move(folder);
    ZT_LET(key, hub.folder.signKey());
    hub.key = std::make_unique<crypto::SigningKey>(std::move(key));
    ZT_LET(log, hub.folder.openLog(random));
    hub.log = std::move(log);
    ZT_TRY(hub.log->takeUp());
    hub.core = std::make_unique<Core>(Core::Config{hub.folder.config().hubId}, *hub.log, *hub.key, clock, random, catalogue::all());
    ZT_TRY(hub.core->load());
    return hub;
}

Result<FolderLock> FolderLock::take(const HubFolder& folder)
{
    const int fd = ::open((folder.dir() / "hub.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return ioError("hub.lock");
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd);
        return fail(Err::Busy, "another hub runs on this folder");
    }
    return FolderLock(fd);
}

FolderLock::FolderLock(FolderLock&& other) noexcept : m_fd(other.m_fd) { other.m_fd = -1; }

FolderLock::~FolderLock()
{
    if (m_fd >= 0) ::close(m_fd);
}

} // namespace zt::hub
