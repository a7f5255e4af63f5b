"""What the maps draw: layers and vector tiles."""
