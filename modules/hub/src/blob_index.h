#pragma once

#include "zt/hub/event_log.h"

#include <map>
#include <set>

namespace zt::hub {

//! Which files a stream's events name. Reads a stream once and then what was added; bounded. One thread at a time.
class BlobIndex {
public:
    [[nodiscard]] Result<bool> names(EventLog& log, const std::string& stream, const Bytes& blob);

private:
    struct Entry {
        uint64_t version = 0;
        std::set<Bytes> blobs;
    };
    std::map<std::string, Entry> m_streams;
};

} // namespace zt::hub
