"""Physical climate risk of sites in South Korea: from hazard to expected loss."""

__version__ = "0.2.0"
