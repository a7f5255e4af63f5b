"""What Korean writing asks for: amounts in 억 and 만, coordinates in degrees, particles by sound."""
