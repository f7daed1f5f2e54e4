#pragma once

//! DMN 1.3 decision models (1.1 to 1.5 are read): requirement graphs, boxed expressions, decision tables. Pure, as FEEL is.
//! A model is immutable once read and may be evaluated by many threads at once, each with its own feel::Run.

#include "zt/feel/feel.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zt::dmn {

//! What is wrong with a model, at which element.
struct Finding {
    std::string element; //!< its name, or its id, or its kind
    std::string id;      //!< may be empty
    std::string text;    //!< what is wrong and what to do
};
struct InputInfo {
    std::string name;
    std::string type; //!< as the model names it; may be empty
};

struct ModelData;
class Model {
public:
    //! `xml` is the model, `imports` others it may import (by namespace, in any order). Err::Invalid: not DMN, a document type
    //! declaration, a wrong encoding, a cycle of requirements or types (the detail names an element); Err::TooLarge: beyond a limit
    //! (64 MiB, 200,000 rows or 2,000,000 cells in one table). Expressions that do not parse are findings, not errors.
    static Result<Model> read(std::string_view xml, std::span<const std::string_view> imports = {});

    const std::string& name() const;
    const std::string& nameSpace() const;
    //! Names of this model's decisions (not of imports), in the order of the file.
    std::vector<std::string> decisions() const;
    std::vector<std::string> services() const;
    //! Input data a decision needs, directly or through others.
    std::vector<InputInfo> inputsOf(std::string_view decision) const;
    const std::vector<Finding>& findings() const;

    //! A decision is named by its name, or by its id where no name fits.
    //! Value of a decision for the entries of `inputs` (by name; a decision's name presets it). What is missing is null, what is
    //! of a wrong type is null with a diagnostic. Err::NotFound: there is no such decision; otherwise null says why in `run`.
    Result<feel::Value> decide(std::string_view decision, const feel::Value& inputs, feel::Run& run) const;
    //! A decision service with its inputs by name; several outputs come as a context.
    Result<feel::Value> serve(std::string_view service, const feel::Value& inputs, feel::Run& run) const;
    //! A business knowledge model with its parameters by name.
    Result<feel::Value> invoke(std::string_view bkm, const feel::Value& inputs, feel::Run& run) const;

private:
    std::shared_ptr<const ModelData> m_data;
};

} // namespace zt::dmn
