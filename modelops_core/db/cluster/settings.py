"""
Chooses PostgreSQL settings for a small machine that also runs this program.

The file is written before each start; `ALTER SYSTEM` overrules it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from modelops_core.db.cluster.place import MEGABYTE, PORT, Place

FIXED = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    # /dev/shm is 64 MB in a container, and emptied under a user who logs out
    "dynamic_shared_memory_type": "mmap",
    "min_dynamic_shared_memory": "64MB",
    "client_connection_check_interval": "10s",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "Asia/Seoul",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
    "log_min_duration_statement": "2s",
}
"""Settings that do not depend on the machine."""


def settings(place: Place, extra: Mapping[str, str]) -> dict[str, str]:
    """Every setting of the cluster at *place*; *extra* wins."""
    return {
        "unix_socket_directories": f'"{place.sockets}"',
        **FIXED,
        **memory(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MEGABYTE),
        **extra,
    }


def memory(megabytes: int) -> dict[str, str]:
    """Memory settings for a machine of *megabytes*, half of which are left to this program."""
    return {
        "shared_buffers": _between(128, megabytes // 8, 2048),
        "effective_cache_size": _between(256, megabytes // 2, 65536),
        "maintenance_work_mem": _between(64, megabytes // 32, 512),
        "work_mem": _between(8, megabytes // 256, 64),
    }


def rendered(values: Mapping[str, str]) -> str:
    """Render *values* as the text of a PostgreSQL configuration file."""
    return "".join(f"{key} = '{_escaped(value)}'\n" for key, value in values.items())


def _between(low: int, value: int, high: int) -> str:
    return f"{min(max(low, value), high)}MB"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")
