"""
Physical climate risk of sites in South Korea: from hazard to expected loss.

Importing it, before NumPy, leaves matrix products one thread each: tiles and jobs run beside each
other already, and threads of two products on one processor hold each other up.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.3.0.dev0"
