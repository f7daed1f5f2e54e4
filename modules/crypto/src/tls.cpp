#include "zt/crypto/tls.h"

#include "openssl.h"

#include <openssl/conf.h>
#include <string>

namespace zt::crypto {

// gRPC makes its contexts itself; what reaches them from outside is OpenSSL's configuration. Ours is the system's with one line more.
void offerHubsGroupFirst()
{
    CleanErrors clean;
    OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, nullptr); // the system's own would be loaded behind ours otherwise
    const std::unique_ptr<CONF, Freed<NCONF_free>> conf(NCONF_new(nullptr)), ours(NCONF_new(nullptr));
    const std::unique_ptr<char, decltype([](char* p) { OPENSSL_free(p); })> file(CONF_get1_default_config_file());
    long line = 0;
    if (!conf || !ours || !file) return;
    NCONF_load(conf.get(), file.get(), &line); // there need not be one
    const auto named = [&](const std::string& section, const char* name, const char* otherwise) {
        const char* value = section.empty() ? nullptr : NCONF_get_string(conf.get(), section == "default" ? nullptr : section.c_str(), name);
        return std::string(value ? value : otherwise);
    };
    const std::string tls = named(named("default", "openssl_conf", ""), "ssl_conf", "zt_tls"), all = named(tls, "system_default", "zt_tls_all");
    if (!named(all, "Groups", "").empty() || !named(all, "Curves", "").empty()) return;
    const std::string text = ".include = " + std::string(file.get()) + "\n[default]\nzt_openssl = zt_modules\n[zt_modules]\nssl_conf = " + tls + "\n[" + tls + "]\nsystem_default = " + all + "\n[" + all + "]\nGroups = P-256:X25519:X448:P-521:P-384\n";
    BioPtr bio(BIO_new_mem_buf(text.data(), int(text.size())));
    if (bio && NCONF_load_bio(ours.get(), bio.get(), &line) == 1) CONF_modules_load(ours.get(), "zt_openssl", CONF_MFLAGS_SILENT);
}

} // namespace zt::crypto
