"""Files of weather stations: their places, and their daily rain."""
