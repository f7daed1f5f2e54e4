#pragma once

#include "tools.h"

#include "zt/base/id.h"
#include "zt/crypto/sign.h"
#include "zt/wire/sealing.h"

#include <iterator>

namespace bench {

inline std::string readAll(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

//! A device of bench_fill's load: `base` is DIR/load/N, beside it lie N.pem, .key, .seed and, as .txt, what stands here.
struct LoadDevice {
    std::string base, person;
    zt::Bytes id, incarnation;
    uint64_t position = 0;
    std::vector<std::string> matters;

    static LoadDevice read(const std::string& base)
    {
        LoadDevice d;
        d.base = base;
        std::ifstream in(base + ".txt");
        std::string id, incarnation, position;
        for (std::string* line : {&d.person, &id, &incarnation, &position}) std::getline(in, *line);
        if (position.empty()) {
            std::fprintf(stderr, "no device %s\n", base.c_str());
            std::exit(1);
        }
        d.id = zt::unhex(id).value_or("");
        d.incarnation = zt::unhex(incarnation).value_or("");
        d.position = std::strtoull(position.c_str(), nullptr, 10);
        for (std::string m; std::getline(in, m);) d.matters.push_back(m);
        return d;
    }
    [[nodiscard]] std::string text() const
    {
        std::string out = person + "\n" + zt::hex(id) + "\n" + zt::hex(incarnation) + "\n" + std::to_string(position) + "\n";
        for (const auto& m : matters) out += m + "\n";
        return out;
    }
    [[nodiscard]] zt::crypto::SigningKey key() const
    {
        return must(zt::crypto::SigningKey::fromSeed(zt::crypto::Secret(zt::BytesView(readAll(base + ".seed")))), "seed");
    }
    //! Its person's opinion on a matter, signed with `key`; `more` makes it unlike the others.
    [[nodiscard]] zt::wire::SignedCommand opinion(const zt::crypto::SigningKey& key, const std::string& stream, const zt::wire::HubTime& time, const std::string& more = {}) const
    {
        zt::wire::Command c;
        c.set_id(zt::newId(zt::systemClock(), zt::systemRandom()));
        c.set_hub("hub-bench");
        c.set_person(person);
        c.set_device(id);
        c.set_stream(stream);
        c.mutable_add_opinion()->set_text("同意，请按程序办理。" + more);
        c.set_level(zt::wire::levelOf(c));
        c.set_hub_time_ms(time.ms());
        c.set_hub_time_sig(time.signature());
        return zt::wire::signCommand(c, key);
    }
};

} // namespace bench
