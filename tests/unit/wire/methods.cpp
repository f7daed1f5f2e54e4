#include "zt/wire/methods.h"

#include "sync.pb.h"
#include "zt/test/test.h"

#include <google/protobuf/descriptor.h>
#include <set>

using namespace zt;

CASE("the methods' names are those of the services, all of them")
{
    std::set<std::string> described;
    const auto* file = wire::DeskFrame::descriptor()->file();
    for (int s = 0; s < file->service_count(); ++s)
        for (int m = 0; m < file->service(s)->method_count(); ++m) described.insert("/" + file->service(s)->full_name() + "/" + file->service(s)->method(m)->name());
    EXPECT(described == std::set<std::string>({wire::kSync, wire::kBlobs, wire::kRenew, wire::kEnrol, wire::kHealth}));
}
