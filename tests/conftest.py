"""Settings of every test: a busy machine is no failure, and no lab of this checkout has a say."""

import os

from hypothesis import HealthCheck, settings

from clover.zones.attestation import OVERLAY_SETTING

settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
os.environ[OVERLAY_SETTING] = os.devnull
