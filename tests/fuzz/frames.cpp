// Frames of the line in both directions.
#include "entry.h"
#include "zt/wire/sealing.h"

using namespace zt;

template <class T>
static void parse(std::string_view bytes)
{
    T frame;
    if (!frame.ParseFromArray(bytes.data(), int(bytes.size()))) return;
    const std::string again = frame.SerializeAsString();
    T second;
    MUST(second.ParseFromString(again));
    MUST(second.SerializeAsString() == again);
}

void look(std::string_view bytes)
{
    parse<wire::HubFrame>(bytes);
    parse<wire::DeskFrame>(bytes);
    parse<wire::BlobUp>(bytes);
    parse<wire::BlobDown>(bytes);
    parse<wire::EnrolRequest>(bytes);
    parse<wire::EnrolReply>(bytes);
    parse<wire::Export>(bytes);
    wire::SignedCommand s;
    if (s.ParseFromArray(bytes.data(), int(bytes.size()))) (void)wire::openCommand(s, "hub", Bytes(32, 'k'));
    wire::HubTime t;
    if (t.ParseFromArray(bytes.data(), int(bytes.size()))) MUST(!wire::timeIsGood("hub", t, Bytes(32, 'k')));
}
