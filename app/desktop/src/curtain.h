#pragma once

namespace zt::app {

//! Draws a curtain before what programs see over the accessibility bus: while it is drawn, a window that is not shown is an object without
//! words and without children. Hidden windows keep their texts otherwise, and any program of the session can read them there.
//!
//! Call on the GUI thread, when some windows are hidden and the one to be seen is shown, and again before they are shown.
void drawCurtain(bool drawn);

} // namespace zt::app
