#include "zt/hub/doctor.h"

#include "doctor_machine.h"
#include "sqlite_look.h"
#include "zt/crypto/box.h"
#include "zt/crypto/pki.h"
#include "zt/rpc/channel.h"
#include "zt/crypto/sign.h"
#include "zt/hub/admin.h"
#include "zt/hub/backup_stamp.h"
#include "zt/hub/config.h"
#include "zt/hub/folder.h"
#include "zt/hub/kept_log.h"

#include <sys/stat.h>

namespace zt::hub {

namespace {

using process::Words;

constexpr Millis kOneDay = 86'400'000, kOneHour = 3'600'000;
constexpr size_t kSeedBytes = 32, kMostPemBytes = 1u << 20;

Words both(const std::string& en, const std::string& zh)
{
    Words w;
    w.en = en;
    w.zh = zh;
    return w;
}

class Doctor {
public:
    Doctor(std::filesystem::path dir, const Clock& clock, const DoctorLimits& limits, const LogEngine* postgres)
        : m_dir(std::move(dir)), m_clock(clock), m_limits(limits), m_postgres(postgres)
    {
    }

    std::vector<Finding> run()
    {
        if (!folder() || !configuration()) return std::move(m_found);
        area("owner", both("everything in the data folder belongs to its owner", "数据目录内的文件属主一致"), &Doctor::owners);
        area("keys", both("the keys are whole and nobody else may read them", "密钥文件完整，其他账户不可读取"), &Doctor::keys);
        area("certificates", both("certificates: dates, chain, key and host name agree", "证书的期限、签发关系、密钥与主机名相符"), &Doctor::certificates);
        area("log", both("the log", "日志库"), &Doctor::log);
        area("clock", both("the clock is not behind what was written", "本机时钟不早于已写入的记录"), &Doctor::clock);
        area("ports", both("ports", "端口"), &Doctor::ports);
        area("disk", both("there is space", "磁盘空间充足"), &Doctor::disk);
        area("backup", both("the last backup is young enough", "最近一次备份未超期"), &Doctor::backup);
        area("limits", both("limits of the machine", "系统限额"), &Doctor::limits);
        return std::move(m_found);
    }

private:
    void add(Grade grade, const char* code, Words found, Words action) { m_found.push_back({grade, code, std::move(found), std::move(action)}); }
    void error(const char* code, Words found, Words action) { add(Grade::Error, code, std::move(found), std::move(action)); }
    void warning(const char* code, Words found, Words action) { add(Grade::Warning, code, std::move(found), std::move(action)); }
    //! Says that all is well where nothing else was found.
    void area(const char* code, const Words& well, void (Doctor::*look)())
    {
        const size_t before = m_found.size();
        m_well = well;
        (this->*look)();
        if (m_found.size() == before) add(Grade::Ok, code, m_well, {});
    }
    [[nodiscard]] std::string path(const std::string& name) const { return (m_dir / name).string(); }
    //! A key lies in the folder, or where systemd takes the service's credentials from.
    [[nodiscard]] std::string keyPath(HubFolder::Key key) const
    {
        const auto [credential, name] = HubFolder::names(m_config, key);
        std::error_code code;
        if (const auto p = std::filesystem::path("/etc/credstore") / credential; !std::filesystem::exists(path(name), code) && std::filesystem::exists(p, code)) return p.string();
        return path(name);
    }

    bool folder();
    bool configuration();
    void owners();
    void keys();
    void key(HubFolder::Key which);
    void keyPairs(const std::string& ca, const std::string& server);
    void certificates();
    bool dates(const crypto::CertInfo& c, const std::string& name, const Words& renew);
    void log();
    void postgres();
    void redundancy(const Redundancy& how);
    void clock();
    void ports();
    void port(const std::string& key, const std::string& address, bool speaksTls);
    void portInUse(const std::string& key, const HostPort& at, bool speaksTls);
    void disk();
    void backup();
    void limits();

    const std::filesystem::path m_dir;
    const Clock& m_clock;
    const DoctorLimits m_limits;
    const LogEngine* const m_postgres;
    HubConfig m_config;
    std::optional<LogLook> m_log;
    std::optional<int> m_hub; //!< pid of the hub that runs on the folder
    Words m_well;
    std::vector<Finding> m_found;
};

bool Doctor::folder()
{
    struct stat s {};
    if (::stat(m_dir.c_str(), &s) != 0 || !S_ISDIR(s.st_mode)) {
        error("folder_missing", both(m_dir.string() + ": there is no such folder", m_dir.string() + "：没有这个目录"),
              both("name the hub's data folder; zhengtong-ctl create makes one", "请指定枢纽的数据目录；新建用 zhengtong-ctl create"));
        return false;
    }
    if (s.st_mode & 077)
        error("folder_open", both(m_dir.string() + ": others may enter the data folder", m_dir.string() + "：其他账户可进入数据目录"), both("chmod 700 " + m_dir.string(), "执行 chmod 700 " + m_dir.string()));
    m_hub = lockHolder(m_dir / "hub.lock");
    return true;
}

bool Doctor::configuration()
{
    const auto text = readFile(m_dir / "hub.json", 1u << 20);
    if (!text) {
        error("config_missing", both("hub.json: it is not there or cannot be read", "hub.json：不存在或无法读取"),
              both("is this the data folder? run this as the hub's account, or put hub.json back (zhengtong-ctl restore-keys)", "确认是否为数据目录；以枢纽的账户运行，或恢复 hub.json（zhengtong-ctl restore-keys）"));
        return false;
    }
    auto config = parseConfig(*text);
    if (!config) {
        error("config", both("hub.json: " + config.error().detail, "hub.json 有误：" + config.error().detail),
              both("correct this key; the hub does not start before", "更正此项；更正前枢纽无法启动"));
        return false;
    }
    m_config = std::move(*config);
    struct stat s {};
    if (::stat((m_dir / "hub.json").c_str(), &s) == 0 && s.st_mode & 022)
        error("config_writable", both("hub.json: others may change it", "hub.json：其他账户可改写"), both("chmod 644 " + path("hub.json"), "执行 chmod 644 " + path("hub.json")));
    else add(Grade::Ok, "config", both("the configuration is valid", "配置有效"), {});
    return true;
}

void Doctor::owners()
{
    struct stat folder {}, s {};
    if (::stat(m_dir.c_str(), &folder) != 0) return;
    const auto& c = m_config;
    for (const auto& name : {std::string("hub.json"), c.tlsCa, c.tlsCertificate, c.tlsKey, c.caKey, c.signKey, c.restKey, c.database, c.database + "-wal", c.database + "-shm", c.blobs,
                             std::string("hub.lock")})
        if (::stat(path(name).c_str(), &s) == 0 && s.st_uid != folder.st_uid)
            error("owner", both(name + ": it belongs to another account than the folder", name + "：属主与数据目录不同"),
                  both("chown --reference=" + m_dir.string() + " " + path(name), "执行 chown --reference=" + m_dir.string() + " " + path(name)));
}

void Doctor::key(HubFolder::Key which)
{
    const std::string name = HubFolder::names(m_config, which).file, file = keyPath(which);
    struct stat s {};
    if (::stat(file.c_str(), &s) != 0)
        return error("key_missing", both(name + ": this key is missing", name + "：密钥文件缺失"),
                     both("put it back from the backup of the keys (zhengtong-ctl restore-keys into a new folder, then copy it); if it is in /etc/credstore, run this as root", "从密钥备份恢复（zhengtong-ctl restore-keys 到新目录，再复制过来）；若在 /etc/credstore，请以 root 运行"));
    if (s.st_mode & 077)
        error("key_readable", both(name + ": others may read this key", name + "：其他账户可读取此密钥"),
              both("chmod 600 " + file + "; whoever could log in here may have read it", "执行 chmod 600 " + file + "；能登录本机者可能已读取"));
    if (which != HubFolder::Key::Tls && size_t(s.st_size) != kSeedBytes)
        error("key_size", both(name + ": it must hold 32 bytes", name + "：应为 32 字节"), both("put it back from the backup of the keys", "从密钥备份恢复"));
}

void Doctor::keys()
{
    const size_t before = m_found.size();
    for (const auto which : HubFolder::kKeys) key(which);
    const auto ca = readFile(path(m_config.tlsCa), kMostPemBytes), server = readFile(path(m_config.tlsCertificate), kMostPemBytes);
    if (m_found.size() == before && ca && server) keyPairs(*ca, *server);
}

void Doctor::keyPairs(const std::string& ca, const std::string& server)
{
    auto pem = readFile(keyPath(HubFolder::Key::Tls), kMostPemBytes);
    auto seed = readFile(keyPath(HubFolder::Key::Ca), kSeedBytes);
    const bool isServers = pem && crypto::isKeyOf(*pem, server);
    const auto root = crypto::readCert(ca);
    const auto rootKey = seed ? crypto::SigningKey::fromSeed(crypto::Secret(*seed)) : Result<crypto::SigningKey>(seed.error());
    const bool isRoots = rootKey && root && rootKey->publicKey() == root->publicKey;
    if (pem) crypto::wipe(*pem);
    if (seed) crypto::wipe(*seed);
    if (!isServers)
        error("key_pair", both(m_config.tlsKey + ": it is not the key of " + m_config.tlsCertificate, m_config.tlsKey + "：与 " + m_config.tlsCertificate + " 不成对"),
              both("put both back from one backup, or make both anew: zhengtong-ctl renew-certificate", "从同一份备份恢复两者，或重新生成：zhengtong-ctl renew-certificate"));
    if (!isRoots)
        error("root_key", both(m_config.caKey + ": it is not the key of the root " + m_config.tlsCa, m_config.caKey + "：不是根证书 " + m_config.tlsCa + " 的密钥"),
              both("put it back from the backup of the keys; no desk can enrol before", "从密钥备份恢复；恢复前无法登记桌面端"));
}

//! False if nothing else about it needs saying.
bool Doctor::dates(const crypto::CertInfo& c, const std::string& name, const Words& renew)
{
    const Millis now = m_clock.now();
    if (now < c.notBefore) {
        error("certificate_future", both(name + ": it is not valid yet", name + "：尚未生效"), both("look at this machine's clock first", "先检查本机时钟"));
        return false;
    }
    const std::string days = std::to_string((c.notAfter - now) / kOneDay);
    if (c.notAfter <= now) error("certificate_ended", both(name + ": it has ended, no desk connects", name + "：已过期，桌面端无法连接"), renew);
    else if (c.notAfter - now < 7 * kOneDay) error("certificate_ends", both(name + ": it ends in " + days + " days", name + "：" + days + " 天后到期"), renew);
    else if (c.notAfter - now < 30 * kOneDay) warning("certificate_ends", both(name + ": it ends in " + days + " days", name + "：" + days + " 天后到期"), renew);
    return c.notAfter > now;
}

void Doctor::certificates()
{
    const auto ca = readFile(path(m_config.tlsCa), kMostPemBytes), server = readFile(path(m_config.tlsCertificate), kMostPemBytes);
    const auto root = ca ? crypto::readCert(*ca) : Result<crypto::CertInfo>(ca.error());
    const auto own = server ? crypto::readCert(*server) : Result<crypto::CertInfo>(server.error());
    for (const auto& [name, good] : {std::pair{m_config.tlsCa, bool(root)}, std::pair{m_config.tlsCertificate, bool(own)}})
        if (!good)
            error("certificate_unreadable", both(name + ": it is missing or no certificate", name + "：缺失或不是证书"),
                  both("put it back from the backup of the keys", "从密钥备份恢复"));
    if (!root || !own) return;
    const Words renew = both("zhengtong-ctl renew-certificate --data " + m_dir.string() + ", then restart the hub", "执行 zhengtong-ctl renew-certificate --data " + m_dir.string() + "，再重启枢纽");
    dates(*root, m_config.tlsCa, both("introduce a second root in good time: zhengtong-ctl root new, then as it says; desks that miss it enrol anew", "请及早引入第二个根证书：执行 zhengtong-ctl root new 并按提示进行；错过的桌面端须重新登记"));
    dates(*own, m_config.tlsCertificate, renew);
    if (!crypto::issuedBy(*server, *ca))
        error("certificate_chain", both(m_config.tlsCertificate + ": it was not issued by " + m_config.tlsCa, m_config.tlsCertificate + "：不是由 " + m_config.tlsCa + " 签发"), renew);
    if (const auto at = parseHostPort(m_config.publicAddress); at && !crypto::isForHost(*server, at->host))
        error("certificate_host", both(m_config.tlsCertificate + ": it is not for " + at->host + ", the host of public_address", m_config.tlsCertificate + "：不含 public_address 的主机 " + at->host),
              both("correct public_address, or zhengtong-ctl renew-certificate --host " + at->host, "更正 public_address，或执行 zhengtong-ctl renew-certificate --host " + at->host));
}

void Doctor::postgres()
{
    const auto rest = readFile(keyPath(HubFolder::Key::Rest), kSeedBytes);
    if (!rest || rest->size() != kSeedBytes) return; // said with the keys
    if (!m_postgres) return warning("log_unreadable", both("this programme knows no PostgreSQL", "本程序不支持 PostgreSQL"), both("use the packaged zhengtong-ctl", "请使用安装包中的 zhengtong-ctl"));
    auto opened = m_postgres->open(m_config.postgresql, crypto::Secret(*rest), systemRandom());
    const auto position = opened ? (*opened)->lastPosition() : Result<uint64_t>(Error(opened.error()));
    if (position) {
        m_well = both("the log on PostgreSQL opens: " + std::to_string(*position) + " events (zhengtong-ctl check reads them)", "PostgreSQL 上的日志可以打开：" + std::to_string(*position) + " 条记录（逐条内容用 zhengtong-ctl check）");
        if (const auto how = (*opened)->redundancy()) redundancy(*how);
        return;
    }
    switch (position.error().kind) {
    case Err::Unauthenticated:
        return error("rest_key", both(m_config.restKey + ": it is not the key of this log", m_config.restKey + "：不是此日志的密钥"),
                     both("put the key back that belongs to the log", "放回与日志配套的密钥"));
    case Err::Unsupported:
        return error("log_server", both("PostgreSQL is set up so that it may lose commits, or is older than 15", "PostgreSQL 的设置可能丢失已提交的数据，或版本低于 15"),
                     both("fsync, full_page_writes and synchronous_commit must be on; for a log that is kept synchronously synchronous_standby_names must name a server",
                          "须开启 fsync、full_page_writes 与 synchronous_commit；日志设为同步保存时，synchronous_standby_names 须列出备服务器"));
    case Err::NotFound: return error("log_missing", both("there is no log in this database", "此数据库中没有日志"), both("correct postgresql in hub.json, or zhengtong-ctl log migrate", "更正 hub.json 的 postgresql，或执行 zhengtong-ctl log migrate"));
    default:
        return error("log_unreadable", both("the database does not let us in (" + std::string(zt::name(position.error().kind)) + ")", "无法连接数据库（" + std::string(zt::name(position.error().kind)) + "）"),
                     both("is the server up, does its pg_hba.conf let this account in? Try psql with the same words", "检查服务器是否运行、pg_hba.conf 是否允许本账户；可用 psql 以同样参数连接试试"));
    }
}

void Doctor::redundancy(const Redundancy& how)
{
    if (how.waits && !how.synchronous)
        warning("log_not_synchronous", both("commits wait for a second server now, but nobody holds the hubs to it: every failover renews the incarnation", "目前每次提交都等待备服务器确认，但未强制要求：每次主备切换都会更换日志代次"),
                both("zhengtong-ctl log synchronous --data " + m_dir.string(), "执行 zhengtong-ctl log synchronous --data " + m_dir.string()));
    if (how.renewed && m_clock.now() - *how.renewed < 7 * kOneDay)
        warning("log_renewed", both("the incarnation was renewed within the last week: after a restore or a failover commits may be missing", "日志代次在最近一周内更换过：恢复或主备切换后可能缺少部分提交"),
                both("returning desks bring back what they hold; ask for those that have not connected since", "重新连接的桌面端会补交所持内容；请督促尚未连接的桌面端上线"));
    if (how.moved && !m_hub)
        warning("log_moved", both("another PostgreSQL server answers than the hub was served on last", "现在应答的 PostgreSQL 服务器与枢纽上次使用的不是同一台"),
                both("make sure that the old one takes no writes any more; the hub takes the log up when it starts", "确认旧服务器不再接受写入；枢纽启动时会接续日志"));
}

void Doctor::log()
{
    if (!m_config.postgresql.empty()) return postgres();
    const std::string name = m_config.database, file = path(name);
    std::error_code code;
    const Words restore = both("stop the hub, move the file away, restore the newest good backup (zhengtong-ctl restore)", "停止枢纽，移走该文件，恢复最近一份完好的备份（zhengtong-ctl restore）");
    if (!std::filesystem::exists(file, code)) return error("log_missing", both(name + ": the log is not there", name + "：日志库不存在"), both("put it back, or zhengtong-ctl restore", "放回原处，或执行 zhengtong-ctl restore"));
    auto look = lookAtLog(file);
    if (!look) {
        const std::string kind(zt::name(look.error().kind));
        return error("log_unreadable", both(name + ": it cannot be read (" + kind + ")", name + "：无法读取（" + kind + "）"),
                     look.error().kind == Err::Corrupt ? restore : both("run this as the hub's account; try again", "以枢纽的账户运行；再试一次"));
    }
    if (look->pages != "ok") return error("log_pages", both(name + ": pages of the database are damaged: " + look->pages, name + "：数据库页损坏：" + look->pages), restore);
    if (!look->schemaKnown)
        return error("log_schema", both(name + ": it has schema " + std::to_string(look->schema) + ", which this programme does not know", name + "：库结构版本为 " + std::to_string(look->schema) + "，本程序不识别"),
                     both("use the version that wrote it", "请使用写入它的版本"));
    if (!look->broken.empty())
        return error("log_chain", both(name + ": the chain does not agree at " + look->broken, name + "：哈希链在 " + look->broken + " 处不符"), restore);
    if (const auto rest = readFile(keyPath(HubFolder::Key::Rest), kSeedBytes); rest && rest->size() == kSeedBytes) {
        auto opened = crypto::decrypt(crypto::Secret(*rest), look->sealedReceiptKey, "zt-receipt-key-1");
        if (!opened)
            error("rest_key", both(m_config.restKey + ": it is not the key of this log", m_config.restKey + "：不是此日志库的密钥"),
                  both("put the key back that belongs to the log, or the log that belongs to the key", "放回与日志库配套的密钥，或与密钥配套的日志库"));
        else crypto::wipe(*opened);
    }
    m_well = both("the log is whole: " + std::to_string(look->position) + " events, heads and root agree (zhengtong-ctl check reads the events too)",
                  "日志库完整：" + std::to_string(look->position) + " 条记录，链头与根相符（逐条内容用 zhengtong-ctl check）");
    m_log = std::move(*look);
}

void Doctor::clock()
{
    if (!m_log || m_log->position == 0) return;
    const Millis now = m_clock.now();
    if (now + 2000 < m_log->newest)
        error("clock_behind", both("this machine's clock is " + std::to_string((m_log->newest - now) / 1000) + " s behind the newest event",
                                   "本机时钟比最新记录慢 " + std::to_string((m_log->newest - now) / 1000) + " 秒"),
              both("set the clock (chronyc makestep) before the hub starts; until it has caught up every time written is the same", "启动枢纽前先校时（chronyc makestep）；追上之前写入的时间都相同"));
    else if (now - m_log->newest > 400 * kOneDay)
        warning("clock_ahead", both("nothing was written for " + std::to_string((now - m_log->newest) / kOneDay) + " days; if the hub was in use the clock is ahead",
                                    "已有 " + std::to_string((now - m_log->newest) / kOneDay) + " 天没有写入；若枢纽一直在用，则本机时钟偏快"),
                both("compare the clock with another machine's", "与其他机器核对时钟"));
}

void Doctor::portInUse(const std::string& key, const HostPort& at, bool speaksTls)
{
    const std::string where = key + " " + at.host + ":" + std::to_string(at.port);
    if (!m_hub)
        return error("port_taken", both(where + ": another programme listens there", where + "：已被其他程序占用"),
                     both("ss -ltnp shows it; end it or choose another port", "用 ss -ltnp 查看；停止它或改用其他端口"));
    if (!speaksTls) return;
    const std::string host = at.host == "0.0.0.0" ? "127.0.0.1" : at.host == "::" ? "::1" : at.host;
    const auto offered = rpc::offeredChain({host, uint16_t(at.port)}, 3000);
    const auto own = readFile(path(m_config.tlsCertificate), kMostPemBytes);
    if (!offered || offered->empty() || !own) return warning("port_silent", both(where + ": something listens there that does not answer as a hub", where + "：有程序监听，但应答不像枢纽"), both("look at the hub's log", "查看枢纽日志"));
    const auto theirs = crypto::readCert(offered->front()), ours = crypto::readCert(*own);
    if (theirs && ours && theirs->hash != ours->hash)
        warning("certificate_old", both(where + ": the hub serves another certificate than the file's", where + "：枢纽使用的证书与文件不同"),
                both("restart the hub, so that it takes up the new one", "重启枢纽以启用新证书"));
}

void Doctor::port(const std::string& key, const std::string& address, bool speaksTls)
{
    const auto at = address.empty() ? Result<HostPort>(fail(Err::NotFound, "")) : parseHostPort(address);
    if (!at || at->port == 0) return;
    switch (portAt(at->host, at->port)) {
    case Port::Free:
        if (m_hub)
            warning("port_silent", both(key + " " + address + ": a hub runs on this folder and does not listen there", key + " " + address + "：枢纽在运行，但未在此监听"),
                    both("the configuration changed since its start, or it is just starting: restart it", "配置在启动后改过，或正在启动：请重启枢纽"));
        break;
    case Port::Taken: return portInUse(key, *at, speaksTls);
    case Port::Forbidden:
        error("port_forbidden", both(key + " " + address + ": this account may not listen there", key + " " + address + "：本账户无权监听"),
              both("use a port from 1024 up, or give the service CAP_NET_BIND_SERVICE", "改用 1024 以上端口，或授予服务 CAP_NET_BIND_SERVICE"));
        break;
    case Port::NoSuchAddress:
        error("port_address", both(key + " " + address + ": this machine has no such address", key + " " + address + "：本机没有此地址"),
              both("correct " + key + "; 0.0.0.0 stands for every address", "更正 " + key + "；0.0.0.0 表示所有地址"));
    }
}

void Doctor::ports()
{
    m_well = m_hub ? both("the hub runs and listens where it should", "枢纽在运行，监听正常") : both("the hub does not run; its ports are free", "枢纽未运行，端口空闲");
    port("listen", m_config.listen, true);
    port("enrol_listen", m_config.enrolListen, true);
    port("metrics", m_config.metrics, false);
}

void Doctor::disk()
{
    std::error_code code;
    if (!std::filesystem::exists(path(m_config.blobs), code))
        warning("blobs_missing", both(m_config.blobs + ": the folder of attachments is not there; the hub makes an empty one", m_config.blobs + "：附件目录不存在；枢纽会新建空目录"),
                both("if there were attachments, copy them back before desks ask for them", "若曾有附件，请先复制回来"));
    std::optional<uint64_t> seen; // one line for one file system
    for (const auto& folder : {m_dir.string(), path(m_config.blobs)}) {
        const auto space = spaceAt(folder);
        if (!space || seen == space->device) continue;
        seen = space->device;
        const std::string free = std::to_string(space->free >> 20);
        const Words room = both("move backups and other files off this disk, or enlarge it; never delete in the data folder", "移走备份及其他文件，或扩容；切勿删除数据目录中的文件");
        if (space->free < m_limits.leastFree) error("disk", both(folder + ": " + free + " MiB free", folder + "：仅余 " + free + " MiB"), room);
        else if (space->free < space->size / 10) warning("disk", both(folder + ": " + free + " MiB free, less than a tenth", folder + "：仅余 " + free + " MiB，不足一成"), room);
    }
}

void Doctor::backup()
{
    const Words make = both("zhengtong-ctl backup --data " + m_dir.string() + " --to FILE, and a timer that does it every day", "执行 zhengtong-ctl backup --data " + m_dir.string() + " --to FILE，并设每日定时任务");
    if (!m_config.postgresql.empty()) {
        m_well = both("the log's backups are PostgreSQL's (pg_basebackup, pg_dump): look there; the keys need one of their own", "日志的备份由 PostgreSQL 负责（pg_basebackup、pg_dump），请另行检查；密钥须单独备份");
        return;
    }
    const auto stamp = readStamp(m_dir);
    const std::string limit = std::to_string(m_limits.backupAge / kOneHour);
    if (!stamp) {
        // A province made today has time until tomorrow.
        const bool fresh = !m_log || m_log->position == 0 || m_clock.now() - m_log->oldest < m_limits.backupAge;
        return add(fresh ? Grade::Warning : Grade::Error, "backup_none", both("there never was a backup", "从未备份"), make);
    }
    if (m_log && stamp->position > m_log->position)
        error("backup_ahead", both("the last backup holds " + std::to_string(stamp->position - m_log->position) + " events more than the log", "最近的备份比日志库多 " + std::to_string(stamp->position - m_log->position) + " 条记录"),
              both("the log was put back to an older state by hand: stop the hub and restore that backup (zhengtong-ctl restore)", "日志库被人为退回旧状态：停止枢纽并恢复该备份（zhengtong-ctl restore）"));
    const Millis age = m_clock.now() - stamp->time;
    if (age > m_limits.backupAge)
        error("backup_old", both("the last backup is " + std::to_string(age / kOneHour) + " hours old, more than " + limit, "最近一次备份已过 " + std::to_string(age / kOneHour) + " 小时，超过 " + limit + " 小时"), make);
}

void Doctor::limits()
{
    const uint64_t wanted = uint64_t(m_config.maxSessions) + 200;
    if (const auto files = mostFiles(m_hub.value_or(0)); files && *files < wanted)
        warning("files_limit", both((m_hub ? "the hub may open " : "a programme of this session may open ") + std::to_string(*files) + " files; max_sessions asks for " + std::to_string(wanted),
                                    (m_hub ? "枢纽最多可打开 " : "本会话的程序最多可打开 ") + std::to_string(*files) + " 个文件；max_sessions 需要 " + std::to_string(wanted)),
                both("LimitNOFILE=" + std::to_string(wanted) + " in the service, or a lower max_sessions", "在服务中设 LimitNOFILE=" + std::to_string(wanted) + "，或调低 max_sessions"));
    if (const auto backlog = listenBacklog(); backlog && *backlog < 1024)
        warning("listen_backlog", both("net.core.somaxconn is " + std::to_string(*backlog) + ": desks that come back all at once are turned away", "net.core.somaxconn 为 " + std::to_string(*backlog) + "：桌面端同时重连时会被拒"),
                both("sysctl -w net.core.somaxconn=4096, and the same in /etc/sysctl.d", "执行 sysctl -w net.core.somaxconn=4096，并写入 /etc/sysctl.d"));
}

} // namespace

std::vector<Finding> diagnose(const std::filesystem::path& dataFolder, const Clock& clock, const DoctorLimits& limits, const LogEngine* postgres)
{
    return Doctor(dataFolder, clock, limits, postgres).run();
}

} // namespace zt::hub
