#pragma once

#include "zt/hub/event_log.h"
#include "zt/rules/rules.h"

#include <list>
#include <unordered_map>

namespace zt::hub {

//! Folds of streams, kept while used, rebuilt from the log. The directory is not among them (Core holds it apart).
class States {
public:
    States(EventLog& log, const rules::Catalogue& catalogue, size_t max) : m_log(log), m_catalogue(catalogue), m_max(max) {}

    //! The fold up to the head. Valid until forget() of it or trim(). Err::NotFound: the name is of no known kind.
    [[nodiscard]] Result<rules::State*> at(const std::string& stream);
    //! Null if it is not in memory.
    [[nodiscard]] rules::State* held(const std::string& stream);
    void forget(const std::string& stream);
    void trim(); //!< the longest unused go
    //! A fold of its own up to `version`.
    [[nodiscard]] Result<std::unique_ptr<rules::State>> upTo(const std::string& stream, uint64_t version);

private:
    struct Entry {
        std::unique_ptr<rules::State> state;
        std::list<std::string>::iterator use;
    };
    EventLog& m_log;
    const rules::Catalogue& m_catalogue;
    size_t m_max;
    std::unordered_map<std::string, Entry> m_states;
    std::list<std::string> m_uses; //!< newest first
};

} // namespace zt::hub
