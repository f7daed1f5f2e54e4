#include "terminal.h"

#include "zt/store/recovery.h"

#include <fmt/format.h>
#include <iostream>

namespace zt::ctl {

namespace {

namespace fs = std::filesystem;
constexpr size_t kMost = 1u << 20;

//! A key file without a data folder: the first administrator may work on another machine.
struct KeyOption {
    std::string file, passphraseFile;
    void add(CLI::App& app)
    {
        app.add_option("--admin", file, "Your administrator's key file")->required();
        app.add_option("--passphrase-file", passphraseFile, "File whose first line is its passphrase; asked for if not given");
    }
    [[nodiscard]] hub::AdminKey read() const
    {
        const auto label = need(hub::readAdminKeyLabel(file), "key file " + file);
        return need(hub::readAdminKey(file, passphrase(passphraseFile, "Passphrase of " + label.id + " (" + hub::roleName(label.role) + ")")), "key file " + file);
    }
};

struct Make {
    AdminOption admin;
    std::string to;

    void run()
    {
        auto hub = openHub(admin.data);
        need(hub::checkRole(*hub.core, admin.read(), wire::ROLE_SECURITY), "key file " + admin.file);
        std::vector<Bytes> keys;
        for (const auto& [id, a] : hub.core->directory().admins) keys.push_back(a.boxKey);
        const auto recovery = need(store::makeRecovery(keys, systemRandom()), "recovery key");
        need(hub::writeNewFile(to, recovery.bundle), "file " + to);
        auto config = hub.folder.config();
        config.recoveryKey = hex(recovery.publicKey);
        setConfig(hub.folder, config);
        std::cout << "Any two of " << keys.size() << " administrators can now open a store whose passphrase is lost; each needs " << to
                  << ".\nRestart the hub: desks enrolled from then on use this key. Keep the older bundle for the desks enrolled before.\n";
    }
};

struct First {
    KeyOption admin;
    std::string bundle, request, to;

    void run()
    {
        const Bytes asked = need(hub::readFile(request, kMost), "request " + request);
        const auto key = admin.read();
        std::cerr << "Code of the request: " << store::requestCode(asked) << "\nAsk the person by voice which code the desk shows; go on only if it is this one.\n";
        const auto opened = need(store::openStep1(need(hub::readFile(bundle, kMost), "bundle " + bundle), asked, key.box), "request " + request);
        need(hub::writeNewFile(to, key.id + "\n" + opened), "file " + to);
        std::cout << "Written to " << to << ". It opens nothing alone: another administrator goes on with 'recovery step2'.\n";
    }
};

struct Second {
    AdminOption admin;
    std::string from, person, to;

    void run()
    {
        auto hub = openHub(admin.data);
        const auto key = admin.read();
        need(hub::checkRole(*hub.core, key, wire::ROLE_NONE), "key file " + admin.file);
        const Bytes step = need(hub::readFile(from, kMost), "file " + from);
        const size_t line = step.find('\n');
        if (line == Bytes::npos || line > 128) stop("file " + from + ": it is not what 'recovery step1' wrote");
        const std::string first = step.substr(0, line);
        const auto known = hub.core->directory().person(person);
        if (!known) stop("there is no person " + person);
        const auto opened = need(store::openStep2(std::string_view(step).substr(line + 1), key.box), "file " + from);
        std::cout << "The store belongs to: " << opened.owner << '\n';
        if (opened.owner.rfind(known->name + " / ", 0) != 0) stop("it is not the store of " + known->name + " (" + person + "); nothing was opened");
        record(hub, key, first);
        need(hub::writeNewFile(to, opened.reply), "file " + to);
        std::cout << "Recorded in the directory and written to " << to << ": hand it to " << known->name << ", whose desk alone can read it.\n";
    }

    //! Before the answer exists: nothing is opened unrecorded.
    void record(hub::OpenHub& hub, const hub::AdminKey& key, const std::string& first) const
    {
        wire::Command body;
        auto& r = *body.mutable_record_recovery();
        r.set_person(person);
        r.add_admins(first);
        r.add_admins(key.id);
        if (key.role == wire::ROLE_SECURITY) send(hub, key, {body});
        else need(hub.core->submitOwn(directory::kStream, body), "record of the recovery");
    }
};

} // namespace

void addRecovery(CLI::App& app)
{
    auto* recovery = app.add_subcommand("recovery", "Open a store whose passphrase is lost: two administrators, recorded")->require_subcommand(1);
    auto* create = recovery->add_subcommand("create", "Make a recovery key for all administrators the directory knows ('create' makes the first one)");
    auto make = std::make_shared<Make>();
    make->admin.add(*create, "security");
    create->add_option("--to", make->to, "File for the bundle; must not exist")->required();
    create->callback([make] { make->run(); });

    auto* step1 = recovery->add_subcommand("step1", "First administrator: take one layer off a person's request");
    auto first = std::make_shared<First>();
    first->admin.add(*step1);
    step1->add_option("--bundle", first->bundle, "The bundle made with the recovery key")->required();
    step1->add_option("--request", first->request, "The person's request")->required();
    step1->add_option("--to", first->to, "File to write; must not exist")->required();
    step1->callback([first] { first->run(); });

    auto* step2 = recovery->add_subcommand("step2", "Second, different administrator: record it and write the answer for the person's desk");
    auto second = std::make_shared<Second>();
    second->admin.add(*step2, "second");
    step2->add_option("--from", second->from, "What step1 wrote")->required();
    step2->add_option("--person", second->person, "工号 of the person who asks")->required();
    step2->add_option("--to", second->to, "File to write; must not exist")->required();
    step2->callback([second] { second->run(); });
}

} // namespace zt::ctl
