#pragma once

#include "zt/crypto/sign.h"
#include "zt/hub/config.h"
#include "zt/hub/core.h"
#include "zt/hub/kept_log.h"

#include <filesystem>
#include <optional>

namespace zt::hub {

//! A hub's data folder. Layout, the names those of HubConfig's defaults:
//!
//!     hub.json    configuration                      ca.pem   root of the province    hub.pem, hub.key  TLS of this hub (PEM)
//!     hub.db      the log, receipts, marks, codes    ca.key   its seed, 32 bytes      hub.sign          seed of the record-signing key, 32 bytes
//!     blobs/      sealed attachments                 hub.lock held by the running hub hub.rest          at-rest key, 32 bytes
//!
//! Key files have mode 0600; others are refused. A key may come as a credential of the service instead (systemd's LoadCredential): when
//! $CREDENTIALS_DIRECTORY holds zhengtong.tls_key, zhengtong.ca_key, zhengtong.sign_key or zhengtong.rest_key, that file is read and the folder's is not looked at. Where
//! `postgresql` is set the log lies there and hub.db is not looked at.
class HubFolder {
public:
    enum class Key { Tls, Ca, Sign, Rest };
    static constexpr Key kKeys[] = {Key::Tls, Key::Ca, Key::Sign, Key::Rest};
    //! What a key is called as a credential, and in the configuration.
    struct KeyNames {
        const char* credential;
        const std::string& file;
    };
    [[nodiscard]] static KeyNames names(const HubConfig& config, Key key);
    struct KeyFile {
        std::filesystem::path path;
        bool credential = false; //!< given by the service manager
    };

    //! Reads hub.json and checks that everything it names is there. Err::NotFound, Invalid (configuration), Denied (a key file others may read).
    //! \param postgres  opens the log of a folder whose `postgresql` is set (Err::Unsupported without); must outlive this
    [[nodiscard]] static Result<HubFolder> open(const std::filesystem::path& dir, const LogEngine* postgres = nullptr);

    [[nodiscard]] const std::filesystem::path& dir() const { return m_dir; }
    [[nodiscard]] const HubConfig& config() const { return m_config; }
    [[nodiscard]] std::filesystem::path file(const std::string& configured) const; //!< absolute, or within the folder

    [[nodiscard]] KeyFile keyFile(Key key) const;
    [[nodiscard]] Result<Bytes> keyBytes(Key key) const; //!< wipe it

    [[nodiscard]] Result<std::string> caPem() const;
    [[nodiscard]] Result<std::string> serverPem() const;
    [[nodiscard]] Result<std::string> serverKeyPem() const; //!< wipe it
    [[nodiscard]] Result<crypto::SigningKey> caKey() const;
    [[nodiscard]] Result<crypto::SigningKey> signKey() const;
    [[nodiscard]] Result<crypto::Secret> restKey() const;
    [[nodiscard]] Result<std::unique_ptr<KeptLog>> openLog(Random& random) const;
    [[nodiscard]] Result<std::unique_ptr<EnrolCodes>> openCodes() const;

private:
    friend Result<HubFolder> createProvince(const std::filesystem::path&, const struct ProvinceOptions&, const Clock&, Random&);
    std::filesystem::path m_dir;
    HubConfig m_config;
    const LogEngine* m_postgres = nullptr;
};

struct ProvinceOptions {
    std::string province = "示例省"; //!< name of the province, and of its root certificate
    std::string hubId;               //!< made when empty
    std::vector<std::string> hosts = {"localhost", "127.0.0.1"}; //!< DNS names and IP addresses desks may use; the first one is public
    std::string bind = "0.0.0.0";    //!< address to listen on
    int port = 7443, enrolPort = 7444;
    std::string recoveryKey;         //!< hex, see HubConfig
};
//! Makes the folder (which must not exist or be empty) with keys, root, server certificate, configuration and an empty log. Err::Exists, Io …
[[nodiscard]] Result<HubFolder> createProvince(const std::filesystem::path& dir, const ProvinceOptions& options, const Clock& clock, Random& random);
//! A new key and certificate for the server, valid two years from now.
[[nodiscard]] Result<void> renewServer(const HubFolder& folder, const std::vector<std::string>& hosts, const Clock& clock, Random& random);

//! The root that will follow: ca.next.pem and ca.next.key in the folder, twenty years from now. Nothing uses it yet. Err::Exists, Denied (the present root's key
//! comes as a credential: make the next where keys are kept).
[[nodiscard]] Result<std::string> makeNextRoot(const HubFolder& folder, const Clock& clock, Random& random);
//! Certificates come from the next root now, the server's at once; devices' of the old one hold until they end, for the old root stays in tls_ca behind the new.
//! The old root's key is gone. Err::NotFound: there is no next root.
[[nodiscard]] Result<void> useNextRoot(const HubFolder& folder, const std::vector<std::string>& hosts, const Clock& clock, Random& random);

//! A Core over a folder's log with what it needs, for zhengtong-ctl and the server. Other processes may have it open too.
struct OpenHub {
    HubFolder folder;
    std::unique_ptr<crypto::SigningKey> key;
    std::unique_ptr<KeptLog> log;
    std::unique_ptr<Core> core;
    [[nodiscard]] static Result<OpenHub> open(const std::filesystem::path& dir, const Clock& clock, Random& random, const LogEngine* postgres = nullptr);
};

//! Held by the running hub: two hubs on one folder would each decide alone. Restore takes it too. Err::Busy.
class FolderLock {
public:
    [[nodiscard]] static Result<FolderLock> take(const HubFolder& folder);
    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

private:
    explicit FolderLock(int fd) : m_fd(fd) {}
    int m_fd;
};

//! Codes by which a person enrols a desk; one use each. Kept where the log is, as a hash only. Any thread; several processes.
class EnrolCodes {
public:
    virtual ~EnrolCodes() = default;
    //! A secret of 10 bytes for this person, good until `expires`.
    [[nodiscard]] Result<Bytes> create(const std::string& person, Millis expires, Random& random);
    //! Uses the code for one device (`user`: hash of its keys) and returns the person; again with the same user returns the person again, so that a lost
    //! answer can be asked for once more. Err::Unauthenticated: unknown, used by another, or expired.
    [[nodiscard]] Result<std::string> redeem(BytesView secret, BytesView user, Millis now);

    // For moving a log to another engine.
    struct Row {
        Bytes hash;
        std::string person;
        Millis expires = 0;
        std::optional<Bytes> usedBy;
        bool operator==(const Row&) const = default;
    };
    [[nodiscard]] virtual Result<std::vector<Row>> all() = 0; //!< in order of hash
    [[nodiscard]] virtual Result<void> put(const std::vector<Row>& rows) = 0;

protected:
    [[nodiscard]] virtual Result<void> keep(const Bytes& hash, const std::string& person, Millis expires) = 0;
    //! The person, if the code is there, not expired, and unused or used by `user`; it is used by `user` then.
    [[nodiscard]] virtual Result<std::optional<std::string>> use(const Bytes& hash, const Bytes& user, Millis now) = 0;
};

} // namespace zt::hub
