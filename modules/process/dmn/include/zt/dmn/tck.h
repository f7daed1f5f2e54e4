#pragma once

//! Runs cases in the form of the public DMN Technology Compatibility Kit.

#include <string>
#include <vector>

namespace zt::dmn {

struct TckFile {
    std::string name; //!< without folder
    std::string bytes;
};
struct TckFailure {
    std::string id; //!< "folder/file#case result node"
    std::string expected, got, why;
};
struct TckReport {
    std::size_t passed = 0; //!< result nodes
    std::size_t failed = 0;
    std::vector<TckFailure> failures;
};
//! Cases of one folder: its models (.dmn) and its test files (.xml). A test file that cannot be read counts as one failure.
TckReport runTck(const std::string& folder, const std::vector<TckFile>& files);

} // namespace zt::dmn
