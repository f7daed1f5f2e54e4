#pragma once

#include "zt/base/text.h"
#include "zt/process/check.h"
#include "zt/test/test.h"

//! What is asked of every finding, whoever makes it.
namespace zt::test {

//! Each sentence, and what stands before and behind a colon, has a Han character. `endsInEnglish`: what is behind the last colon need not.
inline bool isChinese(const std::string& text, bool endsInEnglish = false)
{
    bool han = false;
    for (size_t at = 0; at < text.size();) {
        const char32_t c = nextCodePoint(text, at);
        han = han || (c >= 0x4E00 && c <= 0x9FFF);
        if (c != U'：' && c != U'；' && c != U'。') continue;
        if (!han) return false;
        han = false;
    }
    return han || endsInEnglish;
}

//! Both languages say what is wrong, with which element, and what to do. What FEEL says of an expression is English.
inline void saysAll(const process::Finding& f)
{
    const bool both = isChinese(f.what.zh, f.code == "bad-expression") && isChinese(f.todo.zh) && f.what.zh != f.what.en && !f.what.en.empty() && !f.todo.en.empty();
    const bool where = f.what.zh.find(f.element) != std::string::npos && f.what.en.find(f.element) != std::string::npos && f.what.zh.find(f.name) != std::string::npos;
    if (!both || !where) failed(__FILE__, __LINE__, f.code + ": " + f.what.zh + " | " + f.todo.zh + " | " + f.what.en + " | " + f.todo.en);
}

} // namespace zt::test
