#pragma once

#include "zt/hub/event_log.h"

#include <map>
#include <set>

namespace zt::hub {

//! The files an event names; none of one that is erased.
[[nodiscard]] std::set<Bytes> filesNamedIn(const wire::Event& event);

//! Which files a stream's events name. Reads a stream once and then what was added; bounded. One thread at a time.
class BlobIndex {
public:
    [[nodiscard]] Result<bool> names(EventLog& log, const std::string& stream, const Bytes& blob);
    //! `erasures`: Core's. All is read again when it has moved.
    void since(uint64_t erasures);

private:
    struct Entry {
        uint64_t version = 0;
        std::set<Bytes> blobs;
    };
    std::map<std::string, Entry> m_streams;
    uint64_t m_erasures = 0;
};

} // namespace zt::hub
