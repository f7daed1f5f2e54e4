#pragma once

#include "zt/crypto/hash.h"
#include "zt/wire/sealing.h"

#include <cstring>

namespace zt::test {

//! The same bytes each run: what a test prints can be found again.
struct Counting final : Random {
    unsigned char next = 1;
    void fill(void* out, size_t size) override
    {
        for (size_t i = 0; i < size; ++i) static_cast<unsigned char*>(out)[i] = next++;
    }
};

inline wire::Attachment attachment(uint64_t size, const std::string& name = "附件.pdf")
{
    wire::Attachment a;
    a.set_name(name);
    a.set_blob(Bytes(32, 'b'));
    a.set_key(Bytes(32, 'k'));
    a.set_content_hash(Bytes(32, 'c'));
    a.set_size(size);
    const uint64_t count = size ? (size + (1u << 20) - 1) >> 20 : 1;
    a.set_sealed_size(size + 24 + 17 * count);
    for (uint64_t i = 0; i < count; ++i) a.add_chunks(Bytes(32, 'h'));
    return a;
}

inline wire::Command submission()
{
    wire::Command c;
    c.set_id(Bytes(16, 'i'));
    c.set_hub("hub");
    c.set_stream("m/1");
    c.set_person("lin");
    c.set_device(Bytes(16, 'd'));
    c.set_level(1);
    c.set_after(Bytes(16, 'a'));
    c.set_subject(Bytes(32, 's'));
    auto& d = *c.mutable_submit()->mutable_document();
    d.set_kind("通知");
    d.set_title("关于防汛的通知");
    d.add_recipients("city");
    d.set_body("一\n二");
    d.set_issuer("office");
    d.set_code("示政办发");
    *d.add_attachments() = attachment(3u << 20);
    *d.add_attachments() = attachment(0, "空.txt");
    return c;
}

} // namespace zt::test
