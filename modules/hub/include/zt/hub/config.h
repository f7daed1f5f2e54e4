#pragma once

#include "zt/base/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace zt::hub {

//! What hub.json says. Every key is described in README.md and present in app/hub/hub.example.json; a key left out has the value here, and only
//! `hub_id` and `public_address` must be given. Paths are relative to the data folder unless absolute.
struct HubConfig {
    std::string hubId;                    //!< hub_id: what commands are signed for; never changes
    std::string province;                 //!< province: the name desks show
    std::string listen = "0.0.0.0:7443";  //!< listen: the desks' port
    std::string enrolListen = "0.0.0.0:7444"; //!< enrol_listen: the enrolment port; "" turns enrolment off
    std::string publicAddress;            //!< public_address: host:port by which desks reach `listen`
    std::string database = "hub.db", blobs = "blobs";
    std::string postgresql;               //!< postgresql: where the log lies if not in `database`, as libpq takes it, without a password
    std::string tlsCa = "ca.pem", tlsCertificate = "hub.pem", tlsKey = "hub.key"; //!< tls_ca, tls_certificate, tls_key
    std::string caKey = "ca.key";         //!< ca_key: signs device certificates
    std::string signKey = "hub.sign";     //!< sign_key: signs times and checkpoints
    std::string restKey = "hub.rest";     //!< rest_key: what events are encrypted under
    std::string recoveryKey;              //!< recovery_key: hex of the public key new desks seal their recovery wrap to; "" none
    int certificateDays = 400;            //!< certificate_days: validity of a device certificate
    int maxSessions = 10'000;             //!< max_sessions
    int maxSessionsPerPerson = 16;        //!< max_sessions_per_person
    int commandsPerSecond = 2000;         //!< commands_per_second: of one session, after commands_burst
    int commandsBurst = 5000;             //!< commands_burst
    int maxBlobMib = 512;                 //!< max_blob_mib: largest attachment, sealed
    int blobSpaceMib = 102'400;           //!< blob_space_mib: all attachments together
    int enrolPerMinute = 10;              //!< enrol_per_minute: tries from one address
    std::string metrics;                  //!< metrics: address:port where a Prometheus server reads numbers; "" none
    std::string metricsAllow;             //!< metrics_allow: addresses and networks that may read them; "" whoever reaches the address, which must be loopback then
    std::string logLevel = "info";        //!< log_level: debug, info, warning, error
};

//! Err::Invalid with a detail that names the key and says what to do.
[[nodiscard]] Result<HubConfig> parseConfig(std::string_view json);
[[nodiscard]] std::string formatConfig(const HubConfig& config);
//! Splits "host:port" or "[v6]:port"; Err::Invalid.
struct HostPort {
    std::string host;
    int port = 0;
};
[[nodiscard]] Result<HostPort> parseHostPort(std::string_view text);
//! "10.1.2.3" or "10.1.4.0/24"; Err::Invalid for anything else, names too.
struct Network {
    std::string address;
    int bits = 32;
    bool hasBits = false, loopback = false;
};
[[nodiscard]] Result<Network> parseNetwork(std::string_view text);
[[nodiscard]] Result<std::vector<Network>> parseNetworks(std::string_view text); //!< with commas between, at least one

} // namespace zt::hub
