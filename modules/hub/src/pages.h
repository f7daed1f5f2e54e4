#pragma once

#include "zt/directory/directory.h"

#include <memory>
#include <vector>

namespace zt::crypto {
class SigningKey;
}

namespace zt::hub {

//! The directory as it stood at a version, in frames that are ready to go.
struct DirectoryPages {
    uint64_t version = 0;
    std::vector<wire::HubFrame> frames;
};

//! Signed; a frame is larger than `frameBytes` only if a single fact is.
[[nodiscard]] std::shared_ptr<const DirectoryPages> pagesOf(const directory::Directory& directory, const std::string& hub, const crypto::SigningKey& key,
                                                            size_t frameBytes);

} // namespace zt::hub
