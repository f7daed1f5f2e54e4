#include "terminal.h"

#include "zt/dmn/tck.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

namespace zt::ctl {

namespace {

namespace fs = std::filesystem;

struct DmnTck {
    std::string folder;
    void run() const
    {
        std::map<fs::path, std::vector<dmn::TckFile>> folders;
        std::error_code code;
        for (fs::recursive_directory_iterator i(folder, code), end; !code && i != end; i.increment(code)) {
            const fs::path& p = i->path();
            if (!i->is_regular_file() || (p.extension() != ".dmn" && p.extension() != ".xml")) continue;
            std::ifstream in(p, std::ios::binary);
            folders[p.parent_path()].push_back({p.filename().string(), std::string(std::istreambuf_iterator<char>(in), {})});
        }
        if (code) stop("folder " + folder + ": " + code.message());
        std::size_t passed = 0, failed = 0;
        for (auto& [path, files] : folders) {
            std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
            const dmn::TckReport r = dmn::runTck(fs::relative(path, folder).string(), files);
            for (const dmn::TckFailure& f : r.failures) {
                std::cout << f.id << "\n  expected " << f.expected << "\n  got      " << f.got << '\n';
                if (!f.why.empty()) std::cout << "  " << f.why << '\n';
            }
            if (r.passed + r.failed) std::cout << fs::relative(path, folder).string() << ": " << r.passed << " of " << r.passed + r.failed << '\n';
            passed += r.passed;
            failed += r.failed;
        }
        std::cout << passed << " passed, " << failed << " failed" << std::endl;
        if (failed) throw Exit{kFailed, {}};
    }
};

} // namespace

void addDmnTck(CLI::App& app)
{
    auto* command = app.add_subcommand("dmn-tck", "Run a folder of cases of the DMN Technology Compatibility Kit and print what fails");
    auto t = std::make_shared<DmnTck>();
    command->add_option("folder", t->folder, "Folder with .dmn models and their test files, at any depth")->required()->check(CLI::ExistingDirectory);
    command->callback([t] { t->run(); });
}

} // namespace zt::ctl
