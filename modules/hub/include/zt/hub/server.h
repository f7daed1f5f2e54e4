#pragma once

#include "zt/base/clock.h"
#include "zt/base/result.h"

#include <filesystem>
#include <memory>

namespace zt::hub {

class LogEngine;

//! The office hub on its ports: calls over mutual TLS for desks, a port without client certificates for enrolment, health. One decider
//! thread owns Core and Sessions; the network's threads hand over and return; one worker thread does the files' I/O.
class Server {
public:
    //! Opens the folder, takes its lock, listens. Any error says what to do in its detail. `clock` and `random` outlive the server.
    //! \param postgres  see HubFolder::open
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(const std::filesystem::path& folder, const Clock& clock, Random& random, const LogEngine* postgres = nullptr);
    ~Server(); //!< as shutDown()

    //! Takes no new calls, finishes the group, tells the desks, closes. At most five seconds. Not from a handler.
    void shutDown();
    //! False once the hub cannot go on (its database is gone): shut down and end.
    [[nodiscard]] bool healthy() const;
    [[nodiscard]] int port() const;      //!< as bound; configured 0 takes a free one
    [[nodiscard]] int enrolPort() const; //!< 0: enrolment is off
    [[nodiscard]] int metricsPort() const; //!< 0: they are off

private:
    class Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m;
};

} // namespace zt::hub
