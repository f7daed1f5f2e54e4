#pragma once

#include "caller.h"
#include "loop.h"
#include "sync.pb.h"
#include "unary_call.h"

#include <deque>
#include <map>

namespace zt::hub {

//! How often one address tried of late. Any thread.
class TryLimit {
public:
    TryLimit(int perMinute, const Clock& clock) : m_perMinute(perMinute), m_clock(clock) {}
    [[nodiscard]] bool mayTry(const std::string& address);

private:
    const int m_perMinute;
    const Clock& m_clock;
    std::mutex m_mutex;
    std::map<std::string, std::deque<Millis>> m_tries;
};

//! Turns a code and a device's keys into a certificate and a record in the directory. The one service without a client certificate.
class EnrolmentService {
public:
    EnrolmentService(Loop& loop, EnrolCodes& codes, const Clock& clock);
    using Call = UnaryCall<wire::EnrolRequest, wire::EnrolReply>;
    //! Any thread; answers on the loop's, or at once.
    void enrol(const std::string& address, const wire::EnrolRequest& request, Call::Answer answer);

private:
    [[nodiscard]] rpc::Status decide(const wire::EnrolRequest& request, wire::EnrolReply& reply);
    [[nodiscard]] Result<void> admit(const wire::EnrolRequest& request, wire::EnrolReply& reply);

    Loop& m_loop;
    EnrolCodes& m_codes;
    const Clock& m_clock;
    TryLimit m_limit;
};

//! A later certificate for the key the caller has proved; recorded in the directory. The one that is there is given again while less than half of its life is
//! over. A revoked device and a suspended person get none. On the loop's thread.
[[nodiscard]] rpc::Status renew(Loop& loop, const std::optional<Peer>& peer, const Clock& clock, wire::RenewReply& reply);

} // namespace zt::hub
