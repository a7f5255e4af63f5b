"""What several pages do with assessments: start and follow them, draw and save their answers."""
