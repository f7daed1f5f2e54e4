#pragma once

#include "entry.h"
#include "sync.pb.h"

#include <vector>

namespace fuzz {

inline void put(const std::filesystem::path& folder, const std::string& name, const zt::Bytes& bytes)
{
    std::filesystem::create_directories(folder);
    put(folder / name, bytes);
}
//! A seed of `session`: greeting, mended; then the frame, signed again; then everything the hub has to say.
inline std::string said(const zt::wire::DeskFrame& frame)
{
    zt::wire::DeskFrame hello;
    hello.mutable_hello();
    std::string out(1, '\0');
    out += char(1);
    addPiece(out, hello.SerializeAsString());
    out += char(2 | 4 | 128);
    addPiece(out, frame.SerializeAsString());
    return out;
}
//! A seed of `desk`: the frames, made good as far as may be.
inline std::string heard(const std::vector<zt::wire::HubFrame>& frames)
{
    std::string out;
    for (const auto& f : frames) {
        out += char(7);
        addPiece(out, f.SerializeAsString());
    }
    return out;
}

void lines(const std::filesystem::path& root); //!< desk, session, evidence
void files(const std::filesystem::path& root); //!< vault, blob, settings, cert

} // namespace fuzz
