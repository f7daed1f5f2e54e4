#pragma once

#include "zt/base/result.h"
#include "zt/hub/kept_log.h"

//! zhengtong-hub begins without PostgreSQL: libpq brings twenty libraries, which most hubs would read at every start for nothing. What can do it is the
//! same programme linked with them, zhengtong-hub-postgres, in a folder of its own.
namespace zt::app {

//! For the arguments behind the programme's name. zhengtong-hub does not come back from here where the folder's hub.json names a database: the other goes on in its
//! place, as the same process. An error tells which file could not be started and what to do.
[[nodiscard]] Result<void> chooseProgramme(int& argc, char** argv);
//! Null: this programme has none.
[[nodiscard]] const hub::LogEngine* postgres();

} // namespace zt::app
