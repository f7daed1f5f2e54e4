#include "zt/catalogue/catalogue.h"

#include "zt/directory/directory.h"
#include "zt/document/document.h"

namespace zt::catalogue {

namespace {

class All final : public rules::Catalogue {
    const rules::Kind* kind(std::string_view stream) const override
    {
        const auto prefix = stream.substr(0, stream.find('/'));
        if (prefix == "m") return &document::matterKind();
        if (prefix == "in") return &document::incomingKind();
        if (prefix == "acc") return &directory::accessKind();
        if (prefix == "reg") return &document::registerKind();
        if (stream == directory::kStream) return &directory::directoryKind();
        return nullptr;
    }
};

} // namespace

const rules::Catalogue& all()
{
    static const All catalogue;
    return catalogue;
}

} // namespace zt::catalogue
