"""Physical climate risk of sites in South Korea: hazard, probability, exposure, vulnerability, loss."""
