#include "pages.h"

#include "zt/crypto/sign.h"
#include "zt/wire/sealing.h"

namespace zt::hub {

std::shared_ptr<const DirectoryPages> pagesOf(const directory::Directory& directory, const std::string& hub, const crypto::SigningKey& key, size_t frameBytes)
{
    constexpr size_t kAround = 512; // what a frame holds beside the facts: names, numbers, hash, signature
    const size_t most = frameBytes > kAround ? frameBytes - kAround : 1;
    std::vector<wire::KeptFacts> parts(1);
    size_t bytes = 0;
    for (auto& kept : directory::keptFacts(directory)) {
        const size_t size = kept.ByteSizeLong() + 8;
        if (bytes && bytes + size > most) {
            parts.emplace_back();
            bytes = 0;
        }
        bytes += size;
        *parts.back().add_facts() = std::move(kept);
    }
    auto out = std::make_shared<DirectoryPages>();
    out->version = directory.version;
    for (const auto& part : parts) {
        auto& page = *out->frames.emplace_back().mutable_page();
        page.set_stream(directory::kStream);
        page.set_version(directory.version);
        page.set_head(directory.head);
        page.set_index(uint32_t(out->frames.size() - 1));
        page.set_count(uint32_t(parts.size()));
        page.set_facts(part.SerializeAsString());
        wire::signPage(hub, page, key);
    }
    return out;
}

} // namespace zt::hub
