#pragma once

#include "faulty_log.h"
#include "mem_store.h"
#include "province.h"
#include "zt/sync/engine.h"

#include <array>
#include <deque>
#include <map>
#include <queue>
#include <set>

namespace zt::sim {

//! Seeded bugs, by the numbers of the README.
enum class Bug { None, NoIdempotency, PositionFirst, ReceiptLost, AttentionDropped, TailSkips, AfterIgnored, UnknownSkipped, ErasureIgnored };

struct Stats {
    uint64_t acts = 0, refusedHere = 0, taken = 0, crashes = 0, hubCrashes = 0, cuts = 0, restores = 0, frozen = 0, revocations = 0, predictions = 0,
             events = 0, owed = 0, delivered = 0, mandated = 0, clocks = 0, paged = 0, erasures = 0, erasedHere = 0;
    std::array<uint64_t, 10> outcomes{}; //!< of the receipts in desks' outboxes; 0: set aside without one
    void add(const Stats& o);
};

//! What a run came to. `broken` holds the invariants that did not hold, in words.
struct Outcome {
    std::vector<std::string> broken;
    Bytes hash; //!< of all that happened and of the state at the end: equal for equal seeds
    Stats stats;
};

struct DeskCrash {
    size_t desk;
};
struct HubCrash {};

//! Many desks, one hub, one thread, a virtual clock. All of it follows from the seed.
class World {
public:
    struct Options {
        uint64_t seed = 1;
        Bug bug = Bug::None;
        bool trace = false;
    };
    explicit World(Options options);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Outcome run();

private:
    class MachineClock final : public Clock {
    public:
        Millis now() const override { return *time + offset; }
        Millis steady() const override { return *time; }
        const Millis* time = nullptr;
        Millis offset = 0;
    };
    //! Rewrites one row per stream, inside the desk's transaction, so that it lives and dies with it.
    class Rows final : public sync::Projector {
    public:
        Result<void> project(sync::Tx& tx, const std::string& stream, const sync::View* view) override;
        static std::string summary(const sync::View& view);
    };
    struct Line;
    struct Wire final : sync::Sender {
        void send(const wire::DeskFrame& frame) override { world->sendUp(*line, frame); }
        World* world = nullptr;
        Line* line = nullptr;
    };
    //! One connection. Each end closes for itself; what is in flight arrives in order or not at all.
    struct Line {
        size_t index = 0, desk = 0;
        bool deskOpen = true, hubOpen = true;
        std::unique_ptr<hub::Session> session;
        Wire wire;
        std::deque<std::pair<Millis, wire::DeskFrame>> up;
        std::deque<std::pair<Millis, wire::HubFrame>> down;
        Millis upLast = 0, downLast = 0;
        Millis delay = 1;
        uint64_t restores = 0; //!< how many there had been when it was opened
    };
    struct Desk {
        const Province::Machine* machine = nullptr;
        MachineClock clock;
        MemStore store;
        Rows rows;
        std::unique_ptr<sync::Engine> engine; //!< null: the PC is off
        Line* line = nullptr;
        bool wanted = true;   //!< the person keeps the program running
        bool gone = false;    //!< the PC is lost for ever
        bool connecting = false;
        std::set<Bytes> dismissed, takenBack;
        std::set<std::string> erased; //!< matters it knew as erased whole; that may be lost with one hub that had it and another that was told
        std::map<Bytes, std::string> signedHere; //!< commands known to be durable, and their streams
    };
    //! What a desk foretold of its own command.
    struct Foretold {
        std::vector<wire::Fact> facts;
        size_t desk = 0;
        uint64_t confirmed = 0;
        Bytes dirHead;
        Bytes head, incarnation;
        std::vector<Bytes> pending; //!< earlier own commands it rested on
    };
    enum class What { Act, Connect, Up, Down, Tick, Fault, DeskOn, HubOn, HubEnd, DeskEnd, Admin, Backup, Alarm, Erase };
    struct Event {
        Millis at;
        uint64_t order;
        What what;
        size_t which;
        bool operator>(const Event& o) const { return at != o.at ? at > o.at : order > o.order; }
    };

    // world.cpp: machines and lines
    void plan();
    void at(Millis when, What what, size_t which = 0) { m_queue.push({when, m_order++, what, which}); }
    void drain(Millis until);
    void handle(const Event& e);
    void boot(size_t desk);
    void crashDesk(size_t desk, const char* where);
    void connect(size_t desk);
    void reconnectLater(size_t desk);
    void sendUp(Line& line, const wire::DeskFrame& frame);
    void upArrives(size_t line);
    void downArrives(size_t line);
    void learnErased(Desk& desk);
    void closeDeskEnd(Line& line);
    void closeHubEnd(Line& line);
    void cut(size_t line);
    void bootHub();
    void crashHub(const char* where);
    void restoreHub();
    void tickSoon(Millis delay);
    void tick();
    void alarm();
    void pump();
    void give(Line& line, std::vector<wire::HubFrame> frames);
    Line& openLine(size_t desk);
    bool failed(size_t desk, const Error& error);
    void fault();
    void heal();
    void setHooks(size_t desk);
    bool usable(const Desk& d) const;
    void trace(const char* format, ...) __attribute__((format(printf, 2, 3)));
    void breach(std::string what);

    // people.cpp: what people and administrators do
    void act(size_t desk);
    std::optional<wire::Command> choose(size_t desk);
    void offerOnMatter(size_t desk, const sync::View& view, std::vector<wire::Command>& out);
    void submit(size_t desk, wire::Command command);
    void admin();
    void inject();
    void erase();
    bool adminAct(wire::Command body, bool security);
    wire::Document document();
    std::string words();

    // checks.cpp: what must hold when nothing moves any more
    void check();
    void checkLog();
    void checkErased(size_t desk);
    void checkReaders();
    void checkDesk(size_t desk);
    void checkOutbox(size_t desk);
    void checkStreams(size_t desk);
    void checkForetold();
    void checkOwed();
    Bytes fingerprint();

    const Options m_options;
    Prng m_random;
    Millis m_time = kStart;
    uint64_t m_order = 0;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> m_queue;
    uint64_t m_trail = 14695981039346656037ull; //!< FNV over every step

    MachineClock m_hubClock;
    Millis m_alarm = 0, m_healed = 0; //!< the hub's timetable was last seen to begin then; when all was well
    std::unique_ptr<FaultyLog> m_log;
    std::unique_ptr<hub::Core> m_core;
    std::unique_ptr<hub::Spread> m_spread;
    std::vector<std::pair<size_t, hub::Core::Door>> m_doors; //!< line, command
    bool m_tickDue = false;
    std::optional<hub::MemoryLog> m_backup;

    std::deque<Line> m_lines;
    std::deque<Desk> m_desks;
    bool m_quiet = false; //!< no faults any more
    uint64_t m_faultRate = 0;
    uint32_t m_variant = 0;
    uint64_t m_words = 0;
    std::set<std::string> m_suspended;
    std::map<std::string, uint64_t> m_injected; //!< stream -> version of the first event from the future
    std::map<Bytes, Foretold> m_foretold;
    struct Owed {
        wire::SignedCommand command;
        std::set<size_t> holders;
    };
    std::map<std::pair<Bytes, Bytes>, Owed> m_owed; //!< (device, id) -> who held it at a restore
    std::map<Bytes, wire::Receipt> m_heard; //!< receipts that reached a desk, of the log as it is now
    Outcome m_out;
};

} // namespace zt::sim
