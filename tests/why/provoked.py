"""How is each kind of answer come by? A scene for each, played in the shop by what really decides."""

from __future__ import annotations

import provoked_gates
import provoked_sends
import provoked_starts
import provoked_walks
from scenes import SCENES

__all__ = ["SCENES"]
ROOMS = (provoked_starts, provoked_walks, provoked_gates, provoked_sends)  # each keeps its scenes as it is imported
