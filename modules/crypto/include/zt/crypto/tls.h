#pragma once

namespace zt::crypto {

//! From now on a TLS connection of this process offers P-256 first: a gRPC server takes no other group, and asks for the greeting a second time when the first one
//! brings X25519. Changes the order alone, and nothing where the system's openssl.cnf names groups. Once, before another thread speaks TLS.
void offerHubsGroupFirst();

} // namespace zt::crypto
