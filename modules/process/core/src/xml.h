#pragma once

#include "zt/base/bytes.h"
#include "zt/base/result.h"

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

//! XML as BPMN files have it: text in any encoding to a DOM and back, nothing dropped.
namespace zt::process {

//! UTF-8 without mark. Err::Invalid when the bytes are not in the encoding they claim.
Result<std::string> toUtf8(BytesView bytes);
//! Refuses what must not reach the DOM: entities, depth, number, text that is not well-formed where the DOM's parser would let it pass.
Result<void> scan(std::string_view utf8);
Result<void> parseXml(std::string_view utf8, pugi::xml_document& doc);
std::string writeXml(const pugi::xml_document& doc);

//! Local part of a name with or without prefix.
inline std::string_view local(std::string_view name)
{
    const size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}
std::string_view prefixOf(std::string_view name);
//! What a prefix stands for at an element; "" if it is not declared.
std::string_view namespaceOf(pugi::xml_node e, std::string_view prefix);
//! Namespace of an element.
inline std::string_view namespaceOf(pugi::xml_node e) { return namespaceOf(e, prefixOf(e.name())); }
//! All text directly inside, CDATA included.
std::string textOf(pugi::xml_node e);
//! An attribute by local name, whatever its prefix; the one without prefix first.
pugi::xml_attribute attribute(pugi::xml_node e, std::string_view localName);

//! Where `b` lacks or changes something of `a`, as paths; empty: canonically equal.
std::vector<std::string> differences(const pugi::xml_node& a, const pugi::xml_node& b, size_t limit = 20);

} // namespace zt::process
