#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace zt {

//! Why something did not happen. Closed: every kind has one gRPC status (link) and one set of words (widgets).
enum class Err {
    Invalid,        //!< the input breaks a rule; the sender must change it
    NotFound,       //!< no such thing, or the caller may not know of it
    Denied,         //!< the caller is known and may not
    Unauthenticated,//!< wrong passphrase, key, signature or certificate
    Exists,         //!< already there with other content
    Conflict,       //!< the state moved on; decide again
    Corrupt,        //!< stored bytes do not check
    TooNew,         //!< written by a newer version
    TooLarge,       //!< beyond a stated limit
    Busy,           //!< somebody else holds it (a lock, a rate limit)
    DiskFull,       //!< no space or quota
    ReadOnly,       //!< the place cannot be written
    Io,             //!< any other failure of disk or operating system
    NetworkFs,      //!< the place is on a network file system
    Unavailable,    //!< the other side does not answer
    Cancelled,      //!< stopped on request
    Unsupported,    //!< an algorithm or version this build does not know
    Internal,       //!< a defect; the detail says where
};

[[nodiscard]] std::string_view name(Err kind);

//! An error as a value: a kind from the closed list and a detail for logs.
//! The detail is English, for developers, and never holds content, names or secrets.
struct Error {
    Err kind = Err::Internal;
    std::string detail;
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
    using Base = tl::expected<T, Error>;
    using Base::Base;
    Result(Error e) : Base(tl::unexpect, std::move(e)) {}
    Result(Err kind, std::string detail) : Base(tl::unexpect, Error{kind, std::move(detail)}) {}
};

template <>
class [[nodiscard]] Result<void> : public tl::expected<void, Error> {
public:
    using Base = tl::expected<void, Error>;
    using Base::Base;
    Result() = default;
    Result(Error e) : Base(tl::unexpect, std::move(e)) {}
    Result(Err kind, std::string detail) : Base(tl::unexpect, Error{kind, std::move(detail)}) {}
};

inline Error fail(Err kind, std::string detail) { return Error{kind, std::move(detail)}; }

//! Ends the process with a line on stderr: for broken invariants, never for input.
[[noreturn]] void die(std::string_view what, const char* file, int line);

} // namespace zt

#define ZT_CHECK(cond) ((cond) ? void() : ::zt::die(#cond, __FILE__, __LINE__))
//! Returns the error of an expression that is a Result<void>.
#define ZT_TRY(expr) do { if (auto zt_r_ = (expr); !zt_r_) return ::zt::Error(std::move(zt_r_.error())); } while (0)
//! Declares `var` from a Result<T> or returns its error.
#define ZT_LET(var, expr) ZT_LET_(var, expr, __LINE__)
#define ZT_LET_(var, expr, n) ZT_LET__(var, expr, n)
#define ZT_LET__(var, expr, n) auto zt_r_##n = (expr); if (!zt_r_##n) return ::zt::Error(std::move(zt_r_##n.error())); auto var = std::move(*zt_r_##n)
