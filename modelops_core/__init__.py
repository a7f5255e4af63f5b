"""Physical climate risk of sites in South Korea: hazard, probability, exposure, vulnerability, loss."""

__version__ = "0.2.0"
