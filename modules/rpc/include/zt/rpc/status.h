#pragma once

#include <string>

namespace zt::rpc {

//! How a call ended, in gRPC's numbers.
enum class Code {
    Ok = 0, Cancelled = 1, Unknown = 2, InvalidArgument = 3, DeadlineExceeded = 4, NotFound = 5, PermissionDenied = 7, ResourceExhausted = 8, Unimplemented = 12,
    Internal = 13, Unavailable = 14, Unauthenticated = 16,
};

//! What stood between us and the other side where it said nothing itself.
enum class Fault {
    None,        //!< it spoke
    NoName,      //!< the host's name is not known
    NoNetwork,   //!< no network to its address
    NoRoute,     //!< no way to its address
    Refused,     //!< nobody listens there
    NoAnswer,    //!< nobody answers, the proxy makes no tunnel, or it hung up before a word
    NoTls,       //!< it speaks no TLS
    NoHttp2,     //!< it speaks TLS and not HTTP/2
    OtherRoot,   //!< its certificate is of none of the roots
    Expired, NotYet, OtherHost, //!< its certificate
    RootOver,    //!< the root of its certificate is not in force
    BadCertificate, //!< its certificate, for another reason
    OwnRefused,  //!< it did not take ours, or ours cannot be read
    Broken,      //!< the connection was there and is no more
};

struct Status {
    Code code = Code::Ok;
    std::string words; //!< for a developer: the other side's, at most 1,024 bytes; never to a log
    Fault fault = Fault::None;
    [[nodiscard]] bool ok() const { return code == Code::Ok; }
};

} // namespace zt::rpc
