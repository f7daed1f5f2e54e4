#pragma once

#include "zt/base/bytes.h"
#include "zt/base/clock.h"
#include "zt/base/result.h"

#include <filesystem>

namespace zt::hub {

//! What the log's file says of itself.
struct LogLook {
    int schema = 0;
    bool schemaKnown = false;
    std::string pages; //!< SQLite's quick check: "ok", or the first thing it found
    uint64_t position = 0, streams = 0;
    Millis oldest = 0, newest = 0;
    Bytes sealedReceiptKey;
    std::string broken; //!< where the chain, a stream or the root does not agree; "" nowhere
};

//! Opens the file for reading only and needs no key: a running hub does not notice. Checks SQLite's pages and walks the chain over the clear columns, all
//! events, heads and root; what events say is not looked at (SqliteLog::check does). Err::Corrupt, Io, Busy.
[[nodiscard]] Result<LogLook> lookAtLog(const std::filesystem::path& file);

} // namespace zt::hub
