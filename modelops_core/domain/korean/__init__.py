"""What Korean writing asks for: amounts in 억 and 만, pairs of degrees, particles by sound."""
