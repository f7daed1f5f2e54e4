#pragma once

#include "record.pb.h"
#include "zt/base/bytes.h"
#include "zt/base/clock.h"
#include "zt/sync/store.h"

#include <cstdint>
#include <string>
#include <vector>

//! What lists show: narrow rows, rewritten per stream inside the transaction that changed it (confirmed and pending folded together).
namespace zt::store {

enum class Folder : int { ToDo = 0, InReview = 1, Sent = 2, Received = 3, Done = 4 };
constexpr int kFolders = 5;

//! One stream in the lists. A stream may be in several folders (received and to do).
struct ListRow {
    std::string stream;
    uint32_t folders = 0;      //!< bit (1 << Folder)
    std::string title;
    int urgency = 0;           //!< wire::Urgency
    std::string party;         //!< who it is from or with: unit and person, one line
    std::string number;
    std::string step;          //!< title of the step or stage key ("number", "dispatched", "withdrawn", "rejected", "to_sign_for", "signed_for")
    Millis dueMs = 0;          //!< 0: none
    Millis timeMs = 0;         //!< newest change: sort key, newest first
    int attachments = 0;
    bool unread = false;
    bool pending = false;      //!< an act of this desk waits to be sent
    bool attention = false;
    bool frozen = false;
    uint64_t version = 0;
};

//! What search looks into.
struct IndexText {
    std::string title, body, opinions, attachments, number, people;
};

struct SearchHit {
    std::string stream;
    ListRow row;
    std::string snippet; //!< around the first hit; marks are U+E000 before and U+E001 after each hit
    bool person = false; //!< a person of the directory instead: stream holds the person id, row.title the name, row.party unit and post
};
struct SearchAnswer {
    std::vector<SearchHit> hits;
    bool ranked = false;   //!< order: best first within the newest 2,000; else newest first
    bool more = false;
    bool building = false; //!< the index is still behind: some texts are not in it yet
};

//! A text being written on this PC (Work): never sent before it is submitted.
struct DraftRow {
    Bytes id;                  //!< 16 bytes
    wire::Document document;   //!< its attachments are sealed already
    std::string note;
    std::string revises;       //!< stream that was returned to the drafter, or empty
    Millis savedMs = 0;
};

//! A sealed file on this PC.
struct BlobRow {
    Bytes blob;
    std::string stream;        //!< stream that names it; empty while only a draft does
    uint64_t sealedSize = 0, have = 0; //!< bytes here
    bool complete = false;     //!< wholly here
    bool upload = false;       //!< made here, the hub may not have it yet
    bool uploaded = false;
    uint64_t sent = 0;         //!< bytes the hub said it has
    std::vector<Bytes> chunks; //!< hash list
};

} // namespace zt::store
