"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# No deadline: that an example takes long on a busy machine is no failure; speed is measured in benchmarks/.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
