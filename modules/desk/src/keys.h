#pragma once

#include "zt/desk/policy.h"

#include <nlohmann/json.hpp>

//! The one table of what can be set on a PC: settings.json, the policy's files, its schema and its report follow from it.
namespace zt::desk {

struct WordKind {
    std::string Settings::*at;
    std::vector<std::pair<const char*, const char*>> words; //!< in a policy, in the settings; the first is the default
};
struct FlagKind { bool Settings::*at; };
struct MinutesKind { int Settings::*at; int most; };
struct ProxyKind { std::string Settings::*at; };
struct RequireKind {}; //!< true or false; nothing a person chooses
struct AddressKind {};
struct RootKind {};

struct Key {
    const char* name;
    std::variant<WordKind, FlagKind, MinutesKind, ProxyKind, RequireKind, AddressKind, RootKind> kind;
    const char *en, *zh; //!< what it decides
};
[[nodiscard]] const std::vector<Key>& keys();
[[nodiscard]] const Key* findKey(std::string_view name);

//! A policy's value, or nothing when the key does not take it.
[[nodiscard]] std::optional<decltype(Managed::value)> policyValue(const Key& key, const nlohmann::json& value);
//! What to write instead.
[[nodiscard]] std::string expected(const Key& key, Tongue tongue);

//! Takes what a person's settings.json says of a key; false when it says nothing that the key takes.
bool takeSetting(const Key& key, const nlohmann::json& file, Settings& into);
//! A setting as settings.json has it; null for keys that are none.
[[nodiscard]] nlohmann::json setting(const Key& key, const Settings& settings);
//! A setting as a policy would have it; null for keys that are none.
[[nodiscard]] nlohmann::json inPolicyWords(const Key& key, const Settings& settings);
//! Copies one key.
void copySetting(const Key& key, const Settings& from, Settings& to);
void putSetting(const Key& key, const Managed& managed, Settings& into);

} // namespace zt::desk
